//! What is being said, what has been sent, and what the caller has heard of it.

use std::collections::VecDeque;
use std::ops::Range;
use std::time::Duration;

use crate::call::Playback;
use crate::domain::{CallTime, Span, SpeechId};
use crate::synthesize::sentences;

/// How long after its computed end a speech waits for its mark before it counts as played.
const MARK_GRACE: Duration = Duration::from_millis(2000);

/// Samples per millisecond of telephone audio.
const BYTES_PER_MS: usize = 8;

/// The breath before each sentence to somebody upset: long enough to be felt as calm, short enough not to be a gap.
const BREATH: Duration = Duration::from_millis(300);

/// The queue of speeches of one call and the ledger of what was heard, on the call's clock; it sends nothing itself.
///
/// The carrier plays what it is sent one after the other in real time, so the moment each sentence is heard follows
/// from when and how much was sent; marks that come back correct that reckoning by the carrier's delay.
#[derive(Default)]
pub(super) struct Mouth {
    speeches: VecDeque<Speech>,
    playing_until: CallTime,
    lag: Duration,
}

struct Speech {
    id: SpeechId,
    text: String,
    label: String,
    unhurried: bool,
    sentences: Vec<Sentence>,
    failed: bool,
}

struct Sentence {
    range: Range<usize>,
    played: Option<Span>,
    sent: bool,
    marked: bool,
}

/// A sentence to be spoken next.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub speech: SpeechId,
    pub index: usize,
    pub text: String,
}

/// A speech that has ended, with what was heard of it.
pub(super) type Finished = (SpeechId, Playback);

impl Mouth {
    /// Queues a speech; `label` names the question it ends with, or is empty.
    pub fn say(&mut self, id: SpeechId, text: String, label: String, unhurried: bool) {
        let sentences = sentences(&text)
            .into_iter()
            .map(|range| Sentence { range, played: None, sent: false, marked: false })
            .collect();
        self.speeches.push_back(Speech { id, text, label, unhurried, sentences, failed: false });
    }

    /// The first sentence that has not been sent yet.
    pub fn next_line(&self) -> Option<Line> {
        self.speeches.iter().find_map(|speech| {
            let index = speech.sentences.iter().position(|sentence| !sentence.sent)?;
            let text = speech.text.get(speech.sentences[index].range.clone())?.to_owned();
            Some(Line { speech: speech.id, index, text })
        })
    }

    /// The silence to be sent now, before the first audio of a sentence, as bytes of it; it belongs to no sentence.
    pub fn breath_before(&mut self, line: &Line, now: CallTime) -> usize {
        let speech = self.speeches.iter().find(|speech| speech.id == line.speech && speech.unhurried);
        let first = speech
            .and_then(|speech| speech.sentences.get(line.index))
            .is_some_and(|line| line.played.is_none());
        if !first {
            return 0;
        }
        let silence = BREATH.as_millis() as usize * BYTES_PER_MS;
        self.filled(silence, now);
        silence
    }

    /// Since when, or from when on, the caller hears nothing of the bot; none while a speech is under way.
    pub fn quiet_from(&self) -> Option<CallTime> {
        self.speeches.is_empty().then_some(self.playing_until)
    }

    /// Notes that `bytes` of audio that belong to no sentence go out now.
    pub fn filled(&mut self, bytes: usize, now: CallTime) {
        self.playing_until =
            self.playing_until.max(now) + Duration::from_millis((bytes / BYTES_PER_MS) as u64);
    }

    /// Notes that `bytes` of audio of a sentence go out now.
    pub fn slice_sent(&mut self, line: &Line, bytes: usize, now: CallTime) {
        let start = self.playing_until.max(now);
        let end = start + Duration::from_millis((bytes / BYTES_PER_MS) as u64);
        if let Some(sentence) = self.sentence(line) {
            let first = sentence.played.map_or(start, |span| span.start);
            sentence.played = Some(Span { start: first, end });
            self.playing_until = end;
        }
    }

    /// Notes that all of a sentence is out, and names the mark to send after it: `speech/sentence/label`, where the
    /// label stands only on the last mark of a speech that asks something.
    pub fn line_sent(&mut self, line: &Line) -> Option<String> {
        self.sentence(line)?.sent = true;
        let speech = self.speeches.iter().find(|speech| speech.id == line.speech)?;
        let last = line.index + 1 == speech.sentences.len();
        let label = if last { speech.label.as_str() } else { "" };
        Some(format!("{}/{}/{label}", line.speech, line.index))
    }

