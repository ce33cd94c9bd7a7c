//! What a clause asks for.

use std::ops::Range;
use std::sync::LazyLock;

use super::grammar::{
    DETERMINERS, Form, PREPOSITIONS, is_auxiliary, is_contracted, is_form, listed, may_be_base,
};
use super::token::{Phrases, Token, longest_at, phrase_at};

/// What a clause asks for; ranges of its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Want {
    /// To have something: "a new time".
    Thing(Range<usize>),
    /// To do something, from its base verb: "cancel my appointment".
    Do(Range<usize>),
    /// Not to do or suffer something.
    Avoid(Range<usize>),
    /// That the business does something, from its base verb.
    Us(Range<usize>),
    /// That the business leaves something undone.
    Spare(Range<usize>),
    /// That somebody else does something, from its base verb.
    Other(Range<usize>, Range<usize>),
    /// To know the answer to a question that begins with its question word.
    Know(Range<usize>),
    /// To know the answer to a question of yes or no.
    Whether(Range<usize>),
}

/// Verbs of orders.
pub(crate) const ORDERS: &str = "send call fix come give tell get cancel move refund remove take book stop let make put \
    help change reschedule check transfer connect email text ring schedule return replace repair pay reimburse explain \
    correct find sort deliver pick clean bring waive honour honor resend forward finish redo undo refill renew postpone \
    phone drop confirm update credit compensate arrange swap exchange collect investigate review reset release";
const AFTER_ORDERS: &str = "me us it him her them somebody someone back today tomorrow now and calling sending sure \
    right here everything again tonight this monday tuesday wednesday thursday friday as whatever asap when";

/// Words that stand between without changing what is asked.
const SOFT: &str = "just really only simply also still now maybe perhaps possibly definitely absolutely urgently desperately \
    kindly quickly first honestly ideally probably very much badly then at least both again";

/// Heads of a wish for something; matched without [`SOFT`] words.
static DESIRES: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(
        "\
    i want / i need / i would like / i'd like / i would love / i'd love / i would prefer / i'd prefer / \
    i prefer / i require / i demand / i expect / i'm expecting / i am expecting / i'm hoping for / \
    i am hoping for / i was hoping for / i'm looking for / i am looking for / i was looking for / \
    i'm after / i could use / i could do with / i'm asking for / i am asking for / i wanted / \
    i'm requesting / i request / i will need / i'll need / i'm going to need / i am going to need / \
    i would want / i'd want / i'll take / i will take / i would need / i'd need / i'm in need of / \
    i am in need of / i insist on / i would appreciate / i'd appreciate / i would be grateful / \
    i'd be grateful / i would be happy with / i'd be happy with / i'd settle for / i'm waiting for / i'd be happy",
    )
});

/// Heads of what the caller wants to do, before "to" and a verb.
static AIMS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(
        "\
    i'm calling / i am calling / i was calling / i called / just calling / calling / i'm trying / i am trying / i'm looking / \
    i am looking / i was looking / i'm hoping / i am hoping / i was hoping / i hope / i wish / \
    i'm phoning / i'm ringing / i'd wanted / i'm going / i have / i've got / i was wanting / \
    i've been trying / i was trying / i was wondering about how / i'm wanting / \
    i'm ready / i'm here",
    )
});

/// Heads of what the caller does not want.
static REFUSALS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(
        "\
    i don't want / i do not want / i'd rather not / i would rather not / i don't wish / i refuse / \
    i'm not willing",
    )
});

/// Heads of what the caller wants to do, before a verb.
static RATHER: LazyLock<Phrases> = LazyLock::new(|| Phrases::of("i'd rather / i would rather"));

/// What "I have to" must be followed by to be a wish.
const URGES: &str =
    "get have know speak talk see cancel change move reschedule book be find pick return rebook";

/// Heads that put what follows as the wish.
static POINTED: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(
        "\
    all i want is / all i need is / all i ask is / all i ask for is / all i'm asking is / \
    all i'm asking for is / what i want is / what i need is / what i'd like is / what i would like is / \
    what i really want is / the only thing i want is / the only thing i need is / all i wanted was / \
    what i wanted was / what i'm asking for is / what i'm looking for is / the best thing would be / \
    the fair thing would be / what would be fair is / what would help is / what would help me is / \
    a fair outcome would be / the least you can do is / the least you could do is / my preference is / \
    my preference would be / it would be fair / it would help / all i wanted is / the main thing is / \
    my main concern is / what i expect is / what i expected is",
    )
});

