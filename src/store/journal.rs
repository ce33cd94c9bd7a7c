use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};

use crate::domain::{CallId, CallTime, Fact};

use super::{HandoffEntry, NewCall, Store, StoreError, call, fact, handoff};

/// Facts that may wait in memory while the database cannot be written; a call makes a few hundred of about 300 bytes.
const CAPACITY: usize = 65_536;
/// Facts committed at once at most.
const BATCH: usize = 256;
const FIRST_RETRY: Duration = Duration::from_millis(50);
const LAST_RETRY: Duration = Duration::from_secs(5);

/// Writes the facts of all calls as they happen, on a task of its own.
///
/// Each fact is committed as soon as the one before it is. While the database cannot be written, facts wait in
/// memory in order and writing is tried again; `kill -9` loses only what waits.
#[derive(Debug, Clone)]
pub struct Journal {
    queue: mpsc::Sender<Entry>,
    health: watch::Receiver<JournalHealth>,
}

/// Whether facts are reaching the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JournalHealth {
    /// The last write went well.
    Writing,
    /// The last write failed; it is being tried again.
    Failing,
}

/// Records one call's facts, numbered in order.
#[derive(Debug)]
pub struct Recorder {
    call: CallId,
    next_seq: u64,
    queue: mpsc::Sender<Entry>,
}

#[derive(Debug)]
enum Entry {
    Begin(NewCall),
    Fact { call: CallId, seq: u64, at: CallTime, fact: Box<Fact> },
    Handoff(Box<HandoffEntry>),
    Flush(oneshot::Sender<()>),
}

impl Journal {
    /// Starts writing to a store; the task ends when the journal and its recorders are gone and all is written.
    pub fn start(store: Store) -> Self {
        let (queue, entries) = mpsc::channel(CAPACITY);
        let (health_out, health) = watch::channel(JournalHealth::Writing);
        tokio::spawn(write_all(store, entries, health_out));
        Self { queue, health }
    }

    /// Records that a call began, and returns what records its facts.
    pub fn begin(&self, new: NewCall) -> Recorder {
        let call = new.id;
        enqueue(&self.queue, Entry::Begin(new));
        self.resume(call, 0)
    }

    /// Returns what records further facts of a call already stored; `next_seq` is one more than its last fact's.
    pub fn resume(&self, call: CallId, next_seq: u64) -> Recorder {
        Recorder { call, next_seq, queue: self.queue.clone() }
    }

    /// Records something about a handoff; never waits.
    pub fn handoff(&self, entry: HandoffEntry) {
        enqueue(&self.queue, Entry::Handoff(Box::new(entry)));
    }

    /// Waits until everything recorded so far is committed: for ever, while the database cannot be written.
    pub async fn flush(&self) {
        let (done, flushed) = oneshot::channel();
        if self.queue.send(Entry::Flush(done)).await.is_ok() {
            // An error means that the writer is gone with its runtime, and nothing more can be waited for.
            let _gone = flushed.await;
        }
    }

    /// Whether facts are reaching the database, and each change of it.
    pub fn health(&self) -> watch::Receiver<JournalHealth> {
        self.health.clone()
    }
}

impl Recorder {
    /// Which call.
    pub const fn call(&self) -> CallId {
        self.call
    }

    /// Records a fact; never waits.
    pub fn record(&mut self, at: CallTime, fact: Fact) {
        let entry = Entry::Fact { call: self.call, seq: self.next_seq, at, fact: Box::new(fact) };
        if enqueue(&self.queue, entry) {
            self.next_seq += 1;
        }
    }
}

fn enqueue(queue: &mpsc::Sender<Entry>, entry: Entry) -> bool {
    let queued = queue.try_send(entry).is_ok();
    if queued {
        let waiting = queue.max_capacity() - queue.capacity();
        metrics::gauge!("calmline_store_waiting_facts").set(waiting as f64);
    } else {
        metrics::counter!("calmline_store_lost_facts_total").increment(1);
        tracing::error!("a fact is lost: the database has been failing for so long that memory is used up");
    }
    queued
}

async fn write_all(store: Store, mut entries: mpsc::Receiver<Entry>, health: watch::Sender<JournalHealth>) {
    let mut batch = Vec::with_capacity(BATCH);
    while entries.recv_many(&mut batch, BATCH).await > 0 {
        write_until_done(&store, &batch, &health).await;
        for entry in batch.drain(..) {
            if let Entry::Flush(done) = entry {
                // Whoever waited may have given up.
                let _gone = done.send(());
            }
        }
        metrics::gauge!("calmline_store_waiting_facts").set(entries.len() as f64);
    }
}

