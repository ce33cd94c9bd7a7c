//! Where one clause of a turn ends and the next begins.

use std::ops::Range;

use super::grammar::{
    ADVERBS, DETERMINERS, Form, PREPOSITIONS, REPORTING, SUBJECTS, SUBORDINATORS, is_auxiliary,
    is_contracted, is_form, is_modal, listed,
};
use super::token::{Pause, Token, phrase_at};

/// Nouns that are verbs as well.
const NOUNS_LIKE_VERBS: &str =
    "tap water heater charge office call drip leak work fan light order smell repair visit bill";

/// How a clause is tied to the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    /// It begins a sentence, or nothing ties it.
    None,
    /// "And", "plus", "then".
    And,
    /// "But", "although".
    But,
    /// "So".
    So,
    /// "Because".
    Because,
}

/// A clause: its words without the conjunction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment {
    /// Its words.
    pub(crate) range: Range<usize>,
    /// How it is tied to the one before.
    pub(crate) link: Link,
    /// Whether it is asked.
    pub(crate) asked: bool,
}

/// The clauses of a turn.
pub(crate) fn split(tokens: &[Token]) -> Vec<Segment> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut link = Link::None;
    let mut at = 0;
    let mut depends = leads_in(tokens, 0);
    // How far the clause has been searched for its verb, and whether it has one.
    let (mut searched, mut verbal) = (0, false);
    while at < tokens.len() {
        verbal = verbal || (searched..at).any(|word| is_finite(&tokens[start..], word - start));
        searched = at;
        let boundary = boundary(tokens, start, at, verbal);
        if depends
            && boundary.is_some_and(|(_, link)| link == Link::None)
            && tokens[at - 1].pause <= Pause::Comma
        {
            // "When I got there nobody knew": the main clause comes second.
            depends = false;
            at += 1;
        } else if let Some((next, next_link)) = boundary {
            close(tokens, start..at, link, &mut found);
            start = next;
            link = next_link;
            at = next.max(at + 1);
            depends = leads_in(tokens, start);
            (searched, verbal) = (start, false);
        } else {
            at += 1;
        }
    }
    close(tokens, start..tokens.len(), link, &mut found);
    found
}

/// Whether a clause begins that depends on the one after it.
fn leads_in(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| token.is_in("when whenever after before since while once if"))
        || [
            "every time",
            "each time",
            "as soon as",
            "by the time",
            "the first time",
            "the last time",
            "last time",
        ]
        .iter()
        .any(|phrase| phrase_at(tokens, at, phrase) > 0)
}

fn close(tokens: &[Token], range: Range<usize>, link: Link, found: &mut Vec<Segment>) {
    if let Some(last) = tokens[range.clone()].last() {
        found.push(Segment { asked: last.pause == Pause::Query, range, link });
    }
}

/// Whether a clause begins at `at`; where its words begin, and how it is tied. `verbal` says whether the one before it has
/// its verb.
fn boundary(tokens: &[Token], start: usize, at: usize, verbal: bool) -> Option<(usize, Link)> {
    let before = at.checked_sub(1).map(|before| &tokens[before])?;
    if at <= start {
        return None;
    }
    let (next, link) = conjunction(tokens, at);
    if before.pause > Pause::Comma {
        return Some((next, link));
    }
    let left = &tokens[start..at];
    let told = verbal || opens_order(left, 0) || left[0].is_in("no") && before.pause == Pause::Comma;
    if !told {
        return None;
    }
    if next > at {
        let opens = opens_clause(tokens, next)
            || opens_wish(tokens, next)
            || link == Link::And && before.pause == Pause::Comma && opens_order(tokens, next);
        return (opens && !before.is_in("between both")).then_some((next, link));
    }
    if before.pause == Pause::Comma {
        let relative = tokens[at].is_in("which who");
        return (relative || opens_clause(tokens, at) || opens_wish(tokens, at) || opens_order(tokens, at))
            .then_some((at, Link::None));
    }
    let depends = before.is_in(SUBORDINATORS)
        || before.is_in(REPORTING)
        || before.is_in("if like says every and or but")
        || tells(tokens, at);
    let runs_on = !depends
        && (opens_wish(tokens, at)
            && !is_auxiliary(&before.lower)
            && !before.is_in("not to")
            && !before.is_in(SUBJECTS)
            || opens_pronoun_clause(tokens, at) && !closes_over(tokens, at) && !contact(tokens, start, at)
            || opens_noun_clause(tokens, at) && closes_noun_gap(tokens, at));
    runs_on.then_some((at, Link::None))
}

