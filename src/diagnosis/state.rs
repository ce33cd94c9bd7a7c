//! How the caller is, what shows it, and what is to be done first about it.

use crate::domain::{CallerState, EmergencyKind};
use crate::understanding::words::sentences;
use crate::understanding::{Degree, Signal, SignalKind};

/// A state of the caller with what shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The state.
    pub state: CallerState,
    /// What shows it, in plain words.
    pub reason: String,
}

/// What to do first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstMove {
    /// Go on as usual.
    GoOn,
    /// Lower the intensity: say slowly and shortly that it went wrong and that it matters; no fact and no question of
    /// detail before.
    LowerIntensity,
    /// Say what happens now, before any question.
    Reassure,
    /// Take ownership; ask for nothing that was told before, to anybody.
    TakeOwnership,
    /// Have one of several matters chosen, and say that the others stay on the record.
    NarrowToOne,
    /// Say back what happened and what it does to the caller.
    Empathise,
    /// Take one small step at a time, in plain words.
    SmallSteps,
    /// Say that it is nothing unusual to ask.
    Normalise,
    /// Say the timeline and the fastest realistic way.
    SayTimeline,
    /// Be brief.
    BeBrief,
}

/// Matters in one turn from which on they must be narrowed to one.
const MANY: u32 = 3;

/// The states that a turn shows, strongest first, each once with all its reasons.
pub fn read(signals: &[Signal], text: &str, complaints: u32) -> Vec<Seen> {
    let mut found: Vec<(CallerState, String)> =
        signals.iter().filter_map(|signal| shown(signal.kind)).collect();
    if complaints >= MANY {
        found.push((CallerState::ManyComplaints, format!("{complaints} matters at once")));
    }
    found.extend(shape(text).map(|reason| (CallerState::Upset, reason.to_owned())));
    // Swearing at the situation is no attack; several times in one turn it is.
    let swearing = signals.iter().filter(|signal| signal.kind == SignalKind::Abuse(Degree::Mild)).count();
    if swearing >= 3 {
        found.push((CallerState::Aggressive, "swore again and again".to_owned()));
    }
    found.sort_by_key(|(state, _)| *state);
    let mut seen: Vec<Seen> = Vec::new();
    for (state, reason) in found {
        match seen.last_mut().filter(|last| last.state == state) {
            Some(last) if last.reason.contains(&reason) => {}
            Some(last) => last.reason.push_str(&format!(", {reason}")),
            None => seen.push(Seen { state, reason }),
        }
    }
    seen
}

/// The state that a signal shows, with what shows it in plain words.
pub fn shown(kind: SignalKind) -> Option<(CallerState, String)> {
    let (state, reason) = match kind {
        SignalKind::Abuse(Degree::Severe) => (CallerState::Aggressive, "used degrading words"),
        SignalKind::Abuse(Degree::Insult) => (CallerState::Aggressive, "insulted somebody"),
        SignalKind::Threat => (CallerState::Aggressive, "made a threat"),
        SignalKind::Abuse(Degree::Mild) => (CallerState::Upset, "swore"),
        SignalKind::Anger => (CallerState::Upset, "is angry about it"),
        SignalKind::Distress => (CallerState::Upset, "said how hard it is"),
        SignalKind::Sarcasm => (CallerState::Upset, "said the opposite of what was meant"),
        SignalKind::Fear => (CallerState::Frightened, "said they are afraid"),
        SignalKind::SelfHarm => (CallerState::Frightened, "spoke of harm to themselves"),
        SignalKind::Emergency(EmergencyKind::Property) => (CallerState::Frightened, "damage is going on now"),
        SignalKind::Emergency(
            EmergencyKind::Medical | EmergencyKind::Fire | EmergencyKind::Gas | EmergencyKind::Violence,
        ) => (CallerState::Frightened, "somebody may be in danger"),
        SignalKind::Repeated { times: Some(times) } if times >= 2 => {
            return Some((CallerState::WornOut, format!("said it is the {} time", ordinal(times))));
        }
        SignalKind::Repeated { .. } => (CallerState::WornOut, "said it is not the first time"),
        SignalKind::WornOut => (CallerState::WornOut, "said they are tired of it"),
        SignalKind::Impatience => (CallerState::Impatient, "wants it at once"),
        SignalKind::Rush => (CallerState::Rushed, "said there is little time"),
        SignalKind::Confusion => (CallerState::Confused, "said it is not clear to them"),
        SignalKind::Embarrassment => (CallerState::Embarrassed, "said it is embarrassing"),
        SignalKind::Person
        | SignalKind::Manager
        | SignalKind::Legal
        | SignalKind::Compliance
        | SignalKind::Thanks
        | SignalKind::Gladness => return None,
    };
    Some((state, reason.to_owned()))
}

