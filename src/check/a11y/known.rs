//! Parts of a page that were judged on another page: they are not judged again where nothing else
//! on the page has a say in it.

use std::hash::Hasher as _;
use std::ops::Range;
use std::sync::Arc;

use crate::check::Finding;
use crate::check::a11y::view::{Flags, View};
use crate::check::style::contrast::Reading;
use crate::check::style::names::Quick;
use crate::html::tree::{Id, Kind, Met};
use crate::html::{Part, Tree};

/// A part of a page that can be judged by itself.
pub(super) struct Known {
    pub(super) first: Id,
    part: Arc<Part>,
    /// What it depends on besides its bytes and what is around it.
    circumstances: u64,
    verdict: Option<bool>,
    /// Whether all of its texts can be read: else where they stand tells which of them is told of.
    is_readable: bool,
}

impl Known {
    /// Tells whether nothing was found in it on another page.
    pub(super) fn is_fine(&self) -> bool {
        self.verdict == Some(true)
    }

    /// Notes whether anything was found in it on this page.
    pub(super) fn note(&self, tree: &Tree, found: &[Finding]) {
        if self.verdict.is_none() {
            let place: Range<usize> = tree.nodes[self.first].whole();
            let is_fine = !found.iter().any(|it| place.contains(&it.at.start));
            self.part.judged(self.circumstances, is_fine && self.is_readable);
        }
    }
}

/// What tells [`Kept`] from other things that are kept of a part.
const VIEW: u64 = 1 << 63;

/// What a view has of a part, by numbers of nodes from its first.
struct Kept {
    flags: Box<[Flags]>,
    lists: [Box<[Id]>; 8],
    ids: Box<[Id]>,
    labels: Box<[Id]>,
    owners: Box<[Id]>,
}

/// Looks at the nodes of a part, or takes what is known of them.
pub(super) fn look_at(view: &mut View, met: &Met) {
    let first = met.first;
    // What is around it says the rest, and is one with the part.
    let circumstances = view.styled.circumstances(first) ^ VIEW;
    if let Some(kept) = met.part.kept::<Kept>(circumstances) {
        view.flags[first..met.after].copy_from_slice(&kept.flags);
        for (list, own) in view.lists.all().into_iter().zip(&kept.lists) {
            list.extend(own.iter().map(|it| first + it));
        }
        kept.ids.iter().for_each(|it| view.add_id(first + it));
        kept.labels.iter().for_each(|it| view.add_label(first + it));
        view.owners.extend(kept.owners.iter().map(|it| first + it));
        return;
    }
    let before = view.lists.all().map(|it| it.len());
    let (labels, owners) = (view.labels.len(), view.owners.len());
    view.look_at(first..met.after);
    let own = |list: &[Id]| list.iter().map(|it| it - first).collect::<Box<[Id]>>();
    let ids = (first..met.after).filter(|it| view.tree.names(*it).any(|name| name == "id"));
    let mut before = before.into_iter();
    let lists = view.lists.all().map(|list| own(&list[before.next().unwrap_or(0)..]));
    let kept = Kept {
        flags: view.flags[first..met.after].into(),
        ids: ids.map(|it| it - first).collect(),
        labels: view.labels[labels..].iter().map(|it| it.0 - first).collect(),
        owners: own(&view.owners[owners..]),
        lists,
    };
    met.part.keep(circumstances, kept);
}

/// Gives the parts that can be judged by themselves. What can be judged for them is what is judged of
/// each element by itself: its styles follow from those of the part's first element, and ids in the
/// part are of the part.
pub(super) fn parts(view: &View) -> Vec<Known> {
    let tree = view.tree;
    // Where an id stands twice, it is not clear what is meant.
    if tree.parts.is_empty() || tree.shouts || !view.again.is_empty() {
        return Vec::new();
    }
    let named = named_from_outside(view);
    let scripts = scripts(view);
    let parts = tree.parts.iter().zip(named).filter(|(met, is_named)| {
        // Roles around it may be those of a table or a list, and what else is in that counts.
        let in_role = || tree.around(met.first).any(|it| tree.has_attribute(it, "role"));
        met.part.is_by_itself() && !is_named && !in_role()
    });
    let known = parts.map(|(met, _)| {
        let first = met.first;
        let mut quick = Quick::default();
        quick.write_u64(view.styled.circumstances(first));
        quick.write_u64(scripts);
        let circumstances = quick.finish() | 1;
        let verdict = met.part.verdict(circumstances);
        let can_be_read = |id: Id| *view.styled.record(id).reading() == Reading::Fine;
        let elements = || (first..met.after).filter(|id| tree.nodes[*id].kind == Kind::Element);
        let is_readable = verdict.is_some() || elements().all(can_be_read);
        Known { first, part: Arc::clone(&met.part), circumstances, verdict, is_readable }
    });
    known.collect()
}

/// Tells of each part whether anything outside names an element of it by its id.
fn named_from_outside(view: &View) -> Vec<bool> {
    let pointers = ["for", "aria-labelledby", "aria-describedby", "aria-details", "aria-owns"];
    let parts = &view.tree.parts;
    let mut named = vec![false; parts.len()];
    for from in view.lists.pointers.iter().chain(&view.owners).copied() {
        for to in pointers.iter().flat_map(|pointer| view.named(from, pointer)) {
            let Some(at) = parts.partition_point(|it| it.first <= to).checked_sub(1) else {
                continue;
            };
            let part = parts[at].first..parts[at].after;
            named[at] |= part.contains(&to) && !part.contains(&from);
        }
    }
    named
}

/// A digest of the programs in a page, which may hand the focus on.
fn scripts(view: &View) -> u64 {
    let mut quick = Quick::default();
    for id in view.lists.scripts.iter().copied().filter(|it| view.is_program(*it)) {
        quick.write(view.tree.text_of(id).as_bytes());
    }
    quick.finish()
}
