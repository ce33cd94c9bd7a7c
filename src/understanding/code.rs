//! Codes of letters and digits: account, case and order numbers.

use std::ops::Range;

use super::digits::{Atom, atom};
use super::lexicon::is_in;
use super::words::{Word, has_any, plain, words};
use crate::domain::CodePattern;

/// Reads the code dictated or written in `text` ("C V twenty two, dash, three zero eight" → `CV22-308`): at least three
/// letters and digits with a digit among them, or five letters, in capitals. The longest where there are several.
pub fn code(text: &str) -> Option<String> {
    let words = words(text);
    let dictated = runs(&words).into_iter().map(|run| run.signs).filter(|run| is_code(run));
    // Letters alone come as one word in capitals.
    let capitals =
        |word: &Word<'_>| word.raw.len() >= 4 && word.raw.chars().all(|sign| sign.is_ascii_uppercase());
    let lone =
        || words.iter().find(|word| words.len() <= 4 && capitals(word)).map(|word| word.raw.to_owned());
    dictated.max_by_key(String::len).or_else(lone)
}

/// The same, but only where the code follows one of the `cues` ("account number"), as for a code that was not asked for.
pub fn code_after(text: &str, cues: &[&str]) -> Option<String> {
    let found = words(text);
    let said = plain(text);
    if !has_any(&said, cues) {
        return None;
    }
    let at = (0..found.len()).find(|at| cues.iter().any(|cue| begins_with(&found[*at..], cue)))?;
    runs(&found[at..]).into_iter().map(|run| run.signs).find(|run| is_code(run))
}

/// The codes of a business's own pattern in `text`, dictated or written, each with its place and in its usual writing.
pub fn codes(text: &str, pattern: &CodePattern) -> Vec<(Range<usize>, String)> {
    let words = words(text);
    let mut found: Vec<(Range<usize>, String)> = Vec::new();
    for run in runs(&words) {
        let spoken: Vec<(char, usize)> =
            run.signs.chars().zip(run.places).filter(|(sign, _)| sign.is_ascii_alphanumeric()).collect();
        let size = pattern.spoken_signs();
        let last = spoken.len().saturating_sub(size);
        let mut from = 0;
        while from <= last && spoken.len() >= size {
            let taken = &spoken[from..from + size];
            // A code begins and ends with a word, and a number is none of a longer one.
            let begins = from == 0 || spoken[from - 1].1 != taken[0].1;
            let ends = spoken.get(from + size).is_none_or(|(_, next)| *next != taken[size - 1].1);
            let digit = |place: Option<usize>| {
                place.and_then(|place| spoken.get(place)).is_some_and(|(sign, _)| sign.is_ascii_digit())
            };
            let alone = !pattern.is_number() || !(digit(from.checked_sub(1)) || digit(Some(from + size)));
            let signs: String = taken.iter().map(|(sign, _)| *sign).collect();
            match pattern.fit(&signs).filter(|_| begins && ends && alone) {
                Some(code) => {
                    found.push((words[taken[0].1].start..words[taken[size - 1].1].end, code));
                    from += size;
                }
                None => from += 1,
            }
        }
    }
    found
}

/// What a code is called before it is said.
const CUES: &str = "order account case reference confirmation invoice ticket booking customer policy claim tracking member \
    membership reservation quote contract code zip zipcode postcode job file patient record locator ref item serial \
    model product id";

/// Words between what a code is called and the code.
const LINKS: &str = "number numbers no id code is it's its it the my our was that's of um uh er reads hash let me see well so \
    and here yes okay which that would be i think has have for this";

/// The codes that `text` names as such ("order number …", "#…"), each with its place.
pub(super) fn cued(text: &str) -> Vec<(Range<usize>, String)> {
    let words = words(text);
    let mut found = Vec::new();
    for run in runs(&words) {
        let (Some(first), Some(last)) = (run.places.first(), run.places.last()) else { continue };
        let hashed = words[*first].raw.starts_with('#');
        if (hashed || is_named(&words[..*first])) && is_code(&run.signs) {
            found.push((words[*first].start..words[*last].end, run.signs));
        }
    }
    found
}

