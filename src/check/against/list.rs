//! Reads lists of addresses: sitemaps (sitemaps.org), and texts with an address on each line.

use std::ops::Range;

use roxmltree::{Document, Node};
use url::Url;

use crate::check::against::LIST;
use crate::diag::{Diagnostic, SourceId, Span};

/// What a list names, each with its place.
pub(crate) enum Listed {
    /// Addresses of pages.
    Addresses(Vec<(String, Span)>),
    /// Addresses of sitemaps.
    Sitemaps(Vec<(String, Span)>),
}

/// Reads a list.
pub(crate) fn read(text: &str, source: &SourceId) -> Result<Listed, Box<Diagnostic>> {
    let plain = text.trim_start_matches('\u{feff}');
    match plain.trim_start().starts_with('<') {
        true => sitemap(plain, text.len() - plain.len(), source),
        false => lines(text, source),
    }
}

/// Reads a sitemap that starts at a byte of its file.
fn sitemap(text: &str, start: usize, source: &SourceId) -> Result<Listed, Box<Diagnostic>> {
    let span = |range: Range<usize>| Span::new(source, range.start + start..range.end + start);
    let document = Document::parse(text).map_err(|error| {
        let at = place(text, error.pos().row, error.pos().col);
        Box::new(not_xml(&error.to_string()).at(span(at..at)))
    })?;
    let root = document.root_element();
    let item = match root.tag_name().name() {
        "urlset" => "url",
        "sitemapindex" => "sitemap",
        name => {
            let message =
                format!("`<{name}>` is no sitemap: that is `<urlset>` or `<sitemapindex>`");
            let at = root.range().start;
            return Err(Box::new(
                Diagnostic::error(LIST, message).at(span(at..at + 1 + name.len())),
            ));
        }
    };
    let is = |name: &'static str| move |node: &Node| node.has_tag_name(node_name(node, name));
    let mut found = Vec::new();
    for node in root.children().filter(is(item)) {
        let Some(location) = node.children().find(is("loc")) else {
            let at = node.range().start;
            let message = format!("this `<{item}>` has no `<loc>`");
            return Err(Box::new(
                Diagnostic::error(LIST, message).at(span(at..at + 1 + item.len())),
            ));
        };
        let inner = location.first_child().map_or(location.range(), |text| text.range());
        let written = &text[inner.clone()];
        let from = inner.start + written.len() - written.trim_start().len();
        let place = span(from..from + written.trim().len());
        let address = location.text().unwrap_or_default().trim().to_owned();
        if Url::parse(&address).is_err() {
            return Err(Box::new(no_address(&address).at(place)));
        }
        found.push((address, place));
    }
    Ok(match item {
        "url" => Listed::Addresses(found),
        _ => Listed::Sitemaps(found),
    })
}

/// A name in the namespace that a node has: sitemaps are written with it and without.
fn node_name<'a>(node: &Node<'a, 'a>, name: &'a str) -> roxmltree::ExpandedName<'a, 'a> {
    match node.tag_name().namespace() {
        Some(space) => (space, name).into(),
        None => name.into(),
    }
}

/// Reads a text with an address on each line; what starts with `#` is a remark.
fn lines(text: &str, source: &SourceId) -> Result<Listed, Box<Diagnostic>> {
    let mut found = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at + line.len() - line.trim_start_matches(['\u{feff}', ' ', '\t']).len();
        let address = line.trim_matches(['\u{feff}', ' ', '\t', '\n', '\r']);
        at += line.len();
        if address.is_empty() || address.starts_with('#') {
            continue;
        }
        let span = Span::new(source, start..start + address.len());
        let spaced = address.contains(char::is_whitespace);
        let whole = Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if spaced || !(whole || address.starts_with('/')) {
            return Err(Box::new(no_address(address).at(span)));
        }
        found.push((address.to_owned(), span));
    }
    Ok(Listed::Addresses(found))
}

fn no_address(address: &str) -> Diagnostic {
    let message = match address.is_empty() {
        true => "an address is missing".to_owned(),
        false => format!("`{}` is no address", shortened(address)),
    };
    Diagnostic::error(LIST, message).help(
        "write one address on each line, such as `https://clinic.example/guides/` or `/guides/`",
    )
}

fn not_xml(why: &str) -> Diagnostic {
    Diagnostic::error(LIST, "this sitemap cannot be read").note(why.to_owned())
}

fn shortened(text: &str) -> &str {
    text.char_indices().nth(80).map_or(text, |(at, _)| &text[..at])
}

/// The byte of a row and a column, both from one on.
fn place(text: &str, row: u32, column: u32) -> usize {
    let before = text.split_inclusive('\n').take(row.saturating_sub(1) as usize);
    let start: usize = before.map(str::len).sum();
    let line = text[start..].lines().next().unwrap_or_default();
    let column = column.saturating_sub(1) as usize;
    start + line.char_indices().nth(column).map_or(line.len(), |(at, _)| at)
}
