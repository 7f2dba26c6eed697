//! The one place of an open site that runs a build and publishes it.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};

use crate::build::{self, Built};
use crate::diag::Diagnostics;
use crate::output::{Published, Stage, Target};
use crate::vfs::{Disk, Tree};
use crate::workspace::{Hears, Options, Snapshot};

/// What was made.
pub(crate) struct Made<'a> {
    /// The build; its diagnostics are in `diagnostics`.
    pub(crate) built: Built,
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
/// that what was built is out of date.
pub(crate) fn build_and_publish<'a>(
    options: &Options,
    gate: &'a RwLock<Arc<Snapshot>>,
    hears: &Hears,
    is_current: &dyn Fn() -> bool,
) -> Option<Made<'a>> {
    let close = || gate.write().unwrap_or_else(PoisonError::into_inner);
    let target =
        Target { root: options.root.clone(), folder: options.folder.clone(), ..Target::default() };
    let mut diagnostics = Diagnostics::new();
    // Opening finishes what a killed build left half done.
    let closed = close();
    let stage = Stage::open(&target, hears.waiting, &mut diagnostics);
    drop(closed);
    let Some(stage) = stage else {
        return Some(Made { built: nothing(), diagnostics, published: None, gate: close() });
    };
    let files = Disk::new(&options.root);
    let mut built = build::build(&files, &options.request, &stage, hears.step);
    if !is_current() {
        stage.discard();
        return None;
    }
    let refused = built.config.is_none() || built.diagnostics.has_errors();
    diagnostics.extend(std::mem::take(&mut built.diagnostics));
    let gate = close();
    let published = match refused {
        true => {
            stage.discard();
            None
        }
        false => stage.publish(&mut diagnostics),
    };
    Some(Made { built, diagnostics: diagnostics.sorted(), published, gate })
}

/// The build of a site whose output folder cannot be used.
fn nothing() -> Built {
    Built {
        diagnostics: Diagnostics::new(),
        pages: 0,
        left_out: Vec::new(),
        tree: Arc::new(Tree::default()),
        config: None,
        world: None,
        timings: Vec::new(),
        templates: BTreeMap::new(),
    }
}
