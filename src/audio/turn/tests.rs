use std::f32::consts::TAU;

use proptest::prelude::*;

use super::machine::Machine;
use super::*;
use crate::audio::TELEPHONE_HZ;
use crate::audio::testing::buzz;

const WINDOW_MS: u64 = 32;

/// A machine with a script for probabilities, and all the news it has given.
struct Call {
    machine: Machine,
    news: Vec<TurnNews>,
    windows: usize,
}

impl Call {
    fn new() -> Self {
        let mut call = Self { machine: Machine::new(), news: Vec::new(), windows: 0 };
        call.silence(20);
        call
    }

    fn hear(&mut self, amplitude: f32, probability: f32) {
        let tone = |n: usize| amplitude * (TAU * 700.0 * n as f32 / TELEPHONE_HZ as f32).sin();
        self.machine.hear(&std::array::from_fn::<f32, WINDOW, _>(tone), probability);
        self.news.extend(self.machine.news.drain(..));
        self.windows += 1;
    }

    /// Speech has syllables: its level goes up and down.
    fn speech(&mut self, windows: usize) -> &mut Self {
        for n in 0..windows {
            self.hear([0.1, 0.3, 0.3, 0.1, 0.03][n % 5], 0.95);
        }
        self
    }

    fn silence(&mut self, windows: usize) -> &mut Self {
        for _ in 0..windows {
            self.hear(0.0, 0.01);
        }
        self
    }

    fn answer(&mut self, completeness: Completeness, finality: f32) -> &mut Self {
        let segment = self.segment().id;
        self.machine.words(segment, Some(completeness));
        self.machine.finality(segment, finality);
        self.news.extend(self.machine.news.drain(..));
        self
    }

    /// The latest segment.
    fn segment(&self) -> Segment {
        let segments = self.news.iter().rev().filter_map(|news| match news {
            TurnNews::Segment(segment) => Some(segment.clone()),
            TurnNews::SpeechStarted { .. }
            | TurnNews::SpeechResumed { .. }
            | TurnNews::SegmentKept { .. }
            | TurnNews::TurnEnded { .. }
            | TurnNews::NoiseEnded { .. } => None,
        });
        segments.take(1).next().expect("a segment")
    }

    fn kinds(&self) -> Vec<&'static str> {
        self.news.iter().map(kind).collect()
    }

    fn elapsed(&self) -> u64 {
        self.windows as u64 * WINDOW_MS
    }
}

fn kind(news: &TurnNews) -> &'static str {
    match news {
        TurnNews::SpeechStarted { .. } => "started",
        TurnNews::Segment(_) => "segment",
        TurnNews::SpeechResumed { .. } => "resumed",
        TurnNews::SegmentKept { .. } => "kept",
        TurnNews::TurnEnded { .. } => "ended",
        TurnNews::NoiseEnded { .. } => "noise",
    }
}

fn time(news: &TurnNews) -> Option<CallTime> {
    match news {
        TurnNews::Segment(_) => None,
        TurnNews::SpeechStarted { at, .. }
        | TurnNews::SpeechResumed { at, .. }
        | TurnNews::SegmentKept { at, .. }
        | TurnNews::TurnEnded { at, .. }
        | TurnNews::NoiseEnded { at, .. } => Some(*at),
    }
}

#[test]
fn a_complete_answer_ends_a_quarter_of_a_second_after_its_last_sound() {
    let mut call = Call::new();
    let onset = call.elapsed();
    call.speech(20);
    let end = call.elapsed();
    call.silence(4).answer(Completeness::Complete, 0.8).silence(4);
    assert_eq!(call.kinds(), ["started", "segment", "ended"]);
    let span = Span { start: CallTime::from_ms(onset), end: CallTime::from_ms(end) };
    let at = CallTime::from_ms(end + 256);
    assert_eq!(call.news[2], TurnNews::TurnEnded { kept: vec![], segment: call.segment().id, span, at });
    assert_eq!(call.segment().span, span);
}

#[test]
fn an_answer_that_comes_late_ends_the_turn_at_once() {
    let mut call = Call::new();
    call.speech(20).silence(30);
    assert_eq!(call.kinds(), ["started", "segment"]);
    call.answer(Completeness::Complete, 0.8);
    assert_eq!(call.kinds(), ["started", "segment", "ended"]);
}

