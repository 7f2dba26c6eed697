//! Every message has a case: a small site, and what is said of it.
//!
//! `tests/corpus/<group>/<code>.txt` holds the site, and at its end, behind `-- says --`, what is
//! printed. `UPDATE_EXPECT=1 cargo test` writes that part. What is wrong with built pages has a page,
//! `-- page.html --`, in the place of a site.

use std::collections::BTreeSet;
use std::path::Path;

use galen::check::Finding;
use galen::check::style::Styles;
use galen::diag::{self, Diagnostics, SourceId, Span};

use crate::support::{SiteTest, files_below, repository, sections, updating};

/// Messages whose cases a text cannot hold: the test file that has them.
const ELSEWHERE: [(&str, &str); 56] = [
    ("output/left-online", "gone.rs"),
    ("media/too-large", "../silent/editors/picture-too-heavy.txt"),
    ("template/never-taken", "checks.rs"),
    ("link/external-broken", "external.rs"),
    ("link/external-moved", "external.rs"),
    ("link/external-unchecked", "external.rs"),
    ("link/list", "against.rs"),
    ("link/vanished", "against.rs"),
    ("data/faq-text", "../../src/check/structured/tests.rs"),
    ("data/json", "../../src/check/structured/tests.rs"),
    ("data/missing", "../../src/check/structured/tests.rs"),
    ("data/property", "../../src/check/structured/tests.rs"),
    ("data/reference", "../../src/check/structured/tests.rs"),
    ("data/type", "../../src/check/structured/tests.rs"),
    ("data/value", "../../src/check/structured/tests.rs"),
    ("config/changed-file", "disk.rs"),
    ("config/base-url", "tools.rs"),
    ("config/clock", "commands.rs"),
    ("config/not-utf8", "problems.rs"),
    ("config/outside-link", "disk.rs"),
    ("config/unreadable-file", "disk.rs"),
    ("front-matter/too-large", "problems.rs"),
    ("markdown/too-long", "problems.rs"),
    ("output/folder", "disk.rs"),
    ("output/foreign-file", "disk.rs"),
    ("output/in-the-way", "disk.rs"),
    ("output/no-room", "../../src/output/redo.rs"),
    ("route/too-many-redirects", "delivery.rs"),
    ("schema/missing", "problems.rs"),
    ("config/missing", "problems.rs"),
    ("claim/reading-level", "../../src/check/wording/tests.rs"),
    ("claim/long-sentence", "../../src/check/wording/tests.rs"),
    ("claim/jargon", "../../src/check/wording/tests.rs"),
    ("claim/lost-text", "../../src/check/wording/tests.rs"),
    ("form/implied-consent", "../wording/claims.txt"),
    ("claim/unknown-key", "../../src/check/wording/tests.rs"),
    ("claim/value", "../../src/check/wording/tests.rs"),
    ("claim/before-after", "../wording/claims.txt"),
    ("claim/credentials", "../wording/claims.txt"),
    ("claim/cure", "../wording/claims.txt"),
    ("claim/guarantee", "../wording/claims.txt"),
    ("claim/insecurity", "../wording/claims.txt"),
    ("claim/membership", "../wording/claims.txt"),
    ("claim/missing-risks", "../wording/claims.txt"),
    ("claim/no-assessment", "../../src/check/wording/tests.rs"),
    ("claim/no-evidence", "../wording/claims.txt"),
    ("claim/permanent", "../wording/claims.txt"),
    ("claim/pom-named", "../wording/claims.txt"),
    ("claim/pressure", "../wording/claims.txt"),
    ("claim/price", "../wording/claims.txt"),
    ("claim/safe-absolute", "../wording/claims.txt"),
    ("claim/success-rate", "../wording/claims.txt"),
    ("claim/superlative", "../wording/claims.txt"),
    ("claim/trivialise", "../wording/claims.txt"),
    ("claim/under-18", "../wording/claims.txt"),
    ("link/third-party", "../../src/check/third_party.rs"),
];

/// The first line of a case whose pages are whole pages, and are checked.
const CHECKED: &str = "-- checked --\n";

/// Messages that no input is known to cause: faults of Galen itself.
const NEVER: [&str; 2] = ["markdown/bug", "template/bug"];

/// Gives the site of a case.
pub(crate) fn case(site: &str) -> SiteTest {
    match site.strip_prefix(CHECKED) {
        Some(site) => SiteTest::whole(site),
        None => SiteTest::new(site),
    }
}

#[test]
fn every_case_says_what_it_should() {
    let mut wrong = Vec::new();
    for (name, path) in files_below(&repository().join("tests/corpus")) {
        let text = std::fs::read_to_string(&path).unwrap();
        let (site, expected) = text.split_once("-- says --\n").unwrap_or((&text, ""));
        let said = match site.strip_prefix("-- page.html --\n") {
            Some(page) => said_of_page(page),
            None => case(site).build().said(),
        };
        let code = name.trim_end_matches(".txt");
        let code = code.split_once("--").map_or(code, |(code, _)| code);
        assert!(said.contains(&format!("[{code}]")), "{name} does not say `{code}`:\n{said}");
        if updating() {
            std::fs::write(&path, format!("{site}-- says --\n{said}")).unwrap();
        } else if said != expected {
            wrong.push(format!("{name} says:\n{said}\ninstead of:\n{expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What is said of one page.
fn said_of_page(page: &str) -> String {
    let source = SourceId::new("page.html");
    let found = galen::check::document(page, &Styles::new(&[]));
    let place = |it: Finding| it.diagnostic.at(Span::new(&source, it.at));
    let said: Diagnostics = found.into_iter().map(place).collect();
    diag::text::print(&said, &|_| Some(page.into()), false)
}

#[test]
fn every_message_has_a_case_and_a_page() {
    let cases: BTreeSet<String> = files_below(&repository().join("tests/corpus"))
        .into_iter()
        .map(|(name, _)| name.trim_end_matches(".txt").to_owned())
        .collect();
    let mut missing = Vec::new();
    for code in codes() {
        let elsewhere = ELSEWHERE.iter().find(|(it, _)| *it == code);
        let case = match elsewhere {
            Some((_, file)) => {
                let test = repository().join("tests/it").join(file);
                std::fs::read_to_string(test).is_ok_and(|text| text.contains(&code))
            }
            None => NEVER.contains(&code.as_str()) || cases.contains(&code),
        };
        if !case {
            missing.push(format!("`{code}` has no case tests/corpus/{code}.txt"));
        }
        if !repository().join(format!("docs/diagnostics/{code}.md")).exists() {
            missing.push(format!("`{code}` has no page docs/diagnostics/{code}.md"));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_page_is_about_a_message() {
    let known = codes();
    let stray = |(name, _): (String, _)| {
        let code = name.trim_end_matches(".md").to_owned();
        (!known.contains(&code) && code != "README").then_some(name)
    };
    let stray: Vec<String> =
        files_below(&repository().join("docs/diagnostics")).into_iter().filter_map(stray).collect();
    assert!(stray.is_empty(), "pages of no message: {stray:?}");
}

/// Every code that the sources make.
fn codes() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (_, path) in files_below(Path::new(&repository().join("src"))) {
        let text = std::fs::read_to_string(path).unwrap();
        for rest in text.split("Code::new(\"").skip(1) {
            found.extend(rest.split('"').next().map(str::to_owned));
        }
    }
    found
}

#[test]
fn a_case_is_read_as_a_site() {
    let found = sections("-- a --\nx\n-- b/c --\n");
    assert_eq!(found, [("a".to_owned(), "x\n".to_owned()), ("b/c".to_owned(), String::new())]);
}
