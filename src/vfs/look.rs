//! Looks at files by their paths from one open folder, which costs less than whole paths do.

use std::path::Path;
use std::sync::OnceLock;

use crate::vfs::Mark;

/// What is seen of a place.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// What tells its versions apart.
    pub mark: Mark,
    /// Whether it is a folder.
    pub is_folder: bool,
    /// Whether it is a file, and has no other name.
    pub is_own_file: bool,
}

/// A folder that is opened when it is first looked into.
#[derive(Debug, Default)]
pub struct Lazy(OnceLock<Looker>);

impl Lazy {
    /// Looks at a place in a folder, which must always be the same one.
    pub fn look(&self, folder: &Path, path: &str, follow: bool) -> Option<Look> {
        if self.0.get().is_none() {
            let _ = self.0.set(Looker::open(folder)?);
        }
        self.0.get()?.look(path, follow)
    }
}

/// An open folder.
#[cfg(unix)]
#[derive(Debug)]
pub struct Looker(rustix::fd::OwnedFd);

#[cfg(unix)]
impl Looker {
    /// Opens a folder; `None` when it is not there.
    pub fn open(folder: &Path) -> Option<Self> {
        use rustix::fs::{Mode, OFlags, open};
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        open(folder, flags, Mode::empty()).ok().map(Self)
    }

    /// Looks at a place in the folder; `None` when there is nothing. A link is looked through if
    /// `follow`, and is otherwise neither file nor folder.
    pub fn look(&self, path: &str, follow: bool) -> Option<Look> {
        use rustix::fs::{AtFlags, FileType, statat};
        let flags = if follow { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW };
        let path = if path.is_empty() { "." } else { path };
        let stat = statat(&self.0, path, flags).ok()?;
        let kind = FileType::from_raw_mode(stat.st_mode);
        let time =
            |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
        let mark = Mark {
            size: u64::try_from(stat.st_size).unwrap_or_default(),
            #[allow(clippy::useless_conversion, reason = "the widths differ between systems")]
            modified: time(stat.st_mtime.into(), i64::try_from(stat.st_mtime_nsec).unwrap_or(0)),
            #[allow(clippy::useless_conversion, reason = "the widths differ between systems")]
            changed: time(stat.st_ctime.into(), i64::try_from(stat.st_ctime_nsec).unwrap_or(0)),
            number: stat.st_ino,
        };
        let is_own_file = kind == FileType::RegularFile && stat.st_nlink == 1;
        Some(Look { mark, is_folder: kind == FileType::Directory, is_own_file })
    }
}

/// A folder by its path, where the system opens none.
#[cfg(not(unix))]
#[derive(Debug)]
pub struct Looker(std::path::PathBuf);

#[cfg(not(unix))]
#[expect(clippy::disallowed_methods, reason = "vfs is where files are looked at")]
impl Looker {
    /// Opens a folder; `None` when it is not there.
    pub fn open(folder: &Path) -> Option<Self> {
        folder.is_dir().then(|| Self(folder.to_owned()))
    }

    /// Looks at a place in the folder; `None` when there is nothing. A link is looked through if
    /// `follow`, and is otherwise neither file nor folder.
    pub fn look(&self, path: &str, follow: bool) -> Option<Look> {
        let place = self.0.join(path);
        let meta = if follow { std::fs::metadata(place) } else { std::fs::symlink_metadata(place) }
            .ok()?;
        Some(Look { mark: Mark::of(&meta), is_folder: meta.is_dir(), is_own_file: meta.is_file() })
    }
}
