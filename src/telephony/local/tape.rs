use std::path::Path;

use tokio::sync::mpsc::UnboundedSender;

use super::playout::FRAME;
use super::timeline::{Entry, Timeline, What};
use crate::audio::ulaw;
use crate::domain::CallTime;

/// A frame is audible above this root mean square (−50 dB of full scale).
const AUDIBLE_RMS: f64 = 100.0;
/// The bot counts as silent after this many frames without a voice.
const QUIET_FRAMES: u32 = 15;

/// Both directions of a call as they were on the line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recording {
    caller: Vec<i16>,
    bot: Vec<i16>,
}

impl Recording {
    /// What the caller said, at 8 kHz.
    pub fn caller(&self) -> &[i16] {
        &self.caller
    }

    /// What the caller heard, at 8 kHz.
    pub fn bot(&self) -> &[i16] {
        &self.bot
    }

    /// Writes a stereo WAV of 16 bits at 8 kHz: the caller on the left, the bot as it was played on the right.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write_wav(&self, path: &Path) -> Result<(), hound::Error> {
        let spec = hound::WavSpec {
            channels: 2,
            sample_rate: 8000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut file = hound::WavWriter::create(path, spec)?;
        for (left, right) in self.caller.iter().zip(&self.bot) {
            file.write_sample(*left)?;
            file.write_sample(*right)?;
        }
        file.finalize()
    }
}

/// Writes down all of a call while it goes on.
#[derive(Debug)]
pub(super) struct Tape {
    pub(super) timeline: Timeline,
    pub(super) recording: Recording,
    live: Option<UnboundedSender<Entry>>,
    /// The end of the bot's voice so far, while it speaks.
    speaking_until: Option<CallTime>,
    quiet_frames: u32,
}

impl Tape {
    pub(super) fn new(live: Option<UnboundedSender<Entry>>) -> Self {
        Self {
            timeline: Timeline::default(),
            recording: Recording::default(),
            live,
            speaking_until: None,
            quiet_frames: 0,
        }
    }

    pub(super) fn note(&mut self, at: CallTime, what: What) {
        let entry = Entry { at, what };
        if let Some(live) = &self.live {
            // Nobody has to be watching.
            let _ = live.send(entry.clone());
        }
        self.timeline.push(entry);
    }

    /// Fills the recording up with silence to a moment.
    pub(super) fn silence_until(&mut self, at: CallTime) {
        let length = usize::try_from(at.as_ms() * 8).unwrap_or(usize::MAX);
        if length > self.recording.caller.len() {
            self.recording.caller.resize(length, 0);
            self.recording.bot.resize(length, 0);
        }
    }

    /// Records 20 ms that began at `at`, as heard at the caller's end.
    pub(super) fn record(&mut self, at: CallTime, caller: &[i16; FRAME], bot: &[u8; FRAME]) {
        let audible = is_audible(bot);
        let bot = ulaw::decode_i16(bot);
        self.recording.caller.extend_from_slice(caller);
        self.recording.bot.extend_from_slice(&bot);
        if audible {
            if self.speaking_until.is_none() {
                self.note(at, What::BotBegan);
            }
            self.speaking_until = Some(CallTime::from_ms(at.as_ms() + 20));
            self.quiet_frames = 0;
        } else {
            self.quiet_frames += 1;
            if self.quiet_frames >= QUIET_FRAMES {
                self.close_bot();
            }
        }
    }

    /// Notes the end of the bot's voice, if it was to be heard.
    pub(super) fn close_bot(&mut self) {
        if let Some(end) = self.speaking_until.take() {
            self.note(end, What::BotEnded);
        }
    }
}

/// Whether there is a voice in 20 ms of μ-law.
pub(super) fn is_audible(frame: &[u8; FRAME]) -> bool {
    rms(&ulaw::decode_i16(frame)) > AUDIBLE_RMS
}

pub(super) fn rms(samples: &[i16]) -> f64 {
    let sum: f64 = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum();
    (sum / samples.len().max(1) as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bots_voice_is_noted_from_its_first_to_its_last_sound() {
        let mut tape = Tape::new(None);
        let loud = [0x90; FRAME];
        for frame in 0..60_u64 {
            let bot = if (10..20).contains(&frame) { &loud } else { &[ulaw::SILENCE; FRAME] };
            tape.record(CallTime::from_ms(frame * 20), &[0; FRAME], bot);
        }
        let noted: Vec<_> =
            tape.timeline.entries().iter().map(|entry| (entry.at.as_ms(), &entry.what)).collect();
        assert_eq!(noted, [(200, &What::BotBegan), (400, &What::BotEnded)]);
    }

    #[test]
    fn the_recording_is_a_stereo_file_with_the_caller_on_the_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("call.wav");
        let mut tape = Tape::new(None);
        tape.silence_until(CallTime::from_ms(20));
        tape.record(CallTime::from_ms(20), &[1000; FRAME], &[0x80; FRAME]);
        tape.recording.write_wav(&path).unwrap();
        let mut file = hound::WavReader::open(&path).unwrap();
        assert_eq!((file.spec().channels, file.spec().sample_rate), (2, 8000));
        let samples: Vec<i16> = file.samples().map(Result::unwrap).collect();
        assert_eq!(samples.len(), 4 * FRAME);
        assert_eq!((&samples[..2], &samples[2 * FRAME..2 * FRAME + 2]), (&[0, 0][..], &[1000, 32124][..]));
    }
}
