//! Whether what whisper wrote was said.
//!
//! Whisper writes something for every sound. On telephone-band recordings, speech has a no-speech probability below
//! 0.4 and a mean log-probability above −1; steady noise, music and tones have a no-speech probability above 0.6,
//! short noises a mean log-probability below −1.2. Either alone errs; their weighted sum separates the two.

use super::Transcription;
use super::infer::{Hypothesis, RATE};

/// How much a no-speech probability of 1 weighs against the words, in units of mean log-probability.
const NO_SPEECH_WEIGHT: f32 = 1.5;
/// Words with less evidence than this were not said.
const LEAST_EVIDENCE: f32 = -1.55;
/// Words that whisper likes to invent need more.
const LEAST_EVIDENCE_FOR_INVENTIONS: f32 = -0.9;
/// A frame of 20 ms quieter than this, −60 dB below full scale, holds no speech.
const INAUDIBLE: f32 = 0.001;

/// What whisper writes out of nothing, having learned from subtitles.
const INVENTIONS: [&str; 16] = [
    "you",
    "thank you",
    "thank you very much",
    "thank you so much",
    "thanks",
    "thanks for watching",
    "thank you for watching",
    "thank you for listening",
    "please subscribe",
    "bye",
    "bye bye",
    "oh",
    "okay",
    "yeah",
    "so",
    "the end",
];

/// Whether there is any sound in which words could be.
pub(super) fn audible(samples: &[f32]) -> bool {
    samples.chunks(RATE / 50).any(|frame| {
        let power = frame.iter().map(|x| x * x).sum::<f32>() / frame.len() as f32;
        power > INAUDIBLE * INAUDIBLE
    })
}

/// The transcription of nothing.
pub(super) fn silence() -> Transcription {
    Transcription { text: String::new(), confidence: 0.0, no_speech: 1.0 }
}

/// Keeps the words only if they were said.
pub(super) fn judge(hypothesis: &Hypothesis, samples: usize) -> Transcription {
    let text = spoken(&hypothesis.text);
    let said = evidence(hypothesis) >= needed(&text) && pronounceable(&text, samples);
    Transcription {
        text: if said { text } else { String::new() },
        confidence: mean(hypothesis, |probability| probability),
        no_speech: hypothesis.no_speech,
    }
}

/// How much speaks for the words; at most zero.
pub(super) fn evidence(hypothesis: &Hypothesis) -> f32 {
    mean(hypothesis, |probability| probability.max(1e-6).ln()) - NO_SPEECH_WEIGHT * hypothesis.no_speech
}

fn mean(hypothesis: &Hypothesis, of: impl Fn(f32) -> f32) -> f32 {
    let tokens = &hypothesis.tokens;
    tokens.iter().map(|token| of(token.probability)).sum::<f32>() / tokens.len().max(1) as f32
}

fn needed(text: &str) -> f32 {
    let plain: Vec<String> = text
        .split_whitespace()
        .map(|word| word.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase())
        .collect();
    if INVENTIONS.contains(&plain.join(" ").as_str()) {
        LEAST_EVIDENCE_FOR_INVENTIONS
    } else {
        LEAST_EVIDENCE
    }
}

/// Whether so much can be said in that time; a digit takes about as long as four letters.
fn pronounceable(text: &str, samples: usize) -> bool {
    let weight = |c: char| if c.is_ascii_digit() { 4 } else { usize::from(c.is_alphabetic()) };
    let letters: usize = text.chars().map(weight).sum();
    letters <= 12 + samples * 32 / RATE
}

/// The text without what stands for sounds: "[BLANK_AUDIO]", "(music)", "♪ la la ♪", "AAAAAAH"; empty if no word is
/// left.
fn spoken(text: &str) -> String {
    let mut kept = String::new();
    let mut closing: Option<char> = None;
    for character in text.chars() {
        match (closing, character) {
            (Some(end), _) if character == end => closing = None,
            (Some(_), _) => {}
            (None, '[') => closing = Some(']'),
            (None, '(') => closing = Some(')'),
            (None, '*') => closing = Some('*'),
            (None, '♪') => closing = Some('♪'),
            (None, '\u{fffd}') => {}
            (None, _) => kept.push(character),
        }
    }
    let words: Vec<&str> = kept.split_whitespace().filter(|word| !scream(word)).collect();
    let text = words.join(" ");
    if text.chars().any(char::is_alphanumeric) { text } else { String::new() }
}

/// Whether a letter follows itself at least four times.
fn scream(word: &str) -> bool {
    let letters: Vec<char> = word.to_lowercase().chars().collect();
    letters.windows(5).any(|run| run[0].is_alphabetic() && run.iter().all(|letter| *letter == run[0]))
}

#[cfg(test)]
mod tests {
    use super::super::infer::Token;
    use super::*;

    fn heard(text: &str, probability: f32, no_speech: f32) -> String {
        let tokens = text.split(' ').map(|_| Token { probability, end: 0 }).collect();
        let hypothesis = Hypothesis { text: text.to_owned(), tokens, no_speech, finished: true };
        judge(&hypothesis, 2 * RATE).text
    }

    #[test]
    fn short_answers_spoken_clearly_are_kept() {
        for text in ["Yes.", "No.", "Right.", "Thank you.", "Okay.", "Bye.", "4.", "You"] {
            assert_eq!(heard(text, 0.75, 0.1), text);
        }
    }

    #[test]
    fn what_whisper_writes_over_noise_is_dropped() {
        assert_eq!(heard("I'm going to go to the left.", 0.15, 0.85), "");
        assert_eq!(heard("Yeah.", 0.2, 0.5), "");
        assert_eq!(heard("Thank you.", 0.5, 0.3), "");
        // Confident, but over a sound without any speech.
        assert_eq!(heard("Thanks for watching!", 0.9, 0.9), "");
    }

    #[test]
    fn mumbled_words_are_kept_when_there_was_speech() {
        assert_eq!(heard("Castellane", 0.42, 0.05), "Castellane");
    }

    #[test]
    fn sounds_are_no_words() {
        for text in
            ["[BLANK_AUDIO]", "(music)", "*sighs*", "♪ ♪ ♪", "♪ la la la ♪", ". . . .", "AAAAAAAH!", "�"]
        {
            assert_eq!(heard(text, 0.9, 0.0), "", "{text}");
        }
        assert_eq!(heard("(coughs) My name is Owen.", 0.9, 0.0), "My name is Owen.");
    }

    #[test]
    fn nobody_speaks_faster_than_people_can() {
        let sentence = "I would like someone to come and take a look at the boiler in the basement, \
                        because it has been leaking since Sunday and the water is everywhere by now";
        assert_eq!(heard(sentence, 0.9, 0.0), "");
        assert_eq!(heard("My number is 415 555 0142", 0.9, 0.0), "My number is 415 555 0142");
    }

    #[test]
    fn silence_is_known_without_whisper() {
        assert!(!audible(&[]));
        assert!(!audible(&[0.0; 16_000]));
        assert!(!audible(&[0.0003; 16_000]));
        let mut word = vec![0.0; 16_000];
        word[8_000..9_000].fill(0.01);
        assert!(audible(&word));
    }
}
