//! What is said, and what of it was heard.

use super::{Action, Engine, Playback, wording};
use crate::diagnosis::guard;
use crate::domain::{
    Aspect, CallTime, Completeness, Expecting, Fact, FieldKind, HangupCause, Move, Pii, Question, Slot, Span,
    SpeechId, TurnId,
};
use crate::understanding::words::sentences;
use crate::understanding::{capitalised, completeness};

/// How many bytes of text a voice speaks in a second, for guessing what was heard when nobody reports it.
const BYTES_PER_SECOND: u64 = 14;
/// So many bytes are said in two seconds, which is no time to wait.
const NEARLY_SAID: usize = 28;

/// Sentences to be spoken in one go; the last ones may put a question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Speech {
    sentences: Vec<String>,
    question: Option<(Question, usize)>,
    act: Option<Move>,
}

impl Speech {
    pub(super) fn of(sentence: String) -> Self {
        Self::default().and(sentence)
    }

    pub(super) fn and(mut self, sentence: impl Into<String>) -> Self {
        let sentence = sentence.into();
        if !sentence.is_empty() {
            self.sentences.push(sentence);
        }
        self
    }

    /// The same, followed by what another speech says.
    pub(super) fn join(mut self, other: Self) -> Self {
        self.sentences.extend(other.sentences);
        self
    }

    /// Ends the speech with a question, in one or more sentences.
    pub(super) fn asking(mut self, question: Question, sentences: Vec<String>) -> Self {
        self.question = Some((question, self.sentences.len()));
        self.sentences.extend(sentences);
        self
    }

    /// Says what the speech does in the talk; the question at its end says it otherwise.
    pub(super) fn act(mut self, act: Move) -> Self {
        self.act = Some(act);
        self
    }

    pub(super) fn act_unless_set(mut self, act: Move) -> Self {
        self.act.get_or_insert(act);
        self
    }

    /// What the speech does in the talk.
    pub(super) fn movement(&self) -> Move {
        let asked = self.question.as_ref().map(|(question, _)| match question {
            Question::Core => Move::Reflect,
            Question::Option | Question::Step => Move::Offer,
            Question::Fill(_)
            | Question::Confirm(_)
            | Question::PersonOrMessage
            | Question::AnythingElse
            | Question::Earlier
            | Question::Resolved(_)
            | Question::Focus
            | Question::Trigger
            | Question::Expectation => Move::Ask,
        });
        self.act.or(asked).unwrap_or(Move::Acknowledge)
    }

    /// What is said before the question.
    pub(super) fn lead(&self) -> String {
        let before = self.question.as_ref().map_or(self.sentences.len(), |(_, before)| *before);
        self.sentences[..before].join(" ")
    }

    /// The same with other words before the question.
    pub(super) fn reworded(mut self, lead: String) -> Self {
        let before = self.question.as_ref().map_or(self.sentences.len(), |(_, before)| *before);
        self.sentences.splice(..before, [lead]);
        if let Some((_, before)) = &mut self.question {
            *before = 1;
        }
        self
    }

    /// Whether there is nothing to say.
    pub(super) fn is_empty(&self) -> bool {
        self.sentences.is_empty()
    }

    /// Whether the speech says these words.
    pub(super) fn says(&self, words: &str) -> bool {
        self.text().contains(words)
    }

    fn text(&self) -> String {
        self.sentences.join(" ")
    }

    /// The byte at which the question begins.
    fn question_at(&self) -> usize {
        let before = self.question.as_ref().map_or(0, |(_, before)| *before);
        self.sentences[..before].iter().map(|sentence| sentence.len() + 1).sum()
    }
}

/// A speech that was handed to the voice and not yet reported as finished.
#[derive(Debug, Clone)]
pub(super) struct Spoken {
    speech: SpeechId,
    text: Pii<String>,
    asks: Option<Question>,
    act: Move,
    question_at: usize,
    since: CallTime,
    /// When it was told to stop.
    stopped: Option<CallTime>,
}

impl Spoken {
    /// A guess at how many bytes were played by `now`.
    fn played_by(&self, now: CallTime) -> usize {
        let played = u64::try_from(now.since(self.since).as_millis()).unwrap_or(u64::MAX);
        usize::try_from(played.saturating_mul(BYTES_PER_SECOND) / 1000).unwrap_or(usize::MAX)
    }
}

/// The part of a speech that was cut off.
#[derive(Debug, Clone)]
pub(super) struct Remainder {
    text: Pii<String>,
    asks: Option<Question>,
    act: Move,
    question_at: usize,
    pub(super) leaving: Option<HangupCause>,
    /// Whether the question at its end had been heard well enough to be answered.
    pub(super) question_heard: bool,
}