/// The conjunctions at `at`: where they end, and what they are.
fn conjunction(tokens: &[Token], at: usize) -> (usize, Link) {
    let mut link = Link::None;
    let mut next = at;
    while let Some(token) = tokens.get(next) {
        let found = match token.lower.as_str() {
            "and" | "plus" | "or" => Link::And,
            "then" if link != Link::None || next == at => Link::And,
            "but" | "although" | "though" | "however" | "yet" | "except" => Link::But,
            "so" if tokens.get(next + 1).is_none_or(|next| !next.is_in("that much many far long")) => {
                Link::So
            }
            "because" => Link::Because,
            "also" | "now" | "anyway" | "well" if next > at => link,
            _ => break,
        };
        // "Because" and "but" say more than the "and" before them.
        link = if link == Link::None || found != Link::And { found } else { link };
        next += 1;
    }
    if next >= tokens.len() { (at, Link::None) } else { (next, link) }
}

/// "Told me", "promised us": a clause follows that belongs to it.
fn tells(tokens: &[Token], at: usize) -> bool {
    let object = tokens[at - 1].is_in("me us him her them you everybody everyone");
    let teller = at >= 2
        && tokens[at - 2].is_in(
            "tell told tells promise promised assure assured inform informed show showed remind reminded advise advised \
             warned notified ask asked telling saying",
        );
    object && teller
}

/// Whether the pronoun at `at` is an object, or goes on with the same clause.
fn closes_over(tokens: &[Token], at: usize) -> bool {
    let (before, pronoun) = (&tokens[at - 1], &tokens[at]);
    let verb = is_verb(before);
    let next = tokens.get(at + 1).map(|next| next.lower.as_str()).unwrap_or_default();
    let object = pronoun.is_in(
        "it you this these those nothing something everything nobody somebody someone anyone everyone no",
    );
    let so = at >= 2 && tokens[at - 2].is_in("so such");
    before
        .is_in("and or the a my your our to of for with from at by about let make made have having help lets")
        || is_auxiliary(&before.lower) && !(at >= 2 && tokens[at - 2].is_in(SUBJECTS))
        || pronoun.is_in("that this those both none neither these")
        || so
        || object && verb && !is_auxiliary(next)
        || before.is_in(PREPOSITIONS)
            && (object || !before.is_in("on off out in up down over through back around inside outside"))
}

fn is_verb(word: &Token) -> bool {
    [Form::Base, Form::Third, Form::Past, Form::Ing].iter().any(|form| is_form(&word.lower, *form))
}

/// Words after which "my boiler broke" cannot go on with the same clause.
fn closes_noun_gap(tokens: &[Token], at: usize) -> bool {
    let before = &tokens[at - 1];
    let thing = before.is_in(NOUNS_LIKE_VERBS)
        && !tokens[at].is_in("this that")
        && tokens[at.saturating_sub(3)..at - 1].iter().any(|token| token.is_in(DETERMINERS));
    let verb = !thing && is_verb(before) || is_auxiliary(&before.lower) || is_contracted(&before.lower);
    let particle =
        before.is_in("help working started stopped answered called leaking came again broke broken");
    (!verb || particle)
        && !before.is_in(PREPOSITIONS)
        && !before.is_in(DETERMINERS)
        && !before.is_in("and or to only just not me us him them it's")
}

/// "The technician you sent": a clause that belongs to the noun before it.
fn contact(tokens: &[Token], start: usize, at: usize) -> bool {
    let noun = &tokens[at - 1];
    let opener = &tokens[at].lower;
    if !opener.starts_with(['i', 'y', 'w', 't', 'h', 's'])
        || opener.starts_with("it")
        || opener.starts_with("there")
    {
        return false;
    }
    if noun.is_in("today yesterday tomorrow tonight morning afternoon evening night week month year ago now again here there hours days weeks minutes times twice once monday tuesday wednesday thursday friday saturday sunday noon back") {
        return false;
    }
    let from = at.saturating_sub(4).max(start);
    let phrase = tokens[from..at - 1].iter().any(|token| token.is_in(DETERMINERS));
    let Some(mut verb) =
        (at..tokens.len().min(at + 4)).find(|index| is_finite(tokens, *index)).filter(|_| phrase)
    else {
        return false;
    };
    while verb + 1 < tokens.len()
        && (is_auxiliary(&tokens[verb].lower)
            || is_contracted(&tokens[verb].lower)
            || tokens[verb].is_in(ADVERBS))
    {
        verb += 1;
    }
    let gap = !tokens[verb].is_in("called call waited came come went tried trying think know am was were live work hope believe calling been going");
    let given = tokens[verb].is_in("gave sent told sold promised quoted charged showed gives give left")
        && tokens.get(verb + 1).is_some_and(|after| after.is_in("me us"))
        && tokens.get(verb + 2).is_none_or(|after| !after.is_in(DETERMINERS));
    let object = !given
        && tokens.get(verb + 1).is_some_and(|after| {
            (after.is_in(DETERMINERS)
                || after.is_in("me you us him her them it nobody someone somebody that to"))
                && tokens[verb].pause == Pause::None
        });
    gap && !object
}

