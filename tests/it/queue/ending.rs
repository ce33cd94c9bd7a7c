//! How handoffs and talks end.

use calmline::domain::{AgentKey, BusinessId};
use calmline::queue::{Event, LegEnd};
use jiff::SignedDuration;

use super::{Desk, call, handoff, offer};

#[test]
fn the_last_telephone_rings_no_longer_than_there_is_time() {
    let mut desk = Desk::of(&["maria", "sam", "kim"]);
    desk.ask(1, |_| {});
    desk.answer(offer(1, 0));
    desk.at(8);
    desk.answer(offer(1, 1));
    desk.at(12);
    desk.on(Event::SignedOff {
        business: BusinessId("heating".to_owned()),
        agent: AgentKey("kim".to_owned()),
    });
    desk.at(30);
    desk.on(Event::SignedOn {
        business: BusinessId("heating".to_owned()),
        agent: AgentKey("kim".to_owned()),
    });
    desk.seen();
    desk.ring(offer(1, 2));
    assert_eq!(desk.seen(), ["30 dial kim for 15", "30 tell Kim rings"]);
    desk.at(45);
    let seen = desk.seen();
    assert_eq!(seen.last().unwrap(), "45 withdraw 2 leg-2: withdrawn", "{seen:?}");
}

#[test]
fn whoever_is_being_briefed_when_the_time_is_up_may_finish() {
    for (accepts_after, last) in [(59, "59 tell Maria accepted"), (60, "60 tell nobody_answered")] {
        let mut desk = Desk::of(&["maria"]);
        desk.ask(1, |request| request.triggered_at = super::start());
        desk.ring(offer(1, 0));
        desk.at(25);
        desk.on(Event::Answered { offer: offer(1, 0) });
        desk.at(accepts_after);
        desk.on(Event::Accepted { offer: offer(1, 0) });
        let seen = desk.seen();
        assert!(seen.iter().any(|line| line == last), "{seen:?}");
    }
}

#[test]
fn nobody_is_asked_who_could_not_find_the_telephone_in_time() {
    let mut desk = Desk::of(&["maria", "sam"]);
    desk.ask(1, |_| {});
    desk.answer(offer(1, 0));
    desk.on(Event::SignedOff {
        business: BusinessId("heating".to_owned()),
        agent: AgentKey("sam".to_owned()),
    });
    desk.at(40);
    desk.on(Event::SignedOn {
        business: BusinessId("heating".to_owned()),
        agent: AgentKey("sam".to_owned()),
    });
    assert!(!desk.asked().contains(&"sam".to_owned()));
    desk.ask(2, |request| request.triggered_at = super::start());
    assert_eq!(desk.seen(), ["40 tell nobody_there"]);
    desk.ask(3, |request| request.triggered_at = super::start() + SignedDuration::from_secs(1));
    assert_eq!(desk.seen(), ["40 brief sam"]);
}

#[test]
fn a_caller_who_leaves_is_nobodys_ghost() {
    let stages: [(fn(&mut Desk), &[&str]); 5] = [
        (|_| {}, &["0 withdraw 0 no leg: withdrawn"]),
        (|desk| desk.ring(offer(1, 0)), &["0 withdraw 0 leg-0: withdrawn"]),
        (|desk| desk.answer(offer(1, 0)), &["0 withdraw 0 leg-0: withdrawn"]),
        (|desk| desk.accept(offer(1, 0)), &["0 withdraw 0 leg-0: withdrawn"]),
        (|desk| desk.join(offer(1, 0)), &["0 withdraw 0 leg-0: withdrawn"]),
    ];
    for (stage, (reach, withdrawn)) in stages.into_iter().enumerate() {
        let mut desk = Desk::of(&["maria"]);
        desk.ask(1, |_| {});
        reach(&mut desk);
        desk.seen();
        desk.on(Event::CallerLeft { call: call(1) });
        let seen = desk.seen();
        let last = if stage == 4 { "0 tell talk ended" } else { "0 tell caller_left" };
        assert!(seen.iter().any(|line| line == last), "{seen:?}");
        let hung_up: Vec<&String> = seen.iter().filter(|line| line.contains("withdraw")).collect();
        assert_eq!(hung_up, withdrawn);
        desk.on(Event::CallerLeft { call: call(1) });
        desk.at(600);
        assert!(desk.seen().is_empty());
    }
}

