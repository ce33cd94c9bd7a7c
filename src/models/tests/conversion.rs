use std::sync::LazyLock;

use half::f16;
use proptest::prelude::*;

use crate::models::{FormatError, ct2_to_ggml, hash, read_tensors, to_q8_0};

const VOCABULARY: &str = "!\nĠthe\nĊ\n\n<|endoftext|>\n";
const WIDTH: u32 = 64;

// The digests are those that `tests/peers/ct2_to_ggml.py synthetic` prints.
#[test]
fn a_model_converts_and_quantises_to_the_very_bytes_of_an_independent_converter() {
    let model = synthetic_ct2();
    assert_eq!(hash::bytes(&model), "dfc77c18f298e9e171021c7fb7e80278a4ecb29b210c1b38539a6a4ab33d723c");
    let ggml = ct2_to_ggml(&model, VOCABULARY, &mut |_| ()).unwrap();
    assert_eq!(hash::bytes(&ggml), "637e8a4d6465f64ece555d3473e53c7c072ab66bebcdce40dfb2d2d03ad2a0a0");
    let quantized = to_q8_0(&ggml, |_| ()).unwrap();
    assert_eq!(hash::bytes(&quantized), "52c6c6e905db28a4e7f43be2cd7f603364357c12243253d6d9a2f9f2a25cc274");
}

#[test]
fn the_numbers_of_a_file_can_be_read_again_whatever_they_are_kept_in() {
    let ggml = ct2_to_ggml(&MODEL, VOCABULARY, &mut |_| ()).unwrap();
    let exact = read_tensors(&ggml, |_| true).unwrap();
    assert_eq!(exact.len(), 50);
    for (name, original) in [
        ("encoder.conv1.weight", "encoder/conv1/weight"),
        ("encoder.blocks.0.mlp.0.weight", "encoder/layer_0/ffn/linear_0/weight"),
        ("encoder.ln_post.bias", "encoder/layer_norm/beta"),
    ] {
        let numbers = numbers(original, exact[name].len() as u32);
        assert!(exact[name].iter().zip(numbers).all(|(read, number)| *read == number as f32 / 1024.0));
    }

    let quantized =
        read_tensors(&to_q8_0(&ggml, |_| ()).unwrap(), |name| name.starts_with("encoder.")).unwrap();
    assert!(quantized.keys().all(|name| name.starts_with("encoder.")) && !quantized.is_empty());
    for (name, values) in quantized {
        assert_eq!(values.len(), exact[&name].len(), "{name}");
        assert!(values.iter().zip(&exact[&name]).all(|(one, other)| (one - other).abs() < 0.01), "{name}");
    }
}

#[test]
fn a_truncated_model_says_where_it_ends() {
    let model = synthetic_ct2();
    let half = &model[..model.len() / 2];
    let error = ct2_to_ggml(half, VOCABULARY, &mut |_| ()).unwrap_err();
    assert!(matches!(error, FormatError::Truncated { .. }), "{error}");

    let ggml = ct2_to_ggml(&model, VOCABULARY, &mut |_| ()).unwrap();
    let error = to_q8_0(&ggml[..ggml.len() - 1], |_| ()).unwrap_err();
    assert!(matches!(error, FormatError::Truncated { .. }), "{error}");
}

#[test]
fn a_model_with_bytes_after_its_end_is_refused() {
    let mut model = synthetic_ct2();
    model.push(0);
    let error = ct2_to_ggml(&model, VOCABULARY, &mut |_| ()).unwrap_err();
    assert!(matches!(error, FormatError::Inconsistent(_)), "{error}");
}

#[test]
fn an_announced_size_beyond_all_memory_is_an_error_and_not_an_allocation() {
    let mut model = 6_u32.to_le_bytes().to_vec();
    text(&mut model, "WhisperSpec");
    model.extend([3_u32, u32::MAX].map(u32::to_le_bytes).concat());
    text(&mut model, "decoder/embeddings/weight");
    model.push(3);
    model.extend([u32::MAX; 3].map(u32::to_le_bytes).concat());
    model.push(4);
    model.extend(u32::MAX.to_le_bytes());
    let error = ct2_to_ggml(&model, VOCABULARY, &mut |_| ()).unwrap_err();
    assert!(matches!(error, FormatError::Inconsistent(_)), "{error}");
}

#[test]
fn a_model_with_eight_bit_weights_is_refused_with_what_is_needed() {
    let model = write_ct2(|name| if name == "encoder/conv1/weight" { 1 } else { 4 });
    let error = ct2_to_ggml(&model, VOCABULARY, &mut |_| ()).unwrap_err();
    assert_eq!(error.to_string(), "unsupported model file: weights stored as I8; a float16 model is needed");
}

#[test]
fn a_bias_that_whisper_has_no_place_for_is_not_dropped_in_silence() {
    let mut model = synthetic_ct2();
    let name = b"encoder/layer_0/self_attention/linear_0/bias";
    let at = model.windows(name.len()).position(|window| window == name).unwrap();
    // NUL, rank, one dimension, type, size, the queries' biases, and then the keys'.
    let keys = at + name.len() + 1 + 1 + 4 + 1 + 4 + WIDTH as usize * 2;
    model[keys..keys + 2].copy_from_slice(&f16::ONE.to_le_bytes());
    let error = ct2_to_ggml(&model, VOCABULARY, &mut |_| ()).unwrap_err().to_string();
    assert!(error.ends_with("has a key bias, whisper has none"), "{error}");
}

