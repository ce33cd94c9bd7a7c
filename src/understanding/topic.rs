//! What a turn is about: the cues of a playbook found in the caller's words.
//!
//! A cue is found when its words stand in the text in order, in any inflection, with up to three words of weight between.
//! Every way of saying no counts as the same word, so that "never came" finds "nobody came" and "he didn't come".
//! A word weighs by its rarity over all topics (inverse document frequency, Spärck Jones 1972), so specific cues win.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::tokens::{Token, tokens};

/// A topic found in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct TopicMatch {
    /// Its index among the topics given.
    pub topic: usize,
    /// How much speaks for it: the weight of its matched words; comparable within one call only.
    pub score: f32,
    /// The place of its best cue, in bytes.
    pub span: Range<usize>,
}

/// Finds the topics whose cues are in `text`, best first; `cues` holds the cues of each topic.
///
/// A topic whose words are all part of another's longer cue is left out ("water" beside "water heater").
pub fn topics(text: &str, cues: &[&[String]]) -> Vec<TopicMatch> {
    let said = Said::new(text);
    let compiled: Vec<Vec<Cue>> =
        cues.iter().map(|cues| cues.iter().map(|cue| Cue::new(cue)).collect()).collect();
    let rarity = Rarity::of(&compiled);
    let mut found: Vec<(TopicMatch, BTreeSet<usize>)> = Vec::new();
    for (topic, cues) in compiled.iter().enumerate() {
        let mut hits: Vec<(f32, Hit)> = Vec::new();
        for cue in cues {
            let weight: f32 = cue.words.iter().map(|word| rarity.weight(word)).sum();
            hits.extend(said.find(cue).into_iter().map(|hit| (weight * hit.closeness(), hit)));
        }
        hits.sort_by(|one, other| other.0.total_cmp(&one.0));
        let Some((best, hit)) = hits.first() else { continue };
        let further = hits.iter().find(|(_, other)| other.at.iter().all(|at| !hit.at.contains(at)));
        let score = best + further.map_or(0.0, |(weight, _)| weight * FURTHER_CUE);
        let span = said.span(hit);
        found.push((TopicMatch { topic, score, span }, hit.at.iter().copied().collect()));
    }
    let covered: Vec<bool> = found
        .iter()
        .map(|(_, at)| found.iter().any(|(_, other)| other.len() > at.len() && at.is_subset(other)))
        .collect();
    let mut matches: Vec<TopicMatch> =
        found.into_iter().zip(covered).filter(|(_, covered)| !covered).map(|((found, _), _)| found).collect();
    matches.sort_by(|one, other| other.score.total_cmp(&one.score).then(one.topic.cmp(&other.topic)));
    matches
}

/// The place of the first of the `cues` that is in `text`, in bytes.
pub fn cued(text: &str, cues: &[String]) -> Option<Range<usize>> {
    let said = Said::new(text);
    cues.iter().find_map(|cue| said.find(&Cue::new(cue)).first().map(|hit| said.span(hit)))
}

/// The words of a cue as they are compared: cues with the same ones find the same.
pub fn compared(cue: &str) -> Vec<String> {
    Cue::new(cue).words
}

/// How much a second cue of a topic, elsewhere in the turn, adds.
const FURTHER_CUE: f32 = 0.3;
/// How many words of weight may stand between two words of a cue.
const GAP: usize = 3;
/// What a word that carries no matter weighs.
const FUNCTION_WEIGHT: f32 = 0.3;

/// A cue's words as they are compared.
struct Cue {
    words: Vec<String>,
}

impl Cue {
    fn new(cue: &str) -> Self {
        let all: Vec<Token> = tokens(cue);
        let mut words: Vec<String> = all.iter().filter(|token| !is_light(token)).map(key).collect();
        if words.is_empty() {
            words = all.iter().map(key).collect();
        }
        Self { words }
    }
}

struct Rarity<'a> {
    topics: f32,
    holding: BTreeMap<&'a str, u32>,
}

impl<'a> Rarity<'a> {
    fn of(compiled: &'a [Vec<Cue>]) -> Self {
        let mut holding = BTreeMap::new();
        for cues in compiled {
            let words: BTreeSet<&str> = cues.iter().flat_map(|cue| &cue.words).map(String::as_str).collect();
            for word in words {
                *holding.entry(word).or_insert(0) += 1;
            }
        }
        Self { topics: compiled.len() as f32, holding }
    }

    fn weight(&self, word: &str) -> f32 {
        let holding = self.holding.get(word).copied().unwrap_or(1) as f32;
        let rarity = (1.0 + self.topics / holding).ln();
        if FUNCTION.contains(&word) { rarity * FUNCTION_WEIGHT } else { rarity }
    }
}

/// Where a cue was found.
struct Hit {
    at: Vec<usize>,
    gaps: usize,
}

