//! Words what goes wrong in templates: template, line, page, and whose data it was.

use std::collections::BTreeMap;
use std::ops::Range;

use tera::{ErrorKind, ReportError};

use crate::content::EntryId;
use crate::diag::{Code, Diagnostic, Diagnostics, SourceId, Span};
use crate::render::{Engine, tera_words};
use crate::route::{Kind, Route};
use crate::text::near;
use crate::theme::{Template, Theme};

/// A template that cannot be read.
pub(crate) const SYNTAX: Code = Code::new("template/syntax");
/// A template that fails on a page.
pub const RENDER: Code = Code::new("template/render");

/// Turns an error of loading templates into its problems.
pub(crate) fn loading(theme: &Theme, error: &tera::Error) -> Vec<Diagnostic> {
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            vec![reported(theme, SYNTAX, report)]
        }
        ErrorKind::Msg(text) if text.contains("\n") => listed(theme, text),
        ErrorKind::MissingParent { current, parent } => {
            let parent = parent.as_str();
            let names = theme.templates.iter().filter_map(|it| it.name.split_once('/'));
            let hint = near::did_you_mean(parent, names.map(|(_, name)| name));
            vec![
                Diagnostic::error(SYNTAX, format!("it extends `{parent}`, which does not exist"))
                    .at(named(theme, current, &format!("\"{parent}\"")))
                    .maybe_help(hint),
            ]
        }
        ErrorKind::CircularExtend { tpl, .. } => {
            vec![
                Diagnostic::error(SYNTAX, "this template ends up extending itself")
                    .at(named(theme, tpl, "{% extends"))
                    .help("to extend the parent theme's template of the same name, put its theme's name before it: `{% extends \"base/guide.html\" %}`"),
            ]
        }
        ErrorKind::CircularInclude { tpl, .. } => {
            let message = "this template ends up including itself";
            vec![Diagnostic::error(SYNTAX, message).at(named(theme, tpl, "{% include"))]
        }
        _ => vec![Diagnostic::error(SYNTAX, lowered(&error.to_string()))],
    }
}

/// Turns an error of rendering into a problem at the template's line, without the page.
pub(crate) fn in_template(engine: &Engine, error: &tera::Error) -> Vec<Diagnostic> {
    match error.kind() {
        ErrorKind::RenderingError(report) => vec![reported(engine.theme(), RENDER, report)],
        _ => loading(engine.theme(), error),
    }
}

/// Turns an error of rendering a page into its problem, with the page and whose data it was.
pub(crate) fn rendering(
    engine: &Engine,
    route: &Route,
    culprit: Option<EntryId>,
    error: &tera::Error,
) -> Vec<Diagnostic> {
    let about = match (&route.kind, culprit) {
        (_, Some(id)) => format!("on the page `{}`, with the data of `{id}`", route.url),
        (Kind::Entry(_), None) => {
            format!("on the page `{}`, made from `{}`", route.url, route.source)
        }
        _ => format!("on the page `{}`", route.url),
    };
    in_template(engine, error).into_iter().map(|it| it.note(about.clone())).collect()
}

/// Tells a problem that many pages have once, with their number.
pub(crate) fn gathered<'a>(found: impl IntoIterator<Item = &'a Diagnostic>) -> Diagnostics {
    let mut first: BTreeMap<(Option<&Span>, Code, &str), usize> = BTreeMap::new();
    let mut kept: Vec<(&Diagnostic, usize)> = Vec::new();
    for diagnostic in found {
        let of_page = diagnostic.notes.iter().any(|it| it.starts_with("on the page `"));
        if !of_page {
            kept.push((diagnostic, 0));
            continue;
        }
        let key = (diagnostic.span.as_ref(), diagnostic.code, &*diagnostic.message);
        match first.get(&key) {
            Some(at) => kept[*at].1 += 1,
            None => {
                first.insert(key, kept.len());
                kept.push((diagnostic, 0));
            }
        }
    }
    let mut gathered = Diagnostics::new();
    for (diagnostic, more) in kept {
        let diagnostic = diagnostic.clone();
        gathered.push(match more {
            0 => diagnostic,
            1 => diagnostic.note("and on one page more"),
            more => diagnostic.note(format!("and on {more} pages more")),
        });
    }
    gathered
}

fn reported(theme: &Theme, code: Code, report: &ReportError) -> Diagnostic {
    let (message, help) = split_message(report.message());
    let template = theme.template(report.filename());
    let range = report.span().range.clone();
    let rest = template.and_then(|it| it.text.get(range.start..)).unwrap_or_default();
    let hint = block_hint(theme, &message);
    let (message, cure) = tera_words::worded(&message, rest);
    let error = Diagnostic::error(code, message).maybe_help(cure).maybe_help(hint);
    let error = match template {
        Some(template) => error.at(in_file(template, range)),
        None => error,
    };
    match help {
        Some((typed, known)) => {
            match near::did_you_mean(&typed, known.iter().map(String::as_str)) {
                Some(hint) => error.label(hint),
                None => error
                    .help(format!("there is {}", near::all_of(known.iter().map(String::as_str)))),
            }
        }
        None if error.message.starts_with("field `") => error.help(
            "what stands before the dot is no group here: it may be `null` or a text; put `{% if … %}` around it, or write `?.`",
        ),
        None => error,
    }
}

