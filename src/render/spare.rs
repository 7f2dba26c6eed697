//! What a theme is asked for, and what of it nobody asks for.

use std::collections::{BTreeMap, BTreeSet};

use crate::content::EntryId;
use crate::content::model;
use crate::diag::{Code, Diagnostic, Diagnostics, SourceId, Span};
use crate::minify::tera_tags::Names;
use crate::render::Engine;
use crate::render::engine::MISSING;
use crate::text::near;
use crate::theme::Template;
use crate::world::World;

/// A template that no page and no other template uses.
pub(crate) const UNUSED_TEMPLATE: Code = Code::new("theme/unused-template");
/// A component that no template calls and no editor may use.
pub(crate) const UNUSED_COMPONENT: Code = Code::new("theme/unused-component");

/// The template of pages that do not exist.
const NOT_FOUND: &str = "404.html";

/// Looks at what the content model asks of a theme, whether or not there are pages for it yet; and at
/// what the site's own theme has for nobody.
pub(super) fn check(engine: &Engine, world: &World, diagnostics: &mut Diagnostics) {
    let wanted = wanted(world);
    let told: BTreeSet<String> = diagnostics
        .iter()
        .filter(|it| it.code == MISSING)
        .filter_map(|it| it.message.split('`').nth(3).map(str::to_owned))
        .collect();
    for (name, what) in &wanted {
        if *name != NOT_FOUND && !engine.theme().has_template(name) && !told.contains(*name) {
            diagnostics.push(not_there(engine, name, what));
        }
    }
    diagnostics.extend(slugs(world));
    // A template that is called otherwise would be used, if its name were right.
    if !diagnostics.iter().any(|it| it.code == MISSING) {
        diagnostics.extend(unused(engine, wanted.into_keys()));
    }
}

/// The templates that the content model names, each with what it is for.
fn wanted(world: &World) -> BTreeMap<&str, String> {
    let mut wanted = BTreeMap::from([(NOT_FOUND, String::new())]);
    for collection in &world.site.schema.collections {
        let mut add = |name, what: &str| {
            let what = || format!("{what} of `{}`", collection.name);
            wanted.entry(name).or_insert_with(what);
        };
        if collection.route.is_some() {
            add(&*collection.template, "the pages");
        }
        collection.templates.values().for_each(|name| add(name, "a page"));
        collection.list.iter().for_each(|list| add(&list.template, "the list"));
        for field in &collection.fields {
            field.rules.terms.iter().for_each(|terms| add(&terms.template, "the terms"));
        }
    }
    wanted
}

/// Slugs with a template of their own that no entry has.
fn slugs(world: &World) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for collection in &world.site.schema.collections {
        for slug in collection.templates.keys() {
            let name =
                |slug: &str| EntryId { collection: collection.name.clone(), slug: slug.into() };
            if world.site.catalog.entries.get(&name(slug)).is_some() {
                continue;
            }
            let known = world.site.catalog.entries.keys();
            let known = known.filter(|id| id.collection == collection.name).map(|id| &*id.slug);
            let message = format!(
                "`templates` of `{}` names `{slug}`, and there is no such entry",
                collection.name
            );
            let warning = Diagnostic::warning(model::UNKNOWN_NAME, message)
                .at(Span::file(&SourceId::new(model::FILE)));
            found.push(warning.maybe_help(near::did_you_mean(slug, known)));
        }
    }
    found
}

fn not_there(engine: &Engine, name: &str, what: &str) -> Diagnostic {
    let theme = engine.theme();
    let first = theme.chain.first().map_or("", String::as_str);
    let message = format!("the theme `{first}` has no template `{name}` for {what}");
    let known = theme.templates.iter().filter_map(|it| it.name.split_once('/'));
    let hint = near::did_you_mean(name, known.map(|(_, name)| name));
    Diagnostic::warning(MISSING, message)
        .at(Span::file(&SourceId::new(model::FILE)))
        .note("no page needs it yet; the first that does cannot be made")
        .help(hint.unwrap_or_else(|| format!("add `themes/{first}/templates/{name}`")))
}

/// What the site's own theme has for nobody; a theme on which it stands is meant for other sites too.
fn unused<'a>(engine: &Engine, wanted: impl Iterator<Item = &'a str>) -> Vec<Diagnostic> {
    let theme = engine.theme();
    let uses = engine.uses();
    let mut used: BTreeSet<&str> = BTreeSet::new();
    let offered = engine.directives().iter().filter_map(|name| uses.components.get(name));
    let pages = wanted.filter_map(|name| uses.templates.get(name));
    for (_, files) in pages.chain(offered) {
        used.extend(files.iter().map(String::as_str));
    }
    let first = theme.chain.first().map(|it| format!("{it}/")).unwrap_or_default();
    let own = |template: &&Template| template.name.starts_with(&first);
    let mut called = Names::default();
    theme
        .templates
        .iter()
        .filter(|it| used.contains(it.name.as_str()))
        .for_each(|it| called.gather_calls(&it.text));
    let mut found = Vec::new();
    for template in theme.templates.iter().filter(own) {
        if !used.contains(template.name.as_str()) {
            found.push(unused_template(template));
            continue;
        }
        for (name, at) in Names::defined(&template.text) {
            if !called.components.contains(name) && !engine.directives().contains(name) {
                let span = Span::new(&template.source, at);
                found.push(unused_component(name, span));
            }
        }
    }
    found
}

fn unused_template(template: &Template) -> Diagnostic {
    let message = "no page and no other template uses this template";
    Diagnostic::warning(UNUSED_TEMPLATE, message)
        .at(Span::file(&template.source))
        .help("name it in content/schema.yml, include it, or remove it")
}

fn unused_component(name: &str, span: Span) -> Diagnostic {
    let message = format!("no template calls the component `{name}`");
    Diagnostic::warning(UNUSED_COMPONENT, message)
        .at(span)
        .label("and editors may not use it: it has no `summary`")
        .help("call it, give it a `summary` so that editors may use it, or remove it")
}
