//! The ear on recordings: how soon it notices speech, how soon it takes a turn for finished, and how often it is wrong.
//!
//! Every recording is put on a line with faint noise, silence before and after, and μ-law. The transcript's verdict is
//! played by somebody who knows where the recording ends, and smart-turn's by the network itself; both arrive as late
//! as they would in a call. Delays are in the call's own time, so the figures do not depend on this machine.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;
use std::{env, fs};

use calmline::audio::decode::decode_recording;
use calmline::audio::resample::resample;
use calmline::audio::smart_turn::SmartTurn;
use calmline::audio::turn::{Segment, SegmentId, TurnDetector, TurnNews};
use calmline::audio::ulaw;
use calmline::audio::vad::VadModel;
use calmline::domain::{Completeness, Expecting};

const HZ: u32 = 8_000;
const LEAD_MS: u64 = 700;
const TAIL_MS: u64 = 4_000;
/// What the two judges need after a segment is made, on two ordinary cores.
const WORDS_MS: u64 = 250;
const FINALITY_MS: u64 = 90;

/// What the words are said to be while the recording has not ended.
#[derive(Clone, Copy, PartialEq)]
enum Reader {
    /// Knows that they break off.
    Honest,
    /// Cannot tell, not even at the end.
    Blind,
    /// Takes every beginning for a whole: the melody alone must save the turn.
    Gullible,
}

/// A recording on the line.
pub struct Clip {
    name: String,
    /// What is to be heard.
    pub class: String,
    /// What has been asked before.
    expecting: Expecting,
    /// 8 kHz.
    pub samples: Vec<f32>,
    /// When the first and the last sound of it are, in ms of the call.
    onset: u64,
    end: u64,
}

#[derive(Default)]
struct Outcome {
    started: Option<(u64, u64)>,
    starts: usize,
    ended: Vec<u64>,
    segments: usize,
}

/// Prints the ear's figures over the development recordings in a folder.
pub fn run(data: &Path) {
    let vad = VadModel::load().expect("the program's own weights load");
    let smart_turn = smart_turn();
    println!("The ear: delays in ms of the call, medians and 95th percentiles");
    println!("| recordings | turns | onset p50 | p95 | barge-in p50 | p95 | missed |");
    println!("|---|---|---|---|---|---|---|");
    let sets = [
        ("caller lines", clips(data, "callers.tsv", |row| row["role"] != "backchannel")),
        ("read sentences", clips(data, "dev_asr.tsv", |row| row["corpus"] != "asterisk_prompts")),
        ("prompts", clips(data, "dev_asr.tsv", |row| row["corpus"] == "asterisk_prompts")),
        ("ten-digit numbers", clips(data, "dev_digits.tsv", |row| row["label"] == "phone_number")),
    ];
    for (name, clips) in &sets {
        print_onsets(name, clips, &vad);
    }
    println!("\n| recordings | words | turns | end p50 | p95 | split | segments per turn |");
    println!("|---|---|---|---|---|---|---|");
    for (name, clips) in &sets {
        let melodies = Melodies::of(smart_turn.as_ref());
        for (words, reader) in
            [("honest", Reader::Honest), ("blind", Reader::Blind), ("gullible", Reader::Gullible)]
        {
            print_ends(&format!("{name} | {words}"), clips, reader, &vad, &melodies);
        }
    }
    let silent = Melodies::of(None);
    for noise in ["rain", "babble_02", "engine_idling"] {
        let clips: Vec<Clip> =
            over_noise(data, noise, clips(data, "callers.tsv", |row| row["role"] != "backchannel"));
        print_ends(
            &format!("caller lines over {noise}, 10 dB, no smart-turn | honest"),
            &clips,
            Reader::Honest,
            &vad,
            &silent,
        );
    }
    print_noise(data, &vad);
    print_cost(&sets[0].1, &vad, smart_turn.as_ref());
}

fn print_cost(clips: &[Clip], vad: &VadModel, smart_turn: Option<&SmartTurn>) {
    let silent = Melodies::of(None);
    let started = Instant::now();
    let seconds: f64 = clips.iter().map(|clip| clip.samples.len() as f64 / f64::from(HZ)).sum();
    clips.iter().for_each(|clip| drop(hear(clip, Reader::Honest, false, vad, &silent)));
    println!(
        "\nThe ear takes {:.2} % of one core per call.",
        100.0 * started.elapsed().as_secs_f64() / seconds
    );
    if let Some(network) = smart_turn {
        let samples = resample(&clips[0].samples, HZ, 16_000);
        let started = Instant::now();
        (0..10).for_each(|_| _ = black_box(network.probability(&samples)));
        println!("Smart-turn takes {} ms on one core.", started.elapsed().as_millis() / 10);
    }
}

