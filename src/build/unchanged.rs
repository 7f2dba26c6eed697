//! The shortest way through a build: nothing changed since the last one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::iter::{
    IndexedParallelIterator as _, IntoParallelIterator as _, IntoParallelRefIterator as _,
    ParallelIterator as _,
};

use crate::build::manifest::{Manifest, Seen};
use crate::render::Sink;
use crate::text::{Digest, RelPath};
use crate::vfs::{self, Files};

/// What is not as it was seen.
pub(crate) struct Changes<'a> {
    /// The site's files that changed.
    pub(crate) sources: Vec<&'a Seen<'a>>,
    /// Whether there is in the output folder what there was, of Galen and of others.
    pub(crate) same_folders: bool,
}

/// How far one looks for what changed.
#[derive(Clone, Copy, Debug)]
pub enum Far<'a> {
    /// At the site and at all of its output.
    Output,
    /// At these files of the site, by their paths from the root, and at the output folder itself.
    Files(&'a [String]),
}

/// Looks for what changed, as far as is asked; `None` when there are files of the site that were not
/// there, or files of the output are not as they were.
pub(crate) fn look<'a>(
    files: &dyn Files,
    manifest: &'a Manifest<'a>,
    (sink, far): (&dyn Sink, Far),
) -> Option<Changes<'a>> {
    let (sources, outputs) = rayon::join(
        || match far {
            Far::Files(paths) => {
                let known = paths.iter().map(|path| manifest.source(path));
                let known: Vec<&Seen> = known.collect::<Option<_>>()?;
                Some(known.into_iter().filter(|seen| !same_source(files, seen)).collect())
            }
            Far::Output => {
                let sources = manifest.sources.par_iter().with_min_len(AT_ONCE);
                let changed = sources.filter(|seen| !same_source(files, seen)).collect();
                same_names(files, manifest).then_some(changed)
            }
        },
        || match far {
            Far::Output => outputs(manifest, sink),
            // The folder itself is the first.
            Far::Files(_) => {
                manifest.folders.first().map(|it| sink.mark(&it.path) == Some(it.mark))
            }
        },
    );
    let same_folders = outputs?;
    Some(Changes { sources: sources?, same_folders })
}

/// How many files a thread looks at before it looks for more.
const AT_ONCE: usize = 256;

/// Tells whether the output's folders are as they were; `None` when its files are not.
pub(crate) fn outputs(manifest: &Manifest, sink: &dyn Sink) -> Option<bool> {
    // A folder and what is in it are looked at one after the other, as the system remembers the
    // way.
    let mut all = Vec::with_capacity(manifest.outputs.len() + manifest.folders.len());
    let mut next = manifest.folders.iter().peekable();
    for file in &manifest.outputs {
        while let Some(folder) = next.next_if(|it| it.path < file.path) {
            all.push((folder, false));
        }
        all.push((file, true));
    }
    all.extend(next.map(|it| (it, false)));
    let folders = AtomicBool::new(!manifest.folders.is_empty());
    let same = all.par_iter().with_min_len(AT_ONCE).all(|(seen, is_file)| {
        let same = sink.mark(&seen.path) == Some(seen.mark);
        if !same && !is_file {
            folders.store(false, Ordering::Relaxed);
        }
        same || !is_file
    });
    same.then(|| folders.into_inner())
}

/// Tells whether a file of the site is as it was seen.
pub(crate) fn same_source(files: &dyn Files, seen: &Seen) -> bool {
    let mark = files.mark_at(&seen.path);
    if seen.settled && mark == Some(seen.mark) {
        return true;
    }
    // A file that was touched, or was changed just before it was read, may still say the same.
    let same = |bytes: Vec<u8>| Digest::of(&bytes).short() == seen.digest;
    let read = || files.read(&RelPath::new(&seen.path)?).ok();
    seen.digest != 0 && mark.is_some() && read().is_some_and(same)
}

