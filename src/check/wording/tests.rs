//! What is said of wording: rulings in our own words, plain information, and the sample's pages.

use crate::check::Finding;
use crate::check::wording::file::OWN;
use crate::check::wording::{About, PageKind, Rules, page};
use crate::diag::Diagnostics;
use crate::html::Tree;

const CLAIMS: &str = include_str!("../../../tests/wording/claims.txt");
const PLAIN: &str = include_str!("../../../tests/wording/plain.txt");

fn rules() -> Rules {
    let mut diagnostics = Diagnostics::new();
    let rules = Rules::new(None, &mut diagnostics);
    let told: Vec<_> =
        diagnostics.iter().map(|it| (it.span.as_ref().map(|at| &OWN[at.start..at.end]), &it.message)).collect();
    assert!(told.is_empty(), "{told:#?}");
    rules
}

fn about(kind: PageKind) -> About<'static> {
    About { kind, collection: Some("guides"), title: "", topics: &[], language: "en-GB" }
}

fn said(html: &str, about: &About, rules: &Rules) -> Vec<Finding> {
    page(&Tree::parse(html), about, rules)
}

#[test]
fn what_was_ruled_on_is_found() {
    let rules = rules();
    let (mut code, mut wrong, mut count) = (String::new(), Vec::new(), 0);
    for line in CLAIMS.lines().filter(|it| !it.starts_with('#') && !it.is_empty()) {
        if line.contains('/') && !line.contains(' ') {
            code = line.to_owned();
            continue;
        }
        let (place, text) = line.split_once(": ").unwrap_or(("", line));
        let (html, kind) = match place {
            "home" => (format!("<main><p>{text}</p></main>"), PageKind::Home),
            "alt" => (format!("<main><img src=a.png alt=\"{text}\"></main>"), PageKind::Entry),
            "heading" => (format!("<main><h2>{text}</h2><p>More.</p></main>"), PageKind::Entry),
            _ => (format!("<main><p>{line}</p></main>"), PageKind::Entry),
        };
        let mut about = about(kind);
        if kind == PageKind::Home {
            about.collection = None;
        }
        count += 1;
        let found = said(&html, &about, &rules);
        if !found.iter().any(|it| it.diagnostic.code.as_str() == code) {
            let codes: Vec<_> = found.iter().map(|it| it.diagnostic.code.as_str()).collect();
            wrong.push(format!("{code} is silent on: {line} {codes:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 120, "{count}");
}

#[test]
fn plain_information_is_left_alone() {
    let rules = rules();
    let (mut wrong, mut count) = (Vec::new(), 0);
    let lines = PLAIN.lines().filter(|it| !it.starts_with('#') && !it.is_empty());
    for line in lines {
        count += 1;
        for kind in [PageKind::Entry, PageKind::Home] {
            let html = format!("<main><p>{line}</p></main>");
            for it in said(&html, &about(kind), &rules) {
                wrong.push(format!("{line}\n    {}: {}", it.diagnostic.code.as_str(), it.diagnostic.message));
            }
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 150, "{count}");
}