    /// Notes that a sentence cannot be spoken; its speech goes no further.
    pub fn line_failed(&mut self, line: &Line) {
        if let Some(speech) = self.speeches.iter_mut().find(|speech| speech.id == line.speech) {
            speech.failed = true;
            for sentence in &mut speech.sentences[line.index..] {
                sentence.sent = true;
            }
        }
    }

    /// Takes a mark that came back: the sentence before it was played to its end. Marks of speeches that were stopped
    /// or are unknown say nothing.
    pub fn mark(&mut self, name: &str, now: CallTime) {
        let mut parts = name.splitn(3, '/');
        let (Some(Ok(speech)), Some(Ok(index))) =
            (parts.next().map(str::parse), parts.next().map(str::parse::<usize>))
        else {
            return;
        };
        let line = Line { speech: SpeechId(speech), index, text: String::new() };
        let Some(sentence) = self.sentence(&line) else { return };
        sentence.marked = true;
        if let Some(span) = sentence.played {
            self.lag = now.since(span.end).min(MARK_GRACE);
        }
    }

    /// Takes out the speeches that have been played, in order.
    pub fn take_finished(&mut self, now: CallTime) -> Option<Finished> {
        let done = self.speeches.front()?.finished_by().is_some_and(|at| at <= now);
        let speech = if done { self.speeches.pop_front() } else { None }?;
        let heard = if speech.failed { speech.heard(now, self.lag) } else { speech.text.len() };
        Some((speech.id, speech.playback(heard, now)))
    }

    /// When [`Mouth::take_finished`] next has something even if no mark comes back.
    pub fn deadline(&self) -> Option<CallTime> {
        self.speeches.front()?.finished_by()
    }

    /// Stops everything: the carrier's buffer is to be cleared, and every speech ends here.
    pub fn stop(&mut self, now: CallTime) -> Vec<Finished> {
        self.playing_until = now;
        let lag = self.lag;
        self.speeches
            .drain(..)
            .map(|speech| {
                let heard = speech.heard(now, lag);
                (speech.id, speech.playback(heard, now))
            })
            .collect()
    }

    /// Whether the caller hears the bot at this moment.
    pub fn is_audible(&self, now: CallTime) -> bool {
        self.playing_until + self.lag > now
            && self.speeches.iter().any(|speech| speech.sentences.iter().any(|line| line.played.is_some()))
    }

    fn sentence(&mut self, line: &Line) -> Option<&mut Sentence> {
        let speech = self.speeches.iter_mut().find(|speech| speech.id == line.speech)?;
        speech.sentences.get_mut(line.index)
    }
}

impl Speech {
    /// When the speech is over at the latest; at once when its last mark is back.
    fn finished_by(&self) -> Option<CallTime> {
        let Some(last) = self.sentences.last() else { return Some(CallTime::ZERO) };
        if !last.sent {
            return None;
        }
        if last.marked {
            return Some(CallTime::ZERO);
        }
        let end = self.sentences.iter().filter_map(|sentence| sentence.played).map(|span| span.end).max();
        Some(end.map_or(CallTime::ZERO, |end| if self.failed { end } else { end + MARK_GRACE }))
    }

    /// How many bytes of the text were heard at `now`: whole sentences, and of the one being played the words that
    /// fit its elapsed share.
    fn heard(&self, now: CallTime, lag: Duration) -> usize {
        let mut heard = 0;
        for sentence in &self.sentences {
            let Some(span) = sentence.played else { break };
            let ear = now - lag;
            if sentence.marked || (sentence.sent && ear >= span.end) {
                heard = sentence.range.end;
                continue;
            }
            if ear > span.start {
                let elapsed = ear.since(span.start).as_millis() as usize;
                let total = span.end.since(span.start).as_millis().max(1) as usize;
                let reach = sentence.range.len() * elapsed.min(total) / total;
                heard = word_end(&self.text, sentence.range.start, sentence.range.start + reach);
            }
            break;
        }
        heard
    }

