//! What a page fetches from others, who thereby learn of the reader.

use std::ops::Range;

use crate::check::Finding;
use crate::check::links::candidates;
use crate::config::TURNSTILE;
use crate::diag::{Code, Diagnostic};
use crate::html::tree::{Id, Kind};
use crate::html::{Set, Tag as T, Tree};

/// Something that a page fetches from another site.
pub const THIRD_PARTY: Code = Code::new("link/third-party");

/// Reports what a page of the site at `base` (`https://clinic.example`) asks others for: scripts,
/// stylesheets, pictures, frames, forms. A link that the reader follows is no request. `turnstile` tells whether the clinic
/// asked for Turnstile, whose script and frame are then no finding.
pub fn page(tree: &Tree, base: &str, turnstile: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    for id in tree.unknown().filter(|it| tree.nodes[*it].kind == Kind::Element) {
        let asks = ASKING.has(tree.nodes[id].element) || tree.nodes[id].foreign;
        if asks && !(turnstile && is_turnstile(tree, id)) {
            element(tree, id, base, &mut findings);
        }
        if let Some(style) = tree.attribute(id, "style") {
            let found = urls(&style).into_iter().filter_map(|it| host(&style[it], base));
            let at = tree.attribute_at(id, "style");
            findings.extend(found.map(|host| finding(at.clone(), "this style", &host, FETCHED)));
        }
    }
    findings
}

/// Gives what a stylesheet fetches from others: the place of each address, and what is said.
pub fn stylesheet(css: &str, base: &str) -> Vec<(Range<usize>, Diagnostic)> {
    let found = urls(css).into_iter();
    let report = |at: Range<usize>| {
        let host = host(&css[at.clone()], base)?;
        Some((at, diagnostic("this stylesheet", &host, FETCHED)))
    };
    found.filter_map(report).collect()
}

/// What a form to another site does.
const SENT: &str = "sends what the reader writes to";
const FETCHED: &str = "is fetched from";

/// Elements that may fetch or send something.
const ASKING: Set = Set::of(&[
    T::SCRIPT,
    T::IMG,
    T::SOURCE,
    T::INPUT,
    T::IFRAME,
    T::FRAME,
    T::EMBED,
    T::OBJECT,
    T::VIDEO,
    T::AUDIO,
    T::TRACK,
    T::LINK,
    T::FORM,
    T::BUTTON,
    T::STYLE,
]);

/// Whether an element fetches what Turnstile needs.
fn is_turnstile(tree: &Tree, id: Id) -> bool {
    let fetched = match tree.nodes[id].name {
        "script" | "iframe" => tree.attribute(id, "src"),
        "link" => tree.attribute(id, "href"),
        _ => None,
    };
    let rest = fetched.as_deref().and_then(|it| it.trim().strip_prefix(TURNSTILE));
    rest.is_some_and(|it| it.is_empty() || it.starts_with('/'))
}

fn element(tree: &Tree, id: Id, base: &str, findings: &mut Vec<Finding>) {
    let node = &tree.nodes[id];
    let (what, attributes): (&str, &[&str]) = match node.name {
        "script" => ("this script", &["src"]),
        "image" | "use" if node.foreign => ("this picture", &["href", "xlink:href"]),
        "img" | "source" | "input" => ("this picture", &["src", "srcset"]),
        "iframe" | "frame" | "embed" => ("this frame", &["src"]),
        "object" => ("this object", &["data"]),
        "video" => ("this film", &["src", "poster"]),
        "audio" | "track" => ("this recording", &["src"]),
        "link" if is_request(tree, id) => ("this file", &["href", "imagesrcset"]),
        "form" => ("this form", &["action"]),
        "button" => ("this button", &["formaction"]),
        "style" => {
            let text = tree.text_of(id);
            let start = tree.children(id).next().map_or(0, |it| tree.nodes[it].tag().start);
            for at in urls(&text) {
                if let Some(host) = host(&text[at.clone()], base) {
                    let place = start + at.start..start + at.end;
                    findings.push(finding(place, "this style", &host, FETCHED));
                }
            }
            return;
        }
        _ => return,
    };
    let does = if matches!(node.name, "form" | "button") { SENT } else { FETCHED };
    for name in attributes {
        let Some(value) = tree.attribute(id, name) else { continue };
        let addresses = match name.ends_with("srcset") {
            true => candidates(&value).collect(),
            false => vec![value.trim()],
        };
        for host in addresses.into_iter().filter_map(|it| host(it, base)) {
            findings.push(finding(tree.attribute_at(id, name), what, &host, does));
        }
    }
}

