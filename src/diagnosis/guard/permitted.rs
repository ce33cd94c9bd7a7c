//! What the playbook lets the receptionist say of its own.

use super::pattern::{Token, tokens};
use crate::domain::{Business, Playbook};

/// What may be promised and told, and the words that are barred, made ready for checking.
#[derive(Debug, Clone, Default)]
pub struct Permitted {
    /// What may be promised, offered or told.
    phrases: Vec<Phrase>,
    /// What binds the business, in the words a caller may be told.
    constraints: Vec<Phrase>,
    /// Words that are never said of the receptionist's own.
    never: Vec<Phrase>,
}

/// Words in an order, with places for a number or a time.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Phrase(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Word(String),
    /// Any number of words of time and number, such as the opening hours.
    Blank,
}

/// What `playbook` lets the receptionist promise, offer and tell, and the words it bars.
pub fn permitted(playbook: &Playbook) -> Permitted {
    let mut permitted = Permitted::default();
    for topic in &playbook.topics {
        let told = topic.constraint.iter().map(|constraint| constraint.told.as_str());
        for sentence in told {
            permitted.constraints.extend(sentences(sentence));
        }
        for text in topic.decline.iter().chain(&topic.happened).chain(&topic.empathy) {
            permitted.tell(text);
        }
        for text in topic.ask_happened.iter().chain(&topic.ask_wanted) {
            permitted.tell(text);
        }
        for step in &topic.steps {
            permitted.tell(&step.offer);
            permitted.tell(&step.otherwise);
            let owner = playbook.owner(&step.owner).map_or("", |owner| owner.name.as_str());
            for subject in [owner, "they"] {
                permitted.tell(&format!("{subject} will {}", step.action));
            }
        }
    }
    for emergency in &playbook.emergencies {
        permitted.tell(&emergency.told);
    }
    permitted.tell(&playbook.self_harm);
    for faq in &playbook.faqs {
        permitted.tell(&faq.answer);
    }
    let takeover = &playbook.takeover;
    let takers = [
        &takeover.person,
        &takeover.manager,
        &takeover.legal,
        &takeover.safety,
        &takeover.repeated,
        &takeover.abuse,
    ];
    for owner in takers.into_iter().filter_map(|key| playbook.owner(key)) {
        permitted.call_back(&owner.name);
    }
    for word in &playbook.never_promise {
        permitted.never.extend(phrase(word));
    }
    permitted
}

/// What `business` lets the receptionist promise, offer and tell: its playbook, its call-backs and its own sentences.
pub fn permitted_by(business: &Business) -> Permitted {
    let mut permitted = permitted(&business.playbook);
    permitted.call_back(&business.callback.owner);
    permitted.call_back(&business.callback.urgent_owner);
    permitted.tell(&business.name);
    let own = [&business.greeting, &business.greeting_closed].into_iter().chain(&business.notice);
    for text in own.chain(business.fields.iter().flat_map(|field| &field.ask)) {
        permitted.tell(text);
    }
    permitted
}

impl Permitted {
    fn tell(&mut self, text: &str) {
        self.phrases.extend(sentences(text));
    }

    fn call_back(&mut self, owner: &str) {
        self.tell(&format!("{owner} will call you back"));
        self.tell(&format!("{owner} will call you"));
        self.tell(&format!("have {owner} call you back"));
        self.tell(&format!("have {owner} call you"));
    }

    /// Which of the words belong to something that may be promised, offered or told.
    pub(super) fn covers(&self, tokens: &[Token]) -> Vec<bool> {
        let mut covered = vec![false; tokens.len()];
        for phrase in self.phrases.iter().chain(&self.constraints) {
            for (start, end) in phrase.all(tokens) {
                covered[start..end].fill(true);
            }
        }
        covered
    }

    /// Whether the words say what binds the business.
    pub(super) fn is_constraint(&self, tokens: &[Token]) -> bool {
        self.constraints.iter().any(|phrase| phrase.all(tokens).next().is_some())
    }

    /// Where the barred words stand.
    pub(super) fn barred(&self, tokens: &[Token]) -> impl Iterator<Item = (usize, usize)> {
        self.never.iter().flat_map(move |phrase| phrase.inflected(tokens))
    }
}

impl Phrase {
    /// Where it stands in the words; a due time or the number to call may stand in between.
    fn all(&self, tokens: &[Token]) -> impl Iterator<Item = (usize, usize)> {
        (0..tokens.len()).filter_map(|start| matches(&self.0, tokens, start, true).map(|end| (start, end)))
    }

