//! Words what is wrong with links.

use crate::check::Finding;
use crate::check::links::Pointer;
use crate::diag::{Code, Diagnostic};
use crate::render;
use crate::route::Route;
use crate::text::url;

/// A link to a part of a page that the page does not have.
pub(crate) const FRAGMENT: Code = Code::new("link/fragment");
/// A link to an address that leads on.
pub(crate) const REDIRECTED: Code = Code::new("link/redirected");
/// A page to which no other points.
pub(crate) const ORPHAN: Code = Code::new("link/orphan");
/// A link that cannot be opened.
pub(crate) const UNUSABLE: Code = Code::new("link/unusable");

/// A link to a part that is not there: of the page itself, or of another.
pub(crate) fn no_part(
    pointer: &Pointer,
    page: Option<&str>,
    id: &str,
    hint: Option<String>,
) -> Finding {
    let message = match page {
        None => format!("no part of this page is called `#{id}`, to which it links"),
        Some(page) => format!("no part of the page `{page}` is called `#{id}`"),
    };
    let error = Diagnostic::error(FRAGMENT, message).label("a reader stays at the page's start");
    let names = "headings make such names: `## Risks and limits` is `#risks-and-limits`";
    let help = hint.unwrap_or_else(|| names.to_owned());
    Finding::new(pointer.at.clone(), error.help(help)).words(format!("#{id}"))
}

pub(crate) fn bad(pointer: &Pointer, why: &str) -> Finding {
    let message = format!("`{}` is not an address that a page may have", pointer.address);
    let error = Diagnostic::error(UNUSABLE, message).label(why);
    let help = match url::scheme(&pointer.address).as_deref() {
        Some("mailto" | "tel") => "correct it, or remove the link",
        _ => "use a page of this site, or an https:// address",
    };
    Finding::new(pointer.at.clone(), error.help(help)).words(&pointer.address)
}

pub(crate) fn broken(message: String, hint: Option<String>) -> Diagnostic {
    Diagnostic::error(render::BROKEN, message).maybe_help(hint)
}

pub(crate) fn redirected(from: &str, to: &str) -> Diagnostic {
    let message = format!("`{from}` is an address that was left: it leads on to `{to}`");
    Diagnostic::warning(REDIRECTED, message).help(format!("write `{to}`"))
}

pub(crate) fn orphan(url: &str) -> Diagnostic {
    let message = format!("no other page links to `{url}`, so readers will not find it");
    Diagnostic::warning(ORPHAN, message)
        .help("link to it from another page or from a menu; or say `noindex: true` if it is meant to be found by nobody")
}

pub(crate) fn on_page(route: &Route) -> String {
    format!("on the page `{}`", route.url)
}
