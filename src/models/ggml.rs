//! The parts of whisper.cpp's file format that the converter and the quantiser share.

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