#[test]
fn somebody_who_goes_on_makes_the_segment_obsolete_and_the_next_one_holds_everything() {
    let mut call = Call::new();
    call.speech(20).silence(10);
    let first = call.segment();
    call.speech(20).silence(10);
    assert_eq!(call.kinds(), ["started", "segment", "resumed", "segment"]);
    let second = call.segment();
    assert_eq!(second.span.start, first.span.start);
    assert!(second.samples.len() > first.samples.len() + 30 * WINDOW * 2 - WINDOW);
    // What is found out about the obsolete segment no longer counts.
    call.machine.words(first.id, Some(Completeness::Complete));
    call.machine.finality(first.id, 0.99);
    call.silence(10);
    assert_eq!(call.kinds().len(), 4);
    call.answer(Completeness::Complete, 0.9);
    assert_eq!(call.kinds()[4..], ["ended"]);
}

#[test]
fn a_segment_holds_the_moment_before_the_first_sound() {
    let mut call = Call::new();
    call.speech(20).silence(4);
    let samples = call.segment().samples;
    // The resampler holds back a little of the pause.
    assert!((2 * WINDOW * (8 + 20 + 3)..=2 * WINDOW * (8 + 20 + 4)).contains(&samples.len()));
    assert!(samples[..2 * WINDOW * 8 - 200].iter().all(|x| x.abs() < 0.01));
    assert!(samples[2 * WINDOW * 8..2 * WINDOW * 9].iter().any(|x| x.abs() > 0.05));
}

#[test]
fn a_click_in_the_pause_neither_resumes_the_turn_nor_prolongs_it() {
    let mut call = Call::new();
    call.speech(20);
    let end = call.elapsed();
    call.silence(5).answer(Completeness::Open, 0.95);
    call.hear(0.3, 0.8);
    call.silence(20);
    assert_eq!(call.kinds(), ["started", "segment", "ended"]);
    assert!(time(&call.news[2]).unwrap().as_ms() <= end + 640);
}

#[test]
fn a_click_and_a_cough_are_no_speech() {
    let mut call = Call::new();
    call.hear(0.5, 0.7);
    call.silence(10);
    assert_eq!(call.kinds(), [""; 0]);
    for _ in 0..4 {
        call.hear(0.5, 0.75);
    }
    call.silence(10);
    assert_eq!(call.kinds(), ["noise"]);
}

#[test]
fn an_interruption_is_reported_within_a_quarter_of_a_second() {
    let mut call = Call::new();
    call.machine.bot_speaking = true;
    let onset = CallTime::from_ms(call.elapsed());
    for _ in 0..20 {
        call.hear(0.2, 0.93);
    }
    let at = CallTime::from_ms(onset.as_ms() + 192);
    assert_eq!(call.news, [TurnNews::SpeechStarted { onset, at }]);
}

#[test]
fn a_short_word_over_the_bots_voice_is_no_interruption_but_is_heard() {
    let mut call = Call::new();
    call.machine.bot_speaking = true;
    for amplitude in [0.1, 0.2, 0.2, 0.1, 0.05, 0.05, 0.04, 0.03, 0.02] {
        call.hear(amplitude, 0.9);
    }
    call.silence(5).answer(Completeness::Complete, 0.9).silence(5);
    assert_eq!(call.kinds(), ["segment", "ended"]);
}

#[test]
fn a_short_word_is_announced_when_the_bot_falls_silent() {
    let mut call = Call::new();
    call.machine.bot_speaking = true;
    for amplitude in [0.1, 0.2, 0.2, 0.1, 0.05, 0.05] {
        call.hear(amplitude, 0.9);
    }
    call.silence(5);
    call.machine.bot_speaking = false;
    call.silence(1);
    assert_eq!(call.kinds(), ["segment", "started"]);
}

#[test]
fn dictated_digits_may_be_a_second_and_a_half_apart() {
    let mut call = Call::new();
    call.machine.expecting = Expecting::PhoneNumber;
    for group in 0..3 {
        call.speech(12).silence(6);
        let complete = group == 2;
        call.answer(if complete { Completeness::Complete } else { Completeness::Dictating }, 0.9);
        call.silence(if complete { 4 } else { 41 });
    }
    assert_eq!(call.kinds(), ["started", "segment", "resumed", "segment", "resumed", "segment", "ended"]);
}

#[test]
fn a_turn_about_which_nothing_is_found_out_ends_after_two_and_a_half_seconds() {
    let mut call = Call::new();
    call.speech(20);
    let end = call.elapsed();
    call.silence(100);
    assert_eq!(call.kinds(), ["started", "segment", "ended"]);
    assert_eq!(time(&call.news[2]), Some(CallTime::from_ms(end + 2_528)));
}

