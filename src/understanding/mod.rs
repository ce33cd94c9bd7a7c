//! Words to typed facts: names, numbers, yes and no, wishes for a person, and whether a sentence is finished.
//!
//! Invariant: every finding is in the words it was given. It deliberately knows nothing of the conversation around
//! them except what was asked.