/// Heads before "you could", "somebody could", "I could".
static HOPES: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(
        "\
    i was hoping / i'm hoping / i am hoping / i hope / i was wondering if / i was wondering whether / \
    i'm wondering if / i am wondering if / i wonder if / i wonder whether / i'd appreciate it if / \
    i would appreciate it if / i'd appreciate if / i would appreciate if / i'd be grateful if / \
    i would be grateful if / it would be great if / it would be nice if / it would be good if / \
    it would be helpful if / it would be lovely if / it would be wonderful if / it'd be great if / \
    it'd be nice if / it'd be good if / that would be great if / i'd like it if / i would like it if / \
    i'd love it if / is there any way / is there a way / is there any chance / is there a chance / \
    is there any possibility / any chance / any way / do you think / i wish / i was hoping that / \
    i'm hoping that / i hope that / i want to see if / i wanted to see if / i'm calling to see if / \
    i am calling to see if / just calling to see if / calling to see if / i need to see if / i wanted to ask if / i'm calling to ask if / \
    i'd like to see if / i want to know if / i wanted to know if / i just wanted to know if / \
    i was calling to see if / i'd like to know if / i would like to know if / i need to know if / if / \
    i'm just wondering if / is it possible that / i'm trying to see if / i'm trying to find out if",
    )
});

/// Heads of a wish to know, before a question word, "if" or a noun.
static CURIOUS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(
        "\
    i want to know / i wanted to know / i'd like to know / i would like to know / i need to know / \
    i wanted to ask / i want to ask / i'd like to ask / i was wondering / i'm wondering / \
    i am wondering / i wonder / i'm calling to ask / i'm calling to find out / \
    i am calling to find out / i need to find out / i want to find out / i'd like to find out / \
    i would like to find out / i'm trying to find out / can you tell me / could you tell me / \
    would you tell me / will you tell me / please tell me / tell me / let me know / \
    can you let me know / could you let me know / can somebody tell me / can someone tell me / \
    could someone tell me / could somebody tell me / somebody tell me / someone tell me / \
    can anyone tell me / i'm calling to know / do you know / can you explain / can you explain to me / \
    could you explain / i'm calling to see / i wanted to see / explain to me / \
    i want somebody to tell me / i want someone to tell me / i'd like someone to tell me / \
    i need someone to tell me / i want you to tell me / i need you to tell me / \
    i'm trying to figure out / i need to figure out / i'm curious / i want to understand / \
    i'd like to understand / i'd like to hear / i want to hear",
    )
});

/// Questions that ask for nothing.
static RHETORICAL: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(
        "\
    where should i begin / where do i begin / where do i start / where should i start / \
    are you out of / are you crazy / are you insane / are you nuts / are you blind / are you deaf / \
    are you stupid / do you understand / do you hear / are you kidding / are you serious / are you joking / \
    what is wrong with you / what's wrong with you / how dare / what kind of / what sort of / \
    who do you think / can you believe / do you have any idea / do you even / how can you / \
    how could you / how is that possible / how is this possible / how hard / what am i supposed / \
    am i supposed / can you hear / are you there / are you a / are you an / are you really / \
    are you listening / is this a / is this an / is this the / is that the / is anybody there / \
    is anyone there / how are you / when was it / when was that / what was it / what was that / \
    what is it called / what's it called / what do you call it / how do i put it / how shall i put it / \
    where was i / what was i saying / do you know what / do you realize / do you realise / why should i / \
    how many times / how long do i have / what do you want / what do you mean / can i ask you / \
    can i ask a / can i just ask / can i just say / who is this / who am i / who's this / what the / \
    what else / what more / how am i supposed / what is this / what is that / how much longer / \
    does that make sense / is that too much / is that so hard / why is it so hard / why is it always / \
    can you imagine / how would you like / how would you feel / would you like it / would you want / \
    do i have to / do i need to repeat / are you human / are you real / am i talking / am i speaking / \
    could you repeat / can you repeat / can you say / what did you say / can you help me / \
    could you help me / can you understand",
    )
});

