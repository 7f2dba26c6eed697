//! What publishing would do, told without doing it.

use std::collections::BTreeSet;

use crate::output::{Stage, Way, unlocked};
use crate::text::RelPath;

/// What publishing would do.
#[derive(Clone, Debug, Default)]
pub struct Planned {
    /// Files that are not there yet.
    pub added: Vec<String>,
    /// Files that are there and would be changed.
    pub changed: Vec<String>,
    /// Files that would go.
    pub removed: Vec<String>,
}

impl Stage {
    /// Gives the files that the last build published; none when that is not known.
    pub fn earlier(&self) -> BTreeSet<String> {
        self.record.read()
    }

    /// Reads a file as it is published now; `None` when it cannot be read.
    pub fn read(&self, file: &str) -> Option<Vec<u8>> {
        self.folder.read(file)
    }

    /// Tells what publishing would do, and forgets what was taken.
    pub fn plan(self) -> Planned {
        let mut made = unlocked(&self.made).clone();
        if let Some(kept) = &*unlocked(&self.kept) {
            made.extend(kept.files.lines().filter_map(RelPath::new));
        }
        let earlier = self.record.read();
        let mut planned = Planned::default();
        planned.removed.extend(earlier.into_iter().filter(|file| !made.contains(file.as_str())));
        let files: Vec<String> = match &self.way {
            Way::Fresh(_) => made.iter().map(ToString::to_string).collect(),
            Way::Redo(redo) => redo.files(),
        };
        for file in files {
            let there = self.folder.has(&file);
            if there { planned.changed.push(file) } else { planned.added.push(file) }
        }
        planned.added.sort();
        planned.changed.sort();
        self.discard();
        planned
    }
}
