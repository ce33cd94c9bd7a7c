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
    /// Whether a cue stands in the text in full.
    pub whole: bool,
}

/// Finds the topics whose cues are in `text`, best first; `cues` holds the cues of each topic.
pub fn topics(text: &str, cues: &[&[String]]) -> Vec<TopicMatch> {
    Topics::new(cues.iter().copied()).find(text)
}

/// The cues of several topics, made ready for finding.
#[derive(Debug, Clone)]
pub struct Topics {
    cues: Vec<Cues>,
    rarity: Rarity,
}

impl Topics {
    /// Makes the cues of each topic ready.
    pub fn new<'a>(cues: impl IntoIterator<Item = &'a [String]>) -> Self {
        let cues: Vec<Cues> = cues.into_iter().map(Cues::new).collect();
        let rarity = Rarity::of(&cues);
        Self { cues, rarity }
    }

    /// The cues of one topic.
    pub fn of(&self, topic: usize) -> &Cues {
        &self.cues[topic]
    }

    /// Finds the topics whose cues are in `text`, best first.
    ///
    /// Where no cue stands in full, topics of which most of a cue's weight is there come with at most half a score.
    /// A topic whose words are all part of another's longer cue is left out ("water" beside "water heater").
    pub fn find(&self, text: &str) -> Vec<TopicMatch> {
        let said = Said::new(text);
        let mut found: Vec<(TopicMatch, BTreeSet<usize>)> = Vec::new();
        for (topic, cues) in self.cues.iter().enumerate() {
            let mut hits: Vec<(f32, Hit)> = Vec::new();
            for cue in &cues.0 {
                let places = said.find(cue);
                if !places.is_empty() {
                    let weight = self.rarity.of_cue(cue);
                    hits.extend(places.into_iter().map(|hit| (weight * hit.closeness(), hit)));
                }
            }
            hits.sort_by(|one, other| other.0.total_cmp(&one.0));
            let Some((best, hit)) = hits.first() else { continue };
            let further = hits.iter().find(|(_, other)| other.at.iter().all(|at| !hit.at.contains(at)));
            let score = best + further.map_or(0.0, |(weight, _)| weight * FURTHER_CUE);
            let span = said.span(hit);
            let at = hit.at.iter().copied().collect();
            found.push((TopicMatch { topic, score, span, whole: true }, at));
        }
        if found.is_empty() {
            found = said.loosely(&self.cues, &self.rarity);
        }
        let covered: Vec<bool> = found
            .iter()
            .map(|(_, at)| found.iter().any(|(_, other)| other.len() > at.len() && at.is_subset(other)))
            .collect();
        let mut matches: Vec<TopicMatch> = found
            .into_iter()
            .zip(covered)
            .filter(|(_, covered)| !covered)
            .map(|((found, _), _)| found)
            .collect();
        matches.sort_by(|one, other| other.score.total_cmp(&one.score).then(one.topic.cmp(&other.topic)));
        matches
    }
}

/// The place of the first of the `cues` that is in `text`, in bytes.
pub fn cued(text: &str, cues: &[String]) -> Option<Range<usize>> {
    Cues::new(cues).find(text)
}

/// A list of cues, made ready for finding.
#[derive(Debug, Clone)]
pub struct Cues(Vec<Cue>);

impl Cues {
    /// Makes `cues` ready.
    pub fn new(cues: &[impl AsRef<str>]) -> Self {
        Self(cues.iter().map(|cue| Cue::new(cue.as_ref())).collect())
    }

    /// The place of the first of them that is in `text`, in bytes.
    pub fn find(&self, text: &str) -> Option<Range<usize>> {
        self.find_in(&Said::new(text))
    }

    /// The number of the first of the `lists` of which a cue is in `text`.
    pub fn first_of(lists: &[Self], text: &str) -> Option<usize> {
        let said = Said::new(text);
        lists.iter().position(|cues| cues.find_in(&said).is_some())
    }

