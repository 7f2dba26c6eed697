//! What a page shows, or keeps back, against all intention: markup as text, scripts that no browser runs.

use std::ops::Range;

use crate::check::Finding;
use crate::config::Config;
use crate::diag::{Code, Diagnostic};
use crate::html::tree::{Id, Kind};
use crate::html::{Few, Set, Tag as T, Tree};

/// Markup that a reader sees as it is written.
pub(crate) const MARKUP: Code = Code::new("page/markup-shown");
/// A value that was made for programs, as text.
pub(crate) const VALUE: Code = Code::new("page/value-shown");
/// Something that the site's own rules of security forbid.
pub(crate) const BLOCKED: Code = Code::new("page/blocked");

/// Elements whose text is not a reader's.
const OTHER: Set = Set::of(&[T::SCRIPT, T::STYLE, T::CODE, T::PRE, T::TEXTAREA, T::KBD, T::SAMP]);
/// The attributes that a reader sees or hears.
static SHOWN: Few = Few::of(&["alt", "aria-label", "content", "title"]);
/// Tags that are written by hand, and so are seen when they are escaped.
const TAGS: [&str; 24] = [
    "a",
    "b",
    "blockquote",
    "br",
    "div",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "i",
    "img",
    "li",
    "ol",
    "p",
    "section",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "td",
    "ul",
];
/// Names of characters that are written by hand.
const NAMES: [&str; 18] = [
    "amp", "apos", "copy", "deg", "euro", "gt", "hellip", "ldquo", "lsquo", "lt", "mdash",
    "middot", "nbsp", "ndash", "pound", "quot", "rdquo", "rsquo",
];

/// Looks at what a page shows.
pub(super) fn look(tree: &Tree, config: &Config, found: &mut Vec<Finding>) {
    let own_rules =
        config.headers.keys().any(|it| it.eq_ignore_ascii_case("content-security-policy"));
    let mut other_until = 0;
    for id in tree.unknown() {
        let node = &tree.nodes[id];
        if node.kind == Kind::Element {
            let tag = node.any_element();
            if OTHER.has(tag) {
                other_until = other_until.max(node.after);
            }
            let blockable = matches!(tag, T::SCRIPT | T::STYLE)
                || tree.names(id).any(|it| it == "style" || it.starts_with("on"));
            if !own_rules && blockable {
                found.extend(blocked(tree, id));
            }
            for name in tree.names(id).filter(|it| SHOWN.may_have(it)) {
                if matches!(name, "alt" | "aria-label" | "content" | "title") {
                    found.extend(markup(tree, tree.attribute_at(id, name)));
                }
            }
        } else if node.kind == Kind::Text && id >= other_until {
            let text = &tree.text.as_bytes()[node.whole()];
            if memchr::memchr(b'&', text).is_some() {
                found.extend(markup(tree, node.whole()));
            }
            // Most texts start with what no value starts with.
            let first = text.iter().find(|it| !it.is_ascii_whitespace());
            if matches!(first, Some(b'n' | b'u' | b'N' | b'[' | b'{' | 0x0b | 0x80..)) {
                found.extend(value(tree, node.whole()));
            }
        }
    }
}

/// Markup within a text.
fn markup(tree: &Tree, range: Range<usize>) -> Option<Finding> {
    let text = tree.text.get(range.clone())?;
    let mut from = 0;
    while let Some(at) = memchr::memchr(b'&', &text.as_bytes()[from..]) {
        let start = from + at;
        from = start + 1;
        let rest = &text[from..];
        if let Some(tag) = rest.strip_prefix("lt;").and_then(escaped_tag) {
            let words = format!("<{tag}>");
            return Some(shown(range.start + start..range.end, &words));
        }
        if let Some(name) = rest.strip_prefix("amp;").and_then(entity) {
            let words = format!("&{name};");
            return Some(shown(range.start + start..range.end, &words));
        }
    }
    None
}

fn escaped_tag(rest: &str) -> Option<String> {
    let inner = rest.strip_prefix('/').unwrap_or(rest);
    let length = inner.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let after = &inner[length..];
    let ends = after.starts_with('>') || after.starts_with("&gt;");
    let more = after.starts_with([' ', '/']) && (after.contains('>') || after.contains("&gt;"));
    let known = TAGS.contains(&&*inner[..length].to_ascii_lowercase());
    (known && (ends || more)).then(|| rest[..rest.len() - after.len()].to_owned())
}

fn entity(rest: &str) -> Option<&str> {
    let length = rest.bytes().take_while(|it| it.is_ascii_alphanumeric() || *it == b'#').count();
    let name = &rest[..length];
    let number = name.strip_prefix('#').is_some_and(|it| it.bytes().any(|it| it.is_ascii_digit()));
    let closed = rest[length..].starts_with(';');
    let known = NAMES.contains(&name) && (closed || name == "nbsp");
    (known || number && closed).then_some(name)
}

fn shown(at: Range<usize>, words: &str) -> Finding {
    let warning = Diagnostic::warning(MARKUP, format!("readers see `{words}` as it is written"));
    let help = "it was escaped twice, or is in a text that takes no HTML: write the character itself, or Markdown; in a template, take HTML that Galen made as it is, without filters that change it";
    Finding::new(at, warning.help(help))
}

/// A text that is a list or a group of values, or the lack of one.
fn value(tree: &Tree, range: Range<usize>) -> Option<Finding> {
    let text = tree.text.get(range.clone())?.trim();
    let none = matches!(text, "null" | "undefined" | "NaN" | "[object Object]" | "[]" | "{}");
    let quotes = || text.contains("&quot;") || text.contains('"') || text.contains("&#");
    let group = text.starts_with('{') && text.ends_with('}') && text.contains(": ");
    let list = text.starts_with('[') && text.ends_with(']') && (quotes() || text.contains(", "));
    (none || group || list).then(|| {
        let message = "readers see a value here that is made for programs";
        let help = "in a template, show one field of it, or go through it: `{% for tag in page.tags %}…{% endfor %}`";
        Finding::new(range, Diagnostic::warning(VALUE, message).help(help))
    })
}

/// What the site's own content security policy forbids.
fn blocked(tree: &Tree, id: Id) -> Vec<Finding> {
    let node = &tree.nodes[id];
    let mut found = Vec::new();
    let mut add = |at: Range<usize>, what: &str, help: &str| {
        let message = format!("browsers ignore {what}: the site allows none within a page");
        let note = "the content security policy in `_headers` keeps out what an attacker might add";
        found.push(Finding::new(at, Diagnostic::warning(BLOCKED, message).note(note).help(help)));
    };
    match node.name {
        "script" if tree.attribute(id, "src").is_none() => {
            let kind = tree.attribute(id, "type").unwrap_or_default();
            let runs = kind.is_empty() || kind == "module" || kind.contains("javascript");
            if runs {
                add(
                    node.tag(),
                    "this script",
                    "move it to a file, `<script src=\"{{ asset(path=\"js/main.js\") }}\" defer>`",
                );
            }
        }
        "style" => add(node.tag(), "these styles", "move them to a stylesheet of the theme"),
        _ => (),
    }
    for name in tree.names(id) {
        let at = || tree.attribute_at(id, name);
        if name == "style" {
            add(at(), "this `style`", "give the element a class, and write a rule in a stylesheet");
        } else if name.len() > 4 && name.starts_with("on") {
            add(
                at(),
                &format!("this `{name}`"),
                "listen for it in a script of the theme: `addEventListener`",
            );
        }
    }
    found
}
