//! An enquiry that was taken, as the store keeps it: sealed under the day's key, with what its person is found by.

use std::sync::Arc;

use crate::form::contract::{Contract, Kind};
use crate::form::judge::{self, Answer};
use crate::forms::letter::Letter;
use crate::forms::notify::Channel;
use crate::forms::seal::Sealed;
use crate::forms::uploads::Picture;
use crate::store::keys::Secret;
use crate::store::seal::{DataKey, seal, seal_photo};
use crate::store::{Consent, Error, New, Notice, State, index};
use crate::text::Digest;

/// Milliseconds of a day.
pub(crate) const DAY: i64 = 86_400_000;
/// More addresses than a person writes into an enquiry.
const ADDRESSES: usize = 3;

/// An enquiry before it is sealed.
pub(crate) struct Taken<'a> {
    pub(crate) id: String,
    pub(crate) contract: &'a Contract,
    /// The digest of the contract by which it was judged.
    pub(crate) digest: Digest,
    pub(crate) sealed: &'a Sealed,
    /// When it came.
    pub(crate) received: i64,
    /// Why someone is to look at it first, if so.
    pub(crate) reason: Option<String>,
    /// What is the same when it comes again.
    pub(crate) once: [u8; 32],
    /// What took it.
    pub(crate) origin: &'a str,
    /// Who is to be told.
    pub(crate) notices: &'a [Notice],
    /// Its photographs.
    pub(crate) pictures: &'a [Picture],
    /// Whether mails about it have its answers.
    pub(crate) letters: bool,
}

impl Taken<'_> {
    /// Seals it under a data key.
    pub(crate) fn seal(self, key: &DataKey, secret: &Secret) -> Result<New, Error> {
        let Self { id, contract, sealed, received, .. } = self;
        let plain = zeroize::Zeroizing::new(serde_json::to_vec(sealed).unwrap_or_default());
        let consents = sealed.consents.iter().map(|it| Consent {
            name: it.name.clone(),
            wording: it.wording.as_str().into(),
            given_at: received,
        });
        let photo = |it: &Picture| {
            seal_photo(key, &contract.form, &id, (&it.question, it.number), &it.bytes)
        };
        let photos = self.pictures.iter().map(photo).collect::<Result<Vec<_>, Error>>()?;
        let mailed =
            self.letters && self.notices.iter().any(|it| it.channel == Channel::Mail.name());
        let letter = mailed.then(|| Letter::of(contract, sealed).seal(secret, &contract.form, &id));
        Ok(New {
            letter: letter.transpose()?,
            photos,
            sealed: seal(key, &contract.form, &id, &plain)?,
            id,
            form: contract.form.clone(),
            received,
            page: sealed.page.clone().unwrap_or_default(),
            language: sealed.language.clone(),
            contract: self.digest,
            state: if self.reason.is_some() { State::Held } else { State::New },
            reason: self.reason,
            data_key: Arc::clone(key.sealed()),
            once: self.once,
            finds: finds(contract, secret, sealed),
            consents: consents.collect(),
            delete_after: Some(last_day(contract, received)),
            origin: self.origin.to_owned(),
            notices: self.notices.to_vec(),
        })
    }
}

/// The moment after which an enquiry is removed.
pub(crate) fn last_day(contract: &Contract, received: i64) -> i64 {
    received.saturating_add(i64::from(contract.retention_days) * DAY)
}

/// What a person is found by: their addresses and numbers. An answer to a question that the form no longer asks is known by
/// its shape.
fn finds(contract: &Contract, secret: &Secret, sealed: &Sealed) -> Vec<[u8; 32]> {
    let find = |(name, answer): (&String, &Answer)| {
        let text = answer.text();
        match contract.question(name).map(|it| it.kind) {
            Some(Kind::Email) => index::email(secret, &text),
            Some(Kind::Tel) => index::phone(secret, &text),
            None if judge::is_email(&text) => index::email(secret, &text),
            None if judge::is_telephone(&text) => index::phone(secret, &text),
            _ => None,
        }
    };
    sealed.answers.iter().filter_map(find).collect()
}

/// Whether someone should look before this is taken for an enquiry: it advertises.
pub(crate) fn is_doubtful<'a>(answers: impl IntoIterator<Item = &'a Answer>) -> bool {
    let texts = answers.into_iter().map(Answer::text);
    texts.map(|it| it.matches("://").count() + it.matches("[url").count()).sum::<usize>()
        >= ADDRESSES
}
