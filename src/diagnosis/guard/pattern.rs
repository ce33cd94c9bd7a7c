//! Sentences as plain words, and patterns over them.

use std::collections::BTreeMap;

use crate::understanding::words::words;

/// A word of a sentence, contractions taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// In lower case.
    pub(super) text: String,
    /// Its first byte in the sentence.
    pub(super) start: usize,
    /// The byte after it.
    pub(super) end: usize,
    /// Whether a comma or a final mark follows.
    pub(super) pause: bool,
    /// Whether it begins with a capital letter.
    pub(super) capital: bool,
}

/// Splits a sentence into its words; "you're" becomes "you are", "can't" becomes "can not".
pub(super) fn tokens(sentence: &str) -> Vec<Token> {
    let mut found = Vec::new();
    for word in words(sentence) {
        let mut at = word.start;
        for part in word.raw.split(['-', '/', ',', '.', '…']) {
            let start = at;
            at += part.len() + 1;
            if part.is_empty() {
                continue;
            }
            let lower = part.to_lowercase().replace('’', "'");
            let capital = part.starts_with(char::is_uppercase);
            for text in apart(&lower) {
                let end = start + part.len();
                found.push(Token { text, start, end, pause: false, capital });
            }
        }
        if let Some(last) = found.last_mut() {
            last.pause |= word.comma || word.stop;
        }
    }
    found
}

/// The words that a contraction stands for.
fn apart(word: &str) -> Vec<String> {
    const WHOLE: &[(&str, &str)] = &[
        ("can't", "can not"),
        ("cannot", "can not"),
        ("cant", "can not"),
        ("won't", "will not"),
        ("shan't", "shall not"),
        ("ain't", "is not"),
        ("dont", "do not"),
        ("didnt", "did not"),
        ("youre", "you are"),
        ("thats", "that is"),
        ("let's", "let us"),
        ("gonna", "going to"),
        ("wanna", "want to"),
        ("gotta", "got to"),
        ("y'all", "you all"),
        ("haven't", "have not"),
    ];
    const TAILS: &[(&str, &str)] =
        &[("n't", "not"), ("'re", "are"), ("'ve", "have"), ("'ll", "will"), ("'m", "am"), ("'d", "would")];
    const IS: &str = " it that this he she there here what who where when how everything nothing ";
    let split = |text: &str| text.split(' ').map(str::to_owned).collect();
    if let Some((_, whole)) = WHOLE.iter().find(|(short, _)| *short == word) {
        return split(whole);
    }
    for (tail, full) in TAILS {
        if let Some(stem) = word.strip_suffix(tail).filter(|stem| !stem.is_empty()) {
            return vec![stem.to_owned(), (*full).to_owned()];
        }
    }
    match word.strip_suffix("'s") {
        Some(stem) if IS.contains(&format!(" {stem} ")) => vec![stem.to_owned(), "is".to_owned()],
        _ => vec![word.to_owned()],
    }
}

/// Words in an order, with gaps.
///
/// `a|b` is one of several words, `refund*` any word that begins so, a `?` at the end makes it optional, `..3` stands for
/// up to three words, `~` for up to two adverbs, `^` and `$` for the start and the end of the sentence.
#[derive(Debug)]
struct Pattern(Vec<Piece>);

#[derive(Debug)]
enum Piece {
    Words { any: Vec<Form>, optional: bool },
    Gap(usize),
    Adverbs,
    Start,
    End,
}

#[derive(Debug)]
enum Form {
    Whole(&'static str),
    Begins(&'static str),
    End,
}

impl Pattern {
    fn new(source: &'static str) -> Self {
        Self(source.split_ascii_whitespace().map(piece).collect())
    }

    /// The words of which one must be there: those of the piece with the fewest that stand in every other sentence.
    fn needed(&self) -> Option<Vec<&'static str>> {
        let whole = |form: &Form| match form {
            Form::Whole(word) => Some(*word),
            Form::Begins(_) | Form::End => None,
        };
        let needed = |piece: &Piece| match piece {
            Piece::Words { any, optional: false } => any.iter().map(whole).collect::<Option<Vec<_>>>(),
            Piece::Words { .. } | Piece::Gap(_) | Piece::Adverbs | Piece::Start | Piece::End => None,
        };
        let common = |words: &Vec<&str>| words.iter().filter(|word| COMMON.contains(word)).count();
        self.0.iter().filter_map(needed).min_by_key(|words| (common(words), words.len()))
    }

    /// Every place where it matches.
    fn all<'a>(&'a self, tokens: &'a [Token]) -> impl Iterator<Item = (usize, usize)> + 'a {
        (0..tokens.len()).filter_map(|start| {
            let end = ends(&self.0, tokens, start)?;
            (end > start).then_some((start, end))
        })
    }
}

/// Words of which most sentences have some.
const COMMON: &[&str] = &[
    "a", "about", "and", "are", "at", "be", "call", "can", "do", "for", "have", "i", "in", "is", "it", "me",
    "my", "not", "of", "on", "or", "so", "that", "the", "this", "to", "we", "what", "will", "with", "would",
    "you", "your",
];

/// Patterns found by a word that each of them needs, so that most need not be tried.
#[derive(Debug)]
pub(super) struct Patterns {
    all: Vec<Pattern>,
    by_word: BTreeMap<&'static str, Vec<usize>>,
    /// Those that need no word in one form only.
    always: Vec<usize>,
}

impl Patterns {
    pub(super) fn new(sources: impl IntoIterator<Item = &'static str>) -> Self {
        let all: Vec<Pattern> = sources.into_iter().map(Pattern::new).collect();
        let (mut by_word, mut always) = (BTreeMap::<_, Vec<usize>>::new(), Vec::new());
        for (index, pattern) in all.iter().enumerate() {
            match pattern.needed() {
                Some(words) => words.iter().for_each(|word| by_word.entry(*word).or_default().push(index)),
                None => always.push(index),
            }
        }
        Self { all, by_word, always }
    }

