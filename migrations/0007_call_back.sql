-- An attempt to call back the caller of a promise through the business's own line. The row is written before the agent's
-- telephone is dialled, so that a crash in between dials nobody twice.
CREATE TABLE call_back (
    -- UUID version 7.
    id TEXT PRIMARY KEY,
    promise_id TEXT NOT NULL REFERENCES promise (id),
    business TEXT NOT NULL,
    agent TEXT NOT NULL,
    -- Milliseconds since 1970 UTC, as all moments here.
    dialled_at BIGINT NOT NULL,
    -- The carrier's id of the agent's leg, once it is known.
    leg TEXT,
    -- When the agent pressed the key, upon which the caller is rung.
    accepted_at BIGINT,
    -- How that ended, and how many seconds the two were connected.
    called TEXT,
    talked_s BIGINT NOT NULL DEFAULT 0,
    -- When the agent's leg was over, which may be known before how calling the caller ended.
    leg_ended_at BIGINT,
    -- Both null while it goes on.
    outcome TEXT,
    ended_at BIGINT
);

CREATE INDEX call_back_promise ON call_back (promise_id, id);
-- One attempt at a time for a promise, and for an agent.
CREATE UNIQUE INDEX call_back_open_promise ON call_back (promise_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX call_back_open_agent ON call_back (business, agent) WHERE ended_at IS NULL;
