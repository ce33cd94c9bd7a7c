//! Everything typed that was said in passing.

use std::ops::Range;

use jiff::Zoned;

use super::{address, code, email, moment, money, name, phone};
use crate::domain::{Mention, MentionKind, Pii};

/// The names, numbers, addresses, codes, moments and amounts in `text`, in order and without overlap; numbers are read
/// as those of `region`, moments as said at `now`.
pub fn mentions(text: &str, region: &str, now: &Zoned) -> Vec<(Mention, Range<usize>)> {
    let mut found: Vec<(Mention, Range<usize>)> = Vec::new();
    // What is surest of its place comes first; nothing is read twice.
    let mut add = |kind: MentionKind, value: String, span: Range<usize>| {
        let free = found.iter().all(|(_, taken)| span.end <= taken.start || taken.end <= span.start);
        if free && !span.is_empty() {
            found.push((Mention { kind, value: Pii::new(value) }, span));
        }
    };
    for (span, address) in email::emails(text) {
        add(MentionKind::Email, address, span);
    }
    for (span, code) in code::cued(text) {
        add(MentionKind::Code, code, span);
    }
    for (span, number) in phone::numbers(text, region) {
        add(MentionKind::Number, number.expose().to_owned(), span);
    }
    for amount in money::money(text) {
        add(MentionKind::Money, amount.written(), amount.span);
    }
    for span in address::addresses(text) {
        add(MentionKind::Address, text[span.clone()].to_owned(), span);
    }
    for moment in moment::moments(text, now) {
        add(MentionKind::Moment, moment.iso(), moment.span);
    }
    for (span, name) in name::names(text) {
        add(MentionKind::Name, name, span);
    }
    found.sort_by_key(|(_, span)| span.start);
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn now() -> Zoned {
        "2026-11-25T10:20[America/New_York]".parse().unwrap()
    }

    fn read(text: &str) -> Vec<String> {
        let found = mentions(text, "US", &now());
        found
            .into_iter()
            .map(|(mention, _)| format!("{:?} {}", mention.kind, mention.value.expose()))
            .collect()
    }

    #[test]
    fn a_turn_gives_all_it_holds_in_order() {
        let text = "Hi, this is Jane Doe, your man was supposed to come last Tuesday between eight and twelve, I lost \
            $200, my account is D 4471, call me at four one five, five five five, oh one four two after three \
            tomorrow or write to jane dot doe at gmail dot com, I live at 18 Fernwood Avenue.";
        assert_eq!(
            read(text),
            [
                "Name Jane Doe",
                "Moment 2026-11-24T08:00/12:00",
                "Money $200.00",
                "Code D4471",
                "Number +14155550142",
                "Moment 2026-11-26T15:00/..",
                "Email jane.doe@gmail.com",
                "Address 18 Fernwood Avenue",
            ]
        );
    }

    #[test]
    fn what_only_looks_like_a_value_is_none() {
        for text in [
            "I have called three times and waited for two hours.",
            "There were four of us in 2 rooms.",
            "It may march on for a second, in the first place.",
            "You people never call back at all.",
            "I am sick of this, this is the last time.",
            "It is at the end of the street.",
            "I want my money back.",
            "",
        ] {
            assert!(read(text).is_empty(), "{text}: {:?}", read(text));
        }
    }

    proptest! {
        #[test]
        fn any_text_is_taken_apart_without_harm(text in "\\PC{0,60}") {
            check(&text);
        }

        #[test]
        fn any_talk_of_values_is_taken_apart_without_harm(
            words in prop::collection::vec(prop::sample::select(WORDS.to_vec()), 0..24),
        ) {
            check(&words.join(" "));
        }
    }

    const WORDS: &[&str] = &[
        "at",
        "four",
        "march",
        "the",
        "31st",
        "of",
        "next",
        "last",
        "tuesday",
        "week",
        "month",
        "in",
        "two",
        "days",
        "ago",
        "between",
        "and",
        "to",
        "from",
        "half",
        "past",
        "quarter",
        "noon",
        "2:45",
        "2.45",
        "pm",
        "a.m.",
        "$",
        "£40",
        "dollars",
        "cents",
        "fifty",
        "hundred",
        "thousand",
        "dot",
        "com",
        "jane",
        "underscore",
        "é",
        "—",
        "ß",
        "Mr.",
        "Jane",
        "my",
        "name",
        "is",
        "no,",
        "wait",
        "i",
        "mean",
        "account",
        "number",
        "D",
        "4471",
        "oh",
        "double",
        "triple",
        "415-555-0142",
        "+1",
        "february",
        "29th",
        "1000",
        "years",
        "30",
        "9999999999999999999999",
        "2026-02-30",
        "31/12/99",
        "8-12",
        "this",
        "morning",
        "tonight",
        "end",
        "a",
        "couple",
        "business",
        "not",
        "by",
        "until",
        "18",
        "Avenue",
        "@",
        "x@y.zz",
        "’s",
    ];

    fn check(text: &str) {
        let pattern = crate::domain::CodePattern::parse("A-9999").unwrap();
        let mut spans: Vec<Range<usize>> =
            mentions(text, "US", &now()).into_iter().map(|(_, span)| span).collect();
        assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start), "in order and apart: {text}");
        spans.extend(code::codes(text, &pattern).into_iter().map(|(span, _)| span));
        spans.extend(moment::moments(text, &now()).into_iter().map(|moment| moment.span));
        spans.extend(money::money(text).into_iter().map(|money| money.span));
        spans.extend(email::emails(text).into_iter().map(|(span, _)| span));
        spans.extend(name::names(text).into_iter().map(|(span, _)| span));
        spans.extend(phone::numbers(text, "GB").into_iter().map(|(span, _)| span));
        assert!(
            spans.into_iter().all(|span| !span.is_empty() && text.get(span).is_some()),
            "within the text: {text}"
        );
        super::super::answer(text);
        name::name(text, true);
    }
}
