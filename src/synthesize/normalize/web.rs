//! E-mail addresses and web addresses.

use super::number::digits;
use super::word::letters;
use super::{Place, Said};

/// Endings that tell a web address without `www` from two sentences without a blank.
const ENDINGS: [&str; 18] = [
    "com", "org", "net", "edu", "gov", "io", "co", "us", "uk", "ca", "au", "de", "info", "biz", "app", "dev",
    "ai", "health",
];

/// Reads an e-mail or web address.
pub fn address(place: &Place, at: usize) -> Option<Said> {
    let core = place.get(at)?.core.as_str();
    if let Some((name, host)) = core.split_once('@') {
        let host = host.trim_end_matches('/');
        let is_mail = !name.is_empty() && host.contains('.') && !host.contains('@');
        return is_mail.then(|| Said::new(format!("{} at {}", spoken(name), spoken(host)), 1));
    }
    let lower = core.to_ascii_lowercase();
    let scheme = ["https://", "http://"].into_iter().find(|scheme| lower.starts_with(scheme));
    let bare = scheme.map_or(core, |scheme| &core[scheme.len()..]);
    let is_www = bare.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www."));
    let bare = if is_www { &bare[4..] } else { bare };
    let host = bare.split(['/', '?', '#']).next().unwrap_or_default();
    let is_site = |host: &str| {
        host.rsplit_once('.').is_some_and(|(name, ending)| {
            ENDINGS.contains(&ending.to_ascii_lowercase().as_str())
                && name.chars().filter(|c| c.is_alphanumeric()).count() > 1
        })
    };
    if scheme.is_none() && !is_www && !is_site(host) {
        return None;
    }
    Some(Said::new(spoken(bare.trim_end_matches('/')), 1))
}

fn spoken(address: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut rest = address;
    while let Some(first) = rest.chars().next() {
        let kind = kind(first);
        let end = rest.find(|c| self::kind(c) != kind).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        match kind {
            Kind::Letters if is_pronounceable(part) => words.push(part.to_lowercase()),
            Kind::Letters => words.push(letters(part, " ")),
            Kind::Digits => words.push(digits(part)),
            Kind::Sign => words.extend(part.chars().filter_map(sign).map(str::to_owned)),
        }
        rest = after;
    }
    words.join(" ")
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum Kind {
    Letters,
    Digits,
    Sign,
}

fn kind(character: char) -> Kind {
    match character {
        c if c.is_ascii_digit() => Kind::Digits,
        c if c.is_alphabetic() => Kind::Letters,
        _ => Kind::Sign,
    }
}

fn sign(character: char) -> Option<&'static str> {
    Some(match character {
        '.' => "dot",
        '-' => "dash",
        '_' => "underscore",
        '/' => "slash",
        '+' => "plus",
        '@' => "at",
        '?' => "question mark",
        '=' => "equals",
        '&' => "and",
        '#' => "hash",
        ':' => "colon",
        _ => return None,
    })
}

/// Whether a part of an address is said as a word: `smith` and `gmail` are, `uk` and `jd` are spelled.
fn is_pronounceable(part: &str) -> bool {
    let lower = part.to_lowercase();
    let is_syllable = lower.contains(['a', 'e', 'i', 'o', 'u', 'y']);
    match lower.as_str() {
        "uk" | "us" | "ca" | "au" | "de" | "io" | "ai" => false,
        "co" | "me" | "my" | "in" | "to" | "be" | "we" | "go" => true,
        _ => lower.chars().count() > 2 && is_syllable,
    }
}
