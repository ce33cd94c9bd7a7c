//! The real local voice.

use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::Duration;

use calmline::audio::ulaw;
use calmline::synthesize::{
    HttpSettings, Settings, Slice, Source, SynthesizeError, Synthesizer, Voice, sentences,
};
use tempfile::TempDir;
use tokio::sync::mpsc::Receiver;

const SENTENCE: &str = "Thanks for calling, how can I help you today?";

fn piper() -> PathBuf {
    let folder = std::env::var_os("CALMLINE_MODELS").map_or_else(
        || directories::ProjectDirs::from("", "", "calmline").unwrap().cache_dir().join("models"),
        PathBuf::from,
    );
    folder.join("piper-en_US-joe-medium/en_US-joe-medium.onnx")
}

fn start(source: Source, cache: &TempDir) -> Voice {
    Voice::start(Settings {
        source,
        speed: 1.0,
        workers: 1,
        region: "US".to_owned(),
        cache: cache.path().to_owned(),
        cache_bytes: 1 << 20,
    })
    .unwrap()
}

/// Loaded once for the tests that only speak.
static VOICE: LazyLock<(Voice, TempDir)> = LazyLock::new(|| {
    let cache = tempfile::tempdir().unwrap();
    (start(Source::Piper(piper()), &cache), cache)
});

type Audio = Receiver<Result<Slice, SynthesizeError>>;

async fn slices(mut audio: Audio) -> Result<Vec<Slice>, SynthesizeError> {
    let mut slices = Vec::new();
    while let Some(slice) = audio.recv().await {
        slices.push(slice?);
    }
    Ok(slices)
}

/// How a sentence sounds, at the telephone's rate.
pub async fn spoken(words: &str) -> Vec<i16> {
    let slices = slices(VOICE.0.speak(words)).await.unwrap();
    slices.iter().flat_map(|slice| ulaw::decode_i16(slice)).collect()
}

fn seconds(slices: &[Slice]) -> f64 {
    slices.iter().map(|slice| slice.len()).sum::<usize>() as f64 / 8_000.0
}

#[tokio::test]
async fn a_sentence_is_spoken_in_slices_at_the_level_of_the_telephone() {
    let slices = slices(VOICE.0.speak(SENTENCE)).await.unwrap();
    assert!(slices.len() > 2);
    assert!((1.5..4.0).contains(&seconds(&slices)), "{}", seconds(&slices));
    assert!(seconds(&slices[..1]) < 0.3, "the first slice comes early because it is short");

    let samples = ulaw::decode(&slices.concat());
    let power = samples.iter().map(|x| x * x).sum::<f32>() / samples.len() as f32;
    let decibels = 10.0 * power.log10();
    assert!((-25.0..-17.0).contains(&decibels), "{decibels}");
    let clipped = samples.iter().filter(|x| x.abs() > 0.97).count();
    assert!(clipped < samples.len() / 1_000, "{clipped}");
}

#[tokio::test]
async fn the_same_words_always_sound_the_same() {
    let cache = tempfile::tempdir().unwrap();
    let other = start(Source::Piper(piper()), &cache);
    let (one, two) = (VOICE.0.speak("Same words."), other.speak("Same words."));
    assert_eq!(slices(one).await.unwrap().concat(), slices(two).await.unwrap().concat());
}

#[tokio::test]
async fn numbers_take_as_long_as_their_words() {
    let written = slices(VOICE.0.speak("Call 415-555-0142.")).await.unwrap();
    let spelled =
        slices(VOICE.0.speak("Call four one five, five five five, zero one four two.")).await.unwrap();
    assert_eq!(written.concat(), spelled.concat());
}

#[tokio::test]
async fn sentences_that_nobody_waits_for_make_room_for_others() {
    let cache = tempfile::tempdir().unwrap();
    let voice = start(Source::Piper(piper()), &cache);
    for round in 0..3 {
        let abandoned: Vec<Audio> = (0..60)
            .map(|n| voice.speak(&format!("Nobody waits for {}.", "word ".repeat(round * 60 + n + 1))))
            .collect();
        drop(abandoned);
    }
    assert!(seconds(&slices(voice.speak("Still here.")).await.unwrap()) > 0.3);
}

#[tokio::test]
async fn a_full_queue_refuses_at_once() {
    let cache = tempfile::tempdir().unwrap();
    let voice = start(Source::Piper(piper()), &cache);
    let waiting: Vec<Audio> = (0..80).map(|n| voice.speak(&format!("Sentence number {n}."))).collect();
    let mut last = waiting.into_iter().next_back().unwrap();
    assert!(matches!(last.recv().await, Some(Err(SynthesizeError::Busy))));
    assert!(last.recv().await.is_none());
}

#[tokio::test]
async fn warmed_phrases_are_ready_at_once_also_after_a_restart() {
    let cache = tempfile::tempdir().unwrap();
    let texts = ["Hello. How are you?".to_owned(), "Goodbye.".to_owned()];
    let spoken = {
        let voice = start(Source::Piper(piper()), &cache);
        let mut progress = Vec::new();
        voice.warm(&texts, |done, of| progress.push((done, of))).await.unwrap();
        assert_eq!(progress, [(0, 3), (1, 3), (2, 3), (3, 3)]);
        slices(voice.speak("Thanks, Sarah.")).await.unwrap();
        slices(voice.speak("How are you?")).await.unwrap()
    };
    assert_eq!(std::fs::read_dir(cache.path()).unwrap().count(), 3, "only fixed phrases are on disk");

    let voice = start(Source::Piper(piper()), &cache);
    let mut progress = Vec::new();
    voice.warm(&texts, |done, of| progress.push((done, of))).await.unwrap();
    assert_eq!(progress, [(3, 3)]);
    let mut again = voice.speak("How are you?");
    assert_eq!(again.try_recv().unwrap().unwrap().to_vec(), spoken.concat());
    assert!(again.recv().await.is_none());
}

#[tokio::test]
async fn the_local_voice_speaks_when_the_endpoint_fails() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let http = HttpSettings {
        base_url: format!("http://{gone}"),
        model: "m".to_owned(),
        voice: "v".to_owned(),
        api_key: None,
        timeout: Duration::from_secs(2),
    };
    let cache = tempfile::tempdir().unwrap();
    let voice = start(Source::Http(http, Some(piper())), &cache);
    let local = slices(VOICE.0.speak("Good morning.")).await.unwrap().concat();
    assert_eq!(slices(voice.speak("Good morning.")).await.unwrap().concat(), local);
    voice.warm(&["Good morning.".to_owned()], |_, _| {}).await.unwrap();
    assert_eq!(
        std::fs::read_dir(cache.path()).unwrap().count(),
        0,
        "another voice's audio is not kept as the endpoint's"
    );
}

#[tokio::test]
async fn every_sentence_of_a_speech_can_be_spoken() {
    let text = "Let me read that back: 415-555-0142. Is that right? (Take your time.)";
    for range in sentences(text) {
        assert!(seconds(&slices(VOICE.0.speak(&text[range])).await.unwrap()) > 0.3);
    }
}
