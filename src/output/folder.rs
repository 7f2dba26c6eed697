//! The output folder on disk: looked at before it is changed, changed file by file.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::diag::Diagnostic;
use crate::output::{FOLDER, Failure, IN_THE_WAY};
use crate::render::Output;

/// The ending of a file that is not finished.
const UNFINISHED: &str = ".galen-new";

/// An output folder.
pub(crate) struct Folder {
    path: PathBuf,
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
        Ok(Self { path })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What stands where a file or one of its folders must be.
    pub(crate) fn in_the_way(
        &self,
        wanted: &BTreeMap<&str, &Output>,
        stale: &BTreeSet<&str>,
    ) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        for file in wanted.keys() {
            for (at, _) in file.match_indices('/') {
                let name = &file[..at];
                if !seen.insert(name) || stale.contains(name) {
                    continue;
                }
                match self.path.join(name).symlink_metadata() {
                    Ok(meta) if meta.is_symlink() => found.push(linked(name)),
                    Ok(meta) if !meta.is_dir() => found.push(file_for_folder(name)),
                    _ => (),
                }
            }
            let path = self.path.join(file);
            let folder = path.symlink_metadata().is_ok_and(|meta| meta.is_dir());
            if folder && self.foreign_below(file, stale) {
                found.push(folder_for_file(file));
            }
        }
        found
    }

    /// Files that neither this build nor an earlier one wrote, without hidden ones at the top.
    pub(crate) fn foreign(
        &self,
        wanted: &BTreeMap<&str, &Output>,
        earlier: &BTreeSet<String>,
    ) -> Vec<String> {
        let known = |file: &String| {
            let hidden = file.starts_with('.') && !file.contains('/') || file.starts_with(".git/");
            hidden || wanted.contains_key(file.as_str()) || earlier.contains(file)
        };
        self.files("").into_iter().filter(|file| !known(file)).collect()
    }

    /// Writes a file whole or not at all; tells whether it was changed.
    #[expect(clippy::disallowed_methods, reason = "output writes the output folder")]
    pub(crate) fn write(&self, file: &str, bytes: &[u8]) -> Result<bool, Failure> {
        let path = self.path.join(file);
        let meta = path.symlink_metadata();
        let same_size = meta.is_ok_and(|meta| meta.is_file() && meta.len() == bytes.len() as u64);
        if same_size && std::fs::read(&path).is_ok_and(|old| old == bytes) {
            return Ok(false);
        }
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| (folder.to_owned(), error))?;
        }
        let mut new = path.clone().into_os_string();
        new.push(UNFINISHED);
        let written = std::fs::write(&new, bytes).and_then(|()| std::fs::rename(&new, &path));
        written.map_err(|error| {
            // What could not be finished must not be left lying about.
            let _ = std::fs::remove_file(&new);
            (path, error)
        })?;
        Ok(true)
    }

    /// Removes a file and the folders it leaves empty; tells whether it was there.
    #[expect(clippy::disallowed_methods, reason = "output writes the output folder")]
    pub(crate) fn remove(&self, file: &str) -> Result<bool, Failure> {
        let path = self.path.join(file);
        // A folder on the way that became a link leads to files that are not ours.
        let linked = path.ancestors().skip(1).take_while(|it| **it != self.path);
        if linked.into_iter().any(|it| it.is_symlink()) {
            return Ok(false);
        }
        match std::fs::remove_file(&path) {
            Ok(()) => (),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
            Err(error) if error.kind() == ErrorKind::NotADirectory => return Ok(false),
            Err(error) => return Err((path, error)),
        }
        for folder in path.ancestors().skip(1).take_while(|it| **it != self.path) {
            if std::fs::remove_dir(folder).is_err() {
                break;
            }
        }
        Ok(true)
    }

    fn foreign_below(&self, folder: &str, stale: &BTreeSet<&str>) -> bool {
        self.files(folder).iter().any(|file| !stale.contains(file.as_str()))
    }

    fn files(&self, folder: &str) -> Vec<String> {
        let start = self.path.join(folder);
        let walk = WalkDir::new(start).sort_by_file_name().into_iter().flatten();
        walk.filter(|entry| !entry.file_type().is_dir())
            .filter_map(|entry| {
                let inner = entry.path().strip_prefix(&self.path).ok()?;
                Some(inner.to_string_lossy().replace('\\', "/"))
            })
            .collect()
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

fn harmful_folder(path: &Path) -> Diagnostic {
    let message = format!("`{}` cannot be the output folder: it holds a site", path.display());
    Diagnostic::error(FOLDER, message)
        .note("publishing removes files that no page makes any more")
        .help("name a folder of its own, such as `public`")
}

fn linked(name: &str) -> Diagnostic {
    let message = format!("`{name}` in the output folder is a link to another place");
    Diagnostic::error(IN_THE_WAY, message).help("remove the link")
}

fn file_for_folder(name: &str) -> Diagnostic {
    let message = format!("`{name}` in the output folder is a file, and a folder is needed there");
    Diagnostic::error(IN_THE_WAY, message).help("move the file away")
}

fn folder_for_file(name: &str) -> Diagnostic {
    let message = format!("`{name}` in the output folder is a folder, and a file is needed there");
    Diagnostic::error(IN_THE_WAY, message).help("move the folder away")
}
