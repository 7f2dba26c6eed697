//! What is kept between builds, as files that may be damaged, foreign, old or gone.
//!
//! A file is a head, the salt of the program, the digest of the rest, and the rest. What cannot
//! be trusted is as if it were not there: that costs a clean build, and nothing else.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Read as _, Write as _};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::text::quick;
use crate::trace::Piece;

const HEAD: &[u8; 16] = b"galen kept 2    ";
/// The digest of the program: what another one kept may mean something else.
const SALT: &str = env!("GALEN_SALT");
/// The bytes before the rest.
const START: usize = HEAD.len() + SALT.len() + 16;

/// Keeps what a build leaves for the next one.
pub trait Shelf: Send + Sync {
    /// Reads what was kept under a name; `None` when there is nothing that can be trusted.
    fn get(&self, name: &str) -> Option<Kept>;

    /// Keeps bytes under a name, whole or not at all. A failure costs the next build time, and is
    /// none of this one.
    fn put(&self, name: &str, bytes: &[u8]);

    /// Opens what was kept under a name piece by piece; `None` when it is not there. Each piece is
    /// checked by itself when it is read.
    fn pieces(&self, name: &str) -> Option<Pieces>;

    /// Starts to keep pieces under a name; `None` when that cannot be done.
    fn start(&self, name: &str) -> Option<PieceWriter>;

    /// Makes the pieces that were written those under their name; tells whether it could.
    fn end(&self, name: &str, pieces: PieceWriter) -> bool;

    /// Keeps nothing under a name any more.
    fn forget(&self, name: &str) {
        self.put(name, &[]);
    }
}

/// What was kept piece by piece.
#[derive(Debug)]
pub enum Pieces {
    /// In a file.
    File(File),
    /// In memory.
    Memory(Vec<u8>),
}

impl Pieces {
    /// Reads a piece; `None` when it is not what was kept.
    pub fn read(&self, piece: Piece) -> Option<Cow<'_, [u8]>> {
        let length = piece.length as usize;
        let bytes = match self {
            Self::File(file) => Cow::Owned(read_at(file, piece.at, length)?),
            Self::Memory(bytes) => {
                let at = usize::try_from(piece.at).ok()?;
                Cow::Borrowed(bytes.get(at..at.checked_add(length)?)?)
            }
        };
        piece.fits(&bytes).then_some(bytes)
    }

    /// Reads all pieces into memory, for those who want most of them.
    pub fn load(self) -> Option<Self> {
        match self {
            Self::File(mut file) => {
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes).ok()?;
                Some(Self::Memory(bytes))
            }
            Self::Memory(_) => Some(self),
        }
    }
}

/// Takes pieces one after the other.
#[derive(Debug)]
pub struct PieceWriter {
    out: Out,
    at: u64,
    failed: bool,
}

#[derive(Debug)]
enum Out {
    File(BufWriter<File>),
    Memory(Vec<u8>),
}

impl PieceWriter {
    /// Keeps a piece; gives where it is.
    pub fn add(&mut self, bytes: &[u8]) -> Piece {
        let piece = Piece::of(self.at, bytes);
        self.at += bytes.len() as u64;
        match &mut self.out {
            Out::File(out) => self.failed |= out.write_all(bytes).is_err(),
            Out::Memory(all) => all.extend_from_slice(bytes),
        }
        piece
    }
}

#[cfg(unix)]
fn read_at(file: &File, at: u64, length: usize) -> Option<Vec<u8>> {
    use std::os::unix::fs::FileExt as _;
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, at).ok()?;
    Some(bytes)
}

#[cfg(not(unix))]
fn read_at(_: &File, _: u64, _: usize) -> Option<Vec<u8>> {
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
    [&HEAD[..], SALT.as_bytes(), &quick(rest).to_le_bytes()].concat()
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
        let mut file = File::create(&beside)?;
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
        File::open(self.place(name)).ok().map(Pieces::File)
    }

    #[expect(clippy::disallowed_methods, reason = "trace keeps files of its own")]
    fn start(&self, name: &str) -> Option<PieceWriter> {
        std::fs::create_dir_all(&self.folder).ok()?;
        let file = File::create(self.place(&format!("{name}.part"))).ok()?;
        let out = Out::File(BufWriter::with_capacity(1 << 18, file));
        Some(PieceWriter { out, at: 0, failed: false })
    }

    #[expect(clippy::disallowed_methods, reason = "trace keeps files of its own")]
    fn end(&self, name: &str, pieces: PieceWriter) -> bool {
        let Out::File(mut out) = pieces.out else { return false };
        let whole = !pieces.failed && out.flush().is_ok();
        let part = self.place(&format!("{name}.part"));
        whole && std::fs::rename(part, self.place(name)).is_ok()
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

    fn start(&self, _: &str) -> Option<PieceWriter> {
        Some(PieceWriter { out: Out::Memory(Vec::new()), at: 0, failed: false })
    }

    fn end(&self, name: &str, pieces: PieceWriter) -> bool {
        let Out::Memory(bytes) = pieces.out else { return false };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), bytes);
        true
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
