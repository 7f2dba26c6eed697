//! What kinds of elements there are, as far as space beside their tags goes.

/// What stands beside a run of space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// The edge of a block: space beside it is not shown.
    Block,
    /// Text, an inline element, or what only the page will tell; also an element that is not shown,
    /// such as a script, as there may be text on both sides of it.
    Other,
}

impl Side {
    /// Tells whether space between two things is shown.
    pub(crate) fn parts(self, other: Self) -> bool {
        self != Self::Block && other != Self::Block
    }
}

/// Gives the part of a tag's name that is known before Tera writes the rest.
pub(crate) fn known(name: &str) -> &str {
    name.split('{').next().unwrap_or_default()
}

/// Tells what an element's tags are to the space beside them.
pub(crate) fn side(name: &str) -> Side {
    match name.to_ascii_lowercase().as_str() {
        "html" | "head" | "body" | "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "hgroup"
        | "ul" | "ol" | "li" | "menu" | "dl" | "dt" | "dd" | "blockquote" | "pre" | "hr" | "br"
        | "table" | "caption" | "colgroup" | "col" | "thead" | "tbody" | "tfoot" | "tr" | "td"
        | "th" | "div" | "section" | "article" | "aside" | "nav" | "header" | "footer" | "main"
        | "search" | "address" | "figure" | "figcaption" | "form" | "fieldset" | "legend"
        | "details" | "summary" | "dialog" | "option" | "optgroup" => Side::Block,
        _ => Side::Other,
    }
}

/// Tells whether every character between an element's tags counts, or is no markup.
pub(crate) fn is_exact(name: &str) -> bool {
    const EXACT: [&str; 13] = [
        "script",
        "style",
        "textarea",
        "title",
        "pre",
        "listing",
        "xmp",
        "iframe",
        "noembed",
        "noframes",
        "noscript",
        "plaintext",
        "math",
    ];
    EXACT.iter().any(|it| it.eq_ignore_ascii_case(name))
}

/// Tells whether an element has neither content nor an end tag.
pub(crate) fn is_void(name: &str) -> bool {
    const VOID: [&str; 13] = [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source",
        "track", "wbr",
    ];
    VOID.iter().any(|it| it.eq_ignore_ascii_case(name))
}
