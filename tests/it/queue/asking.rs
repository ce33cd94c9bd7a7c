//! Who is asked, in which order, and when.

use calmline::domain::{AgentKey, BusinessId, EscalationReason, HandoffRequest, Hours, Urgency};
use calmline::queue::{Event, LegEnd};

use super::{Desk, agent, business, offer};

#[test]
fn whoever_takes_the_call_has_the_notes_before_the_telephone_rings() {
    let mut desk = Desk::of(&["maria"]);
    desk.ask(1, |_| {});
    assert_eq!(desk.seen(), ["0 brief maria"]);
    desk.at(1);
    desk.on(Event::Delivered { offer: offer(1, 0) });
    assert_eq!(desk.seen(), ["1 dial maria for 20"]);
    desk.at(4);
    desk.on(Event::Ringing { offer: offer(1, 0) });
    desk.on(Event::Answered { offer: offer(1, 0) });
    desk.on(Event::Briefed { offer: offer(1, 0) });
    desk.at(12);
    desk.on(Event::Accepted { offer: offer(1, 0) });
    assert_eq!(desk.seen(), ["4 tell Maria rings", "12 tell Maria accepted"]);
    desk.at(15);
    desk.on(Event::CallerReady { handoff: offer(1, 0).handoff });
    desk.on(Event::CallerReady { handoff: offer(1, 0).handoff });
    desk.at(16);
    desk.on(Event::Joined { offer: offer(1, 0) });
    assert_eq!(desk.seen(), ["15 connect 0", "16 tell joined"]);
}

#[test]
fn notes_that_do_not_arrive_are_not_waited_for() {
    let mut desk = Desk::of(&["maria", "sam"]);
    desk.ask(1, |_| {});
    desk.at(5);
    assert_eq!(
        desk.seen(),
        ["0 brief maria", "5 tell Maria failed", "5 withdraw 0 no leg: failed", "5 brief sam"]
    );
    desk.on(Event::Delivered { offer: offer(1, 0) });
    assert!(desk.seen().is_empty(), "nobody is dialled for an offer that is over");
}

#[test]
fn a_second_one_rings_as_well_after_eight_seconds_and_the_first_to_accept_wins() {
    let mut desk = Desk::of(&["maria", "sam", "kim"]);
    desk.ask(1, |_| {});
    desk.ring(offer(1, 0));
    desk.at(7);
    assert_eq!(desk.seen(), ["0 brief maria", "0 dial maria for 20", "0 tell Maria rings"]);
    desk.at(8);
    assert_eq!(desk.seen(), ["8 brief sam"]);
    desk.at(10);
    desk.accept(offer(1, 1));
    assert_eq!(
        desk.seen(),
        ["10 dial sam for 20", "10 tell Sam rings", "10 tell Sam accepted", "10 withdraw 0 leg-0: outpaced"]
    );
    desk.on(Event::Accepted { offer: offer(1, 0) });
    assert_eq!(desk.seen(), ["10 withdraw 0 leg-0: outpaced"], "the second key comes too late");
    desk.at(16);
    assert!(desk.asked().is_empty(), "nobody else is asked");
}

#[test]
fn whoever_cannot_come_is_followed_by_the_next_at_once() {
    let ends: [(&str, fn(&mut Desk), &[&str]); 7] = [
        ("declined", |desk| desk.on(Event::Declined { offer: offer(1, 0) }), &[]),
        ("no_key", |desk| desk.on(Event::NoKey { offer: offer(1, 0) }), &[]),
        ("hung_up", |desk| ended(desk, LegEnd::Completed), &[]),
        (
            "voicemail",
            |desk| desk.on(Event::MachineDetected { offer: offer(1, 0) }),
            &["3 withdraw 0 leg-0: voicemail"],
        ),
        ("hung_up", |desk| ended(desk, LegEnd::Failed), &[]),
        ("no_key", |desk| desk.at(40), &["40 withdraw 0 leg-0: no_key"]),
        ("signed_off", |desk| signed_off(desk), &["3 withdraw 0 leg-0: signed_off"]),
    ];
    for (why, end, withdrawn) in ends {
        let mut desk = Desk::of(&["maria", "sam"]);
        desk.ask(1, |_| {});
        desk.answer(offer(1, 0));
        desk.at(3);
        desk.seen();
        end(&mut desk);
        let seen = desk.seen();
        assert!(seen[..].iter().any(|line| line.ends_with(&format!("tell Maria {why}"))), "{why}: {seen:?}");
        assert!(seen.iter().any(|line| line.ends_with("brief sam")), "{why}: {seen:?}");
        let hung_up: Vec<&String> = seen.iter().filter(|line| line.contains("withdraw 0")).collect();
        assert_eq!(hung_up, withdrawn, "{why}");
    }
}

