//! Addresses that a page may point to: pages, lists, files by their paths.

use std::sync::{Arc, OnceLock};

use crate::content::schema::Kind;
use crate::content::{EntryId, Status};
use crate::diag::SourceId;
use crate::text::near::Names;
use crate::text::{RelPath, UrlPath, date, near, url};
use crate::world::{Answer, Refusal, World, refuse};

/// What may have been meant by an address that leads nowhere; made when the first one is met.
#[derive(Default)]
pub(super) struct Near {
    pages: OnceLock<Names>,
    files: OnceLock<Names>,
    entries: OnceLock<Names>,
    sources: OnceLock<Names>,
}

impl World {
    /// Gives an address inside the site as a page writes it: with the base path before it.
    pub fn href(&self, path: &str) -> String {
        format!("{}{path}", self.site.config.base_path)
    }

    /// Gives the site's whole address, without a slash at its end.
    pub fn base(&self) -> String {
        format!("{}{}", self.site.config.origin, self.site.config.base_path)
    }

    /// Gives the whole address of a page.
    pub fn permalink(&self, url: &UrlPath) -> String {
        format!("{}{url}", self.base())
    }

    /// An address from a menu or a template: a page of this site, or any other of a safe scheme.
    pub(crate) fn address(&self, address: &str) -> Answer {
        if !url::is_safe(address) {
            let schemes = near::any_of(url::SAFE_SCHEMES);
            return refuse(
                format!("`{address}` is not an address that a link may have"),
                Some(format!("use a page of this site, or {schemes}")),
            );
        }
        if url::scheme(address).is_some() || address.starts_with('#') {
            return Answer::Value(address.into());
        }
        if address.starts_with("//") {
            let hint = "write `https:` before it".to_owned();
            return refuse(format!("`{address}` does not say how it is reached"), Some(hint));
        }
        let end = address.find(['#', '?']).unwrap_or(address.len());
        let (path, rest) = address.split_at(end);
        let known = UrlPath::new(path).filter(|url| self.site.plan.urls.contains_key(url));
        match known {
            Some(url) => Answer::Value(self.href(&format!("{url}{rest}")).into()),
            None => self.no_page(path),
        }
    }

    pub(crate) fn list(&self, collection: &str) -> Answer {
        if self.site.schema.collection(collection).is_none() {
            return self.no_collection(collection);
        }
        match self.site.plan.lists.get(collection) {
            Some(url) => Answer::Value(self.href(url.as_str()).into()),
            None => refuse(format!("the collection `{collection}` has no list"), None),
        }
    }

    pub(crate) fn page(&self, id: &EntryId) -> Answer {
        if let Some(url) = self.site.plan.entries.get(id) {
            return Answer::Value(self.href(url.as_str()).into());
        }
        match self.site.catalog.entries.get(id) {
            Some(_) => self.unpublished(id),
            None => {
                let known = || self.site.plan.entries.keys().map(ToString::to_string).collect();
                let name = id.to_string();
                let hint = self.near.entries.get_or_init(known).did_you_mean(&name);
                refuse(format!("there is no entry `{name}`"), hint)
            }
        }
    }

    /// A file named by its path from another: an entry's page, or a file of the media folder.
    pub(crate) fn file(&self, from: &SourceId, path: &str) -> Answer {
        let end = path.find(['#', '?']).unwrap_or(path.len());
        let (path, rest) = path.split_at(end);
        let folder = from.as_str().rsplit_once('/').map_or("", |(folder, _)| folder);
        let decoded = path.replace("%20", " ");
        let Some(file) = RelPath::resolve(folder, &decoded) else {
            return refuse(format!("`{path}` leads out of the site"), None);
        };
        if let Some(id) = self.site.catalog.by_source.get(&file.source()) {
            return match self.site.plan.entries.get(id) {
                Some(url) => Answer::Value(self.href(&format!("{url}{rest}")).into()),
                None => self.unpublished(id),
            };
        }
        if self.site.catalog.unreadable.contains(&file.source()) {
            return Answer::Value("#".into());
        }
        let media = file.below(&self.site.schema.media_folder);
        if let Some(inner) = media.filter(|_| self.site.tree.get(file.as_str()).is_some()) {
            let public = self.site.schema.public_folder.trim_end_matches('/');
            return Answer::Value(self.href(&format!("{public}/{inner}{rest}")).into());
        }
        if path.is_empty() {
            let hint = "write it between the round brackets".to_owned();
            return refuse("this link has no address".to_owned(), Some(hint));
        }
        if let Some(meant) = elsewhere(path) {
            let hint = format!("write `{meant}`");
            return refuse(format!("`{path}` is no file of this site"), Some(hint));
        }
        let known = || self.site.catalog.by_source.keys().map(SourceId::as_str).collect();
        let near = self.near.sources.get_or_init(known).nearest(file.as_str());
        let hint = near.map(|near| format!("did you mean `{}`?", written(folder, near)));
        refuse(format!("there is no file `{file}`"), hint)
    }

