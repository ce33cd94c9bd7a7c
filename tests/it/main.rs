//! Integration tests.

mod calls;
mod invariants;
