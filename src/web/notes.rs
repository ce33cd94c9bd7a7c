//! The page on which an agent reads the notes of the call that is coming to them.
//!
//! A link is good for one browser, until its handoff is over. Programs that look at a link before the agent does see a
//! button only, so that they do not use it up.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use jiff::Timestamp;

use crate::domain::{Briefing, CallTime, Speaker};
use crate::reception::fresh_secret;
use crate::store::{NotesLink, Store, StoreError};

const COOKIE: &str = "calmline_notes";

/// `GET` and `POST /notes/{secret}`.
pub fn router(store: Store) -> Router {
    Router::new().route("/notes/{secret}", get(show).post(open)).with_state(store)
}

/// Shows the notes to the browser that opened them, and a button to any other.
async fn show(State(store): State<Store>, Path(secret): Path<String>, headers: HeaderMap) -> Response {
    match read(&store, &secret, &headers).await {
        Ok(Shown::Notes(page)) => answer(StatusCode::OK, &*page),
        Ok(Shown::Closed) => answer(StatusCode::OK, &Door { secret: &secret }),
        Ok(Shown::Gone) => gone(),
        Err(error) => failed(&error),
    }
}

/// Binds the link to the browser that asks.
async fn open(State(store): State<Store>, Path(secret): Path<String>) -> Response {
    let digest = NotesLink::digest(&secret);
    let browser = fresh_secret();
    let now = Timestamp::now();
    let opened = async {
        match store.notes_link(&digest).await? {
            Some(link) if link.is_good(now) => {
                store.open_notes(&digest, &NotesLink::digest(&browser), now).await
            }
            Some(_) | None => Ok(false),
        }
    };
    match opened.await {
        Ok(true) => {
            let cookie = format!(
                "{COOKIE}={browser}; Path=/notes/{secret}; Max-Age=86400; HttpOnly; Secure; SameSite=Strict"
            );
            let path = format!("/notes/{secret}");
            (private(), [(header::SET_COOKIE, cookie)], Redirect::to(&path)).into_response()
        }
        Ok(false) => gone(),
        Err(error) => failed(&error),
    }
}

enum Shown {
    Notes(Box<Page>),
    Closed,
    Gone,
}

async fn read(store: &Store, secret: &str, headers: &HeaderMap) -> Result<Shown, StoreError> {
    let Some(link) = store.notes_link(&NotesLink::digest(secret)).await? else { return Ok(Shown::Gone) };
    if !link.is_good(Timestamp::now()) {
        return Ok(Shown::Gone);
    }
    let Some(opened_by) = &link.opened_by else { return Ok(Shown::Closed) };
    if !cookies(headers).any(|browser| NotesLink::digest(browser) == *opened_by) {
        return Ok(Shown::Gone);
    }
    let briefing = store.briefing(link.handoff).await?;
    Ok(briefing.map_or(Shown::Gone, |briefing| Shown::Notes(Box::new(Page { briefing }))))
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .filter(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value)
}

fn gone() -> Response {
    answer(StatusCode::GONE, &Gone)
}

fn failed(error: &StoreError) -> Response {
    tracing::error!(error = error as &dyn std::error::Error, "notes cannot be shown");
    answer(StatusCode::SERVICE_UNAVAILABLE, &Unavailable)
}

