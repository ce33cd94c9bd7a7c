//! What a caller's words show beside their matter: whom they ask for, dangers, abuse, and how they are.
//!
//! Rules over words: phrases with gaps and stems, with guards against denials ("no emergency"), reports of what
//! others said ("he called me an idiot"), things long past, and idioms ("I'm dying to know").

mod abuse;
mod danger;
mod escalation;
mod feeling;
mod guard;
mod pattern;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::LazyLock;

use self::guard::Guards;
use self::pattern::Patterns;
use super::tokens::{Token, tokens};
use crate::domain::EmergencyKind;

/// Something that a caller's words show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    /// What it is.
    pub kind: SignalKind,
    /// The place of the words that show it, in bytes.
    pub span: Range<usize>,
}

/// What a [`Signal`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SignalKind {
    /// Asks for a human being.
    Person,
    /// Asks for somebody with authority.
    Manager,
    /// It is not the first time, or an earlier fix failed.
    Repeated {
        /// How often, where it was said.
        times: Option<u32>,
    },
    /// Means to go to law against the business.
    Legal,
    /// Brings in a regulator, privacy, a formal complaint.
    Compliance,
    /// Threatens somebody.
    Threat,
    /// May harm themselves, or speaks of somebody who may.
    SelfHarm,
    /// Somebody or something is in danger now.
    Emergency(EmergencyKind),
    /// Abusive words.
    Abuse(Degree),
    /// Despair or great need.
    Distress,
    /// Anger about the matter.
    Anger,
    /// Wants it now.
    Impatience,
    /// Loses the thread.
    Confusion,
    /// Is afraid.
    Fear,
    /// Has little time for this call.
    Rush,
    /// Feels ashamed to ask.
    Embarrassment,
    /// Worn out by differing answers or endless calls.
    WornOut,
    /// Says the opposite of what is meant.
    Sarcasm,
    /// Says thanks.
    Thanks,
    /// Is glad.
    Gladness,
}

/// How abusive words are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Degree {
    /// Swearing at the situation.
    Mild,
    /// Insults somebody, or tells them off.
    Insult,
    /// Hateful, sexual or degrading.
    Severe,
}

/// The patterns of one kind of signal, and what speaks against them.
struct Rules {
    kind: SignalKind,
    /// Patterns that show it.
    said: &'static [&'static str],
    /// Patterns that, where they overlap a match, show that something else is meant.
    unless: &'static [&'static str],
    guards: Guards,
}

struct Rulebook {
    rules: Vec<&'static Rules>,
    said: Patterns,
    unless: Patterns,
}

static RULEBOOK: LazyLock<Rulebook> = LazyLock::new(|| {
    let rules: Vec<&'static Rules> =
        [escalation::RULES, danger::RULES, abuse::RULES, feeling::RULES].into_iter().flatten().collect();
    let of = |pick: fn(&'static Rules) -> &'static [&'static str]| {
        let owned = rules.iter().enumerate();
        Patterns::new(
            owned.flat_map(move |(owner, rules)| pick(rules).iter().map(move |pattern| (owner, *pattern))),
        )
    };
    let (said, unless) = (of(|rules| rules.said), of(|rules| rules.unless));
    Rulebook { rules, said, unless }
});

/// Finds the signals in `text`, in their order; those of one kind that overlap are one.
pub fn signals(text: &str) -> Vec<Signal> {
    let tokens = tokens(text);
    let book = &*RULEBOOK;
    let unless = book.unless.find(&tokens);
    let mut found: Vec<(SignalKind, Range<usize>)> = Vec::new();
    for (owner, at) in book.said.find(&tokens) {
        let rules = book.rules[owner];
        let otherwise =
            unless.iter().any(|(of, idiom)| *of == owner && idiom.start < at.end && at.start < idiom.end);
        if !otherwise && !rules.guards.stop(&tokens, &at) {
            found.push((counted(rules.kind, &tokens[at.clone()]), at));
        }
    }
    merge(found)
        .into_iter()
        .map(|(kind, at)| Signal { kind, span: tokens[at.start].start..tokens[at.end - 1].end })
        .collect()
}

/// The kind with the number that was said in its words.
fn counted(kind: SignalKind, said: &[Token]) -> SignalKind {
    if matches!(kind, SignalKind::Repeated { .. }) {
        let times = said.iter().filter_map(|token| escalation::count(&token.word)).max();
        return SignalKind::Repeated { times };
    }
    kind
}

/// Joins overlapping finds of one family; the worse of two degrees and the higher of two counts stays.
fn merge(mut found: Vec<(SignalKind, Range<usize>)>) -> Vec<(SignalKind, Range<usize>)> {
    found.sort_by_key(|(_, at)| (at.start, at.end));
    let mut merged: Vec<(SignalKind, Range<usize>)> = Vec::new();
    for (kind, at) in found {
        let same = |other: SignalKind| match (kind, other) {
            (SignalKind::Repeated { .. }, SignalKind::Repeated { .. })
            | (SignalKind::Abuse(_), SignalKind::Abuse(_)) => true,
            (one, other) => one == other,
        };
        match merged
            .iter_mut()
            .find(|(other, range)| same(*other) && at.start < range.end && range.start < at.end)
        {
            Some((other, range)) => {
                *other = kind.max(*other);
                range.end = range.end.max(at.end);
            }
            None => merged.push((kind, at)),
        }
    }
    merged
}
