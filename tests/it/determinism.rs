//! What a build does not depend on: the number of threads, the order in which files are listed, the
//! seed of hash maps, the machine's time zone and language.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use galen::build::{self, Request};
use galen::diag::{Diagnostics, text};
use galen::render::Collected;
use galen::text::RelPath;
use galen::vfs::{Disk, Files, Mark, Memory};
use proptest::prelude::*;

use crate::support::{files_below, rel, repository, sections};

/// Every file of the output, and everything that is said.
type Made = (BTreeMap<String, Vec<u8>>, String);

/// The same files, listed in another order.
struct Shuffled<F>(F, u64);

impl<F: Files> Files for Shuffled<F> {
    fn list(&self, folder: &str, diagnostics: &mut Diagnostics) -> Vec<RelPath> {
        let mut paths = self.0.list(folder, diagnostics);
        // A fixed shuffle (Fisher and Yates), different for each seed.
        let mut state = self.1;
        for at in (1..paths.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            paths.swap(at, usize::try_from(state >> 33).unwrap() % (at + 1));
        }
        paths
    }

    fn mark(&self, path: &RelPath) -> Option<Mark> {
        self.0.mark(path)
    }

    fn names(&self, folder: &str) -> Option<Vec<String>> {
        self.0.names(folder)
    }

    fn moment(&self) -> i64 {
        self.0.moment()
    }

    fn on_disk(&self, path: &RelPath) -> Option<Arc<Path>> {
        self.0.on_disk(path)
    }

    fn read(&self, path: &RelPath) -> std::io::Result<Vec<u8>> {
        self.0.read(path)
    }

    fn create(&self, path: &RelPath, bytes: &[u8]) -> std::io::Result<()> {
        self.0.create(path, bytes)
    }

    fn replace(&self, path: &RelPath, bytes: &[u8]) -> std::io::Result<()> {
        self.0.replace(path, bytes)
    }
}

/// Builds on so many threads of its own. Each build has hash maps of other seeds.
fn made(files: &dyn Files, threads: usize) -> Made {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let request = Request { clock: Some("2026-11-23".to_owned()), ..Request::default() };
    pool.install(|| {
        let sink = Collected::new();
        let built = build::build(files, &request, &sink, &|_| ());
        let said = text::print(&built.diagnostics, &|source| built.tree.text(source), false);
        let files = sink.files().into_iter();
        (files.map(|(file, bytes)| (file.to_string(), bytes)).collect(), said)
    })
}

/// The first file that differs, if one does.
fn difference(one: &Made, other: &Made) -> Option<String> {
    if one.1 != other.1 {
        return Some(format!("said:\n{}\ninstead of:\n{}", other.1, one.1));
    }
    let names = one.0.keys().chain(other.0.keys());
    let differs = names.into_iter().find(|name| one.0.get(*name) != other.0.get(*name))?;
    let show =
        |made: &Made| made.0.get(differs).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    Some(format!("{differs}:\n{:?}\ninstead of:\n{:?}", show(other), show(one)))
}

