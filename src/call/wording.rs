//! The bot's words. Sentences without anything of the caller's in them are fixed, so that the voice can keep them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Engine;
use super::ledger::Speech;
use crate::diagnosis::state::{FirstMove, first_move};
use crate::domain::{
    Aspect, Business, CallerState, EscalationReason, Move, Question, Slot, Speaker, Urgency,
};
use crate::understanding::phone;
use crate::understanding::words::sentences;

pub(super) const REASON: &[&str] = &[
    "How can I help?",
    "What is your call about?",
    "Could you tell me in a sentence what it is about?",
    "What would you like me to write down?",
];
const NAME: &[&str] = &[
    "May I have your name, please?",
    "What name should I put down?",
    "Could you tell me your first and last name?",
];
const SPELL_NAME: &[&str] = &["Could you spell your last name for me?"];
const NAME_RIGHT: &[&str] = &["Is that right, or would you spell it for me?"];
const CALLBACK: &[&str] = &[
    "What is the best number to call you back on?",
    "Which number can we reach you on?",
    "Could you tell me the number digit by digit?",
];
const KEYPAD: &[&str] = &[
    "You can also type the number on your keypad, and then press the pound key.",
    "Please type the number on your keypad, and then press the pound key.",
    "If you type the number on your keypad, I will take it from there.",
];
const OFFERED: &[&str] = &[
    "Is that the best number to reach you on?",
    "Shall we call you back on that number?",
    "Is it all right to call you back on it?",
    "Can we use that number?",
    "Is that one all right?",
];
const READ_BACK: &[&str] = &[
    "Is that right?",
    "Did I get that right?",
    "Is that correct?",
    "Have I got it right?",
    "Is that your number?",
];
const RIGHT: &[&str] =
    &["Is that right?", "Have I understood that correctly?", "Did I understand you right?"];
const PERSON_OR_MESSAGE: &[&str] = &[
    "Would you like someone to call you back as soon as possible, or would you like to leave a message?",
    "Shall I have a person call you, or will you leave a message?",
];
const ANYTHING_ELSE: &[&str] =
    &["Is there anything else?", "Is there anything else I can note down?", "Was there anything more?"];

const TRIGGER: &[&str] =
    &["Could you tell me a little more about it?", "What is it about, in one sentence?", "How did it begin?"];
const WRONG_TRIGGER: &[&str] = &["What did I get wrong?", "How was it then?"];
const EXPECTATION: &[&str] =
    &["What would you like to happen now?", "What would be a good outcome for you today?"];
const FOCUS: &[&str] = &["Which of them matters most to you today?", "With which of them shall we begin?"];
pub(super) const WHICH: &[&str] =
    &["Which would you prefer?", "Which of them suits you better?", "Which one shall it be?"];
pub(super) const PUT_DOWN: &[&str] = &["Shall I put that down?", "Is that all right for you?"];
const SORRY: &[&str] =
    &["I am sorry about the trouble this is giving you.", "I am sorry that you have to deal with this."];
const FIRST_MOVES: &[(FirstMove, &[&str])] = &[
    (
        FirstMove::LowerIntensity,
        &[
            "I hear you, and I want to get this sorted out with you.",
            "I am listening, and I am writing it all down.",
        ],
    ),
    (
        FirstMove::Reassure,
        &[
            "I am with you, and we will take this one step at a time.",
            "I am here, and I am staying on the line.",
        ],
    ),
    (
        FirstMove::TakeOwnership,
        &["I am writing this down once, for everybody, so that you need not repeat it."],
    ),
    (FirstMove::SmallSteps, &["We will take it step by step.", "One thing at a time."]),
    (
        FirstMove::Normalise,
        &["Many people call about this.", "This comes up often, and it is good that you called."],
    ),
    (FirstMove::SayTimeline, &["Let me find the fastest way for you."]),
    (FirstMove::BeBrief, &["I will be brief.", "I will keep it short."]),
];
pub(super) const OTHERS_KEPT: &[&str] = &["The other things you told me are written down as well."];
pub(super) const CORE_WRONG: &[&str] = &["Thank you for putting that right.", "Thanks, let me correct that."];
pub(super) const CALLED_IN_VAIN: &[&str] =
    &["I am sorry that you had to call again because nobody got back to you."];
