#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use super::*;
use crate::domain::Playbook;

#[test]
fn every_rule_has_its_own_name_and_a_replacement_that_passes() {
    let nothing = Permitted::default();
    for (index, rule) in Rule::ALL.into_iter().enumerate() {
        assert_eq!(rule as usize, index);
        assert!(Rule::ALL[index + 1..].iter().all(|other| other.name() != rule.name()));
        assert_eq!(check(replacement(rule), &nothing), Ok(()), "{}", replacement(rule));
    }
}

fn playbook() -> Playbook {
    toml::from_str(include_str!("../../../tests/data/guard/playbook.toml")).unwrap()
}

#[test]
fn what_must_not_be_said_fails_by_its_rule() {
    let permitted = permitted(&playbook());
    let mut wrong = Vec::new();
    for line in include_str!("../../../tests/data/guard/must_fail.tsv").lines() {
        let (rule, sentence) = line.split_once('\t').unwrap();
        let found = check(sentence, &permitted).err().map(|breach| breach.rule.name());
        if found != Some(rule) {
            wrong.push(format!("{sentence} should break {rule}, breaks {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_a_calm_receptionist_says_passes() {
    let permitted = permitted(&playbook());
    let mut wrong = Vec::new();
    for sentence in include_str!("../../../tests/data/guard/must_pass.tsv").lines() {
        if let Err(breach) = check(sentence, &permitted) {
            wrong.push(format!("{sentence} breaks {} at {:?}", breach.rule.name(), &sentence[breach.span]));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}
#[test]
fn heldout() {
    let permitted = permitted(&playbook());
    let (mut caught, mut named, mut all) = (0, 0, 0);
    for line in std::fs::read_to_string("/tmp/pure-guard/held_fail.tsv").unwrap().lines() {
        let (rule, sentence) = line.split_once('\t').unwrap();
        let found = check(sentence, &permitted).err().map(|breach| breach.rule.name());
        all += 1;
        caught += i32::from(found.is_some());
        named += i32::from(found == Some(rule));
        if found != Some(rule) {
            println!("HELD {sentence} should break {rule}, breaks {found:?}");
        }
    }
    println!("HELD caught {caught} named {named} of {all}");
    let (mut ok, mut all) = (0, 0);
    for sentence in std::fs::read_to_string("/tmp/pure-guard/held_pass.tsv").unwrap().lines() {
        all += 1;
        match check(sentence, &permitted) {
            Ok(()) => ok += 1,
            Err(breach) => {
                println!("HELD {sentence} breaks {} at {:?}", breach.rule.name(), &sentence[breach.span])
            }
        }
    }
    println!("HELD passed {ok} of {all}");
}
