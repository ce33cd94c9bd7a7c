use serde::{Deserialize, Serialize};

use super::{Aspect, Move, Pii, Speaker, TurnId};

/// What the engine asks a language model. All text of the caller's in it is data, never an instruction.
#[derive(Debug, Clone, PartialEq)]
pub enum ModelQuestion {
    /// Better words for the sentence that is about to be said.
    Wording {
        /// What the sentence must do.
        act: Move,
        /// The sentences as they will be said otherwise.
        draft: Pii<String>,
        /// The last turns.
        turns: Vec<SaidTurn>,
    },
    /// What the caller's words tell of the diagnosis.
    Findings {
        /// What is still open.
        open: Vec<Aspect>,
        /// All turns.
        turns: Vec<SaidTurn>,
    },
    /// The call in two or three sentences.
    Summary {
        /// All turns.
        turns: Vec<SaidTurn>,
    },
}

/// One turn as shown to a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SaidTurn {
    /// Its number.
    pub turn: TurnId,
    /// Who spoke.
    pub speaker: Speaker,
    /// What was heard of it.
    pub text: Pii<String>,
}

/// What a model answered; a proposal, which the engine checks.
#[derive(Debug, Clone, PartialEq)]
pub enum ModelReply {
    /// Words for the sentence.
    Wording(Pii<String>),
    /// Findings, each with its proof.
    Findings(Vec<Finding>),
    /// The call in two or three sentences.
    Summary(Pii<String>),
}

/// A finding that a model proposes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Finding {
    /// To which question.
    pub aspect: Aspect,
    /// The answer, in the caller's words.
    pub value: Pii<String>,
    /// Words of one caller's turn that prove it, verbatim.
    pub quote: Pii<String>,
}

/// Why a model gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelFault {
    /// It took too long.
    Late,
    /// It could not be reached, or broke off, or has failed so often that it is left alone for a while.
    Unavailable,
    /// Its answer was not of the form it was asked for.
    Unusable,
}
