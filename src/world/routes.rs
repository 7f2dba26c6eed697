//! Routes in the form in which they are kept between builds.

use std::sync::Arc;

use crate::diag::SourceId;
use crate::route::{Api, Format, Kind, Page, Redirect, Route};
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
            write_page(page, out);
        }
        Kind::Term { collection, field, term, name, page } => {
            out.byte(2);
            for text in [collection, field, term.as_str(), name] {
                out.text(text);
            }
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
        1 => Kind::List { collection: name(from)?, page: read_page(from)? },
        2 => Kind::Term {
            collection: name(from)?,
            field: name(from)?,
            term: from.text()?.to_owned(),
            name: name(from)?,
            page: read_page(from)?,
        },
        3 => Kind::NotFound,
        4 => Kind::Redirect(Redirect {
            from: UrlPath::new(from.text()?)?,
            to: from.text()?.to_owned(),
            temporary: from.byte()? == 1,
        }),
        5 => Kind::Feed(name(from)?, Format::Atom),
        6 => Kind::Feed(name(from)?, Format::Json),
        7 => Kind::Api(Api::List(name(from)?, read_page(from)?)),
        8 => Kind::Api(Api::Document(read_entry(from)?)),
        _ => return None,
    };
    Some(Route { file: url.file(), url, kind, source })
}

fn write_page(page: &Page, out: &mut Writer) {
    out.size(page.number);
    out.size(page.total);
    out.list(page.urls.iter(), |out, url| out.text(url.as_str()));
}

fn read_page(from: &mut Reader) -> Option<Page> {
    Some(Page {
        number: from.size()?,
        total: from.size()?,
        urls: from.list(|from| UrlPath::new(from.text()?))?.into(),
        entries: Vec::new(),
    })
}
