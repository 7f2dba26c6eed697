//! What changed of a site's files between two looks at them, told by what the system knows of each
//! file, and by what it holds where that is not enough.
//!
//! notify's own `PollWatcher` compares times in whole seconds and only forwards, so that it misses
//! a second save and a file that is restored; this look misses neither.

use std::collections::BTreeMap;
use std::path::Path;

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use walkdir::{DirEntry, WalkDir};

use crate::config;
use crate::text::{Digest, RelPath};
use crate::vfs::{self, Disk, Files as _, Mark};

/// How many folders may be in each other.
const DEEPEST: usize = 64;

/// The state of each file of a site, by its path from the root.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stamps(BTreeMap<String, Stamp>);

#[derive(Clone, Debug)]
struct Stamp {
    mark: Mark,
    /// What the file held, where the mark does not tell: while a clock stands still, a file may be
    /// written once more and look as it did (Git calls such files "racily clean").
    held: Option<Digest>,
}

impl Stamps {
    /// Takes some files as they are now for seen.
    pub(crate) fn see(&mut self, root: &Path, paths: &[String]) {
        let disk = Disk::new(root);
        for path in paths {
            if let Some(mark) = RelPath::new(path).and_then(|path| disk.mark(&path)) {
                let held = Some(Disk::digest(&root.join(path)));
                self.0.insert(path.clone(), Stamp { mark, held });
            }
        }
    }

    /// Looks at a site's files; names those that are new, gone or other than they were, sorted.
    pub(crate) fn look(root: &Path, earlier: &Self) -> (Self, Vec<String>) {
        let now = i64::try_from(config::now().as_nanosecond()).unwrap_or(i64::MAX);
        let disk = Disk::new(root);
        let one = |(name, mark): (String, Mark)| {
            let recent = !mark.is_settled(now);
            let before = earlier.0.get(&name);
            let doubted = before.is_some_and(|it| it.held.is_some());
            let held = (recent || doubted).then(|| Disk::digest(&root.join(&name)));
            let same = before.is_some_and(|before| match (before.held, held) {
                (Some(before), Some(now)) => before == now,
                _ => before.mark == mark,
            });
            (name, Stamp { mark, held: held.filter(|_| recent) }, same)
        };
        let seen: Vec<(String, Stamp, bool)> =
            vfs::ROOTS.par_iter().flat_map(|part| seen(&disk, part, DEEPEST)).map(one).collect();
        let (mut found, mut changed) = (BTreeMap::new(), Vec::new());
        for (name, stamp, same) in seen {
            changed.extend((!same).then(|| name.clone()));
            found.insert(name, stamp);
        }
        changed.extend(earlier.0.keys().filter(|name| !found.contains_key(*name)).cloned());
        changed.sort();
        (Self(found), changed)
    }
}

/// A file, or the files below a folder, down to so many folders.
fn seen(disk: &Disk, path: &str, deep: usize) -> Vec<(String, Mark)> {
    let Some(names) = disk.names(path) else {
        let mark = RelPath::new(path).and_then(|path| disk.mark(&path));
        return mark.map(|mark| (path.to_owned(), mark)).into_iter().collect();
    };
    let one = |name: &String| match name.strip_suffix('/') {
        Some(folder) if deep > 0 => seen(disk, &format!("{path}/{folder}"), deep - 1),
        Some(_) => Vec::new(),
        None => {
            let path = RelPath::new(&format!("{path}/{name}"));
            let mark = path.and_then(|path| Some((path.to_string(), disk.mark(&path)?)));
            mark.into_iter().collect()
        }
    };
    names.par_iter().flat_map(one).collect()
}

/// Walks over what may belong to a site: nothing hidden, nothing that editors leave behind.
pub(crate) fn walk(start: &Path) -> impl Iterator<Item = DirEntry> {
    let walk = WalkDir::new(start).follow_links(true).max_depth(DEEPEST);
    walk.into_iter().filter_entry(|it| !vfs::is_litter(&it.file_name().to_string_lossy())).flatten()
}

/// Tells whether stylesheets changed, and nothing else.
pub(crate) fn only_styles(changed: &[String]) -> bool {
    !changed.is_empty() && changed.iter().all(|path| path.ends_with(".css"))
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests write real files")]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_change_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        fs::create_dir_all(root.join("content")).unwrap();
        fs::create_dir_all(root.join("themes/t")).unwrap();
        fs::write(root.join("content/a.md"), "a").unwrap();
        fs::write(root.join("themes/t/a.css"), "a").unwrap();
        let (first, changed) = Stamps::look(root, &Stamps::default());
        assert_eq!(changed, ["content/a.md", "themes/t/a.css"]);

        // As long as before, and by a file put in its place.
        fs::write(root.join("themes/t/.a.css.tmp"), "b").unwrap();
        let (first, changed) = Stamps::look(root, &first);
        assert!(changed.is_empty());
        fs::rename(root.join("themes/t/.a.css.tmp"), root.join("themes/t/a.css")).unwrap();
        let (second, changed) = Stamps::look(root, &first);
        assert_eq!(changed, ["themes/t/a.css"]);
        assert!(only_styles(&changed));

        fs::remove_file(root.join("content/a.md")).unwrap();
        let (third, changed) = Stamps::look(root, &second);
        assert_eq!(changed, ["content/a.md"]);
        assert!(!only_styles(&changed) && !only_styles(&[]));
        assert!(Stamps::look(root, &third).1.is_empty());
    }

    #[test]
    fn a_file_that_was_just_written_is_known_by_what_it_holds() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("galen.yaml");
        fs::write(&path, "a").unwrap();
        let (mut first, _) = Stamps::look(dir.path(), &Stamps::default());
        // Written with the same: no change. Written with another text while the clock stood still: one.
        let stamp = first.0.get_mut("galen.yaml").unwrap();
        stamp.held = Some(Digest::of(b"a"));
        fs::write(&path, "a").unwrap();
        assert!(Stamps::look(dir.path(), &first).1.is_empty());
        fs::write(&path, "b").unwrap();
        first.0.get_mut("galen.yaml").unwrap().mark = Mark::of(&path.metadata().unwrap());
        assert_eq!(Stamps::look(dir.path(), &first).1, ["galen.yaml"]);
    }
}
