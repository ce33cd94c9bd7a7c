//! One inference: samples through whisper, once or twice.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use whisper_rs::{FullParams, SamplingStrategy, WhisperContext, WhisperError, WhisperState};

use super::repetition::{doubled, repeats, until_repetition};

/// Samples per second whisper takes.
pub(super) const RATE: usize = 16_000;
/// Whisper's own window: 30 s.
const FULL_WINDOW: i32 = 1500;
/// Shorter windows run away into repetition.
const SHORTEST_WINDOW: i32 = 512;

/// From this probability of no speech on, words that stand in the prompt may come from there.
const UNCERTAIN: f32 = 0.3;

/// Shared with the callback by which whisper asks whether to go on.
#[derive(Default)]
pub(super) struct Abort(Mutex<Arc<AtomicBool>>);

impl Abort {
    /// Points the callback at the flag of the job that is about to run.
    pub(super) fn watch(&self, cancelled: Arc<AtomicBool>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = cancelled;
    }

    fn asked(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).load(Ordering::Relaxed)
    }
}

/// What whisper made of the samples, before anything is judged.
#[derive(Clone, Default)]
pub(super) struct Hypothesis {
    pub(super) text: String,
    pub(super) tokens: Vec<Token>,
    /// Whisper's probability that there was no speech.
    pub(super) no_speech: f32,
    /// Whether whisper came to an end by itself, not by the limit of tokens.
    pub(super) finished: bool,
}

/// A piece of the text, mostly a word or half of one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) probability: f32,
    /// Where it ends in the text, in bytes.
    pub(super) end: usize,
}

/// The parameters that are the same for every job of one worker.
///
/// whisper-rs leaks every callback, prompt text and language it is given, so these are made once per worker and
/// cloned; the prompt is passed as tokens, which are borrowed.
pub(super) fn parameters(threads: usize, abort: &Arc<Abort>) -> FullParams<'static, 'static> {
    let mut params = FullParams::new(SamplingStrategy::Greedy { best_of: 1 });
    params.set_n_threads(i32::try_from(threads).unwrap_or(1).max(1));
    params.set_no_context(true);
    params.set_no_timestamps(true);
    params.set_single_segment(true);
    params.set_suppress_nst(true);
    params.set_temperature(0.0);
    params.set_temperature_inc(0.0);
    // Whether there was speech is judged from more than whisper's own two numbers: see the gate.
    params.set_no_speech_thold(2.0);
    params.set_print_progress(false);
    params.set_print_realtime(false);
    params.set_print_timestamps(false);
    let abort = Arc::clone(abort);
    // whisper-rs 0.16 hands the callback a pointer to a `Box<dyn FnMut>` and reads it back as the closure's own
    // type: sound only if that type is itself such a box.
    let callback: Box<dyn FnMut() -> bool> = Box::new(move || abort.asked());
    params.set_abort_callback_safe::<_, Box<dyn FnMut() -> bool>>(Some(callback));
    params
}

/// Runs whisper over the samples; a text that repeats itself, or the prompt, gets one more run without the prompt over
/// the full window.
pub(super) fn infer(
    context: &WhisperContext,
    state: &mut WhisperState,
    base: &FullParams<'static, 'static>,
    samples: &[f32],
    vocabulary: &str,
) -> Result<Hypothesis, WhisperError> {
    let prompt = prompt_tokens(context, vocabulary)?;
    let first = run(context, state, base, samples, &prompt, window(samples.len()))?;
    let echo = first.no_speech > UNCERTAIN && echoes(&first.text, vocabulary);
    if !echo && !repeats(&first.text) && !doubled(&first.text) {
        return Ok(first);
    }
    // The prompt is left out: it, too, can be what whisper is caught in.
    let second = run(context, state, base, samples, &[], FULL_WINDOW)?;
    Ok(settle(&first.text, second))
}

/// What to make of a second run after a first that repeated itself.
fn settle(first: &str, mut second: Hypothesis) -> Hypothesis {
    // Somebody may really say a thing over and over; then both runs agree and come to an end.
    if second.finished && second.text == first {
        return second;
    }
    let kept = until_repetition(&second.text).len();
    second.text.truncate(kept);
    second.tokens.retain(|token| token.end <= kept);
    second
}

