//! Where a page points, as its HTML says: links, pictures, scripts, forms.

use std::ops::Range;

use crate::check::faults;
use crate::config::Config;
use crate::html::tree::Id;
use crate::html::{Tag as T, Tree};
use crate::text::url::{self, decoded};

/// Where something points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A part of the page itself, by its id.
    Own(String),
    /// An address of this site from its root, without its base path, and a part of it:
    /// `/guides/smp/#risks`.
    Site(String),
    /// An address of another site.
    Web(String),
    /// Nothing that can be opened, and why.
    Bad(&'static str),
}

/// A pointer of a page.
#[derive(Clone, Debug)]
pub(crate) struct Pointer {
    /// The bytes of the attribute.
    pub(crate) at: Range<usize>,
    /// The address as the page writes it.
    pub(crate) address: String,
    /// Where it points.
    pub(crate) target: Target,
}

/// What addresses are read against.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Base<'a> {
    pub(crate) config: &'a Config,
    /// The page's own address from the site's root.
    pub(crate) url: &'a str,
}

/// An address of a page as it is written, not yet read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Written<'a> {
    /// The address.
    pub(crate) address: &'a str,
    element: Id,
    attribute: &'static str,
    base: Base<'a>,
}

impl Written<'_> {
    /// Reads the address; `None` for one that points nowhere to be looked for.
    pub(crate) fn read(self, tree: &Tree) -> Option<Pointer> {
        let target = self.base.read(self.address)?;
        let at = tree.attribute_at(self.element, self.attribute);
        Some(Pointer { at, address: self.address.to_owned(), target })
    }

    /// Tells whether the address means another place on another page.
    pub(crate) fn is_relative(&self) -> bool {
        !self.address.starts_with('/') && url::scheme(self.address).is_none()
    }

    /// What [`Written::read`] would give as an address of this site or of another, where nothing of
    /// that needs to be written anew; `None` for most that are not plain.
    pub(crate) fn plain(&self) -> Option<&str> {
        self.base.plain(self.address)
    }
}

/// Gives every pointer of a page, in order.
pub(crate) fn pointers(tree: &Tree, base: Base) -> Vec<Pointer> {
    let mut found = Vec::new();
    from(tree, base, |base| {
        each(tree, base, tree.elements(), &mut |written| found.extend(written.read(tree)));
    });
    found
}

/// Calls with what the addresses of a page are read against: a `<base>` may change it.
pub(crate) fn from(tree: &Tree, base: Base, then: impl FnOnce(Base)) {
    let base_element = tree.nodes.iter().position(|it| it.element == T::BASE);
    let moved = base_element.and_then(|id| tree.attribute(id, "href"));
    let moved = moved.and_then(|href| match base.read(href.trim()) {
        Some(Target::Site(path)) => Some(path),
        _ => None,
    });
    then(Base { url: moved.as_deref().unwrap_or(base.url), ..base });
}

/// Looks at every address of some elements, in order.
pub(crate) fn each(
    tree: &Tree,
    base: Base,
    elements: impl Iterator<Item = Id>,
    found: &mut dyn FnMut(Written),
) {
    for id in elements {
        for name in attributes(tree, id) {
            let Some(value) = tree.attribute(id, name) else { continue };
            let mut add =
                |address: &str| found(Written { address, element: id, attribute: name, base });
            match *name {
                "srcset" | "imagesrcset" => candidates(&value).for_each(&mut add),
                "content" => add(value.trim().split_once("url=").map_or(value.trim(), |it| it.1)),
                "ping" => value.split_whitespace().for_each(&mut add),
                _ => add(value.trim()),
            }
        }
    }
}

/// The attributes of an element that hold addresses.
fn attributes(tree: &Tree, id: Id) -> &'static [&'static str] {
    let node = &tree.nodes[id];
    if node.foreign {
        return match node.name {
            "a" | "use" | "image" => &["href", "xlink:href"],
            _ => &[],
        };
    }
    match node.element {
        T::A | T::AREA => &["href", "ping"],
        T::IMG | T::SOURCE => &["src", "srcset"],
        T::LINK => match tree.attribute(id, "rel").is_some_and(|it| asks_nothing(&it)) {
            true => &[],
            false => &["href", "imagesrcset"],
        },
        T::SCRIPT | T::IFRAME | T::EMBED | T::AUDIO | T::TRACK => &["src"],
        T::VIDEO => &["src", "poster"],
        T::OBJECT => &["data"],
        T::FORM => &["action"],
        T::BUTTON => &["formaction"],
        T::INPUT => &["formaction", "src"],
        T::BLOCKQUOTE | T::Q | T::INS | T::DEL => &["cite"],
        T::META if is_address(tree, id) => &["content"],
        _ => &[],
    }
}

