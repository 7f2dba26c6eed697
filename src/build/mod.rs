//! The pipeline: a site's files in, its finished pages out.
//!
//! [`build`] reads as the list of its steps; those up to the plan are `read`'s, which a language
//! server takes too. It writes nothing, so tests and previews run it too.

mod bench;
mod checked;
mod common;
mod explain;
mod forms;
mod gone;
mod list;
mod manifest;
mod memo;
mod next;
mod patch;
mod read;
mod recall;
mod request;
mod reuse;
mod shape;
mod small;
mod traces;
mod unchanged;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::check::{Checks, a11y};
use crate::config::{self, Config};
use crate::diag::{Diagnostic, Diagnostics, Severity, Span, Waived};
use crate::output::Others;
use crate::render::{self, Engine, Sink};
use crate::text::{date, near};
use crate::trace::{Kept, Shelf};
use crate::vfs::{self, Files, Mark, Scratch, Tree};
use crate::world::World;

use bench::Bench;
use manifest::Manifest;
use memo::{Memo, asked};
use patch::Patch;
use reuse::Earlier;
use small::Small;
use traces::Traces;

pub use common::Standby;
pub use explain::{Explained, explain};
pub use forms::{Forms, forms};
pub use gone::LEFT_ONLINE;
pub use list::{LeftOut, Listed, Listing, list};
pub use memo::Turning;
pub use next::{Next, next_change};
pub use patch::forget;
pub use request::{CLOCK, Request};
pub use reuse::{Cause, Done};
pub use unchanged::Far;

pub(crate) use bench::judge;
pub(crate) use read::{How, site as read_site};
pub(crate) use request::options;

/// A finished build.
pub struct Built {
    /// Every problem, in the order of the files.
    pub diagnostics: Diagnostics,
    /// Every problem that a waiver hides, in the order of the files.
    pub waived: Vec<Waived>,
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
    /// Its templates; absent when they could not be read.
    pub engine: Option<Arc<Engine>>,
    /// The addresses to which pages point, by their numbers.
    pub addresses: Vec<Box<str>>,
    /// How long the stages took, in their order.
    pub timings: Vec<(&'static str, Duration)>,
    /// Everything that was done or kept; nothing when all is as it was.
    pub tasks: Vec<Done>,
    /// The first moment after that of the build at which anything dated changes.
    pub until: Option<Timestamp>,
    /// The site's files that changed, where they are known and few.
    pub changed: Vec<String>,
    /// Whether all is as it was.
    pub unchanged: bool,
    /// How many of the output's files nobody had to look at.
    pub kept: usize,
    bench: Bench,
    memo: Option<Memo>,
    small: Option<Small>,
}

impl Built {
    fn new(tree: Arc<Tree>, config: Option<Config>) -> Self {
        Self {
            diagnostics: Diagnostics::new(),
            waived: Vec::new(),
            pages: 0,
            left_out: Vec::new(),
            tree,
            config,
            world: None,
            engine: None,
            addresses: Vec::new(),
            timings: Vec::new(),
            tasks: Vec::new(),
            until: None,
            changed: Vec::new(),
            unchanged: false,
            kept: 0,
            bench: Bench::default(),
            memo: None,
            small: None,
        }
    }

    /// Gives how long each template took on all its pages together, on all threads, and their
    /// number.
    pub fn templates(&self) -> BTreeMap<&str, (Duration, usize)> {
        let mut templates: BTreeMap<&str, (Duration, usize)> = BTreeMap::new();
        for task in self.tasks.iter().filter(|it| it.cause.is_some()) {
            if let Some(name) = &task.template {
                let (sum, pages) = templates.entry(name).or_default();
                *sum += task.made.time;
                *pages += 1;
            }
        }
        templates
    }

    /// Gives every address of other sites to which pages point, with the places of the pointers. Only
    /// a build of the whole site knows them.
    pub fn web_links(&self) -> Vec<(String, Vec<Span>)> {
        checked::web(self)
    }

