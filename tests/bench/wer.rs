//! Word error rate, after a normalisation that is the same for everybody who is scored.
//!
//! It follows the idea of Whisper's English normaliser: case, punctuation, fillers, contractions and the ways of
//! writing numbers do not count. Every number becomes its single digits, so that "four one five", "415" and
//! "four hundred fifteen" are the same, and a telephone number weighs as many words as it has digits.
#![allow(dead_code, reason = "its tests run with the others, the rest only in the benchmark")]

use std::ops::AddAssign;

/// Edits and reference words, to be added up over a set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Score {
    /// Words wrong, missing or too many.
    pub edits: usize,
    /// Words of the reference.
    pub words: usize,
}

impl Score {
    /// The word error rate in percent.
    pub fn percent(self) -> f64 {
        100.0 * self.edits as f64 / self.words.max(1) as f64
    }
}

impl AddAssign for Score {
    fn add_assign(&mut self, other: Self) {
        self.edits += other.edits;
        self.words += other.words;
    }
}

/// Scores what was heard against what was said.
pub fn score(said: &str, heard: &str) -> Score {
    let (said, heard) = (normalise(said), normalise(heard));
    Score { edits: distance(&said, &heard), words: said.len() }
}

/// The words of a text in the form in which they are compared.
pub fn normalise(text: &str) -> Vec<String> {
    let words: Vec<String> = spell_out(&without_brackets(&text.to_lowercase()))
        .split_whitespace()
        .flat_map(|word| expand(word).split(' ').map(str::to_owned).collect::<Vec<_>>())
        .filter(|word| !["uh", "um", "hmm", "mm", "mhm", "ah", ""].contains(&word.as_str()))
        .collect();
    letters(&digits(&doubled(&words)))
}

/// The digits of a text in a row, with the homophones that stand for digits where only digits are expected.
pub fn digits_heard(text: &str) -> String {
    let as_digit = |word: &String| match word.as_str() {
        "to" | "too" => Some('2'),
        "for" => Some('4'),
        "oh" | "o" => Some('0'),
        "won" => Some('1'),
        "ate" => Some('8'),
        word => word.chars().next().filter(|c| c.is_ascii_digit() && word.len() == 1),
    };
    normalise(text).iter().filter_map(as_digit).collect()
}

