//! Stress in the voice: false crossings of the line an hour, how soon it is crossed when a voice turns angry, and the
//! cost.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use calmline::audio::decode::decode_recording;
use calmline::audio::resample::resample;
use calmline::stress::baseline::Baseline;
use calmline::stress::crossing::{Crossed, Crossing};
use calmline::stress::model::Model;
use calmline::stress::scorer::Scorer;

const HZ: f64 = 8_000.0;
/// Samples in a frame of 20 ms.
const FRAME: usize = 160;
const LINE: f32 = 78.0;
const PERSISTENCE_SECONDS: f32 = 1.5;
/// Calm recordings at the beginning of a simulated call.
const CALM: usize = 4;

struct Clip {
    path: PathBuf,
    speaker: String,
    label: String,
}

#[derive(Default)]
struct Sums {
    seconds: f64,
    speech: f64,
    crossings: usize,
    spent: Duration,
}

/// Prints the false crossings, the live simulations, and the share of a core that a call costs.
pub fn run(data: &Path) {
    let model = Arc::new(Model::built_in());
    crossings(data, &model);
    for manifest in ["dev_stress.tsv", "check_stress_english.tsv"] {
        turning(data, manifest, &model);
    }
}

fn crossings(data: &Path, model: &Arc<Model>) {
    println!("\nStress: crossings of {LINE} for {PERSISTENCE_SECONDS} s of speech, where nobody is stressed");
    println!(
        "| sound | minutes | taken for speech | crossings | an hour | share of a core |\n|---|---|---|---|---|---|"
    );
    for manifest in ["dev_calm.tsv", "dev_phone_dialogues.tsv", "callers.tsv", "dev_noise.tsv"] {
        let mut kinds: BTreeMap<String, Sums> = BTreeMap::new();
        for clip in clips(data, manifest) {
            let samples = samples(&clip.path);
            let sums = kinds.entry(clip.label.clone()).or_default();
            let mut call = Call::new(model);
            let start = Instant::now();
            call.hear(&samples);
            sums.spent += start.elapsed();
            sums.seconds += samples.len() as f64 / HZ;
            sums.speech += f64::from(call.speech);
            sums.crossings += call.crossed.len();
        }
        for (kind, Sums { seconds, speech, crossings, spent }) in kinds {
            let (share, an_hour) = (100.0 * speech / seconds, crossings as f64 / seconds * 3_600.0);
            let cost = 100.0 * spent.as_secs_f64() / seconds;
            println!(
                "| {kind} | {:.1} | {share:.0} % | {crossings} | {an_hour:.1} | {cost:.2} % |",
                seconds / 60.0
            );
        }
    }
}

/// Splices every speaker's calm recordings to their angry, fearful or happy ones.
fn turning(data: &Path, manifest: &str, model: &Arc<Model>) {
    println!("\nStress: {manifest}, {CALM} calm recordings followed by all of another kind");
    println!(
        "| turns | speakers | crossed | seconds of speech until then, median | p95 |\n|---|---|---|---|---|"
    );
    let all = clips(data, manifest);
    let mut speakers: BTreeMap<&str, Vec<&Clip>> = BTreeMap::new();
    for clip in &all {
        speakers.entry(&clip.speaker).or_default().push(clip);
    }
    for kind in ["angry", "fearful", "happy", "sad"] {
        let (mut turned, mut waited) = (0, Vec::new());
        for clips in speakers.values() {
            let of = |label: &str| clips.iter().filter(|clip| clip.label == label).collect::<Vec<_>>();
            let (calm, other) = (of("neutral"), of(kind));
            if calm.len() < CALM || other.is_empty() {
                continue;
            }
            let mut call = Call::new(model);
            calm.iter().take(CALM).for_each(|clip| call.hear(&samples(&clip.path)));
            let before = call.speech;
            call.crossed.clear();
            other.iter().for_each(|clip| call.hear(&samples(&clip.path)));
            turned += 1;
            waited.extend(call.crossed.first().map(|at| at - before));
        }
        waited.sort_by(f32::total_cmp);
        let at = |share: f64| waited.get((waited.len() as f64 * share) as usize).or(waited.last());
        let show = |value: Option<&f32>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.1}"));
        println!("| {kind} | {turned} | {} | {} | {} |", waited.len(), show(at(0.5)), show(at(0.95)));
    }
}

/// One caller's line, every recording a turn.
struct Call {
    scorer: Scorer,
    crossing: Crossing,
    /// Seconds of speech heard, and those at which the line was crossed.
    speech: f32,
    crossed: Vec<f32>,
}

impl Call {
    fn new(model: &Arc<Model>) -> Self {
        Self {
            scorer: Scorer::new(model.clone(), Baseline::default()),
            crossing: Crossing::new(LINE, PERSISTENCE_SECONDS),
            speech: 0.0,
            crossed: Vec::new(),
        }
    }

    fn hear(&mut self, samples: &[f32]) {
        let mut updates: Vec<_> = samples.chunks(FRAME).flat_map(|frame| self.scorer.feed(frame)).collect();
        updates.extend(self.scorer.turn_ended());
        for update in updates {
            self.speech += update.new_seconds;
            if self.crossing.hear(update.level, update.new_seconds) == Some(Crossed::Over) {
                self.crossed.push(self.speech);
            }
        }
    }
}

fn clips(data: &Path, manifest: &str) -> Vec<Clip> {
    let text = std::fs::read_to_string(data.join(manifest)).unwrap();
    let mut lines = text.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let head = lines.next().unwrap();
    let column = |names: [&str; 2]| head.iter().position(|head| names.contains(head)).unwrap();
    let (path, speaker, label) =
        (column(["path", "path"]), column(["speaker", "voice"]), column(["label", "scenario"]));
    lines
        .map(|cells| Clip {
            path: data.join(cells[path]),
            speaker: cells[speaker].to_owned(),
            label: cells[label].to_owned(),
        })
        .collect()
}

fn samples(path: &Path) -> Vec<f32> {
    let recording = decode_recording(std::fs::read(path).unwrap()).unwrap();
    resample(&recording.samples, recording.rate, 8_000)
}
