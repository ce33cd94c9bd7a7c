//! Reading recordings: the bytes of a WAV or FLAC file as samples.

use std::io::Cursor;

use rodio::{Decoder, Source};

/// A recording brought down to one channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    /// Mono samples, −1 to 1.
    pub samples: Vec<f32>,
    /// Samples per second.
    pub rate: u32,
}

/// The bytes are no recording that can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a WAV or FLAC recording: {0}")]
pub struct DecodeError(String);

/// Reads the bytes of a WAV (integers, floats, μ-law, A-law) or FLAC file of any rate; several channels are averaged.
///
/// # Errors
/// When the bytes are of another kind, or broken before the first sample; after that, what could be read is returned.
pub fn decode_recording(bytes: Vec<u8>) -> Result<Recording, DecodeError> {
    let length = bytes.len() as u64;
    let decoder = Decoder::builder()
        .with_data(Cursor::new(bytes))
        .with_byte_len(length)
        .with_gapless(true)
        .build()
        .map_err(|error| DecodeError(error.to_string()))?;
    let (rate, channels) = (decoder.sample_rate().get(), usize::from(decoder.channels().get()));
    let interleaved: Vec<f32> = decoder.collect();
    let mono = |frame: &[f32]| (frame.iter().sum::<f32>() / channels as f32).clamp(-1.0, 1.0);
    let samples = interleaved.chunks_exact(channels).map(mono).collect();
    Ok(Recording { samples, rate })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A WAV file with a `fmt ` chunk of 18 bytes, as μ-law needs it.
    fn wav(format: u16, channels: u16, rate: u32, bits: u16, data: &[u8]) -> Vec<u8> {
        let frame = channels * bits / 8;
        let mut file = b"RIFF".to_vec();
        file.extend((38 + data.len() as u32).to_le_bytes());
        file.extend(b"WAVEfmt ");
        file.extend(18u32.to_le_bytes());
        for field in [format, channels] {
            file.extend(field.to_le_bytes());
        }
        file.extend(rate.to_le_bytes());
        file.extend((rate * u32::from(frame)).to_le_bytes());
        for field in [frame, bits, 0] {
            file.extend(field.to_le_bytes());
        }
        file.extend(b"data");
        file.extend((data.len() as u32).to_le_bytes());
        file.extend(data);
        file
    }

    #[test]
    fn sixteen_bit_stereo_is_averaged() {
        let data: Vec<u8> =
            [16384i16, 0, -16384, -16384].iter().flat_map(|sample| sample.to_le_bytes()).collect();
        let recording = decode_recording(wav(1, 2, 44_100, 16, &data)).unwrap();
        assert_eq!(recording, Recording { samples: vec![0.25, -0.5], rate: 44_100 });
    }

    #[test]
    fn mu_law_is_expanded_as_g711_says() {
        // Codes and values from the table of ITU-T G.711: the extremes and the two zeros.
        let recording = decode_recording(wav(7, 1, 8_000, 8, &[0x00, 0x80, 0xff, 0x7f])).unwrap();
        assert_eq!(recording.rate, 8_000);
        let expected = [-32_124.0, 32_124.0, 0.0, 0.0].map(|value: f32| value / 32_768.0);
        assert_eq!(recording.samples, expected);
    }

    #[test]
    fn what_is_no_recording_is_refused() {
        for bytes in [b"".to_vec(), b"RIFF".to_vec(), b"hello, this is a text and no sound".repeat(100)] {
            assert!(decode_recording(bytes).is_err());
        }
    }

    #[test]
    fn a_truncated_file_gives_what_is_there() {
        let mut file = wav(1, 1, 8_000, 16, &[0, 64].repeat(8_000));
        file.truncate(file.len() - 4_000);
        let samples = decode_recording(file).unwrap().samples;
        assert!((5_000..=6_000).contains(&samples.len()), "{}", samples.len());
    }

    #[test]
    fn no_header_however_broken_makes_it_panic() {
        let whole = wav(7, 1, 8_000, 8, &[0x55; 400]);
        for at in 0..58 {
            for value in [0, 1, 2, 17, 127, 128, 255] {
                let mut broken = whole.clone();
                broken[at] = value;
                let _ = decode_recording(broken);
            }
        }
    }
}
