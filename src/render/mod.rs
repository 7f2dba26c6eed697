//! Routes to bytes: each page is rendered by itself, and may only ask.
//!
//! [`tasks`] gives all that is to be done for a site, and [`run`] does one of them. A page that cannot
//! be rendered is reported; the others are rendered all the same, so that one run tells everything.

mod api;
mod body;
mod copied;
mod coverage;
mod culprit;
mod directive;
mod engine;
mod errors;
mod feed;
mod files;
mod filters;
mod functions;
mod json;
mod lints;
mod page;
mod marks;
mod places;
mod scope;
mod sink;
mod sought;
mod spare;
mod styles;
mod tera_words;
mod uses;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::content::Entry;
use crate::diag::{Code, Diagnostic, Diagnostics, Span};
use crate::render::engine::Texts;
use crate::render::scope::Scope;
use crate::route::{Api, Kind, Route};
use crate::text::{RelPath, of_panic};
use crate::world::{Question, World};

pub(crate) use body::BROKEN;
pub(crate) use body::problems;
pub use coverage::never_taken;
pub(crate) use culprit::blame_settings;
pub use engine::Engine;
pub use errors::RENDER as FAILED;
pub use places::{Origin, Places, Spot, origin_in, places};
pub use sink::{Collected, Content, Earlier, Nowhere, Sink};

/// A page at which Galen itself failed.
pub const BUG: Code = Code::new("template/bug");

/// Something that is made or looked at by itself.
#[derive(Clone, Copy, Debug)]
pub enum Task<'a> {
    /// The file of a route.
    Route(&'a Route),
    /// The text of an entry without a page, which is looked at for problems wherever it is shown.
    Text(&'a Entry),
}

/// What a task made, and how it came to it.
#[derive(Debug, Default)]
pub struct Made {
    /// The files.
    pub files: Vec<RelPath>,
    /// The numbers of the questions that it asked.
    pub asked: Vec<u32>,
    /// What is wrong with it.
    pub diagnostics: Diagnostics,
    /// How long it took.
    pub time: Duration,
}

impl Task<'_> {
    /// Names the task, unlike any other: by its file, or by its source.
    pub fn name(&self) -> String {
        match self {
            Self::Route(route) => route.file.to_string(),
            Self::Text(entry) => format!("text of {}", entry.source),
        }
    }

    /// Tells whether it looks at the whole site, and is done in every build that reads it.
    pub fn is_whole(&self) -> bool {
        let Self::Route(route) = self else { return false };
        match &route.kind {
            Kind::Sitemap(_) | Kind::Robots | Kind::Headers | Kind::Redirects => true,
            Kind::Api(api) => matches!(api, Api::Index | Api::Schema(_) | Api::Settings(_)),
            _ => false,
        }
    }
}

/// Gives everything that is to be done for a site.
pub fn tasks(world: &World) -> Vec<Task<'_>> {
    let plan = &world.site.plan;
    // An entry that has a page is written into the API with it.
    let with_page = |route: &Route| match &route.kind {
        Kind::Api(Api::Document(id)) => plan.entries.contains_key(id),
        _ => false,
    };
    let routes = plan.routes.values().filter(|route| !with_page(route)).map(Task::Route);
    let texts = world.site.catalog.entries.values().filter(|entry| {
        let paged = plan.entries.contains_key(&entry.id);
        !paged && entry.body.is_some() && world.entry(&entry.id).is_some()
    });
    routes.chain(texts.map(Task::Text)).collect()
}

/// Does a task, and reports a fault of Galen's as its problem rather than dying.
pub fn run(world: &Arc<World>, engine: &Arc<Engine>, task: Task, sink: &dyn Sink) -> Made {
    let start = Instant::now();
    let attempt = || match task {
        Task::Route(route) => one(world, engine, route, sink),
        Task::Text(entry) => body::look(world, engine, entry),
    };
    let mut made = catch_unwind(AssertUnwindSafe(attempt)).unwrap_or_else(|panic| {
        let mut made = Made::default();
        if let Task::Route(route) = task {
            made.diagnostics.push(bug(route, &*panic));
        }
        made
    });
    made.time = start.elapsed();
    made
}

