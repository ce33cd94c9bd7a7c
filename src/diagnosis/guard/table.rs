//! Rules that are broken by words alone.

use std::sync::LazyLock;

use super::pattern::{Pattern, Token};
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
    hits: Vec<Pattern>,
    harmless: Vec<Pattern>,
    reported: bool,
}

static PREPARED: LazyLock<Vec<Prepared>> = LazyLock::new(|| {
    let patterns = |sources: &[&'static str]| sources.iter().map(|source| Pattern::new(source)).collect();
    let prepared = |table: &Table| Prepared {
        rule: table.rule,
        hits: patterns(table.hits),
        harmless: patterns(table.harmless),
        reported: table.reported,
    };
    let all = [respect::TABLES, feeling::TABLES, refusal::TABLES, matter::TABLES];
    all.into_iter().flatten().map(prepared).collect()
});

/// The rules that are broken, each with the words that break it, as a range of indices.
pub(super) fn broken(tokens: &[Token]) -> impl Iterator<Item = (Rule, (usize, usize))> + '_ {
    PREPARED.iter().flat_map(move |table| {
        let harmless: Vec<(usize, usize)> =
            table.harmless.iter().flat_map(|pattern| pattern.all(tokens)).collect();
        let found: Vec<(usize, usize)> = table.hits.iter().flat_map(|pattern| pattern.all(tokens)).collect();
        found.into_iter().filter_map(move |hit| {
            let excused = harmless.iter().any(|around| around.0 <= hit.0 && hit.1 <= around.1);
            let reported = table.reported && is_reported(tokens, hit.0);
            (!excused && !reported).then_some((table.rule, hit))
        })
    })
}

/// Whether the words before `at` say that somebody else said what follows: "so our office told you that …".
pub(super) fn is_reported(tokens: &[Token], at: usize) -> bool {
    static FRAMES: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
        [
            "told you",
            "said to you",
            "so|that|and ~ you were ~ told",
            "you said|told|mentioned|heard|wrote",
            "somebody|someone said",
        ]
        .iter()
        .map(|source| Pattern::new(source))
        .collect()
    });
    let own = |word: &str| matches!(word, "i" | "we" | "already" | "just" | "have" | "never" | "not");
    FRAMES.iter().flat_map(|frame| frame.all(tokens)).any(|(start, end)| {
        end <= at && !(tokens[start].text == "told" && start > 0 && own(&tokens[start - 1].text))
    })
}
