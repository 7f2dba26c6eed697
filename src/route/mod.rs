//! The plan: every output file, its address, and what renders it.
//!
//! [`plan`] is redone whole in every build. Two routes to one file are an error naming both.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::assets::Asset;
use crate::catalog::{self, Catalog};
use crate::config::Config;
use crate::content::schema::{Collection, Schema};
use crate::content::{Entry, EntryId, Status};
use crate::diag::{Code, Diagnostic, Diagnostics, SourceId, Span};
use crate::text::{RelPath, UrlPath};
use crate::theme::Theme;
use crate::vfs::Tree;

mod delivery;
mod redirects;

pub use delivery::UNDATED;
pub(crate) use delivery::api_page_path;
pub use redirects::{REDIRECT, TOO_MANY};

/// Two routes to one file.
pub const COLLISION: Code = Code::new("route/collision");
/// An address that cannot be written.
pub const ADDRESS: Code = Code::new("route/address");

/// One output file.
#[derive(Clone, Debug)]
pub struct Route {
    /// Its address.
    pub url: UrlPath,
    /// Its file below the output folder.
    pub file: RelPath,
    /// What makes it.
    pub kind: Kind,
    /// Who asked for it, for messages.
    pub source: SourceId,
}

/// What makes a file.
#[derive(Clone, Debug)]
pub enum Kind {
    /// An entry's page.
    Entry(EntryId),
    /// A page of a collection's list, from 1.
    List {
        /// The collection.
        collection: Arc<str>,
        /// Which page of how many.
        page: Page,
    },
    /// A page of a term's entries.
    Term {
        /// The collection.
        collection: Arc<str>,
        /// The field.
        field: Arc<str>,
        /// The term's slug.
        term: String,
        /// The term as it is written.
        name: Arc<str>,
        /// Which page of how many.
        page: Page,
    },
    /// The page for addresses that do not exist.
    NotFound,
    /// A page that leads on to another address.
    Redirect(Redirect),
    /// A collection's feed.
    Feed(Arc<str>, Format),
    /// The addresses of pages, or of the files that hold them.
    Sitemap(Sitemap),
    /// What robots may read.
    Robots,
    /// The headers with which a host serves the site.
    Headers,
    /// The redirects, for hosts that know how.
    Redirects,
    /// A file of the JSON API.
    Api(Api),
    /// A theme's asset, by its path.
    Asset(String),
    /// A file of the site, copied.
    Copy(RelPath),
}

impl Kind {
    /// Tells whether it is a page for readers, rather than a file.
    pub fn is_page(&self) -> bool {
        matches!(self, Self::Entry(_) | Self::List { .. } | Self::Term { .. } | Self::NotFound)
    }

    /// Gives the page of a list, in HTML or in the JSON API; `None` for what is no list.
    pub fn page(&self) -> Option<&Page> {
        match self {
            Self::List { page, .. } | Self::Term { page, .. } | Self::Api(Api::List(_, page)) => {
                Some(page)
            }
            _ => None,
        }
    }
}

/// An address that leads on to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// The address that is left: of a page as it would be linked to.
    pub from: UrlPath,
    /// Where it leads: an address of this site, or a whole one.
    pub to: String,
    /// Whether it may change again.
    pub temporary: bool,
}

/// The form of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Atom (RFC 4287).
    Atom,
    /// JSON Feed 1.1.
    Json,
}

/// A file of the sitemap.
#[derive(Clone, Debug)]
pub enum Sitemap {
    /// Addresses of pages.
    Pages(Vec<RelPath>),
    /// Addresses of further files, where one does not hold all.
    Index(Vec<UrlPath>),
}

/// A file of the JSON API.
#[derive(Clone, Debug)]
pub enum Api {
    /// What there is.
    Index,
    /// A page of a collection's entries.
    List(Arc<str>, Page),
    /// An entry.
    Document(EntryId),
    /// The shape of a collection's entries.
    Schema(Arc<str>),
    /// A file of settings.
    Settings(Arc<str>),
}

