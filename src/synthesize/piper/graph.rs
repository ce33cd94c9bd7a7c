//! What can be learnt from a voice's network before it runs: where it can be cut into slices, and how far the
//! audio of one frame depends on its neighbours.
//!
//! A Piper voice is a VITS network (Kim, Kong and Son 2021, arXiv:2106.06103): an encoder draws a prior for every
//! frame, a flow turns it into the latent, and a decoder of convolutions turns the latent into samples. Flow and
//! decoder look only a few frames around them, so both can work on slices.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

use rten_onnx::onnx::{AttributeProto, AttributeType, GraphProto, ModelProto, NodeProto, ValueInfoProto};

use crate::synthesize::StartError;

/// The seed of the voice's noise: the same words always sound the same.
const NOISE_SEED: f32 = 20_251.0;

/// The network, ready to be loaded, and where to cut it.
pub struct Network {
    /// The network as ONNX, with its noise seeded and the cuts among its outputs.
    pub onnx: Vec<u8>,
    /// Where to cut; without, the network can only be run in one go.
    pub cuts: Option<Cuts>,
}

/// The values between encoder, flow and decoder, and how far flow and decoder look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cuts {
    /// What the flow starts from: one column per frame.
    pub prior: String,
    /// Which frames are speech: all ones for a single sentence.
    pub mask: String,
    /// What the decoder starts from: one column per frame.
    pub latent: String,
    /// How many frames to each side a frame of the latent depends on.
    pub flow_reach: usize,
    /// How many frames to each side a frame of audio depends on.
    pub decoder_reach: usize,
    /// Samples per frame.
    pub hop: usize,
}

impl Network {
    /// Reads the network of a voice.
    ///
    /// # Errors
    /// When the file cannot be read or is no ONNX model.
    pub fn read(path: &Path) -> Result<Self, StartError> {
        let unusable = |why: String| StartError::Voice { path: path.to_owned(), why };
        let file = File::open(path).map_err(|error| unusable(error.to_string()))?;
        let mut model = ModelProto::parse_file(file).map_err(|error| unusable(error.to_string()))?;
        let graph = model.graph.as_mut().ok_or_else(|| unusable("holds no network".to_owned()))?;
        seed_noise(graph);
        let cuts = find_cuts(graph);
        if let Some(cuts) = &cuts {
            // A named output survives the runtime's fusing of operators.
            for name in [&cuts.prior, &cuts.mask, &cuts.latent] {
                graph.output.push(ValueInfoProto { name: Some(name.clone()), r#type: None });
            }
        }
        let onnx = model.write_buf().map_err(|error| unusable(error.to_string()))?;
        Ok(Self { onnx, cuts })
    }
}

fn seed_noise(graph: &mut GraphProto) {
    let random = graph.node.iter_mut().filter(|node| op(node).starts_with("Random"));
    for node in random {
        node.attribute.retain(|attribute| attribute.name.as_deref() != Some("seed"));
        node.attribute.push(AttributeProto {
            name: Some("seed".to_owned()),
            f: Some(NOISE_SEED),
            r#type: Some(AttributeType::FLOAT),
            ..AttributeProto::default()
        });
    }
}

fn find_cuts(graph: &GraphProto) -> Option<Cuts> {
    let first_layer = |node: &&NodeProto| {
        op(node) == "Conv" && node.input.get(1).is_some_and(|weight| weight.ends_with("dec.conv_pre.weight"))
    };
    let latent = graph.node.iter().find(first_layer)?.input.first()?.clone();
    let prior = find_prior(graph)?;
    let flow = spread(graph, &prior, Some(&latent))?;
    let (flow_reach, flow_rate) = flow.get(latent.as_str()).map(|spread| (spread.reach, spread.rate))?;
    let masking = graph.node.iter().find(|node| op(node) == "Mul" && node.output.contains(&latent))?;
    let mask = masking.input.iter().find(|input| !flow.contains_key(input.as_str()))?.clone();
    let decoder = spread(graph, &latent, None)?;
    let audio = decoder.get(graph.output.first()?.name.as_deref()?)?;
    let (decoder_reach, hop) = (audio.reach.ceil() as usize, audio.rate);
    let flow_reach = flow_reach.ceil() as usize;
    (flow_rate == 1).then_some(Cuts { prior, mask, latent, flow_reach, decoder_reach, hop })
}

/// Finds the sum of the prior's mean and its noise: the last noise of the network, scaled and added.
fn find_prior(graph: &GraphProto) -> Option<String> {
    let noise = graph.node.iter().rfind(|node| op(node) == "RandomNormalLike")?;
    let mut value = noise.output.first()?;
    loop {
        let consumer = graph.node.iter().find(|node| node.input.contains(value))?;
        value = consumer.output.first()?;
        match op(consumer) {
            "Mul" => {}
            "Add" => return Some(value.clone()),
            _ => return None,
        }
    }
}

/// How far a value depends on the neighbours of a frame, and how many of its columns make up one frame.
#[derive(Debug, Clone, Copy)]
struct Spread {
    reach: f64,
    rate: usize,
}

/// Follows everything that depends on `from` up to `to`; none if it meets an operator that mixes all frames.
fn spread<'a>(graph: &'a GraphProto, from: &'a str, to: Option<&str>) -> Option<HashMap<&'a str, Spread>> {
    let mut known = HashMap::from([(from, Spread { reach: 0.0, rate: 1 })]);
    for node in &graph.node {
        let inputs = node.input.iter().filter(|input| Some(input.as_str()) != to);
        let inputs: Vec<Spread> = inputs.filter_map(|input| known.get(input.as_str()).copied()).collect();
        let Some(first) = inputs.first() else { continue };
        // The sizes of a value are no frames: what depends on them only is shaped like the slice itself.
        if matches!(op(node), "Shape" | "ConstantOfShape") {
            continue;
        }
        let reach = inputs.iter().map(|spread| spread.reach).fold(0.0, f64::max);
        let spread = through(graph, node, Spread { reach, rate: first.rate })?;
        known.extend(node.output.iter().map(|output| (output.as_str(), spread)));
    }
    Some(known)
}

fn through(graph: &GraphProto, node: &NodeProto, input: Spread) -> Option<Spread> {
    let Spread { reach, rate } = input;
    match op(node) {
        "Conv" => {
            let dilation = integers(node, "dilations").and_then(|d| d.first().copied()).unwrap_or(1);
            let radius = dilation as f64 * (kernel(graph, node)? - 1) as f64 / 2.0;
            Some(Spread { reach: reach + radius / rate as f64, rate })
        }
        "ConvTranspose" => {
            let stride = *integers(node, "strides")?.first()?;
            let radius = kernel(graph, node)? as f64 / 2.0 / stride as f64;
            Some(Spread { reach: reach + radius / rate as f64, rate: rate * usize::try_from(stride).ok()? })
        }
        "Add" | "Sub" | "Mul" | "Div" | "Neg" | "Exp" | "Tanh" | "Sigmoid" | "Relu" | "LeakyRelu"
        | "Slice" | "Split" | "Concat" | "Gather" | "Squeeze" | "Unsqueeze" | "Cast" | "Identity" => {
            Some(input)
        }
        _ => None,
    }
}

fn op(node: &NodeProto) -> &str {
    node.op_type.as_deref().unwrap_or_default()
}

fn integers<'a>(node: &'a NodeProto, name: &str) -> Option<&'a [i64]> {
    let attribute = node.attribute.iter().find(|attribute| attribute.name.as_deref() == Some(name))?;
    Some(&attribute.ints)
}

