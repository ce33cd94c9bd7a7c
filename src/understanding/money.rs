//! Amounts of money.

use std::ops::Range;

use super::correction::takes_back;
use super::number::{Token, cardinal, tokens, word};

/// An amount of money in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Money {
    /// Where it stands.
    pub span: Range<usize>,
    /// The amount in the hundredth of the currency: cents, pence.
    pub minor: i64,
    /// The currency; `None` where only cents were named.
    pub currency: Option<Currency>,
}

/// A currency that callers name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Currency {
    /// Dollars.
    Dollar,
    /// Pounds.
    Pound,
    /// Euros.
    Euro,
}

impl Money {
    /// The amount with its sign, as read: "$1240.00"; without a currency the bare amount.
    pub fn written(&self) -> String {
        let sign = match self.currency {
            Some(Currency::Dollar) => "$",
            Some(Currency::Pound) => "£",
            Some(Currency::Euro) => "€",
            None => "",
        };
        format!("{sign}{}.{:02}", self.minor / 100, self.minor % 100)
    }
}

/// The amounts of money in `text`: "$1,240", "two hundred and fifty dollars", "89 dollars and 50 cents", "80 bucks"; a
/// number alone is none. Of an amount and its correction the corrected one is kept.
pub fn money(text: &str) -> Vec<Money> {
    let tokens = tokens(text);
    let mut found: Vec<Money> = Vec::new();
    let mut at = 0;
    let mut last = None;
    while at < tokens.len() {
        match amount(text, &tokens, at) {
            Some((amount, used)) => {
                let between = last.and_then(|last| tokens.get(last..at)).unwrap_or_default();
                if takes_back(between.iter().map(|token| token.text.as_str())) {
                    found.pop();
                }
                found.push(amount);
                at += used;
                last = Some(at);
            }
            None => at += 1,
        }
    }
    found
}

fn amount(text: &str, tokens: &[Token], at: usize) -> Option<(Money, usize)> {
    let sign = text[..tokens[at].start].chars().next_back().and_then(of_sign);
    let start = tokens[at].start - sign.map_or(0, |(_, length)| length);
    let done = |minor: i64, currency, used: usize| {
        let span = start..tokens[at + used - 1].end;
        Some((Money { span, minor, currency }, used))
    };
    let (whole, hundredths, mut used) = figure(tokens, at)?;
    if let Some((currency, _)) = sign {
        return done(whole * 100 + hundredths.unwrap_or(0), Some(currency), used);
    }
    // "twelve fifty" is an amount only where a currency follows.
    let mut minor = whole * 100 + hundredths.unwrap_or(0);
    if hundredths.is_none()
        && let Some((rest, more)) = cardinal(tokens, at + used)
        && (10..100).contains(&rest)
        && whole < 1000
        && of_word(word(tokens, at + used + more)).is_some()
    {
        minor += rest;
        used += more;
    }
    let unit = word(tokens, at + used);
    if matches!(unit, "cents" | "pence" | "cent") && hundredths.is_none() {
        let currency = (unit == "pence").then_some(Currency::Pound);
        return done(whole, currency, used + 1);
    }
    let currency = of_word(unit)?;
    used += 1;
    // "89 dollars and 50 cents", "89 dollars 50".
    let and = usize::from(word(tokens, at + used) == "and");
    if let Some(pence) =
        word(tokens, at + used + and).strip_suffix('p').and_then(|pence| pence.parse::<i64>().ok())
        && (1..100).contains(&pence)
        && minor % 100 == 0
    {
        return done(minor + pence, Some(currency), used + and + 1);
    }
    if let Some((cents, more)) = cardinal(tokens, at + used + and)
        && (0..100).contains(&cents)
        && minor % 100 == 0
        && !tokens[at + used - 1].stop
    {
        let named = matches!(word(tokens, at + used + and + more), "cents" | "cent" | "pence");
        let bare = and == 0 && cents >= 10 && !tokens[at + used - 1].comma;
        if named || bare {
            return done(minor + cents, Some(currency), used + and + more + usize::from(named));
        }
    }
    done(minor, Some(currency), used)
}

/// A number of money: whole units, hundredths where they are written, and how many words it takes.
fn figure(tokens: &[Token], at: usize) -> Option<(i64, Option<i64>, usize)> {
    let first = word(tokens, at);
    if let Some((whole, cents)) = first.rsplit_once('.')
        && cents.len() == 2
        && whole.chars().all(|sign| sign.is_ascii_digit() || sign == ',')
    {
        let whole = whole.replace(',', "").parse().ok().filter(|whole| *whole < 1_000_000_000)?;
        return Some((whole, Some(cents.parse().ok()?), 1));
    }
    if let Some(thousands) = first.strip_suffix('k').and_then(|digits| digits.parse::<i64>().ok()) {
        return (0..100_000).contains(&thousands).then_some((thousands * 1000, None, 1));
    }
    let (whole, used) = cardinal(tokens, at)?;
    (whole < 1_000_000_000).then_some((whole, None, used))
}

const fn of_sign(sign: char) -> Option<(Currency, usize)> {
    match sign {
        '$' => Some((Currency::Dollar, 1)),
        '£' => Some((Currency::Pound, 2)),
        '€' => Some((Currency::Euro, 3)),
        _ => None,
    }
}

fn of_word(word: &str) -> Option<Currency> {
    match word {
        "dollars" | "dollar" | "bucks" | "buck" | "usd" => Some(Currency::Dollar),
        "pounds" | "pound" | "quid" | "gbp" => Some(Currency::Pound),
        "euros" | "euro" | "eur" => Some(Currency::Euro),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_with_their_currency() {
        let said = [
            ("You charged me $1,240 twice.", "$1240.00"),
            ("two hundred and fifty dollars", "$250.00"),
            ("I paid 80 bucks.", "$80.00"),
            ("It was twelve fifty, I think.", ""),
            ("It was twelve fifty dollars.", "$12.50"),
            ("£40 for nothing", "£40.00"),
            ("89 dollars and 50 cents", "$89.50"),
            ("eighty nine dollars fifty", "$89.50"),
            ("I owe $35.20.", "$35.20"),
            ("fifty cents", "0.50"),
            ("a hundred quid and twenty euros", "£100.00 €20.00"),
            ("fifteen hundred dollars, two of them", "$1500.00"),
            ("five thousand two hundred dollars", "$5200.00"),
            ("I have 3 dogs and 5 cats.", ""),
            ("$5k", "$5000.00"),
            ("It was $50, no sorry, $15.", "$15.00"),
            ("20 quid and 50p", "£20.50"),
        ];
        for (text, expected) in said {
            let found: Vec<String> = money(text).iter().map(Money::written).collect();
            assert_eq!(found.join(" "), expected, "{text}");
        }
    }

    #[test]
    fn the_span_holds_sign_and_unit() {
        let spans =
            |text: &'static str| money(text).into_iter().map(|money| &text[money.span]).collect::<Vec<_>>();
        assert_eq!(spans("it was £40, or 30 dollars"), ["£40", "30 dollars"]);
    }
}
