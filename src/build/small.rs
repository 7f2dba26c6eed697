//! A build in which little changed: texts of a few entries.
//!
//! When only bodies and plain fields (`shape`) of entries changed, there are the same pages with
//! the same entries in the same order. Then nothing is read but those entries and what an earlier
//! build left: it knows which tasks were told of them, and what else these were told. Wherever
//! that does not suffice, the whole site is read instead.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use crate::build::common::{Common, Loaded, Standby, is_common};
use crate::build::manifest::{Manifest, Seen};
use crate::build::patch::Patch;
use crate::build::recall::{Affected, Known, Memory, Recalled};
use crate::build::reuse::{Cause, Done};
use crate::build::traces::{Trace, Traces, What, key, note};
use crate::build::{Built, Look, read};
use crate::catalog;
use crate::check::wording::Rules;
use crate::check::{self, Checks, Facts};
use crate::config::{Config, Options};
use crate::content::schema::Schema;
use crate::content::{self, Context, Entry, EntryId, Status};
use crate::diag::{Diagnostic, Diagnostics};
use crate::render::{self, Collected, Content, Engine, Made, Sink, Task};
use crate::route::Plan;
use crate::text::UrlPath;
use crate::trace::{Ledger, Shelf};
use crate::vfs::{Files, Source, Tree};
use crate::world::{Question, Replay, Site, World};

/// The most files that are few.
const FEW: usize = 64;

/// What a small build starts from.
pub(crate) struct Start<'a> {
    pub(crate) files: &'a dyn Files,
    pub(crate) shelf: &'a dyn Shelf,
    pub(crate) sink: &'a dyn Sink,
    pub(crate) manifest: &'a Manifest<'a>,
    pub(crate) patch: &'a Patch,
    pub(crate) standby: &'a Standby,
    pub(crate) config: &'a Config,
    pub(crate) options: Options,
    /// Whether finished pages are left unchecked.
    pub(crate) unchecked: bool,
    /// When they were looked at, by the clock of their file system.
    pub(crate) moment: i64,
    /// The files that changed.
    pub(crate) changed: Vec<&'a Seen<'a>>,
}

/// What a small build changes of what an earlier one left.
pub(crate) struct Small {
    patch: Patch,
}

/// Builds the little that changed into a sink that keeps all else; `None` when the whole site must
/// be read, and then nothing was done.
pub(crate) fn build(start: &Start) -> Option<(Built, Small)> {
    let Start { files, manifest, .. } = start;
    let waived = manifest.waived.iter().any(|it| is_of(&it.diagnostic, start));
    let few = start.changed.len() <= FEW && !waived;
    let texts = few && !start.changed.iter().any(|it| is_common(it));
    let traces = texts.then(|| Traces::open(start.shelf, manifest.number))??;
    let common = Common::of(*files, manifest, start.standby)?;
    // Pages wait for the rules of wording, which take as long to read as all else together.
    let rules = || (!start.unchecked).then(|| common.rules());
    let (ready, rules) = rayon::join(|| ready(start, traces, &common), rules);
    finish(start, ready?, rules)
}

/// What is to be done, and what it is done with.
struct Ready {
    world: Arc<World>,
    engine: Arc<Engine>,
    memory: Arc<Memory>,
    tasks: Vec<(usize, Trace)>,
    /// The entries that changed.
    ids: Vec<EntryId>,
}

