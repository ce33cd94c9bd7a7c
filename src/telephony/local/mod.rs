//! A simulated carrier that places calls through the very same webhook and socket, and rings agents when told to.
//!
//! Invariant: seen from the server it behaves like the real carrier, and shares no state with it. It deliberately
//! knows nothing of what the server does inside: all its figures are taken on the line.

mod agent;
mod caller;
mod carrier;
mod clips;
mod confer;
mod conference;
mod exchange;
mod instructions;
mod leg;
mod person;
mod playout;
mod rest;
mod script;
mod stream;
mod switchboard;
#[cfg(feature = "local-audio")]
mod talk;
mod tape;
mod timeline;

pub use agent::{Agent, AgentLeg, LegEvent};
pub use caller::Caller;
pub use carrier::{CallOutcome, Carrier, Ending, PlacedCall};
pub use clips::{Scenario, scenarios};
pub use exchange::Settings;
pub use instructions::InstructionError;
pub use person::{Handset, Key, Person};
pub use rest::{RestApi, RestRequest, SentMessage};
pub use script::{Reaction, Script, Unasked, When};
pub use switchboard::Disturbance;
#[cfg(feature = "local-audio")]
pub use talk::{TalkError, talk};
pub use tape::Recording;
pub use timeline::{Entry, InterruptionMeasure, Manner, Measures, Spoiled, Timeline, TurnMeasure, What};