/// Tells whether a problem is that a link or a picture leads nowhere.
pub(crate) fn is_about_link(code: Code) -> bool {
    [BROKEN, body::PICTURE, body::REMOTE].contains(&code)
}

/// Puts the problems of all tasks together: what is wrong on many pages is told once.
pub fn gathered<'a>(found: impl IntoIterator<Item = &'a Diagnostic>) -> Diagnostics {
    errors::gathered(found)
}

/// Names the template of a task; `None` for files that are made without one.
pub fn template<'a>(world: &'a World, task: &Task) -> Option<&'a str> {
    match task {
        Task::Route(route) => page::template(&world.site.schema, &route.kind),
        Task::Text(_) => None,
    }
}

fn one(world: &Arc<World>, engine: &Arc<Engine>, route: &Route, sink: &dyn Sink) -> Made {
    let mut made = Made::default();
    let scope = Scope::new(world, engine, route);
    let file = route.file.as_str();
    let mut put = |file: &RelPath, content: Content| {
        sink.put(file, content);
        made.files.push(file.clone());
    };
    let bytes = match &route.kind {
        Kind::Asset(path) => {
            scope.world.ask(&Question::Route(file.to_owned()));
            let asset = world.site.assets.get(path);
            asset.iter().for_each(|it| put(&route.file, Content::Bytes(&it.bytes)));
            None
        }
        Kind::Copy(source) => {
            scope.world.ask(&Question::Route(file.to_owned()));
            let source = world.site.tree.get(source.as_str());
            source.iter().for_each(|it| put(&route.file, Content::Copy(it)));
            None
        }
        Kind::Redirect(redirect) => Some(files::redirect(&scope.world, file, redirect).into()),
        Kind::Sitemap(sitemap) => Some(files::sitemap(world, sitemap).into()),
        Kind::Robots => Some(files::robots(world).into()),
        Kind::Headers => Some(files::headers(world).into()),
        Kind::Redirects => Some(files::redirects(world).into()),
        Kind::Feed(collection, format) => {
            Some(feed::write(&scope, file, collection, *format).into())
        }
        Kind::Api(api) => Some(api::write(&scope, file, api)),
        Kind::Entry(_) | Kind::List { .. } | Kind::Term { .. } | Kind::NotFound => {
            let result = page::render(&scope, route);
            made.diagnostics.extend(scope.take_diagnostics());
            match result {
                Ok(None) => None,
                Ok(Some(page)) => {
                    if let (Some(document), Kind::Entry(id)) = (page.document, &route.kind)
                        && let Some(file) = scope.world.document_file(id)
                    {
                        put(&file, Content::Bytes(&document));
                    }
                    Some(page.bytes)
                }
                Err(error) => {
                    made.diagnostics.extend(failed(&scope, (world, engine), route, error));
                    None
                }
            }
        }
    };
    if let Some(bytes) = bytes {
        sink.put(&route.file, Content::Bytes(&bytes));
        made.files.push(route.file.clone());
    }
    made.asked = scope.world.take();
    made
}

/// What is told of a page that cannot be rendered.
fn failed(
    scope: &Shared,
    (world, engine): (&World, &Engine),
    route: &Route,
    error: tera::Error,
) -> Vec<Diagnostic> {
    // Once more with the templates as they are written, for the true line.
    scope.restart(usize::MAX);
    scope.texts.set(Texts::Written);
    let error = page::render(scope, route).err().unwrap_or(error);
    scope.take_diagnostics();
    let culprit = culprit::find(scope, route, &error);
    let errors = errors::rendering(engine, route, culprit, &error).into_iter();
    errors.map(|it| blame_settings(world, it)).collect()
}

fn bug(route: &Route, panic: &(dyn Any + Send)) -> Diagnostic {
    let message = format!("Galen failed at the page `{}`: {}", route.url, of_panic(panic));
    Diagnostic::error(BUG, message)
        .at(Span::file(&route.source))
        .help("this is a fault of Galen, not of your site: please report it with this message")
}

type Shared = Rc<Scope>;
