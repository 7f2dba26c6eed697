//! Tells when to look at a site again.
//!
//! Events of the file system are hints, no more: that something may have changed below a place.
//! [`Watch::wait`] waits for the first, takes all that have come, watches the folders that are new,
//! and returns at once; what comes while the site is built is taken the next time. Folders are
//! watched before the site is looked at, so that a change is either read or told.
//!
//! Where a few files are all that was told of, they are named first, so that nobody waits for a look
//! at all others. That look is owed, and is the next: nothing hangs on what the hints leave out.
//!
//! On Linux each folder is watched by itself: a folder that is told of, or that was removed and made
//! again, is watched anew. Elsewhere the system watches below a folder on its own.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use jiff::Timestamp;
use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{ErrorKind, Event, RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::config;
use crate::vfs;
use crate::workspace::changes;
use crate::workspace::poll::Poll;

/// How often files are looked at where the system cannot tell of changes and nobody said.
const INTERVAL: Duration = Duration::from_millis(500);

/// Whether each folder needs a watch of its own.
const EACH: bool = cfg!(any(target_os = "linux", target_os = "android"));

/// What to do now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Look at the site: something may have changed.
    Look,
    /// Look at these files, by their paths from the root: they are all that was told of. The next wait
    /// is over at once, with a look at the site.
    LookAt(Vec<String>),
    /// The moment has come.
    Due,
    /// Stop.
    Stop,
}

enum Message {
    /// Something may have changed at these places, or below them.
    Hint(Vec<PathBuf>),
    /// Events were lost.
    Lost,
    /// The system watches no more folders.
    Full,
    /// Somebody wants to stop.
    Stop,
}

/// Watches one site.
pub struct Watch {
    root: PathBuf,
    sender: Sender<Message>,
    receiver: Receiver<Message>,
    way: Way,
    /// The folders that have a watch.
    watched: BTreeSet<PathBuf>,
    /// Whether only some files were named of late, so that all others are to be looked at.
    owed: bool,
    notes: Vec<String>,
}

enum Way {
    Native(RecommendedWatcher),
    Poll { _alive: Poll },
}

/// Rings a watch from another thread.
#[derive(Clone)]
pub struct Bell(Sender<Message>);

impl Bell {
    /// Lets the watch end.
    pub fn stop(&self) {
        let _ = self.0.send(Message::Stop);
    }

    /// Lets the watch look at everything again, as when the system has lost events.
    pub fn lost(&self) {
        let _ = self.0.send(Message::Lost);
    }
}

impl Watch {
    /// Starts to watch a site: by the system, or by looking at its files after each interval, where
    /// one is given or the system cannot.
    pub fn start(root: &Path, poll: Option<Duration>) -> Self {
        let root = vfs::Disk::resolved(root);
        let (sender, receiver) = mpsc::channel();
        let mut notes = Vec::new();
        let told = sender.clone();
        let native = || {
            let hears = {
                let root = root.clone();
                move |event| drop(message(&root, event).map(|it| told.send(it)))
            };
            notify::recommended_watcher(hears)
        };
        let way = match poll {
            Some(interval) => polling(&root, interval, &sender),
            None => match native() {
                Ok(watcher) => Way::Native(watcher),
                Err(error) => {
                    notes.push(fallen_back(&error.to_string()));
                    polling(&root, INTERVAL, &sender)
                }
            },
        };
        let watched = BTreeSet::new();
        let mut watch = Self { root, sender, receiver, way, watched, owed: false, notes };
        watch.cover();
        watch
    }

    /// Gives what rings this watch.
    pub fn bell(&self) -> Bell {
        Bell(self.sender.clone())
    }

