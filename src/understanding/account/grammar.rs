//! As much English grammar as is needed to find the clauses of a turn: verbs and their forms, pronouns, function words.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::understanding::lexicon::is_in;

/// Irregular verbs: base, past, participle.
const IRREGULAR: &[(&str, &str, &str)] = &[
    ("become", "became", "become"),
    ("begin", "began", "begun"),
    ("bend", "bent", "bent"),
    ("bite", "bit", "bitten"),
    ("bleed", "bled", "bled"),
    ("blow", "blew", "blown"),
    ("break", "broke", "broken"),
    ("bring", "brought", "brought"),
    ("build", "built", "built"),
    ("burn", "burnt", "burnt"),
    ("burst", "burst", "burst"),
    ("buy", "bought", "bought"),
    ("catch", "caught", "caught"),
    ("choose", "chose", "chosen"),
    ("come", "came", "come"),
    ("cost", "cost", "cost"),
    ("cut", "cut", "cut"),
    ("deal", "dealt", "dealt"),
    ("die", "died", "died"),
    ("do", "did", "done"),
    ("draw", "drew", "drawn"),
    ("drink", "drank", "drunk"),
    ("drive", "drove", "driven"),
    ("eat", "ate", "eaten"),
    ("fall", "fell", "fallen"),
    ("feel", "felt", "felt"),
    ("fight", "fought", "fought"),
    ("find", "found", "found"),
    ("fit", "fit", "fit"),
    ("forget", "forgot", "forgotten"),
    ("freeze", "froze", "frozen"),
    ("get", "got", "got"),
    ("get", "got", "gotten"),
    ("give", "gave", "given"),
    ("go", "went", "gone"),
    ("grow", "grew", "grown"),
    ("hang", "hung", "hung"),
    ("have", "had", "had"),
    ("hear", "heard", "heard"),
    ("hide", "hid", "hidden"),
    ("hit", "hit", "hit"),
    ("hold", "held", "held"),
    ("hurt", "hurt", "hurt"),
    ("keep", "kept", "kept"),
    ("know", "knew", "known"),
    ("lay", "laid", "laid"),
    ("lead", "led", "led"),
    ("leave", "left", "left"),
    ("lend", "lent", "lent"),
    ("let", "let", "let"),
    ("lie", "lay", "lain"),
    ("light", "lit", "lit"),
    ("lose", "lost", "lost"),
    ("make", "made", "made"),
    ("mean", "meant", "meant"),
    ("meet", "met", "met"),
    ("mislead", "misled", "misled"),
    ("overcharge", "overcharged", "overcharged"),
    ("pay", "paid", "paid"),
    ("put", "put", "put"),
    ("quit", "quit", "quit"),
    ("read", "read", "read"),
    ("ring", "rang", "rung"),
    ("rise", "rose", "risen"),
    ("run", "ran", "run"),
    ("say", "said", "said"),
    ("see", "saw", "seen"),
    ("sell", "sold", "sold"),
    ("send", "sent", "sent"),
    ("set", "set", "set"),
    ("shake", "shook", "shaken"),
    ("show", "showed", "shown"),
    ("shut", "shut", "shut"),
    ("shrink", "shrank", "shrunk"),
    ("sit", "sat", "sat"),
    ("sleep", "slept", "slept"),
    ("slide", "slid", "slid"),
    ("smell", "smelt", "smelt"),
    ("speak", "spoke", "spoken"),
    ("spend", "spent", "spent"),
    ("spill", "spilt", "spilt"),
    ("split", "split", "split"),
    ("spread", "spread", "spread"),
    ("stand", "stood", "stood"),
    ("steal", "stole", "stolen"),
    ("stick", "stuck", "stuck"),
    ("strip", "stripped", "stripped"),
    ("swell", "swelled", "swollen"),
    ("swear", "swore", "sworn"),
    ("take", "took", "taken"),
    ("teach", "taught", "taught"),
    ("tear", "tore", "torn"),
    ("tell", "told", "told"),
    ("think", "thought", "thought"),
    ("throw", "threw", "thrown"),
    ("understand", "understood", "understood"),
    ("wake", "woke", "woken"),
    ("wear", "wore", "worn"),
    ("win", "won", "won"),
    ("write", "wrote", "written"),
];

