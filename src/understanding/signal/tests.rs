use super::*;

fn kinds(text: &str) -> Vec<SignalKind> {
    signals(text).into_iter().map(|signal| signal.kind).collect()
}

#[test]
fn a_person_is_asked_for() {
    assert_eq!(kinds("let me talk to a human"), [SignalKind::Person]);
}
