//! By what a file is known to be as it was, without reading it.

use std::fs::Metadata;

/// How long the clock of a file system may stand still, in nanoseconds: a file that was changed
/// twice within it may look as it did in between.
const TICK: i64 = 20_000_000;

/// A file's size, times and number: equal ones mean an unchanged file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// The number of bytes.
    pub size: u64,
    /// When the content was changed, in nanoseconds since 1970.
    pub modified: i64,
    /// When anything about the file was changed, which nobody can set at will.
    pub changed: i64,
    /// The number of the file on its disk.
    pub number: u64,
}

impl Mark {
    /// Takes what a file system tells.
    #[cfg(unix)]
    pub fn of(meta: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        let time = |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000) + rest;
        Self {
            size: meta.len(),
            modified: time(meta.mtime(), meta.mtime_nsec()),
            changed: time(meta.ctime(), meta.ctime_nsec()),
            number: meta.ino(),
        }
    }

    /// Takes what a file system tells.
    #[cfg(not(unix))]
    pub fn of(meta: &Metadata) -> Self {
        let modified =
            meta.modified().ok().and_then(|it| it.duration_since(std::time::UNIX_EPOCH).ok());
        let modified = modified.map_or(0, |it| i64::try_from(it.as_nanos()).unwrap_or(0));
        Self { size: meta.len(), modified, changed: modified, number: 0 }
    }

    /// Marks a version of a file that has no times.
    pub fn version(size: usize, number: u64) -> Self {
        Self { size: size as u64, number, ..Self::default() }
    }

    /// Gives it as numbers.
    pub fn numbers(self) -> [u64; 4] {
        [self.size, self.modified as u64, self.changed as u64, self.number]
    }

    /// Takes the numbers that [`Mark::numbers`] gave.
    pub fn from_numbers([size, modified, changed, number]: [u64; 4]) -> Self {
        Self { size, modified: modified as i64, changed: changed as i64, number }
    }

    /// Tells whether a later change would show, if the file was looked at no sooner than `moment`.
    pub fn is_settled(&self, moment: i64) -> bool {
        // A file system without fractions of seconds has a clock that stands still for long.
        let coarse = self.changed % 1_000_000_000 == 0 && self.changed != 0;
        let tick = if coarse { 2_100_000_000 } else { TICK };
        self.changed.saturating_add(tick) < moment
    }
}
