use std::collections::BTreeSet;
use std::time::Duration;

use crate::domain::{
    CallTime, Fact, HandoffId, HandoffNews, HandoffOutcome, HandoffRequest, Missed, Question,
};

/// A talk that is over so soon was no talk: the two were cut off.
const CUT_SHORT: Duration = Duration::from_secs(8);
/// The two are not connected more often than this within one handoff.
const MOST_CONNECTIONS: u32 = 2;

/// The handing over of a call: a part of its state.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Handoffs {
    all: Vec<Handoff>,
    /// Whether the caller is where we neither hear nor are heard: on the way to the agent, with them, or on the way back.
    away: bool,
    /// Whether a person was asked for since the last one was over.
    pub(super) wanted_again: bool,
    /// Whether something was told since the last one was over.
    pub(super) told_since: bool,
}

/// One handing over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Handoff {
    pub(super) request: HandoffRequest,
    pub(super) began: CallTime,
    pub(super) stage: HandoffStage,
    /// Whose telephone rang and who could not come, in the order of events.
    pub(super) news: Vec<HandoffNews>,
    /// What was asked in the meantime.
    pub(super) asked: BTreeSet<Question>,
    connections: u32,
}

/// How far a handing over is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum HandoffStage {
    /// A person is being sought.
    Seeking,
    /// Somebody takes the call.
    Accepted { agent: String },
    /// The caller is on the way to them.
    PutThrough { agent: String },
    /// The two talk to each other.
    Joined { since: CallTime },
    /// The two have talked.
    Talked { lasted: Duration },
    /// Nobody came.
    Nobody { outcome: HandoffOutcome },
    /// The caller goes on without a person.
    Stopped,
}

impl Handoff {
    pub(super) fn is_open(&self) -> bool {
        match self.stage {
            HandoffStage::Seeking
            | HandoffStage::Accepted { .. }
            | HandoffStage::PutThrough { .. }
            | HandoffStage::Joined { .. } => true,
            HandoffStage::Talked { .. } | HandoffStage::Nobody { .. } | HandoffStage::Stopped => false,
        }
    }

    /// Who takes the call, where the caller is still with us.
    pub(super) fn accepted_by(&self) -> Option<&str> {
        if let HandoffStage::Accepted { agent } = &self.stage { Some(agent) } else { None }
    }

    /// Whose telephone rings, the latest last.
    pub(super) fn ringing(&self) -> Vec<&str> {
        let mut ringing: Vec<&str> = Vec::new();
        for news in &self.news {
            match news {
                HandoffNews::Ringing { agent } => ringing.push(agent),
                HandoffNews::Missed { agent, why: _ } => ringing.retain(|name| name != agent),
                HandoffNews::Accepted { .. }
                | HandoffNews::Joined
                | HandoffNews::Settled { .. }
                | HandoffNews::TalkEnded => {}
            }
        }
        ringing
    }

    /// Whether the two talked for long enough to have settled something.
    pub(super) fn served(&self) -> bool {
        match self.stage {
            HandoffStage::Joined { .. } => true,
            HandoffStage::Talked { lasted } => lasted >= CUT_SHORT,
            HandoffStage::Seeking
            | HandoffStage::Accepted { .. }
            | HandoffStage::PutThrough { .. }
            | HandoffStage::Nobody { .. }
            | HandoffStage::Stopped => false,
        }
    }

    pub(super) fn cut_short(&self) -> bool {
        matches!(self.stage, HandoffStage::Talked { lasted } if lasted < CUT_SHORT)
    }