    fn find_in(&self, said: &Said) -> Option<Range<usize>> {
        self.0.iter().find_map(|cue| said.find(cue).first().map(|hit| said.span(hit)))
    }
}

/// The words of a cue as they are compared: cues with the same ones find the same.
pub fn compared(cue: &str) -> Vec<String> {
    Cue::new(cue).words
}

/// How much a second cue of a topic, elsewhere in the turn, adds.
const FURTHER_CUE: f32 = 0.3;
/// How many words of weight may stand between two words of a cue.
const GAP: usize = 3;
/// How much of a cue's weight must be there for a loose match, and what is left of that.
const LOOSE_SHARE: f32 = 0.6;
const LOOSE: f32 = 0.5;
/// What is left of a cue's weight when its two words stand the other way round.
const TURNED: f32 = 0.8;
/// What a word that carries no matter weighs.
const FUNCTION_WEIGHT: f32 = 0.3;

/// A cue's words as they are compared.
#[derive(Debug, Clone)]
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

/// What each word of the cues weighs.
#[derive(Debug, Clone)]
struct Rarity(BTreeMap<String, f32>);

impl Rarity {
    fn of(topics: &[Cues]) -> Self {
        let mut holding: BTreeMap<&String, u32> = BTreeMap::new();
        for cues in topics {
            let words: BTreeSet<&String> = cues.0.iter().flat_map(|cue| &cue.words).collect();
            for word in words {
                *holding.entry(word).or_insert(0) += 1;
            }
        }
        let weight = |(word, holding): (&String, u32)| {
            let rarity = (1.0 + topics.len() as f32 / holding as f32).ln();
            let function = FUNCTION.contains(&word.as_str());
            (word.clone(), if function { rarity * FUNCTION_WEIGHT } else { rarity })
        };
        Self(holding.into_iter().map(weight).collect())
    }

    fn of_cue(&self, cue: &Cue) -> f32 {
        cue.words.iter().map(|word| self.weight(word)).sum()
    }

    fn weight(&self, word: &str) -> f32 {
        self.0.get(word).copied().unwrap_or_default()
    }
}

/// Where a cue was found.
struct Hit {
    at: Vec<usize>,
    gaps: usize,
    turned: bool,
}

impl Hit {
    fn closeness(&self) -> f32 {
        let order = if self.turned { TURNED } else { 1.0 };
        order / (1.0 + 0.05 * self.gaps as f32)
    }
}

struct Said {
    tokens: Vec<Token>,
    keys: Vec<String>,
    /// The places of the tokens in the order of their keys, so that they are found by them.
    by_key: Vec<usize>,
}

impl Said {
    fn new(text: &str) -> Self {
        let tokens = tokens(text);
        let keys: Vec<String> = tokens.iter().map(key).collect();
        let mut by_key: Vec<usize> = (0..keys.len()).collect();
        by_key.sort_by_key(|at| &keys[*at]);
        Self { tokens, keys, by_key }
    }

    /// The places of a key, in order.
    fn places(&self, key: &str) -> &[usize] {
        let from = self.by_key.partition_point(|at| self.keys[*at].as_str() < key);
        let places = &self.by_key[from..];
        &places[..places.iter().take_while(|at| self.keys[**at] == key).count()]
    }

    fn span(&self, hit: &Hit) -> Range<usize> {
        let first = hit.at.iter().copied().min().unwrap_or(0);
        let last = hit.at.iter().copied().max().unwrap_or(0);
        self.tokens[first].start..self.tokens[last].end
    }

    /// Every place where the cue stands and is not denied. Two words of matter may also stand the other way round:
    /// "my card was stolen" for "stolen card".
    fn find(&self, cue: &Cue) -> Vec<Hit> {
        if !cue.words.iter().all(|word| !self.places(word).is_empty()) {
            return Vec::new();
        }
        let mut hits = self.find_in_order(&cue.words);
        if let [one, other] = cue.words.as_slice()
            && !FUNCTION.contains(&one.as_str())
            && !FUNCTION.contains(&other.as_str())
        {
            let turned = self.find_in_order(&[other.clone(), one.clone()]);
            hits.extend(turned.into_iter().map(|hit| Hit { turned: true, ..hit }));
        }
        if !cue.words.iter().any(|word| word == NOT) {
            hits.retain(|hit| !self.denied(hit.at[0]));
        }
        hits
    }

