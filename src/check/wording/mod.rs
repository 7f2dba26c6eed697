//! What a page says, and how: claims, reading level, words that need explaining, consent.
//!
//! 1. `text` collects the words of a page in one pass, with their places.
//! 2. `words` cuts them into words and sentences; `lexicon` knows the words of other pages.
//! 3. `claims` looks for the phrases of all [`Rules`], which are data (`claims.yml`).
//! 4. `reading`, `jargon`, `lost` and `consent` judge what is left.
//!
//! [`page`] is all of it for one page, a function of its arguments.

mod claims;
pub mod codes;
mod consent;
mod file;
mod jargon;
mod json;
mod known;
mod lexicon;
mod lost;
mod matcher;
mod needs;
mod notation;
mod piece;
mod reading;
mod rules;
mod syllables;
#[cfg(test)]
mod tests;
mod text;
mod token;
mod vocabulary;
#[cfg(test)]
mod word_tests;
mod words;

use crate::check::Finding;
use crate::html::Tree;

pub use rules::Rules;

pub use crate::content::RULES as FILE;

/// What kind of page it is, for rules that hold on some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageKind {
    /// The home page.
    Home,
    /// A list of entries, or a page of a term.
    List,
    /// The page of an entry.
    Entry,
    /// Any other, such as that for addresses which do not exist.
    Other,
}

/// What the text alone does not tell of a page.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// What kind it is.
    pub kind: PageKind,
    /// The collection of its entry, or of the entries that it lists.
    pub collection: Option<&'a str>,
    /// Its title: the words of it are the page's topic.
    pub title: &'a str,
    /// Further words of its topic, such as its tags.
    pub topics: &'a [&'a str],
    /// Its language, such as `en-GB`.
    pub language: &'a str,
}

/// Says what is wrong with the wording of a page.
///
/// Galen's own rules, the reading level and the list of jargon are about English: in other
/// languages only a site's own rules are asked.
pub fn page(tree: &Tree, about: &About, rules: &Rules) -> Vec<Finding> {
    let is_english = is_english(about.language);
    let text = text::collect(tree);
    let mut lexicon = rules.lexicon();
    let words = words::read(&text, &rules.vocabulary, &mut lexicon);
    rules.keep(lexicon);
    let hits = claims::hits(rules, &words);
    known::keep(tree, &text, &words, &hits);
    let judge = claims::Judge { tree, about, rules, text: &text, words: &words, is_english };
    let mut findings = Vec::new();
    judge.claims(&hits, &mut findings);
    consent::ticked(tree, &mut findings);
    if is_english {
        jargon::unexplained(&judge, &hits, &mut findings);
        lost::lost(&judge, &mut findings);
        if about.kind == PageKind::Entry {
            reading::level(&judge, &mut findings);
        }
    }
    findings.sort_by_key(|it| (it.at.start, it.diagnostic.code));
    findings
}

/// Tells whether a language is English.
pub(crate) fn is_english(language: &str) -> bool {
    let first = language.split(['-', '_']).next().unwrap_or_default();
    first.is_empty() || first.eq_ignore_ascii_case("en")
}
