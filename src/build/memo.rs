//! What a build notes of itself, for the next one.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use crate::build::manifest::{Manifest, Seen};
use crate::build::shape::Plain;
use crate::build::{Built, Look, Request, traces, unchanged};
use crate::config;
use crate::content::{self, model};
use crate::output::Others;
use crate::policy::Waiver;
use crate::text::{Digest, RelPath, date};
use crate::trace::{Shelf, Writer};
use crate::vfs::{Files, Source, Tree};
use crate::world::World;

/// What is known of a build besides what it made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memo {
    /// When the site's files were read, by the clock of their file system.
    pub(crate) moment: i64,
    /// What was asked for.
    pub(crate) request: u128,
    /// The digest of what every task stands on.
    pub(crate) ground: u128,
    /// The moment for which it was built.
    pub(crate) now: Timestamp,
    /// The first moment after it at which anything dated changes.
    pub(crate) until: Option<Timestamp>,
}

impl Memo {
    pub(crate) fn keep(
        &self,
        built: &Built,
        world: &World,
        files: &dyn Files,
        shelf: &dyn Shelf,
        (others, mark): (&Others, Look),
    ) {
        let plain = Plain::of(world);
        let ids = traces::ids(world);
        let ((notes, manifest), asked) = rayon::join(
            || {
                let notes = traces::keep_notes(shelf, world, &plain, &ids);
                (notes, self.manifest(built, world, files, (others, mark)))
            },
            || traces::keep_tasks(shelf, world, (&built.tasks, &built.addresses), &ids),
        );
        let manifest = Manifest { plain, ..manifest };
        shelf.forget("patch");
        // Without the one, the other is of no use, and is no harm.
        if traces::keep(shelf, manifest.number, &ids, asked.zip(notes)).is_some() {
            shelf.put("manifest", &manifest.write());
        }
    }

    fn manifest(
        &self,
        built: &Built,
        world: &World,
        files: &dyn Files,
        (others, mark): (&Others, Look),
    ) -> Manifest {
        let look = |path: &&str| Seen::output(path, mark);
        let made = built.tasks.iter().flat_map(|it| &it.made.files);
        let mut made: Vec<&str> = made.map(RelPath::as_str).collect();
        made.sort_unstable();
        let mut folders = BTreeSet::from([""]);
        for file in &made {
            let mut path = *file;
            while let Some((folder, _)) = path.rsplit_once('/') {
                if !folders.insert(folder) {
                    break;
                }
                path = folder;
            }
        }
        let mut manifest = Manifest {
            number: 0,
            request: self.request,
            ground: self.ground,
            built: self.now.as_nanosecond(),
            until: self.until.map(Timestamp::as_nanosecond),
            sources: self.sources(world),
            listed: Vec::new(),
            outputs: made.par_iter().map(look).collect(),
            // Folders of others are not looked at one by one: then all are, in every build.
            folders: match others.folders {
                true => Vec::new(),
                false => folders.par_iter().map(look).collect(),
            },
            foreign: others.files.clone(),
            plain: Plain::default(),
            pages: built.pages,
            left_out: built.left_out.clone(),
            diagnostics: built.diagnostics.iter().cloned().collect(),
            waived: built.waived.clone(),
        };
        manifest.listed = unchanged::listed(files, &manifest);
        manifest.number = number(&manifest);
        manifest
    }

    fn sources(&self, world: &World) -> Vec<Seen> {
        let catalog = &world.site.catalog;
        let digest = |source: &Source| {
            if let Some(bytes) = source.held_bytes() {
                return Digest::of(bytes).short();
            }
            let id = catalog.by_source.get(&source.path.source());
            id.and_then(|id| catalog.entries.get(id)).map_or(0, |entry| entry.digest.short())
        };
        let seen = |source: &Source| Seen {
            path: source.path.to_string(),
            mark: source.mark(),
            settled: source.mark().is_settled(self.moment),
            digest: digest(source),
        };
        world.site.tree.all().map(seen).collect()
    }
}

/// Tells builds apart: what small builds changed is not taken for changes to another.
fn number(manifest: &Manifest) -> u128 {
    let mut out = Writer::new();
    for seen in manifest.sources.iter().chain(&manifest.outputs) {
        seen.mark.numbers().into_iter().for_each(|it| out.fixed(it));
        out.short(seen.digest);
    }
    out.short(manifest.ground);
    out.short(manifest.built as u128);
    Digest::of(out.written()).short()
}

/// The digest of what was asked for, but for the moment.
pub(crate) fn asked(request: &Request) -> u128 {
    let Request { clock: _, drafts, base_url, unchecked } = request;
    Digest::of(format!("{drafts} {base_url:?} {unchecked}").as_bytes()).short()
}

/// The digest of what every task stands on: options, `galen.yaml`, the content model, what themes
/// say of themselves.
pub(crate) fn ground(tree: &Tree, request: &Request) -> u128 {
    let mut out = Writer::new();
    out.short(asked(request));
    let own = [config::FILE, model::FILE];
    let ground = tree.all().filter(|source| {
        own.contains(&source.path.as_str())
            || source.path.name() == "theme.yaml" && source.path.below("themes").is_some()
    });
    for source in ground {
        out.text(source.path.as_str());
        out.bytes(source.held_bytes().unwrap_or_default());
    }
    Digest::of(out.written()).short()
}

/// The first moment after `now` at which anything dated changes; `None` when nothing will.
pub(crate) fn until(world: &Arc<World>, waivers: &[Waiver], now: Timestamp) -> Option<Timestamp> {
    let site = &world.site;
    let zone = &site.config.zone;
    let ends = waivers.iter().filter_map(|it| it.end(zone)).filter(|at| *at > now);
    let dated = site.catalog.entries.values().filter_map(|entry| {
        let collection = site.schema.collection(&entry.id.collection)?;
        let moments = content::moments(collection, &entry.fields, zone);
        moments.into_iter().flatten().filter(|at| *at > now).min()
    });
    // A field may be compared with the day.
    let model = site.tree.get(model::FILE).and_then(Source::held_bytes).unwrap_or_default();
    let by_day = memchr::memmem::find(model, b"today").is_some();
    let tomorrow = by_day.then(|| date::day(now, zone).tomorrow().ok()).flatten();
    let midnight = tomorrow.and_then(|day| day.to_zoned(zone.clone()).ok());
    dated.chain(midnight.map(|it| it.timestamp())).chain(ends).min()
}
