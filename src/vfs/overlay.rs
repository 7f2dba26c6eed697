//! Texts that are not saved yet, over the files below them.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::diag::Diagnostics;
use crate::text::{Digest, RelPath};
use crate::vfs::{Files, Mark, Scratch};

/// Files as an editor shows them: what is open there hides what is below.
pub struct Overlay<F> {
    below: F,
    texts: BTreeMap<RelPath, Arc<str>>,
}

impl<F: Files> Overlay<F> {
    /// Starts with nothing over the files.
    pub fn new(below: F) -> Self {
        Self { below, texts: BTreeMap::new() }
    }

    /// Puts a text over a file, which need not be there.
    pub fn set(&mut self, path: &RelPath, text: Arc<str>) {
        self.texts.insert(path.clone(), text);
    }

    /// Takes a text away, so that the file below shows again.
    pub fn remove(&mut self, path: &RelPath) {
        self.texts.remove(path);
    }
}

impl<F: Files> Files for Overlay<F> {
    fn list(&self, folder: &str, diagnostics: &mut Diagnostics) -> Vec<RelPath> {
        let here = |path: &&RelPath| path.as_str() == folder || path.below(folder).is_some();
        let mut found = self.below.list(folder, diagnostics);
        found.extend(self.texts.keys().filter(here).cloned());
        found.sort();
        found.dedup();
        found
    }

    fn on_disk(&self, path: &RelPath) -> Option<Arc<Path>> {
        if self.texts.contains_key(path) { None } else { self.below.on_disk(path) }
    }

    fn read(&self, path: &RelPath) -> io::Result<Vec<u8>> {
        match self.texts.get(path) {
            Some(text) => Ok(text.as_bytes().to_vec()),
            None => self.below.read(path),
        }
    }

    fn create(&self, path: &RelPath, bytes: &[u8]) -> io::Result<()> {
        self.below.create(path, bytes)
    }

    fn replace(&self, path: &RelPath, bytes: &[u8]) -> io::Result<()> {
        self.below.replace(path, bytes)
    }

    fn mark(&self, path: &RelPath) -> Option<Mark> {
        match self.texts.get(path) {
            Some(text) => {
                Some(Mark::version(text.len(), Digest::of(text.as_bytes()).short() as u64))
            }
            None => self.below.mark(path),
        }
    }

    fn names(&self, folder: &str) -> Option<Vec<String>> {
        self.below.names(folder)
    }

    fn moment(&self) -> i64 {
        self.below.moment()
    }

    fn scratch(&self) -> Scratch {
        self.below.scratch()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vfs::Memory;

    #[test]
    fn what_is_open_hides_what_is_below() {
        let path = |it| RelPath::new(it).unwrap();
        let (saved, open) = (path("content/a.md"), path("content/b.md"));
        let below = Memory::new();
        below.set(&saved, "saved");
        let mut overlay = Overlay::new(below);
        overlay.set(&saved, "typed".into());
        overlay.set(&open, "new".into());
        let list = |it: &Overlay<Memory>| it.list("content", &mut Diagnostics::new());
        assert_eq!(list(&overlay), [saved.clone(), open.clone()]);
        assert_eq!(overlay.read(&saved).unwrap(), b"typed");
        overlay.remove(&saved);
        overlay.remove(&open);
        assert_eq!(list(&overlay), std::slice::from_ref(&saved));
        assert_eq!(overlay.read(&saved).unwrap(), b"saved");
    }
}
