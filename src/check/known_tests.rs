//! The law of parts that stand alike on many pages: a page is judged as if nothing were known of them.

use crate::check::style::Styles;
use crate::check::wording::{self, About, PageKind, Rules};
use crate::check::{Finding, a11y, files, markup, third_party};
use crate::diag::Diagnostics;
use crate::html::{Parts, Tree};

const CLAIMS: &str = include_str!("../../tests/wording/claims.txt");
/// What makes styles depend on where elements stand, and some texts hard to read.
const CSS: &str = "main + footer a, footer:last-child b { color: #aaa } \
    nav:nth-last-child(2) h3 { display: none } .dark { background: #222 } .dark * { color: #333 } \
    header ~ aside h2 { visibility: hidden } .tight a { display: block; width: 20px; height: 20px } \
    body.alt footer { color: #bbb } nav:nth-last-child(2) .late { color: #ccc } section > a[href] { color: #999 }";

/// A row of numbers that looks random.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % end
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

/// The examples of the ACT rules, and sentences with and without claims.
#[expect(clippy::disallowed_methods, reason = "a test reads its own cases")]
fn pieces() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/act");
    let mut pieces = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for case in text.split("\n== ").skip(1) {
            let html = case.split_once('\n').unwrap().1;
            let body = html.split_once("<body").and_then(|it| it.1.split_once('>'));
            let inner = body.map_or(html, |it| it.1).replace("</body>", "").replace("</html>", "");
            pieces.push(inner);
        }
    }
    pieces.sort();
    let claims = CLAIMS.lines().filter(|it| !it.starts_with('#') && it.contains(' '));
    pieces.extend(claims.map(|it| format!("<p>{it}</p>")));
    assert!(pieces.len() > 500);
    pieces
}

/// All that a tree is, but for what is known of it.
fn shape(tree: &Tree) -> String {
    let attributes = tree.elements().flat_map(|id| {
        let places = tree.names(id).map(move |it| tree.attribute_at(id, it));
        tree.attributes(id).zip(places)
    });
    let attributes: Vec<_> = attributes.collect();
    let nodes = tree.nodes.iter().map(|it| {
        let (kind, place) = (it.kind, (it.tag(), it.whole()));
        (kind, it.name, it.element, it.foreign, it.parent, it.after, place)
    });
    format!("{}{:?}{attributes:?}{:?}", tree.doctype, nodes.collect::<Vec<_>>(), tree.faults)
}

struct Judges {
    styles: [Styles; 2],
    rules: Rules,
}

impl Judges {
    fn judge(&self, tree: &Tree, styles: usize) -> Vec<Finding> {
        let about = About {
            kind: PageKind::Entry,
            collection: Some("guides"),
            title: "Care",
            topics: &[],
            language: "en",
        };
        let mut found = markup::page(tree);
        found.extend(files::page(tree));
        found.extend(a11y::page(tree, &self.styles[styles]));
        found.extend(third_party::page(tree, "https://clinic.example/", false));
        found.extend(wording::page(tree, &about, &self.rules));
        found
    }
}

