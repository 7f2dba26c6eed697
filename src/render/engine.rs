//! The theme's templates, loaded and checked once for all pages.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::{Arc, OnceLock};

use tera::{Context, ErrorKind, Tera, TeraResult};

use crate::diag::{Code, Diagnostic, Diagnostics, Span};
use crate::minify::{self, Refused};
use crate::render::marks::marked_template;
use crate::render::{
    copied, directive, errors, filters, functions, lints, page, spare, styles, uses,
};
use crate::text::near;
use crate::theme::{Template, Theme};
use crate::world::{Uses, World};

/// A template that a page needs and the theme does not have.
pub(crate) const MISSING: Code = Code::new("template/missing");

/// A template that is used as it is written.
pub(crate) const MINIFY: Code = Code::new("template/minify");

/// Which texts of the templates are rendered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Texts {
    /// Those without needless bytes.
    #[default]
    Small,
    /// Those that the theme has, whose lines are true.
    Written,
    /// Those with a mark before each tag; see `places`.
    Marked,
}

/// Renders templates.
pub struct Engine {
    /// The templates as the theme has them.
    written: Tera,
    /// The templates made small; absent when that is not wanted.
    small: Option<Tera>,
    /// The templates with marks, once they are wanted.
    marked: OnceLock<Option<Tera>>,
    theme: Arc<Theme>,
    /// The components that editors may use.
    directives: BTreeSet<String>,
    uses: Uses,
}

impl Engine {
    /// Loads every template of a theme, and makes them small if `minify`. `None` when one cannot
    /// be read, which has been reported with every other.
    pub fn load(theme: &Theme, minify: bool, diagnostics: &mut Diagnostics) -> Option<Self> {
        let mut tera = bare(theme);
        let templates = theme.templates.iter().map(|it| (it.name.as_str(), it.text.as_str()));
        if let Err(error) = tera.add_raw_templates(templates) {
            diagnostics.extend(load_errors(theme, &error));
            return None;
        }
        let offered = tera.get_component_names().filter(|name| {
            let component = tera.get_component_definition(name);
            component.is_some_and(|component| directive::summary(&component).is_some())
        });
        let directives = offered.map(str::to_owned).collect();
        let texts = if minify { small(theme, diagnostics) } else { Vec::new() };
        let text = |(at, it): (usize, &'_ Template)| {
            let small = texts.get(at).map_or("", String::as_str);
            (it.name.clone(), it.text.clone(), small.to_owned())
        };
        let all: Vec<_> = theme.templates.iter().enumerate().map(text).collect();
        let all = all.iter().map(|(name, written, small)| uses::Text { name, written, small });
        let uses = uses::find(&all.collect::<Vec<_>>());
        let small = if minify { together(theme, &texts) } else { None };
        let theme = Arc::new(theme.clone());
        Some(Self { written: tera, small, marked: OnceLock::new(), theme, directives, uses })
    }

    /// Reports every template that a route needs and the theme does not have; with `all` also what
    /// the content model may come to need, and what of the theme nobody uses.
    pub fn check(&self, world: &World, all: bool, diagnostics: &mut Diagnostics) {
        let mut seen = BTreeSet::new();
        for route in world.site.plan.routes.values() {
            let Some(name) = page::template(&world.site.schema, &route.kind) else { continue };
            if seen.insert(name) && !self.theme.has_template(name) {
                diagnostics.push(missing(name, &self.theme, route));
            }
        }
        if all {
            spare::check(self, world, diagnostics);
            copied::check(world, diagnostics);
            lints::check(&self.theme, world, diagnostics);
            styles::check(&self.theme, world, diagnostics);
        }
    }

    pub(crate) fn render(
        &self,
        texts: Texts,
        template: &str,
        context: &Context,
        out: impl Write,
    ) -> TeraResult<()> {
        self.tera(texts).render_to(template, context, out)
    }

    pub(crate) fn tera(&self, texts: Texts) -> &Tera {
        match (texts, &self.small) {
            (Texts::Small, Some(small)) => small,
            (Texts::Marked, _) => {
                self.marked.get_or_init(|| marked(&self.theme)).as_ref().unwrap_or(&self.written)
            }
            _ => &self.written,
        }
    }