impl Engine {
    /// Speaks; whatever is still being spoken is stopped.
    pub(super) fn say(&mut self, speech: Speech) {
        if let Some(speech) = self.hold_for_wording(speech) {
            self.speak(speech);
        }
    }

    /// Speaks at once, in words that passed the guard.
    pub(super) fn speak(&mut self, speech: Speech) {
        let speech = self.guarded(self.with_notice(speech));
        let question_at = speech.question_at();
        let (text, act) = (speech.text(), speech.movement());
        self.utter(text, speech.question.map(|(question, _)| question), question_at, act);
    }

    /// Replaces what the language guard objects to, and keeps what it was.
    fn guarded(&mut self, mut speech: Speech) -> Speech {
        let core: Vec<String> = [Aspect::Trigger, Aspect::Expectation]
            .into_iter()
            .filter_map(|aspect| self.state.matter.value(aspect).map(str::to_owned))
            .collect();
        for spoken in &mut speech.sentences {
            let breach = sentences(spoken).into_iter().find_map(|sentence| {
                guard::objection(sentence, &core, &self.permits)
                    .map(|breach| (breach.rule, sentence.to_owned()))
            });
            if let Some((rule, sentence)) = breach {
                self.record(Fact::Guarded { rule: rule.name().to_owned(), sentence: Pii::new(sentence) });
                *spoken = guard::replacement(rule).to_owned();
            }
        }
        speech
    }

    /// Whether the guard has nothing against a sentence that says `words` of the caller's back.
    pub(super) fn may_be_said_back(&self, sentence: &str, words: &str) -> bool {
        let whole = completeness(&format!("{words}."), Expecting::Anything) != Completeness::Unfinished;
        whole && guard::objection(sentence, &[words.to_owned()], &self.permits).is_none()
    }

    /// Whether the guard has nothing against these words.
    pub(super) fn may_be_said(&self, words: &str) -> bool {
        sentences(words).into_iter().all(|sentence| guard::check(sentence, &self.permits).is_ok())
    }

    /// Goes on from the start of the sentence or clause that was cut off.
    pub(super) fn go_on(&mut self) {
        let Some(rest) = self.floor.cut.take() else {
            return self.wait_for_reply();
        };
        self.floor.leaving = rest.leaving;
        self.utter(rest.text.into_exposed(), rest.asks, rest.question_at, rest.act);
    }

    fn utter(&mut self, text: String, asks: Option<Question>, question_at: usize, act: Move) {
        if self.state.is_out_of_reach() || self.state.stage.ended.is_some() || text.is_empty() {
            return;
        }
        if self.floor.speaking.is_some() {
            self.stop_speaking();
            self.settle_unreported();
        }
        self.floor.cut = None;
        self.floor.timers.clear_reply();
        if let Some(question) = &asks {
            let expecting = self.expectation(question);
            self.listen(expecting);
        }
        let speech = SpeechId(self.floor.next_speech);
        self.floor.next_speech += 1;
        self.floor.timers.start_playback(self.now, text.len());
        let text = Pii::new(text);
        self.actions.push_back(Action::Say {
            speech,
            text: text.clone(),
            asks: asks.clone(),
            act,
            unhurried: self.is_upset(),
        });
        self.floor.speaking =
            Some(Spoken { speech, text, asks, act, question_at, since: self.now, stopped: None });
    }

    /// Tells the ear what to expect, if that changed.
    fn listen(&mut self, expecting: Expecting) {
        if self.floor.listening != expecting {
            self.floor.listening = expecting;
            self.actions.push_back(Action::Listen(expecting));
        }
    }

    fn expectation(&self, question: &Question) -> Expecting {
        match question {
            Question::Fill(Slot::Reason)
            | Question::PersonOrMessage
            | Question::Focus
            | Question::Trigger
            | Question::Expectation
            | Question::Option
                if self.is_upset() =>
            {
                Expecting::Venting
            }
            Question::Fill(Slot::Reason)
            | Question::PersonOrMessage
            | Question::Focus
            | Question::Trigger
            | Question::Expectation
            | Question::Option => Expecting::Anything,
            Question::Fill(Slot::Name) => Expecting::Name,
            Question::Fill(Slot::Callback) => Expecting::PhoneNumber,
            Question::Fill(Slot::Field(key)) => match self.field(key).map(|field| field.kind) {
                Some(FieldKind::Code) => Expecting::Code,
                Some(FieldKind::YesNo) => Expecting::YesNo,
                Some(FieldKind::Text) | None => Expecting::Anything,
            },
            Question::Step
            | Question::Confirm(_)
            | Question::AnythingElse
            | Question::Core
            | Question::Earlier
            | Question::Resolved(_) => Expecting::YesNo,
        }
    }

