//! Telephone numbers as people say them and as transcribers write them.

use std::ops::Range;

use phonenumber::Mode;
use phonenumber::metadata::{DATABASE, Metadata};

use super::digits::{Run, runs};
use super::words::{has_any, plain, sentences};
use crate::domain::PhoneNumber;

/// What a text holds of a telephone number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// A whole number.
    Full(PhoneNumber),
    /// Digits, but not (yet) a whole number.
    Partial(String),
    /// No digits.
    Nothing,
}

/// Reads the telephone number in `text`, taking it as a number of `region` (two letters, such as `US`) unless it
/// names a country code; a correction within the text ("… sorry, no, oh one seven eight") is applied.
pub fn read(text: &str, region: &str) -> Reading {
    let runs = runs(text);
    let mut current: Option<Run> = None;
    for run in runs {
        current = Some(match current.take() {
            None => run,
            Some(earlier) if run.corrects => corrected(earlier, run, text, region),
            Some(earlier) => {
                let (old, new) = (whole(&earlier, region), whole(&run, region));
                if new.is_some() || (old.is_none() && run.digits.len() > earlier.digits.len()) {
                    run
                } else {
                    earlier
                }
            }
        });
    }
    match current {
        None => Reading::Nothing,
        Some(run) => whole(&run, region)
            .or_else(|| without_stutter(&run.digits, region))
            .or_else(|| said_again(text, region))
            .map_or(Reading::Partial(run.digits), Reading::Full),
    }
}

/// The number that stands whole in the last sentence, after an attempt that went wrong.
fn said_again(text: &str, region: &str) -> Option<PhoneNumber> {
    let sentences = sentences(text);
    let (last, before) = sentences.split_last()?;
    let [run] = runs(last).try_into().ok()?;
    if before.is_empty() { None } else { whole(&run, region) }
}

/// The whole telephone numbers in `text`, each with its place; of a number and its correction the corrected one.
pub fn numbers(text: &str, region: &str) -> Vec<(Range<usize>, PhoneNumber)> {
    let mut found: Vec<Run> = Vec::new();
    for run in runs(text) {
        match found.pop() {
            Some(earlier) if run.corrects => {
                let span = earlier.span.start..run.span.end;
                found.push(Run { span, ..corrected(earlier, run, text, region) });
            }
            earlier => found.extend(earlier.into_iter().chain([run])),
        }
    }
    found.iter().filter_map(|run| Some((run.span.clone(), whole(run, region)?))).collect()
}

/// Transcribers lengthen a row of equal digits ("five five five" becomes `5555`): where one row is longer than any
/// other and the number would fit without one or two of its digits, it is read so, to be confirmed by the caller.
fn without_stutter(digits: &str, region: &str) -> Option<PhoneNumber> {
    let signs: Vec<char> = digits.chars().collect();
    let mut rows: Vec<(usize, usize)> = Vec::new();
    for (at, sign) in signs.iter().enumerate() {
        match rows.last_mut() {
            Some((length, start)) if signs[*start] == *sign => *length += 1,
            Some(_) | None => rows.push((1, at)),
        }
    }
    rows.sort_unstable();
    let (length, start) = *rows.last()?;
    let rival = rows.iter().rev().nth(1).map_or(0, |(length, _)| *length);
    if length < 4 || rival == length {
        return None;
    }
    (1..=2)
        .find_map(|extra| from_digits(&format!("{}{}", &digits[..start], &digits[start + extra..]), region))
}

/// Reads a number that is dictated over several turns: `parts` are the turns since it was asked for.
pub fn read_parts(parts: &[&str], region: &str) -> Reading {
    let Some((last, earlier)) = parts.split_last() else {
        return Reading::Nothing;
    };
    let alone = read(last, region);
    if matches!(alone, Reading::Full(_)) || earlier.is_empty() {
        return alone;
    }
    let digits: Vec<String> = parts
        .iter()
        .filter_map(|part| match read(part, region) {
            Reading::Partial(digits) => Some(digits),
            Reading::Full(_) | Reading::Nothing => None,
        })
        .collect();
    // The area code is often said last, when it is asked for.
    if let [local, area] = digits.as_slice()
        && local.len() == 7
        && area.len() == 3
        && let Some(number) = from_digits(&format!("{area}{local}"), region)
    {
        return Reading::Full(number);
    }
    let joined = digits.concat();
    if let Some(number) = from_digits(&joined, region) {
        return Reading::Full(number);
    }
    // Asked for the last four again, people give the last four.
    if let [.., last] = digits.as_slice()
        && last.len() == 4
        && joined.len() > 10
        && let Some(number) = from_digits(&format!("{}{last}", &joined[..6]), region)
    {
        return Reading::Full(number);
    }
    if joined.is_empty() { Reading::Nothing } else { Reading::Partial(joined) }
}