    /// Leaves on a shelf what the next build may keep, once this one has been published: `mark`
    /// looks at a file or folder of the output, in which there are `others` besides.
    pub fn keep(&self, files: &dyn Files, shelf: &dyn Shelf, others: &Others, mark: Look) {
        if let Some(small) = &self.small {
            small.keep(self, shelf, mark);
        }
        if let (Some(memo), Some(world)) = (&self.memo, &self.world) {
            memo.keep(self, world, files, shelf, (others, mark));
        }
    }
}

/// Looks at a file or folder of the output; `None` when it is gone.
pub type Look<'a> = &'a (dyn Fn(&str) -> Option<Mark> + Sync);

/// Hears which step a build is at, in a few words.
pub type Progress<'a> = &'a dyn Fn(&str);

/// Builds a site into a sink, from which nothing is to be published when there are errors.
pub fn build(files: &dyn Files, request: &Request, sink: &dyn Sink, progress: Progress) -> Built {
    clean(files, request, (sink, None), progress)
}

/// Builds a site into a sink that has what an earlier build made, with what that left on a shelf:
/// what would be made as it is stays. The result is that of [`build`].
pub fn again(
    files: &dyn Files,
    request: &Request,
    (sink, shelf): (&dyn Sink, &dyn Shelf),
    progress: Progress,
) -> Built {
    let kept = shelf.get("manifest");
    let Some((manifest, patch)) = kept.as_ref().and_then(|kept| earlier(shelf, kept)) else {
        return clean(files, request, (sink, Some(Err(Cause::First))), progress);
    };
    let earlier = (&manifest, &patch);
    let standby = Standby::default();
    if let Some(built) = little(files, request, (sink, shelf), earlier, (Far::Output, &standby)) {
        return built;
    }
    let traces = Traces::open(shelf, manifest.number).and_then(Traces::load);
    let earlier = traces.map(|traces| Earlier { manifest, traces, patch }).ok_or(Cause::First);
    clean(files, request, (sink, Some(earlier)), progress)
}

/// Builds as [`again`] does where no more than the texts of a few entries changed; `None`, and
/// nothing is done, otherwise. What is not looked at is taken to be as it was left: with
/// [`Far::Files`] the result is that for a site whose other entries did not change. What such builds
/// have in common is taken from `standby` and left there.
pub fn follow(
    files: &dyn Files,
    request: &Request,
    (sink, shelf): (&dyn Sink, &dyn Shelf),
    far: Far,
    standby: &Standby,
) -> Option<Built> {
    let kept = shelf.get("manifest")?;
    let (manifest, patch) = earlier(shelf, &kept)?;
    little(files, request, (sink, shelf), (&manifest, &patch), (far, standby))
}

/// What an earlier build left, as small builds since have changed it.
fn earlier<'a>(shelf: &dyn Shelf, kept: &'a Kept) -> Option<(Manifest<'a>, Patch)> {
    let mut manifest = Manifest::read(kept.bytes())?;
    let patch = Patch::open(shelf, manifest.number);
    patch.apply(&mut manifest);
    Some((manifest, patch))
}

/// Gives what the last build gave, but for the texts of a few entries; `None` when more changed.
fn little(
    files: &dyn Files,
    request: &Request,
    (sink, shelf): (&dyn Sink, &dyn Shelf),
    (manifest, patch): (&Manifest, &Patch),
    (far, standby): (Far, &Standby),
) -> Option<Built> {
    let start = Instant::now();
    let mut diagnostics = Diagnostics::new();
    let tree = vfs::scan_file(files, config::FILE)?;
    manifest.source(config::FILE)?.is_as_read(tree.get(config::FILE)?).then_some(())?;
    let mut config = config::read(&tree, &mut diagnostics)?;
    if let Some(url) = &request.base_url {
        config.move_to(url, &mut diagnostics)?;
    }
    let options = options(request, &config, &mut diagnostics)?;
    let fits = manifest.request == asked(request) && manifest.holds_at(options.now.as_nanosecond());
    let changes = unchanged::look(files, manifest, (sink, far)).filter(|_| fits)?;
    let (changed, same_folders) = (changes.sources, changes.same_folders);
    if !matches!(far, Far::Output) && !same_folders {
        return None;
    }
    let looked = start.elapsed();
    let paths: Vec<String> = changed.iter().map(|it| it.path.to_string()).collect();
    let mut built = match changed.is_empty() {
        true => {
            let mut built = Built::new(Arc::new(tree), Some(config));
            built.unchanged = true;
            built.kept = manifest.outputs.len();
            built
        }
        false => {
            let config = &config;
            let moment = files.moment();
            let start = small::Start {
                files,
                shelf,
                sink,
                manifest,
                patch,
                standby,
                config,
                options,
                unchecked: request.unchecked,
                moment,
                changed,
            };
            let (mut built, small) = small::build(&start)?;
            built.small = Some(small);
            built
        }
    };
    let foreign = same_folders.then(|| manifest.foreign.clone());
    sink.keep_all(render::Earlier { files: manifest.files(), foreign });
    let named = manifest.found().flat_map(Diagnostic::sources);
    let tree = named.fold((*built.tree).clone(), |tree, it| tree.with(files, it.as_str()));
    built.tree = Arc::new(tree);
    built.diagnostics.extend(manifest.diagnostics.iter().cloned());
    built.waived = manifest.waived.clone();
    built.changed = paths;
    built.pages = manifest.pages;
    built.until = manifest.until.and_then(|it| Timestamp::from_nanosecond(it).ok());
    built.left_out = manifest.left_out.clone();
    built.timings.push(("look for changes", looked));
    built.timings.push(("make what changed", start.elapsed().saturating_sub(looked)));
    Some(built)
}

