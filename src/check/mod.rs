//! What is wrong with the rendered site: links, accessibility, markup, structured data, wording.
//!
//! A check looks at one page as a [`Tree`] and says what it finds with the place
//! in the HTML; the place is brought back to the Markdown or the template by the renderer, for the
//! few pages on which something is found.

mod addresses;
pub mod against;
mod checks;
mod errors;
mod faults;
mod files;
pub mod external;
mod links;
#[cfg(test)]
mod known_tests;
mod looked;
pub mod net;
mod page;
mod shown;
mod site;
pub mod third_party;
pub mod wording;
pub mod structured;

use std::ops::Range;

pub mod a11y;
pub mod markup;
pub mod style;

use crate::check::style::Styles;
use crate::diag::Diagnostic;
use crate::html::Tree;

pub use addresses::Addresses;
pub use checks::Checks;
pub(crate) use checks::rules;
pub(crate) use errors::{FRAGMENT, ORPHAN};
pub use page::{Facts, run};
pub use site::{Known, site, web};

/// What is wrong with a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The bytes of the page's HTML that are wrong; empty, at the page's start, for what is wrong
    /// with the page as a whole.
    pub at: Range<usize>,
    /// The words in which it is wrong, where it is about words rather than about a tag: they are
    /// looked for in the file from the tag on.
    pub words: Option<String>,
    /// What is said of it, without a place.
    pub diagnostic: Diagnostic,
}

impl Finding {
    /// States what is wrong with a part of a page.
    pub fn new(at: Range<usize>, diagnostic: Diagnostic) -> Self {
        Self { at, words: None, diagnostic }
    }

    /// Says in which words it is wrong.
    #[must_use]
    pub fn words(mut self, words: impl Into<String>) -> Self {
        self.words = Some(words.into());
        self
    }
}

/// Judges one page by itself, its markup and its accessibility. Its own `<style>` is taken into
/// account; `styles` are those that it links to.
pub fn document(html: &str, styles: &Styles) -> Vec<Finding> {
    let tree = Tree::parse(html);
    let mut found = markup::page(&tree);
    found.extend(files::page(&tree));
    found.extend(a11y::page(&tree, styles));
    found.sort_by_key(|it| (it.at.start, it.diagnostic.code));
    found
}
