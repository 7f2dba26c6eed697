//! One open site: [`follow`](Workspace::follow) looks again, and builds and publishes what changed;
//! readers of the output folder wait while it is written; who listens hears what changed.
//!
//! `publish` is the one place that runs a build. `watch` tells when to look again, `changes` what
//! has changed, `problems` what is wrong, in a form that outlives the build.

mod changes;
mod poll;
mod problems;
mod publish;
mod watch;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::build::{Built, Far, LeftOut, Request, Standby};
use crate::config::{self, Config};
use crate::diag::Diagnostics;
use crate::output::Published;
use crate::text::RelPath;
use crate::vfs::{Disk, Files as _, Source, Tree};

pub use problems::{Line, Place, Problem};
pub use watch::{Bell, Next, Watch};

use changes::Stamps;
use publish::Made;

/// Which site is opened, and how it is built.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The site's root.
    pub root: PathBuf,
    /// The output folder, from the root unless absolute.
    pub folder: PathBuf,
    /// What is built.
    pub request: Request,
}

/// An open site. One thread builds it; any number read what it published.
pub struct Workspace {
    options: Options,
    /// Written while the output folder is, read by those who read the folder.
    snapshot: RwLock<Arc<Snapshot>>,
    stamps: Mutex<Stamps>,
    standby: Standby,
    listeners: Mutex<Vec<Listener>>,
}

/// Hears of each new snapshot, after the output folder can be read again.
type Listener = Box<dyn Fn(&Snapshot) + Send>;

/// What is true of a site between two refreshes.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Names this opening of the site, so that versions of another are not mistaken for its own.
    pub run: Arc<str>,
    /// Grows with each change of what there is to see.
    pub version: u64,
    /// The version of the last change of more than stylesheets: a page of this version or a later
    /// one is right but for its stylesheets.
    pub whole: u64,
    /// The path under which the site is served, without a slash at its end.
    pub base_path: String,
    /// Everything that is wrong, errors first, while the output folder is not what the sources
    /// say; nothing while it is.
    pub problems: Arc<[Problem]>,
    /// How many more problems there are than are listed.
    pub unlisted: usize,
}

/// What a refresh did.
pub struct Report {
    /// What changed of the site's files since the last refresh; all of them at first.
    pub changed: Vec<String>,
    /// Every problem, in the order of the files.
    pub diagnostics: Diagnostics,
    /// The site's files as they were read, for messages.
    pub tree: Arc<Tree>,
    /// How many files are pages.
    pub pages: usize,
    /// The entries that are not on the site.
    pub left_out: Vec<LeftOut>,
    /// What was published; `None` when nothing may be, and the folder is as it was.
    pub published: Option<Published>,
    /// The first moment at which anything dated changes, after that for which it was built.
    pub until: Option<Timestamp>,
    /// What there is to see of it.
    pub change: Change,
    /// How long it took.
    pub took: Duration,
}

/// What there is to see of a refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing: what is published, and what is wrong, is as before.
    Nothing,
    /// Stylesheets alone.
    Styles,
    /// Anything else.
    Whole,
}

impl Workspace {
    /// Opens a site; nothing is read before the first refresh.
    pub fn open(options: Options) -> Self {
        let run = format!("{:x}", config::now().as_nanosecond());
        let snapshot = Snapshot { run: run.into(), ..Snapshot::default() };
        Self {
            options,
            snapshot: RwLock::new(Arc::new(snapshot)),
            stamps: Mutex::default(),
            standby: Standby::default(),
            listeners: Mutex::default(),
        }
    }

    /// Gives what is asked of its builds.
    pub fn request(&self) -> &Request {
        &self.options.request
    }

    /// Gives the site's root.
    pub fn root(&self) -> &Path {
        &self.options.root
    }

    /// Gives the output folder.
    pub fn folder(&self) -> PathBuf {
        self.options.root.join(&self.options.folder)
    }