pub(super) const CALLED_AGAIN: &[&str] = &["Thank you for calling again; I have your notes here."];
/// To somebody who says that what an earlier call left is resolved.
pub(super) const GLAD_RESOLVED: &[&str] =
    &["That is good to hear, and I have noted it.", "I am glad to hear that, and I have noted it."];
/// Asks somebody who called to say so what else they have.
pub(super) const MORE: &[&str] =
    &["Is there anything else I can help you with?", "What else can I help you with?"];
/// Whether what an earlier call left is resolved, after what it was about.
pub(super) const FULLY_RESOLVED: &str = "Is that fully resolved?";
pub(super) const GLAD_YOU_SAID: &str = "I am glad that you told me, and I take it seriously.";
pub(super) const BOUNDARY: &[&str] =
    &["I want to help you with this. Please let us speak to each other with respect."];
pub(super) const LAST_BOUNDARY: &[&str] =
    &["I would still like to help. I can go on only if we speak with respect."];
pub(super) const END_FOR_ABUSE: &str = "I am ending this call now, and what you told me is written down.";
pub(super) const NO_NUMBER: &str =
    "I have no number to call you back on, so please call us again if you need an answer.";

pub(super) const THANKS: &[&str] = &["Thank you.", "Thanks.", "All right.", "Good, thank you.", "Very well."];
pub(super) const NOTED: &[&str] = &[
    "Thank you for telling me.",
    "I have made a note of that.",
    "That is on record as well.",
    "I have added that.",
];
pub(super) const MISSED: &[&str] = &[
    "Sorry, I did not catch that.",
    "I am sorry, I did not understand.",
    "Sorry, I could not make that out.",
    "Excuse me, I missed that.",
];
pub(super) const TAKE_YOUR_TIME: &[&str] = &["Take your time.", "Of course, I will wait.", "No hurry."];
pub(super) const LISTENING: &[&str] = &["I am listening.", "Please go on.", "Go ahead."];
pub(super) const GO_ON_DICTATING: &[&str] = &["Go on, please.", "And the rest?", "And then?"];
pub(super) const LAST_FOUR: &[&str] =
    &["And the last four digits again, please?", "What are the last four digits?"];
pub(super) const AREA_CODE: &[&str] = &["And the area code?", "Which area code is that?"];
pub(super) const MACHINE: &[&str] = &[
    "I am an automated assistant, and I write down everything you tell me.",
    "I am a computer that takes calls, not a person.",
];
pub(super) const NEVER_MIND: &[&str] = &["That is all right.", "No problem.", "That is fine."];
pub(super) const MY_MISTAKE: &[&str] =
    &["I am sorry about that.", "My mistake.", "Sorry, let me take it down again."];
pub(super) const CORRECTED: &[&str] = &["Thank you for correcting me.", "I have changed it."];
pub(super) const WITHHELD: &[&str] =
    &["Your number is not shown to me.", "I cannot see the number you are calling from."];
pub(super) const INCOMPLETE: &[&str] = &[
    "That does not look like a whole number.",
    "I think some digits are missing.",
    "That number seems too short or too long.",
];
pub(super) const MESSAGE: &[&str] = &["I will take a message.", "A message, then."];
pub(super) const STILL_THERE: &[&str] = &["I cannot hear you at the moment.", "I am still on the line."];
pub(super) const NOTES_FIRST: &str = "They get your notes first, so that you need not repeat yourself.";
pub(super) const STAYING: &str = "I am staying on the line with you.";
pub(super) const PUTTING_THROUGH: &str = "You are being connected now.";
pub(super) const COMPANY: &[&str] = &[
    "I am still with you, and I am still trying to reach somebody.",
    "If you would rather be called back, just say so.",
    "You are not forgotten, and I am still trying.",
    "I am staying on the line with you.",
    "Your notes are ready for whoever takes the call.",
    "This takes a little longer, and I am still here.",
    "I am still at it.",
];
pub(super) const WITH_YOU: &[&str] = &[
    "I am here with you.",
    "I am still here, and you can tell me anything.",
    "You are not alone on this call.",
    "I am with you for as long as this takes.",
];
pub(super) const STOPPED: &[&str] =
    &["Of course, I have stopped ringing them.", "All right, I am not ringing anybody any more."];
