//! The language guard: what no sentence to a caller may do, whoever wrote it.

mod feeling;
mod matter;
mod pattern;
mod permitted;
mod promise;
mod refusal;
mod respect;
mod table;

use std::ops::Range;
use std::sync::LazyLock;

pub use permitted::{Permitted, permitted, permitted_by};

use pattern::{Patterns, Token, tokens};

/// Something that a sentence to a caller must not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// Holds marks that are not for speaking: places left open, markup, pictures.
    Unspeakable,
    /// Talks about prompts, models and instructions, or about the caller as "the user".
    MachineTalk,
    /// Claims to be a person, or somebody it is not.
    ClaimsToBeHuman,
    /// Swears, insults or sneers.
    Crude,
    /// Jokes.
    Jokes,
    /// Tells callers that they are wrong, or doubts them.
    TellsWrong,
    /// Argues, lectures, or calls the caller names.
    Argues,
    /// Makes little of what happened.
    Belittles,
    /// Tells the caller to calm down, or how to feel and to speak.
    TellsToCalmDown,
    /// Shows sympathy with a stock phrase that names nothing.
    StockEmpathy,
    /// Tells callers what they feel.
    TellsFeelings,
    /// Quotes rules in other words than those the playbook lets a caller be told.
    QuotesPolicy,
    /// Begins with what binds the business, before anything of the caller's was taken in.
    PolicyFirst,
    /// Says that nothing can be done, or sends the caller away.
    NothingToBeDone,
    /// Closes the talk down, or cuts the caller off.
    EndsTheTalk,
    /// Puts the caller on hold without a reason.
    BareHold,
    /// Admits fault in law.
    AdmitsLiability,
    /// Blames the caller or a colleague.
    Blames,
    /// Gives medical, legal or technical advice that the playbook does not have.
    Advises,
    /// Asks for a card number, a password or the like.
    AsksForSecrets,
    /// Asks more than one question at a time.
    SeveralQuestions,
    /// Says a word that the playbook bars.
    BarredWord,
    /// Gives money away, or says that something costs nothing.
    PromisesMoney,
    /// Promises or offers what the playbook does not have.
    UnpermittedPromise,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Self; 24] = [
        Self::Unspeakable,
        Self::MachineTalk,
        Self::ClaimsToBeHuman,
        Self::Crude,
        Self::Jokes,
        Self::TellsWrong,
        Self::Argues,
        Self::Belittles,
        Self::TellsToCalmDown,
        Self::StockEmpathy,
        Self::TellsFeelings,
        Self::QuotesPolicy,
        Self::PolicyFirst,
        Self::NothingToBeDone,
        Self::EndsTheTalk,
        Self::BareHold,
        Self::AdmitsLiability,
        Self::Blames,
        Self::Advises,
        Self::AsksForSecrets,
        Self::SeveralQuestions,
        Self::BarredWord,
        Self::PromisesMoney,
        Self::UnpermittedPromise,
    ];

    /// Its name in the record, such as `calm-down`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unspeakable => "unspeakable",
            Self::MachineTalk => "machine-talk",
            Self::ClaimsToBeHuman => "claims-to-be-human",
            Self::Crude => "crude",
            Self::Jokes => "joke",
            Self::TellsWrong => "tells-wrong",
            Self::Argues => "argues",
            Self::Belittles => "belittles",
            Self::TellsToCalmDown => "calm-down",
            Self::TellsFeelings => "tells-feelings",
            Self::StockEmpathy => "stock-empathy",
            Self::QuotesPolicy => "quotes-policy",
            Self::PolicyFirst => "policy-first",
            Self::NothingToBeDone => "nothing-to-be-done",
            Self::EndsTheTalk => "ends-the-talk",
            Self::BareHold => "bare-hold",
            Self::Blames => "blames",
            Self::AdmitsLiability => "admits-liability",
            Self::Advises => "advises",
            Self::AsksForSecrets => "asks-for-secrets",
            Self::SeveralQuestions => "several-questions",
            Self::BarredWord => "barred-word",
            Self::PromisesMoney => "promises-money",
            Self::UnpermittedPromise => "unpermitted-promise",
        }
    }
}

/// A rule that a sentence breaks, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// The rule.
    pub rule: Rule,
    /// The bytes of the sentence that break it.
    pub span: Range<usize>,
}

/// Checks one sentence that is about to be said.
///
/// # Errors
/// The first rule it breaks, in the order of [`Rule::ALL`].
pub fn check(sentence: &str, permitted: &Permitted) -> Result<(), Breach> {
    if let Some(span) = unspeakable(sentence) {
        return Err(Breach { rule: Rule::Unspeakable, span });
    }
    let tokens = tokens(sentence);
    let mut found = breaches(sentence, &tokens, permitted);
    found.sort_by_key(|(rule, (start, _))| (*rule, *start));
    match found.first() {
        Some((rule, (start, end))) => {
            let span = tokens[*start].start..tokens[end - 1].end;
            Err(Breach { rule: *rule, span })
        }
        None => Ok(()),
    }
}

