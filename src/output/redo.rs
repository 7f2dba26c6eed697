//! What changed, in one file: written first, then put over the old files. A build that is killed
//! while it does so is finished from that file by the next command.
//!
//! The file is a head, then for each changed file the length of its path, its path, the length of
//! its content, its content, and its seal; then a length of zero and the digest of all
//! seals. Numbers are 64 bits, little-endian. A file that is copied has the length [`COPIED`]: its
//! content lies beside, under the number of the copy, so that large files share their blocks.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read as _, Write as _};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use crate::diag::Diagnostic;
use crate::output::folder::Folder;
use crate::output::record::Record;
use crate::output::{Changes, Failure, NO_ROOM, Step, fresh};
use crate::render::Content;
use crate::text::RelPath;

const HEAD: &[u8; 16] = b"galen redo 2    ";
/// The file while it is written.
const PART: &str = "redo-part";
/// The file when it is whole.
const WHOLE: &str = "redo";
/// The folder of the copies.
const COPIES: &str = "copies";
/// Stands for the length of a copy's content.
const COPIED: u64 = u64::MAX;

/// What changed, while it is gathered.
pub(crate) struct Redo {
    part: PathBuf,
    whole: PathBuf,
    copies: PathBuf,
    inner: Mutex<Inner>,
}

struct Inner {
    out: BufWriter<File>,
    /// Takes the digest of all seals.
    seals: blake3::Hasher,
    /// The changed files, with the bytes by which each grows.
    changed: Vec<(RelPath, u64)>,
    copied: u64,
}

/// A changed file.
struct Change {
    file: RelPath,
    /// Absent for a copy.
    content: Option<Vec<u8>>,
    seal: Seal,
}

/// What tells that a changed file is whole: the digest of its path and its content.
type Seal = [u8; 32];

fn seal(file: &RelPath, content: Option<&[u8]>) -> Seal {
    // All of the content at once is quicker than piece by piece.
    let content = content.map_or(NO_CONTENT, |it| *blake3::hash(it).as_bytes());
    *blake3::Hasher::new().update(&content).update(file.as_str().as_bytes()).finalize().as_bytes()
}

/// Stands for the digest of a copy's content.
const NO_CONTENT: Seal = [0; 32];

/// Is given changed files, some at a time.
type Each<'a> = &'a mut dyn FnMut(Vec<Change>) -> Result<(), Failure>;

/// How many bytes of changes are read at a time: threads share them.
const AT_A_TIME: usize = 1 << 22;

/// What changed, whole.
pub(crate) struct Sealed {
    path: PathBuf,
    copies: PathBuf,
}

/// Puts in what a killed build had gathered, or removes it if it was not whole.
pub(crate) fn recover(changes: &Changes) -> Result<(), Failure> {
    let record = changes.record;
    let sealed = Sealed { path: record.place(WHOLE)?, copies: record.place(COPIES)? };
    if let (Some(next), Some(changed)) = (record.read_next(), sealed.changed()) {
        // Someone who took the folder away in between wants no part of it back.
        let kept = next.iter().filter(|file| !changed.contains(*file));
        let there = kept.into_iter().all(|file| changes.folder.has(file));
        if there {
            let earlier = record.read();
            let stale = earlier.into_iter().filter(|file| !next.contains(file)).collect();
            sealed.apply(&stale, changes)?;
        }
    }
    for what in [WHOLE, PART, COPIES] {
        record.remove(what)?;
    }
    Ok(())
}

impl Redo {
    #[expect(clippy::disallowed_methods, reason = "output writes the output folder")]
    pub(crate) fn start(record: &Record) -> Result<Self, Failure> {
        let part = record.place(PART)?;
        let file = File::create(&part).map_err(|error| (part.clone(), error))?;
        let mut out = BufWriter::with_capacity(1 << 18, file);
        out.write_all(HEAD).map_err(|error| (part.clone(), error))?;
        let seals = blake3::Hasher::new();
        let inner = Mutex::new(Inner { out, seals, changed: Vec::new(), copied: 0 });
        Ok(Self { part, whole: record.place(WHOLE)?, copies: record.place(COPIES)?, inner })
    }

