//! Telephone numbers in groups, as people dictate them.

use super::number::{cardinal, digits};

/// Writes every telephone number in a text as groups of digits with commas between them.
pub fn spoken(text: &str, region: &str) -> String {
    let mut spoken = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit() || matches!(c, '+' | '(')) {
        let (before, from) = rest.split_at(at);
        spoken.push_str(before);
        let is_start = !spoken.ends_with(|c: char| c.is_alphanumeric() || "-./#$£€@:_,".contains(c));
        match is_start.then(|| number(from, region)).flatten() {
            Some((words, bytes)) => {
                spoken.push_str(&words);
                rest = &from[bytes..];
            }
            None => {
                // What is no telephone number is passed over whole, so that none is found in its middle.
                let bytes = from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len()).max(1);
                spoken.push_str(&from[..bytes]);
                rest = &from[bytes..];
            }
        }
    }
    spoken.push_str(rest);
    spoken
}

/// The groups of digits a text begins with, and where each of them ends.
fn groups(text: &str) -> Vec<(&str, usize)> {
    let mut groups = Vec::new();
    let mut start = 0;
    loop {
        let gap = text[start..].find(|c: char| c.is_ascii_digit()).unwrap_or(0);
        let separator = &text[start..start + gap];
        let is_usual =
            matches!(separator, "" | "-" | "." | " " | ")" | ") " | ")-" | " (" | "(" | "+" | " - " | "-(");
        let first = start + gap;
        let digits = text[first..].bytes().take_while(u8::is_ascii_digit).count();
        if !is_usual || digits == 0 || separator.contains('+') && !groups.is_empty() {
            return groups;
        }
        start = first + digits;
        groups.push((&text[first..start], start));
    }
}

/// The telephone number that a text begins with, in words, and how many bytes it takes.
fn number(text: &str, region: &str) -> Option<(String, usize)> {
    let groups = groups(text);
    let is_international = text.starts_with('+');
    let is_american = matches!(region, "US" | "CA");
    for length in (1..=groups.len()).rev() {
        let (_, end) = groups[length - 1];
        let end = end
            + usize::from(
                text[end..].starts_with(')') && text[..end].contains('(') && !text[..end].contains(')'),
            );
        let follows = text[end..].chars().next();
        if follows.is_some_and(|c| c.is_alphanumeric() || matches!(c, '%' | '/' | ':' | '@' | '$')) {
            continue;
        }
        let parts: Vec<&str> = groups[..length].iter().map(|(digits, _)| *digits).collect();
        let said = match () {
            () if is_international => international(&parts, is_american),
            () if is_american => american(&parts, text),
            () => national(&parts),
        };
        if let Some(said) = said {
            return Some((said.join(", "), end));
        }
    }
    None
}

/// Reads a number of the North American plan: area code, exchange, line.
fn american(parts: &[&str], text: &str) -> Option<Vec<String>> {
    let joined = parts.concat();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let is_written = match lengths.as_slice() {
        [3, 3, 4] | [1, 3, 3, 4] | [10] | [11] | [1, 10] => true,
        [3, 4] => text.as_bytes().get(3).is_some_and(|separator| matches!(separator, b'-' | b'.')),
        _ => false,
    };
    let (country, national) = match joined.len() {
        11 => (Some("one".to_owned()), joined.strip_prefix('1')?),
        _ => (None, joined.as_str()),
    };
    let begins_well = |group: &str| group.starts_with(|c| ('2'..='9').contains(&c));
    if !is_written || !begins_well(national) {
        return None;
    }
    let (area, local) = if national.len() == 10 { national.split_at(3) } else { ("", national) };
    begins_well(local).then(|| {
        let area = Some(area).filter(|area| !area.is_empty()).map(area_code);
        let (exchange, line) = local.split_at(3);
        country.into_iter().chain(area).chain([digits(exchange), digits(line)]).collect()
    })
}

fn area_code(area: &str) -> String {
    match area {
        "800" | "900" => cardinal(area.parse().unwrap_or_default()),
        area => digits(area),
    }
}

fn international(parts: &[&str], is_american: bool) -> Option<Vec<String>> {
    let joined = parts.concat();
    if !(8..=15).contains(&joined.len()) {
        return None;
    }
    if let Some(national) = joined.strip_prefix('1').filter(|national| national.len() == 10) {
        let mut said = american(&[national], national)?;
        if !is_american {
            said.insert(0, "plus one".to_owned());
        }
        return Some(said);
    }
    let mut said =
        if parts.len() > 1 { parts.iter().map(|part| digits(part)).collect() } else { in_threes(&joined) };
    said[0].insert_str(0, "plus ");
    Some(said)
}

/// Reads a number that begins with the zero of the trunk, as in most countries.
fn national(parts: &[&str]) -> Option<Vec<String>> {
    let joined = parts.concat();
    let is_phone = joined.starts_with('0') && (9..=12).contains(&joined.len()) && !joined.starts_with("000");
    if !is_phone {
        return None;
    }
    Some(if parts.len() > 1 { parts.iter().map(|part| digits(part)).collect() } else { in_threes(&joined) })
}

/// Digits in threes, the last group being of two to four.
fn in_threes(number: &str) -> Vec<String> {
    let mut groups = Vec::new();
    let mut rest = number;
    while rest.len() > 4 {
        let (group, after) = rest.split_at(3);
        groups.push(digits(group));
        rest = after;
    }
    groups.push(digits(rest));
    groups
}
