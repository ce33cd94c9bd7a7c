-- What is to be told to somebody outside: text messages, mail, webhooks. Written with what caused it, sent afterwards.
CREATE TABLE outbox (
    -- UUID version 7: receivers know a notice that comes twice by it, and those of one stream are sent in its order.
    id TEXT PRIMARY KEY,
    business TEXT NOT NULL,
    -- No reference: a notice of a call may be written before the journal has written the call.
    call_id TEXT NOT NULL,
    -- Call and receiver: within a stream nothing is sent before what came first.
    stream TEXT NOT NULL,
    channel TEXT NOT NULL,
    -- The agent's key in the profile. Null for the caller and for the configured addresses: no number and no address
    -- ever stands here, so nothing said in a call can become one.
    agent TEXT,
    -- Without anything personal: an event's type, a mail's subject.
    about TEXT NOT NULL,
    -- Emptied once it has been sent.
    body TEXT NOT NULL,
    -- Milliseconds since 1970 UTC, as all moments here.
    made_at BIGINT NOT NULL,
    -- Not sent any more after this.
    until BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    state TEXT NOT NULL,
    -- Why the last attempt failed; null while none has.
    last_error TEXT
);

CREATE INDEX outbox_due ON outbox (channel, next_at) WHERE state = 'waiting';
CREATE INDEX outbox_stream ON outbox (stream, id) WHERE state = 'waiting';
