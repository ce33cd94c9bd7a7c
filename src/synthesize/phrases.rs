//! Sentences that need not be spoken again.
//!
//! Only what was declared fixed is written to disk. Everything else may hold names and numbers of callers, so it is
//! remembered in memory at most, and briefly.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use super::Slice;

/// Names a sentence as spoken by one voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key([u8; 32]);

/// Bytes of audio remembered in memory beside the fixed phrases: about eight minutes.
const MOST_RECENT_BYTES: usize = 4 << 20;

/// Raised whenever the same words of the same voice come to sound different.
const FORM: u32 = 1;

const EXTENSION: &str = "ulaw";
const CHECKSUM_BYTES: usize = 32;

impl Key {
    /// Names the normalised `words` as spoken by the voice with this identity.
    pub fn new(identity: &str, words: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(format!("{FORM} {identity}\0"));
        hash.update(words);
        Self(hash.finalize().into())
    }

    fn file_name(self) -> String {
        let hex: String = self.0.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{hex}.{EXTENSION}")
    }
}

/// The spoken sentences at hand.
pub struct Phrases {
    /// Where fixed phrases outlive the process.
    folder: PathBuf,
    most_bytes: u64,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    fixed: HashMap<Key, Slice>,
    recent: HashMap<Key, Recent>,
    recent_bytes: usize,
    uses: u64,
}

struct Recent {
    audio: Slice,
    used: u64,
}

impl Phrases {
    /// Keeps fixed phrases in `folder`, up to `most_bytes` of them.
    pub fn new(folder: PathBuf, most_bytes: u64) -> Self {
        Self { folder, most_bytes, known: Mutex::default() }
    }

    /// The audio of a sentence, if it is at hand in memory.
    pub fn recall(&self, key: Key) -> Option<Slice> {
        let mut known = self.lock();
        if let Some(audio) = known.fixed.get(&key) {
            return Some(audio.clone());
        }
        known.uses += 1;
        let now = known.uses;
        let recent = known.recent.get_mut(&key)?;
        recent.used = now;
        Some(recent.audio.clone())
    }

    /// Remembers a sentence in memory until many others have been spoken.
    pub fn remember(&self, key: Key, audio: Slice) {
        let mut known = self.lock();
        if known.fixed.contains_key(&key) || audio.len() > MOST_RECENT_BYTES {
            return;
        }
        known.uses += 1;
        let used = known.uses;
        known.recent_bytes += audio.len();
        if let Some(before) = known.recent.insert(key, Recent { audio, used }) {
            known.recent_bytes -= before.audio.len();
        }
        while known.recent_bytes > MOST_RECENT_BYTES {
            let oldest = known.recent.iter().min_by_key(|(_, recent)| recent.used).map(|(key, _)| *key);
            let Some(forgotten) = oldest.and_then(|key| known.recent.remove(&key)) else { break };
            known.recent_bytes -= forgotten.audio.len();
        }
    }

    /// Brings a fixed phrase from disk into memory; says whether it was there and whole.
    pub fn load(&self, key: Key) -> bool {
        let path = self.folder.join(key.file_name());
        let Ok(content) = fs::read(&path) else { return false };
        let Some((checksum, audio)) = content.split_at_checked(CHECKSUM_BYTES) else { return false };
        if Sha256::digest(audio).as_slice() != checksum {
            return false;
        }
        // The files used longest ago go first. Where the time cannot be set, those written first do.
        let _ = File::open(&path).and_then(|file| file.set_modified(SystemTime::now()));
        self.lock().fixed.insert(key, audio.into());
        true
    }

    /// Makes a remembered sentence a fixed phrase, in memory and on disk.
    ///
    /// # Errors
    /// When it cannot be written; it is fixed in memory all the same.
    pub fn fix(&self, key: Key) -> io::Result<()> {
        let mut known = self.lock();
        let Some(Recent { audio, .. }) = known.recent.remove(&key) else { return Ok(()) };
        known.recent_bytes -= audio.len();
        known.fixed.insert(key, audio.clone());
        drop(known);
        fs::create_dir_all(&self.folder)?;
        let unfinished = self.folder.join(format!(".{}.{}", std::process::id(), key.file_name()));
        let written = File::create(&unfinished).and_then(|mut file| {
            file.write_all(&Sha256::digest(&audio))?;
            file.write_all(&audio)?;
            file.sync_all()
        });
        written.and_then(|()| fs::rename(&unfinished, self.folder.join(key.file_name()))).inspect_err(|_| {
            let _ = fs::remove_file(&unfinished);
        })
    }

