//! The caller's words in words to the caller, and these in the third person.

use std::ops::Range;
use std::sync::LazyLock;

use crate::understanding::account::grammar::{
    ADVERBS, DETERMINERS, Form, PREPOSITIONS, SUBORDINATORS, is_auxiliary, is_contracted, is_form,
    is_trouble, listed, may_be_base,
};
use crate::understanding::account::split::{Link, has_finite, is_finite, split};
use crate::understanding::account::token::{Pause, Phrases, Token, longest_at, phrase_at, tokens};
use crate::understanding::account::want::{ORDERS, Want, want};
use crate::understanding::account::{Account, Clause, LONGEST, account, head_length, is_aside, is_unfit};

mod question;
mod turn;

use self::question::embedded;
pub use self::turn::to_agent;
use self::turn::turned;

/// Words to the caller, and where the caller said it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// In words to the caller.
    pub words: String,
    /// The caller's words, as a byte range of the turn.
    pub span: Range<usize>,
}

/// What happened first, as a clause that follows "so"; `None` if it cannot be said in clean English.
pub fn trigger(told: &Account) -> Option<Told> {
    let said = |clause: &Clause| Some(Told { words: to_caller(&clause.text)?, span: clause.span.clone() });
    told.triggers.iter().find_map(said)
}

/// What is wanted, to follow "you would like"; `None` if it cannot be said in clean English.
pub fn expectation(told: &Account) -> Option<Told> {
    let wishes: Vec<Told> = told
        .wanted
        .iter()
        .filter_map(|clause| Some(Told { words: wanted_to_caller(&clause.text)?, span: clause.span.clone() }))
        .collect();
    let (first, second) = (wishes.first()?, wishes.get(1));
    let alike = |start: &str| {
        second.is_some_and(|second| second.words.starts_with(start)) && first.words.starts_with(start)
    };
    let thing = |told: &Told| {
        !told.words.starts_with("to ") && !told.words.contains(" to ") && !told.words.starts_with("not ")
    };
    let tied = second.and_then(|second| {
        if alike("us ") {
            Some(format!("{} and {}", first.words, second.words.trim_start_matches("us ")))
        } else if alike("to ") && !alike("to know")
            || thing(first) && thing(second) && !first.words.contains(" and ")
            || first.words.starts_with("to have ") && thing(second)
        {
            Some(format!("{} and {}", first.words, second.words))
        } else {
            None
        }
    });
    let within = second.is_some_and(|second| second.words.starts_with(&first.words));
    let span = |second: &Told| first.span.start..second.span.end;
    match (tied, second) {
        (_, Some(second)) if within => Some(second.clone()),
        (Some(words), Some(second)) if first.words != second.words && words.split(' ').count() <= 18 => {
            Some(Told { words, span: span(second) })
        }
        (Some(_) | None, _) => Some(first.clone()),
    }
}

/// The caller's clause in words to the caller; `None` unless it comes out as clean English.
pub fn to_caller(clause: &str) -> Option<String> {
    let tokens = tokens(clause);
    let words = trimmed(&tokens[head_length(&tokens)..]);
    if words.is_empty() || is_unfit(words) || is_aside(words) || broken(words) {
        return None;
    }
    if let Some(said) = fragment(words) {
        return said;
    }
    let words = &passive(words)?[..];
    let segments = split(words);
    let first = &words[segments.first()?.range.clone()];
    if !has_subject(first) || refers_to_nothing(words) {
        return None;
    }
    let tied = segments.last().is_some_and(|last| last.link != Link::None);
    for (at, segment) in segments.iter().enumerate() {
        let part = &words[segment.range.clone()];
        let pause = segment.range.start.checked_sub(1).map(|at| words[at].pause);
        let loose = at > 0 && segment.link == Link::None && (pause != Some(Pause::Comma) || !tied);
        if loose || !has_finite(part) || dangles(part) || begins_anew(part) {
            return None;
        }
        if want(part, segment.asked).is_some() || segment.asked {
            return None;
        }
    }
    let said = turned(words)?;
    (2..=LONGEST).contains(&said.split(' ').count()).then_some(said)
}

