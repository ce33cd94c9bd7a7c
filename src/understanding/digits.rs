//! The grammar of spoken digits: oh, double, teens and tens, hundreds, fillers, corrections.

use std::ops::Range;

use super::words::{Word, words};

/// A stretch of digits in a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) digits: String,
    /// Whether a "plus" stood before it.
    pub(super) plus: bool,
    /// Whether it was said to correct the run before it.
    pub(super) corrects: bool,
    /// Where it stands in the text.
    pub(super) span: Range<usize>,
}

/// What a word may be within a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Atom {
    Digits(String),
    /// A word that is a digit only among digits: "for", "to", "oh".
    Homophone(char),
    /// "A", as "oh" between other digits often comes out.
    Schwa,
    Tens(char),
    Hundred,
    Thousand,
    Times(usize),
    Plus,
    Filler,
    Correction,
    Other,
}

/// The stretches of digits in `text`, in order.
pub(super) fn runs(text: &str) -> Vec<Run> {
    let atoms = atoms(text);
    let mut runs = Vec::new();
    let mut run = Run::default();
    let mut gap = 0;
    let mut times = 1;
    let mut corrects = false;
    let mut tens_open = false;
    for (at, (atom, breaks_after, place)) in atoms.iter().enumerate() {
        let previous_tens = std::mem::take(&mut tens_open);
        let before = run.digits.len();
        match atom {
            Atom::Digits(digits) => {
                if previous_tens && digits.len() == 1 && digits != "0" {
                    run.digits.pop();
                }
                push(&mut run, digits, &mut times);
                gap = 0;
            }
            Atom::Homophone(digit) => {
                let inside = gap == 0 && !run.digits.is_empty();
                let next_is_digit = atoms.get(at + 1).is_some_and(|(next, _, _)| is_digit(next));
                let next_ends = *breaks_after || at + 1 == atoms.len();
                let zero = *digit == '0' && next_is_digit && !*breaks_after;
                if times > 1 || zero || (inside && (next_is_digit || next_ends)) {
                    push(&mut run, &digit.to_string(), &mut times);
                    gap = 0;
                } else {
                    gap += 1;
                }
            }
            Atom::Schwa
                if gap == 0
                    && !run.digits.is_empty()
                    && atoms.get(at + 1).is_some_and(|(next, _, _)| is_digit(next)) =>
            {
                push(&mut run, "0", &mut times);
            }
            Atom::Tens(ten) => {
                push(&mut run, &format!("{ten}0"), &mut times);
                tens_open = !*breaks_after;
                gap = 0;
            }
            Atom::Hundred if ends_in_a_single(&run) => run.digits.push_str("00"),
            Atom::Thousand if ends_in_a_single(&run) => run.digits.push_str("000"),
            Atom::Times(count) => times = *count,
            Atom::Plus => {
                close(&mut run, &mut runs, &mut corrects);
                run.plus = true;
            }
            Atom::Filler => gap += 1,
            Atom::Correction if !run.digits.is_empty() || !runs.is_empty() => {
                close(&mut run, &mut runs, &mut corrects);
                corrects = true;
            }
            Atom::Correction => gap += 1,
            Atom::Hundred | Atom::Thousand | Atom::Schwa | Atom::Other => {
                close(&mut run, &mut runs, &mut corrects);
                times = 1;
                gap = 0;
            }
        }
        if run.digits.len() > before || matches!(atom, Atom::Digits(_)) {
            let start = if before == 0 { place.start } else { run.span.start };
            run.span = start..place.end;
        }
        if gap > 5 {
            close(&mut run, &mut runs, &mut corrects);
        }
    }
    close(&mut run, &mut runs, &mut corrects);
    runs
}

fn push(run: &mut Run, digits: &str, times: &mut usize) {
    let (repeated, rest) = digits.split_at(digits.len().min(1));
    run.digits.push_str(&repeated.repeat(std::mem::replace(times, 1)));
    run.digits.push_str(rest);
}

fn close(run: &mut Run, runs: &mut Vec<Run>, corrects: &mut bool) {
    let done = std::mem::take(run);
    if !done.digits.is_empty() {
        runs.push(Run { corrects: std::mem::take(corrects), ..done });
    }
}

fn is_digit(atom: &Atom) -> bool {
    matches!(atom, Atom::Digits(_) | Atom::Tens(_) | Atom::Homophone(_) | Atom::Times(_))
}

