//! `_redirects`, as Netlify and Cloudflare read it: the first rule that fits counts, and a file that
//! exists comes before a rule without `!`.

use crate::serve::pattern;
use crate::text::url;

/// What a rule asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Go to another address.
    Go { to: String, status: u16 },
    /// Show what is at another path of this site, with a status.
    Show { path: String, status: u16 },
    /// Show what another host has, which only a host can.
    Proxy { to: String },
}

/// Finds the rule for a path. `query` is without its `?`; `exists` tells whether there is a file.
pub(crate) fn find(text: &str, path: &str, query: Option<&str>, exists: bool) -> Option<Rule> {
    text.lines().find_map(|line| rule(line, path, query, exists))
}

fn rule(line: &str, path: &str, query: Option<&str>, exists: bool) -> Option<Rule> {
    let line = line.split(" #").next().unwrap_or_default().trim();
    if line.starts_with('#') {
        return None;
    }
    let mut words = line.split_ascii_whitespace();
    // A rule for another host, written with its address, never fits here.
    let from = words.next().filter(|it| it.starts_with('/'))?;
    let mut asked = Vec::new();
    let to = words.find(|word| {
        let target = word.starts_with('/') || url::scheme(word).is_some();
        asked.extend((!target).then(|| word.split_once('=')).flatten());
        target
    })?;
    let (status, forced) = match words.next() {
        None => (301, false),
        Some(word) => (word.trim_end_matches('!').parse().ok()?, word.ends_with('!')),
    };
    // Conditions on country, language, role or cookie are for visitors of the real site.
    if words.next().is_some() || exists && !forced {
        return None;
    }
    let mut captures = pattern::matches_page(from, path)?;
    for (name, value) in asked {
        let given = query?.split('&').filter_map(|it| it.split_once('='));
        let given = given.filter(|(known, _)| *known == name).map(|(_, given)| given).next()?;
        match value.strip_prefix(':') {
            Some(placeholder) => drop(captures.insert(placeholder, given)),
            None if value == given => (),
            None => return None,
        }
    }
    let mut filled = pattern::fill(to, &captures);
    if to.starts_with('/') && !to.starts_with("//") {
        // What a visitor typed must not turn a path into the address of another host.
        filled = format!("/{}", filled.trim_start_matches(['/', '\\']));
    }
    let inside = filled.starts_with('/') && !filled.starts_with("//");
    match status {
        301 | 302 | 303 | 307 | 308 => {
            let there = filled.split(['?', '#']).next().unwrap_or_default();
            let circle = there.trim_end_matches('/') == path.trim_end_matches('/');
            (!circle).then(|| Rule::Go { to: with_query(filled, query), status })
        }
        200 | 400..=599 if inside => {
            let path = filled.split(['?', '#']).next().unwrap_or_default().to_owned();
            Some(Rule::Show { path, status })
        }
        200 => Some(Rule::Proxy { to: filled }),
        _ => None,
    }
}

/// A query is taken along unless the target has one.
fn with_query(to: String, query: Option<&str>) -> String {
    let Some(query) = query.filter(|it| !it.is_empty() && !to.contains('?')) else { return to };
    match to.split_once('#') {
        Some((to, fragment)) => format!("{to}?{query}#{fragment}"),
        None => format!("{to}?{query}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn go(to: &str, status: u16) -> Option<Rule> {
        Some(Rule::Go { to: to.to_owned(), status })
    }

    #[test]
    fn the_first_rule_counts() {
        let text = "# left\n/old/ /new/ 302\n/old/ /other/\n/blog/* /news/:splat 308 # moved\n";
        assert_eq!(find(text, "/old", None, false), go("/new/", 302));
        assert_eq!(find(text, "/blog/a/", Some("x=1"), false), go("/news/a?x=1", 308));
        assert_eq!(find(text, "/none", None, false), None);
    }

    #[test]
    fn a_file_comes_before_a_rule_without_force() {
        assert_eq!(find("/a /b 301", "/a", None, true), None);
        assert_eq!(find("/a /b 301!", "/a", None, true), go("/b", 301));
    }

    #[test]
    fn rules_may_show_or_refuse() {
        let show = |path: &str, status| Some(Rule::Show { path: path.to_owned(), status });
        assert_eq!(find("/app/* /app/ 200", "/app/x", None, false), show("/app/", 200));
        assert_eq!(find("/gone /gone.html 410", "/gone", None, false), show("/gone.html", 410));
        let proxy = Rule::Proxy { to: "https://h.example/x".to_owned() };
        assert_eq!(find("/api/* https://h.example/:splat 200", "/api/x", None, false), Some(proxy));
    }

    #[test]
    fn conditions_and_queries_are_heeded() {
        assert_eq!(find("/ /de/ 302 Language=de", "/", None, false), None);
        let text = "/p id=:id /p/:id 301";
        assert_eq!(find(text, "/p", Some("id=7"), false), go("/p/7?id=7", 301));
        assert_eq!(find(text, "/p", None, false), None);
        assert_eq!(find("/a /b?x=1#c", "/a", Some("y=2"), false), go("/b?x=1#c", 301));
        assert_eq!(find("/a /b#c", "/a", Some("y=2"), false), go("/b?y=2#c", 301));
    }

    #[test]
    fn nobody_is_led_astray() {
        assert_eq!(
            find("/go/* /:splat", "/go//evil.example", None, false),
            go("/evil.example", 301)
        );
        assert_eq!(
            find("/go/* /:splat", "/go/\\evil.example", None, false),
            go("/evil.example", 301)
        );
        assert_eq!(find("/a/* /a/:splat", "/a/x", None, false), None);
    }
}