/// "The one in the bedroom it's gone cold": a subject that is dropped for "it's".
fn begins_anew(words: &[Token]) -> bool {
    let again = words.iter().position(|word| word.lower == "it's");
    again.is_some_and(|at| {
        at > 1
            && words[0].is_in(DETERMINERS)
            && !has_finite(&words[..at])
            && !words.get(at + 1).is_some_and(|next| is_form(&next.lower, Form::Ing))
    })
}

/// What the caller wants, to follow "you would like"; `None` unless it comes out as clean English.
pub fn wanted_to_caller(clause: &str) -> Option<String> {
    let tokens = tokens(clause);
    let words = trimmed(&tokens[head_length(&tokens)..]);
    let asked =
        clause.trim_end().ends_with('?') || words.last().is_some_and(|last| last.pause == Pause::Query);
    if is_unfit(words) || broken(words) {
        return None;
    }
    rendered(words, &want(words, asked)?)
}

/// A short answer to what should happen, to follow "you would like"; `None` unless it comes out as clean English.
pub fn outcome(text: &str) -> Option<String> {
    if let Some(told) = expectation(&account(text)) {
        return Some(told.words);
    }
    let tokens = tokens(text);
    let segments = split(&tokens);
    segments.iter().find_map(|segment| short(&tokens[segment.range.clone()]))
}

/// A short answer: "a new appointment", "just fix it", "my money back".
fn short(words: &[Token]) -> Option<String> {
    static LEADS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::of(
            "\
        i don't know / i'm not sure / i am not sure / not sure / it would be / that would be / \
        i think / maybe / perhaps / probably / i'd say / just / well / honestly / for a start / \
        ideally / at least / only / simply / preferably / how about / what about / then / mostly / first",
        )
    });
    static TAILS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::of(
            "\
        would be fair / is fair / seems fair / sounds fair / sounds good / would be nice / \
        would be great / would be fine / would be good / would be enough / would be lovely / would do / \
        will do / would help / would be a start / would be ideal / would be perfect / would be better / \
        would be best / will be fine / is fine / is all / is enough / would be helpful / \
        would be wonderful / would work / that's all / is what i want / is all i want / is all i need",
        )
    });
    let mut start = head_length(words);
    loop {
        let length = longest_at(words, start, &LEADS);
        if length == 0 {
            break;
        }
        start += length;
    }
    let words = trimmed(words.get(start..)?);
    let words = trimmed(&words[..words.len() - ending(words, &TAILS)]);
    let first = words.first()?.lower.as_str();
    if words.len() > 16
        || is_unfit(words)
        || broken(words)
        || words.iter().any(|word| word.pause > Pause::Comma && word != &words[words.len() - 1])
    {
        return None;
    }
    let rest = |from: usize| from..words.len();
    let finite = has_finite(words);
    let want = match first {
        "to" if words.len() > 1 => Want::Do(rest(1)),
        "for"
            if words.get(1).is_some_and(|next| next.lower == "you")
                && words.get(2).is_some_and(|next| next.lower == "to") =>
        {
            Want::Us(rest(3))
        }
        "that" if words.len() > 2 && words[1].lower == "you" && is_form(&words[2].lower, Form::Base) => {
            Want::Us(rest(2))
        }
        "for" => {
            let to = words.iter().position(|word| word.lower == "to").filter(|to| (2..7).contains(to))?;
            Want::Other(1..to, rest(to + 1))
        }
        "not" if words.get(1).is_some_and(|next| next.lower == "to") => Want::Avoid(rest(2)),
        "nothing" | "none" | "no" | "this" | "that" | "these" | "those" | "i" | "you" => return None,
        _ if listed(OWN_DEEDS, first) && words.len() > 1 && words[1].is_in("me us") => Want::Us(rest(0)),
        _ if listed(OWN_DEEDS, first) && words.len() > 1 => Want::Do(rest(0)),
        _ if listed(ORDERS, first) && words.len() > 1 => Want::Us(rest(0)),
        "it" if words.get(1).is_some_and(|next| next.is_in(MENDED)) => Want::Thing(rest(0)),
        _ if listed(DETERMINERS, first) && has_it_done(words) => Want::Thing(rest(0)),
        _ if finite && !qualified(words) => return None,
        "someone" | "somebody" => Want::Thing(rest(0)),
        _ if listed(DETERMINERS, first) && words.len() > 1 => Want::Thing(rest(0)),
        _ if is_form(first, Form::Participle) && words.len() <= 4 => {
            return Some(format!("it {}", turned(words)?));
        }
        _ => return bare(words),
    };
    rendered(words, &want)
}

