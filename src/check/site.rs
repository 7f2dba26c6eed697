//! What only all pages together can tell: links to pages and to parts of them, and pages that nobody
//! links to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use crate::check::links::{self, Base, Target};
use crate::check::looked::Looked;
use crate::check::page::{self, Facts, is_part, of};
use crate::check::{Finding, errors, third_party};
use crate::content::EntryId;
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::html::Tree;
use crate::render::{self, Engine, Spot};
use crate::route::{Kind, Route};
use crate::text::{RelPath, UrlPath, near};
use crate::world::{Refusal, World};

/// For how many addresses that lead nowhere it is looked what was meant: each asks all pages.
const MOST_MEANT: usize = 200;

/// How many pages are named for one link that is broken on many.
const MOST: usize = 20;

/// A page with what is known of it.
pub type Known<'a> = (&'a Route, &'a Facts);

/// What is wrong with an address.
enum Fault {
    /// There is nothing.
    Nothing(Refusal),
    /// There is no part of the page with this name; what may be meant.
    Part(String, Option<String>),
    /// It leads on.
    Left(String),
}

/// Looks at where all pages point; `addresses` are those by their numbers.
pub fn site(
    world: &Arc<World>,
    engine: &Arc<Engine>,
    pages: &[Known],
    addresses: &[Box<str>],
) -> Diagnostics {
    let facts: BTreeMap<&str, &Facts> =
        pages.iter().map(|(route, facts)| (route.file.as_str(), *facts)).collect();
    let mut looked = 0;
    let mut fault = |address: &str| fault((world, engine), &facts, address, &mut looked);
    let faults: Vec<Option<Fault>> = addresses.iter().map(|it| fault(it)).collect();
    let mut found = Diagnostics::new();
    let mut told = vec![0; addresses.len()];
    let any = faults.iter().any(Option::is_some);
    let mut flawed = Vec::new();
    for (route, facts) in pages.iter().filter(|_| any) {
        let mut wrong: BTreeMap<&str, &Fault> = BTreeMap::new();
        for number in facts.links.iter().map(|it| *it as usize) {
            if let Some(Some(fault)) = faults.get(number) {
                told[number] += 1;
                if told[number] <= MOST {
                    wrong.insert(&addresses[number], fault);
                }
            }
        }
        if !wrong.is_empty() {
            flawed.push((route, wrong));
        }
    }
    let on_pages = flawed.par_iter().map(|(route, wrong)| on_page(world, engine, route, wrong));
    found.extend(on_pages.collect::<Vec<_>>().into_iter().flatten());
    // Pages that could not be made may link to any.
    let made: BTreeSet<&str> = facts.keys().copied().collect();
    let routes = world.site.plan.routes.iter();
    let mut failed = routes.filter(|(file, it)| it.kind.is_page() && !made.contains(file.as_str()));
    if failed.next().is_none() {
        found.extend(orphans(world, pages, addresses));
    }
    // Without pages nothing is checked.
    if !pages.is_empty() {
        found.extend(stylesheets(world));
    }
    found
}

/// What is wrong with an address of this site; `None` for those of others.
fn fault(
    (world, engine): (&Arc<World>, &Arc<Engine>),
    facts: &BTreeMap<&str, &Facts>,
    address: &str,
    looked: &mut usize,
) -> Option<Fault> {
    if !address.starts_with('/') || is_endpoint(world, address) {
        return None;
    }
    let (path, part) = address.split_once('#').unwrap_or((address, ""));
    let plan = &world.site.plan;
    // Nearly all addresses are those of pages, and an address that was left is none of these.
    let no_part = |file: &RelPath| no_part((world, engine), facts, file, part);
    if let Some(file) = plan.urls.get(path) {
        return no_part(file);
    }
    let known = UrlPath::new(path);
    if let Some(redirect) = known.as_ref().and_then(|url| plan.redirects.get(url)) {
        return Some(Fault::Left(redirect.to.clone()));
    }
    let file = known.map(|url| url.file()).filter(|file| plan.routes.contains_key(file));
    let Some(file) = file else {
        *looked += 1;
        if *looked > MOST_MEANT {
            let message = format!("there is no page `{path}`");
            return Some(Fault::Nothing(Refusal { message, hint: None }));
        }
        return world.why_no_page(path).map(Fault::Nothing);
    };
    no_part(&file)
}

/// Tells whether a page has no part with this name, and what may be meant.
fn no_part(
    (world, engine): (&Arc<World>, &Arc<Engine>),
    facts: &BTreeMap<&str, &Facts>,
    file: &RelPath,
    part: &str,
) -> Option<Fault> {
    let facts = facts.get(file.as_str()).filter(|_| is_part(part))?;
    if facts.ids.binary_search(&of(part)).is_ok() {
        return None;
    }
    let page = world.site.plan.routes.get(file).map(|route| Looked::new(world, engine, route));
    let tree = Tree::parse(page.as_ref().map_or("", Looked::html));
    let names: Vec<_> = page::names(&tree).collect();
    let hint = near::did_you_mean(part, names.iter().map(|it| &**it));
    Some(Fault::Part(part.to_owned(), hint))
}

/// Tells whether an address is where forms send what is filled in.
fn is_endpoint(world: &World, address: &str) -> bool {
    let endpoint = world.site.config.forms.endpoint.as_deref();
    let start = endpoint.map(|it| it.split('{').next().unwrap_or(it).trim_end_matches('/'));
    start.filter(|it| it.starts_with('/')).is_some_and(|it| address.starts_with(it))
}

