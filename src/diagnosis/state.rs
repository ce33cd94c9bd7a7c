//! How the caller is, what shows it, and what is to be done first about it.

use crate::domain::CallerState;
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
    /// Speak slowly and shortly, name what went wrong and that it matters; no facts, no questions of detail yet.
    LowerIntensity,
    /// Say what happens now, before any question.
    Reassure,
    /// Take ownership of it; ask nothing again that is known.
    TakeOwnership,
    /// Have one of several matters chosen; the others stay on the record.
    NarrowToOne,
    /// Say back what happened and what it does to the caller.
    Empathise,
    /// One small step at a time.
    SmallSteps,
    /// Say that many callers ask this.
    Normalise,
    /// Say the timeline and the fastest realistic way.
    SayTimeline,
    /// Be brief.
    BeBrief,
}

/// The states that a turn shows, strongest first, each once.
pub fn read(signals: &[Signal], text: &str, complaints: u32) -> Vec<Seen> {
    let mut seen: Vec<Seen> = signals.iter().filter_map(|signal| shown(signal.kind)).collect();
    let outcries = text.matches('!').count();
    if outcries >= 2 {
        seen.push(Seen { state: CallerState::Upset, reason: "several exclamations".to_owned() });
    }
    if complaints >= 3 {
        seen.push(Seen {
            state: CallerState::ManyComplaints,
            reason: format!("brought up {complaints} matters at once"),
        });
    }
    seen.sort_by_key(|seen| seen.state);
    seen.dedup_by_key(|seen| seen.state);
    seen
}

fn shown(kind: SignalKind) -> Option<Seen> {
    let (state, reason) = match kind {
        SignalKind::Abuse(Degree::Severe) => (CallerState::Aggressive, "used degrading words".to_owned()),
        SignalKind::Abuse(Degree::Insult) => (CallerState::Aggressive, "insulted somebody".to_owned()),
        SignalKind::Abuse(Degree::Mild) => (CallerState::Upset, "swore".to_owned()),
        SignalKind::Threat => (CallerState::Aggressive, "spoke of a threat".to_owned()),
        SignalKind::Fear => (CallerState::Frightened, "said they are afraid".to_owned()),
        SignalKind::SelfHarm => (CallerState::Frightened, "spoke of harming themselves".to_owned()),
        SignalKind::Emergency(_) => (CallerState::Frightened, "reported a danger".to_owned()),
        SignalKind::Distress => (CallerState::Upset, "said how hard it is for them".to_owned()),
        SignalKind::Anger => (CallerState::Upset, "said they are angry".to_owned()),
        SignalKind::Sarcasm => (CallerState::Upset, "spoke with irony".to_owned()),
        SignalKind::Repeated { times: Some(times) } => {
            (CallerState::WornOut, format!("said it is attempt number {times}"))
        }
        SignalKind::Repeated { times: None } => {
            (CallerState::WornOut, "said it is not the first time".to_owned())
        }
        SignalKind::WornOut => (CallerState::WornOut, "said they are tired of it".to_owned()),
        SignalKind::Impatience => (CallerState::Impatient, "wants it at once".to_owned()),
        SignalKind::Rush => (CallerState::Rushed, "said there is little time".to_owned()),
        SignalKind::Confusion => (CallerState::Confused, "said they are not sure".to_owned()),
        SignalKind::Embarrassment => (CallerState::Embarrassed, "said it is embarrassing".to_owned()),
        SignalKind::Person
        | SignalKind::Manager
        | SignalKind::Legal
        | SignalKind::Compliance
        | SignalKind::Thanks => return None,
    };
    Some(Seen { state, reason })
}

/// What to do first for a caller in these states.
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