/// Takes the list of names that Tera adds off a message: what was typed, and what there is.
fn split_message(message: &str) -> (String, Option<(String, Vec<String>)>) {
    let markers = [" Available variables: ", " Available fields: ", ". Available "];
    let found = markers.iter().find_map(|marker| message.split_once(marker));
    let Some((start, names)) = found else { return (lowered(message), None) };
    let names = names.rsplit_once(": ").map_or(names, |(_, names)| names);
    let typed = start.split('`').nth(1).unwrap_or_default().to_owned();
    let tidy = |name: &str| name.trim().trim_matches(['`', '.']).to_owned();
    (lowered(start.trim_end_matches('.')), Some((typed, names.split(", ").map(tidy).collect())))
}

/// Reads the problems that Tera lists in one text, each with a line `--> template:line:column`.
fn listed(theme: &Theme, text: &str) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut message = None;
    for line in text.lines() {
        if let Some(words) = line.strip_prefix("error: ") {
            message = Some(words.to_owned());
        } else if let Some(place) = line.trim_start().strip_prefix("--> ") {
            let Some(words) = message.take() else { continue };
            let span = place_of(theme, place);
            let template = span.as_ref().and_then(|span| {
                let template = theme.templates.iter().find(|it| it.source == span.source)?;
                template.text.get(span.start..)
            });
            let hint = block_hint(theme, &words);
            let (message, cure) =
                tera_words::worded(&lowered(&words), template.unwrap_or_default());
            let error = Diagnostic::error(SYNTAX, message).maybe_help(cure).maybe_help(hint);
            let error = match suggestion(theme, &words) {
                Some(hint) => error.label(hint),
                None => error,
            };
            found.push(match span {
                Some(span) => error.at(span),
                None => error.note(format!("at {place}")),
            });
        }
    }
    if found.is_empty() {
        found.push(Diagnostic::error(SYNTAX, lowered(text)));
    }
    found
}

/// The block that was probably meant.
fn block_hint(theme: &Theme, words: &str) -> Option<String> {
    let typed = words.contains("any parent template").then(|| words.split('`').nth(1))??;
    let blocks = theme.templates.iter().flat_map(|it| it.text.split("block ").skip(1));
    let names = blocks.map(|rest| rest.split([' ', '%', '-']).next().unwrap_or_default());
    near::did_you_mean(typed, names.filter(|name| *name != typed))
}

/// What was probably meant where Tera says that a filter, function, component or template is not
/// known.
fn suggestion(theme: &Theme, words: &str) -> Option<String> {
    let typed = words.split('`').nth(1)?;
    let what = words.to_lowercase();
    let own = |names: &'static [&'static str]| near::did_you_mean(typed, names.iter().copied());
    if what.contains("filter") {
        own(&crate::render::filters::NAMES)
    } else if what.contains("function") {
        own(&crate::render::functions::NAMES)
    } else if what.contains("component") {
        let defined = theme.templates.iter().flat_map(|it| it.text.split("component ").skip(1));
        let name = |rest: &str| rest.split('(').next().unwrap_or_default().trim().to_owned();
        let names: Vec<String> = defined.map(name).collect();
        near::did_you_mean(typed, names.iter().map(String::as_str))
    } else {
        let names = theme.templates.iter().filter_map(|it| it.name.split_once('/'));
        near::did_you_mean(typed, names.map(|(_, name)| name))
    }
}

fn place_of(theme: &Theme, place: &str) -> Option<Span> {
    let (rest, column) = place.rsplit_once(':')?;
    let (name, line) = rest.rsplit_once(':')?;
    let (line, column): (usize, usize) = (line.parse().ok()?, column.parse().ok()?);
    let template = theme.template(name)?;
    let before: usize =
        template.text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    let rest = &template.text[before..];
    let inside: usize = rest.chars().take(column.checked_sub(1)?).map(char::len_utf8).sum();
    let word = |char: char| char.is_alphanumeric() || "_.\"<".contains(char);
    let length = rest[inside..].find(|char| !word(char)).unwrap_or(0).max(1);
    Some(in_file(template, before + inside..before + inside + length))
}

/// The place of the first use of some words in a template; its file without them.
fn named(theme: &Theme, name: &str, words: &str) -> Span {
    match theme.template(name) {
        Some(template) => {
            let at = template.text.find(words).unwrap_or(0);
            in_file(template, at..at + words.len())
        }
        None => Span::file(&SourceId::new(name)),
    }
}

fn in_file(template: &Template, range: Range<usize>) -> Span {
    Span::new(&template.source, range)
}

/// Messages start in lower case here, and end without a full stop.
fn lowered(message: &str) -> String {
    let message = message.trim().trim_end_matches('.');
    let mut chars = message.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}
