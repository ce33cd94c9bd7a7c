use super::*;

/// A line of a steady sound, with 20 ms of silence before and after it.
fn line(role: &str, ms: usize) -> Line {
    let mut samples = vec![0; FRAME + ms * 8 + FRAME];
    let voice = FRAME..FRAME + ms * 8;
    samples[voice.clone()].fill(5000);
    Line { role: role.to_owned(), text: format!("the {role}"), samples, voice }
}

fn script(roles: &[&str]) -> Script {
    Script::new(roles.iter().map(|role| line(role, 200)).collect(), Style::Answers)
        .answering_after(100..=100)
        .without_room_tone()
}

/// A caller on a line whose time is counted in frames.
struct Stage {
    actor: Actor,
    frame: u64,
}

impl Stage {
    fn new(script: Script) -> Self {
        Self { actor: Actor::new(script), frame: 0 }
    }

    fn tick(&mut self, audible: bool, marks: &[&str]) -> Done {
        let marks: Vec<String> = marks.iter().map(|mark| (*mark).to_owned()).collect();
        let now = CallTime::from_ms(self.frame * 20);
        self.frame += 1;
        self.actor.tick(&Heard { now, frame: &[0xFF; FRAME], audible, marks: &marks })
    }

    /// Lets the bot speak, and end with a mark.
    fn bot(&mut self, ms: u64, mark: &str) -> Vec<Deed> {
        let mut deeds: Vec<Deed> = (0..ms / 20).flat_map(|_| self.tick(true, &[]).deeds).collect();
        deeds.extend(self.tick(false, &[mark]).deeds);
        deeds
    }

    /// Lets time pass in silence.
    fn wait(&mut self, ms: u64) -> Vec<Deed> {
        (0..ms / 20).flat_map(|_| self.tick(false, &[]).deeds).collect()
    }
}

fn begun(deeds: &[Deed]) -> Vec<&str> {
    let role = |deed: &'_ Deed| matches!(deed, Deed::Began { .. });
    deeds
        .iter()
        .filter(|deed| role(deed))
        .map(|deed| match deed {
            Deed::Began { role, .. } => role.as_str(),
            Deed::Ended { .. } | Deed::Press(_) | Deed::HangUp | Deed::GiveUp | Deed::DropStream => "",
        })
        .collect()
}

#[test]
fn a_question_is_answered_after_a_pause_with_the_line_of_its_label() {
    let mut stage = Stage::new(script(&["reason", "name", "yes"]));
    assert_eq!(begun(&stage.bot(1000, "1/2/name")), [""; 0]);
    let deeds = stage.wait(1000);
    let (began, ended) = (&deeds[0], &deeds[1]);
    assert_eq!(
        began,
        &Deed::Began {
            at: CallTime::from_ms(1120),
            role: "name".into(),
            text: "the name".into(),
            manner: Manner::Answer
        }
    );
    assert_eq!(ended, &Deed::Ended { at: CallTime::from_ms(1320), role: "name".into() });
    assert_eq!(deeds.len(), 2);
}

#[test]
fn a_mark_without_a_label_is_no_question() {
    let mut stage = Stage::new(script(&["reason", "yes"]));
    stage.bot(1000, "1/0/");
    stage.bot(1000, "echo");
    assert_eq!(stage.wait(3000), []);
}

#[test]
fn a_question_asked_again_gets_the_next_line_then_the_last_again_and_else_a_yes() {
    let mut stage = Stage::new(script(&["number", "number_corrected", "yes"]));
    let mut ask = |label: &str| {
        stage.bot(400, &format!("1/0/{label}"));
        begun(&stage.wait(1000)).join(",")
    };
    assert_eq!(ask("callback"), "number");
    assert_eq!(ask("callback"), "number_corrected");
    assert_eq!(ask("callback"), "number_corrected");
    assert_eq!(ask("confirm-callback"), "yes");
    assert_eq!(ask("confirm-name"), "yes");
    assert_eq!(ask("field-address"), "yes");
    assert_eq!(ask("something-new"), "yes");
}

