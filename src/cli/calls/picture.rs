//! The file a picture is written to: whole or not at all, and for its owner only.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use anyhow::{Context as _, bail};

/// Writes a picture; what the file held before stays until all of it is written.
///
/// # Errors
/// When the file cannot be written there; they say what to do.
pub fn write(file: &Path, content: &str) -> anyhow::Result<()> {
    let shown = file.display();
    if file.is_dir() {
        bail!("{shown} is a folder: name a file in it, such as {}", file.join("call.svg").display());
    }
    // Renaming would replace a link, such as /dev/stdout, and not what it leads to.
    if fs::symlink_metadata(file).is_ok_and(|found| !found.is_file()) {
        bail!("{shown} is not an ordinary file: name another one");
    }
    let Some(name) = file.file_name() else { bail!("{shown} names no file: give one, such as call.svg") };
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(missing) = folder.filter(|folder| !folder.is_dir()) {
        bail!("there is no folder {}: make it first, or name a file elsewhere", missing.display());
    }
    let unfinished =
        file.with_file_name(format!(".{}.{}.unfinished", name.to_string_lossy(), std::process::id()));
    replace(file, &unfinished, content)
        .inspect_err(|_| {
            let _ = fs::remove_file(&unfinished);
        })
        .with_context(|| {
            format!("cannot write {shown}: make room or get leave to write there, or name a file elsewhere")
        })
}

fn replace(file: &Path, unfinished: &Path, content: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut written = options.open(unfinished)?;
    written.write_all(content.as_bytes())?;
    written.sync_all()?;
    fs::rename(unfinished, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_picture_replaces_the_one_before_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("call.svg");
        write(&file, "one").unwrap();
        write(&file, "two").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "two");
        assert_eq!(names(folder.path()), ["call.svg"]);
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_can_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("call.svg");
        fs::write(&file, "").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        write(&file, "words").unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("call.svg"), folder.path().join("last.svg"));
        fs::write(&file, "before").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert!(write(&link, "words").unwrap_err().to_string().contains("not an ordinary file"));
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&file).unwrap(), "before");
    }

    #[test]
    fn what_cannot_be_written_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let told = |file: &Path| write(file, "words").unwrap_err().to_string();
        assert!(told(folder.path()).contains("is a folder: name a file in it"));
        assert!(told(&folder.path().join("missing/call.svg")).contains("make it first"));
        assert!(told(Path::new("")).contains("names no file"));
        #[cfg(unix)]
        assert!(told(Path::new("/dev/null")).contains("not an ordinary file"));
    }
}
