//! The files beside the pages: feeds, the JSON API, what hosts and search engines read.

use std::sync::Arc;

use crate::content::schema::Kind as Source;
use crate::content::value::Value;
use crate::content::{Entry, EntryId, Status};
use crate::diag::{Code, Diagnostic, Span};
use crate::route::{Api, Format, Kind, Page, Planner, Sitemap};
use crate::text::{RelPath, UrlPath};
use crate::yaml::Step;

/// An entry that is in no feed, because it has no date.
pub const UNDATED: Code = Code::new("route/feed-date");

/// The most addresses that one file of a sitemap may hold (sitemaps.org).
const SITEMAP: usize = 50_000;

impl Planner<'_> {
    pub(crate) fn feeds(&mut self) {
        for collection in &self.input.schema.collections {
            if collection.delivery.feed.is_none() {
                continue;
            }
            let folder = match &collection.list {
                Some(list) => list.route.clone(),
                None => format!("/{}/", collection.name),
            };
            for entry in self.input.catalog.published(&collection.name) {
                // A draft that is looked at has its date still to come.
                let draft = *entry.fields.get("draft") == Value::Bool(true);
                let field = &collection.publish_field;
                let path = [Step::Key(field.as_str().into())];
                // Of a date that cannot be read, that has been said.
                let dated = entry.fields.get(field).is_present() || entry.document.is_given(&path);
                if !draft && !dated {
                    self.diagnostics.push(undated(entry, field, entry.document.is_written(&path)));
                }
            }
            let source = self.schema_source();
            let atom = self.address(&format!("{folder}feed.xml"), &source);
            let json = self.address(&format!("{folder}feed.json"), &source);
            let Some((atom, json)) = atom.zip(json) else { continue };
            let name = &collection.name;
            self.add(atom.clone(), Kind::Feed(Arc::clone(name), Format::Atom), &source);
            self.add(json.clone(), Kind::Feed(Arc::clone(name), Format::Json), &source);
            self.plan.feeds.insert(Arc::clone(name), [atom, json]);
        }
    }

    pub(crate) fn api(&mut self) {
        if !self.input.config.api {
            return;
        }
        let source = self.schema_source();
        let add = |planner: &mut Self, path: String, api: Api| {
            let url = planner.address(&path, &source)?;
            planner.add(url.clone(), Kind::Api(api), &source);
            Some(url)
        };
        add(self, "/api/v1/index.json".to_owned(), Api::Index);
        for collection in &self.input.schema.collections {
            let name = &collection.name;
            if let Source::Files(files) = &collection.kind {
                for file in files {
                    let path = format!("/api/v1/{name}/{}.json", file.name);
                    add(self, path, Api::Settings(Arc::clone(&file.name)));
                }
                continue;
            }
            let Some(api) = collection.delivery.api else { continue };
            add(self, format!("/api/v1/schema/{name}.json"), Api::Schema(Arc::clone(name)));
            let mut entries: Vec<&Entry> = self.input.catalog.published(name).collect();
            crate::catalog::sort(&mut entries, &collection.order());
            let pages = pages(name, api.per_page, &entries);
            for page in pages {
                let url = page.urls[page.number - 1].to_string();
                let first = page.number == 1;
                let url = add(self, url, Api::List(Arc::clone(name), page));
                if let Some(url) = url.filter(|_| first) {
                    self.plan.indexes.insert(Arc::clone(name), url);
                }
            }
            for entry in entries {
                let path = document(&entry.id);
                if let Some(url) = add(self, path, Api::Document(entry.id.clone())) {
                    self.plan.documents.insert(entry.id.clone(), url);
                }
            }
        }
    }

    /// What hosts and search engines look for at fixed addresses. A theme's own `robots.txt` is
    /// let stand.
    pub(crate) fn for_hosts(&mut self) {
        let source = self.schema_source();
        let mut pages: Vec<RelPath> = Vec::new();
        for (file, route) in &self.plan.routes {
            let listed = match &route.kind {
                Kind::Entry(id) => !self.hidden_from_search(id),
                Kind::List { .. } | Kind::Term { .. } => true,
                _ => false,
            };
            if listed {
                pages.push(file.clone());
            }
        }
        for (url, sitemap) in sitemaps(pages, SITEMAP) {
            self.add(url, Kind::Sitemap(sitemap), &source);
        }
        if !self.plan.urls.contains_key("/robots.txt") {
            self.add(fixed("/robots.txt"), Kind::Robots, &source);
        }
        self.add(fixed("/_headers"), Kind::Headers, &source);
        if !self.plan.redirects.is_empty() {
            self.add(fixed("/_redirects"), Kind::Redirects, &source);
        }
    }

    /// Whether an entry's page says that search engines shall leave it out.
    fn hidden_from_search(&self, id: &EntryId) -> bool {
        let entry = self.input.catalog.entries.get(id);
        entry.is_none_or(|it| it.status != Status::Published || it.is_hidden_from_search())
    }
}

