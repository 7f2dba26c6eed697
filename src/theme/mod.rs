//! A theme and the themes it stands on: options, templates, assets.
//!
//! [`load`] reads `theme.yaml` along the chain, checks the site's options against it, and gathers
//! the templates. What a template may call is the renderer's.

mod options;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::config::Config;
use crate::diag::{Code, Diagnostic, Diagnostics, SourceId, Span};
use crate::policy::{Waiver, waiver};
use crate::text::{RelPath, near};
use crate::vfs::{Source, Tree};
use crate::yaml::table::Codes;
use crate::yaml::{self, Limits, Table};

pub use options::{OptionValue, Setting};

/// A theme that is not there, or a chain that leads back to itself.
pub const NOT_FOUND: Code = Code::new("theme/not-found");
/// A key that `theme.yaml` does not have.
pub const UNKNOWN_KEY: Code = Code::new("theme/unknown-key");
/// A value in `theme.yaml` that does not fit its key.
pub const VALUE: Code = Code::new("theme/value");
/// An option that the theme does not have, or a value of the wrong type.
pub const OPTION: Code = Code::new("theme/option");

/// A theme with everything it inherits.
#[derive(Clone, Debug, Default)]
pub struct Theme {
    /// The names of the chain, the site's theme first.
    pub chain: Vec<String>,
    /// The options' values by name.
    pub options: BTreeMap<Arc<str>, OptionValue>,
    /// Where the site's own theme declares options.
    pub declared: BTreeMap<Arc<str>, Span>,
    /// Every template of the chain, by its full name (`clinic/guide.html`).
    pub templates: Vec<Template>,
    /// The file behind each asset's path, the first of the chain that has it.
    pub assets: BTreeMap<String, RelPath>,
    /// The file behind each plain file's path, the first of the chain that has it.
    pub statics: BTreeMap<String, RelPath>,
}

/// One template.
#[derive(Clone, Debug)]
pub struct Template {
    /// Its name with the theme's before it: `clinic/guide.html`.
    pub name: String,
    /// Its file.
    pub source: SourceId,
    /// Its text.
    pub text: String,
}

impl Theme {
    /// Reads the waivers of all templates. What is wrong with them is reported.
    pub fn waivers(&self, diagnostics: &mut Diagnostics) -> Vec<Waiver> {
        let read = |it: &Template| waiver::of_template(&it.source, &it.text, diagnostics);
        self.templates.iter().flat_map(read).collect()
    }

    /// Finds a template's file by its full name.
    pub fn template(&self, name: &str) -> Option<&Template> {
        self.templates.iter().find(|it| it.name == name)
    }

    /// Tells whether a page can name a template: with the theme's name before it or without.
    pub fn has_template(&self, name: &str) -> bool {
        let full = |theme: &String| format!("{theme}/{name}");
        self.template(name).is_some()
            || self.chain.iter().any(|theme| self.template(&full(theme)).is_some())
    }
}

/// What one `theme.yaml` says.
struct Manifest {
    extends: Option<(String, Span)>,
    settings: Vec<Setting>,
}

/// Loads the site's theme. `None` when a theme of the chain is missing or cannot be read, which
/// has been reported.
pub fn load(tree: &Tree, config: &Config, diagnostics: &mut Diagnostics) -> Option<Theme> {
    let mut theme = Theme::default();
    let mut settings: BTreeMap<Arc<str>, Setting> = BTreeMap::new();
    let mut next = Some((config.theme.clone(), config.theme_span.clone()));
    while let Some((name, span)) = next {
        if theme.chain.contains(&name) {
            diagnostics.push(circle(&name, &theme.chain, span));
            return None;
        }
        let Some(source) = tree.get(&format!("themes/{name}/theme.yaml")) else {
            diagnostics.push(not_found(&name, tree, span));
            return None;
        };
        let manifest = manifest(source, &name, diagnostics)?;
        for setting in manifest.settings {
            settings.entry(Arc::clone(&setting.name)).or_insert(setting);
        }
        gather(tree, &name, &mut theme, diagnostics);
        theme.chain.push(name);
        next = manifest.extends;
    }
    let own = theme.chain.first().map(|name| format!("themes/{name}/theme.yaml"));
    let own = settings.values().filter(|it| own.as_deref() == Some(it.span.source.as_str()));
    theme.declared = own.map(|it| (Arc::clone(&it.name), it.span.clone())).collect();
    theme.options = options::choose(&settings, &config.theme_options, diagnostics);
    Some(theme)
}

