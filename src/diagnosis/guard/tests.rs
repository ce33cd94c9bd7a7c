#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use super::*;

#[test]
fn every_rule_has_its_own_name_and_a_replacement_that_passes() {
    let nothing = Permitted::default();
    for (index, rule) in Rule::ALL.into_iter().enumerate() {
        assert_eq!(rule as usize, index);
        assert!(Rule::ALL[index + 1..].iter().all(|other| other.name() != rule.name()));
        assert_eq!(check(replacement(rule), &nothing), Ok(()), "{}", replacement(rule));
    }
}