    fn playback(&self, heard_bytes: usize, now: CallTime) -> Playback {
        let played = || self.sentences.iter().filter_map(|sentence| sentence.played);
        let start = played().map(|span| span.start).min().unwrap_or(now);
        let end = played().map(|span| span.end).max().unwrap_or(now).min(now).max(start);
        Playback { heard_bytes, span: Span { start, end }, failed: self.failed }
    }
}

/// The end of the last whole word that lies in `text[start..reach]`, or `start`.
fn word_end(text: &str, start: usize, reach: usize) -> usize {
    if reach >= text.len() {
        return text.len();
    }
    let mut end = start;
    for (index, character) in text[start..].char_indices() {
        let at = start + index;
        if at > reach {
            break;
        }
        if character.is_whitespace() {
            end = at;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    const GREETING: &str = "Hello and welcome. How can I help you today?";

    fn at(ms: u64) -> CallTime {
        CallTime::from_ms(ms)
    }

    fn greeting() -> (Mouth, Line, Line) {
        let mut mouth = Mouth::default();
        mouth.say(SpeechId(1), GREETING.to_owned(), "reason".to_owned(), false);
        let first = mouth.next_line().unwrap();
        mouth.slice_sent(&first, 8000, at(100));
        assert_eq!(mouth.line_sent(&first).unwrap(), "1/0/");
        let second = mouth.next_line().unwrap();
        mouth.slice_sent(&second, 16_000, at(120));
        assert_eq!(mouth.line_sent(&second).unwrap(), "1/1/reason");
        assert!(mouth.next_line().is_none());
        (mouth, first, second)
    }

    #[test]
    fn a_speech_is_finished_when_its_last_mark_is_back() {
        let (mut mouth, ..) = greeting();
        assert_eq!(mouth.take_finished(at(3000)), None);
        mouth.mark("1/0/", at(1110));
        mouth.mark("1/1/reason", at(3120));
        let (speech, playback) = mouth.take_finished(at(3120)).unwrap();
        assert_eq!(speech, SpeechId(1));
        assert_eq!(playback.heard_bytes, GREETING.len());
        assert_eq!(playback.span, Span { start: at(100), end: at(3100) });
        assert!(!mouth.is_audible(at(3200)));
    }

    #[test]
    fn a_speech_whose_marks_never_return_ends_by_the_clock() {
        let (mut mouth, ..) = greeting();
        let deadline = mouth.deadline().unwrap();
        assert_eq!(deadline, at(5100));
        assert_eq!(mouth.take_finished(at(5099)), None);
        assert!(mouth.take_finished(deadline).is_some());
    }

    #[test]
    fn an_interruption_keeps_only_the_words_that_were_heard() {
        let (mut mouth, ..) = greeting();
        let finished = mouth.stop(at(2100));
        let heard = finished[0].1.heard_bytes;
        assert_eq!(&GREETING[..heard], "Hello and welcome. How can I");
        mouth.mark("1/1/reason", at(2110));
        assert_eq!(mouth.take_finished(at(9000)), None);
    }

    #[test]
    fn a_breath_before_a_sentence_is_no_part_of_what_was_heard() {
        let mut mouth = Mouth::default();
        mouth.say(SpeechId(1), GREETING.to_owned(), String::new(), true);
        let first = mouth.next_line().unwrap();
        assert_eq!(mouth.breath_before(&first, at(100)), 2400);
        mouth.slice_sent(&first, 8000, at(100));
        assert_eq!(mouth.breath_before(&first, at(110)), 0);
        assert_eq!(mouth.stop(at(390))[0].1.heard_bytes, 0);
    }

    #[test]
    fn a_slow_carrier_is_reckoned_with() {
        let (mut mouth, ..) = greeting();
        mouth.mark("1/0/", at(1400));
        let heard = mouth.stop(at(2100))[0].1.heard_bytes;
        assert_eq!(&GREETING[..heard], "Hello and welcome. How can");
    }

    #[test]
    fn a_speech_that_cannot_be_spoken_is_reported_as_failed_and_unheard() {
        let mut mouth = Mouth::default();
        mouth.say(SpeechId(7), GREETING.to_owned(), String::new(), false);
        let line = mouth.next_line().unwrap();
        mouth.line_failed(&line);
        let (_, playback) = mouth.take_finished(at(10)).unwrap();
        assert!(playback.failed);
        assert_eq!(playback.heard_bytes, 0);
    }
}
