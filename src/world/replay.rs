//! A world of few entries, which answers for the others as an earlier build did.

use std::sync::atomic::{AtomicBool, Ordering};

use tera::Value;

use crate::content::EntryId;
use crate::trace::Writer;
use crate::world::{Answer, Question, Refusal};

/// What an earlier build knew.
pub trait Recall: Send + Sync {
    /// Gives the answer to a question as it is kept; `None` for one that nobody asked.
    fn answer(&self, question: &[u8]) -> Option<Answer>;

    /// Gives an entry's summary and its digest; `None` for one that was not on the site.
    fn summary(&self, id: &EntryId) -> Option<(Value, u128)>;
}

/// Answers as an earlier build did, and notices what that cannot tell.
pub struct Replay {
    recall: Box<dyn Recall>,
    missing: AtomicBool,
}

impl Replay {
    /// Answers by what an earlier build knew.
    pub fn new(recall: Box<dyn Recall>) -> Self {
        Self { recall, missing: AtomicBool::new(false) }
    }

    /// Tells whether something was asked that the earlier build cannot tell: then what was made is
    /// not to be trusted.
    pub fn is_missing(&self) -> bool {
        self.missing.load(Ordering::Relaxed)
    }

    /// Notes that something cannot be told.
    pub(crate) fn miss(&self) {
        self.missing.store(true, Ordering::Relaxed);
    }

    pub(crate) fn answer(&self, question: &Question) -> Answer {
        let mut out = Writer::new();
        question.write(&mut out);
        self.recall.answer(out.written()).unwrap_or_else(|| {
            self.miss();
            Answer::Refused(Refusal { message: "it was not asked before".to_owned(), hint: None })
        })
    }

    pub(crate) fn summary(&self, id: &EntryId) -> Option<(Value, u128)> {
        self.recall.summary(id)
    }
}
