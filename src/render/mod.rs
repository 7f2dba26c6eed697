//! Routes to bytes: each page is rendered by itself, and may only ask.
//!
//! [`all`] renders every route of a site. A page that cannot be rendered is reported; the others
//! are rendered all the same, so that one run tells everything.

mod api;
mod body;
mod culprit;
mod directive;
mod engine;
mod errors;
mod feed;
mod files;
mod filters;
mod functions;
mod page;
mod scope;
mod sink;

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use crate::diag::{Code, Diagnostic, Diagnostics, Span};
use crate::render::engine::Texts;
use crate::render::scope::Scope;
use crate::route::{Api, Kind, Route};
use crate::world::World;

pub(crate) use body::problems;
pub use engine::Engine;
pub use errors::RENDER as FAILED;
pub use sink::{Collected, Content, Sink};

/// A page at which Galen itself failed.
pub const BUG: Code = Code::new("template/bug");

/// Renders every route into a sink. What cannot be rendered is reported and left out. Gives how
/// long each template took on all its pages together, and their number.
pub fn all(
    world: &Arc<World>,
    engine: &Arc<Engine>,
    sink: &dyn Sink,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<String, (Duration, usize)> {
    let routes: Vec<&Route> = world.site.plan.routes.values().collect();
    let render = |route: &&Route| {
        let start = Instant::now();
        let found = guarded(world, engine, route, sink);
        (found, start.elapsed())
    };
    let rendered: Vec<(Diagnostics, Duration)> = routes.par_iter().map(render).collect();
    let mut found = Diagnostics::new();
    let mut templates: BTreeMap<String, (Duration, usize)> = BTreeMap::new();
    for ((diagnostics, time), route) in rendered.into_iter().zip(routes) {
        found.extend(diagnostics);
        if let Some(name) = page::template(world, &route.kind) {
            let (sum, pages) = templates.entry(name.to_owned()).or_default();
            *sum += time;
            *pages += 1;
        }
    }
    found.extend(body::unshown(world, engine));
    diagnostics.extend(errors::gathered(found));
    templates
}

/// Renders a route, and reports a fault of Galen's as one page's problem rather than dying.
fn guarded(
    world: &Arc<World>,
    engine: &Arc<Engine>,
    route: &Route,
    sink: &dyn Sink,
) -> Diagnostics {
    let attempt = || one(world, engine, route, sink);
    catch_unwind(AssertUnwindSafe(attempt)).unwrap_or_else(|panic| {
        let mut diagnostics = Diagnostics::new();
        diagnostics.push(bug(route, &*panic));
        diagnostics
    })
}

fn one(world: &Arc<World>, engine: &Arc<Engine>, route: &Route, sink: &dyn Sink) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let scope = Scope::new(world, engine, route);
    let put = |bytes: &[u8]| sink.put(&route.file, Content::Bytes(bytes));
    match &route.kind {
        Kind::Asset(path) => {
            world.site.assets.get(path).iter().for_each(|it| put(&it.bytes));
        }
        Kind::Copy(file) => {
            let source = world.site.tree.get(file.as_str());
            source.iter().for_each(|it| sink.put(&route.file, Content::Copy(it)));
        }
        Kind::Redirect(redirect) => put(files::redirect(world, redirect).as_bytes()),
        Kind::Sitemap(sitemap) => put(files::sitemap(world, sitemap).as_bytes()),
        Kind::Robots => put(files::robots(world).as_bytes()),
        Kind::Headers => put(files::headers(world).as_bytes()),
        Kind::Redirects => put(files::redirects(world).as_bytes()),
        Kind::Feed(collection, format) => put(feed::write(&scope, collection, *format).as_bytes()),
        // An entry that has a page is written with it.
        Kind::Api(Api::Document(id)) if world.site.plan.entries.contains_key(id) => (),
        Kind::Api(api) => put(&api::write(&scope, api)),
        Kind::Entry(_) | Kind::List { .. } | Kind::Term { .. } | Kind::NotFound => {
            let result = page::render(&scope, route);
            diagnostics.extend(scope.take_diagnostics());
            match result {
                Ok(page) => {
                    put(&page.bytes);
                    if let (Some(document), Kind::Entry(id)) = (page.document, &route.kind)
                        && let Some(url) = world.site.plan.documents.get(id)
                    {
                        sink.put(&url.file(), Content::Bytes(&document));
                    }
                }
                Err(error) => {
                    // Once more with the templates as they are written, for the true line.
                    scope.restart(usize::MAX);
                    scope.texts.set(Texts::Written);
                    let error = page::render(&scope, route).err().unwrap_or(error);
                    scope.take_diagnostics();
                    let culprit = culprit::find(&scope, route, &error);
                    diagnostics.extend(errors::rendering(engine, route, culprit, &error));
                }
            }
        }
    }
    diagnostics
}

/// What a panic said.
fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no reason was given")
}

fn bug(route: &Route, panic: &(dyn Any + Send)) -> Diagnostic {
    let message = format!("Galen failed at the page `{}`: {}", route.url, words(panic));
    Diagnostic::error(BUG, message)
        .at(Span::file(&route.source))
        .help("this is a fault of Galen, not of your site: please report it with this message")
}

type Shared = Rc<Scope>;