#[test]
fn a_long_segment_stands_when_the_caller_goes_on() {
    let mut call = Call::new();
    call.speech(500).silence(10);
    let first = call.segment();
    call.speech(30).silence(6).answer(Completeness::Complete, 0.9).silence(6);
    assert_eq!(call.kinds(), ["started", "segment", "kept", "segment", "ended"]);
    let second = call.segment();
    assert_eq!(
        call.news[4].clone(),
        TurnNews::TurnEnded {
            kept: vec![first.id],
            segment: second.id,
            span: Span { start: first.span.start, end: second.span.end },
            at: time(&call.news[4]).unwrap(),
        }
    );
    assert!(second.span.start > first.span.end);
    assert!(second.samples.len() >= 2 * WINDOW * (30 + 8));
}

#[test]
fn a_caller_who_never_pauses_is_cut_without_losing_or_repeating_a_sample() {
    let mut call = Call::new();
    call.speech(60 * 1000 / WINDOW_MS as usize).machine.finish();
    call.news.extend(call.machine.news.drain(..));
    assert_eq!(call.kinds(), ["started", "segment", "kept", "segment", "kept", "segment", "ended"]);
    let segments: Vec<&Segment> = call
        .news
        .iter()
        .filter_map(|news| if let TurnNews::Segment(segment) = news { Some(segment) } else { None })
        .collect();
    let samples: usize = segments.iter().map(|segment| segment.samples.len()).sum();
    assert_eq!(samples, 2 * WINDOW * (8 + 60 * 1000 / WINDOW_MS as usize));
    assert!(segments.iter().all(|segment| segment.samples.len() < 29 * 16_000));
    assert!(segments.windows(2).all(|pair| pair[0].span.end == pair[1].span.start));
}

#[test]
fn a_din_is_closed_as_noise_and_then_no_longer_heard() {
    let mut call = Call::new();
    for n in 0..600 {
        call.hear(0.1 + 0.03 * (n % 3) as f32, 0.95);
    }
    assert_eq!(call.kinds(), ["started", "noise"]);
    // Somebody who speaks up is.
    for n in 0..20 {
        call.hear([0.3, 0.6, 0.6][n % 3], 0.95);
    }
    assert_eq!(call.kinds(), ["started", "noise", "started"]);
}

#[test]
fn hanging_up_in_mid_sentence_loses_no_words() {
    let mut call = Call::new();
    call.speech(20);
    call.machine.finish();
    call.news.extend(call.machine.news.drain(..));
    assert_eq!(call.kinds(), ["started", "segment", "ended"]);
}

#[test]
fn the_ear_hears_a_voice_and_a_gap_in_the_stream_ends_its_turn() {
    let mut ear = TurnDetector::new(VadModel::load().unwrap());
    for frame in buzz(TELEPHONE_HZ, 2.0, 0.5..1.9).chunks(160) {
        ear.push(frame);
    }
    ear.push_silence(3_600_000);
    let news: Vec<TurnNews> = std::iter::from_fn(|| ear.poll()).collect();
    assert_eq!(news.iter().map(kind).collect::<Vec<_>>(), ["started", "segment", "ended"]);
    assert_eq!(time(&news[2]).unwrap().as_ms() / 1000, 4);
    // A quarter of a window has not been judged yet.
    assert_eq!(ear.now().as_ms(), 3_602_000 - 8);
}

/// Holds the news against the order that is promised.
#[derive(Default)]
struct Promises {
    now: CallTime,
    started: bool,
    segment: Option<SegmentId>,
    kept: Vec<SegmentId>,
    numbered: u32,
    last_end: CallTime,
}

impl Promises {
    fn hold(&mut self, news: &TurnNews) {
        if let Some(at) = time(news) {
            assert!(at >= self.now, "time goes on");
            self.now = at;
        }
        match news {
            TurnNews::SpeechStarted { onset, at } => {
                assert!(onset < at && !self.started, "a turn starts once");
                self.started = true;
            }
            TurnNews::Segment(segment) => {
                assert_eq!(self.segment, None, "there is one segment at a time");
                assert_eq!(segment.id.0, self.numbered);
                assert!(segment.span.start <= segment.span.end && segment.samples.len() < 30 * 16_000);
                assert!(segment.samples.iter().all(|x| x.is_finite()));
                (self.segment, self.numbered) = (Some(segment.id), self.numbered + 1);
            }
            TurnNews::SpeechResumed { segment, .. } => assert_eq!(self.segment.take(), Some(*segment)),
            TurnNews::SegmentKept { segment, .. } => {
                assert_eq!(self.segment.take(), Some(*segment));
                self.kept.push(*segment);
            }
            TurnNews::TurnEnded { kept, segment, span, .. } => {
                assert_eq!(self.segment.take(), Some(*segment));
                assert_eq!(*kept, self.kept);
                self.close(*span);
            }
            TurnNews::NoiseEnded { span, .. } => {
                assert!(self.segment.is_none() && self.kept.is_empty());
                self.close(*span);
            }
        }
    }