/// Finds out what is to be done; `None` when the whole site must be read.
fn ready(start: &Start, traces: Traces, common: &Common) -> Option<Ready> {
    let Start { files, manifest, .. } = start;
    let of_changed = |it: &Diagnostic| is_of(it, start);
    let Loaded { schema, engine } = common.loaded(start.config)?;
    let changed = start.changed.iter().map(|it| &*it.path);
    let tree = changed.fold(common.tree.clone(), |tree, path| tree.with(*files, path));
    let mut worlds = Worlds { start, schema, engine, tree };

    let (entries, said) = changed_entries(worlds.context(), &worlds.tree, start)?;
    let standing =
        Standing { told: manifest.diagnostics.iter().filter(|it| of_changed(it)).collect(), said };
    standing.is_all_known().then_some(())?;
    let parts_are_missing = manifest.found().any(|it| it.code == check::FRAGMENT);
    let patch = start.patch.clone();
    let memory = Memory { traces, patch, notes: Mutex::default(), parts_are_missing };
    let memory = Arc::new(memory);
    let tables = memory.traces.tables()?;
    let mut own = Vec::new();
    for entry in entries {
        let at = tables.entries.find(key(&entry.id.to_string()))?;
        let shape = manifest.plain.shape(Some(&entry));
        let same = shape != 0 && tables.shapes.get(at)? == shape;
        (same && entry.status == Status::Published).then_some(())?;
        own.push(Known { id: entry.id, source: entry.source.to_string(), at });
    }
    // A summary is known when its entry is.
    let world = worlds.world(&memory, &own)?;
    let told =
        own.iter().filter(|it| memory.patch.print(&tables, it.at) != Some(world.print(&it.id)));
    let told: Vec<&Known> = told.collect();
    let asked = Affected { tables: &tables, traces: &memory.traces, patch: &memory.patch };
    let tasks = asked.tasks(&own, &told)?;
    let others = asked.others(&tasks, &own)?;
    let world = match others.is_empty() {
        true => world,
        false => {
            for other in &others {
                worlds.tree = std::mem::take(&mut worlds.tree).with(*files, &other.source);
            }
            let all: Vec<Known> = own.iter().cloned().chain(others).collect();
            worlds.world(&memory, &all)?
        }
    };
    let ids = own.into_iter().map(|it| it.id).collect();
    standing.is_all_said_again(&tasks).then_some(())?;
    Some(Ready { world: Arc::new(world), engine: Arc::clone(engine), memory, tasks, ids })
}

/// Tells whether a problem is about a file that changed.
fn is_of(problem: &Diagnostic, start: &Start) -> bool {
    problem.sources().any(|it| start.changed.iter().any(|seen| it.as_str() == seen.path))
}

/// What an earlier build told of the files that changed: it stands if all of it is found again.
struct Standing<'a> {
    told: Vec<&'a Diagnostic>,
    /// What is found in the files as they are now.
    said: Vec<Diagnostic>,
}

impl Standing<'_> {
    /// Tells whether nothing is found in the files that was not told before.
    fn is_all_known(&self) -> bool {
        self.said.iter().all(|it| self.told.contains(&it))
    }

    /// Tells whether all that was told is found in the files, or was said of tasks that will say
    /// the same again, or follows from where pages point, which stays.
    fn is_all_said_again(&self, tasks: &[(usize, Trace)]) -> bool {
        self.told.iter().all(|told| {
            let same = |it: &Diagnostic| {
                it.code == told.code && it.span == told.span && it.message == told.message
            };
            told.code == check::ORPHAN
                || self.said.contains(told)
                || tasks.iter().flat_map(|(_, task)| &task.diagnostics).any(same)
        })
    }
}

/// Makes worlds of a few entries.
struct Worlds<'a> {
    start: &'a Start<'a>,
    schema: &'a Schema,
    engine: &'a Engine,
    tree: Tree,
}

