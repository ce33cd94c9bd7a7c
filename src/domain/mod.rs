//! The nouns of a call: plain data and identifiers, shared by every room.
//!
//! Invariant: nothing here does anything that could fail at run time, read a clock, or touch
//! the outside. It deliberately holds no behaviour of a conversation.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod agent;
mod briefing;
mod business;
mod call_back;
mod diagnosis;
mod fact;
mod handoff;
mod hours;
mod ids;
mod model;
mod notice;
mod phone;
mod pii;
mod playbook;
mod promise;
mod speech;
mod stress;
mod time;

pub use agent::{Agent, AgentKey, HandoffRules, Presence};
pub use briefing::{BriefedAnswer, BriefedSlot, BriefedState, BriefedStress, BriefedTurn, Briefing};
pub use business::{Business, CallbackPromise, CodePattern, CodePatternError, FieldKind, IntakeField};
pub use call_back::{CallBack, CallBackOutcome, Called};
pub use diagnosis::{
    Answer, Aspect, CallNote, CallerState, Diagnosis, EarlierCall, EscalationReason, Mention, MentionKind,
    Move, Outcome, Unanswered,
};
pub use fact::{Fact, HangupCause, Phase, Question, Slot, TurnTiming};
pub use handoff::{HandoffFact, HandoffNews, HandoffOutcome, HandoffRequest, Missed, OfferId, OfferIdError};
pub use hours::{Hours, OpeningSpan};
pub use ids::{AskId, BusinessId, CallBackId, CallId, HandoffId, NoticeId, PromiseId, SpeechId, TurnId};
pub use model::{Finding, ModelFault, ModelQuestion, ModelReply, SaidTurn};
pub use notice::{Addressee, Channel, Notice, NoticeState};
pub use phone::{PhoneNumber, PhoneNumberError};
pub use pii::Pii;
pub use playbook::{
    AbuseOutcome, AbusePolicy, Constraint, ConstraintKind, Emergency, EmergencyKind, Faq, Owner, Playbook,
    RootCause, Step, Takeover, Topic, TopicKind,
};
pub use promise::{ASK_WITHIN, Promise, PromiseState, Urgency};
pub use speech::{Completeness, Digit, Expecting, Span, Speaker, Utterance};
pub use stress::{PartScore, StressPolicy, StressScore, VoiceScore};
pub use time::CallTime;