/// Replaces the part of `current` that `text` corrects ("no, five-five-nine", "it ends in four three"); a whole
/// number in `text` replaces it. `None` when it is not clear which part is meant.
pub fn amend(current: &PhoneNumber, text: &str, region: &str) -> Option<PhoneNumber> {
    match read(text, region) {
        Reading::Full(number) => Some(number),
        Reading::Nothing => None,
        Reading::Partial(part) => {
            let national = national_digits(current);
            let amended = splice(&national, &part, &groups_of(current, region), text)?;
            let prefix = current.expose().strip_suffix(national.as_str())?;
            PhoneNumber::parse(&format!("{prefix}{amended}")).ok()
        }
    }
}

/// Takes digits as keyed or joined from several turns; `None` unless they are a whole number of `region`.
pub fn from_digits(digits: &str, region: &str) -> Option<PhoneNumber> {
    let meta = DATABASE.by_id(region)?;
    if let Some(international) = digits.strip_prefix("011").or_else(|| digits.strip_prefix("00"))
        && international.len() >= 10
    {
        return international_number(international);
    }
    if fits(meta, digits) {
        return PhoneNumber::parse(&format!("+{}{digits}", meta.country_code())).ok();
    }
    let rest = digits.strip_prefix(meta.national_prefix()?)?;
    fits(meta, rest).then(|| PhoneNumber::parse(&format!("+{}{rest}", meta.country_code())).ok())?
}

/// Whether `text` holds any digits, spoken or written.
pub fn has_digits(text: &str) -> bool {
    !runs(text).is_empty()
}

/// Whether `text` points to the number the call comes from: "the one I am calling on".
pub fn means_calling_number(text: &str) -> bool {
    let said = plain(text).replace(" i'm ", " i am ").replace(" i've ", " i have ");
    let calling = [
        "i am calling from",
        "i am calling on",
        "i called from",
        "i am calling you from",
        "i am calling you on",
        "i am calling with",
        "i am using",
        "i am on now",
        "i am on",
    ];
    let this = [
        "this number",
        "this one",
        "this phone",
        "same number",
        "the same one",
        "that one's fine",
        "this is the number",
        "this line",
    ];
    (has_any(&said, &calling) && has_any(&said, &["number", "one", "phone", "line"])) || has_any(&said, &this)
}

/// Whether numbers of `region` are dialled with a leading zero at home, so that a zero may begin one.
pub fn may_begin_with_zero(region: &str) -> bool {
    DATABASE.by_id(region).and_then(Metadata::national_prefix).is_some_and(|prefix| prefix.starts_with('0'))
}

/// Writes a number for reading it back: in national groups at home, with its country code abroad.
pub fn written(number: &PhoneNumber, region: &str) -> String {
    let Ok(parsed) = phonenumber::parse(None, number.expose()) else {
        return number.expose().to_owned();
    };
    let home = DATABASE.by_id(region).map(Metadata::country_code);
    let at_home = home == Some(parsed.code().value());
    let mode = if at_home { Mode::National } else { Mode::International };
    let formatted = parsed.format().mode(mode).to_string();
    if at_home && home == Some(1) {
        let digits = national_digits(number);
        if digits.len() == 10 {
            return format!("{}-{}-{}", &digits[..3], &digits[3..6], &digits[6..]);
        }
    }
    formatted
}

fn corrected(earlier: Run, later: Run, text: &str, region: &str) -> Run {
    if whole(&later, region).is_some() {
        return later;
    }
    let sizes = default_groups(earlier.digits.len());
    match splice(&earlier.digits, &later.digits, &sizes, text) {
        Some(digits) => Run { digits, ..earlier },
        None if later.digits.len() > earlier.digits.len() => later,
        None => earlier,
    }
}

