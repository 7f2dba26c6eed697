//! What changed of a site's files between two looks at them, told by what the system knows of each
//! file without reading it.
//!
//! notify's own `PollWatcher` compares times in whole seconds and only forwards, so that it misses
//! a second save and a file that is restored; this look misses neither.

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::path::Path;
use std::time::SystemTime;

use walkdir::{DirEntry, WalkDir};

use crate::vfs;

/// The state of each file of a site, by its path from the root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stamps(BTreeMap<String, Stamp>);

/// Changes with each writing, moving or restoring of a file, also to an earlier time.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamp {
    length: u64,
    written: Option<SystemTime>,
    /// Inode, and the time of its last change, which nobody can set.
    own: (u64, i64, i64),
}

impl Stamps {
    /// Looks at a site's files.
    pub(crate) fn look(root: &Path) -> Self {
        let mut found = BTreeMap::new();
        for part in vfs::ROOTS {
            for entry in walk(&root.join(part)) {
                let Some(meta) = entry.metadata().ok().filter(|it| !it.is_dir()) else { continue };
                let inner = entry.path().strip_prefix(root).unwrap_or(entry.path());
                let name = inner.to_string_lossy().replace('\\', "/");
                let written = meta.modified().ok();
                let stamp = Stamp { length: meta.len(), written, own: own(&meta) };
                found.insert(name, stamp);
            }
        }
        Self(found)
    }

    /// The files that are new, gone or other than they were.
    pub(crate) fn since(&self, earlier: &Self) -> Vec<String> {
        let new = self.0.iter().filter(|(path, stamp)| earlier.0.get(*path) != Some(*stamp));
        let gone = earlier.0.keys().filter(|path| !self.0.contains_key(*path));
        let mut changed: Vec<String> = new.map(|(path, _)| path).chain(gone).cloned().collect();
        changed.sort();
        changed
    }
}

/// Walks over what may belong to a site: nothing hidden, nothing that editors leave behind.
pub(crate) fn walk(start: &Path) -> impl Iterator<Item = DirEntry> {
    let walk = WalkDir::new(start).follow_links(true).max_depth(64);
    walk.into_iter().filter_entry(|it| !vfs::is_litter(&it.file_name().to_string_lossy())).flatten()
}

#[cfg(unix)]
fn own(meta: &Metadata) -> (u64, i64, i64) {
    use std::os::unix::fs::MetadataExt as _;
    (meta.ino(), meta.ctime(), meta.ctime_nsec())
}

#[cfg(not(unix))]
fn own(_: &Metadata) -> (u64, i64, i64) {
    (0, 0, 0)
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
        let first = Stamps::look(root);
        assert_eq!(first.since(&Stamps::default()), ["content/a.md", "themes/t/a.css"]);

        // As long as before, and by a file put in its place.
        fs::write(root.join("themes/t/.a.css.tmp"), "b").unwrap();
        assert_eq!(Stamps::look(root), first);
        fs::rename(root.join("themes/t/.a.css.tmp"), root.join("themes/t/a.css")).unwrap();
        let second = Stamps::look(root);
        assert_eq!(second.since(&first), ["themes/t/a.css"]);
        assert!(only_styles(&second.since(&first)));

        fs::remove_file(root.join("content/a.md")).unwrap();
        let third = Stamps::look(root);
        assert_eq!(third.since(&second), ["content/a.md"]);
        assert!(!only_styles(&third.since(&first)) && !only_styles(&[]));
    }
}