fn answer(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => {
            (status, private(), [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "a page cannot be drawn");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Nobody keeps the page, frames it, finds it by searching, or learns its address.
fn private() -> [(HeaderName, HeaderValue); 5] {
    let fixed = HeaderValue::from_static;
    [
        (header::CACHE_CONTROL, fixed("no-store")),
        (header::REFERRER_POLICY, fixed("no-referrer")),
        (header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff")),
        (HeaderName::from_static("x-robots-tag"), fixed("noindex")),
        (
            header::CONTENT_SECURITY_POLICY,
            fixed(
                "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
            ),
        ),
    ]
}

impl Page {
    fn who(&self, speaker: &Speaker) -> &'static str {
        match speaker {
            Speaker::Caller => "Caller",
            Speaker::Bot => "Receptionist",
        }
    }

    fn clock(&self, at: &CallTime) -> String {
        let seconds = at.as_ms() / 1000;
        format!("{}:{:02}", seconds / 60, seconds % 60)
    }

    fn level(&self, level: &f32) -> String {
        format!("{level:.0}")
    }

    fn number(&self) -> Option<&str> {
        self.briefing.callback.as_ref().map(|number| number.expose())
    }
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Notes for your call</title>
<style>
:root{color-scheme:light dark;font:17px/1.45 system-ui,sans-serif}body{margin:0 auto;max-width:38rem;padding:1rem}
h1{font-size:1.25rem;margin:.2rem 0 .6rem}h2{font-size:.8rem;letter-spacing:.06em;text-transform:uppercase;opacity:.7;margin:1.4rem 0 .3rem}
p,ul,dl{margin:.3rem 0}ul{padding-left:1.2rem}dt{opacity:.7;font-size:.9rem;margin-top:.5rem}dd{margin:0}
.why{opacity:.8}.open{opacity:.6;font-style:italic}q{opacity:.8;font-size:.92rem}.who{opacity:.6;font-size:.85rem}
</style></head><body>
<h1>{{ briefing.recap.expose() }}</h1>
<p class="why">{{ briefing.why_you }}</p>
{% if let Some(number) = self.number() %}<p>Reach them on <a href="tel:{{ number }}">{{ number }}</a></p>{% endif %}
<h2>The four questions</h2><dl>
{% for answer in briefing.answers %}<dt>{{ answer.question }}{% if answer.confirmed %} – confirmed{% endif %}</dt>
<dd>{% if let Some(words) = answer.answer %}{{ words.expose() }}{% else %}<span class="open">not known yet</span>{% endif %}
{% for words in answer.evidence %}<br><q>{{ words.expose() }}</q>{% endfor %}</dd>{% endfor %}</dl>
{% if !briefing.answered.is_empty() %}<h2>Already asked and answered</h2><ul>{% for question in briefing.answered %}<li>{{ question }}</li>{% endfor %}</ul>{% endif %}
{% if !briefing.intake.is_empty() %}<h2>Intake</h2><dl>{% for slot in briefing.intake %}<dt>{{ slot.label }}{% if slot.confirmed %} – confirmed{% endif %}</dt><dd>{{ slot.value.expose() }}</dd>{% endfor %}</dl>{% endif %}
{% if !briefing.states.is_empty() || !briefing.stress.is_empty() %}<h2>How they are</h2><ul>
{% for state in briefing.states %}<li>{{ state.reason }}</li>{% endfor %}
{% if let Some(last) = briefing.stress.last() %}<li>Stress {{ self.level(last.level) }} of 100{% if briefing.stress.len() > 1 %} (earlier:{% for point in briefing.stress %}{% if !loop.last %} {{ self.level(point.level) }} at {{ self.clock(point.at) }}{% endif %}{% endfor %}){% endif %}</li>{% endif %}</ul>{% endif %}
{% if !briefing.promises.is_empty() %}<h2>Promised</h2><ul>{% for promise in briefing.promises %}<li>{{ promise.what.expose() }} – {{ promise.owner }}</li>{% endfor %}</ul>{% endif %}
{% if !briefing.tried.is_empty() %}<h2>Told and tried</h2><ul>{% for step in briefing.tried %}<li>{{ step.expose() }}</li>{% endfor %}</ul>{% endif %}
{% if !briefing.earlier.is_empty() %}<h2>Earlier calls</h2><ul>{% for call in briefing.earlier %}<li>{{ call.at.strftime("%Y-%m-%d") }}{% if let Some(topic) = call.topic %}, {{ topic }}{% endif %}{% if let Some(trigger) = call.trigger %}: {{ trigger.expose() }}{% endif %}</li>{% endfor %}</ul>{% endif %}
{% if !briefing.turns.is_empty() %}<h2>Last words</h2>{% for turn in briefing.turns %}<p><span class="who">{{ self.who(turn.speaker) }}</span><br>{{ turn.text.expose() }}</p>{% endfor %}{% endif %}
</body></html>
"#
)]
struct Page {
    briefing: Briefing,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Notes for your call</title><style>:root{color-scheme:light dark;font:17px/1.45 system-ui,sans-serif}body{margin:0 auto;max-width:38rem;padding:1rem}button{font:inherit;padding:.8rem 1.4rem}</style></head>
<body><p>These notes are for you alone. They open on this device only, and close when the call is over.</p>
<form method="post" action="/notes/{{ secret }}"><button>Show the notes</button></form></body></html>
"#
)]
struct Door<'a> {
    secret: &'a str,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Notes</title></head>
<body><p>There is nothing here: the call is over, or these notes were opened on another device.</p></body></html>
"#
)]
struct Gone;

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Notes</title></head>
<body><p>The notes cannot be read just now. Please try again in a moment.</p></body></html>
"#
)]
struct Unavailable;
