//! The words of a turn, mended and without fillers, each with its place.

use std::ops::Range;
use std::sync::LazyLock;

use super::grammar::{
    self, DETERMINERS, Form, PREPOSITIONS, SUBJECTS, SUBORDINATORS, is_auxiliary, is_contracted, is_form,
    listed,
};
use crate::understanding::name::introduction_length;
use crate::understanding::story::code_length;
use crate::understanding::words::{Word, words};

/// What follows a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Pause {
    /// The next word.
    None,
    /// A comma or a dash.
    Comma,
    /// The end of a sentence.
    Stop,
    /// The end of a question.
    Query,
}

/// One word of a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// As it is shown within a sentence: a capital only where it is due.
    pub(crate) shown: String,
    /// In lower case.
    pub(crate) lower: String,
    /// Its bytes in the text.
    pub(crate) span: Range<usize>,
    /// What follows.
    pub(crate) pause: Pause,
}

impl Token {
    /// Whether the word is in a list of words separated by blanks.
    pub(crate) fn is_in(&self, list: &str) -> bool {
        listed(list, &self.lower)
    }
}

/// The words of `text`, mended and without greetings, introductions, fillers, stutters and swear words.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let words = words(text);
    let shouted = !text.chars().any(char::is_lowercase);
    let mut found: Vec<Token> = Vec::new();
    let mut at = 0;
    let mut head = true;
    while at < words.len() {
        let skipped = if head { introduction(&words[at..]) } else { 0 };
        if skipped > 0 {
            let last = pause(&words, at + skipped - 1);
            pause_before(&mut found, last.max(Pause::Comma));
            at += skipped;
            continue;
        }
        let word = &words[at];
        let next = words.get(at + 1);
        let initial = found.last().is_none_or(|before| before.pause > Pause::Comma) || at == 0;
        for (index, mended) in mend(word, next, found.last()).into_iter().enumerate() {
            let lower = mended.to_lowercase();
            let shown = shown(text, word, &mended, index, initial && index == 0, shouted, next);
            found.push(Token { shown, lower, span: word.start..word.end, pause: Pause::None });
        }
        let after = pause(&words, at);
        pause_before(&mut found, after);
        head = after > Pause::None || word.lower == "and" || listed(GREETINGS, &word.lower);
        at += 1;
    }
    tidy(&mut found);
    found
}

const GREETINGS: &str = "hi hello hey hiya morning afternoon evening yes yeah oh um uh okay ok well there so";