static MODEL: LazyLock<Vec<u8>> = LazyLock::new(synthetic_ct2);
static GGML: LazyLock<Vec<u8>> = LazyLock::new(|| ct2_to_ggml(&MODEL, VOCABULARY, &mut |_| ()).unwrap());

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn damage_anywhere_in_a_model_never_panics(
        cut in any::<prop::sample::Index>(),
        damage in prop::collection::vec((0_usize..4000, any::<u8>()), 1..6),
    ) {
        let mut model = MODEL.clone();
        for (at, byte) in damage {
            model[at] = byte;
        }
        let _ = ct2_to_ggml(&model, VOCABULARY, &mut |_| ());
        let _ = ct2_to_ggml(&model[..cut.index(model.len())], VOCABULARY, &mut |_| ());
    }

    #[test]
    fn damage_anywhere_in_a_ggml_file_never_panics(
        damage in prop::collection::vec((0.0_f64..1.0, any::<u8>()), 1..6),
    ) {
        // Behind the mel filters, where the tokens and the tensors announce their lengths.
        let mut file = GGML.clone();
        let filters = 4 * (12 + 2 + 80 * 201);
        for (share, byte) in damage {
            let at = filters + (share * 400.0) as usize;
            file[at] = byte;
        }
        let _ = to_q8_0(&file, |_| ());
        let _ = read_tensors(&file, |_| true);
    }
}

/// A whisper model of one narrow layer on each side, made by the rule that the independent converter follows too.
pub(super) fn synthetic_ct2() -> Vec<u8> {
    write_ct2(|name| u8::from(name != "decoder/embeddings/weight" && !name.ends_with("layer_norm/gamma")) * 4)
}

fn write_ct2(kind_of: impl Fn(&str) -> u8) -> Vec<u8> {
    let tensors = tensors();
    let mut out = 6_u32.to_le_bytes().to_vec();
    text(&mut out, "WhisperSpec");
    out.extend([3, tensors.len() as u32].map(u32::to_le_bytes).concat());
    for (name, dims) in tensors {
        let (kind, numbers) = (kind_of(&name), numbers(&name, dims.iter().product()));
        text(&mut out, &name);
        out.push(dims.len() as u8);
        out.extend(dims.iter().flat_map(|dim| dim.to_le_bytes()));
        out.push(kind);
        let data: Vec<u8> = match kind {
            0 => numbers
                .iter()
                .flat_map(|&number| ((f64::from(number) / 3000.0) as f32).to_le_bytes())
                .collect(),
            1 => numbers.iter().map(|&number| number as u8).collect(),
            _ => numbers
                .iter()
                .flat_map(|&number| f16::from_f64(f64::from(number) / 1024.0).to_le_bytes())
                .collect(),
        };
        out.extend((data.len() as u32).to_le_bytes());
        out.extend(data);
    }
    out.extend(1_u32.to_le_bytes());
    text(&mut out, "decoder/projection/weight");
    text(&mut out, "decoder/embeddings/weight");
    out
}

fn numbers(name: &str, count: u32) -> Vec<i32> {
    let seed = name.bytes().map(u64::from).sum::<u64>() * 7919;
    let mut numbers: Vec<i32> =
        (0..u64::from(count)).map(|at| ((seed + at * 104_729) % 4093) as i32 - 2046).collect();
    let width = WIDTH as usize;
    if name.ends_with("self_attention/linear_0/bias") {
        numbers[width..2 * width].fill(0);
    } else if name.ends_with("/attention/linear_1/bias") {
        numbers[..width].fill(0);
    }
    numbers
}

fn tensors() -> Vec<(String, Vec<u32>)> {
    let mut all = vec![
        ("encoder/conv1/weight".to_owned(), vec![WIDTH, 80, 3]),
        ("encoder/conv1/bias".to_owned(), vec![WIDTH]),
        ("encoder/conv2/weight".to_owned(), vec![WIDTH, WIDTH, 3]),
        ("encoder/conv2/bias".to_owned(), vec![WIDTH]),
        ("encoder/position_encodings/encodings".to_owned(), vec![6, WIDTH]),
        ("decoder/position_encodings/encodings".to_owned(), vec![4, WIDTH]),
        ("decoder/embeddings/weight".to_owned(), vec![5, WIDTH]),
    ];
    let linears = [
        ("encoder", "self_attention/linear_0", 3, 1),
        ("encoder", "self_attention/linear_1", 1, 1),
        ("encoder", "ffn/linear_0", 4, 1),
        ("encoder", "ffn/linear_1", 1, 4),
        ("decoder", "self_attention/linear_0", 3, 1),
        ("decoder", "self_attention/linear_1", 1, 1),
        ("decoder", "attention/linear_0", 1, 1),
        ("decoder", "attention/linear_1", 2, 1),
        ("decoder", "attention/linear_2", 1, 1),
        ("decoder", "ffn/linear_0", 4, 1),
        ("decoder", "ffn/linear_1", 1, 4),
    ];
    for (side, layer, outputs, inputs) in linears {
        let path = format!("{side}/layer_0/{layer}");
        all.push((format!("{path}/weight"), vec![outputs * WIDTH, inputs * WIDTH]));
        all.push((format!("{path}/bias"), vec![outputs * WIDTH]));
    }
    let norms = ["encoder", "encoder/layer_0/self_attention", "encoder/layer_0/ffn", "decoder"];
    for path in norms.into_iter().chain(["self_attention", "attention", "ffn"]) {
        let path = if path.contains("coder") { path.to_owned() } else { format!("decoder/layer_0/{path}") };
        all.push((format!("{path}/layer_norm/gamma"), vec![WIDTH]));
        all.push((format!("{path}/layer_norm/beta"), vec![WIDTH]));
    }
    all.sort();
    all
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.extend((text.len() as u16 + 1).to_le_bytes());
    out.extend(text.as_bytes());
    out.push(0);
}