pub(super) const NOBODY_CAME: &[&str] = &[
    "I am sorry, nobody could come to the phone just now.",
    "I am sorry, I could not reach anybody this time either.",
];
pub(super) const NOT_CONNECTED: &[&str] = &["I am sorry, the two of you could not be connected."];
pub(super) const BACK_WITH_ME: &str = "You are back with me.";
pub(super) const CUT_OFF: &str = "I am sorry, it seems that the two of you were cut off.";
const TRY_AGAIN: &[&str] = &[
    "Shall I try once more to connect you, or would you rather be called back?",
    "Shall I try again, or do you prefer a call back?",
];
const CUT_OFF_NUMBER: &[&str] = &["In case we get cut off, what is the best number to reach you on?"];
const CUT_OFF_OFFERED: &[&str] = &["Is that the best number in case we get cut off?"];
pub(super) const UNDERSTAND: &[&str] = &["I understand.", "Of course."];
pub(super) const SHORT_QUESTION: &str = "Let me just make sure that they can reach you.";
pub(super) const NOBODY_FREE: &str = "I cannot put you through right now.";
pub(super) const GOODBYE: &[&str] = &["Goodbye.", "Good day to you.", "Bye now."];
pub(super) const BEFORE_YOU_GO: &str = "Before you go, one question.";
pub(super) const WRONG_NUMBER: &str = "No problem at all.";
pub(super) const CANNOT_HEAR: &str = "I cannot hear you, so I will end the call now.";
pub(super) const LINE_DROPPED: &str = "I am sorry, the line dropped for a moment.";
pub(super) const TIME_IS_UP: &str = "I am sorry, our time for this call is up.";
pub(super) const MUST_END: &str = "I am sorry, I have to end this call now.";
pub(super) const CALL_AGAIN: &str = "Please call again in a few minutes.";

/// Who has been reached.
pub(super) fn this_is(business: &Business) -> String {
    format!("This is {}.", business.name)
}

/// Sentences with several wordings.
const WORDINGS: &[&[&str]] = &[
    TRIGGER,
    WRONG_TRIGGER,
    EXPECTATION,
    FOCUS,
    WHICH,
    PUT_DOWN,
    SORRY,
    OTHERS_KEPT,
    CORE_WRONG,
    CALLED_IN_VAIN,
    CALLED_AGAIN,
    GLAD_RESOLVED,
    MORE,
    &[FULLY_RESOLVED],
    BOUNDARY,
    LAST_BOUNDARY,
    RIGHT,
    &[GLAD_YOU_SAID, END_FOR_ABUSE, NO_NUMBER],
    REASON,
    NAME,
    SPELL_NAME,
    NAME_RIGHT,
    CALLBACK,
    KEYPAD,
    OFFERED,
    READ_BACK,
    PERSON_OR_MESSAGE,
    ANYTHING_ELSE,
    THANKS,
    NOTED,
    MISSED,
    TAKE_YOUR_TIME,
    LISTENING,
    GO_ON_DICTATING,
    AREA_CODE,
    LAST_FOUR,
    MACHINE,
    NEVER_MIND,
    MY_MISTAKE,
    CORRECTED,
    WITHHELD,
    INCOMPLETE,
    MESSAGE,
    STILL_THERE,
    UNDERSTAND,
    GOODBYE,
    COMPANY,
    WITH_YOU,
    STOPPED,
    NOBODY_CAME,
    NOT_CONNECTED,
    TRY_AGAIN,
    CUT_OFF_NUMBER,
    CUT_OFF_OFFERED,
];

/// Sentences that are always put the same way.
const LONE: &[&str] = &[
    WRONG_NUMBER,
    CANNOT_HEAR,
    LINE_DROPPED,
    TIME_IS_UP,
    MUST_END,
    CALL_AGAIN,
    BEFORE_YOU_GO,
    SHORT_QUESTION,
    NOBODY_FREE,
    NOTES_FIRST,
    STAYING,
    PUTTING_THROUGH,
    BACK_WITH_ME,
    CUT_OFF,
];