/// What is wrong with the pointers of one page, with their places.
fn on_page(
    world: &Arc<World>,
    engine: &Arc<Engine>,
    route: &Route,
    wrong: &BTreeMap<&str, &Fault>,
) -> Vec<Diagnostic> {
    let page = Looked::new(world, engine, route);
    let tree = Tree::parse(page.html());
    let base = Base { config: &world.site.config, url: route.url.as_str() };
    let mut found = Vec::new();
    for pointer in links::pointers(&tree, base) {
        let Target::Site(address) = &pointer.target else { continue };
        let Some(fault) = wrong.get(&**address) else { continue };
        let path = address.split('#').next().unwrap_or_default();
        let finding = match fault {
            Fault::Nothing(refusal) => {
                let error = errors::broken(refusal.message.clone(), refusal.hint.clone());
                Finding::new(pointer.at.clone(), error).words(&pointer.address)
            }
            Fault::Left(to) => {
                let warning = errors::redirected(path, to);
                Finding::new(pointer.at.clone(), warning).words(&pointer.address)
            }
            Fault::Part(part, hint) => errors::no_part(&pointer, Some(path), part, hint.clone()),
        };
        let spot = Spot::new(&tree, finding.at.start);
        let origin = page.origin(&tree, &spot, finding.words.as_deref());
        let found_at = page::at(finding.diagnostic, origin, route);
        found.push(match is_written_there(world, &found_at, &pointer.address) {
            true => found_at,
            false => render::blame_settings(world, found_at),
        });
    }
    found
}

/// Tells whether the place of a finding is that of an address as it is written.
fn is_written_there(world: &World, found: &Diagnostic, address: &str) -> bool {
    found.span.as_ref().is_some_and(|span| {
        let text = world.site.tree.text(&span.source);
        text.is_some_and(|it| it.get(span.start..span.end) == Some(address))
    })
}

/// Gives every address of other sites to which pages point, with the places of the pointers: of each
/// on the first few pages that have it.
pub fn web(
    world: &Arc<World>,
    engine: &Arc<Engine>,
    pages: &[Known],
    addresses: &[Box<str>],
) -> Vec<(String, Vec<Span>)> {
    let mut found: BTreeMap<String, Vec<Span>> = BTreeMap::new();
    let mut told = vec![0; addresses.len()];
    for (route, facts) in pages {
        let of_others = facts.links.iter().map(|it| *it as usize).filter(|number| {
            let is_web = addresses.get(*number).is_some_and(|it| !it.starts_with('/'));
            is_web && told[*number] < MOST
        });
        let wanted: Vec<usize> = of_others.collect();
        if wanted.is_empty() {
            continue;
        }
        wanted.iter().for_each(|number| told[*number] += 1);
        let page = Looked::new(world, engine, route);
        let tree = Tree::parse(page.html());
        let base = Base { config: &world.site.config, url: route.url.as_str() };
        for pointer in links::pointers(&tree, base) {
            let Target::Web(address) = pointer.target else { continue };
            let known = || wanted.iter().any(|number| *addresses[*number] == *address);
            if !known() {
                continue;
            }
            let spot = Spot::new(&tree, pointer.at.start);
            let origin = page.origin(&tree, &spot, Some(&pointer.address));
            let span = origin.map_or_else(|| Span::file(&route.source), |it| it.span);
            let spans = found.entry(address).or_default();
            if !spans.contains(&span) {
                spans.push(span);
            }
        }
    }
    found.into_iter().collect()
}

/// Entries' pages to which no other page points.
fn orphans(world: &World, pages: &[Known], addresses: &[Box<str>]) -> Vec<Diagnostic> {
    let mut reached = vec![false; addresses.len()];
    let path = |number: u32| {
        let address = addresses.get(number as usize).map_or("", |it| it);
        address.split('#').next().unwrap_or_default()
    };
    for (route, facts) in pages {
        for number in &facts.links {
            if let Some(it) = reached.get_mut(*number as usize).filter(|it| !**it) {
                *it = path(*number) != route.url.as_str();
            }
        }
    }
    let reached: BTreeSet<&str> =
        (0u32..).zip(&reached).filter(|(_, it)| **it).map(|(number, _)| path(number)).collect();
    let thanks = thanks(world);
    let lonely = |route: &Route, id: &EntryId| {
        let entry = world.entry(id)?;
        let url = route.url.as_str();
        let meant = url == "/" || entry.is_hidden_from_search() || thanks.contains(&url);
        let found = || errors::orphan(url).at(Span::file(&entry.source));
        (!meant && !reached.contains(url)).then(found)
    };
    let entries = pages.iter().filter_map(|(route, _)| match &route.kind {
        Kind::Entry(id) => lonely(route, id),
        _ => None,
    });
    entries.collect()
}

/// What stylesheets fetch from others.
fn stylesheets(world: &World) -> Vec<Diagnostic> {
    let site = &world.site;
    let mut found = Vec::new();
    for file in site.theme.assets.iter().filter(|(path, _)| path.ends_with(".css")) {
        let source = file.1.source();
        let Some(css) = site.tree.text(&source) else { continue };
        for (at, diagnostic) in third_party::stylesheet(&css, &site.config.origin) {
            found.push(diagnostic.at(Span::new(&source, at)));
        }
    }
    found
}

/// The pages to which forms lead.
fn thanks(world: &World) -> Vec<&str> {
    world.site.forms.values().filter_map(|form| form.fields.text("thanks")).collect()
}
