//! The site's finished pages, from the folder that it was published to.

use std::path::PathBuf;

use url::Url;

use crate::form::page::{self, Page};
use crate::form::{Contract, away};
use crate::forms::Pages;
use crate::text::UrlPath;

/// Gives pages from a folder; `base` is the path under which the site lies.
pub fn folder(root: PathBuf, base: String) -> Pages {
    Box::new(move |path| {
        let inner = path.strip_prefix(base.as_str()).filter(|it| it.starts_with('/'))?;
        read(&root, &UrlPath::new(inner)?)
    })
}

/// The page with a form, as far as there is one.
pub struct Found {
    /// The page, cut: it shows what the form's consents agree to today.
    pub page: Option<Page>,
    /// Why a page that has the form is not taken: it shows other words.
    pub why: Option<String>,
}

/// Finds the first of some pages that has a form and shows what its consents agree to today. A page that shows other
/// words never comes back: who agrees to them again would be refused again. Where it is shown by another host than the
/// `site`'s, its addresses are whole.
pub fn find<'a>(
    pages: &Pages,
    contract: &Contract,
    action: &str,
    site: Option<&Url>,
    paths: impl IntoIterator<Item = &'a str>,
) -> Found {
    let mut why = None;
    for path in paths {
        let at = site.and_then(|site| site.join(path).ok());
        let whole = |text: String| match &at {
            Some(at) => away::whole(&text, at),
            None => text,
        };
        let page = pages(path).map(whole).and_then(|it| page::cut(&it, contract, action));
        let Some(page) = page else { continue };
        if page.shows(contract) {
            return Found { page: Some(page), why };
        }
        why.get_or_insert_with(|| {
            format!(
                "the page {path} in the output folder has other consent wording than the form `{}`, so a plain page comes \
                 back in its place",
                contract.form
            )
        });
    }
    Found { page: None, why }
}

#[expect(clippy::disallowed_methods, reason = "what was published is no source of the site")]
fn read(root: &std::path::Path, url: &UrlPath) -> Option<String> {
    std::fs::read_to_string(root.join(url.file().as_str())).ok()
}
