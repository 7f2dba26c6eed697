//! A site as an editor shows it: read whole when it is opened or saved, one entry anew with each
//! change.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;

use crate::build::{self, How, Request};
use crate::catalog;
use crate::config::{self, Config, Options};
use crate::content::schema::{Collection, Field, Kind, Schema};
use crate::content::{self, Context, model};
use crate::diag::{Diagnostic, Diagnostics, SourceId};
use crate::form;
use crate::policy::Waiver;
use crate::render::{self, Engine};
use crate::text::{RelPath, date};
use crate::vfs::{self, Disk, Files as _, Overlay, Source, Tree};
use crate::world::World;

/// A site that is looked at.
pub(crate) struct Site {
    /// Its folder.
    pub(crate) root: PathBuf,
    files: Overlay<Disk>,
    request: Request,
    reading: Option<Reading>,
}

/// A site as it was read last.
struct Reading {
    tree: Arc<Tree>,
    /// Every problem, of all files.
    diagnostics: Diagnostics,
    /// Which addresses clash, which no file alone can tell.
    clashes: Diagnostics,
    /// Which findings may stay for a time.
    waivers: Vec<Waiver>,
    model: Option<Model>,
}

/// What entries are read by.
pub(crate) struct Model {
    pub(crate) config: Config,
    options: Options,
    pub(crate) schema: Schema,
    /// The other entries, and the templates; absent while the theme cannot be used.
    pub(crate) world: Option<(Arc<World>, Arc<Engine>)>,
}

impl Model {
    /// Gives the day for which the site is read.
    pub(crate) fn today(&self) -> Date {
        date::day(self.options.now, &self.config.zone)
    }

    /// Gives the fields of a file, and whether they are its front matter rather than all of it.
    pub(crate) fn fields(&self, path: &RelPath) -> Option<(&[Field], bool)> {
        let owner = owner(&self.schema, path)?;
        match &owner.kind {
            Kind::Folder { front_matter, .. } => Some((&owner.fields, *front_matter)),
            Kind::Files(files) => {
                let file = files.iter().find(|it| it.file == path.as_str())?;
                Some((&file.fields, false))
            }
        }
    }
}

impl Site {
    /// Opens the site of a folder.
    pub(crate) fn open(root: PathBuf, clock: Option<String>) -> Self {
        let files = Overlay::new(Disk::new(&root));
        Self { root, files, request: Request { clock, ..Request::default() }, reading: None }
    }

    /// Gives the path of a file in the site; `None` for one outside.
    pub(crate) fn path(&self, place: &Path) -> Option<RelPath> {
        let inner = place.strip_prefix(&self.root).ok()?;
        RelPath::new(&inner.to_str()?.replace('\\', "/"))
    }

    /// Takes the text of an open file; tells whether it may bear on other files.
    pub(crate) fn set(&mut self, path: &RelPath, text: &Arc<str>) -> bool {
        self.files.set(path, Arc::clone(text));
        let Some(reading) = &self.reading else { return true };
        let known = reading.tree.get(path.as_str()).is_some();
        let owner = reading.model.as_ref().and_then(|it| owner(&it.schema, path));
        // An entry that is known is checked alone; anything else may bear on all entries.
        !(known && owner.is_some_and(is_folder))
    }

    /// Forgets the text of a file that was closed; tells whether others saw something else.
    pub(crate) fn close(&mut self, path: &RelPath, text: &str) -> bool {
        self.files.remove(path);
        let saved = self.files.read(path).is_ok_and(|it| it == text.as_bytes());
        let seen = self.reading.as_ref().and_then(|it| it.tree.text(&path.source()));
        !(saved && seen.as_deref() == Some(text))
    }

    /// Has the site read again when it is needed next.
    pub(crate) fn forget(&mut self) {
        self.reading = None;
    }

    /// Gives what entries are read by, reading the site if need be; `None` while `galen.yaml` or
    /// the content model cannot be used.
    pub(crate) fn model(&mut self) -> Option<&Model> {
        self.reading().model.as_ref()
    }

    /// Gives the text of a file, for places in it.
    pub(crate) fn text(&mut self, source: &SourceId) -> Option<Arc<str>> {
        self.reading().tree.text(source)
    }