    #[expect(clippy::disallowed_methods, reason = "output writes the output folder")]
    /// Takes a changed file, which has so many bytes now.
    pub(crate) fn put(&self, file: &RelPath, content: Content, now: u64) -> Result<(), Failure> {
        let bytes = match content {
            Content::Bytes(bytes) => Some(bytes),
            Content::Copy(_) => None,
        };
        let seal = seal(file, bytes);
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let number = inner.copied;
        let copy = self.copies.join(number.to_string());
        let mut put = || {
            if let Content::Copy(source) = content {
                std::fs::create_dir_all(&self.copies)?;
                fresh::copy(source, &copy)?;
                inner.copied += 1;
            }
            let length = bytes.map_or(COPIED, |it| it.len() as u64);
            let path = file.as_str().as_bytes();
            inner.out.write_all(&(path.len() as u64).to_le_bytes())?;
            inner.out.write_all(path)?;
            inner.out.write_all(&length.to_le_bytes())?;
            inner.out.write_all(bytes.unwrap_or_default())?;
            inner.out.write_all(&seal)?;
            inner.seals.update(&seal);
            let growth = bytes.map_or(0, |it| (it.len() as u64).saturating_sub(now));
            inner.changed.push((file.clone(), growth));
            Ok(())
        };
        put().map_err(|error| (self.part.clone(), error))
    }

    /// The files that are to be changed.
    pub(crate) fn files(&self) -> Vec<String> {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.changed.iter().map(|(file, _)| file.to_string()).collect()
    }

    /// What would keep the changes from being put in: places that may not be written, no room.
    pub(crate) fn refused(&self, folder: &Folder, stale: &BTreeSet<String>) -> Vec<Diagnostic> {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let files = inner.changed.iter().map(|(file, _)| file.as_str());
        let files: Vec<&str> = files.chain(stale.iter().map(String::as_str)).collect();
        let mut found = folder.unwritable(&files);
        let needed: u64 = inner.changed.iter().map(|(_, growth)| growth).sum();
        found.extend(folder.room().and_then(|room| no_room(needed, room)));
        found
    }

    #[expect(clippy::disallowed_methods, reason = "output writes the output folder")]
    pub(crate) fn seal(self) -> Result<Sealed, Failure> {
        let fail = |error| (self.part.clone(), error);
        let inner = self.inner.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut out = inner.out;
        let mut finish = || {
            out.write_all(&0u64.to_le_bytes())?;
            out.write_all(inner.seals.finalize().as_bytes())?;
            out.flush()
        };
        finish().map_err(fail)?;
        std::fs::rename(&self.part, &self.whole).map_err(fail)?;
        Ok(Sealed { path: self.whole, copies: self.copies })
    }

    #[expect(clippy::disallowed_methods, reason = "output writes the output folder")]
    pub(crate) fn discard(self) {
        // What is left is removed by the next build.
        let _ = std::fs::remove_file(&self.part);
        let _ = std::fs::remove_dir_all(&self.copies);
    }
}

impl Sealed {
    /// Puts the changes into the folder, removes what is stale, and makes the new list the
    /// folder's; gives the number of changed files.
    pub(crate) fn apply(
        self,
        stale: &BTreeSet<String>,
        changes: &Changes,
    ) -> Result<usize, Failure> {
        // First what goes: a file may give its place to a folder, or a folder to a file.
        for file in stale {
            changes.hook(Step::Change);
            changes.folder.remove(file)?;
        }
        let mut changed = 0;
        let mut copies = 0;
        let put = |change: &Change| match &change.content {
            Some(bytes) => {
                changes.hook(Step::Change);
                changes.folder.write(change.file.as_str(), bytes)
            }
            None => Ok(()),
        };
        let read = self.read(&mut |some| {
            changed += some.len();
            for Change { file, .. } in some.iter().filter(|it| it.content.is_none()) {
                changes.hook(Step::Change);
                let copy = self.copies.join(copies.to_string());
                copies += 1;
                changes.folder.take(file.as_str(), &copy)?;
            }
            // No file is changed twice, so that their order does not matter.
            some.par_iter().try_for_each(put)
        });
        read.map_err(|error| (self.path.clone(), error))??;
        changes.hook(Step::Record);
        changes.record.accept_next()?;
        changes.hook(Step::Clear);
        changes.record.remove(WHOLE)?;
        changes.record.remove(COPIES)?;
        Ok(changed)
    }

