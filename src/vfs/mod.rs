//! The site's files: [`scan`] reads them once into an immutable [`Tree`].
//!
//! Only this module and `output` touch the site's files. [`Disk`] is the real folder, [`Memory`]
//! holds files for tests and previews, [`Overlay`] puts unsaved texts over others; all answer the
//! same questions.

mod disk;
mod look;
mod mark;
mod memory;
mod overlay;
mod scratch;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Seek};
use std::ops::{Bound, Range};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

pub use disk::{Disk, read_named};
pub use look::{Lazy, Look, Looker};
pub use mark::Mark;
pub use memory::Memory;
pub use overlay::Overlay;
pub use scratch::{Kept, Scratch};

use crate::diag::{Code, Diagnostic, Diagnostics, SourceId, Span};
use crate::text::{NO_TEXT, RelPath};

/// A file or folder that cannot be read.
pub const UNREADABLE: Code = Code::new("config/unreadable-file");
/// A link that leads out of the site, or in a circle.
pub const OUTSIDE_LINK: Code = Code::new("config/outside-link");
/// A text with the marks of two versions in it.
pub const CONFLICT: Code = Code::new("config/conflict");
/// A text that is not UTF-8.
pub const NOT_UTF8: Code = Code::new("config/not-utf8");

/// Where a site's files come from.
pub trait Files: Send + Sync {
    /// Lists every file below a folder, or the file itself, sorted; nothing when it is absent.
    /// What cannot be listed is reported.
    fn list(&self, folder: &str, diagnostics: &mut Diagnostics) -> Vec<RelPath>;

    /// Gives the folder on disk from which a file's path leads to it, so that its bytes need not be
    /// held; `None` for a file in memory.
    fn on_disk(&self, path: &RelPath) -> Option<Arc<Path>>;

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

    /// Looks at a file or folder; `None` when it is gone.
    fn mark(&self, path: &RelPath) -> Option<Mark>;

    /// Looks at a file or folder by the text of its path; `None` when it is gone, or can be none of a
    /// site's.
    fn mark_at(&self, path: &str) -> Option<Mark> {
        self.mark(&RelPath::new(path)?)
    }

    /// Gives the names in a folder that a site may have, sorted, folders with `/` at their end;
    /// `None` when it cannot be listed.
    fn names(&self, folder: &str) -> Option<Vec<String>>;

    /// Gives the present by the clock of the file system, in nanoseconds since 1970: what is
    /// changed from now on is no older. The start of time when that cannot be told.
    fn moment(&self) -> i64;

    /// Gives room for what a build needs again later.
    fn scratch(&self) -> Scratch {
        Scratch::in_memory()
    }
}

/// One file of a site.
#[derive(Clone, Debug)]
pub struct Source {
    /// Where it is.
    pub path: RelPath,
    mark: Mark,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    /// As it was when the site was read.
    Held(Arc<[u8]>),
    /// A file that is read when it is needed, so that a site's texts and pictures are never held
    /// all at once.
    OnDisk {
        /// The folder that paths start from.
        root: Arc<Path>,
    },
}

/// Something that can be read from any place.
pub trait Reader: BufRead + Seek {}

impl<T: BufRead + Seek> Reader for T {}

/// Every file of a site, sorted by path, as of one moment.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    sources: BTreeMap<RelPath, Source>,
}

/// The parts of a site's folder that belong to it.
pub(crate) const ROOTS: [&str; 3] = ["content", "galen.yaml", "themes"];

/// Reads a site's files. What cannot be read is reported.
pub fn scan(files: &dyn Files, diagnostics: &mut Diagnostics) -> Tree {
    let mut tree = Tree::default();
    for root in ROOTS {
        let mut paths = files.list(root, diagnostics);
        paths.retain(|path| !is_litter(path.name()));
        let read: Vec<io::Result<(Mark, Content)>> =
            paths.par_iter().map(|path| content(files, path)).collect();
        for (path, content) in paths.into_iter().zip(read) {
            match content {
                Ok((mark, content)) => {
                    tree.sources.insert(path.clone(), Source { path, mark, content });
                }
                Err(error) => diagnostics.push(unreadable(&path.source(), &error)),
            }
        }
    }
    tree
}

/// Reads one file, as the whole of a site; `None` when it cannot be read.
pub fn scan_file(files: &dyn Files, path: &str) -> Option<Tree> {
    let path = RelPath::new(path)?;
    let (mark, content) = content(files, &path).ok()?;
    Some(Tree { sources: [(path.clone(), Source { path, mark, content })].into() })
}