/// How many words at the head introduce the caller or give a code.
fn introduction(words: &[Word<'_>]) -> usize {
    let length = introduction_length(words).max(code_length(words));
    let trailing = words.get(length).is_some_and(|word| matches!(word.lower.as_str(), "speaking" | "here"));
    if length > 0 { length + usize::from(trailing) } else { 0 }
}

fn pause(words: &[Word<'_>], at: usize) -> Pause {
    let word = &words[at];
    let next = words.get(at + 1);
    let abbreviated = word.dot
        && (listed("dr mr mrs ms st prof no", &word.lower)
            || word.raw.chars().count() == 1
            || (listed("a.m p.m e.g i.e", &word.lower)
                && next.is_some_and(|next| next.raw.starts_with(char::is_lowercase))));
    if word.query {
        Pause::Query
    } else if word.stop && !abbreviated {
        Pause::Stop
    } else if word.comma {
        Pause::Comma
    } else {
        Pause::None
    }
}

fn pause_before(found: &mut [Token], pause: Pause) {
    if let Some(last) = found.last_mut() {
        last.pause = last.pause.max(pause);
    }
}

/// What is said or written without its apostrophe, or shortened; an empty form is left out.
const APOSTROPHES: &[(&str, &str)] = &[
    ("im", "I'm"),
    ("ive", "I've"),
    ("dont", "don't"),
    ("doesnt", "doesn't"),
    ("didnt", "didn't"),
    ("cant", "can't"),
    ("couldnt", "couldn't"),
    ("wouldnt", "wouldn't"),
    ("shouldnt", "shouldn't"),
    ("isnt", "isn't"),
    ("arent", "aren't"),
    ("wasnt", "wasn't"),
    ("werent", "weren't"),
    ("hasnt", "hasn't"),
    ("havent", "haven't"),
    ("hadnt", "hadn't"),
    ("wont", "won't"),
    ("youre", "you're"),
    ("youve", "you've"),
    ("theyre", "they're"),
    ("theyve", "they've"),
    ("thats", "that's"),
    ("theres", "there's"),
    ("whats", "what's"),
    ("hes", "he's"),
    ("shes", "she's"),
    ("ya", "you"),
    ("u", "you"),
    ("y'all", "you"),
    ("'em", "them"),
    ("em", "them"),
    ("kinda", ""),
    ("sorta", ""),
    ("cuz", "because"),
    ("cos", "because"),
    ("coz", "because"),
    ("'cause", "because"),
    ("till", "until"),
    ("nothin", "nothing"),
    ("goin", "going"),
    ("ma'am", ""),
];

/// What a word stands for: apostrophes that were not written, and forms of speech written out.
fn mend(word: &Word<'_>, next: Option<&Word<'_>>, before: Option<&Token>) -> Vec<String> {
    let lower = word.lower.as_str();
    let following = next.map(|next| next.lower.as_str()).unwrap_or_default();
    if let Some((_, mended)) = APOSTROPHES.iter().find(|(bare, _)| *bare == lower) {
        return if mended.is_empty() { vec![] } else { vec![(*mended).to_owned()] };
    }
    if let Some(owner) = word.raw.replace('’', "'").strip_suffix("'s").filter(|_| !is_contracted(lower)) {
        let verb = match following {
            "been" => Some("has"),
            "not" | "broken" | "gone" | "stuck" | "still" | "out" | "off" | "down" => Some("is"),
            _ if is_form(following, Form::Ing) => Some("is"),
            _ => None,
        };
        if let Some(verb) = verb {
            return vec![owner.to_owned(), verb.to_owned()];
        }
    }
    let two = |first: &str, second: &str| vec![first.to_owned(), second.to_owned()];
    let clause_next =
        listed(SUBJECTS, following) || is_contracted(following) || listed("my the your our", following);
    match lower {
        "gonna" => two("going", "to"),
        "wanna" => two("want", "to"),
        "gotta" if before.is_some_and(|before| before.lower.contains('\'')) => two("got", "to"),
        "gotta" => two("have", "to"),
        "lemme" => two("let", "me"),
        "gimme" => two("give", "me"),
        "cause" if clause_next => vec!["because".to_owned()],
        "id" if matches!(following, "like" | "love" | "rather" | "prefer") => vec!["I'd".to_owned()],
        "its"
            if is_form(following, Form::Ing)
                || listed(
                    "not been a the still so very too getting gone just broken supposed only always really completely",
                    following,
                ) =>
        {
            vec!["it's".to_owned()]
        }
        "your" if listed("not late supposed going", following) => vec!["you're".to_owned()],
        "lot" | "guys" | "people" | "folks" | "all"
            if before.is_some_and(|before| before.lower == "you" && before.pause == Pause::None) =>
        {
            vec![]
        }
        _ => vec![word.raw.replace('’', "'")],
    }
}

/// A word as it is shown within a sentence.
fn shown(
    text: &str,
    word: &Word<'_>,
    mended: &str,
    index: usize,
    initial: bool,
    shouted: bool,
    next: Option<&Word<'_>>,
) -> String {
    const DAYS: &str = "monday tuesday wednesday thursday friday saturday sunday january february april june july august \
        september october november december christmas easter thanksgiving english";
    let lower = mended.to_lowercase();
    if lower == "i" || lower.starts_with("i'") {
        return format!("I{}", &mended[1..]);
    }
    if listed(DAYS, lower.trim_end_matches("'s")) || listed(DAYS, lower.trim_end_matches('s')) {
        return crate::understanding::capitalised(&lower);
    }
    if listed("march may", &lower) && text[..word.start].trim_end().to_lowercase().ends_with(" in") {
        return crate::understanding::capitalised(&lower);
    }
    let common = listed(SUBJECTS, &lower)
        || listed(DETERMINERS, &lower)
        || listed(PREPOSITIONS, &lower)
        || listed(SUBORDINATORS, &lower)
        || is_auxiliary(&lower)
        || is_contracted(&lower)
        || listed("and but or yes please no not just", &lower);
    let named = mended.ends_with("'s") && !listed("today's yesterday's", &lower)
        || next.is_some_and(|next| {
            !word.comma
                && !word.stop
                && next.raw.starts_with(char::is_uppercase)
                && !next.lower.starts_with('i')
        });
    let abbreviation = mended.chars().count() < 5 && mended.chars().all(char::is_uppercase) && !shouted;
    let mut shown =
        if common || shouted || initial && !named && !abbreviation { lower } else { mended.to_owned() };
    let titled = word.dot && listed("dr mr mrs ms st", &word.lower);
    if titled {
        shown = crate::understanding::capitalised(&shown);
    }
    if index == 0 {
        let sign = text[..word.start].chars().next_back().filter(|sign| matches!(sign, '$' | '£' | '€'));
        if let Some(sign) = sign {
            shown.insert(0, sign);
        }
        if text[word.end..].starts_with('%') {
            shown.push('%');
        }
    }
    shown
}

/// Said anywhere without saying anything; the longest are tried first.
static FILLERS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(
        "\
    fuck you guys / fuck you all / fuck you / screw you / go to hell / if you know what i mean / \
    you know what i mean / know what i mean / to tell you the truth / for crying out loud / \
    at the end of the day / or something like that / i swear to god / what the hell / what the fuck / \
    to be honest with you / to be honest / to be fair / to be frank / to be clear / for god's sake / \
    for heaven's sake / for christ's sake / for fuck's sake / for pete's sake / believe it or not / \
    quite frankly / let me tell you / i have to say / i've got to say / in all honesty / oh my god / \
    oh my goodness / my goodness / oh my gosh / oh god / oh dear / are you kidding me / \
    i'm telling you / i tell you / i must say / i must admit / so to speak / or whatever / \
    and stuff like that / and stuff / and all that / and so on / and so forth / mind you / as i said / \
    like i said / as i say / like i say / as i mentioned / like i told you / you see / i mean / \
    i swear / i guess / i suppose / thank you very much / thank you so much / thanks a lot / \
    thank you / thanks / the hell / the fuck / as hell / on earth / no offense / no offence / \
    with all due respect / what do you call it / what d'you call it / what's it called / what you call it / god damn / god forbid / um / uh / er / erm / hmm / mm / mhm / ah / oh / eh / \
    huh / umm / uhh / ugh / wow / hm / mmm / honestly / frankly / basically / literally / obviously / \
    actually / please / fucking / fuckin / goddamn / goddamned / damn / damned / bloody / \
    freaking / fricking / frigging / frickin / effing / flipping / blasted / jesus / christ / gosh / \
    goodness / madam / sir / yeah / yep / yup",
    )
});

