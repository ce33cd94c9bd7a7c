//! The parts of whisper.cpp's file format that its readers and writers share.

use half::f16;

use super::format::{FormatError, Reader, byte_count};

/// The first four bytes, little-endian: "ggml".
pub(super) const MAGIC: u32 = 0x6767_6d6c;
/// 32-bit values that follow the magic number.
pub(super) const HEADER_VALUES: usize = 11;
/// Where among them the type of the file's weights stands.
pub(super) const FILE_TYPE: usize = 10;
/// The file type of 16-bit weights.
pub(super) const FILE_F16: i32 = 1;
/// The file type of q8_0 weights (7), in the second version of ggml's block formats (× 1000).
pub(super) const FILE_Q8_0: i32 = 2 * 1000 + 7;

pub(super) const TENSOR_F32: i32 = 0;
pub(super) const TENSOR_F16: i32 = 1;
pub(super) const TENSOR_Q8_0: i32 = 8;
/// Numbers of a q8_0 tensor that share one scale.
pub(super) const BLOCK: usize = 32;

/// Vocabulary, audio positions, width, heads and layers of the encoder; positions, width, heads and layers of the
/// decoder; mel bands; file type.
pub(super) type Header = [i32; HEADER_VALUES];

pub(super) fn write_header(out: &mut Vec<u8>, header: &Header) {
    out.extend(MAGIC.to_le_bytes());
    out.extend(header.iter().flat_map(|value| value.to_le_bytes()));
}

pub(super) fn is_convolution_bias(name: &str) -> bool {
    matches!(name, "encoder.conv1.bias" | "encoder.conv2.bias")
}

/// Tells which tensors whisper.cpp reads as 32-bit floats in every file, besides the vectors.
pub(super) fn stays_f32(name: &str) -> bool {
    is_convolution_bias(name)
        || matches!(name, "encoder.positional_embedding" | "decoder.positional_embedding")
}

/// Reads the magic number and the header.
pub(super) fn header(reader: &mut Reader<'_>) -> Result<Header, FormatError> {
    if reader.u32()? != MAGIC {
        return Err(FormatError::Unsupported("not a ggml file".to_owned()));
    }
    let mut header = [0; HEADER_VALUES];
    for value in &mut header {
        *value = reader.u32()?.cast_signed();
    }
    Ok(header)
}

pub(super) fn skip_filters_and_tokens(reader: &mut Reader<'_>) -> Result<(), FormatError> {
    let dims = [reader.length()?, reader.length()?];
    reader.take(byte_count(&dims, size_of::<f32>()).unwrap_or(usize::MAX))?;
    for _ in 0..reader.length()? {
        let length = reader.length()?;
        reader.take(length)?;
    }
    Ok(())
}

/// A tensor as it stands in a file.
pub(super) struct Tensor<'a> {
    pub(super) kind: i32,
    /// The innermost first.
    pub(super) dims: Vec<usize>,
    pub(super) name: &'a str,
    pub(super) data: &'a [u8],
}

pub(super) fn tensor<'a>(reader: &mut Reader<'a>) -> Result<Tensor<'a>, FormatError> {
    let (rank, name_length, kind) = (reader.length()?, reader.length()?, reader.u32()?.cast_signed());
    // ggml knows no more than four; without a limit a damaged file could ask for two thousand million.
    if rank > 4 {
        return Err(FormatError::Inconsistent(format!("a tensor of {rank} dimensions")));
    }
    let mut dims = Vec::with_capacity(rank);
    for _ in 0..rank {
        dims.push(reader.length()?);
    }
    let name = str::from_utf8(reader.take(name_length)?)
        .map_err(|_| FormatError::Inconsistent("a tensor without a name".to_owned()))?;
    let bytes = match kind {
        TENSOR_F32 => byte_count(&dims, size_of::<f32>()),
        TENSOR_F16 => byte_count(&dims, size_of::<f16>()),
        TENSOR_Q8_0 => byte_count(&dims, size_of::<f16>() + BLOCK).map(|bytes| bytes / BLOCK),
        other => return Err(FormatError::Unsupported(format!("{name} has number type {other}"))),
    };
    let data = reader.take(bytes.unwrap_or(usize::MAX))?;
    Ok(Tensor { kind, dims, name, data })
}
