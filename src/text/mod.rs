//! Small pure helpers about words, paths and moments, one file each.

pub mod date;
pub mod digest;
pub mod near;
pub mod path;
pub mod slug;
pub mod url;

pub use digest::Digest;
pub use path::RelPath;
pub use url::UrlPath;
