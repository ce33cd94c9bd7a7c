//! Names of people, as given, introduced and spelled.

#[cfg(test)]
mod tests;

use std::ops::Range;

use super::lexicon::{NOT_NAMES, is_in};
use super::spelling::{distance, spelled, title_case};
use super::words::{Word, words};

const TITLES: &[&str] = &[
    "mr",
    "mrs",
    "ms",
    "miss",
    "dr",
    "doctor",
    "prof",
    "professor",
    "mister",
    "reverend",
    "sister",
    "father",
];
const PARTICLES: &[&str] = &[
    "van", "von", "de", "der", "den", "da", "di", "la", "le", "del", "dos", "bin", "al", "el", "ter", "st",
    "o", "mc", "mac",
];

/// Introductions that hold whatever follows them to be a name.
const STRONG: &[&[&str]] = &[
    &["my", "name", "is"],
    &["my", "name's"],
    &["name", "is"],
    &["the", "name", "is"],
    &["the", "name's"],
    &["my", "full", "name", "is"],
    &["you", "are", "speaking", "to"],
    &["you're", "speaking", "to"],
    &["you're", "speaking", "with"],
    &["call", "me"],
    &["my", "last", "name", "is"],
    &["my", "first", "name", "is"],
    &["my", "name", "was"],
    &["name", "it's"],
];

/// Introductions that may as well begin another sentence: what follows must look like a name.
const WEAK: &[&[&str]] = &[
    &["this", "is"],
    &["it", "is"],
    &["it's"],
    &["its"],
    &["i", "am"],
    &["i'm"],
    &["im"],
    &["that", "is"],
    &["that's"],
    &["that", "would", "be"],
    &["here", "is"],
    &["under", "the", "name"],
];

/// Words around a name that belong to manners.
const MANNERS: &[&str] = &[
    "yes",
    "yeah",
    "sure",
    "okay",
    "ok",
    "um",
    "uh",
    "er",
    "well",
    "oh",
    "hi",
    "hello",
    "hey",
    "certainly",
    "absolutely",
    "please",
    "dear",
    "thanks",
    "thank",
    "you",
    "sir",
    "ma'am",
    "madam",
    "love",
    "of",
    "course",
    "good",
    "morning",
    "afternoon",
    "evening",
    "so",
    "and",
    "right",
    "speaking",
    "here",
    "again",
    "calling",
    "as",
    "said",
    "hmm",
    "alright",
];

/// Finds the caller's name in `text`; where a name was `asked` for, a bare name counts as well. A spelling in the same text is applied.
pub fn name(text: &str, asked: bool) -> Option<String> {
    let words = words(text);
    // "System: …" labels what follows, and names nobody.
    let labelled = text.split_whitespace().next().is_some_and(|first| first.ends_with(':'));
    if labelled && words.len() > 3 {
        return None;
    }
    let found = match introduced(&words, asked) {
        Some(found) => Some(corrected(&words, fuller(&words, found)).name),
        None if asked => {
            bare_corrected(&words).or_else(|| bare(&words)).or_else(|| with_a_common_word(&words))
        }
        None => None,
    };
    match (found, spelled(text)) {
        (Some(name), Some(letters)) => Some(respell(&name, &letters)),
        (Some(name), None) => Some(name),
        (None, Some(letters)) if asked => Some(letters),
        (None, _) => None,
    }
}

/// Corrects the part of `name` that `letters` spell, which may be several words as heard; letters that resemble no
/// part are the last name.
pub fn respell(name: &str, letters: &str) -> String {
    let joined: String = name.chars().filter(|character| character.is_alphabetic()).collect();
    let parts: Vec<&str> = name.split(' ').collect();
    if let [first, last] = parts.as_slice()
        && letters.chars().count() > first.chars().count() + 1
        && distance(&joined, letters) <= 3
        && distance(last, letters) > 3
    {
        let cut = letters.char_indices().nth(first.chars().count()).map_or(letters.len(), |(at, _)| at);
        return format!("{} {}", title_case(&letters[..cut]), title_case(&letters[cut..]));
    }
    let pieces: Vec<&str> = name.split_inclusive([' ', '-']).collect();
    let bare = |piece: &str| piece.trim_end_matches([' ', '-']).to_owned();
    let windows = (0..pieces.len()).flat_map(|from| [1, 2].map(|size| (from, from + size)));
    let near = windows
        .filter(|(from, to)| *to <= pieces.len() && (*to - *from == 1 || *from > 0))
        .map(|(from, to)| {
            let heard: String = pieces[from..to].iter().map(|piece| bare(piece)).collect();
            (gap(&heard, letters), from, to)
        })
        .min();
    match near {
        Some((least, from, to)) if least <= (letters.chars().count() / 2).max(1) => {
            let tail = pieces[to - 1].trim_start_matches(|character| !matches!(character, ' ' | '-'));
            format!("{}{letters}{tail}{}", pieces[..from].concat(), pieces[to..].concat())
        }
        _ if parts.len() == 1 => format!("{name} {letters}"),
        _ => format!("{} {letters}", parts[..parts.len() - 1].join(" ")),
    }
}

