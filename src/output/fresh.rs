//! The first build into a folder: a whole tree beside it, moved in by its top-level names.

use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use crate::output::record::Record;
use crate::output::{Changes, Failure, Step};
use crate::render::Content;
use crate::text::RelPath;

/// The tree while it is made.
const PART: &str = "fresh-part";
/// The tree when it is whole.
const WHOLE: &str = "fresh";

/// A tree that is being made.
pub(crate) struct Fresh {
    path: PathBuf,
    whole: PathBuf,
}

/// A tree that is whole.
pub(crate) struct Sealed {
    path: PathBuf,
}

/// Finishes the moving in of a killed build's tree, or removes the tree if it was not whole.
pub(crate) fn recover(changes: &Changes) -> Result<(), Failure> {
    let path = changes.record.place(WHOLE)?;
    if path.is_dir() {
        Sealed { path }.move_in(changes)?;
    }
    changes.record.remove(PART)
}

impl Fresh {
    #[expect(clippy::disallowed_methods, reason = "output writes the output folder")]
    pub(crate) fn start(record: &Record) -> Result<Self, Failure> {
        let path = record.place(PART)?;
        std::fs::create_dir(&path).map_err(|error| (path.clone(), error))?;
        Ok(Self { path, whole: record.place(WHOLE)? })
    }

    #[expect(clippy::disallowed_methods, reason = "output writes the output folder")]
    pub(crate) fn put(&self, file: &RelPath, content: Content) -> Result<(), Failure> {
        let path = self.path.join(file.as_str());
        let write = || {
            // Most files are alone in their folder, so that it is made without asking first.
            let folder = path.parent().unwrap_or(&self.path);
            if folder != self.path {
                match std::fs::create_dir(folder) {
                    Err(error) if error.kind() == ErrorKind::AlreadyExists => (),
                    Err(error) if error.kind() == ErrorKind::NotFound => {
                        std::fs::create_dir_all(folder)?;
                    }
                    made => made?,
                }
            }
            match content {
                Content::Bytes(bytes) => File::create_new(&path)?.write_all(bytes),
                Content::Copy(source) => copy(source, &path),
            }
        };
        write().map_err(|error| (path.clone(), error))
    }

    #[expect(clippy::disallowed_methods, reason = "output writes the output folder")]
    pub(crate) fn seal(self) -> Result<Sealed, Failure> {
        let renamed = std::fs::rename(&self.path, &self.whole);
        renamed.map_err(|error| (self.path, error))?;
        Ok(Sealed { path: self.whole })
    }

    #[expect(clippy::disallowed_methods, reason = "output writes the output folder")]
    pub(crate) fn discard(self) {
        // What is left is removed by the next build.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

impl Sealed {
    /// Moves the tree in and makes its list the folder's.
    #[expect(clippy::disallowed_methods, reason = "output writes the output folder")]
    pub(crate) fn move_in(self, changes: &Changes) -> Result<(), Failure> {
        let folder = changes.folder.path();
        // Without its list, everything has been moved already.
        if changes.record.read_next().is_some() {
            std::fs::create_dir_all(folder).map_err(|error| (folder.to_owned(), error))?;
            let names =
                std::fs::read_dir(&self.path).map_err(|error| (self.path.clone(), error))?;
            for name in names.flatten().map(|entry| entry.file_name()) {
                changes.hook(Step::Change);
                let to = folder.join(&name);
                std::fs::rename(self.path.join(&name), &to).map_err(|error| (to, error))?;
            }
            changes.hook(Step::Record);
            changes.record.accept_next()?;
        }
        changes.hook(Step::Clear);
        changes.record.remove(WHOLE)
    }
}

/// Copies a file of the site: where the system can, the copy shares its blocks with the original
/// until one of them changes (`copy_file_range` on Linux, `fclonefileat` on macOS).
#[expect(clippy::disallowed_methods, reason = "output writes the output folder")]
pub(crate) fn copy(source: &crate::vfs::Source, to: &Path) -> std::io::Result<()> {
    match source.on_disk() {
        // The copy must be writable, whatever the original is.
        Some(from) => {
            let (mut from, mut to) = (File::open(from)?, File::create(to)?);
            std::io::copy(&mut from, &mut to).map(drop)
        }
        None => std::fs::write(to, source.bytes()?),
    }
}