#[expect(clippy::disallowed_methods, reason = "vfs is where files are read")]
fn content(files: &dyn Files, path: &RelPath) -> io::Result<(Mark, Content)> {
    // It is looked at first: what changes while it is read is changed after that.
    let mark = files.mark(path).unwrap_or_default();
    let content = match files.on_disk(path).filter(|_| is_large(path)) {
        // A text is read soon, and reported then if it cannot be.
        Some(root) if path.extension() == "md" => Ok(Content::OnDisk { root }),
        Some(root) => File::open(root.join(path.as_str())).map(|_| Content::OnDisk { root }),
        None => files.read(path).map(|bytes| Content::Held(bytes.into())),
    };
    Ok((mark, content?))
}

impl Tree {
    /// Gives a file by its path.
    pub fn get(&self, path: &str) -> Option<&Source> {
        self.sources.get(path)
    }

    /// Adds a file, if it can be read.
    #[must_use]
    pub fn with(mut self, files: &dyn Files, path: &str) -> Self {
        self.sources.extend(scan_file(files, path).unwrap_or_default().sources);
        self
    }

    /// Adds a file.
    #[must_use]
    pub fn adding(mut self, source: Source) -> Self {
        self.sources.insert(source.path.clone(), source);
        self
    }

    /// Gives every file, sorted.
    pub fn all(&self) -> impl Iterator<Item = &Source> {
        self.sources.values()
    }

    /// Gives every file below a folder, sorted.
    pub fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a Source> {
        let from = self.sources.range::<str, _>((Bound::Included(folder), Bound::Unbounded));
        let near = from.take_while(move |(path, _)| path.as_str().starts_with(folder));
        near.map(|(_, source)| source).filter(move |it| it.path.below(folder).is_some())
    }

    /// Gives the text of a file for a message; `None` when it is gone or not UTF-8.
    pub fn text(&self, source: &SourceId) -> Option<Arc<str>> {
        let bytes = self.get(source.as_str())?.bytes().ok()?;
        std::str::from_utf8(&bytes).ok().map(Into::into)
    }
}

impl Source {
    /// Holds a text that is in no file yet, or differs from its file.
    pub fn held(path: &RelPath, text: &str) -> Self {
        let content = Content::Held(text.as_bytes().into());
        Self { path: path.clone(), mark: Mark::default(), content }
    }

    /// Gives what the file looked like before it was read.
    pub fn mark(&self) -> Mark {
        self.mark
    }

    /// Gives the bytes that are held; `None` for a file that is read when it is needed.
    pub fn held_bytes(&self) -> Option<&[u8]> {
        match &self.content {
            Content::Held(bytes) => Some(bytes),
            Content::OnDisk { .. } => None,
        }
    }

    /// Gives the text without a byte order mark; reports what is not UTF-8.
    pub fn text(&self, diagnostics: &mut Diagnostics) -> Option<&str> {
        let Content::Held(bytes) = &self.content else {
            diagnostics.push(not_utf8(&self.path.source(), &[], 0));
            return None;
        };
        as_text(&self.path, bytes, diagnostics)
    }

    /// Gives the bytes of a text, read now if they are not held; `None` when it is gone or not
    /// UTF-8, which has been reported.
    pub fn read(&self, diagnostics: &mut Diagnostics) -> Option<Arc<[u8]>> {
        match self.bytes() {
            Ok(bytes) => as_text(&self.path, &bytes, diagnostics).is_some().then_some(bytes),
            Err(error) => {
                diagnostics.push(unreadable(&self.path.source(), &error));
                None
            }
        }
    }

    /// Gives the bytes, read now if they are not held.
    ///
    /// # Errors
    /// When the file went since the site was read.
    #[expect(clippy::disallowed_methods, reason = "vfs is where files are read")]
    pub fn bytes(&self) -> io::Result<Arc<[u8]>> {
        match &self.content {
            Content::Held(bytes) => Ok(Arc::clone(bytes)),
            Content::OnDisk { root } => std::fs::read(self.place(root)).map(Into::into),
        }
    }

    /// Gives the number of bytes.
    ///
    /// # Errors
    /// When the file went since the site was read.
    #[expect(clippy::disallowed_methods, reason = "vfs is where files are looked at")]
    pub fn length(&self) -> io::Result<u64> {
        match &self.content {
            Content::Held(bytes) => Ok(bytes.len() as u64),
            Content::OnDisk { root } => std::fs::metadata(self.place(root)).map(|it| it.len()),
        }
    }