fn ended(desk: &mut Desk, how: LegEnd) {
    desk.on(Event::LegEnded { offer: offer(1, 0), how });
}

fn signed_off(desk: &mut Desk) {
    desk.on(Event::SignedOff {
        business: BusinessId("heating".to_owned()),
        agent: AgentKey("maria".to_owned()),
    });
}

#[test]
fn a_telephone_that_nobody_answers_is_told_by_what_the_carrier_says() {
    for (how, why) in [
        (LegEnd::NoAnswer, "no_answer"),
        (LegEnd::Busy, "busy"),
        (LegEnd::Failed, "failed"),
        (LegEnd::Canceled, "failed"),
        (LegEnd::Completed, "hung_up"),
    ] {
        let mut desk = Desk::of(&["maria", "sam"]);
        desk.ask(1, |_| {});
        desk.ring(offer(1, 0));
        desk.seen();
        desk.on(Event::LegEnded { offer: offer(1, 0), how });
        assert_eq!(desk.seen(), [format!("0 tell Maria {why}"), "0 brief sam".to_owned()]);
        desk.on(Event::LegEnded { offer: offer(1, 0), how });
        assert!(desk.seen().is_empty(), "once is enough");
    }
}

#[test]
fn a_telephone_rings_no_longer_than_told_whatever_the_carrier_forgets_to_say() {
    let mut desk = Desk::of(&["maria"]);
    desk.ask(1, |_| {});
    desk.ring(offer(1, 0));
    desk.seen();
    desk.at(60);
    assert_eq!(
        desk.seen(),
        ["28 tell Maria no_answer", "28 withdraw 0 leg-0: no_answer", "28 tell nobody_answered"]
    );
}

#[test]
fn an_order_that_the_carrier_never_confirms_has_failed() {
    let mut desk = Desk::of(&["maria"]);
    desk.ask(1, |_| {});
    desk.on(Event::Delivered { offer: offer(1, 0) });
    desk.seen();
    desk.at(60);
    assert_eq!(
        desk.seen(),
        ["28 tell Maria failed", "28 withdraw 0 no leg: failed", "28 tell nobody_answered"]
    );
    desk.on(Event::LegKnown { offer: offer(1, 0), leg: "leg-0".to_owned() });
    assert_eq!(desk.seen(), ["60 withdraw 0 leg-0: failed"], "a leg that turns up later is hung up");
}

#[test]
fn an_order_that_the_carrier_refuses_is_followed_by_the_next_unless_the_telephone_rings_already() {
    let mut desk = Desk::of(&["maria", "sam"]);
    desk.ask(1, |_| {});
    desk.on(Event::Delivered { offer: offer(1, 0) });
    desk.seen();
    desk.on(Event::DialFailed { offer: offer(1, 0) });
    assert_eq!(desk.seen(), ["0 tell Maria failed", "0 withdraw 0 no leg: failed", "0 brief sam"]);
    desk.ring(offer(1, 1));
    desk.seen();
    desk.on(Event::DialFailed { offer: offer(1, 1) });
    assert!(desk.seen().is_empty(), "the order went through, and only its answer came late");
}

