//! A site in a string, built in memory: the everyday test.

pub(crate) mod live;
pub(crate) mod tree;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use expect_test::Expect;
use galen::build::{self, Built, Request};
use galen::diag::text;
use galen::render::Collected;
use galen::text::RelPath;
use galen::vfs::Memory;

/// What a test site has unless it brings its own.
const DEFAULTS: &str = include_str!("defaults.txt");

/// A site under test.
pub(crate) struct SiteTest {
    files: Memory,
    request: Request,
}

impl SiteTest {
    /// Reads a site from a text in which a line `-- path --` starts each file. `galen.yaml`, the
    /// schema and the theme are the defaults where the text has none.
    pub(crate) fn new(text: &str) -> Self {
        let files = Memory::new();
        let own = sections(text);
        let theme = own.iter().any(|(path, _)| path.starts_with("themes/"));
        for (path, content) in sections(DEFAULTS) {
            if !(theme && path.starts_with("themes/")) {
                files.set(&rel(&path), content);
            }
        }
        for (path, content) in own {
            files.set(&rel(&path), content);
        }
        let clock = Some("2026-11-23T12:00".to_owned());
        Self { files, request: Request { clock, ..Request::default() } }
    }

    /// Builds it as of another moment.
    pub(crate) fn clock(mut self, moment: &str) -> Self {
        self.request.clock = Some(moment.to_owned());
        self
    }

    /// Builds its drafts too.
    pub(crate) fn drafts(mut self) -> Self {
        self.request.drafts = true;
        self
    }

    /// Takes a file away.
    pub(crate) fn without(self, path: &str) -> Self {
        assert!(self.files.remove(path), "there is no `{path}` to remove");
        self
    }

    /// Puts bytes into a file.
    pub(crate) fn bytes(self, path: &str, bytes: &[u8]) -> Self {
        self.files.set(&rel(path), bytes);
        self
    }

    /// Builds the site.
    pub(crate) fn build(self) -> Site {
        let sink = Collected::new();
        let built = build::build(&self.files, &self.request, &sink, &|_| ());
        Site { built, files: sink.files() }
    }
}

/// A site that was built.
pub(crate) struct Site {
    pub(crate) built: Built,
    pub(crate) files: BTreeMap<RelPath, Vec<u8>>,
}

impl Site {
    /// Compares a file of the output.
    pub(crate) fn file(self, path: &str, expected: Expect) -> Self {
        expected.assert_eq(&self.text(path));
        self
    }

    /// Compares everything that is said.
    pub(crate) fn says(self, expected: Expect) -> Self {
        expected.assert_eq(&self.said());
        self
    }

    /// Demands that nothing is said.
    pub(crate) fn fine(self) -> Self {
        assert!(self.built.diagnostics.is_empty(), "{}", self.said());
        self
    }

    /// Demands that a file is in the output, or that it is not.
    pub(crate) fn has(self, path: &str, wanted: bool) -> Self {
        assert_eq!(self.find(path).is_some(), wanted, "{path}: {}", self.names());
        self
    }

    /// Compares the list of output files.
    pub(crate) fn lists(self, expected: Expect) -> Self {
        expected.assert_eq(&self.names());
        self
    }

    /// Gives a file of the output as text.
    pub(crate) fn text(&self, path: &str) -> String {
        let found = self.find(path);
        let bytes = found.unwrap_or_else(|| panic!("no {path}\n{}{}", self.names(), self.said()));
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    /// Gives everything that is said, as it is printed.
    pub(crate) fn said(&self) -> String {
        text::print(&self.built.diagnostics, &|source| self.built.tree.text(source), false)
    }

    /// Gives a file of the output, if it is there.
    pub(crate) fn find(&self, path: &str) -> Option<&[u8]> {
        self.files.get(path).map(Vec::as_slice)
    }

    fn names(&self) -> String {
        self.files.keys().fold(String::new(), |mut out, file| {
            let _ = writeln!(out, "{file}");
            out
        })
    }
}

/// The files of a text: a line `-- path --` starts each.
pub(crate) fn sections(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in text.split_inclusive('\n') {
        let name = line.trim_end().strip_prefix("-- ").and_then(|it| it.strip_suffix(" --"));
        match (name, found.last_mut()) {
            (Some(name), _) => found.push((name.to_owned(), String::new())),
            (None, Some((_, content))) => content.push_str(line),
            (None, None) => assert!(line.trim().is_empty(), "text before the first file: {line}"),
        }
    }
    found
}

/// Every file below a folder of the repository, sorted, with its path from there.
pub(crate) fn files_below(folder: &Path) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(&next).unwrap().map(Result::unwrap) {
            let path = entry.path();
            match path.is_dir() {
                true => open.push(path),
                false => {
                    let inner = path.strip_prefix(folder).unwrap();
                    found.push((inner.to_string_lossy().replace('\\', "/"), path.clone()));
                }
            }
        }
    }
    found.sort();
    found
}

pub(crate) fn rel(path: &str) -> RelPath {
    RelPath::new(path).unwrap_or_else(|| panic!("`{path}` is not a path"))
}

/// The repository, which is itself a site.
pub(crate) fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Whether expected outputs are to be written rather than compared.
pub(crate) fn updating() -> bool {
    std::env::var_os("UPDATE_EXPECT").is_some()
}
