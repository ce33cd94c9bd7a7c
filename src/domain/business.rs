use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{Agent, AgentKey, BusinessId, HandoffRules, Hours, PhoneNumber, Playbook, StressPolicy};

/// A business whose line is forwarded here: who it is, when it is open, what it asks and what it promises.
#[derive(Debug, Clone)]
pub struct Business {
    /// Its id, the name of its profile file.
    pub id: BusinessId,
    /// Its name as spoken.
    pub name: String,
    /// The lines that are forwarded here; a call to (or forwarded from) one of them is this business's.
    pub numbers: Vec<PhoneNumber>,
    /// The zone its hours are in.
    pub time_zone: TimeZone,
    /// The two-letter region in which a number without country code is read, such as `US`.
    pub region: String,
    /// The first sentence while open.
    pub greeting: String,
    /// The first sentence while closed.
    pub greeting_closed: String,
    /// The recording and machine notice its law needs, said right after the greeting.
    pub notice: Option<String>,
    /// When it is open.
    pub hours: Hours,
    /// The number its callers call when life is in danger, such as `911`.
    pub emergency_number: String,
    /// Questions of its own, asked after name, number and reason.
    pub fields: Vec<IntakeField>,
    /// Who calls back, and how soon.
    pub callback: CallbackPromise,
    /// Who takes over calls; with nobody, callers are promised a call back instead.
    pub agents: Vec<Agent>,
    /// How calls are handed over.
    pub handoff: HandoffRules,
    /// Whether callers get a text message about what was agreed, and the question whether it is resolved.
    pub recap_to_caller: bool,
    /// From which stress on a person takes over; absent where stress is not measured.
    pub stress: Option<StressPolicy>,
    /// What its trade needs to know, with the business's own owners and answers laid over it.
    pub playbook: Playbook,
}

impl Business {
    /// The agent of that key.
    pub fn agent(&self, key: &AgentKey) -> Option<&Agent> {
        self.agents.iter().find(|agent| agent.key == *key)
    }
}

/// A question of the business's own.
#[derive(Debug, Clone)]
pub struct IntakeField {
    /// The key under which the answer is kept, such as `address`.
    pub key: String,
    /// The question as spoken; the later entries are other wordings for asking again.
    pub ask: Vec<String>,
    /// What the answer looks like.
    pub kind: FieldKind,
    /// The shape of the code asked for, where it is a [`FieldKind::Code`] and always has one.
    pub pattern: Option<CodePattern>,
}

/// What the answer to an [`IntakeField`] looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// Free words.
    Text,
    /// Letters and digits, such as an account or case number.
    Code,
    /// Yes or no.
    YesNo,
}

/// Who calls back and how soon, counted in minutes of opening hours.
#[derive(Debug, Clone)]
pub struct CallbackPromise {
    /// Who owns ordinary call-backs, as named to the caller: "our office".
    pub owner: String,
    /// Minutes of opening hours until one is due.
    pub within_minutes: u32,
    /// Who owns urgent call-backs, as named to the caller.
    pub urgent_owner: String,
    /// Minutes until an urgent one is due.
    pub urgent_within_minutes: u32,
    /// Whether urgent ones are made at any hour; otherwise their minutes are of opening hours too.
    pub urgent_at_any_hour: bool,
}

/// The shape of a business's account, order or case numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodePattern(Vec<Sign>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Letter,
    Digit,
    Fixed(char),
}

/// Says why a text is no pattern of codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected a pattern such as \"A-9999\": A for a letter, 9 for a digit, other letters, digits, -, /, ., _ and # for \
     themselves; three to thirty-two signs, one of them A or 9"
)]
pub struct CodePatternError;

impl CodePattern {
    /// Reads a pattern in which `A` is any letter, `9` any digit, and every other sign itself: `A-9999`, `CV99-999`.
    ///
    /// # Errors
    /// When there are fewer than three or more than 32 signs, a sign that no code has, or nothing that may differ.
    pub fn parse(text: &str) -> Result<Self, CodePatternError> {
        let sign = |sign: char| match sign {
            'A' => Ok(Sign::Letter),
            '9' => Ok(Sign::Digit),
            _ if sign.is_ascii_alphanumeric() || "-/._#".contains(sign) => {
                Ok(Sign::Fixed(sign.to_ascii_uppercase()))
            }
            _ => Err(CodePatternError),
        };
        let signs: Vec<Sign> = text.trim().chars().map(sign).collect::<Result<_, _>>()?;
        let differs = signs.iter().any(|sign| matches!(sign, Sign::Letter | Sign::Digit));
        if (3..=32).contains(&signs.len()) && differs { Ok(Self(signs)) } else { Err(CodePatternError) }
    }

    /// How many letters and digits a code has.
    pub fn spoken_signs(&self) -> usize {
        self.0.iter().filter(|sign| !sign.is_silent()).count()
    }

    /// Whether a code has digits only, and so looks like any other number.
    pub fn is_number(&self) -> bool {
        let numeric = |sign: &Sign| match sign {
            Sign::Letter => false,
            Sign::Digit => true,
            Sign::Fixed(fixed) => !fixed.is_ascii_alphabetic(),
        };
        self.0.iter().all(numeric)
    }

    /// The code in its usual writing, from its letters and digits alone; `None` if they do not fit. The letter O and
    /// the digit 0, which sound alike, stand for each other.
    pub fn fit(&self, signs: &str) -> Option<String> {
        let mut given = signs.chars().map(|sign| sign.to_ascii_uppercase());
        let mut code = String::new();
        for sign in &self.0 {
            code.push(match sign {
                Sign::Fixed(fixed) if sign.is_silent() => *fixed,
                Sign::Fixed(fixed) => {
                    given.next().filter(|sign| same_sound(*sign, *fixed)).map(|_| *fixed)?
                }
                Sign::Letter => match given.next()? {
                    '0' => 'O',
                    letter => Some(letter).filter(char::is_ascii_alphabetic)?,
                },
                Sign::Digit => match given.next()? {
                    'O' => '0',
                    digit => Some(digit).filter(char::is_ascii_digit)?,
                },
            });
        }
        given.next().is_none().then_some(code)
    }
}

impl Sign {
    const fn is_silent(self) -> bool {
        match self {
            Self::Letter | Self::Digit => false,
            Self::Fixed(fixed) => !fixed.is_ascii_alphanumeric(),
        }
    }
}

const fn same_sound(one: char, other: char) -> bool {
    one == other || matches!((one, other), ('0', 'O') | ('O', '0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_takes_the_codes_of_its_shape() {
        let cases = [
            ("A-9999", "d4471", Some("D-4471")),
            ("AA99-999", "CV22308", Some("CV22-308")),
            ("AA99-999", "CV2230", None),
            ("AA99-999", "CV223081", None),
            ("9999999", "12O4567", Some("1204567")),
            ("#W9999999", "W2378156", Some("#W2378156")),
            ("inv/99", "INV07", Some("INV/07")),
            ("A-9999", "44471", None),
        ];
        for (pattern, signs, expected) in cases {
            let pattern = CodePattern::parse(pattern).unwrap();
            assert_eq!(pattern.fit(signs).as_deref(), expected, "{signs}");
        }
        assert!(CodePattern::parse("9999-99").unwrap().is_number());
        assert!(!CodePattern::parse("A-9999").unwrap().is_number());
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for text in ["", "99", "XYZ", "A 9999", "Ä999", "[0-9]+"] {
            assert!(CodePattern::parse(text).is_err(), "{text}");
        }
    }
}