fn distance(said: &[String], heard: &[String]) -> usize {
    let mut row: Vec<usize> = (0..=heard.len()).collect();
    for (i, word) in said.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in heard.iter().enumerate() {
            let substituted = diagonal + usize::from(word != other);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[heard.len()]
}

/// Drops what stands in brackets: "[BLANK_AUDIO]", "(music)".
fn without_brackets(text: &str) -> String {
    let mut depth = 0usize;
    let mut kept = String::new();
    for character in text.chars() {
        match character {
            '[' | '(' => depth += 1,
            ']' | ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => kept.push(character),
            _ => {}
        }
    }
    kept
}

/// Signs to words, and everything that is neither letter, digit nor apostrophe to blanks.
fn spell_out(text: &str) -> String {
    let mut spelled = String::new();
    let characters: Vec<char> = text.chars().collect();
    let mut money = false;
    for (n, &character) in characters.iter().enumerate() {
        let digit =
            |at: Option<usize>| at.and_then(|at| characters.get(at)).is_some_and(char::is_ascii_digit);
        let (before, after) = (digit(n.checked_sub(1)), digit(Some(n + 1)));
        match character {
            '$' => money = true,
            '%' => spelled.push_str(" percent"),
            '&' => spelled.push_str(" and "),
            '\'' | '’' => spelled.push('\''),
            // "1,250" is one number; "2.5" is said with "point".
            ',' if before && after => {}
            '.' if before && after && !money => spelled.push_str(" point "),
            // "a.m." is "am".
            '.' if !before => {}
            _ if character.is_alphanumeric() => {
                // "D4471" is said as a letter and digits; "1st" and "8am" stay for their own rules.
                if character.is_ascii_digit() && n > 0 && characters[n - 1].is_alphabetic() {
                    spelled.push(' ');
                }
                spelled.push(character);
            }
            _ => spelled.push(' '),
        }
        if character == '.' && !before && characters.get(n + 1).is_none_or(|next| next.is_whitespace()) {
            spelled.push(' ');
        }
        let goes_on = matches!(characters.get(n + 1), Some('.' | ',')) && digit(Some(n + 2));
        if money && character.is_ascii_digit() && !after && !goes_on {
            spelled.push_str(" dollars");
            money = false;
        }
    }
    spelled
}

fn expand(word: &str) -> String {
    let plain = match word {
        "won't" => "will not",
        "can't" | "cannot" => "can not",
        "let's" => "let us",
        "mr" => "mister",
        "mrs" => "missus",
        "dr" => "doctor",
        "st" => "saint",
        "okay" => "ok",
        "goin'" => "going",
        _ => "",
    };
    if !plain.is_empty() {
        return plain.to_owned();
    }
    for (ending, full) in [
        ("n't", " not"),
        ("'ll", " will"),
        ("'re", " are"),
        ("'ve", " have"),
        ("'m", " am"),
        ("'d", " would"),
    ] {
        if let Some(stem) = word.strip_suffix(ending) {
            return format!("{stem}{full}");
        }
    }
    word.replace('\'', "")
}

/// "double five" to "five five".
fn doubled(words: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for word in words {
        let digit =
            word == "oh" || small(word).is_some_and(|value| value < 10) || word.parse::<u64>().is_ok();
        let times = match out.last().map(String::as_str) {
            Some("double") if digit => 2,
            Some("triple") if digit => 3,
            _ => 1,
        };
        if times > 1 {
            out.pop();
        }
        // Of "double 55" the first digit is the doubled one.
        let first = word.chars().next().filter(|c| c.is_ascii_digit() && word.len() > 1);
        match first {
            Some(first) => {
                out.extend(std::iter::repeat_n(first.to_string(), times - 1));
                out.push(word.clone());
            }
            None => out.extend(std::iter::repeat_n(word.clone(), times)),
        }
    }
    out
}

/// Letters spelled one by one to one word, as some transcribers write them.
fn letters(words: &[String]) -> Vec<String> {
    let letter = |word: &str| word.len() == 1 && word.chars().all(|c| c.is_ascii_lowercase());
    let mut out: Vec<String> = Vec::new();
    let mut spelling = false;
    for word in words {
        match out.last_mut() {
            Some(last) if letter(word) && (spelling || letter(last)) => {
                last.push_str(word);
                spelling = true;
            }
            _ => {
                out.push(word.clone());
                spelling = false;
            }
        }
    }
    out
}

/// Numbers, however written, to single digits.
fn digits(words: &[String]) -> Vec<String> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < words.len() {
        if let Some((value, used)) = number(&words[at..]) {
            out.extend(value.to_string().chars().map(String::from));
            at += used;
        } else if words[at].chars().all(|c| c.is_ascii_digit()) {
            out.extend(words[at].chars().map(String::from));
            at += 1;
        } else {
            out.push(ordinal(&words[at]).unwrap_or(&words[at]).to_owned());
            at += 1;
        }
    }
    // "oh" and "o" are zeros beside a digit.
    let is_digit = |word: &String| word.len() == 1 && word.chars().all(|c| c.is_ascii_digit());
    for n in 0..out.len() {
        let beside =
            n.checked_sub(1).is_some_and(|m| is_digit(&out[m])) || out.get(n + 1).is_some_and(is_digit);
        if (out[n] == "oh" || out[n] == "o") && beside {
            out[n] = "0".to_owned();
        }
    }
    out
}

