//! Where finished files go, one after the other as they are made: a large site is never held in
//! memory as a whole.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::text::RelPath;
use crate::vfs::Source;

/// What a finished file holds.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// These bytes.
    Bytes(&'a [u8]),
    /// What a file of the site holds.
    Copy(&'a Source),
}

/// Takes finished files, from several threads at once and in no order.
pub trait Sink: Sync {
    /// Takes a file. A sink that fails keeps that to itself until it is asked.
    fn put(&self, file: &RelPath, content: Content);
}

/// Finished files in memory: for tests and previews.
#[derive(Debug, Default)]
pub struct Collected(Mutex<BTreeMap<RelPath, Vec<u8>>>);

impl Collected {
    /// Starts with no file.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives the files by their paths below the output folder.
    pub fn files(self) -> BTreeMap<RelPath, Vec<u8>> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink for Collected {
    fn put(&self, file: &RelPath, content: Content) {
        let bytes = match content {
            Content::Bytes(bytes) => bytes.to_vec(),
            Content::Copy(source) => source.bytes().map(|it| it.to_vec()).unwrap_or_default(),
        };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(file.clone(), bytes);
    }
}