    fn unpublished(&self, id: &EntryId) -> Answer {
        let Some(entry) = self.site.catalog.entries.get(id) else {
            return refuse(format!("there is no entry `{id}`"), None);
        };
        let zone = &self.site.config.zone;
        let why = match entry.status {
            Status::Draft => "it is a draft".to_owned(),
            Status::Scheduled(at) => format!("it appears on {}", date::spoken(at, zone)),
            Status::Expired(at) => format!("it was withdrawn on {}", date::spoken(at, zone)),
            Status::Overdue(at) => {
                let at = date::spoken(at, zone);
                format!("it left the site on {at}, as its review is overdue")
            }
            Status::Published => "its collection has no `route`".to_owned(),
        };
        refuse(format!("`{}` has no page: {why}", entry.source), None)
    }

    /// Says why nothing of this site is at an address; `None` where something would be if another
    /// mistake, which is told, were not.
    pub fn why_no_page(&self, path: &str) -> Option<Refusal> {
        let last = path.rsplit('/').next().unwrap_or_default();
        if last.contains('.') && !last.ends_with(".html") {
            let files = || self.site.plan.routes.keys().map(|file| format!("/{file}")).collect();
            let hint = self.near.files.get_or_init(files).did_you_mean(path);
            return Some(Refusal { message: format!("there is no file `{path}`"), hint });
        }
        match self.no_page(path) {
            Answer::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    fn no_page(&self, path: &str) -> Answer {
        let last = path.rsplit('/').next().unwrap_or_default();
        let what = if last.contains('.') && !last.ends_with(".html") { "file" } else { "page" };
        let message = format!("there is no {what} `{path}`");
        if !path.starts_with('/') {
            let hint = "write an address from the root, such as `/guides/`".to_owned();
            return refuse(message, Some(hint));
        }
        if let Some(moved) = self.site.plan.redirects.get(path) {
            return refuse(
                format!("`{path}` is an address that was left"),
                Some(format!("write `{}`, where it leads", moved.to)),
            );
        }
        let folder = UrlPath::new(&format!("{path}/"));
        if let Some(url) = folder.filter(|url| self.site.plan.urls.contains_key(url)) {
            return refuse(message, Some(format!("did you mean `{url}`?")));
        }
        // Pages that do not exist because their entries are not published say so.
        let hidden = self.site.schema.collections.iter().filter_map(|collection| {
            let slug = slug_in(collection.route.as_ref()?, path)?.into();
            let id = EntryId { collection: Arc::clone(&collection.name), slug };
            self.site.catalog.entries.get(&id).is_some().then_some(id)
        });
        if let Some(id) = hidden.min().filter(|id| !self.site.plan.entries.contains_key(id)) {
            return self.unpublished(&id);
        }
        if self.is_unreadable(path) {
            return Answer::Value(path.into());
        }
        let known = || self.site.plan.urls.keys().map(UrlPath::as_str).collect();
        refuse(message, self.near.pages.get_or_init(known).did_you_mean(path))
    }

    /// Tells whether an address is that of an entry that cannot be read.
    fn is_unreadable(&self, path: &str) -> bool {
        let unreadable = &self.site.catalog.unreadable;
        self.site.schema.collections.iter().any(|collection| {
            let Kind::Folder { folder, extension, .. } = &collection.kind else { return false };
            let slug = collection.route.as_ref().and_then(|route| slug_in(route, path));
            let file = slug.map(|slug| SourceId::new(format!("{folder}/{slug}.{extension}")));
            file.is_some_and(|file| unreadable.contains(&file))
        })
    }
}

/// The slug with which the route of a collection gives a path.
fn slug_in<'p>(route: &str, path: &'p str) -> Option<&'p str> {
    const SLUG: &str = "{{slug}}";
    let before = route.find(SLUG)?;
    let count = route.matches(SLUG).count();
    let length = path.len().checked_sub(route.len() - count * SLUG.len())? / count;
    let slug = path.get(before..before + length)?;
    (route.replace(SLUG, slug) == path).then_some(slug)
}

/// What was meant by an address that lacks its beginning: an e-mail address, a site.
fn elsewhere(path: &str) -> Option<String> {
    let host = path.split('/').next().unwrap_or_default();
    if path.contains('@') && !path.contains('/') {
        return Some(format!("mailto:{path}"));
    }
    host.starts_with("www.").then(|| format!("https://{path}"))
}

/// The path of a file as one in a folder would write it.
fn written(folder: &str, file: &str) -> String {
    let here: Vec<&str> = folder.split('/').collect();
    let there: Vec<&str> = file.split('/').collect();
    let same = here.iter().zip(&there).take_while(|(a, b)| a == b).count();
    let up = "../".repeat(here.len() - same);
    format!("{up}{}", there[same..].join("/"))
}