    /// Gives what is worth saying of how the site is watched, each thing once.
    pub fn notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }

    /// Waits until something may have changed, until a moment, or until it is to stop.
    pub fn wait(&mut self, until: Option<Timestamp>) -> Next {
        let mut all = Vec::new();
        let owed = std::mem::take(&mut self.owed);
        if !owed {
            match self.message(until) {
                Ok(first) => all.push(first),
                Err(next) => return next,
            }
        }
        all.extend(self.receiver.try_iter());
        let few = if owed { None } else { self.few(&all) };
        for message in all {
            match message {
                Message::Stop => return Next::Stop,
                Message::Hint(places) => places.iter().for_each(|place| self.forget(place)),
                Message::Lost => self.watched.clear(),
                Message::Full => self.fall_back("it can watch no more folders"),
            }
        }
        if let Some(files) = few {
            self.owed = true;
            return Next::LookAt(files);
        }
        self.cover();
        Next::Look
    }

    /// Waits for a message; fails with what to do instead when none comes in time.
    fn message(&self, until: Option<Timestamp>) -> Result<Message, Next> {
        // A clock that is set, or a computer that sleeps, is noticed within the hour.
        const AT_MOST: Duration = Duration::from_secs(3600);
        loop {
            let left = until.map_or(AT_MOST, |until| {
                let left = until.duration_since(config::now());
                Duration::try_from(left).unwrap_or_default().min(AT_MOST)
            });
            match self.receiver.recv_timeout(left) {
                Ok(first) => return Ok(first),
                Err(RecvTimeoutError::Disconnected) => return Err(Next::Stop),
                Err(RecvTimeoutError::Timeout) => {
                    if until.is_some_and(|until| config::now() >= until) {
                        return Err(Next::Due);
                    }
                }
            }
        }
    }

    /// Names the files of which there are hints; `None` where they are many, or not all there is.
    fn few(&self, all: &[Message]) -> Option<Vec<String>> {
        const FEW: usize = 16;
        let mut files = BTreeSet::new();
        for message in all {
            let Message::Hint(places) = message else { return None };
            for place in places {
                let file = place.strip_prefix(&self.root).ok()?.to_str()?;
                files.insert(file.replace(std::path::MAIN_SEPARATOR, "/"));
            }
        }
        // Looking at files after each interval tells of no place.
        let few = !files.is_empty() && files.len() <= FEW;
        few.then(|| files.into_iter().collect())
    }

    /// Counts a folder, and all below it, as not watched: it may be another by now.
    fn forget(&mut self, place: &Path) {
        let below = self.watched.range(place.to_path_buf()..);
        let below: Vec<PathBuf> = below.take_while(|it| it.starts_with(place)).cloned().collect();
        for it in below {
            self.watched.remove(&it);
        }
    }

    /// Watches every folder that is not watched.
    fn cover(&mut self) {
        let Way::Native(watcher) = &mut self.way else { return };
        let mut failed = None;
        let mut watch = |path: PathBuf, mode: RecursiveMode| {
            if failed.is_some() || self.watched.contains(&path) {
                return;
            }
            match watcher.watch(&path, mode) {
                Ok(()) => {
                    self.watched.insert(path);
                }
                Err(error) if is_gone(&error) => (),
                Err(error) => failed = Some(reason(&error)),
            }
        };
        watch(self.root.clone(), RecursiveMode::NonRecursive);
        for part in vfs::ROOTS {
            let part = self.root.join(part);
            match EACH {
                true => {
                    let folders = changes::walk(&part).filter(|it| it.file_type().is_dir());
                    folders.for_each(|it| watch(it.into_path(), RecursiveMode::NonRecursive));
                }
                false if part.is_dir() => watch(part, RecursiveMode::Recursive),
                false => (),
            }
        }
        if let Some(why) = failed {
            self.fall_back(&why);
        }
    }

    fn fall_back(&mut self, why: &str) {
        if matches!(self.way, Way::Native(_)) {
            self.notes.push(fallen_back(why));
            self.way = polling(&self.root, INTERVAL, &self.sender);
            // What changed since the last event would be missed otherwise.
            self.bell().lost();
        }
    }
}

fn polling(root: &Path, interval: Duration, sender: &Sender<Message>) -> Way {
    let told = sender.clone();
    let changed = move || drop(told.send(Message::Hint(Vec::new())));
    Way::Poll { _alive: Poll::start(root, interval, changed) }
}

/// What an event means; `None` for one that is of no interest: a file was read, or a place is no
/// part of the site, such as Galen's own output.
fn message(root: &Path, event: notify::Result<Event>) -> Option<Message> {
    let event = match event {
        Ok(event) => event,
        Err(error) if matches!(error.kind, ErrorKind::MaxFilesWatch) => return Some(Message::Full),
        Err(_) => return Some(Message::Lost),
    };
    if event.need_rescan() {
        return Some(Message::Lost);
    }
    // A build opens every file itself.
    let written = EventKind::Access(AccessKind::Close(AccessMode::Write));
    if event.kind.is_access() && event.kind != written {
        return None;
    }
    let places: Vec<PathBuf> = event.paths.into_iter().filter(|it| is_ours(root, it)).collect();
    (!places.is_empty()).then_some(Message::Hint(places))
}

/// Tells whether a place may belong to the site.
fn is_ours(root: &Path, place: &Path) -> bool {
    let Ok(inner) = place.strip_prefix(root) else { return false };
    let mut parts = inner.components().map(|it| it.as_os_str().to_string_lossy());
    let Some(first) = parts.next() else { return false };
    vfs::ROOTS.contains(&&*first) && !parts.any(|part| vfs::is_litter(&part))
}

fn is_gone(error: &notify::Error) -> bool {
    match &error.kind {
        ErrorKind::PathNotFound => true,
        ErrorKind::Io(error) => error.kind() == std::io::ErrorKind::NotFound,
        _ => false,
    }
}