    /// Deletes the files used longest ago until the rest is within the limit; phrases in use are not deleted.
    ///
    /// # Errors
    /// When the folder cannot be read or a file not deleted.
    pub fn trim(&self) -> io::Result<()> {
        let mut files = phrase_files(&self.folder)?;
        let mut total: u64 = files.iter().map(|file| file.bytes).sum();
        files.sort_by_key(|file| file.modified);
        let in_use: Vec<String> = self.lock().fixed.keys().map(|key| key.file_name()).collect();
        for file in files {
            if total <= self.most_bytes {
                break;
            }
            let is_used =
                file.path.file_name().is_some_and(|name| in_use.iter().any(|used| name == used.as_str()));
            if !is_used {
                fs::remove_file(&file.path)?;
                total -= file.bytes;
            }
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct PhraseFile {
    path: PathBuf,
    bytes: u64,
    modified: SystemTime,
}

fn phrase_files(folder: &Path) -> io::Result<Vec<PhraseFile>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == EXTENSION) {
            let about = fs::metadata(&path)?;
            files.push(PhraseFile { bytes: about.len(), modified: about.modified()?, path });
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn audio(byte: u8, length: usize) -> Slice {
        vec![byte; length].into()
    }

    fn phrases(folder: &tempfile::TempDir, most_bytes: u64) -> Phrases {
        Phrases::new(folder.path().join("phrases"), most_bytes)
    }

    fn fixed(phrases: &Phrases, key: Key, audio: Slice) {
        phrases.remember(key, audio);
        phrases.fix(key).unwrap();
    }

    #[test]
    fn a_fixed_phrase_outlives_the_process_and_any_other_stays_off_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let (greeting, name) = (Key::new("joe", "hello"), Key::new("joe", "thank you sarah"));
        let before = phrases(&folder, 1 << 20);
        fixed(&before, greeting, audio(1, 800));
        before.remember(name, audio(2, 800));
        assert_eq!(before.recall(name), Some(audio(2, 800)));

        let after = phrases(&folder, 1 << 20);
        assert_eq!(after.recall(greeting), None);
        assert!(after.load(greeting));
        assert_eq!(after.recall(greeting), Some(audio(1, 800)));
        assert!(!after.load(name));
        assert_eq!(phrase_files(&after.folder).unwrap().len(), 1);
        assert_eq!(fs::read_dir(&after.folder).unwrap().count(), 1, "nothing half-written is left");
    }

    #[test]
    fn another_voice_has_phrases_of_its_own() {
        assert_ne!(Key::new("joe", "hello"), Key::new("amy", "hello"));
        assert_ne!(Key::new("joe 1", "hello"), Key::new("joe", "1 hello"));
    }

    #[test]
    fn a_damaged_file_counts_as_missing() {
        let folder = tempfile::tempdir().unwrap();
        let phrases = phrases(&folder, 1 << 20);
        let key = Key::new("joe", "hello");
        fixed(&phrases, key, audio(1, 800));
        let path = phrases.folder.join(key.file_name());
        let whole = fs::read(&path).unwrap();
        for damaged in [&whole[..700], &whole[..10], &[]] {
            fs::write(&path, damaged).unwrap();
            assert!(!phrases.load(key));
        }
        let mut flipped = whole.clone();
        flipped[100] ^= 1;
        fs::write(&path, flipped).unwrap();
        assert!(!phrases.load(key));
        fs::write(&path, whole).unwrap();
        assert!(phrases.load(key));
    }

    #[test]
    fn the_phrases_used_longest_ago_are_deleted_when_there_are_too_many() {
        let folder = tempfile::tempdir().unwrap();
        let before = phrases(&folder, 2_000);
        let keys: Vec<Key> = (0..4).map(|n| Key::new("joe", &n.to_string())).collect();
        for (age, key) in keys.iter().enumerate() {
            fixed(&before, *key, audio(1, 800));
            let file = File::open(before.folder.join(key.file_name())).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(1_000 - age as u64)).unwrap();
        }
        before.trim().unwrap();
        assert_eq!(phrase_files(&before.folder).unwrap().len(), 4, "all of them are in use");

        let after = phrases(&folder, 2_000);
        assert!(after.load(keys[0]));
        after.trim().unwrap();
        let kept: Vec<bool> = keys.iter().map(|key| after.load(*key)).collect();
        assert_eq!(kept, [true, false, false, true]);
    }

    #[test]
    fn memory_forgets_what_was_not_used_for_long() {
        let folder = tempfile::tempdir().unwrap();
        let phrases = phrases(&folder, 0);
        let key = |n: usize| Key::new("joe", &n.to_string());
        for n in 0..5 {
            phrases.remember(key(n), audio(1, MOST_RECENT_BYTES / 4));
            assert!(phrases.recall(key(0)).is_some(), "what is used again and again stays");
        }
        assert!(phrases.recall(key(1)).is_none());
        assert!(phrases.recall(key(4)).is_some());
    }

    #[test]
    fn a_missing_folder_is_an_empty_one() {
        let folder = tempfile::tempdir().unwrap();
        phrases(&folder, 0).trim().unwrap();
    }
}
