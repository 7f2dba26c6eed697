//! What forms say: made once, and carried by the contract to wherever it is checked.

use serde::{Deserialize, Serialize};

use crate::form::contract::{Kind, PHOTO};

/// What is said of an answer that cannot be taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Messages {
    /// Nothing was answered.
    pub required: String,
    /// The answer is not of its kind: no e-mail address, none of the options, no photograph.
    pub invalid: String,
    /// The answer is too long, or the photograph too large.
    pub long: String,
    /// The answer has a character that is no text, or a new line where there is one.
    pub character: String,
    /// What else is said of photographs, where some are asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub photos: Option<Photos>,
}

/// What is said of photographs alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Photos {
    /// There are more than may be sent.
    pub many: String,
    /// A text came in the place of a photograph.
    pub lost: String,
    /// One came well, and was not kept because something else was wrong.
    pub again: String,
}

/// How many million pixels a photograph may have.
pub const MEGAPIXELS: u32 = 40;

impl Messages {
    /// Words the messages of a question; `own` is what its definition says instead, or empty. An answer has at most `max`
    /// characters, or `files` photographs.
    pub fn of(kind: Kind, label: &str, own: &str, max: usize, files: u32) -> Self {
        let label = label.trim_end_matches(':');
        if kind == Kind::Photo {
            return Self::of_photos(label, own, files);
        }
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
            photos: None,
        }
    }

    /// What is wrong with a file is always said: the definition's own words are for one that is missing.
    fn of_photos(label: &str, own: &str, files: u32) -> Self {
        let required = match own {
            "" => format!("Choose a photograph for \u{201c}{label}\u{201d}"),
            own => own.to_owned(),
        };
        let invalid = format!(
            "A file for \u{201c}{label}\u{201d} is no photograph that we can read: choose a JPEG, PNG or WebP picture"
        );
        let long = format!(
            "A photograph for \u{201c}{label}\u{201d} is too large: choose one of at most {} MB and {MEGAPIXELS} \
             megapixels",
            PHOTO >> 20
        );
        let most =
            if files == 1 { "one photograph".to_owned() } else { format!("{files} photographs") };
        let photos = Photos {
            many: format!("Choose at most {most} for \u{201c}{label}\u{201d}"),
            lost: format!(
                "The photograph for \u{201c}{label}\u{201d} did not arrive. Choose it once more; if that does not help, leave it out or \
                 call us"
            ),
            again: format!(
                "Choose the photograph for \u{201c}{label}\u{201d} again: it is kept only when the form is complete"
            ),
        };
        Self { required, invalid: invalid.clone(), long, character: invalid, photos: Some(photos) }
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
