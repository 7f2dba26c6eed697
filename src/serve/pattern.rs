//! The patterns of `_headers` and `_redirects`: `*` for anything, `:name` for a part of the path.

use std::collections::BTreeMap;

/// What the placeholders of a pattern stand for, by their names; `splat` for the `*`.
pub(crate) type Captures<'a> = BTreeMap<&'a str, &'a str>;

/// How many characters of a path a pattern with several `*` may be tried against.
const LONGEST: usize = 2000;

/// Matches a whole path; gives what the placeholders stand for.
pub(crate) fn matches<'a>(pattern: &'a str, path: &'a str) -> Option<Captures<'a>> {
    let mut found = Captures::new();
    (path.len() <= LONGEST && step(pattern, path, &mut found)).then_some(found)
}

/// Matches as `_redirects` does: a slash at the end makes no difference, and `/a/*` is also `/a`.
pub(crate) fn matches_page<'a>(pattern: &'a str, path: &'a str) -> Option<Captures<'a>> {
    let trimmed = |text: &'a str| match text.trim_end_matches('/') {
        "" => "/",
        text => text,
    };
    if let Some(found) = matches(trimmed(pattern), trimmed(path)) {
        return Some(found);
    }
    if let Some(found) = matches(pattern, path) {
        return Some(found);
    }
    let above = pattern.strip_suffix("/*")?;
    let mut found = matches(above, trimmed(path))?;
    found.insert("splat", "");
    Some(found)
}

/// Puts what placeholders stand for into an address.
pub(crate) fn fill(address: &str, captures: &Captures) -> String {
    let mut out = String::with_capacity(address.len());
    let mut rest = address;
    while let Some(at) = rest.find(':') {
        let (before, after) = rest.split_at(at);
        let end = name_end(&after[1..]) + 1;
        out.push_str(before);
        match captures.get(&after[1..end]) {
            Some(value) => out.push_str(value),
            None => out.push_str(&after[..end]),
        }
        rest = &after[end..];
    }
    out.push_str(rest);
    out
}

fn step<'a>(pattern: &'a str, path: &'a str, found: &mut Captures<'a>) -> bool {
    let Some(at) = pattern.find(['*', ':']) else { return pattern == path };
    let (literal, special) = pattern.split_at(at);
    let Some(rest) = path.strip_prefix(literal) else { return false };
    if let Some(after) = special.strip_prefix('*') {
        if after.is_empty() {
            found.insert("splat", rest);
            return true;
        }
        // The longest first.
        let ends = (0..=rest.len()).rev().filter(|end| rest.is_char_boundary(*end));
        for end in ends {
            if step(after, &rest[end..], found) {
                found.entry("splat").or_insert(&rest[..end]);
                return true;
            }
        }
        return false;
    }
    let name = &special[1..name_end(&special[1..]) + 1];
    if name.is_empty() {
        // A colon that names nothing is one.
        let Some(rest) = rest.strip_prefix(':') else { return false };
        return step(&special[1..], rest, found);
    }
    let end = rest.find('/').unwrap_or(rest.len());
    if end == 0 || !step(&special[1 + name.len()..], &rest[end..], found) {
        return false;
    }
    found.insert(name, &rest[..end]);
    true
}

/// Where a placeholder's name ends.
fn name_end(text: &str) -> usize {
    text.find(|char: char| !char.is_ascii_alphanumeric() && char != '_').unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splats_and_placeholders_match() {
        assert_eq!(matches("/assets/*", "/assets/a/b.css").unwrap()["splat"], "a/b.css");
        assert!(matches("/assets/*", "/assets").is_none());
        assert!(matches("/*", "/").is_some());
        assert_eq!(matches("/*.css", "/a/b.css").unwrap()["splat"], "a/b");
        let found = matches("/news/:year/:slug", "/news/2026/smp").unwrap();
        assert_eq!((found["year"], found["slug"]), ("2026", "smp"));
        assert!(matches("/news/:year", "/news/2026/smp").is_none());
        assert!(matches("/news/:year", "/news/").is_none());
        assert!(matches("/a:/b", "/a:/b").is_some());
    }

    #[test]
    fn a_slash_at_the_end_is_no_difference_to_redirects() {
        assert!(matches_page("/old/", "/old").is_some());
        assert!(matches_page("/old", "/old/").is_some());
        assert_eq!(matches_page("/old/*", "/old").unwrap()["splat"], "");
        assert_eq!(matches_page("/old/*", "/old/a/").unwrap()["splat"], "a");
        assert!(matches_page("/old/*", "/older").is_none());
    }

    #[test]
    fn placeholders_are_filled() {
        let captures = matches("/news/:year/*", "/news/2026/a/b").unwrap();
        assert_eq!(fill("/blog/:splat?y=:year", &captures), "/blog/a/b?y=2026");
        assert_eq!(fill("https://x.example/:splat", &captures), "https://x.example/a/b");
        assert_eq!(fill("/:other/", &captures), "/:other/");
    }
}
