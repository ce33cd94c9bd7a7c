//! The driver: one task per call.