    fn close(&mut self, span: Span) {
        assert!(self.last_end <= span.start && span.start < span.end && span.end <= self.now);
        self.last_end = span.end;
        self.started = false;
        self.kept.clear();
    }
}

#[derive(Debug, Clone)]
enum Happening {
    Sound { amplitude: f32, probability: f32, windows: usize },
    Words(u32, Option<Completeness>),
    Finality(u32, f32),
    Expect(Expecting),
    Bot(bool),
    Finish,
}

fn happening() -> impl Strategy<Value = Happening> {
    let completeness = prop_oneof![
        Just(Completeness::Complete),
        Just(Completeness::Open),
        Just(Completeness::Unfinished),
        Just(Completeness::Dictating),
    ];
    let expecting = prop_oneof![
        Just(Expecting::Anything),
        Just(Expecting::YesNo),
        Just(Expecting::Name),
        Just(Expecting::PhoneNumber),
        Just(Expecting::Code),
    ];
    prop_oneof![
        8 => (0.0f32..1.0, 0.0f32..1.0, 1usize..60)
            .prop_map(|(amplitude, probability, windows)| Happening::Sound { amplitude, probability, windows }),
        2 => (1usize..900).prop_map(|windows| Happening::Sound { amplitude: 0.2, probability: 0.9, windows }),
        2 => (1usize..90).prop_map(|windows| Happening::Sound { amplitude: 0.0, probability: 0.0, windows }),
        3 => (0u32..9, proptest::option::of(completeness)).prop_map(|(id, words)| Happening::Words(id, words)),
        3 => (0u32..9, 0.0f32..1.0).prop_map(|(id, p)| Happening::Finality(id, p)),
        1 => expecting.prop_map(Happening::Expect),
        1 => any::<bool>().prop_map(Happening::Bot),
        1 => Just(Happening::Finish),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_news_keep_their_promises(happenings in prop::collection::vec(happening(), 1..40)) {
        let mut call = Call::new();
        let mut promises = Promises::default();
        for happening in happenings {
            // Answers go to the latest segments, or to one that has never been.
            let recent = |back: u32| SegmentId((promises.numbered + 1).saturating_sub(back));
            match happening {
                Happening::Sound { amplitude, probability, windows } => {
                    for n in 0..windows {
                        call.hear(amplitude * [1.0, 0.5, 0.1][n % 3], probability);
                    }
                }
                Happening::Words(back, words) => call.machine.words(recent(back), words),
                Happening::Finality(back, p) => call.machine.finality(recent(back), p),
                Happening::Expect(expecting) => call.machine.expecting = expecting,
                Happening::Bot(speaking) => call.machine.bot_speaking = speaking,
                Happening::Finish => call.machine.finish(),
            }
            call.news.extend(call.machine.news.drain(..));
            call.news.drain(..).for_each(|news| promises.hold(&news));
        }
        call.machine.finish();
        call.machine.news.drain(..).for_each(|news| promises.hold(&news));
        prop_assert_eq!(promises.segment, None);
        prop_assert!(!promises.started && promises.kept.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn no_samples_whatever_make_the_ear_stumble(
        frames in prop::collection::vec(prop::collection::vec(prop::num::f32::ANY, 0..700), 1..20),
        gaps in prop::collection::vec(0u64..5_000, 1..4),
    ) {
        let mut ear = TurnDetector::new(VadModel::load().unwrap());
        let mut promises = Promises::default();
        for (n, frame) in frames.iter().enumerate() {
            ear.push(frame);
            if n % 5 == 4 {
                ear.push_silence(gaps[n % gaps.len()]);
            }
        }
        ear.finish();
        while let Some(news) = ear.poll() {
            promises.hold(&news);
        }
    }
}

#[test]
fn an_ear_can_move_between_threads_and_its_networks_can_be_shared() {
    fn moves<T: Send>() {}
    fn shared<T: Send + Sync>() {}
    moves::<TurnDetector>();
    shared::<VadModel>();
    shared::<crate::audio::smart_turn::SmartTurn>();
}
