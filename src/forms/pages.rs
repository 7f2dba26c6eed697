//! The site's finished pages, from the folder that it was published to.

use std::path::PathBuf;

use crate::forms::Pages;
use crate::text::UrlPath;

/// Gives pages from a folder; `base` is the path under which the site lies.
pub fn folder(root: PathBuf, base: String) -> Pages {
    Box::new(move |path| {
        let inner = path.strip_prefix(base.as_str()).filter(|it| it.starts_with('/'))?;
        read(&root, &UrlPath::new(inner)?)
    })
}

#[expect(clippy::disallowed_methods, reason = "what was published is no source of the site")]
fn read(root: &std::path::Path, url: &UrlPath) -> Option<String> {
    std::fs::read_to_string(root.join(url.file().as_str())).ok()
}