/// Whether a `link` makes browsers ask for something, rather than naming it.
fn is_request(tree: &Tree, id: Id) -> bool {
    let rel = tree.attribute(id, "rel").unwrap_or_default().to_ascii_lowercase();
    rel.split_ascii_whitespace().any(|it| {
        matches!(
            it,
            "stylesheet"
                | "icon"
                | "apple-touch-icon"
                | "mask-icon"
                | "manifest"
                | "preload"
                | "prefetch"
                | "modulepreload"
                | "preconnect"
                | "dns-prefetch"
                | "prerender"
        )
    })
}

/// The host of an address that belongs to another site, `None` for one of this site.
fn host(address: &str, base: &str) -> Option<String> {
    let address = address.trim();
    let lower = address.get(..8).unwrap_or(address).to_ascii_lowercase();
    let rest = match address.find("//") {
        Some(0) => &address[2..],
        Some(at) if lower.starts_with("http") || lower.starts_with("ws") => {
            address[..at].ends_with(':').then(|| &address[at + 2..])?
        }
        _ => return None,
    };
    let own = base.find("//").map_or(base, |at| &base[at + 2..]);
    let end = |it: &str| it.find(['/', '?', '#']).unwrap_or(it.len());
    let name = rest[..end(rest)].rsplit('@').next().unwrap_or_default().to_ascii_lowercase();
    (!name.is_empty() && name != own[..end(own)].to_ascii_lowercase()).then_some(name)
}

/// The addresses in a stylesheet: `url(…)`, and the texts behind `@import`.
fn urls(css: &str) -> Vec<Range<usize>> {
    let bytes = css.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = memchr::memchr3(b'u', b'U', b'/', &bytes[at..]) {
        at += next;
        if bytes[at..].starts_with(b"/*") {
            at += memchr::memmem::find(&bytes[at..], b"*/").map_or(bytes.len() - at, |it| it + 2);
        } else if bytes.get(at..at + 4).is_some_and(|it| it.eq_ignore_ascii_case(b"url(")) {
            let start = at + 4;
            let end = memchr::memchr(b')', &bytes[start..]).map_or(bytes.len(), |it| start + it);
            found.push(trimmed(css, start..end));
            at = end;
        } else {
            at += 1;
        }
    }
    for (import, _) in css.match_indices("@import") {
        let start = import + "@import".len();
        let end = memchr::memchr(b';', &bytes[start..]).map_or(bytes.len(), |it| start + it);
        let mut text = css[start..end].match_indices(['"', '\'']).map(|(at, _)| start + at);
        let is_url = css[start..end].trim_start().to_ascii_lowercase().starts_with("url(");
        if let (false, Some(first), Some(last)) = (is_url, text.next(), text.next()) {
            found.push(first + 1..last);
        }
    }
    found
}

fn trimmed(css: &str, range: Range<usize>) -> Range<usize> {
    let text = &css[range.clone()];
    let inner = text.trim_matches(|it: char| it.is_whitespace() || it == '"' || it == '\'');
    let start = range.start + (inner.as_ptr() as usize - text.as_ptr() as usize);
    start..start + inner.len()
}

fn finding(at: Range<usize>, what: &str, host: &str, does: &str) -> Finding {
    Finding::new(at, diagnostic(what, host, does))
}

fn diagnostic(what: &str, host: &str, does: &str) -> Diagnostic {
    let who = known(host).map_or_else(|| format!("`{host}`"), |it| format!("{it} (`{host}`)"));
    let help = match does {
        SENT => {
            "let the form go to the clinic's own address, or name the company in the privacy notice"
        }
        _ => "put a copy among the site's own files, or show a link that the reader may follow",
    };
    Diagnostic::warning(THIRD_PARTY, format!("{what} {does} `{host}`"))
        .note(format!(
            "{who} learns the reader's address and which page they read, which here says \
             something about their health"
        ))
        .help(help)
}