/// Regular verbs, in the base form.
const REGULAR: &str = "\
    accept accuse add agree allow answer appear apply argue arrange arrive ask assume assure attach avoid backfire \
    bang bill blame blast block boil book bother bounce bump call cancel care change charge chase check chip clean \
    clear click clog close collapse collect complain complete confirm connect contact continue cough count cover \
    crack crash cross cry damage deduct deliver demand deny deposit describe deserve die disappear disconnect drag \
    drain drip drop email end ensure estimate examine exchange expect expire explain extend fail fall fax file fill \
    finish fix flash flicker flood fly follow forward gurgle handle hang happen hate help hesitate hiss hope hum hurry \
    ignore imply include inform insist inspect install insult insure invoice itch jam join jump kick kill knock lack \
    land last laugh leak like list listen load lock look love mail manage matter measure mention mess miss mix move need \
    notice object offer open operate order overflow overheat owe pack paint park pass pick plan play plead please \
    plug point pop postpone pour prefer prepare prescribe press pretend process promise provide pull pump push \
    quote rain raise rattle reach receive recommend record refer refill refund refuse register reimburse remain \
    remember remind remove renew rent repair repeat replace reply report request reschedule reset resolve respond \
    restart retrieve return review ruin save scare schedule scratch scream screw seal search seem serve service settle \
    shout sign skip slam slip smoke snap solve sound spark spray squeak stain stall start state stay stink stop \
    store struggle submit subscribe suffer suggest supply support suppose surprise suspect suspend swap switch talk \
    text thank threaten throb tick tie touch tow transfer travel treat trigger trip trust try turn twist update \
    upgrade upset use visit vibrate wait walk want warn wash waste watch weld whistle withdraw wonder work worry \
    wrap yell";

/// The forms of verbs that are not made by an ending.
struct Verbs {
    base: BTreeSet<&'static str>,
    past: BTreeSet<&'static str>,
    done: BTreeSet<&'static str>,
}

static VERBS: LazyLock<Verbs> = LazyLock::new(|| Verbs {
    base: REGULAR.split_ascii_whitespace().chain(IRREGULAR.iter().map(|(base, ..)| *base)).collect(),
    past: IRREGULAR.iter().map(|(_, past, _)| *past).collect(),
    done: IRREGULAR.iter().map(|(_, _, done)| *done).collect(),
});

static TROUBLES: LazyLock<BTreeSet<&str>> = LazyLock::new(|| TROUBLE.split_ascii_whitespace().collect());

/// Words in -ed that are no verb.
const NO_PAST: &str = "need bed red feed seed weed shed hundred indeed speed bleed exceed proceed sacred naked wicked \
    united fled sled reed deed greed breed unfed infrared";

/// Finite auxiliaries, with their negations.
const AUXILIARIES: &str = "\
    am is are was were have has had do does did will would can could shall should may might must cannot isn't aren't \
    wasn't weren't haven't hasn't hadn't don't doesn't didn't won't wouldn't can't couldn't shouldn't mustn't mightn't \
    needn't shan't";

/// Pronouns that can be a subject.
pub(crate) const SUBJECTS: &str = "\
    i we you he she it they nobody somebody someone everybody everyone anybody anyone nothing something everything \
    this that these those there both none neither";

/// Adverbs that stand between a subject and its verb.
pub(crate) const ADVERBS: &str = "\
    never always also just only still already really even actually finally apparently probably clearly then now again \
    suddenly specifically basically literally obviously constantly usually sometimes often ever not almost nearly \
    barely hardly recently simply simultaneously immediately eventually both all guys people lot folks kindly \
    definitely certainly repeatedly deliberately completely totally currently slowly quickly gladly accidentally \
    mistakenly originally initially first personally each myself himself herself themselves later soon twice once";

/// Words that open a noun phrase.
pub(crate) const DETERMINERS: &str = "\
    a an the my your our his her their its this that these those some any no every each another one two three four \
    five six seven eight nine ten both all several";

/// Prepositions.
pub(crate) const PREPOSITIONS: &str = "\
    about above across against along among around at before behind below beneath beside between by despite down during \
    for from in inside into near of off on onto out outside over past through throughout to toward towards under \
    underneath up upon via with within without";

/// Words after which a clause depends on the one before.
pub(crate) const SUBORDINATORS: &str = "\
    that when if because since until till before after while where why how what who which whose whether as than though \
    although once unless whenever wherever whoever whatever so";

