use std::fmt::Write as _;
use std::sync::Arc;

use calmline::cli::calls::findings;
use calmline::domain::{Business, Fact, HangupCause, Pii, Question};
use calmline::store::{CallRecord, StoredFact};

/// A call as it went: told by its facts, whether it was held in text or on a line.
pub struct Held {
    pub business: Arc<Business>,
    pub turns: Vec<Turn>,
    pub facts: Vec<StoredFact>,
    pub record: CallRecord,
    /// What was said on both sides.
    pub page: String,
    pub caller_turns: usize,
    pub ended: bool,
    /// What whoever takes over hears at the end of it, where a person is needed; not known of a stored call.
    pub spoken: Option<String>,
}

/// What the bot said in one go, as far as it was heard.
pub struct Turn {
    pub text: Pii<String>,
    pub asks: Option<Question>,
}

impl Held {
    pub fn new(business: Arc<Business>, facts: Vec<StoredFact>, record: CallRecord) -> Self {
        let (mut turns, mut page, mut caller_turns): (Vec<Turn>, _, _) = (Vec::new(), String::new(), 0);
        for StoredFact { fact, .. } in &facts {
            if let Fact::BotSaid { heard, .. } = fact {
                writeln!(page, "BOT: {}", heard.expose()).unwrap();
                turns.push(Turn { text: heard.clone(), asks: None });
            }
            // What was asked follows what was said.
            if let (Fact::Asked { question, .. }, Some(turn)) = (fact, turns.last_mut()) {
                turn.asks = Some(question.clone());
            }
            if let Fact::CallerSaid { utterance, .. } = fact {
                writeln!(page, "CALLER: {}", utterance.text.expose()).unwrap();
                caller_turns += 1;
            }
            if let Fact::SilenceNoticed { .. } = fact {
                writeln!(page, "CALLER:").unwrap();
                caller_turns += 1;
            }
        }
        let ended = record.cause.is_some_and(|cause| cause != HangupCause::CallerHungUp);
        Self { business, turns, facts, record, page, caller_turns, ended, spoken: None }
    }

    pub fn times_asked(&self, label: &str) -> usize {
        let asks = |turn: &&Turn| turn.asks.as_ref().is_some_and(|asks| asks.label() == label);
        self.turns.iter().filter(asks).count()
    }

    /// What was said, and what came of it.
    pub fn shown(&self) -> String {
        let mut findings = findings(&self.record, &self.business.time_zone);
        // The head says when and how long; its ids say nothing.
        findings = findings.lines().skip(1).collect::<Vec<_>>().join("\n");
        format!("{}\n{findings}\n", self.page)
    }
}
