//! The finished set to the output folder: all or nothing, only what changed, nothing left over.
//!
//! [`Stage::open`] locks the folder and finishes what a killed build left half done. The stage
//! then takes files as they are made, outside the folder; [`Stage::publish`] puts them in:
//!
//! 1. what stands in the way, is foreign or cannot be written is told, and nothing is changed;
//! 2. the list of the new files is written, and the stage gets its final name: from here on, this
//!    build or the next command finishes the job;
//! 3. files go into the folder, and what an earlier build wrote and this one does not goes;
//! 4. the list takes the place of the earlier one, and the stage is removed.
//!
//! A folder that holds nothing yet is written beside and moved in (`fresh`); otherwise the files
//! that changed are written into one file, and from there over the old ones (`redo`).
//! `docs/decisions/0004-publishing.md` has the reasons and the measurements.

mod compare;
mod errors;
mod folder;
mod fresh;
mod lock;
mod planned;
mod record;
mod redo;
mod there;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::render::{Content, Earlier, Sink};
use crate::text::RelPath;
use crate::trace::DiskShelf;
use crate::vfs::Mark;

pub use compare::{Comparison, Difference};
use errors::{foreign_file, stopped, unwritable};
use folder::{Folder, Held};
use fresh::Fresh;
use lock::Lock;
pub use planned::Planned;
use record::Record;
use redo::Redo;
use there::There;

/// An output folder that may not be one, or cannot be written.
pub const FOLDER: Code = Code::new("output/folder");
/// Something in the output folder that stands where a file must be.
pub const IN_THE_WAY: Code = Code::new("output/in-the-way");
/// A file in the output folder that Galen did not write.
pub const FOREIGN: Code = Code::new("output/foreign-file");
/// Not enough room for what is to be written.
pub const NO_ROOM: Code = Code::new("output/no-room");

/// Where and how to publish.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// The site's root.
    pub root: PathBuf,
    /// The output folder, from the root unless absolute.
    pub folder: PathBuf,
    /// Whether files that Galen did not write are removed.
    pub clean: bool,
    /// Whether such files keep the site from being published.
    pub strict: bool,
    /// Called before each step of publishing: tests stop there.
    pub hook: Option<fn(Step)>,
}

impl Target {
    /// How much the files of others matter.
    fn severity(&self) -> Severity {
        match self.strict {
            true => Severity::Error,
            false => Severity::Warning,
        }
    }
}

/// A step of publishing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The list of the new files is about to be written.
    List,
    /// The stage is about to get its final name.
    Seal,
    /// A file or folder is about to go into the output folder, or out of it.
    Change,
    /// The list is about to take the place of the earlier one.
    Record,
    /// The stage is about to be removed.
    Clear,
}

/// What publishing did.
#[derive(Clone, Debug)]
pub struct Published {
    /// Files that are new or changed.
    pub wrote: usize,
    /// Files that went, because no page makes them any more.
    pub removed: Vec<String>,
    /// What others put there, and what is left.
    pub others: Others,
    folder: Folder,
    lock: Option<Arc<Lock>>,
}

/// What is in the output folder that Galen did not make.
#[derive(Clone, Debug, Default)]
pub struct Others {
    /// Files.
    pub files: Vec<String>,
    /// Whether there are folders without any file of Galen's.
    pub folders: bool,
}

impl Published {
    /// Lets others build into the folder, once what the next build may keep is written.
    pub fn release(&mut self) {
        self.lock = None;
    }

    /// Compares another build with what is published.
    pub fn comparison(&self, root: &Path) -> Comparison {
        let record = Record::of(root, self.folder.path());
        Comparison::new(self.folder.clone(), record.read())
    }

    /// Looks at a file of the output folder as it is now; `None` when it is gone.
    pub fn mark(&self, file: &str) -> Option<Mark> {
        self.folder.mark(file)
    }
}

/// What could not be done, and why.
type Failure = (PathBuf, std::io::Error);

/// Takes finished files until they are published or discarded.
pub struct Stage {
    folder: Folder,
    record: Record,
    way: Way,
    target: Target,
    /// What the build has made.
    made: Mutex<BTreeSet<RelPath>>,
    failure: Mutex<Option<Failure>>,
    /// What stays as an earlier build left it, where nothing else is made.
    kept: Mutex<Option<Earlier>>,
    lock: Lock,
}