impl Worlds<'_> {
    fn context(&self) -> Context<'_> {
        let (config, options) = (self.start.config, &self.start.options);
        Context { config, options, schema: self.schema, room: None }
    }

    /// A world that has some entries, with their addresses, and recalls the others.
    fn world(&self, memory: &Arc<Memory>, known: &[Known]) -> Option<World> {
        let context = self.context();
        let tables = memory.traces.tables()?;
        let mut plan = Plan::default();
        let mut entries = Vec::new();
        for it in known {
            let note = memory.traces.note(&tables, it.at)?;
            let [page, document] =
                note.urls.each_ref().map(|it| it.as_deref().and_then(UrlPath::new));
            plan.entries.extend(page.map(|url| (it.id.clone(), url)));
            plan.documents.extend(document.map(|url| (it.id.clone(), url)));
            let collection = self.schema.collection(&it.id.collection)?;
            // What is wrong with it has been told, or has been looked for.
            let ignored = &mut Diagnostics::new();
            entries.push(content::parse(context, collection, self.tree.get(&it.source)?, ignored)?);
        }
        for collection in &self.schema.collections {
            let url = collection.list.as_ref().and_then(|list| UrlPath::new(&list.route));
            plan.lists.extend(url.map(|url| (Arc::clone(&collection.name), url)));
        }
        let mut ignored = Diagnostics::new();
        let settings = read::settings(context, &self.tree, &mut ignored);
        let read = catalog::Read { entries, ..catalog::Read::default() };
        let site = Site {
            drafts: self.start.options.drafts,
            tree: Arc::new(self.tree.clone()),
            config: self.start.config.clone(),
            schema: self.schema.clone(),
            theme: self.engine.theme().clone(),
            catalog: catalog::index(self.schema, read, settings, &mut ignored),
            forms: BTreeMap::new(),
            assets: BTreeMap::new(),
            media: BTreeMap::new(),
            plan,
            uses: self.engine.uses().clone(),
        };
        let replay = Replay::new(Box::new(Recalled(Arc::clone(memory))));
        let mut world = World::with(site, Some(replay));
        world.ledger = Some(Ledger::new());
        Some(world)
    }
}

/// Reads the entries that changed, and tells what is wrong with them; `None` when one is no entry.
fn changed_entries(
    context: Context,
    tree: &Tree,
    start: &Start,
) -> Option<(Vec<Entry>, Vec<Diagnostic>)> {
    let own = start
        .changed
        .iter()
        .try_fold(Tree::default(), |own, seen| Some(own.adding(tree.get(&seen.path)?.clone())))?;
    let mut found = Diagnostics::new();
    let claimed = content::claim(&own, context.schema, &mut found);
    (claimed.len() == start.changed.len()).then_some(())?;
    let mut entries = Vec::new();
    for (collection, source) in claimed {
        entries.push(content::parse(context, collection, source, &mut found)?);
    }
    let policy = &start.config.checks;
    let said = found.iter().filter_map(|it| policy.apply(it.clone())).collect();
    Some((entries, said))
}

