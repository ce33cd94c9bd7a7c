//! Word error rate and speed of the ear, beside faster-whisper on the same audio in the same run.
//!
//! All audio is brought to the telephone first (8 kHz μ-law) and then to 16 kHz; everybody hears the same WAV files,
//! uses one thread, and is scored by the same scorer.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, bail};
use calmline::audio::decode::decode_recording;
use calmline::audio::resample::resample;
use calmline::audio::ulaw;
use calmline::domain::Expecting;
use calmline::transcribe::{Job, Priority, Settings, Whisper, hear, split};
use calmline::understanding::phone::{self, Reading};

use crate::wer::{self, Score};

const RATE: u32 = 16_000;

/// Measures every whisper model under `model_dir` (`whisper-NAME/ggml-TYPE.bin`) and faster-whisper on the
/// development sets under `data_dir` (`dev_asr.tsv`, `dev_digits.tsv`, `callers.tsv`), and prints a table.
pub fn run(data_dir: &Path, model_dir: &Path) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let mut clips = Vec::new();
    for set in ["dev_asr", "dev_digits", "callers"] {
        clips.extend(load(data_dir, set, folder.path())?);
    }
    println!(
        "{:<34} {:<22} {:>6} {:>7} {:>9} {:>8} {:>8}",
        "engine", "audio", "WER %", "numbers", "CPU/audio", "p50 ms", "p95 ms"
    );
    for (name, model) in models(model_dir)? {
        report(&format!("calmline {name}"), &clips, &ours(&model, &clips)?);
    }
    let python = peer_python()?;
    report("faster-whisper tiny.en int8", &clips, &theirs(&python, &clips)?);
    Ok(())
}

/// A recording, cut to pieces of at most 28 s.
struct Clip {
    group: String,
    said: String,
    /// The digits of a telephone number, if that is what was said.
    number: Option<String>,
    pieces: Vec<PathBuf>,
    seconds: f64,
}

/// What an engine made of one clip.
struct Heard {
    text: String,
    cpu: f64,
    wall: f64,
}

fn load(data_dir: &Path, set: &str, folder: &Path) -> anyhow::Result<Vec<Clip>> {
    let path = data_dir.join(format!("{set}.tsv"));
    let table = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let mut lines = table.lines();
    let head: Vec<&str> = lines.next().context("an empty table")?.split('\t').collect();
    let mut clips = Vec::new();
    for line in lines {
        let row: HashMap<&str, String> = head.iter().copied().zip(line.split('\t').map(unquote)).collect();
        let cell = |name: &str| row.get(name).cloned().unwrap_or_default();
        let bytes = std::fs::read(data_dir.join(cell("path")))?;
        let samples = telephone(bytes)?;
        let mut pieces = Vec::new();
        for piece in split(&samples) {
            let path = folder.join(format!("{set}-{}-{}.wav", clips.len(), pieces.len()));
            write_wav(&path, &samples[piece])?;
            pieces.push(path);
        }
        let number = cell("label_detail").strip_prefix("digits=").map(str::to_owned);
        let group = match (cell("corpus"), &number) {
            (corpus, _) if corpus.is_empty() => set.to_owned(),
            (_, Some(_)) => "ten-digit numbers".to_owned(),
            (corpus, None) => corpus,
        };
        let said = format!("{}{}", cell("transcript"), cell("text"));
        let seconds = samples.len() as f64 / f64::from(RATE);
        clips.push(Clip { group, said, number, pieces, seconds });
    }
    Ok(clips)
}

/// A cell as spreadsheets quote it.
fn unquote(cell: &str) -> String {
    cell.strip_prefix('"')
        .and_then(|inner| inner.strip_suffix('"'))
        .map_or_else(|| cell.to_owned(), |inner| inner.replace("\"\"", "\""))
}

fn telephone(bytes: Vec<u8>) -> anyhow::Result<Vec<f32>> {
    let recording = decode_recording(bytes)?;
    let line = ulaw::encode(&resample(&recording.samples, recording.rate, 8_000));
    Ok(resample(&ulaw::decode(&line), 8_000, RATE))
}

fn write_wav(path: &Path, samples: &[f32]) -> anyhow::Result<()> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: RATE,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = hound::WavWriter::create(path, spec)?;
    for sample in samples {
        file.write_sample((sample.clamp(-1.0, 1.0) * 32_767.0) as i16)?;
    }
    Ok(file.finalize()?)
}

/// The models there are, by name.
fn models(model_dir: &Path) -> anyhow::Result<Vec<(String, PathBuf)>> {
    let mut models = Vec::new();
    for folder in std::fs::read_dir(model_dir)? {
        let folder = folder?;
        let name = folder.file_name().to_string_lossy().into_owned();
        let Some(name) = name.strip_prefix("whisper-") else { continue };
        for file in std::fs::read_dir(folder.path())? {
            let path = file?.path();
            let file = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            if let Some(kind) = file.strip_prefix("ggml-") {
                models.push((format!("{name} {kind}"), path.clone()));
            }
        }
    }
    models.sort();
    Ok(models)
}

