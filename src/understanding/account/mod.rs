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
    /// What happened first, told as far as it takes to understand it: a clause, or a few tied by "and" or "but". The
    /// best comes first; the others say less.
    pub triggers: Vec<Clause>,
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
    /// It begins a sentence.
    fresh: bool,
    /// It only says why something is wanted.
    reason: bool,
}

/// Takes a turn apart.
pub fn account(text: &str) -> Account {
    let (tokens, segments) = named(tokens(text));
    let mut told: Vec<Told<'_>> =
        segments.iter().filter_map(|segment| told(text, &tokens, segment)).collect();
    for at in 1..told.len() {
        let wanted = told[at - 1].kind == Kind::Wanted;
        told[at].reason = wanted && told[at].link == Link::Because && told[at].kind != Kind::Trouble;
    }
    let of = |wanted: fn(&Kind) -> bool| {
        told.iter().filter(|told| wanted(&told.kind)).map(clause).collect::<Vec<_>>()
    };
    Account {
        happened: of(|kind| matches!(kind, Kind::Trouble | Kind::Event | Kind::State)),
        wanted: of(|kind| matches!(kind, Kind::Wanted)),
        expected: of(|kind| matches!(kind, Kind::Expected)),
        complaints: complaints(&told),
        triggers: triggers(&told),
    }
}

/// The words and their clauses. "I'm calling about my furnace, it keeps going out": what "it" stands for is put in its
/// place.
fn named(mut tokens: Vec<Token>) -> (Vec<Token>, Vec<Segment>) {
    let segments = split(&tokens);
    let said = tokens.len();
    for pair in segments.windows(2).rev() {
        let (topic, next) = (&tokens[pair[0].range.clone()], pair[1].range.start);
        let denied = topic.iter().any(|word| word.lower == "not");
        let about = topic.iter().rposition(|word| !denied && word.is_in("about regarding with"));
        let Some(noun) = about.map(|about| topic[about + 1..].to_vec()).filter(|noun| {
            (2..=5).contains(&noun.len())
                && noun[0].is_in("my our the your a an this")
                && (kind::is_aside(topic) || want::want(&topic[kind::head(topic).0..], false).is_some())
        }) else {
            continue;
        };
        let is = match tokens[next].lower.as_str() {
            "it" => None,
            "it's" if tokens.get(next + 1).is_some_and(|word| word.is_in("been got stopped started")) => {
                Some("has")
            }
            "it's" => Some("is"),
            _ => continue,
        };
        let place = tokens[next].clone();
        let words = noun.iter().map(|word| (word.shown.clone(), word.lower.clone()));
        let verb = is.map(|is| (is.to_owned(), is.to_owned()));
        let named = words.chain(verb).map(|(shown, lower)| {
            let (shown, lower) = if lower == "a" || lower == "an" {
                ("my".to_owned(), "my".to_owned())
            } else {
                (shown, lower)
            };
            Token { shown, lower, span: place.span.clone(), pause: token::Pause::None }
        });
        tokens.splice(next..=next, named.collect::<Vec<_>>());
    }
    // A noun has more words than the "it" in its place.
    let segments = if tokens.len() == said { segments } else { split(&tokens) };
    (tokens, segments)
}

fn told<'a>(text: &str, tokens: &'a [Token], segment: &Segment) -> Option<Told<'a>> {
    let words = &tokens[segment.range.clone()];
    let (head, origin) = kind::head(words);
    let words = without_afterthought(&words[head..]);
    let (first, last) = (words.first()?, words.last()?);
    let fresh =
        segment.range.start.checked_sub(1).is_none_or(|before| tokens[before].pause > token::Pause::Comma);
    if kind::is_dictated(&text[first.span.start..last.span.end]) {
        return None;
    }
    Some(Told { words, kind: kind(words, segment.asked), link: segment.link, origin, fresh, reason: false })
}

/// "A birthday cake, chocolate" without the last word.
fn without_afterthought(words: &[Token]) -> &[Token] {
    match words {
        [rest @ .., before, last]
            if before.pause == token::Pause::Comma
                && !last.is_in("again today yesterday tomorrow tonight now too either twice")
                && split::has_finite(rest) =>
        {
            &words[..words.len() - 1]
        }
        _ => words,
    }
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

/// The most words that a trigger may have.
pub(crate) const LONGEST: usize = 22;

/// What happened first: from the first event to the first trouble, and what belongs to it.
fn triggers(told: &[Told<'_>]) -> Vec<Clause> {
    let happened: Vec<&Told<'_>> = told
        .iter()
        .filter(|told| {
            !told.reason && matches!(told.kind, Kind::Trouble | Kind::Event | Kind::State | Kind::Expected)
        })
        .collect();
    let tells = happened.iter().any(|told| told.kind != Kind::State);
    let Some(start) = happened.iter().position(|told| told.origin).or_else(|| tells.then_some(0)) else {
        return Vec::new();
    };
    let happened = &happened[start..];
    let first_trouble = happened.iter().position(|told| told.kind == Kind::Trouble);
    let ties = |at: usize| happened.get(at).is_some_and(|next| next.link != Link::So);
    let core = match first_trouble {
        Some(trouble) => trouble + 1,
        None => {
            let tied = happened[1..].iter().take_while(|next| !next.fresh && next.link != Link::So).count();
            1 + tied.min(2)
        }
    };
    let more = happened.get(core).is_some_and(|next| {
        next.kind == Kind::Trouble && ties(core) && (next.link == Link::Because || complaints(told) < 2)
    });
    let ranges = vec![0..core + usize::from(more), 0..core];
    let last = core - 1;
    let fits = |parts: &[&Told<'_>]| {
        parts.len() <= 3 && parts.iter().map(|told| told.words.len() + 1).sum::<usize>() <= LONGEST + 1
    };
    let pick = |ranges: Vec<Range<usize>>| {
        ranges
            .into_iter()
            .map(|range| &happened[range])
            .filter(|parts| fits(parts))
            .map(tied)
            .collect::<Vec<_>>()
    };
    let mut found = pick(ranges);
    // What lies between the first event and the trouble may be left out, unless the trouble leans on it: "he didn't".
    let leans = happened[last].words.last().is_some_and(|word| grammar::is_auxiliary(&word.lower))
        || happened[last].words[0].is_in("it it's he he's she she's they they're");
    if last > 1 && !leans && fits(&[happened[0], happened[last]]) {
        found.push(tied(&[happened[0], happened[last]]));
    }
    found.extend(pick((1..last).filter(|at| core - at <= 3).map(|at| at..core).collect()));
    let told_of = |kind: Kind| happened.iter().filter(move |told| told.kind == kind).map(|told| clause(told));
    found.extend(told_of(Kind::Trouble).chain(told_of(Kind::Event)).chain(told_of(Kind::Expected)));
    found.dedup();
    found
}

/// Several clauses as one, tied by the words between them.
fn tied(parts: &[&Told<'_>]) -> Clause {
    let mut text = String::new();
    let list = parts.last().is_some_and(|last| !matches!(last.link, Link::So | Link::Because));
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            text.push_str(match part.link {
                _ if list && at + 1 < parts.len() => ", ",
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
