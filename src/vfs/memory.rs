//! Files held in memory: sites of tests, and previews of what is not saved.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::diag::Diagnostics;
use crate::text::RelPath;
use crate::vfs::Files;

/// Files by their paths.
#[derive(Debug, Default)]
pub struct Memory {
    files: Mutex<BTreeMap<RelPath, Vec<u8>>>,
}

impl Memory {
    /// Starts with no file.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a file there, over what was there.
    pub fn set(&self, path: &RelPath, bytes: impl Into<Vec<u8>>) {
        self.lock().insert(path.clone(), bytes.into());
    }

    /// Takes a file away; tells whether it was there.
    pub fn remove(&self, path: &str) -> bool {
        self.lock().remove(path).is_some()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<RelPath, Vec<u8>>> {
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
        self.lock().get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn create(&self, path: &RelPath, bytes: &[u8]) -> io::Result<()> {
        let mut files = self.lock();
        if files.contains_key(path) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        files.insert(path.clone(), bytes.to_vec());
        Ok(())
    }

    fn replace(&self, path: &RelPath, bytes: &[u8]) -> io::Result<()> {
        self.set(path, bytes);
        Ok(())
    }
}