    /// The topics of which most of a cue's weight is in the text, in whatever order: better than nothing.
    fn loosely(&self, topics: &[Cues], rarity: &Rarity) -> Vec<(TopicMatch, BTreeSet<usize>)> {
        let mut found = Vec::new();
        for (topic, cues) in topics.iter().enumerate() {
            let mut best = (0.0, BTreeSet::new());
            // A "not" is never left out: "show up" is the opposite of "did not show up".
            let negated = !self.places(NOT).is_empty();
            let fit =
                |cue: &&Cue| cue.words.len() > 1 && (negated || !cue.words.iter().any(|word| word == NOT));
            for cue in cues.0.iter().filter(fit) {
                let there = cue.words.iter().filter_map(|word| {
                    let at = *self.places(word).first()?;
                    (!self.denied(at)).then(|| (at, rarity.weight(word)))
                });
                let (at, weights): (BTreeSet<usize>, Vec<f32>) = there.unzip();
                if weights.is_empty() {
                    continue;
                }
                let weight: f32 = weights.iter().sum();
                let share = weight / rarity.of_cue(cue).max(f32::EPSILON);
                if share >= LOOSE_SHARE && weight * share * LOOSE > best.0 {
                    best = (weight * share * LOOSE, at);
                }
            }
            let (score, at) = best;
            if let (Some(&first), Some(&last)) = (at.first(), at.last()) {
                let span = self.tokens[first].start..self.tokens[last].end;
                found.push((TopicMatch { topic, score, span, whole: false }, at));
            }
        }
        found
    }

    fn find_in_order(&self, words: &[String]) -> Vec<Hit> {
        let Some((first, rest)) = words.split_first() else { return Vec::new() };
        self.places(first).iter().filter_map(|start| self.follow(*start, rest)).collect()
    }