    /// Finds everything that is wrong with one file.
    pub(crate) fn problems(&mut self, path: &RelPath, text: &str) -> Diagnostics {
        let id = path.source();
        let reading = self.reading();
        let entry = reading.model.as_ref().and_then(|model| {
            let owner = owner(&model.schema, path).filter(|it| is_folder(it))?;
            Some((model, owner))
        });
        let mut found = Diagnostics::new();
        let mut waivers = Vec::new();
        match entry {
            Some((model, collection)) => {
                let place = (path, text);
                let read = entry_problems(model, &reading.tree, collection, place, &mut found);
                waivers.extend(read.into_iter().flatten());
                found.extend(reading.clashes.iter().cloned());
            }
            None => {
                found.extend(reading.diagnostics.iter().cloned());
                waivers.clone_from(&reading.waivers);
            }
        }
        let here = |it: &Diagnostic| it.span.as_ref().is_some_and(|span| span.source == id);
        let of_file: Diagnostics = found.into_iter().filter(here).collect();
        waivers.retain(|it| it.span.source == id);
        let model = reading.model.as_ref();
        let (config, today) = (model.map(|it| &it.config), model.map(Model::today));
        let sources = |_: &SourceId| Some(Arc::from(text));
        build::judge(config, (&waivers, today), &sources, (of_file, false)).diagnostics
    }

    fn reading(&mut self) -> &Reading {
        self.reading.get_or_insert_with(|| read(&self.files, &self.request))
    }
}

/// Finds the collection of a file, as [`content::claim`] does.
fn owner<'a>(schema: &'a Schema, path: &RelPath) -> Option<&'a Collection> {
    if path.as_str() == model::FILE || path.below(&schema.media_folder).is_some() {
        return None;
    }
    schema.collections.iter().find(|it| match &it.kind {
        Kind::Folder { folder, extension, .. } => {
            path.below(folder).is_some() && path.extension() == *extension
        }
        Kind::Files(files) => files.iter().any(|file| file.file == path.as_str()),
    })
}

fn is_folder(collection: &Collection) -> bool {
    matches!(collection.kind, Kind::Folder { .. })
}

/// Reads one entry as a build does, and all that depends on others against the site as it was
/// read last.
fn entry_problems(
    model: &Model,
    tree: &Tree,
    collection: &Collection,
    (path, text): (&RelPath, &str),
    found: &mut Diagnostics,
) -> Option<Vec<Waiver>> {
    let Model { config, options, schema, .. } = model;
    let context = Context { config, options, schema, room: None };
    let entry = content::parse(context, collection, &Source::held(path, text), found)?;
    if collection.form {
        form::read(&entry, found);
    }
    let Some((world, engine)) = &model.world else { return Some(entry.waivers) };
    catalog::check_one(schema, &world.site.catalog, tree, &entry, found);
    found.extend(render::problems(world, engine, &entry));
    Some(entry.waivers)
}

/// Reads a whole site and renders nothing of it.
fn read(files: &Overlay<Disk>, request: &Request) -> Reading {
    let mut found = Diagnostics::new();
    let mut clashes = Diagnostics::new();
    let tree = Arc::new(vfs::scan(files, &mut found));
    let mut waivers = Vec::new();
    let model = model_of(&tree, request, &mut found, (&mut clashes, &mut waivers));
    found.extend(clashes.iter().cloned());
    Reading { tree, diagnostics: found, clashes, waivers, model }
}

fn model_of(
    tree: &Arc<Tree>,
    request: &Request,
    found: &mut Diagnostics,
    (clashes, waivers): (&mut Diagnostics, &mut Vec<Waiver>),
) -> Option<Model> {
    let config = config::read(tree, found);
    let options = config.as_ref().and_then(|it| build::options(request, it, found));
    let Some((config, options)) = config.zip(options) else {
        model::read(tree, found);
        return None;
    };
    // Templates are not made small: that is for pages that are sent.
    let how = How { room: None, minify: false, record: false, done: &mut |_| () };
    let read = build::read_site(tree, (config, options), how, found)?;
    waivers.extend(read.waivers);
    if read.world.is_some() {
        *clashes = read.clashes;
    }
    Some(Model {
        config: read.config,
        options: read.options,
        schema: read.schema,
        world: read.world,
    })
}
