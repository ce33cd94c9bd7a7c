//! Whisper's mel filter bank, which a ggml file carries and a CTranslate2 package does not.

/// Bands of the filter bank.
pub(super) const BANDS: usize = 80;
/// Frequencies per band: the bins of a real 400-point transform, 40 Hz apart at 16 kHz.
pub(super) const BINS: usize = 201;

/// The filters as little-endian `f32` (`BANDS` × `BINS`, row-major): `mel_80` of `mel_filters.npz` in OpenAI's whisper
/// (MIT), triangles on Slaney's mel scale, each of unit area.
///
/// They are shipped rather than computed, because logarithms differ in their last bit from one machine and build to
/// the next, and a converted file must not.
pub(super) const FILTERS: &[u8; BANDS * BINS * 4] = include_bytes!("mel_filters.f32");

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::models::hash::hex;

    #[test]
    fn the_filter_bank_is_whispers_own_to_the_bit() {
        // SHA-256 of the array in the PyPI package openai-whisper 20250625.
        assert_eq!(
            hex(&Sha256::digest(FILTERS)),
            "4f2701b1d287d74a0dc9871026e9519d98cb76426615f2539b0d151a0ae4ec2e"
        );
    }
}
