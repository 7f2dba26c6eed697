//! Routes in the form in which they are kept between builds.

use std::sync::Arc;

use crate::diag::SourceId;
use crate::route::{Api, Format, Kind, Page, Redirect, Route, api_page_path, page_path};
use crate::text::UrlPath;
use crate::trace::{Reader, Writer};
use crate::world::{read_entry, write_entry};

/// Writes all that the plan says of a file, but for the entries of lists and the content of what is
/// copied.
pub fn write_route(route: &Route, out: &mut Writer) {
    out.text(route.url.as_str());
    out.text(route.source.as_str());
    match &route.kind {
        Kind::Entry(id) => {
            out.byte(0);
            write_entry(out, id);
        }
        Kind::List { collection, page } => {
            out.byte(1);
            out.text(collection);
            write_first(page, out);
            write_page(page, out);
        }
        Kind::Term { collection, field, term, name, page } => {
            out.byte(2);
            for text in [collection, field, term.as_str(), name] {
                out.text(text);
            }
            write_first(page, out);
            write_page(page, out);
        }
        Kind::NotFound => out.byte(3),
        Kind::Redirect(redirect) => {
            out.byte(4);
            out.text(redirect.from.as_str());
            out.text(&redirect.to);
            out.byte(u8::from(redirect.temporary));
        }
        Kind::Feed(collection, format) => {
            out.byte(if *format == Format::Atom { 5 } else { 6 });
            out.text(collection);
        }
        Kind::Api(Api::List(collection, page)) => {
            out.byte(7);
            out.text(collection);
            write_page(page, out);
        }
        Kind::Api(Api::Document(id)) => {
            out.byte(8);
            write_entry(out, id);
        }
        Kind::Asset(path) => {
            out.byte(9);
            out.text(path);
        }
        Kind::Copy(file) => {
            out.byte(10);
            out.text(file.as_str());
        }
        // These are made in every build that reads the whole site.
        Kind::Sitemap(_) | Kind::Robots | Kind::Headers | Kind::Redirects | Kind::Api(_) => {
            out.byte(11);
        }
    }
}

/// Reads a route back, without the entries of a list; `None` for one of another kind than pages,
/// redirects, feeds, and lists and documents of the API.
pub fn read_route(from: &mut Reader) -> Option<Route> {
    let url = UrlPath::new(from.text()?)?;
    let source = SourceId::new(from.text()?);
    let name = |from: &mut Reader| from.text().map(Arc::<str>::from);
    let kind = match from.byte()? {
        0 => Kind::Entry(read_entry(from)?),
        1 => {
            let (collection, first) = (name(from)?, name(from)?);
            let page = read_page(from, |number| page_path(&first, number))?;
            Kind::List { collection, page }
        }
        2 => {
            let (collection, field) = (name(from)?, name(from)?);
            let (term, name, first) = (from.text()?.to_owned(), name(from)?, name(from)?);
            let page = read_page(from, |number| page_path(&first, number))?;
            Kind::Term { collection, field, term, name, page }
        }
        3 => Kind::NotFound,
        4 => Kind::Redirect(Redirect {
            from: UrlPath::new(from.text()?)?,
            to: from.text()?.to_owned(),
            temporary: from.byte()? == 1,
        }),
        5 => Kind::Feed(name(from)?, Format::Atom),
        6 => Kind::Feed(name(from)?, Format::Json),
        7 => {
            let name = name(from)?;
            let page = read_page(from, |number| api_page_path(&name, number))?;
            Kind::Api(Api::List(name, page))
        }
        8 => Kind::Api(Api::Document(read_entry(from)?)),
        _ => return None,
    };
    Some(Route { file: url.file(), url, kind, source })
}

/// The address of a list's first page tells those of the others.
fn write_first(page: &Page, out: &mut Writer) {
    out.text(page.urls.first().map_or("", UrlPath::as_str));
}

fn write_page(page: &Page, out: &mut Writer) {
    out.size(page.number);
    out.size(page.total);
    out.size(page.urls.len());
}

/// Reads a page; `path` gives the addresses of all pages of its list by their numbers.
fn read_page(from: &mut Reader, path: impl Fn(usize) -> String) -> Option<Page> {
    let (number, total, count) = (from.size()?, from.size()?, from.size()?);
    // No page but the first is empty.
    (count <= total.max(1)).then_some(())?;
    let urls = (1..=count).map(|number| UrlPath::new(&path(number))).collect::<Option<_>>()?;
    Some(Page { number, total, urls, entries: Vec::new() })
}
