-- Earlier calls of the same number are looked up before the greeting.
CREATE INDEX call_caller ON call (caller, business, id);