/// Who is behind a host.
fn known(host: &str) -> Option<&'static str> {
    const HOSTS: [(&str, &str); 24] = [
        ("google-analytics.com", "Google"),
        ("googletagmanager.com", "Google"),
        ("googleapis.com", "Google"),
        ("gstatic.com", "Google"),
        ("google.com", "Google"),
        ("doubleclick.net", "Google"),
        ("youtube.com", "Google"),
        ("youtube-nocookie.com", "Google"),
        ("ytimg.com", "Google"),
        ("facebook.net", "Meta"),
        ("facebook.com", "Meta"),
        ("instagram.com", "Meta"),
        ("tiktok.com", "TikTok"),
        ("vimeo.com", "Vimeo"),
        ("hotjar.com", "Hotjar"),
        ("clarity.ms", "Microsoft"),
        ("bing.com", "Microsoft"),
        ("typekit.net", "Adobe"),
        ("cloudflare.com", "Cloudflare"),
        ("jsdelivr.net", "jsDelivr"),
        ("unpkg.com", "unpkg"),
        ("fontawesome.com", "Font Awesome"),
        ("hs-scripts.com", "HubSpot"),
        ("trustpilot.com", "Trustpilot"),
    ];
    let is = |it: &&(&str, &str)| host == it.0 || host.ends_with(&format!(".{}", it.0));
    HOSTS.iter().find(is).map(|it| it.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(html: &str) -> Vec<String> {
        asked(html, false)
    }

    fn asked(html: &str, turnstile: bool) -> Vec<String> {
        let findings = page(&Tree::parse(html), "https://clinic.example/", turnstile);
        findings.into_iter().map(|it| html[it.at].to_owned()).collect()
    }

    #[test]
    fn turnstile_is_no_finding_where_the_clinic_asked_for_it() {
        let script = "<script src=https://challenges.cloudflare.com/turnstile/v0/api.js async defer></script>\
            <iframe src=https://challenges.cloudflare.com/x></iframe>\
            <link rel=preconnect href=https://challenges.cloudflare.com>";
        assert_eq!(asked(script, true), Vec::<String>::new());
        assert_eq!(asked(script, false).len(), 3);
        for other in [
            "<script src=https://static.cloudflareinsights.com/beacon.js></script>",
            "<script src=https://challenges.cloudflare.com.evil.example/api.js></script>",
            "<script src=https://challenges.cloudflare.com@evil.example/api.js></script>",
            "<img src=https://challenges.cloudflare.com/a.png>",
            "<form action=https://challenges.cloudflare.com/ method=post></form>",
        ] {
            assert_eq!(asked(other, true).len(), 1, "{other}");
        }
    }

    #[test]
    fn what_is_fetched_from_others_is_found() {
        for (html, at) in [
            (
                "<script src=https://www.googletagmanager.com/gtag.js></script>",
                "src=https://www.googletagmanager.com/gtag.js",
            ),
            (
                "<link rel=stylesheet href='//fonts.googleapis.com/css'>",
                "href='//fonts.googleapis.com/css'",
            ),
            ("<link rel=preconnect href=https://a.example>", "href=https://a.example"),
            (
                "<img src=/a.png srcset='/b.png 2x, https://c.example/d.png 3x'>",
                "srcset='/b.png 2x, https://c.example/d.png 3x'",
            ),
            (
                "<iframe src=https://www.youtube.com/embed/1></iframe>",
                "src=https://www.youtube.com/embed/1",
            ),
            ("<video poster=HTTPS://v.example/p.jpg></video>", "poster=HTTPS://v.example/p.jpg"),
            (
                "<p style='background: URL(\"https://x.example/a\")'>",
                "style='background: URL(\"https://x.example/a\")'",
            ),
            ("<style>@import 'https://y.example/z.css'; a{}</style>", "https://y.example/z.css"),
            ("<style>a { src: url( 'https://y.example/z' ) }</style>", "https://y.example/z"),
            (
                "<form action=https://forms.example/1 method=post></form>",
                "action=https://forms.example/1",
            ),
        ] {
            assert_eq!(found(html), [at], "{html}");
        }
    }

    #[test]
    fn links_and_own_files_are_no_requests() {
        for html in [
            "<a href=https://www.nhs.uk/>NHS</a>",
            "<link rel=canonical href=https://other.example/><link rel=alternate href=https://b.example>",
            "<img src=https://clinic.example/a.png><script src=/a.js></script>",
            "<img src='data:image/png;base64,//aa'><form action=/send/></form>",
            "<style>a { background: url(/x.png) } /* url(https://no.example) */</style>",
            "<p>url(https://in.example/text)</p>",
        ] {
            assert_eq!(found(html), Vec::<String>::new(), "{html}");
        }
    }

    #[test]
    fn stylesheets_are_read_too() {
        let css = "@import url(https://fonts.googleapis.com/css2); a { mask: url(x.svg) }";
        let found = stylesheet(css, "https://clinic.example");
        assert_eq!(found.len(), 1);
        assert_eq!(&css[found[0].0.clone()], "https://fonts.googleapis.com/css2");
        assert!(found[0].1.notes[0].starts_with("Google (`fonts.googleapis.com`) learns"));
    }
}
