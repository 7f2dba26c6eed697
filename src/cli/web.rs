//! What `galen check` looks up beyond the site itself: the web, and lists of addresses.

use std::sync::Arc;

use crate::build::Built;
use crate::check::against;
use crate::check::external::{self, Options};
use crate::check::net::Guard;
use crate::cli::Common;
use crate::cli::report::Terminal;
use crate::config;
use crate::diag::Diagnostics;
use crate::text::{RelPath, near};
use crate::trace::DiskShelf;
use crate::vfs::Source;

/// Looks up the links of a site to others; gives what is wrong, and what was done.
pub(crate) fn external(
    built: &Built,
    common: &Common,
    terminal: &Terminal,
) -> (Diagnostics, String) {
    let links = built.web_links();
    let shelf = DiskShelf::new(common.root.join(".galen/cache"), "check");
    terminal.progress(&format!("looking up {}", near::counted(links.len(), "link")));
    // Answers grow old by the true clock, whatever day the site is checked for.
    let found = external::check(&links, &shelf, &Options::new(config::now()));
    (found, format!("{} to other sites looked up", near::counted(links.len(), "link")))
}

/// Compares a site with a list of addresses; gives what is wrong, and what was done.
pub(crate) fn against(built: &mut Built, list: &str) -> (Diagnostics, String) {
    let Some(world) = &built.world else { return Default::default() };
    let compared = against::check(world, list, &Guard::default());
    let mut tree = (*built.tree).clone();
    for (source, text) in &compared.texts {
        if let Some(path) = RelPath::new(source.as_str()) {
            tree = tree.adding(Source::held(&path, text));
        }
    }
    built.tree = Arc::new(tree);
    let mut line = format!("{} of this site compared", counted(compared.addresses));
    if compared.others > 0 {
        line.push_str(&format!("; {} of other sites left out", counted(compared.others)));
    }
    (compared.diagnostics, line)
}

fn counted(number: usize) -> String {
    match number {
        1 => "1 address".to_owned(),
        _ => format!("{number} addresses"),
    }
}
