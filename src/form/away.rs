//! A page that is shown by another host than its own: its addresses made whole, so that its styles, pictures and links are
//! still those of its site. Not by `<base>`, which would lead `#question` away from the page too.

use std::ops::Range;

use url::Url;

use crate::html::{self, Tree};

/// Gives a page with the addresses of its stylesheets, scripts, pictures and links whole; `at` is its own.
pub fn whole(page: &str, at: &Url) -> String {
    let tree = Tree::parse(page);
    let mut changes: Vec<(Range<usize>, String)> = Vec::new();
    for id in tree.elements() {
        let element = tree.nodes[id].name;
        for name in names(element) {
            let Some(value) = tree.attribute(id, name) else { continue };
            let new = match *name {
                "srcset" | "imagesrcset" => candidates(&value, at),
                _ => address(&value, at),
            };
            if let Some(new) = new {
                let mut written = String::new();
                html::attribute(name, &new, &mut written);
                changes.push((tree.attribute_at(id, name), written.trim_start().to_owned()));
            }
        }
    }
    changes.sort_by_key(|(range, _)| range.start);
    let mut out = String::with_capacity(page.len() + changes.len() * 32);
    let mut done = 0;
    for (range, new) in changes {
        out.push_str(&page[done..range.start]);
        out.push_str(&new);
        // A value without quotes ends at the next space, or with the tag.
        let after = page[range.end..].chars().next();
        if after.is_some_and(|it| !it.is_whitespace() && it != '>') {
            out.push(' ');
        }
        done = range.end;
    }
    out.push_str(&page[done..]);
    out
}

/// The attributes of an element that are addresses.
fn names(element: &str) -> &'static [&'static str] {
    match element {
        "a" | "area" | "use" | "image" => &["href"],
        "link" => &["href", "imagesrcset"],
        "img" | "source" => &["src", "srcset"],
        "video" => &["src", "poster"],
        "script" | "audio" | "track" | "input" | "iframe" | "embed" => &["src"],
        "form" => &["action"],
        _ => &[],
    }
}

/// Gives an address whole; `None` for one that stays: of the page itself, or whole already.
fn address(text: &str, at: &Url) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || text.starts_with('#') || Url::parse(text).is_ok() {
        return None;
    }
    at.join(text).ok().map(String::from)
}

/// Gives the addresses of pictures of several sizes whole: each ends at a space, its size at a comma.
fn candidates(text: &str, at: &Url) -> Option<String> {
    let mut all = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|it: char| it.is_whitespace() || it == ',');
        if rest.is_empty() {
            break;
        }
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (url, after) = rest.split_at(end);
        let alone = url.trim_end_matches(',');
        let size = if alone == url { after.split(',').next().unwrap_or_default() } else { "" };
        rest = &after[size.len()..];
        let url = address(alone, at).unwrap_or_else(|| alone.to_owned());
        all.push(format!("{url} {}", size.trim()).trim_end().to_owned());
    }
    (!all.is_empty()).then(|| all.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_whole_but_those_of_the_page_itself() {
        let at = Url::parse("https://clinic.example/contact/").unwrap();
        for (page, expected) in [
            (
                "<link rel=stylesheet href=/assets/a.css>",
                "<link rel=stylesheet href=https://clinic.example/assets/a.css>",
            ),
            ("<img src=\"b.png\" alt>", "<img src=https://clinic.example/contact/b.png alt>"),
            ("<img src='/b.png'/>", "<img src=https://clinic.example/b.png />"),
            (
                "<img srcset=\"/b.png 1x, /c.png 2x\" src=/b.png>",
                "<img srcset=\"https://clinic.example/b.png 1x, https://clinic.example/c.png 2x\" src=https://clinic.example/b.png>",
            ),
            ("<img src=\"/b.png\"alt>", "<img src=https://clinic.example/b.png alt>"),
            (
                "<img srcset='/b,c.png 1x,/d.png 2x, /e.png'>",
                "<img srcset=\"https://clinic.example/b,c.png 1x, https://clinic.example/d.png 2x, https://clinic.example/e.png\">",
            ),
            ("<a href=#top>Up</a>", "<a href=#top>Up</a>"),
            ("<a href=/#top>Up</a>", "<a href=https://clinic.example/#top>Up</a>"),
            (
                "<a href=?a=1&amp;b=2>x</a>",
                "<a href=\"https://clinic.example/contact/?a=1&amp;b=2\">x</a>",
            ),
            (
                "<a href=tel:+44>Call</a><a href=https://x.example/>x</a>",
                "<a href=tel:+44>Call</a><a href=https://x.example/>x</a>",
            ),
            ("<a href=//x.example/>x</a>", "<a href=https://x.example/>x</a>"),
            (
                "<form action=/search/></form><p title=/x>/x</p>",
                "<form action=https://clinic.example/search/></form><p title=/x>/x</p>",
            ),
            (
                "<script type=module src=/assets/e.js></script>",
                "<script type=module src=https://clinic.example/assets/e.js></script>",
            ),
        ] {
            assert_eq!(whole(page, &at), expected);
        }
    }
}