fn manifest(source: &Source, folder: &str, diagnostics: &mut Diagnostics) -> Option<Manifest> {
    let text = source.text(diagnostics)?;
    let document = yaml::parse(&source.path.source(), text, 0, Limits::FILE, diagnostics)?;
    let found = RefCell::new(Diagnostics::new());
    let codes = Codes { unknown: UNKNOWN_KEY, value: VALUE };
    let table = Table::root(&document, "theme.yaml", codes, &found);
    for key in ["name", "version", "description", "author", "license", "homepage"] {
        table.value(key);
    }
    if let Some(name) = table.text("name").filter(|name| name != folder) {
        let message = format!("the theme is called `{name}` here, and its folder `{folder}`");
        let warning = Diagnostic::warning(VALUE, message).at(table.value_span("name"));
        table.report(
            warning.help(format!(
                "`galen.yaml` and `extends` go by the folder: write `name: {folder}`"
            )),
        );
    }
    check_version(&table);
    let extends = table.text("extends").map(|name| (name, table.value_span("extends")));
    let options = table.table("options", "an option");
    let settings = options.iter().flat_map(options::settings).collect();
    table.finish();
    diagnostics.extend(found.into_inner());
    Some(Manifest { extends, settings })
}

fn check_version(table: &Table) {
    let Some(wanted) = table.text("min_galen") else { return };
    let parts = |text: &str| -> Vec<u32> {
        text.split('.').map(|part| part.parse().unwrap_or(u32::MAX)).collect()
    };
    let here = env!("CARGO_PKG_VERSION");
    if parts(&wanted) > parts(here) {
        let message = format!("the theme needs Galen {wanted}, and this is {here}");
        table.refuse("min_galen", message, "install a newer Galen, or use an older theme");
    }
}

fn gather(tree: &Tree, name: &str, theme: &mut Theme, diagnostics: &mut Diagnostics) {
    let folder = |part: &str| format!("themes/{name}/{part}");
    let templates = folder("templates");
    for source in tree.below(&templates) {
        let Some(inner) = source.path.below(&templates) else { continue };
        let Some(text) = source.text(diagnostics) else { continue };
        theme.templates.push(Template {
            name: format!("{name}/{inner}"),
            source: source.path.source(),
            text: text.to_owned(),
        });
    }
    for (part, into) in [("assets", &mut theme.assets), ("static", &mut theme.statics)] {
        let folder = folder(part);
        for source in tree.below(&folder) {
            if let Some(inner) = source.path.below(&folder) {
                into.entry(inner.to_owned()).or_insert_with(|| source.path.clone());
            }
        }
    }
}

fn not_found(name: &str, tree: &Tree, span: Span) -> Diagnostic {
    let themes: BTreeSet<&str> = tree
        .below("themes")
        .filter(|source| source.path.name() == "theme.yaml")
        .filter_map(|source| source.path.folder().strip_prefix("themes/"))
        .collect();
    let message = format!("there is no theme `{name}`: `themes/{name}/theme.yaml` is missing");
    let error = Diagnostic::error(NOT_FOUND, message).at(span);
    match near::did_you_mean(name, themes.iter().copied()) {
        Some(hint) => error.label(hint),
        None if themes.is_empty() => error,
        None => error.help(format!("there is {}", near::all_of(themes))),
    }
}

fn circle(name: &str, chain: &[String], span: Span) -> Diagnostic {
    let chain = near::all_of(chain.iter().map(String::as_str));
    Diagnostic::error(NOT_FOUND, format!("the theme `{name}` ends up extending itself"))
        .at(span)
        .note(format!("the chain so far is {chain}"))
}
