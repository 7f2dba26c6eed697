//! What forms say: made once, and carried by the contract to wherever it is checked.

use serde::{Deserialize, Serialize};

use crate::form::contract::Kind;

/// What is said of an answer that cannot be taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Messages {
    /// Nothing was answered.
    pub required: String,
    /// The answer is not of its kind: no e-mail address, none of the options.
    pub invalid: String,
    /// The answer is too long.
    pub long: String,
    /// The answer has a character that is no text, or a new line where there is one.
    pub character: String,
}

impl Messages {
    /// Words the messages of a question; `own` is what its definition says instead, or empty.
    pub fn of(kind: Kind, label: &str, own: &str, max: usize) -> Self {
        let label = label.trim_end_matches(':');
        let or = |words: String| if own.is_empty() { words } else { own.to_owned() };
        let required = match kind {
            Kind::One | Kind::Many => format!("Choose an answer to \u{201c}{label}\u{201d}"),
            Kind::Tick | Kind::Consent => format!("Tick \u{201c}{label}\u{201d} to go on"),
            _ => format!("Fill in \u{201c}{label}\u{201d}"),
        };
        let invalid = match kind {
            Kind::Email => "Enter an e-mail address such as name@example.com".to_owned(),
            Kind::Tel => {
                "Enter a telephone number such as 020 7946 0100 or +44 20 7946 0100".to_owned()
            }
            _ => format!("Choose one of the answers to \u{201c}{label}\u{201d}"),
        };
        Self {
            required: or(required),
            invalid: or(invalid),
            long: format!(
                "The answer to \u{201c}{label}\u{201d} must have {max} characters or fewer"
            ),
            character: format!(
                "The answer to \u{201c}{label}\u{201d} has a character that cannot be kept; write it again"
            ),
        }
    }
}

/// Words that are the same for all forms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Words {
    /// The heading over all errors.
    pub problem: String,
    /// Before the page's title and before each message.
    pub error: String,
    /// At a box that was ticked on a page with other words than those in force.
    pub reworded: String,
}

impl Words {
    /// Gives the words of a language; those of English where a language has none yet.
    pub fn of(_language: &str) -> Self {
        Self {
            problem: "There is a problem".to_owned(),
            error: "Error:".to_owned(),
            reworded: "The wording of what you agree to has changed since you opened this page. Please read it and \
                       tick again."
                .to_owned(),
        }
    }
}