fn print_onsets(name: &str, clips: &[Clip], vad: &VadModel) {
    let silent = Melodies::of(None);
    let mut columns = Vec::new();
    let mut missed = 0;
    for bot_speaking in [false, true] {
        let outcomes =
            clips.iter().map(|clip| (clip, hear(clip, Reader::Honest, bot_speaking, vad, &silent)));
        let mut delays = Vec::new();
        for (clip, outcome) in outcomes {
            match outcome.started {
                Some((_, at)) => delays.push(at.saturating_sub(clip.onset)),
                None => {
                    missed += 1;
                    if env::var_os("EAR_VERBOSE").is_some() {
                        println!("missed {} bot {bot_speaking}", clip.name);
                    }
                }
            }
        }
        columns.push(format!("{} | {}", percentile(&mut delays, 50), percentile(&mut delays, 95)));
    }
    println!("| {name} | {} | {} | {missed} |", clips.len(), columns.join(" | "));
}

fn print_ends(name: &str, clips: &[Clip], reader: Reader, vad: &VadModel, melodies: &Melodies) {
    let (mut delays, mut split, mut segments) = (Vec::new(), 0, 0);
    for clip in clips {
        let outcome = hear(clip, reader, false, vad, melodies);
        segments += outcome.segments;
        split += usize::from(outcome.ended.iter().any(|&end| end < clip.end));
        if env::var_os("EAR_VERBOSE").is_some() {
            let ends: Vec<i64> = outcome.ended.iter().map(|&end| end as i64 - clip.end as i64).collect();
            println!("{} {}..{}: {ends:?}, {} segments", clip.name, clip.onset, clip.end, outcome.segments);
        }
        delays.extend(outcome.ended.iter().find_map(|end| end.checked_sub(clip.end)));
    }
    println!(
        "| {name} | {} | {} | {} | {:.1} % | {:.1} |",
        clips.len(),
        percentile(&mut delays, 50),
        percentile(&mut delays, 95),
        100.0 * split as f64 / clips.len().max(1) as f64,
        segments as f64 / clips.len().max(1) as f64,
    );
}

fn print_noise(data: &Path, vad: &VadModel) {
    println!("\n| noise | minutes | starts per minute | with the bot speaking | turns per minute |");
    println!("|---|---|---|---|---|");
    let mut classes: BTreeMap<String, (f64, usize, usize, usize)> = BTreeMap::new();
    let silent = Melodies::of(None);
    for clip in noise_clips(data) {
        let quiet = hear(&clip, Reader::Honest, false, vad, &silent);
        let over_bot = hear(&clip, Reader::Honest, true, vad, &silent);
        let sums = classes.entry(clip.class.clone()).or_default();
        sums.0 += clip.samples.len() as f64 / f64::from(HZ) / 60.0;
        sums.1 += quiet.starts;
        sums.2 += over_bot.starts;
        sums.3 += quiet.ended.len();
    }
    for (class, (minutes, starts, barge_ins, turns)) in classes {
        let rate = |count: usize| count as f64 / minutes;
        println!(
            "| {class} | {minutes:.1} | {:.1} | {:.1} | {:.1} |",
            rate(starts),
            rate(barge_ins),
            rate(turns)
        );
    }
}