/// Takes apart what the clause asks for.
pub(crate) fn want(tokens: &[Token], asked: bool) -> Option<Want> {
    let start = skip(tokens, 0);
    let helping = [
        "can you help me with",
        "could you help me with",
        "can you help me to",
        "can you help me get",
        "could you help me get",
        "can you help me find",
    ];
    if longest_at(tokens, start, &RHETORICAL) > 0
        && !helping.iter().any(|phrase| phrase_at(tokens, start, phrase) > 0)
    {
        return None;
    }
    pointed(tokens, start)
        .or_else(|| hoped(tokens, start))
        .or_else(|| curious(tokens, start))
        .or_else(|| desired(tokens, start))
        .or_else(|| aimed(tokens, start))
        .or_else(|| requested(tokens, start))
        .or_else(|| owed(tokens, start))
        .or_else(|| questioned(tokens, start, asked))
        .or_else(|| ordered(tokens, start))
        .filter(|want| !want.is_empty())
}

impl Want {
    fn is_empty(&self) -> bool {
        match self {
            Self::Thing(rest)
            | Self::Do(rest)
            | Self::Avoid(rest)
            | Self::Us(rest)
            | Self::Spare(rest)
            | Self::Other(_, rest)
            | Self::Know(rest)
            | Self::Whether(rest) => rest.is_empty(),
        }
    }
}

fn skip(tokens: &[Token], mut at: usize) -> usize {
    while tokens.get(at).is_some_and(|token| token.is_in(SOFT)) {
        at += 1;
    }
    at
}

/// Matches a phrase from `at` on, soft words between; "we" counts as "I". Where it ends.
fn head(tokens: &[Token], at: usize, phrase: &str) -> Option<usize> {
    let mut next = at;
    for word in phrase.split(' ') {
        while tokens.get(next).is_some_and(|token| token.is_in(SOFT) && token.lower != word) && next > at {
            next += 1;
        }
        let said = &tokens.get(next)?.lower;
        if said != word && counts_as(said).is_none_or(|other| other != word) {
            return None;
        }
        next += 1;
    }
    Some(skip(tokens, next))
}

/// What a word is besides for these phrases: "we're" is "I'm", "were" is "was".
fn counts_as(word: &str) -> Option<String> {
    match word {
        "were" => Some("was".to_owned()),
        "are" => Some("am".to_owned()),
        "we're" => Some("i'm".to_owned()),
        _ => word.strip_prefix("we").map(|tail| format!("i{tail}")),
    }
}

fn longest(tokens: &[Token], at: usize, phrases: &Phrases) -> Option<usize> {
    let word = lower(tokens, at);
    let other = counts_as(word);
    let likely =
        [Some(word), other.as_deref()].into_iter().flatten().flat_map(|word| phrases.beginning(word));
    likely.filter_map(|phrase| head(tokens, at, phrase)).max()
}

fn lower(tokens: &[Token], at: usize) -> &str {
    tokens.get(at).map(|token| token.lower.as_str()).unwrap_or_default()
}

fn pointed(tokens: &[Token], start: usize) -> Option<Want> {
    let rest = longest(tokens, start, &POINTED)?;
    let that = rest + usize::from(lower(tokens, rest) == "that");
    clause_of_hope(tokens, that).or_else(|| object(tokens, rest))
}

fn hoped(tokens: &[Token], start: usize) -> Option<Want> {
    let rest = longest(tokens, start, &HOPES)?;
    let rest = rest + usize::from(listed("that if whether", lower(tokens, rest)));
    let of = lower(tokens, start) == "any" && lower(tokens, rest) == "of";
    if of {
        return Some(Want::Thing(rest + 1..tokens.len()));
    }
    clause_of_hope(tokens, rest)
}

/// "You could send somebody", "somebody will call me", "I can have it today".
fn clause_of_hope(tokens: &[Token], rest: usize) -> Option<Want> {
    let (subject, verb) = modal_clause(tokens, rest)?;
    by_subject(tokens, subject, verb)
}

