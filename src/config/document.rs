use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;
use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

use super::{DEFAULTS, Problem, Weight};

/// A TOML file that can tell where everything stands in it.
pub(super) struct Document {
    file: PathBuf,
    text: String,
    table: Table,
}

impl Document {
    /// Parses a file's text; `None` with its problems when that is not TOML.
    pub(super) fn parse(file: &Path, text: String, problems: &mut Vec<Problem>) -> Option<Self> {
        let (_, errors) = DeTable::parse_recoverable(&text);
        if !errors.is_empty() {
            problems.extend(errors.iter().map(|error| Problem {
                file: file.to_owned(),
                line: error.span().map(|span| line_at(&text, span.start)),
                key: String::new(),
                message: format!("not TOML: {}", error.message()),
                weight: Weight::Error,
            }));
            return None;
        }
        // What parses with its places parses without them.
        let table = text.parse().ok()?;
        Some(Self { file: file.to_owned(), text, table })
    }

    /// The file that holds every key and its default.
    pub(super) fn defaults() -> Option<Self> {
        Self::parse(Path::new("built-in defaults"), DEFAULTS.to_owned(), &mut Vec::new())
    }

    /// Reads the whole file into a type.
    pub(super) fn read_whole<T: DeserializeOwned>(&self, problems: &mut Vec<Problem>) -> Option<T> {
        let read = serde_path_to_error::deserialize(Value::Table(self.table.clone()));
        read.map_err(|error| problems.push(self.problem(&keys(error.path()), error.inner().message()))).ok()
    }

    /// Names a problem with the value at a path of keys and indices.
    pub(super) fn problem(&self, path: &[String], message: impl Into<String>) -> Problem {
        let message = message.into();
        Problem {
            file: self.file.clone(),
            line: self.line(path),
            key: path.join("."),
            message,
            weight: Weight::Error,
        }
    }

    /// The file it was read from.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// The line of the deepest part of the path that is in the file; none for the file itself.
    fn line(&self, path: &[String]) -> Option<usize> {
        let document = DeTable::parse(&self.text).ok()?;
        let mut table = document.get_ref();
        let mut found = None;
        let mut steps = path.iter();
        while let Some(key) = steps.next() {
            let Some((name, value)) = table.get_key_value(key.as_str()) else { break };
            found = Some(name.span().start);
            let mut value: &Spanned<DeValue<'_>> = value;
            while let DeValue::Array(array) = value.get_ref() {
                let index = steps.next().and_then(|index| index.parse::<usize>().ok());
                let Some(element) = index.and_then(|index| array.get(index)) else { break };
                found = Some(element.span().start);
                value = element;
            }
            let DeValue::Table(inner) = value.get_ref() else { break };
            table = inner;
        }
        found.map(|offset| line_at(&self.text, offset))
    }

    fn holds(&self, path: &[String]) -> bool {
        let mut steps = path.iter();
        let Some(mut value) = steps.next().and_then(|key| self.table.get(key)) else { return false };
        for key in steps {
            let Some(inner) = value.get(key.as_str()) else { return false };
            value = inner;
        }
        true
    }
}

/// A file laid over the defaults.
pub(super) struct Layered<'a> {
    table: Table,
    defaults: Document,
    file: Option<&'a Document>,
}

/// Replaces each default by what the file says, where it says the same kind of thing.
pub(super) fn lay_over<'a>(
    defaults: Document,
    file: Option<&'a Document>,
    problems: &mut Vec<Problem>,
) -> Layered<'a> {
    let mut table = defaults.table.clone();
    if let Some(file) = file {
        replace(&mut table, &file.table, file, &mut Vec::new(), problems);
    }
    Layered { table, defaults, file }
}

impl Layered<'_> {
    /// Reads one top-level key or section into its type.
    pub(super) fn read<T: DeserializeOwned>(&self, key: &str, problems: &mut Vec<Problem>) -> Option<T> {
        let value = self.table.get(key)?.clone();
        serde_path_to_error::deserialize(value)
            .map_err(|error| {
                let mut path = vec![key.to_owned()];
                path.extend(keys(error.path()));
                let document = self.file.filter(|file| file.holds(&path)).unwrap_or(&self.defaults);
                problems.push(document.problem(&path, error.inner().message()));
            })
            .ok()
    }
}

fn replace(
    table: &mut Table,
    with: &Table,
    file: &Document,
    path: &mut Vec<String>,
    problems: &mut Vec<Problem>,
) {
    for (key, new) in with {
        path.push(key.clone());
        let known = table.keys().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
        match (table.get_mut(key), new) {
            (None, _) => problems.push(file.problem(path, format!("unknown key; expected one of {known}"))),
            (Some(Value::Table(inner)), Value::Table(new)) => replace(inner, new, file, path, problems),
            (Some(Value::Float(old)), Value::Integer(new)) => *old = *new as f64,
            (Some(old), new) if old.same_type(new) => *old = new.clone(),
            (Some(old), new) => {
                let (expected, found) = (kind(old), kind(new));
                problems.push(file.problem(path, format!("expected {expected}, found {found}")));
            }
        }
        path.pop();
    }
}

const fn kind(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "a text in quotes",
        Value::Integer(_) => "a whole number",
        Value::Float(_) => "a number",
        Value::Boolean(_) => "true or false",
        Value::Datetime(_) => "a date",
        Value::Array(_) => "a list",
        Value::Table(_) => "a section",
    }
}

fn keys(path: &serde_path_to_error::Path) -> Vec<String> {
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(index.to_string()),
            Segment::Map { key } => Some(key.clone()),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}
