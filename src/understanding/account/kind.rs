//! What a clause does in a caller's turn.

use std::sync::LazyLock;

use super::grammar::{
    ADVERBS, DETERMINERS, Form, SUBJECTS, is_auxiliary, is_contracted, is_form, is_negation, is_trouble,
    listed,
};
use super::split::{has_finite, is_finite};
use super::token::{Pause, Phrases, Token, longest_at, phrase_at};
use super::want::want;
use crate::understanding::story::is_dictation;
use crate::understanding::words::words;

/// What a clause does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Tells of something that went wrong.
    Trouble,
    /// Tells of something that was done.
    Event,
    /// Tells how something is.
    State,
    /// Asks for something.
    Wanted,
    /// Tells what was promised or should have been.
    Expected,
    /// Says something about the caller, the talk or the business that is none of these.
    Aside,
}

/// What leads to a clause without belonging to it; the longest are tried first.
static HEADS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(
        "\
    the reason i am calling is / the reason i'm calling is / the reason for my call is / \
    the reason i called is / the reason why i'm calling is / i'm calling because / \
    i am calling because / i was calling because / i'm just calling because / i'm phoning because / \
    i'm ringing because / i'm calling to say / i am calling to say / i'm calling to tell you / \
    i'm calling to report / i am calling to report / i want to report / i'd like to report / \
    i would like to report / i need to report / i wanted to report / i'm calling to complain that / \
    i have to tell you / i wanted to tell you / i just wanted to say / i wanted to say / \
    i just want to say / i want to say / i'm calling to let you know / i wanted to let you know / \
    i just wanted to let you know / just to let you know / to make a long story short / \
    to cut a long story short / long story short / what happened is / what happened was / \
    what happened first was / what happened first is / what's happening is / what is happening is / \
    what it is is / what it is / what's happened is / here's the thing / here is the thing / \
    here's what happened / the thing is / thing is / the problem is / my problem is / the issue is / \
    my issue is / the trouble is / the fact is / the point is / the main problem is / it's that / \
    it is that / it's more that / it's only that / \
    the main thing is / the situation is / it's just that / it's because / that's because / \
    it is because / it turns out / turns out / as it turns out / as it turned out / in fact / \
    as a matter of fact / in the end / for example / for starters / first of all / to start with / \
    to begin with / on top of that / on top of it / on top of all that / on top of everything / \
    not only that / what's more / to make matters worse / to top it off / to top it all off / \
    after all that / one more thing / another thing / i'm afraid / i am afraid / sorry to bother you / \
    i'm sorry to bother you / let me explain / let me start over / how do i put this / \
    where should i begin / where do i begin / where do i start / i don't know where to start / \
    i'm sorry / i am sorry / sorry / excuse me / you won't believe this / you won't believe this but / \
    i can't believe / i don't know if you can help me / i hope you can help me / i hope you can help / \
    i'm hoping you can help me / i wonder if you can help me / maybe you can help me / \
    i have a question / i've got a question / quick question / i have a problem / i've got a problem / \
    i have an issue / i have a complaint / good morning / good afternoon / good evening / good day / \
    unfortunately / sadly / luckily / anyway / anyways / also / plus / then / well / now / look / \
    listen / see / so / and / but / or / because / okay / ok / right / alright / hi / hello / hey / \
    hiya / hi there / hello there / there / yes / no / not / firstly / secondly / thirdly / second / \
    third / finally / lastly / next / apparently / ma'am / dear / like / just / god / really / man / \
    oh / everyone / after that / since then / from there / after which / in addition / additionally / \
    furthermore / instead / besides / again / yesterday when / however / although / though / except / \
    two things / three things / a couple of things / a couple things / couple of things / a few things / \
    yet / basically / otherwise / fine / ok fine / okay fine / yeah / yes / sorry / oh sorry",
    )
});

/// Heads that say that what follows came first.
static ORIGINS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(
        "\
    it all started when / it started when / it all began when / it began when / this all started when / \
    this started when / it started because / it all started because / it started off when / \
    the whole thing started when / the problem started when / the trouble started when / \
    it first started when / everything started when / the first thing that happened was / \
    the first thing that happened is / first / originally / initially / at first / in the beginning / \
    the first thing was / it started after / it all started after / it started with / \
    it all started with",
    )
});