    /// The files that the changes are to; `None` when the file is absent or damaged.
    fn changed(&self) -> Option<BTreeSet<String>> {
        let mut changed = BTreeSet::new();
        let mut seals = blake3::Hasher::new();
        let mut whole = true;
        let read = self.read(&mut |some| {
            whole &= some.par_iter().all(|it| seal(&it.file, it.content.as_deref()) == it.seal);
            for change in some {
                seals.update(&change.seal);
                changed.insert(change.file.to_string());
            }
            Ok(())
        });
        let end = read.ok()?.ok()?;
        (whole && end == *seals.finalize().as_bytes()).then_some(changed)
    }

    /// Reads the file; the inner result is the seal of all seals, or the first failure of `each`,
    /// which ends the reading. Whether a seal is right is not looked at.
    #[expect(clippy::disallowed_methods, reason = "output writes the output folder")]
    fn read(&self, each: Each) -> io::Result<Result<Seal, Failure>> {
        let file = File::open(&self.path)?;
        // No part is longer than the whole: a damaged length must not fill the memory.
        let limit = file.metadata()?.len();
        let mut input = BufReader::with_capacity(1 << 18, file);
        if bytes::<16>(&mut input)? != *HEAD {
            return Err(damaged());
        }
        let chunk = |input: &mut BufReader<File>, length: u64| {
            let length = usize::try_from(length).ok().filter(|it| *it as u64 <= limit);
            let mut bytes = vec![0; length.ok_or_else(damaged)?];
            input.read_exact(&mut bytes)?;
            Ok::<_, io::Error>(bytes)
        };
        let (mut some, mut size) = (Vec::new(), 0);
        loop {
            let length = number(&mut input)?;
            if length == 0 || size > AT_A_TIME {
                if let Err(failure) = each(std::mem::take(&mut some)) {
                    return Ok(Err(failure));
                }
                size = 0;
            }
            if length == 0 {
                return Ok(Ok(bytes(&mut input)?));
            }
            let path = chunk(&mut input, length)?;
            let path = std::str::from_utf8(&path).ok().and_then(RelPath::new);
            let file = path.ok_or_else(damaged)?;
            let content = match number(&mut input)? {
                COPIED => None,
                length => Some(chunk(&mut input, length)?),
            };
            size += content.as_ref().map_or(0, Vec::len);
            some.push(Change { file, content, seal: bytes(&mut input)? });
        }
    }
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "it is damaged")
}

fn number(input: &mut BufReader<File>) -> io::Result<u64> {
    Ok(u64::from_le_bytes(bytes(input)?))
}

fn bytes<const N: usize>(input: &mut BufReader<File>) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    input.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// What is told when the site needs more bytes than the disk has.
fn no_room(needed: u64, room: u64) -> Option<Diagnostic> {
    if needed <= room {
        return None;
    }
    let message = format!(
        "the disk is full: the site needs {} MB more, and there are {} MB",
        needed.div_ceil(1_000_000),
        room / 1_000_000
    );
    let error = Diagnostic::error(NO_ROOM, message)
        .note("nothing was published; the output folder is as it was")
        .help("make room on the disk, then build again");
    Some(error)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_disk_without_room_is_told() {
        assert_eq!(no_room(1_500_000, 1_500_000), None);
        let found = no_room(1_500_001, 1_499_999).unwrap();
        assert_eq!(found.code.as_str(), "output/no-room");
        assert!(found.message.ends_with("the site needs 2 MB more, and there are 1 MB"));
    }

    #[expect(clippy::disallowed_methods, reason = "a test damages a file of its own")]
    #[test]
    fn a_damaged_file_is_seen() {
        let dir = tempfile::tempdir().unwrap();
        let record = Record::of(dir.path(), Path::new("/out"));
        let redo = Redo::start(&record).unwrap();
        let file = RelPath::new("a/b.html").unwrap();
        redo.put(&file, Content::Bytes(b"hello"), 0).unwrap();
        let sealed = redo.seal().unwrap();
        assert_eq!(sealed.changed().unwrap().len(), 1);
        let bytes = std::fs::read(&sealed.path).unwrap();
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x40;
            std::fs::write(&sealed.path, &damaged).unwrap();
            assert!(sealed.changed().is_none(), "a changed byte at {at} is not seen");
            std::fs::write(&sealed.path, &bytes[..at]).unwrap();
            assert!(sealed.changed().is_none(), "an end at {at} is not seen");
        }
    }
}
