//! Which properties and colours there are.

use lightningcss::properties::PropertyId;
use lightningcss::properties::custom::CustomPropertyName;
use lightningcss::stylesheet::ParserOptions;
use lightningcss::traits::ParseWithOptions as _;
use lightningcss::values::color::CssColor;

/// What of a declaration nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// The property, with the one that was probably meant.
    Property(&'static str),
    /// The colour.
    Color,
}

/// Properties that themes use much, for proposals.
const PROPERTIES: [&str; 72] = [
    "align-content",
    "align-items",
    "align-self",
    "animation",
    "appearance",
    "aspect-ratio",
    "background",
    "background-color",
    "background-image",
    "background-position",
    "background-repeat",
    "background-size",
    "border",
    "border-bottom",
    "border-collapse",
    "border-color",
    "border-left",
    "border-radius",
    "border-right",
    "border-top",
    "border-width",
    "bottom",
    "box-shadow",
    "box-sizing",
    "clear",
    "color",
    "column-gap",
    "columns",
    "content",
    "cursor",
    "display",
    "fill",
    "flex",
    "flex-direction",
    "flex-wrap",
    "float",
    "font",
    "font-family",
    "font-size",
    "font-style",
    "font-weight",
    "grid-area",
    "grid-template-columns",
    "height",
    "justify-content",
    "justify-items",
    "letter-spacing",
    "line-height",
    "list-style",
    "margin",
    "margin-bottom",
    "margin-left",
    "margin-right",
    "margin-top",
    "max-height",
    "max-width",
    "min-height",
    "min-width",
    "opacity",
    "outline",
    "overflow",
    "padding",
    "padding-bottom",
    "padding-left",
    "padding-right",
    "padding-top",
    "position",
    "text-align",
    "text-decoration",
    "transition",
    "visibility",
    "width",
];

/// Tells what of a declaration nobody knows; `None` where all is known, or may be newer than Galen.
pub fn unknown(name: &str, value: &str) -> Option<Unknown> {
    let low = name.to_ascii_lowercase();
    if let PropertyId::Custom(CustomPropertyName::Unknown(_)) = PropertyId::from(low.as_str()) {
        // lightningcss does not know them all: one that is near to a common one is a slip.
        let is_near = |known: &&str| {
            let distance = strsim::damerau_levenshtein(&low, known);
            low.starts_with(&known[..1]) && low.len() > 3 && (1..=2).contains(&distance)
        };
        let known = PROPERTIES.contains(&low.as_str());
        return PROPERTIES.into_iter().filter(|_| !known).find(is_near).map(Unknown::Property);
    }
    let colored = matches!(&*low, "color" | "background-color" | "border-color" | "outline-color");
    let word = value.split('!').next().unwrap_or_default().trim();
    let plain = !word.is_empty() && word.bytes().all(|it| it.is_ascii_alphabetic());
    let general =
        ["inherit", "initial", "revert", "unset"].iter().any(|it| word.eq_ignore_ascii_case(it));
    let parsed = || CssColor::parse_string_with_options(word, ParserOptions::default()).is_ok();
    (colored && plain && !general && !parsed()).then_some(Unknown::Color)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_unknown_and_novelties_are_not() {
        assert_eq!(unknown("colr", "red"), Some(Unknown::Property("color")));
        assert_eq!(unknown("color", "bleu"), Some(Unknown::Color));
        for (name, value) in [
            ("color", "CanvasText"),
            ("color", "currentColor"),
            ("color", "inherit !important"),
            ("content", "none"),
            ("border-collapse", "collapse"),
            ("widows", "2"),
            ("text-orientation", "mixed"),
            ("text-wrap", "balance"),
            ("field-sizing", "content"),
            ("-webkit-line-clamp", "2"),
            ("inset-inline", "0"),
            ("hyphenate-limit-chars", "6"),
        ] {
            assert_eq!(unknown(name, value), None, "{name}");
        }
    }
}
