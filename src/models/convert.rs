//! From a CTranslate2 whisper model to the ggml file that whisper.cpp loads.

use super::ct2::{Tensor, Tensors};
use super::format::FormatError;
use super::{ggml, mel, vocabulary};

/// whisper's heads are all 64 wide.
const HEAD_WIDTH: usize = 64;

/// Converts CTranslate2's `model.bin` (float16 or float32 weights) and its `vocabulary.txt` into a ggml file with
/// 16-bit weights. `done` hears how many bytes are made.
///
/// # Errors
/// When a file is cut short, contradicts itself, or is not a whisper model with 80 mel bands.
pub fn ct2_to_ggml(
    model: &[u8],
    vocabulary: &str,
    done: &mut dyn FnMut(u64),
) -> Result<Vec<u8>, FormatError> {
    let tensors = Tensors::parse(model)?;
    let shape = Shape::of(&tensors)?;
    let tokens = vocabulary::tokens(vocabulary, shape.vocabulary)?;

    let mut out = Vec::with_capacity(model.len() + model.len() / 16);
    ggml::write_header(&mut out, &shape.header()?);
    write_length(&mut out, mel::BANDS)?;
    write_length(&mut out, mel::BINS)?;
    out.extend(mel::FILTERS);
    write_length(&mut out, tokens.len())?;
    for token in &tokens {
        write_length(&mut out, token.len())?;
        out.extend_from_slice(token);
    }
    Conversion { tensors: &tensors, out: &mut out, done }.all(&shape)?;
    Ok(out)
}

/// The sizes of a whisper model, read off its tensors.
struct Shape {
    vocabulary: usize,
    width: usize,
    audio_positions: usize,
    text_positions: usize,
    encoder_layers: usize,
    decoder_layers: usize,
}

impl Shape {
    fn of(tensors: &Tensors<'_>) -> Result<Self, FormatError> {
        let [vocabulary, width] = dims(tensors, "decoder/embeddings/weight")?;
        let [_, bands, _] = dims(tensors, "encoder/conv1/weight")?;
        if bands != mel::BANDS {
            return Err(FormatError::Unsupported(format!("{bands} mel bands, {} are needed", mel::BANDS)));
        }
        let [audio_positions, _] = dims(tensors, "encoder/position_encodings/encodings")?;
        let [text_positions, _] = dims(tensors, "decoder/position_encodings/encodings")?;
        let layers = |side| {
            (0..)
                .take_while(|layer| tensors.contains(&format!("{side}/layer_{layer}/ffn/linear_0/weight")))
                .count()
        };
        let (encoder_layers, decoder_layers) = (layers("encoder"), layers("decoder"));
        Ok(Self { vocabulary, width, audio_positions, text_positions, encoder_layers, decoder_layers })
    }

    fn header(&self) -> Result<ggml::Header, FormatError> {
        let heads = self.width / HEAD_WIDTH;
        let values = [
            self.vocabulary,
            self.audio_positions,
            self.width,
            heads,
            self.encoder_layers,
            self.text_positions,
            self.width,
            heads,
            self.decoder_layers,
            mel::BANDS,
        ];
        let mut header = [0; ggml::HEADER_VALUES];
        for (slot, value) in header.iter_mut().zip(values) {
            *slot = length(value)?;
        }
        header[ggml::FILE_TYPE] = ggml::FILE_F16;
        Ok(header)
    }
}

fn dims<const N: usize>(tensors: &Tensors<'_>, name: &str) -> Result<[usize; N], FormatError> {
    let dims = &tensors.get(name)?.dims;
    dims.as_slice()
        .try_into()
        .map_err(|_| FormatError::Inconsistent(format!("{name} has {} dimensions, not {N}", dims.len())))
}

struct Conversion<'a> {
    tensors: &'a Tensors<'a>,
    out: &'a mut Vec<u8>,
    done: &'a mut dyn FnMut(u64),
}

