//! E-mail addresses, written and spoken.

use std::ops::Range;

use super::digits::{Atom, atom};
use super::lexicon::{NOT_NAMES, is_in};

/// The ends of domains that are taken for one when they are spoken.
const ENDS: &str = "com org net edu gov io co uk us ca de fr eu au nz ie in info biz me ai app dev tv mil nl es it ch \
    at be se";

/// Providers whose "dot com" is sometimes lost in a transcript.
const PROVIDERS: &str = "gmail hotmail yahoo outlook icloud aol protonmail comcast";

/// Words around an address that are no part of it.
const AROUND: &str = "my email e-mail mail address is it's its it that's that at to on under with by use and so the \
    yes yeah sure um uh er well okay ok please reach me send write contact would be was all one word lowercase \
    lower case underscore dot dash web site website internet page app store shop";

/// The e-mail addresses in `text`, each with its place, in small letters: `jane.doe@gmail.com` from "jane dot doe at
/// gmail dot com", from letters spelled one by one, and as written.
pub fn emails(text: &str) -> Vec<(Range<usize>, String)> {
    let parts = parts(text);
    let mut found: Vec<(Range<usize>, String)> = Vec::new();
    let mut from = 0;
    for at in 0..parts.len() {
        if let Some((local, domain)) = parts[at].text.split_once('@')
            && !local.is_empty()
        {
            if let Some(address) = joined(local, domain) {
                found.push((parts[at].start..parts[at].end, address));
                from = at + 1;
            }
            continue;
        }
        if !matches!(parts[at].text.as_str(), "at" | "@") || parts[at].stop {
            continue;
        }
        if let Some((domain, end)) = domain(&parts, at + 1)
            && let Some((local, start)) = local(&parts, from, at)
            && let Some(address) = joined(&local, &domain)
        {
            found.push((parts[start].start..parts[end - 1].end, address));
            from = end;
        }
    }
    found
}

/// What stands between two blanks, in small letters and without the punctuation around it.
struct Part {
    text: String,
    start: usize,
    end: usize,
    comma: bool,
    stop: bool,
}

fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    for chunk in text.split_whitespace() {
        let offset = chunk.as_ptr() as usize - text.as_ptr() as usize;
        let bare = chunk.trim_matches(|sign: char| !sign.is_alphanumeric() && sign != '@' && sign != '_');
        if bare.is_empty() {
            continue;
        }
        let start = offset + chunk.find(bare).unwrap_or(0);
        let end = start + bare.len();
        let tail = &text[end..offset + chunk.len()];
        let stop = tail.contains(['.', '!', '?']);
        parts.push(Part {
            text: bare.to_lowercase(),
            start,
            end,
            comma: tail.contains([',', ';', ':']),
            stop,
        });
    }
    parts
}

/// The domain that begins at a place, and where it ends.
fn domain(parts: &[Part], from: usize) -> Option<(String, usize)> {
    let mut domain = String::new();
    let mut at = from;
    while let Some(part) = parts.get(at).filter(|_| at < from + 9) {
        let word = part.text.as_str();
        let ended = domain.rsplit_once('.').is_some_and(|(_, end)| is_in(ENDS, end));
        match word {
            "dot" | "." | "period" | "point" if !domain.is_empty() => domain.push('.'),
            "dash" | "hyphen" if !domain.is_empty() => domain.push('-'),
            _ if ended => break,
            _ if !word.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '.' || sign == '-') => {
                break;
            }
            _ if is_in(PROVIDERS, &domain) && matches!(word, "com" | "net") => {
                domain.push('.');
                domain.push_str(word);
            }
            // A domain of several words is short: "at fernwood heating dot com".
            _ if !domain.contains('.') && at >= from + 4 => break,
            _ => domain.push_str(word),
        }
        at += 1;
        let next_goes_on = parts.get(at).is_some_and(|next| matches!(next.text.as_str(), "dot" | "period"));
        if part.stop && !next_goes_on {
            break;
        }
    }
    // "gmail dot com and my number": the domain ended before.
    let (_, end) = domain.rsplit_once('.')?;
    is_in(ENDS, end).then_some((domain, at))
}

