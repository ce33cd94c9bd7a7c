-- Whether the caller said, by text message or in a call, that it is resolved; null while they have not.
ALTER TABLE promise ADD COLUMN said_resolved BOOLEAN;
-- When a call asked them, which is done once.
ALTER TABLE promise ADD COLUMN asked_by_call_at BIGINT;
-- What was answered before stays answered: where nobody could be asked, both moments are the same.
UPDATE promise SET asked_by_call_at = answered_at WHERE answered_at > asked_at;