/// Builds with the real binary, in a process with such an environment.
fn built(site: &Path, env: &[(&str, &str)]) -> (BTreeMap<String, Vec<u8>>, String) {
    for folder in ["public", ".galen"] {
        let _ = fs::remove_dir_all(site.join(folder));
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_galen"));
    command.current_dir(site).args(["build", "--clock", "2026-11-23"]);
    for name in ["GALEN_CLOCK", "TZ", "LANG", "LC_ALL", "RAYON_NUM_THREADS"] {
        command.env_remove(name);
    }
    let output = command.envs(env.iter().copied()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    let files = files_below(&site.join("public")).into_iter();
    (files.map(|(name, path)| (name, fs::read(path).unwrap())).collect(), said)
}

#[test]
fn the_sample_is_the_same_on_any_machine() {
    let wanted = made(&Disk::new(repository()), 1);
    for threads in [1, 2, 8] {
        for seed in 0..4 {
            let files = Shuffled(Disk::new(repository()), seed);
            let found = difference(&wanted, &made(&files, threads));
            assert_eq!(found, None, "{threads} threads, order {seed}");
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let mut init = Command::new(env!("CARGO_BIN_EXE_galen"));
    assert!(
        init.args(["init", "clinic"]).current_dir(dir.path()).output().unwrap().status.success()
    );
    let site = dir.path().join("clinic");
    let surroundings: [&[(&str, &str)]; 5] = [
        &[("RAYON_NUM_THREADS", "1"), ("TZ", "Pacific/Kiritimati")],
        &[("RAYON_NUM_THREADS", "2"), ("TZ", "UTC"), ("LC_ALL", "tr_TR.UTF-8")],
        &[("RAYON_NUM_THREADS", "8"), ("TZ", "America/Los_Angeles"), ("LANG", "de_DE.UTF-8")],
        &[("RAYON_NUM_THREADS", "32"), ("TZ", ":/nowhere"), ("LANG", "C")],
        &[],
    ];
    for env in surroundings {
        let found = difference(&wanted, &built(&site, env));
        assert_eq!(found, None, "{env:?}");
    }
}

/// A site as it is read from numbers: guides with terms, relations, dates near those of the clock
/// in any time zone, and mistakes.
fn site(numbers: &[(u8, u8, u8)]) -> String {
    let mut text = String::from(
        "-- galen.yaml --\nbase_url: https://clinic.example\ntimezone: Europe/London\ntheme: t\n\
         -- content/schema.yml --\ncollections:\n  - name: guides\n    folder: content/guides\n    galen:\n      \
         route: /guides/{{slug}}/\n      template: guide.html\n      \
         list: {route: /guides/, per_page: 3, sort: \"-publish_at\", template: list.html}\n      \
         feed: true\n      json_ld: MedicalWebPage\n    fields:\n      - {name: title}\n      \
         - {name: tags, widget: list, required: false, galen: {terms: {route: \"/topics/{{term}}/\", template: list.html}}}\n      \
         - {name: related, widget: relation, collection: guides, multiple: true, required: false}\n      \
         - {name: aliases, widget: list, required: false}\n      \
         - {name: publish_at, widget: datetime, required: false}\n      \
         - {name: draft, widget: boolean, required: false}\n      \
         - {name: body, widget: markdown, required: false}\n\
         -- themes/t/theme.yaml --\nname: t\n\
         -- themes/t/templates/guide.html --\n{{ json_ld() }}{{ page }}{{ site }}{% for it in related(limit=4) %}{{ it.title }}{% endfor %}\
         {% set near = neighbours(sort=\"-publish_at\", by=\"tags\") %}{{ near }}\n\
         -- themes/t/templates/list.html --\n{{ page }}{% for it in terms(collection=\"guides\", field=\"tags\") %}{{ it }}{% endfor %}\
         {% for it in entries(collection=\"guides\", where={\"tags\": \"FUE\"}) %}{{ it }}{% endfor %}\n\
         -- themes/t/templates/404.html --\nx\n",
    );
    const TERMS: [&str; 6] = ["FUE", "fue", "Füe", "SMP", "Hair loss", "hair-loss"];
    const DAYS: [&str; 6] = [
        "2026-11-22",
        "2026-11-23",
        "2026-11-24",
        "2026-11-22T23:30",
        "2026-11-23T00:30",
        "2026-01-01",
    ];
    for (at, (a, b, c)) in numbers.iter().enumerate() {
        let of = |list: &[&'static str], number: u8| list[usize::from(number) % list.len()];
        let other = usize::from(*c) % numbers.len();
        let _ = write!(
            text,
            "-- content/guides/g{at}.md --\n---\ntitle: Guide {}\ntags: [{}, {}]\nrelated: [g{other}]\n\
             aliases: [/old-{}/]\npublish_at: {}\ndraft: {}\n{}---\n[other](g{}.md)\n",
            a % 4,
            of(&TERMS, *a),
            of(&TERMS, *b),
            c % 64,
            of(&DAYS, *b),
            a % 7 == 0,
            if c % 9 == 0 { "titel: x\n" } else { "" },
            usize::from(*b) % (numbers.len() + 1),
        );
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Messages too: the same ones in the same order.
    #[test]
    fn any_site_is_the_same_on_any_machine(
        numbers in proptest::collection::vec(any::<(u8, u8, u8)>(), 1..14),
        seed in any::<u64>(),
    ) {
        let memory = || {
            let files = Memory::new();
            sections(&site(&numbers)).into_iter().for_each(|(path, text)| files.set(&rel(&path), text));
            files
        };
        let wanted = made(&memory(), 1);
        for threads in [1, 2, 8] {
            let found = difference(&wanted, &made(&Shuffled(memory(), seed), threads));
            prop_assert_eq!(found, None, "{} threads", threads);
        }
    }
}

/// The law above says nothing where every site is refused for the same reason.
#[test]
fn the_random_sites_have_pages_and_mistakes() {
    let numbers: Vec<(u8, u8, u8)> = (1..9).map(|it| (it, it * 7, it * 5)).collect();
    let files = Memory::new();
    sections(&site(&numbers)).into_iter().for_each(|(path, text)| files.set(&rel(&path), text));
    let (files, said) = made(&files, 2);
    println!("{said}");
    assert!(files.keys().filter(|file| file.ends_with(".html")).count() > 8, "{said}");
    assert!(said.contains("relation-unpublished") && said.contains("link/broken"), "{said}");
    assert!(!said.contains("[template/") && !said.contains("[schema/"), "{said}");
}
