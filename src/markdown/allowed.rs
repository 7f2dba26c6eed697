//! What raw HTML may use where it is sanitised: `docs/schema.md` has the same lists.

use crate::text::url;

/// How an element may stand in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Between words, and in blocks too.
    Words,
    /// A block that holds blocks.
    Block,
    /// A block that holds words only.
    Line,
    /// Right inside one of these.
    In(&'static [&'static str]),
}

/// Gives how an element may stand; `None` for one that may not be used.
pub(crate) fn place(name: &str) -> Option<Place> {
    Some(match name {
        "a" | "abbr" | "b" | "bdi" | "bdo" | "br" | "cite" | "code" | "data" | "del" | "dfn"
        | "em" | "i" | "img" | "ins" | "kbd" | "mark" | "picture" | "q" | "ruby" | "s" | "samp"
        | "small" | "span" | "strong" | "sub" | "sup" | "time" | "u" | "var" | "wbr" => {
            Place::Words
        }
        "address" | "article" | "aside" | "blockquote" | "details" | "div" | "dl" | "figure"
        | "footer" | "header" | "hr" | "ol" | "section" | "table" | "ul" => Place::Block,
        "h2" | "h3" | "h4" | "h5" | "h6" | "p" | "pre" => Place::Line,
        "caption" | "colgroup" | "thead" | "tbody" | "tfoot" => Place::In(&["table"]),
        "col" => Place::In(&["colgroup"]),
        "dd" | "dt" => Place::In(&["dl", "div"]),
        "figcaption" => Place::In(&["figure"]),
        "li" => Place::In(&["ol", "ul"]),
        "rp" | "rt" => Place::In(&["ruby"]),
        "source" => Place::In(&["picture"]),
        "summary" => Place::In(&["details"]),
        "td" | "th" => Place::In(&["tr"]),
        "tr" => Place::In(&["tbody", "tfoot", "thead", "table"]),
        _ => return None,
    })
}

/// Tells whether an element holds words only, so that it ends with its block.
pub(crate) fn holds_words(name: &str) -> bool {
    matches!(place(name), Some(Place::Words | Place::Line))
        || matches!(name, "caption" | "dt" | "rp" | "rt" | "summary")
}

/// Tells whether an element is a part of a table that holds no words itself.
pub(crate) fn is_of_table(name: &str) -> bool {
    matches!(name, "colgroup" | "table" | "tbody" | "tfoot" | "thead" | "tr")
}

/// Tells whether an element has no inside.
pub(crate) fn is_void(name: &str) -> bool {
    matches!(name, "br" | "col" | "hr" | "img" | "source" | "wbr")
}

/// Tells whether what is inside an element that may not be used goes with it: it is no text.
pub(crate) fn hides_inside(name: &str) -> bool {
    matches!(
        name,
        "applet"
            | "audio"
            | "canvas"
            | "embed"
            | "head"
            | "iframe"
            | "math"
            | "noembed"
            | "noframes"
            | "noscript"
            | "object"
            | "plaintext"
            | "script"
            | "select"
            | "style"
            | "svg"
            | "template"
            | "textarea"
            | "title"
            | "video"
            | "xmp"
    )
}

/// What becomes of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// It is written as it is.
    Keep,
    /// It stays, and is true whatever its value.
    Flag,
    /// It names an id of this text, or several.
    Ids,
    /// It leads somewhere.
    Link,
    /// It is an address that is only told, and must be whole.
    Source,
    /// It is the address of a picture.
    Picture,
    /// It is several addresses of pictures.
    Pictures,
    /// It may not be used.
    Not(&'static str),
}

const UNKNOWN: &str = "it is not among the attributes that this text may have";

/// Judges an attribute of an element.
pub(crate) fn attribute(element: &str, name: &str) -> Use {
    let global = match name {
        "class" | "dir" | "lang" | "title" | "translate" | "aria-label" | "aria-hidden"
        | "role" => Use::Keep,
        "hidden" => Use::Flag,
        "id" | "aria-labelledby" | "aria-describedby" => Use::Ids,
        "style" => Use::Not("how a page looks is for its theme to say"),
        _ if name.starts_with("on") => Use::Not("a text may not run a program"),
        _ => Use::Not(UNKNOWN),
    };
    if !matches!(global, Use::Not(_)) {
        return global;
    }
    match (element, name) {
        ("a", "href") => Use::Link,
        ("a", "hreflang" | "rel" | "type")
        | ("bdo", "dir")
        | ("data", "value")
        | ("del" | "ins" | "time", "datetime")
        | ("img", "alt" | "width" | "height" | "sizes" | "loading" | "decoding")
        | ("source", "width" | "height" | "sizes" | "media" | "type")
        | ("li", "value")
        | ("ol", "start" | "type")
        | ("col" | "colgroup", "span")
        | ("td", "colspan" | "rowspan")
        | ("th", "colspan" | "rowspan" | "scope" | "abbr") => Use::Keep,
        ("details", "open") | ("ol", "reversed") => Use::Flag,
        ("td" | "th", "headers") => Use::Ids,
        ("blockquote" | "q" | "del" | "ins", "cite") => Use::Source,
        ("img", "src") => Use::Picture,
        ("img" | "source", "srcset") => Use::Pictures,
        _ => global,
    }
}

/// Tells whether a picture may come from an address.
pub(crate) fn is_picture(address: &str) -> bool {
    let web = |scheme: String| matches!(scheme.as_str(), "http" | "https");
    !address.trim().is_empty() && url::scheme(address).is_none_or(web)
}

/// Takes the candidates of a `srcset` apart: addresses with their sizes.
pub(crate) fn candidates(value: &str) -> Vec<(&str, &str)> {
    let parts = value.split(", ").flat_map(|part| part.split(",\n"));
    let parts = parts.map(|part| part.trim().trim_end_matches(','));
    let pair = |part: &'_ str| part.find(char::is_whitespace).unwrap_or(part.len());
    parts
        .filter(|part| !part.is_empty())
        .map(|part| (&part[..pair(part)], part[pair(part)..].trim()))
        .collect()
}
