//! How stressed the caller is: the voice as it was scored, the words, and the course of the talk, in one level.
//!
//! Evidence is added in the logarithm of the odds, as if its kinds were independent of each other. What the voice says is
//! calibrated on recordings; what words and course weigh is judgement, for there are no calls in which all three were
//! labelled: a weight of 2.2 means that such words are taken to be nine times as likely from somebody under great stress
//! as from anybody else. A calm voice takes nothing back of what the words say, so that quiet desperation is not missed;
//! glad words do take back some of what a loud voice says.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Crossing, Engine, hearing::Reaction};
use crate::diagnosis;
use crate::domain::{
    BriefedStress, CallTime, EmergencyKind, EscalationReason, Fact, HandoffNews, PartScore, StressPolicy,
    StressScore, TurnId, VoiceScore,
};
use crate::understanding::{Degree, Signal, SignalKind, is_backchannel};

/// Of a hundred callers of whom nothing is known, so many are taken to be under great stress.
const USUAL: f32 = 10.0;
/// How far the uncertainty of a level reaches where no voice was scored, in log odds.
const NO_VOICE: f32 = 1.0;
/// The highest level that a voice is believed, for listeners agree no better among themselves.
const SUREST_VOICE: f32 = 95.0;
/// The share of its uncertainty that a voice alone must be over the line by, and how many times as long as a voice that
/// words go with. Chosen on speakers left out of the fit: so none of the happy cross, and nearly all of the others.
const UNSURE: f32 = 0.75;
const LONGER_ALONE: f32 = 2.0;
/// The voice of less speech than this says nothing, in seconds.
const LEAST_SPEECH_SECONDS: f32 = 2.0;
/// No score is about more new speech than this, in seconds.
const LONGEST_STEP_SECONDS: f32 = 60.0;
/// What the words, and the course, may weigh at most.
const MOST_WORDS: f32 = 4.5;
const MOST_GLADNESS: f32 = -2.0;
const MOST_COURSE: f32 = 1.5;
/// What is left of the weight of words, and of trouble, at the next turn.
const LASTING: f32 = 0.75;
/// What something must weigh to be named as a reason.
const WORTH_NAMING: f32 = 0.4;
/// After so many seconds of speech over the line the words of the turn are not waited for.
const CERTAIN_SECONDS: f32 = 8.0;
/// A level that moved by less, without new sound, is not written down again.
const MOVED: f32 = 5.0;
/// A turn of so many words that is twice as long as usual shows that somebody talks themselves into a rage, or has to.
const LONG_TURN: usize = 25;
/// A longer wait for an answer is trouble, in milliseconds.
const LONG_WAIT_MS: u128 = 4000;
/// So does every stretch of waiting for a person that is longer than this.
const LONG_HOLD: Duration = Duration::from_secs(20);

/// How stressed the caller is: a part of the state.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stress {
    latest: Option<StressScore>,
    /// All levels that were written down, oldest first.
    levels: Vec<BriefedStress>,
    /// What is left of what the words said.
    words: Option<PartScore>,
    speech_seconds: f32,
    over: bool,
    /// Whether the caller was told that a person takes over for it.
    pub(super) told: bool,
    troubles: BTreeMap<Trouble, f32>,
    /// Since when the caller has waited for a person, or since that was last counted; none while they do not.
    held_since: Option<CallTime>,
    /// Whether the bot was cut short, and nobody has said a word since.
    cut_short: bool,
    turns: u32,
    words_said: usize,
}

/// Something in the course of a talk that wears a caller out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Trouble {
    Interrupting,
    Silence,
    NotUnderstood,
    AskedAgain,
    Correcting,
    NoPerson,
    Growing,
    Waiting,
    BrokenLine,
}

/// Watches the level against the line, from one score to the next. A crash forgets how long it has stayed beyond.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Watch {
    crossing: Crossing,
    /// Seconds of speech over the line since it was crossed.
    over_seconds: f32,
    /// Seconds of speech too short to be scored.
    unscored_seconds: f32,
}

impl Watch {
    pub(super) fn from(over: bool) -> Self {
        Self { crossing: Crossing::from(over), ..Self::default() }
    }
}

impl Stress {
    /// The course of the level in at most so many points, the first and the last among them.
    pub(super) fn levels(&self, points: usize) -> Vec<BriefedStress> {
        let last = self.levels.len().saturating_sub(1);
        let step = last.div_ceil(points.saturating_sub(1).max(1)).max(1);
        let kept = |place: usize| place == last || place.is_multiple_of(step);
        self.levels.iter().enumerate().filter(|(place, _)| kept(*place)).map(|(_, point)| *point).collect()
    }

