//! What is kept between builds, as files that may be damaged, foreign, old or gone.
//!
//! A file is a head, the salt of the program, the digest of the rest, and the rest. What cannot
//! be trusted is as if it were not there: that costs a clean build, and nothing else.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::text::Digest;
use crate::trace::Piece;

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

    /// Opens what was kept under a name, to read pieces of it; `None` when it is not there. No more
    /// than the pieces is looked at, so each is checked by itself.
    fn pieces(&self, name: &str) -> Option<Pieces>;

    /// Keeps nothing under a name any more.
    fn forget(&self, name: &str) {
        self.put(name, &[]);
    }
}

/// What was kept, to read pieces of it.
#[derive(Debug)]
pub enum Pieces {
    /// In a file.
    File(std::fs::File),
    /// In memory.
    Memory(Vec<u8>),
}

impl Pieces {
    /// Reads a piece; `None` when it is not what was kept.
    pub fn read(&self, piece: Piece) -> Option<Vec<u8>> {
        let at = piece.at.checked_add(START as u64)?;
        let length = piece.length as usize;
        let bytes = match self {
            Self::File(file) => read_at(file, at, length)?,
            Self::Memory(bytes) => {
                let at = usize::try_from(at).ok()?;
                bytes.get(at..at.checked_add(length)?)?.to_vec()
            }
        };
        piece.fits(&bytes).then_some(bytes)
    }
}

#[cfg(unix)]
fn read_at(file: &std::fs::File, at: u64, length: usize) -> Option<Vec<u8>> {
    use std::os::unix::fs::FileExt as _;
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, at).ok()?;
    Some(bytes)
}

#[cfg(not(unix))]
fn read_at(_: &std::fs::File, _: u64, _: usize) -> Option<Vec<u8>> {
    None
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

    #[expect(clippy::disallowed_methods, reason = "trace keeps files of its own")]
    fn pieces(&self, name: &str) -> Option<Pieces> {
        std::fs::File::open(self.place(name)).ok().map(Pieces::File)
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

    fn pieces(&self, name: &str) -> Option<Pieces> {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        bytes.map(Pieces::Memory)
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
