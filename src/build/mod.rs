//! The pipeline: a site's files in, its finished pages out.
//!
//! [`build`] reads as the list of its steps; those up to the plan are `read`'s, which a language
//! server takes too. It writes nothing, so tests and previews run it too.

mod read;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::config::{self, Config, Options};
use crate::content::schema::Schema;
use crate::content::{Context, Entry, EntryId, Status, model};
use crate::diag::{Code, Diagnostic, Diagnostics, SourceId};
use crate::render::{self, Sink};
use crate::text::near;
use crate::vfs::{self, Files, Scratch, Tree};
use crate::world::World;

pub(crate) use read::{How, site as read_site};

/// A moment on the command line that cannot be read.
pub const CLOCK: Code = Code::new("config/clock");

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The moment for which the site is built, as written; the present when absent.
    pub clock: Option<String>,
    /// Whether drafts are built as if they were published.
    pub drafts: bool,
    /// The site's address, in place of that in `galen.yaml`.
    pub base_url: Option<String>,
}

/// A finished build.
pub struct Built {
    /// Every problem, in the order of the files.
    pub diagnostics: Diagnostics,
    /// How many of the files are pages.
    pub pages: usize,
    /// The entries that are not on the site.
    pub left_out: Vec<LeftOut>,
    /// The site's files as they were read, for messages.
    pub tree: Arc<Tree>,
    /// `galen.yaml`; absent when it cannot be used.
    pub config: Option<Config>,
    /// The site that was read; absent when it could not be.
    pub world: Option<Arc<World>>,
    /// How long the stages took, in their order.
    pub timings: Vec<(&'static str, Duration)>,
    /// How long each template took on all its pages together, on all threads, and their number.
    pub templates: BTreeMap<String, (Duration, usize)>,
}

/// An entry that is not on the site.
#[derive(Clone, Debug)]
pub struct LeftOut {
    /// Which.
    pub id: EntryId,
    /// Its file.
    pub source: SourceId,
    /// Why.
    pub status: Status,
}

/// Hears which step a build is at, in a few words.
pub type Progress<'a> = &'a dyn Fn(&str);

/// Builds a site into a sink, from which nothing is to be published when there are errors.
pub fn build(files: &dyn Files, request: &Request, sink: &dyn Sink, progress: Progress) -> Built {
    let start = Instant::now();
    progress("reading files");
    let mut diagnostics = Diagnostics::new();
    let tree = Arc::new(vfs::scan(files, &mut diagnostics));
    let mut built = Built {
        diagnostics: Diagnostics::new(),
        pages: 0,
        left_out: Vec::new(),
        tree: Arc::clone(&tree),
        config: config::read(&tree, &mut diagnostics),
        world: None,
        timings: Vec::new(),
        templates: BTreeMap::new(),
    };
    built.timings.push(("read files", start.elapsed()));
    let place = (sink, &files.scratch());
    steps(&mut built, request, place, (&mut diagnostics, progress));
    built.diagnostics = diagnostics.sorted();
    built
}

/// The steps after `galen.yaml`; each goes as far as it can, so that one run tells everything.
fn steps(
    built: &mut Built,
    request: &Request,
    (sink, scratch): (&dyn Sink, &Scratch),
    (diagnostics, progress): (&mut Diagnostics, Progress),
) -> Option<()> {
    let mut watch = Watch { last: Instant::now(), timings: Vec::new() };
    let tree = Arc::clone(&built.tree);
    let mut config = built.config.clone()?;
    if let Some(url) = &request.base_url {
        config.move_to(url, diagnostics)?;
    }
    let options = options(request, &config, diagnostics)?;
    let minify = config.minify;
    progress("reading content");
    let done = &mut |stage| watch.done(stage);
    let how = How { room: Some(scratch), minify, done };
    let read = read_site(&tree, (config, options), how, diagnostics)?;
    built.left_out = read.left_out;
    diagnostics.extend(read.clashes);
    let (world, engine) = read.world?;
    engine.check(&world, diagnostics);

    watch.done("prepare summaries");
    built.pages = world.site.plan.routes.values().filter(|route| route.kind.is_page()).count();
    progress(&format!("rendering {}", near::counted(built.pages, "page")));
    let flawed = diagnostics.has_errors();
    let mut found = Diagnostics::new();
    built.templates = render::all(&world, &engine, sink, &mut found);
    watch.done("render");
    built.timings.append(&mut watch.timings);
    built.world = Some(Arc::clone(&world));
    // Where content is flawed, a template's failure is a consequence of it.
    let consequence = |it: &Diagnostic| flawed && it.code == render::FAILED;
    diagnostics.extend(found.into_iter().filter(|it| !consequence(it)));
    Some(())
}

/// The entries of a site, as far as they can be read.
pub struct Listing {
    /// The names of the collections, as far as the schema can be read.
    pub collections: Vec<Arc<str>>,
    /// Every entry, by collection and slug.
    pub entries: Vec<Listed>,
    /// Every problem of the files that were read.
    pub diagnostics: Diagnostics,
    /// The site's files, for messages.
    pub tree: Tree,
    /// `galen.yaml`; absent when it cannot be used.
    pub config: Option<Config>,
}

/// An entry in a listing.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Which.
    pub id: EntryId,
    /// Its file.
    pub source: SourceId,
    /// What it is called.
    pub title: String,
    /// Whether it is on the site.
    pub status: Status,
}

/// Reads a site's entries, and no more of it than that needs.
pub fn list(files: &dyn Files, request: &Request) -> Listing {
    let mut diagnostics = Diagnostics::new();
    let tree = vfs::scan(files, &mut diagnostics);
    let config = config::read(&tree, &mut diagnostics);
    let mut entries = Vec::new();
    let mut collections = Vec::new();
    if let Some(config) = &config
        && let Some(options) = options(request, config, &mut diagnostics)
        && let Some(schema) = model::read(&tree, &mut diagnostics)
    {
        let context = Context { config, options: &options, schema: &schema, room: None };
        collections.extend(schema.collections.iter().map(|it| Arc::clone(&it.name)));
        let read = read::parse(context, &tree, &mut diagnostics);
        entries.extend(read.entries.into_iter().map(|entry| listed(&schema, entry)));
    }
    entries.sort_by(|a, b| a.id.cmp(&b.id));
    Listing { collections, entries, diagnostics: diagnostics.sorted(), tree, config }
}

fn listed(schema: &Schema, entry: Entry) -> Listed {
    let named = schema.collection(&entry.id.collection).map(|it| it.identifier.as_str());
    let title = entry.fields.get(named.unwrap_or("title")).text();
    let title = title.unwrap_or_else(|| entry.id.slug.to_string());
    Listed { id: entry.id, source: entry.source, title, status: entry.status }
}

/// Times one stage after the other.
struct Watch {
    last: Instant,
    timings: Vec<(&'static str, Duration)>,
}

impl Watch {
    fn done(&mut self, stage: &'static str) {
        let now = Instant::now();
        self.timings.push((stage, now - self.last));
        self.last = now;
    }
}

pub(crate) fn options(
    request: &Request,
    config: &Config,
    diagnostics: &mut Diagnostics,
) -> Option<Options> {
    let now = match &request.clock {
        None => config::now(),
        Some(text) => match config::clock(text, &config.zone) {
            Ok(now) => now,
            Err(words) => {
                diagnostics.push(Diagnostic::error(CLOCK, format!("`--clock`: {words}")));
                return None;
            }
        },
    };
    Some(Options { now, drafts: request.drafts })
}