/// A subject, a modal, and where the base verb begins.
fn modal_clause(tokens: &[Token], rest: usize) -> Option<(Range<usize>, usize)> {
    let end = (rest..tokens.len().min(rest + 6)).find(|at| {
        let word = lower(tokens, *at);
        listed("could can would will might may", word)
            || word.ends_with("'d")
            || word.ends_with("'ll")
            || word.ends_with("'s") && lower(tokens, at + 1) == "able"
    })?;
    let grown = tokens[end].lower.contains('\'');
    let subject = rest..if grown { end + 1 } else { end };
    let mut verb = skip(tokens, end + 1);
    for able in ["be able to", "able to", "get to"] {
        verb += phrase_at(tokens, verb, able);
    }
    let fits = !subject.is_empty() && verb < tokens.len() && may_be_base(lower(tokens, verb));
    fits.then_some((subject, verb))
}

fn by_subject(tokens: &[Token], subject: Range<usize>, verb: usize) -> Option<Want> {
    let who = lower(tokens, subject.start).split('\'').next().unwrap_or_default();
    let rest = verb..tokens.len();
    match who {
        "you" | "they" => Some(Want::Us(rest)),
        "i" | "we" => Some(Want::Do(rest)),
        "it" | "this" | "that" | "he" | "she" => (subject.len() == 1
            && !tokens[subject.start].lower.contains('\''))
        .then_some(Want::Other(subject, rest)),
        _ => {
            let plain = tokens[subject.clone()]
                .iter()
                .all(|token| !is_contracted(&token.lower) && !is_auxiliary(&token.lower));
            plain.then_some(Want::Other(subject, rest))
        }
    }
}

fn curious(tokens: &[Token], start: usize) -> Option<Want> {
    let rest = longest(tokens, start, &CURIOUS)?;
    let word = lower(tokens, rest);
    if listed("when what where why how who which whether if", word) {
        return Some(Want::Know(rest..tokens.len()));
    }
    let about = rest + usize::from(word == "about");
    let noun = listed(DETERMINERS, lower(tokens, about));
    noun.then_some(Want::Know(about..tokens.len()))
}

fn desired(tokens: &[Token], start: usize) -> Option<Want> {
    if let Some(rest) = longest(tokens, start, &REFUSALS) {
        let rest = rest + usize::from(lower(tokens, rest) == "to");
        let verb = is_form(lower(tokens, rest), Form::Base) || lower(tokens, rest) == "be";
        if lower(tokens, rest) == "you" && lower(tokens, rest + 1) == "to" {
            return Some(Want::Spare(rest + 2..tokens.len()));
        }
        return verb.then_some(Want::Avoid(rest..tokens.len()));
    }
    if let Some(rest) = longest(tokens, start, &RATHER) {
        return is_form(lower(tokens, rest), Form::Base).then_some(Want::Do(rest..tokens.len()));
    }
    let rest = longest(tokens, start, &DESIRES)?;
    // "I need it because …" asks for nothing new, "I wanted to" tells what was wanted.
    let bare = rest + 1 == tokens.len() && listed("it that this help", lower(tokens, rest));
    if bare { None } else { object(tokens, rest) }
}

fn aimed(tokens: &[Token], start: usize) -> Option<Want> {
    let rest = longest(tokens, start, &AIMS)?;
    let verb = lower(tokens, rest + 1);
    let urge = !listed("i have i've got we have we've", &tokens[start].lower)
        && !listed("have got", lower(tokens, rest - 1))
        || listed(URGES, verb);
    let aim = lower(tokens, rest) == "to"
        && is_form(verb, Form::Base)
        && urge
        && !listed("say tell complain report let speak-up inform", verb);
    aim.then_some(Want::Do(rest + 1..tokens.len()))
}

/// What stands after "I want" and its like.
fn object(tokens: &[Token], rest: usize) -> Option<Want> {
    let end = tokens.len();
    let word = lower(tokens, rest);
    let to = |at: usize| lower(tokens, at) == "to";
    match word {
        "" => None,
        "to" if listed("know find", lower(tokens, rest + 1))
            && listed("when what where why how who which whether if", lower(tokens, rest + 2)) =>
        {
            Some(Want::Know(rest + 2..end))
        }
        "to" => {
            let verb = skip(tokens, rest + 1);
            let knows = lower(tokens, verb) == "know"
                && listed("when what where why how who which whether if", lower(tokens, verb + 1));
            if knows { Some(Want::Know(verb + 1..end)) } else { Some(Want::Do(verb..end)) }
        }
        "not" if to(rest + 1) => Some(Want::Avoid(rest + 2..end)),
        "you" if to(rest + 1) => Some(Want::Us(skip(tokens, rest + 2)..end)),
        "for" => {
            let to = (rest + 2..end.min(rest + 7)).find(|at| to(*at))?;
            match lower(tokens, rest + 1) {
                "you" => Some(Want::Us(to + 1..end)),
                "me" | "us" => Some(Want::Do(to + 1..end)),
                _ => Some(Want::Other(rest + 1..to, to + 1..end)),
            }
        }
        "it" if lower(tokens, rest + 1) == "if" => clause_of_hope(tokens, rest + 2),
        "if" => clause_of_hope(tokens, rest + 1),
        "that" if is_auxiliary(lower(tokens, rest + 1)) => None,
        "that" if listed("you someone somebody they", lower(tokens, rest + 1)) => {
            clause_of_hope(tokens, rest + 1)
        }
        _ => Some(Want::Thing(rest..thing_end(tokens, rest))),
    }
}