enum Way {
    Fresh(Fresh),
    Redo(Box<Redo>),
}

impl Stage {
    /// Opens an output folder, which need not exist yet, and finishes what a killed build left.
    /// Another build into the same folder is waited for, after `waiting` was called. `None` when
    /// the folder cannot be used, which has been reported.
    pub fn open(
        target: &Target,
        waiting: &dyn Fn(),
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        match Self::opened(target, waiting) {
            Ok(stage) => Some(stage),
            Err(error) => {
                diagnostics.push(*error);
                None
            }
        }
    }

    fn opened(target: &Target, waiting: &dyn Fn()) -> Result<Self, Box<Diagnostic>> {
        let folder = Folder::open(&target.root, &target.folder)?;
        let record = Record::of(&target.root, folder.path());
        let prepare = || {
            let lock = Lock::take(&record, waiting)?;
            recover(&folder, &record, target)?;
            let fresh = !record.has_list() && folder.is_bare();
            let way = match fresh && record.shares_disk_with(folder.path()) {
                true => Way::Fresh(Fresh::start(&record)?),
                false => Way::Redo(Box::new(Redo::start(&record)?)),
            };
            Ok((lock, way))
        };
        let (lock, way) = prepare().map_err(|failure| Box::new(unwritable(&failure)))?;
        let target = target.clone();
        let (made, failure, kept) = (Mutex::default(), Mutex::default(), Mutex::default());
        Ok(Self { folder, record, way, target, made, failure, kept, lock })
    }

    /// Gives where what builds into this folder leave for the next one is kept.
    pub fn shelf(&self) -> DiskShelf {
        self.record.shelf(&self.target.root)
    }

    /// Publishes what was taken. `None` when it cannot be, which has been reported; the folder
    /// is then as it was.
    pub fn publish(self, diagnostics: &mut Diagnostics) -> Option<Published> {
        let kept = unlocked(&self.kept).take();
        if let Some(kept) = kept {
            match kept.foreign {
                // The list must be that of the files that are kept.
                Some(foreign) if !self.target.clean && self.record.is(&kept.files) => {
                    return self.put_some(foreign, diagnostics);
                }
                _ => {
                    let files = kept.files.lines().filter_map(RelPath::new);
                    unlocked(&self.made).extend(files);
                }
            }
        }
        let made = unlocked(&self.made);
        let earlier = self.record.read();
        let mut problems = Diagnostics::new();
        if let Some(failure) = &*unlocked(&self.failure) {
            problems.push(unwritable(failure));
        }
        let mut stale: BTreeSet<String> =
            earlier.iter().filter(|file| !made.contains(file.as_str())).cloned().collect();
        let there = There::look(&self.folder);
        let mut others = there.others(&made, &earlier);
        if self.target.clean {
            stale.extend(others.files.iter().cloned());
        }
        problems.extend(there.in_the_way(&self.folder, &made, &stale));
        if !self.target.clean && !problems.has_errors() {
            let severity = self.target.severity();
            problems.extend(others.files.iter().map(|file| foreign_file(file, severity)));
        }
        if self.target.clean {
            others.files.clear();
        }
        if !problems.has_errors()
            && let Way::Redo(redo) = &self.way
        {
            problems.extend(redo.refused(&self.folder, &stale));
        }
        let refused = problems.has_errors();
        diagnostics.extend(problems);
        drop(made);
        if refused {
            self.discard();
            return None;
        }
        let done =
            self.put_in(stale).map_err(|failure| diagnostics.push(stopped(&failure))).ok()?;
        Some(Published { others, ..done })
    }

