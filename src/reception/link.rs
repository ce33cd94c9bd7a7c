use tokio::sync::mpsc;

use crate::synthesize::Slice;
use crate::telephony::twilio::Inbound;

/// What goes to the carrier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outbound {
    /// Audio: μ-law, 8 kHz, mono.
    Media(Slice),
    /// A name that comes back when the audio before it has been played.
    Mark(String),
    /// Forget the audio that has not been played.
    Clear,
}

/// The media stream of a call, as two queues; when either end is dropped the stream is lost.
#[derive(Debug)]
pub struct Link {
    /// What the carrier sends, without its first two frames.
    pub inbound: mpsc::Receiver<Inbound>,
    /// What goes to the carrier.
    pub outbound: mpsc::Sender<Outbound>,
}
