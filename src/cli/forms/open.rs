//! Enquiries opened with the reading keys: answers and photographs.

use std::collections::HashMap;

use zeroize::Zeroizing;

use crate::cli::forms::{Failed, words};
use crate::forms::Sealed;
use crate::store::keys::ReadingKey;
use crate::store::seal::{DataKey, SealedKey, open_key};
use crate::store::{Photo, Submission, Summary};

/// Opens what is sealed; each data key once.
pub(super) struct Opener {
    keys: Vec<ReadingKey>,
    opened: HashMap<String, DataKey>,
}

impl Opener {
    pub(super) fn new(keys: Vec<ReadingKey>) -> Self {
        Self { keys, opened: HashMap::new() }
    }

    /// Opens the answers of an enquiry.
    pub(super) fn open(&mut self, enquiry: &Submission) -> Result<Sealed, Failed> {
        let summary = &enquiry.summary;
        let key = self.key(&enquiry.key)?;
        let text = key.open(&summary.form, &summary.id, &enquiry.sealed).map_err(words)?;
        serde_json::from_slice(&text)
            .map_err(|_| format!("the enquiry {} was made by another Galen", summary.id))
    }

    /// Opens a photograph of an enquiry whose data key this is.
    pub(super) fn photo(
        &mut self,
        summary: &Summary,
        key: &SealedKey,
        photo: &Photo,
    ) -> Result<Zeroizing<Vec<u8>>, Failed> {
        self.key(key)?.open_photo(&summary.form, &summary.id, photo).map_err(words)
    }

    fn key(&mut self, sealed: &SealedKey) -> Result<&DataKey, Failed> {
        if !self.opened.contains_key(&sealed.id) {
            let key = open_key(&self.keys, sealed).map_err(words)?;
            self.opened.insert(sealed.id.clone(), key);
        }
        Ok(&self.opened[&sealed.id])
    }
}
