//! What is kept of an enquiry, sealed. Edge functions seal the same ([`Sealed`] as JSON).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::form::contract::{Contract, Kind};
use crate::form::judge::Answer;
use crate::forms::taken::DAY;
use crate::store::Error;
use crate::store::keys::PublicKey;
use crate::store::seal::DataKey;
use crate::text::UrlPath;

/// What is sealed of an enquiry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sealed {
    /// The answers by question.
    pub answers: BTreeMap<String, Answer>,
    /// What was agreed to.
    #[serde(default)]
    pub consents: Vec<Agreed>,
    /// The path of the page that it was sent from; absent where neither it nor the form says one.
    #[serde(default)]
    pub page: Option<String>,
    /// The language of the form.
    pub language: String,
    /// When it came, in milliseconds since 1970.
    pub received: i64,
    /// The digest of the contract, 16 hexadecimal digits.
    pub contract: String,
    /// Why someone is to look at it first, where a function says so; the store has it beside what is sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Sealed {
    /// Gives the answers in the words that stood on the page, each with what was asked, in the form's order. Those to questions
    /// that the form no longer asks come last, under their names.
    pub fn told(&self, contract: Option<&Contract>) -> Vec<(String, String)> {
        let questions = contract.map(|it| &*it.questions).unwrap_or_default();
        let of_form = questions.iter().filter_map(|question| {
            let answer = self.answers.get(&question.name)?;
            let label = |text: &String| {
                let option = question.options.iter().find(|it| it.value == *text);
                option.map_or_else(|| text.clone(), |it| it.label.clone())
            };
            let told = match answer {
                Answer::One(text) => label(text),
                Answer::Many(texts) => texts.iter().map(label).collect::<Vec<_>>().join(", "),
            };
            Some((question.label.clone(), told))
        });
        let is_asked = |name: &str| questions.iter().any(|it| it.name == name);
        let others = self.answers.iter().filter(|(name, _)| !is_asked(name));
        of_form.chain(others.map(|(name, answer)| (name.clone(), answer.text()))).collect()
    }
}

/// A wording that was agreed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreed {
    /// The question.
    pub name: String,
    /// The words, as they stood on the page.
    pub wording: String,
}

/// Takes the path of a page that a submission names; `None` for what is no path of a site.
pub(crate) fn page(named: &str) -> Option<&str> {
    Some(named).filter(|it| it.len() <= 300 && UrlPath::new(it).is_some())
}

/// Gives the wordings that answers agree to.
pub(crate) fn agreed(contract: &Contract, answers: &[(String, Answer)]) -> Vec<Agreed> {
    let consents = contract.questions.iter().filter(|it| it.kind == Kind::Consent);
    let given = consents.filter(|it| answers.iter().any(|(name, _)| *name == it.name));
    let agreed = |it: &crate::form::contract::Question| Agreed {
        name: it.name.clone(),
        wording: it.wording.clone().unwrap_or_default(),
    };
    given.map(agreed).collect()
}

/// The data key of the day.
pub(crate) struct Keys {
    public: PublicKey,
    current: Mutex<Option<(Arc<DataKey>, i64)>>,
}

impl Keys {
    /// Seals to a public key.
    pub(crate) fn new(public: PublicKey) -> Self {
        Self { public, current: Mutex::default() }
    }

    /// Gives the key to seal with; a new one each day, and when the clock was set back.
    pub(crate) fn current(&self, now: i64) -> Result<Arc<DataKey>, Error> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        match &*current {
            Some((key, made)) if (*made..*made + DAY).contains(&now) => Ok(Arc::clone(key)),
            _ => {
                let key = Arc::new(DataKey::new(&self.public)?);
                *current = Some((Arc::clone(&key), now));
                Ok(key)
            }
        }
    }
}
