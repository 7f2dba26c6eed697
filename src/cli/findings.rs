//! What a run found, printed as it was asked for: for people at once, for programs as one document.

use std::path::{Component, Path};
use std::sync::Arc;

use clap::ValueEnum;

use crate::build::{self, Built};
use crate::cli::report::Terminal;
use crate::cli::{Common, ERRORS, USAGE, WARNINGS};
use crate::config;
use crate::diag::text::Sources;
use crate::diag::{Diagnostics, Severity, SourceId, Waived, github, json, sarif};
use crate::vfs::Tree;

/// How findings are written.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people: place, excerpt, cure.
    Text,
    /// One object, for programs (docs/checking.md).
    Json,
    /// SARIF 2.1.0, for code hosts and editors.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
}

/// What a run found so far.
pub(crate) struct Findings<'a> {
    terminal: &'a Terminal,
    format: Format,
    /// The site's folder in its repository.
    folder: String,
    diagnostics: Diagnostics,
    waived: Vec<Waived>,
    tree: Arc<Tree>,
}

impl<'a> Findings<'a> {
    pub(crate) fn new(format: Format, common: &Common, terminal: &'a Terminal) -> Self {
        Self {
            terminal,
            format,
            folder: folder(&common.root),
            diagnostics: Diagnostics::new(),
            waived: Vec::new(),
            tree: Arc::default(),
        }
    }

    /// Tells problems, to people at once.
    pub(crate) fn problems(&mut self, found: &Diagnostics, tree: &Arc<Tree>) {
        match self.format {
            Format::Text => self.terminal.problems(found, tree),
            _ => {
                self.diagnostics.extend(found.iter().cloned());
                self.tree = Arc::clone(tree);
            }
        }
    }

    /// Takes what waivers hide: programs may show it, people need not be told each time.
    pub(crate) fn waived(&mut self, waived: Vec<Waived>) {
        self.waived = waived;
    }

    /// Prints a result: beside a document for programs it is one more note.
    pub(crate) fn result(&self, line: &str) {
        match self.format {
            Format::Text => self.terminal.result(line),
            _ => self.terminal.note(line),
        }
    }

    /// Prints the document for programs.
    pub(crate) fn finish(self) {
        let found = self.diagnostics.sorted();
        let sources: Sources = &|source: &SourceId| self.tree.text(source);
        let (waived, folder) = (&self.waived, &self.folder);
        let document = match self.format {
            Format::Text => return,
            Format::Json => json::print(&found, waived, sources),
            Format::Sarif => sarif::print(&found, waived, sources, folder),
            Format::Github => github::print(&found, sources, folder),
        };
        if !document.is_empty() {
            self.terminal.result(&document);
        }
    }
}

/// The exit code of a site that may not be published; `None` for one that may.
pub(crate) fn refused(built: &Built, found: &Diagnostics, strict: bool) -> Option<u8> {
    if built.config.is_none()
        || found.iter().any(|it| it.code == build::CLOCK || it.code == config::BASE_URL)
    {
        return Some(USAGE);
    }
    if found.has_errors() {
        return Some(ERRORS);
    }
    (strict && found.count(Severity::Warning) > 0).then_some(WARNINGS)
}

/// The folder of a site as programs name it that start where the command was: empty for that
/// place, and for one outside of it.
fn folder(root: &Path) -> String {
    let mut parts = Vec::new();
    for component in root.components() {
        match component {
            Component::Normal(part) => parts.push(part.to_string_lossy()),
            Component::CurDir => (),
            _ => return String::new(),
        }
    }
    parts.join("/")
}