/// Puts `part` in the place of `digits` that it most likely corrects: an end that is named, the last four, or the group it differs least from.
fn splice(digits: &str, part: &str, groups: &[usize], text: &str) -> Option<String> {
    let (whole, length) = (digits.len(), part.len());
    if length == 0 || length >= whole {
        return None;
    }
    let at = |offset: usize| format!("{}{part}{}", &digits[..offset], &digits[offset + length..]);
    let said = plain(text);
    if has_any(&said, &["area code", "starts with", "begins with", "beginning", "at the start", "first"]) {
        return Some(at(0));
    }
    if has_any(&said, &["ends in", "ends with", "at the end", "ending", "last", "end"]) {
        return Some(at(whole - length));
    }
    if whole == 10 && (length == 4 || length == 7) {
        return Some(at(whole - length)).filter(|amended| amended != digits);
    }
    if length < 2 {
        return None;
    }
    let mut starts = vec![0];
    for size in groups {
        starts.push(starts.last().unwrap_or(&0) + size);
    }
    let distance = |offset: usize| {
        let pairs = digits[offset..offset + length].bytes().zip(part.bytes());
        let differing = pairs.filter(|(old, new)| old != new).count();
        let loose =
            usize::from(!starts.contains(&offset)) + usize::from(!starts.contains(&(offset + length)));
        (2 * differing + loose, differing)
    };
    let best = (0..=whole - length).rev().min_by_key(|offset| distance(*offset).0)?;
    let differing = distance(best).1;
    (differing > 0 && differing * 2 <= length + 1).then(|| at(best))
}

fn whole(run: &Run, region: &str) -> Option<PhoneNumber> {
    if run.plus { international_number(&run.digits) } else { from_digits(&run.digits, region) }
}

fn international_number(digits: &str) -> Option<PhoneNumber> {
    let text = format!("+{digits}");
    let parsed = phonenumber::parse(None, &text).ok()?;
    let meta = DATABASE.by_code(&parsed.code().value())?.into_iter().next()?;
    let national = digits.strip_prefix(&parsed.code().value().to_string())?;
    if fits(meta, national) { PhoneNumber::parse(&text).ok() } else { None }
}

fn fits(meta: &Metadata, national: &str) -> bool {
    let length = u16::try_from(national.len()).unwrap_or(u16::MAX);
    // Only the length of a North American number is certain; its area codes grow faster than any table.
    if meta.country_code() == 1 {
        return length == 10 && !national.starts_with(['0', '1']);
    }
    let kinds = meta.descriptors();
    [kinds.fixed_line(), kinds.mobile(), kinds.toll_free(), kinds.shared_cost(), kinds.voip(), kinds.uan()]
        .into_iter()
        .flatten()
        .any(|kind| kind.possible_length().contains(&length) && kind.is_match(national))
}

fn national_digits(number: &PhoneNumber) -> String {
    phonenumber::parse(None, number.expose()).map_or_else(
        |_| number.expose().trim_start_matches('+').to_owned(),
        |parsed| {
            let code = parsed.code().value().to_string();
            number.expose().trim_start_matches('+').strip_prefix(code.as_str()).unwrap_or_default().to_owned()
        },
    )
}

fn groups_of(number: &PhoneNumber, region: &str) -> Vec<usize> {
    let digits = national_digits(number);
    let groups: Vec<usize> = written(number, region)
        .split(|character: char| !character.is_ascii_digit())
        .map(str::len)
        .filter(|length| *length > 0)
        .collect();
    if groups.iter().sum::<usize>() == digits.len() { groups } else { default_groups(digits.len()) }
}