/// Whether the words before a code end in what it is called.
fn is_named(before: &[Word<'_>]) -> bool {
    for (at, word) in before.iter().enumerate().rev().take(9) {
        let earlier = if at == 0 { "" } else { before[at - 1].lower.as_str() };
        // An area code, and "my number", are of a telephone.
        match (earlier, word.lower.as_str()) {
            ("area", "code") | ("my", "number") => return false,
            (_, "code" | "id") if is_in(CUES, earlier) => {}
            (_, word) if is_in(CUES, word) => return true,
            (_, word) if is_in(LINKS, word) => {}
            _ => return false,
        }
    }
    false
}

fn begins_with(words: &[Word<'_>], cue: &str) -> bool {
    let cue: Vec<&str> = cue.split(' ').collect();
    words.len() >= cue.len() && cue.iter().zip(words).all(|(expected, word)| word.lower == *expected)
}

fn is_code(run: &str) -> bool {
    let signs = run.chars().filter(char::is_ascii_alphanumeric).count();
    (signs >= 3 && run.chars().any(|character| character.is_ascii_digit())) || signs >= 5
}

/// Signs said in a row, and the word that each comes from.
#[derive(Default)]
struct Run {
    signs: String,
    places: Vec<usize>,
    /// Whether it was said to correct what came before it.
    corrects: bool,
}

#[derive(Default)]
struct Dictation {
    run: Run,
    runs: Vec<Run>,
    at: usize,
    times: Option<usize>,
    tens_open: bool,
    gap: usize,
}

impl Dictation {
    fn push(&mut self, signs: &str) {
        let (first, rest) = signs.split_at(signs.chars().next().map_or(0, char::len_utf8));
        self.run.signs.push_str(&first.repeat(self.times.take().unwrap_or(1)));
        self.run.signs.push_str(rest);
        self.run.places.resize(self.run.signs.len(), self.at);
        self.gap = 0;
    }

    fn close(&mut self) {
        // Words beside "no" and "sorry" leave standing that what comes is a correction.
        if self.run.signs.is_empty() {
            return;
        }
        let mut done = std::mem::take(&mut self.run);
        let length = done.signs.trim_end_matches(['-', '/', '.']).len();
        done.signs.truncate(length);
        done.places.truncate(length);
        if length > 0 {
            self.runs.push(done);
        }
        self.times = None;
        self.gap = 0;
    }
}

fn runs(words: &[Word<'_>]) -> Vec<Run> {
    let mut dictation = Dictation::default();
    for (at, word) in words.iter().enumerate() {
        dictation.at = at;
        let next = words.get(at + 1);
        let tens_open = std::mem::take(&mut dictation.tens_open);
        if let Some(signs) = written(word, &dictation, &words[at + 1..]) {
            dictation.push(&signs);
            continue;
        }
        let pieces: Vec<&str> = word.lower.split('-').filter(|piece| !piece.is_empty()).collect();
        let many = pieces.len() > 1;
        let mut carried = tens_open;
        for piece in pieces {
            spoken(piece, many, carried, word, next, &mut dictation);
            carried = dictation.tens_open;
        }
        dictation.tens_open &= !(word.comma || word.stop);
    }
    dictation.close();
    settled(dictation.runs)
}

/// The runs with those that correct another put in its place: a whole one, or the end of it ("D 4471, no, 4472").
fn settled(runs: Vec<Run>) -> Vec<Run> {
    let mut settled: Vec<Run> = Vec::new();
    for run in runs {
        match settled.pop() {
            Some(earlier) if run.corrects && run.signs.len() >= earlier.signs.len() => settled.push(run),
            Some(mut earlier) if run.corrects && run.signs.len() > 1 => {
                let kept = earlier.signs.len() - run.signs.len();
                earlier.signs.truncate(kept);
                earlier.places.truncate(kept);
                earlier.signs.push_str(&run.signs);
                earlier.places.extend(run.places);
                settled.push(earlier);
            }
            earlier => settled.extend(earlier.into_iter().chain([run])),
        }
    }
    settled
}

/// Signs that are written as such: numerals, single letters, short capitals, and words with both letters and digits.
fn written(word: &Word<'_>, dictation: &Dictation, after: &[Word<'_>]) -> Option<String> {
    let next = after.first();
    let raw = word.raw.trim_start_matches('#');
    let has_digit = raw.chars().any(|character| character.is_ascii_digit());
    let plain_signs =
        raw.chars().all(|character| character.is_ascii_alphanumeric() || "-/.".contains(character));
    let pieces: Vec<&str> = raw.split('-').collect();
    if pieces.len() > 2 && pieces.iter().all(|piece| piece.len() == 1) && plain_signs {
        return Some(pieces.concat().to_uppercase());
    }
    if has_digit && plain_signs && !is_ordinal(&word.lower) {
        return Some(raw.to_uppercase());
    }
    if raw.contains(',') && raw.chars().all(|character| character.is_ascii_digit() || character == ',') {
        return Some(raw.replace(',', ""));
    }
    let inside = !dictation.run.signs.is_empty() && dictation.gap == 0;
    let leads_on = next.is_some_and(is_sign);
    let single = raw.chars().count() == 1 && raw.chars().all(|character| character.is_ascii_alphabetic());
    if single {
        let pronoun = matches!(word.lower.as_str(), "a" | "i");
        let among_digits = dictation.run.signs.ends_with(|character: char| character.is_ascii_digit());
        let ends_or_digit = next.is_none_or(|next| !is_sign(next) || is_digit(next));
        if word.lower == "o" && among_digits && ends_or_digit {
            return Some("0".to_owned());
        }
        let ends = inside && (next.is_none() || word.stop);
        // An article stands before one sign, but not before a row of them.
        let row = after.iter().take(4).filter(|next| is_sign(next)).count() == 4;
        let meant =
            if pronoun { ends || leads_on && (raw != "a" || inside || row) } else { inside || leads_on };
        return meant.then(|| raw.to_uppercase());
    }
    let capitals =
        (2..=5).contains(&raw.len()) && raw.chars().all(|character| character.is_ascii_uppercase());
    (capitals && (inside || leads_on)).then(|| raw.to_owned())
}

fn is_digit(word: &Word<'_>) -> bool {
    matches!(atom(&word.lower), Atom::Digits(_) | Atom::Tens(_))
        || word.raw.starts_with(|sign: char| sign.is_ascii_digit())
}

fn is_sign(word: &Word<'_>) -> bool {
    let single = word.raw.chars().count() == 1;
    let digit = word.lower.chars().any(|character| character.is_ascii_digit());
    let first = word.lower.split('-').next().unwrap_or_default();
    let spoken = matches!(atom(first), Atom::Digits(_) | Atom::Tens(_) | Atom::Times(_));
    let homophone = matches!(word.lower.as_str(), "oh" | "dash" | "hyphen" | "slash");
    let capitals =
        (2..=5).contains(&word.raw.len()) && word.raw.chars().all(|sign| sign.is_ascii_uppercase());
    let letter = letter_sound(first).is_some() && !is_in(COMMON_SOUNDS, first);
    single || digit || spoken || homophone || capitals || letter
}

fn spoken(
    piece: &str,
    many: bool,
    tens_open: bool,
    word: &Word<'_>,
    next: Option<&Word<'_>>,
    dictation: &mut Dictation,
) {
    let inside = !dictation.run.signs.is_empty() && dictation.gap == 0;
    match piece {
        "dash" | "hyphen" | "minus" if inside => return dictation.push("-"),
        "slash" | "stroke" if inside => return dictation.push("/"),
        "dot" | "point" if inside => return dictation.push("."),
        _ => {}
    }
    match atom(piece) {
        Atom::Digits(digits) => {
            if tens_open && digits.len() == 1 && digits != "0" {
                dictation.run.signs.pop();
                dictation.run.places.pop();
            }
            dictation.push(&digits);
        }
        Atom::Tens(ten) => {
            dictation.push(&format!("{ten}0"));
            dictation.tens_open = true;
        }
        Atom::Homophone(digit) => {
            let ends = next.is_none() || word.stop || word.comma;
            if inside && (digit == '0' || ends || next.is_some_and(is_sign)) {
                dictation.push(&digit.to_string());
            } else {
                dictation.close();
            }
        }
        Atom::Times(count) => dictation.times = Some(count),
        Atom::Hundred if inside && !dictation.run.signs.ends_with('0') => dictation.push("00"),
        Atom::Thousand if inside && !dictation.run.signs.ends_with('0') => dictation.push("000"),
        Atom::Filler if !dictation.run.signs.is_empty() && dictation.gap < 3 && piece != "i" => {
            dictation.gap += 1
        }
        Atom::Correction => {
            dictation.close();
            dictation.run.corrects = !dictation.runs.is_empty();
        }
        Atom::Hundred | Atom::Thousand | Atom::Filler | Atom::Plus | Atom::Schwa | Atom::Other => {
            match letter_sound(piece) {
                Some(letter) if inside || (!many && next.is_some_and(is_sign) && piece.len() > 2) => {
                    dictation.push(letter)
                }
                Some(_) | None => dictation.close(),
            }
        }
    }
}

fn is_ordinal(word: &str) -> bool {
    let digits = word.trim_end_matches(|character: char| character.is_ascii_alphabetic());
    let tail = &word[digits.len()..];
    matches!(tail, "st" | "nd" | "rd" | "th" | "am" | "pm" | "s")
        && digits.chars().all(|sign| sign.is_ascii_digit())
}

/// Sounds of letters that are common words as well, and so say nothing of what stands before them.
const COMMON_SOUNDS: &str = "see sea are you why eye tea ex en pea cue mike golf bee echo el";

/// A letter as a transcriber may write its sound, or as a spelling alphabet names it.
fn letter_sound(word: &str) -> Option<&'static str> {
    Some(match word {
        "bee" | "bravo" => "B",
        "see" | "sea" | "charlie" => "C",
        "dee" | "delta" => "D",
        "echo" => "E",
        "eff" | "foxtrot" => "F",
        "gee" | "golf" => "G",
        "aitch" => "H",
        "eye" | "india" => "I",
        "jay" | "juliet" => "J",
        "kay" | "kilo" => "K",
        "ell" | "el" | "lima" => "L",
        "em" | "mike" => "M",
        "en" | "november" => "N",
        "oscar" => "O",
        "pea" | "pee" | "papa" => "P",
        "queue" | "cue" | "quebec" => "Q",
        "are" | "romeo" => "R",
        "ess" | "sierra" => "S",
        "tea" | "tee" | "tango" => "T",
        "you" => "U",
        "vee" | "victor" => "V",
        "whiskey" => "W",
        "ex" => "X",
        "why" | "yankee" => "Y",
        "zee" | "zed" | "zulu" => "Z",
        "alpha" | "alfa" => "A",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_spoken_and_as_written() {
        let said = [
            ("The case number is C V twenty two, dash, three zero eight.", Some("CV22-308")),
            ("The letter says account number D four four seven one.", Some("D4471")),
            ("The case number is CV22-308.", Some("CV22-308")),
            ("It's CV 22, dash, 308.", Some("CV22-308")),
            ("C-V-22-308", Some("C-V-22-308")),
            ("D4471", Some("D4471")),
            ("order #W2378156", Some("W2378156")),
            ("P P two four eight Z", Some("PP248Z")),
            ("vee oh six two bee jay", Some("V062BJ")),
            ("D 4471, no wait, D 4472", Some("D4472")),
            ("It's C V 22 308, sorry, 309.", Some("CV22309")),
            ("double four, seven, one", Some("4471")),
            ("it's a z three u m nine", Some("AZ3UM9")),
            ("A as in alpha, no, D four four seven one", Some("D4471")),
            ("I do not have it with me.", None),
            ("I waited from eight until one.", None),
            ("", None),
        ];
        for (text, expected) in said {
            assert_eq!(code(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn codes_of_a_pattern_are_found_in_speech_and_writing() {
        let said = [
            ("AA99-999", "It is C V twenty two, dash, three zero eight.", "CV22-308"),
            ("AA99-999", "my case is cv22308 and my number is 415 555 0142", "CV22-308"),
            ("AA99-999", "see vee two two three oh eight", "CV22-308"),
            ("A-9999", "account D four four seven one, 415 555 0142", "D-4471"),
            ("A-9999", "the D 4471 and the E-4472", "D-4471 E-4472"),
            ("9999999", "the order is 120 4567.", "1204567"),
            ("99999", "I live in Fernwood, TX 77004, and my number is 415 555 0142", "77004"),
            ("9999999", "call me on 415 555 0142", ""),
            ("A-9999", "I waited from eight until one.", ""),
        ];
        for (pattern, text, expected) in said {
            let pattern = CodePattern::parse(pattern).unwrap();
            let found: Vec<String> = codes(text, &pattern).into_iter().map(|(_, code)| code).collect();
            assert_eq!(found.join(" "), expected, "{text}");
        }
    }

    #[test]
    fn a_code_that_was_not_asked_for_needs_its_cue() {
        let cues = ["account number", "account"];
        assert_eq!(
            code_after("My account number is D 4471 and I owe 180 dollars.", &cues).as_deref(),
            Some("D4471")
        );
        assert_eq!(code_after("I owe 180 dollars.", &cues), None);
    }
}
