//! `galen check --html`: finished pages, whoever made them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::check;
use crate::check::style::Styles;
use crate::cli::Common;
use crate::diag::{Diagnostics, Span};
use crate::vfs::{Disk, Files as _, Tree};

/// What was found in pages, with them, and their number.
pub(crate) struct Checked {
    pub(crate) found: Diagnostics,
    pub(crate) tree: Arc<Tree>,
    pub(crate) pages: usize,
}

/// Judges pages and folders of pages by themselves: markup and accessibility. The error names a path
/// where there is no page.
pub(crate) fn check(paths: &[PathBuf], common: &Common) -> Result<Checked, String> {
    let mut checked = Checked { found: Diagnostics::new(), tree: Arc::default(), pages: 0 };
    let mut tree = Tree::default();
    let styles = Styles::new(&[]);
    for path in paths {
        let whole = common.root.join(path);
        let nothing = || format!("there is no page of HTML at `{}`", path.display());
        let (folder, name) = whole.parent().zip(whole.file_name()).ok_or_else(nothing)?;
        let name = name.to_str().ok_or_else(nothing)?;
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let files = Disk::new(folder);
        let pages = files.list(name, &mut checked.found).into_iter();
        let pages = pages.filter(|it| matches!(&*it.extension(), "html" | "htm" | "xhtml"));
        let before = checked.pages;
        for page in pages {
            checked.pages += 1;
            tree = tree.with(&files, page.as_str());
            let source = page.source();
            let mut unreadable = Diagnostics::new();
            let html = tree.get(page.as_str()).and_then(|it| it.text(&mut unreadable));
            let findings = html.map(|html| check::document(html, &styles)).unwrap_or_default();
            let placed = findings.into_iter().map(|it| it.diagnostic.at(Span::new(&source, it.at)));
            checked.found.extend(placed);
            checked.found.extend(unreadable);
        }
        if checked.pages == before {
            return Err(nothing());
        }
    }
    Ok(Checked { found: checked.found.sorted(), tree: Arc::new(tree), ..checked })
}
