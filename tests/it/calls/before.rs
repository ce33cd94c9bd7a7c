use calmline::domain::{
    CallId, EarlierCall, PhoneNumber, Promise, PromiseId, PromiseState, Unanswered, Urgency,
};
use jiff::Timestamp;
use serde::Deserialize;
use uuid::Uuid;

/// An earlier call of the same number, with its one promise.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Before {
    at: String,
    topic: Option<String>,
    trigger: String,
    name: String,
    owner: String,
    due: String,
    state: PromiseState,
    /// Since when the caller has not said whether it is resolved, where they were to.
    unanswered: Option<String>,
}

impl Before {
    pub fn call(&self) -> EarlierCall {
        let moment = |text: &str| -> Timestamp { text.parse::<jiff::Zoned>().unwrap().timestamp() };
        let call = CallId::new(Uuid::from_u128(0x0193_5b1d_4a00_7000_8000_0000_0000_0000));
        let promise = PromiseId::new(Uuid::from_u128(0x0193_5b1d_4a00_7000_8000_0000_0000_0001));
        let since = self.unanswered.as_deref().map(moment);
        EarlierCall {
            call,
            at: moment(&self.at),
            topic: self.topic.clone(),
            trigger: Some(self.trigger.as_str().into()),
            name: Some(self.name.as_str().into()),
            promises: vec![Promise {
                id: promise,
                call,
                what: format!("Call {} back.", self.name).into(),
                owner: self.owner.clone(),
                callback: PhoneNumber::parse("+14155550177").ok(),
                due: moment(&self.due),
                urgency: Urgency::Normal,
                state: self.state,
            }],
            again: false,
            unanswered: since.map(|since| Unanswered { promise, since }).into_iter().collect(),
        }
    }
}
