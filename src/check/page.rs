//! One page looked at, as it is made.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use crate::check::checks::Checks;
use crate::check::looked::Looked;
use crate::check::{Finding, a11y, errors};
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::html::tree::Id;
use crate::html::{Few, Tag, Tree};
use crate::markdown;
use crate::render::{self, Content, Engine, Made, Origin, Sink, Spot, Task};
use crate::route::{Kind, Route};
use crate::text::{RelPath, quick};
use crate::vfs::Mark;

/// What other pages may want to know of a page, and where it points.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The digests of its ids, sorted.
    pub ids: Box<[u32]>,
    /// The numbers of the addresses to which it points, sorted: those outside of itself.
    pub links: Box<[u32]>,
}

impl Facts {
    /// Counts the ids and the addresses.
    pub(crate) fn count(&self) -> usize {
        self.ids.len() + self.links.len()
    }
}

/// The digest of an id.
pub(crate) fn of(id: &str) -> u32 {
    quick(id.as_bytes()) as u32
}

/// Tells whether a fragment names a part of a page, rather than its start or some text of it.
pub(crate) fn is_part(fragment: &str) -> bool {
    !(fragment.is_empty() || fragment.eq_ignore_ascii_case("top") || fragment.starts_with(":~:"))
}

/// The ids of a page, and the names of its anchors of old.
pub(crate) fn names<'a>(tree: &Tree<'a>) -> impl Iterator<Item = Cow<'a, str>> {
    names_of(tree, tree.elements())
}

/// The same of some elements.
pub(super) fn names_of<'a>(
    tree: &Tree<'a>,
    elements: impl Iterator<Item = Id>,
) -> impl Iterator<Item = Cow<'a, str>> {
    static NAMES: Few = Few::of(&["id", "name"]);
    elements.flat_map(move |id| {
        tree.some(id, &NAMES).filter_map(move |(name, value)| {
            let old = || name.eq_ignore_ascii_case("name") && tree.nodes[id].element == Tag::A;
            (name.eq_ignore_ascii_case("id") || old()).then_some(value)
        })
    })
}

/// Does a task and looks at the page that it makes. Facts are those of a page, none for other files.
pub fn run(
    engine: &Arc<Engine>,
    checks: &Checks,
    task: Task,
    sink: &dyn Sink,
) -> (Made, Option<Facts>) {
    let world = &checks.world;
    let Task::Route(route) = task else { return (render::run(world, engine, task, sink), None) };
    let is_html = match &route.kind {
        Kind::Copy(file) => matches!(&*file.extension(), "html" | "htm"),
        kind => kind.is_page(),
    };
    if !is_html || checks.none {
        return (render::run(world, engine, task, sink), None);
    }
    let seen = Seen { checks, route, sink, found: Mutex::default() };
    let mut made = render::run(world, engine, task, &seen);
    let found = seen.found.into_inner().unwrap_or_else(PoisonError::into_inner);
    let Some(Found { facts, findings }) = found else { return (made, None) };
    if !findings.is_empty() {
        let placed = placed(checks, engine, route, findings);
        let new: Vec<Diagnostic> =
            placed.into_iter().filter(|it| !is_told(&made.diagnostics, it)).collect();
        // With room for no more: it is kept until all pages are made.
        let told = std::mem::take(&mut made.diagnostics);
        made.diagnostics = told.into_iter().chain(new).collect();
    }
    (made, Some(facts))
}

/// Tells whether the same was said of the same place where it was made.
fn is_told(told: &Diagnostics, found: &Diagnostic) -> bool {
    let Some(span) = &found.span else { return false };
    told.iter().any(|it| {
        let same = it.code == found.code
            || (it.code, found.code) == (markdown::HEADING_LEVEL, a11y::ORDER)
            || render::is_about_link(it.code) && render::is_about_link(found.code);
        let meets =
            |at: &Span| at.source == span.source && at.start < span.end && span.start < at.end;
        same && it.span.as_ref().is_some_and(meets)
    })
}

/// Of a page of which no more than so many start tags are wanted, the rest is not read.
const FEW: usize = 200;

/// Gives findings of a page their places in the site's files.
fn placed(
    checks: &Checks,
    engine: &Arc<Engine>,
    route: &Route,
    findings: Vec<(Finding, Spot)>,
) -> Diagnostics {
    let page = Looked::new(&checks.world, engine, route);
    let tags = findings.iter().map(|(_, spot)| spot.tags()).max().unwrap_or(0);
    let own = match tags {
        ..=FEW => Tree::parse_some(page.html(), tags),
        _ => {
            let tree = Tree::parse_known(page.html(), &checks.written);
            checks.written.learn(&tree);
            tree
        }
    };
    let place = |(finding, spot): (Finding, Spot)| {
        let origin = page.origin(&own, &spot, finding.words.as_deref());
        at(finding.diagnostic, origin, route)
    };
    findings.into_iter().map(place).collect()
}

/// Gives a finding its place, and says on which page it is.
pub(crate) fn at(found: Diagnostic, origin: Option<Origin>, route: &Route) -> Diagnostic {
    let found = match origin {
        None => found.at(Span::file(&route.source)),
        Some(Origin { span, through: None }) => found.at(span),
        Some(Origin { span, through: Some(template) }) => {
            found.at(span).also(template, "which this template writes")
        }
    };
    found.note(errors::on_page(route))
}

/// Notes in which known parts of a page something was found: others are not gone through on the next page.
pub(super) fn note(tree: &Tree, findings: &[Finding]) {
    for met in tree.parts.iter().filter(|it| !it.is_fine) {
        let place = tree.nodes[met.first].whole();
        met.part.judged(0, !findings.iter().any(|it| place.contains(&it.at.start)));
    }
}

/// A sink that looks at the page that passes through it.
struct Seen<'a> {
    checks: &'a Checks,
    route: &'a Route,
    sink: &'a dyn Sink,
    found: Mutex<Option<Found>>,
}

struct Found {
    facts: Facts,
    findings: Vec<(Finding, Spot)>,
}

impl Sink for Seen<'_> {
    fn put(&self, file: &RelPath, content: Content) {
        self.sink.put(file, content);
        if *file != self.route.file {
            return;
        }
        let held;
        let bytes = match content {
            Content::Bytes(bytes) => bytes,
            Content::Copy(source) => {
                held = source.bytes().unwrap_or_else(|_| Arc::from([]));
                &*held
            }
        };
        let Ok(html) = std::str::from_utf8(bytes) else { return };
        let tree = Tree::parse_known(html, &self.checks.parts);
        let (facts, mut findings) = self.checks.page(&tree, self.route);
        self.checks.parts.learn(&tree);
        note(&tree, &findings);
        // To find its place costs more than to find it.
        let policy = &self.checks.world.site.config.checks;
        findings.retain(|it| !policy.is_off(&it.diagnostic));
        let spots: Vec<Spot> = findings.iter().map(|it| Spot::new(&tree, it.at.start)).collect();
        let findings = findings.into_iter().zip(spots).collect();
        let found = Found { facts, findings };
        *self.found.lock().unwrap_or_else(PoisonError::into_inner) = Some(found);
    }

    fn mark(&self, file: &str) -> Option<Mark> {
        self.sink.mark(file)
    }
}
