//! The numbers of the addresses to which a site's pages point.

use foldhash::quality::RandomState;
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

/// All addresses of a site, each with a number.
#[derive(Debug, Default)]
pub struct Addresses(RwLock<Numbered>);

#[derive(Debug, Default)]
struct Numbered {
    numbers: HashMap<Box<str>, u32, RandomState>,
    all: Vec<Box<str>>,
}

/// The addresses that are known so far. While it is held, no number can be given.
pub(crate) struct KnownSoFar<'a>(RwLockReadGuard<'a, Numbered>);

impl KnownSoFar<'_> {
    pub(crate) fn number(&self, address: &str) -> Option<u32> {
        self.0.numbers.get(address).copied()
    }
}

impl Addresses {
    /// Gives a look at those that are known so far.
    pub(crate) fn known(&self) -> KnownSoFar<'_> {
        KnownSoFar(self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Gives the number of an address.
    pub fn number(&self, address: &str) -> u32 {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(number) = known.numbers.get(address) {
            return *number;
        }
        drop(known);
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(number) = all.numbers.get(address) {
            return *number;
        }
        let number = u32::try_from(all.all.len()).unwrap_or(u32::MAX);
        all.numbers.insert(address.into(), number);
        all.all.push(address.into());
        number
    }

    /// Gives all, by their numbers.
    pub fn all(&self) -> Vec<Box<str>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).all.clone()
    }
}
