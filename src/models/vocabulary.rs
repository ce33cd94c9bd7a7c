//! Tokens as bytes, from a vocabulary written in GPT-2's printable form.

use super::format::FormatError;

/// GPT-2's own tokens; whisper's special ones follow and are known to whisper.cpp without the file.
const BASE_TOKENS: usize = 50_257;

/// Reads `vocabulary.txt` (one token a line, `expected` lines) and gives the bytes of its ordinary tokens.
pub(super) fn tokens(vocabulary: &str, expected: usize) -> Result<Vec<Vec<u8>>, FormatError> {
    let lines: Vec<&str> = vocabulary.strip_suffix('\n').unwrap_or(vocabulary).split('\n').collect();
    if lines.len() != expected {
        let message = format!("{} tokens in the vocabulary, {expected} in the model", lines.len());
        return Err(FormatError::Inconsistent(message));
    }
    lines.iter().take(BASE_TOKENS).map(|token| bytes(token)).collect()
}

fn bytes(token: &str) -> Result<Vec<u8>, FormatError> {
    let byte_of = |character| {
        byte_of(character)
            .ok_or_else(|| FormatError::Inconsistent(format!("{character:?} in the vocabulary")))
    };
    token.chars().map(byte_of).collect()
}

/// Undoes GPT-2's writing of bytes as printable characters: the printable bytes of Latin-1 stand for themselves,
/// the other 68 are numbered in their order from U+0100 on.
fn byte_of(character: char) -> Option<u8> {
    match u32::from(character) {
        code @ (0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff) => u8::try_from(code).ok(),
        code @ 0x100..=0x120 => u8::try_from(code - 0x100).ok(), // 0x00 to 0x20
        code @ 0x121..=0x142 => u8::try_from(code - 0x121 + 0x7f).ok(), // 0x7f to 0xa0
        0x143 => Some(0xad),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_exactly_one_character() {
        let mut bytes: Vec<u8> = ('\0'..='\u{200}').filter_map(byte_of).collect();
        bytes.sort_unstable();
        assert_eq!(bytes, (0..=255).collect::<Vec<u8>>());
    }

    #[test]
    fn a_leading_space_is_written_as_g_with_a_dot_and_an_empty_line_is_an_empty_token() {
        assert_eq!(tokens("Ġhello\n\nĊ\n", 3), Ok(vec![b" hello".to_vec(), vec![], b"\n".to_vec()]));
    }

    #[test]
    fn a_vocabulary_of_another_size_than_the_model_is_refused() {
        let error = tokens("a\nb\n", 3).unwrap_err().to_string();
        assert_eq!(error, "inconsistent model file: 2 tokens in the vocabulary, 3 in the model");
    }

    #[test]
    fn a_character_that_stands_for_no_byte_is_refused() {
        assert!(tokens("漢\n", 1).is_err());
    }
}
