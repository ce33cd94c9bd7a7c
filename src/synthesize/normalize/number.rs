//! Counts, amounts, ordinals, percentages, measures, fractions.

use super::token::{TO, Token, names_a_code};
use super::{Place, Said, code, word};

const SMALL: [&str; 20] = [
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
const TENS: [&str; 10] =
    ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const SCALES: [(u64, &str); 4] = [
    (1_000_000_000_000, "trillion"),
    (1_000_000_000, "billion"),
    (1_000_000, "million"),
    (1_000, "thousand"),
];

/// Says how many.
pub fn cardinal(number: u64) -> String {
    if let Some(small) = usize::try_from(number).ok().and_then(|index| SMALL.get(index)) {
        return (*small).to_owned();
    }
    let (head, rest) = match SCALES.iter().find(|(scale, _)| number >= *scale) {
        Some((scale, name)) => (format!("{} {name}", cardinal(number / scale)), number % scale),
        None if number >= 100 => (format!("{} hundred", cardinal(number / 100)), number % 100),
        None => (TENS[(number / 10) as usize].to_owned(), number % 10),
    };
    if rest == 0 { head } else { format!("{head} {}", cardinal(rest)) }
}

/// Says which one in a row.
pub fn ordinal(number: u64) -> String {
    let cardinal = cardinal(number);
    let (head, last) = cardinal.rsplit_once(' ').map_or(("", cardinal.as_str()), |(head, last)| (head, last));
    let last = match last {
        "one" => "first".to_owned(),
        "two" => "second".to_owned(),
        "three" => "third".to_owned(),
        "five" => "fifth".to_owned(),
        "eight" => "eighth".to_owned(),
        "nine" => "ninth".to_owned(),
        "twelve" => "twelfth".to_owned(),
        tens if tens.ends_with('y') => format!("{}ieth", &tens[..tens.len() - 1]),
        other => format!("{other}th"),
    };
    format!("{head} {last}").trim_start().to_owned()
}

/// Says digits one by one.
pub fn digits(text: &str) -> String {
    let each = text.bytes().filter(u8::is_ascii_digit).map(|digit| SMALL[usize::from(digit - b'0')]);
    each.collect::<Vec<_>>().join(" ")
}

/// Says a year.
pub fn year(year: u64) -> String {
    match (year / 100, year % 100) {
        (_, 0) if year.is_multiple_of(1000) => cardinal(year),
        (century, 0) => format!("{} hundred", cardinal(century)),
        (20, few @ 1..=9) => format!("two thousand {}", cardinal(few)),
        (century, few @ 1..=9) => format!("{} oh {}", cardinal(century), cardinal(few)),
        (century, rest) => format!("{} {}", cardinal(century), cardinal(rest)),
    }
}

/// Says a number with thousands commas, decimals or a minus; none for anything else.
pub fn quantity(text: &str) -> Option<String> {
    if let Some(positive) = text.strip_prefix('-') {
        return quantity(positive).map(|words| format!("minus {words}"));
    }
    let (whole, decimals) =
        text.split_once('.').map_or((text, None), |(whole, decimals)| (whole, Some(decimals)));
    let words =
        if whole.is_empty() && decimals.is_some() { "zero".to_owned() } else { cardinal(count(whole)?) };
    match decimals {
        None => Some(words),
        Some(decimals) if !decimals.is_empty() && decimals.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(format!("{words} point {}", digits(decimals)))
        }
        Some(_) => None,
    }
}

/// The value of digits that may have commas in the right places.
fn count(text: &str) -> Option<u64> {
    let groups: Vec<&str> = text.split(',').collect();
    let well_placed = groups.len() == 1
        || (1..=3).contains(&groups[0].len()) && groups[1..].iter().all(|group| group.len() == 3);
    let plain = groups.concat();
    let is_number = !plain.is_empty() && plain.len() <= 15 && plain.bytes().all(|byte| byte.is_ascii_digit());
    let is_count = plain.len() == 1 || !plain.starts_with('0');
    if well_placed && is_number && is_count { plain.parse().ok() } else { None }
}

