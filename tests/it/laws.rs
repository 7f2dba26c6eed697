//! The law of incremental builds, attacked at random: after any history of edits and builds the
//! output, what is said and what is left out are those of a clean build.
//!
//! `GALEN_LAW_STEPS` sets how many steps are tried; a failure names the seed and the step.

use std::fmt::Write as _;

use galen::build;
use galen::world::Question;

use crate::support::{SiteTest, rel};

const SITE: &str = include_str!("support/laws.txt");
const WORDS: [&str; 8] = ["graft", "scalp", "donor", "crown", "needle", "ink", "density", "shock"];

/// A guide of the site under attack.
#[derive(Clone, Debug, Default)]
struct Guide {
    title: usize,
    description: usize,
    tags: usize,
    author: usize,
    body: Vec<usize>,
    draft: bool,
    publish: usize,
    expires: usize,
    alias: bool,
    waived: usize,
    related: Option<usize>,
    broken: bool,
}

/// Numbers that look random and are the same for the same seed (SplitMix64).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((it ^ (it >> 31)) % end as u64) as usize
    }
}

pub(crate) struct Attack {
    pub(crate) site: SiteTest,
    pub(crate) dice: Dice,
    guides: Vec<Option<Guide>>,
    day: usize,
    /// How many kinds of changes there are; those after the 26th are to texts alone.
    pub(crate) kinds: usize,
}

const DATES: [&str; 5] = ["", "2026-11-20", "2026-11-25", "2026-11-28", "2026-12-02"];

impl Attack {
    pub(crate) fn new(seed: u64) -> Self {
        let mut attack = Self {
            site: SiteTest::new(SITE),
            dice: Dice(seed),
            guides: vec![Some(Guide { publish: 1, ..Guide::default() }); 6],
            day: 23,
            kinds: 42,
        };
        if seed % 2 == 1 {
            attack.check_pages();
        }
        (0..6).for_each(|at| attack.write(at));
        attack
    }

    /// Checks pages too: links, parts of pages, pages that nobody links to, wording.
    fn check_pages(&mut self) {
        self.site.request.unchecked = false;
        let off = "link/fragment: warn, a11y/*: off, html/*: off, theme/unused-template: off";
        self.replace("galen.yaml", &[("{link/broken", &*format!("{{{off}, link/broken"))]);
    }

    fn write(&mut self, at: usize) {
        let path = format!("content/guides/g{at}.md");
        let Some(guide) = &self.guides[at] else {
            self.site.files.remove(&path);
            return;
        };
        let mut text = format!("---\ntitle: {} {at}\n", WORDS[guide.title]);
        if guide.description > 0 {
            let _ = writeln!(text, "description: About {}", WORDS[guide.description]);
        }
        if guide.tags > 0 {
            let _ = writeln!(text, "tags: [{}]", ["FUE", "SMP", "FUE, SMP"][guide.tags - 1]);
        }
        if guide.author > 0 {
            let _ = writeln!(text, "author: {}", ["ann", "bob"][guide.author - 1]);
        }
        if let Some(other) = guide.related.filter(|it| *it != at) {
            let _ = writeln!(text, "related: [g{other}]");
        }
        for (key, date) in [("publish_at", guide.publish), ("expires_at", guide.expires)] {
            if date > 0 {
                let _ = writeln!(text, "{key}: {}", DATES[date]);
            }
        }
        if guide.alias {
            let _ = writeln!(text, "aliases: [/old/g{at}/]");
        }
        if guide.waived > 0 {
            let until = ["2026-11-24", "2026-12-01"][guide.waived - 1];
            let waiver = format!("{{code: link/broken, reason: it moves, until: {until}}}");
            let _ = writeln!(text, "waivers: [{waiver}]");
        }
        if guide.draft {
            text.push_str("draft: true\n");
        }
        if guide.broken {
            text.push_str("nonsense: [\n");
        }
        text.push_str("---\n");
        for part in &guide.body {
            let _ = match part {
                0..8 => writeln!(text, "More about the {}.\n", WORDS[*part]),
                8..11 => writeln!(text, "See [this](g{}.md).\n", part - 8),
                11..14 => writeln!(text, "See [this](g{}.md#part-17).\n", part - 8),
                14 => writeln!(text, "::answer{{slug=pain}}\n"),
                15 => writeln!(text, ":::callout{{title=\"Mind\"}}\nThe *crown*.\n:::\n"),
                16 => writeln!(text, "![A drawing](/media/x.svg)\n"),
                _ => writeln!(text, "## Part {part}\n\nText.\n"),
            };
        }
        self.site.files.set(&rel(&path), text);
    }