fn reason(error: &notify::Error) -> String {
    match &error.kind {
        ErrorKind::MaxFilesWatch => "it can watch no more folders".to_owned(),
        _ => error.to_string(),
    }
}

fn fallen_back(why: &str) -> String {
    let why = why.split(" (os error").next().unwrap_or_default().to_lowercase();
    let cure =
        if EACH { "; `sysctl fs.inotify` shows the limits, which may be raised" } else { "" };
    let interval = INTERVAL.as_millis();
    format!(
        "the system does not tell of changes ({why}), so files are looked at every {interval} ms{cure}"
    )
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests write real files")]
mod tests {
    use super::*;

    #[test]
    fn only_the_site_is_of_interest() {
        let ours = |path: &str| is_ours(Path::new("/s"), &Path::new("/s").join(path));
        for path in ["galen.yaml", "content", "content/guides/a.md", "themes/t/a.css"] {
            assert!(ours(path), "{path}");
        }
        for path in ["", "public/index.html", ".galen/state/x", "content/.git/index", ".git/HEAD"] {
            assert!(!ours(path), "{path}");
        }
        for path in ["content/guides/.a.md.swp", "content/a.md~", "/elsewhere/content/a.md"] {
            assert!(!ours(path), "{path}");
        }
    }

    #[test]
    fn losses_and_reading_are_told_apart() {
        let of = |event| message(Path::new("/s"), event);
        let read = Event::new(EventKind::Access(AccessKind::Open(AccessMode::Any)));
        assert!(of(Ok(read.add_path("/s/content/a.md".into()))).is_none());
        let lost = Event::new(EventKind::Other).set_flag(notify::event::Flag::Rescan);
        assert!(matches!(of(Ok(lost)), Some(Message::Lost)));
        let full = notify::Error::new(ErrorKind::MaxFilesWatch);
        assert!(matches!(of(Err(full)), Some(Message::Full)));
        assert!(matches!(of(Err(notify::Error::generic("x"))), Some(Message::Lost)));
    }

    #[test]
    fn a_few_files_are_named_and_all_others_are_looked_at_next() {
        let dir = tempfile::tempdir().unwrap();
        let mut watch = Watch::start(dir.path(), None);
        let root = watch.root.clone();
        let hint = |files: std::ops::Range<usize>| {
            let files = files.map(|it| root.join(format!("content/{it}.md")));
            Message::Hint(files.collect())
        };
        for files in [3..4, 1..3, 2..4] {
            let _ = watch.sender.send(hint(files));
        }
        let named = ["content/1.md", "content/2.md", "content/3.md"].map(str::to_owned).to_vec();
        assert_eq!(watch.wait(None), Next::LookAt(named));
        let _ = watch.sender.send(hint(1..2));
        assert_eq!(watch.wait(None), Next::Look);
        // Of many, or where events were lost, none are named, and nothing is owed.
        for message in [hint(0..17), Message::Lost] {
            let _ = watch.sender.send(hint(1..2));
            let _ = watch.sender.send(message);
            assert_eq!(watch.wait(None), Next::Look);
            let _ = watch.sender.send(hint(5..6));
            assert_eq!(watch.wait(None), Next::LookAt(vec!["content/5.md".to_owned()]));
            assert_eq!(watch.wait(None), Next::Look);
        }
        let _ = watch.sender.send(hint(0..16));
        assert!(matches!(watch.wait(None), Next::LookAt(files) if files.len() == 16));
        assert_eq!(watch.wait(None), Next::Look);
        // A folder that is new is watched before all is looked at.
        std::fs::create_dir(root.join("content")).unwrap();
        let _ = watch.sender.send(hint(0..1));
        assert!(matches!(watch.wait(None), Next::LookAt(_)));
        assert!(!watch.watched.contains(&root.join("content")));
        assert_eq!(watch.wait(None), Next::Look);
        assert!(watch.watched.contains(&root.join("content")));
        // Who stops does so at once, also while a look is owed.
        std::fs::write(root.join("content/1.md"), "").unwrap();
        assert!(matches!(watch.wait(None), Next::LookAt(_)));
        watch.bell().stop();
        assert_eq!(watch.wait(None), Next::Stop);
    }

    #[test]
    fn a_system_without_watches_is_replaced_by_looking() {
        let dir = tempfile::tempdir().unwrap();
        let mut watch = Watch::start(dir.path(), None);
        assert!(watch.notes().is_empty());
        let _ = watch.sender.send(Message::Full);
        assert_eq!(watch.wait(None), Next::Look);
        assert!(matches!(watch.way, Way::Poll { .. }));
        assert!(watch.notes()[0].contains("every 500 ms"));
        assert_eq!(watch.wait(None), Next::Look);
        watch.bell().stop();
        assert_eq!(watch.wait(None), Next::Stop);
    }
}
