//! CommonMark's own specification judges the writer, with extensions and corrections off.

use std::fmt::Write as _;

use galen::diag::{SourceId, Span};
use galen::markdown::{self, Directive, HtmlPolicy, Options, Picture, Place, Resolver};

use crate::support::tree;

/// Examples whose result differs by design, each with the reason: none.
const DEVIATIONS: [(usize, &str); 0] = [];

struct Plain;

impl Resolver for Plain {
    fn link(&mut self, address: &str, _: Span) -> String {
        address.to_owned()
    }

    fn picture(&mut self, address: &str, _: &str, _: Span) -> Picture {
        Picture { url: address.to_owned(), width: None, height: None }
    }

    fn directive(&mut self, _: &Directive, _: Option<String>) -> String {
        unreachable!("CommonMark has no directives")
    }
}

#[test]
#[ignore = "needs the specification's file: GALEN_COMMONMARK_SPEC=…/spec.txt"]
fn the_specification_passes() {
    let path = std::env::var("GALEN_COMMONMARK_SPEC").expect("GALEN_COMMONMARK_SPEC");
    let spec = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let examples = examples(&spec);
    let mut failures = String::new();
    let mut passed = 0;
    for (number, (markdown, html)) in (1..).zip(&examples) {
        let written = plain(markdown);
        // A line end after the last block is text to an element that an example leaves open.
        let same = tree::of(written.trim_end()) == tree::of(html.trim_end());
        let excused = DEVIATIONS.iter().any(|(excused, _)| *excused == number);
        if same && !excused {
            passed += 1;
        } else if !excused {
            let _ =
                write!(failures, "\n{number}: {markdown}\nexpected:\n{html}\ngot:\n{written}\n");
        }
    }
    println!("CommonMark: {} examples, {passed} pass", examples.len());
    assert!(failures.is_empty(), "{failures}");
    assert_eq!(examples.len(), 652, "the specification 0.31.2 has 652 examples");
}

fn plain(markdown: &str) -> String {
    let options = Options {
        plain: true,
        smart_punctuation: false,
        html: HtmlPolicy::Trusted,
        ..Options::default()
    };
    let place = Place::Body { source: SourceId::new("spec.txt"), offset: 0 };
    markdown::render(markdown, &place, &options, &mut Plain).html
}

/// The pairs of Markdown and HTML in the specification, tabs written as arrows.
fn examples(spec: &str) -> Vec<(String, String)> {
    let fence = "`".repeat(32);
    let start = format!("{fence} example");
    let mut found = Vec::new();
    let mut lines = spec.lines();
    while let Some(line) = lines.next() {
        if line != start {
            continue;
        }
        let mut part = |end: &str| -> String {
            let lines = lines.by_ref().take_while(|line| *line != end);
            lines.map(|line| format!("{line}\n").replace('→', "\t")).collect()
        };
        found.push((part("."), part(&fence)));
    }
    found
}
