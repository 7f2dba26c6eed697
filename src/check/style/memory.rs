//! What is remembered of elements, so that pages of one theme are styled once.
//!
//! All that an element's style depends on is its [`Key`]: the record of the element around it, and
//! what the stylesheets ask of itself. Elements with one key have one [`Record`], on whatever page.

use std::hash::Hasher as _;

use crate::check::style::computed::Computed;
use crate::check::style::contrast::Reading;
use crate::check::style::names::{Map, Quick};

/// All that an element's style depends on.
#[derive(Clone, Debug, Default)]
pub(super) struct Key {
    pub(super) parent: u32,
    pub(super) tag: u32,
    pub(super) id: u32,
    pub(super) classes: Vec<u32>,
    /// Which questions about attributes hold, and which about its place.
    pub(super) tests: u128,
    pub(super) places: u64,
    /// Which prefixes the neighbour before it matches, and which any neighbour before it.
    pub(super) next: u64,
    pub(super) later: u64,
    pub(super) inline: String,
}

impl Key {
    /// Tells whether another is the same. Most have no class and no `style`, and to compare nothing
    /// with nothing is slow on some processors.
    fn is(&self, other: &Self) -> bool {
        self.parent == other.parent
            && self.tag == other.tag
            && self.id == other.id
            && self.tests == other.tests
            && self.places == other.places
            && self.next == other.next
            && self.later == other.later
            && self.classes.len() == other.classes.len()
            && self.classes.iter().zip(&other.classes).all(|(one, two)| one == two)
            && self.inline.len() == other.inline.len()
            && (self.inline.is_empty() || self.inline == other.inline)
    }
}

/// What is known of all elements with one key.
#[derive(Debug)]
pub struct Record {
    pub(super) key: Key,
    pub(super) parent: Option<u32>,
    /// The prefixes that it matches.
    pub(super) matches: u64,
    /// Its style in each view; the first is that of a wide window in the light.
    pub(super) views: Vec<Computed>,
    /// How well its own text can be read, over all views.
    pub(super) reading: Reading,
}

impl Record {
    /// Its style in a wide window in the light.
    pub fn style(&self) -> &Computed {
        &self.views[0]
    }

    /// How well its own text can be read.
    pub fn reading(&self) -> &Reading {
        &self.reading
    }
}

/// The records of a site.
#[derive(Debug, Default)]
pub struct Memory {
    pub(super) records: Vec<Record>,
    places: Map<u64, u32>,
}

impl Memory {
    /// Gives a record by its number.
    pub fn record(&self, number: u32) -> &Record {
        &self.records[number as usize]
    }

    pub(super) fn find(&self, key: &Key, hash: u64) -> Option<u32> {
        let mut at = hash;
        loop {
            let number = *self.places.get(&at)?;
            if self.records[number as usize].key.is(key) {
                return Some(number);
            }
            at = at.wrapping_add(1);
        }
    }

    pub(super) fn add(&mut self, record: Record, hash: u64) -> u32 {
        let number = self.records.len() as u32;
        let mut at = hash;
        while self.places.contains_key(&at) {
            at = at.wrapping_add(1);
        }
        self.places.insert(at, number);
        self.records.push(record);
        number
    }
}

/// Gives a digest of a key. What most elements do not have is not gone through for them.
pub(super) fn hash(key: &Key) -> u64 {
    let mut quick = Quick::default();
    quick.write_u64(u64::from(key.parent) << 32 | u64::from(key.tag));
    quick.write_u32(key.id);
    key.classes.iter().for_each(|it| quick.write_u32(*it));
    if key.tests != 0 {
        quick.write_u128(key.tests);
    }
    if key.places | key.next | key.later != 0 {
        [key.places, key.next, key.later].iter().for_each(|it| quick.write_u64(*it));
    }
    if !key.inline.is_empty() {
        quick.write(key.inline.as_bytes());
    }
    quick.finish()
}
