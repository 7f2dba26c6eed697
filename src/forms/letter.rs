//! What a mail says of an enquiry where the clinic wants answers in its mails.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::form::contract::{Contract, Kind};
use crate::forms::seal::Sealed;
use crate::store::keys::Secret;
use crate::store::{Error, open_letter, seal_letter};

/// The answers as a mail has them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// The questions that were answered, as they are asked, and the answers, in the form's order.
    pub answers: Vec<(String, String)>,
    /// The visitor's e-mail address.
    pub reply_to: Option<String>,
}

impl Letter {
    /// Writes what the answers to a form say.
    pub fn of(contract: &Contract, sealed: &Sealed) -> Self {
        let mail = contract.questions.iter().find(|it| it.kind == Kind::Email);
        let reply_to = mail.and_then(|it| sealed.answers.get(&it.name)).map(|it| it.text());
        Self { answers: sealed.told(Some(contract)), reply_to }
    }

    /// Seals it for an enquiry of a form.
    pub(crate) fn seal(&self, secret: &Secret, form: &str, id: &str) -> Result<Vec<u8>, Error> {
        let json = Zeroizing::new(serde_json::to_vec(self).unwrap_or_default());
        seal_letter(secret, form, id, &json)
    }

    /// Opens one; `None` where the secret is another now.
    pub fn open(secret: &Secret, form: &str, id: &str, sealed: &[u8]) -> Option<Self> {
        let json = open_letter(secret, form, id, sealed)?;
        serde_json::from_slice(&json).ok()
    }
}
