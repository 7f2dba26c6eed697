//! The output folder on disk: looked at before it is changed, changed file by file.

use std::collections::BTreeSet;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use crate::diag::Diagnostic;
use crate::output::{FOLDER, Failure};
use crate::render::Content;
use crate::text::RelPath;
use crate::vfs::{Lazy, Mark};

/// An output folder.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    looker: Arc<Lazy>,
}

/// What a file holds, beside what it is to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    /// Just this, and it has no other name.
    Same,
    /// Something else, of so many bytes: none where there is no file.
    Other(u64),
}

impl Folder {
    /// Opens a folder, which need not exist yet. One that holds the site's sources, or that the
    /// site lies in, would be destroyed by publishing into it.
    pub(crate) fn open(root: &Path, folder: &Path) -> Result<Self, Box<Diagnostic>> {
        let root = canonical(root);
        let path = canonical(&root.join(folder));
        let inside = ["content", "themes", "src", ".git", ".galen/state"];
        let harmful = root.starts_with(&path)
            || inside.iter().any(|name| path.starts_with(root.join(name)))
            || path.join("galen.yaml").exists();
        if harmful {
            return Err(Box::new(harmful_folder(&path)));
        }
        if path.exists() && !path.is_dir() {
            let message = format!("`{}` is a file, not a folder", path.display());
            let error = Diagnostic::error(FOLDER, message).help("name another output folder");
            return Err(Box::new(error));
        }
        Ok(Self { path, looker: Arc::default() })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Tells whether nothing is there yet but hidden files, such as a `.gitignore`.
    #[expect(clippy::disallowed_methods, reason = "output looks where it will write")]
    pub(crate) fn is_bare(&self) -> bool {
        let Ok(entries) = std::fs::read_dir(&self.path) else { return true };
        entries.flatten().all(|entry| {
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            hidden && entry.file_type().is_ok_and(|it| it.is_file())
        })
    }

    /// Tells whether a file is there.
    pub(crate) fn has(&self, file: &str) -> bool {
        self.path.join(file).symlink_metadata().is_ok_and(|meta| meta.is_file())
    }

    /// Reads a file; `None` when it cannot be read.
    #[expect(clippy::disallowed_methods, reason = "output looks where it writes")]
    pub(crate) fn read(&self, file: &str) -> Option<Vec<u8>> {
        std::fs::read(self.path.join(file)).ok()
    }

    /// Looks at a file or folder itself, not at what it may lead to; `None` when it is gone, or
    /// may change by another name.
    pub(crate) fn mark(&self, file: &str) -> Option<Mark> {
        let seen = self.looker.look(&self.path, file, false)?;
        (seen.is_folder || seen.is_own_file).then_some(seen.mark)
    }

    /// Compares a file with what it is to hold.
    #[expect(clippy::disallowed_methods, reason = "output looks where it will write")]
    pub(crate) fn held(&self, file: &RelPath, content: Content) -> Held {
        let path = self.path.join(file.as_str());
        let now = path.symlink_metadata();
        let is_own = |length: u64| {
            let own = |it: &Metadata| it.is_file() && it.len() == length && !has_other_names(it);
            now.as_ref().is_ok_and(own)
        };
        let same = || {
            let (mut content, length): (Box<dyn Read>, u64) = match content {
                Content::Bytes(bytes) => (Box::new(bytes), bytes.len() as u64),
                Content::Copy(source) => (Box::new(source.open()?), source.length()?),
            };
            Ok(is_own(length) && same_bytes(&mut File::open(&path)?, &mut content)?)
        };
        let same: io::Result<bool> = same();
        match same.unwrap_or(false) {
            true => Held::Same,
            false => Held::Other(now.map_or(0, |it| it.len())),
        }
    }

    /// Writes a file over the one that is there. It is not cut to nothing first, which is dearer
    /// than writing; and it is written anew where it is a link, or has another name elsewhere.
    #[expect(clippy::disallowed_methods, reason = "output writes the output folder")]
    pub(crate) fn write(&self, file: &str, bytes: &[u8]) -> Result<(), Failure> {
        let path = self.path.join(file);
        let write = || {
            let own = match path.symlink_metadata() {
                Ok(meta) if meta.is_file() && !has_other_names(&meta) => Some(meta.len()),
                Ok(_) => {
                    std::fs::remove_file(&path)?;
                    None
                }
                Err(_) => {
                    path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
                    None
                }
            };
            let Some(length) = own else { return File::create_new(&path)?.write_all(bytes) };
            let mut open = OpenOptions::new().write(true).open(&path)?;
            open.write_all(bytes)?;
            if length > bytes.len() as u64 { open.set_len(bytes.len() as u64) } else { Ok(()) }
        };
        write().map_err(|error| (path.clone(), error))
    }

    /// Moves a finished copy to its place; does nothing when that was done before.
    #[expect(clippy::disallowed_methods, reason = "output writes the output folder")]
    pub(crate) fn take(&self, file: &str, copy: &Path) -> Result<(), Failure> {
        let path = self.path.join(file);
        let take = || {
            if !copy.exists() {
                return Ok(());
            }
            path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
            match std::fs::rename(copy, &path) {
                // On another disk.
                Err(error) if error.kind() == ErrorKind::CrossesDevices => {
                    let _ = std::fs::remove_file(&path);
                    std::fs::copy(copy, &path).map(drop)
                }
                done => done,
            }
        };
        take().map_err(|error| (path.clone(), error))
    }

    /// The places among these that may not be written.
    pub(crate) fn unwritable(&self, files: &[&str]) -> Vec<Diagnostic> {
        let refused = |file: &&str| {
            let path = self.path.join(file);
            let mut above = path.ancestors().skip(1);
            let folder = above.find_map(|it| Some((it, may_write(it)?)));
            let folder = folder.filter(|(_, may)| !may).map(|(folder, _)| folder.to_owned());
            // A link is written anew, wherever it leads.
            let own = may_write(&path) == Some(false) && !path.is_symlink();
            [folder, own.then_some(path)]
        };
        let found: BTreeSet<PathBuf> = files.par_iter().flat_map_iter(refused).flatten().collect();
        found.iter().map(|path| read_only(path)).collect()
    }

    /// How many bytes the disk has room for; `None` where that cannot be told.
    pub(crate) fn room(&self) -> Option<u64> {
        let there = self.path.ancestors().find(|it| it.exists())?;
        room(there)
    }

    /// Removes a file, if it is there, and the folders it leaves empty.
    #[expect(clippy::disallowed_methods, reason = "output writes the output folder")]
    pub(crate) fn remove(&self, file: &str) -> Result<(), Failure> {
        let path = self.path.join(file);
        // A folder on the way that became a link leads to files that are not ours.
        let linked = path.ancestors().skip(1).take_while(|it| **it != self.path);
        if linked.into_iter().any(|it| it.is_symlink()) {
            return Ok(());
        }
        match std::fs::remove_file(&path) {
            Ok(()) => (),
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
            Err(error) => return Err((path, error)),
        }
        for folder in path.ancestors().skip(1).take_while(|it| **it != self.path) {
            if std::fs::remove_dir(folder).is_err() {
                break;
            }
        }
        Ok(())
    }
}

/// The path with its links resolved as far as it exists.
#[expect(clippy::disallowed_methods, reason = "output looks where it will write")]
fn canonical(path: &Path) -> PathBuf {
    if let Ok(found) = std::fs::canonicalize(path) {
        return found;
    }
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => canonical(parent).join(name),
        _ => path.to_owned(),
    }
}