#[test]
fn a_field_is_answered_with_the_line_of_its_key_or_one_like_it() {
    let mut stage = Stage::new(script(&["address", "reference", "time", "yes"]));
    let mut ask = |label: &str| {
        stage.bot(400, &format!("1/0/{label}"));
        begun(&stage.wait(1000)).join(",")
    };
    assert_eq!(ask("field-address"), "address");
    assert_eq!(ask("field-account"), "reference");
    assert_eq!(ask("field-preferred_time"), "time");
}

#[test]
fn the_caller_waits_until_the_bot_has_stopped_speaking() {
    let mut stage = Stage::new(script(&["reason", "yes"]));
    stage.bot(400, "1/0/reason");
    let spoken_over: Vec<Deed> = (0..50).flat_map(|_| stage.tick(true, &[]).deeds).collect();
    assert_eq!(spoken_over, []);
    assert_eq!(begun(&stage.wait(1000)), ["reason"]);
}

#[test]
fn an_interruption_falls_into_the_question_it_is_meant_for() {
    let reaction = Reaction {
        when: When::Towards { question: 2, after_ms: 500 },
        deed: Unasked::Interrupt("interrupt".to_owned()),
    };
    let mut stage = Stage::new(script(&["reason", "interrupt"]).reacting(reaction));
    stage.bot(2000, "1/0/reason");
    assert_eq!(begun(&stage.wait(1000)), ["reason"]);
    let deeds = stage.bot(1000, "2/0/name");
    assert_eq!(begun(&deeds), ["interrupt"]);
    assert!(matches!(deeds[0], Deed::Began { manner: Manner::Interruption, .. }));
}

#[test]
fn keys_hanging_up_and_a_lost_stream_come_at_their_moment() {
    let at = |ms, deed| Reaction { when: When::At(CallTime::from_ms(ms)), deed };
    let zero = Digit::new('0').unwrap();
    let mut stage = Stage::new(
        script(&[])
            .reacting(at(100, Unasked::Press(zero)))
            .reacting(at(200, Unasked::DropStream))
            .reacting(at(300, Unasked::HangUp)),
    );
    assert_eq!(stage.wait(400), [Deed::Press(zero), Deed::DropStream, Deed::HangUp]);
}

#[test]
fn a_caller_who_hears_nothing_gives_up_and_one_who_hears_something_does_not() {
    let mut stage = Stage::new(Script::silent().hanging_up_after(1000));
    stage.bot(2000, "1/0/reason");
    assert_eq!(stage.wait(900), []);
    assert!(stage.wait(200).contains(&Deed::GiveUp));
}

#[test]
fn a_recording_is_played_once_after_the_greeting() {
    let mut played = Script::new(vec![line("recording", 300)], Style::PlaysOnce).without_room_tone();
    played.reaction_ms = 100..=100;
    let mut labelled = Stage::new(played.clone());
    labelled.bot(1000, "1/0/reason");
    assert_eq!(begun(&labelled.wait(1000)), ["recording"]);
    labelled.bot(1000, "1/0/name");
    assert_eq!(labelled.wait(3000), []);
    let mut unlabelled = Stage::new(played);
    unlabelled.bot(1000, "x");
    assert_eq!(begun(&unlabelled.wait(1500)), [""; 0]);
    assert_eq!(begun(&unlabelled.wait(1500)), ["recording"]);
}

#[test]
fn every_sample_of_a_line_is_sent_and_the_room_is_never_quite_silent() {
    let mut stage =
        Stage::new(Script::new(vec![line("yes", 200)], Style::Answers).answering_after(100..=100));
    stage.bot(100, "1/0/confirm-name");
    let frames: Vec<i16> = (0..60).flat_map(|_| stage.tick(false, &[]).frame).collect();
    let loud = frames.iter().filter(|sample| **sample > 4000).count();
    assert_eq!(loud, 1600);
    let quiet = &frames[frames.len() - 800..];
    assert!(quiet.iter().any(|sample| *sample != 0));
    assert!(quiet.iter().all(|sample| sample.abs() < 100));
}

#[test]
fn the_same_seed_makes_the_same_caller() {
    let play = |seed| {
        let script = Script::scenario("plumber-plain").unwrap().unwrap().seed(seed);
        let mut stage = Stage::new(script);
        stage.bot(1000, "1/0/reason");
        (0..400).flat_map(|_| stage.tick(false, &[]).frame).collect::<Vec<i16>>()
    };
    assert!(play(7) == play(7));
    assert!(play(7) != play(8));
}
