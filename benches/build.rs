//! Builds made-up sites of growing size in memory: `cargo bench`.
//!
//! Prints how long each takes, and the ratio to the smallest for each guide: near 1 means that
//! nothing grows faster than the number of entries. The sites are the same in every run.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

use std::fmt::Write as _;
use std::time::Instant;

use galen::build::{self, Request};
use galen::render::Nowhere;
use galen::text::RelPath;
use galen::vfs::Memory;

const DEFAULTS: &str = include_str!("../tests/it/support/defaults.txt");
const TAGS: [&str; 3] = ["FUE", "SMP", "Hair loss"];

fn main() {
    println!("{:>8} {:>10} {:>12} {:>8}", "guides", "seconds", "µs a guide", "ratio");
    let mut first = None;
    for guides in [1_000, 3_000, 10_000, 30_000] {
        let files = site(guides);
        let request = Request { clock: Some("2026-11-23".to_owned()), ..Request::default() };
        let start = Instant::now();
        let built = build::build(&files, &request, &Nowhere, &|_| ());
        let seconds = start.elapsed().as_secs_f64();
        assert!(!built.diagnostics.has_errors(), "the made-up site has errors");
        let each = seconds * 1e6 / f64::from(guides);
        let ratio = each / *first.get_or_insert(each);
        println!("{guides:>8} {seconds:>10.3} {each:>12.1} {ratio:>8.2}");
    }
}

fn site(guides: u32) -> Memory {
    let files = Memory::new();
    let mut name = None;
    let mut text = String::new();
    for line in DEFAULTS.lines().chain(["-- end --"]) {
        match line.strip_prefix("-- ").and_then(|it| it.strip_suffix(" --")) {
            Some(next) => {
                if let Some(name) = name.replace(next) {
                    set(&files, name, &text);
                }
                text.clear();
            }
            None => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    let template = "<h1>{{ page.title }}</h1>{{ page.body }}{% for it in related() %}\
                    <a href=\"{{ it.url }}\">{{ it.title }}</a>{% endfor %}\n";
    set(&files, "themes/t/templates/guide.html", template);
    for number in 0..guides {
        set(&files, &format!("content/guides/guide-{number}.md"), &guide(number, guides));
    }
    files
}

fn guide(number: u32, guides: u32) -> String {
    let tags = [TAGS[number as usize % 3], TAGS[number as usize / 3 % 3]];
    let mut tags = tags.to_vec();
    tags.dedup();
    let other = (number * 7 + 1) % guides;
    let mut text = format!(
        "---\ntitle: Guide {number}\ntags: [{}]\npublish_at: 2026-01-{:02}\n---\n",
        tags.join(", "),
        number % 28 + 1
    );
    for section in 0..6 {
        let _ = write!(
            text,
            "\n## Question {section}?\n\nSome *words* about it, and [another](guide-{other}.md). \
             They go on for a while, as guides do, with **emphasis** and numbers (4–6 years).\n\n\
             - one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
        );
    }
    text
}

fn set(files: &Memory, path: &str, text: &str) {
    if let Some(path) = RelPath::new(path) {
        files.set(&path, text);
    }
}
