//! Model files: found, fetched, verified, converted.
