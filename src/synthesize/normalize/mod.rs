//! Text as written for people → words as a voice should say them.
//!
//! Voices read "555-0142" as "five hundred fifty-five dash…", "$1,249.50" as "dollar one thousand…" and stop after
//! "Dr.". So numbers, signs and abbreviations become words here, with commas where a speaker would pause. The words
//! are English; a voice of another language gets [`plain`] text and its own phonemizer's reading.

mod code;
mod date;
mod number;
mod phone;
#[cfg(test)]
mod tests;
mod token;
mod web;
mod word;

use self::token::Token;

pub use self::word::is_abbreviation;

/// Writes a sentence out as words, reading dates and telephone numbers as is usual in `region`, such as `US`.
pub fn normalize(text: &str, region: &str) -> String {
    let text = phone::spoken(&plain(text), region);
    let tokens = token::tokens(&text);
    let place = Place { tokens: &tokens, month_first: region == "US", shouting: is_shouting(&tokens) };
    let mut spoken = Spoken::default();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let said = read(&place, at);
        let last = tokens.get(at + said.used - 1).unwrap_or(token);
        let next = tokens.get(at + said.used);
        if token.lead.contains(['(', '[']) {
            spoken.pause(',');
        }
        spoken.say(&said.words);
        let ends = next.is_none_or(|next| next.starts_sentence() && !said.expects_name);
        let stop_belongs_to_word =
            said.takes_stop && (!ends || last.tail.contains([',', ';', ':', '?', '!']));
        spoken.mark(last.tail.strip_prefix('.').filter(|_| stop_belongs_to_word).unwrap_or(&last.tail));
        at += said.used;
    }
    spoken.text
}

/// Removes what is not meant to be spoken in any language: markup, emoji and other pictures, surplus blanks.
pub fn plain(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '<' if rest.peek().is_some_and(|next| next.is_ascii_alphabetic() || *next == '/') => {
                // A tag ends with its bracket, or with the text.
                rest.by_ref().find(|&c| c == '>');
                kept.push(' ');
            }
            '’' | '‘' | '`' | '´' => kept.push('\''),
            '“' | '”' | '„' | '«' | '»' => kept.push('"'),
            '…' => kept.push_str("..."),
            '‐' | '‑' | '‒' | '−' => kept.push('-'),
            '*' | '~' | '_' | '#' if rest.peek() == Some(&character) => {}
            // The key of a telephone, unless it begins a line as a bullet does.
            '*' if kept.ends_with(' ')
                && rest.peek().is_none_or(|next| next.is_whitespace() || ".,?!".contains(*next)) =>
            {
                kept.push('*');
            }
            '*' | '|' | '•' | '·' | '{' | '}' | '\\' => kept.push(' '),
            c if c.is_control() || c.is_whitespace() => kept.push(' '),
            c if is_picture(c) => kept.push(' '),
            c => kept.push(c),
        }
    }
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a character is an emoji, an arrow, a box or another picture, or only changes the looks of one.
const fn is_picture(character: char) -> bool {
    matches!(character,
        '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2190}'..='\u{2BFF}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{1F000}'..='\u{1FAFF}' | '\u{E0000}'..='\u{E007F}'
        | '™' | '®' | '©' | '\u{20E3}')
}

/// What the readers of tokens need to know.
struct Place<'a> {
    tokens: &'a [Token],
    /// Whether 3/4 is the fourth of March.
    month_first: bool,
    /// Whether all is in capitals, so that capitals mean nothing.
    shouting: bool,
}

impl Place<'_> {
    fn get(&self, at: usize) -> Option<&Token> {
        self.tokens.get(at)
    }

    fn before(&self, at: usize, back: usize) -> Option<&Token> {
        self.tokens.get(at.checked_sub(back)?)
    }
}

/// How one or more tokens are said.
struct Said {
    words: String,
    /// How many tokens.
    used: usize,
    /// Whether a full stop after the last token belongs to an abbreviation.
    takes_stop: bool,
    /// Whether a capital after that full stop begins a name rather than a sentence.
    expects_name: bool,
}

impl Said {
    fn new(words: impl Into<String>, used: usize) -> Self {
        Self { words: words.into(), used, takes_stop: false, expects_name: false }
    }

    fn abbreviation(words: impl Into<String>, used: usize) -> Self {
        Self { takes_stop: true, ..Self::new(words, used) }
    }
}

fn read(place: &Place, at: usize) -> Said {
    let readers = [
        word::sign,
        web::address,
        date::date,
        date::clock,
        number::money,
        number::number,
        word::abbreviation,
        code::code,
        word::acronym,
        word::compound,
    ];
    let said = readers.iter().find_map(|reader| reader(place, at));
    said.unwrap_or_else(|| Said::new(place.get(at).map_or("", |token| &token.core), 1))
}

fn is_shouting(tokens: &[Token]) -> bool {
    let words =
        || tokens.iter().map(|token| &token.core).filter(|core| core.chars().all(char::is_alphabetic));
    words().count() > 2 && words().all(|word| word.chars().all(char::is_uppercase))
}

/// The words said so far.
#[derive(Default)]
struct Spoken {
    text: String,
}

impl Spoken {
    fn say(&mut self, words: &str) {
        for part in words.split_whitespace() {
            if part == "," {
                self.pause(',');
                continue;
            }
            if !self.text.is_empty() {
                self.text.push(' ');
            }
            self.text.push_str(part);
        }
    }

    /// Sets a mark unless there is one already.
    fn pause(&mut self, mark: char) {
        if self
            .text
            .chars()
            .next_back()
            .is_some_and(|last| !matches!(last, ',' | '.' | '?' | '!' | ';' | ':'))
        {
            self.text.push(mark);
        }
    }

    /// Takes over the mark that matters among those after a word.
    fn mark(&mut self, tail: &str) {
        let strongest = ['?', '!', '.', ';', ':', ','].into_iter().find(|mark| tail.contains(*mark));
        match strongest {
            Some(mark) => {
                if self.text.ends_with([',', ';', ':']) {
                    self.text.pop();
                }
                self.pause(mark);
            }
            None if tail.contains([')', ']']) => self.pause(','),
            None => {}
        }
    }
}
