//! What browsers make of elements when no stylesheet says otherwise (HTML Standard 15).

use crate::check::style::color::Rgba;

/// What a browser makes of an element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Agent {
    pub(super) none: bool,
    pub(super) block: bool,
    pub(super) bold: bool,
    pub(super) factor: f32,
    pub(super) font_size: Option<f32>,
    pub(super) color: Option<Rgba>,
    pub(super) ground: Option<Rgba>,
}

/// Elements of which browsers show nothing.
const NONE: &[&str] = &[
    "head", "script", "style", "template", "title", "meta", "link", "base", "noscript", "param",
    "source", "track", "datalist", "noembed", "noframes", "rp",
];

const BLOCK: &[&str] = &[
    "html",
    "body",
    "address",
    "article",
    "aside",
    "blockquote",
    "center",
    "details",
    "dialog",
    "dd",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "header",
    "hgroup",
    "hr",
    "legend",
    "li",
    "listing",
    "main",
    "menu",
    "nav",
    "ol",
    "optgroup",
    "option",
    "p",
    "plaintext",
    "pre",
    "search",
    "section",
    "summary",
    "table",
    "caption",
    "tbody",
    "thead",
    "tfoot",
    "tr",
    "td",
    "th",
    "ul",
    "xmp",
    "br",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "button",
    "input",
    "select",
    "textarea",
];

const INLINE: &[&str] =
    &["a", "b", "strong", "small", "big", "sub", "sup", "code", "kbd", "samp", "tt", "mark"];

/// The questions about attributes on which browsers' styles depend, by their numbers.
pub(super) const QUESTIONS: [(&str, &str); 9] = [
    ("hidden", ""),
    ("href", ""),
    ("open", ""),
    ("type", "hidden"),
    ("type", "submit"),
    ("type", "button"),
    ("type", "reset"),
    ("disabled", ""),
    ("type", "image"),
];

/// The names of elements that differ; the place in the list is the name's number less one.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    NONE.iter().chain(BLOCK).chain(INLINE).copied()
}

/// Tells what browsers make of an element, from its number and the questions that hold.
pub(super) fn of(number: u32, tests: u128) -> Agent {
    let name = names().nth((number as usize).wrapping_sub(1)).unwrap_or("");
    let holds = |question: u32| tests >> question & 1 == 1;
    let mut agent = Agent {
        none: NONE.contains(&name) || holds(0),
        block: BLOCK.contains(&name),
        bold: matches!(name, "b" | "strong" | "th" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6"),
        factor: 1.0,
        font_size: None,
        color: None,
        ground: None,
    };
    agent.factor = match name {
        "h1" => 2.0,
        "h2" => 1.5,
        "h3" => 1.17,
        "h5" => 0.83,
        "h6" => 0.67,
        "small" | "sub" | "sup" => 1.0 / 1.2,
        "big" => 1.2,
        "pre" | "code" | "kbd" | "samp" | "tt" => 0.8125,
        _ => 1.0,
    };
    match name {
        "a" if holds(1) => agent.color = Some(Rgba::opaque(0.0, 0.0, 238.0)),
        "dialog" => agent.none |= !holds(2),
        "mark" => {
            agent.color = Some(Rgba::BLACK);
            agent.ground = Some(Rgba::opaque(255.0, 255.0, 0.0));
        }
        "button" | "input" | "select" | "textarea" => {
            agent.none |= name == "input" && holds(3);
            agent.font_size = Some(40.0 / 3.0);
            agent.color = Some(Rgba::BLACK);
            let pressed = name == "button" || holds(4) || holds(5) || holds(6);
            agent.ground = Some(match pressed {
                true => Rgba::opaque(239.0, 239.0, 239.0),
                false => Rgba::WHITE,
            });
        }
        _ => (),
    }
    agent
}