/// Tells whether there is no file that was not there, nor one that went.
fn same_names(files: &dyn Files, manifest: &Manifest) -> bool {
    let same = |seen: &Seen| files.mark_at(&seen.path) == Some(seen.mark);
    let is_listed = |root: &str| manifest.listed.iter().any(|it| it.path == root);
    let as_known = |root: &&str| {
        let is_there = files.mark_at(root).is_some();
        is_there == if root.contains('.') { manifest.has(root) } else { is_listed(root) }
    };
    let listed = manifest.listed.par_iter().with_min_len(AT_ONCE);
    // Nearly always no folder changed, and nobody needs to know which names are in each.
    if manifest.all_listed && vfs::ROOTS.iter().all(as_known) && listed.all(same) {
        return true;
    }
    let known = names_of(manifest);
    let settled: BTreeMap<&str, &Seen> = manifest.listed.iter().map(|it| (&*it.path, it)).collect();
    let known = &Known { names: known, settled };
    vfs::ROOTS.iter().all(|root| match (files.mark_at(root), root.contains('.')) {
        (Some(_), false) => same_below(files, root, known),
        (there, true) => there.is_some() == manifest.has(root),
        (None, false) => !known.names.contains_key(root),
    })
}

/// The names in each folder, those of folders with `/` at their end.
fn names_of<'a>(manifest: &'a Manifest) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let mut known: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for seen in &manifest.sources {
        let mut path = &*seen.path;
        let mut end = "";
        while let Some((folder, _)) = path.rsplit_once('/') {
            let name = &seen.path[folder.len() + 1..path.len() + end.len()];
            if !known.entry(folder).or_default().insert(name) {
                break;
            }
            (path, end) = (folder, "/");
        }
    }
    known
}

/// What is known of the site's folders.
struct Known<'a> {
    /// The names in each.
    names: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// What those looked like that had just these names.
    settled: BTreeMap<&'a str, &'a Seen<'a>>,
}

fn same_below(files: &dyn Files, folder: &str, known: &Known) -> bool {
    let empty = BTreeSet::new();
    let wanted = known.names.get(folder).unwrap_or(&empty);
    // A folder that did not change has the names that it had.
    if known
        .settled
        .get(folder)
        .is_some_and(|it| it.settled && files.mark_at(folder) == Some(it.mark))
    {
        let inner = wanted.iter().filter_map(|name| name.strip_suffix('/'));
        return inner
            .into_iter()
            .all(|inner| same_below(files, &format!("{folder}/{inner}"), known));
    }
    let Some(names) = files.names(folder) else { return false };
    let mut found = 0;
    let mut folders = Vec::new();
    for name in &names {
        match (name.strip_suffix('/'), wanted.contains(name.as_str())) {
            (None, true) => found += 1,
            (None, false) => return false,
            // A folder without files is none of the site's, until there is a file in it.
            (Some(inner), here) => {
                found += usize::from(here);
                folders.push(format!("{folder}/{inner}"));
            }
        }
    }
    found == wanted.len() && folders.par_iter().all(|folder| same_below(files, folder, known))
}

/// Gives what the site's folders look like, of those that have just the names that they had when
/// the site was read and no folders besides; and whether these are all, and settled.
pub(crate) fn listed(files: &dyn Files, manifest: &Manifest) -> (Vec<Seen<'static>>, bool) {
    let names = names_of(manifest);
    let moment = files.moment();
    let one = |(folder, wanted): (&&str, &BTreeSet<&str>)| {
        let mark = files.mark_at(folder)?;
        let names = files.names(folder)?;
        let same =
            names.len() == wanted.len() && names.iter().all(|it| wanted.contains(it.as_str()));
        let settled = mark.is_settled(moment);
        same.then(|| Seen { path: (*folder).to_owned().into(), mark, settled, digest: 0 })
    };
    let all: Vec<_> = names.iter().collect();
    let listed: Vec<Seen> = all.into_par_iter().filter_map(one).collect();
    let whole = listed.len() == names.len() && listed.iter().all(|it| it.settled);
    (listed, whole)
}
