//! `calmline transcribe`: recordings of any length to text.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use futures_util::{StreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::audio::MODEL_HZ;
use crate::audio::decode::decode_recording;
use crate::audio::resample::resample;
use crate::transcribe::{Job, Priority, Settings, Transcriber, Whisper, split};

/// The arguments of `calmline transcribe`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// WAV or FLAC recordings, of any rate and length.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print one JSON object a line and file, with the times of the pieces.
    #[arg(long)]
    json: bool,
}

/// One recording, transcribed.
#[derive(Debug, Serialize)]
struct Transcript<'a> {
    file: &'a Path,
    seconds: f64,
    text: String,
    pieces: Vec<Piece>,
}

/// A stretch of a recording, at most 28 s long.
#[derive(Debug, Serialize)]
struct Piece {
    start_seconds: f64,
    end_seconds: f64,
    text: String,
    confidence: f32,
    no_speech: f32,
}

/// Transcribes the recordings one after the other, to standard output; progress goes to standard error.
///
/// # Errors
/// When the model or a recording cannot be read, or whisper fails.
pub async fn run(args: &Args, settings: Settings) -> anyhow::Result<()> {
    let at_once = settings.workers.min(settings.queue).max(1);
    let whisper = tokio::task::spawn_blocking(|| Whisper::start(settings)).await??;
    for file in &args.files {
        let transcript = transcribe(&whisper, at_once, file).await?;
        let mut out = std::io::stdout().lock();
        if args.json {
            serde_json::to_writer(&mut out, &transcript)?;
            writeln!(out)?;
        } else if args.files.len() > 1 {
            writeln!(out, "{}: {}", file.display(), transcript.text)?;
        } else {
            writeln!(out, "{}", transcript.text)?;
        }
    }
    Ok(())
}

async fn transcribe<'a>(
    whisper: &impl Transcriber,
    at_once: usize,
    file: &'a Path,
) -> anyhow::Result<Transcript<'a>> {
    let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let recording = decode_recording(bytes).with_context(|| format!("reading {}", file.display()))?;
    let samples = resample(&recording.samples, recording.rate, MODEL_HZ);
    let ranges = split(&samples);

    let progress = ProgressBar::new(ranges.len() as u64)
        .with_style(ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}")?)
        .with_message(file.display().to_string());
    let mut words = stream::iter(ranges.iter().map(|range| {
        whisper.transcribe(Job {
            samples: samples[range.clone()].into(),
            vocabulary: String::new(),
            priority: Priority::Final,
        })
    }))
    .buffered(at_once);
    let mut pieces: Vec<Piece> = Vec::new();
    for range in &ranges {
        let heard = words.next().await.context("a piece is missing")??;
        let seconds = |sample: usize| sample as f64 / f64::from(MODEL_HZ);
        pieces.push(Piece {
            start_seconds: seconds(range.start),
            end_seconds: seconds(range.end),
            text: heard.text,
            confidence: heard.confidence,
            no_speech: heard.no_speech,
        });
        progress.inc(1);
    }
    progress.finish_and_clear();
    let text: Vec<&str> =
        pieces.iter().map(|piece| piece.text.as_str()).filter(|text| !text.is_empty()).collect();
    Ok(Transcript { file, seconds: samples.len() as f64 / f64::from(MODEL_HZ), text: text.join(" "), pieces })
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::Pin;

    use super::*;
    use crate::transcribe::{TranscribeError, Transcription};

    /// Answers with the length of what it was given.
    struct Ruler;

    impl Transcriber for Ruler {
        fn transcribe(
            &self,
            job: Job,
        ) -> Pin<Box<dyn Future<Output = Result<Transcription, TranscribeError>> + Send>> {
            let silent = job.samples.iter().all(|sample| *sample == 0.0);
            let text = if silent { String::new() } else { format!("{} samples", job.samples.len()) };
            Box::pin(async { Ok(Transcription { text, confidence: 0.9, no_speech: 0.1 }) })
        }
    }

    fn wav(path: &Path, samples: impl Iterator<Item = i16>) {
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: 8_000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut file = hound::WavWriter::create(path, spec).unwrap();
        samples.for_each(|sample| file.write_sample(sample).unwrap());
        file.finalize().unwrap();
    }

    #[tokio::test]
    async fn a_long_recording_is_transcribed_in_pieces_and_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("long.wav");
        wav(&path, (0..60 * 8_000).map(|n| if n < 40 * 8_000 { 0 } else { 8_000 * (n % 2 * 2 - 1) as i16 }));
        let transcript = transcribe(&Ruler, 2, &path).await.unwrap();
        assert!((transcript.seconds - 60.0).abs() < 1e-6);
        assert!(transcript.pieces.len() >= 3);
        let times: Vec<f64> = transcript.pieces.iter().map(|piece| piece.start_seconds).collect();
        assert!(times.is_sorted() && times[0] == 0.0);
        let last = transcript.pieces.last().unwrap();
        assert!((last.end_seconds - 60.0).abs() < 1e-6);
        assert!(transcript.text.ends_with(&last.text) && !transcript.text.starts_with(' '));
    }

    #[tokio::test]
    async fn a_file_that_is_no_recording_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("letter.txt");
        std::fs::write(&path, "Dear plumber").unwrap();
        let error = transcribe(&Ruler, 1, &path).await.unwrap_err();
        assert!(format!("{error:#}").contains("letter.txt: expected a WAV or FLAC"), "{error:#}");
    }
}
