-- One row per handoff of a call to a person.
CREATE TABLE handoff (
    -- Derived from the call's id, so that replaying the call finds it again.
    id TEXT PRIMARY KEY,
    call_id TEXT NOT NULL REFERENCES call (id),
    business TEXT NOT NULL,
    -- Milliseconds since 1970 UTC, as all moments here.
    requested_at BIGINT NOT NULL,
    -- Null until it is settled.
    outcome TEXT,
    -- When nothing can happen in it any more: settled without anybody, or the talk is over.
    ended_at BIGINT,
    -- What the agents are told, as JSON; replaced while more becomes known.
    briefing TEXT NOT NULL
);

CREATE INDEX handoff_open ON handoff (id) WHERE ended_at IS NULL;
CREATE INDEX handoff_call ON handoff (call_id);
CREATE INDEX handoff_business ON handoff (business, requested_at);

-- What happened in a handoff, in order. The queue is rebuilt from here.
CREATE TABLE handoff_fact (
    handoff_id TEXT NOT NULL REFERENCES handoff (id),
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (handoff_id, seq)
);

-- The link under which an agent reads the notes of one offer.
CREATE TABLE notes_link (
    -- SHA-256 of the link's secret, so that a copy of the database opens no page.
    digest TEXT PRIMARY KEY,
    handoff_id TEXT NOT NULL REFERENCES handoff (id),
    agent TEXT NOT NULL,
    -- SHA-256 of the cookie of the one browser that opened it; null until then.
    opened_by TEXT,
    opened_at BIGINT,
    -- Null while it is good for as long as its handoff goes on.
    expires_at BIGINT
);

CREATE INDEX notes_link_handoff ON notes_link (handoff_id);

-- Agents who signed off; everybody else may be asked in their hours.
CREATE TABLE agent_signed_off (
    business TEXT NOT NULL,
    agent TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (business, agent)
);
