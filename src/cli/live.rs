//! The live view of a call in the terminal: who speaks, the words as they come, and how long each answer took.

use std::io::{IsTerminal as _, Write as _};

use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::calls::{named, slot_name};
use crate::domain::{CallTime, Fact, HandoffNews, StressScore, TurnTiming};
use crate::reception::{Happening, News};

/// Prints the news of calls until their source closes.
pub async fn watch(mut news: Receiver<News>) {
    let mut view = View { colours: std::io::stdout().is_terminal(), provisional: false };
    loop {
        match news.recv().await {
            Ok(piece) => view.show(&piece),
            Err(RecvError::Lagged(missed)) => {
                view.line(None, &format!("({missed} pieces of news were missed)"))
            }
            Err(RecvError::Closed) => return,
        }
    }
}

struct View {
    colours: bool,
    /// Whether the last line on the terminal holds words that may still change.
    provisional: bool,
}

impl View {
    fn show(&mut self, news: &News) {
        match &news.what {
            Happening::Hearing(words) => self.provisional(news.at, words.expose()),
            Happening::Fact(fact) => self.fact(news.at, fact),
            // What matters of it comes again as a fact of the call.
            Happening::Handoff(..) => {}
        }
    }

    fn fact(&mut self, at: CallTime, fact: &Fact) {
        match fact {
            Fact::Answered { open, .. } => {
                let state = if *open { "open" } else { "closed" };
                self.line(Some(at), &format!("{} the business is {state}", self.dim("answered;")));
            }
            Fact::BotSaid { heard, text, span, .. } => {
                let cut = if heard.expose().len() < text.expose().len() { " —" } else { "" };
                let line = format!("{} {}{cut}", self.colour("36", "bot   "), heard.expose().trim());
                self.line(Some(span.start), &line);
            }
            Fact::CallerSaid { utterance, .. } => {
                let line = format!("{} {}", self.colour("33", "caller"), utterance.text.expose());
                self.line(Some(utterance.span.start), &line);
            }
            Fact::TurnTimed { timing } => self.timed(timing),
            Fact::Keyed { digit } => {
                self.line(Some(at), &format!("{} key {}", self.colour("33", "caller"), digit.as_char()));
            }
            Fact::Noted { slot, value, .. } => {
                self.note(&format!("noted {}: {}", slot_name(slot), value.expose()));
            }
            Fact::PromiseMade { promise } => {
                let line =
                    format!("promise: {} — {}, by {}", promise.what.expose(), promise.owner, promise.due);
                self.line(Some(at), &self.dim(&line));
            }
            Fact::Ended { cause } => self.line(Some(at), &self.dim(&format!("ended: {cause:?}"))),
            Fact::StreamLost => self.line(Some(at), &self.dim("the line dropped")),
            Fact::Resumed => self.line(Some(at), &self.dim("the caller is back")),
            Fact::SilenceNoticed { .. } => self.line(Some(at), &self.dim("silence")),
            Fact::Misunderstood { .. } => self.line(Some(at), &self.dim("not understood")),
            Fact::PersonRequested { .. } => self.line(Some(at), &self.dim("asks for a person")),
            Fact::Recalled { earlier } => self.note(&format!("called before: {} times", earlier.len())),
            Fact::EarlierMatter { same } => {
                self.note(if *same { "the same matter" } else { "another matter" })
            }
            Fact::EarlierResolved { resolved, .. } => {
                self.note(if *resolved {
                    "the earlier matter is resolved"
                } else {
                    "the earlier matter is not resolved"
                });
            }
            Fact::TopicChosen { topic } => self.note(&format!("topic: {topic}")),
            Fact::Diagnosed { aspect, answer } => {
                self.note(&format!("{}: {}", named(aspect), answer.value.expose()));
            }
            Fact::Undiagnosed { aspect } => self.note(&format!("{}: taken back", named(aspect))),
            Fact::CoreConfirmed => self.note("the core of it is agreed to"),
            Fact::StateRead { state, reason, .. } => self.note(&format!("{}: {reason}", named(state))),
            Fact::BoundarySet { count, .. } => self.note(&format!("boundary {count}")),
            Fact::Advised { emergency } => self.note(&format!("advised: {emergency}")),
            Fact::Informed { faq } => self.note(&format!("informed: {faq}")),
            Fact::Escalated { reason, .. } => self.note(&format!("needs a person: {}", named(reason))),
            Fact::HandoffBegan { .. }
            | Fact::HandoffHeard { .. }
            | Fact::HandoffStopped { .. }
            | Fact::PutThrough { .. } => self.handing_over(at, fact),
            Fact::StressScored { score, .. } => self.stress(score),
            Fact::StressCrossed { over, line, .. } => {
                let side = if *over { "over" } else { "below" };
                self.line(Some(at), &self.dim(&format!("stress stayed {side} {line:.0}")));
            }
            Fact::TakeoverTold { reason, .. } => self.note(&format!("told of: {}", named(reason))),
            Fact::UrgencyRaised { reason } => self.note(&format!("urgent: {reason}")),
            Fact::StepChosen { step, .. } => self.note(&format!("step: {step}")),
            Fact::Guarded { rule, .. } => self.note(&format!("guarded: {rule}")),
            Fact::Summarised { text } => self.note(&format!("summary: {}", text.expose())),
            Fact::NoteWritten { note } => self.note(&format!("recap: {}", note.recap.expose())),
            Fact::PhaseEntered { .. }
            | Fact::TopicsSeen { .. }
            | Fact::Mentioned { .. }
            | Fact::WrongNumber { .. }
            | Fact::Asked { .. }
            | Fact::Confirmed { .. }
            | Fact::Rejected { .. }
            | Fact::GivenUp { .. } => {}
        }
    }