fn default_groups(length: usize) -> Vec<usize> {
    match length {
        10 => vec![3, 3, 4],
        11 => vec![1, 3, 3, 4],
        7 => vec![3, 4],
        _ => vec![3; length / 3],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn us(text: &str) -> Option<String> {
        match read(text, "US") {
            Reading::Full(number) => Some(number.expose().to_owned()),
            Reading::Partial(_) | Reading::Nothing => None,
        }
    }

    #[test]
    fn numbers_are_read_in_every_usual_spoken_form() {
        let forms = [
            ("You can reach me at four one five, five five five, zero one four two.", "+14155550142"),
            ("Nine one seven, double five five, oh one one nine.", "+19175550119"),
            ("Three one two, five five five, oh one nine nine.", "+13125550199"),
            ("four one five triple five oh one four two", "+14155550142"),
            ("four fifteen, five fifty-five, oh one forty two", "+14155550142"),
            ("four one five, five five five, one hundred and", ""),
            ("nine hundred, five five five, nineteen eighty four", "+19005551984"),
            ("it's 415-555-0142", "+14155550142"),
            ("(415) 555-0142.", "+14155550142"),
            ("415 555 0142", "+14155550142"),
            ("4155550142", "+14155550142"),
            ("four one five 555 01 42", "+14155550142"),
            ("4, 1, 5, 5, 5, 5, 0, 1, 4, 2.", "+14155550142"),
            ("4-1-5, 5-5-5, 0-1-4-2", "+14155550142"),
            ("for one five, five five five, oh won for too", ""),
            ("my number is four one five, um, five five five, and then, uh, oh one for two", "+14155550142"),
            ("area code four one five, and the number is five five five zero one four two", "+14155550142"),
            ("one, four one five, five five five, oh one four two", "+14155550142"),
            ("plus one four one five five five five oh one four two", "+14155550142"),
            ("+1 415 555 0142", "+14155550142"),
            ("plus forty four, twenty, seven nine four six, double oh one eight", "+442079460018"),
            ("four one five dash five five five dash oh won four two", "+14155550142"),
            ("eight hundred five five five zero one double nine", "+18005550199"),
            ("six four six, five five five, five thousand", "+16465555000"),
            ("six one seven, five five five, oh ate oh to.", "+16175550802"),
            ("Five one two five five five a one six oh.", "+15125550160"),
            ("917-5555-8983", "+19175558983"),
            ("You can reach me at nine one seven five five five five five five four five.", "+19175555545"),
            ("828 508 960 free.", "+18285089603"),
            ("S2065551885.", "+12065551885"),
            ("415-555-199", ""),
            ("64655501888", ""),
            ("nought one four two", ""),
        ];
        for (said, expected) in forms {
            assert_eq!(us(said).unwrap_or_default(), expected, "{said}");
        }
    }

    #[test]
    fn a_correction_within_the_turn_replaces_the_part_it_means() {
        let said = [
            (
                "Six four six, five five five, oh one seven three. Sorry, no, oh one seven eight.",
                "+16465550178",
            ),
            ("four one five five five five oh one four two, no wait, oh one four three", "+14155550143"),
            ("646-555-0173, sorry, no, 0178", "+16465550178"),
            (
                "four one five five five nine zero one four two, I mean five five five zero one four two",
                "+14155550142",
            ),
            ("212 555 0100, no, sorry, 415 555 0142", "+14155550142"),
        ];
        for (text, expected) in said {
            assert_eq!(us(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_correction_after_read_back_replaces_the_part_it_means() {
        let current = PhoneNumber::parse("+14155550142").unwrap();
        let said = [
            ("no, five-five-nine", Some("+14155590142")),
            ("No, it's oh one four three.", Some("+14155550143")),
            ("No, it ends in four three.", Some("+14155550143")),
            ("No, the area code is six four six.", Some("+16465550142")),
            ("no, 415-555-0199", Some("+14155550199")),
            ("No, seven seven seven.", None),
            ("no, that's wrong", None),
        ];
        for (text, expected) in said {
            let amended = amend(&current, text, "US");
            assert_eq!(amended.as_ref().map(PhoneNumber::expose), expected, "{text}");
        }
    }

    #[test]
    fn a_number_may_come_in_several_turns() {
        let parts = ["four one five", "five five five", "zero one four two"];
        assert_eq!(read_parts(&parts[..2], "US"), Reading::Partial("415555".into()));
        assert_eq!(read_parts(&parts, "US"), Reading::Full(PhoneNumber::parse("+14155550142").unwrap()));
        let again = ["four one five, five five five, one four two", "oh one four two"];
        assert_eq!(read_parts(&again, "US"), Reading::Full(PhoneNumber::parse("+14155550142").unwrap()));
        let local = ["five five five, zero one four two", "four one five"];
        assert_eq!(read_parts(&local, "US"), Reading::Full(PhoneNumber::parse("+14155550142").unwrap()));
    }

    #[test]
    fn other_countries_have_other_lengths() {
        let british = Reading::Full(PhoneNumber::parse("+442079460018").unwrap());
        assert_eq!(read("oh two oh, seven nine four six, double oh one eight", "GB"), british);
        assert!(matches!(read("oh two oh, seven nine four six, oh oh one", "GB"), Reading::Partial(_)));
    }

    #[test]
    fn ordinary_talk_holds_no_telephone_number() {
        for text in [
            "I waited from eight until one for your technician.",
            "A letter saying I owe one hundred and eighty dollars.",
            "Well, where should I begin.",
            "Oh, hello.",
            "",
        ] {
            assert_eq!(us(text), None, "{text}");
        }
        assert_eq!(read("Oh, I came to ask for help.", "US"), Reading::Nothing);
    }

    #[test]
    fn numbers_are_written_in_groups() {
        let number = PhoneNumber::parse("+14155550142").unwrap();
        assert_eq!(written(&number, "US"), "415-555-0142");
        assert_eq!(written(&number, "GB"), "+1 415-555-0142");
        assert_eq!(written(&PhoneNumber::parse("+442079460018").unwrap(), "GB"), "020 7946 0018");
    }
}