fn ends_in_a_single(run: &Run) -> bool {
    run.digits.chars().last().is_some_and(|digit| digit != '0')
}

fn atoms(text: &str) -> Vec<(Atom, bool, Range<usize>)> {
    let mut atoms = Vec::new();
    for word in words(text) {
        let breaks = word.comma || word.stop;
        if word.lower.chars().any(|character| character.is_ascii_digit()) {
            numerals(&word, &mut atoms);
            continue;
        }
        let pieces: Vec<&str> = word.lower.split('-').filter(|piece| !piece.is_empty()).collect();
        let last = pieces.len().saturating_sub(1);
        for (at, piece) in pieces.iter().enumerate() {
            atoms.push((atom(piece), at == last && breaks, word.start..word.end));
        }
    }
    atoms
}

/// A word with numerals in it, such as `(415)`, `555-0142`, `5,550,142`, `+1`; ordinals, times and money are no part of a number.
fn numerals(word: &Word<'_>, atoms: &mut Vec<(Atom, bool, Range<usize>)>) {
    let (breaks, place) = (word.comma || word.stop, word.start..word.end);
    let mut rest = word.lower.as_str();
    if let Some(after) = rest.strip_prefix('+') {
        atoms.push((Atom::Plus, false, place.clone()));
        rest = after;
    }
    // A breath before the number is sometimes written as a letter.
    let breath = rest.len() > 10 && rest.starts_with(|sign: char| sign.is_ascii_alphabetic());
    if breath {
        rest = &rest[1..];
    }
    let allowed = |character: char| character.is_ascii_digit() || "-.()/,_".contains(character);
    if !rest.chars().all(allowed) {
        atoms.push((Atom::Other, breaks, place));
        return;
    }
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    atoms.push((Atom::Digits(digits), breaks, place));
}

/// What a lower-case word without hyphens may be within a number.
pub(super) fn atom(word: &str) -> Atom {
    let digits = match word {
        "zero" | "nought" | "naught" => "0",
        "one" => "1",
        "two" => "2",
        "three" => "3",
        "four" => "4",
        "five" => "5",
        "six" => "6",
        "seven" => "7",
        "eight" => "8",
        "nine" | "niner" => "9",
        "ten" => "10",
        "eleven" => "11",
        "twelve" => "12",
        "thirteen" => "13",
        "fourteen" => "14",
        "fifteen" => "15",
        "sixteen" => "16",
        "seventeen" => "17",
        "eighteen" => "18",
        "nineteen" => "19",
        _ => return other_atom(word),
    };
    Atom::Digits(digits.to_owned())
}

fn other_atom(word: &str) -> Atom {
    match word {
        "oh" | "o" | "ou" | "owe" => Atom::Homophone('0'),
        "a" => Atom::Schwa,
        "won" => Atom::Homophone('1'),
        "to" | "too" => Atom::Homophone('2'),
        "for" | "fore" => Atom::Homophone('4'),
        "free" | "tree" => Atom::Homophone('3'),
        "ate" => Atom::Homophone('8'),
        "twenty" => Atom::Tens('2'),
        "thirty" => Atom::Tens('3'),
        "forty" | "fourty" => Atom::Tens('4'),
        "fifty" => Atom::Tens('5'),
        "sixty" => Atom::Tens('6'),
        "seventy" => Atom::Tens('7'),
        "eighty" => Atom::Tens('8'),
        "ninety" => Atom::Tens('9'),
        "hundred" => Atom::Hundred,
        "thousand" => Atom::Thousand,
        "double" => Atom::Times(2),
        "triple" | "treble" => Atom::Times(3),
        "quadruple" => Atom::Times(4),
        "plus" => Atom::Plus,
        "no" | "sorry" | "correction" | "wait" | "actually" | "rather" | "mean" | "nope" | "oops" => {
            Atom::Correction
        }
        "um" | "uh" | "er" | "erm" | "uhm" | "hmm" | "and" | "then" | "dash" | "hyphen" | "space" | "dot"
        | "area" | "code" | "the" | "number" | "is" | "it's" | "that's" | "my" | "okay" | "ok" | "so"
        | "let" | "me" | "see" | "pause" | "comma" | "point" | "i" | "make" | "that" | "it" | "was" => {
            Atom::Filler
        }
        _ => Atom::Other,
    }
}
