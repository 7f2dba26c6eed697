//! What is wrong with the pages of a build together.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::build::{Built, Done};
use crate::check;
use crate::diag::{Diagnostic, Diagnostics, SourceId, Span};
use crate::render::{self, Engine};
use crate::world::World;

/// What is wrong with the pages together.
pub(crate) fn links(
    world: &Arc<World>,
    engine: &Arc<Engine>,
    tasks: &[Done],
    addresses: &[Box<str>],
) -> Diagnostics {
    let pages = pages(world, tasks);
    let told: BTreeSet<&Span> = tasks
        .iter()
        .flat_map(|it| it.made.diagnostics.iter())
        .filter(|it| render::is_about_link(it.code))
        .filter_map(|it| it.span.as_ref())
        .collect();
    let said: BTreeSet<(&SourceId, &str)> = tasks
        .iter()
        .flat_map(|it| it.made.diagnostics.iter())
        .filter(|it| render::is_about_link(it.code))
        .filter_map(|it| Some((&it.span.as_ref()?.source, it.message.as_str())))
        .collect();
    // A link of a text has been looked at where it stands.
    let is_told = |span: &Span| {
        let before = told.range::<Span, _>(..=span.clone()).next_back();
        before.is_some_and(|it| it.source == span.source && span.start < it.end)
    };
    let found = check::site(world, engine, &pages, addresses).into_iter();
    let is_said = |span: &Span, message: &str| said.contains(&(&span.source, message));
    let is_new = |it: &Diagnostic| {
        it.span.as_ref().is_none_or(|span| !is_told(span) && !is_said(span, &it.message))
    };
    found.filter(is_new).collect()
}

/// Every address of other sites to which pages point, with the places of the pointers.
pub(crate) fn web(built: &Built) -> Vec<(String, Vec<Span>)> {
    let Some((world, engine)) = built.world.as_ref().zip(built.engine.as_ref()) else {
        return Vec::new();
    };
    check::web(world, engine, &pages(world, &built.tasks), &built.addresses)
}

fn pages<'a>(world: &'a World, tasks: &'a [Done]) -> Vec<check::Known<'a>> {
    let mut pages = Vec::with_capacity(tasks.len());
    for done in tasks {
        let route = world.site.plan.routes.get(&*done.name);
        pages.extend(route.zip(done.facts.as_ref()));
    }
    pages
}
