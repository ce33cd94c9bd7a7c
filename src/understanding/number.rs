//! Whole numbers and ordinals in words and numerals, over the words of a text.

use super::words::words;

/// A word, or a part of one that hyphens join, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// The word in lower case, apostrophes straightened, without full stops ("p.m" is "pm").
    pub(super) text: String,
    /// Its first byte in the text.
    pub(super) start: usize,
    /// The byte after it.
    pub(super) end: usize,
    /// Whether it begins with a capital.
    pub(super) cased: bool,
    /// Whether a comma or a dash follows.
    pub(super) comma: bool,
    /// Whether a sentence ends after it.
    pub(super) stop: bool,
}

/// The words of `text`; those joined by hyphens are taken apart ("half-past", "twenty-second"), but not where
/// numerals are joined ("555-0142", "2026-03-14").
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    for word in words(text) {
        let numeric = word.raw.chars().filter(char::is_ascii_digit).count();
        let separators: &[char] = if numeric > 0 { &[] } else { &['-'] };
        let mut at = word.start;
        let first = tokens.len();
        for piece in word.raw.split(|sign| separators.contains(&sign)) {
            let (start, end) = (at, at + piece.len());
            at = end + 1;
            if piece.is_empty() {
                continue;
            }
            let lower = piece.to_lowercase().replace('’', "'");
            let text = if numeric == 0 { lower.replace('.', "") } else { lower };
            let cased = piece.starts_with(char::is_uppercase);
            tokens.push(Token { text, start, end, cased, comma: false, stop: false });
        }
        if let Some(last) = tokens[first..].last_mut() {
            last.comma = word.comma;
            last.stop = word.stop;
        }
    }
    // The full stop of "p.m." ends no sentence where the next word is small.
    for at in 0..tokens.len().saturating_sub(1) {
        let goes_on = !tokens[at + 1].cased;
        let token = &mut tokens[at];
        if goes_on && (token.text.ends_with("am") || token.text.ends_with("pm") || token.text.ends_with('m'))
        {
            token.stop &= !is_half(&token.text);
        }
    }
    tokens
}

/// Whether a word is, or ends in, the half of the day: "am", "9p.m".
fn is_half(word: &str) -> bool {
    let rest = word.trim_start_matches(|sign: char| sign.is_ascii_digit() || sign == ':' || sign == '.');
    matches!(rest, "am" | "pm" | "a.m" | "p.m")
}

/// The word at a place, or nothing.
pub(super) fn word(tokens: &[Token], at: usize) -> &str {
    tokens.get(at).map_or("", |token| token.text.as_str())
}

/// The whole number that begins at a place, and how many words it takes: "two hundred and fifty", "1,240", "a hundred".
pub(super) fn cardinal(tokens: &[Token], at: usize) -> Option<(i64, usize)> {
    let first = word(tokens, at);
    if let Some(value) = numerals(first) {
        let thousands = word(tokens, at + 1) == "thousand" && value < 1000;
        return Some(if thousands { (value * 1000, 2) } else { (value, 1) });
    }
    let article = matches!(first, "a" | "an") && matches!(word(tokens, at + 1), "hundred" | "thousand");
    let mut used = usize::from(article);
    let (mut total, mut group) = (0, i64::from(article));
    // What may still be added below: 10 after a ten, 100 after a hundred.
    let mut room = if article { 1 } else { 1000 };
    let mut paused = false;
    loop {
        let next = word(tokens, at + used);
        match (small(next), next) {
            (Some(value), _) if value < room && !paused && !(value == 0 && used > 0) => {
                group += value;
                room = if value >= 20 { 10 } else { 0 };
                used += 1;
            }
            (None, "hundred") if (1..100).contains(&group) && !paused => {
                (group, room) = (group * 100, 100);
                used += 1;
            }
            (None, "thousand") if group > 0 && total == 0 && !paused => {
                (total, group, room) = (group * 1000, 0, 1000);
                used += 1;
            }
            (None, "and") if matches!(room, 100 | 1000) && used > 0 && !paused => {
                let goes_on = small(word(tokens, at + used + 1)).is_some_and(|value| value > 0);
                if !goes_on {
                    break;
                }
                used += 1;
            }
            _ => break,
        }
        paused = tokens.get(at + used - 1).is_some_and(|token| token.comma || token.stop);
    }
    (used > 0).then_some((total + group, used))
}

/// The ordinal that begins at a place, to 31, and how many words it takes: "14th", "fourteenth", "twenty first".
pub(super) fn ordinal(tokens: &[Token], at: usize) -> Option<(i8, usize)> {
    let first = word(tokens, at);
    let digits = first.trim_end_matches(|sign: char| sign.is_ascii_alphabetic());
    if matches!(&first[digits.len()..], "st" | "nd" | "rd" | "th") {
        return digits.parse().ok().filter(|day| (1..=31).contains(day)).map(|day| (day, 1));
    }
    if let Some(unit) = ordinal_word(first) {
        return Some((unit, 1));
    }
    let tens = match first {
        "twenty" => 20,
        "thirty" => 30,
        _ => return None,
    };
    let unit = ordinal_word(word(tokens, at + 1)).filter(|unit| *unit < 10)?;
    Some((tens + unit, 2)).filter(|(day, _)| *day <= 31)
}

/// A number in numerals, with commas between its thousands.
fn numerals(word: &str) -> Option<i64> {
    let grouped = word.split(',').enumerate().all(|(at, group)| {
        let right = if at == 0 { (1..=12).contains(&group.len()) } else { group.len() == 3 };
        right && group.chars().all(|sign| sign.is_ascii_digit())
    });
    if grouped { word.replace(',', "").parse().ok() } else { None }
}

fn small(word: &str) -> Option<i64> {
    const ONES: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let place = |list: &[&str]| list.iter().position(|entry| *entry == word);
    let value = place(&ONES).or_else(|| place(&TENS).map(|at| (at + 2) * 10))?;
    i64::try_from(value).ok()
}

fn ordinal_word(word: &str) -> Option<i8> {
    const ORDINALS: [&str; 20] = [
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
        "twelfth",
        "thirteenth",
        "fourteenth",
        "fifteenth",
        "sixteenth",
        "seventeenth",
        "eighteenth",
        "nineteenth",
        "twentieth",
    ];
    let round = (word == "thirtieth").then_some(30);
    round.or_else(|| i8::try_from(ORDINALS.iter().position(|entry| *entry == word)? + 1).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_put_together_from_their_words() {
        let said = [
            ("two hundred and fifty", Some((250, 4))),
            ("two hundred fifty dollars", Some((250, 3))),
            ("a hundred", Some((100, 2))),
            ("twelve hundred", Some((1200, 2))),
            ("one thousand two hundred and forty", Some((1240, 6))),
            ("1,240", Some((1240, 1))),
            ("twenty-two", Some((22, 2))),
            ("twenty, two", Some((20, 1))),
            ("twelve fifty", Some((12, 1))),
            ("two and three", Some((2, 1))),
            ("a dog", None),
            ("555-0142", None),
        ];
        for (text, expected) in said {
            assert_eq!(cardinal(&tokens(text), 0), expected, "{text}");
        }
    }

    #[test]
    fn ordinals_go_to_the_end_of_a_month() {
        for (text, expected) in [
            ("14th", 14),
            ("the", 0),
            ("thirty-first", 31),
            ("twentieth", 20),
            ("twenty second", 22),
            ("thirty second", 0),
        ] {
            assert_eq!(ordinal(&tokens(text), 0).map_or(0, |(day, _)| day), expected, "{text}");
        }
    }
}
