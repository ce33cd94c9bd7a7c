//! Rules that are broken by words alone.

use std::sync::LazyLock;

use super::pattern::{Patterns, Token};
use super::{Rule, feeling, matter, refusal, respect};

/// How a rule is broken.
pub(super) struct Table {
    /// The rule.
    pub(super) rule: Rule,
    /// Patterns of sentences that break it.
    pub(super) hits: &'static [&'static str],
    /// Patterns around a hit that make it harmless.
    pub(super) harmless: &'static [&'static str],
    /// Whether words that are reported ("so you were told that …") do not count.
    pub(super) reported: bool,
}

/// A table made ready.
struct Prepared {
    rule: Rule,
    hits: Patterns,
    harmless: Patterns,
    reported: bool,
}

static PREPARED: LazyLock<Vec<Prepared>> = LazyLock::new(|| {
    let prepared = |table: &Table| Prepared {
        rule: table.rule,
        hits: Patterns::new(table.hits.iter().copied()),
        harmless: Patterns::new(table.harmless.iter().copied()),
        reported: table.reported,
    };
    let all = [respect::TABLES, feeling::TABLES, refusal::TABLES, matter::TABLES];
    all.into_iter().flatten().map(prepared).collect()
});

/// The rules that are broken, each with the words that break it, as a range of indices.
pub(super) fn broken(tokens: &[Token]) -> impl Iterator<Item = (Rule, (usize, usize))> + '_ {
    PREPARED.iter().flat_map(move |table| {
        let found = table.hits.places(tokens);
        let harmless = if found.is_empty() { Vec::new() } else { table.harmless.places(tokens) };
        found.into_iter().filter_map(move |hit| {
            let excused = harmless.iter().any(|around| around.0 <= hit.0 && hit.1 <= around.1);
            let reported = table.reported && is_reported(tokens, hit.0);
            (!excused && !reported).then_some((table.rule, hit))
        })
    })
}

/// Whether the words before `at` say that somebody else said what follows: "so our office told you that …".
pub(super) fn is_reported(tokens: &[Token], at: usize) -> bool {
    static FRAMES: LazyLock<Patterns> = LazyLock::new(|| {
        Patterns::new([
            "told you",
            "said to you",
            "so|that|and ~ you were ~ told",
            "you said|told|mentioned|heard|wrote",
            "somebody|someone said",
        ])
    });
    let own = |word: &str| matches!(word, "i" | "we" | "already" | "just" | "have" | "never" | "not");
    FRAMES.places(tokens).into_iter().any(|(start, end)| {
        end <= at && !(tokens[start].text == "told" && start > 0 && own(&tokens[start - 1].text))
    })
}
