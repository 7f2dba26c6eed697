//! Every code there is, with its page of the manual.
//!
//! The pages in `docs/diagnostics/` are the list: a test compares them with the codes in the
//! sources.

use std::borrow::Cow;
use std::sync::LazyLock;

use rust_embed::RustEmbed;

use crate::diag::{Code, Diagnostic, Severity};

#[derive(RustEmbed)]
#[folder = "docs/diagnostics"]
struct Pages;

/// Groups whose errors are fixed: the site cannot be made while they stand, or not as its content
/// model, its form or its address demand.
const FIXED_GROUPS: [&str; 8] =
    ["config", "form", "front-matter", "output", "route", "schema", "template", "theme"];

/// Errors of other groups that are fixed.
const FIXED: [&str; 14] = [
    "link/list",
    "link/scheme",
    "markdown/bug",
    "markdown/directive-argument",
    "markdown/directive-content",
    "markdown/directive-place",
    "markdown/directive-syntax",
    "markdown/directive-unclosed",
    "markdown/directive-unknown",
    "markdown/directive-unopened",
    "markdown/raw-html",
    "markdown/too-deep",
    "markdown/too-long",
    "review/waiver",
];

/// What is never an error of its own in those groups, and may be turned off.
const FREE: [&str; 12] = [
    "front-matter/curly-quotes",
    "front-matter/lost-text",
    "front-matter/no-effect",
    "front-matter/relation-unpublished",
    "route/feed-date",
    "route/too-many-redirects",
    "schema/unclaimed-file",
    "template/minify",
    "template/never-taken",
    "theme/style",
    "theme/unused-component",
    "theme/unused-template",
];

/// Gives every code, sorted.
pub fn all() -> &'static [Code] {
    static ALL: LazyLock<Vec<Code>> = LazyLock::new(|| {
        let pages = Pages::iter();
        let names = pages.filter(|it| it.contains('/'));
        let names = names.filter_map(|it| Some(Code::again(it.strip_suffix(".md")?)));
        let mut all: Vec<Code> = names.collect();
        all.sort_unstable();
        all
    });
    &ALL
}

/// Gives the names of the groups, sorted.
pub fn groups() -> Vec<&'static str> {
    let mut groups: Vec<&str> = all().iter().map(|it| it.group()).collect();
    groups.dedup();
    groups
}

/// Finds a code by its name.
pub fn find(name: &str) -> Option<Code> {
    all().iter().copied().find(|it| it.as_str() == name)
}

/// Gives the codes that a name or a pattern such as `link/*` is for; a group's name stands for all
/// in it. None for a name of nothing.
pub fn meant(pattern: &str) -> Vec<Code> {
    let group = pattern.strip_suffix("/*").unwrap_or(pattern);
    let codes = all().iter().copied();
    codes.filter(|it| it.as_str() == pattern || it.group() == group).collect()
}

/// Tells whether an error of this code stays one: no setting and no waiver makes less of it.
pub fn is_fixed(code: Code) -> bool {
    let name = code.as_str();
    FIXED.contains(&name) || FIXED_GROUPS.contains(&code.group()) && !FREE.contains(&name)
}

/// Tells whether a finding is an error that stays one.
pub fn stands(found: &Diagnostic) -> bool {
    found.severity == Severity::Error && is_fixed(found.code)
}

/// Gives a code's page of the manual, in Markdown; `None` for a code that has none.
pub fn page(code: Code) -> Option<Cow<'static, str>> {
    let page = Pages::get(&format!("{code}.md"))?;
    match page.data {
        Cow::Borrowed(bytes) => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
        Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
    }
}

/// Gives what a code is about in a few words: the heading of its page.
pub fn title(code: Code) -> Option<String> {
    let page = page(code)?;
    Some(page.lines().next()?.strip_prefix("# ")?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_listed_here_exists() {
        for name in FIXED.iter().chain(&FREE) {
            assert!(find(name).is_some(), "there is no code `{name}`");
        }
        for group in FIXED_GROUPS {
            assert!(groups().contains(&group), "there is no group `{group}`");
        }
        assert!(all().iter().all(|it| title(*it).is_some()), "a page without a heading");
    }

    #[test]
    fn a_pattern_means_a_code_or_a_group() {
        assert_eq!(meant("link/broken"), [Code::new("link/broken")]);
        assert_eq!(meant("link/*"), meant("link"));
        assert!(meant("link/*").len() > 3);
        assert!(meant("links/*").is_empty());
        assert!(meant("*").is_empty());
    }
}
