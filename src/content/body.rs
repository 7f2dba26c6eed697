//! The text below an entry's fields. It is not held: a site's texts would be most of its memory.

use std::ops::Range;
use std::sync::Arc;

use crate::markdown::Draft;
use crate::text::Digest;
use crate::vfs::{Kept, Source};

/// Where a body is.
#[derive(Clone, Debug)]
pub struct Body {
    source: Source,
    range: Range<usize>,
    /// Of the file, so that one which changed since it was read is noticed.
    digest: Digest,
    /// The draft of its HTML, as bytes.
    draft: Option<Kept>,
}

/// A body's text, as long as it is needed.
#[derive(Clone, Debug)]
pub struct Text {
    bytes: Arc<[u8]>,
    range: Range<usize>,
}

impl Body {
    /// Takes a range of a file with this digest, whose bytes are valid UTF-8 there.
    pub(crate) fn new(
        source: &Source,
        digest: Digest,
        range: Range<usize>,
        draft: Option<Kept>,
    ) -> Self {
        Self { source: source.clone(), range, digest, draft }
    }

    /// Gives the draft of its HTML with ids as they are; `None` when it was not kept.
    pub fn draft(&self) -> Option<Draft> {
        Draft::from_bytes(self.draft.as_ref()?.bytes()?)
    }

    /// Reads the text; `None` when the file was changed since the site was read.
    pub fn read(&self) -> Option<Text> {
        let bytes = self.source.bytes().ok()?;
        let same = Digest::of(&bytes) == self.digest;
        same.then(|| Text { bytes, range: self.range.clone() })
    }

    /// Gives the byte where it starts in the file.
    pub fn offset(&self) -> usize {
        self.range.start
    }
}

impl Text {
    /// Gives the text.
    pub fn as_str(&self) -> &str {
        let bytes = self.bytes.get(self.range.clone()).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }
}