/// A number in words at the start, and how many words it takes.
fn number(words: &[String]) -> Option<(u64, usize)> {
    let (mut total, mut group, mut used) = (0u64, 0u64, 0usize);
    // What may still be added below: 100 after nothing, 10 after a ten.
    let mut room = 1000;
    while let Some(word) = words.get(used) {
        let value = small(word);
        match (value, word.as_str()) {
            (Some(value), _) if value < room && !(value == 0 && used > 0) => {
                group += value;
                room = if value >= 20 { 10 } else { 0 };
                used += 1;
            }
            (None, "hundred") if (1..100).contains(&group) => {
                group *= 100;
                room = 100;
                used += 1;
            }
            (None, "thousand") if group > 0 && total == 0 => {
                (total, group, room) = (group * 1000, 0, 1000);
                used += 1;
            }
            (None, "and") if room == 100 && words.get(used + 1).and_then(|next| small(next)).is_some() => {
                used += 1
            }
            _ => break,
        }
    }
    (used > 0).then_some((total + group, used))
}

fn small(word: &str) -> Option<u64> {
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
    let ones = ONES.iter().position(|one| *one == word);
    let tens = TENS.iter().position(|ten| *ten == word).map(|at| (at + 2) * 10);
    ones.or(tens).and_then(|value| u64::try_from(value).ok())
}

fn ordinal(word: &str) -> Option<&'static str> {
    const ORDINALS: [(&str, &str); 10] = [
        ("first", "1st"),
        ("second", "2nd"),
        ("third", "3rd"),
        ("fourth", "4th"),
        ("fifth", "5th"),
        ("sixth", "6th"),
        ("seventh", "7th"),
        ("eighth", "8th"),
        ("ninth", "9th"),
        ("tenth", "10th"),
    ];
    ORDINALS.iter().find(|(full, _)| *full == word).map(|(_, short)| *short)
}

#[cfg(test)]
#[allow(dead_code, unused_imports, reason = "the benchmarks are built without the test harness")]
mod tests {
    use super::*;

    fn same(a: &str, b: &str) {
        assert_eq!(normalise(a), normalise(b));
    }

    #[test]
    fn ways_of_writing_the_same_do_not_count() {
        same("I don't know, Mr. Hale.", "i do not know mister hale");
        same("Um, it's at eight a.m.", "it's at 8 am");
        same("He said (laughs) ok [BLANK_AUDIO]", "he said okay");
        same("We can’t — really — re-open", "We cannot really re open");
        same("It was the first", "it was the 1st");
    }

    #[test]
    fn numbers_are_equal_however_they_are_written() {
        same("four one five, five five five, zero one four two", "415-555-0142");
        same("one hundred and eighty dollars", "$180");
        same("$1,250", "one thousand two hundred fifty dollars");
        same("oh one seven three", "0173");
        same("twenty two, dash, three zero eight", "22 dash 308");
        same("at nine thirty", "at 9:30");
        same("28.8 kilobit", "twenty eight point eight kilobit");
        same("ten eleven twelve", "10 11 12");
        same("double five five, oh one", "double 550 1");
        same("triple seven", "777");
        same("case C V twenty two", "case CV22");
        same("account D four four seven one", "account D4471");
        same("C A S T E L L A N E", "C-A-S-T-E-L-L-A-N-E.");
        same("five hundred", "500");
    }

    #[test]
    fn different_numbers_stay_different() {
        assert_eq!(normalise("forty five"), ["4", "5"]);
        assert_eq!(normalise("four five"), ["4", "5"]);
        assert_eq!(normalise("four zero five"), ["4", "0", "5"]);
        assert_eq!(normalise("forty and five"), ["4", "0", "and", "5"]);
        assert_eq!(normalise("oh no"), ["oh", "no"]);
    }

    #[test]
    fn every_kind_of_error_counts_once() {
        let edits = |said, heard| score(said, heard).edits;
        assert_eq!(edits("one two three", "1 2 3"), 0);
        assert_eq!(edits("the tap is dripping", "the tap dripping"), 1);
        assert_eq!(edits("the tap is dripping", "the top is dripping"), 1);
        assert_eq!(edits("the tap is dripping", "so the tap is dripping"), 1);
        assert_eq!(edits("", "thank you"), 2);
        assert_eq!(score("we need a plumber", ""), Score { edits: 4, words: 4 });
    }

    #[test]
    fn a_dictated_number_is_read_with_its_homophones() {
        assert_eq!(digits_heard("My number is 415, 555, oh one for to."), "4155550142");
    }
}
