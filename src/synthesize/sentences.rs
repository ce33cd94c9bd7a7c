//! Splitting a text into sentences, so that the first can be heard while the next is being made.

use std::ops::Range;

use super::normalize::is_abbreviation;

/// Bytes after which a sentence is cut at the next clause.
const LONG: usize = 110;

/// Bytes a clause must have on either side of such a cut.
const SHORT: usize = 25;

/// Splits a text into sentences, and long sentences into clauses.
///
/// The ranges are in bytes, follow one another without a gap, and cover the text; blanks belong to the sentence before
/// them. Only a text without anything in it has none.
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    let mut comma = None;
    let mut rest = text.char_indices().peekable();
    while let Some((at, character)) = rest.next() {
        let end = at + character.len_utf8();
        let ends_word = rest.peek().is_none_or(|(_, next)| next.is_whitespace() || is_closing(*next));
        let has_words = text[start..end].chars().any(char::is_alphanumeric);
        let is_end = match character {
            '\n' => true,
            '?' | '!' | '…' => ends_word,
            '.' => ends_word && ends_sentence(&text[start..at], &text[end..]),
            _ => false,
        };
        if has_words && is_end {
            start = push(&mut ranges, start, after_blanks(text, end));
            comma = None;
        } else if matches!(character, ',' | ';' | ':' | '—') && ends_word && at - start >= SHORT {
            comma = Some(after_blanks(text, end));
        }
        if let Some(cut) = comma
            && end.saturating_sub(start) > LONG
            && text.len() - cut >= SHORT
            && end.saturating_sub(cut) >= SHORT
        {
            start = push(&mut ranges, start, cut);
            comma = None;
        }
        while rest.peek().is_some_and(|(next, _)| *next < start) {
            rest.next();
        }
    }
    finish(&mut ranges, text, start);
    ranges
}

fn push(ranges: &mut Vec<Range<usize>>, start: usize, end: usize) -> usize {
    ranges.push(start..end);
    end
}

/// Adds what is left; without any words it belongs to the sentence before it.
fn finish(ranges: &mut Vec<Range<usize>>, text: &str, start: usize) {
    if start == text.len() {
        return;
    }
    let has_words = text[start..].chars().any(char::is_alphanumeric);
    match ranges.last_mut() {
        Some(last) if !has_words => last.end = text.len(),
        _ => ranges.push(start..text.len()),
    }
}

/// Skips closing marks and blanks.
fn after_blanks(text: &str, from: usize) -> usize {
    let rest = &text[from..];
    let marks = rest.trim_start_matches(|c| is_closing(c) || matches!(c, '.' | '?' | '!' | '…'));
    from + rest.len() - marks.trim_start().len()
}

const fn is_closing(character: char) -> bool {
    matches!(character, '"' | '\'' | ')' | ']' | '”' | '’' | '?' | '!' | '.' | '*')
}

/// Whether the full stop between `before` and `after` ends a sentence.
fn ends_sentence(before: &str, after: &str) -> bool {
    let word = before.rsplit(char::is_whitespace).next().unwrap_or_default();
    let word = word.trim_start_matches(|c: char| !c.is_alphanumeric());
    let next = after.trim_start_matches(|c: char| !c.is_alphanumeric()).chars().next();
    // A single letter is an initial, "a.m" and "e.g" have a stop within, and "Dr" or "Ave" stand in a list.
    let shortened = word.chars().count() == 1 && word.chars().all(char::is_alphabetic) && word != "I"
        || word.contains('.') && word.split('.').all(|part| part.chars().count() == 1)
        || is_abbreviation(word);
    !shortened || next.is_none() || (next.is_some_and(char::is_uppercase) && !expects_name(word))
}

/// Whether a capital letter after this abbreviation begins a name rather than a sentence.
fn expects_name(word: &str) -> bool {
    word.chars().count() == 1
        || matches!(
            word.to_ascii_lowercase().as_str(),
            "dr" | "mr"
                | "mrs"
                | "ms"
                | "st"
                | "prof"
                | "rev"
                | "gen"
                | "sgt"
                | "capt"
                | "lt"
                | "no"
                | "mt"
                | "ft"
                | "e.g"
                | "i.e"
                | "vs"
                | "apt"
                | "ste"
                | "attn"
                | "hon"
                | "gov"
                | "sen"
                | "rep"
                | "pres"
                | "u.s"
                | "jan"
                | "feb"
                | "mon"
                | "tue"
        )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn sentences_end_at_full_stops_questions_and_exclamations() {
        assert_eq!(
            split("Thanks for calling. How can I help? Great!"),
            ["Thanks for calling. ", "How can I help? ", "Great!"]
        );
        assert_eq!(split("Wait... what?! \"Yes.\" No"), ["Wait... ", "what?! ", "\"Yes.\" ", "No"]);
        assert_eq!(split("First line\nsecond line"), ["First line\n", "second line"]);
    }

    #[test]
    fn abbreviations_initials_and_decimals_do_not_end_a_sentence() {
        for whole in [
            "Dr. Smith will see you at 9:30 a.m. tomorrow.",
            "It costs $12.50 or 3.5 percent, e.g. on a 2.0 plan.",
            "Mrs. J. Nguyen lives at 12 Oak Ave. near the park.",
            "Visit example.com or write to me@example.com now.",
            "Take No. 5, St. Mary vs. St. John.",
        ] {
            assert_eq!(split(whole), [whole]);
        }
        assert_eq!(
            split("We open at 9 a.m. Please call back. It is on Main St. Thank you."),
            ["We open at 9 a.m. ", "Please call back. ", "It is on Main St. Thank you."]
        );
        assert_eq!(split("So do I. Anything else?"), ["So do I. ", "Anything else?"]);
    }

    #[test]
    fn a_long_sentence_is_cut_after_a_clause() {
        let text = "I have written down that your heating stopped working last night, that there is a baby in the house, \
                    and that you would like somebody to come today.";
        let parts = split(text);
        assert_eq!(parts.len(), 2, "{parts:?}");
        assert!(parts[0].ends_with("last night, ") || parts[0].ends_with("in the house, "), "{parts:?}");
    }

    #[test]
    fn what_has_no_words_joins_its_neighbour() {
        assert_eq!(split("Hello. ..."), ["Hello. ..."]);
        assert_eq!(split("... Hello."), ["... Hello."]);
        assert_eq!(split(""), [""; 0]);
        assert_eq!(split("  "), ["  "]);
    }

    proptest! {
        #[test]
        fn the_ranges_cover_any_text_without_gap_or_overlap(text in "([a-zA-Z0-9 .,;:?!\n\"')—é😀…]|Dr\\. |a\\.m\\. ){0,200}") {
            let mut end = 0;
            for range in sentences(&text) {
                prop_assert_eq!(range.start, end);
                prop_assert!(range.end > range.start);
                prop_assert!(text.get(range.clone()).is_some(), "not at a character's boundary");
                end = range.end;
            }
            prop_assert_eq!(end, text.len());
        }
    }
}