fn kernel(graph: &GraphProto, node: &NodeProto) -> Option<i64> {
    if let Some(shape) = integers(node, "kernel_shape") {
        return shape.first().copied();
    }
    let weight = node.input.get(1)?;
    let tensor = graph.initializer.iter().find(|tensor| tensor.name.as_ref() == Some(weight))?;
    tensor.dims.last().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(op: &str, inputs: &[&str], output: &str, sizes: &[(&str, i64)]) -> NodeProto {
        let attribute = |(name, value): &(&str, i64)| AttributeProto {
            name: Some((*name).to_owned()),
            ints: vec![*value],
            ..AttributeProto::default()
        };
        NodeProto {
            op_type: Some(op.to_owned()),
            input: inputs.iter().map(|&input| input.to_owned()).collect(),
            output: vec![output.to_owned()],
            attribute: sizes.iter().map(attribute).collect(),
            ..NodeProto::default()
        }
    }

    /// The bones of a voice, with `mixing` as the operator in its flow.
    fn voice(mixing: &str) -> GraphProto {
        let node = vec![
            node("RandomNormalLike", &["mean"], "noise", &[]),
            node("Mul", &["noise", "deviation"], "scaled", &[]),
            node("Add", &["mean", "scaled"], "prior", &[]),
            node("Conv", &["prior", "flow.weight"], "wide", &[("kernel_shape", 5), ("dilations", 3)]),
            node(mixing, &["wide", "other"], "mixed", &[]),
            node("Mul", &["mixed", "mask"], "latent", &[]),
            node("Conv", &["latent", "model.dec.conv_pre.weight"], "pre", &[("kernel_shape", 7)]),
            node("ConvTranspose", &["pre", "up"], "up_8", &[("kernel_shape", 16), ("strides", 8)]),
            node("Conv", &["up_8", "weight"], "audio", &[("kernel_shape", 9)]),
        ];
        let output = vec![ValueInfoProto { name: Some("audio".to_owned()), r#type: None }];
        GraphProto { node, output, ..GraphProto::default() }
    }

    #[test]
    fn cuts_are_found_with_how_far_each_side_of_them_looks() {
        let cuts = find_cuts(&voice("Add")).unwrap();
        assert_eq!(
            (cuts.prior.as_str(), cuts.mask.as_str(), cuts.latent.as_str()),
            ("prior", "mask", "latent")
        );
        // Two taps of three frames; then three frames, one frame, and four eighths of one.
        assert_eq!((cuts.flow_reach, cuts.decoder_reach, cuts.hop), (6, 5, 8));
    }

    #[test]
    fn a_network_that_mixes_all_frames_is_not_cut() {
        assert_eq!(find_cuts(&voice("MatMul")), None);
        assert_eq!(find_cuts(&GraphProto::default()), None);
    }

    #[test]
    fn all_noise_is_seeded_once() {
        let mut graph = voice("Add");
        seed_noise(&mut graph);
        seed_noise(&mut graph);
        let seeds: Vec<f32> =
            graph.node.iter().flat_map(|node| &node.attribute).filter_map(|a| a.f).collect();
        assert_eq!(seeds, [NOISE_SEED]);
    }
}
