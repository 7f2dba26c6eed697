//! A site from its files up to its plan: what comes before rendering.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::iter::{
    IndexedParallelIterator as _, IntoParallelRefIterator as _, ParallelIterator as _,
};

use crate::assets;
use crate::build::LeftOut;
use crate::build::reuse::TOGETHER;
use crate::catalog::{self, Catalog};
use crate::config::{self, Config, Options};
use crate::content::schema::{Kind, Schema};
use crate::content::{self, Context, Entry, Settings, Status, model};
use crate::diag::Diagnostics;
use crate::form::{self, Form};
use crate::policy::Waiver;
use crate::render::Engine;
use crate::route::{self, Input};
use crate::theme;
use crate::trace::Ledger;
use crate::vfs::{Scratch, Tree};
use crate::world::{Site, World};

/// How a site is read.
pub(crate) struct How<'a> {
    /// Where drafts of bodies are kept; `None` when no page will be made.
    pub(crate) room: Option<&'a Scratch>,
    /// Whether templates and stylesheets are made small.
    pub(crate) minify: bool,
    /// Whether what is asked is written down.
    pub(crate) record: bool,
    /// Hears which stage is done.
    pub(crate) done: &'a mut dyn FnMut(&'static str),
}

/// A site that was read, as far as it could be.
pub(crate) struct Read {
    pub(crate) config: Config,
    pub(crate) options: Options,
    pub(crate) schema: Schema,
    /// The entries that are not on the site.
    pub(crate) left_out: Vec<LeftOut>,
    /// The site and its templates; absent while the theme cannot be used.
    pub(crate) world: Option<(Arc<World>, Arc<Engine>)>,
    /// What is wrong with assets and addresses, which no entry alone can tell.
    pub(crate) clashes: Diagnostics,
    /// Which findings may stay for a time.
    pub(crate) waivers: Vec<Waiver>,
}

/// Reads a site; each step goes as far as it can, so that one run tells everything. `None` when
/// there is no content model to read it by, which has been reported.
pub(crate) fn site(
    tree: &Arc<Tree>,
    (config, options): (Config, Options),
    How { room, minify, record, done }: How,
    diagnostics: &mut Diagnostics,
) -> Option<Read> {
    let theme = theme::load(tree, &config, diagnostics);
    let load = || {
        let mut found = Diagnostics::new();
        let engine = theme.as_ref().and_then(|it| Engine::load(it, minify, &mut found));
        (engine, found)
    };
    let Some(schema) = model::read(tree, diagnostics) else {
        diagnostics.extend(load().1);
        syntax(tree, diagnostics);
        return None;
    };
    done("load theme and schema");

    let context = Context { config: &config, options: &options, schema: &schema, room };
    // Templates are loaded by one thread while others read content.
    let ((engine, found), read) = rayon::join(load, || parse(context, tree, diagnostics));
    diagnostics.extend(found);
    done("load templates, parse content");

    let settings = settings(context, tree, diagnostics);
    let mut waivers = waivers(&read.entries, &settings);
    waivers.extend(theme.iter().flat_map(|it| it.waivers(diagnostics)));
    let catalog = catalog::index(&schema, read, settings, diagnostics);
    let forms = forms(&schema, &catalog, diagnostics);
    let left_out = left_out(&catalog);
    done("index");

    // Neither asks for the other, and both keep one processor busy.
    let planned = || {
        let mut found = Diagnostics::new();
        let theme = theme.as_ref()?;
        let assets = assets::collect(tree, theme, minify, &mut found);
        let media = assets::media(tree, &schema.media_folder);
        let plan = {
            let (config, schema, catalog, assets) = (&config, &schema, &catalog, &assets);
            route::plan(Input { config, tree, schema, catalog, theme, assets }, &mut found)
        };
        Some((assets, media, plan, found))
    };
    let (found, planned) = rayon::join(|| catalog::check(&schema, &catalog, tree), planned);
    diagnostics.extend(found);
    let clashes = Diagnostics::new();
    let mut read = Read { config, options, schema, left_out, world: None, clashes, waivers };
    let (Some((assets, media, plan, clashes)), Some(theme)) = (planned, theme) else {
        return Some(read);
    };
    read.clashes = clashes;
    done("plan");

    let Some(engine) = engine else { return Some(read) };
    let (config, schema, tree) = (read.config.clone(), read.schema.clone(), Arc::clone(tree));
    let drafts = read.options.drafts;
    let uses = engine.uses().clone();
    let site =
        Site { drafts, tree, config, schema, theme, catalog, forms, assets, media, plan, uses };
    let mut world = World::new(site);
    world.ledger = record.then(Ledger::new);
    read.world = Some((Arc::new(world), Arc::new(engine)));
    Some(read)
}

/// Looks at what can be told without `galen.yaml`, when that cannot be used; gives nothing.
pub(crate) fn without_config<T>(tree: &Tree, diagnostics: &mut Diagnostics) -> Option<T> {
    if tree.get(config::FILE).is_some() {
        let _ = model::read(tree, diagnostics);
        syntax(tree, diagnostics);
    }
    None
}

/// Looks whether each text can be read at all: what can be told without a content model.
fn syntax(tree: &Tree, diagnostics: &mut Diagnostics) {
    let texts = tree.below("content").filter(|it| it.path.as_str() != model::FILE);
    texts.for_each(|source| content::syntax(source, diagnostics));
}

pub(crate) fn parse(context: Context, tree: &Tree, diagnostics: &mut Diagnostics) -> catalog::Read {
    let claimed = content::claim(tree, context.schema, diagnostics);
    let parsed: Vec<(Option<Entry>, Diagnostics)> = claimed
        .par_iter()
        .with_max_len(TOGETHER)
        .map(|(collection, source)| {
            let mut found = Diagnostics::new();
            (content::parse(context, collection, source, &mut found), found)
        })
        .collect();
    let mut read = catalog::Read::default();
    for ((entry, found), (_, source)) in parsed.into_iter().zip(&claimed) {
        match entry {
            Some(entry) => read.entries.push(entry),
            None => drop(read.unreadable.insert(source.path.source())),
        }
        diagnostics.extend(found);
    }
    read
}

/// Gives the waivers of files of content.
pub(crate) fn waivers(entries: &[Entry], settings: &[Settings]) -> Vec<Waiver> {
    let entries = entries.iter().flat_map(|it| &it.waivers);
    entries.chain(settings.iter().flat_map(|it| &it.waivers)).cloned().collect()
}

pub(crate) fn settings(
    context: Context,
    tree: &Tree,
    diagnostics: &mut Diagnostics,
) -> Vec<Settings> {
    let files = context.schema.collections.iter().filter_map(|it| match &it.kind {
        Kind::Files(files) => Some(files),
        Kind::Folder { .. } => None,
    });
    files.flatten().filter_map(|file| content::settings(context, file, tree, diagnostics)).collect()
}

fn forms(
    schema: &Schema,
    catalog: &Catalog,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<Arc<str>, Form> {
    let collections = schema.collections.iter().filter(|collection| collection.form);
    let entries = collections.flat_map(|collection| catalog.published(&collection.name));
    entries.map(|entry| (Arc::clone(&entry.id.slug), form::read(entry, diagnostics))).collect()
}

fn left_out(catalog: &Catalog) -> Vec<LeftOut> {
    let hidden = catalog.entries.values().filter(|entry| entry.status != Status::Published);
    hidden
        .map(|entry| LeftOut {
            id: entry.id.clone(),
            source: entry.source.clone(),
            status: entry.status,
        })
        .collect()
}
