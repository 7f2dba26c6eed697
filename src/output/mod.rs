//! The finished set to the output folder: only what changed is written, and what an earlier build
//! wrote and this one does not is removed.
//!
//! [`publish`] first looks whether anything stands in the way; only then does it change the
//! folder. Files that Galen did not write are left, and named.

mod folder;
mod record;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::render::Output;

use folder::Folder;
use record::Record;

/// An output folder that may not be one, or cannot be written.
pub const FOLDER: Code = Code::new("output/folder");
/// Something in the output folder that stands where a file must be.
pub const IN_THE_WAY: Code = Code::new("output/in-the-way");
/// A file in the output folder that Galen did not write.
pub const FOREIGN: Code = Code::new("output/foreign-file");

/// Where to publish.
#[derive(Clone, Debug)]
pub struct Target {
    /// The site's root.
    pub root: PathBuf,
    /// The output folder, from the root unless absolute.
    pub folder: PathBuf,
}

/// What publishing did.
#[derive(Clone, Debug, Default)]
pub struct Published {
    /// Files that are new or changed.
    pub wrote: usize,
    /// Files that were already as they should be.
    pub kept: usize,
    /// Files that went, because no page makes them any more.
    pub removed: Vec<String>,
}

/// Publishes a finished set. `None` when it cannot be, which has been reported; the folder is
/// then as it was, unless the disk failed half-way.
pub fn publish(
    outputs: &[Output],
    target: &Target,
    diagnostics: &mut Diagnostics,
) -> Option<Published> {
    let folder = match Folder::open(&target.root, &target.folder) {
        Ok(folder) => folder,
        Err(error) => {
            diagnostics.push(*error);
            return None;
        }
    };
    let record = Record::of(&target.root, folder.path());
    let earlier = record.read();
    let wanted: BTreeMap<&str, &Output> =
        outputs.iter().map(|output| (output.file.as_str(), output)).collect();
    let stale: BTreeSet<&str> =
        earlier.iter().map(String::as_str).filter(|file| !wanted.contains_key(file)).collect();
    let blocked = folder.in_the_way(&wanted, &stale);
    if !blocked.is_empty() {
        diagnostics.extend(blocked);
        return None;
    }
    diagnostics.extend(folder.foreign(&wanted, &earlier).into_iter().map(|it| foreign(&it)));
    match apply(&folder, &record, &wanted, &stale, &earlier) {
        Ok(published) => Some(published),
        Err((path, error)) => {
            diagnostics.push(unwritable(&path, &error));
            None
        }
    }
}

type Failure = (PathBuf, std::io::Error);

fn apply(
    folder: &Folder,
    record: &Record,
    wanted: &BTreeMap<&str, &Output>,
    stale: &BTreeSet<&str>,
    earlier: &BTreeSet<String>,
) -> Result<Published, Failure> {
    let mut published = Published::default();
    // Recorded before the first change, so that a build that is killed leaves no file behind
    // that later builds take for somebody else's.
    let both = earlier.iter().map(String::as_str).chain(wanted.keys().copied());
    record.write(&both.collect())?;
    for file in stale {
        if folder.remove(file)? {
            published.removed.push((*file).to_owned());
        }
    }
    for (file, output) in wanted {
        match folder.write(file, &output.bytes)? {
            true => published.wrote += 1,
            false => published.kept += 1,
        }
    }
    record.write(&wanted.keys().copied().collect())?;
    Ok(published)
}

fn unwritable(path: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error(FOLDER, format!("`{}` cannot be written: {error}", path.display()))
        .help("check that the folder may be written and that the disk is not full")
}

fn foreign(file: &str) -> Diagnostic {
    Diagnostic::warning(FOREIGN, format!("`{file}` in the output folder was not made by this site"))
        .help("it is left where it is, and goes online with the site: remove it if it should not")
}
