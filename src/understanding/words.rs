/// One word of a transcript, with what followed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word<'a> {
    /// The word without the punctuation around it.
    pub(crate) raw: &'a str,
    /// The same in lower case, apostrophes straightened.
    pub(crate) lower: String,
    /// Its byte offset in the text.
    pub(crate) start: usize,
    /// The byte after it.
    pub(crate) end: usize,
    /// Whether a comma, colon, semicolon or dash follows.
    pub(crate) comma: bool,
    /// Whether a sentence ends after it.
    pub(crate) stop: bool,
    /// Whether a question ends after it.
    pub(crate) query: bool,
    /// Whether it was followed by a full stop, of a sentence or of an abbreviation.
    pub(crate) dot: bool,
}

/// Splits a transcript into words at white space; marks of punctuation become properties of the word before them.
pub(crate) fn words(text: &str) -> Vec<Word<'_>> {
    let mut found: Vec<Word<'_>> = Vec::new();
    let mut chunk_start = None;
    let ends = text.char_indices().chain(std::iter::once((text.len(), ' ')));
    for (at, character) in ends {
        let blank = character.is_whitespace() || matches!(character, '—' | '–' | '…');
        match (blank, chunk_start) {
            (false, None) => chunk_start = Some(at),
            (true, Some(start)) => {
                push(text, start, at, &mut found);
                chunk_start = None;
            }
            (true, None) | (false, Some(_)) => {}
        }
        if matches!(character, '—' | '–' | '…')
            && let Some(word) = found.last_mut()
        {
            word.comma = true;
        }
    }
    found
}

fn push<'a>(text: &'a str, start: usize, end: usize, found: &mut Vec<Word<'a>>) {
    let chunk = &text[start..end];
    let keep = |character: char| character.is_alphanumeric() || character == '+' || character == '#';
    let raw = chunk.trim_matches(|character| !keep(character));
    let tail = chunk.trim_start_matches(|character| !keep(character)).trim_start_matches(raw);
    let comma = tail.contains([',', ';', ':']) || tail.ends_with('-');
    let dot = tail.contains('.');
    let stop = dot || tail.contains(['!', '?']);
    if raw.is_empty() {
        if let Some(word) = found.last_mut() {
            word.comma |= comma || chunk.contains(['-', ',']);
            word.stop |= chunk.contains(['.', '!', '?']);
        }
        return;
    }
    let offset = chunk.find(raw).unwrap_or(0);
    found.push(Word {
        raw,
        lower: raw.to_lowercase().replace('’', "'"),
        start: start + offset,
        end: start + offset + raw.len(),
        comma,
        stop,
        query: tail.contains('?'),
        dot,
    });
}

/// The words in lower case, joined by single blanks and padded by one at each end, so that phrases can be searched for whole.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::from(" ");
    for word in words(text) {
        plain.push_str(&word.lower);
        plain.push(' ');
    }
    plain
}

/// Whether one of the `phrases` occurs in `plain` as whole words.
pub(crate) fn has_any(plain: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| has(plain, phrase))
}

/// Whether `phrase` occurs in `plain` as whole words.
pub(crate) fn has(plain: &str, phrase: &str) -> bool {
    let (plain, phrase) = (plain.as_bytes(), phrase.as_bytes());
    let Some(&first) = phrase.first() else { return false };
    let mut at = 1;
    while at + phrase.len() < plain.len() {
        let end = at + phrase.len();
        if plain[at] == first && plain[at - 1] == b' ' && plain[end] == b' ' && plain[at..end] == *phrase {
            return true;
        }
        at += 1;
    }
    false
}

/// The sentences of a transcript, each with its final mark.
pub(crate) fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut previous = ' ';
    let mut before = String::new();
    for (at, character) in text.char_indices() {
        let ends_here = character.is_whitespace()
            && matches!(previous, '.' | '!' | '?')
            && !matches!(before.trim_end_matches('.'), "Mr" | "Mrs" | "Ms" | "Dr" | "St" | "No")
            && before.trim_end_matches(['.', '!', '?']).chars().count() > 1;
        if ends_here {
            found.push(text[start..at].trim());
            start = at;
        }
        if character.is_whitespace() {
            before.clear();
        } else {
            before.push(character);
        }
        previous = character;
    }
    found.push(text[start..].trim());
    found.retain(|sentence| !sentence.is_empty());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_their_place_and_their_marks() {
        let text = " Well, it's O'Neil-Smith. #5! ";
        let found = words(text);
        let raws: Vec<&str> = found.iter().map(|word| word.raw).collect();
        assert_eq!(raws, ["Well", "it's", "O'Neil-Smith", "#5"]);
        assert!(found[0].comma && found[2].stop && found[3].stop);
        assert!(found.iter().all(|word| &text[word.start..word.end] == word.raw));
    }

    #[test]
    fn titles_do_not_end_a_sentence() {
        assert_eq!(sentences("This is Dr. Jones. My tap drips!"), ["This is Dr. Jones.", "My tap drips!"]);
    }

    #[test]
    fn phrases_are_found_as_whole_words_only() {
        assert!(has(&plain("No, thanks."), "no"));
        assert!(!has(&plain("I know."), "no"));
    }
}