impl Hit {
    fn closeness(&self) -> f32 {
        1.0 / (1.0 + 0.05 * self.gaps as f32)
    }
}

struct Said {
    tokens: Vec<Token>,
    keys: Vec<String>,
}

impl Said {
    fn new(text: &str) -> Self {
        let tokens = tokens(text);
        let keys = tokens.iter().map(key).collect();
        Self { tokens, keys }
    }

    fn span(&self, hit: &Hit) -> Range<usize> {
        let first = hit.at.iter().copied().min().unwrap_or(0);
        let last = hit.at.iter().copied().max().unwrap_or(0);
        self.tokens[first].start..self.tokens[last].end
    }

    /// Every place where the cue stands and is not denied.
    fn find(&self, cue: &Cue) -> Vec<Hit> {
        let Some((first, rest)) = cue.words.split_first() else { return Vec::new() };
        let starts = (0..self.keys.len()).filter(|&at| self.keys[at] == *first);
        starts
            .filter_map(|start| self.follow(start, rest))
            .filter(|hit| !self.denied(cue, hit.at[0]))
            .collect()
    }

    fn follow(&self, start: usize, rest: &[String]) -> Option<Hit> {
        let mut hit = Hit { at: vec![start], gaps: 0 };
        let mut at = start;
        for word in rest {
            let mut gap = 0;
            loop {
                if self.tokens[at].closes || at + 1 >= self.keys.len() {
                    return None;
                }
                at += 1;
                if self.keys[at] == *word {
                    break;
                }
                if NEVER_BETWEEN.contains(&self.keys[at].as_str()) {
                    return None;
                }
                gap += usize::from(!is_light(&self.tokens[at]));
                if gap > GAP {
                    return None;
                }
            }
            hit.at.push(at);
            hit.gaps += gap;
        }
        Some(hit)
    }

    /// Whether the words before say that it is not about this: "it's not about the bill", "I don't want to cancel".
    fn denied(&self, cue: &Cue, start: usize) -> bool {
        if cue.words.iter().any(|word| word == NOT) {
            return false;
        }
        for at in (0..start).rev() {
            let token = &self.tokens[at];
            if token.closes {
                return false;
            }
            if token.word == "not" {
                let before = at.checked_sub(1).map_or("", |before| self.tokens[before].word.as_str());
                return !matches!(before, "can" | "could" | "why");
            }
            if !DENYING.contains(&token.stem.as_str()) {
                return false;
            }
        }
        false
    }
}

const NOT: &str = "not";

/// A token as it is compared: its stem, every negator as one.
fn key(token: &Token) -> String {
    let negates = matches!(
        token.word.as_str(),
        "no" | "not" | "never" | "without" | "nobody" | "none" | "nothing" | "neither"
    );
    // "No, I have heat": an exclamation.
    let exclaims = token.word == "no" && token.comma;
    if negates && !exclaims { NOT.to_owned() } else { token.stem.clone() }
}

/// Words that a cue does not insist on and that do not count between its words.
fn is_light(token: &Token) -> bool {
    LIGHT.contains(&token.word.as_str())
}

const LIGHT: &[&str] = &[
    "a", "an", "the", "my", "your", "our", "his", "her", "their", "this", "that", "these", "those", "some",
    "any", "please", "just", "really", "very", "uh", "um", "one",
];

const NEVER_BETWEEN: &[&str] = &["i", "we", "but", "because", "and"];

/// Stems that weigh little in a cue.
const FUNCTION: &[&str] = &[
    "not", "be", "i", "me", "you", "it", "to", "do", "have", "get", "for", "on", "in", "of", "with", "at",
    "from", "by", "what", "how", "when", "why", "who", "where", "can", "will", "would", "there", "we", "us",
    "they", "he", "she", "if", "and", "or", "about", "up", "out", "is", "so", "still", "need", "want",
];

/// Stems that may stand between a "not" and what it denies.
const DENYING: &[&str] = &[
    "be", "about", "call", "for", "want", "need", "to", "the", "a", "an", "my", "thi", "this", "that",
    "your", "ask", "try", "look", "talk", "concern", "regard", "real", "just", "because", "of", "in",
    "interest", "lik", "wish", "plan", "go", "you",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(cues: &[&str]) -> Vec<String> {
        cues.iter().map(|cue| (*cue).to_owned()).collect()
    }

    fn found(text: &str, playbook: &[&[&str]]) -> Vec<usize> {
        let owned: Vec<Vec<String>> = playbook.iter().map(|cues| owned(cues)).collect();
        let cues: Vec<&[String]> = owned.iter().map(Vec::as_slice).collect();
        topics(text, &cues).iter().map(|found| found.topic).collect()
    }

    #[test]
    fn negations_of_the_matter_are_heard() {
        let playbook: &[&[&str]] = &[&["bill", "invoice"], &["appointment"]];
        assert_eq!(found("it's not about the bill, it's my appointment", playbook), [1]);
    }
}