/// The part before "at" that ends at a place, and where it begins.
fn local(parts: &[Part], from: usize, end: usize) -> Option<(String, usize)> {
    let separator = |at: usize| match parts[at].text.as_str() {
        "dot" | "period" | "point" => Some("."),
        "underscore" | "_" => Some("_"),
        "dash" | "hyphen" | "minus" => Some("-"),
        "plus" => Some("+"),
        _ => None,
    };
    let mut start = end;
    while start > from && end - start < 40 {
        let at = start - 1;
        let word = parts[at].text.as_str();
        let paused = parts[at].stop || (parts[at].comma && !is_sign(&parts[at]) && !aside(parts, at, end));
        let plain_word = separator(at).is_none() && !is_sign(&parts[at]) && !written(word);
        let after_separator = start < end && separator(start).is_some();
        let common = is_in(AROUND, word) || (is_in(NOT_NAMES, word) && !after_separator);
        let stranger = plain_word
            && (common || !word.chars().all(|sign| sign.is_ascii_alphanumeric() || "-_.'+".contains(sign)));
        if (paused && (start..end).any(|place| !aside(parts, place, end)))
            || stranger && !aside(parts, at, end)
        {
            break;
        }
        start = at;
    }
    while start < end && (separator(start).is_some() || is_pronoun(parts, start, end)) {
        start += 1;
    }
    let mut local = String::new();
    let mut times = 1;
    let mut tens = false;
    let mut at = start;
    while at < end {
        let word = parts[at].text.as_str();
        let was_tens = std::mem::take(&mut tens);
        if let Some(sign) = separator(at) {
            local.push_str(sign);
        } else if all_one_word(parts, at, end) {
        } else {
            match atom(word) {
                Atom::Times(count) => times = count,
                Atom::Digits(digits) => {
                    if was_tens && digits.len() == 1 {
                        local.pop();
                    }
                    local.push_str(&digits.repeat(std::mem::replace(&mut times, 1)));
                }
                Atom::Tens(ten) => {
                    local.push(ten);
                    local.push('0');
                    tens = true;
                }
                Atom::Homophone(_)
                | Atom::Schwa
                | Atom::Hundred
                | Atom::Thousand
                | Atom::Plus
                | Atom::Filler
                | Atom::Correction
                | Atom::Other => {
                    let letters: String = word.chars().filter(|sign| *sign != '\'').collect();
                    let spelled = letters.len() > 2 && letters.split('-').all(|piece| piece.len() == 1);
                    let letters = if spelled { letters.replace('-', "") } else { letters };
                    local.push_str(&letters.repeat(std::mem::replace(&mut times, 1)));
                }
            }
            at += explanation(parts, at, end);
        }
        at += 1;
    }
    (!local.is_empty()).then_some((local, start))
}

/// One letter, a digit, or a number in words.
fn is_sign(part: &Part) -> bool {
    part.text.chars().count() == 1
        || part.text.chars().all(|sign| sign.is_ascii_digit())
        || matches!(atom(&part.text), Atom::Digits(_) | Atom::Tens(_) | Atom::Times(_))
}

/// A word in which the signs of an address stand as such.
fn written(word: &str) -> bool {
    word.contains(['.', '_']) || word.chars().any(|sign| sign.is_ascii_digit())
}

/// "A" and "I" before other words are no letters.
fn is_pronoun(parts: &[Part], at: usize, end: usize) -> bool {
    matches!(parts[at].text.as_str(), "a" | "i") && at + 1 < end && !is_sign(&parts[at + 1]) && {
        let next = parts[at + 1].text.as_str();
        !matches!(next, "dot" | "underscore" | "dash" | "hyphen" | "period")
    }
}

