use calmline::domain::{
    Answer, Aspect, BusinessId, CallId, CallTime, Fact, HangupCause, PhoneNumber, Pii, Promise, PromiseId,
    PromiseState, Slot, Urgency,
};
use calmline::store::{CallFilter, Journal, JournalHealth, NewCall, PromiseFilter, Store, StoreError};
use jiff::Timestamp;
use sqlx::{Connection, SqliteConnection};
use tempfile::TempDir;
use uuid::Uuid;

async fn open() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("data/calls.db")).await.unwrap();
    (folder, store)
}

fn id(number: u128) -> CallId {
    CallId::new(Uuid::from_u128(number))
}

fn new_call(number: u128, business: &str) -> NewCall {
    NewCall {
        id: id(number),
        carrier: "local".into(),
        carrier_call_id: format!("CA{number}"),
        business: BusinessId(business.into()),
        caller: Some(PhoneNumber::parse("+14155550142").unwrap()),
        called: None,
        started_at: Timestamp::from_millisecond(1_700_000_000_000).unwrap(),
    }
}

fn noted(value: &str) -> Fact {
    Fact::Noted { slot: Slot::Reason, value: value.into(), evidence: vec![] }
}

fn promise(call: u128, due_ms: i64) -> Promise {
    Promise {
        id: PromiseId::new(Uuid::from_u128(call * 100)),
        call: id(call),
        what: "call back about the boiler".into(),
        owner: "our office".into(),
        callback: Some(PhoneNumber::parse("+14155550143").unwrap()),
        due: Timestamp::from_millisecond(due_ms).unwrap(),
        urgency: Urgency::Urgent,
        state: PromiseState::Open,
    }
}

#[tokio::test]
async fn a_call_announced_twice_by_its_carrier_is_one_call() {
    let (_folder, store) = open().await;
    let first = store.begin_call(&new_call(1, "heating")).await.unwrap();
    let again = NewCall { id: id(2), ..new_call(1, "heating") };
    assert_eq!(store.begin_call(&again).await.unwrap(), first);
    let found = store.find_call("local", "CA1").await.unwrap().unwrap();
    assert_eq!(found.call, new_call(1, "heating"));
    assert!(store.find_call("twilio", "CA1").await.unwrap().is_none());
}

#[tokio::test]
async fn facts_come_back_as_they_were_written_and_in_order() {
    let (_folder, store) = open().await;
    store.begin_call(&new_call(1, "heating")).await.unwrap();
    let written = [noted("no heat"), Fact::Confirmed { slot: Slot::Field("address".into()) }, Fact::Resumed];
    for (seq, fact) in (0..).zip(&written) {
        store.append(id(1), seq, CallTime::from_ms(seq * 500), fact).await.unwrap();
    }
    let facts = store.facts(id(1)).await.unwrap();
    assert_eq!(facts.iter().map(|stored| stored.fact.clone()).collect::<Vec<_>>(), written);
    assert_eq!(facts[2].at, CallTime::from_ms(1000));
}