    fn follow(&self, start: usize, rest: &[String]) -> Option<Hit> {
        let mut hit = Hit { at: vec![start], gaps: 0, turned: false };
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
    fn denied(&self, start: usize) -> bool {
        let mut wishes = false;
        for at in (0..start).rev() {
            let token = &self.tokens[at];
            if token.closes {
                return false;
            }
            if token.word == "not" {
                return self.denies(at, wishes);
            }
            if !DENYING.contains(&token.stem.as_str()) {
                return false;
            }
            wishes |= WISHING.contains(&token.stem.as_str());
        }
        false
    }

    /// Whether the "not" at `at` denies the matter, as in "that's not", "I don't want", and does not ask or complain, as
    /// in "why isn't", "hasn't".
    fn denies(&self, at: usize, wishes: bool) -> bool {
        let Some(verb) = at.checked_sub(1).map(|before| &self.tokens[before]) else { return true };
        let asks = verb.opens || at >= 2 && self.tokens[at - 2].word == "why";
        match verb.stem.as_str() {
            "be" => !asks,
            "do" => wishes && !asks,
            "can" | "could" | "have" | "will" | "would" | "should" => false,
            _ => true,
        }
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
    NOT, "be", "i", "me", "you", "it", "to", "do", "have", "get", "for", "on", "in", "of", "with", "at",
    "from", "by", "what", "how", "when", "why", "who", "where", "can", "will", "would", "there", "we", "us",
    "they", "he", "she", "if", "and", "or", "about", "up", "out", "is", "so", "still", "need", "want",
];

/// Stems that may stand between a "not" and what it denies.
const DENYING: &[&str] = &[
    "be", "about", "call", "for", "want", "need", "to", "the", "a", "an", "my", "thi", "this", "that",
    "your", "ask", "try", "look", "talk", "concern", "regard", "real", "just", "because", "of", "in",
    "interest", "lik", "wish", "plan", "go", "you",
];

/// Stems with which a "do not" denies.
const WISHING: &[&str] = &["want", "need", "call", "ask", "try", "plan", "wish", "lik", "look", "mean"];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn owned(cues: &[&str]) -> Vec<String> {
        cues.iter().map(|cue| (*cue).to_owned()).collect()
    }

    fn found(text: &str, playbook: &[&[&str]]) -> Vec<usize> {
        let owned: Vec<Vec<String>> = playbook.iter().map(|cues| owned(cues)).collect();
        let cues: Vec<&[String]> = owned.iter().map(Vec::as_slice).collect();
        topics(text, &cues).iter().map(|found| found.topic).collect()
    }

    const HEATING: &[&[&str]] = &[
        &["never came", "did not show up", "missed appointment", "waited all day"],
        &["no heat", "heater not working", "heating stopped", "cold house"],
        &["water heater", "no hot water", "boiler"],
        &["change appointment", "move appointment", "another time", "reschedule"],
        &["bill", "charged too much", "invoice", "refund"],
        &["water", "leak", "pipe burst"],
    ];

    #[test]
    fn cues_are_found_in_any_form() {
        for (text, expected) in [
            ("The technician never even came.", 0),
            ("nobody came yesterday", 0),
            ("your guy didn't come", 0),
            ("he did not show up", 0),
            ("We don't have any heat.", 1),
            ("the heater isn't working", 1),
            ("the heating just stops every night", 1),
            ("Our water heater is broken.", 2),
            ("there's no hot water", 2),
            ("Can I change my dental appointment?", 3),
            ("I would like to be rescheduled", 3),
            ("I'm calling about my bills", 4),
            ("you overcharged, you charged me way too much", 4),
            ("it leaks under the sink", 5),
            ("a burst pipe in the wall", 5),
        ] {
            assert_eq!(found(text, HEATING).first(), Some(&expected), "{text}");
        }
        assert!(found("Hello, my name is Ann.", HEATING).is_empty());
    }

    #[test]
    fn the_longer_cue_wins_and_several_topics_stand_side_by_side() {
        assert_eq!(found("the water heater", HEATING), [2]);
        let both = found("nobody came on Monday and the bill is wrong", HEATING);
        assert_eq!(BTreeSet::from_iter(both), BTreeSet::from([0, 4]));
    }

    #[test]
    fn what_is_denied_is_no_topic_but_what_fails_is() {
        for (text, expected) in [
            ("it's not about the bill, it's that nobody came", Some(0)),
            ("I'm not calling about the bill. There is no heat.", Some(1)),
            ("I don't want to change my appointment", None),
            ("it isn't the boiler", None),
            ("why isn't my refund here", Some(4)),
            ("I haven't got the refund", Some(4)),
            ("I can't reschedule online", Some(3)),
            ("no it is the boiler", Some(2)),
            ("can you show up at five", None),
        ] {
            assert_eq!(found(text, HEATING).first().copied(), expected, "{text}");
        }
    }

    #[test]
    fn a_cue_is_found_with_its_place() {
        let cues = owned(&["opening hours", "how late open"]);
        let text = "Um, how late are you open — tonight?";
        assert_eq!(cued(text, &cues).map(|span| &text[span]), Some("how late are you open"));
        assert_eq!(cued("It's late.", &cues), None);
        assert_eq!(cued("How late is it. Open the door", &cues), None);
        assert_eq!(cued("", &cues), None);
    }

    proptest! {
        #[test]
        fn any_text_and_any_cue_give_places_in_the_text(text in "\\PC{0,60}", cue in "\\PC{0,12}") {
            let cues = vec![cue, text.clone()];
            for found in topics(&text, &[&cues, &cues[..1]]) {
                prop_assert!(text.get(found.span).is_some_and(|words| !words.is_empty()));
                prop_assert!(found.score.is_finite());
            }
            prop_assert!(cued(&text, &cues).is_none_or(|span| text.get(span).is_some()));
        }
    }
}