    /// The law's notice goes before anything else until it was heard out.
    fn with_notice(&self, mut speech: Speech) -> Speech {
        let Some(notice) = &self.business().notice else {
            return speech;
        };
        let present = speech.sentences.iter().any(|sentence| sentence == notice);
        let leaving = self.floor.leaving.is_some();
        if present || leaving || self.state.has_heard(notice) || self.notices_begun() >= 3 {
            return speech;
        }
        let questions_from = speech.question.as_ref().map_or(speech.sentences.len(), |(_, before)| *before);
        speech.sentences.insert(questions_from.min(1), notice.clone());
        if let Some((_, before)) = &mut speech.question {
            *before += 1;
        }
        speech
    }

    fn notices_begun(&self) -> u32 {
        let notice = self.business().notice.as_deref().unwrap_or_default();
        let first = crate::understanding::words::sentences(notice).first().copied().unwrap_or_default();
        self.state.times_begun(first)
    }

    pub(super) fn stop_speaking(&mut self) {
        if let Some(spoken) = &mut self.floor.speaking
            && spoken.stopped.is_none()
        {
            spoken.stopped = Some(self.now);
            self.actions.push_back(Action::StopSpeaking);
        }
    }

    /// Stops what is said to somebody who waits for a person, unless it is as good as said.
    pub(super) fn cut_company_short(&mut self) {
        let is_long = self.floor.speaking.as_ref().is_some_and(|spoken| {
            let left = spoken.text.expose().len().saturating_sub(spoken.played_by(self.now));
            spoken.act == Move::Escalate && left > NEARLY_SAID
        });
        if is_long {
            self.stop_speaking();
        }
    }

    pub(super) fn is_speaking(&self) -> bool {
        self.floor.speaking.as_ref().is_some_and(|spoken| spoken.stopped.is_none())
    }

    /// Whether, going by the time, the question being spoken was as good as heard, so that a "yes" answers it.
    pub(super) fn question_is_nearly_out(&self) -> bool {
        self.floor.speaking.as_ref().is_some_and(|spoken| {
            let half = spoken.question_at + (spoken.text.expose().len() - spoken.question_at) / 2;
            spoken.asks.is_some() && spoken.played_by(self.now) > half
        })
    }

    pub(super) fn speech_started(&mut self) {
        if !self.state.stage.answered {
            return;
        }
        self.floor.caller_speaking = true;
        self.floor.speech_since = self.now;
        self.floor.timers.clear_reply();
        self.stop_speaking();
    }

    pub(super) fn speech_stopped(&mut self) {
        if !self.state.stage.answered || !self.floor.caller_speaking {
            return;
        }
        self.floor.caller_speaking = false;
        self.wait_for_words();
    }

    pub(super) fn playback_finished(&mut self, speech: SpeechId, playback: &Playback) {
        if self.floor.speaking.as_ref().is_none_or(|spoken| spoken.speech != speech) {
            return;
        }
        let Some(spoken) = self.floor.speaking.take() else {
            return;
        };
        self.floor.timers.clear_playback();
        if playback.failed {
            return self.speech_failed(spoken, playback.span);
        }
        self.floor.retried = false;
        let interrupted = spoken.stopped.is_some();
        self.settle(spoken, playback.heard_bytes, playback.span);
        match self.floor.leaving.take() {
            Some(cause) if self.floor.cut.is_none() || !interrupted || self.floor.farewells > 3 => {
                self.hang_up(cause)
            }
            Some(cause) => {
                if let Some(cut) = &mut self.floor.cut {
                    cut.leaving = Some(cause);
                }
                self.wait_for_reply();
            }
            None => {
                if !interrupted {
                    self.floor.cut = None;
                }
                self.wait_for_reply();
            }
        }
    }

    pub(super) fn playback_overdue(&mut self) {
        self.stop_speaking();
        let Some(spoken) = self.floor.speaking.take() else {
            return;
        };
        let whole = spoken.text.expose().len();
        let span = Span { start: spoken.since, end: self.now };
        self.settle(spoken, whole, span);
        match self.floor.leaving.take() {
            Some(cause) => self.hang_up(cause),
            None => self.wait_for_reply(),
        }
    }

    fn speech_failed(&mut self, spoken: Spoken, span: Span) {
        let Spoken { speech, text, asks, act, question_at, .. } = spoken;
        self.record(Fact::BotSaid {
            turn: TurnId(self.state.next_turn),
            speech,
            text: text.clone(),
            heard: Pii::default(),
            span,
        });
        if !std::mem::replace(&mut self.floor.retried, true) && !self.floor.caller_speaking {
            return self.utter(text.into_exposed(), asks, question_at, act);
        }
        match self.floor.leaving.take() {
            Some(cause) => self.hang_up(cause),
            None => self.wait_for_reply(),
        }
    }

