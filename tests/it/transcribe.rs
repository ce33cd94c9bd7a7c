//! Real whisper on real recordings.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll, Waker};

use calmline::audio::decode::decode_recording;
use calmline::audio::resample::resample;
use calmline::models::{Cache, ModelId};
use calmline::transcribe::{
    Job, Priority, Settings, TranscribeError, Transcriber, Transcription, Whisper, split,
};

/// Loaded once for all tests that only listen.
static WHISPER: LazyLock<Whisper> = LazyLock::new(|| start(2, 64));

fn start(workers: usize, queue: usize) -> Whisper {
    Whisper::start(Settings {
        model: Cache::from_env().unwrap().find(ModelId::WhisperTinyEn).unwrap(),
        workers,
        threads_per_worker: 1,
        queue,
    })
    .unwrap()
}

fn clip(name: &str) -> Vec<f32> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/telephony/local/callers").join(name);
    let recording = decode_recording(std::fs::read(path).unwrap()).unwrap();
    resample(&recording.samples, recording.rate, 16_000)
}

fn job(samples: &[f32], vocabulary: &str, priority: Priority) -> Job {
    Job { samples: samples.into(), vocabulary: vocabulary.to_owned(), priority }
}

async fn hear(samples: &[f32]) -> Transcription {
    WHISPER.transcribe(job(samples, "", Priority::Final)).await.unwrap()
}

fn tone(frequencies: &[f32], seconds: usize) -> Vec<f32> {
    let wave = |n: usize, hz: &f32| (n as f32 / 16_000.0 * hz * std::f32::consts::TAU).sin() * 0.1;
    (0..seconds * 16_000).map(|n| frequencies.iter().map(|hz| wave(n, hz)).sum()).collect()
}

#[tokio::test]
async fn a_sentence_is_understood() {
    let heard = hear(&clip("plumber-plain-00-reason.flac")).await;
    let text = heard.text.to_lowercase().replace(',', "");
    for words in ["kitchen tap", "dripping", "sunday", "someone to take a look"] {
        assert!(text.contains(words), "{text}");
    }
    assert!(heard.confidence > 0.8 && heard.no_speech < 0.2, "{heard:?}");
}

#[tokio::test]
async fn short_answers_are_not_lost() {
    for (name, word) in [
        ("no-show-upset-09-no_more.flac", "no"),
        ("law-deadline-05-yes.flac", "right"),
        ("frightened-04-yes.flac", "yes"),
        ("dental-bill-07-no_more.flac", "thank you"),
    ] {
        let text = hear(&clip(name)).await.text.to_lowercase();
        assert!(text.contains(word), "{name}: {text}");
    }
}

#[tokio::test]
async fn nothing_is_heard_in_silence_and_tones() {
    let dial_tone = tone(&[350.0, 440.0], 4);
    let beep = [vec![0.0; 16_000], tone(&[1_000.0], 1), vec![0.0; 16_000]].concat();
    let hum = tone(&[60.0, 120.0, 180.0], 2);
    for (name, samples) in [
        ("nothing", vec![]),
        ("silence", vec![0.0; 48_000]),
        ("dial tone", dial_tone),
        ("beep", beep),
        ("hum", hum),
    ] {
        assert_eq!(hear(&samples).await.text, "", "{name}");
    }
}

#[tokio::test]
async fn the_vocabulary_helps_with_a_name_and_is_not_invented_into_silence() {
    let name = clip("plumber-plain-01-name.flac");
    let vocabulary = "Owen Castellane, Renata Kowalczyk";
    let heard = WHISPER.transcribe(job(&name, vocabulary, Priority::Final)).await.unwrap();
    assert!(heard.text.contains("Castellane"), "{}", heard.text);
    let hum = tone(&[60.0, 120.0, 180.0], 2);
    assert_eq!(WHISPER.transcribe(job(&hum, vocabulary, Priority::Final)).await.unwrap().text, "");
}

#[tokio::test]
async fn a_long_recording_is_heard_in_pieces() {
    let sentence = clip("plumber-plain-00-reason.flac");
    let long: Vec<f32> = (0..6).flat_map(|_| sentence.iter().copied().chain([0.0; 8_000])).collect();
    let mut text = String::new();
    for piece in split(&long) {
        text += &hear(&long[piece]).await.text.to_lowercase();
    }
    assert_eq!(text.matches("sunday").count(), 6, "{text}");
}

#[tokio::test]
async fn a_full_queue_refuses_and_the_places_of_cancelled_jobs_are_free_again() {
    let whisper = start(1, 2);
    let long = Arc::<[f32]>::from(tone(&[200.0, 333.0], 8));
    let submit = || {
        whisper.transcribe(Job {
            samples: long.clone(),
            vocabulary: String::new(),
            priority: Priority::Final,
        })
    };
    // One runs, two wait; of five at least two find no place.
    let mut answers: Vec<_> = (0..5).map(|_| submit()).collect();
    let mut context = Context::from_waker(Waker::noop());
    let polls = answers.iter_mut().map(|answer| answer.as_mut().poll(&mut context));
    let refused = polls.filter(|poll| matches!(poll, Poll::Ready(Err(TranscribeError::Busy)))).count();
    assert!((2..=3).contains(&refused), "{refused} refused");
    drop(answers);
    let sentence = clip("plumber-plain-00-reason.flac");
    let heard = whisper.transcribe(job(&sentence, "", Priority::Final)).await.unwrap();
    assert!(heard.text.contains("dripping"), "{}", heard.text);
}

#[tokio::test]
async fn closing_answers_those_who_wait() {
    let whisper = start(1, 8);
    let long = tone(&[200.0, 333.0], 8);
    let waiting: Vec<_> = (0..3).map(|_| whisper.transcribe(job(&long, "", Priority::Speculative))).collect();
    drop(whisper);
    for answer in waiting {
        assert!(matches!(answer.await, Err(TranscribeError::Closed)));
    }
}

#[tokio::test]
async fn a_missing_or_broken_model_is_named() {
    let settings = |model| Settings { model, workers: 1, threads_per_worker: 1, queue: 1 };
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.bin");
    let broken = folder.path().join("broken.bin");
    std::fs::write(&broken, "this is no model").unwrap();
    for path in [missing, broken] {
        let Err(error) = Whisper::start(settings(path.clone())) else { panic!("it started") };
        assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
    }
}
