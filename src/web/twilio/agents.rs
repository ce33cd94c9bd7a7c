//! The doors of agents' legs and of the conference in which they meet callers.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;

use super::{Doors, Refusal, Signed, twiml};
use crate::domain::{HandoffId, OfferId};
use crate::reception::{Farewell, LegEvent, LegOrder, farewell_words};
use crate::telephony::twilio::{
    self, AGENT_BRIEFED_PATH, AGENT_KEY_PATH, AGENT_MACHINE_PATH, AGENT_PATH, AGENT_STATUS_PATH,
    ANNOUNCE_PATH, AgentChoice, CONFERENCE_PATH, CallSid, ConferenceCallback, Gathered, MachineCallback,
    Room, StatusCallback,
};

const WHAT_TO_PRESS: &str = "Press 1 to take the call, 2 to decline, or 9 to hear it again.";
const THANKS: &str = "Thank you. One moment.";

pub(super) fn router() -> Router<Doors> {
    Router::new()
        .route(AGENT_PATH, post(answered))
        .route(AGENT_BRIEFED_PATH, post(briefed))
        .route(AGENT_KEY_PATH, post(key))
        .route(AGENT_STATUS_PATH, post(status))
        .route(AGENT_MACHINE_PATH, post(machine))
        .route(CONFERENCE_PATH, post(conference))
        .route(ANNOUNCE_PATH, post(announce))
}

/// What it is on a leg that an agent wants something.
pub(super) const fn leg_event(choice: AgentChoice) -> LegEvent {
    match choice {
        AgentChoice::Accept => LegEvent::Accepted,
        AgentChoice::Decline => LegEvent::Declined,
        AgentChoice::Again => LegEvent::Again,
        AgentChoice::Unclear => LegEvent::Unclear,
        AgentChoice::Nothing => LegEvent::Silent,
    }
}

/// Somebody or something answered an agent's telephone.
async fn answered(
    State(doors): State<Doors>,
    Path(offer): Path<String>,
    Signed(form): Signed,
) -> Result<Response, Refusal> {
    let news = StatusCallback::parse(&form)?;
    Ok(doors.ask_leg(&offer, news.call_sid, LegEvent::Answered).await)
}

/// The agent has heard the recap to its end.
async fn briefed(
    State(doors): State<Doors>,
    Path(offer): Path<String>,
    Signed(form): Signed,
) -> Result<Response, Refusal> {
    let news = StatusCallback::parse(&form)?;
    Ok(doors.ask_leg(&offer, news.call_sid, LegEvent::Briefed).await)
}

async fn key(
    State(doors): State<Doors>,
    Path(offer): Path<String>,
    Signed(form): Signed,
) -> Result<Response, Refusal> {
    let gathered = Gathered::parse(&form)?;
    let what = leg_event(gathered.choice());
    Ok(doors.ask_leg(&offer, gathered.call_sid, what).await)
}

async fn status(
    State(doors): State<Doors>,
    Path(offer): Path<String>,
    Signed(form): Signed,
) -> Result<StatusCode, Refusal> {
    let news = StatusCallback::parse(&form)?;
    if let Ok(offer) = offer.parse() {
        doors.reception.handoffs().leg_status(offer, &news.call_sid, news.status);
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn machine(
    State(doors): State<Doors>,
    Path(offer): Path<String>,
    Signed(form): Signed,
) -> Result<StatusCode, Refusal> {
    let news = MachineCallback::parse(&form)?;
    if let Ok(offer) = offer.parse()
        && news.answered_by.is_machine()
    {
        doors.reception.handoffs().machine(offer);
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn conference(
    State(doors): State<Doors>,
    Path(handoff): Path<String>,
    Signed(form): Signed,
) -> Result<StatusCode, Refusal> {
    let news = ConferenceCallback::parse(&form)?;
    if let Ok(handoff) = handoff.parse() {
        doors.reception.handoffs().conference(handoff, news);
    }
    Ok(StatusCode::NO_CONTENT)
}

/// What is said to caller and agent when they meet.
async fn announce(State(doors): State<Doors>, Path(handoff): Path<String>, Signed(_): Signed) -> Response {
    let words = match handoff.parse() {
        Ok(handoff) => doors.reception.handoffs().introduction(handoff).await,
        Err(_) => None,
    };
    twiml(twilio::say(words.as_deref().unwrap_or_default()))
}

impl Doors {
    async fn ask_leg(&self, offer: &str, sid: CallSid, what: LegEvent) -> Response {
        let known: Option<OfferId> = offer.parse().ok();
        let order = match known {
            Some(offer) => self.reception.handoffs().leg(offer, sid, what).await,
            None => None,
        };
        let url = |path: &str| self.settings.public_url.http(&twilio::path_for(path, offer));
        twiml(match order.unwrap_or(LegOrder::Leave(Farewell::Over(None))) {
            LegOrder::Brief { recap } => {
                let words = format!("{recap} {WHAT_TO_PRESS}");
                twilio::brief_agent(&words, &url(AGENT_KEY_PATH), &url(AGENT_BRIEFED_PATH))
            }
            LegOrder::Ask => twilio::ask_agent(WHAT_TO_PRESS, &url(AGENT_KEY_PATH)),
            LegOrder::Enter(handoff) => self.enter(handoff),
            LegOrder::Leave(why) => twilio::say_and_hangup(farewell_words(why)),
        })
    }

    fn enter(&self, handoff: HandoffId) -> String {
        let name = handoff.to_string();
        let status_url = self.settings.public_url.http(&twilio::path_for(CONFERENCE_PATH, &name));
        twilio::connect_agent(THANKS, &Room { name: &name, status_url: &status_url })
    }
}
