//! The elements of HTML, those that it has no more, and those that are pressed or filled in.

use crate::html::tree::Id;
use crate::html::{Few, Set, Tag as T, Tree};

/// The elements of HTML, in the order of the alphabet.
const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "address",
    "area",
    "article",
    "aside",
    "audio",
    "b",
    "base",
    "bdi",
    "bdo",
    "blockquote",
    "body",
    "br",
    "button",
    "canvas",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "data",
    "datalist",
    "dd",
    "del",
    "details",
    "dfn",
    "dialog",
    "div",
    "dl",
    "dt",
    "em",
    "embed",
    "fencedframe",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hgroup",
    "hr",
    "html",
    "i",
    "iframe",
    "img",
    "input",
    "ins",
    "kbd",
    "label",
    "legend",
    "li",
    "link",
    "main",
    "map",
    "mark",
    "math",
    "menu",
    "meta",
    "meter",
    "nav",
    "noscript",
    "object",
    "ol",
    "optgroup",
    "option",
    "output",
    "p",
    "param",
    "picture",
    "pre",
    "progress",
    "q",
    "rb",
    "rp",
    "rt",
    "rtc",
    "ruby",
    "s",
    "samp",
    "script",
    "search",
    "section",
    "select",
    "selectedcontent",
    "slot",
    "small",
    "source",
    "span",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "template",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "track",
    "u",
    "ul",
    "var",
    "video",
    "wbr",
];

/// Elements that HTML had, and what does their work now.
const GONE: &[(&str, &str)] = &[
    ("acronym", "`<abbr>`"),
    ("applet", "`<object>`"),
    ("basefont", "the stylesheet"),
    ("bgsound", "`<audio>`"),
    ("big", "the stylesheet"),
    ("blink", "the stylesheet"),
    ("center", "the stylesheet"),
    ("dir", "`<ul>`"),
    ("font", "the stylesheet"),
    ("frame", "`<iframe>`"),
    ("frameset", "`<iframe>`"),
    ("isindex", "a form"),
    ("keygen", "nothing"),
    ("listing", "`<pre>`"),
    ("marquee", "the stylesheet"),
    ("nobr", "the stylesheet"),
    ("noembed", "`<object>`"),
    ("noframes", "nothing"),
    ("plaintext", "`<pre>`"),
    ("strike", "`<s>` or `<del>`"),
    ("tt", "`<code>` or `<kbd>`"),
    ("xmp", "`<pre>`"),
];

/// Those of them that the parsing rules know.
const GONE_TAGS: Set = Set::of(&[
    T::APPLET,
    T::BASEFONT,
    T::BGSOUND,
    T::BIG,
    T::CENTER,
    T::DIR,
    T::FONT,
    T::FRAME,
    T::FRAMESET,
    T::KEYGEN,
    T::LISTING,
    T::MARQUEE,
    T::NOBR,
    T::NOEMBED,
    T::NOFRAMES,
    T::PLAINTEXT,
    T::STRIKE,
    T::TT,
    T::XMP,
]);

/// Tells for most elements of HTML that they are.
pub(super) fn is_plain(element: T) -> bool {
    element != T::OTHER && !GONE_TAGS.has(element)
}

/// Tells whether HTML has an element; one with a hyphen is the page's own.
pub(super) fn is_element(name: &str) -> bool {
    ELEMENTS.binary_search(&name).is_ok() || name.contains('-')
}

/// Gives what does the work of an element that HTML had.
pub(super) fn instead(name: &str) -> Option<&'static str> {
    GONE.iter().find(|(it, _)| *it == name).map(|(_, instead)| *instead)
}

/// The names of the elements of HTML.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    ELEMENTS.iter().copied()
}

/// The attributes that are judged, on one element or another.
static JUDGED: Few = Few::of(&[
    "abbr",
    "action",
    "align",
    "alink",
    "allowtransparency",
    "axis",
    "background",
    "bgcolor",
    "border",
    "bordercolor",
    "cellpadding",
    "cellspacing",
    "charoff",
    "clear",
    "color",
    "cols",
    "colspan",
    "compact",
    "face",
    "for",
    "frameborder",
    "height",
    "href",
    "hspace",
    "id",
    "language",
    "longdesc",
    "marginheight",
    "marginwidth",
    "maxlength",
    "minlength",
    "name",
    "noshade",
    "nowrap",
    "rows",
    "rowspan",
    "scope",
    "scrolling",
    "size",
    "span",
    "src",
    "summary",
    "tabindex",
    "valign",
    "vlink",
    "vspace",
    "width",
]);

/// Tells of most attributes that nothing can be wrong with them: `false`.
pub(super) fn may_be_wrong(attribute: &str) -> bool {
    attribute != "class" && JUDGED.may_have(attribute)
}

/// Tells whether an attribute was left out of HTML: looks belong to the stylesheet.
pub(super) fn is_gone(element: &str, attribute: &str) -> bool {
    match attribute {
        "align" | "bgcolor" | "valign" | "hspace" | "vspace" | "cellpadding" | "cellspacing"
        | "frameborder" | "marginheight" | "marginwidth" | "nowrap" | "clear" | "noshade"
        | "alink" | "vlink" | "background" | "bordercolor" | "charoff" | "longdesc" => {
            !element.contains('-')
        }
        "border" => matches!(element, "img" | "object" | "table"),
        "width" => {
            matches!(element, "table" | "td" | "th" | "col" | "colgroup" | "hr" | "pre" | "tr")
        }
        "height" => matches!(element, "table" | "td" | "th" | "tr"),
        "scrolling" | "allowtransparency" => element == "iframe",
        "language" => element == "script",
        "summary" => element == "table",
        "axis" | "abbr" => element == "td",
        "scope" => element == "td",
        "name" => element == "img",
        "compact" => matches!(element, "dl" | "ol" | "ul" | "menu"),
        "color" | "face" | "size" => matches!(element, "hr" | "basefont"),
        _ => false,
    }
}

/// Tells whether an element is pressed or filled in, and so may not stand in a link or a button.
pub(super) fn is_control(tree: &Tree, id: Id) -> bool {
    let has = |name: &str| tree.has_attribute(id, name);
    match tree.nodes[id].element {
        T::A => has("href"),
        T::BUTTON | T::SELECT | T::TEXTAREA | T::LABEL | T::IFRAME | T::DETAILS | T::EMBED => true,
        T::INPUT => tree.attribute(id, "type").is_none_or(|it| !it.eq_ignore_ascii_case("hidden")),
        T::AUDIO | T::VIDEO => has("controls"),
        T::IMG => has("usemap"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_order() {
        assert!(ELEMENTS.is_sorted());
        assert!(is_element("p") && is_element("my-part") && !is_element("dvi"));
        for name in ELEMENTS {
            assert!(is_plain(T::of(name)) || T::of(name) == T::OTHER, "{name}");
        }
        for (name, _) in GONE {
            assert!(!is_plain(T::of(name)), "{name}");
        }
        assert!(GONE.iter().all(|(name, _)| !is_element(name)));
    }
}