/// Where a thing ends, if another clause follows it without a pause: "a divorce lawyer | my husband left".
fn thing_end(tokens: &[Token], rest: usize) -> usize {
    let begins_anew = |at: &usize| {
        let before = lower(tokens, at - 1);
        listed("my our his her their", lower(tokens, *at))
            && !listed(PREPOSITIONS, before)
            && !listed("and or but than as like if because when while", before)
            && !tokens[rest..*at]
                .iter()
                .any(|token| token.is_in("to who that which") || is_auxiliary(&token.lower))
            && !is_form(before, Form::Participle)
            && !is_form(before, Form::Ing)
    };
    (rest + 2..tokens.len()).find(begins_anew).unwrap_or(tokens.len())
}

fn requested(tokens: &[Token], start: usize) -> Option<Want> {
    let word = lower(tokens, start);
    let end = tokens.len();
    for (phrase, length) in [
        "is it possible",
        "would it be possible",
        "is it at all possible",
        "will it be possible",
        "is there any way",
        "is there a way",
        "any way",
        "are you able",
    ]
    .iter()
    .filter_map(|phrase| head(tokens, start, phrase).map(|length| (phrase, length)))
    {
        if lower(tokens, length) == "to" {
            let rest = length + 1..end;
            return Some(if phrase.starts_with("are you") { Want::Us(rest) } else { Want::Do(rest) });
        }
        if lower(tokens, length) == "for" {
            return object(tokens, length);
        }
    }
    if listed("can could would will may", word) {
        let (subject, verb) = asked_clause(tokens, start + 1)?;
        if lower(tokens, verb) == "like" || lower(tokens, verb) == "mind" {
            return None;
        }
        return by_subject(tokens, subject, verb);
    }
    // "Is there someone who can help me with this?"
    let someone = ["is there someone", "is there anyone", "is there somebody", "is there anybody"]
        .iter()
        .find_map(|phrase| head(tokens, start, phrase))?;
    let who = someone + usize::from(listed("who that there", lower(tokens, someone)));
    let verb = who + usize::from(listed("can could", lower(tokens, who)));
    (verb > who && is_form(lower(tokens, verb), Form::Base))
        .then_some(Want::Other(someone - 1..someone, verb..end))
}

/// After "can": the subject, and where its base verb begins.
fn asked_clause(tokens: &[Token], from: usize) -> Option<(Range<usize>, usize)> {
    let pronoun =
        listed("you i we he she they it this that someone somebody anyone anybody", lower(tokens, from));
    let within = if pronoun { 6 } else { 7 };
    let plain = skip(tokens, from + 1);
    if pronoun
        && !tokens.get(plain).is_none_or(|verb| verb.is_in("from in at who of"))
        && may_be_base(lower(tokens, plain))
    {
        let able =
            ["be able to", "get to"].iter().map(|able| phrase_at(tokens, plain, able)).max().unwrap_or(0);
        return Some((from..from + 1, plain + able));
    }
    let verb = (from + 1..tokens.len().min(from + within)).find(|at| {
        let word = lower(tokens, *at);
        let noun = listed(DETERMINERS, lower(tokens, at - 1)) && !listed("you", lower(tokens, at - 1));
        (is_form(word, Form::Base) || word == "be") && !noun
    })?;
    let mut end = verb;
    while end > from + 1 && tokens[end - 1].is_in(SOFT) {
        end -= 1;
    }
    // Only "somebody from the office" may be longer than a noun with its article.
    let mut start = verb;
    for able in ["be able to", "get to"] {
        start += phrase_at(tokens, start, able);
    }
    Some((
        from..if pronoun && tokens.get(from + 1).is_some_and(|next| next.is_in(SOFT)) {
            from + 1
        } else {
            end
        },
        start,
    ))
}