    /// The latest score; none while nothing shows.
    pub fn latest(&self) -> Option<&StressScore> {
        self.latest.as_ref()
    }

    /// Seconds of the caller's speech that were scored.
    pub fn speech_seconds(&self) -> f32 {
        self.speech_seconds
    }

    /// Whether the level has stayed over the business's line.
    pub fn is_over(&self) -> bool {
        self.over
    }

    pub(super) fn apply(&mut self, at: CallTime, fact: &Fact) {
        match fact {
            Fact::StressScored { score, speech_seconds, turn: _ } => {
                self.levels.push(BriefedStress { at, level: score.level });
                self.latest = Some(score.clone());
                self.words = Some(score.words.clone());
                self.speech_seconds = *speech_seconds;
            }
            Fact::StressCrossed { over, .. } => self.over = *over,
            Fact::TakeoverTold { reason, since: _ } => self.told |= *reason == EscalationReason::Stress,
            Fact::BotSaid { text, heard, .. } => {
                let heard = heard.expose().len();
                self.cut_short = heard > 0 && heard < text.expose().len();
            }
            Fact::CallerSaid { utterance, .. } => {
                self.take_turn(utterance.text.expose());
                self.hold(at);
            }
            Fact::HandoffBegan { .. } => self.held_since = Some(at),
            Fact::HandoffHeard { news: HandoffNews::Joined | HandoffNews::Settled { .. }, .. }
            | Fact::HandoffStopped { .. } => {
                self.hold(at);
                self.held_since = None;
            }
            Fact::SilenceNoticed { .. } if self.troubles.contains_key(&Trouble::NotUnderstood) => {
                self.trouble(Trouble::Silence, 0.3);
            }
            Fact::Misunderstood { .. } => self.trouble(Trouble::NotUnderstood, 0.4),
            Fact::Asked { attempt, .. } if *attempt > 1 => self.trouble(Trouble::AskedAgain, 0.3),
            Fact::Rejected { .. } => self.trouble(Trouble::Correcting, 0.2),
            Fact::PersonRequested { .. } => self.trouble(Trouble::NoPerson, 0.4),
            Fact::TurnTimed { timing }
                if timing.answered.since(timing.speech_ended).as_millis() > LONG_WAIT_MS =>
            {
                self.trouble(Trouble::Waiting, 0.3);
            }
            Fact::StreamLost => {
                self.cut_short = false;
                self.trouble(Trouble::BrokenLine, 0.4);
            }
            Fact::Answered { .. }
            | Fact::PhaseEntered { .. }
            | Fact::Asked { .. }
            | Fact::Keyed { .. }
            | Fact::SilenceNoticed { .. }
            | Fact::Noted { .. }
            | Fact::Confirmed { .. }
            | Fact::GivenUp { .. }
            | Fact::Recalled { .. }
            | Fact::EarlierMatter { .. }
            | Fact::EarlierResolved { .. }
            | Fact::TopicsSeen { .. }
            | Fact::TopicChosen { .. }
            | Fact::Diagnosed { .. }
            | Fact::Undiagnosed { .. }
            | Fact::CoreConfirmed
            | Fact::StateRead { .. }
            | Fact::Mentioned { .. }
            | Fact::BoundarySet { .. }
            | Fact::Advised { .. }
            | Fact::Informed { .. }
            | Fact::Escalated { .. }
            | Fact::HandoffHeard { .. }
            | Fact::PutThrough { .. }
            | Fact::WrongNumber { .. }
            | Fact::UrgencyRaised { .. }
            | Fact::StepChosen { .. }
            | Fact::Guarded { .. }
            | Fact::Summarised { .. }
            | Fact::NoteWritten { .. }
            | Fact::PromiseMade { .. }
            | Fact::TurnTimed { .. }
            | Fact::Resumed
            | Fact::Ended { .. } => {}
        }
    }

    /// Counts what the caller has waited for a person.
    fn hold(&mut self, now: CallTime) {
        if self.held_since.is_some_and(|since| now.since(since) >= LONG_HOLD) {
            self.held_since = Some(now);
            self.trouble(Trouble::Waiting, 0.3);
        }
    }

    fn trouble(&mut self, trouble: Trouble, weight: f32) {
        *self.troubles.entry(trouble).or_default() += weight;
    }