/// How many words at the head lead in, and whether they say that the rest came first.
pub(super) fn head(words: &[Token]) -> (usize, bool) {
    let mut at = 0;
    let mut origin = false;
    while at < words.len() {
        let first = longest_at(words, at, &ORIGINS);
        let length = longest_at(words, at, &HEADS);
        let first = if first < length { 0 } else { first };
        let length = length.max(first);
        if length == 0 || at + length > words.len() {
            break;
        }
        let last = &words[at + length - 1];
        let next = words.get(at + length);
        if length == 1 && first == 0 && !leads(last, next) {
            break;
        }
        // "The thing is, it leaks" leads in, "the thing is dead" does not.
        let says_how = next.is_some_and(|next| {
            !next.is_in(SUBJECTS) && !next.is_in(DETERMINERS) && !is_contracted(&next.lower)
        });
        if length > 1
            && last.lower == "is"
            && last.pause == Pause::None
            && words[at + length - 2].lower == "thing"
            && says_how
        {
            break;
        }
        // "I have a problem with my tap" is told, "I have a problem" leads in.
        let whole = next.is_none_or(|next| {
            length == 1 && words[at].is_in("so and but well okay ok then because")
                || last.pause > Pause::None
                || !next.is_in("with about on in for regarding at under to of here")
        });
        if !whole
            || next.is_none()
                && length > 1
                && first == 0
                && !words[at].is_in("i'm i i've")
                && words.len() == length
        {
            break;
        }
        origin |= first > 0
            && !(length == 1
                && last.pause == Pause::None
                && next.is_some_and(|next| !next.is_in(SUBJECTS) && !next.is_in(DETERMINERS)));
        if first == 1 && !origin {
            break;
        }
        at += length;
        if words.get(at).is_some_and(|word| word.lower == "that")
            && words.get(at + 1).is_some_and(|word| {
                word.is_in(SUBJECTS) || word.is_in(DETERMINERS) || is_contracted(&word.lower)
            })
        {
            at += 1;
        }
    }
    (at, origin)
}

/// Whether a single word leads in rather than belongs to what follows.
fn leads(word: &Token, next: Option<&Token>) -> bool {
    let Some(next) = next else {
        return true;
    };
    match word.lower.as_str() {
        "no" | "not" | "right" | "really" | "man" | "second" | "third" | "next" | "like" | "dear" | "see"
        | "look" | "again" | "there" | "everyone" | "finally" | "instead" => {
            let answers = word.lower == "no" && (next.is_in(SUBJECTS) || next.is_in("can could would"));
            answers || word.pause > Pause::None && !(word.lower == "no" && next.is_in("heat"))
        }
        "just" => false,
        _ => true,
    }
}

/// Whether the text dictates a number.
pub(super) fn is_dictated(text: &str) -> bool {
    let words = words(text);
    let digits: usize = text.chars().filter(char::is_ascii_digit).count();
    is_dictation(&words) || digits >= 7
}

/// What the clause does.
pub(super) fn kind(words: &[Token], asked: bool) -> Kind {
    if is_foul(words) {
        return Kind::Aside;
    }
    if want(words, asked).is_some() {
        return Kind::Wanted;
    }
    if asked || is_aside(words) {
        return Kind::Aside;
    }
    if is_expected(words) {
        return Kind::Expected;
    }
    let trouble = is_troubled(words);
    if !has_finite(words) {
        let noun = words
            .first()
            .is_some_and(|first| first.is_in("no a an some two three") || is_trouble(&first.lower));
        let trouble = words[0].lower == "no" || words.iter().any(|word| is_trouble(&word.lower));
        return if noun && trouble && words.len() > 1 { Kind::Trouble } else { Kind::Aside };
    }
    let past = (0..words.len()).any(|at| {
        is_finite(words, at)
            && (is_form(&words[at].lower, Form::Past)
                || words[at].is_in("was were had did wasn't weren't didn't hadn't has hasn't have haven't")
                || words[at].lower.ends_with("'ve"))
    });
    let there = words[0].lower == "there's" || words[0].lower == "there" && words.len() > 2;
    let going_on = there
        || words.windows(2).any(|pair| {
            (is_auxiliary(&pair[0].lower) || is_contracted(&pair[0].lower))
                && is_form(&pair[1].lower, Form::Ing)
                || pair[0].is_in("keeps keep") && is_form(&pair[1].lower, Form::Ing)
        });
    match () {
        () if trouble => Kind::Trouble,
        () if past && !is_contact(words) => Kind::Event,
        () if going_on => Kind::Event,
        () => Kind::State,
    }
}

/// Words that no recap repeats.
pub(crate) const FOUL: &str = "\
    fuck fucked fucker fuckers motherfucker motherfuckers shit shitty bullshit bitch bitches asshole assholes arsehole ass arse bastard bastards crook \
    crooks scammer scammers scam thief thieves liar liars clown clowns jerk jerks dumbass crap dick dickhead cunt prick wanker wankers tosser \
    pissed piss idiot idiots moron morons imbecile imbeciles stupid retard retarded retards whore slut twat bollocks screwed screw bastard \
    ripped rip-off ripoff con hell damn scumbag scum loser losers fool fools ain't kidding joke bloody morons criminals criminal incompetents shove sue suing lawsuit";

