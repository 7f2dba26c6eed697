//! The one place of an open site that runs a build and publishes it.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};

use crate::build::{self, Built, Far, Standby};
use crate::diag::Diagnostics;
use crate::output::{Published, Stage, Target};
use crate::render::Sink;
use crate::trace::{DiskShelf, Shelf};
use crate::vfs::Disk;
use crate::workspace::{Hears, Options, Snapshot};

/// What was made.
pub(crate) struct Made<'a> {
    /// The build, and where it leaves what the next one may keep; its diagnostics are in
    /// `diagnostics`. `None` when the output folder cannot be used.
    pub(crate) built: Option<(Built, DiskShelf)>,
    /// The problems of building and of publishing.
    pub(crate) diagnostics: Diagnostics,
    /// What was published; `None` when nothing may be.
    pub(crate) published: Option<Published>,
    /// Held since before the first file was written, so that what is said of the folder changes
    /// with it.
    pub(crate) gate: RwLockWriteGuard<'a, Arc<Snapshot>>,
}

/// Builds the site and publishes it unless it has errors. The gate is closed while the output
/// folder is written, and only then. `None` when `is_current` says, before anything is published,
/// that what was built is out of date; or where `little` is given, no more than the texts of a few
/// entries may have changed, and more did.
pub(crate) fn build_and_publish<'a>(
    options: &Options,
    gate: &'a RwLock<Arc<Snapshot>>,
    hears: &Hears,
    little: Option<(Far, &Standby)>,
    is_current: &dyn Fn(&Built) -> bool,
) -> Option<Made<'a>> {
    let close = || gate.write().unwrap_or_else(PoisonError::into_inner);
    let mut diagnostics = Diagnostics::new();
    let Some(stage) = open(options, gate, hears, &mut diagnostics) else {
        return Some(Made { built: None, diagnostics, published: None, gate: close() });
    };
    let files = Disk::new(&options.root);
    let shelf = stage.shelf();
    let place: (&dyn Sink, &dyn Shelf) = (&stage, &shelf);
    let request = &options.request;
    let built = match little {
        None => Some(build::again(&files, request, place, hears.step)),
        Some((far, standby)) => build::follow(&files, request, place, far, standby),
    };
    let Some(built) = built else {
        stage.discard();
        return None;
    };
    if !is_current(&built) {
        stage.discard();
        return None;
    }
    let refused = built.config.is_none() || built.diagnostics.has_errors();
    // What is kept for the next build has them too.
    diagnostics.extend(built.diagnostics.iter().cloned());
    let gate = close();
    let published = match refused {
        true => {
            stage.discard();
            None
        }
        false => stage.publish(&mut diagnostics),
    };
    let built = Some((built, shelf));
    Some(Made { built, diagnostics: diagnostics.sorted(), published, gate })
}

/// Opens the output folder, which finishes what a killed build left half done; the gate is closed
/// meanwhile.
fn open(
    options: &Options,
    gate: &RwLock<Arc<Snapshot>>,
    hears: &Hears,
    diagnostics: &mut Diagnostics,
) -> Option<Stage> {
    let target =
        Target { root: options.root.clone(), folder: options.folder.clone(), ..Target::default() };
    let _closed = gate.write().unwrap_or_else(PoisonError::into_inner);
    Stage::open(&target, hears.waiting, diagnostics)
}

/// Tells whether somebody else changed or removed files of the output.
pub(crate) fn is_output_touched(
    options: &Options,
    gate: &RwLock<Arc<Snapshot>>,
    hears: &Hears,
) -> bool {
    let Some(stage) = open(options, gate, hears, &mut Diagnostics::new()) else { return false };
    let touched = build::is_output_touched(&stage, &stage.shelf());
    stage.discard();
    touched
}

impl Made<'_> {
    /// Leaves what the next build may keep. This can wait until readers have seen the site.
    pub(crate) fn keep(
        root: &Path,
        built: &Option<(Built, DiskShelf)>,
        published: &mut Option<Published>,
    ) {
        if let (Some((built, shelf)), Some(published)) = (built, published) {
            let files = Disk::new(root);
            built.keep(&files, shelf, &published.others, &|file| published.mark(file));
            published.release();
        }
    }
}