    /// Old words and old trouble fade with every turn.
    fn take_turn(&mut self, text: &str) {
        self.troubles.values_mut().for_each(|weight| *weight *= LASTING);
        if let Some(words) = &mut self.words {
            words.level = alone(LASTING * weight(words));
        }
        if std::mem::take(&mut self.cut_short) && !is_backchannel(text) {
            self.trouble(Trouble::Interrupting, 0.25);
        }
        let words = text.split_whitespace().count();
        let usual = self.words_said / usize::try_from(self.turns.max(1)).unwrap_or(1);
        if self.turns >= 2 && words >= LONG_TURN && words >= 2 * usual {
            self.trouble(Trouble::Growing, 0.4);
        }
        self.turns += 1;
        self.words_said += words;
    }

    fn course(&self) -> PartScore {
        let weight: f32 = self.troubles.values().sum();
        let mut named: Vec<(&Trouble, &f32)> =
            self.troubles.iter().filter(|(_, weight)| **weight >= WORTH_NAMING).collect();
        named.sort_by(|one, other| other.1.total_cmp(one.1));
        let reasons = named.into_iter().map(|(trouble, _)| trouble.words().to_owned()).collect();
        PartScore { level: alone(weight.min(MOST_COURSE)), reasons }
    }

    /// What earlier words say now.
    fn words_so_far(&self) -> PartScore {
        self.words.clone().unwrap_or(PartScore { level: USUAL, reasons: Vec::new() })
    }
}

impl Trouble {
    const fn words(self) -> &'static str {
        match self {
            Self::Interrupting => "interrupts again and again",
            Self::Silence => "fell silent after not being understood",
            Self::NotUnderstood => "was not understood",
            Self::AskedAgain => "was asked the same again",
            Self::Correcting => "had to correct what was read back",
            Self::NoPerson => "asked for a person",
            Self::Growing => "talks much longer than before",
            Self::Waiting => "had to wait",
            Self::BrokenLine => "the line broke",
        }
    }
}

impl Engine {
    /// Takes in how the voice sounds; the words of the turn are not known yet.
    pub(super) fn voice_scored(&mut self, voice: VoiceScore, new_seconds: f32) {
        let Some(policy) = self.business().stress.filter(|_| self.state.stage.answered) else { return };
        let VoiceScore { level, low, high, speech_seconds, .. } = voice;
        if ![level, low, high, speech_seconds, new_seconds].iter().all(|number| number.is_finite()) {
            return;
        }
        let new_seconds = new_seconds.clamp(0.0, LONGEST_STEP_SECONDS);
        let unscored = std::mem::take(&mut self.floor.stress.unscored_seconds) + new_seconds;
        if voice.speech_seconds < LEAST_SPEECH_SECONDS {
            self.floor.stress.unscored_seconds = unscored;
            return;
        }
        let speech_seconds = self.state.stress.speech_seconds + unscored;
        let words = self.state.stress.words_so_far();
        let score = combined(Some(voice), words, self.state.stress.course());
        self.record(Fact::StressScored { score, speech_seconds, turn: None });
        self.watch(&policy, new_seconds, false);
        if self.floor.stress.over_seconds >= CERTAIN_SECONDS {
            self.escalate_for_stress(&policy, None);
        }
    }

    /// Takes in what a turn's words show.
    pub(super) fn weigh_words(&mut self, signals: &[Signal], turn: TurnId) {
        let Some(policy) = self.business().stress else { return };
        let stress = &self.state.stress;
        let nothing = PartScore { level: USUAL, reasons: Vec::new() };
        let voice = stress.latest.as_ref().and_then(|score| score.voice.clone());
        let now = combined(voice.clone(), words_with(&nothing, signals), stress.course());
        let alone_over = sure(&now) >= policy.threshold;
        let score = combined(voice, words_with(&stress.words_so_far(), signals), stress.course());
        let before = stress.latest.as_ref().map_or(USUAL, |score| score.level.max(USUAL));
        let same = (score.level.max(USUAL) - before).abs() < MOVED && score.level < policy.threshold;
        if !same {
            let speech_seconds = stress.speech_seconds;
            self.record(Fact::StressScored { score, speech_seconds, turn: Some(turn) });
        }
        let said = self.state.transcript.iter().rev().find(|said| said.id == turn);
        let seconds = said.map_or(0.0, |said| said.span.end.since(said.span.start).as_secs_f32());
        self.watch(&policy, if alone_over { seconds } else { 0.0 }, true);
    }