/// A part, and two pages around it: in the first nothing is wrong with it, in the second something is.
const CASES: [(&str, [&str; 2]); 18] = [
    ("<div><input id=q>WORDS</div>", ["{}<label for=q>Name</label>", "{}<p>Name</p>"]),
    ("<div role=img aria-labelledby=t>WORDS</div>", ["<b id=t>Map</b>{}", "<b id=t></b>{}"]),
    (
        "<div><div role=img aria-labelledby=t><b id=t>Map</b></div>WORDS</div>",
        ["<b>Map</b>{}", "<b id=t></b>{}"],
    ),
    (
        "<div><div aria-hidden=true><button id=s>a</button></div>WORDS</div>",
        [
            "{}<button id=o>b</button><script>document.getElementById('s').addEventListener('focus', () => { o.focus() })</script>",
            "{}<button id=o>b</button><script>o.focus()</script>",
        ],
    ),
    (
        "<div><p style='color:#bbb'>Pale words.</p>WORDS</div>",
        [
            "<div><p style='color:#bbb'>Pale words.</p></div>{}<i>a</i><i>b</i>",
            "<div><p>Words.</p></div>{}<i>a</i><i>b</i>",
        ],
    ),
    (
        "<div><label for=q>Name</label>WORDS</div>",
        ["{}<input id=q>", "{}<p id=q>Words</p><input aria-label=a>"],
    ),
    (
        "<div><p>Rhinitis and dyspnoea are met with alopecia.</p>WORDS</div>",
        ["{}<main><p>Words</p></main>", "{}<p>Words</p>"],
    ),
    ("<div role=listitem>WORDS</div>", ["<div role=list>{}</div>", "<div class=list>{}</div>"]),
    (
        "<div><audio autoplay src=/a.mp3></audio>WORDS</div>",
        ["{}<button>Pause</button><script>play()</script>", "{}<script>play()</script>"],
    ),
    ("<nav><p class=late>Words</p>WORDS</nav>", ["{}<i>b</i><i>c</i>", "{}<i>b</i>"]),
    ("<div hidden>WORDS</div>", ["{}<p>a</p>", "This treatment is completely {} safe.<i>@</i>"]),
    ("<div lang=de>WORDS</div>", ["{}<p>a</p>", "This treatment is completely {} safe.<i>@</i>"]),
    (
        "<div role=row><span role=columnheader>WORDS</span></div>",
        [
            "<div role=table>{}<div role=row><span role=cell>@</span></div></div>",
            "<div role=table>{}<!--@--></div>",
        ],
    ),
    (
        "<div><div role=option aria-selected=false>WORDS</div></div>",
        [
            "<div role=listbox aria-label=L aria-owns=g></div><div role=group id=g>{}<!--@--></div>",
            "<div role=group id=g>{}<!--@--></div>",
        ],
    ),
    (
        "<div><div role=img aria-labelledby=t><i ID=t>Map</i></div>WORDS</div>",
        ["<b id=t>Map</b>{}", "<b id=t></b>{}"],
    ),
    (
        "<div><div role=option ID=x aria-selected=false>a</div>WORDS</div>",
        ["<div role=listbox aria-label=L aria-owns=x></div>{}", "<p>x</p>{}"],
    ),
    ("<div><input id=q>WORDS</div>", ["{}<label FOR=q>Name</label>", "{}<p>Name</p>"]),
    (
        "<div><svg><audio autoplay src='/a.mp3'></audio></svg>WORDS</div>",
        ["{}<button>Pause</button><script>play()</script>", "{}<script>play()</script>"],
    ),
];

/// The same of what is wrong with a part, or right, on both pages.
const ALIKE: [(&str, [&str; 2]); 3] = [
    ("<div><br>Words: WORDS</div>", ["<p>Hello.</p>{}", "<p>Hello.</p>{}<img src=/a.png>"]),
    ("<div><!doctype html>WORDS</div>", ["{}<p>a</p>", "{}<p>b</p><img src=/a.png>"]),
    (
        "<div><p style='list-style-image: Url(https://evil.example/a.png)'>a</p>WORDS</div>",
        ["{}<p>a</p>", "{}<p>write url( here</p>"],
    ),
];

fn judges() -> Judges {
    Judges {
        styles: [Styles::new(&[]), Styles::new(&[("a.css", CSS)])],
        rules: Rules::new(None, &mut Diagnostics::new()),
    }
}

fn within(tree: &Tree, found: &[Finding], part: &str) -> usize {
    let at = tree.text.find(part).unwrap();
    found.iter().filter(|it| (at..at + part.len()).contains(&it.at.start)).count()
}

