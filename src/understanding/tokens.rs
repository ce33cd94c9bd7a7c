//! A transcript as normalised words, each with its place: contractions are two words, hyphens and masks are undone.

use super::stem::stem;
use super::words::words;

/// One word as it is matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// In lower case.
    pub(super) word: String,
    /// Its stem.
    pub(super) stem: String,
    /// Its byte offset; the parts of a contraction share theirs.
    pub(super) start: usize,
    /// The byte after it.
    pub(super) end: usize,
    /// Whether a sentence begins with it.
    pub(super) opens: bool,
    /// Whether a sentence ends with it.
    pub(super) closes: bool,
    /// Whether a comma, colon or dash follows.
    pub(super) comma: bool,
}

/// The words of `text` in order.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    let mut opens = true;
    for word in words(text) {
        let first = found.len();
        for (offset, piece) in pieces(word.raw) {
            let (start, end) = (word.start + offset, word.start + offset + piece.len());
            let masked = unmasked(piece, &text[end..]);
            let lower = masked.map_or_else(|| lower(piece), str::to_owned);
            expand(&lower, |word| {
                let stem = stem(word);
                found.push(Token {
                    word: word.to_owned(),
                    stem,
                    start,
                    end,
                    opens: false,
                    closes: false,
                    comma: false,
                });
            });
        }
        if found.len() == first {
            continue;
        }
        found[first].opens = opens;
        let last = found.len() - 1;
        found[last].comma = word.comma;
        let abbreviated = !word.query && matches!(word.lower.as_str(), "mr" | "mrs" | "ms" | "dr" | "st");
        opens = word.stop && !abbreviated;
        found[last].closes = opens;
    }
    if let Some(last) = found.last_mut() {
        last.closes = true;
    }
    found
}

/// The piece in lower case, apostrophes straightened, without the stops of an abbreviation.
fn lower(piece: &str) -> String {
    let straight =
        piece.chars().filter(|letter| *letter != '.').map(|letter| if letter == '’' { '\'' } else { letter });
    straight.flat_map(char::to_lowercase).collect()
}

/// The parts around hyphens and slashes with their offsets; a single letter before a hyphen stays with its word.
fn pieces(raw: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut from = 0;
    let mut parts = Vec::new();
    for (at, mark) in raw.char_indices().filter(|(_, mark)| matches!(mark, '-' | '/' | '‑')) {
        if at - from > 1 {
            parts.push((from, &raw[from..at]));
            from = at + mark.len_utf8();
        }
    }
    parts.push((from, &raw[from..]));
    parts.into_iter().filter(|(_, part)| !part.is_empty())
}

/// The word that "f***" or "sh*t" stands for.
fn unmasked(piece: &str, after: &str) -> Option<&'static str> {
    let masked = piece.contains('*') || piece.len() <= 2 && after.starts_with("**");
    if !masked {
        return None;
    }
    match piece.as_bytes().first().map(u8::to_ascii_lowercase) {
        Some(b'f') => Some(if piece.ends_with("ing") { "fucking" } else { "fuck" }),
        Some(b's') => Some("shit"),
        Some(b'b') => Some("bitch"),
        Some(b'a') => Some("asshole"),
        Some(b'c') => Some("cunt"),
        _ => None,
    }
}

/// Gives the words that `lower` is made of.
fn expand(lower: &str, mut give: impl FnMut(&str)) {
    if let Ok(at) = JOINED.binary_search_by(|(joined, _)| (*joined).cmp(lower)) {
        JOINED[at].1.split(' ').for_each(give);
        return;
    }
    if let Some(base) = lower.strip_suffix("n't") {
        give(base);
        give("not");
        return;
    }
    for (end, full) in [("'m", "am"), ("'re", "are"), ("'ve", "have"), ("'ll", "will"), ("'d", "would")] {
        if let Some(base) = lower.strip_suffix(end) {
            give(base);
            give(full);
            return;
        }
    }
    if let Some(base) = lower.strip_suffix("'s") {
        give(base);
        if BEFORE_IS.contains(&base) {
            give("is");
        }
        return;
    }
    if lower.contains('\'') {
        give(&lower.replace('\'', ""));
    } else {
        give(lower);
    }
}

// After these, "'s" is a verb; after other words it may as well be a genitive.
const BEFORE_IS: &[&str] = &[
    "it",
    "he",
    "she",
    "that",
    "there",
    "here",
    "what",
    "who",
    "where",
    "how",
    "when",
    "this",
    "everyone",
    "everybody",
    "someone",
    "somebody",
    "something",
    "nobody",
    "nothing",
    "everything",
    "anybody",
    "anyone",
];

// Sorted, for the binary search.
const JOINED: &[(&str, &str)] = &[
    ("'em", "them"),
    ("ain't", "be not"),
    ("aint", "be not"),
    ("arent", "are not"),
    ("asap", "as soon as possible"),
    ("can't", "can not"),
    ("cannot", "can not"),
    ("cant", "can not"),
    ("couldnt", "could not"),
    ("dammit", "damn it"),
    ("didnt", "did not"),
    ("doesnt", "does not"),
    ("dont", "do not"),
    ("gimme", "give me"),
    ("goddammit", "god damn it"),
    ("goddamn", "god damn"),
    ("goddamned", "god damn"),
    ("gonna", "going to"),
    ("gotta", "got to"),
    ("hadnt", "had not"),
    ("hasnt", "has not"),
    ("havent", "have not"),
    ("hes", "he is"),
    ("im", "i am"),
    ("isnt", "is not"),
    ("ive", "i have"),
    ("lemme", "let me"),
    ("let's", "let us"),
    ("noone", "no one"),
    ("shan't", "shall not"),
    ("shes", "she is"),
    ("shouldnt", "should not"),
    ("thats", "that is"),
    ("theres", "there is"),
    ("theyre", "they are"),
    ("u", "you"),
    ("ur", "your"),
    ("wanna", "want to"),
    ("wasnt", "was not"),
    ("werent", "were not"),
    ("whats", "what is"),
    ("won't", "will not"),
    ("wont", "will not"),
    ("wouldnt", "would not"),
    ("y'all", "you"),
    ("ya", "you"),
    ("yall", "you"),
    ("youll", "you will"),
    ("youre", "you are"),
    ("youve", "you have"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.word).collect()
    }

    #[test]
    fn joined_words_are_in_order() {
        assert!(JOINED.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn contractions_and_hyphens_are_taken_apart() {
        assert_eq!(
            said("I didn't re-book; it's a no-show."),
            "i did not re book it is a no show".split(' ').collect::<Vec<_>>()
        );
        assert_eq!(
            said("dont You’re my son's e-mail"),
            "do not you are my son e-mail".split(' ').collect::<Vec<_>>()
        );
        assert_eq!(said("f*** this f***ing sh*t"), "fuck this fucking shit".split(' ').collect::<Vec<_>>());
    }

    #[test]
    fn sentences_open_and_close_but_not_at_titles() {
        let found = tokens("Is Dr. Lee in? I need him");
        let opens: Vec<&str> =
            found.iter().filter(|token| token.opens).map(|token| token.word.as_str()).collect();
        let closes: Vec<&str> =
            found.iter().filter(|token| token.closes).map(|token| token.word.as_str()).collect();
        assert_eq!((opens, closes), (vec!["is", "i"], vec!["in", "him"]));
    }
}
