//! When the output would next differ, if nobody changed anything: by trial, at one moment after the
//! other at which something dated may change.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::build::memo::{self, Turning};
use crate::build::{Built, Request, build};
use crate::config::{self, Config};
use crate::diag::Diagnostics;
use crate::render::{Content, Sink};
use crate::text::{Digest, RelPath};
use crate::vfs::{Files, Tree};

/// When the output would next differ.
pub struct Next {
    /// What changes then, all at one moment; nothing when nothing ever changes by itself, or when
    /// that cannot be told.
    pub turns: Vec<Turning>,
    /// The titles of the entries among them.
    pub titles: Vec<String>,
    /// Every problem of the site as it is now.
    pub diagnostics: Diagnostics,
    /// The site's files, for messages.
    pub tree: Arc<Tree>,
    /// `galen.yaml`; absent when it cannot be used.
    pub config: Option<Config>,
}

/// Finds the first moment at which files of the output, or what is said of the site, would differ
/// from now.
pub fn next_change(files: &dyn Files, request: &Request) -> Next {
    let (now, prints) = trial(files, request);
    let turns = find(files, request, (&now, &prints)).unwrap_or_default();
    let title = |turning: &Turning| {
        let world = now.world.as_ref()?;
        let id = turning.id.as_ref()?;
        let entry = world.site.catalog.entries.get(id)?;
        entry.fields.get(&world.collection(id)?.identifier).text()
    };
    let titles = turns.iter().map(|it| title(it).unwrap_or_default()).collect();
    let Built { diagnostics, tree, config, .. } = now;
    Next { turns, titles, diagnostics, tree, config }
}

fn find(
    files: &dyn Files,
    request: &Request,
    (now, prints): (&Built, &Prints),
) -> Option<Vec<Turning>> {
    let zone = &now.config.as_ref()?.zone;
    let mut at = match &request.clock {
        None => config::now(),
        Some(text) => config::clock(text, zone).ok()?,
    };
    let mut turns = memo::turns(now.world.as_ref()?, &now.bench.waivers, at);
    loop {
        let next = turns.iter().map(|turning| turning.at).min()?;
        let clock = Some(next.to_string());
        let (then, made) = trial(files, &Request { clock, ..request.clone() });
        if made != *prints || then.diagnostics != now.diagnostics {
            turns.retain(|turning| turning.at == next);
            return Some(turns);
        }
        at = next;
        turns = memo::turns(then.world.as_ref()?, &then.bench.waivers, at);
    }
}

/// The digests of the output's files.
type Prints = BTreeMap<RelPath, Digest>;

fn trial(files: &dyn Files, request: &Request) -> (Built, Prints) {
    let taken = Taken::default();
    let built = build(files, request, &taken, &|_| ());
    let prints = taken.0.into_inner().unwrap_or_else(PoisonError::into_inner);
    (built, prints)
}

/// Keeps no more of files than their digests.
#[derive(Default)]
struct Taken(Mutex<Prints>);

impl Sink for Taken {
    fn put(&self, file: &RelPath, content: Content) {
        let digest = match content {
            Content::Bytes(bytes) => Digest::of(bytes),
            // What is copied is the same on every day.
            Content::Copy(source) => Digest::of(source.path.as_str().as_bytes()),
        };
        let mut prints = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        prints.insert(file.clone(), digest);
    }
}
