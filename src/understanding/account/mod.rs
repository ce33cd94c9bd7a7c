//! Which clauses of a turn tell what happened, what is wanted and what was expected.

use std::ops::Range;

pub(crate) mod grammar;
pub(crate) mod split;
pub(crate) mod token;
pub(crate) mod want;

mod kind;

use self::kind::{Kind, kind};
use self::split::{Link, Segment, split};
use self::token::{Token, tokens};

/// What a caller tells in one turn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// What happened, in the order in which it was told.
    pub happened: Vec<Clause>,
    /// What is wanted.
    pub wanted: Vec<Clause>,
    /// What was promised or should have been.
    pub expected: Vec<Clause>,
    /// How many distinct matters went wrong.
    pub complaints: u32,
    /// What happened first, as far as it is needed to be understood: one clause, or a few tied by "and" or "but".
    pub trigger: Option<Clause>,
}

/// One clause of a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// Where it is, as a byte range of the text.
    pub span: Range<usize>,
    /// The clause in the caller's words, without fillers.
    pub text: String,
}

/// A clause with what is known of it.
struct Told<'a> {
    words: &'a [Token],
    kind: Kind,
    link: Link,
    /// The caller says that it came first.
    origin: bool,
}

/// Takes a turn apart.
pub fn account(text: &str) -> Account {
    let tokens = tokens(text);
    let told: Vec<Told<'_>> =
        split(&tokens).iter().filter_map(|segment| told(text, &tokens, segment)).collect();
    let of = |wanted: fn(&Kind) -> bool| {
        told.iter().filter(|told| wanted(&told.kind)).map(clause).collect::<Vec<_>>()
    };
    Account {
        happened: of(|kind| matches!(kind, Kind::Trouble | Kind::Event | Kind::State)),
        wanted: of(|kind| matches!(kind, Kind::Wanted)),
        expected: of(|kind| matches!(kind, Kind::Expected)),
        complaints: complaints(&told),
        trigger: trigger(&told),
    }
}

fn told<'a>(text: &str, tokens: &'a [Token], segment: &Segment) -> Option<Told<'a>> {
    let words = &tokens[segment.range.clone()];
    let (head, origin) = kind::head(words);
    let words = &words[head..];
    let (first, last) = (words.first()?, words.last()?);
    if kind::is_dictated(&text[first.span.start..last.span.end]) {
        return None;
    }
    Some(Told { words, kind: kind(words, segment.asked), link: segment.link, origin })
}

fn clause(told: &Told<'_>) -> Clause {
    let span = match (told.words.first(), told.words.last()) {
        (Some(first), Some(last)) => first.span.start..last.span.end,
        _ => 0..0,
    };
    Clause { span, text: joined(told.words) }
}

/// The words as one text.
pub(crate) fn joined(words: &[Token]) -> String {
    let mut text = String::new();
    for (at, word) in words.iter().enumerate() {
        text.push_str(&word.shown);
        if at + 1 < words.len() {
            text.push_str(if word.pause == token::Pause::Comma { ", " } else { " " });
        }
    }
    text
}

/// How many words at the head only lead in.
pub(crate) fn head_length(words: &[Token]) -> usize {
    kind::head(words).0
}

/// Whether the words say something about the caller, the talk or the business that is no part of the matter.
pub(crate) fn is_aside(words: &[Token]) -> bool {
    kind::is_aside(words)
}

/// Whether the words hold something that is not said back: swear words, insults, threats of law.
pub(crate) fn is_unfit(words: &[Token]) -> bool {
    words.iter().any(|word| word.is_in(kind::FOUL))
}

/// Whether the clause tells of something that went wrong or was done, rather than how things are.
pub(crate) fn is_happening(text: &str) -> bool {
    let words = tokens(text);
    matches!(kind(&words, false), Kind::Trouble | Kind::Event)
}

/// The most words that a trigger may have.
pub(crate) const LONGEST: usize = 22;

/// What happened first: from the first event to the first trouble, and what belongs to it.
fn trigger(told: &[Told<'_>]) -> Option<Clause> {
    let happened: Vec<&Told<'_>> =
        told.iter().filter(|told| matches!(told.kind, Kind::Trouble | Kind::Event | Kind::State)).collect();
    let start = happened.iter().position(|told| told.origin).or_else(|| {
        let tells = happened.iter().any(|told| matches!(told.kind, Kind::Trouble | Kind::Event));
        tells.then_some(0)
    });
    let Some(mut start) = start else {
        return told.iter().find(|told| told.kind == Kind::Expected).map(clause);
    };
    let trouble =
        happened[start..].iter().position(|told| told.kind == Kind::Trouble).map_or(start, |at| start + at);
    let mut end = trouble + 1;
    let length =
        |from: usize, to: usize| happened[from..to].iter().map(|told| told.words.len() + 1).sum::<usize>();
    while start < trouble && (length(start, end) > LONGEST || end - start > 3) {
        start += 1;
    }
    let more = happened.get(end).is_some_and(|next| {
        let tied = next.link == Link::And || next.link == Link::But || next.link == Link::None;
        next.kind == Kind::Trouble && tied && complaints(told) < 2 && length(start, end + 1) <= LONGEST
    });
    end += usize::from(more);
    Some(tied(&happened[start..end]))
}

/// Several clauses as one, tied by the words between them.
fn tied(parts: &[&Told<'_>]) -> Clause {
    let mut text = String::new();
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            text.push_str(match part.link {
                _ if at + 1 < parts.len() => ", ",
                Link::But => " but ",
                Link::So => " so ",
                Link::Because => " because ",
                Link::And | Link::None => " and ",
            });
        }
        text.push_str(&joined(part.words));
    }
    let start = parts.first().and_then(|part| part.words.first()).map_or(0, |word| word.span.start);
    let end = parts.last().and_then(|part| part.words.last()).map_or(0, |word| word.span.end);
    Clause { span: start..end, text }
}

/// How many distinct matters went wrong: troubles that are told of different things.
fn complaints(told: &[Told<'_>]) -> u32 {
    let mut subjects: Vec<String> = Vec::new();
    let mut any = false;
    for told in told.iter().filter(|told| matches!(told.kind, Kind::Trouble)) {
        any = true;
        if let Some(subject) = kind::subject_noun(told.words).filter(|subject| !subjects.contains(subject)) {
            subjects.push(subject);
        }
    }
    u32::try_from(subjects.len()).unwrap_or(u32::MAX).max(u32::from(any))
}
