//! What an agent knows before the caller is put through, assembled from the state.

use super::handoffs::HandoffStage;
use super::{Engine, Turn};
use crate::diagnosis::briefing;
use crate::diagnosis::person::to_agent;
use crate::diagnosis::recap::{RecapParts, for_agent};
use crate::domain::{
    Answer, Aspect, BriefedAnswer, BriefedSlot, BriefedState, BriefedTurn, Briefing, HandoffRequest, Pii,
    Promise, PromiseState, Question, Slot, Speaker, TurnId,
};
use crate::understanding::capitalised;

/// So many points of the course of stress are shown at most.
const STRESS_POINTS: usize = 8;
/// So many of the last turns are shown.
const TURNS: usize = 8;

const ASPECTS: [Aspect; 4] = [Aspect::Trigger, Aspect::Expectation, Aspect::Constraint, Aspect::NextStep];

impl Engine {
    /// What was asked for, while a person is being sought.
    pub fn sought(&self) -> Option<&HandoffRequest> {
        self.state.handoffs.open().map(|open| &open.request)
    }

    /// Whether a person is being sought and has not said yet that they come.
    pub fn is_seeking(&self) -> bool {
        self.state.handoffs.open().is_some_and(|open| open.stage == HandoffStage::Seeking)
    }

    /// What whoever takes over must know, as it stands now.
    pub fn briefing(&self, request: &HandoffRequest) -> Briefing {
        let matter = &self.state.matter;
        let answers: Vec<BriefedAnswer> = ASPECTS.into_iter().map(|aspect| self.briefed(aspect)).collect();
        let intake: Vec<BriefedSlot> = self
            .state
            .intake
            .iter()
            .map(|(slot, noted)| BriefedSlot {
                slot: slot.clone(),
                label: briefing::label(slot),
                value: noted.value.clone(),
                confirmed: noted.confirmed,
            })
            .collect();
        let answered = briefing::answered(&answers, &intake);
        Briefing {
            handoff: request.id,
            call: self.start.id,
            business: self.business().name.clone(),
            started_at: self.start.started_at,
            recap: Pii::new(self.recap(request)),
            reason: request.reason,
            why_you: briefing::why_you(request.reason, &self.owner_for(request.reason)),
            topic: self.topic().map(|topic| topic.name.clone()),
            callback: self.state.callback(),
            answers,
            intake,
            states: self.briefed_states(),
            stress: self.state.stress.levels(STRESS_POINTS),
            promises: self.state.promises.clone(),
            promised: self.state.promises.iter().map(|promise| self.in_short(promise)).collect(),
            tried: self.tried(),
            earlier: matter.earlier.clone(),
            turns: self.briefed_turns(),
            answered,
        }
    }

    fn recap(&self, request: &HandoffRequest) -> String {
        let matter = &self.state.matter;
        let states: Vec<_> = self.briefed_states().iter().map(|briefed| briefed.state).collect();
        for_agent(&RecapParts {
            name: self.state.intake.value(&Slot::Name),
            trigger: matter.value(Aspect::Trigger),
            expectation: matter.value(Aspect::Expectation),
            topic: self.topic().map(|topic| topic.name.as_str()),
            next_step: self.state.promises.last().and(matter.value(Aspect::NextStep)),
            informed: &matter.informed,
            resolved: self.has_good_news(),
            escalated: Some(request.reason),
            states: &states,
        })
    }

    fn briefed(&self, aspect: Aspect) -> BriefedAnswer {
        let matter = &self.state.matter;
        let answer: Option<&Answer> = matter.diagnosis.get(aspect);
        let confirmed = match aspect {
            Aspect::Trigger | Aspect::Expectation => matter.core_confirmed,
            Aspect::Constraint => false,
            Aspect::NextStep => matter.step.as_ref().is_some_and(|(_, evidence)| !evidence.is_empty()),
        };
        BriefedAnswer {
            question: briefing::question(aspect).to_owned(),
            answer: answer.map(|answer| Pii::new(to_agent(answer.value.expose()))),
            evidence: answer.iter().flat_map(|answer| self.words_of(&answer.evidence)).collect(),
            confirmed: confirmed && answer.is_some(),
        }
    }