/// Words after which somebody's words or thoughts follow as a clause.
pub(crate) const REPORTING: &str = "\
    say says said saying think thinks thought thinking know knows knew knowing known hope hoping hoped believe \
    believed guess feel felt see saw seen notice noticed noticing find found sure afraid worried glad sorry wish \
    mean means meant understand understood realise realised realize realized hear heard swear figure figured suppose \
    assume assumed assuming claim claims claimed claiming insist insists insisted remember remembered forget forgot \
    complain complained confirm confirmed agree agreed explain explained mention mentioned show shows showed shown \
    showing told telling tell promise promised promising state states stated stating learn learned wonder wondering \
    suspect suspected scared convinced aware check checked decide decided bet discovered reckon doubt concerned \
    saying stated noting indicating admitted denied denies way time day moment reason everytime anytime";

/// Words that name a trouble, whatever the trade.
const TROUBLE: &str = "\
    ache aches aching alone bad banging beeping bleed bleeding blew blister blocked blood bounced broke broken bruise bruised \
    burned burning burnt burst cancelled canceled chipped clogged closed cold collapsed confused cracked crack crashed crooked \
    cut damage damaged dark dead declined defective delay delayed denied dented died dirty disappeared disconnected \
    double dripping drip drips dropped dying empty error evicted expired fail failed failing fails fault faulty fell fever \
    fired flickering flood full flooded flooding forgot freezing frozen gone grinding hurt hurting hurts ignored incorrect \
    infected infection injured injury jammed knocking late leak leaked leaking leaks locked loose lose losing lost \
    mess messed misplaced missed missing mistake mix-up mixup mold mould mud noise noises overcharged overdue overflowing \
    overflowed owe pain painful postponed problem problems puddle rash rattling refused rejected rescheduled rotten rude ruined \
    rust rusty scratch scratched scratches shattered shut sick skipped smell smells smelling smoke snapped soaked sore sparking \
    spill spilled stain stained stolen stopped stop stops stranded stuck suspended swelling swollen tear throbbing tore torn \
    trapped trouble twice unpaid upside vanished vibrating waited waiting warped wet wobbly worse worst wrong yelled \
    shouted hung overheating overheats stalling stalls squeaking peeling falling towed toothache headache lump itching itchy \
    threw vomiting dizzy backwards uneven wilted dented cracks cracking stinks stinking reversed sued served arrested \
    crashed accident bitten bit bites rats mice roaches ants bedbugs limping coughing discoloured faded";

/// Words by which something is denied.
const NEGATIONS: &str =
    "not no never nobody none nothing neither cannot without hardly barely nowhere unable";

/// The form of a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// "go".
    Base,
    /// "goes".
    Third,
    /// "went".
    Past,
    /// "gone".
    Participle,
    /// "going".
    Ing,
}

/// Whether `word` may be that form of a verb.
pub(crate) fn is_form(word: &str, form: Form) -> bool {
    match form {
        Form::Base => VERBS.base.contains(word),
        Form::Third => third(word),
        Form::Past => regular_past(word) || VERBS.past.contains(word),
        Form::Participle => regular_past(word) || word == "been" || VERBS.done.contains(word),
        Form::Ing => word.len() > 4 && word.ends_with("ing") && !is_in(NO_ING, word),
    }
}

const NO_ING: &str = "morning evening nothing something anything everything thing ceiling building during wedding \
    king string spring ring wing filling crossing plumbing heating housing sibling";

fn regular_past(word: &str) -> bool {
    word.len() > 3 && word.ends_with("ed") && word.is_ascii() && !is_in(NO_PAST, word)
}

fn third(word: &str) -> bool {
    let Some(stem) = word.strip_suffix('s') else {
        return false;
    };
    is_form(stem, Form::Base)
        || stem.strip_suffix('e').is_some_and(|stem| is_form(stem, Form::Base))
        || stem.strip_suffix("ie").is_some_and(|stem| is_form(&format!("{stem}y"), Form::Base))
}

