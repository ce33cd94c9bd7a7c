//! The bot's words. Sentences without anything of the caller's in them are fixed, so that the voice can keep them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Engine;
use crate::domain::{Business, Question, Slot, Urgency};
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
const PERSON_OR_MESSAGE: &[&str] = &[
    "Would you like someone to call you back as soon as possible, or would you like to leave a message?",
    "Shall I have a person call you, or will you leave a message?",
];
const ANYTHING_ELSE: &[&str] =
    &["Is there anything else?", "Is there anything else I can note down?", "Was there anything more?"];

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
    "Yes, I am an automated assistant, and I write down everything you tell me.",
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
pub(super) const STILL_THERE: &[&str] = &["Are you still there?", "Can you hear me?"];
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

/// Every sentence of the bot that holds nothing of the caller's, for the voice to have ready.
pub fn fixed_phrases(business: &Business) -> Vec<String> {
    let tables: [&[&str]; 28] = [
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
    ];
    let lone = [
        WRONG_NUMBER,
        CANNOT_HEAR,
        LINE_DROPPED,
        TIME_IS_UP,
        MUST_END,
        CALL_AGAIN,
        BEFORE_YOU_GO,
        SHORT_QUESTION,
        NOBODY_FREE,
    ];
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
    let all = texts.chain(tables.into_iter().flatten().copied()).chain(lone);
    let mut phrases: Vec<String> = Vec::new();
    for sentence in all.flat_map(sentences) {
        if !phrases.iter().any(|phrase| phrase == sentence) {
            phrases.push(sentence.to_owned());
        }
    }
    phrases
}

impl Engine {
    /// The sentences that put `question`, in words not used before where there are any left.
    pub(super) fn question_wording(&self, question: &Question) -> Vec<String> {
        match question {
            Question::Fill(Slot::Reason) => vec![self.pick(REASON)],
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
                vec![self.pick(if typing { KEYPAD } else { CALLBACK })]
            }
            Question::Confirm(Slot::Callback) => self.callback_read_back(),
            Question::Fill(Slot::Field(key)) => {
                let wordings = self.field(key).map(|field| field.ask.as_slice()).unwrap_or_default();
                let wordings: Vec<&str> = wordings.iter().map(String::as_str).collect();
                vec![self.pick(&wordings)]
            }
            Question::PersonOrMessage => vec![self.pick(PERSON_OR_MESSAGE)],
            Question::AnythingElse => vec![self.pick(ANYTHING_ELSE)],
            Question::Confirm(Slot::Reason | Slot::Field(_))
            | Question::Earlier
            | Question::Focus
            | Question::Trigger
            | Question::Expectation
            | Question::Core
            | Question::Option => Vec::new(),
        }
    }

    fn callback_read_back(&self) -> Vec<String> {
        let offered = self.state.intake.get(&Slot::Callback).is_none();
        let number = self.state.callback().map(|number| phone::written(&number, &self.business().region));
        let number = number.unwrap_or_default();
        if offered {
            vec![format!("You are calling from {number}."), self.pick(OFFERED)]
        } else {
            vec![format!("I have {number}."), self.pick(READ_BACK)]
        }
    }

    /// That nobody can be put through, and who will call back by when.
    pub(super) fn person_words(&self) -> String {
        let owner = &self.business().callback.urgent_owner;
        let by = self.by_when(Urgency::Urgent);
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
