//! The sources keep to the house's own rules: which room may know which, how long a file may be, what has no place.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

const LONGEST_FILE: usize = 600;

/// Rooms, and what each may import besides itself: the table of ARCHITECTURE.md. A room named in another's path, such as
/// `telephony/twilio`, is a room of its own.
const ROOMS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("audio", &["domain"]),
    ("stress", &["domain", "audio"]),
    ("understanding", &["domain"]),
    ("diagnosis", &["domain", "understanding"]),
    ("call", &["domain", "understanding", "diagnosis"]),
    ("queue", &["domain"]),
    ("telephony", &[]),
    ("telephony/twilio", &["domain"]),
    ("telephony/local", &["domain", "audio", "telephony/twilio"]),
    ("transcribe", &["domain", "audio"]),
    ("synthesize", &["domain", "audio"]),
    ("llm", &["domain"]),
    ("store", &["domain"]),
    ("models", &[]),
    ("notify", &["domain"]),
    (
        "reception",
        &[
            "domain",
            "audio",
            "stress",
            "understanding",
            "call",
            "queue",
            "telephony/twilio",
            "transcribe",
            "synthesize",
            "diagnosis",
            "llm",
            "store",
            "models",
            "notify",
        ],
    ),
    ("web", &["reception", "store", "telephony/twilio", "domain"]),
    ("config", EVERY),
    ("cli", EVERY),
];
const EVERY: &[&str] = &["*"];

const PURE: &[&str] = &["domain", "audio", "stress", "understanding", "diagnosis", "call", "queue"];

/// What a pure room never mentions, not even in its tests.
const IMPURE: &[&str] =
    &["tokio", "reqwest", "sqlx", "axum", "std::fs", "std::net", "std::env", "std::process"];

/// What has no place anywhere in the project; written in two halves so that this file may hold them.
const UNFINISHED: &[(&str, &str)] =
    &[("todo", "!("), ("unimplemented", "!("), ("dbg", "!("), ("#[", "ignore"), ("thread::", "sleep")];

/// Where a rule is broken.
struct Breach {
    file: PathBuf,
    line: usize,
    what: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file.display(), self.line, self.what)
    }
}

/// A file of the project, its path relative to the project's folder.
struct Source {
    file: PathBuf,
    text: String,
}

impl Source {
    /// Every line with its number from 1, without comments.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().zip(1..).map(|(line, number)| {
            let code =
                line.find("//").filter(|at| !line[..*at].ends_with(':')).map_or(line, |at| &line[..at]);
            (number, code)
        })
    }

    /// The code that runs outside tests: test modules stand last in their files.
    fn working_code(&self) -> impl Iterator<Item = (usize, &str)> {
        let is_test =
            self.file.components().any(|part| part.as_os_str() == "tests") || self.file.ends_with("tests.rs");
        let mut lines = self.code().peekable();
        std::iter::from_fn(move || {
            let (number, line) = lines.next()?;
            let opens = |next: &(usize, &str)| next.1.starts_with("mod ") && next.1.ends_with('{');
            let tests_begin = line == "#[cfg(test)]" && lines.peek().is_some_and(opens);
            (!is_test && !tests_begin).then_some((number, line))
        })
    }

    fn room(&self) -> Option<&'static str> {
        let inside = self.file.strip_prefix("src").ok()?;
        let candidates = ROOMS.iter().map(|(room, _)| *room).filter(|room| inside.starts_with(room));
        candidates.max_by_key(|room| room.len())
    }

    fn breach(&self, line: usize, what: impl Into<String>) -> Breach {
        Breach { file: self.file.clone(), line, what: what.into() }
    }
}

fn sources(folders: &[&str]) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders: Vec<PathBuf> = folders.iter().map(|folder| root.join(folder)).collect();
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                sources.push(Source { file: path.strip_prefix(root).unwrap().to_owned(), text });
            }
        }
    }
    assert!(!sources.is_empty());
    sources.sort_by(|one, other| one.file.cmp(&other.file));
    sources
}

fn assert_none(rule: &str, breaches: &[Breach]) {
    let list: Vec<String> = breaches.iter().map(ToString::to_string).collect();
    assert!(list.is_empty(), "{rule}\n{}", list.join("\n"));
}

/// The rooms that a line of code names from the crate's root.
fn referred(line: &str) -> Vec<&'static str> {
    let mut rooms = Vec::new();
    for (at, _) in line.match_indices("crate::") {
        let path = &line[at + "crate::".len()..];
        rooms.extend(named_at(path));
    }
    rooms
}

/// The room that a path below the crate's root starts with.
fn named_at(path: &str) -> Option<&'static str> {
    let path = path.replace("::", "/");
    let starts = |room: &&str| {
        path.strip_prefix(room).is_some_and(|rest| {
            !rest.starts_with(|character: char| character.is_alphanumeric() || character == '_')
        })
    };
    ROOMS.iter().map(|(room, _)| *room).filter(starts).max_by_key(|room| room.len())
}

#[test]
fn every_room_imports_only_what_the_architecture_allows() {
    let mut breaches = Vec::new();
    for source in sources(&["src"]) {
        let Some(room) = source.room() else { continue };
        let allowed = ROOMS.iter().find(|(name, _)| *name == room).unwrap().1;
        for (number, line) in source.working_code() {
            if line.contains("crate::{") || line.contains("crate::*") {
                breaches
                    .push(source.breach(number, "imports from several rooms stand in lines of their own"));
            }
            for other in referred(line) {
                if other != room && allowed != EVERY && !allowed.contains(&other) {
                    breaches.push(source.breach(number, format!("{room} may not know {other}")));
                }
            }
        }
    }
    assert_none("the table of rooms in ARCHITECTURE.md is not kept to", &breaches);
}