/// Reads amounts of money.
pub fn money(place: &Place, at: usize) -> Option<Said> {
    let token = place.get(at)?;
    let (core, per) = token.core.split_once('/').map_or((token.core.as_str(), None), |(a, b)| (a, Some(b)));
    let (minus, core) = core.strip_prefix('-').map_or(("", core), |core| ("minus ", core));
    let (unit, cent, amount) = currency(core)?;
    let per = match per {
        None => String::new(),
        Some(per) if per.is_empty() || per.contains(|c: char| !c.is_alphabetic()) => return None,
        Some(per) => format!(" per {}", word::unit(per).map_or(per, |(one, _)| one)),
    };
    let scale = ['k', 'K', 'm', 'M'].into_iter().find_map(|mark| Some((amount.strip_suffix(mark)?, mark)));
    if let Some((amount, mark)) = scale {
        let scale = if mark.eq_ignore_ascii_case(&'k') { "thousand" } else { "million" };
        return Some(Said::new(format!("{minus}{} {scale} {unit}s{per}", quantity(amount)?), 1));
    }
    let next = place.get(at + 1).filter(|_| token.tail.is_empty());
    if let Some(next) = next.filter(|next| matches!(next.core.as_str(), "thousand" | "million" | "billion")) {
        return Some(Said::new(format!("{minus}{} {} {unit}s", quantity(amount)?, next.core), 2));
    }
    let (whole, cents) = amount.split_once('.').unwrap_or((amount, "00"));
    let whole = count(whole)?;
    if cents.len() != 2 {
        return Some(Said::new(format!("{minus}{} {unit}s{per}", quantity(amount)?), 1));
    }
    let cents: u64 = cents.parse().ok()?;
    let words = match (whole, cents) {
        (whole, 0) => plural(whole, unit),
        (0, cents) => plural(cents, cent),
        (whole, cents) => format!("{} and {}", plural(whole, unit), plural(cents, cent)),
    };
    Some(Said::new(format!("{minus}{words}{per}"), 1))
}

fn currency(core: &str) -> Option<(&'static str, &'static str, &str)> {
    let core = core.strip_prefix("US").filter(|rest| rest.starts_with('$')).unwrap_or(core);
    match core.chars().next()? {
        '$' => Some(("dollar", "cent", &core[1..])),
        '€' => Some(("euro", "cent", &core['€'.len_utf8()..])),
        '£' => Some(("pound", "pence", &core['£'.len_utf8()..])),
        _ => core.strip_suffix('€').map(|amount| ("euro", "cent", amount)),
    }
}

fn plural(number: u64, unit: &str) -> String {
    match (number, unit) {
        (1, "pence") => "one penny".to_owned(),
        (number, "pence") => format!("{} pence", cardinal(number)),
        (1, unit) => format!("one {unit}"),
        (number, unit) => format!("{} {unit}s", cardinal(number)),
    }
}

/// Reads everything else that is counted.
pub fn number(place: &Place, at: usize) -> Option<Said> {
    let token = place.get(at)?;
    let core = token.core.as_str();
    if !core.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if let Some(rest) = core.strip_prefix('#') {
        let words = if rest.len() > 2 { code::spelled(rest) } else { quantity(rest)? };
        return Some(Said::new(format!("number {words}"), 1));
    }
    if let Some(rest) = core.strip_prefix(['~', '≈']) {
        return quantity(rest).map(|words| Said::new(format!("about {words}"), 1));
    }
    if let Some(words) = fixed(core) {
        return Some(Said::new(words, 1));
    }
    if let Some(rest) = core.strip_suffix('%') {
        return quantity(rest).map(|words| Said::new(format!("{words} percent"), 1));
    }
    if let Some(rest) = core.strip_suffix('+') {
        return quantity(rest).map(|words| Said::new(format!("{words} plus"), 1));
    }
    whole(place, at).or_else(|| separated(place, at)).or_else(|| measure(place, at))
}

/// Reads ordinals, decades, fractions, sizes and a few fixed expressions.
fn fixed(core: &str) -> Option<String> {
    match core {
        "24/7" => return Some("twenty four seven".to_owned()),
        "50/50" => return Some("fifty fifty".to_owned()),
        // Emergency and crisis lines are never said as counts.
        "911" | "988" => return Some(digits(core)),
        _ => {}
    }
    if let Some(number) = ["st", "nd", "rd", "th"].into_iter().find_map(|suffix| core.strip_suffix(suffix)) {
        return count(number).map(ordinal);
    }
    if let Some(decade) = core.strip_suffix("0s").and_then(|decade| decade.parse::<u64>().ok())
        && (100..210).contains(&decade)
    {
        let year = year(decade * 10);
        return Some(year.strip_suffix('y').map_or_else(|| format!("{year}s"), |stem| format!("{stem}ies")));
    }
    if let Some((upper, lower)) = core.split_once('/') {
        return fraction(count(upper)?, count(lower)?);
    }
    let (width, height) = core.split_once(['x', '×'])?;
    if height.is_empty() {
        return quantity(width).map(|times| format!("{times} times"));
    }
    Some(format!("{} by {}", quantity(width)?, quantity(height)?))
}