    /// Gives an engine with the same theme, which renders other templates as written.
    pub(super) fn with(&self, written: Tera) -> Self {
        Self {
            written,
            small: None,
            marked: OnceLock::new(),
            theme: Arc::clone(&self.theme),
            directives: self.directives.clone(),
            uses: self.uses.clone(),
        }
    }

    /// Gives what templates and components may use.
    pub fn uses(&self) -> &Uses {
        &self.uses
    }

    pub(crate) fn theme(&self) -> &Theme {
        &self.theme
    }

    pub(crate) fn shared_theme(&self) -> Arc<Theme> {
        Arc::clone(&self.theme)
    }

    /// Gives the directives that editors may use, each with what it is for.
    pub(crate) fn offered(&self) -> Vec<(String, String)> {
        let one = |name: &String| {
            let component = self.written.get_component_definition(name)?;
            Some((name.clone(), directive::summary(&component)?.to_owned()))
        };
        self.directives.iter().filter_map(one).collect()
    }

    pub(crate) fn directives(&self) -> &BTreeSet<String> {
        &self.directives
    }
}

/// An engine that knows the functions and filters, and no template yet.
pub(super) fn bare(theme: &Theme) -> Tera {
    let mut tera = Tera::default();
    functions::register(&mut tera);
    filters::register(&mut tera);
    let prefixes = theme.chain.iter().map(|name| format!("{name}/"));
    // It fails only when templates were added before.
    let _ = tera.set_fallback_prefixes(prefixes.collect::<Vec<_>>());
    tera
}

/// Makes the templates small. One for which that would change a page is used as it is written,
/// which is reported.
fn small(theme: &Theme, diagnostics: &mut Diagnostics) -> Vec<String> {
    let texts: Vec<(&str, &str)> =
        theme.templates.iter().map(|it| (it.name.as_str(), it.text.as_str())).collect();
    let mut small = Vec::with_capacity(texts.len());
    for (template, result) in theme.templates.iter().zip(minify::templates(&texts)) {
        small.push(result.unwrap_or_else(|refused| {
            diagnostics.push(not_minified(template, &refused));
            template.text.clone()
        }));
    }
    small
}

/// Loads the templates with marks.
fn marked(theme: &Theme) -> Option<Tera> {
    let texts = theme.templates.iter().enumerate();
    let texts: Vec<String> = texts.map(|(at, it)| marked_template(at, &it.text)).collect();
    together(theme, &texts)
}

/// Loads other texts of the templates; `None` when that fails.
fn together(theme: &Theme, small: &[String]) -> Option<Tera> {
    let mut tera = bare(theme);
    let texts = theme.templates.iter().zip(small);
    let texts = texts.map(|(template, small)| (template.name.as_str(), small.as_str()));
    tera.add_raw_templates(texts).is_ok().then_some(tera)
}

fn not_minified(template: &Template, refused: &Refused) -> Diagnostic {
    let message = format!("this template is not minified: {}", refused.words);
    Diagnostic::warning(MINIFY, message)
        .at(Span::new(&template.source, refused.at.clone()))
        .help("it is used as it is written")
}

/// Loading them together tells the first syntax error only, so each is tried alone.
fn load_errors(theme: &Theme, together: &tera::Error) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for template in &theme.templates {
        let alone = bare(theme).add_raw_template(&template.name, &template.text);
        let Err(error) = alone else { continue };
        if matches!(error.kind(), ErrorKind::SyntaxError(_)) {
            found.extend(errors::loading(theme, &error));
        }
    }
    if found.is_empty() {
        found = errors::loading(theme, together);
    }
    found
}

fn missing(name: &str, theme: &Theme, route: &crate::route::Route) -> Diagnostic {
    let first = theme.chain.first().map_or("", String::as_str);
    let message = format!("the theme `{first}` has no template `{name}`");
    let known = theme
        .templates
        .iter()
        .filter_map(|it| it.name.split_once('/').map(|(_, name)| name))
        .filter(|name| !name.starts_with("components/"));
    let error = Diagnostic::error(MISSING, message)
        .at(Span::file(&crate::diag::SourceId::new(crate::content::model::FILE)))
        .note(format!("it is needed for `{}`", route.url));
    match near::nearest(name, known) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help(format!("add `themes/{first}/templates/{name}`")),
    }
}