fn undated(entry: &Entry, field: &str, written: bool) -> Diagnostic {
    let help = match written {
        true => format!("write the day of its publishing after `{field}:`"),
        false => format!("add a line `{field}: …` with the day of its publishing"),
    };
    Diagnostic::warning(UNDATED, "this entry is not in the feed, because it has no date")
        .at(Span::file(&entry.source))
        .help(help)
}

/// The files of the sitemap: one, or an index of several where one may not hold all.
fn sitemaps(pages: Vec<RelPath>, most: usize) -> Vec<(UrlPath, Sitemap)> {
    let first = fixed("/sitemap.xml");
    if pages.len() <= most {
        return vec![(first, Sitemap::Pages(pages))];
    }
    let part = |(at, part): (usize, &[RelPath])| {
        (fixed(&format!("/sitemap-{}.xml", at + 1)), Sitemap::Pages(part.to_vec()))
    };
    let mut files: Vec<_> = pages.chunks(most).enumerate().map(part).collect();
    let urls = files.iter().map(|(url, _)| url.clone()).collect();
    files.push((first, Sitemap::Index(urls)));
    files
}

/// An address that Galen itself gives.
fn fixed(path: &str) -> UrlPath {
    UrlPath::new(path).unwrap_or_else(|| unreachable!("it is tidy"))
}

/// The address of a page of a collection's list in the API.
pub(crate) fn api_page_path(name: &str, number: usize) -> String {
    match number {
        1 => format!("/api/v1/{name}/index.json"),
        number => format!("/api/v1/{name}/page/{number}.json"),
    }
}

/// The pages of a collection's list in the API.
fn pages(name: &str, per_page: usize, entries: &[&Entry]) -> Vec<Page> {
    let count = entries.len().div_ceil(per_page).max(1);
    let urls: Option<Arc<[UrlPath]>> =
        (1..=count).map(|number| UrlPath::new(&api_page_path(name, number))).collect();
    let Some(urls) = urls else { return Vec::new() };
    let page = |number: usize| {
        let here = entries.iter().skip((number - 1) * per_page).take(per_page);
        Page {
            number,
            entries: here.map(|entry| entry.id.clone()).collect(),
            urls: Arc::clone(&urls),
            total: entries.len(),
        }
    };
    (1..=count).map(page).collect()
}

/// An entry's address in the API. `index` is that of the list, and no slug starts with `_`.
fn document(id: &EntryId) -> String {
    let slug = match &*id.slug {
        "index" => "_index",
        slug => slug,
    };
    format!("/api/v1/{}/{slug}.json", id.collection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_sitemap_is_several() {
        let pages: Vec<RelPath> =
            (0..7).filter_map(|it| RelPath::new(&format!("{it}/index.html"))).collect();
        let names = |most| -> Vec<String> {
            sitemaps(pages.clone(), most).into_iter().map(|(url, _)| url.to_string()).collect()
        };
        assert_eq!(names(7), ["/sitemap.xml"]);
        assert_eq!(
            names(3),
            ["/sitemap-1.xml", "/sitemap-2.xml", "/sitemap-3.xml", "/sitemap.xml"]
        );
        let (_, last) = sitemaps(pages.clone(), 3).pop().unwrap();
        assert!(matches!(last, Sitemap::Index(parts) if parts.len() == 3));
    }
}