    /// Closes a speech that nobody reported, guessing from the time what was heard of it.
    pub(super) fn settle_unreported(&mut self) {
        let Some(spoken) = self.floor.speaking.take() else {
            return;
        };
        self.floor.timers.clear_playback();
        let end = spoken.stopped.unwrap_or(self.now);
        let heard = prefix_at_word(spoken.text.expose(), spoken.played_by(end));
        let span = Span { start: spoken.since, end };
        self.settle(spoken, heard, span);
        if let Some(cause) = self.floor.leaving.take()
            && let Some(cut) = &mut self.floor.cut
        {
            cut.leaving = Some(cause);
        }
    }

    /// Writes down what was heard of a speech and keeps the rest.
    fn settle(&mut self, spoken: Spoken, heard_bytes: usize, span: Span) {
        let Spoken { speech, text: whole, asks, act, question_at, .. } = spoken;
        let text = whole.expose();
        let heard = &text[..text.floor_char_boundary(heard_bytes.min(text.len()))];
        self.record(Fact::BotSaid {
            turn: TurnId(self.state.next_turn),
            speech,
            text: whole.clone(),
            heard: Pii::from(heard),
            span,
        });
        if let Some((reason, _)) = self.floor.takeover.take_if(|(_, sentence)| heard.contains(&*sentence)) {
            self.record(Fact::TakeoverTold { reason, since: span.start });
        }
        let half_of_question = question_at + (text.len() - question_at.min(text.len())) / 2;
        let question_heard = asks.is_some() && heard.len() > half_of_question;
        if question_heard && let Some(question) = asks.clone() {
            let attempt = self.attempt(&question);
            self.record(Fact::Asked { question, attempt });
        }
        let complete = heard.trim_end().len() >= text.trim_end().len();
        self.floor.cut = (!complete).then(|| {
            let from = resume_at(text, heard.len());
            Remainder {
                text: Pii::new(capitalised(&text[from..])),
                asks,
                act,
                question_at: question_at.saturating_sub(from),
                leaving: None,
                question_heard,
            }
        });
    }

    /// A wording that was not used in this call yet, or else the one used least.
    pub(super) fn pick(&self, wordings: &[&str]) -> String {
        let begun = |wording: &&&str| {
            let sentences = crate::understanding::words::sentences(wording);
            let pending =
                self.floor.speaking.as_ref().is_some_and(|spoken| spoken.text.expose().contains(**wording));
            sentences.last().map_or(0, |last| self.state.times_begun(last)) + u32::from(pending)
        };
        wordings.iter().min_by_key(begun).map(|wording| (*wording).to_owned()).unwrap_or_default()
    }

    /// Ends the call soon and kindly, whatever is going on.
    pub(super) fn end_politely(&mut self, cause: HangupCause, why: &str) {
        self.floor.timers.start_last_minute(self.now);
        self.floor.last_minute = true;
        if self.floor.leaving.is_some() {
            return;
        }
        if self.state.is_out_of_reach() || !self.state.stage.answered {
            return self.hang_up(cause);
        }
        self.floor.must_end = Some(cause);
        self.leave(Speech::of(why.to_owned()), cause);
    }

    pub(super) fn draining(&mut self) {
        self.end_politely(HangupCause::Shutdown, wording::MUST_END);
    }
}

/// The start of the sentence that holds byte `heard`, or of its clause where the sentence is long.
fn resume_at(text: &str, heard: usize) -> usize {
    let ends = |marks: &'static [char]| {
        text[..heard].rmatch_indices(' ').find(|(at, _)| text[..*at].ends_with(marks)).map(|(at, _)| at + 1)
    };
    let sentence = ends(&['.', '!', '?']).unwrap_or(0);
    let length = text[sentence..].find(['.', '!', '?']).unwrap_or(text.len() - sentence);
    let clause = ends(&[',', ';', ':']).unwrap_or(0);
    if length > 80 && clause > sentence { clause } else { sentence }
}

/// The longest prefix of at most `bytes` that ends at a word.
fn prefix_at_word(text: &str, bytes: usize) -> usize {
    if bytes >= text.len() {
        return text.len();
    }
    let cut = text.floor_char_boundary(bytes);
    text[..cut].rfind(' ').unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speech_resumes_at_the_sentence_or_the_clause_that_was_cut() {
        let text = "Thank you. Our office will call you back by noon. Is there anything else?";
        assert_eq!(
            &text[resume_at(text, 20)..],
            "Our office will call you back by noon. Is there anything else?"
        );
        assert_eq!(&text[resume_at(text, 60)..], "Is there anything else?");
        assert_eq!(resume_at(text, 3), 0);
        let long = "This call is answered by an automated assistant, and it is written down so that the office can help, as the law asks.";
        assert_eq!(
            &long[resume_at(long, 70)..],
            "and it is written down so that the office can help, as the law asks."
        );
    }
}
