//! Headings: unique ids that stay the same, and the outline.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::Span;
use crate::markdown::{Heading, Options, errors};
use crate::text::slug;

/// The headings of a text, as they are met.
#[derive(Default)]
pub(crate) struct Outline {
    /// Every heading in order, without children.
    flat: Vec<Heading>,
    /// Ids that are taken, or given by the text to a heading that is still to come.
    taken: BTreeSet<String>,
    /// The last number put behind each id, so that many equal headings are not counted anew.
    numbers: BTreeMap<String, usize>,
    /// Ids given by the text that have been met.
    met: BTreeSet<String>,
}

impl Outline {
    /// Keeps the ids that a text gives to headings from being made up for others.
    pub(crate) fn reserve(&mut self, id: &str) {
        self.taken.insert(id.to_owned());
    }

    /// Adds a heading; gives its id. `given` is the id in braces.
    pub(crate) fn add(
        &mut self,
        (level, start): (u8, usize),
        title: &str,
        given: Option<&str>,
        prefix: &str,
    ) -> (String, Option<String>) {
        let (id, instead_of) = match given {
            Some(given) if self.met.insert(given.to_owned()) => (given.to_owned(), None),
            Some(given) => (self.free(given), Some(given.to_owned())),
            None => (self.free(&named(title)), None),
        };
        let id = if prefix.is_empty() { id } else { format!("{prefix}{id}") };
        let (title, children) = (title.to_owned(), Vec::new());
        self.flat.push(Heading { id: id.clone(), title, level, start, bare: false, children });
        (id, instead_of)
    }

    /// Says what is wrong with the level of a heading that comes next.
    pub(crate) fn check_level(
        &self,
        level: u8,
        options: &Options,
        span: Span,
    ) -> Option<crate::diag::Diagnostic> {
        let start = options.headings.start;
        if level < start {
            return Some(errors::level_too_high(level, start, span));
        }
        let before = self.flat.last().map_or(start.saturating_sub(1), |it| it.level);
        let wanted = before.max(start.saturating_sub(1)) + 1;
        let skipped = options.headings.no_skip && level > wanted;
        skipped.then(|| errors::level_skipped(level, wanted, span))
    }

    /// Notes that nothing followed the last heading.
    pub(crate) fn is_bare(&mut self) {
        if let Some(last) = self.flat.last_mut() {
            last.bare = true;
        }
    }

    /// The headings as a tree.
    pub(crate) fn tree(self) -> Vec<Heading> {
        tree(self.flat)
    }

    fn free(&mut self, wanted: &str) -> String {
        let mut id = wanted.to_owned();
        while !self.taken.insert(id.clone()) {
            let number = self.numbers.entry(wanted.to_owned()).or_insert(1);
            *number += 1;
            id = format!("{wanted}-{number}");
        }
        id
    }
}

/// Puts headings, in order and without children, below those of a higher level before them.
pub(crate) fn tree(flat: impl IntoIterator<Item = Heading>) -> Vec<Heading> {
    let mut roots: Vec<Heading> = Vec::new();
    for heading in flat {
        let mut list = &mut roots;
        while list.last().is_some_and(|last| last.level < heading.level) {
            let last = list.len() - 1;
            list = &mut list[last].children;
        }
        list.push(heading);
    }
    roots
}

fn named(title: &str) -> String {
    let slug = slug::slug(title);
    if slug.is_empty() { "section".to_owned() } else { slug }
}