/// Tells whether a file has other names (hard links): what is written here would show there.
#[cfg(unix)]
fn has_other_names(meta: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    meta.nlink() > 1
}

#[cfg(not(unix))]
fn has_other_names(_: &Metadata) -> bool {
    false
}

/// Tells whether a place may be written; `None` when there is nothing, or nobody may look.
#[cfg(unix)]
fn may_write(path: &Path) -> Option<bool> {
    use rustix::io::Errno;
    match rustix::fs::access(path, rustix::fs::Access::WRITE_OK) {
        Ok(()) => Some(true),
        Err(Errno::NOENT | Errno::NOTDIR) => None,
        Err(_) => path.symlink_metadata().is_ok().then_some(false),
    }
}

#[cfg(not(unix))]
fn may_write(path: &Path) -> Option<bool> {
    let meta = path.metadata().ok()?;
    Some(meta.is_dir() || !meta.permissions().readonly())
}

#[cfg(unix)]
fn room(path: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(path).ok()?;
    // File systems that are none, such as /proc, have no size at all.
    (disk.f_blocks > 0).then(|| disk.f_bavail * disk.f_frsize)
}

#[cfg(not(unix))]
fn room(_: &Path) -> Option<u64> {
    None
}

/// Compares two inputs to their ends.
fn same_bytes(a: &mut impl Read, b: &mut impl Read) -> io::Result<bool> {
    let (mut left, mut right) = ([0; 32 * 1024], [0; 32 * 1024]);
    loop {
        let count = fill(a, &mut left)?;
        if count != fill(b, &mut right)? || left[..count] != right[..count] {
            return Ok(false);
        }
        if count < left.len() {
            return Ok(true);
        }
    }
}

/// Reads as much as there is room for, less only at the end.
fn fill(input: &mut impl Read, room: &mut [u8]) -> io::Result<usize> {
    let mut count = 0;
    while count < room.len() {
        match input.read(&mut room[count..])? {
            0 => break,
            read => count += read,
        }
    }
    Ok(count)
}

fn read_only(path: &Path) -> Diagnostic {
    Diagnostic::error(FOLDER, format!("`{}` may not be written", path.display()))
        .note("nothing was published; the output folder is as it was")
        .help("change its permissions, or build into another folder with `-o`")
}

fn harmful_folder(path: &Path) -> Diagnostic {
    let message = format!("`{}` cannot be the output folder: it holds a site", path.display());
    Diagnostic::error(FOLDER, message)
        .note("publishing removes files that no page makes any more")
        .help("name a folder of its own, such as `public`")
}