    fn timed(&mut self, timing: &TurnTiming) {
        let total = timing.answered.since(timing.speech_ended).as_millis();
        let judged = timing.turn_ended.since(timing.speech_ended).as_millis();
        let words = timing.transcribed.since(timing.speech_ended).as_millis();
        let line = format!("answered after {total} ms (words {words} ms, turn over {judged} ms)");
        self.note(&line);
    }

    fn handing_over(&mut self, at: CallTime, fact: &Fact) {
        let line = if let Fact::HandoffBegan { request } = fact {
            format!("seeks a person: {}", named(&request.reason))
        } else if let Fact::HandoffHeard { news, .. } = fact {
            told(news)
        } else if let Fact::PutThrough { .. } = fact {
            "being put through".to_owned()
        } else {
            "goes on without a person".to_owned()
        };
        self.line(Some(at), &self.dim(&line));
    }

    fn stress(&mut self, score: &StressScore) {
        let reasons: Vec<&str> = score.reasons().collect();
        self.note(&format!("stress {:.0} {}", score.level, reasons.join("; ")));
    }

    /// Something found out beside what is said.
    fn note(&mut self, text: &str) {
        self.line(None, &self.dim(text));
    }

    fn provisional(&mut self, at: CallTime, words: &str) {
        // Only a terminal can take a line back.
        if self.colours {
            print!("\r\x1b[2K{at}  {}", self.dim(&format!("caller {words} …")));
            self.provisional = std::io::stdout().flush().is_ok();
        }
    }

    fn line(&mut self, at: Option<CallTime>, text: &str) {
        if std::mem::take(&mut self.provisional) {
            print!("\r\x1b[2K");
        }
        match at {
            Some(at) => println!("{at}  {text}"),
            None => println!("         {text}"),
        }
    }

    fn dim(&self, text: &str) -> String {
        self.colour("2", text)
    }

    fn colour(&self, code: &str, text: &str) -> String {
        if self.colours { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// What happened to a handing over, in a line.
fn told(news: &HandoffNews) -> String {
    match news {
        HandoffNews::Ringing { agent } => format!("{agent}'s telephone rings"),
        HandoffNews::Missed { agent, why } => format!("{agent} cannot come: {}", named(why)),
        HandoffNews::Accepted { agent } => format!("{agent} takes the call"),
        HandoffNews::Joined => "connected".to_owned(),
        HandoffNews::Settled { outcome } => format!("the handoff is over: {}", named(outcome)),
        HandoffNews::TalkEnded => "the agent left".to_owned(),
    }
}
