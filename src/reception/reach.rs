//! The only place from which anybody is dialled or written to: agents on the number of their profile, and callers on the
//! one they called from. Nothing here takes a number, so that none that was said, sent or proposed can be one. (A caller
//! who is called back is rung by an agent's own leg, on the number that their call is recorded with.)

use std::time::Duration;

use super::Directory;
use crate::domain::{Agent, AgentKey, Business, BusinessId, CallId, PhoneNumber};
use crate::store::{CallerNumber, Store, StoreError};
use crate::telephony::twilio::{CallSid, Control, ControlError, Dial};

/// Dials and writes to those who may be.
#[derive(Debug, Clone)]
pub struct Reach {
    control: Control,
    directory: Directory,
    store: Store,
    number: Option<PhoneNumber>,
}

/// Where the carrier asks and tells about an agent's leg.
#[derive(Debug, Clone)]
pub struct LegUrls {
    /// Asked what to do when somebody or something answers.
    pub answer: String,
    /// Told of the leg's progress.
    pub status: String,
    /// Told who or what answered.
    pub machine: String,
}

/// Says why somebody was not reached.
#[derive(Debug, thiserror::Error)]
pub enum ReachError {
    /// The profile does not name them.
    #[error("the profile has no such agent any more")]
    NoSuchAgent,
    /// There is nothing to call or write from.
    #[error("there is no number to call or write from; set twilio.number")]
    NoLine,
    /// The caller has not shown a number.
    #[error("the caller's number is withheld")]
    Withheld,
    /// The caller wants no text messages.
    #[error("the caller wants no text messages")]
    Unwanted,
    /// The call is not in the database yet.
    #[error("the call is not recorded yet")]
    NotRecorded,
    /// The database cannot be read.
    #[error("the call cannot be read")]
    Store(#[from] StoreError),
    /// The carrier did not do it.
    #[error(transparent)]
    Control(#[from] ControlError),
}

impl Reach {
    /// Reaches people through the carrier from `number`, or, without one, from the first line of their business.
    pub const fn new(
        control: Control,
        directory: Directory,
        store: Store,
        number: Option<PhoneNumber>,
    ) -> Self {
        Self { control, directory, store, number }
    }

    /// Rings an agent; returns the carrier's id of the leg.
    ///
    /// # Errors
    /// When the profile has no such agent, or as for [`Control::dial`].
    pub async fn dial(
        &self,
        business: &BusinessId,
        agent: &AgentKey,
        urls: &LegUrls,
        ring_for: Duration,
    ) -> Result<CallSid, ReachError> {
        let business = self.directory.get(business).ok_or(ReachError::NoSuchAgent)?;
        let dial = Dial {
            to: &named(&business, agent)?.number,
            from: self.line(&business)?,
            answer_url: &urls.answer,
            status_url: &urls.status,
            amd_url: &urls.machine,
            ring_for,
        };
        Ok(self.control.dial(&dial).await?)
    }

    /// Ends an agent's leg; one that is over already counts as ended.
    ///
    /// # Errors
    /// As for [`Control::hang_up`].
    pub async fn hang_up(&self, leg: &CallSid) -> Result<(), ControlError> {
        self.control.hang_up(leg).await
    }

    /// Sends a text message to an agent.
    ///
    /// # Errors
    /// When the profile has no such agent, or as for [`Control::send_message`].
    pub async fn text_agent(
        &self,
        business: &BusinessId,
        agent: &AgentKey,
        words: &str,
    ) -> Result<(), ReachError> {
        let business = self.directory.get(business).ok_or(ReachError::NoSuchAgent)?;
        let to = &named(&business, agent)?.number;
        Ok(self.control.send_message(to, self.line(&business)?, words).await?)
    }

    /// Sends a text message to whoever made a call, on the number they called from.
    ///
    /// # Errors
    /// When there is none or they want none, or as for [`Control::send_message`].
    pub async fn text_caller(
        &self,
        business: &BusinessId,
        call: CallId,
        words: &str,
    ) -> Result<(), ReachError> {
        let to = match self.store.caller_number(call).await? {
            Some(CallerNumber::Known(number)) => number,
            Some(CallerNumber::Withheld) => return Err(ReachError::Withheld),
            Some(CallerNumber::Unwanted) => return Err(ReachError::Unwanted),
            None => return Err(ReachError::NotRecorded),
        };
        let business = self.directory.get(business).ok_or(ReachError::NoLine)?;
        Ok(self.control.send_message(&to, self.line(&business)?, words).await?)
    }

    /// The line from which a business calls.
    pub(super) fn line_of(&self, business: &BusinessId) -> Option<PhoneNumber> {
        self.line(&*self.directory.get(business)?).ok().cloned()
    }

    fn line<'a>(&'a self, business: &'a Business) -> Result<&'a PhoneNumber, ReachError> {
        self.number.as_ref().or_else(|| business.numbers.first()).ok_or(ReachError::NoLine)
    }
}

fn named<'a>(business: &'a Business, agent: &AgentKey) -> Result<&'a Agent, ReachError> {
    business.agent(agent).ok_or(ReachError::NoSuchAgent)
}
