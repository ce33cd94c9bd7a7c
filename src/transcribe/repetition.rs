//! Whether a text repeats itself, as whisper's does when it has lost the thread.

/// Whether a phrase follows itself more often than people say things.
///
/// A single word may come up to four times ("no, no, no, no"), two words three times, a longer phrase twice if it is
/// shorter than six words; what is dictated may repeat as telephone numbers and names do.
pub(super) fn repeats(text: &str) -> bool {
    repetition(text).is_some()
}

/// Whether the text is nothing but one phrase of several words, said twice or more.
///
/// People do that ("Nobody came! Nobody came!"), but so does whisper with a short answer after a prompt.
pub(super) fn doubled(text: &str) -> bool {
    let words: Vec<String> = words(text).into_iter().map(|word| word.0).collect();
    (2..=words.len() / 2).any(|length| {
        words.len().is_multiple_of(length)
            && words.chunks_exact(length).all(|chunk| chunk == &words[..length])
    })
}

/// The text up to where a phrase starts to repeat itself, the phrase itself included; all of it when none does.
pub(super) fn until_repetition(text: &str) -> &str {
    repetition(text).map_or(text, |end| text[..end].trim_end())
}

/// The byte at which the first occurrence of a repeated phrase ends.
fn repetition(text: &str) -> Option<usize> {
    let words = words(text);
    for start in 0..words.len() {
        for length in 1..=(words.len() - start) / 2 {
            let phrase = &words[start..start + length];
            let times = words[start..]
                .chunks_exact(length)
                .take_while(|chunk| chunk.iter().zip(phrase).all(|(a, b)| a.0 == b.0))
                .count();
            if times > allowed(phrase) {
                return Some(words[start + length - 1].1);
            }
        }
    }
    None
}

fn allowed(phrase: &[(String, usize)]) -> usize {
    const DIGITS: [&str; 11] =
        ["zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    let digit = |word: &str| word.chars().all(|c| c.is_ascii_digit()) || DIGITS.contains(&word);
    match phrase.len() {
        length if phrase.iter().all(|word| digit(&word.0)) => 15 / length,
        length if phrase.iter().all(|word| word.0.chars().count() == 1) => 6 / length,
        1 => 4,
        2 => 3,
        3..6 => 2,
        _ => 1,
    }
}

/// The words without case or punctuation, each with the byte it ends at.
fn words(text: &str) -> Vec<(String, usize)> {
    let mut words: Vec<(String, usize)> = Vec::new();
    let mut inside = false;
    for (at, character) in text.char_indices() {
        if character.is_alphanumeric() {
            if !inside {
                words.push((String::new(), at));
            }
            if let Some((word, end)) = words.last_mut() {
                word.extend(character.to_lowercase());
                *end = at + character.len_utf8();
            }
        }
        inside = character.is_alphanumeric() || (inside && character == '\'');
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_said_over_and_over_is_a_repetition() {
        let text = "I would like someone to take a look. I would like someone to take a look. I would like";
        assert!(repeats(text));
        assert_eq!(until_repetition(text), "I would like someone to take a look");
        assert_eq!(
            until_repetition("Well, thank you. Thank you. Thank you. Thank you. Thank you."),
            "Well, thank you"
        );
        for text in [
            "the the the the the the",
            "B-B-B-B-B-B-B-B-B-B",
            "W- W- W- W- W- W- W-",
            "5 5 5 5 5 5 5 5 5 5 5 5 5 5 5 5 5",
        ] {
            assert!(repeats(text), "{text}");
        }
    }

    #[test]
    fn what_people_do_say_twice_is_none() {
        for text in [
            "",
            "No, wait, wait, listen to me.",
            "No no no no!",
            "Nobody came! Nobody came!",
            "Yes, yes. That is right, that is right.",
            "5 5 5 5 5 5 5 5",
            "five five five, five five five five",
            "555 555",
            "S S S S S S",
            "It was on Tuesday, and on Thursday, and on Friday.",
        ] {
            assert!(!repeats(text), "{text}");
            assert_eq!(until_repetition(text), text);
        }
    }

    #[test]
    fn a_phrase_said_twice_and_nothing_else_is_doubled() {
        assert!(doubled("Yes, that is correct. Yes that is correct."));
        assert!(doubled("Nobody came! Nobody came!"));
        for text in ["", "No, no.", "Yes, that is correct.", "Nobody came! Nobody came at all!"] {
            assert!(!doubled(text), "{text}");
        }
    }

    #[test]
    fn letters_of_several_bytes_are_cut_between_characters() {
        let text = "é à l'été prochain, bien sûr — é à l'été prochain, bien sûr — é";
        assert_eq!(until_repetition(text), "é à l'été prochain, bien sûr");
    }
}
