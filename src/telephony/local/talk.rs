//! Talk mode: this machine's microphone and speaker as the caller's telephone.

use std::collections::VecDeque;
use std::io::BufRead as _;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use rodio::microphone::{Microphone, MicrophoneBuilder};
use rodio::{DeviceSinkBuilder, Source};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, error::TryRecvError};

use super::{CallOutcome, Carrier, Key, Person, PlacedCall};
use crate::audio::TELEPHONE_HZ;
use crate::audio::resample::Resampler;
use crate::domain::Digit;

/// What the speaker may hold back before it is skipped, so that its clock does not add up to a delay: 300 ms.
const LONGEST_BACKLOG: usize = 2_400;

/// Says why this machine cannot be talked to.
#[derive(Debug, thiserror::Error)]
pub enum TalkError {
    /// There is no microphone that can be opened.
    #[error("no microphone can be opened: {0}; is one plugged in, and may this program use it?")]
    Microphone(String),
    /// There is no speaker that can be opened.
    #[error("no speaker can be opened: {0}; is one plugged in, and may this program use it?")]
    Speaker(String),
}

/// Places a call from this machine's microphone and speaker; Enter or `q` hangs up, other keys of the telephone
/// followed by Enter are dialled.
///
/// # Errors
/// When there is no microphone or no speaker.
pub async fn talk(carrier: &Carrier, call: PlacedCall) -> Result<CallOutcome, TalkError> {
    let (person, handset) = Person::with_handset();
    let microphone = open_microphone()?;
    let mut speaker =
        DeviceSinkBuilder::open_default_sink().map_err(|error| TalkError::Speaker(error.to_string()))?;
    speaker.log_on_drop(false);
    speaker.mixer().add(Earpiece { heard: handset.speaker, backlog: VecDeque::new() });
    let over = Arc::new(AtomicBool::new(false));
    let listener = thread::spawn({
        let over = Arc::clone(&over);
        move || listen(microphone, &handset.microphone, &over)
    });
    // A blocked read of the terminal cannot be ended; the thread goes with the program.
    thread::spawn(move || read_keys(&handset.keys));
    let outcome = carrier.place(call, person).await;
    over.store(true, Ordering::Relaxed);
    if listener.join().is_err() {
        tracing::warn!("the microphone's thread has failed");
    }
    Ok(outcome)
}

fn open_microphone() -> Result<Microphone, TalkError> {
    let refuse = |error: &dyn std::fmt::Display| TalkError::Microphone(error.to_string());
    let builder = MicrophoneBuilder::new().default_device().map_err(|error| refuse(&error))?;
    let builder = builder.default_config().map_err(|error| refuse(&error))?;
    builder.open_stream().map_err(|error| refuse(&error))
}

/// Brings what the microphone hears to the telephone's rate, 20 ms at a time, until the call is over.
fn listen(microphone: Microphone, said: &UnboundedSender<Vec<i16>>, over: &AtomicBool) {
    let channels = usize::from(microphone.channels().get());
    let rate = microphone.sample_rate().get();
    let mut resampler = Resampler::new(rate, TELEPHONE_HZ);
    let piece = rate as usize / 50;
    let mut microphone = microphone;
    while !over.load(Ordering::Relaxed) {
        let interleaved: Vec<f32> = microphone.by_ref().take(piece * channels).collect();
        if interleaved.is_empty() {
            break;
        }
        let mono: Vec<f32> =
            interleaved.chunks(channels).map(|frame| frame.iter().sum::<f32>() / channels as f32).collect();
        let samples = resampler.push(&mono);
        let samples = samples.iter().map(|sample| (sample * 32_768.0).round() as i16).collect();
        if said.send(samples).is_err() {
            break;
        }
    }
}

fn read_keys(keys: &UnboundedSender<Key>) {
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap_or_default();
        let typed = line.trim();
        if typed.is_empty() || typed.eq_ignore_ascii_case("q") {
            let _ = keys.send(Key::HangUp);
            return;
        }
        for digit in typed.chars().filter_map(Digit::new) {
            let _ = keys.send(Key::Digit(digit));
        }
    }
}

/// What the caller hears, as an endless sound.
struct Earpiece {
    heard: UnboundedReceiver<Vec<i16>>,
    backlog: VecDeque<i16>,
}

impl Iterator for Earpiece {
    type Item = rodio::Sample;

    fn next(&mut self) -> Option<Self::Item> {
        if self.backlog.is_empty() {
            loop {
                match self.heard.try_recv() {
                    Ok(piece) => self.backlog.extend(piece),
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) if self.backlog.is_empty() => return None,
                    Err(TryRecvError::Disconnected) => break,
                }
            }
            let skipped = self.backlog.len().saturating_sub(LONGEST_BACKLOG);
            self.backlog.drain(..skipped);
        }
        Some(f32::from(self.backlog.pop_front().unwrap_or(0)) / 32_768.0)
    }
}

impl Source for Earpiece {
    fn current_span_len(&self) -> Option<usize> {
        None
    }

    fn channels(&self) -> rodio::ChannelCount {
        const { NonZero::new(1).expect("one is not zero") }
    }

    fn sample_rate(&self) -> rodio::SampleRate {
        const { NonZero::new(TELEPHONE_HZ).expect("the telephone's rate is not zero") }
    }

    fn total_duration(&self) -> Option<Duration> {
        None
    }
}