    fn guide(&mut self, change: impl FnOnce(&mut Guide, &mut Dice)) {
        let at = self.dice.below(self.guides.len());
        let mut guide = self.guides[at].take().unwrap_or_default();
        change(&mut guide, &mut self.dice);
        self.guides[at] = Some(guide);
        self.write(at);
    }

    /// Chooses one of two or more texts for a file.
    fn file(&mut self, path: &str, texts: &[&str]) {
        let text = texts[self.dice.below(texts.len())];
        match text.is_empty() {
            true => drop(self.site.files.remove(path)),
            false => self.site.files.set(&rel(path), text),
        }
    }

    /// Replaces one of some texts in a file by another of them.
    fn turn(&mut self, path: &str, texts: &[&str]) {
        use galen::vfs::Files as _;
        let Ok(bytes) = self.site.files.read(&rel(path)) else { return };
        let text = String::from_utf8(bytes).unwrap();
        let to = texts[self.dice.below(texts.len())];
        if let Some(from) = texts.iter().find(|it| text.contains(**it)) {
            self.site.files.set(&rel(path), text.replacen(*from, to, 1));
        }
    }

    /// Replaces texts in a file, which must have them.
    fn replace(&self, path: &str, texts: &[(&str, &str)]) {
        use galen::vfs::Files as _;
        let bytes = self.site.files.read(&rel(path)).unwrap();
        let mut text = String::from_utf8(bytes).unwrap();
        for (old, new) in texts {
            assert!(text.contains(old), "{path} has no `{old}`");
            text = text.replacen(old, new, 1);
        }
        self.site.files.set(&rel(path), text);
    }

    /// Takes away what keeps the site from being published.
    pub(crate) fn mend(&mut self) {
        for at in 0..self.guides.len() {
            if let Some(guide) = &mut self.guides[at] {
                guide.body.retain(|part| !(8..14).contains(part));
                let body = std::mem::take(&mut guide.body);
                let (title, tags) = (guide.title, guide.tags);
                let publish = 1;
                *guide = Guide { title, tags, publish, body, ..Guide::default() };
                self.write(at);
            }
        }
    }

