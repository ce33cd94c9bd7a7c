use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AgentKey, CallBackId, PromiseId};

/// An attempt to call the caller of a promise back through the business's own line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallBack {
    /// Its id.
    pub id: CallBackId,
    /// The promise to be kept.
    pub promise: PromiseId,
    /// Who calls back.
    pub agent: AgentKey,
    /// When their telephone was to be dialled.
    pub dialled_at: Timestamp,
    /// The carrier's id of their leg, once it is known.
    pub leg: Option<String>,
    /// When they pressed the key, upon which the caller is rung.
    pub accepted_at: Option<Timestamp>,
    /// How ringing the caller ended, once it has.
    pub called: Option<Called>,
    /// How long the two were connected, in seconds.
    pub talked_s: u32,
    /// When the agent's leg was over.
    pub leg_ended_at: Option<Timestamp>,
    /// How it ended; absent while it goes on.
    pub outcome: Option<CallBackOutcome>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// How ringing the caller ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Called {
    /// The two were connected, and are not any more.
    Talked,
    /// Nobody answered.
    NoAnswer,
    /// The line was busy.
    Busy,
    /// The number could not be connected.
    Failed,
}

/// How a call-back ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallBackOutcome {
    /// The two talked, and the promise is kept.
    Kept,
    /// The two talked, and it stays open.
    StillOpen,
    /// The caller did not answer.
    CallerNoAnswer,
    /// The caller's line was busy.
    CallerBusy,
    /// The caller's number could not be connected.
    CallerFailed,
    /// The agent does not call now.
    Declined,
    /// The agent pressed no key.
    NoKey,
    /// The agent hung up before they had pressed one.
    HungUp,
    /// A machine answered the agent's telephone.
    Voicemail,
    /// The agent did not answer.
    AgentNoAnswer,
    /// The agent's line was busy.
    AgentBusy,
    /// The agent's number could not be connected.
    AgentFailed,
    /// The carrier did not take the order.
    NotDialled,
    /// The promise was closed meanwhile.
    Closed,
    /// No news of it came.
    Lost,
}

impl CallBack {
    /// A talk that is at least this long settles a promise, where the agent says nothing else.
    pub const SETTLES_S: u32 = 30;

    /// How it ends where nothing more is heard of it.
    pub const fn verdict(&self) -> CallBackOutcome {
        match (self.called, self.accepted_at) {
            (Some(Called::Talked), _) if self.talked_s >= Self::SETTLES_S => CallBackOutcome::Kept,
            (Some(Called::Talked), _) => CallBackOutcome::StillOpen,
            (Some(Called::NoAnswer), _) => CallBackOutcome::CallerNoAnswer,
            (Some(Called::Busy), _) => CallBackOutcome::CallerBusy,
            (Some(Called::Failed), _) => CallBackOutcome::CallerFailed,
            (None, Some(_)) => CallBackOutcome::Lost,
            (None, None) => CallBackOutcome::HungUp,
        }
    }

    /// How long the two were connected, such as `3 min 12 s`.
    pub fn talked(&self) -> String {
        match (self.talked_s / 60, self.talked_s % 60) {
            (0, seconds) => format!("{seconds} s"),
            (minutes, 0) => format!("{minutes} min"),
            (minutes, seconds) => format!("{minutes} min {seconds} s"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_talk_is_told_in_minutes_and_seconds() {
        let told = |talked_s| {
            let call_back = CallBack {
                id: CallBackId::new(uuid::Uuid::nil()),
                promise: PromiseId::new(uuid::Uuid::nil()),
                agent: AgentKey("maria".into()),
                dialled_at: Timestamp::UNIX_EPOCH,
                leg: None,
                accepted_at: None,
                called: Some(Called::Talked),
                talked_s,
                leg_ended_at: None,
                outcome: None,
                ended_at: None,
            };
            (call_back.talked(), call_back.verdict())
        };
        assert_eq!(told(192), ("3 min 12 s".into(), CallBackOutcome::Kept));
        assert_eq!(told(60), ("1 min".into(), CallBackOutcome::Kept));
        assert_eq!(told(30), ("30 s".into(), CallBackOutcome::Kept));
        assert_eq!(told(29), ("29 s".into(), CallBackOutcome::StillOpen));
    }
}
