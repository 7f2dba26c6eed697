//! The list of files that Galen wrote into an output folder, kept under `.galen/state/`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::output::Failure;
use crate::text::{Digest, RelPath};

/// The first line of the file, with the version of its form.
const HEAD: &str = "galen published 1";

/// The list for one output folder.
pub(crate) struct Record {
    path: PathBuf,
}

impl Record {
    /// Finds the list of a folder, which has one of its own for each folder that was built into.
    pub(crate) fn of(root: &Path, folder: &Path) -> Self {
        let name = Digest::of(folder.to_string_lossy().as_bytes()).hex(16);
        Self { path: root.join(".galen/state").join(format!("published-{name}.txt")) }
    }

    /// Gives the files; none when there is no list, or one that cannot be read. Its lines come
    /// from a file that anyone may have changed, so each must be a tidy path.
    #[expect(clippy::disallowed_methods, reason = "output keeps its own record")]
    pub(crate) fn read(&self) -> BTreeSet<String> {
        let text = std::fs::read_to_string(&self.path).unwrap_or_default();
        let mut lines = text.lines();
        if lines.next() != Some(HEAD) {
            return BTreeSet::new();
        }
        lines.filter(|line| RelPath::new(line).is_some()).map(str::to_owned).collect()
    }

    /// Replaces the list.
    #[expect(clippy::disallowed_methods, reason = "output keeps its own record")]
    pub(crate) fn write(&self, files: &BTreeSet<&str>) -> Result<(), Failure> {
        let fail = |error| (self.path.clone(), error);
        let mut text = String::from(HEAD);
        for file in files {
            text.push('\n');
            text.push_str(file);
        }
        text.push('\n');
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder).map_err(fail)?;
        }
        let new = self.path.with_extension("new");
        std::fs::write(&new, text).map_err(fail)?;
        std::fs::rename(&new, &self.path).map_err(fail)
    }
}