/// Commits a batch, however often it has to be tried.
async fn write_until_done(store: &Store, batch: &[Entry], health: &watch::Sender<JournalHealth>) {
    let mut retry = FIRST_RETRY;
    loop {
        let error = match write(store, batch).await {
            Ok(()) => {
                announce(health, JournalHealth::Writing);
                return;
            }
            // One bad entry must not hold up the others, so each gets a transaction of its own.
            Err(StoreError::Contradiction | StoreError::Unreadable { .. }) if batch.len() > 1 => {
                for entry in batch {
                    Box::pin(write_until_done(store, std::slice::from_ref(entry), health)).await;
                }
                return;
            }
            Err(error @ (StoreError::Contradiction | StoreError::Unreadable { .. })) => {
                metrics::counter!("calmline_store_lost_facts_total").increment(1);
                tracing::error!(error = &error as &dyn std::error::Error, "a fact does not fit the database");
                return;
            }
            Err(error @ (StoreError::Unavailable(_) | StoreError::File(_) | StoreError::Migration(_))) => {
                error
            }
        };
        metrics::counter!("calmline_store_write_failures_total").increment(1);
        if announce(health, JournalHealth::Failing) {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the database cannot be written; facts wait in memory"
            );
        }
        tokio::time::sleep(retry).await;
        retry = (retry * 2).min(LAST_RETRY);
    }
}

async fn write(store: &Store, batch: &[Entry]) -> Result<(), StoreError> {
    let mut transaction = store.writer.begin().await?;
    for entry in batch {
        match entry {
            Entry::Begin(new) => {
                if call::begin(&mut transaction, new).await? != new.id {
                    return Err(StoreError::Contradiction);
                }
            }
            Entry::Fact { call, seq, at, fact } => {
                fact::append(&mut transaction, *call, *seq, *at, fact).await?;
            }
            Entry::Handoff(entry) => handoff::write(&mut transaction, entry).await?,
            Entry::Flush(_) => {}
        }
    }
    transaction.commit().await?;
    Ok(())
}

/// Tells a change of health; false when it is none.
fn announce(health: &watch::Sender<JournalHealth>, now: JournalHealth) -> bool {
    health.send_if_modified(|known| std::mem::replace(known, now) != now)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{BusinessId, Slot};

    fn new_call(id: u128) -> NewCall {
        NewCall {
            id: CallId::new(Uuid::from_u128(id)),
            carrier: "local".into(),
            carrier_call_id: format!("CA{id}"),
            business: BusinessId("heating".into()),
            caller: None,
            called: None,
            started_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn long_fact() -> Fact {
        Fact::Noted { slot: Slot::Reason, value: "the boiler again ".repeat(100).into(), evidence: vec![] }
    }

    async fn set_page_limit(store: &Store, pages: i64) {
        let sql = sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
        sqlx::query(sql).execute(&store.writer).await.unwrap();
    }

    #[tokio::test]
    async fn a_full_disk_loses_nothing_once_there_is_space_again() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("calls.db")).await.unwrap();
        let journal = Journal::start(store.clone());
        let call = new_call(1).id;
        let mut recorder = journal.begin(new_call(1));
        journal.flush().await;
        let (pages,): (i64,) = sqlx::query_as("PRAGMA page_count").fetch_one(&store.writer).await.unwrap();
        set_page_limit(&store, pages).await;

        for second in 0..50 {
            recorder.record(CallTime::from_ms(second * 1000), long_fact());
        }
        let mut health = journal.health();
        health.wait_for(|health| *health == JournalHealth::Failing).await.unwrap();

        set_page_limit(&store, 1_000_000).await;
        health.wait_for(|health| *health == JournalHealth::Writing).await.unwrap();
        journal.flush().await;
        let facts = store.facts(call).await.unwrap();
        assert_eq!(facts.iter().map(|fact| fact.seq).collect::<Vec<_>>(), (0..50).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn a_fact_that_does_not_fit_holds_up_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("calls.db")).await.unwrap();
        let journal = Journal::start(store.clone());
        let mut stranger = journal.resume(CallId::new(Uuid::from_u128(9)), 0);
        let mut recorder = journal.begin(new_call(1));
        stranger.record(CallTime::ZERO, Fact::Resumed);
        recorder.record(CallTime::ZERO, Fact::Resumed);
        journal.flush().await;
        assert_eq!(store.facts(new_call(1).id).await.unwrap().len(), 1);
    }
}
