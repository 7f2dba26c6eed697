//! What Galen remembers of an output folder, under `.galen/state/`: the list of the files that it
//! wrote there, and the places of its stages.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use crate::output::{Failure, same_disk};
use crate::text::{Digest, RelPath};
use crate::trace::DiskShelf;

/// The first line of a list, with the version of its form.
const HEAD: &str = "galen published 1";
/// The last line of a list: without it, the writing was cut short.
const TAIL: &str = "end";

/// What is remembered of one output folder.
pub(crate) struct Record {
    state: PathBuf,
    name: String,
}

impl Record {
    /// Finds the record of a folder, which has one of its own for each folder that was built into.
    pub(crate) fn of(root: &Path, folder: &Path) -> Self {
        let name = Digest::of(folder.to_string_lossy().as_bytes()).hex(16);
        Self { state: root.join(".galen/state"), name }
    }

    /// Gives where what builds leave for the next one is kept.
    pub(crate) fn shelf(&self, root: &Path) -> DiskShelf {
        DiskShelf::new(root.join(".galen/cache"), &self.name)
    }

    /// Gives the place of something that belongs to this output folder; the folder that it is in
    /// exists.
    #[expect(clippy::disallowed_methods, reason = "output keeps its own record")]
    pub(crate) fn place(&self, what: &str) -> Result<PathBuf, Failure> {
        std::fs::create_dir_all(&self.state).map_err(|error| (self.state.clone(), error))?;
        Ok(self.state.join(format!("{what}-{}", self.name)))
    }

    /// Tells whether a stage beside the record can be moved into the folder.
    pub(crate) fn shares_disk_with(&self, folder: &Path) -> bool {
        same_disk(&self.state, folder)
    }

    /// Tells whether there is a list of the last build's files.
    pub(crate) fn has_list(&self) -> bool {
        let length = self.place("published").map(|path| path.metadata().map_or(0, |it| it.len()));
        length.is_ok_and(|length| length > (HEAD.len() + TAIL.len() + 2) as u64)
    }

    /// Tells whether the list of the last build's files is just this one, with a file on each line.
    #[expect(clippy::disallowed_methods, reason = "output keeps its own record")]
    pub(crate) fn is(&self, files: &str) -> bool {
        let text = self.place("published").ok().and_then(|it| std::fs::read_to_string(it).ok());
        let list = text.as_deref().and_then(|it| it.strip_prefix(HEAD)?.strip_prefix('\n'));
        list.and_then(|it| it.strip_prefix(files)) == Some(&*format!("{TAIL}\n"))
    }

    /// Gives the files of the last build; none when there is no list, or one that cannot be read.
    pub(crate) fn read(&self) -> BTreeSet<String> {
        self.list("published").unwrap_or_default()
    }

    /// Gives the files of the build that is being published; `None` when there is none.
    pub(crate) fn read_next(&self) -> Option<BTreeSet<String>> {
        self.list("next")
    }

    /// Its lines come from a file that anyone may have changed, so each must be a tidy path.
    #[expect(clippy::disallowed_methods, reason = "output keeps its own record")]
    fn list(&self, what: &str) -> Option<BTreeSet<String>> {
        let text = std::fs::read_to_string(self.place(what).ok()?).ok()?;
        let text = text.strip_prefix(HEAD)?.strip_suffix(&format!("\n{TAIL}\n"))?;
        Some(text.lines().filter(|line| RelPath::new(line).is_some()).map(str::to_owned).collect())
    }

    /// Writes the list of the files that are to be published.
    #[expect(clippy::disallowed_methods, reason = "output keeps its own record")]
    pub(crate) fn write_next<'a>(
        &self,
        files: impl Iterator<Item = &'a str>,
    ) -> Result<(), Failure> {
        let path = self.place("next")?;
        let write = || {
            let mut out = BufWriter::new(File::create(&path)?);
            out.write_all(HEAD.as_bytes())?;
            for file in files {
                write!(out, "\n{file}")?;
            }
            write!(out, "\n{TAIL}\n")?;
            out.flush()
        };
        write().map_err(|error| (path.clone(), error))
    }

    /// Makes the list of the last build that of the files that are to be published.
    #[expect(clippy::disallowed_methods, reason = "output keeps its own record")]
    pub(crate) fn write_same(&self) -> Result<(), Failure> {
        let (published, next) = (self.place("published")?, self.place("next")?);
        std::fs::copy(published, &next).map(drop).map_err(|error| (next, error))
    }

    /// Makes the list of what was being published that of the last build.
    #[expect(clippy::disallowed_methods, reason = "output keeps its own record")]
    pub(crate) fn accept_next(&self) -> Result<(), Failure> {
        let (next, published) = (self.place("next")?, self.place("published")?);
        std::fs::rename(&next, published).map_err(|error| (next, error))
    }

    /// Removes something that belongs to this output folder, if it is there.
    #[expect(clippy::disallowed_methods, reason = "output keeps its own record")]
    pub(crate) fn remove(&self, what: &str) -> Result<(), Failure> {
        let path = self.place(what)?;
        let removed = match path.is_dir() {
            true => std::fs::remove_dir_all(&path),
            false => std::fs::remove_file(&path),
        };
        match removed {
            Err(error) if error.kind() != ErrorKind::NotFound => Err((path, error)),
            _ => Ok(()),
        }
    }
}