fn fraction(upper: u64, lower: u64) -> Option<String> {
    let (one, many) = match lower {
        2 => ("half".to_owned(), "halves".to_owned()),
        4 => ("quarter".to_owned(), "quarters".to_owned()),
        3 | 5..=10 => (ordinal(lower), format!("{}s", ordinal(lower))),
        _ => return None,
    };
    match upper {
        1 => Some(format!("one {one}")),
        upper if upper < lower => Some(format!("{} {many}", cardinal(upper))),
        _ => None,
    }
}

/// Reads a bare number by what stands around it: a year, a house number, a name made of digits, or a count.
fn whole(place: &Place, at: usize) -> Option<Said> {
    let token = place.get(at)?;
    let core = token.core.as_str();
    let number = token.digits()?;
    let names = |back| place.before(at, back).is_some_and(names_a_code);
    let link = |back| {
        place
            .before(at, back)
            .is_some_and(|token| matches!(token.small().as_str(), "is" | "no" | "number" | "in" | "code"))
    };
    let is_name = names(1) || link(1) && names(2) || link(1) && link(2) && names(3);
    let is_leading_zero = core.len() > 1 && core.starts_with('0');
    if is_leading_zero || core.len() > 2 && is_name {
        return Some(Said::new(code::spelled(core), 1));
    }
    let next = place.get(at + 1).filter(|_| token.tail.is_empty());
    if place.before(at, 1).is_some_and(names_a_room) {
        return Some(Said::new(house(core, number), 1));
    }
    if let Some(next) = next {
        if let Some((upper, lower)) = next.core.split_once('/')
            && let Some(fraction) =
                count(upper).zip(count(lower)).and_then(|(upper, lower)| fraction(upper, lower))
        {
            let fraction =
                fraction.strip_prefix("one ").map_or_else(|| fraction.clone(), |part| format!("a {part}"));
            return Some(Said::new(format!("{} and {fraction}", cardinal(number)), 2));
        }
        if let Some((one, many)) = unit_word(place, at + 1) {
            let words = format!("{} {}", cardinal(number), if number == 1 { one } else { many });
            return Some(Said { takes_stop: true, ..Said::new(words, 2) });
        }
        if next.starts_sentence() && word::is_street_ahead(place, at) {
            return Some(Said::new(house(core, number), 1));
        }
    }
    let words = match core.len() {
        4 if (1900..2100).contains(&number) => year(number),
        5.. if number % 1_000 != 0 => code::spelled(core),
        _ => cardinal(number),
    };
    Some(Said::new(words, 1))
}

/// The unit that a word alone is, with its form for one and for many.
fn unit_word(place: &Place, at: usize) -> Option<(&'static str, &'static str)> {
    let token = place.get(at)?;
    // Ends of ranges and ordinary words such as "in" or "m" need more than a number before them.
    if token.core == TO || matches!(token.core.as_str(), "in" | "m" | "g" | "h" | "s" | "l" | "W" | "V") {
        return None;
    }
    word::unit(&token.core)
}

/// Whether a number after this word is said like a house's.
fn names_a_room(token: &Token) -> bool {
    matches!(
        token.small().as_str(),
        "room" | "suite" | "unit" | "flight" | "route" | "highway" | "apartment" | "apt" | "gate"
    )
}

/// Reads a house number in pairs: 1234 is "twelve thirty four".
fn house(core: &str, number: u64) -> String {
    match core.len() {
        3 | 4 if !number.is_multiple_of(100) => {
            let (front, back) = (number / 100, number % 100);
            let oh = if back < 10 { "oh " } else { "" };
            format!("{} {oh}{}", cardinal(front), cardinal(back))
        }
        4 if !number.is_multiple_of(1_000) => format!("{} hundred", cardinal(number / 100)),
        5.. => digits(core),
        _ => cardinal(number),
    }
}

/// Reads a decimal or a number with its unit attached or after it.
fn measure(place: &Place, at: usize) -> Option<Said> {
    let token = place.get(at)?;
    let core = token.core.as_str();
    let unit_at = core.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',' | '-'))?.min(core.len());
    let (amount, unit) = core.split_at(unit_at);
    let (one, many) = word::unit(unit)?;
    let words = quantity(amount)?;
    let unit = if amount == "1" { one } else { many };
    Some(Said { takes_stop: true, ..Said::new(format!("{words} {unit}"), 1) })
}

/// Reads a decimal, or a number with commas, and the unit after it.
fn separated(place: &Place, at: usize) -> Option<Said> {
    let token = place.get(at)?;
    let words = quantity(&token.core)?;
    let unit = unit_word(place, at + 1).filter(|_| token.tail.is_empty());
    Some(match unit {
        Some((_, many)) => Said { takes_stop: true, ..Said::new(format!("{words} {many}"), 2) },
        None => Said::new(words, 1),
    })
}
