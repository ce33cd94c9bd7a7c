//! G.711 μ-law, the telephone's eight bits.

/// The byte of silence.
pub const SILENCE: u8 = 0xFF;

/// What G.711 adds to a magnitude so that every segment is a power of two, on a 16-bit scale.
const BIAS: i32 = 0x84;
/// The largest magnitude that can be encoded.
const CLIP: i32 = 32_635;

static DECODED: [i16; 256] = decoding_table();

/// Decodes to 16-bit samples.
pub fn decode_i16(bytes: &[u8]) -> Vec<i16> {
    bytes.iter().map(|&byte| DECODED[usize::from(byte)]).collect()
}

/// Decodes to samples between −1 and 1.
pub fn decode(bytes: &[u8]) -> Vec<f32> {
    bytes.iter().map(|&byte| f32::from(DECODED[usize::from(byte)]) / 32_768.0).collect()
}

/// Encodes 16-bit samples.
pub fn encode_i16(samples: &[i16]) -> Vec<u8> {
    samples.iter().copied().map(encode_sample).collect()
}

/// Encodes samples between −1 and 1; what lies beyond is clipped, and what is no number becomes silence.
pub fn encode(samples: &[f32]) -> Vec<u8> {
    // A float-to-integer cast saturates, and turns NaN into zero.
    samples.iter().map(|&sample| encode_sample((sample * 32_768.0).round() as i16)).collect()
}

fn encode_sample(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let magnitude = i32::from(sample).abs().min(CLIP) + BIAS;
    let exponent = 24 - magnitude.leading_zeros();
    let mantissa = (magnitude >> (exponent + 3)) & 0x0F;
    !(sign | (exponent << 4) as u8 | mantissa as u8)
}

const fn decoding_table() -> [i16; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let code = !byte as i32;
        let magnitude = ((((code & 0x0F) << 3) + BIAS) << ((code >> 4) & 0x07)) - BIAS;
        table[byte] = if code & 0x80 != 0 { -magnitude } else { magnitude } as i16;
        byte += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_survives_decoding_and_encoding() {
        for byte in 0..=255 {
            let again = encode_i16(&decode_i16(&[byte]))[0];
            // There are two codes for zero; the positive one is silence.
            assert_eq!(again, if byte == 0x7F { SILENCE } else { byte });
            assert_eq!(encode(&decode(&[byte]))[0], again);
        }
    }

    #[test]
    fn every_sample_is_off_by_at_most_half_a_step_of_its_segment() {
        for sample in i16::MIN..=i16::MAX {
            let decoded = decode_i16(&encode_i16(&[sample]))[0];
            let magnitude = i32::from(sample).abs();
            let half_step = (1 << ((magnitude.min(CLIP) + BIAS).ilog2() - 4)) / 2;
            let clipped = (magnitude - CLIP).max(0);
            let error = (i32::from(decoded) - i32::from(sample)).abs();
            assert!(error <= half_step + clipped, "{sample} came back as {decoded}");
        }
    }

    #[test]
    fn the_values_are_those_of_the_standard() {
        assert_eq!(decode_i16(&[0x00, 0x80, 0xFF, 0x7F, 0xF0, 0x70]), [-32_124, 32_124, 0, 0, 120, -120]);
        assert_eq!(encode_i16(&[0, i16::MAX, i16::MIN, 1_000, -1_000]), [0xFF, 0x80, 0x00, 0xCE, 0x4E]);
    }

    #[test]
    fn what_is_no_sample_is_still_encoded() {
        assert_eq!(encode(&[f32::NAN, 7.0, -7.0, f32::INFINITY]), [SILENCE, 0x80, 0x00, 0x80]);
    }
}