/// Exclamations, or many sentences of a few words. Capitals show nothing: a transcriber never shouts.
fn shape(text: &str) -> Option<&'static str> {
    let sentences = sentences(text);
    let exclaimed = sentences.iter().filter(|sentence| sentence.ends_with('!')).count();
    let clipped = sentences.iter().filter(|sentence| sentence.split_whitespace().count() <= 4).count();
    if exclaimed >= 2 {
        Some("exclaimed several times")
    } else if sentences.len() >= 5 && clipped * 5 >= sentences.len() * 4 {
        Some("spoke in clipped sentences")
    } else {
        None
    }
}

fn ordinal(count: u32) -> String {
    let ending = match (count % 10, count % 100) {
        (1, tens) if tens != 11 => "st",
        (2, tens) if tens != 12 => "nd",
        (3, tens) if tens != 13 => "rd",
        _ => "th",
    };
    match count {
        2 => "second".to_owned(),
        3 => "third".to_owned(),
        4 => "fourth".to_owned(),
        5 => "fifth".to_owned(),
        _ => format!("{count}{ending}"),
    }
}

/// What to do first for a caller in these states: what calms comes before what orders, and that before what hastens.
pub fn first_move(states: &[CallerState]) -> FirstMove {
    const ORDER: [(CallerState, FirstMove); 9] = [
        (CallerState::Aggressive, FirstMove::LowerIntensity),
        (CallerState::Frightened, FirstMove::Reassure),
        (CallerState::WornOut, FirstMove::TakeOwnership),
        (CallerState::ManyComplaints, FirstMove::NarrowToOne),
        (CallerState::Upset, FirstMove::Empathise),
        (CallerState::Confused, FirstMove::SmallSteps),
        (CallerState::Embarrassed, FirstMove::Normalise),
        (CallerState::Impatient, FirstMove::SayTimeline),
        (CallerState::Rushed, FirstMove::BeBrief),
    ];
    ORDER.iter().find(|(state, _)| states.contains(state)).map_or(FirstMove::GoOn, |(_, first)| *first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understanding::account::account;
    use crate::understanding::signals;

    fn states(text: &str) -> Vec<CallerState> {
        read(&signals(text), text, account(text).complaints).into_iter().map(|seen| seen.state).collect()
    }

    #[test]
    fn a_plain_request_shows_no_state() {
        for text in ["I'd like to book a cleaning.", "My tap drips.", "Yes.", "", "Thank you, bye!"] {
            assert_eq!(states(text), [], "{text}");
            assert_eq!(first_move(&states(text)), FirstMove::GoOn);
        }
    }

    #[test]
    fn several_matters_are_narrowed_to_one() {
        let text =
            "The gate is broken, the invoice was wrong, the driver never came and my fence got damaged.";
        assert!(states(text).contains(&CallerState::ManyComplaints), "{:?}", states(text));
        assert_eq!(first_move(&states(text)), FirstMove::NarrowToOne);
    }

    #[test]
    fn exclamations_and_clipped_sentences_show_that_somebody_is_upset() {
        for text in [
            "Nobody came! I waited all day! Nothing!",
            "He came. He looked. He left. Nothing works. Nothing.",
        ] {
            assert!(states(text).contains(&CallerState::Upset), "{text}");
        }
    }

    #[test]
    fn each_state_is_named_once_with_all_its_reasons() {
        let at = |kind| Signal { kind, span: 0..0 };
        let kinds = [
            SignalKind::Repeated { times: Some(3) },
            SignalKind::WornOut,
            SignalKind::Anger,
            SignalKind::Anger,
            SignalKind::Abuse(Degree::Mild),
        ];
        let seen = read(&kinds.map(at), "", 1);
        assert_eq!(
            seen.iter().map(|seen| seen.state).collect::<Vec<_>>(),
            [CallerState::Upset, CallerState::WornOut]
        );
        assert_eq!(seen[0].reason, "is angry about it, swore");
        assert_eq!(seen[1].reason, "said it is the third time, said they are tired of it");
    }

    #[test]
    fn what_calms_comes_first() {
        use CallerState::{
            Aggressive, Confused, Frightened, Impatient, ManyComplaints, Rushed, Upset, WornOut,
        };
        for (states, expected) in [
            (vec![Upset, Aggressive], FirstMove::LowerIntensity),
            (vec![Frightened, Rushed], FirstMove::Reassure),
            (vec![Upset, WornOut], FirstMove::TakeOwnership),
            (vec![Upset, ManyComplaints], FirstMove::NarrowToOne),
            (vec![Upset, Impatient], FirstMove::Empathise),
            (vec![Confused, Impatient], FirstMove::SmallSteps),
            (vec![Impatient], FirstMove::SayTimeline),
            (vec![Rushed], FirstMove::BeBrief),
        ] {
            assert_eq!(first_move(&states), expected, "{states:?}");
        }
    }
}