    /// Changes something; gives what it was.
    pub(crate) fn edit(&mut self) -> &'static str {
        match self.dice.below(self.kinds) {
            0..3 => {
                self.guide(|it, dice| match it.body.len() > 4 {
                    true => drop(it.body.remove(0)),
                    false => it.body.push(dice.below(19)),
                });
                "body"
            }
            3 => {
                self.guide(|it, dice| it.title = dice.below(WORDS.len()));
                "title"
            }
            4 => {
                self.guide(|it, dice| it.tags = dice.below(4));
                "tags"
            }
            5 => {
                self.guide(|it, dice| it.author = dice.below(3));
                "author"
            }
            6 => {
                self.guide(|it, dice| {
                    it.publish = [1, 1, 1, dice.below(DATES.len())][dice.below(4)]
                });
                "publish_at"
            }
            7 => {
                self.guide(|it, dice| it.expires = dice.below(DATES.len()));
                "expires_at"
            }
            8 => {
                self.guide(|it, _| it.draft = !it.draft);
                "draft"
            }
            9 => {
                self.guide(|it, dice| match dice.below(2) {
                    0 => it.alias = !it.alias,
                    _ => it.waived = dice.below(3),
                });
                "alias or waiver"
            }
            10 => {
                self.guide(|it, dice| it.related = [None, Some(dice.below(6))][dice.below(2)]);
                "related"
            }
            11 => {
                let at = self.dice.below(self.guides.len());
                self.guides[at] = None;
                self.write(at);
                "remove"
            }
            12 => {
                // A rename: the same guide under another name.
                let (from, to) = (self.dice.below(6), self.dice.below(6));
                let guide = self.guides[from].take();
                self.guides[to] = guide;
                self.write(from);
                self.write(to);
                "rename"
            }
            13 => {
                self.guide(|it, dice| it.broken = dice.below(2) == 0);
                "mistake"
            }
            14 => {
                self.turn("themes/t/templates/guide.html", &["<h1>", "<h1 class=a>", "<h1 id=b>"]);
                "template"
            }
            15 => {
                self.turn(
                    "themes/base/templates/components/all.html",
                    &["<aside>", "<aside id=c>"],
                );
                "component"
            }
            16 => {
                let own = "own {{ page.title }}";
                self.file("themes/t/templates/list.html", &["", own, "other {{ page.url }}"]);
                "override"
            }
            17 => {
                self.file("themes/t/templates/part.html", &["", "<i>own part</i>"]);
                "included override"
            }
            18 => {
                let site = "content/settings/site.yml";
                self.file(site, &["title: One", "title: Two", "phone: 020 7946 0000", ""]);
                "settings"
            }
            19 => {
                self.turn("content/schema.yml", &["per_page: 2", "per_page: 3", "per_page: 4"]);
                "schema"
            }
            20 => {
                let choices: [&[&str]; 3] = [
                    &["accent: red", "accent: blue"],
                    &["api: true", "api: false"],
                    &["link/broken: error", "link/broken: warn", "link/broken: off"],
                ];
                let choice = choices[self.dice.below(3)];
                self.turn("galen.yaml", choice);
                "option"
            }
            21 => {
                let assets = ["themes/t/assets/main.css", "themes/base/assets/main.css"];
                let path = assets[self.dice.below(2)];
                self.file(path, &["a { color: red }", "a { color: blue }"]);
                let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"3\" height=\"4\"/>";
                self.file("content/media/x.svg", &[svg, &svg.replace('3', "5")]);
                "asset"
            }
            26..40 => {
                let at = self.dice.below(2);
                if at == 0 {
                    self.guide(|it, dice| it.body.push(dice.below(8)));
                    return "words";
                }
                self.guide(|it, dice| it.description = dice.below(WORDS.len()));
                "description"
            }
            24 => {
                let name = ["ann", "bob"][self.dice.below(2)];
                let path = format!("content/team/{name}.md");
                let text = |name: &str| format!("---\nname: {name}\n---\n");
                let (one, two) = (text(name), text(&name.to_uppercase()));
                self.file(&path, &[&one, &two, &text("Dr No")]);
                "person"
            }
            25 => {
                let text = |it: &str| format!("---\nquestion: Does it hurt?\n---\nA *{it}*.\n");
                self.file("content/answers/pain.md", &[&text("little"), &text("lot")]);
                "answer"
            }
            22 => {
                self.day = 19 + self.dice.below(14);
                let (month, day) = (11 + self.day / 31, 1 + (self.day - 1) % 30);
                self.site.request.clock = Some(format!("2026-{month}-{day:02}T12:00"));
                "clock"
            }
            23 => {
                let (at, kind) = (self.dice.below(4000), self.dice.below(3));
                self.site.shelf.damage(|bytes| match (kind, bytes.len()) {
                    (0, length) => bytes.truncate(at % length.max(1)),
                    (1, length) if length > 0 => bytes[at % length] ^= 1,
                    _ => bytes.clear(),
                });
                "damaged cache"
            }
            _ => {
                let names: Vec<_> = self.site.public.keys().cloned().collect();
                if !names.is_empty() {
                    let name = &names[self.dice.below(names.len())];
                    match self.dice.below(2) {
                        0 => drop(self.site.public.remove(name)),
                        _ => drop(self.site.public.insert(name.clone(), b"by hand".to_vec())),
                    }
                }
                "output"
            }
        }
    }
}

/// Attacks for so many steps, with `before` each; gives how many builds were without errors, how many
/// tasks were kept, and how many builds read no more than what changed.
fn attack(
    (seed, kinds): (u64, usize),
    steps: usize,
    before: impl Fn(&SiteTest),
) -> (usize, usize, usize) {
    go_on(Attack { kinds, ..Attack::new(seed) }, seed, steps, before)
}

/// Goes on with an attack.
fn go_on(
    mut attack: Attack,
    seed: u64,
    steps: usize,
    before: impl Fn(&SiteTest),
) -> (usize, usize, usize) {
    let mut history = Vec::new();
    let (mut built, mut kept, mut small) = (0, 0, 0);
    for step in 0..steps {
        for _ in 0..=attack.dice.below(4) / 3 {
            history.push(attack.edit());
        }
        let recent = history[history.len().saturating_sub(6)..].join(", ");
        let told = Told(format!("seed {seed}, step {step}: {recent}"));
        before(&attack.site);
        let (site, _) = attack.site.step();
        std::mem::forget(told);
        match site.diagnostics.has_errors() {
            true if attack.dice.below(4) > 0 => attack.mend(),
            true => (),
            false => built += 1,
        }
        small += usize::from(site.kept > 0 && !site.unchanged);
        kept += site.tasks.iter().filter(|it| it.cause.is_none()).count();
    }
    (built, kept, small)
}

