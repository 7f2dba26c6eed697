//! The accessibility checks agree with what W3C's ACT rules say of pages like these.
//!
//! `tests/act/<rule>.txt` holds the rule in a line, the codes that stand for it, and cases: each is
//! expected to pass, to fail or not to be concerned. A case that fails has a finding with one of the
//! codes, and any other has none. The cases are our own; the rules are those of
//! <https://www.w3.org/WAI/standards-guidelines/act/rules/>.

use std::collections::BTreeMap;

use galen::check::a11y;
use galen::check::style::Styles;
use galen::html::Tree;

use crate::support::{files_below, repository};

#[test]
fn every_case_is_judged_as_it_should_be() {
    let (mut right, mut all, mut wrong) = (0, 0, Vec::new());
    let styles = Styles::new(&[]);
    for (name, path) in files_below(&repository().join("tests/act")) {
        let text = std::fs::read_to_string(path).unwrap();
        let (head, cases) = text.split_once("\n\n== ").unwrap_or((&text, ""));
        let codes = head.split_once("codes: ").unwrap().1.split_whitespace();
        let codes: Vec<&str> = codes.collect();
        let (mut own, mut of) = (0, 0);
        for case in cases.split("\n\n== ") {
            let (title, html) = case.split_once('\n').unwrap();
            let (expected, _) = title.split_once(": ").unwrap();
            let found = galen::check::document(html, &styles);
            let fails = found.iter().any(|it| codes.contains(&it.diagnostic.code.as_str()));
            of += 1;
            if fails == (expected == "failed") {
                own += 1;
            } else {
                let said: Vec<&str> =
                    found.iter().map(|it| it.diagnostic.message.as_str()).collect();
                wrong.push(format!("{name}: {title}\n  {html}\n  {said:?}"));
            }
        }
        println!("{name}: {own} of {of}");
        right += own;
        all += of;
    }
    println!("all: {right} of {all}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The examples that W3C publishes are not ours to keep here: `GALEN_ACT_DIR` names a folder with
/// them, in `<rule>/<expected>-<number>.html`, where what is expected is `passed`, `failed` or
/// `inapplicable`. The codes of a rule are those of its cases in `tests/act`.
#[test]
#[ignore = "it needs the examples of W3C: `GALEN_ACT_DIR=… cargo test --test it -- --ignored --nocapture published`"]
fn every_published_example_is_judged_as_w3c_says() {
    let folder = std::env::var("GALEN_ACT_DIR").expect("GALEN_ACT_DIR names the folder");
    let styles = Styles::new(&[]);
    let mut rules: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let (mut missed, mut wrong, mut open) = (Vec::new(), Vec::new(), Vec::new());
    for (name, path) in files_below(std::path::Path::new(&folder)) {
        let (rule, example) = name.split_once('/').expect("each rule has a folder");
        let (expected, _) = example.split_once('-').unwrap();
        let codes = repository().join(format!("tests/act/{rule}.txt"));
        let Ok(text) = std::fs::read_to_string(codes) else { continue };
        let codes: Vec<&str> = text
            .split_once("codes: ")
            .unwrap()
            .1
            .lines()
            .next()
            .unwrap()
            .split_whitespace()
            .collect();
        let html = std::fs::read_to_string(path).unwrap();
        let found = galen::check::document(&html, &styles);
        let fails = found.iter().any(|it| codes.contains(&it.diagnostic.code.as_str()));
        let (right, all) = rules.entry(rule.to_owned()).or_default();
        *all += 1;
        if fails == (expected == "failed") {
            *right += 1;
            continue;
        }
        let said: Vec<String> = found
            .iter()
            .map(|it| format!("[{}] {}", it.diagnostic.code.as_str(), it.diagnostic.message))
            .collect();
        let unclear = found.iter().any(|it| it.diagnostic.code.as_str().ends_with("-unclear"));
        let list = match (fails, unclear) {
            (true, _) => &mut wrong,
            (false, true) => &mut open,
            (false, false) => &mut missed,
        };
        list.push(format!("{name}\n{html}  {said:?}\n"));
    }
    for (rule, (right, all)) in &rules {
        println!("{rule}: {right} of {all}");
    }
    let right: usize = rules.values().map(|it| it.0).sum();
    println!("all: {right} of {}", rules.values().map(|it| it.1).sum::<usize>());
    println!("\n{} that should fail and do not:\n{}", missed.len(), missed.join("\n"));
    println!("\n{} that should fail and are said to be unclear:\n{}", open.len(), open.join("\n"));
    println!("\n{} that should not fail and do:\n{}", wrong.len(), wrong.join("\n"));
}

/// What is found on the pages of the sample clinic, with how long it takes.
fn sample() -> Vec<String> {
    let css = repository().join("themes/clinic/assets/css/main.css");
    let css = std::fs::read_to_string(css).unwrap();
    let styles = Styles::new(&[("css/main.css", &css)]);
    let mut said = Vec::new();
    for (file, page) in crate::minify::sample(true) {
        for finding in galen::check::document(&page, &styles) {
            let it = finding.diagnostic;
            let at = &page[finding.at];
            said.push(format!(
                "{file}: [{}] {} {:?} {:?}\n  {at}",
                it.code.as_str(),
                it.message,
                it.notes,
                it.help
            ));
        }
    }
    said
}

#[test]
fn the_sample_clinic_has_nothing_wrong() {
    let said = sample();
    assert!(said.is_empty(), "{}", said.join("\n"));
}

#[test]
#[ignore = "it measures: `cargo test --release --test it -- --ignored --nocapture how_long`"]
fn how_long_a_page_takes() {
    let css = repository().join("themes/clinic/assets/css/main.css");
    let styles = Styles::new(&[("css/main.css", &std::fs::read_to_string(css).unwrap())]);
    let pages: Vec<String> = crate::minify::sample(true).into_iter().map(|it| it.1).collect();
    let bytes: usize = pages.iter().map(String::len).sum();
    let rounds = 50;
    let mut times = Vec::new();
    let mut time = |name: &str, work: &dyn Fn(&str)| {
        pages.iter().for_each(|page| work(page));
        let start = std::time::Instant::now();
        for _ in 0..rounds {
            pages.iter().for_each(|page| work(page));
        }
        let each =
            start.elapsed().as_secs_f64() * 1e6 * 12_288.0 / bytes as f64 / f64::from(rounds);
        times.push(format!("{name}: {each:.1} µs for 12 KiB"));
    };
    time("tree", &|page| drop(Tree::parse(page)));
    time("tree and markup", &|page| drop(galen::check::markup::page(&Tree::parse(page))));
    time("tree and styles", &|page| drop(styles.page(&Tree::parse(page))));
    time("tree and accessibility", &|page| drop(a11y::page(&Tree::parse(page), &styles)));
    time("all", &|page| drop(galen::check::document(page, &styles)));
    println!("{}", times.join("\n"));
}