/// How unlike a heard part and spelled letters are; parts that sound alike may be written quite differently.
fn gap(part: &str, letters: &str) -> usize {
    let sound = |word: &str| -> String {
        word.to_lowercase()
            .chars()
            .filter_map(|letter| match letter {
                'c' | 'k' | 'q' => Some('k'),
                's' | 'z' | 'x' => Some('s'),
                'd' | 't' => Some('t'),
                'g' | 'j' => Some('j'),
                'f' | 'v' | 'w' => Some('f'),
                'y' | 'i' | 'e' => Some('i'),
                'a' | 'o' | 'u' | 'h' => None,
                other => Some(other),
            })
            .collect()
    };
    distance(part, letters).min(distance(&sound(part), &sound(letters)) + 1)
}

/// How many words at the head of `words` introduce and give a name; 0 if they do not.
pub(super) fn introduction_length(words: &[Word<'_>]) -> usize {
    let strong = cue(words, STRONG).map(|length| (length, false));
    let weak = || cue(words, &WEAK[..7]).map(|length| (length, true));
    let Some((length, weak)) = strong.or_else(weak) else {
        return 0;
    };
    let count = name_words(&words[length..], weak).len();
    if count == 0 { 0 } else { length + count }
}

/// A name and where it stands.
struct Found {
    name: String,
    span: Range<usize>,
}

fn found(words: &[Word<'_>]) -> Option<Found> {
    let span = words.first()?.start..words.last()?.end;
    compose(words).map(|name| Found { name, span })
}

/// People by what they are to the caller or to us; a name may follow.
const PEOPLE: &str = "husband wife son daughter mother father mom mum dad brother sister boss partner neighbor neighbour \
    tenant landlord landlady technician plumber engineer dentist doctor lawyer attorney colleague manager friend \
    fiance roommate receptionist hygienist nurse";

/// The names in `text` that are introduced as such, the caller's and others', each with its place: "this is Jane Doe",
/// "Dr. Jones", "my husband Tom", "a man called Hale".
pub(super) fn names(text: &str) -> Vec<(Range<usize>, String)> {
    let words = words(text);
    let has_case = is_cased(&words);
    let mut names: Vec<Found> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let rest = &words[at..];
        let lead = lead_to_name(rest, has_case);
        let named =
            lead.as_ref().map_or(&[][..], |lead| name_words(&rest[lead.length..], lead.must_be_cased));
        let length = lead.as_ref().map_or(0, |lead| lead.length) + named.len();
        let sure = lead.is_some_and(|lead| lead.sure);
        if !named.is_empty() && (sure || ends_like_a_name(named, &rest[length..])) {
            let one = found(named).map(|found| corrected(&words, fuller(&words, found)));
            at += length;
            at = one.iter().fold(at, |at, one| {
                let beyond = words.iter().position(|word| word.start >= one.span.end);
                at.max(beyond.unwrap_or(words.len()))
            });
            names.extend(one);
        } else {
            at += 1;
        }
    }
    let speaking = before_speaking(&words).or_else(|| uncased(&words)).filter(|one| {
        names.iter().all(|name| one.span.end <= name.span.start || name.span.end <= one.span.start)
    });
    names.extend(speaking);
    names.into_iter().map(|found| (found.span, found.name)).collect()
}

/// What leads to a name.
struct Lead {
    length: usize,
    must_be_cased: bool,
    /// Whether a word with a capital after it can be nothing else, whatever follows.
    sure: bool,
}

/// What leads to a name at the head of `words`.
fn lead_to_name(words: &[Word<'_>], has_case: bool) -> Option<Lead> {
    if let Some(length) = cue(words, STRONG) {
        return Some(Lead { length, must_be_cased: has_case, sure: false });
    }
    if let Some(length) = cue(words, WEAK)
        .filter(|_| !matches!(words[0].lower.as_str(), "it" | "it's" | "its" | "that" | "that's"))
    {
        return Some(Lead { length, must_be_cased: true, sure: false });
    }
    let first = &words[0];
    // "Sister", "father" and "doctor" are titles only before a name that has a capital.
    let abbreviated = matches!(first.lower.as_str(), "mr" | "mrs" | "ms" | "dr" | "prof");
    let apart = first.stop && !abbreviated;
    if is_title(first) && !apart && words.get(1).is_some_and(|next| is_name_word(next, true)) && !first.comma
    {
        return Some(Lead { length: 0, must_be_cased: true, sure: true });
    }
    if is_in(PEOPLE, &first.lower) && !apart {
        return Some(Lead { length: 1, must_be_cased: true, sure: true });
    }
    if matches!(first.lower.as_str(), "spoke" | "talked" | "speak" | "talk" | "speaking" | "talking")
        && words.get(1).is_some_and(|next| matches!(next.lower.as_str(), "to" | "with"))
    {
        return Some(Lead { length: 2, must_be_cased: true, sure: true });
    }
    let person = matches!(
        first.lower.as_str(),
        "man" | "woman" | "guy" | "lady" | "person" | "somebody" | "someone" | "is" | "was"
    );
    let called = words.get(1).is_some_and(|next| matches!(next.lower.as_str(), "called" | "named"));
    (person && called).then_some(Lead { length: 2, must_be_cased: true, sure: true })
}

fn is_cased(words: &[Word<'_>]) -> bool {
    words.iter().any(|word| word.raw != "I" && word.raw.starts_with(char::is_uppercase))
}

/// A name with the rest of it, where it is begun anew: "I'm Jane. Jane Doe.", "the name's Hale, Tom Hale".
fn fuller(words: &[Word<'_>], short: Found) -> Found {
    let after = words.iter().position(|word| word.start >= short.span.end).unwrap_or(words.len());
    let named = name_words(&words[after..], is_cased(words));
    let again =
        named.len() > 1 && !short.name.contains(' ') && named.iter().any(|word| word.raw == short.name);
    match found(named).filter(|_| again) {
        Some(whole) => Found { span: short.span.start..whole.span.end, name: whole.name },
        None => short,
    }
}

/// A name with what corrects it right after: "Jane Smith, no, Smyth".
fn corrected(words: &[Word<'_>], earlier: Found) -> Found {
    let after = words.iter().position(|word| word.start >= earlier.span.end).unwrap_or(words.len());
    let Some((named, marks)) = after_marks(&words[after..], is_cased(words)) else { return earlier };
    let later = found(named).filter(|_| marks > 0);
    match later {
        Some(later) => {
            Found { span: earlier.span.start..later.span.end, name: amended(&earlier.name, &later.name) }
        }
        None => earlier,
    }
}

/// A bare name that another one corrects: "Jon. No, John."
fn bare_corrected(words: &[Word<'_>]) -> Option<String> {
    let at = (1..words.len()).find(|at| is_mark(words, *at))?;
    let (named, _) = after_marks(&words[at..], is_cased(words))?;
    let later = found(named)?.name;
    Some(bare(&words[..at]).map_or_else(|| later.clone(), |earlier| amended(&earlier, &later)))
}

/// The name after the words that take back what was said before, and how many such words there are.
fn after_marks<'a, 'b>(words: &'b [Word<'a>], has_case: bool) -> Option<(&'b [Word<'a>], usize)> {
    let marks = (0..words.len()).take_while(|at| is_mark(words, *at)).count();
    let rest = words.get(marks..)?;
    let lead = cue(rest, STRONG).or_else(|| cue(rest, WEAK)).unwrap_or(0);
    let named = name_words(&rest[lead..], has_case);
    (marks > 0 && !named.is_empty()).then_some((named, marks))
}

fn is_mark(words: &[Word<'_>], at: usize) -> bool {
    let near = |place: Option<usize>, what: &[&str]| {
        place.and_then(|place| words.get(place)).is_some_and(|word| what.contains(&word.lower.as_str()))
    };
    match words[at].lower.as_str() {
        "no" | "wait" | "sorry" | "actually" | "rather" | "oops" | "correction" | "um" | "uh" => true,
        "i" => near(Some(at + 1), &["mean", "meant"]),
        "mean" | "meant" => near(at.checked_sub(1), &["i"]),
        "make" => near(Some(at + 1), &["that", "it"]),
        "that" | "it" => near(at.checked_sub(1), &["make"]),
        _ => false,
    }
}

/// The earlier name with the later in the place of what it resembles; a whole name, or one for a single one, replaces it.
fn amended(earlier: &str, later: &str) -> String {
    if later.contains(' ') || !earlier.contains(' ') { later.to_owned() } else { respell(earlier, later) }
}

fn introduced(words: &[Word<'_>], asked: bool) -> Option<Found> {
    let mut best: Option<Found> = None;
    let has_case = is_cased(words);
    for at in 0..words.len() {
        let rest = &words[at..];
        let strong = cue(rest, STRONG).map(|length| (length, false));
        // "This is the second time" is no introduction, "this is Jane" is; "it is" only answers a question.
        let weak = if asked { WEAK } else { &WEAK[..7] };
        let Some((length, weak)) = strong.or_else(|| cue(rest, weak).map(|length| (length, true))) else {
            continue;
        };
        if strong.is_some() && at > 0 && is_somebody_elses(&words[at - 1]) {
            continue;
        }
        let weak = weak || (has_case && !asked);
        let bare_it = matches!(rest[0].lower.as_str(), "it" | "it's" | "its") && !asked;
        let named = name_words(&rest[length..], weak);
        let looks_like_a_name =
            !bare_it && !named.is_empty() && ends_like_a_name(named, &rest[length + named.len()..]);
        if looks_like_a_name && best.is_none() {
            best = found(named);
        }
    }
    best.or_else(|| before_speaking(words)).or_else(|| uncased(words))
}

/// "This is jane doe calling", in a transcript without capitals, where only the words around a name tell that it is one.
fn uncased(words: &[Word<'_>]) -> Option<Found> {
    if is_cased(words) {
        return None;
    }
    (0..words.len()).find_map(|at| {
        let rest = &words[at..];
        let named = name_words(&rest[cue(rest, WEAK)?..], false);
        let end = words.iter().position(|word| word.start == named.last().map_or(0, |last| last.start))?;
        let told = words
            .get(end + 1)
            .is_some_and(|next| matches!(next.lower.as_str(), "calling" | "speaking" | "here" | "from"));
        (told && named.len() <= 3).then(|| found(named))?
    })
}

/// "Beatrice Long.", "Jim Best": two or three capitalised words and nothing else, of which the first is no common word.
fn with_a_common_word(words: &[Word<'_>]) -> Option<String> {
    let cased = words.iter().all(|word| {
        word.raw.starts_with(char::is_uppercase) && word.raw.chars().all(char::is_alphabetic) && !word.comma
    });
    let first = words.first().is_some_and(|word| !is_in(NOT_NAMES, &word.lower));
    if (2..=3).contains(&words.len()) && cased && first { compose(words) } else { None }
}

/// After a name comes a pause, or one of a few words: "Philip's own quest" is no name but a misheard one.
fn ends_like_a_name(found: &[Word<'_>], after: &[Word<'_>]) -> bool {
    let paused = found.last().is_some_and(|word| word.comma || word.stop);
    paused
        || after
            .first()
            .is_none_or(|next| is_in(NOT_NAMES, &next.lower) || next.raw.starts_with(char::is_uppercase))
}

/// "Her name is", "the doctor's name is".
fn is_somebody_elses(before: &Word<'_>) -> bool {
    matches!(before.lower.as_str(), "his" | "her" | "their" | "whose" | "its" | "company" | "brand" | "your")
        || before.lower.ends_with("'s")
}

/// "Jane Doe speaking", "Jane here".
fn before_speaking(words: &[Word<'_>]) -> Option<Found> {
    let at = words.iter().position(|word| matches!(word.lower.as_str(), "speaking" | "here"))?;
    let start = words[..at].iter().rposition(|word| !is_name_word(word, true)).map_or(0, |before| before + 1);
    let named = &words[start..at];
    (1..=4).contains(&named.len()).then(|| found(named))?
}

fn bare(words: &[Word<'_>]) -> Option<String> {
    let mut best: Option<(usize, String)> = None;
    let asks = words.last().is_some_and(|word| word.query);
    let all_lower = !words.iter().any(|word| word.raw.contains(char::is_uppercase));
    let clauses: Vec<&[Word<'_>]> =
        words.split_inclusive(|word| (word.comma || word.stop) && !is_title(word)).collect();
    for (at, clause) in clauses.iter().enumerate() {
        let manners = |word: &&Word<'_>| MANNERS.contains(&word.lower.as_str());
        let start = clause.iter().take_while(manners).count();
        let after = clause[start..].iter().rev().take_while(manners).count();
        let kept = &clause[start..clause.len() - after];
        let kept = &kept[cue(kept, WEAK).unwrap_or(0)..];
        let cased = kept.iter().filter(|word| word.raw.starts_with(char::is_uppercase)).count();
        let particles = kept.iter().filter(|word| PARTICLES.contains(&word.lower.as_str())).count();
        let uncased = kept.iter().filter(|word| !word.raw.starts_with(char::is_uppercase));
        let halves = cased > 0 && uncased.clone().all(|word| word.raw.contains('-'));
        let even = if halves {
            true
        } else if all_lower {
            kept.len() <= 3
        } else {
            cased > 0 && cased + particles >= kept.len()
        };
        // A single word is a name on its own, or where the talk goes on as after a name.
        let goes_on = clauses.get(at + 1).is_none_or(|next| {
            let first = &next[0];
            matches!(
                first.lower.as_str(),
                "and" | "it's" | "that's" | "thank" | "thanks" | "please" | "dear" | "my"
            ) || first.raw.chars().count() == 1
                || kept.first().is_some_and(|word| word.lower == first.lower)
        });
        if (kept.len() == 1 && !(goes_on && at <= 1)) || asks {
            continue;
        }
        if kept.is_empty() || kept.len() > 5 || !even || !kept.iter().all(|word| is_name_word(word, false)) {
            continue;
        }
        if best.as_ref().is_none_or(|(length, _)| kept.len() > *length)
            && let Some(name) = compose(kept)
        {
            best = Some((kept.len(), name));
        }
    }
    best.map(|(_, name)| name)
}

fn cue(words: &[Word<'_>], cues: &[&[&str]]) -> Option<usize> {
    cues.iter()
        .filter(|cue| {
            words.len() >= cue.len() && cue.iter().zip(words).all(|(expected, word)| word.lower == *expected)
        })
        .map(|cue| cue.len())
        .max()
}

/// The words of a name at the head of `words`.
fn name_words<'a, 'b>(words: &'b [Word<'a>], must_be_cased: bool) -> &'b [Word<'a>] {
    let mut length = 0;
    for word in words {
        if length == 5 || !is_name_word(word, must_be_cased) {
            break;
        }
        length += 1;
        let initial = word.raw.chars().count() == 1;
        if word.comma || (word.stop && !is_title(word) && !initial) {
            break;
        }
    }
    // "My name is Owen and …" ends before the "and"; a title or particle alone is no name.
    let all_titles =
        words[..length].iter().all(|word| is_title(word) || PARTICLES.contains(&word.lower.as_str()));
    if all_titles { &[] } else { &words[..length] }
}

fn is_title(word: &Word<'_>) -> bool {
    TITLES.contains(&word.lower.as_str())
}

fn is_name_word(word: &Word<'_>, must_be_cased: bool) -> bool {
    let letters = word
        .raw
        .chars()
        .all(|character| character.is_alphabetic() || matches!(character, '-' | '\'' | '’' | '.'));
    let cased = word.raw.starts_with(char::is_uppercase) || PARTICLES.contains(&word.lower.as_str());
    let common =
        word.lower.split('-').all(|piece| is_in(NOT_NAMES, piece)) && !matches!(word.raw, "Bill" | "Will");
    letters && !common && (cased || !must_be_cased) && (!must_be_cased || !word.lower.ends_with("ing"))
}

fn compose(found: &[Word<'_>]) -> Option<String> {
    let has_name = found.iter().any(|word| !is_title(word) && word.raw.chars().count() > 1);
    let parts: Vec<String> = found
        .iter()
        .map(|word| {
            if PARTICLES.contains(&word.lower.as_str()) && found.len() > 1 {
                word.raw.to_owned()
            } else if let Some(owner) = word.raw.strip_suffix("'s").or_else(|| word.raw.strip_suffix("’s"))
            {
                title_case(owner)
            } else if is_title(word) && word.dot {
                format!("{}.", title_case(word.raw))
            } else if word.raw.chars().any(char::is_lowercase) && word.raw.starts_with(char::is_uppercase) {
                word.raw.to_owned()
            } else {
                title_case(word.raw)
            }
        })
        .collect();
    has_name.then(|| parts.join(" "))
}