#[tokio::test]
async fn a_fact_written_again_changes_nothing_and_another_in_its_place_is_refused() {
    let (_folder, store) = open().await;
    store.begin_call(&new_call(1, "heating")).await.unwrap();
    store.append(id(1), 0, CallTime::ZERO, &noted("no heat")).await.unwrap();
    store.append(id(1), 0, CallTime::ZERO, &noted("no heat")).await.unwrap();
    let refused = store.append(id(1), 0, CallTime::ZERO, &noted("a leak")).await;
    assert!(matches!(refused, Err(StoreError::Contradiction)));
    let orphan = store.append(id(7), 0, CallTime::ZERO, &noted("a leak")).await;
    assert!(matches!(orphan, Err(StoreError::Contradiction)));
    assert_eq!(store.facts(id(1)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_end_and_a_promise_are_stored_with_the_facts_that_tell_them() {
    let (_folder, store) = open().await;
    store.begin_call(&new_call(1, "heating")).await.unwrap();
    store.begin_call(&new_call(2, "dental")).await.unwrap();
    assert_eq!(store.unfinished_calls().await.unwrap().len(), 2);

    let made = promise(1, 1_700_000_900_000);
    let fact = Fact::PromiseMade { promise: made.clone() };
    store.append(id(1), 0, CallTime::from_ms(40_000), &fact).await.unwrap();
    let ended = Fact::Ended { cause: HangupCause::Completed };
    store.append(id(1), 1, CallTime::from_ms(42_000), &ended).await.unwrap();

    let record = store.call(id(1)).await.unwrap().unwrap();
    assert_eq!(record.cause, Some(HangupCause::Completed));
    assert_eq!(record.ended_at.unwrap().as_millisecond(), 1_700_000_042_000);
    assert_eq!(record.promises, std::slice::from_ref(&made));
    let unfinished = store.unfinished_calls().await.unwrap();
    assert_eq!(unfinished.iter().map(|call| call.call.id).collect::<Vec<_>>(), [id(2)]);

    let of = |business: &str| PromiseFilter {
        business: Some(BusinessId(business.into())),
        state: Some(PromiseState::Open),
    };
    let ledger: Vec<_> = store.promises(&of("heating")).await.unwrap();
    assert_eq!(ledger.into_iter().map(|entry| entry.promise).collect::<Vec<_>>(), [made]);
    assert_eq!(store.promises(&of("dental")).await.unwrap(), []);
}

#[tokio::test]
async fn calls_are_listed_newest_first_in_pages_by_business() {
    let (_folder, store) = open().await;
    for number in 1..=5 {
        let business = if number == 3 { "dental" } else { "heating" };
        store.begin_call(&new_call(number, business)).await.unwrap();
    }
    let page = |before: Option<CallId>| CallFilter {
        business: Some(BusinessId("heating".into())),
        before,
        limit: 2,
    };
    let ids = |records: Vec<calmline::store::CallRecord>| records.iter().map(|r| r.id).collect::<Vec<_>>();
    assert_eq!(ids(store.calls(&page(None)).await.unwrap()), [id(5), id(4)]);
    assert_eq!(ids(store.calls(&page(Some(id(4)))).await.unwrap()), [id(2), id(1)]);
    assert_eq!(store.call(id(9)).await.unwrap(), None);
}

#[tokio::test]
async fn a_fact_of_a_newer_version_is_reported_without_quoting_it() {
    let (folder, store) = open().await;
    store.begin_call(&new_call(1, "heating")).await.unwrap();
    let mut other = connect(&folder).await;
    sqlx::query("INSERT INTO call_fact VALUES ($1, 0, 0, 'sung', $2)")
        .bind(id(1).to_string())
        .bind(r#"{"fact":"sung","text":"Margaret Hollis"}"#)
        .execute(&mut other)
        .await
        .unwrap();
    let error = store.facts(id(1)).await.unwrap_err();
    assert!(matches!(error, StoreError::Unreadable { what: "fact", .. }));
    assert!(!format!("{error} {error:?}").contains("Hollis"));
}

#[tokio::test]
async fn a_call_that_cannot_be_read_leaves_the_others_in_their_pages() {
    let (folder, store) = open().await;
    for number in 1..=4 {
        store.begin_call(&new_call(number, "heating")).await.unwrap();
        let ended = Fact::Ended { cause: HangupCause::Completed };
        store.append(id(number), 0, CallTime::from_ms(1000), &ended).await.unwrap();
    }
    let mut other = connect(&folder).await;
    sqlx::query("UPDATE call_fact SET body = $2 WHERE call_id = $1")
        .bind(id(3).to_string())
        .bind(r#"{"fact":"sung"}"#)
        .execute(&mut other)
        .await
        .unwrap();
    let page = CallFilter { limit: 2, ..CallFilter::default() };
    let ids = |records: Vec<calmline::store::CallRecord>| records.iter().map(|r| r.id).collect::<Vec<_>>();
    assert_eq!(ids(store.calls(&page).await.unwrap()), [id(4), id(2)]);
    let rest = CallFilter { before: Some(id(2)), ..page };
    assert_eq!(ids(store.calls(&rest).await.unwrap()), [id(1)]);
    let number = PhoneNumber::parse("+14155550142").unwrap();
    let earlier = store.earlier_calls(&BusinessId("heating".into()), &number, 5).await.unwrap();
    assert_eq!(earlier.iter().map(|call| call.call).collect::<Vec<_>>(), [id(4), id(2), id(1)]);
}

#[tokio::test]
async fn the_earlier_calls_of_a_number_tell_what_they_were_about_and_what_became_of_it() {
    let (folder, store) = open().await;
    let number = PhoneNumber::parse("+14155550142").unwrap();
    let heating = BusinessId("heating".into());
    store.begin_call(&new_call(1, "heating")).await.unwrap();
    let answer = Answer { value: "your furnace quit".into(), evidence: vec![], confidence: 1.0 };
    let facts = [
        Fact::TopicChosen { topic: "no-heat".into() },
        Fact::Noted { slot: Slot::Name, value: "Laura Petrakis".into(), evidence: vec![] },
        Fact::Diagnosed { aspect: Aspect::Trigger, answer },
        Fact::PromiseMade { promise: promise(1, 1_700_000_900_000) },
        Fact::Ended { cause: HangupCause::Completed },
    ];
    for (seq, fact) in (0..).zip(&facts) {
        store.append(id(1), seq, CallTime::from_ms(seq * 500), fact).await.unwrap();
    }
    // One that is still on, one of another business, one of another number.
    store.begin_call(&new_call(2, "heating")).await.unwrap();
    store.begin_call(&new_call(3, "dental")).await.unwrap();
    let stranger = Some(PhoneNumber::parse("+14155550199").unwrap());
    store.begin_call(&NewCall { caller: stranger, ..new_call(4, "heating") }).await.unwrap();
    let mut other = connect(&folder).await;
    sqlx::query("UPDATE promise SET state = 'kept'").execute(&mut other).await.unwrap();

    let earlier = store.earlier_calls(&heating, &number, 5).await.unwrap();
    let [call] = &earlier[..] else { panic!("{} calls", earlier.len()) };
    assert_eq!(call.call, id(1));
    assert_eq!(call.at, new_call(1, "heating").started_at);
    assert_eq!(call.topic.as_deref(), Some("no-heat"));
    assert_eq!(call.trigger, Some("your furnace quit".into()));
    assert_eq!(call.name, Some("Laura Petrakis".into()));
    assert_eq!(call.promises[0].state, PromiseState::Kept, "as it stands in the ledger");
    assert_eq!(store.earlier_calls(&heating, &number, 0).await.unwrap(), []);
}

#[tokio::test]
async fn a_number_s_next_call_to_the_same_business_finds_what_was_usual_of_the_voice() {
    let (_folder, store) = open().await;
    let number = PhoneNumber::parse("+14155550142").unwrap();
    let heating = BusinessId("heating".into());
    for call in [new_call(1, "heating"), new_call(2, "heating"), new_call(3, "dental")] {
        store.begin_call(&call).await.unwrap();
    }
    store.begin_call(&NewCall { caller: None, ..new_call(4, "heating") }).await.unwrap();
    assert_eq!(store.voice(&heating, &number).await.unwrap(), None);
    for (call, voice) in [(1, "first"), (2, "second"), (3, "at the dentist's"), (4, "withheld")] {
        store.keep_voice(id(call), &Pii::from(voice)).await.unwrap();
    }
    let voice = store.voice(&heating, &number).await.unwrap();
    assert_eq!(voice.unwrap().expose(), "second");
    let stranger = PhoneNumber::parse("+14155550199").unwrap();
    assert_eq!(store.voice(&heating, &stranger).await.unwrap(), None);
}

#[tokio::test]
async fn facts_wait_while_another_process_holds_the_database_and_then_arrive_in_order() {
    let (folder, store) = open().await;
    let journal = Journal::start(store.clone());
    let mut recorder = journal.begin(new_call(1, "heating"));
    journal.flush().await;

    let mut other = connect(&folder).await;
    sqlx::query("BEGIN EXCLUSIVE").execute(&mut other).await.unwrap();
    for second in 0..20 {
        recorder.record(CallTime::from_ms(second * 1000), noted("no heat"));
    }
    let mut health = journal.health();
    health.wait_for(|health| *health == JournalHealth::Failing).await.unwrap();
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    journal.flush().await;
    assert_eq!(*health.borrow(), JournalHealth::Writing);

    let seqs: Vec<u64> = store.facts(id(1)).await.unwrap().iter().map(|fact| fact.seq).collect();
    assert_eq!(seqs, (0..20).collect::<Vec<_>>());
}

#[test]
fn what_was_committed_before_a_crash_is_there_after_it_without_gaps() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("calls.db");
    let crashing = tokio::runtime::Runtime::new().unwrap();
    crashing.block_on(async {
        let journal = Journal::start(Store::open(&path).await.unwrap());
        let mut recorder = journal.begin(new_call(1, "heating"));
        for seq in 0..500 {
            recorder.record(CallTime::from_ms(seq), noted("no heat"));
            if seq == 200 {
                journal.flush().await;
            }
        }
    });
    // Every task and connection is dropped where it stands.
    crashing.shutdown_background();

    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let store = Store::open(&path).await.unwrap();
        let seqs: Vec<u64> = store.facts(id(1)).await.unwrap().iter().map(|fact| fact.seq).collect();
        assert!(seqs.len() > 200, "only {} facts survived", seqs.len());
        assert_eq!(seqs, (0..seqs.len() as u64).collect::<Vec<_>>());
        assert_eq!(store.unfinished_calls().await.unwrap().len(), 1);
        let journal = Journal::start(store.clone());
        let mut recorder = journal.resume(id(1), seqs.len() as u64);
        recorder.record(CallTime::from_ms(900), Fact::Resumed);
        journal.flush().await;
        assert_eq!(store.facts(id(1)).await.unwrap().last().unwrap().fact, Fact::Resumed);
    });
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_can_read_the_database() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, store) = open().await;
    store.begin_call(&new_call(1, "heating")).await.unwrap();
    for entry in std::fs::read_dir(folder.path().join("data")).unwrap() {
        let mode = entry.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
}

#[tokio::test]
async fn the_check_for_a_writable_database_leaves_nothing_behind() {
    let (_folder, store) = open().await;
    store.check_writable().await.unwrap();
    store.check_writable().await.unwrap();
    store.close().await;
    assert!(matches!(store.check_writable().await, Err(StoreError::Unavailable(_))));
}

async fn connect(folder: &TempDir) -> SqliteConnection {
    let url = format!("sqlite://{}", folder.path().join("data/calls.db").display());
    SqliteConnection::connect(&url).await.unwrap()
}
