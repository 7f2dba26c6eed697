//! Small pure helpers about words, paths and moments, one file each.

pub mod date;
pub mod digest;
pub mod flaws;
pub mod near;
pub mod path;
pub mod slug;
pub mod url;

use std::any::Any;
use std::ops::Range;

/// Gives a text with one space between its words, and none at its ends.
pub fn spaced(text: &str) -> String {
    joined(text.split_whitespace(), text.len())
}

/// Puts a space between words that are not empty; `room` is how many bytes are expected.
pub(crate) fn joined<'a>(words: impl Iterator<Item = &'a str>, room: usize) -> String {
    let mut out = String::with_capacity(room);
    for word in words {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Gives what a panic said.
pub(crate) fn of_panic(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no reason was given")
}

/// Gives what lies between ranges, which are in order and apart, up to an end.
pub(crate) fn between(ranges: impl Iterator<Item = Range<usize>>, end: usize) -> Vec<Range<usize>> {
    let mut start = 0;
    let between = ranges.chain(std::iter::once(end..end)).map(|it| {
        let before = start..it.start;
        start = it.end;
        before
    });
    between.collect()
}

/// A character that no text of a site holds, as files with it are refused ("shift out", which no
/// keyboard types): a mark for what is put right in finished pages.
pub const NO_TEXT: char = '\x0e';

pub use digest::{Digest, quick};
pub use path::RelPath;
pub use url::UrlPath;
