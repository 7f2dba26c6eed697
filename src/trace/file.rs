//! What is kept between builds, as files that may be damaged, foreign, old or gone.
//!
//! A file is a head, the salt of the program, the digest of the rest, and the rest. What cannot
//! be trusted is as if it were not there: that costs a clean build, and nothing else.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::text::Digest;

const HEAD: &[u8; 16] = b"galen kept 1    ";
/// The digest of the program: what another one kept may mean something else.
const SALT: &str = env!("GALEN_SALT");
/// The bytes before the rest.
const START: usize = HEAD.len() + SALT.len() + 32;

/// Keeps what a build leaves for the next one.
pub trait Shelf: Send + Sync {
    /// Reads what was kept under a name; `None` when there is nothing that can be trusted.
    fn get(&self, name: &str) -> Option<Kept>;

    /// Keeps bytes under a name, whole or not at all. A failure costs the next build time, and is
    /// none of this one.
    fn put(&self, name: &str, bytes: &[u8]);

    /// Keeps nothing under a name any more.
    fn forget(&self, name: &str) {
        self.put(name, &[]);
    }
}

/// Bytes that were kept.
#[derive(Debug)]
pub struct Kept(Vec<u8>);

impl Kept {
    /// Gives the bytes.
    pub fn bytes(&self) -> &[u8] {
        self.0.get(START..).unwrap_or_default()
    }

    /// Takes a file's bytes; `None` when it cannot be trusted.
    fn trusted(bytes: Vec<u8>) -> Option<Self> {
        let (head, rest) = bytes.split_at_checked(START)?;
        (head == start(rest)).then_some(Self(bytes))
    }
}

/// What stands before the rest.
fn start(rest: &[u8]) -> Vec<u8> {
    [&HEAD[..], SALT.as_bytes(), &Digest::of(rest).bytes()].concat()
}

/// A shelf on disk.
#[derive(Clone, Debug)]
pub struct DiskShelf {
    folder: PathBuf,
    name: String,
}

impl DiskShelf {
    /// Keeps files in a folder, which need not exist, under names that start alike.
    pub fn new(folder: PathBuf, name: &str) -> Self {
        Self { folder, name: name.to_owned() }
    }

    fn place(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{}-{name}", self.name))
    }

    #[expect(clippy::disallowed_methods, reason = "trace keeps files of its own")]
    fn replace(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        std::fs::create_dir_all(&self.folder)?;
        let beside = self.place(&format!("{name}.part"));
        let mut file = std::fs::File::create(&beside)?;
        file.write_all(&start(bytes))?;
        file.write_all(bytes)?;
        drop(file);
        std::fs::rename(&beside, self.place(name))
    }
}

impl Shelf for DiskShelf {
    #[expect(clippy::disallowed_methods, reason = "trace keeps files of its own")]
    fn get(&self, name: &str) -> Option<Kept> {
        Kept::trusted(std::fs::read(self.place(name)).ok()?)
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        // An old file that cannot be replaced is one that no longer fits, which will be seen.
        let _ = self.replace(name, bytes);
    }
}

/// A shelf in memory: for tests.
#[derive(Debug, Default)]
pub struct MemoryShelf(Mutex<BTreeMap<String, Vec<u8>>>);

impl MemoryShelf {
    /// Starts with nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets a test change the bytes of every file.
    pub fn damage(&self, mut change: impl FnMut(&mut Vec<u8>)) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values_mut().for_each(&mut change);
    }
}

impl Shelf for MemoryShelf {
    fn get(&self, name: &str) -> Option<Kept> {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        Kept::trusted(bytes?)
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        let whole = [&start(bytes), bytes].concat();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), whole);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_whole_is_trusted() {
        let shelf = MemoryShelf::new();
        shelf.put("a", b"hello");
        assert_eq!(shelf.get("a").expect("it is there").bytes(), b"hello");
        for at in 0..START + 5 {
            shelf.put("a", b"hello");
            shelf.damage(|bytes| bytes[at] ^= 0x20);
            assert!(shelf.get("a").is_none(), "a changed byte at {at} is not seen");
            shelf.put("a", b"hello");
            shelf.damage(|bytes| bytes.truncate(at));
            assert!(shelf.get("a").is_none(), "an end at {at} is not seen");
        }
    }
}
