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
    for sentence in include_str!("../../../tests/data/guard/must_pass.txt").lines() {
        if let Err(breach) = check(sentence, &permitted) {
            wrong.push(format!("{sentence} breaks {} at {:?}", breach.rule.name(), &sentence[breach.span]));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}
