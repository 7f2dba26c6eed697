//! Routes to bytes: each page is rendered by itself, and may only ask.
//!
//! [`all`] renders every route of a site. A page that cannot be rendered is reported; the others
//! are rendered all the same, so that one run tells everything.

mod body;
mod culprit;
mod directive;
mod engine;
mod errors;
mod filters;
mod functions;
mod page;
mod scope;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use crate::diag::{Code, Diagnostic, Diagnostics, Span};
use crate::render::scope::Scope;
use crate::route::{Kind, Route};
use crate::text::RelPath;
use crate::world::World;

pub use engine::Engine;
pub use errors::RENDER as FAILED;

/// A page at which Galen itself failed.
pub const BUG: Code = Code::new("template/bug");

/// One finished file.
#[derive(Clone, Debug)]
pub struct Output {
    /// Its place below the output folder.
    pub file: RelPath,
    /// Its content.
    pub bytes: Arc<[u8]>,
}

/// Renders every route, in the order of their files. What cannot be rendered is reported and
/// left out.
pub fn all(world: &Arc<World>, engine: &Arc<Engine>, diagnostics: &mut Diagnostics) -> Vec<Output> {
    let routes: Vec<&Route> = world.site.plan.routes.values().collect();
    let rendered: Vec<(Option<Output>, Diagnostics)> =
        routes.par_iter().map(|route| guarded(world, engine, route)).collect();
    let mut found = Diagnostics::new();
    let mut outputs = Vec::with_capacity(rendered.len());
    for (output, diagnostics) in rendered {
        outputs.extend(output);
        found.extend(diagnostics);
    }
    found.extend(body::unshown(world, engine));
    diagnostics.extend(errors::gathered(found));
    outputs
}

/// Renders a route, and reports a fault of Galen's as one page's problem rather than dying.
fn guarded(
    world: &Arc<World>,
    engine: &Arc<Engine>,
    route: &Route,
) -> (Option<Output>, Diagnostics) {
    let attempt = || one(world, engine, route);
    catch_unwind(AssertUnwindSafe(attempt)).unwrap_or_else(|panic| {
        let mut diagnostics = Diagnostics::new();
        diagnostics.push(bug(route, &*panic));
        (None, diagnostics)
    })
}

fn one(world: &Arc<World>, engine: &Arc<Engine>, route: &Route) -> (Option<Output>, Diagnostics) {
    let bytes: Arc<[u8]> = match &route.kind {
        Kind::Asset(path) => match world.site.assets.get(path) {
            Some(asset) => Arc::clone(&asset.bytes),
            None => return (None, Diagnostics::new()),
        },
        Kind::Copy(file) => match world.site.tree.get(file.as_str()) {
            Some(source) => Arc::clone(&source.bytes),
            None => return (None, Diagnostics::new()),
        },
        _ => {
            let scope = Scope::new(world, engine, route);
            let result = page::render(&scope, route);
            let mut diagnostics = scope.take_diagnostics();
            match result {
                Ok(bytes) => return finish(route, bytes.into(), diagnostics),
                Err(error) => {
                    let culprit = culprit::find(&scope, route, &error);
                    diagnostics.extend(errors::rendering(engine, route, culprit, &error));
                    return (None, diagnostics);
                }
            }
        }
    };
    finish(route, bytes, Diagnostics::new())
}

fn finish(
    route: &Route,
    bytes: Arc<[u8]>,
    diagnostics: Diagnostics,
) -> (Option<Output>, Diagnostics) {
    (Some(Output { file: route.file.clone(), bytes }), diagnostics)
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
