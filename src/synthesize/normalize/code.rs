//! Codes of letters and digits: case numbers, flats, policy numbers.

use super::number::{cardinal, digits};
use super::word::letters;
use super::{Place, Said};

/// Reads a word that mixes digits with letters, dashes or slashes.
pub fn code(place: &Place, at: usize) -> Option<Said> {
    let core = &place.get(at)?.core;
    if !core.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let parts: Vec<&str> = core.split('.').collect();
    if parts.len() > 2
        && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    {
        let parts: Vec<String> = parts.iter().map(|part| digits(part)).collect();
        return Some(Said::new(parts.join(" point "), 1));
    }
    Some(Said::new(compound(core).unwrap_or_else(|| spelled(core)), 1))
}

/// Reads `3-day` or `24-hour`, in which numbers stand with words.
fn compound(core: &str) -> Option<String> {
    let parts: Vec<&str> = core.split('-').collect();
    let is_word = |part: &&str| part.len() > 1 && part.bytes().all(|byte| byte.is_ascii_lowercase());
    if parts.len() < 2 || !parts.iter().any(is_word) {
        return None;
    }
    let said = |part: &&str| match part.parse::<u64>() {
        Ok(number) if part.len() <= 4 => Some(cardinal(number)),
        _ => ordinal_part(part).or_else(|| is_word(part).then(|| (*part).to_owned())),
    };
    parts.iter().map(said).collect::<Option<Vec<_>>>().map(|words| words.join(" "))
}

fn ordinal_part(part: &str) -> Option<String> {
    let number = ["st", "nd", "rd", "th"].into_iter().find_map(|suffix| part.strip_suffix(suffix))?;
    number.parse().ok().map(super::number::ordinal)
}

/// Spells a code: letters by name, digits one by one, with a pause where kinds or groups change.
pub fn spelled(code: &str) -> String {
    let runs = runs(code);
    let digit_count = code.bytes().filter(u8::is_ascii_digit).count();
    // Flat 4B and unit B12 are names rather than codes.
    let is_short = digit_count <= 2 && !code.starts_with('0') && runs.len() == 2;
    if is_short {
        let words = runs.iter().map(|run| match run.parse::<u64>() {
            Ok(number) if !run.starts_with('0') => cardinal(number),
            Ok(_) => digits(run),
            Err(_) => lettered(run),
        });
        return words.collect::<Vec<_>>().join(" ");
    }
    let words = runs.iter().flat_map(|run| {
        if run.starts_with(|c: char| c.is_ascii_digit()) { grouped(run) } else { vec![lettered(run)] }
    });
    words.collect::<Vec<_>>().join(", ")
}

/// Cuts a code where letters and digits meet, and at every sign.
fn runs(code: &str) -> Vec<&str> {
    let mut runs = Vec::new();
    for part in code.split(|c: char| !c.is_alphanumeric()) {
        let mut rest = part;
        while let Some(first) = rest.chars().next() {
            let is_number = first.is_ascii_digit();
            let end = rest.find(|c: char| c.is_ascii_digit() != is_number).unwrap_or(rest.len());
            runs.push(&rest[..end]);
            rest = &rest[end..];
        }
    }
    runs
}

fn lettered(run: &str) -> String {
    let is_word = run.len() > 3 && run.to_lowercase().contains(['a', 'e', 'i', 'o', 'u']);
    if is_word { run.to_lowercase() } else { letters(run, " ") }
}

/// Digits in groups short enough to be written down while they are heard.
fn grouped(run: &str) -> Vec<String> {
    let sizes: &[usize] = match run.len() {
        0..=5 => &[5],
        6 | 9 => &[3],
        7 => &[3, 4],
        8 | 12 | 16 => &[4],
        10 => &[3, 3, 4],
        _ => &[4],
    };
    let mut groups = Vec::new();
    let mut rest = run;
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (group, after) = rest.split_at((*size).min(rest.len()));
        groups.push(digits(group));
        rest = after;
    }
    groups
}
