//! Stylesheets as small as they may be, and no newer than the browsers that patients have.

use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions, StyleSheet};
use lightningcss::targets::{Browsers, Features, Targets};

/// The oldest browsers for which styles are written: those of 2020. Nothing newer is made of what
/// the theme says, such as ranges in media queries (Safari 16.4).
const BROWSERS: Browsers = Browsers {
    android: None,
    chrome: Some(87 << 16),
    edge: Some(87 << 16),
    firefox: Some(78 << 16),
    ie: None,
    ios_saf: Some(14 << 16),
    opera: None,
    safari: Some(14 << 16),
    samsung: None,
};

/// What is wrong with a stylesheet, and at which line and column, counted from one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// What, in words.
    pub words: String,
    /// Where.
    pub place: Option<(usize, usize)>,
}

/// Writes a stylesheet as small as it may be.
///
/// # Errors
/// Says what cannot be read as CSS.
pub fn minify(css: &str) -> Result<String, Unreadable> {
    let unreadable = |words: String, place: Option<(u32, u32)>| {
        let place = place.map(|(line, column)| (line as usize + 1, column as usize));
        Unreadable { words, place }
    };
    // Rules within rules are taken apart, as older browsers drop them whole; everything else that
    // is newer is the theme's decision, and stays.
    let lowered = Features::Nesting | Features::MediaQueries;
    let targets = Targets {
        browsers: Some(BROWSERS),
        include: Features::empty(),
        exclude: Features::all().difference(lowered),
    };
    let mut sheet = StyleSheet::parse(css, ParserOptions::default()).map_err(|error| {
        let place = error.loc.as_ref().map(|loc| (loc.line, loc.column));
        unreadable(error.kind.to_string(), place)
    })?;
    sheet
        .minify(MinifyOptions { targets, ..MinifyOptions::default() })
        .map_err(|error| unreadable(error.kind.to_string(), None))?;
    let options = PrinterOptions { minify: true, targets, ..PrinterOptions::default() };
    let written = sheet.to_css(options);
    written.map(|it| it.code).map_err(|error| unreadable(error.kind.to_string(), None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_stay_as_old_as_they_are() {
        let small = |css: &str| minify(css).unwrap();
        assert_eq!(
            small("@media (min-width: 40em) { a { color: var(--x) } }"),
            "@media (min-width:40em){a{color:var(--x)}}"
        );
        let modern =
            "a{color:oklch(50% .1 200);width:clamp(1px,2vw,3px);margin-inline:1px;inset:0 auto}";
        assert_eq!(small(modern), modern);
        assert_eq!(
            small("a { b & { color: red } :hover { top: 0px } }"),
            "b :is(a){color:red}a :hover{top:0}"
        );
    }

    #[test]
    fn what_cannot_be_read_has_a_place() {
        assert_eq!(minify("a { color: red }\n} b {}").unwrap_err().place, Some((2, 1)));
    }
}
