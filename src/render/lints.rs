//! What templates do that works until an editor writes something unforeseen.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::diag::{Code, Diagnostic, Diagnostics, SourceId, Span};
use crate::text::{RelPath, near};
use crate::theme::Theme;
use crate::vfs::Tree;
use crate::world::World;

/// Text of editors that is taken for HTML.
pub(crate) const SAFE: Code = Code::new("template/safe-text");
/// A value in an attribute without quotes.
pub(crate) const UNQUOTED: Code = Code::new("template/unquoted");
/// An option that nothing of the theme looks at.
pub(crate) const UNUSED_OPTION: Code = Code::new("theme/unused-option");
/// A file of a theme in a folder that nobody reads.
pub(crate) const UNCLAIMED: Code = Code::new("theme/unclaimed-file");

/// Looks through the templates and the folders of a site's own theme.
pub(super) fn check(theme: &Theme, world: &World, diagnostics: &mut Diagnostics) {
    static SAFE_TEXT: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"\{\{-?\s*((?:page|site)(?:\??\.\w+)+)\s*\|\s*safe\s*-?\}\}").ok()
    });
    static BARE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r#"<[a-zA-Z][^<>"']*?(?:"[^"]*"[^<>"']*?|'[^']*'[^<>"']*?)*?\s[\w:-]+=(\{\{[^}]*\}\})"#,
        )
        .ok()
    });
    let own = theme.chain.first().map(|it| format!("{it}/")).unwrap_or_default();
    for template in theme.templates.iter().filter(|it| it.name.starts_with(&own)) {
        let span = |range: Range<usize>| Span::new(&template.source, range);
        for found in SAFE_TEXT.iter().flat_map(|it| it.captures_iter(&template.text)) {
            if let Some(name) = found.get(1).filter(|it| it.as_str() != "page.body") {
                diagnostics
                    .push(safe(name.as_str(), span(found.get(0).map_or(0..0, |it| it.range()))));
            }
        }
        for found in BARE.iter().flat_map(|it| it.captures_iter(&template.text)) {
            if let Some(value) = found.get(1) {
                diagnostics.push(unquoted(value.as_str(), span(value.range())));
            }
        }
    }
    stray(theme, world, diagnostics);
    let unused = theme.declared.iter().filter(|(name, _)| !is_used(theme, &world.site.tree, name));
    diagnostics.extend(unused.map(|(name, span)| unused_option(name, span.clone())));
}

/// Tells whether a template, a stylesheet or a script of a theme names an option.
fn is_used(theme: &Theme, tree: &Tree, name: &str) -> bool {
    let property = format!("--option-{}", name.replace('_', "-"));
    let file = |file: &RelPath| {
        let is_text = matches!(&*file.extension(), "css" | "js");
        is_text && tree.text(&file.source()).is_some_and(|text| text.contains(&property))
    };
    theme.templates.iter().any(|it| it.text.contains(name) || it.text.contains(&property))
        || theme.assets.values().any(file)
}

/// Files of the theme in folders that nobody reads.
fn stray(theme: &Theme, world: &World, diagnostics: &mut Diagnostics) {
    let Some(name) = theme.chain.first() else { return };
    let folder = format!("themes/{name}");
    let known = ["assets", "static", "templates"];
    let mut told = Vec::new();
    for source in world.site.tree.below(&folder) {
        let Some((first, _)) = source.path.below(&folder).and_then(|it| it.split_once('/')) else {
            continue;
        };
        let hint = near::nearest(first, known);
        if let Some(hint) =
            hint.filter(|_| !known.contains(&first) && !told.contains(&first.to_owned()))
        {
            told.push(first.to_owned());
            diagnostics.push(unclaimed(&source.path.source(), first, hint));
        }
    }
}

fn unused_option(name: &str, span: Span) -> Diagnostic {
    Diagnostic::warning(UNUSED_OPTION, format!("nothing in the theme looks at the option `{name}`"))
        .at(span)
        .label("who sets it sees no difference")
        .help(format!("use it, as in `{{% if theme.{name} %}}`, or remove it"))
}

fn safe(name: &str, span: Span) -> Diagnostic {
    let message = format!("`{name} | safe` takes what an editor writes for HTML");
    Diagnostic::warning(SAFE, message)
        .at(span)
        .note("a `<` in the text would break the page; fields of the widget `markdown` are HTML already")
        .help(format!("write `{{{{ {name} }}}}`"))
}

fn unquoted(value: &str, span: Span) -> Diagnostic {
    Diagnostic::warning(
        UNQUOTED,
        "this attribute has no quotes, so it ends at the value's first space",
    )
    .at(span)
    .help(format!("write `\"{value}\"`"))
}

fn unclaimed(source: &SourceId, folder: &str, hint: &str) -> Diagnostic {
    let message = format!("this file is left out: a theme has no folder `{folder}`");
    Diagnostic::warning(UNCLAIMED, message)
        .at(Span::file(source))
        .help(format!("did you mean `{hint}`?"))
}
