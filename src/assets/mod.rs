//! Stylesheets, scripts and pictures: fingerprints, addresses, sizes.

mod known;
pub mod styles;

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use crate::diag::{Code, Diagnostic, Diagnostics, Span};
use crate::minify::{self, Unreadable};
use crate::text::{Digest, RelPath, UrlPath};
use crate::theme::{OptionValue, Theme};
use crate::vfs::{Source, Tree};

pub use known::{Unknown, unknown};

/// The line of a stylesheet that becomes the theme's colours.
const OPTIONS: &str = "/* galen:options */";

/// A file of a theme under an address that changes with its content.
#[derive(Clone, Debug)]
pub struct Asset {
    /// Its address, with the digest of its content: `/assets/css/main.3f2a….css`.
    pub url: UrlPath,
    /// Its content.
    pub bytes: Arc<[u8]>,
    /// Width and height in pixels, for a picture.
    pub size: Option<(u32, u32)>,
}

/// A stylesheet that cannot be read as CSS.
pub const STYLE: Code = Code::new("theme/style");

/// Fingerprints every asset of a theme, by its path below `assets/`; stylesheets are made small
/// first, if `minify`.
pub fn collect(
    tree: &Tree,
    theme: &Theme,
    minify: bool,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<String, Asset> {
    let mut assets = BTreeMap::new();
    for (path, file) in &theme.assets {
        let Some(source) = tree.get(file.as_str()) else { continue };
        // A file that went since the site was listed is as one that was never there.
        let Ok(bytes) = source.bytes() else { continue };
        let bytes = match file.extension().as_str() {
            "css" => {
                let css = with_options(&bytes, &theme.options);
                if minify { small(css, source, diagnostics) } else { css }
            }
            _ => bytes,
        };
        let digest = Digest::of(&bytes).hex(12);
        let named = match path.rsplit_once('.') {
            Some((stem, end)) => format!("/assets/{stem}.{digest}.{end}"),
            None => format!("/assets/{path}.{digest}"),
        };
        let size = size(source);
        if let Some(url) = UrlPath::new(&named) {
            assets.insert(path.clone(), Asset { url, bytes, size });
        }
    }
    assets
}

/// Gives the size of every picture of the media folder, by its path from the site's root.
pub fn media(tree: &Tree, folder: &str) -> BTreeMap<RelPath, Option<(u32, u32)>> {
    let sources: Vec<&Source> = tree.below(folder).collect();
    sources.par_iter().map(|source| (source.path.clone(), size(source))).collect()
}

/// Gives a picture's width and height in pixels; `None` when they cannot be told.
pub fn size(source: &Source) -> Option<(u32, u32)> {
    if source.path.extension() == "svg" {
        return svg_size(&source.bytes().ok()?);
    }
    let size = imagesize::reader_size(source.open().ok()?).ok()?;
    Some((u32::try_from(size.width).ok()?, u32::try_from(size.height).ok()?))
}

/// An SVG's size: `width` and `height`, or those of its `viewBox`.
fn svg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let text = std::str::from_utf8(bytes).ok()?;
    let options =
        roxmltree::ParsingOptions { nodes_limit: 200_000, ..roxmltree::ParsingOptions::default() };
    let document = roxmltree::Document::parse_with_options(text, options).ok()?;
    let root = document.root_element();
    let pixels = |text: &str| -> Option<u32> {
        let number: f64 = text.trim().trim_end_matches("px").parse().ok()?;
        (number.is_finite() && (0.5..1e6).contains(&number)).then(|| number.round() as u32)
    };
    let attribute = |name| root.attribute(name).and_then(pixels);
    attribute("width").zip(attribute("height")).or_else(|| {
        let view = root.attribute("viewBox")?;
        let mut numbers = view.split([' ', ',']).filter(|it| !it.is_empty()).skip(2);
        Some((pixels(numbers.next()?)?, pixels(numbers.next()?)?))
    })
}

fn with_options(css: &Arc<[u8]>, options: &BTreeMap<Arc<str>, OptionValue>) -> Arc<[u8]> {
    let Ok(text) = std::str::from_utf8(css) else { return Arc::clone(css) };
    match text.contains(OPTIONS) {
        true => stylesheet(text, options).into_bytes().into(),
        false => Arc::clone(css),
    }
}

/// Gives a theme's stylesheet with the options that a site chose.
pub(crate) fn stylesheet(css: &str, options: &BTreeMap<Arc<str>, OptionValue>) -> String {
    let one = |(name, value): (&Arc<str>, &OptionValue)| match value {
        OptionValue::Color(color) => Some(format!("--option-{}:{color}", name.replace('_', "-"))),
        _ => None,
    };
    let colors: Vec<String> = options.iter().filter_map(one).collect();
    let rule = format!(":root{{{}}}", colors.join(";"));
    css.replacen(OPTIONS, &rule, 1)
}

/// A stylesheet made small; as it is where it cannot be read, which is reported.
fn small(css: Arc<[u8]>, source: &Source, diagnostics: &mut Diagnostics) -> Arc<[u8]> {
    let Ok(text) = std::str::from_utf8(&css) else { return css };
    match minify::style(text) {
        Ok(small) => small.into_bytes().into(),
        Err(unreadable) => {
            diagnostics.push(not_css(source, &unreadable));
            css
        }
    }
}

fn not_css(source: &Source, unreadable: &Unreadable) -> Diagnostic {
    let message = format!("this is not CSS: {}", unreadable.words);
    let id = source.path.source();
    // The theme's options stand on one line in the place of another, so lines are true.
    let span = unreadable.place.and_then(|(line, column)| {
        let written = source.bytes().ok()?;
        let written = std::str::from_utf8(&written).ok()?;
        let before =
            written.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum::<usize>();
        let line = written[before..].lines().next().unwrap_or_default();
        let at = before + line.len().min(column.saturating_sub(1));
        Some(Span::new(&id, at..at))
    });
    Diagnostic::warning(STYLE, message)
        .at(span.unwrap_or_else(|| Span::file(&id)))
        .help("the file is used as it is; browsers leave out the rule that they cannot read")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_has_a_size() {
        let at = |text: &str| svg_size(text.as_bytes());
        let ns = "xmlns='http://www.w3.org/2000/svg'";
        assert_eq!(at(&format!("<svg {ns} width='160' height='80px'/>")), Some((160, 80)));
        assert_eq!(at(&format!("<svg {ns} viewBox='0 0 12 9.6'/>")), Some((12, 10)));
        assert_eq!(at(&format!("<svg {ns} width='100%' height='2'/>")), None);
        assert_eq!(at("<p>"), None);
    }
}
