//! Lists of labelled recordings.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::stress::fit::Label;

/// One line of a manifest.
pub(super) struct Entry {
    pub path: PathBuf,
    pub corpus: String,
    pub speaker: String,
    pub sex: String,
    /// As it stands in the manifest.
    pub name: String,
    pub label: Label,
}

/// Reads a table of tab-separated columns, of which `path` (from the manifest's own folder), `corpus`, `speaker`, `sex`
/// and `label` are taken; recordings with labels that are on neither side are left out.
pub(super) fn read(file: &Path) -> anyhow::Result<Vec<Entry>> {
    let name = file.display();
    let text = std::fs::read_to_string(file).with_context(|| format!("reading {name}"))?;
    let folder = file.parent().unwrap_or(Path::new(""));
    let mut lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    let (head, _) = lines.next().with_context(|| format!("{name} is empty"))?;
    let heads: Vec<&str> = head.split('\t').collect();
    let column = |wanted: &str| {
        let found = heads.iter().position(|head| *head == wanted);
        found.with_context(|| format!("{name} has no column `{wanted}` in its first line"))
    };
    let columns = [column("path")?, column("corpus")?, column("speaker")?, column("sex")?, column("label")?];
    let mut entries = Vec::new();
    for (line, number) in lines {
        let cells: Vec<&str> = line.split('\t').collect();
        let cell = |column: usize| {
            let cell = cells.get(column).map(|cell| (*cell).to_owned());
            cell.with_context(|| format!("{name}:{number} has fewer columns than the first line"))
        };
        let [path, corpus, speaker, sex, name] =
            [cell(columns[0])?, cell(columns[1])?, cell(columns[2])?, cell(columns[3])?, cell(columns[4])?];
        let Some(label) = Label::read(&name) else { continue };
        entries.push(Entry { path: folder.join(path), corpus, speaker, sex, name, label });
    }
    if entries.is_empty() {
        bail!("{name} has no recording labelled angry, fearful, happy, neutral, calm, read, sad or bored");
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_manifest_is_said_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("list.tsv");
        let error = |text: &str| {
            std::fs::write(&file, text).unwrap();
            format!("{:#}", read(&file).map(|entries| entries.len()).unwrap_err())
        };
        assert!(error("").ends_with("list.tsv is empty"));
        assert!(error("path\tspeaker\tsex\tlabel\n").contains("no column `corpus`"));
        assert!(
            error("path\tcorpus\tspeaker\tsex\tlabel\na.wav\tx\ty\n")
                .contains("list.tsv:2 has fewer columns")
        );
        assert!(
            error("path\tcorpus\tspeaker\tsex\tlabel\na.wav\tx\ty\tF\tdisgust\n").contains("no recording")
        );
        std::fs::write(&file, "label\tpath\tcorpus\tspeaker\tsex\n\nangry\ta.wav\tx\ty\tF\n").unwrap();
        let entries = read(&file).unwrap();
        assert_eq!(entries[0].path, folder.path().join("a.wav"));
        assert_eq!((entries.len(), entries[0].label), (1, Label::Angry));
    }
}