    fn watch(&mut self, policy: &StressPolicy, seconds: f32, turn_ended: bool) {
        let Some(score) = &self.state.stress.latest else { return };
        let level = score.level;
        let watch = &mut self.floor.stress;
        let over = watch.crossing.is_over();
        let counted = if over { level } else { sure(score) };
        let doubted = !over && !turn_ended && voice_alone(score).is_some();
        let stayed = if doubted { seconds / LONGER_ALONE } else { seconds };
        let crossed = watch.crossing.hear(policy, counted, stayed, turn_ended);
        let stays = watch.crossing.is_over() && level >= policy.threshold && crossed.is_none();
        match stays {
            true if !turn_ended => watch.over_seconds += seconds,
            true => {}
            false => watch.over_seconds = 0.0,
        }
        if let Some(over) = crossed {
            let speech_seconds = self.state.stress.speech_seconds;
            self.record(Fact::StressCrossed { over, line: policy.threshold, speech_seconds });
        }
    }

    /// A person takes over once the line was crossed, unless the words of the turn have brought the level back, a person
    /// is on the way already, or it is nothing for this line.
    fn escalate_for_stress(&mut self, policy: &StressPolicy, turn: Option<TurnId>) {
        let stress = &self.state.stress;
        let holds = stress.latest.as_ref().is_some_and(|score| score.level >= policy.threshold);
        let decided = self.state.matter.is_escalated(EscalationReason::Stress);
        if stress.over && holds && !decided && !self.is_pressed_otherwise() && !self.is_declined() {
            self.record(Fact::Escalated { reason: EscalationReason::Stress, turn });
        }
    }

    /// Decides at the end of a turn whether a person takes over, and tells the caller so, once, instead of what can be
    /// left unsaid. What is weightier than stress, such as a danger or abuse, is answered by its own rules.
    pub(super) fn heed_stress(&mut self, reaction: Reaction, turn: Option<TurnId>) -> Reaction {
        let Some(policy) = self.business().stress else { return reaction };
        let ruled = matches!(
            reaction,
            Reaction::SetBoundary | Reaction::EndForAbuse | Reaction::Leave | Reaction::LeaveStranger
        );
        if !ruled {
            self.escalate_for_stress(&policy, turn);
        }
        let due = self.state.matter.is_escalated(EscalationReason::Stress)
            && !self.state.stress.told
            && !self.is_pressed_otherwise()
            && self.state.times_begun(&self.takeover_sentence(EscalationReason::Stress)) < 2;
        if due && is_ordinary(&reaction) { Reaction::HandOver(EscalationReason::Stress) } else { reaction }
    }
}

/// Whether something else may be said instead, for all that the turn taught is noted.
const fn is_ordinary(reaction: &Reaction) -> bool {
    match reaction {
        Reaction::Hear
        | Reaction::CoreConfirmed
        | Reaction::CoreRejected
        | Reaction::OfferAgain
        | Reaction::Thank
        | Reaction::Note
        | Reaction::Miss
        | Reaction::GoOn
        | Reaction::ThankForCorrection
        | Reaction::Apologise
        | Reaction::NeverMind
        | Reaction::TakeUpEarlier
        | Reaction::BeGlad
        | Reaction::TakeMessage => true,
        Reaction::Inform(_)
        | Reaction::Advise(_)
        | Reaction::Stay
        | Reaction::SetBoundary
        | Reaction::EndForAbuse
        | Reaction::HandOver(_)
        | Reaction::GiveTime
        | Reaction::Listen
        | Reaction::SayMachine
        | Reaction::SayWho
        | Reaction::SayNobodyIsFree
        | Reaction::Repeat
        | Reaction::AwaitDigits
        | Reaction::AwaitAreaCode
        | Reaction::AwaitLastFour
        | Reaction::SayWithheld
        | Reaction::StopHandoff
        | Reaction::KeepCompany
        | Reaction::Wait
        | Reaction::Leave
        | Reaction::LeaveStranger => false,
    }
}

/// All parts in one level.
fn combined(voice: Option<VoiceScore>, words: PartScore, course: PartScore) -> StressScore {
    let usual = log_odds(USUAL);
    let heard = voice.as_ref().map_or(usual, |voice| log_odds(voice.level.min(SUREST_VOICE)).max(usual));
    let (said, went) = (weight(&words), weight(&course));
    let sum = heard + said + went;
    let doubt =
        voice.as_ref().map_or(NO_VOICE, |voice| (log_odds(voice.high) - log_odds(voice.low)).abs() / 2.0);
    let doubt = (doubt.powi(2) + (0.3 * said).powi(2) + (0.5 * went).powi(2)).sqrt();
    let (low, high) = (percent(sum - doubt), percent(sum + doubt));
    StressScore {
        level: percent(sum),
        low,
        high,
        confidence: 1.0 - (high - low) / 100.0,
        voice,
        words,
        course,
    }
}