/// Whether the word is one of "all one word" or "all lower case" before the "at".
fn all_one_word(parts: &[Part], at: usize, end: usize) -> bool {
    let phrase = |from: usize, words: &[&str]| {
        from + words.len() <= end && words.iter().zip(&parts[from..]).all(|(word, part)| part.text == *word)
    };
    (at.saturating_sub(2)..=at).any(|from| {
        [&["all", "one", "word"][..], &["all", "lower", "case"], &["all", "lowercase"], &["one", "word"]]
            .iter()
            .any(|words| phrase(from, words) && at < from + words.len())
    })
}

/// Whether the word is said of the address, not of it: "all one word", the last three of "d as in dog".
fn aside(parts: &[Part], at: usize, end: usize) -> bool {
    let explains = |from: usize| (from + 1..=from + explanation(parts, from, end)).contains(&at);
    all_one_word(parts, at, end) || (at.saturating_sub(3)..at).any(explains)
}

/// How many words explain the letter at a place: "d as in dog".
fn explanation(parts: &[Part], at: usize, end: usize) -> usize {
    let word = |place: usize| parts.get(place).filter(|_| place < end).map_or("", |part| part.text.as_str());
    let single = parts[at].text.chars().count() == 1;
    match (word(at + 1), word(at + 2)) {
        ("as", "in") if single && at + 3 < end => 3,
        ("for", next) if single && next.starts_with(parts[at].text.as_str()) => 2,
        _ => 0,
    }
}

/// The whole address, if both halves are well formed.
fn joined(local: &str, domain: &str) -> Option<String> {
    let sign = |sign: char| sign.is_ascii_alphanumeric();
    let tidy = |half: &str| {
        half.starts_with(sign) && half.ends_with(sign) && !half.contains("..") && half.len() <= 64
    };
    let local_signs = local.chars().all(|one| sign(one) || "._-+%".contains(one));
    let domain_signs = domain.chars().all(|one| sign(one) || ".-".contains(one));
    let (_, end) = domain.rsplit_once('.')?;
    let ends = end.len() >= 2 && end.chars().all(|one| one.is_ascii_alphabetic());
    (tidy(local) && tidy(domain) && local_signs && domain_signs && ends).then(|| format!("{local}@{domain}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_spoken_and_as_written() {
        let said = [
            ("It's jane.doe@gmail.com.", "jane.doe@gmail.com"),
            ("Jane dot doe at gmail dot com", "jane.doe@gmail.com"),
            ("My email is j a n e underscore d at fernwood dot co dot uk, thanks.", "jane_d@fernwood.co.uk"),
            ("jane.doe at gmail.com", "jane.doe@gmail.com"),
            ("You can write to Owen Castellane 85 at outlook dot com.", "owencastellane85@outlook.com"),
            ("it is o dot castellane nineteen eighty four at yahoo dot com", "o.castellane1984@yahoo.com"),
            ("J-A-N-E at gmail.com", "jane@gmail.com"),
            ("it's info at fernwood dash heating dot com", "info@fernwood-heating.com"),
            ("info at fernwood heating dot com", "info@fernwoodheating.com"),
            ("d as in dog, o, e at aol dot com", "doe@aol.com"),
            ("m double l s at icloud.com", "mlls@icloud.com"),
            ("jane doe, all one word, at gmail dot com", "janedoe@gmail.com"),
            ("jane at gmail com", "jane@gmail.com"),
            (
                "My name is Jane and my email address is jane plus bills at proton dot me and I owe 5.",
                "jane+bills@proton.me",
            ),
            ("He came at ten, not at noon.", ""),
            ("I looked at it on the web at fernwood dot com.", ""),
            ("meet me at the office at nine", ""),
        ];
        for (text, expected) in said {
            let found: Vec<String> = emails(text).into_iter().map(|(_, address)| address).collect();
            assert_eq!(found.join(" "), expected, "{text}");
        }
    }
}