/// Relations that name a host rather than a file.
fn asks_nothing(rel: &str) -> bool {
    rel.split_whitespace().any(|it| matches!(it, "preconnect" | "dns-prefetch"))
}

fn is_address(tree: &Tree, id: Id) -> bool {
    let named = tree.attribute(id, "property").or_else(|| tree.attribute(id, "name"));
    let named = named.unwrap_or_default();
    if matches!(&*named, "og:image" | "og:url" | "og:image:url" | "twitter:image") {
        return true;
    }
    let refresh = tree.attribute(id, "http-equiv");
    refresh.is_some_and(|it| it.eq_ignore_ascii_case("refresh"))
        && tree.attribute(id, "content").is_some_and(|it| it.contains("url="))
}

/// The addresses of a `srcset` (HTML Standard 4.8.4.2.2).
pub(super) fn candidates(value: &str) -> impl Iterator<Item = &str> {
    let mut rest = value;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|it: char| it.is_ascii_whitespace() || it == ',');
        let end = rest.find(|it: char| it.is_ascii_whitespace()).unwrap_or(rest.len());
        let address = rest[..end].trim_end_matches(',');
        let behind = &rest[end..];
        // A comma at the end of the address ends the candidate; a descriptor ends at the next.
        rest = match rest[..end].ends_with(',') {
            true => behind,
            false => behind.split_once(',').map_or("", |(_, rest)| rest),
        };
        (!address.is_empty()).then_some(address)
    })
}

impl Base<'_> {
    /// Gives an address as [`Base::read`] gives it, where that is a part of what is written.
    fn plain<'a>(&self, address: &'a str) -> Option<&'a str> {
        let own = address.strip_prefix(&*self.config.origin).unwrap_or(address);
        if !own.starts_with('/') {
            let is_web = own.starts_with("https://") || own.starts_with("http://");
            return (is_web && !is_like(own, &self.config.origin)).then_some(own);
        }
        let inner = own.strip_prefix(&*self.config.base_path)?;
        let (mut before, mut in_part) = (b' ', false);
        for byte in inner.bytes() {
            match byte {
                b'%' | b'?' => return None,
                // What is left to be done to a path: `//`, `/./`, `/../`.
                b'/' | b'.' if before == b'/' && !in_part => return None,
                b'#' => in_part = true,
                _ => (),
            }
            before = byte;
        }
        // Two slashes at the start name a host, and an empty part is the page itself.
        let is_path = inner.starts_with('/') && !own.starts_with("//");
        (is_path && before != b'#').then_some(inner)
    }

    /// Reads an address; `None` for one that points nowhere to be looked for, such as a telephone
    /// number.
    fn read(&self, address: &str) -> Option<Target> {
        if address.is_empty() {
            return None;
        }
        if let Some(id) = address.strip_prefix('#') {
            return Some(Target::Own(decoded(id)?));
        }
        let whole = if address.starts_with("//") {
            let scheme = self.config.origin.split("//").next().unwrap_or("https:");
            format!("{scheme}{address}")
        } else {
            address.to_owned()
        };
        match url::scheme(&whole).as_deref() {
            Some("http" | "https") => {
                let own = is_like(&whole, &self.config.origin);
                match whole.get(self.config.origin.len()..).filter(|_| own) {
                    Some(rest) if rest.is_empty() || rest.starts_with(['/', '?', '#']) => {
                        match self.below(rest) {
                            // Another site of the same host.
                            Some(Target::Bad(_)) => Some(Target::Web(whole)),
                            target => target,
                        }
                    }
                    _ => Some(faults::web(&whole).map_or_else(|| Target::Web(whole), Target::Bad)),
                }
            }
            Some("mailto") => faults::mail(address).map(Target::Bad),
            Some("tel") => faults::telephone(address).map(Target::Bad),
            Some("javascript") => Some(Target::Bad("it runs a script instead of opening a page")),
            Some("file") => Some(Target::Bad("it names a file of one computer")),
            Some(_) => None,
            None => self.relative(&whole),
        }
    }

    /// Reads an address from the root of the host.
    fn below(&self, address: &str) -> Option<Target> {
        let end = address.find(['?', '#']).unwrap_or(address.len());
        let (path, rest) = address.split_at(end);
        let path = if path.is_empty() { "/" } else { path };
        let fragment = rest.split_once('#').map_or("", |(_, id)| id);
        let path = decoded(path)?;
        let inner = path.strip_prefix(&*self.config.base_path);
        let Some(inner) = inner.filter(|it| it.starts_with('/') || it.is_empty()) else {
            return Some(Target::Bad("it leads out of the folder of this site (`base_url`)"));
        };
        let inner = if inner.is_empty() { "/" } else { inner };
        let mut target = tidy(inner);
        let fragment = decoded(fragment)?;
        if !fragment.is_empty() {
            target.push('#');
            target.push_str(&fragment);
        }
        Some(Target::Site(target))
    }

    fn relative(&self, address: &str) -> Option<Target> {
        if address.starts_with('/') {
            return self.below(address);
        }
        let folder = self.url.rsplit_once('/').map_or("", |(folder, _)| folder);
        let own = if address.starts_with('?') { self.url } else { "" };
        let slash = if own.is_empty() { "/" } else { "" };
        let folder = if own.is_empty() { folder } else { "" };
        self.below(&format!("{}{folder}{slash}{own}{address}", self.config.base_path))
    }
}

