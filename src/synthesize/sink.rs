//! Where the audio of one sentence goes: to whoever asked, and into the memory of spoken phrases.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::audio::TELEPHONE_HZ;

use super::phrases::{Key, Phrases};
use super::{Slice, SynthesizeError};

/// Slices that may wait to be read. At a fifth of a second each and more this is far beyond any sentence, so whoever
/// leaves that many unread has stopped listening.
const MOST_UNREAD: usize = 256;

/// The maker's end of a sentence.
pub struct Sink {
    sender: mpsc::Sender<Result<Slice, SynthesizeError>>,
    said: Vec<u8>,
    memory: Option<(Key, Arc<Phrases>)>,
    /// Whether a slice could not be handed over.
    overrun: bool,
}

impl Sink {
    /// Makes both ends of a sentence.
    pub fn new(key: Key, phrases: Arc<Phrases>) -> (Self, mpsc::Receiver<Result<Slice, SynthesizeError>>) {
        let (sender, receiver) = mpsc::channel(MOST_UNREAD);
        (Self { sender, said: Vec::new(), memory: Some((key, phrases)), overrun: false }, receiver)
    }

    /// Whether nobody listens any more.
    pub fn is_cancelled(&self) -> bool {
        self.overrun || self.sender.is_closed()
    }

    /// Waits until nobody listens any more.
    pub async fn cancelled(&self) {
        self.sender.closed().await;
    }

    /// Hands over a slice.
    pub fn send(&mut self, slice: Slice) {
        if !slice.is_empty() {
            self.said.extend_from_slice(&slice);
            self.overrun |= self.sender.try_send(Ok(slice)).is_err();
        }
    }

    /// How much audio there has been.
    pub fn duration(&self) -> Duration {
        Duration::from_secs_f64(self.said.len() as f64 / f64::from(TELEPHONE_HZ))
    }

    /// Whether there has been any audio.
    pub const fn has_begun(&self) -> bool {
        !self.said.is_empty()
    }

    /// Keeps this sentence out of the memory, because another voice than the usual one speaks it.
    pub fn forget(&mut self) {
        self.memory = None;
    }

    /// Ends a complete sentence.
    pub fn finish(self) {
        if let (Some((key, phrases)), false) = (&self.memory, self.overrun) {
            phrases.remember(*key, self.said.into());
        }
    }

    /// Ends a sentence that cannot be completed.
    pub fn fail(self, error: SynthesizeError) {
        let _ = self.sender.try_send(Err(error));
    }
}
