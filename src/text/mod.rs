//! Small pure helpers about words, paths and moments, one file each.

pub mod date;
pub mod digest;
pub mod flaws;
pub mod near;
pub mod path;
pub mod slug;
pub mod url;

/// Gives a text with one space between its words, and none at its ends.
pub fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A character that no text of a site holds, as files with it are refused ("shift out", which no
/// keyboard types): a mark for what is put right in finished pages.
pub const NO_TEXT: char = '\x0e';

pub use digest::{Digest, quick};
pub use path::RelPath;
pub use url::UrlPath;
