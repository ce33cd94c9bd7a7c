//! Letters said one by one.

use super::words::words;

/// The longest stretch of spelled letters in `text`, in title case; at least three letters. Takes "double L", "S as in Sam",
/// letters joined by hyphens, and a word written in capitals as transcribers write a spelling.
pub fn spelled(text: &str) -> Option<String> {
    let words = words(text);
    let mut best = String::new();
    let mut run = String::new();
    let mut double = false;
    let mut at = 0;
    while at < words.len() {
        let word = &words[at];
        let next = words.get(at + 1).map(|word| word.lower.as_str());
        if let Some(letters) = letters_of(word.raw, !run.is_empty()) {
            if std::mem::take(&mut double) {
                run.extend(letters.chars().next());
            }
            run.push_str(&letters);
            at += 1 + explanation(words.get(at + 1..).unwrap_or_default(), &letters);
            continue;
        }
        if word.lower == "double" && next.is_some_and(|next| next.chars().count() == 1) {
            double = true;
        } else if !matches!(word.lower.as_str(), "and" | "then" | "um" | "uh" | "capital" | "letter" | "is")
            || run.is_empty()
        {
            keep_longer(&mut best, &mut run);
        }
        at += 1;
    }
    keep_longer(&mut best, &mut run);
    (best.chars().count() >= 3).then(|| title_case(&best))
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

fn keep_longer(best: &mut String, run: &mut String) {
    let done = std::mem::take(run);
    if done.chars().count() > best.chars().count() {
        *best = done;
    }
}

fn letters_of(raw: &str, inside: bool) -> Option<String> {
    let pieces: Vec<&str> = raw.split(['-', '.', ',']).collect();
    let single = |piece: &&str| piece.chars().count() == 1 && piece.chars().all(char::is_alphabetic);
    if pieces.iter().all(single) {
        return Some(pieces.concat());
    }
    let capitals = raw.chars().count() >= 2 && raw.chars().all(char::is_uppercase);
    if capitals && (raw.chars().count() >= 4 || inside) {
        return Some(raw.to_owned());
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
    Some(letter.to_owned())
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
            ("Owen Castellane", None),
        ];
        for (text, expected) in said {
            assert_eq!(spelled(text).as_deref(), expected, "{text}");
        }
    }
}
