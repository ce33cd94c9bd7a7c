//! `calmline say`: the configured voice, as it sounds on the telephone.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, bail};
use clap::Args;

use crate::audio::{TELEPHONE_HZ, ulaw};
use crate::synthesize::{Synthesizer, sentences};

/// The arguments of `calmline say`.
#[derive(Debug, Args)]
pub struct Say {
    /// What to say
    #[arg(required = true)]
    text: Vec<String>,
    /// The WAV file to write
    #[arg(long, default_value = "say.wav")]
    out: PathBuf,
}

impl Say {
    /// Speaks the text with `voice`, writes what a caller would hear to the file, and prints how long it took.
    ///
    /// # Errors
    /// When the voice fails, the text holds no words, or the file cannot be written.
    pub async fn run(self, voice: &dyn Synthesizer) -> anyhow::Result<()> {
        let text = self.text.join(" ");
        let started = Instant::now();
        let mut first_audio = None;
        let mut heard = Vec::new();
        for sentence in sentences(&text) {
            let mut audio = voice.speak(&text[sentence]);
            while let Some(slice) = audio.recv().await {
                heard.extend_from_slice(&slice?);
                first_audio.get_or_insert_with(|| started.elapsed());
            }
        }
        let Some(first_audio) = first_audio else { bail!("there is nothing to say in this text") };
        let took = started.elapsed();
        let path = self.out.display();
        write_wav(&self.out, &heard).with_context(|| format!("cannot write {path}"))?;
        println!(
            "{path}: {:.2} s, first audio after {} ms, all of it after {} ms",
            heard.len() as f64 / f64::from(TELEPHONE_HZ),
            first_audio.as_millis(),
            took.as_millis()
        );
        Ok(())
    }
}

fn write_wav(path: &std::path::Path, audio: &[u8]) -> anyhow::Result<()> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: TELEPHONE_HZ,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut wav = hound::WavWriter::create(path, spec)?;
    for sample in ulaw::decode_i16(audio) {
        wav.write_sample(sample)?;
    }
    Ok(wav.finalize()?)
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;
    use crate::synthesize::{Slice, SynthesizeError};

    /// Says every sentence as one byte of silence per letter.
    struct Letters;

    impl Synthesizer for Letters {
        fn speak(&self, sentence: &str) -> mpsc::Receiver<Result<Slice, SynthesizeError>> {
            let (sender, receiver) = mpsc::channel(1);
            let letters = sentence.chars().filter(|c| c.is_alphabetic()).count();
            if letters > 0 {
                sender.try_send(Ok(vec![ulaw::SILENCE; letters].into())).unwrap();
            }
            receiver
        }
    }

    #[tokio::test]
    async fn all_sentences_are_written_to_the_file_one_after_the_other() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out.wav");
        let say = Say { text: vec!["One two.".to_owned(), "Three.".to_owned()], out: out.clone() };
        say.run(&Letters).await.unwrap();
        let wav = hound::WavReader::open(&out).unwrap();
        assert_eq!((wav.spec().sample_rate, wav.duration()), (8_000, 11));
    }

    #[tokio::test]
    async fn a_text_without_words_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let say = Say { text: vec!["...".to_owned()], out: folder.path().join("out.wav") };
        assert!(say.run(&Letters).await.is_err());
    }
}
