//! Room for what is made early in a build and needed again late in it.
//!
//! The first megabytes stay in memory; a large site's go to a file that has no name, so that
//! nothing is left of it however the build ends.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

/// How many bytes stay in memory.
const HELD: usize = 2 << 20;

/// Takes bytes, and gives them back.
#[derive(Debug)]
pub struct Scratch {
    /// Where a file may be made; `None` where everything stays in memory.
    folder: Option<PathBuf>,
    held: AtomicUsize,
    file: OnceLock<Option<Arc<File>>>,
    /// Where the next bytes go in the file.
    end: AtomicU64,
}

/// Bytes that were put away.
#[derive(Clone, Debug)]
pub struct Kept(Place);

#[derive(Clone, Debug)]
enum Place {
    Held(Arc<[u8]>),
    Away { file: Arc<File>, at: u64, length: u32 },
}

impl Scratch {
    /// Room in memory alone.
    pub fn in_memory() -> Self {
        Self::of(None)
    }

    /// Room that may make a nameless file in a folder, or where the system keeps such files.
    pub fn beside(folder: PathBuf) -> Self {
        Self::of(Some(folder))
    }

    fn of(folder: Option<PathBuf>) -> Self {
        let (held, end) = (AtomicUsize::new(0), AtomicU64::new(0));
        Self { folder, held, file: OnceLock::new(), end }
    }

    /// Puts bytes away; `None` when there is no room.
    pub fn keep(&self, bytes: Vec<u8>) -> Option<Kept> {
        let before = self.held.fetch_add(bytes.len(), Ordering::Relaxed);
        if self.folder.is_none() || before + bytes.len() <= HELD {
            return Some(Kept(Place::Held(bytes.into())));
        }
        self.held.fetch_sub(bytes.len(), Ordering::Relaxed);
        let file = self.file.get_or_init(|| self.open().ok().map(Arc::new)).as_ref()?;
        let length = u32::try_from(bytes.len()).ok()?;
        let at = self.end.fetch_add(u64::from(length), Ordering::Relaxed);
        write_at(file, &bytes, at).ok()?;
        Some(Kept(Place::Away { file: Arc::clone(file), at, length }))
    }

    fn open(&self) -> io::Result<File> {
        match &self.folder {
            Some(folder) => tempfile::tempfile_in(folder).or_else(|_| tempfile::tempfile()),
            None => tempfile::tempfile(),
        }
    }
}

impl Kept {
    /// Gives the bytes back; `None` when they cannot be read.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        match &self.0 {
            Place::Held(bytes) => Some(bytes.to_vec()),
            Place::Away { file, at, length } => {
                let mut bytes = vec![0; *length as usize];
                read_at(file, &mut bytes, *at).ok()?;
                Some(bytes)
            }
        }
    }
}

#[cfg(unix)]
fn write_at(file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

#[cfg(not(unix))]
fn write_at(_: &File, _: &[u8], _: u64) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(not(unix))]
fn read_at(_: &File, _: &mut [u8], _: u64) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_comes_back() {
        for scratch in [Scratch::in_memory(), Scratch::beside(std::env::temp_dir())] {
            let some = |number: u8| vec![number; HELD / 3];
            let kept: Vec<Kept> = (0..6).filter_map(|it| scratch.keep(some(it))).collect();
            assert_eq!(kept.len(), 6);
            for (kept, number) in kept.iter().zip(0..) {
                assert_eq!(kept.bytes(), Some(some(number)));
            }
        }
    }
}