    /// Gives what is true now.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Runs something that reads the output folder, which is not written meanwhile: it waits for a
    /// publishing that has begun, and the next one waits for it.
    pub fn reading<T>(&self, read: impl FnOnce(&Snapshot) -> T) -> T {
        read(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Calls a function after each change of what there is to see.
    pub fn subscribe(&self, listener: impl Fn(&Snapshot) + Send + 'static) {
        unlocked(&self.listeners).push(Box::new(listener));
    }

    /// Looks whether a file changed since the last refresh, of the site or of what was made of it, and
    /// builds and publishes if so.
    pub fn follow(&self, hears: &Hears) -> Option<Report> {
        if let Some(report) = self.follow_little(Far::Output, hears) {
            return report;
        }
        let changed = self.look();
        let touched = || {
            let well = self.snapshot().problems.is_empty();
            well && publish::is_output_touched(&self.options, &self.snapshot, hears)
        };
        (!changed.is_empty() || touched()).then(|| self.build(changed, hears))
    }

    /// Does as [`follow`](Self::follow), but looks at some files alone where new texts are all that
    /// they have: all others are to be looked at right after it.
    pub fn follow_files(&self, files: &[String], hears: &Hears) -> Option<Report> {
        // While something is wrong, it may be in any file.
        let well = self.snapshot().problems.is_empty();
        let little = well.then(|| self.follow_little(Far::Files(files), hears));
        little.flatten().unwrap_or_else(|| self.follow(hears))
    }

    /// Builds and publishes where no more than texts of a few entries changed: most saves of an
    /// editor do no more. `None` where more did; inside, nothing where nothing did.
    fn follow_little(&self, far: Far, hears: &Hears) -> Option<Option<Report>> {
        let start = Instant::now();
        let files = Disk::new(&self.options.root);
        let as_read = |built: &Built, path: &String| {
            let read = built.tree.get(path).map(Source::mark);
            RelPath::new(path).and_then(|path| files.mark(&path)) == read
        };
        let is_current = |built: &Built| built.changed.iter().all(|path| as_read(built, path));
        let options = &self.options;
        let little = Some((far, &self.standby));
        let made = publish::build_and_publish(options, &self.snapshot, hears, little, &is_current)?;
        let changed = made.built.as_ref().map(|(it, _)| it.changed.clone()).unwrap_or_default();
        if changed.is_empty() && made.gate.problems.is_empty() {
            return Some(None);
        }
        unlocked(&self.stamps).see(&self.options.root, &changed);
        Some(Some(self.accept(made, changed, start)))
    }

    /// Builds and publishes, whether something changed or not. While the site has an error,
    /// nothing is published, and the snapshot says what is wrong.
    pub fn refresh(&self, hears: &Hears) -> Report {
        self.build(self.look(), hears)
    }

    /// Names what changed since the last look. This comes before the build, so that what changes
    /// meanwhile is a change to the next look.
    fn look(&self) -> Vec<String> {
        let mut stamps = unlocked(&self.stamps);
        let (now, changed) = Stamps::look(&self.options.root, &stamps);
        *stamps = now;
        changed
    }

    /// Builds until files stay as they are meanwhile: editors move a file away before they write it,
    /// and what is seen in between is no state of the site.
    fn build(&self, mut changed: Vec<String>, hears: &Hears) -> Report {
        const AT_MOST: usize = 3;
        let start = Instant::now();
        for attempt in 1.. {
            let is_current = |_: &Built| attempt == AT_MOST || self.is_as_seen();
            let options = &self.options;
            if let Some(made) =
                publish::build_and_publish(options, &self.snapshot, hears, None, &is_current)
            {
                return self.accept(made, changed, start);
            }
            changed.extend(self.look());
            changed.sort();
            changed.dedup();
        }
        unreachable!("the last attempt is accepted")
    }

    fn is_as_seen(&self) -> bool {
        Stamps::look(&self.options.root, &unlocked(&self.stamps)).1.is_empty()
    }

    /// Makes what was built what is true.
    fn accept(&self, made: Made, changed: Vec<String>, start: Instant) -> Report {
        let Made { built, diagnostics, mut published, mut gate } = made;
        let tree = built.as_ref().map(|(built, _)| Arc::clone(&built.tree)).unwrap_or_default();
        let problems = match &published {
            Some(_) => Vec::new(),
            None => problems::of(&diagnostics, &tree),
        };
        let wrote = published.as_ref().is_some_and(|it| it.wrote + it.removed.len() > 0);
        let change = match (wrote, gate.problems[..] == problems[..]) {
            (false, true) => Change::Nothing,
            (true, true) if changes::only_styles(&changed) => Change::Styles,
            _ => Change::Whole,
        };
        let mut next = Snapshot::clone(&gate);
        if change != Change::Nothing {
            next.version += 1;
            next.unlisted = match problems.is_empty() {
                true => 0,
                false => diagnostics.iter().count() - problems.len(),
            };
            next.problems = problems.into();
        }
        if change == Change::Whole {
            next.whole = next.version;
        }
        if published.is_some() || next.version <= 1 {
            next.base_path =
                self.base_path(built.as_ref().and_then(|(built, _)| built.config.as_ref()));
        }
        let next = Arc::new(next);
        *gate = Arc::clone(&next);
        drop(gate);
        if change != Change::Nothing {
            unlocked(&self.listeners).iter().for_each(|listener| listener(&next));
        }
        Made::keep(&self.options.root, &built, &mut published);
        // What is built for a moment that was asked for stays.
        let until = built.as_ref().and_then(|(it, _)| it.until);
        let until = until.filter(|_| self.options.request.clock.is_none());
        let (pages, left_out) = built.map_or((0, Vec::new()), |(it, _)| (it.pages, it.left_out));
        let took = start.elapsed();
        Report { changed, diagnostics, tree, pages, left_out, published, until, change, took }
    }

    /// The path under which the site is served, by `galen.yaml` or what was asked in its place.
    fn base_path(&self, config: Option<&Config>) -> String {
        let Some(mut config) = config.cloned() else { return String::new() };
        if let Some(url) = &self.options.request.base_url {
            // An address that is none has been reported by the build.
            let _ = config.move_to(url, &mut Diagnostics::new());
        }
        config.base_path
    }
}

/// Who hears how a refresh goes on.
pub struct Hears<'a> {
    /// At which step it is, in a few words.
    pub step: &'a dyn Fn(&str),
    /// That another build into the folder is waited for.
    pub waiting: &'a dyn Fn(),
}

impl Hears<'_> {
    /// Nobody.
    pub const NOBODY: Hears<'static> = Hears { step: &|_| (), waiting: &|| () };
}

fn unlocked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