/// Every sentence of the bot that holds nothing of the caller's, for the voice to have ready.
pub fn fixed_phrases(business: &Business) -> Vec<String> {
    let thanks = format!("Thank you for calling {}.", business.name);
    let who = this_is(business);
    let own = [
        Some(&business.greeting),
        Some(&business.greeting_closed),
        business.notice.as_ref(),
        Some(&thanks),
        Some(&who),
    ];
    let asks = business.fields.iter().flat_map(|field| field.ask.iter());
    let texts = own.into_iter().flatten().chain(asks).map(String::as_str);
    let moves = FIRST_MOVES.iter().flat_map(|(_, wordings)| wordings.iter().copied());
    let all = texts
        .chain(WORDINGS.iter().flat_map(|wordings| wordings.iter().copied()))
        .chain(LONE.iter().copied())
        .chain(moves);
    let mut phrases: Vec<String> = Vec::new();
    for sentence in all.flat_map(sentences) {
        if !phrases.iter().any(|phrase| phrase == sentence) {
            phrases.push(sentence.to_owned());
        }
    }
    phrases
}

/// What the playbook has the bot say word for word. Too much and too rare to be kept ready.
pub fn playbook_phrases(business: &Business) -> impl Iterator<Item = &str> {
    let playbook = &business.playbook;
    let topics = playbook.topics.iter().flat_map(|topic| {
        let steps = topic.steps.iter().map(|step| &step.otherwise);
        let told = topic.constraint.iter().map(|constraint| &constraint.told);
        let asks = topic.ask_happened.iter().chain(&topic.ask_wanted).chain(&topic.empathy);
        asks.chain(told).chain(&topic.decline).chain(steps)
    });
    let emergencies = playbook.emergencies.iter().map(|emergency| &emergency.told);
    let faqs = playbook.faqs.iter().map(|faq| &faq.answer);
    topics.chain(emergencies).chain(faqs).map(String::as_str)
}

impl Engine {
    /// The sentences that put `question` after `speech`, in words not used before where there are any left.
    pub(super) fn question_wording(&self, question: &Question, speech: &Speech) -> Vec<String> {
        match question {
            Question::Fill(Slot::Reason) => {
                vec![self.pick(if self.came_with_good_news() { MORE } else { REASON })]
            }
            Question::Fill(Slot::Name) => {
                let rejected = self.state.times_asked(&Question::Confirm(Slot::Name)) > 0;
                vec![self.pick(if rejected { SPELL_NAME } else { NAME })]
            }
            Question::Confirm(Slot::Name) => {
                let name = self.state.intake.value(&Slot::Name).unwrap_or_default();
                vec![format!("I have {name}."), self.pick(NAME_RIGHT)]
            }
            Question::Fill(Slot::Callback) => {
                let typing = self.state.failures(question) >= 2;
                let waiting = self.state.handoffs.open().is_some();
                vec![self.pick(match (typing, waiting) {
                    (true, _) => KEYPAD,
                    (false, true) => CUT_OFF_NUMBER,
                    (false, false) => CALLBACK,
                })]
            }
            Question::Confirm(Slot::Callback) => self.callback_read_back(),
            Question::Fill(Slot::Field(key)) => {
                vec![self.pick_own(self.field(key).map(|field| field.ask.as_slice()), &[])]
            }
            Question::PersonOrMessage => {
                vec![self.pick(if self.may_try_again() { TRY_AGAIN } else { PERSON_OR_MESSAGE })]
            }
            Question::AnythingElse => vec![self.pick(ANYTHING_ELSE)],
            Question::Earlier => self.earlier_words(),
            Question::Resolved(_) => self.resolved_words(),
            Question::Focus => self.focus_words(),
            Question::Trigger => {
                let rejected = self.state.times_asked(&Question::Core) > 0;
                let own = self.topic().map(|topic| topic.ask_happened.as_slice()).filter(|_| !rejected);
                vec![self.pick_own(own, if rejected { WRONG_TRIGGER } else { TRIGGER })]
            }
            Question::Expectation => {
                let own = self.topic().map(|topic| topic.ask_wanted.as_slice());
                vec![self.pick_own(own, EXPECTATION)]
            }
            Question::Core => self.core_words(speech),
            Question::Option => self.option_words(),
            Question::Step => self.step_words(),
            Question::Confirm(Slot::Reason | Slot::Field(_)) => Vec::new(),
        }
    }

