//! The addresses that a site had before, against those it makes now: none may vanish without a
//! redirect.
//!
//! `list` reads the addresses: a sitemap, an index of sitemaps, or a text with one on each line.

mod list;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use url::Url;

use crate::check::net::{Client, Failure, Guard};
use crate::config::Config;
use crate::content::schema::Kind;
use crate::diag::{Code, Diagnostic, Diagnostics, SourceId, Span};
use crate::text::{RelPath, UrlPath, near};
use crate::vfs;
use crate::world::World;
use list::Listed;

/// An address that the site had, and neither makes nor leads on from.
pub const VANISHED: Code = Code::new("link/vanished");
/// A list of addresses that cannot be read.
pub const LIST: Code = Code::new("link/list");

/// The most bytes of a list: what a sitemap may have.
const LARGEST: u64 = 50 << 20;
/// The most sitemaps of an index.
const MOST_SITEMAPS: usize = 1000;

/// What came of comparing.
#[derive(Default)]
pub struct Compared {
    /// What is wrong, in the order of the lists.
    pub diagnostics: Diagnostics,
    /// How many addresses of this site are in the lists.
    pub addresses: usize,
    /// How many addresses are of other sites.
    pub others: usize,
    /// The lists as they were read, for messages.
    pub texts: BTreeMap<SourceId, Arc<str>>,
}

impl fmt::Debug for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compared").field("addresses", &self.addresses).finish_non_exhaustive()
    }
}

/// Compares a site with a list of addresses, a file or an address of the web.
pub fn check(world: &World, list: &str, guard: &Guard) -> Compared {
    let mut compared = Compared::default();
    let mut reader = Reader { client: None, guard, compared: &mut compared };
    let mut seen: BTreeMap<String, Span> = BTreeMap::new();
    for (address, span) in reader.all(list) {
        match own(&address, &world.site.config) {
            Own::Path(path) => {
                seen.entry(path).or_insert(span);
            }
            Own::Other => compared.others += 1,
        }
    }
    compared.addresses = seen.len();
    let mut missing: Vec<(&String, &Span)> =
        seen.iter().filter(|(path, _)| !is_made(world, path)).collect();
    missing.sort_by_key(|(_, span)| (*span).clone());
    compared.diagnostics.extend(missing.iter().map(|(path, span)| vanished(world, path, span)));
    compared
}

/// Tells whether the site makes a page at an address, or leads on from it.
pub fn is_made(world: &World, path: &str) -> bool {
    let plan = &world.site.plan;
    let made = |path: &str| {
        UrlPath::new(path).is_some_and(|url| {
            plan.redirects.contains_key(&url) || plan.routes.contains_key(&url.file())
        })
    };
    // Hosts lead on from the name of a folder to the folder.
    made(path) || !path.ends_with('/') && made(&format!("{path}/"))
}

enum Own {
    /// An address of this site, from its root.
    Path(String),
    Other,
}

/// Finds what an address is to a site: `http` or `https`, whatever comes after `?` or `#`.
fn own(address: &str, config: &Config) -> Own {
    let base = Url::parse(&config.origin).ok();
    let path = match (Url::parse(address), &base) {
        (Ok(url), Some(base)) => {
            let same = url.host_str() == base.host_str() && url.port() == base.port();
            match same && matches!(url.scheme(), "http" | "https") {
                true => url.path().to_owned(),
                false => return Own::Other,
            }
        }
        _ => address.split(['?', '#']).next().unwrap_or_default().to_owned(),
    };
    let below = path.strip_prefix(&*config.base_path);
    match below.filter(|it| it.is_empty() || it.starts_with('/')) {
        Some("") => Own::Path("/".to_owned()),
        Some(path) => Own::Path(path.to_owned()),
        None => Own::Other,
    }
}

/// Reads lists.
struct Reader<'a> {
    /// Made when something is to be fetched.
    client: Option<Client>,
    guard: &'a Guard,
    compared: &'a mut Compared,
}