#[test]
fn what_else_is_on_a_page_has_its_say() {
    let judges = judges();
    let words =
        "<p>Some words that stand on all of these pages, so that there are enough of them.</p>";
    for (part, pages) in CASES.into_iter().chain(ALIKE) {
        let part = part.replace("WORDS", &words.repeat(3));
        let page = |number: usize, visit: usize| {
            let head = match part.contains("<!doctype") {
                true => "<html lang=en><head><title>Care</title></head><body>",
                false => "<!doctype html><html lang=en><head><title>Care</title></head><body>",
            };
            // What is around the part is another on each page.
            let around = pages[number].replace('@', &visit.to_string());
            format!("{head}{}", around.replace("{}", &part))
        };
        let mut matters = false;
        for styles in 0..2 {
            let [right, wrong] = [0, 1].map(|number| {
                let html = page(number, 9);
                let tree = Tree::parse(&html);
                let found = judges.judge(&tree, styles);
                (within(&tree, &found, &part), found.len())
            });
            matters |= right.0 < wrong.0 || right.1 < wrong.1;
            for order in [[0, 0, 0, 0, 1, 1, 1, 0], [1, 1, 1, 1, 0, 0, 0, 1]] {
                let parts = Parts::default();
                for (visit, number) in order.into_iter().enumerate() {
                    let html = page(number, visit);
                    let tree = Tree::parse_known(&html, &parts);
                    let found = judges.judge(&tree, styles);
                    assert_eq!(found, judges.judge(&Tree::parse(&html), styles), "{html}");
                    parts.learn(&tree);
                    crate::check::page::note(&tree, &found);
                }
            }
        }
        let alike = ALIKE.iter().any(|it| it.1 == pages);
        assert!(matters || alike, "{part}");
    }
}

#[test]
fn what_is_known_of_parts_changes_nothing() {
    let pieces = pieces();
    let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
    let judges = judges();
    let names = [
        "header",
        "nav",
        "footer",
        "aside",
        "div class=dark",
        "section",
        "div",
        "ul",
        "form",
        "table",
        "details",
        "dl",
        "HEADER",
        "article",
        "figure",
        "search",
        "address",
        "ol",
    ];
    let bodies = [
        "<body>",
        "<body class=alt>",
        "<body><div class=tight>",
        "<body aria-hidden=true>",
        "<body lang=de>",
        "<body><section aria-labelledby=x>",
        "<body hidden>",
        "<body><p>",
        "<body><a href=/>",
        "<body><span><div>",
        "<body><svg>",
        "<body><template>",
        "<body><table><tr><td>",
        "<body><form>",
        "<body><div class=dark><div role=list>",
        "<body><form></div>",
    ];
    let (mut met, mut fine) = (0, 0);
    for seed in 0..1000 {
        let mut dice = Dice(seed);
        let parts = Parts::default();
        let frame: Vec<String> = (0..3)
            .map(|_| {
                let name = dice.one(&names);
                let inner = format!("{}{}", dice.one(&pieces), dice.one(&pieces));
                let end = name.split(' ').next().unwrap();
                format!("<{name}>{inner}<p>Some words that stand on all pages.</p></{end}>")
            })
            .collect();
        let (body, other) = (dice.one(&bodies), dice.one(&bodies));
        for page in 0..9 {
            let body = if page % 4 == 3 { other } else { body };
            let inner = dice.one(&pieces);
            let head = "<!doctype html><html lang=en><head><title>Care</title></head>";
            let [top, beside, below] = [&frame[0], &frame[1], &frame[2]];
            let html = match page % 3 {
                2 => format!("{head}{body}{top}{below}<main><h1>Care</h1>{inner}</main>{beside}"),
                1 => format!(
                    "{head}{body}{inner}<b id=x>a</b>{top}{beside}{}{below}",
                    dice.one(&pieces)
                ),
                _ => format!("{head}{body}{top}{beside}<main><h1>Care</h1>{inner}</main>{below}"),
            };
            let styles = dice.below(2);
            let plain = Tree::parse(&html);
            let tree = Tree::parse_known(&html, &parts);
            assert_eq!(shape(&tree), shape(&plain), "{html}");
            let found = judges.judge(&tree, styles);
            assert_eq!(found, judges.judge(&plain, styles), "page {page} of {seed}\n{html}");
            parts.learn(&tree);
            crate::check::page::note(&tree, &found);
            met += tree.parts.len();
            fine += tree.parts.iter().filter(|it| it.is_fine).count();
        }
    }
    assert!(met > 1000 && fine > 500, "{met} {fine}");
}
