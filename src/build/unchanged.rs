//! The shortest way through a build: nothing changed since the last one.

use std::collections::{BTreeMap, BTreeSet};

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use crate::build::manifest::{Manifest, Seen};
use crate::render::Sink;
use crate::text::{Digest, RelPath};
use crate::vfs::{self, Files};

/// Tells whether there is in the output folder what there was, of Galen and of others.
pub(crate) fn same_folders(manifest: &Manifest, sink: &dyn Sink) -> bool {
    let folders = &manifest.folders;
    !folders.is_empty() && folders.par_iter().all(|it| sink.mark(&it.path) == Some(it.mark))
}

/// Tells whether a site's files and its output are as they were seen.
pub(crate) fn is_same(files: &dyn Files, manifest: &Manifest, sink: &dyn Sink) -> bool {
    let (names, (sources, outputs)) = rayon::join(
        || same_names(files, manifest),
        || {
            rayon::join(
                || manifest.sources.par_iter().all(|seen| same_source(files, seen)),
                || manifest.outputs.par_iter().all(|seen| same_output(sink, seen)),
            )
        },
    );
    names && sources && outputs
}

fn same_source(files: &dyn Files, seen: &Seen) -> bool {
    let Some(path) = RelPath::new(&seen.path) else { return false };
    let mark = files.mark(&path);
    if seen.settled && mark == Some(seen.mark) {
        return true;
    }
    // A file that was touched, or was changed just before it was read, may still say the same.
    let same = |bytes: Vec<u8>| Digest::of(&bytes).short() == seen.digest;
    seen.digest != 0 && mark.is_some() && files.read(&path).is_ok_and(same)
}

fn same_output(sink: &dyn Sink, seen: &Seen) -> bool {
    sink.mark(&seen.path) == Some(seen.mark)
}

/// Tells whether there is no file that was not there, nor one that went.
fn same_names(files: &dyn Files, manifest: &Manifest) -> bool {
    let mut known: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for seen in &manifest.sources {
        let mut path = seen.path.as_str();
        let mut end = "";
        while let Some((folder, _)) = path.rsplit_once('/') {
            let name = &seen.path[folder.len() + 1..path.len() + end.len()];
            if !known.entry(folder).or_default().insert(name) {
                break;
            }
            (path, end) = (folder, "/");
        }
    }
    let known = &known;
    vfs::ROOTS.iter().all(|root| {
        let path = RelPath::new(root).filter(|path| files.mark(path).is_some());
        match (path, root.contains('.')) {
            (Some(_), false) => same_below(files, root, known),
            (there, true) => there.is_some() == manifest.has(root),
            (None, false) => !known.contains_key(root),
        }
    })
}

fn same_below(files: &dyn Files, folder: &str, known: &BTreeMap<&str, BTreeSet<&str>>) -> bool {
    let Some(names) = files.names(folder) else { return !known.contains_key(folder) };
    let empty = BTreeSet::new();
    let wanted = known.get(folder).unwrap_or(&empty);
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
