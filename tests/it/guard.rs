//! The language guard against all that is really said: every text of the bot and of the playbooks that come with it.

use calmline::call::{fixed_phrases, playbook_phrases};
use calmline::diagnosis::guard::{Permitted, check, check_speech, permitted_by};
use calmline::domain::Business;

use crate::calls::business;

/// The businesses that come with the program, and those of the tests.
fn businesses() -> Vec<Business> {
    let examples = calmline::config::EXAMPLES.iter().filter_map(|id| calmline::config::example(id));
    examples.chain(["heating", "dental", "law"].map(business)).collect()
}

/// The sentences that the guard objects to, each with the rule.
fn objections<'a>(sentences: impl IntoIterator<Item = &'a str>, permitted: &Permitted) -> Vec<String> {
    let broken = |sentence: &str| {
        let breach = check(sentence, permitted).err()?;
        Some(format!("{} at {:?} in: {sentence}", breach.rule.name(), &sentence[breach.span]))
    };
    sentences.into_iter().filter_map(broken).collect()
}

fn all_sentences(text: &str) -> Vec<&str> {
    text.split_inclusive(['.', '!', '?']).map(str::trim).filter(|sentence| !sentence.is_empty()).collect()
}

#[test]
fn nothing_that_is_said_word_for_word_breaks_a_rule() {
    for business in businesses() {
        let found = objections(
            fixed_phrases(&business).iter().map(String::as_str).chain(playbook_phrases(&business)),
            &permitted_by(&business),
        );
        assert!(found.is_empty(), "{}: {}:\n{}", business.id.0, found.len(), found.join("\n"));
    }
}

#[test]
fn what_the_playbooks_promise_may_be_promised() {
    for business in businesses() {
        let permitted = permitted_by(&business);
        let playbook = &business.playbook;
        let mut said = Vec::new();
        for topic in &playbook.topics {
            said.extend(topic.happened.iter().map(|words| format!("So {words}.")));
            said.extend(topic.wanted.iter().map(|words| format!("So you would like {words}.")));
            said.push(format!("I have written down {}.", topic.name));
            for step in &topic.steps {
                let owner = &playbook.owner(&step.owner).unwrap().name;
                let action = step.action.replace("{number}", "(415) 555-0142");
                said.push(format!(
                    "{owner} will {action} by tomorrow at a quarter past nine in the morning."
                ));
                said.push(format!("I can {}.", step.offer));
                said.push(format!("I can {}, or {}.", step.offer, step.offer));
            }
        }
        said.push(format!("{} will call you back on (415) 555-0142 by noon today.", business.callback.owner));
        let found = objections(said.iter().map(String::as_str), &permitted);
        assert!(found.is_empty(), "{}: {}:\n{}", business.id.0, found.len(), found.join("\n"));
    }
}

#[test]
fn a_promise_of_one_business_is_none_of_another() {
    let all = businesses();
    let law = all.iter().rfind(|business| business.id.0 == "law").unwrap();
    let heating = all.iter().find(|business| business.id.0 == "heating").unwrap();
    let permitted = permitted_by(law);
    for step in heating.playbook.topics.iter().flat_map(|topic| &topic.steps) {
        let owner = &heating.playbook.owner(&step.owner).unwrap().name;
        let sentence = format!("{owner} will {} by noon.", step.action.replace("{number}", "(415) 555-0142"));
        let own = permitted_by(heating);
        assert_eq!(check(&sentence, &own), Ok(()), "{sentence}");
        let common = law.callback.owner == *owner || law.callback.urgent_owner == *owner;
        assert!(common || check(&sentence, &permitted).is_err(), "{sentence}");
    }
}

#[test]
fn what_binds_the_business_is_said_after_the_caller_was_taken_in() {
    for business in businesses() {
        let permitted = permitted_by(&business);
        for constraint in business.playbook.topics.iter().filter_map(|topic| topic.constraint.as_ref()) {
            let told = all_sentences(&constraint.told);
            let first = check_speech(&told, &permitted);
            assert_eq!(first[0].1.rule.name(), "policy-first", "{}", constraint.told);
            let after: Vec<&str> = ["I am sorry that nobody came."].into_iter().chain(told).collect();
            assert_eq!(check_speech(&after, &permitted), [], "{}", constraint.told);
        }
    }
}

/// The scripted calls as they are recorded: every sentence the bot says in them.
#[test]
fn nothing_that_is_said_in_the_scripted_calls_breaks_a_rule() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/calls");
    let known: Vec<(&str, bool, Permitted)> = ["heating", "dental", "law"]
        .into_iter()
        .flat_map(|id| {
            let own = calmline::config::example(id).unwrap();
            [(id, false, permitted_by(&business(id))), (id, true, permitted_by(&own))]
        })
        .collect();
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "snap") {
            let script = std::fs::read_to_string(path.with_extension("toml")).unwrap();
            let own = script.contains("example = true");
            let of = |id: &str| script.contains(&format!("\"{id}\""));
            let (.., permitted) = known.iter().find(|(id, example, _)| of(id) && *example == own).unwrap();
            let trace = std::fs::read_to_string(&path).unwrap();
            let said = trace.lines().filter_map(|line| line.split_once(" BOT")?.1.split_once(": "));
            for sentence in said.flat_map(|(_, said)| all_sentences(said)) {
                found.extend(objections([sentence], permitted));
            }
        }
    }
    assert!(found.is_empty(), "{}:\n{}", found.len(), found.join("\n"));
}

/// Who is brought in and why, and what is told of it meanwhile, for every owner and reason.
#[test]
fn what_is_said_while_a_person_is_sought_breaks_no_rule() {
    for business in businesses() {
        let owners = business.playbook.owners.iter().map(|owner| owner.name.as_str());
        let why = [
            "who may speak about that",
            "who can look at it afresh",
            "as you asked",
            "so that you are not alone with this",
            "because I do not want to miss what you need",
            "who is on call",
            "who can decide on it",
            "who can go through it with you",
        ];
        let mut said: Vec<String> = owners
            .flat_map(|owner| why.iter().map(move |why| format!("I am ringing {owner} for you, {why}.")))
            .collect();
        for (agent, other) in [("Maria", "Tom"), ("Dr. Kim", "Ms. Okafor")] {
            said.push(format!("{agent}'s phone is ringing."));
            said.push(format!("I am still ringing {agent}."));
            said.push(format!("I am ringing {agent} as well now."));
            said.push(format!("{agent} cannot come to the phone right now, so I am ringing {other}."));
            said.push(format!("{agent} cannot come to the phone right now, and I am trying somebody else."));
            said.push(format!("{agent} is on the line and has your notes."));
            said.push(format!("{agent} is still on the line for you."));
            said.push(format!("{agent} is ready to talk to you."));
        }
        let found = objections(said.iter().map(String::as_str), &permitted_by(&business));
        assert!(found.is_empty(), "{}:\n{}", business.id.0, found.join("\n"));
    }
}
