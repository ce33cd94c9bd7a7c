//! What holds in every conversation, whatever it is about.

use std::collections::{BTreeMap, BTreeSet};

use calmline::diagnosis::guard::{self, Rule};
use calmline::domain::{Aspect, Fact, Question, Slot};
use calmline::store::StoredFact;

use super::{Complaints, Held, Scenario};

pub fn check(scenario: &Scenario, held: &Held, wrong: &mut Complaints) {
    wrong.unless("rules", held.ended, "does not end by itself");
    asks_nothing_twice(held, wrong);
    asks_one_thing_at_a_time(held, wrong);
    if !scenario.repeats {
        says_nothing_twice(held, wrong);
    }
    says_nothing_it_must_not(held, wrong);
    promises_what_somebody_owns(held, wrong);
    rests_on_evidence(held, wrong);
}

/// What is known is not asked for, and what was agreed to is not read back again.
fn asks_nothing_twice(held: &Held, wrong: &mut Complaints) {
    let mut known: BTreeSet<Question> = BTreeSet::new();
    for StoredFact { fact, .. } in &held.facts {
        if let Fact::Noted { slot, .. } = fact {
            known.insert(Question::Fill(slot.clone()));
            known.remove(&Question::Confirm(slot.clone()));
        }
        if let Fact::Rejected { slot } = fact {
            known.remove(&Question::Fill(slot.clone()));
            known.remove(&Question::Confirm(slot.clone()));
        }
        if let Fact::Confirmed { slot } = fact {
            known.insert(Question::Confirm(slot.clone()));
            known.insert(Question::Fill(slot.clone()));
        }
        if let Fact::Diagnosed { aspect, .. } = fact {
            known.extend(question(*aspect));
        }
        if let Fact::Undiagnosed { aspect } = fact {
            known.remove(&Question::Core);
            if let Some(question) = question(*aspect) {
                known.remove(&question);
            }
        }
        if let Fact::CoreConfirmed = fact {
            known.insert(Question::Core);
        }
        if let Fact::EarlierMatter { .. } = fact {
            known.insert(Question::Earlier);
        }
        if let Fact::EarlierResolved { promise, .. } = fact {
            known.insert(Question::Resolved(*promise));
        }
        if let Fact::StepChosen { .. } = fact {
            known.insert(Question::Option);
        }
        if let Fact::Asked { question, .. } = fact {
            // What it is about may be told again at the end.
            let again = known.contains(question) && *question != Question::Fill(Slot::Reason);
            wrong.unless("rules", !again, format!("asks for {} although it is known", question.label()));
        }
    }
}

const fn question(aspect: Aspect) -> Option<Question> {
    match aspect {
        Aspect::Trigger => Some(Question::Trigger),
        Aspect::Expectation => Some(Question::Expectation),
        Aspect::Constraint | Aspect::NextStep => None,
    }
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(['.', '?', '!']).map(str::trim).filter(|sentence| !sentence.is_empty())
}

fn asks_one_thing_at_a_time(held: &Held, wrong: &mut Complaints) {
    for turn in &held.turns {
        let text = turn.text.expose();
        let questions = sentences(text).filter(|sentence| sentence.ends_with('?'));
        // Whether somebody is there is no question of its own.
        let questions =
            questions.filter(|question| !question.contains("still there") && !question.contains("hear me"));
        wrong.unless("rules", questions.count() <= 1, format!("asks two things at once: {text}"));
    }
}

/// No wording comes twice, but for what is read back and for two words of thanks.
fn says_nothing_twice(held: &Held, wrong: &mut Complaints) {
    let mut times: BTreeMap<&str, u32> = BTreeMap::new();
    for turn in &held.turns {
        for sentence in sentences(turn.text.expose()) {
            *times.entry(sentence).or_default() += 1;
        }
    }
    for (sentence, times) in times {
        let read_back = sentence.contains(|c: char| c.is_ascii_digit()) || sentence.split(' ').count() <= 2;
        wrong.unless("rules", times == 1 || read_back, format!("says {times} times: {sentence}"));
    }
}

/// No sentence breaks a rule of the language guard.
fn says_nothing_it_must_not(held: &Held, wrong: &mut Complaints) {
    let permitted = guard::permitted_by(&held.business);
    let told = |fact: &Fact| {
        if let Fact::Diagnosed { answer, .. } = fact { Some(answer.value.expose().clone()) } else { None }
    };
    let told: Vec<String> = held.facts.iter().map(|stored| &stored.fact).filter_map(told).collect();
    for turn in &held.turns {
        let said: Vec<&str> = sentences(turn.text.expose()).collect();
        for (place, breach) in guard::check_speech(&said, &permitted) {
            if guard::objection(said[place], &told, &permitted).is_none() && breach.rule != Rule::PolicyFirst
            {
                continue;
            }
            let (rule, words) = (breach.rule, &said[place][breach.span]);
            wrong.unless("rules", false, format!("breaks {rule:?} by {words:?}: {}", said[place]));
        }
    }
}

/// Every promise has an owner whom the business names, and is due while it is open.
fn promises_what_somebody_owns(held: &Held, wrong: &mut Complaints) {
    let business = &held.business;
    let owners = business.playbook.owners.iter().map(|owner| owner.name.as_str());
    let owners: BTreeSet<&str> =
        owners.chain([business.callback.owner.as_str(), business.callback.urgent_owner.as_str()]).collect();
    for promise in &held.record.promises {
        wrong.unless(
            "rules",
            owners.contains(promise.owner.as_str()),
            format!("nobody is {:?}", promise.owner),
        );
        // Closing time is the last moment that counts.
        let last_moment = promise.due - jiff::SignedDuration::from_secs(1);
        let open = business.hours.open_at(last_moment, &business.time_zone);
        wrong.unless("rules", open, format!("a promise is due at {}, outside opening hours", promise.due));
        wrong.unless("rules", promise.due > held.record.started_at, "a promise is due before it was made");
    }
}

/// What is known of trigger and expectation is proved by turns of the caller's.
fn rests_on_evidence(held: &Held, wrong: &mut Complaints) {
    let spoken: BTreeSet<_> = held
        .record
        .transcript
        .iter()
        .filter(|turn| turn.speaker == calmline::domain::Speaker::Caller)
        .map(|turn| turn.turn)
        .collect();
    let diagnosis = &held.record.diagnosis;
    for answer in [&diagnosis.trigger, &diagnosis.expectation].into_iter().flatten() {
        let proved = !answer.evidence.is_empty() && answer.evidence.iter().all(|turn| spoken.contains(turn));
        wrong.unless("rules", proved, format!("no turn proves {:?}", answer.value.expose()));
    }
}
