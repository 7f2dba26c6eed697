//! What is in the output folder, looked at as a whole before it is changed.

use std::collections::{BTreeSet, HashMap};
use std::ops::Bound;

use walkdir::WalkDir;

use crate::diag::Diagnostic;
use crate::output::folder::Folder;
use crate::output::{IN_THE_WAY, Others};
use crate::text::RelPath;

/// Everything in an output folder: what is in a folder follows it.
pub(crate) struct There(Vec<Place>);

struct Place {
    path: String,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Folder,
    Link,
    File,
}

impl There {
    /// Looks at a folder; at nothing where it is absent.
    pub(crate) fn look(folder: &Folder) -> Self {
        let walk = WalkDir::new(folder.path()).min_depth(1).sort_by_file_name();
        let place = |entry: walkdir::DirEntry| {
            let inner = entry.path().strip_prefix(folder.path()).ok()?;
            let path = inner.to_string_lossy().replace('\\', "/");
            let kind = match entry.file_type() {
                it if it.is_dir() => Kind::Folder,
                it if it.is_symlink() => Kind::Link,
                _ => Kind::File,
            };
            Some(Place { path, kind })
        };
        Self(walk.into_iter().flatten().filter_map(place).collect())
    }

    /// What stands where a file or one of its folders must be; `stale` goes before. What was not
    /// seen as a folder is asked for: some systems take `A` and `a` for one, and folders may hide
    /// what is in them.
    pub(crate) fn in_the_way(
        &self,
        folder: &Folder,
        made: &BTreeSet<RelPath>,
        stale: &BTreeSet<String>,
    ) -> Vec<Diagnostic> {
        let places: HashMap<&str, usize> =
            self.0.iter().enumerate().map(|(at, it)| (&*it.path, at)).collect();
        let is_folder = |at: &usize| self.0[*at].kind == Kind::Folder;
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        // Nothing is in the way below a folder that is not there.
        let mut absent = None;
        'files: for file in made.iter().map(RelPath::as_str) {
            for (at, _) in file.match_indices('/') {
                let name = &file[..at];
                if absent == Some(name) {
                    continue 'files;
                }
                let is_seen = places.get(name).is_some_and(is_folder) || !seen.insert(name);
                if is_seen || stale.contains(name) {
                    continue;
                }
                match folder.path().join(name).symlink_metadata() {
                    Ok(meta) if meta.is_symlink() => found.push(linked(name)),
                    Ok(meta) if !meta.is_dir() => found.push(file_for_folder(name)),
                    Ok(_) => (),
                    Err(_) => {
                        absent = Some(name);
                        continue 'files;
                    }
                }
            }
            let is_in_the_way = match places.get(file) {
                Some(at) => is_folder(at) && self.stays_in(*at, stale),
                None => folder.path().join(file).symlink_metadata().is_ok_and(|it| it.is_dir()),
            };
            if is_in_the_way {
                found.push(folder_for_file(file));
            }
        }
        found
    }

    /// Tells whether there are files in a folder that do not go.
    fn stays_in(&self, at: usize, stale: &BTreeSet<String>) -> bool {
        let folder = &self.0[at].path;
        let mut inner = self.0[at + 1..].iter().take_while(|it| is_below(&it.path, folder));
        inner.any(|it| it.kind != Kind::Folder && !stale.contains(&it.path))
    }

    /// What neither this build nor an earlier one wrote, without hidden files at the top.
    pub(crate) fn others(&self, made: &BTreeSet<RelPath>, earlier: &BTreeSet<String>) -> Others {
        let known = |file: &String| {
            let hidden = file.starts_with('.') && !file.contains('/') || file.starts_with(".git/");
            hidden || made.contains(file.as_str()) || earlier.contains(file)
        };
        let mut others = Others::default();
        for Place { path, kind } in &self.0 {
            match kind {
                Kind::Folder => others.folders |= !has_below(made, path),
                _ if known(path) => (),
                _ => others.files.push(path.clone()),
            }
        }
        others
    }
}

/// Tells whether a file is made below a place.
fn has_below(made: &BTreeSet<RelPath>, path: &str) -> bool {
    let below = format!("{path}/");
    let mut first = made.range::<str, _>((Bound::Included(below.as_str()), Bound::Unbounded));
    first.next().is_some_and(|file| file.as_str().starts_with(&below))
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
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