#[test]
fn owners_come_first_and_then_whoever_takes_the_topic_and_last_the_lead() {
    let agents: [(&str, fn(&mut super::Agent)); 5] = [
        ("lead", |agent| agent.lead = true),
        ("bills", |agent| agent.topics = vec!["billing".to_owned()]),
        ("visits", |agent| agent.topics = vec!["missed-visit".to_owned()]),
        ("anything", |_| {}),
        ("office", |agent| agent.owns = vec!["office".to_owned()]),
    ];
    let cases: [(fn(&mut HandoffRequest), &[&str]); 7] = [
        (
            |request| request.reason = EscalationReason::Legal,
            &["bills", "visits", "anything", "office", "lead"],
        ),
        (|request| request.owner = "office".to_owned(), &["office", "bills", "visits", "anything", "lead"]),
        (
            |request| {
                request.owner = "office".to_owned();
                request.topic = Some("missed-visit".to_owned());
            },
            &["office", "visits", "anything", "lead"],
        ),
        (
            |request| {
                request.owner = "office".to_owned();
                request.reason = EscalationReason::ManagerRequested;
            },
            &["office", "lead"],
        ),
        (
            |request| {
                request.owner = "partner".to_owned();
                request.reason = EscalationReason::Legal;
            },
            &["lead"],
        ),
        (
            |request| {
                request.owner = "office".to_owned();
                request.topic = Some("missed-visit".to_owned());
                request.reason = EscalationReason::Emergency;
            },
            &["lead", "office", "bills", "visits", "anything"],
        ),
        (|request| request.topic = Some("billing".to_owned()), &["bills", "anything", "office", "lead"]),
    ];
    for (change, order) in cases {
        let mut desk = Desk::with(&agents);
        desk.ask(1, change);
        for place in 0..5 {
            desk.miss(offer(1, place), LegEnd::Busy);
        }
        assert_eq!(desk.asked(), order);
    }
}

#[test]
fn only_those_are_asked_who_are_there_and_speak_the_language() {
    let mut desk = Desk::with(&[
        ("maria", |agent| agent.languages = vec!["es".to_owned()]),
        ("sam", |agent| agent.hours = Hours::default()),
        ("kim", |agent| {
            agent.on_call = std::mem::take(&mut agent.hours);
        }),
    ]);
    desk.ask(1, |_| {});
    assert_eq!(desk.seen(), ["0 tell nobody_there"]);
    desk.ask(2, |request| request.urgency = Urgency::Urgent);
    assert_eq!(desk.seen(), ["0 brief kim"], "an urgent call reaches those who are on call");
    desk.ask(3, |request| request.language = "es".to_owned());
    assert_eq!(desk.seen(), ["0 brief maria"]);
    desk.ask(4, |request| request.business = BusinessId("nobody's".to_owned()));
    assert_eq!(desk.seen(), ["0 tell nobody_there"]);
}

#[test]
fn whoever_signed_off_is_not_asked_until_they_sign_on() {
    let mut desk = Desk::of(&["maria"]);
    signed_off(&mut desk);
    assert_eq!(desk.presence("maria"), "offline");
    desk.ask(1, |_| {});
    assert_eq!(desk.seen(), ["0 tell nobody_there"]);
    let agent = AgentKey("maria".to_owned());
    desk.on(Event::SignedOn { business: BusinessId("heating".to_owned()), agent });
    assert_eq!(desk.presence("maria"), "available");
    desk.ask(2, |_| {});
    assert_eq!(desk.seen(), ["0 brief maria"]);
    assert_eq!(desk.presence("maria"), "busy");
    assert_eq!(desk.presence("nobody"), "offline");
}

#[test]
fn calls_go_round_among_equals() {
    let mut desk = Desk::of(&["maria", "sam", "kim"]);
    let mut first = vec![];
    for number in 1..=6 {
        desk.at(i64::try_from(number).unwrap() * 60);
        desk.ask(number, |_| {});
        first.extend(desk.asked());
        desk.ring(offer(number, 0));
        desk.on(Event::CallerLeft { call: super::call(number) });
    }
    assert_eq!(first, ["maria", "sam", "kim", "maria", "sam", "kim"]);
}

