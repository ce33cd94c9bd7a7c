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
