//! Words to phonemes, by espeak-ng as a process of its own: it is GPL, so it is run and never linked.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};

use crate::synthesize::{StartError, SynthesizeError};

const PROGRAM: &str = "espeak-ng";

/// Longer clauses are cut at a blank: espeak-ng itself breaks lines of several hundred bytes anywhere.
const LONGEST_CLAUSE: usize = 250;

/// Turns words into phonemes.
///
/// Starting the program costs three times as much as its answer, so that the next one is always started beforehand
/// and waits for its text.
pub struct Phonemizer {
    voice: String,
    standby: Option<Child>,
}

impl Phonemizer {
    /// Starts espeak-ng for one of its voices, such as `en-us`.
    ///
    /// # Errors
    /// When the program is missing, or does not know the voice.
    pub fn start(voice: &str) -> Result<Self, StartError> {
        let mut phonemizer = Self { voice: voice.to_owned(), standby: None };
        let missing = |error: std::io::Error| StartError::Phonemizer(error.to_string());
        phonemizer.standby = Some(phonemizer.spawn().map_err(missing)?);
        let answer = phonemizer.phonemes("one").map_err(|error| StartError::Phonemizer(error.to_string()))?;
        if answer.trim_matches(|c: char| !c.is_alphabetic()).is_empty() {
            return Err(StartError::Phonemizer(format!("it does not know the voice {voice}")));
        }
        Ok(phonemizer)
    }

    /// Returns the phonemes of a text in IPA, with its punctuation marks after each clause, as Piper's voices were
    /// trained on. A text without words gives an empty answer.
    ///
    /// # Errors
    /// When espeak-ng cannot be run.
    pub fn phonemes(&mut self, text: &str) -> Result<String, SynthesizeError> {
        let clauses = clauses(text);
        let mut spoken = Vec::new();
        if !clauses.is_empty() {
            let lines: Vec<&str> = clauses.iter().map(|clause| clause.words).collect();
            spoken = self.ask(&lines.join("\n"))?;
            if spoken.len() != clauses.len() {
                spoken =
                    lines.into_iter().map(|line| Ok(self.ask(line)?.join(" "))).collect::<Result<_, _>>()?;
            }
        }
        let mut phonemes = String::new();
        for (clause, line) in clauses.iter().zip(&spoken) {
            if !phonemes.is_empty() {
                phonemes.push(' ');
            }
            phonemes.push_str(&without_language_flags(line));
            phonemes.extend(clause.mark);
        }
        Ok(phonemes)
    }

    fn ask(&mut self, text: &str) -> Result<Vec<String>, SynthesizeError> {
        let failed = |error: std::io::Error| SynthesizeError::Failed(format!("{PROGRAM}: {error}"));
        let waiting = self.standby.take();
        // One that waited may have been killed meanwhile.
        let answer = match waiting.map(|child| answer(child, text)) {
            Some(Ok(answer)) => answer,
            Some(Err(_)) | None => answer(self.spawn().map_err(failed)?, text).map_err(failed)?,
        };
        self.standby = self.spawn().ok();
        Ok(answer.lines().map(|line| line.trim().to_owned()).collect())
    }

    fn spawn(&self) -> std::io::Result<Child> {
        Command::new(PROGRAM)
            .args(["-q", "--ipa", "-b", "1", "-v", &self.voice])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
    }
}

impl Drop for Phonemizer {
    fn drop(&mut self) {
        if let Some(mut child) = self.standby.take() {
            // It only waits for its text: there is nothing to lose, and nothing to be done if it is gone already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn answer(mut child: Child, text: &str) -> std::io::Result<String> {
    let mut answer = String::new();
    let written = child.stdin.take().map_or(Ok(()), |mut stdin| {
        stdin.write_all(text.as_bytes())?;
        stdin.write_all(b"\n")
    });
    let read = child.stdout.take().map_or(Ok(0), |mut stdout| stdout.read_to_string(&mut answer));
    let status = child.wait()?;
    written?;
    read?;
    if status.success() { Ok(answer) } else { Err(std::io::Error::other(status.to_string())) }
}

/// Some words and the mark that ends them.
#[derive(Debug, PartialEq, Eq)]
struct Clause<'a> {
    words: &'a str,
    mark: Option<char>,
}

/// Splits a text after each mark that a blank or the end follows; clauses without words are left out.
fn clauses(text: &str) -> Vec<Clause<'_>> {
    let mut clauses = Vec::new();
    let mut start = 0;
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let ends_word = characters.peek().is_none_or(|(_, next)| next.is_whitespace() || is_mark(*next));
        if is_mark(character) && ends_word {
            push_clause(&mut clauses, &text[start..at], Some(character));
            start = at + character.len_utf8();
        }
    }
    push_clause(&mut clauses, &text[start..], None);
    if let Some(last) = clauses.last_mut() {
        // Without a mark the voice would break off in mid-air.
        last.mark = last.mark.or(Some('.'));
    }
    clauses
}

