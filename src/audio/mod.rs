//! Samples: μ-law, resampling, framing, voice activity and the end of a turn.
//!
//! Invariant: its only clock is the count of samples. It deliberately reads no file and starts no thread.