/// "You need to call me", "somebody should come", "this fee must be removed".
fn owed(tokens: &[Token], start: usize) -> Option<Want> {
    for at in start + 1..tokens.len().min(start + 7) {
        let subject = start..at;
        let subject_word = lower(tokens, start);
        let person = listed("you they somebody someone", subject_word);
        let noun = listed(DETERMINERS, subject_word) || listed("it this that", subject_word);
        if is_auxiliary(lower(tokens, at - 1)) && at > start + 1 {
            return None;
        }
        let mut verb = at;
        for must in [
            "need to",
            "needs to",
            "have to",
            "has to",
            "had better",
            "better",
            "must",
            "should",
            "ought to",
            "have got to",
            "has got to",
            "would have to",
            "will have to",
        ] {
            let length = head(tokens, at, must).unwrap_or(at);
            if length > at {
                verb = verb.max(length);
            }
        }
        if verb == at {
            // "Somebody call me."
            let bare = at == start + 1
                && listed("somebody someone", subject_word)
                && is_form(lower(tokens, at), Form::Base)
                && !is_form(lower(tokens, at), Form::Past);
            if bare {
                return Some(Want::Other(subject, at..tokens.len()));
            }
            continue;
        }
        let base = lower(tokens, verb);
        let passive = base == "be"
            && (is_form(lower(tokens, verb + 1), Form::Participle)
                || listed("here there done back", lower(tokens, verb + 1)));
        return if person && (is_form(base, Form::Base) && base != "have" || passive) {
            by_subject(tokens, subject, verb)
        } else if noun && passive {
            Some(Want::Other(subject, verb..tokens.len()))
        } else {
            None
        };
    }
    None
}

fn questioned(tokens: &[Token], start: usize, asked: bool) -> Option<Want> {
    let word = lower(tokens, start);
    let second = lower(tokens, start + 1);
    let auxiliary = |word: &str| is_auxiliary(word) && !word.ends_with("n't");
    if listed("when what where why how who which what's when's where's who's how's", word) {
        let inverted = (start..tokens.len().min(start + 4))
            .any(|at| is_auxiliary(lower(tokens, at)) || lower(tokens, at).ends_with("'s"));
        let aside = word == "when" && listed("i you he she they we the my it", second)
            || listed("what how", word) && second == "about";
        return (inverted
            && !aside
            && (asked
                || is_auxiliary(second)
                || word.contains('\'')
                || listed("much long soon many late early far time", second)))
        .then_some(Want::Know(start..tokens.len()));
    }
    let opens = auxiliary(word) && !listed("can could would will may must had", word);
    let subject = listed(
        "you i we he she it they there my the your our his her this that anyone anybody somebody someone",
        second,
    );
    (opens
        && subject
        && (asked
            || !listed("my the your our his her this that", second)
            || listed("do does did is are has have was were", word)))
    .then_some(Want::Whether(start..tokens.len()))
}

fn ordered(tokens: &[Token], start: usize) -> Option<Want> {
    let end = tokens.len();
    if listed("don't never", lower(tokens, start)) {
        let verb = start + 1;
        return (listed(ORDERS, lower(tokens, verb))
            || listed("charge bill touch cancel send call", lower(tokens, verb)))
        .then_some(Want::Spare(verb..end));
    }
    if !listed(ORDERS, lower(tokens, start)) {
        return None;
    }
    if phrase_at(tokens, start, "let me") > 0 {
        let verb = skip(tokens, start + 2);
        return listed("speak talk know see have book cancel", lower(tokens, verb))
            .then_some(Want::Do(verb..end));
    }
    let next = lower(tokens, start + 1);
    let fits = listed(DETERMINERS, next)
        || listed(PREPOSITIONS, next)
        || listed(AFTER_ORDERS, next)
        || tokens.get(start + 1).is_some_and(|next| next.shown.starts_with(char::is_uppercase));
    fits.then_some(Want::Us(start..end))
}