#[test]
fn hard_calls_are_shared_out() {
    let abuse = |request: &mut HandoffRequest| request.reason = EscalationReason::Abuse;
    let mut desk = Desk::of(&["maria", "sam"]);
    desk.ask(1, abuse);
    desk.join(offer(1, 0));
    desk.at(300);
    desk.on(Event::TalkEnded { handoff: offer(1, 0).handoff });
    desk.at(400);
    desk.ask(2, |_| {});
    desk.join(offer(2, 0));
    desk.at(900);
    desk.on(Event::TalkEnded { handoff: offer(2, 0).handoff });
    desk.at(1800);
    assert_eq!(desk.asked(), ["maria", "sam"]);
    desk.ask(3, abuse);
    assert_eq!(desk.asked(), ["sam"], "maria had the last hard one, although she has been free for longer");
}

#[test]
fn after_a_talk_there_is_a_pause_but_none_after_a_missed_ring() {
    let mut desk = Desk::of(&["maria"]);
    desk.ask(1, |_| {});
    desk.miss(offer(1, 0), LegEnd::NoAnswer);
    assert_eq!(desk.presence("maria"), "available");
    desk.ask(2, |_| {});
    desk.join(offer(2, 0));
    assert_eq!(desk.presence("maria"), "busy");
    desk.at(100);
    desk.on(Event::TalkEnded { handoff: offer(2, 0).handoff });
    assert_eq!(desk.presence("maria"), "pause");
    desk.seen();
    desk.at(150);
    desk.ask(3, |_| {});
    assert_eq!(desk.seen(), ["150 tell nobody_there"], "the pause outlasts the caller's patience");
    desk.at(190);
    desk.ask(4, |_| {});
    assert!(desk.seen().is_empty(), "a pause that ends soon is waited for");
    desk.at(230);
    assert_eq!(
        desk.seen(),
        [
            "220 brief maria",
            "225 tell Maria failed",
            "225 withdraw 0 no leg: failed",
            "225 tell nobody_answered"
        ]
    );
}

#[test]
fn two_calls_never_ring_the_same_agent() {
    let mut desk = Desk::of(&["maria", "sam"]);
    desk.ask(1, |_| {});
    desk.ring(offer(1, 0));
    desk.ask(2, |_| {});
    desk.ring(offer(2, 0));
    assert_eq!(desk.asked(), ["maria", "sam"]);
    desk.at(9);
    assert!(desk.asked().is_empty(), "nobody is left to ring as well");
    desk.on(Event::Declined { offer: offer(2, 0) });
    assert_eq!(desk.asked(), ["sam"], "whoever declined one call may take the other");
    desk.on(Event::Answered { offer: offer(1, 0) });
    desk.on(Event::Declined { offer: offer(1, 0) });
    assert_eq!(desk.asked(), ["maria"], "and the other way round");
}

#[test]
fn one_telephone_may_serve_two_businesses_but_not_at_once() {
    let shared = || agent("maria", 7);
    let mut desk = Desk::new(vec![business("heating", vec![shared()]), business("dental", vec![shared()])]);
    desk.ask(1, |_| {});
    desk.join(offer(1, 0));
    desk.seen();
    desk.ask(2, |request| request.business = BusinessId("dental".to_owned()));
    assert_eq!(desk.seen(), ["0 tell nobody_there"]);
}

#[test]
fn of_two_calls_that_wait_the_more_pressing_one_gets_whoever_becomes_free() {
    let mut desk = Desk::of(&["maria"]);
    desk.ask(1, |_| {});
    desk.ring(offer(1, 0));
    desk.at(1);
    desk.ask(2, |_| {});
    desk.at(2);
    desk.ask(3, |request| request.reason = EscalationReason::Threat);
    desk.seen();
    desk.on(Event::LegEnded { offer: offer(1, 0), how: LegEnd::NoAnswer });
    let asked: Vec<_> = desk.queue.handoffs().map(|handoff| handoff.offers.len()).collect();
    assert_eq!(asked, [1, 0, 1]);
}
