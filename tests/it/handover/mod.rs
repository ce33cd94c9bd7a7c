//! The call engine and the handoff queue together: callers, agents and a carrier that do what they like, in virtual time.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod carrier;
mod checks;
mod world;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use carrier::{Delay, Person};
use world::World;

/// Fixed, so that a run can be repeated; another seed makes other sequences.
const SEED: RngSeed = RngSeed::Fixed(20_261_122);
/// So many callers share the agents.
const CALLS: usize = 3;
const AGENTS: usize = 3;

/// What a caller says: what asks for a person, what is told meanwhile, and what stops it.
const SAYINGS: &[&str] = &[
    "I want to talk to a real person.",
    "Let me speak to your manager.",
    "Nobody came yesterday, and my kitchen tap still drips.",
    "My name is Owen Castellane.",
    "I'm going to sue you.",
    "Never mind, just call me back.",
    "Yes.",
    "No.",
    "Okay, thanks.",
    "What?",
];

/// What happens next; the number is the caller's.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Say(usize, usize),
    Zero(usize),
    HangUp(usize),
    /// The stream breaks; the carrier brings the caller back after so many milliseconds, or never.
    Break(usize, Option<u64>),
    Pass(u64),
    Sign(usize, bool),
    /// The process dies after so many further actions of either machine, and comes back.
    Die(u32),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let call = || 0..CALLS;
    let asks = call().prop_map(|call| Step::Say(call, 0));
    let back = prop_oneof![6 => (200u64..9_000).prop_map(Some), 1 => Just(None)];
    let one = prop_oneof![
        8 => asks,
        10 => (call(), 0..SAYINGS.len()).prop_map(|(call, which)| Step::Say(call, which)),
        3 => call().prop_map(Step::Zero),
        2 => call().prop_map(Step::HangUp),
        2 => (call(), back).prop_map(|(call, back)| Step::Break(call, back)),
        20 => (0u64..3_000).prop_map(Step::Pass),
        14 => (3_000u64..14_000).prop_map(Step::Pass),
        2 => (0..AGENTS, any::<bool>()).prop_map(|(agent, on)| Step::Sign(agent, on)),
        2 => (0u32..12).prop_map(Step::Die),
    ];
    prop::collection::vec(one, 1..60)
}

fn people() -> impl Strategy<Value = Vec<Person>> {
    let seconds = |range: std::ops::Range<u64>| range.prop_map(|ms| ms);
    let one = prop_oneof![
        8 => (seconds(500..18_000), seconds(0..14_000), seconds(2_000..90_000))
            .prop_map(|(picks_up, decides, talks)| Person::Takes { picks_up, decides, talks, again: false }),
        2 => (seconds(500..9_000), seconds(0..14_000), seconds(2_000..90_000))
            .prop_map(|(picks_up, decides, talks)| Person::Takes { picks_up, decides, talks, again: true }),
        2 => (seconds(500..9_000), seconds(0..4_000), seconds(1..3_000))
            .prop_map(|(picks_up, decides, talks)| Person::Takes { picks_up, decides, talks, again: false }),
        2 => (seconds(500..18_000), seconds(0..14_000))
            .prop_map(|(picks_up, decides)| Person::Declines { picks_up, decides }),
        2 => (seconds(500..18_000), seconds(0..14_000))
            .prop_map(|(picks_up, leaves)| Person::HangsUp { picks_up, leaves }),
        1 => seconds(500..18_000).prop_map(|picks_up| Person::PressesNothing { picks_up }),
        1 => seconds(500..18_000).prop_map(|picks_up| Person::Voicemail { picks_up }),
        2 => Just(Person::NeverAnswers),
        1 => Just(Person::Busy),
        1 => Just(Person::OutOfOrder),
    ];
    prop::collection::vec(one, 1..8)
}

fn delays() -> impl Strategy<Value = Vec<Delay>> {
    let one = prop_oneof![
        12 => Just(Delay::Soon),
        2 => (500u64..8_000).prop_map(Delay::Late),
        1 => Just(Delay::Twice),
        1 => Just(Delay::Lost),
    ];
    prop::collection::vec(one, 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, rng_seed: SEED, ..ProptestConfig::default() })]

    #[test]
    fn nobody_is_left_alone_whatever_callers_agents_and_the_carrier_do(
        steps in steps(),
        people in people(),
        delays in delays(),
        withheld in prop::bool::weighted(0.2),
    ) {
        let mut world = World::new(people, delays, withheld);
        for step in &steps {
            world.play(step);
        }
        world.run_out();
        world.check_ends();
    }
}