    /// Whether a piece of news is to be taken: it is not known already, and not overtaken by what came since.
    pub(super) fn is_news(&self, news: &HandoffNews) -> bool {
        match (news, &self.stage) {
            (HandoffNews::Ringing { agent }, HandoffStage::Seeking) => {
                !self.ringing().contains(&agent.as_str())
            }
            (HandoffNews::Missed { agent, .. }, HandoffStage::Seeking) => {
                let told = |known: &HandoffNews| matches!(known, HandoffNews::Missed { agent: before, .. } if before == agent);
                self.ringing().contains(&agent.as_str()) || !self.news.iter().any(told)
            }
            (HandoffNews::Missed { agent, .. }, HandoffStage::Accepted { agent: by }) => agent == by,
            (HandoffNews::Accepted { .. }, HandoffStage::Seeking) => true,
            (
                HandoffNews::Joined,
                HandoffStage::Seeking | HandoffStage::Accepted { .. } | HandoffStage::PutThrough { .. },
            ) => true,
            (
                HandoffNews::Settled { outcome },
                HandoffStage::Seeking | HandoffStage::Accepted { .. } | HandoffStage::PutThrough { .. },
            ) => *outcome != HandoffOutcome::Joined,
            (HandoffNews::TalkEnded, HandoffStage::Joined { .. }) => true,
            (
                HandoffNews::Ringing { .. }
                | HandoffNews::Missed { .. }
                | HandoffNews::Accepted { .. }
                | HandoffNews::Joined
                | HandoffNews::Settled { .. }
                | HandoffNews::TalkEnded,
                _,
            ) => false,
        }
    }

    fn take(&mut self, at: CallTime, news: &HandoffNews) {
        match news {
            HandoffNews::Ringing { .. } => self.news.push(news.clone()),
            HandoffNews::Missed { .. } => {
                self.news.push(news.clone());
                // Who had taken the call is gone before the caller came.
                if self.accepted_by().is_some() {
                    self.stage = HandoffStage::Seeking;
                }
            }
            HandoffNews::Accepted { agent } => self.stage = HandoffStage::Accepted { agent: agent.clone() },
            HandoffNews::Joined => self.stage = HandoffStage::Joined { since: at },
            HandoffNews::Settled { outcome } => self.stage = HandoffStage::Nobody { outcome: *outcome },
            HandoffNews::TalkEnded => self.part(at),
        }
    }

    fn part(&mut self, at: CallTime) {
        if let HandoffStage::Joined { since } = self.stage {
            self.stage = HandoffStage::Talked { lasted: at.since(since) };
        }
    }

    /// The caller is with us again.
    fn come_back(&mut self, at: CallTime) {
        self.part(at);
        if let HandoffStage::PutThrough { agent } = &self.stage {
            self.stage = if self.connections < MOST_CONNECTIONS {
                HandoffStage::Accepted { agent: agent.clone() }
            } else {
                HandoffStage::Nobody { outcome: HandoffOutcome::NotConnected }
            };
        }
    }
}

impl Handoffs {
    /// The one that is under way.
    pub(super) fn open(&self) -> Option<&Handoff> {
        self.all.last().filter(|handoff| handoff.is_open())
    }