impl Conversion<'_> {
    fn all(&mut self, shape: &Shape) -> Result<(), FormatError> {
        self.linear("encoder.conv1", "encoder/conv1")?;
        self.linear("encoder.conv2", "encoder/conv2")?;
        self.copy("encoder.positional_embedding", "encoder/position_encodings/encodings")?;
        for (side, layers) in [("encoder", shape.encoder_layers), ("decoder", shape.decoder_layers)] {
            for layer in 0..layers {
                self.block(side, layer)?;
            }
        }
        self.norm("encoder.ln_post", "encoder/layer_norm")?;
        self.norm("decoder.ln", "decoder/layer_norm")?;
        self.copy("decoder.token_embedding.weight", "decoder/embeddings/weight")?;
        self.copy("decoder.positional_embedding", "decoder/position_encodings/encodings")
    }

    fn block(&mut self, side: &str, layer: usize) -> Result<(), FormatError> {
        let (to, from) = (format!("{side}.blocks.{layer}"), format!("{side}/layer_{layer}"));
        self.norm(&format!("{to}.attn_ln"), &format!("{from}/self_attention/layer_norm"))?;
        let own = format!("{from}/self_attention/linear");
        self.stacked(&format!("{to}.attn"), &["query", "key", "value"], &format!("{own}_0"))?;
        self.linear(&format!("{to}.attn.out"), &format!("{own}_1"))?;
        if side == "decoder" {
            self.norm(&format!("{to}.cross_attn_ln"), &format!("{from}/attention/layer_norm"))?;
            let cross = format!("{from}/attention/linear");
            self.linear(&format!("{to}.cross_attn.query"), &format!("{cross}_0"))?;
            self.stacked(&format!("{to}.cross_attn"), &["key", "value"], &format!("{cross}_1"))?;
            self.linear(&format!("{to}.cross_attn.out"), &format!("{cross}_2"))?;
        }
        self.norm(&format!("{to}.mlp_ln"), &format!("{from}/ffn/layer_norm"))?;
        self.linear(&format!("{to}.mlp.0"), &format!("{from}/ffn/linear_0"))?;
        self.linear(&format!("{to}.mlp.2"), &format!("{from}/ffn/linear_1"))
    }

    fn linear(&mut self, to: &str, from: &str) -> Result<(), FormatError> {
        self.copy(&format!("{to}.weight"), &format!("{from}/weight"))?;
        self.copy(&format!("{to}.bias"), &format!("{from}/bias"))
    }

    fn norm(&mut self, to: &str, from: &str) -> Result<(), FormatError> {
        self.copy(&format!("{to}.weight"), &format!("{from}/gamma"))?;
        self.copy(&format!("{to}.bias"), &format!("{from}/beta"))
    }

    /// Takes apart layers whose rows CTranslate2 stacks; whisper's keys have no bias, so theirs must be zero.
    fn stacked(&mut self, to: &str, parts: &[&str], from: &str) -> Result<(), FormatError> {
        let weights = self.tensors.get(&format!("{from}/weight"))?.split(parts.len())?;
        let biases = self.tensors.get(&format!("{from}/bias"))?.split(parts.len())?;
        for (part, (weight, bias)) in parts.iter().zip(weights.iter().zip(&biases)) {
            self.write(&format!("{to}.{part}.weight"), weight)?;
            if *part != "key" {
                self.write(&format!("{to}.{part}.bias"), bias)?;
            } else if !bias.is_all_zero() {
                return Err(FormatError::Unsupported(format!("{from} has a key bias, whisper has none")));
            }
        }
        Ok(())
    }

    fn copy(&mut self, to: &str, from: &str) -> Result<(), FormatError> {
        let tensor = self.tensors.get(from)?;
        self.write(to, tensor)
    }

    fn write(&mut self, name: &str, tensor: &Tensor<'_>) -> Result<(), FormatError> {
        let mut dims = tensor.dims.clone();
        // whisper.cpp adds these two biases to a matrix, so it wants them as a column.
        if ggml::is_convolution_bias(name) {
            dims.push(1);
        }
        let in_full = tensor.dims.len() < 2 || ggml::stays_f32(name);
        write_length(self.out, dims.len())?;
        write_length(self.out, name.len())?;
        self.out.extend((if in_full { ggml::TENSOR_F32 } else { ggml::TENSOR_F16 }).to_le_bytes());
        for &dim in dims.iter().rev() {
            write_length(self.out, dim)?;
        }
        self.out.extend_from_slice(name.as_bytes());
        if in_full {
            tensor.write_f32(self.out)?
        } else {
            tensor.write_f16(self.out)?
        }
        (self.done)(self.out.len() as u64);
        Ok(())
    }
}

fn write_length(out: &mut Vec<u8>, value: usize) -> Result<(), FormatError> {
    out.extend(length(value)?.to_le_bytes());
    Ok(())
}

fn length(value: usize) -> Result<i32, FormatError> {
    i32::try_from(value).map_err(|_| FormatError::Unsupported(format!("a dimension of {value}")))
}
