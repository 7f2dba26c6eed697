//! The site's files: [`scan`] reads them once into an immutable [`Tree`].
//!
//! Only this module and `output` touch the site's files. [`Disk`] is the real folder, [`Memory`]
//! holds files for tests and previews; both answer the same questions.

mod disk;
mod memory;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

pub use disk::Disk;
pub use memory::Memory;

use crate::diag::{Code, Diagnostic, Diagnostics, SourceId, Span};
use crate::text::{Digest, RelPath};

/// A file or folder that cannot be read.
pub const UNREADABLE: Code = Code::new("config/unreadable-file");
/// A link that leads out of the site, or in a circle.
pub const OUTSIDE_LINK: Code = Code::new("config/outside-link");
/// A text that is not UTF-8.
pub const NOT_UTF8: Code = Code::new("config/not-utf8");

/// Where a site's files come from.
pub trait Files: Send + Sync {
    /// Lists every file below a folder, or the file itself, sorted; nothing when it is absent.
    /// What cannot be listed is reported.
    fn list(&self, folder: &str, diagnostics: &mut Diagnostics) -> Vec<RelPath>;

    /// Reads a file.
    ///
    /// # Errors
    /// When it is gone or may not be read.
    fn read(&self, path: &RelPath) -> io::Result<Vec<u8>>;

    /// Writes a new file, never over an existing one, with the folders it needs.
    ///
    /// # Errors
    /// When it exists, or may not be written.
    fn create(&self, path: &RelPath, bytes: &[u8]) -> io::Result<()>;

    /// Writes a file over what is there, whole or not at all, with the folders it needs.
    ///
    /// # Errors
    /// When it may not be written.
    fn replace(&self, path: &RelPath, bytes: &[u8]) -> io::Result<()>;
}

/// One file as it was when the site was read.
#[derive(Clone, Debug)]
pub struct Source {
    /// Where it is.
    pub path: RelPath,
    /// What is in it.
    pub bytes: Arc<[u8]>,
    /// The digest of its bytes.
    pub digest: Digest,
}

/// Every file of a site, sorted by path, as of one moment.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    sources: BTreeMap<RelPath, Source>,
}

/// The parts of a site's folder that belong to it.
const ROOTS: [&str; 3] = ["content", "galen.yaml", "themes"];

/// Reads a site's files. What cannot be read is reported.
pub fn scan(files: &dyn Files, diagnostics: &mut Diagnostics) -> Tree {
    let mut tree = Tree::default();
    for root in ROOTS {
        for path in files.list(root, diagnostics) {
            if is_litter(path.name()) {
                continue;
            }
            match files.read(&path) {
                Ok(bytes) => tree.insert(path, bytes),
                Err(error) => diagnostics.push(unreadable(&path.source(), &error)),
            }
        }
    }
    tree
}

impl Tree {
    /// Puts a file into the tree.
    pub fn insert(&mut self, path: RelPath, bytes: Vec<u8>) {
        let digest = Digest::of(&bytes);
        self.sources.insert(path.clone(), Source { path, bytes: bytes.into(), digest });
    }

    /// Gives a file by its path.
    pub fn get(&self, path: &str) -> Option<&Source> {
        self.sources.get(path)
    }

    /// Gives every file below a folder, sorted.
    pub fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a Source> {
        self.sources.values().filter(move |source| source.path.below(folder).is_some())
    }

    /// Gives the text of a file for a message; `None` when it is gone or not UTF-8.
    pub fn text(&self, source: &SourceId) -> Option<Arc<str>> {
        let source = self.get(source.as_str())?;
        std::str::from_utf8(&source.bytes).ok().map(Into::into)
    }
}

impl Source {
    /// Gives the text without a byte order mark; reports what is not UTF-8.
    pub fn text(&self, diagnostics: &mut Diagnostics) -> Option<&str> {
        match std::str::from_utf8(&self.bytes) {
            Ok(text) => Some(text),
            Err(error) => {
                diagnostics.push(not_utf8(&self.path.source(), &self.bytes, error.valid_up_to()));
                None
            }
        }
    }
}

/// Files that editors and systems leave behind: nobody's content.
fn is_litter(name: &str) -> bool {
    let low = name.to_lowercase();
    name.starts_with('.')
        || name.ends_with('~')
        || name.starts_with('#') && name.ends_with('#')
        || [".swp", ".swo", ".swx", ".tmp", ".bak", ".orig"].iter().any(|end| low.ends_with(end))
        || ["thumbs.db", "desktop.ini"].contains(&low.as_str())
}

fn unreadable(source: &SourceId, error: &io::Error) -> Diagnostic {
    Diagnostic::error(UNREADABLE, format!("this file cannot be read: {error}"))
        .at(Span::file(source))
        .help("check that it exists and that you may read it")
}

fn not_utf8(source: &SourceId, bytes: &[u8], at: usize) -> Diagnostic {
    let line = bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
    Diagnostic::error(NOT_UTF8, format!("line {line} has characters that are not UTF-8"))
        .at(Span::file(source))
        .help("save the file with the encoding UTF-8 (in Windows' editor: Save as, Encoding)")
}