/// Said of somebody or something in anger; left out before a noun.
const INSULTS: &str = "stupid idiotic idiot useless incompetent lousy crappy shitty pathetic lazy so-called dumb ridiculous \
    moronic worthless shoddy rotten sorry-ass half-assed terrible horrible awful disgusting clueless outrageous insane ludicrous";

fn tidy(found: &mut Vec<Token>) {
    let mut at = 0;
    while at < found.len() {
        match filler(found, at) {
            0 => at += 1,
            length => drop(found, at, length),
        }
    }
    let mut at = 0;
    while at < found.len() {
        let stutter = stutter(found, at);
        if stutter > 0 { drop(found, at, stutter) } else { at += 1 }
    }
    dislocated(found);
    corrected(found);
    for at in 1..found.len() {
        let vowel = found[at].lower.starts_with(['a', 'e', 'i', 'o', 'u']);
        let before = &mut found[at - 1];
        if before.lower == "an" && !vowel && !found_h(&found[at].lower) {
            "a".clone_into(&mut found[at - 1].shown);
            "a".clone_into(&mut found[at - 1].lower);
        } else if found[at - 1].lower == "a"
            && vowel
            && !listed(
                "use user used union unit united one once us uniform unique university",
                &found[at].lower,
            )
        {
            "an".clone_into(&mut found[at - 1].shown);
            "an".clone_into(&mut found[at - 1].lower);
        }
    }
}