/// Plays a clip to the ear in frames of 20 ms, and brings it the judges' answers when they are due.
fn hear(clip: &Clip, reader: Reader, bot_speaking: bool, vad: &VadModel, melodies: &Melodies) -> Outcome {
    let mut ear = TurnDetector::new(vad.clone());
    ear.expect(clip.expecting);
    ear.bot_speaking(bot_speaking);
    let mut outcome = Outcome::default();
    let mut words: Vec<(u64, SegmentId, Completeness)> = Vec::new();
    let mut finalities: Vec<(u64, SegmentId, f32)> = Vec::new();
    for (n, frame) in clip.samples.chunks(160).enumerate() {
        let now = 20 * (n as u64 + 1);
        ear.push(frame);
        words
            .extract_if(.., |answer| answer.0 <= now)
            .for_each(|(_, id, verdict)| ear.words(id, verdict, true));
        finalities.extract_if(.., |answer| answer.0 <= now).for_each(|(_, id, p)| ear.finality(id, p));
        while let Some(news) = ear.poll() {
            match news {
                TurnNews::SpeechStarted { onset, at } => {
                    outcome.starts += 1;
                    outcome.started.get_or_insert((onset.as_ms(), at.as_ms()));
                }
                TurnNews::Segment(segment) => {
                    outcome.segments += 1;
                    words.push((now + WORDS_MS, segment.id, reader.read(&segment, clip)));
                    finalities.extend(
                        melodies
                            .probability(&clip.name, &segment)
                            .map(|p| (now + FINALITY_MS, segment.id, p)),
                    );
                }
                TurnNews::TurnEnded { at, .. } => outcome.ended.push(at.as_ms()),
                TurnNews::SpeechResumed { .. }
                | TurnNews::SegmentKept { .. }
                | TurnNews::NoiseEnded { .. } => {}
            }
        }
    }
    outcome
}

impl Reader {
    fn read(self, segment: &Segment, clip: &Clip) -> Completeness {
        let whole = segment.span.end.as_ms() + 250 >= clip.end;
        match (self, whole, clip.expecting) {
            (Self::Gullible, _, _) | (Self::Honest, true, _) => Completeness::Complete,
            (Self::Honest, false, Expecting::PhoneNumber | Expecting::Code) => Completeness::Dictating,
            (Self::Honest, false, _) => Completeness::Unfinished,
            (Self::Blind, _, _) => Completeness::Open,
        }
    }
}

/// Smart-turn's answers, each asked for once.
struct Melodies<'a> {
    network: Option<&'a SmartTurn>,
    known: std::cell::RefCell<BTreeMap<(String, u64), f32>>,
}

impl<'a> Melodies<'a> {
    fn of(network: Option<&'a SmartTurn>) -> Self {
        Self { network, known: Default::default() }
    }

    fn probability(&self, clip: &str, segment: &Segment) -> Option<f32> {
        let network = self.network?;
        let key = (clip.to_owned(), segment.span.end.as_ms());
        Some(*self.known.borrow_mut().entry(key).or_insert_with(|| network.probability(&segment.samples)))
    }
}

fn smart_turn() -> Option<SmartTurn> {
    let path =
        PathBuf::from(env::var_os("CALMLINE_MODELS")?).join("smart-turn-v3.2/smart-turn-v3.2-cpu.onnx");
    SmartTurn::load(fs::read(path).ok()?, 1).ok()
}

type Row = BTreeMap<String, String>;

fn clips(data: &Path, table: &str, wanted: impl Fn(&Row) -> bool) -> Vec<Clip> {
    let text = fs::read_to_string(data.join(table)).expect("the table can be read");
    let mut lines = text.lines().map(|line| line.split('\t').map(str::to_owned));
    let head: Vec<String> = lines.next().expect("the table has a head").collect();
    let rows = lines.map(|line| head.iter().cloned().zip(line).collect::<Row>());
    rows.filter(|row| wanted(row)).map(|row| clip(data, &row)).collect()
}

fn clip(data: &Path, row: &Row) -> Clip {
    let bytes = fs::read(data.join(&row["path"])).expect("the recording can be read");
    let recording = decode_recording(bytes).expect("the recording can be decoded");
    let class = row.get("label").or(row.get("role")).cloned().unwrap_or_default();
    put_on_the_line(row["path"].clone(), class, &resample(&recording.samples, recording.rate, HZ))
}

fn put_on_the_line(name: String, class: String, voice: &[f32]) -> Clip {
    let samples_of = |ms: u64| ms as usize * HZ as usize / 1000;
    let mut samples = vec![0.0; samples_of(LEAD_MS)];
    samples.extend_from_slice(voice);
    samples.extend(vec![0.0; samples_of(TAIL_MS)]);
    let mut seed = 1u32;
    for sample in &mut samples {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *sample += (seed as f32 / u32::MAX as f32 - 0.5) * 1.2e-3;
    }
    let (first, last) = sounding(voice);
    let (onset, end) = (LEAD_MS + first, LEAD_MS + last);
    let expecting = match class.as_str() {
        "yes" | "no_more" => Expecting::YesNo,
        "name" | "name_spelled" => Expecting::Name,
        "phone_number" | "number" | "number_corrected" => Expecting::PhoneNumber,
        "reference" => Expecting::Code,
        _ => Expecting::Anything,
    };
    Clip { name, class, expecting, samples: ulaw::decode(&ulaw::encode(&samples)), onset, end }
}