    /// Puts in what changed, leaves all else as it is, and tells the files of others again.
    fn put_some(self, foreign: Vec<String>, diagnostics: &mut Diagnostics) -> Option<Published> {
        let severity = self.target.severity();
        let mut problems = Diagnostics::new();
        problems.extend(unlocked(&self.failure).iter().map(unwritable));
        problems.extend(foreign.iter().map(|file| foreign_file(file, severity)));
        let none = BTreeSet::new();
        if let Way::Redo(redo) = &self.way {
            problems.extend(redo.refused(&self.folder, &none));
        }
        let refused = problems.has_errors();
        diagnostics.extend(problems);
        let folder = Folder::clone(&self.folder);
        let wrote = match self.way {
            Way::Redo(redo) if !refused && !redo.files().is_empty() => {
                let changes =
                    Changes { folder: &self.folder, record: &self.record, hook: self.target.hook };
                let put_in = || {
                    changes.hook(Step::List);
                    self.record.write_same()?;
                    changes.hook(Step::Seal);
                    redo.seal()?.apply(&none, &changes)
                };
                put_in().map_err(|failure| diagnostics.push(stopped(&failure))).ok()?
            }
            Way::Redo(redo) => {
                redo.discard();
                0
            }
            Way::Fresh(fresh) => {
                fresh.discard();
                0
            }
        };
        let others = Others { files: foreign, folders: false };
        let lock = Some(Arc::new(self.lock));
        (!refused).then(|| Published { wrote, removed: Vec::new(), others, folder, lock })
    }

    /// Forgets what was taken; the folder stays as it was.
    pub fn discard(self) {
        match self.way {
            Way::Fresh(fresh) => fresh.discard(),
            Way::Redo(redo) => redo.discard(),
        }
    }

    fn put_in(self, stale: BTreeSet<String>) -> Result<Published, Failure> {
        let made = unlocked(&self.made);
        let changes =
            Changes { folder: &self.folder, record: &self.record, hook: self.target.hook };
        changes.hook(Step::List);
        self.record.write_next(made.iter().map(RelPath::as_str))?;
        let changed = match self.way {
            Way::Fresh(fresh) => {
                changes.hook(Step::Seal);
                fresh.seal()?.move_in(&changes)?;
                made.len()
            }
            Way::Redo(redo) => {
                changes.hook(Step::Seal);
                redo.seal()?.apply(&stale, &changes)?
            }
        };
        let removed = stale.into_iter().collect();
        let folder = Folder::clone(&self.folder);
        let (others, lock) = (Others::default(), Some(Arc::new(self.lock)));
        Ok(Published { wrote: changed, removed, others, folder, lock })
    }
}

impl Sink for Stage {
    fn put(&self, file: &RelPath, content: Content) {
        let done = match &self.way {
            Way::Fresh(fresh) => fresh.put(file, content),
            Way::Redo(redo) => match self.folder.held(file, content) {
                Held::Same => Ok(()),
                Held::Other(now) => redo.put(file, content, now),
            },
        };
        unlocked(&self.made).insert(file.clone());
        if let Err(failure) = done {
            unlocked(&self.failure).get_or_insert(failure);
        }
    }

    fn keep(&self, file: &RelPath) {
        unlocked(&self.made).insert(file.clone());
    }

    fn keep_all(&self, earlier: Earlier) {
        *unlocked(&self.kept) = Some(earlier);
    }

    fn mark(&self, file: &str) -> Option<Mark> {
        self.folder.mark(file)
    }
}

/// What changing the folder needs.
struct Changes<'a> {
    folder: &'a Folder,
    record: &'a Record,
    hook: Option<fn(Step)>,
}

impl Changes<'_> {
    fn hook(&self, step: Step) {
        if let Some(hook) = self.hook {
            hook(step);
        }
    }
}

/// Finishes what a killed build had begun to put in, and removes what it had not.
fn recover(folder: &Folder, record: &Record, target: &Target) -> Result<(), Failure> {
    let changes = Changes { folder, record, hook: target.hook };
    fresh::recover(&changes)?;
    redo::recover(&changes)
}

fn unlocked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Tells whether two places are on the same disk, so that a file can be moved from one to the
/// other.
#[expect(clippy::disallowed_methods, reason = "output looks where it will write")]
fn same_disk(a: &Path, b: &Path) -> bool {
    let device = |path: &Path| {
        let there = path.ancestors().find_map(|it| std::fs::metadata(it).ok())?;
        device(&there)
    };
    device(a).zip(device(b)).is_some_and(|(a, b)| a == b)
}

#[cfg(unix)]
fn device(meta: &std::fs::Metadata) -> Option<u64> {
    use std::os::unix::fs::MetadataExt as _;
    Some(meta.dev())
}

#[cfg(not(unix))]
fn device(_: &std::fs::Metadata) -> Option<u64> {
    None
}