fn run(
    context: &WhisperContext,
    state: &mut WhisperState,
    base: &FullParams<'static, 'static>,
    samples: &[f32],
    prompt: &[i32],
    window: i32,
) -> Result<Hypothesis, WhisperError> {
    let mut params: FullParams<'_, '_> = base.clone();
    params.set_audio_ctx(window);
    params.set_max_tokens(token_limit(samples.len()));
    if !prompt.is_empty() {
        params.set_tokens(prompt);
    }
    state.full(params, samples)?;
    let mut hypothesis = Hypothesis { finished: true, ..Hypothesis::default() };
    let mut bytes = Vec::new();
    for segment in state.as_iter() {
        for token in (0..segment.n_tokens()).filter_map(|n| segment.get_token(n)) {
            hypothesis.finished = token.token_id() == context.token_eot();
            if token.token_id() < context.token_eot() {
                bytes.extend_from_slice(token.to_bytes()?);
                hypothesis.tokens.push(Token { probability: token.token_probability(), end: bytes.len() });
            }
        }
    }
    let text = String::from_utf8_lossy(&bytes);
    let lead = text.len() - text.trim_start().len();
    for token in &mut hypothesis.tokens {
        token.end = token.end.saturating_sub(lead);
    }
    hypothesis.text = text.trim().to_owned();
    if !hypothesis.tokens.is_empty() {
        hypothesis.no_speech = no_speech(context, state)?;
    }
    Ok(hypothesis)
}

/// Whisper's probability that there was no speech in what it has just encoded.
///
/// whisper.cpp 1.8 reads it from a row of logits that it has not filled when there is more than one prompt token, so
/// the decoder is asked once more, with the start token alone.
fn no_speech(context: &WhisperContext, state: &mut WhisperState) -> Result<f32, WhisperError> {
    state.decode(&[context.token_sot()], 0, 1)?;
    let logits = state.get_logits()?;
    let Some(at) = usize::try_from(context.token_nosp()).ok().filter(|at| *at < logits.len()) else {
        return Ok(0.0);
    };
    let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let total: f32 = logits.iter().map(|logit| (logit - highest).exp()).sum();
    Ok((logits[at] - highest).exp() / total)
}

/// Whether the text is nothing but words of the prompt.
fn echoes(text: &str, vocabulary: &str) -> bool {
    let plain = |text: &str| -> String {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(|word| format!(" {} ", word.to_lowercase())).collect()
    };
    !text.is_empty() && plain(vocabulary).contains(&plain(text))
}

fn prompt_tokens(context: &WhisperContext, vocabulary: &str) -> Result<Vec<i32>, WhisperError> {
    if vocabulary.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!(" {}", vocabulary.replace('\0', " "));
    // No token is shorter than a byte; with less room than needed whisper-rs 0.16 would set a wild length.
    context.tokenize(&text, text.len() + 1)
}

/// Encoder frames (20 ms each) to compute for that many samples: the audio and a margin of 7.7 s, without which
/// whisper repeats itself.
fn window(samples: usize) -> i32 {
    let frames = i32::try_from(samples.div_ceil(RATE / 50)).unwrap_or(FULL_WINDOW);
    frames.saturating_add(384).clamp(SHORTEST_WINDOW, FULL_WINDOW)
}

/// More tokens than anybody can speak in that time; spelled letters come fastest, with two tokens each.
fn token_limit(samples: usize) -> i32 {
    i32::try_from(16 + samples * 14 / RATE).unwrap_or(i32::MAX).min(220)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str, finished: bool) -> Hypothesis {
        let ends = text.match_indices(' ').map(|(at, _)| at).chain([text.len()]);
        let tokens = ends.map(|end| Token { probability: 0.9, end }).collect();
        Hypothesis { text: text.to_owned(), tokens, no_speech: 0.1, finished }
    }

    #[test]
    fn a_second_run_without_repetition_is_taken() {
        let settled = settle("no no no no no no no", text("no, listen to me", true));
        assert_eq!(settled.text, "no, listen to me");
    }

    #[test]
    fn two_runs_that_agree_and_end_are_believed() {
        let words = "no, no, no, no, no, no";
        assert_eq!(settle(words, text(words, true)).text, words);
    }

    #[test]
    fn a_loop_that_survives_both_runs_is_cut_with_its_tokens() {
        let endless = "I see no no no no no no no no";
        let settled = settle(endless, text(endless, false));
        assert_eq!((settled.text.as_str(), settled.tokens.len()), ("I see no", 3));
    }

    #[test]
    fn only_the_prompts_own_words_are_an_echo() {
        let prompt = "My number is 415 555 0142, Fernwood Avenue";
        assert!(echoes("Fernwood Avenue.", prompt));
        assert!(echoes("my number is", prompt));
        assert!(!echoes("Fernwood", "Fernwoods"));
        assert!(!echoes("", prompt) && !echoes("555 0142 please", prompt));
        assert!(!echoes("Yes", ""));
    }

    #[test]
    fn the_window_covers_the_audio_with_a_margin() {
        assert_eq!(window(0), 512);
        assert_eq!(window(2 * RATE), 512);
        assert_eq!(window(5 * RATE), 634);
        assert_eq!(window(28 * RATE), 1500);
        assert_eq!(window(usize::MAX), 1500);
    }

    #[test]
    fn the_token_limit_grows_with_the_audio_and_stays_within_whispers_own() {
        assert_eq!(token_limit(0), 16);
        assert_eq!(token_limit(5 * RATE), 86);
        assert_eq!(token_limit(30 * RATE), 220);
    }
}