/// The same lines with a noise behind them, from the first moment of the call to the last.
fn over_noise(data: &Path, label: &str, mut clips: Vec<Clip>) -> Vec<Clip> {
    let noise = clips_of_class(data, label);
    let power = |samples: &[f32]| samples.iter().map(|x| x * x).sum::<f32>() / samples.len() as f32;
    for clip in &mut clips {
        let voice = power(&clip.samples[clip.onset as usize * 8..clip.end as usize * 8]);
        let gain = (voice / power(&noise) * 0.1).sqrt();
        let mixed: Vec<f32> = clip
            .samples
            .iter()
            .zip(noise.iter().cycle())
            .map(|(voice, noise)| voice + gain * noise)
            .collect();
        clip.samples = ulaw::decode(&ulaw::encode(&mixed));
    }
    clips
}

fn clips_of_class(data: &Path, label: &str) -> Vec<f32> {
    let clip = clips(data, "dev_noise.tsv", |row| row["label"] == label).remove(0);
    let lead = LEAD_MS as usize * HZ as usize / 1000;
    let tail = TAIL_MS as usize * HZ as usize / 1000;
    clip.samples[lead..clip.samples.len() - tail].to_vec()
}

/// The first and the last of the windows of 10 ms that are less than 25 dB below the loud ones. The differences of the
/// samples are looked at, so that a thump of the microphone does not count.
fn sounding(voice: &[f32]) -> (u64, u64) {
    let differences: Vec<f32> = voice.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let powers: Vec<f32> = differences.chunks(80).map(|window| window.iter().map(|x| x * x).sum()).collect();
    let mut sorted = powers.clone();
    sorted.sort_by(f32::total_cmp);
    let least = sorted[sorted.len() * 95 / 100] * 3.2e-3;
    let first = powers.iter().position(|&power| power > least).unwrap_or(0);
    let last = powers.iter().rposition(|&power| power > least).unwrap_or(0);
    (10 * first as u64, 10 * (last as u64 + 1))
}

/// Recorded noise, and that of the telephone itself.
pub fn noise_clips(data: &Path) -> impl Iterator<Item = Clip> {
    clips(data, "dev_noise.tsv", |_| true).into_iter().chain(synthetic_noise())
}

/// What a telephone itself sounds like.
fn synthetic_noise() -> Vec<Clip> {
    let tone = |hz: &'static [f32], on: f32, off: f32| {
        (0..30 * HZ).map(move |n| {
            let t = n as f32 / HZ as f32;
            let sounding = t % (on + off) < on;
            if sounding {
                hz.iter().map(|hz| 0.15 * (std::f32::consts::TAU * hz * t).sin()).sum::<f32>()
            } else {
                0.0
            }
        })
    };
    let clicks = (0..30 * HZ).map(|n| if n % 4_000 < 16 { 0.8 } else { 0.0 });
    [
        ("ringing tone", tone(&[440.0, 480.0], 2.0, 4.0).collect::<Vec<f32>>()),
        ("busy tone", tone(&[480.0, 620.0], 0.5, 0.5).collect()),
        ("dial tone", tone(&[350.0, 440.0], 30.0, 1.0).collect()),
        ("dtmf", tone(&[770.0, 1_336.0], 0.1, 0.2).collect()),
        ("beep", tone(&[1_000.0], 0.4, 1.1).collect()),
        ("clicks", clicks.collect()),
        ("silence", vec![0.0; 30 * HZ as usize]),
    ]
    .into_iter()
    .map(|(name, samples)| put_on_the_line(name.to_owned(), name.to_owned(), &samples))
    .collect()
}

fn percentile(delays: &mut [u64], percent: usize) -> String {
    delays.sort_unstable();
    delays
        .get((delays.len() * percent / 100).min(delays.len().saturating_sub(1)))
        .map_or("–".to_owned(), u64::to_string)
}