/// Tells whether an address starts with an origin, in whatever case.
fn is_like(address: &str, origin: &str) -> bool {
    address.get(..origin.len()).is_some_and(|it| it.eq_ignore_ascii_case(origin))
}

/// Takes `.` and `..` out of a path.
fn tidy(path: &str) -> String {
    if !path.contains("/.") && !path.contains("//") {
        return path.to_owned();
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').skip(1) {
        match part {
            "." => (),
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let slash = if path.ends_with("/.") || path.ends_with("/..") { "/" } else { "" };
    format!("/{}{slash}", parts.join("/")).replace("//", "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_srcset_is_taken_apart() {
        let found: Vec<&str> = candidates("/a.png 1x, /b.png 2x,/c.png").collect();
        assert_eq!(found, ["/a.png", "/b.png", "/c.png"]);
        assert_eq!(
            candidates("/a,b.png 640w,\n /c.png, /d 2x").collect::<Vec<_>>(),
            ["/a,b.png", "/c.png", "/d"]
        );
    }

    #[test]
    fn what_is_plain_is_read_to_itself() {
        let files = crate::vfs::Memory::new();
        let read = |text: &str| {
            if let Some(path) = crate::text::RelPath::new(crate::config::FILE) {
                files.set(&path, text);
            }
            let found = &mut crate::diag::Diagnostics::new();
            let tree = crate::vfs::scan_file(&files, crate::config::FILE)?;
            crate::config::read(&tree, found)
        };
        let root = "base_url: https://a.org\nlanguage: en\ntimezone: UTC\ntheme: t\n";
        let below = root.replace("a.org", "a.org/b");
        let addresses = [
            "/",
            "/b",
            "/b/",
            "/b/c/",
            "/b/c/#d",
            "/b/c/#",
            "/b//c",
            "/b/./c",
            "/b/c?d",
            "/b/%20",
            "//a.org/b/",
            "//c.org/",
            "https://a.org",
            "https://a.org/b/c",
            "https://A.org/b/c",
            "https://a.org.uk/b",
            "https://c.org/%20?d#e",
            "http://a.org/b/c",
            "mailto:a@b",
            "c/",
            "../c",
            "#c",
            "",
            "HTTPS://c.org",
            "/b/c#//d",
            "https://a.org//c.org/",
            "/bc/",
            "/b#c",
        ];
        let mut plain = 0;
        for config in [root, &below].map(|text| read(text).unwrap()) {
            let base = Base { config: &config, url: "/x/" };
            for address in addresses {
                let Some(found) = base.plain(address) else { continue };
                plain += 1;
                let target = match found.starts_with('/') {
                    true => Target::Site(found.to_owned()),
                    false => Target::Web(found.to_owned()),
                };
                assert_eq!(base.read(address), Some(target), "{address}");
            }
        }
        assert!(plain > 15, "{plain}");
    }

    #[test]
    fn paths_are_tidied_as_browsers_do() {
        assert_eq!(tidy("/a/../b/./c/"), "/b/c/");
        assert_eq!(tidy("/a/.."), "/");
        assert_eq!(tidy("/../x"), "/x");
        assert_eq!(decoded("a%20b%C3%A9").as_deref(), Some("a bé"));
    }
}
