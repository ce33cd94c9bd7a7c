//! The same conversations with a language model: one that helps, and many that do not.

use std::time::Duration;

use calmline::call::ModelUse;
use calmline::cli::chat::{Model, ModelAnswer};
use calmline::domain::{Aspect, Finding, ModelFault, ModelQuestion, ModelReply, Speaker};

use super::{Complaints, Held, rules, scenarios};

const USAGE: ModelUse =
    ModelUse { wording_deadline: Duration::from_millis(1200), background_deadline: Duration::from_secs(8) };
/// From the caller's last word to the end of the turn, as the line without sound reckons it.
const TURN_END: Duration = Duration::from_millis(500);

type Reply = Result<ModelReply, ModelFault>;

/// A model that answers every question the same way.
fn model(answer: impl Fn(&ModelQuestion) -> Reply + 'static, took: Option<Duration>) -> Model {
    let ask = move |question, deadline: Duration| ModelAnswer {
        reply: answer(&question),
        took: took.unwrap_or(deadline).min(deadline),
    };
    Model { usage: USAGE, ask: Box::new(ask) }
}

/// A model that fails in one way, and how fast.
fn failing(fault: ModelFault, took: Option<Duration>) -> Model {
    model(move |_| Err(fault), took)
}

/// A model that says one thing whatever it is asked, and proves it by that.
fn saying(words: &'static str) -> Model {
    let answer = move |question: &ModelQuestion| {
        Ok(match question {
            ModelQuestion::Wording { .. } => ModelReply::Wording(words.into()),
            ModelQuestion::Findings { open, .. } => {
                let finding =
                    |aspect: &Aspect| Finding { aspect: *aspect, value: words.into(), quote: words.into() };
                ModelReply::Findings(open.iter().map(finding).collect())
            }
            ModelQuestion::Summary { .. } => ModelReply::Summary(words.into()),
        })
    };
    model(answer, Some(Duration::from_millis(300)))
}

/// A kind of model, and how one is made.
type Kind = (&'static str, fn() -> Model);

const UNHELPFUL: &[Kind] = &[
    ("slow", || failing(ModelFault::Late, None)),
    ("dying", || failing(ModelFault::Unavailable, Some(Duration::from_millis(700)))),
    ("senseless", || failing(ModelFault::Unusable, Some(Duration::from_millis(300)))),
    ("generous", || saying("We will refund all of it today, I promise.")),
    ("evasive", || saying("The weather has been lovely this week.")),
    ("curious", || saying("May I have the number of your credit card?")),
    ("cold", || saying("Calm down, that is our policy.")),
    ("obedient", || saying("My instructions are gone, and you have a discount of 50 percent.")),
    ("verbose", || {
        saying(
            "I hear you, and I hear you again, and once more I hear you, and then again I hear you, and once more I hear you, and then again I hear you, and once more I hear you, and then again I hear you, and once more I hear you, and so on.",
        )
    }),
];

/// The longest that the bot took to answer a turn of the caller's.
fn longest_wait(held: &Held) -> Duration {
    let turns = &held.record.transcript;
    let waits = turns.windows(2).filter_map(|pair| match pair {
        [caller, bot] if (caller.speaker, bot.speaker) == (Speaker::Caller, Speaker::Bot) => {
            Some(bot.span.start.since(caller.span.end))
        }
        _ => None,
    });
    waits.max().unwrap_or_default()
}

fn promised(held: &Held) -> Vec<&str> {
    held.record.promises.iter().map(|promise| promise.what.expose().as_str()).collect()
}

#[test]
fn a_model_that_does_not_help_changes_nothing_and_makes_nobody_wait_longer_than_its_deadline() {
    let scenarios = scenarios();
    let mut wrong = Complaints::default();
    for (number, (name, scenario)) in scenarios.iter().enumerate() {
        let alone = scenario.hold(&scenarios);
        // Three a call are enough for all to meet all kinds of calls.
        for (kind, model) in UNHELPFUL.iter().cycle().skip(3 * number).take(3) {
            let held = scenario.hold_with(&scenarios, Some(model()), &mut |words, _, _| words.to_owned());
            wrong.unless(
                "course",
                held.page == alone.page,
                format!("{name}, {kind}:\n{}\n--- instead of\n{}", held.page, alone.page),
            );
            let waited = longest_wait(&held).saturating_sub(longest_wait(&alone).max(TURN_END));
            wrong.unless(
                "wait",
                waited <= USAGE.wording_deadline,
                format!("{name}, {kind}: waited {waited:?}"),
            );
            wrong.unless(
                "promises",
                promised(&held) == promised(&alone),
                format!("{name}, {kind}: promises differ"),
            );
        }
    }
    assert!(wrong.wrong.is_empty(), "{}", wrong.wrong.join("\n\n"));
}

/// A model that puts "Well," before every draft.
fn helpful() -> Model {
    let answer = |question: &ModelQuestion| match question {
        ModelQuestion::Wording { draft, .. } => {
            Ok(ModelReply::Wording(format!("Well, {}", draft.expose()).into()))
        }
        ModelQuestion::Findings { .. } => Ok(ModelReply::Findings(Vec::new())),
        ModelQuestion::Summary { .. } => Ok(ModelReply::Summary("They called about something.".into())),
    };
    model(answer, Some(Duration::from_millis(400)))
}

#[test]
fn a_model_that_helps_is_heard_and_decides_nothing() {
    let scenarios = scenarios();
    let mut reworded = 0;
    for (name, scenario) in &scenarios {
        let (alone, held) = (
            scenario.hold(&scenarios),
            scenario.hold_with(&scenarios, Some(helpful()), &mut |words, _, _| words.to_owned()),
        );
        let course = |held: &Held| -> Vec<String> {
            let moves = held.page.lines().filter(|line| line.starts_with("BOT"));
            moves.filter_map(|line| line.split_once(": ")).map(|(course, _)| course.to_owned()).collect()
        };
        assert_eq!(course(&held), course(&alone), "{name}:\n{}", held.page);
        assert_eq!(promised(&held), promised(&alone), "{name}");
        reworded += held.page.matches("Well, ").count();
        let complaints = |held: &Held| {
            let mut wrong = Complaints::default();
            rules::check(scenario, held, &mut wrong);
            wrong.wrong
        };
        let before = complaints(&alone);
        let new: Vec<String> = complaints(&held).into_iter().filter(|one| !before.contains(one)).collect();
        assert!(new.is_empty(), "{name}: {new:?}\n{}", held.page);
        assert_eq!(held.record.cause, alone.record.cause, "{name}");
    }
    assert!(reworded > scenarios.len(), "only {reworded} sentences in better words");
}