/// What is wrong with a sentence that says the caller's own words back. Nobody promises by repeating what they were told:
/// with those words the rules about promises and money do not count, all others do.
pub fn objection(sentence: &str, told: &[String], permitted: &Permitted) -> Option<Breach> {
    let breach = check(sentence, permitted).err()?;
    if !matches!(breach.rule, Rule::UnpermittedPromise | Rule::PromisesMoney | Rule::BarredWord) {
        return Some(breach);
    }
    let mut rest = sentence.to_owned();
    for words in told.iter().filter(|words| !words.is_empty()) {
        rest = rest.replace(words.as_str(), "that happened");
    }
    if rest == sentence { Some(breach) } else { check(&rest, permitted).err() }
}

/// Checks a whole speech: every sentence, and that it does not begin with what binds the business.
pub fn check_speech(sentences: &[&str], permitted: &Permitted) -> Vec<(usize, Breach)> {
    let mut found = Vec::new();
    let mut taken_in = false;
    for (index, sentence) in sentences.iter().enumerate() {
        if let Err(breach) = check(sentence, permitted) {
            found.push((index, breach));
        } else if !taken_in && permitted.is_constraint(&tokens(sentence)) {
            found.push((index, Breach { rule: Rule::PolicyFirst, span: 0..sentence.len() }));
        }
        taken_in |= takes_in(sentence, permitted);
    }
    found
}

/// A sentence that may be said instead of one that breaks `rule`.
pub const fn replacement(rule: Rule) -> &'static str {
    match rule {
        Rule::Unspeakable | Rule::MachineTalk | Rule::Jokes | Rule::Crude => "Thank you for telling me.",
        Rule::ClaimsToBeHuman => "I am an automated assistant, and I write down what you tell me.",
        Rule::TellsWrong | Rule::Argues => "Thank you for telling me how it was.",
        Rule::Belittles | Rule::TellsFeelings | Rule::StockEmpathy => "I am sorry that this happened.",
        Rule::TellsToCalmDown => "Please go on, I am listening.",
        Rule::QuotesPolicy | Rule::PolicyFirst => "Thank you, I have made a note of that.",
        Rule::NothingToBeDone => "I will write down exactly what you need.",
        Rule::EndsTheTalk => "I am still here.",
        Rule::BareHold => "One moment, while I write that down.",
        Rule::Blames | Rule::AdmitsLiability => "I am sorry for the trouble that this has caused you.",
        Rule::Advises => "That is a question for somebody who knows your case, so I will write it down.",
        Rule::AsksForSecrets => "I do not need any card numbers or passwords.",
        Rule::SeveralQuestions => "Let us take one thing at a time.",
        Rule::BarredWord | Rule::PromisesMoney | Rule::UnpermittedPromise => {
            "I will write down what you would like, so that it is read before you are called."
        }
    }
}

fn breaches(sentence: &str, tokens: &[Token], permitted: &Permitted) -> Vec<(Rule, (usize, usize))> {
    let covered = permitted.covers(tokens);
    let told = |(start, end): (usize, usize)| covered[start..end].iter().all(|word| *word);
    let playbooks = |rule: Rule| matches!(rule, Rule::Advises | Rule::QuotesPolicy);
    let mut found: Vec<(Rule, (usize, usize))> =
        table::broken(tokens).filter(|(rule, hit)| !(playbooks(*rule) && told(*hit))).collect();
    let question = sentence.contains('?');
    let marks = sentence.matches('?').count();
    if marks > 1 && !tokens.is_empty() {
        found.push((Rule::SeveralQuestions, (0, tokens.len())));
    }
    // Only a question asks twice, and what begins with "and" goes on with the one before.
    found.retain(|(rule, (start, _))| {
        *rule != Rule::SeveralQuestions || question && (*start > 0 || marks > 1)
    });
    let barred = permitted
        .barred(tokens)
        .filter(|hit| !told(*hit) && !promise::is_wish(tokens, hit.0) && !table::is_reported(tokens, hit.0));
    found.extend(barred.map(|hit| (Rule::BarredWord, hit)));
    found.extend(promise::gift(tokens, &covered).map(|hit| (Rule::PromisesMoney, hit)));
    found.extend(promise::unpermitted(tokens, &covered, question).map(|hit| (Rule::UnpermittedPromise, hit)));
    found
}

/// Marks that a voice cannot speak.
fn unspeakable(sentence: &str) -> Option<Range<usize>> {
    const MARKS: &[&str] =
        &["{", "}", "[", "]", "<", ">", "```", "**", "__", "\n", "|", "\\", ";)", ":)", ":-)", "://"];
    let mark = MARKS.iter().filter_map(|mark| sentence.find(mark).map(|at| at..at + mark.len()));
    let picture =
        sentence.char_indices().filter(|(_, c)| matches!(u32::from(*c), 0x2190..=0x2BFF | 0x1F000..=0x1FAFF));
    mark.chain(picture.map(|(at, c)| at..at + c.len_utf8())).min_by_key(|span| span.start)
}

/// Whether a sentence takes in what the caller said, so that what binds the business may follow.
fn takes_in(sentence: &str, permitted: &Permitted) -> bool {
    const SIGNS: &[&str] = &[
        "thank*|thanks",
        "sorry|apologise|apologize",
        "i understand|see|hear",
        "^ yes|so|of|that",
        "you|your",
    ];
    static READY: LazyLock<Patterns> = LazyLock::new(|| Patterns::new(SIGNS.iter().copied()));
    let tokens = tokens(sentence);
    !sentence.contains('?') && !permitted.is_constraint(&tokens) && !READY.places(&tokens).is_empty()
}

#[cfg(test)]
mod tests;