/// What somebody may want to have done.
const MENDED: &str = "fixed sorted done repaired replaced removed resolved finished delivered refunded cancelled returned \
    cleaned waived moved rescheduled corrected checked taken paid put working back gone";

/// "The fee waived".
fn has_it_done(words: &[Token]) -> bool {
    let verb = (0..words.len()).find(|at| is_finite(words, *at));
    verb.is_some_and(|verb| {
        words[verb].is_in(MENDED)
            && !(verb + 1..words.len()).any(|at| is_finite(words, at))
            && words
                .get(verb + 1)
                .is_none_or(|next| next.is_in(PREPOSITIONS) || next.is_in("today tomorrow now and this"))
    })
}

/// Whether the only clause in the words belongs to a noun: "somebody who knows it", "an answer about when it comes".
fn qualified(words: &[Token]) -> bool {
    let verb = (0..words.len()).find(|at| is_finite(words, *at));
    let clause = verb.is_some_and(|verb| {
        words[1..verb.max(1)].iter().any(|word| word.is_in("who that when what how why where which if"))
    });
    clause && split(words).len() == 1
}

/// What a caller wants to do, where the bare verb is the answer: "talk to the manager".
const OWN_DEEDS: &str = "talk speak know book get have see be rebook hear understand keep find cancel reschedule return leave switch";

/// An answer of a noun without its article: "new appointment", "compensation".
fn bare(words: &[Token]) -> Option<String> {
    const COUNTED: &str = "refund appointment discount credit replacement apology explanation repair callback visit delivery date time slot quote technician plumber estimate receipt copy answer call";
    const MASS: &str = "compensation money help answers information proof confirmation reimbursement repairs clarity results heat water";
    let last = words.last()?;
    let noun = words.iter().rev().find(|word| word.is_in(COUNTED) || word.is_in(MASS))?;
    let plain = words.len() <= 4
        && words.iter().all(|word| !word.is_in(ADVERBS) && !word.is_in(PREPOSITIONS) && word.lower != "and");
    let said = turned(words)?;
    match () {
        () if !plain => None,
        () if noun == last && noun.is_in(COUNTED) => {
            let article = if said.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
            Some(format!("{article} {said}"))
        }
        () => (noun.is_in(MASS) || noun.is_in("")).then_some(said),
    }
}

fn rendered(words: &[Token], want: &Want) -> Option<String> {
    let part = |range: &Range<usize>| {
        let part = trimmed(&words[range.clone()]);
        (!part.is_empty() && part.len() <= 18 && !dangles(part)).then(|| turned(part)).flatten()
    };
    let act = |range: &Range<usize>| {
        let verb = words.get(range.clone()).and_then(|part| part.iter().find(|word| !word.is_in(ADVERBS)));
        let fits = verb.is_some_and(|verb| may_be_base(&verb.lower));
        if fits { part(range) } else { None }
    };
    let said = match want {
        Want::Thing(rest) => thing(&words[rest.clone()]).and_then(|()| part(rest)),
        Want::Do(rest) => act(rest).map(|said| format!("to {said}")),
        Want::Avoid(rest) => act(rest).map(|said| format!("not to {said}")),
        Want::Us(rest) => act(rest).map(|said| format!("us to {said}")),
        Want::Spare(rest) => act(rest).map(|said| format!("us not to {said}")),
        Want::Other(subject, rest) => {
            let who = part(subject)?.replace("anyone", "someone").replace("anybody", "somebody");
            act(rest).map(|said| format!("{who} to {said}"))
        }
        Want::Know(rest) => {
            embedded(alone(&words[rest.clone()]), false).map(|said| format!("to know {said}"))
        }
        Want::Whether(rest) => {
            embedded(alone(&words[rest.clone()]), true).map(|said| format!("to know {said}"))
        }
    }?;
    (said.split(' ').count() <= LONGEST).then_some(said)
}

