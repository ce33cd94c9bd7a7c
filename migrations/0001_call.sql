-- One row per telephone call.
CREATE TABLE call (
    -- UUID version 7, so that sorting by id sorts by age.
    id TEXT PRIMARY KEY,
    carrier TEXT NOT NULL,
    -- The carrier's own id: how a call that comes back after a crash is known again.
    carrier_call_id TEXT NOT NULL,
    business TEXT NOT NULL,
    -- Null when the number is withheld.
    caller TEXT,
    -- Null when the carrier did not say which line was dialled.
    called TEXT,
    -- Milliseconds since 1970 UTC, the same in every database; moments within a call are counted from here.
    started_at BIGINT NOT NULL,
    -- Null while the call is on, or when a crash cut it short.
    ended_at BIGINT,
    cause TEXT,
    UNIQUE (carrier, carrier_call_id)
);

CREATE INDEX call_unfinished ON call (id) WHERE ended_at IS NULL;

-- What happened in a call, in order. Everything else known of a call is derived from here.
CREATE TABLE call_fact (
    call_id TEXT NOT NULL REFERENCES call (id),
    -- Counted by the one who records, from 0 without gaps, so that writing a fact twice changes nothing.
    seq BIGINT NOT NULL,
    -- Milliseconds since the call was answered.
    at_ms BIGINT NOT NULL,
    -- The fact's name, again in the body; here so that people can query it.
    kind TEXT NOT NULL,
    -- JSON as text, because JSON types differ between databases.
    body TEXT NOT NULL,
    PRIMARY KEY (call_id, seq)
);

-- The ledger of promises, written in the same transaction as the fact that made them.
CREATE TABLE promise (
    id TEXT PRIMARY KEY,
    call_id TEXT NOT NULL REFERENCES call (id),
    what TEXT NOT NULL,
    -- As named in the business's profile. Never null: nothing is promised that nobody owns.
    owner TEXT NOT NULL,
    -- Null when the caller left no number.
    callback TEXT,
    -- Milliseconds since 1970 UTC.
    due_at BIGINT NOT NULL,
    urgency TEXT NOT NULL,
    state TEXT NOT NULL
);

CREATE INDEX promise_due ON promise (state, due_at);
CREATE INDEX promise_call ON promise (call_id);