    /// One of the playbook's or profile's own wordings, or else one of ours.
    fn pick_own(&self, own: Option<&[String]>, ours: &[&str]) -> String {
        let own: Vec<&str> = own.unwrap_or_default().iter().map(String::as_str).collect();
        self.pick(if own.is_empty() { ours } else { &own })
    }

    fn focus_words(&self) -> Vec<String> {
        let playbook = &self.business().playbook;
        let names = self.state.matter.topics.iter().filter_map(|key| playbook.topic(key));
        let names: Vec<&str> = names.take(3).map(|topic| topic.name.as_str()).collect();
        let Some((last, before)) = names.split_last() else { return Vec::new() };
        vec![format!("I have written down {} and {last}.", before.join(", ")), self.pick(FOCUS)]
    }

    /// The core in one sentence; the trigger is not said again right after it was said.
    fn core_words(&self, speech: &Speech) -> Vec<String> {
        let trigger = self.state.matter.value(Aspect::Trigger);
        let said = trigger.is_some_and(|trigger| speech.says(trigger));
        let core = match (trigger, self.expected_words()) {
            (Some(_), Some(wanted)) if said => format!("You would like {wanted}."),
            (Some(trigger), Some(wanted)) => format!("So {trigger}, and you would like {wanted}."),
            (Some(trigger), None) => format!("So {trigger}."),
            (None, Some(wanted)) => format!("So you would like {wanted}."),
            (None, None) => return Vec::new(),
        };
        vec![core, self.pick(RIGHT)]
    }

    /// What is said to somebody who has told something of their matter.
    pub(super) fn hear_words(&self) -> Speech {
        let states: Vec<CallerState> = self.state.matter.states().collect();
        let matter = &self.state.matter;
        let first = first_move(&states);
        let opening = FIRST_MOVES.iter().find(|(listed, _)| *listed == first).map(|(_, wordings)| *wordings);
        let fresh = |wordings: &&[&str]| wordings.iter().all(|words| self.state.times_begun(words) == 0);
        let mut speech = Speech::default().act(Move::Reflect);
        let moved = opening.filter(fresh);
        if let Some(wordings) = moved {
            speech = speech.and(self.pick(wordings));
        }
        let several = self.next_question() == Some(Question::Focus);
        let trigger =
            matter.value(Aspect::Trigger).filter(|trigger| !several && !self.state.has_heard(trigger));
        if self.is_declined() {
            return speech;
        }
        let sorry = self.is_complaint() || self.is_upset();
        if sorry && self.state.times_asked(&Question::Core) == 0 {
            speech = match trigger {
                // Where it may go to court, what we are accused of is said back, not owned.
                Some(trigger) if matter.is_escalated(EscalationReason::Legal) => {
                    speech.and(format!("You told me that {trigger}."))
                }
                Some(trigger) => speech.and(format!("I am sorry that {trigger}.")),
                None if moved.is_none() && !self.has_apologised() => speech.and(self.pick(SORRY)),
                None if moved.is_none() => speech.and(self.pick(THANKS)),
                None => speech,
            };
            let empathy = self.topic().map(|topic| topic.empathy.as_slice()).unwrap_or_default();
            let unsaid =
                empathy.iter().find(|_| !empathy.iter().any(|words| self.state.times_begun(words) > 0));
            return speech.and(unsaid.cloned().unwrap_or_default());
        }
        let plainly = self.next_question() != Some(Question::Core);
        // A wish is said back once, in the caller's own words.
        let wish = |trigger: &&str| trigger.starts_with("you would like ") && plainly;
        let wanted = matter.value(Aspect::Expectation);
        match (trigger.filter(|trigger| wanted.is_none() || !wish(trigger)), wanted) {
            (Some(trigger), Some(wanted)) if plainly => {
                speech.and(format!("So {trigger}, and you would like {wanted}."))
            }
            (None, Some(wanted)) if plainly && !self.state.has_heard(wanted) => {
                speech.and(format!("So you would like {wanted}."))
            }
            (Some(trigger), None) if plainly => speech.and(format!("So {trigger}.")),
            (_, _) if plainly => speech.and(self.pick(NOTED)).act(Move::Acknowledge),
            (_, _) => speech.and(self.pick(THANKS)),
        }
    }

