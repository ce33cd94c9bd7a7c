//! Stress, live: the whole way from the telephone's sound through the ear's turns, the scorer and the engine, which hears
//! neutral words throughout and is heard out. False crossings of the line an hour, how soon it is crossed when a voice
//! turns, and the cost.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use calmline::audio::decode::decode_recording;
use calmline::audio::resample::resample;
use calmline::audio::timbre::TimbreNetwork;
use calmline::audio::turn::{TurnDetector, TurnNews};
use calmline::audio::ulaw;
use calmline::audio::vad::VadModel;
use calmline::call::{Action, CallStart, Engine, Event, Playback};
use calmline::cli::stress::network_if_there;
use calmline::config::example;
use calmline::domain::{
    Business, CallId, CallTime, Completeness, EscalationReason, Fact, Pii, Span, StressPolicy, Utterance,
};
use calmline::stress::baseline::Baseline;
use calmline::stress::tone::{Level, Tone};

const HZ: f64 = 8_000.0;
/// Samples in a frame of 20 ms.
const FRAME: usize = 160;
/// Calm recordings at the beginning of a simulated call.
const CALM: usize = 4;
/// Silence after each recording, in samples.
const PAUSE: usize = 12_000;
/// What the engine hears in every turn: it waits, and nothing goes wrong.
const NEUTRAL: &str = "Hold on, let me look.";

/// What listens to every call.
struct Hearing {
    vad: VadModel,
    network: Option<Arc<TimbreNetwork>>,
}

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
    decisions: usize,
    spent: Duration,
}

/// Prints the false crossings, the live simulations, and the share of a core that a call costs.
pub fn run(data: &Path) {
    let heard = Hearing { vad: VadModel::load().unwrap(), network: network_if_there().unwrap() };
    let policy = StressPolicy::default();
    println!(
        "\nStress: the line is {} and must be held for {} s of speech",
        policy.threshold, policy.persistence_seconds
    );
    crossings(data, &heard, policy);
    for manifest in ["dev_stress.tsv", "check_stress_english.tsv"] {
        turning(data, manifest, &heard, policy);
    }
}

fn crossings(data: &Path, heard: &Hearing, policy: StressPolicy) {
    println!("\nWhere nobody is stressed");
    println!(
        "| sound | minutes | scored as speech | crossings | an hour | a person sent for | scoring, share of a core |\n\
         |---|---|---|---|---|---|---|"
    );
    for manifest in ["dev_calm.tsv", "dev_phone_dialogues.tsv", "callers.tsv", "dev_noise.tsv"] {
        let mut kinds: BTreeMap<String, Sums> = BTreeMap::new();
        for clip in clips(data, manifest) {
            let samples = samples(&clip.path);
            let mut call = Call::new(heard, policy);
            call.hear(&samples);
            let sums = kinds.entry(clip.label.clone()).or_default();
            sums.spent += call.spent;
            sums.seconds += samples.len() as f64 / HZ;
            sums.speech += f64::from(call.speech());
            sums.crossings += usize::from(call.crossed.is_some());
            sums.decisions += usize::from(call.decided.is_some());
        }
        for (kind, Sums { seconds, speech, crossings, decisions, spent }) in kinds {
            let (share, an_hour) = (100.0 * speech / seconds, crossings as f64 / seconds * 3_600.0);
            let cost = 100.0 * spent.as_secs_f64() / seconds;
            println!(
                "| {kind} | {:.1} | {share:.0} % | {crossings} | {an_hour:.1} | {decisions} | {cost:.2} % |",
                seconds / 60.0
            );
        }
    }
}

/// Splices every speaker's calm recordings to those of another kind, each of which comes first once.
fn turning(data: &Path, manifest: &str, heard: &Hearing, policy: StressPolicy) {
    println!("\n{manifest}: {CALM} calm recordings, then all of another kind");
    println!(
        "| turns | calls | crossed | median s of its speech | p95 | a person sent for | median s | p95 |\n\
         |---|---|---|---|---|---|---|---|"
    );
    let all = clips(data, manifest);
    let mut speakers: BTreeMap<&str, Vec<&Clip>> = BTreeMap::new();
    for clip in &all {
        speakers.entry(&clip.speaker).or_default().push(clip);
    }
    for kind in ["angry", "fearful", "happy", "sad"] {
        let (mut calls, mut crossed, mut decided) = (0, Vec::new(), Vec::new());
        for clips in speakers.values() {
            let of = |label: &str| -> Vec<Vec<f32>> {
                clips.iter().filter(|clip| clip.label == label).map(|clip| samples(&clip.path)).collect()
            };
            let (calm, other) = (of("neutral"), of(kind));
            if calm.len() < CALM {
                continue;
            }
            for first in 0..other.len() {
                let mut call = Call::new(heard, policy);
                calm.iter().take(CALM).for_each(|clip| call.hear(clip));
                let before = call.speech();
                let early = call.crossed.is_some();
                for n in 0..other.len() {
                    call.hear(&other[(first + n) % other.len()]);
                }
                calls += 1;
                if !early {
                    crossed.extend(call.crossed.map(|at| at - before));
                    decided.extend(call.decided.map(|at| at - before));
                }
            }
        }
        println!("| {kind} | {calls} | {} | {} |", shown(&mut crossed), shown(&mut decided));
    }
}

