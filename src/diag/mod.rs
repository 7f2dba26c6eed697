//! What is wrong with a site, and how it is told: one type for every message.
//!
//! A [`Diagnostic`] is data: severity, code, message, place, help. It is worded by a function
//! beside the code that finds the problem, collected in [`Diagnostics`], and printed by
//! [`text`](text::print) once at the end of a run, or by [`json`], [`sarif`] and [`github`] for
//! other programs. [`codes`] knows every kind.

pub mod codes;
pub mod github;
pub mod json;
mod place;
pub mod sarif;
pub mod text;

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// A file as messages name it: its path from the site's root, with `/` on every system.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(Arc<str>);

impl SourceId {
    /// Names a file by its path from the site's root.
    pub fn new(path: impl Into<Arc<str>>) -> Self {
        Self(path.into())
    }

    /// Gives the path from the site's root.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A place in a file: bytes from the file's start, front matter included.
///
/// Line and column are worked out when a message is printed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The file.
    pub source: SourceId,
    /// The first byte.
    pub start: usize,
    /// The byte after the last; equal to `start` for a place between two characters.
    pub end: usize,
}

impl Span {
    /// Marks a range of bytes in a file.
    pub fn new(source: &SourceId, range: Range<usize>) -> Self {
        Self { source: source.clone(), start: range.start, end: range.end.max(range.start) }
    }

    /// Marks a file as a whole, where no place in it is meant.
    pub fn file(source: &SourceId) -> Self {
        Self::new(source, 0..0)
    }
}

/// How much a problem matters. Errors keep a site from being published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The site is not published while it stands.
    Error,
    /// The site is published; someone should look. An error under `--strict`.
    Warning,
}

/// The readable name of a kind of problem, such as `front-matter/unknown-key`.
///
/// Every code has a case in `tests/corpus/` and a page in `docs/diagnostics/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(&'static str);

impl Code {
    /// Names a kind of problem: group, slash, words joined by hyphens.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// Gives the name.
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// Gives the group: the name's part before the slash.
    pub fn group(self) -> &'static str {
        self.0.split_once('/').map_or(self.0, |(group, _)| group)
    }

    /// Names a kind of problem that an earlier run of this program named.
    pub fn again(name: &str) -> Self {
        static KNOWN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(name) = known.get(name) {
            return Self(name);
        }
        // There are as many as there are constants, and they are wanted until the end.
        let name: &'static str = Box::leak(name.into());
        known.insert(name);
        Self(name)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// One problem: what, where, why, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How much it matters.
    pub severity: Severity,
    /// What kind of problem it is.
    pub code: Code,
    /// What is wrong, in one line: lower-case start, no full stop, literals in backticks.
    pub message: String,
    /// Where; absent for problems of no file, such as a folder that cannot be written.
    pub span: Option<Span>,
    /// A few words under the marked place.
    pub label: Option<String>,
    /// Other places that explain the problem, each with its words.
    pub labels: Vec<(Span, String)>,
    /// Circumstances worth knowing, such as the page that was being rendered.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Vec<String>,
}

impl Diagnostic {
    fn new(severity: Severity, code: Code, message: impl Into<String>) -> Self {
        Self {
            severity,
            code,
            message: message.into(),
            span: None,
            label: None,
            labels: Vec::new(),
            notes: Vec::new(),
            help: Vec::new(),
        }
    }

    /// States an error.
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message)
    }

    /// States a warning.
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message)
    }

    /// Gives the files that it points at.
    pub fn sources(&self) -> impl Iterator<Item = &SourceId> {
        let others = self.labels.iter().map(|(span, _)| span);
        self.span.iter().chain(others).map(|span| &span.source)
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// Puts a few words under the marked place.
    #[must_use]
    pub fn label(mut self, words: impl Into<String>) -> Self {
        self.label = Some(words.into());
        self
    }

    /// Marks another place that explains the problem.
    #[must_use]
    pub fn also(mut self, span: Span, words: impl Into<String>) -> Self {
        self.labels.reserve_exact(1);
        self.labels.push((span, words.into()));
        self
    }

    /// Adds a circumstance.
    #[must_use]
    pub fn note(mut self, words: impl Into<String>) -> Self {
        self.notes.reserve_exact(1);
        self.notes.push(words.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(self, words: impl Into<String>) -> Self {
        self.maybe_help(Some(words.into()))
    }

    /// Says what to do where there is something to say.
    #[must_use]
    pub fn maybe_help(mut self, words: Option<String>) -> Self {
        // A site may have many thousand problems, each with a word or two.
        self.help.reserve_exact(usize::from(words.is_some()));
        self.help.extend(words);
        self
    }
}

/// A problem that a waiver hides for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waived {
    /// The problem.
    pub diagnostic: Diagnostic,
    /// Why it is hidden, in the words of who wrote the waiver.
    pub reason: String,
    /// The last day on which it is, such as `2027-01-31`.
    pub until: String,
}

/// The problems of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Starts with none.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Adds those of another stage.
    pub fn extend(&mut self, others: impl IntoIterator<Item = Diagnostic>) {
        self.0.extend(others);
    }

    /// Tells whether the site may not be published.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|it| it.severity == Severity::Error)
    }

    /// Counts those of one severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.0.iter().filter(|it| it.severity == severity).count()
    }

    /// Tells whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Looks at each in the order they are in.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0.iter()
    }

    /// Sorts by file, place, code and words, those of no file first, and drops repetitions:
    /// the order a reader can follow, whatever order the problems were found in.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.0.sort_by(|a, b| {
            let key = |it: &Diagnostic| (it.span.clone(), it.code);
            key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
        });
        self.0.dedup();
        self
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<T: IntoIterator<Item = Diagnostic>>(found: T) -> Self {
        Self(found.into_iter().collect())
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