#[test]
fn an_incremental_build_equals_a_clean_one() {
    let number = |name: &str| std::env::var(name).ok().and_then(|it| it.parse().ok());
    let each = number("GALEN_LAW_STEPS").unwrap_or(1_000) / 4;
    let first = number("GALEN_LAW_SEED").unwrap_or(1) as u64;
    let run = |seed| std::thread::spawn(move || attack((seed, 42), each, |_| ()));
    let runs: Vec<_> = (first..first + 4).map(run).collect();
    for (run, seed) in runs.into_iter().zip(first..) {
        // An attack that never succeeds, or never keeps anything, attacks nothing.
        let (built, kept, small) = run.join().unwrap();
        // What is said of a page is told anew by a build of the whole site.
        let few = if seed % 2 == 1 { 100 } else { 20 };
        assert!(built * 2 > each, "only {built} of {each} builds were without errors");
        assert!(small * few > each, "only {small} of {each} builds were small");
        assert!(kept > each, "only {kept} tasks were kept in {each} builds");
    }
}

/// What records are checked by depends on dates, on bodies and on other entries.
#[test]
fn an_incremental_build_equals_a_clean_one_where_records_are_checked() {
    // The dates of publishing stand for due days: of these there are many.
    for (seed, review) in [
        (11, "review: {due: publish_at, reviewer: author, overdue: banner}"),
        (12, "review: {due: publish_at, overdue: unpublish}"),
        (13, "review: {}"),
    ] {
        let mut attack = Attack::new(seed);
        for at in 0..6 {
            attack.guides[at].get_or_insert_default().body = vec![17];
            attack.write(at);
        }
        let schema = [
            ("feed: {limit: 3}", &*format!("feed: {{limit: 3}}\n      {review}")),
            (
                "label: Body, widget: markdown, required: false",
                "label: Body, widget: markdown, required: false, galen: {required_sections: [{heading: part}]}",
            ),
            ("galen: {route: null}", "galen: {answers: {question: question, answer: body}}"),
        ];
        attack.replace("content/schema.yml", &schema);
        let banner = "{% if page.review_overdue %}late{% endif %}{{ page.body }}";
        attack.replace("themes/t/templates/guide.html", &[("{{ page.body }}", banner)]);
        let other = "---\nquestion: Will that hurt?\n---\nA little.\n";
        attack.site.files.set(&rel("content/answers/hurt.md"), other);
        let (built, kept, small) = go_on(attack, seed, 250, |_| ());
        assert!(built > 100 && kept > 100, "{built} of 250 builds, {kept} tasks kept");
        assert!(small > 2 || seed < 13, "only {small} builds were small");
    }
}

/// Tells which questions are forgotten.
type Fault = fn(&Question) -> bool;

/// An engine that forgot to write down any one kind of question would be caught.
#[test]
fn what_is_not_recorded_is_noticed() {
    let fault = |forgotten: Fault| {
        let steps = || attack((7, 26), 1_000, |site| build::forget(&site.shelf, &forgotten));
        std::panic::catch_unwind(steps).is_err()
    };
    let faults: [(&str, Fault); 14] = [
        ("Own", |it| matches!(it, Question::Own(_))),
        ("Entry", |it| matches!(it, Question::Entry(_))),
        ("Entries", |it| matches!(it, Question::Entries(_))),
        ("Related", |it| matches!(it, Question::Related(..))),
        ("Neighbours", |it| matches!(it, Question::Neighbours(..))),
        ("Terms", |it| matches!(it, Question::Terms(..))),
        ("Data", |it| matches!(it, Question::Data(_))),
        ("Asset", |it| matches!(it, Question::Asset(_))),
        ("Image", |it| matches!(it, Question::Image(_))),
        ("Route", |it| matches!(it, Question::Route(_))),
        ("Template", |it| matches!(it, Question::Template(_))),
        ("Component", |it| matches!(it, Question::Component(_))),
        ("Newest", |it| matches!(it, Question::Newest(_))),
        ("Title", |it| matches!(it, Question::Title(_))),
    ];
    let unseen: Vec<&str> = faults
        .into_iter()
        .filter(|(_, fault_of)| !fault(*fault_of))
        .map(|(name, _)| name)
        .collect();
    assert!(unseen.is_empty(), "nobody noticed that these are not recorded: {unseen:?}");
}

/// Tells where it was when a step fails.
struct Told(String);

#[expect(clippy::print_stdout, reason = "it says where a test failed")]
impl Drop for Told {
    fn drop(&mut self) {
        println!("{}", self.0);
    }
}

#[test]
fn the_site_under_attack_is_fine() {
    let site = Attack::new(0).site.build();
    assert!(!site.built.diagnostics.has_errors(), "{}", site.said());
}
