//! Integration tests.

mod calls;