/// Whether the words contain a finite verb.
pub(crate) fn has_finite(tokens: &[Token]) -> bool {
    (0..tokens.len()).any(|at| is_finite(tokens, at))
}

/// Whether the word at `at` is a finite verb, as far as the words around it tell.
pub(crate) fn is_finite(tokens: &[Token], at: usize) -> bool {
    let word = tokens[at].lower.as_str();
    let before =
        tokens[..at].iter().rev().find(|token| !token.is_in(ADVERBS)).map(|token| token.lower.as_str());
    let adjacent = at.checked_sub(1).map(|at| tokens[at].lower.as_str()).unwrap_or_default();
    if is_contracted(word) || noun_is(tokens, at) {
        return true;
    }
    if is_auxiliary(word) {
        return !(adjacent == "to" || before.is_some_and(is_modal) && listed("have do", word));
    }
    let Some(before) = before else {
        return false;
    };
    if before == "to" || is_modal(before) {
        return false;
    }
    let helped = is_auxiliary(before)
        || is_contracted(before)
        || listed("been being be having get gets got getting", before);
    let described =
        listed(DETERMINERS, adjacent) && !listed("this that those these both one some all each", adjacent);
    if is_form(word, Form::Past) {
        let alike = is_form(word, Form::Base) && !is_pronoun(before) && !listed(PREPOSITIONS, before);
        return !helped
            && !described
            && (!listed(PREPOSITIONS, adjacent) || listed("up out in on off over down", adjacent))
            && (!alike || is_noun_like(before));
    }
    if is_form(word, Form::Base) {
        return listed("i we you they who", before);
    }
    let noun = is_noun_like(before) && !listed(PREPOSITIONS, before);
    is_form(word, Form::Third)
        && !described
        && (is_pronoun(before) && !listed("i you we they these those", before)
            || noun && !helped && !listed("and or", before))
}

fn is_pronoun(word: &str) -> bool {
    listed(SUBJECTS, word) || word == "who" || word == "which"
}

fn is_noun_like(word: &str) -> bool {
    !listed(DETERMINERS, word)
        && !listed(PREPOSITIONS, word)
        && !is_auxiliary(word)
        && !is_contracted(word)
        && !listed("and or but to not", word)
        && (!is_form(word, Form::Base) || listed(NOUNS_LIKE_VERBS, word))
}

/// Whether a clause with its own subject begins at `at`.
pub(crate) fn opens_clause(tokens: &[Token], at: usize) -> bool {
    let at = skip_adverbs(tokens, at);
    opens_pronoun_clause(tokens, at) || opens_noun_clause(tokens, at) || opens_bare_noun_clause(tokens, at)
}

fn skip_adverbs(tokens: &[Token], at: usize) -> usize {
    const LEADS: &str = "then now also today yesterday later finally still again suddenly apparently when whenever after before \
        since if while once first instead tonight";
    let mut next = at;
    while next < at + 3 {
        let time =
            ["every time", "each time", "as soon as", "this morning", "last night", "last week", "this time"]
                .iter()
                .map(|phrase| phrase_at(tokens, next, phrase))
                .max()
                .unwrap_or(0);
        if time > 0 {
            next += time;
        } else if tokens.get(next).is_some_and(|token| token.is_in(LEADS)) {
            next += 1;
        } else {
            break;
        }
    }
    // "On the tenth I got another one."
    let phrase = tokens.get(next).is_some_and(|token| token.is_in("on at in for after before during by"));
    let pronoun = (2..=4).find(|length| {
        tokens.get(next + length).is_some_and(|token| token.is_in("i we you they he she nobody"))
    });
    match pronoun.filter(|_| phrase) {
        Some(length) => next + length,
        None => next,
    }
}

fn opens_pronoun_clause(tokens: &[Token], at: usize) -> bool {
    let Some(first) = tokens.get(at) else {
        return false;
    };
    if is_contracted(&first.lower) && !first.is_in("what's who's how's where's when's")
        || first.is_in("there here") && tokens.get(at + 1).is_some_and(|next| is_auxiliary(&next.lower))
    {
        return true;
    }
    let no_one = first.lower == "no" && tokens.get(at + 1).is_some_and(|next| next.lower == "one");
    if !first.is_in(SUBJECTS) && !no_one {
        return false;
    }
    let mut next = at + 1 + usize::from(no_one);
    if tokens.get(next).is_some_and(|token| token.is_in("else from in at")) {
        next += 1 + 2 * usize::from(!tokens[next].is_in("else"));
    }
    while tokens.get(next).is_some_and(|token| token.is_in(ADVERBS)) {
        next += 1;
    }
    next > at
        && next < tokens.len()
        && first.pause == Pause::None
        && (is_finite(tokens, next) || no_one && is_form(&tokens[next].lower, Form::Past))
}