    fn has_apologised(&self) -> bool {
        let sorry = |turn: &super::Turn| turn.text.expose().contains("I am sorry");
        self.state.transcript.iter().any(|turn| turn.speaker == Speaker::Bot && sorry(turn))
    }

    /// Answers a question of the caller's from the playbook.
    pub(super) fn inform(&mut self, key: &str) {
        let answer = self.business().playbook.faqs.iter().find(|faq| faq.key == key);
        let speech = answer.map_or_else(Speech::default, |faq| Speech::of(faq.answer.clone()));
        self.ask_next(speech.act(Move::Inform));
    }

    fn callback_read_back(&self) -> Vec<String> {
        let offered = self.state.intake.get(&Slot::Callback).is_none();
        let number = self.state.callback().map(|number| phone::written(&number, &self.business().region));
        let number = number.unwrap_or_default();
        if offered {
            let waiting = self.state.handoffs.open().is_some();
            let asked = if waiting { CUT_OFF_OFFERED } else { OFFERED };
            vec![format!("You are calling from {number}."), self.pick(asked)]
        } else {
            vec![format!("I have {number}."), self.pick(READ_BACK)]
        }
    }

    /// That nobody can be put through, and who will call back by when.
    pub(super) fn person_words(&self) -> String {
        let promise = self.promise(Urgency::Urgent);
        let (owner, by) = (&promise.owner, self.by_when(promise.due));
        format!("I cannot put you through right now, but {owner} will call you back {by}.")
    }
}

/// A due time as people say it: "by tomorrow at noon", "by Monday at ten in the morning".
pub(super) fn by_when(due: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (due, now) = (due.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let days = due.date().since(now.date()).map_or(0, |span| span.get_days());
    let time = time_of_day(due.hour(), due.minute());
    match days {
        ..=0 => format!("by {}", today(&time)),
        1 => format!("by tomorrow at {time}"),
        2..=6 => format!("by {} at {time}", due.strftime("%A")),
        _ => format!("by {} at {time}", due.strftime("%A, %B %-d")),
    }
}

fn today(time: &str) -> String {
    for (part, this) in [("in the", "this"), ("at night", "tonight")] {
        if let Some((before, after)) = time.split_once(part) {
            return format!("{before}{this}{after}");
        }
    }
    format!("{time} today")
}

fn time_of_day(hour: i8, minute: i8) -> String {
    const HOURS: [&str; 12] =
        ["twelve", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"];
    let name = |hour: i8| HOURS[usize::from(hour.rem_euclid(12).unsigned_abs())];
    let part = match hour {
        0..=11 => "in the morning",
        12..=16 => "in the afternoon",
        17..=20 => "in the evening",
        _ => "at night",
    };
    match (hour, minute) {
        (12, 0) => "noon".to_owned(),
        (0, 0) => "midnight".to_owned(),
        (_, 0) => format!("{} {part}", name(hour)),
        (_, 15) => format!("a quarter past {} {part}", name(hour)),
        (_, 30) => format!("half past {} {part}", name(hour)),
        // A quarter to noon is still the morning.
        (_, 45) => format!("a quarter to {} {part}", name(hour + 1)),
        _ => format!("{}:{minute:02} {part}", if hour % 12 == 0 { 12 } else { hour % 12 }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn due_times_are_said_as_people_say_them() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let at = |text: &str| {
            text.parse::<jiff::civil::DateTime>().unwrap().to_zoned(zone.clone()).unwrap().timestamp()
        };
        let now = at("2026-11-23T09:00");
        let cases = [
            ("2026-11-23T14:45", "by a quarter to three this afternoon"),
            ("2026-11-24T12:00", "by tomorrow at noon"),
            ("2026-11-27T10:00", "by Friday at ten in the morning"),
            ("2026-12-02T08:30", "by Wednesday, December 2 at half past eight in the morning"),
        ];
        for (due, expected) in cases {
            assert_eq!(by_when(at(due), now, &zone), expected);
        }
    }
}