#[test]
fn a_leg_that_was_on_its_way_when_the_caller_left_is_hung_up() {
    let mut desk = Desk::of(&["maria"]);
    desk.ask(1, |_| {});
    desk.on(Event::Delivered { offer: offer(1, 0) });
    desk.on(Event::CallerLeft { call: call(1) });
    desk.seen();
    desk.at(1);
    desk.on(Event::LegKnown { offer: offer(1, 0), leg: "late".to_owned() });
    assert_eq!(desk.seen(), ["1 withdraw 0 late: withdrawn"]);

    let mut desk = Desk::of(&["maria"]);
    desk.ask(1, |_| {});
    desk.ring(offer(1, 0));
    desk.on(Event::CallerLeft { call: call(1) });
    assert_eq!(desk.seen().pop().unwrap(), "0 tell caller_left");
    desk.on(Event::LegKnown { offer: offer(1, 0), leg: "leg-0".to_owned() });
    desk.on(Event::LegEnded { offer: offer(1, 0), how: LegEnd::Canceled });
    assert!(desk.seen().is_empty(), "it was hung up before");
}

#[test]
fn a_caller_who_wants_no_person_after_all_stays() {
    let mut desk = Desk::of(&["maria", "sam"]);
    desk.ask(1, |_| {});
    desk.ring(offer(1, 0));
    desk.at(8);
    desk.answer(offer(1, 1));
    desk.seen();
    desk.on(Event::CallerStopped { handoff: handoff(1) });
    assert_eq!(
        desk.seen(),
        ["8 withdraw 0 leg-0: withdrawn", "8 withdraw 1 leg-1: withdrawn", "8 tell caller_stopped"]
    );
    assert_eq!(desk.presence("maria"), "available");
}

#[test]
fn an_agent_who_cannot_be_connected_in_time_is_let_go() {
    let mut desk = Desk::of(&["maria", "sam"]);
    desk.ask(1, |_| {});
    desk.accept(offer(1, 0));
    desk.on(Event::CallerReady { handoff: handoff(1) });
    desk.seen();
    desk.at(40);
    assert_eq!(desk.seen(), ["30 withdraw 0 leg-0: failed", "30 tell not_connected"]);
    desk.on(Event::Joined { offer: offer(1, 0) });
    assert_eq!(desk.seen(), ["40 withdraw 0 leg-0: failed"]);
}

#[test]
fn a_caller_who_came_back_unconnected_is_moved_once_more() {
    let mut desk = Desk::of(&["maria"]);
    desk.ask(1, |_| {});
    desk.accept(offer(1, 0));
    desk.on(Event::CallerReady { handoff: handoff(1) });
    desk.at(8);
    desk.seen();
    desk.on(Event::CallerReady { handoff: handoff(1) });
    assert_eq!(desk.seen(), ["8 connect 0"]);
}

#[test]
fn an_agent_who_hangs_up_before_the_caller_comes_is_not_connected() {
    let mut desk = Desk::of(&["maria", "sam"]);
    desk.ask(1, |_| {});
    desk.accept(offer(1, 0));
    desk.seen();
    desk.on(Event::LegEnded { offer: offer(1, 0), how: LegEnd::Completed });
    assert_eq!(desk.seen(), ["0 tell not_connected"]);
}