fn ours(model: &Path, clips: &[Clip]) -> anyhow::Result<Vec<Heard>> {
    let whisper =
        Whisper::start(Settings { model: model.to_owned(), workers: 1, threads_per_worker: 1, queue: 4 })?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let mut heard = Vec::new();
    for clip in clips {
        // As in a call: the ear knows when a telephone number has been asked for.
        let expecting = if clip.number.is_some() { Expecting::PhoneNumber } else { Expecting::Anything };
        let mut whole = Heard { text: String::new(), cpu: 0.0, wall: 0.0 };
        for piece in &clip.pieces {
            let samples: Arc<[f32]> = decode_recording(std::fs::read(piece)?)?.samples.into();
            let (cpu, started) = (cpu_seconds(), Instant::now());
            let job = Job { samples, vocabulary: String::new(), priority: Priority::Final };
            let words = runtime.block_on(hear(&whisper, job, expecting, broken))?;
            whole.wall += started.elapsed().as_secs_f64();
            whole.cpu += cpu_seconds() - cpu;
            whole.text = format!("{} {}", whole.text, words.text);
        }
        heard.push(whole);
    }
    Ok(heard)
}

/// Whether a text holds a good part of a telephone number, but no whole one.
fn broken(text: &str) -> bool {
    matches!(phone::read(text, "US"), Reading::Partial(digits) if digits.len() > 4)
}

/// The processor time of all threads so far, in seconds; zero where the system does not tell.
fn cpu_seconds() -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let nanoseconds = tasks.filter_map(|task| {
        let text = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<f64>().ok()
    });
    nanoseconds.sum::<f64>() / 1e9
}

fn theirs(python: &Path, clips: &[Clip]) -> anyhow::Result<Vec<Heard>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/faster_whisper.py");
    let mut child = Command::new(python)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("starting faster-whisper")?;
    let mut input = child.stdin.take().context("its input")?;
    let paths: Vec<PathBuf> = clips.iter().flat_map(|clip| clip.pieces.clone()).collect();
    let writer =
        std::thread::spawn(move || paths.iter().try_for_each(|path| writeln!(input, "{}", path.display())));
    let mut lines = BufReader::new(child.stdout.take().context("its output")?).lines();
    let mut heard = Vec::new();
    for clip in clips {
        let mut whole = Heard { text: String::new(), cpu: 0.0, wall: 0.0 };
        for _ in &clip.pieces {
            let line = lines.next().context("faster-whisper stopped early")??;
            let answer: serde_json::Value = serde_json::from_str(&line)?;
            whole.text = format!("{} {}", whole.text, answer["text"].as_str().context("no text")?);
            whole.cpu += answer["cpu"].as_f64().context("no cpu")?;
            whole.wall += answer["wall"].as_f64().context("no wall")?;
        }
        heard.push(whole);
    }
    if writer.join().is_err() || !child.wait()?.success() {
        bail!("faster-whisper failed");
    }
    Ok(heard)
}

/// The Python of a virtual environment of faster-whisper's own, made on first use.
fn peer_python() -> anyhow::Result<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let home = root.join("target/peers/faster-whisper");
    let python = home.join("bin/python");
    let done = home.join("installed");
    if !done.exists() {
        println!("installing faster-whisper into {}", home.display());
        let steps: [(&Path, Vec<&std::ffi::OsStr>); 2] = [
            (Path::new("python3"), vec!["-m".as_ref(), "venv".as_ref(), home.as_os_str()]),
            (&python, vec!["-m".as_ref(), "pip".as_ref(), "install".as_ref(), "-q".as_ref(), "-r".as_ref()]),
        ];
        let requirements = root.join("tests/peers/faster_whisper.txt");
        for (n, (program, arguments)) in steps.into_iter().enumerate() {
            let mut command = Command::new(program);
            command.args(arguments).args((n == 1).then_some(&requirements));
            if !command.status()?.success() {
                bail!("could not install faster-whisper");
            }
        }
        std::fs::write(done, "")?;
    }
    Ok(python)
}

/// One line per group of clips.
fn report(engine: &str, clips: &[Clip], heard: &[Heard]) {
    let mut groups: Vec<&str> = clips.iter().map(|clip| clip.group.as_str()).collect();
    groups.sort_unstable();
    groups.dedup();
    for group in groups {
        let (mut score, mut cpu, mut seconds) = (Score::default(), 0.0, 0.0);
        let (mut numbers, mut right) = (0, 0);
        let mut walls = Vec::new();
        for (clip, heard) in clips.iter().zip(heard).filter(|(clip, _)| clip.group == group) {
            score += wer::score(&clip.said, &heard.text);
            cpu += heard.cpu;
            seconds += clip.seconds;
            walls.push(heard.wall * 1000.0);
            if let Some(number) = &clip.number {
                numbers += 1;
                right += usize::from(wer::digits_heard(&heard.text) == *number);
            }
        }
        walls.sort_by(f64::total_cmp);
        let at = |share: f64| walls[((walls.len() - 1) as f64 * share) as usize];
        let numbers = if numbers > 0 { format!("{right}/{numbers}") } else { String::new() };
        println!(
            "{engine:<34} {group:<22} {:>6.2} {numbers:>7} {:>9.4} {:>8.0} {:>8.0}",
            score.percent(),
            cpu / seconds,
            at(0.5),
            at(0.95),
        );
    }
}