/// Whether a noun phrase with its finite verb begins at `at`: "the second man never came".
pub(crate) fn opens_noun_clause(tokens: &[Token], at: usize) -> bool {
    let Some(first) = tokens.get(at) else {
        return false;
    };
    first.is_in(DETERMINERS)
        && !first.is_in("this that")
        && (noun_is(tokens, at + 1) || noun_phrase_verb(tokens, at + 1, 6))
        || first.is_in("this that") && noun_phrase_verb(tokens, at + 1, 4)
}

/// "Water is pouring in", "Dave said".
fn opens_bare_noun_clause(tokens: &[Token], at: usize) -> bool {
    let Some(first) = tokens.get(at) else {
        return false;
    };
    let bare = is_noun_like(&first.lower)
        && !first.is_in(SUBORDINATORS)
        && !first.is_in(ADVERBS)
        && !is_form(&first.lower, Form::Ing)
        && !is_form(&first.lower, Form::Past)
        && !is_form(&first.lower, Form::Participle)
        && first.pause == Pause::None;
    bare && (1..=2).any(|offset| {
        tokens.get(at + offset).is_some_and(|verb| {
            is_auxiliary(&verb.lower)
                || offset == 1 && is_form(&verb.lower, Form::Past) && !verb.is_in("left")
        }) && (offset == 1
            || is_noun_like(&tokens[at + 1].lower)
                && !is_form(&tokens[at + 1].lower, Form::Past)
                && !tokens[at + 1].is_in(SUBJECTS))
    })
}

/// Whether the word at `at` is a noun with its "is": "my basement's filling up".
fn noun_is(tokens: &[Token], at: usize) -> bool {
    let next = |offset: usize| tokens.get(at + offset);
    next(0).is_some_and(|noun| noun.lower.ends_with("'s"))
        && at > 0
        && tokens[at - 1].is_in(DETERMINERS)
        && next(1).is_some_and(|verb| {
            is_form(&verb.lower, Form::Ing)
                || verb.lower == "filling" && next(2).is_some_and(|after| after.is_in("up with"))
        })
}

fn noun_phrase_verb(tokens: &[Token], from: usize, within: usize) -> bool {
    let mut relative = false;
    let mut within = within;
    for next in from + 1..tokens.len() {
        let before = &tokens[next - 1];
        if next >= from + within || before.pause != Pause::None || before.is_in("and but or because so") {
            return false;
        }
        // "The number you gave me does not work."
        if before.is_in("i you we they who that") && !relative && next > from + 1 && is_finite(tokens, next) {
            relative = true;
            within += 6;
        } else if before.is_in(SUBORDINATORS)
            || before.is_in(SUBJECTS) && !before.is_in("one that") && !relative
        {
            return false;
        } else if is_finite(tokens, next) && !(relative && before.is_in("i you we they")) {
            return true;
        }
    }
    false
}

/// Whether a wish begins at `at`: "can you", "please", "when will".
pub(crate) fn opens_wish(tokens: &[Token], at: usize) -> bool {
    let lower = |at: usize| tokens.get(at).map(|token| token.lower.as_str()).unwrap_or_default();
    let (first, second) = (lower(at), lower(at + 1));
    match first {
        "can" | "could" | "would" | "will" | "may" => {
            listed("you i we someone somebody anyone anybody it they he she the", second)
                && (second != "the" || first == "can")
        }
        "is" | "are" => {
            listed("there it you", second)
                && (second != "it" || lower(at + 2) == "possible")
                && (second != "there" || listed("any anything a someone anyone some no", lower(at + 2)))
        }
        "when" | "how" | "what" | "where" | "why" | "who" => listed(
            "can could will would do does did is are am was were should has have much long soon time about",
            second,
        ),
        "do" | "does" | "did" | "have" => listed("you", second),
        "let" => second == "me",
        _ => false,
    }
}

/// Whether an order begins at `at`: "send somebody", "just call me back".
pub(crate) fn opens_order(tokens: &[Token], at: usize) -> bool {
    let at = at + usize::from(tokens.get(at).is_some_and(|token| token.is_in("just don't")));
    tokens.get(at).is_some_and(|token| token.is_in(super::want::ORDERS))
}