fn found_h(word: &str) -> bool {
    word.starts_with("hour")
        || word.starts_with("honest")
        || word.starts_with("heir")
        || word.len() <= 2
        || word.starts_with(|sign: char| sign.is_ascii_digit() || sign == '$')
        || word.chars().next().is_some_and(|sign| "fhlmnrsx".contains(sign)) && word.len() <= 4
}

/// Leaves out `length` words; the pause after them moves before them.
fn drop(found: &mut Vec<Token>, at: usize, length: usize) {
    let pause = found[at..at + length].iter().map(|token| token.pause).max().unwrap_or(Pause::None);
    found.drain(at..at + length);
    pause_before(&mut found[..at], pause);
}

/// Whether the words of `phrase` stand at `at`; how many they are.
pub(crate) fn phrase_at(tokens: &[Token], at: usize, phrase: &str) -> usize {
    let mut length = 0;
    for word in phrase.split(' ') {
        if tokens.get(at + length).is_none_or(|token| token.lower != word) {
            return 0;
        }
        length += 1;
    }
    length
}

/// Phrases in the order of their first words, so that they are found by it.
#[derive(Debug)]
pub(crate) struct Phrases(Vec<&'static str>);

impl Phrases {
    /// The phrases of a list in which slashes stand between them.
    pub(crate) fn of(list: &'static str) -> Self {
        let mut phrases: Vec<&str> = list.split('/').map(str::trim).collect();
        phrases.sort_unstable_by_key(|phrase| first_word(phrase));
        Self(phrases)
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().copied()
    }

    /// Those of which `word` is the first.
    pub(crate) fn beginning<'a>(&'a self, word: &'a str) -> impl Iterator<Item = &'static str> + 'a {
        let from = self.0.partition_point(|phrase| first_word(phrase) < word);
        self.0[from..].iter().copied().take_while(move |phrase| first_word(phrase) == word)
    }
}

fn first_word(phrase: &str) -> &str {
    phrase.split_once(' ').map_or(phrase, |(first, _)| first)
}

/// How many words the longest of the phrases has that stands at `at`.
pub(crate) fn longest_at(tokens: &[Token], at: usize, phrases: &Phrases) -> usize {
    let Some(first) = tokens.get(at) else { return 0 };
    phrases.beginning(&first.lower).map(|phrase| phrase_at(tokens, at, phrase)).max().unwrap_or(0)
}

fn filler(found: &[Token], at: usize) -> usize {
    let lower = |at: usize| found.get(at).map(|token| token.lower.as_str()).unwrap_or_default();
    let before = at.checked_sub(1).map(|at| &found[at]);
    let previous = before.map(|token| token.lower.as_str()).unwrap_or_default();
    let word = lower(at);
    let paused = found[at].pause > Pause::None;
    let paused_before = before.is_none_or(|token| token.pause > Pause::None);
    let length = longest_at(found, at, &FILLERS);
    if length > 0 {
        let kept = word == "damn" && previous == "a" || word == "please" && listed("to i we", previous);
        return if kept { 0 } else { length };
    }
    match word {
        "you" if lower(at + 1) == "know" => {
            let asks = listed("do did let as if would to don't didn't", previous);
            let goes_on = listed("what that how where when why who the my i've about", lower(at + 2))
                && found[at + 1].pause == Pause::None
                && !paused_before;
            if asks || goes_on { 0 } else { 2 }
        }
        "sort" | "kind" if lower(at + 1) == "of" => {
            usize::from(!listed("what some any this that a the which every same", previous)) * 2
        }
        "even" => {
            usize::from(!listed("though if when not", lower(at + 1)) && !listed("not or an break", previous))
        }
        "like" => {
            let between = paused_before && paused;
            let loose = listed("is was it's just been are were i'm that's there's", previous)
                && (is_form(lower(at + 1), Form::Ing)
                    || grammar::listed(DETERMINERS, lower(at + 1))
                        && listed("two three four five six ten seven eight", lower(at + 1)))
                || listed("and so but", previous);
            usize::from(
                between
                    || loose
                    || paused && !is_verb_of_liking(previous)
                    || paused_before && before.is_none(),
            )
        }
        "right" | "okay" | "ok" | "dear" | "love" | "alright" | "well" | "god" | "really" | "darling"
        | "man" => usize::from(paused_before && (paused || at + 1 == found.len())),
        "now" => usize::from(paused_before && paused),
        "here" => usize::from(
            (paused || at + 1 == found.len() || listed("and but", lower(at + 1)))
                && listed("came come out comes show showed over back waiting", previous),
        ),
        _ if listed(INSULTS, word) => {
            let described = listed(DETERMINERS, previous);
            let noun =
                at + 1 < found.len() && !paused && !listed("and or because that of for to", lower(at + 1));
            usize::from(described && noun)
        }
        _ => 0,
    }
}

