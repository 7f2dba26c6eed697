//! What of a theme's stylesheets browsers leave out without a word.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::assets::{self, STYLE, styles};
use crate::diag::{Code, Diagnostic, Diagnostics, Span};
use crate::text::{RelPath, near, url};
use crate::theme::Theme;
use crate::world::World;

/// An address in a stylesheet at which there is nothing.
pub(crate) const ADDRESS: Code = Code::new("theme/style-address");
/// A custom property that nothing sets.
pub(crate) const VARIABLE: Code = Code::new("theme/style-variable");

/// Looks through the stylesheets of a theme.
pub(super) fn check(theme: &Theme, world: &World, diagnostics: &mut Diagnostics) {
    let tree = &world.site.tree;
    let own = theme.assets.iter().map(|(path, file)| (format!("assets/{path}"), file));
    let copied = theme.statics.iter().map(|(path, file)| (path.clone(), file));
    let sheets = own.chain(copied).filter(|(path, _)| path.ends_with(".css"));
    let texts: Vec<(String, &RelPath, _)> =
        sheets.filter_map(|(path, file)| Some((path, file, tree.text(&file.source())?))).collect();
    let read: Vec<_> =
        texts.iter().map(|(path, file, text)| (path, *file, styles::read(text))).collect();
    let mut set: BTreeSet<&str> = read.iter().flat_map(|it| it.2.set.iter().copied()).collect();
    let options: Vec<String> =
        theme.options.keys().map(|name| format!("--option-{}", name.replace('_', "-"))).collect();
    set.extend(options.iter().map(String::as_str));
    let told: BTreeSet<Span> =
        diagnostics.iter().filter(|it| it.code == STYLE).filter_map(|it| it.span.clone()).collect();
    for (path, file, style) in &read {
        let source = file.source();
        let span = |range: &Range<usize>| Span::new(&source, range.clone());
        if let Some(open) = &style.open {
            diagnostics.push(no_end(span(open)));
            continue;
        }
        if told.iter().any(|it| it.source == source) {
            continue;
        }
        for (name, value, range) in &style.declarations {
            if let Some(warning) = declaration(name, value, span(range)) {
                diagnostics.push(warning);
            }
        }
        for (name, range) in &style.read {
            // A script may set it too.
            if !set.contains(name) && !is_written(theme, world, name) {
                diagnostics.push(unset(name, set.iter().copied(), span(range)));
            }
        }
        for (address, range) in &style.addresses {
            if let Some(warning) = address_of(world, theme, path, address) {
                diagnostics.push(warning.at(span(range)));
            }
        }
    }
}

/// What is wrong with a property and its value.
fn declaration(name: &str, value: &str, span: Span) -> Option<Diagnostic> {
    let next = value.lines().skip(1).find_map(|line| {
        let (name, rest) = line.trim().split_once(':')?;
        let fine = |it: char| it.is_ascii_lowercase() || it == '-';
        let property =
            name.len() > 2 && name.chars().all(fine) && !value.contains(['(', '"', '\'']);
        (property && !rest.is_empty()).then_some(name)
    });
    let warning = |words: String| Diagnostic::warning(STYLE, words).at(span);
    if let Some(next) = next {
        return Some(
            warning(format!("a `;` is missing before `{next}`"))
                .help("browsers leave out both: end each line with `;`"),
        );
    }
    match assets::unknown(name, value)? {
        assets::Unknown::Property(hint) => Some(
            warning(format!("`{name}` is no property, and browsers leave it out"))
                .help(format!("did you mean `{hint}`?")),
        ),
        assets::Unknown::Color => Some(
            warning(format!("`{value}` is no colour, and browsers leave the line out"))
                .help("write a name such as `teal`, or `#0b5d5e`"),
        ),
    }
}

/// What is wrong with an address, without its place.
fn address_of(world: &World, theme: &Theme, sheet: &str, address: &str) -> Option<Diagnostic> {
    if address.is_empty() || address.starts_with('#') {
        return None;
    }
    let scheme = url::scheme(address);
    if matches!(scheme.as_deref(), Some("http" | "https")) || address.starts_with("//") {
        return elsewhere(world, address);
    }
    if scheme.is_some() {
        return None;
    }
    let end = address.find(['#', '?']).unwrap_or(address.len());
    let folder = sheet.rsplit_once('/').map_or("", |(folder, _)| folder);
    let base = world.site.config.base_path.as_str();
    let path = match address[..end].strip_prefix('/') {
        Some(_) => address[..end].strip_prefix(base)?.trim_start_matches('/').to_owned(),
        None => RelPath::resolve(folder, &address[..end])?.to_string(),
    };
    if world.site.plan.routes.contains_key(path.as_str()) {
        return None;
    }
    let warning = Diagnostic::warning(ADDRESS, format!("there is no file `/{path}`"))
        .label("browsers go without it");
    let inner = path.strip_prefix("assets/").unwrap_or(&path);
    let chain = theme.chain.first().map_or("", String::as_str);
    if theme.assets.contains_key(inner) {
        return Some(
            warning.note("assets are given other names, which a stylesheet does not know").help(
                format!("move it to `themes/{chain}/static/{inner}`, and write `/{inner}` here"),
            ),
        );
    }
    let known: Vec<String> = theme.statics.keys().map(|it| format!("/{it}")).collect();
    let hint = near::did_you_mean(&format!("/{path}"), known.iter().map(String::as_str));
    Some(warning.help(hint.unwrap_or_else(|| {
        format!("put the file under `themes/{chain}/static/`, and write its address from there")
    })))
}

/// A file of another site, which the site's own content security policy keeps out.
fn elsewhere(world: &World, address: &str) -> Option<Diagnostic> {
    let config = &world.site.config;
    let own = config.headers.keys().any(|it| it.eq_ignore_ascii_case("content-security-policy"));
    if own || address.starts_with(config.origin.as_str()) {
        return None;
    }
    let message = "browsers leave this out: the site allows files of its own only";
    let warning = Diagnostic::warning(ADDRESS, message).note(
        "the content security policy in `_headers` says so; another site would see every reader",
    );
    Some(warning.help(
        "save the file under the theme's `static/`, if its licence allows, and name it there",
    ))
}

/// Tells whether a template or a script names a custom property.
fn is_written(theme: &Theme, world: &World, name: &str) -> bool {
    let script = |file: &RelPath| {
        let text = world.site.tree.text(&file.source());
        file.extension() == "js" && text.is_some_and(|text| text.contains(name))
    };
    theme.templates.iter().any(|it| it.text.contains(name)) || theme.assets.values().any(script)
}

fn no_end(span: Span) -> Diagnostic {
    Diagnostic::warning(
        STYLE,
        "this has no end, and browsers leave out what follows, or misread it",
    )
    .at(span)
    .help("write the missing `}`, `*/` or quotation mark")
}

fn unset<'a>(name: &str, set: impl Iterator<Item = &'a str>, span: Span) -> Diagnostic {
    let message = format!("nothing sets `{name}`, so browsers leave the line out");
    let hint = near::did_you_mean(name, set);
    Diagnostic::warning(VARIABLE, message).at(span).help(hint.unwrap_or_else(|| {
        format!("set it, as in `:root {{ {name}: … }}`, or give another value: `var({name}, …)`")
    }))
}
