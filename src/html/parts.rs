//! Parts that stand alike on many pages, such as menus and footers: read once, and taken as they are
//! where they are met again.
//!
//! A part is an element with all that is in it, without a fault, in nothing but plain boxes. What a
//! parser makes of it then depends on nothing but its bytes.

use std::collections::HashMap;
use std::hash::BuildHasher as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use foldhash::fast::FixedState;

use crate::html::part::Part;
use crate::html::tags::{Set, Tag};
use crate::html::tree::{Kind, Tree};

/// What may be around a part.
const AROUND: Set = Set::of(&[
    Tag::HTML,
    Tag::BODY,
    Tag::DIV,
    Tag::MAIN,
    Tag::SECTION,
    Tag::ARTICLE,
    Tag::HEADER,
    Tag::FOOTER,
    Tag::ASIDE,
    Tag::NAV,
]);
/// What may be a part.
const ROOTS: Set = Set::of(&[
    Tag::ADDRESS,
    Tag::ARTICLE,
    Tag::ASIDE,
    Tag::DETAILS,
    Tag::DIV,
    Tag::DL,
    Tag::FIGURE,
    Tag::FOOTER,
    Tag::FORM,
    Tag::HEADER,
    Tag::NAV,
    Tag::OL,
    Tag::SEARCH,
    Tag::SECTION,
    Tag::TABLE,
    Tag::UL,
]);
/// How many bytes a part has at least and at most: what is short is as quickly read.
const LEAST: usize = 160;
const MOST: usize = 1 << 14;
/// How many bytes of a part it is looked up by.
const START: usize = 24;
/// How many parts with one start there may be, and how many parts.
const ALIKE: usize = 8;
const PARTS: usize = 1000;
/// How many bytes all parts have at most: what is known of them takes some ten times as much.
const ALL: usize = 1 << 21;
/// How many digests of what was met once are held.
const MET: usize = 1 << 14;
/// Parts are looked for on so many pages, and on each of so many after them.
const FIRST: usize = 200;
const LATER: usize = 16;
const SEED: u64 = 0x517c_c1b7_2722_0a95;

/// The parts of a site's pages.
#[derive(Debug)]
pub(crate) struct Parts {
    known: RwLock<Arc<Known>>,
    met: Mutex<Box<[u64]>>,
    pages: AtomicUsize,
}

impl Default for Parts {
    fn default() -> Self {
        let met = Mutex::new(vec![0; MET].into_boxed_slice());
        Self { known: RwLock::default(), met, pages: AtomicUsize::new(0) }
    }
}

/// Parts by their starts.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    parts: HashMap<u64, Vec<Arc<Part>>, FixedState>,
    count: usize,
    bytes: usize,
}

/// Tells of an element what is around the elements in it: nought for what no part may stand in.
pub(super) fn around(outer: Option<u64>, element: Tag, tag: &str) -> u64 {
    match outer.unwrap_or(SEED) {
        0 => 0,
        _ if !AROUND.has(element) => 0,
        outer => FixedState::with_seed(outer).hash_one(tag.as_bytes()) | 1,
    }
}

fn start(html: &str, around: u64) -> Option<u64> {
    let first: &[u8; START] = html.as_bytes().first_chunk()?;
    Some(FixedState::with_seed(around).hash_one(first))
}

impl Known {
    /// Finds the part that a text starts with.
    pub(super) fn find(&self, html: &str, around: u64) -> Option<Arc<Part>> {
        let parts = self.parts.get(&start(html, around)?)?;
        let is = |it: &&Arc<Part>| it.around == around && html.starts_with(&*it.html);
        parts.iter().find(is).cloned()
    }
}

impl Parts {
    /// The parts that are known by now, if there are any.
    pub(super) fn known(&self) -> Option<Arc<Known>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        (known.count > 0).then(|| Arc::clone(&known))
    }

    /// Notes the parts of a page; those that were met before are known from then on.
    pub(crate) fn learn(&self, tree: &Tree) {
        let page = self.pages.fetch_add(1, Ordering::Relaxed);
        if page >= FIRST && !page.is_multiple_of(LATER) {
            return;
        }
        let mut found = Vec::new();
        {
            // Who is late learns from the next page.
            let Ok(mut met) = self.met.try_lock() else { return };
            let mut within = vec![(0, around(None, Tag::HTML, &tree.text[tree.nodes[0].tag()]))];
            while let Some((outer, around_it)) = within.pop() {
                for id in tree.children(outer) {
                    let node = &tree.nodes[id];
                    if node.foreign || node.kind != Kind::Element || tree.part_at(id).is_some() {
                        continue;
                    }
                    let html = &tree.text[node.whole()];
                    if ROOTS.has(node.element) && (LEAST..=MOST).contains(&html.len()) {
                        let digest = FixedState::with_seed(around_it).hash_one(html) | 1;
                        let place = &mut met[digest as usize >> 1 & (MET - 1)];
                        if *place == digest {
                            found.extend(Part::of(tree, id, around_it));
                            continue;
                        }
                        *place = digest;
                    }
                    let inner = around(Some(around_it), node.element, &tree.text[node.tag()]);
                    if inner != 0 && html.len() >= LEAST {
                        within.push((id, inner));
                    }
                }
            }
        }
        if !found.is_empty() {
            self.add(found);
        }
    }

    fn add(&self, found: Vec<Part>) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let mut new = Known::clone(&known);
        for part in found {
            let Some(start) = start(&part.html, part.around) else { continue };
            let alike = new.parts.entry(start).or_default();
            let is_new = alike.iter().all(|it| (&it.html, it.around) != (&part.html, part.around));
            let bytes = new.bytes + part.html.len();
            if is_new && alike.len() < ALIKE && new.count < PARTS && bytes <= ALL {
                new.bytes = bytes;
                alike.push(Arc::new(part));
                new.count += 1;
            }
        }
        *known = Arc::new(new);
    }
}
