//! From 16-bit weights to q8_0: blocks of 32 numbers, eight bits each, with one scale.

use half::f16;

use super::format::{FormatError, Reader};
use super::ggml::{self, BLOCK};

/// Rewrites a whisper ggml file with its matrices as q8_0 (34 bytes for 32 numbers); vectors, convolutions and
/// positional embeddings are copied as they are. `done` hears how many bytes are made.
///
/// # Errors
/// When the file is cut short, contradicts itself, or is not a whisper ggml file with 16- or 32-bit weights.
pub fn to_q8_0(file: &[u8], mut done: impl FnMut(u64)) -> Result<Vec<u8>, FormatError> {
    let mut reader = Reader::new(file);
    let mut out = Vec::with_capacity(file.len() / 2 + file.len() / 16);
    ggml::write_header(&mut out, &header(&mut reader)?);

    let start = reader.position();
    ggml::skip_filters_and_tokens(&mut reader)?;
    out.extend_from_slice(&file[start..reader.position()]);
    while !reader.is_at_end() {
        tensor(&mut reader, &mut out)?;
        done(out.len() as u64);
    }
    Ok(out)
}

fn header(reader: &mut Reader<'_>) -> Result<ggml::Header, FormatError> {
    let mut header = ggml::header(reader)?;
    if header[ggml::FILE_TYPE] != ggml::FILE_F16 {
        let message = format!("ggml file type {}, {} is needed", header[ggml::FILE_TYPE], ggml::FILE_F16);
        return Err(FormatError::Unsupported(message));
    }
    header[ggml::FILE_TYPE] = ggml::FILE_Q8_0;
    Ok(header)
}

fn tensor(reader: &mut Reader<'_>, out: &mut Vec<u8>) -> Result<(), FormatError> {
    let ggml::Tensor { kind, dims, name, data } = ggml::tensor(reader)?;
    if kind == ggml::TENSOR_Q8_0 {
        return Err(FormatError::Unsupported(format!("{name} is quantised already")));
    }
    let quantized = dims.len() == 2 && !ggml::stays_f32(name);
    if quantized && dims[0] % BLOCK != 0 {
        return Err(FormatError::Unsupported(format!("{name} has rows of {}, not of whole blocks", dims[0])));
    }
    let length = |value: usize| value as u32; // read from 32 bits above
    out.extend(length(dims.len()).to_le_bytes());
    out.extend(length(name.len()).to_le_bytes());
    out.extend((if quantized { ggml::TENSOR_Q8_0 } else { kind }).to_le_bytes());
    out.extend(dims.iter().flat_map(|&dim| length(dim).to_le_bytes()));
    out.extend_from_slice(name.as_bytes());
    match (quantized, kind) {
        (false, _) => out.extend_from_slice(data),
        (true, ggml::TENSOR_F32) => quantize(data, f32::from_le_bytes, out),
        (true, _) => quantize(data, |bytes| f16::from_le_bytes(bytes).to_f32(), out),
    }
    Ok(())
}

fn quantize<const N: usize>(data: &[u8], number: impl Fn([u8; N]) -> f32, out: &mut Vec<u8>) {
    let mut numbers = [0.0; BLOCK];
    for block in data.as_chunks::<N>().0.chunks_exact(BLOCK) {
        for (slot, &bytes) in numbers.iter_mut().zip(block) {
            *slot = number(bytes);
        }
        let (scale, steps) = quantize_block(&numbers);
        out.extend(scale.to_le_bytes());
        out.extend(steps.iter().map(|step| step.cast_unsigned()));
    }
}

/// Quantises one block: number ≈ scale × step, with the largest number at ±127. The steps are taken with the scale
/// before it is rounded to 16 bits, as ggml does.
fn quantize_block(numbers: &[f32; BLOCK]) -> (f16, [i8; BLOCK]) {
    let largest = numbers.iter().fold(0.0_f32, |largest, number| largest.max(number.abs()));
    let scale = largest / 127.0;
    let inverse = if scale > 0.0 { 1.0 / scale } else { 0.0 };
    (f16::from_f32(scale), numbers.map(|number| (number * inverse).round_ties_even() as i8))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_number_comes_back_within_half_a_step(
            numbers in prop::array::uniform32(-8.0_f32..8.0),
        ) {
            let (scale, steps) = quantize_block(&numbers);
            let largest = numbers.iter().fold(0.0_f32, |largest, number| largest.max(number.abs()));
            // Half a step, and 127 times the rounding of the scale to eleven bits.
            let allowed = largest / 127.0 * 0.5 + largest / 2048.0;
            for (number, step) in numbers.iter().zip(steps) {
                prop_assert!((scale.to_f32() * f32::from(step) - number).abs() <= allowed * 1.001);
            }
        }

        #[test]
        fn quantising_what_was_quantised_changes_nothing(
            scale in 1_u32..40, steps in prop::array::uniform32(-127_i8..=127), at in 0..BLOCK,
        ) {
            let mut steps = steps;
            steps[at] = 127;
            let scale = scale as f32 / 1024.0;
            let numbers = steps.map(|step| f32::from(step) * scale);
            prop_assert_eq!(quantize_block(&numbers), (f16::from_f32(scale), steps));
        }

        #[test]
        fn no_bytes_make_the_quantiser_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let mut file = Vec::new();
            ggml::write_header(&mut file, &[ggml::FILE_F16; ggml::HEADER_VALUES]);
            file.extend(bytes);
            let _ = to_q8_0(&file, |_| ());
        }
    }

    #[test]
    fn a_block_of_zeros_stays_zero() {
        assert_eq!(quantize_block(&[0.0; BLOCK]), (f16::ZERO, [0; BLOCK]));
    }

    #[test]
    fn a_file_that_is_already_quantised_is_refused() {
        let mut file = Vec::new();
        ggml::write_header(&mut file, &[ggml::FILE_Q8_0; ggml::HEADER_VALUES]);
        assert_eq!(
            to_q8_0(&file, |_| ()),
            Err(FormatError::Unsupported("ggml file type 2007, 1 is needed".to_owned()))
        );
    }
}