    pub(super) fn last(&self) -> Option<&Handoff> {
        self.all.last()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Handoff> {
        self.all.iter()
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether the caller is where we neither hear nor are heard.
    pub(super) fn away(&self) -> bool {
        self.away
    }

    /// The one in which the caller and an agent talk to each other.
    pub(super) fn talk(&self) -> Option<HandoffId> {
        let talking = |last: &&Handoff| matches!(last.stage, HandoffStage::Joined { .. });
        self.last().filter(talking).map(|last| last.request.id)
    }

    /// Whether a person talked to the caller and nothing was told since that is still open.
    pub(super) fn served(&self) -> bool {
        self.last().is_some_and(Handoff::served) && !self.told_since
    }

    /// Whether a person talked to the caller at all.
    pub(super) fn talked(&self) -> bool {
        self.iter().any(Handoff::served)
    }

    pub(super) fn apply(&mut self, at: CallTime, fact: &Fact) {
        match fact {
            Fact::HandoffBegan { request } => self.begin(at, request),
            Fact::HandoffHeard { handoff, news } => self.hear(at, *handoff, news),
            Fact::HandoffStopped { handoff } => {
                if let Some(open) = self.named(*handoff) {
                    open.stage = HandoffStage::Stopped;
                    self.away = false;
                }
            }
            Fact::PutThrough { handoff } => {
                if let Some(open) = self.named(*handoff)
                    && let HandoffStage::Accepted { agent } = &open.stage
                {
                    open.stage = HandoffStage::PutThrough { agent: agent.clone() };
                    open.connections += 1;
                    self.away = true;
                }
            }
            Fact::Resumed => {
                self.away = false;
                if let Some(last) = self.all.last_mut() {
                    last.come_back(at);
                }
            }
            Fact::Asked { question, .. } => {
                if let Some(open) = self.all.last_mut().filter(|handoff| handoff.is_open()) {
                    open.asked.insert(question.clone());
                }
            }
            Fact::PersonRequested { .. } => {
                self.wanted_again |= self.is_over();
                self.told_since |= self.is_over();
            }
            Fact::Noted { .. }
            | Fact::TopicChosen { .. }
            | Fact::Diagnosed { .. }
            | Fact::Escalated { .. } => {
                self.told_since |= self.is_over();
            }
            Fact::Answered { .. }
            | Fact::PhaseEntered { .. }
            | Fact::BotSaid { .. }
            | Fact::CallerSaid { .. }
            | Fact::Keyed { .. }
            | Fact::SilenceNoticed { .. }
            | Fact::Misunderstood { .. }
            | Fact::Confirmed { .. }
            | Fact::Rejected { .. }
            | Fact::GivenUp { .. }
            | Fact::Recalled { .. }
            | Fact::EarlierMatter { .. }
            | Fact::EarlierResolved { .. }
            | Fact::TopicsSeen { .. }
            | Fact::Undiagnosed { .. }
            | Fact::CoreConfirmed
            | Fact::StateRead { .. }
            | Fact::Mentioned { .. }
            | Fact::BoundarySet { .. }
            | Fact::Advised { .. }
            | Fact::Informed { .. }
            | Fact::WrongNumber { .. }
            | Fact::StressScored { .. }
            | Fact::StressCrossed { .. }
            | Fact::TakeoverTold { .. }
            | Fact::UrgencyRaised { .. }
            | Fact::StepChosen { .. }
            | Fact::Guarded { .. }
            | Fact::Summarised { .. }
            | Fact::NoteWritten { .. }
            | Fact::PromiseMade { .. }
            | Fact::TurnTimed { .. }
            | Fact::StreamLost
            | Fact::Ended { .. } => {}
        }
    }

    fn begin(&mut self, at: CallTime, request: &HandoffRequest) {
        self.wanted_again = false;
        self.told_since = false;
        self.all.push(Handoff {
            request: request.clone(),
            began: at,
            stage: HandoffStage::Seeking,
            news: Vec::new(),
            asked: BTreeSet::new(),
            connections: 0,
        });
    }

    fn hear(&mut self, at: CallTime, handoff: HandoffId, news: &HandoffNews) {
        let Some(open) = self.named(handoff) else { return };
        open.take(at, news);
        match news {
            HandoffNews::Joined => self.away = true,
            HandoffNews::Settled { .. } => self.away = false,
            HandoffNews::Ringing { .. }
            | HandoffNews::Missed { .. }
            | HandoffNews::Accepted { .. }
            | HandoffNews::TalkEnded => {}
        }
    }

    fn named(&mut self, handoff: HandoffId) -> Option<&mut Handoff> {
        self.all.last_mut().filter(|open| open.is_open() && open.request.id == handoff)
    }

    fn is_over(&self) -> bool {
        self.last().is_some_and(|last| !last.is_open())
    }
}

/// Whether an agent who cannot come is a matter of the caller's.
pub(super) const fn concerns_the_caller(why: Missed) -> bool {
    match why {
        Missed::Declined
        | Missed::NoAnswer
        | Missed::Busy
        | Missed::Failed
        | Missed::Voicemail
        | Missed::NoKey
        | Missed::HungUp
        | Missed::SignedOff => true,
        Missed::Outpaced | Missed::Withdrawn => false,
    }
}