impl Reader<'_> {
    /// Gives all addresses of a list, and of the sitemaps that it names.
    fn all(&mut self, place: &str) -> Vec<(String, Span)> {
        let mut found = Vec::new();
        match self.list(place) {
            Some(Listed::Addresses(addresses)) => found = addresses,
            Some(Listed::Sitemaps(sitemaps)) => {
                if let Some((_, span)) = sitemaps.get(MOST_SITEMAPS) {
                    let message = format!("this index names more than {MOST_SITEMAPS} sitemaps");
                    self.wrong(Diagnostic::error(LIST, message).at(span.clone()));
                }
                for (address, span) in sitemaps.into_iter().take(MOST_SITEMAPS) {
                    match self.list(&beside(place, &address)) {
                        Some(Listed::Addresses(addresses)) => found.extend(addresses),
                        Some(Listed::Sitemaps(_)) => self.wrong(index_in_index(&address, span)),
                        None => (),
                    }
                }
            }
            None => (),
        }
        found
    }

    fn list(&mut self, place: &str) -> Option<Listed> {
        let source = SourceId::new(shown(place));
        let bytes = match self.bytes(place) {
            Ok(bytes) => bytes,
            Err(why) => {
                let message = format!("the list of addresses `{place}` cannot be read: {why}");
                self.wrong(Diagnostic::error(LIST, message));
                return None;
            }
        };
        let Ok(text) = String::from_utf8(bytes) else {
            let message = format!("`{place}` is no text");
            let help = "name a sitemap or a text file; a compressed one must be unpacked first";
            self.wrong(Diagnostic::error(LIST, message).help(help));
            return None;
        };
        let text: Arc<str> = text.into();
        self.compared.texts.insert(source.clone(), Arc::clone(&text));
        match list::read(&text, &source) {
            Ok(listed) => Some(listed),
            Err(error) => {
                self.wrong(*error);
                None
            }
        }
    }

    fn bytes(&mut self, place: &str) -> Result<Vec<u8>, String> {
        if !is_web(place) {
            return vfs::read_named(Path::new(place), LARGEST).map_err(|error| {
                match error.kind() {
                    std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
                    _ => error.to_string(),
                }
            });
        }
        let url = Url::parse(place).map_err(|_| "it is no address".to_owned())?;
        let pause = std::time::Duration::from_millis(200);
        let client = self.client.get_or_insert_with(|| Client::new(self.guard.clone(), pause));
        client.fetch(&url, LARGEST).map_err(|failure| match failure {
            Failure::Unreachable(why) | Failure::Answer(why) | Failure::Refused(why) => why,
        })
    }

    fn wrong(&mut self, error: Diagnostic) {
        self.compared.diagnostics.push(error);
    }
}

/// A list's place as messages name it: a tidy path, from which its text is found.
fn shown(place: &str) -> &str {
    let mut tidy = place;
    for start in ["https://", "http://", "./"] {
        tidy = tidy.strip_prefix(start).unwrap_or(tidy);
    }
    while let Some(rest) = tidy.strip_prefix("../") {
        tidy = rest;
    }
    match RelPath::new(tidy) {
        Some(_) => tidy,
        None => tidy.rsplit(['/', '\\']).next().unwrap_or(tidy),
    }
}

fn is_web(place: &str) -> bool {
    place.starts_with("https://") || place.starts_with("http://")
}

/// Where a sitemap is that an index names: on the web as it says, else beside the index.
fn beside(index: &str, address: &str) -> String {
    if is_web(index) {
        return address.to_owned();
    }
    let name = address.trim_end_matches('/').rsplit('/').next().unwrap_or(address);
    Path::new(index).with_file_name(name).to_string_lossy().into_owned()
}

fn index_in_index(address: &str, span: Span) -> Diagnostic {
    let message = format!("`{address}` is an index of sitemaps in another one");
    Diagnostic::error(LIST, message).at(span).help("name the sitemaps themselves")
}

/// Says that an address went with this build, and why, and that nothing leads on from it.
pub fn without_redirect(world: &World, path: &str, why: String) -> Diagnostic {
    let message = format!("`{path}` was an address of this site, and is none now");
    Diagnostic::warning(VANISHED, message).note(why).help(redirect_help(world, path))
}

/// Says how many more went.
pub fn more_without_redirect(count: usize) -> Diagnostic {
    let more = near::counted(count, "more page");
    Diagnostic::warning(VANISHED, format!("{more} went without a redirect"))
}

fn vanished(world: &World, path: &str, span: &Span) -> Diagnostic {
    let message = format!("`{path}` was an address of this site, and is none now");
    let mut error = Diagnostic::error(VANISHED, message).at(span.clone());
    if let Some(refusal) = world.why_no_page(path)
        && !refusal.message.starts_with("there is no")
    {
        error = error.note(refusal.message);
    }
    error.help(redirect_help(world, path))
}

/// Says which redirect would lead on from an address.
pub fn redirect_help(world: &World, path: &str) -> String {
    let to = nearest(world, path).unwrap_or("/…/");
    let redirect = format!("{{from: {path}, to: {to}}}");
    let settings = world.site.schema.collections.iter().find_map(|it| match &it.kind {
        Kind::Files(files) => files.iter().find(|file| &*file.name == "redirects"),
        Kind::Folder { .. } => None,
    });
    match settings {
        Some(file) => format!("add `{redirect}` to {}", file.file),
        None => format!("add `{path}` to the `aliases` of the entry that took its place"),
    }
}

/// The page that probably took the place of another: one of the same name, or of a like address.
fn nearest<'a>(world: &'a World, path: &str) -> Option<&'a str> {
    let name = |path: &str| {
        let path = path.trim_end_matches("/index.html").trim_end_matches('/');
        let last = path.rsplit('/').next().unwrap_or_default();
        let stem = last.trim_end_matches(".html").trim_end_matches(".htm");
        stem.trim_end_matches(".php").to_owned()
    };
    let pages = || {
        let plan = &world.site.plan;
        let is_page = |file| plan.routes.get(file).is_some_and(|route| route.kind.is_page());
        plan.urls.iter().filter(move |(_, file)| is_page(*file)).map(|(url, _)| url.as_str())
    };
    let wanted = name(path);
    let same = pages().find(|url| !wanted.is_empty() && name(url) == wanted);
    same.or_else(|| near::nearest(path, pages()))
}
