//! The site's content security policy, extended by just what the reload needs where it forbids it.

/// Something that a shown page needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need<'a> {
    /// The script, by its whole address, and a nonce for policies that trust no address.
    Script { url: &'a str, nonce: &'a str },
    /// A stylesheet, by its whole address.
    Style { url: &'a str },
    /// A connection, by its whole address.
    Connect { url: &'a str },
}

impl Need<'_> {
    /// The directives that decide, the narrowest first (Content Security Policy Level 3, 6.8.3).
    fn directives(&self) -> &'static [&'static str] {
        match self {
            Need::Script { .. } => &["script-src-elem", "script-src", "default-src"],
            Need::Style { .. } => &["style-src-elem", "style-src", "default-src"],
            Need::Connect { .. } => &["connect-src", "default-src"],
        }
    }

    fn url(&self) -> &str {
        match self {
            Need::Script { url, .. } | Need::Style { url } | Need::Connect { url } => url,
        }
    }

    /// What a list of sources must be given; nothing when it allows this already.
    fn lacking(&self, sources: &[&str]) -> Option<String> {
        let has = |keyword: &str| sources.iter().any(|it| it.eq_ignore_ascii_case(keyword));
        if let Need::Script { nonce, .. } = self
            && has("'strict-dynamic'")
        {
            return Some(format!("'nonce-{nonce}'"));
        }
        let url = self.url();
        let origin = &url[..url.rfind("/__").unwrap_or(url.len())];
        let host = origin.trim_start_matches("http://");
        let fine = has("'self'") || has("*") || has("http:") || has(origin) || has(host);
        (!fine && !has(url)).then(|| url.to_owned())
    }
}

/// Extends a policy, or a list of them; gives it as it is where it allows everything. What asks
/// for HTTPS is left out, as this server has none.
pub(crate) fn extend(policies: &str, needs: &[Need]) -> String {
    policies.split(',').map(|policy| one(policy.trim(), needs)).collect::<Vec<_>>().join(", ")
}

fn one(policy: &str, needs: &[Need]) -> String {
    let mut directives: Vec<String> = policy
        .split(';')
        .map(|it| it.trim().to_owned())
        .filter(|it| !it.is_empty() && !it.eq_ignore_ascii_case("upgrade-insecure-requests"))
        .collect();
    for need in needs {
        let place = need.directives().iter().find_map(|name| {
            let named = |it: &String| name_of(it).eq_ignore_ascii_case(name);
            Some((*name, directives.iter().position(named)?))
        });
        let Some((name, at)) = place else { continue };
        let sources: Vec<&str> = directives[at].split_ascii_whitespace().skip(1).collect();
        let Some(more) = need.lacking(&sources) else { continue };
        let kept = sources.iter().filter(|it| !it.eq_ignore_ascii_case("'none'"));
        let list = kept.copied().chain([more.as_str()]).collect::<Vec<_>>().join(" ");
        match name {
            "default-src" => directives.push(format!("{} {list}", need.directives()[0])),
            name => directives[at] = format!("{name} {list}"),
        }
    }
    directives.join("; ")
}

fn name_of(directive: &str) -> &str {
    directive.split_ascii_whitespace().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "http://localhost:1414/__galen/live.js";
    const EVENTS: &str = "http://localhost:1414/__galen/events";

    fn extended(policy: &str) -> String {
        let script = Need::Script { url: SCRIPT, nonce: "abc" };
        extend(policy, &[script, Need::Connect { url: EVENTS }])
    }

    #[test]
    fn what_is_allowed_stays_as_it_is() {
        let strict = "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'";
        assert_eq!(extended(strict), strict);
        assert_eq!(extended("img-src 'none'"), "img-src 'none'");
        assert_eq!(extended("default-src *"), "default-src *");
    }

    #[test]
    fn just_the_directive_that_forbids_is_extended() {
        assert_eq!(
            extended("default-src 'self'; script-src 'none'; img-src 'none'"),
            format!("default-src 'self'; script-src {SCRIPT}; img-src 'none'")
        );
        assert_eq!(
            extended("default-src 'none'; script-src 'self'"),
            format!("default-src 'none'; script-src 'self'; connect-src {EVENTS}")
        );
        assert_eq!(
            extended("default-src https://cdn.example"),
            format!(
                "default-src https://cdn.example; script-src-elem https://cdn.example {SCRIPT}; \
                 connect-src https://cdn.example {EVENTS}"
            )
        );
    }

    #[test]
    fn a_policy_that_trusts_no_address_gets_a_nonce() {
        assert_eq!(
            extended("script-src 'strict-dynamic' 'nonce-x'"),
            "script-src 'strict-dynamic' 'nonce-x' 'nonce-abc'"
        );
    }

    #[test]
    fn each_of_several_policies_must_allow_it() {
        assert_eq!(
            extended("script-src 'self', script-src 'none'; upgrade-insecure-requests"),
            format!("script-src 'self', script-src {SCRIPT}")
        );
    }
}
