//! Where the parts of a page's text stand in its HTML.

use std::ops::Range;

use crate::check::wording::text::Text;
use crate::html::{Tree, decode};

/// A part of the text that stands in one place of the HTML.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    /// Where it starts in the text.
    pub(super) at: usize,
    /// Where it stands.
    pub(super) html: Range<usize>,
    /// How it is written there.
    pub(super) how: How,
}

/// How a part of the text is written in the HTML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// Byte for byte.
    Exact,
    /// With entities in it.
    Entities,
    /// An attribute, which is marked as a whole.
    Whole,
}

impl Text {
    /// Brings a part of the text back to the HTML.
    pub(crate) fn html(&self, tree: &Tree, range: Range<usize>) -> Range<usize> {
        let start = self.offset(tree, range.start, false);
        let end = self.offset(tree, range.end.max(range.start + 1) - 1, true);
        start..end.max(start)
    }

    fn offset(&self, tree: &Tree, at: usize, is_last: bool) -> usize {
        let next = self.pieces.partition_point(|piece| piece.at <= at);
        let Some(piece) = next.checked_sub(1).and_then(|it| self.pieces.get(it)) else { return 0 };
        let within = at - piece.at + usize::from(is_last);
        match piece.how {
            How::Exact => (piece.html.start + within).min(piece.html.end),
            How::Whole if is_last => piece.html.end,
            How::Whole => piece.html.start,
            How::Entities => piece.html.start + behind(&tree.text[piece.html.clone()], within),
        }
    }
}

/// How many bytes of a text with entities give so many bytes of what it means.
fn behind(raw: &str, wanted: usize) -> usize {
    let (mut read, mut at) = (0, 0);
    while read < wanted && at < raw.len() {
        let rest = &raw[at..];
        let length = match rest.starts_with('&') {
            true => rest.bytes().take(32).position(|it| it == b';').map_or(1, |it| it + 1),
            false => rest.chars().next().map_or(1, char::len_utf8),
        };
        read += decode(&rest[..length]).len();
        at += length;
    }
    at.min(raw.len())
}