/// One page of a list.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its number, from 1.
    pub number: usize,
    /// The entries on it.
    pub entries: Vec<EntryId>,
    /// The addresses of all pages, in order.
    pub urls: Arc<[UrlPath]>,
    /// The entries on all pages.
    pub total: usize,
}

/// The address of a page of a list, by that of its first.
pub(crate) fn page_path(first: &str, number: usize) -> String {
    match number {
        1 => first.to_owned(),
        number => format!("{first}page/{number}/"),
    }
}

/// Every route, and the addresses of what can be linked to.
#[derive(Debug, Default)]
pub struct Plan {
    /// Routes by their files.
    pub routes: BTreeMap<RelPath, Route>,
    /// Files by address.
    pub urls: BTreeMap<UrlPath, RelPath>,
    /// Addresses of published entries.
    pub entries: BTreeMap<EntryId, UrlPath>,
    /// Addresses of lists, by collection.
    pub lists: BTreeMap<Arc<str>, UrlPath>,
    /// Addresses of feeds, by collection: Atom, then JSON.
    pub feeds: BTreeMap<Arc<str>, [UrlPath; 2]>,
    /// Every redirect, by the address that is left.
    pub redirects: BTreeMap<UrlPath, Redirect>,
    /// Addresses of entries in the JSON API.
    pub documents: BTreeMap<EntryId, UrlPath>,
    /// Addresses of a collection's list in the JSON API.
    pub indexes: BTreeMap<Arc<str>, UrlPath>,
}

/// What a plan is made from.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// `galen.yaml`.
    pub config: &'a Config,
    /// The site's files.
    pub tree: &'a Tree,
    /// The content model.
    pub schema: &'a Schema,
    /// Every entry.
    pub catalog: &'a Catalog,
    /// The theme.
    pub theme: &'a Theme,
    /// The theme's assets.
    pub assets: &'a BTreeMap<String, Asset>,
}

/// Plans every output file. Collisions and addresses that cannot be are reported.
pub fn plan(input: Input, diagnostics: &mut Diagnostics) -> Plan {
    let mut planner = Planner { input, plan: Plan::default(), diagnostics };
    for collection in &input.schema.collections {
        planner.entries(collection);
        planner.list(collection);
        planner.terms(collection);
    }
    planner.not_found();
    planner.files();
    planner.redirects();
    planner.feeds();
    planner.api();
    planner.for_hosts();
    planner.plan
}

struct Planner<'a> {
    input: Input<'a>,
    plan: Plan,
    diagnostics: &'a mut Diagnostics,
}

