//! What a build notes of itself, for the next one.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use crate::build::manifest::{Manifest, Seen};
use crate::build::shape::Plain;
use crate::build::{Built, Look, Request, traces, unchanged};
use crate::config;
use crate::content::schema::{Kind, SettingsFile};
use crate::content::{self, Entry, EntryId, Turn, model};
use crate::diag::SourceId;
use crate::output::Others;
use crate::policy::Waiver;
use crate::text::{Digest, RelPath};
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

    fn manifest<'a>(
        &self,
        built: &'a Built,
        world: &'a World,
        files: &dyn Files,
        (others, mark): (&Others, Look),
    ) -> Manifest<'a> {
        let look = |path: &&'a str| Seen::output(path, mark);
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
            all_listed: false,
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
        (manifest.listed, manifest.all_listed) = unchanged::listed(files, &manifest);
        manifest.number = number(&manifest);
        manifest
    }

    fn sources<'a>(&self, world: &'a World) -> Vec<Seen<'a>> {
        let catalog = &world.site.catalog;
        let digest = |source: &Source| {
            if let Some(bytes) = source.held_bytes() {
                return Digest::of(bytes).short();
            }
            let id = catalog.by_source.get(&source.path.source());
            id.and_then(|id| catalog.entries.get(id)).map_or(0, |entry| entry.digest.short())
        };
        let seen = |source: &'a Source| Seen {
            path: source.path.as_str().into(),
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
    let own = [config::FILE, model::FILE, content::RULES];
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

/// The first moment after `now` at which anything dated may change; `None` when nothing will.
pub(crate) fn until(world: &World, waivers: &[Waiver], now: Timestamp) -> Option<Timestamp> {
    let zone = &world.site.config.zone;
    // Until then a date is told to be far away.
    let near = world.site.catalog.entries.values().filter_map(|entry| {
        let collection = world.site.schema.collection(&entry.id.collection)?;
        let [at, _] = content::moments(collection, &entry.fields, zone);
        at?.checked_sub(content::FAR_AHEAD).ok().filter(|at| *at > now)
    });
    turns(world, waivers, now).into_iter().map(|turn| turn.at).chain(near).min()
}

/// A moment at which something dated may change.
#[derive(Clone, Debug)]
pub struct Turning {
    /// The moment.
    pub at: Timestamp,
    /// What changes.
    pub turn: Turn,
    /// The file that says so.
    pub source: SourceId,
    /// The entry; absent for settings.
    pub id: Option<EntryId>,
}

/// The moments after `now` at which anything dated may change: of each entry and each file of
/// settings those that come next, and of waivers, so that the first of all is among them.
pub(crate) fn turns(world: &World, waivers: &[Waiver], now: Timestamp) -> Vec<Turning> {
    let site = &world.site;
    let zone = &site.config.zone;
    let of_entry = |entry: &Entry| {
        let collection = site.schema.collection(&entry.id.collection)?;
        let turns = content::turns(collection, entry, (now, zone));
        let (source, id) = (entry.source.clone(), Some(entry.id.clone()));
        Some(turns.into_iter().map(move |(at, turn)| {
            let (source, id) = (source.clone(), id.clone());
            Turning { at, turn, source, id }
        }))
    };
    let of_settings = |file: &SettingsFile| {
        let settings = site.catalog.settings.get(&file.name)?;
        let turns = content::days(&file.fields, &settings.fields, (now, zone));
        let source = SourceId::new(file.file.as_str());
        Some(turns.into_iter().map(move |(at, turn)| {
            let source = source.clone();
            Turning { at, turn, source, id: None }
        }))
    };
    let files = site.schema.collections.iter().flat_map(|it| match &it.kind {
        Kind::Files(files) => files.as_slice(),
        Kind::Folder { .. } => &[],
    });
    let entries = site.catalog.entries.values().filter_map(of_entry).flatten();
    let waivers = waivers.iter().filter_map(|it| {
        let at = it.end(zone).filter(|at| *at > now)?;
        let source = it.span.source.clone();
        let id = site.catalog.by_source.get(&source).cloned();
        Some(Turning { at, turn: Turn::WaiverEnds, source, id })
    });
    entries.chain(files.filter_map(of_settings).flatten()).chain(waivers).collect()
}
