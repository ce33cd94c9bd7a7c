-- When what follows a call was put into the outbox: null until then, so that a crash in between leaves nothing out.
ALTER TABLE call ADD COLUMN followed_up_at BIGINT;
-- What ended before there was an outbox is nobody's news.
UPDATE call SET followed_up_at = ended_at WHERE ended_at IS NOT NULL;
CREATE INDEX call_not_followed_up ON call (id) WHERE followed_up_at IS NULL AND ended_at IS NOT NULL;

-- When it was kept or broken, and what was said of it then.
ALTER TABLE promise ADD COLUMN closed_at BIGINT;
ALTER TABLE promise ADD COLUMN note TEXT;
-- When each step was taken, so that each is taken once: its owner reminded, its owner told that it is overdue, the
-- lead told, the caller asked whether it is resolved, the caller's answer taken.
ALTER TABLE promise ADD COLUMN reminded_at BIGINT;
ALTER TABLE promise ADD COLUMN overdue_told_at BIGINT;
ALTER TABLE promise ADD COLUMN lead_told_at BIGINT;
ALTER TABLE promise ADD COLUMN asked_at BIGINT;
ALTER TABLE promise ADD COLUMN answered_at BIGINT;
UPDATE promise SET reminded_at = due_at, overdue_told_at = due_at, lead_told_at = due_at, asked_at = due_at,
    answered_at = due_at;
CREATE INDEX promise_unasked ON promise (due_at) WHERE asked_at IS NULL;

-- Callers who want no text messages.
CREATE TABLE no_text (
    number TEXT PRIMARY KEY,
    since BIGINT NOT NULL
);
