//! The numbers in a whisper ggml file.

use std::collections::BTreeMap;

use half::f16;

use super::format::{FormatError, Reader};
use super::ggml::{self, BLOCK};

/// Reads the tensors whose names are wanted, flattened from the outermost dimension to the innermost, as 32-bit numbers
/// whether they are stored so, in 16 bits or as q8_0.
///
/// # Errors
/// When the file is cut short, contradicts itself, or is not a whisper ggml file.
pub fn read_tensors(
    file: &[u8],
    wanted: impl Fn(&str) -> bool,
) -> Result<BTreeMap<String, Vec<f32>>, FormatError> {
    let mut reader = Reader::new(file);
    ggml::header(&mut reader)?;
    ggml::skip_filters_and_tokens(&mut reader)?;
    let mut tensors = BTreeMap::new();
    while !reader.is_at_end() {
        let tensor = ggml::tensor(&mut reader)?;
        if wanted(tensor.name) {
            tensors.insert(tensor.name.to_owned(), numbers(&tensor));
        }
    }
    Ok(tensors)
}

fn numbers(tensor: &ggml::Tensor<'_>) -> Vec<f32> {
    let data = tensor.data;
    match tensor.kind {
        ggml::TENSOR_F32 => data.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect(),
        ggml::TENSOR_F16 => {
            data.as_chunks().0.iter().map(|bytes| f16::from_le_bytes(*bytes).to_f32()).collect()
        }
        _ => data.chunks_exact(size_of::<f16>() + BLOCK).flat_map(block).collect(),
    }
}

fn block(bytes: &[u8]) -> impl Iterator<Item = f32> + '_ {
    let scale = f16::from_le_bytes([bytes[0], bytes[1]]).to_f32();
    bytes[size_of::<f16>()..].iter().map(move |step| scale * f32::from(step.cast_signed()))
}
