-- What is usual of the caller's voice, as JSON of means (no sound, and nobody is known by it), for the same number's next
-- call. Null while the call is on, when too little was heard, and when the number is withheld.
ALTER TABLE call ADD COLUMN voice TEXT;