/// Does the tasks whose answers changed; `None` when that cannot be done with what is known.
fn finish(start: &Start, ready: Ready, rules: Option<Arc<Rules>>) -> Option<(Built, Small)> {
    let Ready { world, engine, memory, tasks, ids } = ready;
    let (world, engine, memory) = (&world, &engine, &memory);
    let tables = memory.traces.tables()?;
    let mut patch = memory.patch.clone();
    let changed = memory.changed(world, &tables, &tasks, &ids)?;
    let causes: Vec<(usize, Trace, Question)> = tasks
        .into_iter()
        .filter_map(|(at, task)| {
            let first =
                memory.patch.asked(&tables, at).into_iter().find(|it| changed.contains_key(it))?;
            let (question, _) = memory.traces.question(&tables, first as usize)?;
            Some((at, task, question))
        })
        .collect();
    let sink = Collected::new();
    let checks = Checks::new(world, start.unchecked);
    if let Some(rules) = rules {
        checks.take_rules(rules);
    }
    let run = |(at, trace, _): &(usize, Trace, Question)| {
        let made = match &trace.what {
            What::Route(Some(route)) => {
                let route = memory.route(&tables, route)?;
                let task = Task::Route(&route);
                let (made, facts) = check::run(engine, &checks, task, &sink);
                let facts = facts.as_ref();
                facts.is_none_or(|it| as_before(it, &checks, memory, *at)).then_some(())?;
                let template = render::template(world, &task);
                (made, template.map(str::to_owned), route.file.to_string())
            }
            What::Route(None) => return None,
            What::Text(id) => {
                let entry = world.entry(id)?;
                let task = Task::Text(entry);
                (render::run(world, engine, task, &Collected::new()), None, task.name())
            }
        };
        let files: Vec<String> = made.0.files.iter().map(ToString::to_string).collect();
        // What is said of it is told with much else, and stays so when it is as it was.
        let same = made.0.diagnostics.iter().eq(&trace.diagnostics);
        (same && files == trace.files).then_some(made)
    };
    let made: Vec<(Made, Option<String>, String)> =
        causes.par_iter().map(run).collect::<Option<_>>()?;
    if world.replay.as_ref()?.is_missing() {
        return None;
    }
    // Every question of a task that was done must be one that was asked before.
    let mut numbers = BTreeMap::new();
    world.ledger.as_ref()?.each(|number, told| {
        numbers.insert(number, (told.key, told.digest));
    });
    let mut done = Vec::new();
    for ((at, _, question), (made, template, name)) in causes.into_iter().zip(made) {
        let mut asked = Vec::new();
        for number in &made.asked {
            let (key, digest) = numbers.get(number)?;
            let place = tables.questions.find(*key)?;
            let place = u32::try_from(place).ok()?;
            let known = changed.get(&place).copied();
            (known.or_else(|| patch.digest(&tables, place as usize)) == Some(*digest))
                .then_some(())?;
            asked.push(place);
        }
        patch.asked.insert(u32::try_from(at).ok()?, asked);
        let cause = Some(Cause::Changed(question));
        done.push(Done { name, cause, template, made, facts: None });
    }
    done.sort_by(|a, b| a.name.cmp(&b.name));
    patch.digests.extend(&changed);
    for id in &ids {
        let at = tables.entries.find(key(&id.to_string()))?;
        patch.entries.insert(u32::try_from(at).ok()?, (world.print(id), note(world, id)));
    }
    for seen in &start.changed {
        let source = world.site.tree.get(&seen.path)?;
        let entry = world.site.catalog.by_source.get(&source.path.source())?;
        let digest = world.entry(entry)?.digest.short();
        patch.sources.insert(seen.path.to_string(), seen_now(source, digest, start.moment));
    }
    let kept = start.manifest.outputs.len();
    for (file, bytes) in sink.files() {
        start.sink.put(&file, Content::Bytes(&bytes));
    }
    let mut built = Built::new(Arc::clone(&world.site.tree), Some(start.config.clone()));
    built.kept = kept;
    built.tasks = done;
    Some((built, Small { patch }))
}

/// Tells whether a page points where it did, and has all parts that it had: then nothing that is
/// known of links has changed. Links to parts that are new were broken, and that was said.
fn as_before(facts: &Facts, checks: &Checks, memory: &Memory, at: usize) -> bool {
    let Some(tables) = memory.traces.tables() else { return false };
    let known = facts.ids.iter();
    let ids: Vec<u32> = tables.ids.get(at).collect();
    let all = ids.iter().all(|id| facts.ids.binary_search(id).is_ok());
    let same = all && known.len() == ids.len();
    let addresses = checks.addresses.all();
    let now = facts.links.iter().filter_map(|it| addresses.get(*it as usize));
    let now: BTreeSet<&str> = now.map(|it| &**it).collect();
    let before = tables.links.get(at).map(|it| memory.traces.address(&tables, it));
    let before: Option<BTreeSet<String>> = before.collect();
    let links = before.is_some_and(|before| before.iter().map(String::as_str).eq(now));
    links && (same || all && !memory.parts_are_missing)
}

fn seen_now(source: &Source, digest: u128, moment: i64) -> Seen<'static> {
    let mark = source.mark();
    Seen { path: source.path.to_string().into(), mark, settled: mark.is_settled(moment), digest }
}

impl Small {
    /// Leaves on a shelf what changed, once it has been published.
    pub(crate) fn keep(&self, built: &Built, shelf: &dyn Shelf, mark: Look) {
        let mut patch = self.patch.clone();
        for file in built.tasks.iter().flat_map(|it| &it.made.files) {
            patch.outputs.insert(file.to_string(), Seen::output(file.as_str(), mark).kept());
        }
        shelf.put("patch", &patch.write());
    }
}
