//! The store: SQLite, one file per aggregate.
