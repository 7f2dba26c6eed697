//! A site in a string, built in memory: the everyday test.

pub(crate) mod live;
pub(crate) mod tree;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use expect_test::Expect;
use galen::build::{self, Built, Cause, Request};
use galen::diag::text;
use galen::output::Others;
use galen::render::{Collected, Sink};
use galen::text::RelPath;
use galen::trace::{MemoryShelf, Shelf};
use galen::vfs::{Files as _, Memory};

/// What a test site has unless it brings its own.
const DEFAULTS: &str = include_str!("defaults.txt");

/// A theme whose pages are whole pages.
const WHOLE: &str = include_str!("whole.txt");

/// The same of bytes.
pub(crate) fn relaxed_bytes(path: &str, bytes: Vec<u8>) -> Vec<u8> {
    match String::from_utf8(bytes) {
        Ok(text) => relaxed(path, &text).into_bytes(),
        Err(error) => error.into_bytes(),
    }
}

/// A file of a site whose pages are no whole pages, for the real binary: nothing is said of them.
pub(crate) fn relaxed(path: &str, text: &str) -> String {
    const OFF: [&str; 4] = ["a11y/*", "html/*", "link/orphan", "theme/unused-template"];
    let new = OFF.iter().filter(|it| !text.contains(**it));
    let off = |line: &dyn Fn(&str) -> String| new.clone().map(|it| line(it)).collect::<String>();
    if path != "galen.yaml" {
        return text.to_owned();
    }
    let flow = off(&|it| format!("{it}: off, "));
    let block = off(&|it| format!("    {it}: off\n"));
    if text.contains("  severity: {") {
        return text.replacen("  severity: {", &format!("  severity: {{{flow}"), 1);
    }
    if text.contains("  severity:\n") {
        return text.replacen("  severity:\n", &format!("  severity:\n{block}"), 1);
    }
    match text.contains("\nchecks:\n") {
        true => text.replacen("\nchecks:\n", &format!("\nchecks:\n  severity:\n{block}"), 1),
        false => format!("{text}checks:\n  severity:\n{block}"),
    }
}

/// A site under test.
pub(crate) struct SiteTest {
    pub(crate) files: Memory,
    pub(crate) request: Request,
    pub(crate) shelf: MemoryShelf,
    /// What the last build published.
    pub(crate) public: BTreeMap<RelPath, Vec<u8>>,
}

impl SiteTest {
    /// Reads a site from a text in which a line `-- path --` starts each file. `galen.yaml`, the
    /// schema and the theme are the defaults where the text has none.
    pub(crate) fn new(text: &str) -> Self {
        Self::over(DEFAULTS, text)
    }

    /// Reads a site whose pages are whole pages, and are checked.
    pub(crate) fn whole(text: &str) -> Self {
        let (rest, _) = DEFAULTS.split_once("-- themes/t/theme.yaml").unwrap();
        let mut site = Self::over(&format!("{rest}{WHOLE}"), text);
        site.request.unchecked = false;
        site
    }

    fn over(defaults: &str, text: &str) -> Self {
        let files = Memory::new();
        let own = sections(text);
        let theme = own.iter().any(|(path, _)| path.ends_with("/theme.yaml"));
        for (path, content) in sections(defaults) {
            if !(theme && path.starts_with("themes/")) {
                files.set(&rel(&path), content);
            }
        }
        for (path, content) in own {
            files.set(&rel(&path), content);
        }
        let clock = Some("2026-11-23T12:00".to_owned());
        let request = Request { clock, unchecked: true, ..Request::default() };
        Self { files, request, shelf: MemoryShelf::new(), public: BTreeMap::new() }
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

    /// Builds the site: once with what earlier builds left, and once clean, which must give the
    /// same.
    pub(crate) fn build(mut self) -> Site {
        let (built, files) = self.step();
        if !built.diagnostics.has_errors() {
            // Once more with nothing changed, and with something that no page knows of.
            assert!(self.step().0.unchanged, "something changed");
            let path = rel("content/media/not-known.txt");
            self.files.set(&path, "by nobody");
            assert!(!self.step().0.unchanged, "a new file was not seen");
            self.files.remove(path.as_str());
            self.step();
        }
        Site { built, files, test: self }
    }

    /// Builds the site as [`build`](Self::build) does, without the builds after it: for many sites.
    pub(crate) fn build_once(mut self) -> Site {
        let (built, files) = self.step();
        Site { built, files, test: self }
    }

    /// Builds the site once with what earlier builds left, and once clean, and compares.
    pub(crate) fn step(&mut self) -> (Built, BTreeMap<RelPath, Vec<u8>>) {
        let sink = Collected::new();
        let clean = build::build(&self.files, &self.request, &sink, &|_| ());
        let clean = (clean, sink.files());
        let sink = Collected::over(self.public.clone());
        let place: (&dyn Sink, &dyn Shelf) = (&sink, &self.shelf);
        let built = build::again(&self.files, &self.request, place, &|_| ());
        let marks = |file: &str| sink.mark(file);
        if !built.diagnostics.has_errors() {
            built.keep(&self.files, &self.shelf, &Others::default(), &marks);
        }
        let files = sink.files();
        assert_law(&clean, (&built, &files));
        if !built.diagnostics.has_errors() {
            self.public = files.clone();
        }
        (built, files)
    }
}

/// An incremental build equals a clean one.
fn assert_law(
    clean: &(Built, BTreeMap<RelPath, Vec<u8>>),
    again: (&Built, &BTreeMap<RelPath, Vec<u8>>),
) {
    let said = |built: &Built| text::print(&built.diagnostics, &|it| built.tree.text(it), false);
    assert_eq!(said(&clean.0), said(again.0), "an incremental build says something else");
    assert_eq!(clean.0.waived, again.0.waived, "an incremental build hides something else");
    assert_eq!(clean.0.pages, again.0.pages);
    assert_eq!(format!("{:?}", clean.0.left_out), format!("{:?}", again.0.left_out));
    let names = |files: &BTreeMap<RelPath, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&clean.1), names(again.1), "an incremental build makes other files");
    for (path, bytes) in &clean.1 {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert_eq!(text(bytes), text(&again.1[path]), "an incremental build differs in {path}");
    }
}

/// A site that was built.
pub(crate) struct Site {
    pub(crate) built: Built,
    pub(crate) files: BTreeMap<RelPath, Vec<u8>>,
    test: SiteTest,
}

impl Site {
    /// Replaces a text in a file of the site, which must have it.
    pub(crate) fn edit(self, path: &str, old: &str, new: &str) -> SiteTest {
        let bytes = self.test.files.read(&rel(path)).unwrap_or_else(|_| panic!("no {path}"));
        let before = String::from_utf8(bytes).unwrap();
        assert!(before.contains(old), "{path} has no `{old}`");
        self.test.files.set(&rel(path), before.replacen(old, new, 1));
        self.test
    }

    /// Goes on with the site.
    pub(crate) fn then(self) -> SiteTest {
        self.test
    }

    /// Compares which tasks were done, and why.
    pub(crate) fn ran(self, expected: Expect) -> Self {
        let done = self.built.tasks.iter().filter_map(|task| {
            let cause = task.cause.as_ref().filter(|it| **it != Cause::Whole)?;
            Some(format!("{}: {cause}\n", task.name))
        });
        expected.assert_eq(&done.collect::<String>());
        self
    }

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