#[test]
fn no_module_reaches_into_another_room_through_its_parents() {
    let mut breaches = Vec::new();
    for source in sources(&["src"]) {
        let Some(room) = source.room() else { continue };
        let below_src = source.file.strip_prefix("src").unwrap();
        let is_mod = source.file.ends_with("mod.rs");
        let modules = below_src.components().count() - usize::from(is_mod);
        let depth = modules - room.split('/').count();
        for (number, line) in source.working_code() {
            let ups = line.matches("super::").count();
            let chained = line.split("super::").skip(1).take_while(|between| between.is_empty()).count() + 1;
            if ups > 0 && chained > depth {
                breaches.push(source.breach(number, "other rooms are named from the crate's root"));
            }
        }
    }
    assert_none("a room is left by super::", &breaches);
}

#[test]
fn every_room_of_the_sources_is_in_the_table_and_the_other_way_round() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders =
        fs::read_dir(root.join("src")).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_dir());
    let found: BTreeSet<String> = folders.map(|entry| entry.file_name().into_string().unwrap()).collect();
    let listed: BTreeSet<String> =
        ROOMS.iter().map(|(room, _)| room.split('/').next().unwrap().to_owned()).collect();
    assert_eq!(found, listed);
    let architecture = fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    for (room, _) in ROOMS.iter().filter(|(room, _)| *room != "telephony") {
        assert!(architecture.contains(&format!("`{room}/`")), "ARCHITECTURE.md does not tell of {room}/");
    }
}

#[test]
fn pure_rooms_never_mention_the_outside() {
    let mut breaches = Vec::new();
    for source in
        sources(&["src"]).iter().filter(|source| source.room().is_some_and(|room| PURE.contains(&room)))
    {
        for (number, line) in source.code() {
            for word in IMPURE.iter().filter(|word| line.contains(**word)) {
                breaches.push(source.breach(number, format!("a pure room mentions {word}")));
            }
        }
    }
    assert_none("pure rooms know no runtime, network, database, files or settings", &breaches);
}

#[test]
fn pure_rooms_deny_what_clippy_is_told_to_look_for() {
    for room in PURE {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room).join("mod.rs");
        let denied = "#![deny(clippy::disallowed_methods, clippy::disallowed_types)]";
        assert!(fs::read_to_string(path).unwrap().contains(denied), "src/{room}/mod.rs lacks {denied}");
    }
}

#[test]
fn no_file_is_too_long() {
    let long = sources(&["src", "tests"]).into_iter().filter_map(|source| {
        let lines = source.text.lines().count();
        (lines > LONGEST_FILE).then(|| source.breach(lines, format!("{lines} lines")))
    });
    assert_none("a file holds at most 600 lines", &long.collect::<Vec<_>>());
}

#[test]
fn nothing_is_left_unfinished_ignored_or_waited_for_by_sleeping() {
    let mut breaches = Vec::new();
    for source in sources(&["src", "tests"]) {
        for (number, line) in source.code() {
            for (one, other) in UNFINISHED {
                let word = format!("{one}{other}");
                if line.contains(&word) {
                    breaches.push(source.breach(number, word));
                }
            }
            if source.file.starts_with("tests/it") && line.contains(concat!("time::", "sleep")) {
                breaches.push(source.breach(number, "a test waits for what it needs, not for time to pass"));
            }
        }
    }
    assert_none("these have no place in the project", &breaches);
}

#[test]
fn nobody_is_dialled_or_written_to_but_from_one_place() {
    let mut breaches = Vec::new();
    for source in sources(&["src"]).iter().filter(|source| !source.file.starts_with("src/telephony/local")) {
        let may_order = source.file.ends_with("reception/reach.rs");
        for (number, line) in source.working_code() {
            let orders = [".send_message(", "control.dial(", "= Dial {", "&Dial {"]
                .iter()
                .any(|word| line.contains(word));
            if orders && !may_order {
                breaches.push(source.breach(number, "only reception::reach knows whom"));
            }
            // The carrier dials numbers that instructions name as well.
            if ["\"Number\"", "\"Sip\"", "\"Client\"", "\"Sms\""].iter().any(|word| line.contains(word)) {
                breaches.push(source.breach(number, "instructions name nobody to dial or to write to"));
            }
        }
    }
    assert_none("a number could get into an order", &breaches);
}

#[test]
fn no_public_type_has_a_name_that_says_nothing() {
    let mut breaches = Vec::new();
    for source in sources(&["src"]) {
        for (number, line) in source.working_code() {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [visible, "struct" | "enum" | "trait" | "type", name, ..] = words[..] else { continue };
            let empty = ["Manager", "Helper", "Util"].iter().any(|word| name.contains(word));
            if visible.starts_with("pub") && empty {
                breaches.push(source.breach(number, name));
            }
        }
    }
    assert_none("a type is named after what it is", &breaches);
}

#[test]
fn every_room_opens_with_its_purpose() {
    let mut breaches = Vec::new();
    for source in sources(&["src"]) {
        let heads_room = source.file.ends_with("mod.rs")
            && ROOMS.iter().any(|(room, _)| source.file == Path::new("src").join(room).join("mod.rs"));
        if heads_room && !source.text.starts_with("//! ") {
            breaches.push(source.breach(1, "the room's purpose is missing"));
        }
    }
    assert_none("a room's mod.rs begins with what it is for", &breaches);
}