/// The voice, where no words go with it.
fn voice_alone(score: &StressScore) -> Option<&VoiceScore> {
    score.voice.as_ref().filter(|_| weight(&score.words) < WORTH_NAMING)
}

/// The level that may cross the line: joy is loud too, so a voice without words to go with it counts only as far as it
/// surely goes, towards the lower edge of its level.
fn sure(score: &StressScore) -> f32 {
    let Some(voice) = voice_alone(score) else { return score.level };
    let doubt = log_odds(voice.level) - log_odds(voice.low);
    let voice = (log_odds(voice.level.min(SUREST_VOICE)) - UNSURE * doubt).max(log_odds(USUAL));
    percent(voice + weight(&score.words) + weight(&score.course))
}

/// The words of a turn, on top of what is left of earlier ones.
fn words_with(before: &PartScore, signals: &[Signal]) -> PartScore {
    let mut found: Vec<(f32, String)> = Vec::new();
    for signal in signals {
        let reason = diagnosis::state::shown(signal.kind).map(|(_, reason)| reason);
        let entry = (weight_of(signal.kind), reason.unwrap_or_default());
        if !found.contains(&entry) {
            found.push(entry);
        }
    }
    found.sort_by(|one, other| other.0.total_cmp(&one.0));
    let upset = found.first().map_or(0.0, |(most, _)| most.max(0.0));
    // Kinds of words that come together tell less than each alone would.
    let raised: f32 = upset + found.iter().skip(1).map(|(weight, _)| weight.max(0.0)).sum::<f32>() / 2.0;
    let glad = found.iter().map(|(weight, _)| *weight).fold(0.0, f32::min);
    let rest = weight(before);
    let now = if raised > 0.0 { raised } else { glad };
    let named = found.into_iter().filter(|(weight, reason)| *weight >= WORTH_NAMING && !reason.is_empty());
    let mut reasons: Vec<String> = named.map(|(_, reason)| reason).collect();
    if rest >= WORTH_NAMING {
        let earlier = before.reasons.iter().filter(|reason| !reasons.contains(reason)).cloned();
        let earlier: Vec<String> = earlier.collect();
        reasons.extend(earlier);
    }
    PartScore { level: alone((rest + now).clamp(MOST_GLADNESS, MOST_WORDS)), reasons }
}

/// How many times likelier such words are from somebody under great stress, as a natural logarithm.
const fn weight_of(kind: SignalKind) -> f32 {
    match kind {
        SignalKind::SelfHarm => 4.0,
        SignalKind::Threat
        | SignalKind::Emergency(
            EmergencyKind::Medical | EmergencyKind::Fire | EmergencyKind::Gas | EmergencyKind::Violence,
        ) => 2.5,
        SignalKind::Distress => 2.2,
        SignalKind::Anger | SignalKind::Fear => 1.8,
        // Abuse has a rule of its own, and is not always stress.
        SignalKind::Abuse(Degree::Severe) => 2.0,
        SignalKind::Abuse(Degree::Insult) => 1.5,
        SignalKind::Emergency(EmergencyKind::Property) | SignalKind::WornOut => 1.2,
        SignalKind::Repeated { times: Some(3..) } | SignalKind::Abuse(Degree::Mild) => 1.0,
        SignalKind::Sarcasm => 0.8,
        SignalKind::Repeated { .. } | SignalKind::Impatience => 0.6,
        SignalKind::Legal | SignalKind::Compliance | SignalKind::Confusion => 0.3,
        SignalKind::Person | SignalKind::Manager | SignalKind::Rush | SignalKind::Embarrassment => 0.0,
        SignalKind::Thanks => -1.0,
        SignalKind::Gladness => MOST_GLADNESS,
    }
}

/// What a part adds to the log odds.
fn weight(part: &PartScore) -> f32 {
    log_odds(part.level) - log_odds(USUAL)
}

/// The level that a part would give on its own.
fn alone(weight: f32) -> f32 {
    percent(log_odds(USUAL) + weight)
}

fn log_odds(level: f32) -> f32 {
    let share = (level / 100.0).clamp(0.001, 0.999);
    (share / (1.0 - share)).ln()
}

fn percent(log_odds: f32) -> f32 {
    100.0 / (1.0 + (-log_odds).exp())
}
