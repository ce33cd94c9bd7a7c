//! Cutting a text into words, each with the marks around it, and ranges into their two ends.

use super::date;

/// A word with the marks before and after it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Token {
    /// Opening brackets and quotes.
    pub lead: String,
    /// The word itself; never empty, except where marks stand alone.
    pub core: String,
    /// Closing brackets, quotes, stops and commas.
    pub tail: String,
}

/// The word between the two ends of a range.
pub const TO: &str = "–";

impl Token {
    fn cut(chunk: &str) -> Self {
        let core = chunk.trim_start_matches(['(', '"', '\'', '[', '<', '~', '_']);
        let lead = &chunk[..chunk.len() - core.len()];
        let word = core.trim_end_matches(['.', ',', ';', ':', '?', '!', ')', '"', '\'', ']', '>', '_']);
        // A number's inches look like a closing quote.
        let is_inches = lead.is_empty()
            && word.ends_with(|c: char| c.is_ascii_digit())
            && core[word.len()..].starts_with('"');
        let word = if is_inches { &core[..=word.len()] } else { word };
        Self { lead: lead.to_owned(), core: word.to_owned(), tail: core[word.len()..].to_owned() }
    }

    /// Whether it begins like the first word of a sentence.
    pub fn starts_sentence(&self) -> bool {
        let is_compass = matches!(self.core.as_str(), "NW" | "NE" | "SW" | "SE");
        let is_letter = self.core.len() == 1 && !matches!(self.core.as_str(), "I" | "A");
        self.core.chars().next().is_some_and(char::is_uppercase) && !is_compass && !is_letter
    }

    /// Whether a full stop follows it.
    pub fn has_stop(&self) -> bool {
        self.tail.starts_with('.')
    }

    /// Whether nothing but a full stop follows it.
    pub fn goes_on(&self) -> bool {
        self.tail.is_empty() || self.tail == "."
    }

    /// The word in small letters.
    pub fn small(&self) -> String {
        self.core.to_lowercase()
    }

    /// The number it is, if it is written in digits only.
    pub fn digits(&self) -> Option<u64> {
        if self.core.bytes().all(|byte| byte.is_ascii_digit()) { self.core.parse().ok() } else { None }
    }
}

/// Cuts a text at its blanks, and ranges such as `2-3` or `9am-5pm` into three.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    for chunk in text.split(' ').filter(|chunk| !chunk.is_empty()) {
        for chunk in at_long_dashes(chunk) {
            let token = Token::cut(chunk);
            match range(&token.core).filter(|_| !tokens.last().is_some_and(names_a_code)) {
                Some((from, to)) => tokens.extend([
                    Token { lead: token.lead, core: from, tail: String::new() },
                    Token { core: TO.to_owned(), ..Token::default() },
                    Token { lead: String::new(), core: to, tail: token.tail },
                ]),
                None => tokens.push(token),
            }
        }
    }
    tokens
}

/// Separates long dashes from the words they stand between, unless they make a range.
fn at_long_dashes(chunk: &str) -> Vec<&str> {
    if !chunk.contains(['–', '—']) || range(&Token::cut(chunk).core).is_some() {
        return vec![chunk];
    }
    let mut parts = Vec::new();
    let mut rest = chunk;
    while let Some(at) = rest.find(['–', '—']) {
        let (before, after) = rest.split_at(at);
        let (dash, after) = after.split_at('–'.len_utf8());
        parts.extend([before, dash].into_iter().filter(|part| !part.is_empty()));
        rest = after;
    }
    parts.extend(Some(rest).filter(|rest| !rest.is_empty()));
    parts
}

/// Whether digits after this word name something rather than count it.
pub fn names_a_code(token: &Token) -> bool {
    matches!(
        token.small().as_str(),
        "account"
            | "acct"
            | "case"
            | "order"
            | "reference"
            | "ref"
            | "ticket"
            | "invoice"
            | "confirmation"
            | "code"
            | "pin"
            | "ext"
            | "extension"
            | "number"
            | "id"
            | "zip"
            | "policy"
            | "claim"
            | "ending"
            | "card"
            | "tracking"
            | "file"
            | "job"
            | "member"
            | "serial"
            | "box"
            | "model"
            | "ssn"
            | "#"
    )
}

/// The two ends of a range of numbers, times, amounts, weekdays or months.
fn range(core: &str) -> Option<(String, String)> {
    let (from, to) = core.split_once(['-', '–', '—'])?;
    let names = |is: fn(&str) -> bool| is(from) && is(to);
    if names(|word| date::weekday(word).is_some()) || names(|word| date::month(word).is_some()) {
        return Some((from.to_owned(), to.to_owned()));
    }
    if matches!(to, "noon" | "midnight") && Quantity::cut(from).is_some() {
        return Some((from.to_owned(), to.to_owned()));
    }
    let (low, high) = (Quantity::cut(from)?, Quantity::cut(to)?);
    let is_phone = low.number.len() == 3 && high.number.len() == 4;
    let grows =
        low.value() < high.value() || !low.unit.is_empty() || !high.unit.is_empty() || high.value() <= 12.0;
    if is_phone || !grows {
        return None;
    }
    // "$5-10" is five to ten dollars.
    if !low.sign.is_empty() && (high.sign.is_empty() || high.sign == low.sign) {
        return Some((
            format!("{}{}", low.number, low.unit),
            format!("{}{}{}", low.sign, high.number, high.unit),
        ));
    }
    Some((from.to_owned(), to.to_owned()))
}

struct Quantity<'a> {
    sign: &'a str,
    number: &'a str,
    unit: &'a str,
}

impl<'a> Quantity<'a> {
    /// Takes `9`, `$1,200`, `9:30am`, `15%`, `5kg`; no codes, and no digits with a leading zero.
    fn cut(text: &'a str) -> Option<Self> {
        let unsigned = text.trim_start_matches(['$', '£', '€']);
        let sign = &text[..text.len() - unsigned.len()];
        let unit = unsigned.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | ':'));
        let number = &unsigned[..unsigned.len() - unit.len()];
        let whole = number.split(['.', ',', ':']).next().unwrap_or_default();
        let separated = number.contains(',') || number.contains(':');
        let has_number = number.ends_with(|c: char| c.is_ascii_digit()) && !whole.is_empty();
        let is_count = (whole == "0" || !whole.starts_with('0') || number.contains(':'))
            && (number.len() <= 4 || separated || number.contains('.'));
        let is_unit = unit.is_empty()
            || unit == "%"
            || unit.len() <= 3 && unit.bytes().all(|b| b.is_ascii_lowercase())
            || unit
                .strip_prefix('/')
                .is_some_and(|per| !per.is_empty() && per.chars().all(char::is_alphabetic))
            || matches!(unit, "AM" | "PM" | "a.m" | "p.m" | "K" | "M");
        (has_number && is_count && is_unit).then_some(Self { sign, number, unit })
    }

    fn value(&self) -> f64 {
        self.number.replace(',', "").replace(':', ".").parse().unwrap_or(0.0)
    }
}
