//! Feeds of a collection's newest entries: Atom (RFC 4287) and JSON Feed 1.1.

use std::sync::LazyLock;

use regex::{Captures, Regex};
use tera::Value;

use crate::content::EntryId;
use crate::content::schema::Collection;
use crate::html;
use crate::render::{Shared, body, json};
use crate::route::Format;
use crate::world::{Answer, Question, Recorder, map, text};

/// An entry in a feed.
struct Item {
    url: String,
    title: String,
    summary: Option<String>,
    author: Option<String>,
    html: String,
    published: String,
    updated: String,
}

/// Writes a collection's feed.
pub(crate) fn write(scope: &Shared, file: &str, collection: &str, format: Format) -> String {
    let world = &scope.world;
    world.ask(&Question::Route(file.to_owned()));
    let Some(collection) = world.schema().collection(collection) else { return String::new() };
    let items = items(scope, collection);
    match format {
        Format::Atom => atom(world, collection, &items),
        Format::Json => json_feed(world, collection, &items),
    }
}

fn items(scope: &Shared, collection: &Collection) -> Vec<Item> {
    match scope.world.ask(&Question::Newest(collection.name.to_string())) {
        Answer::Entries(ids) => ids.iter().filter_map(|id| item(scope, id)).collect(),
        _ => Vec::new(),
    }
}

fn item(scope: &Shared, id: &EntryId) -> Option<Item> {
    let world = &scope.world;
    let url = match world.ask(&Question::Page(id.clone())) {
        Answer::Value(url) => format!("{}{}", world.config().origin, url.as_str()?),
        _ => return None,
    };
    let summary = world.summary(id);
    let dates = world.dates(id);
    let published = moment(&dates.published.clone()?, world);
    let updated = dates.last().map_or_else(|| published.clone(), |last| moment(last, world));
    let html = scope.enter(|| body::render(scope, id, &summary, String::new())).html;
    // What is wrong with the text has been told with its page.
    scope.take_diagnostics();
    let author = text(&summary, "author").and_then(|slug| {
        let collection = world.collection(id)?.related("author")?;
        let id = EntryId { collection: collection.into(), slug: slug.into() };
        text(&world.summary(&id), "title").map(str::to_owned)
    });
    Some(Item {
        title: text(&summary, "title").unwrap_or_default().to_owned(),
        summary: text(&summary, "description").map(str::to_owned),
        html: whole(&html, &url, &world.config().origin),
        author,
        url,
        published,
        updated,
    })
}

/// A date as a moment: the start of its day in the site's time zone.
fn moment(date: &str, world: &Recorder) -> String {
    let zone = &world.config().zone;
    let at = crate::text::date::moment(date, zone);
    let zoned = at.map(|at| at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string());
    zoned.unwrap_or_else(|| date.to_owned())
}

/// Gives every address in HTML whole, since a feed is read elsewhere.
fn whole(html: &str, page: &str, origin: &str) -> String {
    static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(<[^>]*?\s(?:href|src|poster)=["']?)([/#])([^\s"'>]?)"#)
            .unwrap_or_else(|_| unreachable!("the pattern is a constant"))
    });
    let replace = |found: &Captures| {
        let (before, first, next) = (&found[1], &found[2], &found[3]);
        match (first, next) {
            ("/", "/") => format!("{before}//"),
            ("/", next) => format!("{before}{origin}/{next}"),
            (first, next) => format!("{before}{page}{first}{next}"),
        }
    };
    ADDRESS.replace_all(html, replace).into_owned()
}

fn atom(world: &Recorder, collection: &Collection, items: &[Item]) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed");
    out.push_str(" xmlns=\"http://www.w3.org/2005/Atom\"");
    xml_attribute("xml:lang", &world.config().language, &mut out);
    out.push_str(">\n");
    let [own, _] = addresses(world, collection);
    element("id", &own, &mut out);
    element("title", &world.feed_title(collection), &mut out);
    element("updated", &updated(items), &mut out);
    link(&own, "self", &mut out);
    link(&home(world, collection), "alternate", &mut out);
    out.push_str("<author>");
    element("name", &world.site_title(), &mut out);
    out.push_str("</author>\n");
    for item in items {
        out.push_str("<entry>\n");
        element("id", &item.url, &mut out);
        element("title", &item.title, &mut out);
        element("published", &item.published, &mut out);
        element("updated", &item.updated, &mut out);
        link(&item.url, "alternate", &mut out);
        if let Some(author) = &item.author {
            out.push_str("<author>");
            element("name", author, &mut out);
            out.push_str("</author>\n");
        }
        if let Some(summary) = &item.summary {
            element("summary", summary, &mut out);
        }
        out.push_str("<content type=\"html\">");
        xml_text(&item.html, &mut out);
        out.push_str("</content>\n</entry>\n");
    }
    out.push_str("</feed>\n");
    out
}

