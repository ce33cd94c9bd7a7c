//! The handoff queue in virtual time: what it promises, one behaviour a test.
