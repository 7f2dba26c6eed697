//! Mistakes that editors, theme authors and developers really make: none passes in silence.
//!
//! `tests/silent/<who>/<mistake>.txt` holds, in this order: what is expected, the site, and behind
//! `-- says --` what is printed. A line `-- expects: link/broken content/guides/a.md:5 --` demands an error
//! or a warning with that code at that line (without a line: somewhere in that file). A line
//! `-- fill: content/media/a.jpg 3000000 --` adds a file of so many bytes, and `-- left out --` demands that
//! an entry is not published and that the build's summary says so. A case with `-- waits: a11y --` is for a
//! check that is not there yet. `UPDATE_EXPECT=1 cargo test` writes what is said.

use std::path::{Path, PathBuf};

use galen::diag::Diagnostic;
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use crate::support::{Site, SiteTest, files_below, repository, updating};

/// How many mistakes there are at least.
const AT_LEAST: usize = 250;

/// A case.
struct Case {
    expects: Vec<(String, String)>,
    fill: Vec<(String, usize)>,
    left_out: bool,
    waits: bool,
    /// The lines of the above.
    head: String,
    site: String,
    says: String,
}

impl Case {
    fn read(text: &str) -> Self {
        let (rest, says) = text.split_once("-- says --\n").unwrap_or((text, ""));
        let mut case = Self {
            expects: Vec::new(),
            fill: Vec::new(),
            left_out: false,
            waits: false,
            head: String::new(),
            site: String::new(),
            says: says.to_owned(),
        };
        for line in rest.split_inclusive('\n') {
            let inner = line.trim_end().strip_prefix("-- ").and_then(|it| it.strip_suffix(" --"));
            let inner = inner.filter(|_| case.site.is_empty()).unwrap_or_default();
            let words = inner.split_once(": ").map_or("", |(_, words)| words);
            let pair = || words.split_once(' ').map(|(a, b)| (a.to_owned(), b.to_owned()));
            match inner.split(' ').next().unwrap_or_default() {
                "expects:" => case.expects.extend(pair()),
                "fill:" => {
                    let (path, size) = pair().unwrap();
                    case.fill.push((path, size.parse().unwrap()));
                }
                "left" => case.left_out = true,
                "waits:" => case.waits = true,
                _ => {
                    case.site.push_str(line);
                    continue;
                }
            }
            case.head.push_str(line);
        }
        case
    }

    fn build(&self) -> Site {
        let site = SiteTest::whole(&self.site);
        let fill =
            |site: SiteTest, (path, size): &(String, usize)| site.bytes(path, &vec![b' '; *size]);
        self.fill.iter().fold(site, fill).build_once()
    }
}

/// Where a problem is: `file:line`.
fn place(site: &Site, it: &Diagnostic) -> String {
    let Some(span) = &it.span else { return String::new() };
    let text = site.built.tree.text(&span.source).unwrap_or_default();
    let line = text.get(..span.start).unwrap_or_default().matches('\n').count() + 1;
    format!("{}:{line}", span.source)
}

/// Builds a case; says what is wrong with it.
fn wrong(name: &str, path: &Path, case: &Case) -> Vec<String> {
    let mut wrong = Vec::new();
    if !case.left_out && case.expects.is_empty() {
        wrong.push(format!("{name} expects nothing"));
    }
    let site = case.build();
    let said = site.said();
    for (code, at) in &case.expects {
        let found = site.built.diagnostics.iter().any(|it| {
            let place = place(&site, it);
            it.code.as_str() == code && (place == *at || place.starts_with(&format!("{at}:")))
        });
        if !found {
            wrong.push(format!("{name}: no `{code}` at {at}; it says:\n{said}"));
        }
    }
    if case.left_out && site.built.left_out.is_empty() {
        wrong.push(format!("{name}: nothing is left out"));
    }
    if updating() {
        std::fs::write(path, format!("{}{}-- says --\n{said}", case.head, case.site)).unwrap();
    } else if said != case.says {
        wrong.push(format!("{name} says:\n{said}\ninstead of:\n{}", case.says));
    }
    wrong
}

#[test]
fn every_mistake_is_told_at_its_line() {
    let cases: Vec<(String, PathBuf, Case)> = files_below(&repository().join("tests/silent"))
        .into_iter()
        .map(|(name, path)| {
            let case = Case::read(&std::fs::read_to_string(&path).unwrap());
            (name, path, case)
        })
        .filter(|(_, _, case)| !case.waits)
        .collect();
    let one = |(name, path, case): &(String, PathBuf, Case)| wrong(name, path, case);
    let wrong: Vec<String> = cases.par_iter().flat_map(one).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(cases.len() >= AT_LEAST, "there are {} cases", cases.len());
}

#[test]
fn a_mistake_in_any_file_hides_no_other() {
    let guides =
        "-- content/guides/a.md --\n---\ntitle: B: C\n---\n-- content/guides/b.md --\ntext\n";
    let said = |more: &str| SiteTest::whole(&format!("{guides}{more}")).build().said();
    let both = ["[front-matter/syntax]", "[front-matter/missing]"];
    let theme = "-- themes/t/templates/guide.html --\n{{ broken\n";
    let config = "-- galen.yaml --\nbase_url: clinic\nlanguage: en\ntheme: t\n";
    let schema = "-- content/schema.yml --\ncollections:\n  - name: guides\n";
    for (more, code) in
        [(theme, "[template/syntax]"), (config, "[config/value]"), (schema, "[schema/value]")]
    {
        let said = said(more);
        for code in both.iter().chain([&code]) {
            assert!(said.contains(code), "{code} is not told:\n{said}");
        }
    }
}