    /// Opens the file to read some of it.
    ///
    /// # Errors
    /// When the file went since the site was read.
    #[expect(clippy::disallowed_methods, reason = "vfs is where files are read")]
    pub fn open(&self) -> io::Result<Box<dyn Reader + '_>> {
        Ok(match &self.content {
            Content::Held(bytes) => Box::new(Cursor::new(bytes)),
            Content::OnDisk { root } => Box::new(BufReader::new(File::open(self.place(root))?)),
        })
    }

    /// Gives the file's place, when it is to be copied from there rather than from memory.
    pub fn on_disk(&self) -> Option<PathBuf> {
        match &self.content {
            Content::Held(_) => None,
            Content::OnDisk { root } => Some(self.place(root)),
        }
    }

    fn place(&self, root: &Path) -> PathBuf {
        root.join(self.path.as_str())
    }
}

fn as_text<'a>(path: &RelPath, bytes: &'a [u8], diagnostics: &mut Diagnostics) -> Option<&'a str> {
    // A NUL is in no text, but in one that is saved as UTF-16.
    let at = match (std::str::from_utf8(bytes), memchr::memchr2(0, NO_TEXT as u8, bytes)) {
        (Ok(text), None) => {
            let Some(marks) = conflict(text) else { return Some(text) };
            diagnostics.push(two_versions(Span::new(&path.source(), marks)));
            return None;
        }
        (Ok(_), Some(at)) => at,
        (Err(error), _) => error.valid_up_to(),
    };
    diagnostics.push(not_utf8(&path.source(), bytes, at));
    None
}

/// The marks that Git leaves where two people changed the same lines.
fn conflict(text: &str) -> Option<Range<usize>> {
    let mark = |mark: &str| {
        let found = memchr::memmem::find_iter(text.as_bytes(), mark.as_bytes());
        found.into_iter().find(|at| *at == 0 || text.as_bytes()[at - 1] == b'\n')
    };
    let start = mark("<<<<<<< ")?;
    mark(">>>>>>> ").filter(|end| *end > start)?;
    Some(start..start + text[start..].lines().next().unwrap_or_default().len())
}

fn two_versions(span: Span) -> Diagnostic {
    Diagnostic::error(CONFLICT, "this file holds two versions of the same lines")
        .at(span)
        .label("one from here to `=======`, the other from there to `>>>>>>>`")
        .help("keep the lines that are right, and remove the others with the three lines of signs")
}

/// Whether a file is of a kind that may be large or many, and is read when it is needed.
fn is_large(path: &RelPath) -> bool {
    const KINDS: [&str; 25] = [
        "avif", "bmp", "doc", "docx", "eot", "gif", "heic", "ico", "jpeg", "jpg", "m4a", "md",
        "mov", "mp3", "mp4", "ogg", "otf", "pdf", "png", "tiff", "ttf", "webm", "webp", "woff2",
        "zip",
    ];
    KINDS.contains(&path.extension().as_str())
}

/// Files that editors and systems leave behind: nobody's content.
pub(crate) fn is_litter(name: &str) -> bool {
    let low = name.to_lowercase();
    name.starts_with('.')
        || name.ends_with('~')
        || name.starts_with('#') && name.ends_with('#')
        || [".swp", ".swo", ".swx", ".tmp", ".bak", ".orig"].iter().any(|end| low.ends_with(end))
        // Vim tries with the last whether it may write a folder.
        || ["thumbs.db", "desktop.ini", "4913"].contains(&low.as_str())
}

fn unreadable(source: &SourceId, error: &io::Error) -> Diagnostic {
    Diagnostic::error(UNREADABLE, format!("this file cannot be read: {error}"))
        .at(Span::file(source))
        .help("check that it exists and that you may read it")
}

fn not_utf8(source: &SourceId, bytes: &[u8], at: usize) -> Diagnostic {
    let line = bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
    let control = bytes.get(at).is_some_and(u8::is_ascii_control);
    let what =
        if control { "a character that is no text" } else { "characters that are not UTF-8" };
    Diagnostic::error(NOT_UTF8, format!("line {line} has {what}"))
        .at(Span::file(source))
        .help("save the file with the encoding UTF-8 (in Windows' editor: Save as, Encoding)")
}