/// The past of a base form: "called", "came".
pub(crate) fn past_of(base: &str) -> String {
    if let Some((_, past, _)) = IRREGULAR.iter().find(|(known, ..)| *known == base) {
        return (*past).to_owned();
    }
    let consonant = |at: usize| base.chars().rev().nth(at).is_some_and(|sign| !"aeiou".contains(sign));
    if base.ends_with('e') {
        format!("{base}d")
    } else if base.ends_with('y') && consonant(1) {
        format!("{}ied", &base[..base.len() - 1])
    } else if matches!(
        base,
        "stop" | "drop" | "plan" | "drip" | "ship" | "slip" | "refer" | "cancel" | "skip" | "chip"
    ) {
        let last = base.chars().next_back().unwrap_or_default();
        format!("{base}{last}ed")
    } else {
        format!("{base}ed")
    }
}

/// The third person of a base form: "calls", "goes".
pub(crate) fn third_of(base: &str) -> String {
    match base {
        "have" => "has".to_owned(),
        "be" => "is".to_owned(),
        _ if base.ends_with(['s', 'x', 'z', 'o']) || base.ends_with("ch") || base.ends_with("sh") => {
            format!("{base}es")
        }
        _ if base.ends_with('y')
            && !base.ends_with(['a', 'e', 'o'])
            && !base.ends_with("ay")
            && !base.ends_with("ey")
            && !base.ends_with("oy") =>
        {
            format!("{}ies", &base[..base.len() - 1])
        }
        _ => format!("{base}s"),
    }
}

/// Whether `word` is a finite auxiliary.
pub(crate) fn is_auxiliary(word: &str) -> bool {
    is_in(AUXILIARIES, word)
}

/// Whether `word` is a modal, after which the base form follows.
pub(crate) fn is_modal(word: &str) -> bool {
    is_in(
        "will would can could shall should may might must cannot won't wouldn't can't couldn't shouldn't mustn't do does \
         did don't doesn't didn't to",
        word,
    ) || word.ends_with("'ll")
}

/// Whether `word` is a pronoun grown together with its verb: "I'm", "they've", "there's".
pub(crate) fn is_contracted(word: &str) -> bool {
    let Some((stem, tail)) = word.rsplit_once('\'') else {
        return false;
    };
    match tail {
        "m" => stem == "i",
        "re" | "ve" | "ll" | "d" => is_in(SUBJECTS, stem) || is_in("who what how", stem),
        "s" => is_in(
            "it he she that there here what who where when how everything nobody somebody someone everyone nothing something this",
            stem,
        ),
        _ => false,
    }
}

/// Whether `word` can be the base form of a verb, also of one that is not listed.
pub(crate) fn may_be_base(word: &str) -> bool {
    let other =
        [Form::Third, Form::Past, Form::Participle, Form::Ing].iter().any(|form| is_form(word, *form));
    let function =
        [SUBJECTS, ADVERBS, DETERMINERS, PREPOSITIONS, SUBORDINATORS].iter().any(|list| is_in(list, word));
    word == "be"
        || is_form(word, Form::Base)
        || !other && !function && !is_auxiliary(word) && !is_contracted(word)
}

/// Whether `word` denies something.
pub(crate) fn is_negation(word: &str) -> bool {
    is_in(NEGATIONS, word) || word.ends_with("n't")
}

/// Whether `word` names a trouble.
pub(crate) fn is_trouble(word: &str) -> bool {
    TROUBLES.contains(word)
}

/// Whether the lower-case `word` is in a list of words separated by blanks.
pub(crate) fn listed(list: &str, word: &str) -> bool {
    is_in(list, word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_verbs_are_known() {
        for (word, form) in [
            ("came", Form::Past),
            ("called", Form::Past),
            ("broken", Form::Participle),
            ("drips", Form::Third),
            ("tries", Form::Third),
            ("need", Form::Base),
            ("leaking", Form::Ing),
        ] {
            assert!(is_form(word, form), "{word}");
        }
        for (word, form) in
            [("need", Form::Past), ("morning", Form::Ing), ("hundred", Form::Past), ("boiler", Form::Third)]
        {
            assert!(!is_form(word, form), "{word}");
        }
        assert_eq!(
            [past_of("call"), past_of("come"), past_of("try"), past_of("charge")],
            ["called", "came", "tried", "charged"]
        );
        assert_eq!(
            [third_of("open"), third_of("have"), third_of("try"), third_of("pay")],
            ["opens", "has", "tries", "pays"]
        );
    }
}
