//! Letters said one by one.

use super::words::{Word, words};

/// The longest stretch of spelled letters in `text`, in title case; at least three letters. Takes "double L", "S as in Sam",
/// letters joined by hyphens, and a word written in capitals as transcribers write a spelling.
pub fn spelled(text: &str) -> Option<String> {
    let words = words(text);
    let mut best = Run::default();
    let mut run = Run::default();
    let mut double = false;
    let mut at = 0;
    while at < words.len() {
        let word = &words[at];
        let next = words.get(at + 1).map(|word| word.lower.as_str());
        if is_remark_on_a_letter(&words[..at], word, next) {
            best.keep_longer(&mut run);
            at += 2;
            continue;
        }
        if let Some((letters, certain)) = letters_of(word.raw, !run.letters.is_empty(), words.len()) {
            if std::mem::take(&mut double) {
                run.letters.extend(letters.chars().next());
            }
            run.letters.push_str(&letters);
            run.certain += certain;
            at += 1 + explanation(words.get(at + 1..).unwrap_or_default(), &letters);
            continue;
        }
        let between =
            matches!(word.lower.as_str(), "and" | "then" | "um" | "uh" | "capital" | "letter" | "is");
        if word.lower == "double" && next.is_some_and(|next| next.chars().count() == 1) {
            double = true;
        } else if !between || run.letters.is_empty() {
            best.keep_longer(&mut run);
        }
        at += 1;
    }
    best.keep_longer(&mut run);
    // "I see a" sounds like letters too; but then little of it is letters, and they are not all there is.
    let meant = best.certain >= 2 || words.len() <= best.letters.chars().count() + 2;
    (best.letters.chars().count() >= 3 && meant).then(|| title_case(&best.letters))
}

/// "With a d and a t" tells of letters, and spells nothing.
fn is_remark_on_a_letter(before: &[Word<'_>], word: &Word<'_>, next: Option<&str>) -> bool {
    let led_in = before.last().is_some_and(|last| matches!(last.lower.as_str(), "with" | "and"));
    led_in && matches!(word.lower.as_str(), "a" | "an") && next.is_some_and(|next| next.chars().count() == 1)
}

/// A stretch of letters, and how many of them can be nothing else.
#[derive(Default)]
struct Run {
    letters: String,
    certain: usize,
}

impl Run {
    fn keep_longer(&mut self, other: &mut Self) {
        let done = std::mem::take(other);
        if done.letters.chars().count() > self.letters.chars().count() {
            *self = done;
        }
    }
}

/// The word in lower case but for its first letter and those after a hyphen or an apostrophe.
pub(super) fn title_case(word: &str) -> String {
    let mut upper = true;
    let mut cased = String::new();
    for character in word.chars() {
        if upper {
            cased.extend(character.to_uppercase());
        } else {
            cased.extend(character.to_lowercase());
        }
        upper = matches!(character, '-' | '\'' | '’' | ' ');
    }
    cased
}

/// How many letters must be changed, added or dropped to get from `one` to `other`, without regard to case (Levenshtein).
pub(super) fn distance(one: &str, other: &str) -> usize {
    let one: Vec<char> = one.to_lowercase().chars().collect();
    let other: Vec<char> = other.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, left) in one.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (place, right) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(left != right);
            diagonal = row[place + 1];
            row[place + 1] = replaced.min(row[place] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

/// The letters a word stands for, and how many of them can be nothing else.
fn letters_of(raw: &str, inside: bool, words: usize) -> Option<(String, usize)> {
    let pieces: Vec<&str> = raw.split(['-', '.', ',']).collect();
    let single = |piece: &&str| piece.chars().count() == 1 && piece.chars().all(char::is_alphabetic);
    if pieces.iter().all(single) {
        let certain = pieces.iter().filter(|piece| !matches!(**piece, "I" | "i" | "a" | "A")).count();
        return Some((pieces.concat(), certain));
    }
    let count = raw.chars().count();
    let capitals = count >= 2 && raw.chars().all(char::is_uppercase);
    if capitals && ((count >= 4 && words <= 2) || (inside && count == 2)) {
        return Some((raw.to_owned(), 1));
    }
    if !inside {
        return None;
    }
    let letter = match raw.to_lowercase().as_str() {
        "ay" | "eh" => "a",
        "bee" | "be" => "b",
        "see" | "sea" | "cee" => "c",
        "dee" => "d",
        "ee" => "e",
        "eff" | "ef" => "f",
        "gee" => "g",
        "aitch" | "age" => "h",
        "eye" => "i",
        "jay" => "j",
        "kay" => "k",
        "ell" | "el" => "l",
        "em" => "m",
        "en" => "n",
        "oh" => "o",
        "pea" | "pee" => "p",
        "queue" | "cue" => "q",
        "are" | "ar" => "r",
        "ess" => "s",
        "tea" | "tee" => "t",
        "you" => "u",
        "vee" => "v",
        "ex" => "x",
        "why" => "y",
        "zee" | "zed" => "z",
        _ => return None,
    };
    Some((letter.to_owned(), 0))
}

/// How many words explain the letter before: "as in Sam", "for Sam", "like Sam".
fn explanation(rest: &[super::words::Word<'_>], letters: &str) -> usize {
    let Some(letter) = letters.chars().last().map(|letter| letter.to_lowercase().to_string()) else {
        return 0;
    };
    let begins = |at: usize| {
        rest.get(at)
            .is_some_and(|word| word.lower.starts_with(letter.as_str()) && word.raw.chars().count() > 1)
    };
    match rest {
        [first, second, ..] if first.lower == "as" && second.lower == "in" && rest.len() > 2 => 3,
        [first, ..] if matches!(first.lower.as_str(), "for" | "like" | "as") && begins(1) => 2,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelled_words_are_put_together() {
        let said = [
            ("C A S T E L L A N E.", Some("Castellane")),
            ("C-A-S-T-E-L-L-A-N-E", Some("Castellane")),
            ("C, A, S, T, E, double L, A, N, E.", Some("Castellane")),
            ("that's S as in Sam, M, I, T for Tom, H", Some("Smith")),
            ("CASTELLANE.", Some("Castellane")),
            ("It is K. O. W. A. L. C. Z. Y. K.", Some("Kowalczyk")),
            ("B, oh, why, dee", Some("Boyd")),
            ("I am a plumber.", None),
            ("In the app I see a charge.", None),
            ("My HVAC does not work.", None),
            ("Do you take a US card?", None),
            ("Owen Castellane", None),
        ];
        for (text, expected) in said {
            assert_eq!(spelled(text).as_deref(), expected, "{text}");
        }
    }
}
