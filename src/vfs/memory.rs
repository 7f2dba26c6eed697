//! Files held in memory: sites of tests, and previews of what is not saved.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::diag::Diagnostics;
use crate::text::{Digest, RelPath};
use crate::vfs::{Files, Mark, is_litter};

/// Files by their paths.
#[derive(Debug, Default)]
pub struct Memory {
    files: Mutex<BTreeMap<RelPath, (Vec<u8>, u64)>>,
    /// How many versions of files there have been.
    versions: AtomicU64,
}

impl Memory {
    /// Starts with no file.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a file there, over what was there.
    pub fn set(&self, path: &RelPath, bytes: impl Into<Vec<u8>>) {
        let version = self.versions.fetch_add(1, Ordering::Relaxed) + 1;
        self.lock().insert(path.clone(), (bytes.into(), version));
    }

    /// Takes a file away; tells whether it was there.
    pub fn remove(&self, path: &str) -> bool {
        self.lock().remove(path).is_some()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<RelPath, (Vec<u8>, u64)>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Files for Memory {
    fn list(&self, folder: &str, _: &mut Diagnostics) -> Vec<RelPath> {
        let here = |path: &&RelPath| path.as_str() == folder || path.below(folder).is_some();
        self.lock().keys().filter(here).cloned().collect()
    }

    fn on_disk(&self, _: &RelPath) -> Option<Arc<Path>> {
        None
    }

    fn read(&self, path: &RelPath) -> io::Result<Vec<u8>> {
        self.lock().get(path).map(|it| it.0.clone()).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn create(&self, path: &RelPath, bytes: &[u8]) -> io::Result<()> {
        if self.lock().contains_key(path) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        self.set(path, bytes);
        Ok(())
    }

    fn mark(&self, path: &RelPath) -> Option<Mark> {
        let files = self.lock();
        if let Some((bytes, version)) = files.get(path) {
            return Some(Mark::version(bytes.len(), *version));
        }
        // A folder changes with the names in it.
        let inside = files.keys().filter(|it| it.below(path.as_str()).is_some());
        let names: String = inside.map(RelPath::as_str).collect();
        let digest = Digest::of(names.as_bytes()).short();
        (!names.is_empty()).then(|| Mark::version(0, digest as u64))
    }

    fn names(&self, folder: &str) -> Option<Vec<String>> {
        let files = self.lock();
        let inside = files.keys().filter_map(|it| it.below(folder));
        let names = inside.map(|inner| match inner.split_once('/') {
            Some((name, _)) => format!("{name}/"),
            None => inner.to_owned(),
        });
        let fine = |name: &String| !is_litter(name.trim_end_matches('/'));
        let names: BTreeSet<String> = names.filter(fine).collect();
        (!names.is_empty()).then(|| names.into_iter().collect())
    }

    fn moment(&self) -> i64 {
        i64::MAX
    }

    fn replace(&self, path: &RelPath, bytes: &[u8]) -> io::Result<()> {
        self.set(path, bytes);
        Ok(())
    }
}