/// Tells whether the files of the output are not what an earlier build left; not where nothing is known
/// of them.
pub fn is_output_touched(sink: &dyn Sink, shelf: &dyn Shelf) -> bool {
    let touched = || {
        let kept = shelf.get("manifest")?;
        let (manifest, _) = earlier(shelf, &kept)?;
        Some(unchanged::outputs(&manifest, sink).is_none())
    };
    touched().unwrap_or(false)
}

fn clean(
    files: &dyn Files,
    request: &Request,
    (sink, earlier): (&dyn Sink, Option<Result<Earlier, Cause>>),
    progress: Progress,
) -> Built {
    let start = Instant::now();
    progress("reading files");
    let mut diagnostics = Diagnostics::new();
    // Who keeps nothing leaves nothing in the site's folder: to ask for the time writes a file.
    let moment = earlier.as_ref().map_or(i64::MIN, |_| files.moment());
    let tree = Arc::new(vfs::scan(files, &mut diagnostics));
    let config = config::read(&tree, &mut diagnostics);
    let mut built = Built::new(Arc::clone(&tree), config);
    built.timings.push(("read files", start.elapsed()));
    let place = (sink, &files.scratch(), earlier);
    let found = steps(&mut built, request, place, (&mut diagnostics, progress));
    let verdict = built.bench.judge(built.config.as_ref(), &tree, diagnostics);
    (built.diagnostics, built.waived) = (verdict.diagnostics, verdict.waived);
    if let Some(memo) = found.filter(|_| !built.diagnostics.has_errors()) {
        built.memo = Some(Memo { moment, request: asked(request), ..memo });
    }
    built
}

/// The steps after `galen.yaml`; each goes as far as it can, so that one run tells everything.
fn steps(
    built: &mut Built,
    request: &Request,
    (sink, scratch, earlier): (&dyn Sink, &Scratch, Option<Result<Earlier, Cause>>),
    (diagnostics, progress): (&mut Diagnostics, Progress),
) -> Option<Memo> {
    let mut watch = Watch { last: Instant::now(), timings: Vec::new() };
    let tree = Arc::clone(&built.tree);
    let Some(mut config) = built.config.clone() else {
        return read::without_config(&tree, diagnostics);
    };
    if let Some(url) = &request.base_url {
        config.move_to(url, diagnostics)?;
    }
    let options = options(request, &config, diagnostics)?;
    let (now, minify) = (options.now, config.minify);
    built.bench.today = Some(date::day(now, &config.zone));
    progress("reading content");
    let done = &mut |stage| watch.done(stage);
    let how = How { room: Some(scratch), minify, record: earlier.is_some(), done };
    let read = read_site(&tree, (config, options), how, diagnostics)?;
    built.left_out = read.left_out;
    built.bench.waivers = read.waivers;
    diagnostics.extend(read.clashes);
    let (world, engine) = read.world?;
    engine.check(&world, !request.unchecked, diagnostics);
    watch.done("prepare summaries");
    built.pages = world.site.plan.routes.values().filter(|route| route.kind.is_page()).count();
    progress(&format!("rendering {}", near::counted(built.pages, "page")));
    let so_far = built.bench.judge(Some(&world.site.config), &tree, diagnostics.clone());
    let flawed = so_far.diagnostics.has_errors();
    let ground = memo::ground(&tree, request);
    let earlier = match earlier {
        Some(Ok(earlier)) if earlier.manifest.ground != ground => Err(Cause::Ground),
        Some(earlier) => earlier,
        None => Err(Cause::First),
    };
    let checks = Checks::new(&world, request.unchecked);
    checks.read_rules(diagnostics);
    built.tasks = reuse::all(&world, &engine, &checks, sink, earlier);
    watch.done("render, check pages");
    built.addresses = checks.addresses.all();
    let together = checked::links(&world, &engine, &built.tasks, &built.addresses);
    watch.done("check links");
    built.timings.append(&mut watch.timings);
    built.world = Some(Arc::clone(&world));
    built.engine = Some(engine);
    let found = built.tasks.iter().flat_map(|it| it.made.diagnostics.iter());
    // Where content is flawed, what a template fails at or has nothing for is a consequence of it.
    let entries = &world.site.catalog.by_source;
    let errors = so_far.diagnostics.iter().filter(|it| it.severity == Severity::Error);
    let lacks = errors.flat_map(Diagnostic::sources).any(|it| entries.contains_key(it));
    let consequence = |it: &Diagnostic| {
        let of_theme = it.span.as_ref().is_some_and(|it| it.source.as_str().starts_with("themes/"));
        flawed && it.code == render::FAILED
            || lacks && of_theme && a11y::is_about_emptiness(it.code)
    };
    diagnostics.extend(render::gathered(found).into_iter().filter(|it| !consequence(it)));
    diagnostics.extend(render::gathered(together.iter()));
    built.bench.complete = !request.unchecked;
    built.until = memo::until(&world, &built.bench.waivers, now);
    Some(Memo { ground, now, until: built.until, ..Memo::default() })
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
