//! What a page is made of, and why a file is no more.

use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::build::read::{How, site};
use crate::build::{Built, Request, options};
use crate::config;
use crate::content::{Status, model};
use crate::diag::{Diagnostics, SourceId};
use crate::render::{self, Nowhere, Task};
use crate::route::{Kind, Route};
use crate::text::{UrlPath, date};
use crate::trace::{Ledger, Reader};
use crate::vfs::{self, Files, Tree};
use crate::world::{Question, World};

/// What a page is made of.
#[derive(Clone, Debug)]
pub struct Explained {
    /// Its address.
    pub url: String,
    /// Its file below the output folder.
    pub file: String,
    /// The file that asked for it.
    pub source: String,
    /// Its template, and every one that this may use, by their full names; none for a file that
    /// is made without.
    pub templates: Vec<String>,
    /// Everything that was asked for it, in order.
    pub asked: Vec<Question>,
}

/// Explains the page at an address, or that an output or source file is of. The inner result is an
/// error when the site has none such, with the reason where there is one to tell; the outer is
/// `None` when the site cannot be read. Gives the site's problems and files besides.
pub fn explain(
    files: &dyn Files,
    request: &Request,
    name: &str,
) -> (Option<Result<Explained, Option<String>>>, Diagnostics, Tree) {
    let mut diagnostics = Diagnostics::new();
    let tree = Arc::new(vfs::scan(files, &mut diagnostics));
    let mut explained = || {
        let config = config::read(&tree, &mut diagnostics)?;
        let options = options(request, &config, &mut diagnostics)?;
        let how = How { room: None, minify: false, record: true, done: &mut |_| () };
        let (world, engine) = site(&tree, (config, options), how, &mut diagnostics)?.world?;
        let Some(route) = find(&world, name) else { return Some(Err(hidden(&world, name))) };
        let made = render::run(&world, &engine, Task::Route(route), &Nowhere);
        let template = render::template(&world, &Task::Route(route));
        let uses = template.and_then(|it| world.site.uses.templates.get(it));
        Some(Ok(Explained {
            url: route.url.to_string(),
            file: route.file.to_string(),
            source: route.source.to_string(),
            templates: uses.map(|(_, names)| names.clone()).unwrap_or_default(),
            asked: questions(world.ledger.as_ref(), &made.asked),
        }))
    };
    let explained = explained();
    let tree = Arc::try_unwrap(tree).unwrap_or_else(|tree| (*tree).clone());
    (explained, diagnostics.sorted(), tree)
}

/// Says why an entry has no page, by its file or the address that it would have.
fn hidden(world: &World, name: &str) -> Option<String> {
    let path = path(world, name);
    let found = world.site.catalog.entries.values().find(|entry| {
        let route = world.collection(&entry.id).and_then(|it| it.route.as_ref());
        let url = route.map(|it| it.replace("{{slug}}", &entry.id.slug));
        entry.source.as_str() == path
            || url.is_some_and(|url| url.trim_matches('/') == path.trim_matches('/'))
    });
    let zone = &world.site.config.zone;
    found.and_then(|entry| reason(&entry.source, entry.status, Some(zone))).or_else(|| {
        let is_there = world.site.tree.get(path).is_some();
        is_there.then(|| format!("`{path}` has no page of its own; pages that ask for it show it"))
    })
}

/// Says why an entry is not on the site; `None` for one that is.
fn reason(source: &SourceId, status: Status, zone: Option<&TimeZone>) -> Option<String> {
    let at = |moment| zone.map_or_else(String::new, |zone| date::spoken(moment, zone));
    Some(match status {
        Status::Published => return None,
        Status::Draft => format!("`{source}` is a draft"),
        Status::Scheduled(moment) => format!("`{source}` appears on {}", at(moment)),
        Status::Expired(moment) => format!("`{source}` expired on {}", at(moment)),
        Status::Overdue(moment) => {
            format!("`{source}` left the site on {}, as its review is overdue", at(moment))
        }
    })
}

/// Gives the path that is meant by an address or a file, as both are written.
fn path<'a>(world: &World, name: &'a str) -> &'a str {
    let path = name.strip_prefix(world.base().as_str()).unwrap_or(name);
    let path = path.split(['#', '?']).next().unwrap_or_default();
    path.strip_prefix("./").unwrap_or(path)
}

/// Finds a route by its address, its file, or the file that it is made from.
fn find<'a>(world: &'a World, name: &str) -> Option<&'a Route> {
    let plan = &world.site.plan;
    let path = path(world, name);
    let known = |path: &str| plan.urls.get(path).and_then(|file| plan.routes.get(file));
    let folder = || known(&format!("{path}/"));
    let file = || plan.routes.get(path);
    // A redirect is a file too.
    let leading = || plan.routes.get(UrlPath::new(path)?.file().as_str());
    let within = || plan.routes.get(path.strip_prefix("public/")?);
    // The content model has no page, though some come of nothing else.
    let source = || {
        let of = |it: &&Route| it.source.as_str() == path && path != model::FILE;
        plan.routes.values().find(of)
    };
    let found = known(path).or_else(folder).or_else(file);
    found.or_else(leading).or_else(within).or_else(source)
}

fn questions(ledger: Option<&Ledger>, asked: &[u32]) -> Vec<Question> {
    let mut found: Vec<(usize, Question)> = Vec::new();
    if let Some(ledger) = ledger {
        ledger.each(|number, told| {
            let at = asked.iter().position(|it| *it == number);
            found.extend(at.zip(Question::read(&mut Reader::new(told.question))));
        });
    }
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, question)| question).collect()
}

impl Built {
    /// Says why a file of an earlier build is none of this one.
    pub fn why_gone(&self, file: &str) -> String {
        let left = self.left_out.iter().find(|left| {
            let world = self.world.as_ref();
            let collection = world.and_then(|it| it.collection(&left.id));
            let route = collection.and_then(|it| it.route.as_ref());
            let url = route.and_then(|it| UrlPath::new(&it.replace("{{slug}}", &left.id.slug)));
            url.is_some_and(|url| url.file().as_str() == file)
        });
        let zone = self.config.as_ref().map(|config| &config.zone);
        let reason = left.and_then(|left| reason(&left.source, left.status, zone));
        reason.unwrap_or_else(|| "nothing makes it any more".to_owned())
    }

    /// Gives where the redirect leads that is made as a file; `None` for any other file.
    pub fn redirect(&self, file: &str) -> Option<(String, String)> {
        match &self.world.as_ref()?.site.plan.routes.get(file)?.kind {
            Kind::Redirect(redirect) => Some((redirect.from.to_string(), redirect.to.clone())),
            _ => None,
        }
    }
}