fn is_foul(words: &[Token]) -> bool {
    words.iter().any(|word| word.is_in("fuck fucked fucker fuckers motherfucker motherfuckers shit bullshit bitch bitches asshole assholes arsehole bastard bastards crooks scammers thieves liars clowns jerks dumbass dick dickhead cunt prick wanker wankers idiots morons imbeciles retard retarded whore slut twat scumbag scum criminals"))
}

const FEELINGS: &str = "\
    upset angry furious livid mad annoyed frustrated disappointed worried scared afraid frightened nervous anxious terrified fuming \
    disgusted confused embarrassed ashamed sorry tired exhausted stressed sick desperate happy unhappy glad grateful shaking crying fed \
    done worn beside calm patient loyal frantic panicking shocked appalled speechless sure aware kidding hoping calling phoning ringing \
    trying asking telling talking speaking looking wondering not";

const OPINIONS: &str = "\
    unacceptable ridiculous terrible awful horrible outrageous disgusting absurd insane crazy pathetic unbelievable disgraceful \
    disgrace joke shame nightmare fair right true okay fine enough wrong nonsense bad urgent important emergency disaster insanity \
    unprofessional rude frustrating annoying embarrassing silly stupid long hard simple easy story about all why what how";

/// Heads of clauses that are no part of the matter.
static ASIDES: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(
        "i asked for a person / i asked for a human / i asked for a real / i asked to speak / i think i may have the / i think i have the wrong / i think i might have the / i may have the wrong / \
    i might have the wrong / \
    i can't believe / i cannot believe / i don't know / i do not know / i don't really know / i really don't know / \
    i'm not sure if you / i'm not sure you / i don't hear / i can't hear / i'm hard of hearing / my hearing / \
    i've got like / i have like / i've only got / i only have a / i'm walking into / i'm in a meeting / \
    i'm in a hurry / my daughter usually / my son usually / my wife usually / my husband usually / i'm sixty / i'm seventy / \
    i'm eighty / i'm ninety / i'm an old / i don't understand / \
    i have no idea / i've never been so / i have never been so / i've had enough / i have had enough / \
    i've been a / i have been a / you people / you are / you're a / you're all / you're the / my name / \
    this is the second / this is the third / this is the fourth / this is the fifth / \
    this is my second / this is my third / this is my fourth / it's the second / it's the third / \
    it's my second / it's my third / that's the second / that's the third / this is not the first / \
    this isn't the first / i have a question / i've got a question / i love / i appreciate / \
    i realise / i realize / i understand / don't get me wrong / i feel like / i feel so / i feel very / \
    i don't care / i don't feel / i don't like / i hate / i can't take / i can't stand / \
    i can't do this / i really can't / nobody cares / no one cares / nobody seems to care / \
    no one seems to care / how would you / i mean / i know / i bet / i already told / \
    i've already told / i just told / which is / which was / which i / who is / i don't have time / \
    i don't have all day / i have to say / i have been waiting on hold / you know / i hope / i wish / \
    i doubt / i want to be clear / i'm telling / i told you / you told me / it's about / it is about / \
    i have been calling all / you can reach me / my number is / my phone number / i was born / \
    my date of birth / my birthday / i'm at / i live / let me / hold on / wait / i'll hold / \
    i'll wait / trust me / i promise you / believe me / i'm calling about / i'm calling regarding / \
    this is about / i'm just / it was nice / have a / i think that's / that's all / that is all / \
    that's it / that's what / that's why / nothing else / you guys are / i'm one of / \
    it's not your fault / it's not like / i don't think / my english / i have never been treated / \
    i've never been treated / i have never had such / i'd like to complain / i want to complain / \
    i wanted to complain / i'm going to / i am going to / i will / i'll / we'll / you'll / you will / \
    or else / i just wanted to know / i just wanted to ask / i only wanted to / i was just wondering / \
    i was just checking / no i just wanted / no i only wanted / no i was just / i'm not paying / i am not paying / i won't pay / i will not pay / i refuse to / i need help / i need some help",
    )
});