    /// Every place where one of them matches, in order.
    pub(super) fn places(&self, tokens: &[Token]) -> Vec<(usize, usize)> {
        let mut found: Vec<(usize, usize)> = self.each(tokens).map(|(_, place)| place).collect();
        found.sort_unstable();
        found
    }

    /// Every place where one of them matches, with the number of the pattern.
    pub(super) fn each<'a>(
        &'a self,
        tokens: &'a [Token],
    ) -> impl Iterator<Item = (usize, (usize, usize))> + 'a {
        let listed = tokens.iter().filter_map(|token| self.by_word.get(token.text.as_str())).flatten();
        let mut tried: Vec<usize> = listed.chain(&self.always).copied().collect();
        tried.sort_unstable();
        tried.dedup();
        tried.into_iter().flat_map(|index| self.all[index].all(tokens).map(move |place| (index, place)))
    }
}

fn piece(source: &'static str) -> Piece {
    match source {
        "^" => Piece::Start,
        "$" => Piece::End,
        "~" => Piece::Adverbs,
        _ => match source.strip_prefix("..").and_then(|count| count.parse().ok()) {
            Some(most) => Piece::Gap(most),
            None => {
                let optional = source.ends_with('?');
                let any = source.trim_end_matches('?').split('|');
                let form = |word: &'static str| match word.strip_suffix('*') {
                    Some(stem) => Form::Begins(stem),
                    None if word == "$" => Form::End,
                    None => Form::Whole(word),
                };
                Piece::Words { any: any.map(form).collect(), optional }
            }
        },
    }
}

/// The end of the shortest match of `pieces` from `at`.
fn ends(pieces: &[Piece], tokens: &[Token], at: usize) -> Option<usize> {
    let Some((piece, rest)) = pieces.split_first() else {
        return Some(at);
    };
    match piece {
        Piece::Start => (at == 0).then(|| ends(rest, tokens, at))?,
        Piece::End => (at == tokens.len()).then(|| ends(rest, tokens, at))?,
        // A gap at the end takes all it may.
        Piece::Gap(most) if rest.is_empty() => Some((at + most).min(tokens.len())),
        Piece::Gap(most) => {
            (0..=*most).take_while(|n| at + n <= tokens.len()).find_map(|n| ends(rest, tokens, at + n))
        }
        Piece::Adverbs => (0..=2)
            .take_while(|n| *n == 0 || tokens.get(at + n - 1).is_some_and(|token| is_adverb(&token.text)))
            .find_map(|n| ends(rest, tokens, at + n)),
        Piece::Words { any, optional } => {
            let fits = |token: &Token| {
                any.iter().any(|form| match form {
                    Form::Whole(word) => token.text == *word,
                    Form::Begins(stem) => token.text.starts_with(stem),
                    Form::End => false,
                })
            };
            let taken = tokens.get(at).filter(|token| fits(token)).and_then(|_| ends(rest, tokens, at + 1));
            let ended = at == tokens.len() && any.iter().any(|form| matches!(form, Form::End));
            taken.or_else(|| (*optional || ended).then(|| ends(rest, tokens, at)).flatten())
        }
    }
}

fn is_adverb(word: &str) -> bool {
    const SHORT: &str = " just quite very so really too a bit rather also still even all now then here already ever well \
        pretty more most always at being only simply ";
    word.len() > 4 && word.ends_with("ly") || SHORT.split(' ').any(|short| short == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(pattern: &'static str, sentence: &str) -> bool {
        !Patterns::new([pattern]).places(&tokens(sentence)).is_empty()
    }

    #[test]
    fn contractions_are_taken_apart() {
        let texts: Vec<String> =
            tokens("You’re sure it can't, and I'd go.").into_iter().map(|t| t.text).collect();
        assert_eq!(texts, ["you", "are", "sure", "it", "can", "not", "and", "i", "would", "go"]);
    }

    #[test]
    fn gaps_adverbs_and_choices_match() {
        assert!(hits("you are ~ wrong|mistaken", "I think you're simply wrong."));
        assert!(!hits("you are ~ wrong", "You are calling about the wrong part."));
        assert!(hits("^ no ..2 chance $", "No, not a chance."));
        assert!(hits("refund* you?", "We refunded it."));
        assert!(!hits("^ hold", "Please hold."));
    }
}
