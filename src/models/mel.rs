//! Whisper's mel filter bank, which a ggml file carries and a CTranslate2 package does not.

/// Bands of the filter bank.
pub(super) const BANDS: usize = 80;
/// Frequencies per band: the bins of a real 400-point transform, 40 Hz apart at 16 kHz.
pub(super) const BINS: usize = 201;

const BIN_HZ: f64 = 40.0;
const TOP_HZ: f64 = 8000.0;

/// Computes the filters (`BANDS` × `BINS`, row-major): triangles spaced evenly on Slaney's mel scale, each of
/// unit area, as in the Auditory Toolbox (Slaney, 1998).
///
/// The order of the operations and the rounding to `f32` before the area is divided out make the result equal,
/// bit for bit, to the bank that whisper was trained with.
pub(super) fn filters() -> Vec<f32> {
    let step = mel_from_hz(TOP_HZ) / (BANDS + 1) as f64;
    let mut edges: Vec<f64> = (0..=BANDS).map(|edge| hz_from_mel(edge as f64 * step)).collect();
    edges.push(hz_from_mel(mel_from_hz(TOP_HZ)));

    let mut filters = Vec::with_capacity(BANDS * BINS);
    for edge in edges.windows(3) {
        let (low, peak, high) = (edge[0], edge[1], edge[2]);
        let area = 2.0 / (high - low);
        for bin in 0..BINS {
            let hz = bin as f64 * BIN_HZ;
            // Written so that the first weight of all is the negative zero that the original has.
            let rising = -(low - hz) / (peak - low);
            let falling = (high - hz) / (high - peak);
            let height = if rising < falling { rising } else { falling };
            let height = if height < 0.0 { 0.0 } else { height as f32 };
            filters.push((f64::from(height) * area) as f32);
        }
    }
    filters
}

// Slaney's scale: linear up to 1 kHz, logarithmic above.
const LINEAR_HZ_PER_MEL: f64 = 200.0 / 3.0;
const KNEE_HZ: f64 = 1000.0;
const KNEE_MEL: f64 = KNEE_HZ / LINEAR_HZ_PER_MEL;

fn log_step() -> f64 {
    6.4_f64.ln() / 27.0
}

fn mel_from_hz(hz: f64) -> f64 {
    if hz < KNEE_HZ { hz / LINEAR_HZ_PER_MEL } else { KNEE_MEL + (hz / KNEE_HZ).ln() / log_step() }
}

fn hz_from_mel(mel: f64) -> f64 {
    if mel < KNEE_MEL { mel * LINEAR_HZ_PER_MEL } else { KNEE_HZ * (log_step() * (mel - KNEE_MEL)).exp() }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::models::hash::hex;

    #[test]
    fn the_filter_bank_is_whispers_own_to_the_bit() {
        let bytes: Vec<u8> = filters().iter().flat_map(|weight| weight.to_le_bytes()).collect();
        // SHA-256 of `mel_80` (little-endian f32) in `mel_filters.npz` of the PyPI package openai-whisper 20250625.
        assert_eq!(
            hex(&Sha256::digest(&bytes)),
            "4f2701b1d287d74a0dc9871026e9519d98cb76426615f2539b0d151a0ae4ec2e"
        );
    }
}