pub(super) fn is_aside(words: &[Token]) -> bool {
    let lower = |at: usize| words.get(at).map(|word| word.lower.as_str()).unwrap_or_default();
    let spoken = longest_at(words, 0, &ASIDES) > 0
        && !(words[..2.min(words.len())].iter().any(|word| word.lower == "need") && words.len() > 4);
    let told_us = phrase_at(words, 0, "you told me") > 0 && words.len() > 5;
    let feels = {
        let be = match lower(0) {
            "i'm" | "we're" => 1,
            "i" | "we" if listed("am was are were feel get got", lower(1)) => 2,
            _ => 0,
        };
        let mut at = be;
        while words.get(at).is_some_and(|word| word.is_in(ADVERBS) || word.is_in("so very really quite pretty extremely too a little bit getting rather kind of more than beyond absolutely starting to feel feeling")) {
            at += 1;
        }
        let adjective = words.get(at).is_some_and(|word| word.is_in(FEELINGS));
        be > 0 && adjective && !words[at].is_in("not sick")
            || be > 0 && adjective && lower(at) == "sick" && listed("and of to", lower(at + 1))
    };
    let judges = {
        let be = match lower(0) {
            "it's" | "that's" => 1,
            "it" | "this" | "that" if is_auxiliary(lower(1)) => 2,
            _ => 0,
        };
        let rest = words.get(be..).unwrap_or_default();
        be > 0
            && rest.len() <= 6
            && rest.iter().any(|word| word.is_in(OPINIONS))
            && !rest.iter().any(|word| {
                is_form(&word.lower, Form::Ing)
                    || is_trouble(&word.lower) && !word.is_in("bad wrong worse worst")
            })
    };
    let introduces = phrase_at(words, 0, "this is") > 0
        && words.get(2).is_some_and(|next| {
            !next.is_in(DETERMINERS) && !next.is_in(ADVERBS) && !next.is_in("what how why where because")
        })
        && words.len() <= 5;
    let aged = (0..words.len()).any(|at| phrase_at(words, at, "years old") > 0) && words.len() <= 6;
    (spoken && !told_us) || aged || feels || judges || introduces
}

fn is_expected(words: &[Token]) -> bool {
    static MARKS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::of(
            "\
        should have / should've / shouldn't have / was told / were told / been told / got told / \
        supposed to / meant to / promised me / promised us / promised that / promised to / \
        you promised / was promised / were promised / was expecting / were expecting / i expected / \
        we expected / was assured / assured me / guaranteed / told me / told us / was scheduled / \
        were scheduled / was due / said he'd / said she'd / said they'd / said you'd / said it'd / \
        said he would / said she would / said they would / said you would / said it would / \
        said someone would / said somebody would / i thought you / i thought they / i thought it / \
        i was under the impression / ought to have / said there would / said i would / said i'd / \
        agreed to",
        )
    });
    let marked = (0..words.len()).any(|at| longest_at(words, at, &MARKS) > 0);
    let refused = words.iter().any(|word| {
        word.is_in("off wrong refused late") || is_negation(&word.lower) && !word.is_in("shouldn't")
    });
    marked && !refused
}

/// Whether the clause tells of a trouble: it denies something, or names one.
pub(super) fn is_troubled(words: &[Token]) -> bool {
    words.iter().enumerate().any(|(at, word)| {
        let denied = is_negation(&word.lower)
            && !words.get(at + 1).is_some_and(|next| next.is_in("problem sure only"));
        let noun = word.is_in("stop close cold hot light wet missed missing late order")
            && at > 0
            && words[at - 1].is_in("the a my bus");
        let again = word.is_in("again") && at > 0 && words[at - 1].is_in("out off down wrong up");
        let rising = word.is_in("filling pouring coming")
            && words.get(at + 1).is_some_and(|next| next.is_in("up in through"))
            && words.iter().any(|word| word.is_in("water sewage smoke"));
        denied
            || again
            || rising
            || is_trouble(&word.lower) && !noun
            || word.lower == "out"
                && at > 0
                && words[at - 1].is_in("is went goes fell came's are was")
                && words.get(at + 1).is_none_or(|next| next.is_in("again since and this on"))
    })
}

/// The caller only got in touch: nothing that needs mending yet.
fn is_contact(words: &[Token]) -> bool {
    words.first().is_some_and(|first| first.is_in("i we i've we've"))
        && words
            .iter()
            .take(4)
            .any(|word| word.is_in("called phoned rang emailed texted messaged spoke talked"))
}

/// The noun that a clause is about: "the invoice was wrong" is about the invoice.
pub(super) fn subject_noun(words: &[Token]) -> Option<String> {
    let verb = (0..words.len()).find(|at| is_finite(words, *at))?;
    let mut before = words[..verb].iter().rev().filter(|word| !word.is_in(ADVERBS));
    let noun = before.next()?;
    let phrase = words.first().is_some_and(|first| first.is_in(DETERMINERS) || !first.is_in(SUBJECTS));
    (phrase && !noun.is_in(SUBJECTS) && !noun.is_in("one there who") && !is_contracted(&noun.lower))
        .then(|| noun.lower.clone())
}