impl Planner<'_> {
    fn entries(&mut self, collection: &Collection) {
        let Some(route) = &collection.route else { return };
        for entry in self.input.catalog.of(&collection.name) {
            // The root's own page is the entry `index` of the collection at the root.
            let slug = &*entry.id.slug;
            let path = match slug {
                "index" => route.replace("{{slug}}/", "").replace("{{slug}}", ""),
                slug => route.replace("{{slug}}", slug),
            };
            let Some(url) = self.address(&path, &entry.source) else { continue };
            if entry.status == Status::Published {
                self.plan.entries.insert(entry.id.clone(), url.clone());
                self.add(url, Kind::Entry(entry.id.clone()), &entry.source);
            }
        }
    }

    fn list(&mut self, collection: &Collection) {
        let Some(list) = &collection.list else { return };
        let source = self.schema_source();
        let Some(first) = self.address(&list.route, &source) else { return };
        self.plan.lists.insert(Arc::clone(&collection.name), first);
        let mut entries: Vec<&Entry> = self.input.catalog.published(&collection.name).collect();
        catalog::sort(&mut entries, &list.sort);
        let name = &collection.name;
        self.pages(&list.route, list.per_page, &entries, &|page| Kind::List {
            collection: Arc::clone(name),
            page,
        });
    }

    fn terms(&mut self, collection: &Collection) {
        let by = collection.order();
        for field in &collection.fields {
            let Some(terms) = &field.rules.terms else { continue };
            let key = (Arc::clone(&collection.name), Arc::clone(&field.name));
            let catalog = self.input.catalog;
            for (slug, term) in catalog.terms.get(&key).into_iter().flatten() {
                let route = terms.route.replace("{{term}}", slug);
                let mut entries: Vec<&Entry> =
                    term.entries.iter().filter_map(|id| catalog.entries.get(id)).collect();
                catalog::sort(&mut entries, terms.sort.as_ref().unwrap_or(&by));
                self.pages(&route, terms.per_page, &entries, &|page| Kind::Term {
                    collection: Arc::clone(&collection.name),
                    field: Arc::clone(&field.name),
                    term: slug.clone(),
                    name: Arc::clone(&term.name),
                    page,
                });
            }
        }
    }

    fn pages(
        &mut self,
        route: &str,
        per_page: usize,
        entries: &[&Entry],
        kind: &dyn Fn(Page) -> Kind,
    ) {
        let source = self.schema_source();
        let count = entries.len().div_ceil(per_page).max(1);
        let urls: Option<Arc<[UrlPath]>> =
            (1..=count).map(|number| self.address(&page_path(route, number), &source)).collect();
        let Some(urls) = urls else { return };
        for number in 1..=count {
            let start = (number - 1) * per_page;
            let end = (start + per_page).min(entries.len());
            let here = entries[start..end].iter().map(|entry| entry.id.clone()).collect();
            let page =
                Page { number, entries: here, urls: Arc::clone(&urls), total: entries.len() };
            self.add(urls[number - 1].clone(), kind(page), &source);
        }
    }

    fn not_found(&mut self) {
        if let Some(url) = UrlPath::new("/404.html") {
            let source = self.schema_source();
            self.add(url, Kind::NotFound, &source);
        }
    }

    fn files(&mut self) {
        let input = self.input;
        for (path, asset) in input.assets {
            let source = input.theme.assets[path].source();
            self.add(asset.url.clone(), Kind::Asset(path.clone()), &source);
        }
        for (path, file) in &input.theme.statics {
            if let Some(url) = self.address(&format!("/{path}"), &file.source()) {
                self.add(url, Kind::Copy(file.clone()), &file.source());
            }
        }
        let folder = &input.schema.media_folder;
        let public = input.schema.public_folder.trim_end_matches('/');
        for source in input.tree.below(folder) {
            let Some(inner) = source.path.below(folder) else { continue };
            let id = source.path.source();
            if let Some(url) = self.address(&format!("{public}/{inner}"), &id) {
                self.add(url, Kind::Copy(source.path.clone()), &id);
            }
        }
    }

    fn add(&mut self, url: UrlPath, kind: Kind, source: &SourceId) {
        let file = url.file();
        if let Some(first) = self.plan.routes.get(&file) {
            self.diagnostics.push(collision(&url, source, &first.source));
            return;
        }
        let route = Route { url: url.clone(), file: file.clone(), kind, source: source.clone() };
        self.plan.urls.insert(url, file.clone());
        self.plan.routes.insert(file, route);
    }

    fn address(&mut self, path: &str, source: &SourceId) -> Option<UrlPath> {
        let url = UrlPath::new(path);
        if url.is_none() {
            self.diagnostics.push(bad_address(path, source));
        }
        url
    }

    fn schema_source(&self) -> SourceId {
        SourceId::new(crate::content::model::FILE)
    }
}

fn collision(url: &UrlPath, source: &SourceId, first: &SourceId) -> Diagnostic {
    Diagnostic::error(COLLISION, format!("two files want the address `{url}`"))
        .at(Span::file(source))
        .also(Span::file(first), "the other")
        .note(format!("they are `{first}` and `{source}`"))
        .help("rename one of them, or give its collection another route")
}

fn bad_address(path: &str, source: &SourceId) -> Diagnostic {
    Diagnostic::error(ADDRESS, format!("`{path}` cannot be an address on the site"))
        .at(Span::file(source))
        .help("use letters, digits, hyphens and dots in the names of files and folders")
}