    /// A promise in a few words: "our dispatcher by 12:15 PM".
    fn in_short(&self, promise: &Promise) -> String {
        let zone = &self.business().time_zone;
        let (due, now) = (promise.due.to_zoned(zone.clone()), self.start.started_at.to_zoned(zone.clone()));
        let due = due.strftime(if due.date() == now.date() { "%-I:%M %p" } else { "%A %-I:%M %p" });
        format!("{} by {due}", promise.owner)
    }

    /// The caller's own words in those turns.
    fn words_of(&self, turns: &[TurnId]) -> Vec<Pii<String>> {
        let said = |turn: &&Turn| turn.speaker == Speaker::Caller && turns.contains(&turn.id);
        self.state.transcript.iter().filter(said).map(|turn| turn.text.clone()).collect()
    }

    fn briefed_states(&self) -> Vec<BriefedState> {
        let mut states: Vec<BriefedState> = Vec::new();
        for (state, _, reason) in &self.state.matter.states {
            if !states.iter().any(|known| known.state == *state) {
                states.push(BriefedState { state: *state, reason: reason.clone() });
            }
        }
        states.sort_by_key(|briefed| briefed.state);
        states
    }

    fn tried(&self) -> Vec<Pii<String>> {
        let (matter, playbook) = (&self.state.matter, &self.business().playbook);
        let late = |promise: &Promise| {
            let open = promise.state == PromiseState::Open && promise.due < self.wall(self.now);
            open || promise.state == PromiseState::Broken
        };
        let earlier = matter.earlier.iter().flat_map(|call| {
            let day = to_agent(&self.day_of(call.at));
            let late = call.promises.iter().filter(|promise| late(promise));
            late.map(move |promise| format!("{} was to see to it {day} and has not.", promise.owner))
        });
        let advised = playbook.emergencies.iter().filter(|entry| matter.advised.contains(&entry.key));
        let informed = playbook.faqs.iter().filter(|faq| matter.informed.contains(&faq.key));
        let told = advised.map(|entry| &entry.told).chain(informed.map(|faq| &faq.answer));
        let told = told.map(|words| format!("Told: “{words}”"));
        let offered = (self.state.times_asked(&Question::Option) > 0).then(|| {
            let offers: Vec<&str> = self.steps().iter().map(|step| step.offer.as_str()).collect();
            format!("Offered: {}.", to_agent(&offers.join("; or ")))
        });
        let boundary = (matter.boundaries > 0)
            .then(|| format!("Asked for respect {}.", if matter.boundaries == 1 { "once" } else { "twice" }));
        let before = self.state.handoffs.iter().filter_map(|handoff| match handoff.stage {
            HandoffStage::Nobody { .. } => Some("Nobody could come to the phone before.".to_owned()),
            HandoffStage::Talked { .. } => Some("Was put through before.".to_owned()),
            HandoffStage::Stopped => Some("Did not want to wait before.".to_owned()),
            HandoffStage::Seeking
            | HandoffStage::Accepted { .. }
            | HandoffStage::PutThrough { .. }
            | HandoffStage::Joined { .. } => None,
        });
        let all = earlier.chain(told).chain(offered).chain(boundary).chain(before);
        all.map(|words| Pii::new(capitalised(&words))).collect()
    }

    fn briefed_turns(&self) -> Vec<BriefedTurn> {
        let transcript = &self.state.transcript;
        let last = transcript.get(transcript.len().saturating_sub(TURNS)..).unwrap_or_default();
        last.iter()
            .map(|turn| BriefedTurn { turn: turn.id, speaker: turn.speaker, text: turn.text.clone() })
            .collect()
    }
}