/// A question without what is told beside it: "when can you come, the furnace won't light".
fn alone(words: &[Token]) -> &[Token] {
    let end = (1..words.len()).find(|at| {
        words[at - 1].pause == Pause::Comma && words[*at].is_in(DETERMINERS) && has_finite(&words[*at..])
    });
    &words[..end.unwrap_or(words.len())]
}

/// Whether the words can be the thing that is wanted.
fn thing(words: &[Token]) -> Option<()> {
    let first = words.first()?;
    let bad = first.is_in("and but or so because if when as i we he she they you who which is are was were be in at by on of out back up now today tomorrow what how why where")
        || first.is_in("that") && words.get(1).is_none_or(|next| listed(DETERMINERS, &next.lower) || next.is_in("you i we they it"));
    let bad = bad
        || first.lower == "it"
            && words.get(1).is_none_or(|next| next.is_in("and because so for at with from to on by about"));
    let told = split(words).len() > 1;
    (!bad && !told).then_some(())
}

/// Leaves out what trails off or is polite at the end.
fn trimmed(words: &[Token]) -> &[Token] {
    static TAILS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::of(
            "\
        if possible / if you can / if you could / if that's possible / if that is possible / \
        if that's okay / if that's ok / if you don't mind / if at all possible / if it's possible / \
        or something / or so / please / so / and / but / you know / or what / is that possible / \
        is it possible / would that be possible / is that okay / is that right / isn't it / \
        and everything / and all / that's all / that's it / and that's it / and that's all / \
        or anything / because / if you would / for god / at all please / anyway / anyways / you guys / \
        that's my question / do you understand / or not",
        )
    });
    const TAGS: &str = "right okay ok though like love man dear already huh honey";
    let mut end = words.len();
    loop {
        let tagged = end > 1 && words[end - 1].is_in(TAGS) && words[end - 2].pause == Pause::Comma;
        let length = ending(&words[..end], &TAILS).max(usize::from(tagged));
        if length == 0 {
            break;
        }
        end -= length;
    }
    &words[..end]
}

/// How many words the longest phrase of the list has that the words end with.
fn ending(words: &[Token], phrases: &Phrases) -> usize {
    phrases
        .iter()
        .map(|phrase| (phrase, phrase.split(' ').count()))
        .filter(|(phrase, length)| {
            words.len() >= *length && phrase_at(words, words.len() - length, phrase) == *length
        })
        .map(|(_, length)| length)
        .max()
        .unwrap_or(0)
}

/// Words that cannot be said back: letters of another script, numbers being dictated, a word cut short.
fn broken(words: &[Token]) -> bool {
    words.iter().any(|word| {
        let strange = word.shown.chars().any(|sign| {
            !(sign.is_ascii_alphanumeric()
                || matches!(sign, '\'' | '-' | '$' | '£' | '€' | '%' | '.' | '/' | ',' | '&' | ':')
                || ('À'..='ɏ').contains(&sign))
        });
        strange
            || word.shown.chars().filter(char::is_ascii_digit).count() > 5
            || word.shown.chars().count() > 24
    }) || words[..words.len().saturating_sub(1)].iter().any(|word| word.pause > Pause::Comma)
}

/// "No hot water since Monday" becomes "you have had no hot water since Monday".
fn fragment(words: &[Token]) -> Option<Option<String>> {
    let first = words.first()?;
    let bare = !has_finite(words)
        && (first.lower == "no"
            || first.is_in("a an two three some") && words.iter().any(|word| is_trouble(&word.lower)))
        && words.len() > 1
        && !dangles(words);
    bare.then(|| {
        let lasting = words.iter().any(|word| word.is_in("since for"));
        let said = turned(words)?;
        let have = if lasting { "you have had" } else { "you have" };
        (said.split(' ').count() <= 14).then(|| format!("{have} {said}"))
    })
}