fn json_feed(world: &Recorder, collection: &Collection, items: &[Item]) -> String {
    let [_, own] = addresses(world, collection);
    let one = |item: &Item| {
        let mut pairs = vec![
            ("id", Value::from(item.url.as_str())),
            ("url", item.url.as_str().into()),
            ("title", item.title.as_str().into()),
        ];
        pairs.extend(item.summary.as_deref().map(|it| ("summary", it.into())));
        pairs.push(("content_html", item.html.as_str().into()));
        pairs.push(("date_published", item.published.as_str().into()));
        pairs.push(("date_modified", item.updated.as_str().into()));
        let author = item.author.as_deref().map(|it| map([("name", Value::from(it))]));
        pairs.extend(author.map(|author| ("authors", vec![author].into())));
        map(pairs)
    };
    let author = map([("name", Value::from(world.site_title()))]);
    let feed = map([
        ("version", Value::from("https://jsonfeed.org/version/1.1")),
        ("title", world.feed_title(collection).into()),
        ("home_page_url", home(world, collection).into()),
        ("feed_url", own.into()),
        ("language", world.config().language.as_str().into()),
        ("authors", vec![author].into()),
        ("items", items.iter().map(one).collect::<Vec<_>>().into()),
    ]);
    json::json(&feed)
}

/// The last change of any entry in the feed; the start of time for an empty one.
fn updated(items: &[Item]) -> String {
    let moments = items.iter().filter_map(|item| {
        item.updated.parse::<jiff::Timestamp>().ok().map(|at| (at, &item.updated))
    });
    moments.max().map_or_else(|| "1970-01-01T00:00:00Z".to_owned(), |(_, text)| text.clone())
}

fn addresses(world: &Recorder, collection: &Collection) -> [String; 2] {
    let folder = match &collection.list {
        Some(list) => list.route.clone(),
        None => format!("/{}/", collection.name),
    };
    ["feed.xml", "feed.json"].map(|name| format!("{}{folder}{name}", world.base()))
}

fn home(world: &Recorder, collection: &Collection) -> String {
    world.list(&collection.name).unwrap_or_else(|| format!("{}/", world.base()))
}

fn link(url: &str, rel: &str, out: &mut String) {
    out.push_str("<link");
    xml_attribute("rel", rel, out);
    xml_attribute("href", url, out);
    out.push_str("/>\n");
}

fn element(name: &str, text: &str, out: &mut String) {
    out.push_str(&format!("<{name}>"));
    xml_text(text, out);
    out.push_str(&format!("</{name}>\n"));
}

fn xml_attribute(name: &str, value: &str, out: &mut String) {
    out.push_str(&format!(" {name}=\""));
    let start = out.len();
    xml_text(value, out);
    let quoted = out.split_off(start).replace('"', "&quot;");
    out.push_str(&quoted);
    out.push('"');
}

/// Writes text without the characters that XML does not have (XML 1.0, 2.2).
fn xml_text(text: &str, out: &mut String) {
    let fine = |char: &char| {
        matches!(char, '\t' | '\n' | '\r')
            || *char >= ' ' && !matches!(char, '\u{fffe}' | '\u{ffff}')
    };
    match text.chars().all(|char| fine(&char)) {
        true => html::text(text, out),
        false => html::text(&text.chars().filter(fine).collect::<String>(), out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_become_whole() {
        let html =
            "<a href=\"/a/\">x</a><a href=#b>y</a><img alt=\"href=/c\" src=/d.png><a href=//e>";
        let page = "https://f.example/g/";
        assert_eq!(
            whole(html, page, "https://f.example"),
            "<a href=\"https://f.example/a/\">x</a><a href=https://f.example/g/#b>y</a>\
             <img alt=\"href=/c\" src=https://f.example/d.png><a href=//e>"
        );
    }
}