fn push_clause<'a>(clauses: &mut Vec<Clause<'a>>, words: &'a str, mark: Option<char>) {
    let mut rest = words.trim();
    while rest.len() > LONGEST_CLAUSE {
        let room = &rest[..rest.floor_char_boundary(LONGEST_CLAUSE)];
        let cut = room.rfind(char::is_whitespace).unwrap_or(room.len());
        clauses.push(Clause { words: rest[..cut].trim_end(), mark: None });
        rest = rest[cut..].trim_start();
    }
    if rest.chars().any(char::is_alphanumeric) {
        clauses.push(Clause { words: rest, mark });
    }
}

const fn is_mark(character: char) -> bool {
    matches!(character, ',' | '.' | '?' | '!' | ';' | ':')
}

/// Drops the `(fr)` and `(en)` that espeak-ng puts around a word it reads in another language.
fn without_language_flags(line: &str) -> String {
    let mut kept = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('(') {
        kept.push_str(before);
        rest = after.split_once(')').map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clause_ends_at_a_mark_before_a_blank_and_nowhere_else() {
        let found: Vec<_> =
            clauses("At 9 a.m, or ten... Really?! Yes").into_iter().map(|c| (c.words, c.mark)).collect();
        assert_eq!(
            found,
            [("At 9 a.m", Some(',')), ("or ten", Some('.')), ("Really", Some('?')), ("Yes", Some('.'))]
        );
        assert_eq!(clauses(" … !"), []);
    }

    #[test]
    fn a_very_long_clause_is_cut_between_words() {
        let long = "the cat sat on the mat and ".repeat(40);
        let clauses = clauses(&long);
        assert!(clauses.iter().all(|clause| clause.words.len() <= LONGEST_CLAUSE));
        let words: Vec<&str> = clauses.iter().flat_map(|clause| clause.words.split(' ')).collect();
        assert_eq!(words, long.split_whitespace().collect::<Vec<_>>());
    }

    #[test]
    fn phonemes_keep_the_marks_of_the_text() {
        let mut phonemizer = Phonemizer::start("en-us").unwrap();
        assert_eq!(phonemizer.phonemes("Hello there, how are you?").unwrap(), "həlˈoʊ ðˈɛɹ, hˈaʊ ɑːɹ juː?");
        assert_eq!(phonemizer.phonemes("Stop").unwrap(), "stˈɑːp.");
        assert_eq!(phonemizer.phonemes("...").unwrap(), "");
        let long = phonemizer.phonemes(&"the cat sat on the mat and ".repeat(40)).unwrap();
        assert_eq!(long.matches("kˈæt").count(), 40);
    }

    #[test]
    fn a_phonemizer_that_was_killed_while_it_waited_is_replaced() {
        let mut phonemizer = Phonemizer::start("en-us").unwrap();
        let standby = phonemizer.standby.as_mut().unwrap();
        standby.kill().unwrap();
        standby.wait().unwrap();
        assert_eq!(phonemizer.phonemes("Stop!").unwrap(), "stˈɑːp!");
    }

    #[test]
    fn an_unknown_espeak_voice_is_an_error() {
        assert!(matches!(Phonemizer::start("xx-nowhere"), Err(StartError::Phonemizer(_))));
    }

    #[test]
    fn words_in_another_language_lose_their_flags_only() {
        assert_eq!(without_language_flags("ðə (fr)ʒenˈi(en) ɪz"), "ðə ʒenˈi ɪz");
    }
}
