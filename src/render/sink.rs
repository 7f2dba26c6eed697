//! Where finished files go, one after the other as they are made: a large site is never held in
//! memory as a whole.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::text::{Digest, RelPath};
use crate::vfs::{Mark, Source};

/// What a finished file holds.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// These bytes.
    Bytes(&'a [u8]),
    /// What a file of the site holds.
    Copy(&'a Source),
}

/// What an earlier build left.
#[derive(Clone, Debug, Default)]
pub struct Earlier {
    /// The files that it made, sorted, each on a line.
    pub files: String,
    /// The files of others in the output folder; `None` where they are not known.
    pub foreign: Option<Vec<String>>,
}

/// Takes finished files, from several threads at once and in no order.
pub trait Sink: Sync {
    /// Takes a file. A sink that fails keeps that to itself until it is asked.
    fn put(&self, file: &RelPath, content: Content);

    /// Takes a file that stays as an earlier build made it.
    fn keep(&self, _: &RelPath) {}

    /// Takes every file that an earlier build made, but for those that were put or are put later.
    fn keep_all(&self, _earlier: Earlier) {}

    /// Looks at a file or folder as the last build left it; `None` when it is gone, and always for
    /// a sink that has nothing of earlier builds.
    fn mark(&self, _: &str) -> Option<Mark> {
        None
    }
}

/// Takes files and keeps none.
#[derive(Clone, Copy, Debug)]
pub struct Nowhere;

impl Sink for Nowhere {
    fn put(&self, _: &RelPath, _: Content) {}
}

/// Finished files in memory: for tests and previews.
#[derive(Debug, Default)]
pub struct Collected {
    earlier: BTreeMap<RelPath, Vec<u8>>,
    made: Mutex<BTreeMap<RelPath, Vec<u8>>>,
}

impl Collected {
    /// Starts with no file.
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts with the files of an earlier build, none of which stays unless it is kept.
    pub fn over(earlier: BTreeMap<RelPath, Vec<u8>>) -> Self {
        Self { earlier, made: Mutex::default() }
    }

    /// Gives the files by their paths below the output folder.
    pub fn files(self) -> BTreeMap<RelPath, Vec<u8>> {
        self.made.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn made(&self) -> MutexGuard<'_, BTreeMap<RelPath, Vec<u8>>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What tells versions of a file in memory apart.
fn mark_of(bytes: &[u8]) -> Mark {
    Mark::version(bytes.len(), Digest::of(bytes).short() as u64)
}

impl Sink for Collected {
    fn put(&self, file: &RelPath, content: Content) {
        let bytes = match content {
            Content::Bytes(bytes) => bytes.to_vec(),
            Content::Copy(source) => source.bytes().map(|it| it.to_vec()).unwrap_or_default(),
        };
        self.made().insert(file.clone(), bytes);
    }

    fn keep(&self, file: &RelPath) {
        if let Some(bytes) = self.earlier.get(file) {
            self.made().insert(file.clone(), bytes.clone());
        }
    }

    fn keep_all(&self, _: Earlier) {
        let mut made = self.made();
        for (file, bytes) in &self.earlier {
            made.entry(file.clone()).or_insert_with(|| bytes.clone());
        }
    }

    fn mark(&self, file: &str) -> Option<Mark> {
        let made = self.made().get(file).map(|bytes| mark_of(bytes));
        made.or_else(|| self.earlier.get(file).map(|bytes| mark_of(bytes)))
    }
}