    /// Where it stands, its words also with an ending: "refunds", "guaranteed".
    fn inflected(&self, tokens: &[Token]) -> impl Iterator<Item = (usize, usize)> {
        let fits = |part: &Part, token: &Token| match part {
            Part::Word(word) => {
                let stem = word.trim_end_matches(['e', 'y']);
                let endings = ["", "e", "y", "s", "es", "ies", "d", "ed", "ied", "ing", "ying", "able", "'s"];
                token.text.strip_prefix(stem).is_some_and(|ending| endings.contains(&ending))
            }
            Part::Blank => false,
        };
        (0..(tokens.len() + 1).saturating_sub(self.0.len())).filter_map(move |start| {
            let here = &tokens[start..start + self.0.len()];
            self.0
                .iter()
                .zip(here)
                .all(|(part, token)| fits(part, token))
                .then_some((start, start + here.len()))
        })
    }
}

/// The end of the match of `parts` from `at`; nothing is skipped before the first word.
fn matches(parts: &[Part], tokens: &[Token], at: usize, first: bool) -> Option<usize> {
    let Some((part, rest)) = parts.split_first() else {
        return Some(at);
    };
    let taken = match part {
        Part::Word(word) if tokens.get(at).is_some_and(|token| token.text == *word) => {
            matches(rest, tokens, at + 1, false)
        }
        Part::Word(_) => None,
        Part::Blank => (0..=BLANK_WORDS)
            .take_while(|n| *n == 0 || tokens.get(at + n - 1).is_some_and(|token| is_time(&token.text)))
            .find_map(|n| matches(rest, tokens, at + n, false)),
    };
    taken.or_else(|| {
        let skipped = if first { None } else { detail(tokens, at) };
        skipped.and_then(|end| matches(parts, tokens, end, false))
    })
}

/// The most words that stand for one blank.
const BLANK_WORDS: usize = 60;

/// The end of a due time ("by noon") or of the number to call ("on 415 555 0142") that begins at `at`.
pub(super) fn detail(tokens: &[Token], at: usize) -> Option<usize> {
    due(tokens, at).or_else(|| number(tokens, at))
}

fn due(tokens: &[Token], at: usize) -> Option<usize> {
    if tokens.get(at)?.text != "by" {
        return None;
    }
    let times = tokens[at + 1..].iter().take_while(|token| is_time(&token.text)).count();
    let said = &tokens[at + 1..at + 1 + times];
    // "by the" alone is no time, and a preposition at its end belongs to what follows.
    let loose = said.iter().rev().take_while(|token| is_link(&token.text)).count();
    (times > loose).then_some(at + 1 + times - loose)
}

fn number(tokens: &[Token], at: usize) -> Option<usize> {
    let from = at + usize::from(matches!(tokens.get(at)?.text.as_str(), "on" | "at"));
    let is_digits = |token: &&Token| token.text.trim_start_matches('+').chars().all(|c| c.is_ascii_digit());
    let groups = tokens[from..].iter().take_while(is_digits).count();
    let digits: usize = tokens[from..from + groups].iter().map(|token| token.text.len()).sum();
    (digits >= 7).then_some(from + groups)
}

/// Words that link the words of a time.
fn is_link(word: &str) -> bool {
    const LINKS: &str =
        " and from to until till through the of in on at a an past this next or then for between ";
    LINKS.contains(&format!(" {word} "))
}

/// Words that times and opening hours are said with.
fn is_time(word: &str) -> bool {
    const TIMES: &str = " one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen twenty \
        thirty forty fifty half quarter noon midnight midday o'clock oclock am pm m p morning afternoon evening \
        night tonight today tomorrow day week end monday tuesday wednesday thursday friday saturday sunday mondays tuesdays \
        wednesdays thursdays fridays saturdays sundays weekdays weekday weekends january february march april may june july \
        august september october november december first second third fourth fifth sixth seventh eighth ninth tenth \
        eleventh twelfth except closed open ";
    let digits = word.trim_end_matches(['s', 't', 'n', 'd', 'r', 'h', 'a', 'm', 'p']);
    let clock = |c: char| c.is_ascii_digit() || c == ':';
    is_link(word) || TIMES.contains(&format!(" {word} ")) || !digits.is_empty() && digits.chars().all(clock)
}

fn sentences(text: &str) -> impl Iterator<Item = Phrase> {
    crate::understanding::words::sentences(text).into_iter().filter_map(phrase)
}

/// The words of `text`; a place in braces is a blank, and `on {number}` may be left out.
fn phrase(text: &str) -> Option<Phrase> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        let before = if name == "number" { before.trim_end().trim_end_matches("on") } else { before };
        parts.extend(tokens(before).into_iter().map(|token| Part::Word(token.text)));
        if name != "number" {
            parts.push(Part::Blank);
        }
        rest = after;
    }
    parts.extend(tokens(rest).into_iter().map(|token| Part::Word(token.text)));
    (!parts.is_empty()).then_some(Phrase(parts))
}