#[test]
fn a_talk_ends_however_its_end_is_noticed() {
    let ends: [(fn(&mut Desk), i64); 3] = [
        (|desk| desk.on(Event::TalkEnded { handoff: handoff(1) }), 100),
        (|desk| desk.on(Event::LegEnded { offer: offer(1, 0), how: LegEnd::Completed }), 100),
        (|desk| desk.at(20_000), 14_400),
    ];
    for (end, second) in ends {
        let mut desk = Desk::of(&["maria"]);
        desk.ask(1, |_| {});
        desk.join(offer(1, 0));
        desk.at(100);
        desk.seen();
        end(&mut desk);
        assert_eq!(desk.seen(), [format!("{second} tell talk ended")]);
        desk.on(Event::TalkEnded { handoff: handoff(1) });
        assert!(desk.seen().is_empty());
    }
}

#[test]
fn a_machine_is_no_person_unless_it_pressed_the_key() {
    let mut desk = Desk::of(&["maria"]);
    desk.ask(1, |_| {});
    desk.answer(offer(1, 0));
    desk.on(Event::Briefed { offer: offer(1, 0) });
    desk.seen();
    desk.on(Event::MachineDetected { offer: offer(1, 0) });
    assert_eq!(desk.seen()[..2], ["0 tell Maria voicemail", "0 withdraw 0 leg-0: voicemail"]);

    let mut desk = Desk::of(&["maria"]);
    desk.ask(1, |_| {});
    desk.accept(offer(1, 0));
    desk.seen();
    desk.on(Event::MachineDetected { offer: offer(1, 0) });
    assert!(desk.seen().is_empty());
}

#[test]
fn the_same_request_is_answered_with_where_it_stands() {
    let mut desk = Desk::of(&["maria"]);
    desk.ask(1, |_| {});
    desk.ask(1, |_| {});
    assert_eq!(desk.asked(), ["maria"]);
    let stages: [(fn(&mut Desk), &str); 5] = [
        (|desk| desk.ring(offer(1, 0)), "0 tell Maria rings"),
        (|desk| desk.accept(offer(1, 0)), "0 tell Maria accepted"),
        (|desk| desk.join(offer(1, 0)), "0 tell joined"),
        (|desk| desk.on(Event::TalkEnded { handoff: handoff(1) }), "0 tell talk ended"),
        (|desk| desk.on(Event::CallerLeft { call: call(1) }), "0 tell talk ended"),
    ];
    for (reach, standing) in stages {
        reach(&mut desk);
        desk.seen();
        desk.ask(1, |_| {});
        assert_eq!(desk.seen(), [standing]);
    }
}

#[test]
fn a_new_request_of_a_call_takes_the_place_of_the_old_one() {
    let mut desk = Desk::of(&["maria"]);
    desk.ask(1, |_| {});
    desk.ring(offer(1, 0));
    desk.seen();
    desk.ask(2, |request| request.call = call(1));
    assert_eq!(desk.seen(), ["0 withdraw 0 leg-0: withdrawn", "0 tell caller_stopped", "0 brief maria"]);
    desk.join(offer(2, 0));
    desk.at(500);
    desk.seen();
    desk.ask(3, |request| request.call = call(1));
    assert_eq!(
        desk.seen(),
        ["500 tell talk ended", "500 withdraw 0 leg-0: withdrawn", "500 tell nobody_there"],
        "a call that asks for a person is not talking to one"
    );
}

#[test]
fn events_of_what_never_was_change_nothing() {
    let mut desk = Desk::of(&["maria"]);
    desk.ask(1, |_| {});
    desk.seen();
    for unknown in [offer(1, 7), offer(9, 0), offer(1, 0)] {
        for event in [
            Event::Ringing { offer: unknown },
            Event::Answered { offer: unknown },
            Event::MachineDetected { offer: unknown },
            Event::Briefed { offer: unknown },
            Event::Accepted { offer: unknown },
            Event::NoKey { offer: unknown },
            Event::LegKnown { offer: unknown, leg: "leg".to_owned() },
            Event::LegEnded { offer: unknown, how: LegEnd::Busy },
            Event::Joined { offer: unknown },
            Event::CallerReady { handoff: unknown.handoff },
            Event::TalkEnded { handoff: unknown.handoff },
        ] {
            desk.on(event);
        }
    }
    assert!(desk.seen().is_empty(), "nor of a telephone that was not dialled yet");
}