/// How many, the median and the 95th percentile.
fn shown(values: &mut [f32]) -> String {
    values.sort_by(f32::total_cmp);
    let at = |share: f64| values.get((values.len() as f64 * share) as usize).or(values.last());
    let show = |value: Option<&f32>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.1}"));
    format!("{} | {} | {}", values.len(), show(at(0.5)), show(at(0.95)))
}

/// One caller's line, every recording a turn.
struct Call {
    detector: TurnDetector,
    tone: Tone,
    engine: Engine,
    now: CallTime,
    /// Seconds of speech when the line was first crossed, and when a person was sent for.
    crossed: Option<f32>,
    decided: Option<f32>,
    /// What scoring cost.
    spent: Duration,
}

impl Call {
    fn new(heard: &Hearing, policy: StressPolicy) -> Self {
        let business = Business { stress: Some(policy), ..example("heating").unwrap() };
        let start = CallStart {
            id: CallId::new("01935b1e-4a00-7000-8000-000000000001".parse().unwrap()),
            business: Arc::new(business),
            caller: None,
            started_at: "2026-11-23T18:02Z".parse().unwrap(),
            earlier: vec![],
            model: None,
        };
        let mut call = Self {
            detector: TurnDetector::new(heard.vad.clone()),
            tone: Tone::new(heard.network.clone(), Baseline::default()),
            engine: Engine::new(start),
            now: CallTime::ZERO,
            crossed: None,
            decided: None,
            spent: Duration::ZERO,
        };
        call.event(Event::Answered);
        call
    }

    /// Seconds of the caller's speech that were scored.
    fn speech(&self) -> f32 {
        self.engine.state().stress().speech_seconds()
    }

    fn hear(&mut self, samples: &[f32]) {
        let mut sound = samples.to_vec();
        sound.resize(samples.len() + PAUSE, 0.0);
        for frame in sound.chunks(FRAME) {
            let frame = ulaw::decode(&ulaw::encode(frame));
            self.now = self.now + Duration::from_millis(20);
            self.detector.push(&frame);
            self.toned(|tone| tone.hear(&frame));
            self.follow();
        }
    }

    fn follow(&mut self) {
        while let Some(news) = self.detector.poll() {
            match news {
                TurnNews::SpeechStarted { onset, at } => {
                    let ago = u64::try_from(at.since(onset).as_millis()).unwrap();
                    self.toned(|tone| tone.speech_started(ago));
                    self.event(Event::SpeechStarted);
                }
                TurnNews::Segment(segment) => {
                    self.detector.words(segment.id, Completeness::Complete, true);
                    self.detector.finality(segment.id, 0.9);
                }
                TurnNews::TurnEnded { span, .. } => {
                    self.toned(Tone::turn_ended);
                    self.event(Event::SpeechStopped);
                    let text = Pii::from(NEUTRAL);
                    self.event(Event::Heard(Utterance { text, span, confidence: 0.9 }));
                }
                TurnNews::NoiseEnded { .. } => {
                    self.toned(Tone::turn_ended);
                    self.event(Event::Unclear { span: Span::default(), likely_speech: false });
                }
                TurnNews::SpeechResumed { .. } | TurnNews::SegmentKept { .. } => {}
            }
        }
    }

    fn toned(&mut self, hear: impl FnOnce(&mut Tone) -> Option<Level>) {
        let since = Instant::now();
        let level = hear(&mut self.tone);
        self.spent += since.elapsed();
        if let Some(Level { voice, new_seconds }) = level {
            self.event(Event::StressScored { voice, new_seconds });
        }
    }

    fn event(&mut self, event: Event) {
        self.engine.handle(event, self.now);
        while let Some(action) = self.engine.poll_action() {
            if let Action::Say { speech, text, .. } = &action {
                let span = Span { start: self.now, end: self.now };
                let playback = Playback { heard_bytes: text.expose().len(), span, failed: false };
                self.engine.handle(Event::PlaybackFinished { speech: *speech, playback }, self.now);
            }
            let Action::Record(fact) = action else { continue };
            let spoken = self.speech();
            if matches!(fact, Fact::StressCrossed { over: true, .. }) {
                self.crossed.get_or_insert(spoken);
            } else if matches!(fact, Fact::Escalated { reason: EscalationReason::Stress, .. }) {
                self.decided.get_or_insert(spoken);
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