/// "They told me it was covered", with nobody named before, becomes "I was told it was covered".
fn passive(words: &[Token]) -> Option<Vec<Token>> {
    let mut words = words.to_vec();
    let subjectless = words[0]
        .is_in("called waited tried paid ordered booked sent rang bought asked lost phoned emailed")
        && words.len() > 2;
    if subjectless {
        let mut subject = words[0].clone();
        "I".clone_into(&mut subject.shown);
        "i".clone_into(&mut subject.lower);
        subject.pause = Pause::None;
        words.insert(0, subject);
    }
    let object = words.get(2).is_some_and(|object| object.is_in("me us"));
    let told = words[0].is_in("they he she")
        && object
        && words[1].is_in("told charged billed promised asked quoted gave sent assured");
    if told {
        let participle = if words[1].lower == "gave" { "given".to_owned() } else { words[1].lower.clone() };
        words[0].shown = if words[2].lower == "us" { "we".to_owned() } else { "I".to_owned() };
        words[0].lower = words[0].shown.to_lowercase();
        words[2].shown.clone_from(&participle);
        words[2].lower = participle;
        let was = if words[0].lower == "we" { "were" } else { "was" };
        was.clone_into(&mut words[1].shown);
        was.clone_into(&mut words[1].lower);
    }
    Some(words)
}

/// Whether a clause begins with somebody or something that does the verb.
fn has_subject(words: &[Token]) -> bool {
    let Some(first) = words.first() else {
        return false;
    };
    let verb =
        is_form(&first.lower, Form::Base) && !first.is_in("water work call") || is_auxiliary(&first.lower);
    let qualified = first.is_in("somebody someone anybody anyone")
        && words.get(1).is_some_and(|next| next.is_in("who that"));
    let leads = first
        .is_in("and but or because that which who what how why where whether of to with if than not being");
    let bare = is_form(&first.lower, Form::Past)
        && words.get(1).is_some_and(|next| {
            listed(PREPOSITIONS, &next.lower) || listed(DETERMINERS, &next.lower) || next.is_in("me us it")
        });
    !(verb || qualified || leads || bare)
}

/// Whether a pronoun stands for something that was not named.
fn refers_to_nothing(words: &[Token]) -> bool {
    let Some(first) = words.first() else {
        return true;
    };
    let stem = first.lower.split('\'').next().unwrap_or_default();
    let alone = listed("this that these those", stem)
        && (stem.len() < first.lower.len()
            || words.get(1).is_some_and(|next| {
                is_auxiliary(&next.lower) || listed(ADVERBS, &next.lower) || is_form(&next.lower, Form::Past)
            }));
    if alone
        || stem == "both" && words.get(1).is_none_or(|next| next.lower != "of")
        || listed("it he she they his her its their him them", stem)
    {
        return true;
    }
    words.iter().enumerate().any(|(at, word)| {
        let stem = word.lower.split('\'').next().unwrap_or_default();
        let named = words[..at].iter().enumerate().any(|(before, named)| {
            let determined = before > 0
                && listed(DETERMINERS, &words[before - 1].lower)
                && !listed("i you we it one", &named.lower);
            determined
                || named.shown.starts_with(char::is_uppercase)
                    && !named.lower.starts_with("i'")
                    && named.lower != "i"
                || before > 0
                    && listed(PREPOSITIONS, &words[before - 1].lower)
                    && !named.is_in("me us you him her them it")
                || before == 0
                    && !listed(DETERMINERS, &named.lower)
                    && !listed(SUBORDINATORS, &named.lower)
                    && !listed(ADVERBS, &named.lower)
                    && !listed(PREPOSITIONS, &named.lower)
                    && !is_contracted(&named.lower)
                    && !listed("i we you nobody somebody someone no there everyone", &named.lower)
        });
        let idiom = at > 0 && word.lower == "it" && words[at - 1].is_in("make made");
        listed("it he she him", stem) && !named && !idiom
    })
}

/// Whether the words break off.
fn dangles(words: &[Token]) -> bool {
    words.last().is_none_or(|last| {
        last.is_in("and but or the a an to of my your our because that with for from by at into about than as if when i he she they i'm it's he's they're i've i'd we're you're is was were am are very so his her their its who which not can could would should will")
    })
}

#[cfg(test)]
mod tests;