fn is_verb_of_liking(word: &str) -> bool {
    listed("i'd would looks look feels feel sounds sound it's seems i we you smells smell tastes", word)
}

/// How many words at `at` are said again at once.
fn stutter(found: &[Token], at: usize) -> usize {
    (1..=3)
        .rev()
        .find(|length| {
            let same = (0..*length).all(|offset| {
                found
                    .get(at + offset)
                    .zip(found.get(at + offset + length))
                    .is_some_and(|(one, other)| one.lower == other.lower && one.pause <= Pause::Comma)
            });
            let numbers = found[at].lower.chars().any(|sign| sign.is_ascii_digit());
            same && !numbers
                && !listed(
                    "had that zero one two three four five six seven eight nine oh very",
                    &found[at].lower,
                )
        })
        .unwrap_or(0)
}

/// "Thursday, no wait, Friday" becomes "Friday".
fn corrected(found: &mut Vec<Token>) {
    const DAYS: &str =
        "monday tuesday wednesday thursday friday saturday sunday today tomorrow morning afternoon evening";
    let mut at = 0;
    while at < found.len() {
        let marks = found[at + 1..]
            .iter()
            .take_while(|token| {
                listed("no wait sorry i mean make that it actually or rather on", &token.lower)
            })
            .collect::<Vec<_>>();
        let takes_back = marks.iter().any(|token| listed("no wait sorry mean make rather", &token.lower));
        let next = at + 1 + marks.len();
        let day = |at: usize| found.get(at).is_some_and(|token| listed(DAYS, &token.lower));
        if takes_back && day(at) && day(next) {
            found.drain(at..next);
        } else {
            at += 1;
        }
    }
}

/// People whom a caller names and then speaks of: "my grandson he does it".
const PERSONS: &str = "husband wife son daughter grandson granddaughter mother father mom mum dad brother sister neighbor \
    neighbour landlord landlady tenant boss technician plumber guy man lady woman";

/// "My boiler, it stopped" becomes "my boiler stopped".
fn dislocated(found: &mut Vec<Token>) {
    let mut at = 2;
    while at + 1 < found.len() {
        let person = listed("he she", &found[at].lower) && listed(PERSONS, &found[at - 1].lower);
        let pronoun =
            person || listed("it he she they", &found[at].lower) && found[at - 1].pause == Pause::Comma;
        let start = found[..at - 1]
            .iter()
            .rposition(|token| {
                token.pause > Pause::None || person && listed("and but so because", &token.lower)
            })
            .map_or(0, |before| before + 1);
        let phrase = &found[start..at];
        let verb = phrase.iter().any(|token| {
            is_auxiliary(&token.lower) || is_contracted(&token.lower) || is_form(&token.lower, Form::Past)
        });
        let bare =
            (2..=5).contains(&phrase.len()) && listed("my our the your this that", &phrase[0].lower) && !verb;
        if pronoun && bare {
            found.remove(at);
            found[at - 1].pause = Pause::None;
        }
        at += 1;
    }
}
