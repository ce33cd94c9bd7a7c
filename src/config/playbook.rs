use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::domain::Playbook;

use super::check::check;
use super::document::Document;
use super::{EXAMPLES, Problem, playbook_text, unreadable};

/// The playbooks that profiles may name: the files of a folder, and those that are built in.
pub(super) struct Shelf {
    folder: Option<PathBuf>,
    read: BTreeMap<String, Option<Rc<Volume>>>,
}

/// A playbook and the file it stands in.
pub(super) struct Volume {
    pub(super) document: Document,
    pub(super) playbook: Playbook,
}

struct Found {
    file: PathBuf,
    text: String,
    /// Whether it is the business's own file.
    own: bool,
}

impl Shelf {
    /// Without a folder there are only those that are built in.
    pub(super) const fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, read: BTreeMap::new() }
    }

    /// The playbook of that name, read once; `Err` with what is wrong about the name, `None` when the file is wrong,
    /// which has been told when it was read.
    pub(super) fn get(
        &mut self,
        name: &str,
        problems: &mut Vec<Problem>,
    ) -> Result<Option<Rc<Volume>>, String> {
        if let Some(known) = self.read.get(name) {
            return Ok(known.clone());
        }
        let Some(Found { file, text, own }) = self.find(name, problems)? else {
            self.read.insert(name.to_owned(), None);
            return Ok(None);
        };
        let volume = Document::parse(&file, text, problems).and_then(|document| {
            let playbook = document.read_whole::<Playbook>(problems)?;
            // Those that are built in were checked when the program was.
            if own {
                check(&playbook, &document, problems);
            }
            Some(Rc::new(Volume { document, playbook }))
        });
        self.read.insert(name.to_owned(), volume.clone());
        Ok(volume)
    }

    fn find(&self, name: &str, problems: &mut Vec<Problem>) -> Result<Option<Found>, String> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if name.is_empty() || !name.chars().all(plain) {
            return Err("expected the name of a playbook, such as heating".to_owned());
        }
        let file = Path::new("playbooks").join(format!("{name}.toml"));
        if let Some(folder) = &self.folder {
            let file = folder.join(&file);
            match std::fs::read_to_string(&file) {
                Ok(text) => return Ok(Some(Found { file, text, own: true })),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => {
                    problems.push(unreadable(&file, &error));
                    return Ok(None);
                }
            }
        }
        match playbook_text(name) {
            Some(text) => {
                let file = Path::new("built-in").join(file);
                Ok(Some(Found { file, text: text.to_owned(), own: false }))
            }
            None => {
                let known = EXAMPLES.join(", ");
                Err(format!("there is no {}, and it is none of those built in: {known}", file.display()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;
    use crate::understanding::topics;

    #[test]
    fn the_built_in_playbooks_are_clean() {
        for name in EXAMPLES {
            let mut problems = Vec::new();
            let text = playbook_text(name).unwrap().to_owned();
            let document = Document::parse(Path::new(name), text, &mut problems).unwrap();
            let playbook: Playbook = document.read_whole(&mut problems).unwrap();
            check(&playbook, &document, &mut problems);
            let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
            assert_eq!(told, <[String; 0]>::default());
        }
    }

    #[test]
    fn every_cue_of_the_built_in_playbooks_finds_its_own_topic_best() {
        let mut astray = Vec::new();
        for name in EXAMPLES {
            let playbook = example(name).unwrap().playbook;
            let cues: Vec<&[String]> = playbook.topics.iter().map(|topic| &*topic.cues).collect();
            for (place, topic) in playbook.topics.iter().enumerate() {
                for cue in &topic.cues {
                    let found = topics(cue, &cues);
                    if found.first().map(|best| best.topic) != Some(place) {
                        let best = found.first().map(|best| &*playbook.topics[best.topic].key);
                        astray.push(format!("{name}: \"{cue}\" of {} finds {best:?}", topic.key));
                    }
                }
            }
        }
        assert!(astray.is_empty(), "{}", astray.join("\n"));
    }
}
