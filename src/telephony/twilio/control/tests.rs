use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode as Status};
use tokio::net::TcpListener;
use tokio::time::Instant;

use super::*;
use crate::telephony::twilio::ApiKey;

/// A carrier's REST interface that answers as told and writes down what it was asked.
#[derive(Clone, Default)]
struct Carrier {
    answers: Arc<Mutex<VecDeque<(u16, &'static str)>>>,
    asked: Arc<Mutex<Vec<(String, String, String)>>>,
}

async fn answer(
    State(carrier): State<Carrier>,
    Path(path): Path<String>,
    headers: HeaderMap,
    body: String,
) -> (Status, String) {
    let credentials = headers.get("authorization").unwrap().to_str().unwrap().to_owned();
    carrier.asked.lock().unwrap().push((path, credentials, body));
    let (status, body) = carrier.answers.lock().unwrap().pop_front().unwrap_or((200, "{}"));
    (Status::from_u16(status).unwrap(), body.to_owned())
}

impl Carrier {
    async fn answering(answers: &[(u16, &'static str)]) -> (Self, Control) {
        let carrier =
            Self { answers: Arc::new(Mutex::new(answers.iter().copied().collect())), ..Self::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/{*path}", axum::routing::any(answer)).with_state(carrier.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (carrier, control(&format!("http://{address}/"), None))
    }

    fn asked(&self) -> Vec<(String, String, String)> {
        self.asked.lock().unwrap().clone()
    }
}

fn control(api_base_url: &str, api_key: Option<ApiKey>) -> Control {
    // A provider may be there already, from another test.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let settings = Settings {
        account_sid: "AC1".to_owned(),
        auth_token: SecretString::from("12345"),
        api_key,
        public_url: "https://voice.example.com".parse().unwrap(),
        api_base_url: api_base_url.to_owned(),
        require_stream_signature: true,
    };
    let backoff = Backoff { first: Duration::from_millis(1), longest: Duration::from_millis(4), attempts: 3 };
    Control::new(Client::new(), &settings, backoff)
}

fn call() -> CallSid {
    "CA1".parse().unwrap()
}

async fn message(control: &Control) -> Result<(), ControlError> {
    let to = PhoneNumber::parse("+14155550142").unwrap();
    let from = PhoneNumber::parse("+12125550100").unwrap();
    control.send_message(&to, &from, "See you & yours").await
}

#[tokio::test]
async fn a_call_is_ended_with_the_accounts_credentials() {
    let (carrier, control) = Carrier::answering(&[]).await;
    assert_eq!(control.hang_up(&call()).await, Ok(()));
    let (path, credentials, body) = carrier.asked().remove(0);
    assert_eq!(path, "2010-04-01/Accounts/AC1/Calls/CA1.json");
    assert_eq!(credentials, "Basic QUMxOjEyMzQ1");
    assert_eq!(body, "Status=completed");
}

#[tokio::test]
async fn a_key_of_its_own_is_used_in_place_of_the_accounts_secret() {
    let (carrier, Control { api_base_url, .. }) = Carrier::answering(&[]).await;
    let key = ApiKey { sid: "SK1".to_owned(), secret: SecretString::from("s") };
    assert_eq!(control(&api_base_url, Some(key)).hang_up(&call()).await, Ok(()));
    let (path, credentials, _) = carrier.asked().remove(0);
    assert_eq!(
        (path.as_str(), credentials.as_str()),
        ("2010-04-01/Accounts/AC1/Calls/CA1.json", "Basic U0sxOnM=")
    );
}

#[tokio::test]
async fn a_call_is_redirected_with_escaped_instructions() {
    let (carrier, control) = Carrier::answering(&[]).await;
    assert_eq!(control.redirect(&call(), "<Response/>").await, Ok(()));
    assert_eq!(carrier.asked()[0].2, "Twiml=%3CResponse%2F%3E");
}

async fn dial(control: &Control) -> Result<CallSid, ControlError> {
    let dial = Dial {
        to: &PhoneNumber::parse("+14155550142").unwrap(),
        from: &PhoneNumber::parse("+12125550100").unwrap(),
        answer_url: "https://x.example/a",
        status_url: "https://x.example/s",
        amd_url: "https://x.example/m",
        ring_for: Duration::from_millis(19_500),
    };
    control.dial(&dial).await
}

#[tokio::test]
async fn an_agent_is_dialled_and_every_step_asked_to_be_told() {
    let (carrier, control) = Carrier::answering(&[(201, r#"{"sid":"CA2","status":"queued"}"#)]).await;
    assert_eq!(dial(&control).await, Ok("CA2".parse().unwrap()));
    let (path, _, body) = carrier.asked().remove(0);
    assert_eq!(path, "2010-04-01/Accounts/AC1/Calls.json");
    let url = |name: &str| format!("https%3A%2F%2Fx.example%2F{name}");
    assert_eq!(
        body,
        format!(
            "To=%2B14155550142&From=%2B12125550100&Url={}&Method=POST&StatusCallback={}&StatusCallbackMethod=POST\
             &StatusCallbackEvent=initiated&StatusCallbackEvent=ringing&StatusCallbackEvent=answered\
             &StatusCallbackEvent=completed&Timeout=20&MachineDetection=Enable&AsyncAmd=true\
             &AsyncAmdStatusCallback={}&AsyncAmdStatusCallbackMethod=POST",
            url("a"),
            url("s"),
            url("m")
        )
    );
}

#[tokio::test]
async fn a_call_is_asked_about_until_there_is_an_answer() {
    let (carrier, control) =
        Carrier::answering(&[(503, ""), (200, r#"{"sid":"CA1","status":"no-answer"}"#)]).await;
    assert_eq!(control.status(&call()).await, Ok(CallStatus::NoAnswer));
    let (path, _, body) = carrier.asked().remove(1);
    assert_eq!((path.as_str(), body.as_str()), ("2010-04-01/Accounts/AC1/Calls/CA1.json", ""));
    let (_, control) = Carrier::answering(&[(404, ""), (200, r#"{"status":"resting"}"#)]).await;
    assert_eq!(control.status(&call()).await, Err(ControlError::CallGone));
    assert_eq!(control.status(&call()).await, Err(ControlError::Unavailable));
}

#[tokio::test]
async fn nobody_is_dialled_twice() {
    let taken = (201, r#"{"sid":"CA2"}"#);
    let (carrier, control) = Carrier::answering(&[(429, ""), taken]).await;
    assert_eq!(dial(&control).await, Ok("CA2".parse().unwrap()));
    assert_eq!(carrier.asked().len(), 2);
    for unsure in [(503, ""), (201, "not JSON"), (201, "{}"), (201, r#"{"sid":"CA/2"}"#)] {
        let (carrier, control) = Carrier::answering(&[unsure, taken]).await;
        assert_eq!(dial(&control).await, Err(ControlError::Uncertain), "{unsure:?}");
        assert_eq!(carrier.asked().len(), 1);
    }
}

#[tokio::test]
async fn a_redirection_or_an_announcement_that_may_have_been_done_is_not_repeated() {
    let conference = "CF1".parse().unwrap();
    let (carrier, control) = Carrier::answering(&[(500, ""), (500, ""), (429, ""), (404, "")]).await;
    assert_eq!(control.redirect(&call(), "<Response/>").await, Err(ControlError::Uncertain));
    let url = "https://x.example/announce";
    assert_eq!(control.announce(&conference, url).await, Err(ControlError::Uncertain));
    assert_eq!(carrier.asked().len(), 2);
    assert_eq!(control.announce(&conference, url).await, Err(ControlError::CallGone));
    let (path, _, body) = carrier.asked().remove(1);
    assert_eq!(path, "2010-04-01/Accounts/AC1/Conferences/CF1.json");
    assert_eq!(body, "AnnounceUrl=https%3A%2F%2Fx.example%2Fannounce&AnnounceMethod=POST");
}

#[tokio::test]
async fn a_conference_is_ended_and_one_that_is_over_counts_as_ended() {
    let (carrier, control) = Carrier::answering(&[(503, ""), (404, r#"{"code":20404}"#)]).await;
    assert_eq!(control.end_conference(&"CF1".parse().unwrap()).await, Ok(()));
    assert_eq!(carrier.asked()[1].2, "Status=completed");
}

#[tokio::test]
async fn ending_a_call_is_repeated_on_passing_faults_and_given_up_in_the_end() {
    let (carrier, control) = Carrier::answering(&[(503, ""), (429, "")]).await;
    assert_eq!(control.hang_up(&call()).await, Ok(()));
    assert_eq!(carrier.asked().len(), 3);
    let (carrier, control) = Carrier::answering(&[(500, ""); 9]).await;
    assert_eq!(control.hang_up(&call()).await, Err(ControlError::Unavailable));
    assert_eq!(carrier.asked().len(), 3);
}

#[tokio::test]
async fn ending_a_call_that_is_gone_is_fine_but_redirecting_it_is_not() {
    let (_carrier, control) =
        Carrier::answering(&[(404, r#"{"code":20404}"#), (400, r#"{"code":21220,"message":"x"}"#)]).await;
    assert_eq!(control.hang_up(&call()).await, Ok(()));
    assert_eq!(control.redirect(&call(), "<Response/>").await, Err(ControlError::CallGone));
}

#[tokio::test]
async fn a_message_is_sent_again_only_when_it_was_certainly_not_taken() {
    let (carrier, control) = Carrier::answering(&[(429, ""), (201, "{}")]).await;
    assert_eq!(message(&control).await, Ok(()));
    assert_eq!(carrier.asked().len(), 2);
    assert_eq!(carrier.asked()[1].2, "To=%2B14155550142&From=%2B12125550100&Body=See+you+%26+yours");
    let (carrier, control) = Carrier::answering(&[(503, ""), (201, "{}")]).await;
    assert_eq!(message(&control).await, Err(ControlError::Uncertain));
    assert_eq!(carrier.asked().len(), 1);
}

#[tokio::test]
async fn wrong_credentials_and_refusals_are_told_apart_and_not_repeated() {
    let refusal = r#"{"code":21211,"message":"+14155550142 is not a valid number"}"#;
    let (carrier, control) = Carrier::answering(&[(401, ""), (400, refusal)]).await;
    assert_eq!(message(&control).await, Err(ControlError::Unauthorized));
    let error = message(&control).await.unwrap_err();
    assert_eq!(error, ControlError::Refused { status: 400, code: Some(21211) });
    assert!(!error.to_string().contains("4155550142"));
    assert_eq!(carrier.asked().len(), 2);
}

#[tokio::test]
async fn a_carrier_that_cannot_be_reached_is_unavailable_and_never_uncertain() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    assert_eq!(message(&control(&format!("http://{address}"), None)).await, Err(ControlError::Unavailable));
}

#[tokio::test(start_paused = true)]
async fn pauses_grow_and_the_carriers_own_wish_is_honoured_up_to_a_limit() {
    let backoff = Backoff { first: Duration::from_secs(1), longest: Duration::from_secs(8), attempts: 5 };
    let wishes = [None, Some(5), None, Some(3600)];
    let mut wishes = wishes.into_iter();
    let mut at = Vec::new();
    let began = Instant::now();
    let outcome = repeat(backoff, WhenUnsure::Repeat, || {
        at.push(began.elapsed().as_secs_f64());
        let outcome = wishes.next().map_or(Attempt::Done(Resource::default()), |wish| Attempt::NotDone {
            retry_after: wish.map(Duration::from_secs),
        });
        async { outcome }
    })
    .await;
    assert_eq!(outcome, Ok(Resource::default()));
    let pauses: Vec<f64> = at.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!((0.75..1.26).contains(&pauses[0]), "{pauses:?}");
    assert!((4.99..5.01).contains(&pauses[1]), "{pauses:?}");
    assert!((2.99..5.01).contains(&pauses[2]), "{pauses:?}");
    assert!((7.99..8.01).contains(&pauses[3]), "{pauses:?}");
}
