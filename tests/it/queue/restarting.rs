//! What becomes of handoffs when the process dies.

use calmline::domain::{AgentKey, BusinessId};
use calmline::queue::{Event, LegEnd, Queue};

use super::{Desk, business, offer};

#[test]
fn a_telephone_that_may_have_been_dialled_is_not_dialled_again() {
    let mut desk = Desk::of(&["maria", "sam"]);
    desk.ask(1, |_| {});
    desk.on(Event::Delivered { offer: offer(1, 0) });
    desk.seen();
    desk.at(1);
    desk.crash();
    assert_eq!(desk.seen(), ["1 tell Maria failed", "1 withdraw 0 no leg: failed", "1 brief sam"]);
    desk.on(Event::LegKnown { offer: offer(1, 0), leg: "leg-0".to_owned() });
    assert_eq!(desk.seen(), ["1 withdraw 0 leg-0: failed"]);
}

#[test]
fn notes_are_brought_again_and_what_was_not_dialled_is_dialled() {
    let mut desk = Desk::of(&["maria"]);
    desk.ask(1, |_| {});
    desk.crash();
    assert_eq!(desk.seen(), ["0 brief maria", "0 brief maria"]);
    desk.on(Event::Delivered { offer: offer(1, 0) });
    // The order to dial was recorded last and is lost.
    assert_eq!(desk.seen(), ["0 dial maria for 20"]);
    desk.facts.pop();
    desk.crash();
    assert_eq!(desk.seen(), ["0 dial maria for 20"]);
}

#[test]
fn a_telephone_that_rings_goes_on_ringing_with_its_deadline() {
    let mut desk = Desk::of(&["maria"]);
    desk.ask(1, |_| {});
    desk.ring(offer(1, 0));
    desk.at(10);
    desk.seen();
    desk.crash();
    assert_eq!(desk.seen(), ["10 tell Maria rings"]);
    desk.at(28);
    assert_eq!(
        desk.seen(),
        ["28 tell Maria no_answer", "28 withdraw 0 leg-0: no_answer", "28 tell nobody_answered"]
    );
}

#[test]
fn an_agent_who_is_being_briefed_may_still_take_the_call() {
    let mut desk = Desk::of(&["maria"]);
    desk.ask(1, |_| {});
    desk.answer(offer(1, 0));
    desk.at(5);
    desk.crash();
    desk.seen();
    desk.on(Event::Accepted { offer: offer(1, 0) });
    assert_eq!(desk.seen(), ["5 tell Maria accepted"]);
    desk.crash();
    assert_eq!(desk.seen(), ["5 tell Maria accepted"], "the call may not have been told");
    desk.on(Event::CallerReady { handoff: offer(1, 0).handoff });
    desk.on(Event::Joined { offer: offer(1, 0) });
    desk.crash();
    desk.on(Event::LegEnded { offer: offer(1, 0), how: LegEnd::Completed });
    assert_eq!(desk.seen(), ["5 connect 0", "5 tell joined", "5 tell joined", "5 tell talk ended"]);
}

#[test]
fn what_was_overdue_when_the_process_came_back_is_over_without_further_ado() {
    let stages: [fn(&mut Desk); 3] = [|_| {}, |desk| desk.ring(offer(1, 0)), |desk| desk.answer(offer(1, 0))];
    for reach in stages {
        let mut desk = Desk::of(&["maria", "sam"]);
        desk.ask(1, |_| {});
        reach(&mut desk);
        desk.seen();
        desk.now += jiff::SignedDuration::from_secs(600);
        desk.crash();
        let seen = desk.seen();
        assert_eq!(seen.last().unwrap(), "600 tell nobody_answered", "{seen:?}");
        assert!(!seen.iter().any(|line| line.contains("brief") || line.contains("dial")), "{seen:?}");
    }
}

#[test]
fn the_loser_of_two_is_let_go_even_if_the_process_died_between() {
    let mut desk = Desk::of(&["maria", "sam"]);
    desk.ask(1, |_| {});
    desk.ring(offer(1, 0));
    desk.at(8);
    desk.accept(offer(1, 1));
    assert_eq!(desk.seen().last().unwrap(), "8 withdraw 0 leg-0: outpaced");
    desk.facts.pop();
    desk.crash();
    assert_eq!(desk.seen(), ["8 tell Sam accepted", "8 withdraw 0 leg-0: outpaced"]);
}

#[test]
fn whoever_left_the_profile_meanwhile_is_not_dialled() {
    let mut desk = Desk::of(&["maria"]);
    desk.ask(1, |_| {});
    desk.seen();
    desk.businesses = vec![business("heating", vec![super::agent("sam", 1)])];
    desk.crash();
    assert_eq!(desk.seen(), ["0 tell maria failed", "0 withdraw 0 no leg: failed", "0 brief sam"]);
    desk.businesses = vec![];
    desk.crash();
    assert_eq!(desk.seen(), ["0 tell sam failed", "0 withdraw 1 no leg: failed", "0 tell nobody_answered"]);
}

#[test]
fn nobody_is_asked_before_the_server_is_up_again() {
    let mut desk = Desk::of(&["maria", "sam"]);
    desk.ask(1, |_| {});
    desk.seen();
    desk.queue = Queue::replay(desk.businesses.iter().cloned(), desk.facts.iter().cloned());
    desk.on(Event::Delivered { offer: offer(1, 0) });
    desk.on(Event::DialFailed { offer: offer(1, 0) });
    assert_eq!(desk.seen(), ["0 tell Maria failed", "0 withdraw 0 no leg: failed"]);
    assert_eq!(desk.queue.poll_timeout(), None);
    let (business, agent) = (BusinessId("heating".to_owned()), AgentKey("sam".to_owned()));
    desk.on(Event::SignedOff { business, agent });
    desk.on(Event::Restarted);
    assert_eq!(desk.seen(), ["0 tell nobody_answered"]);
}
