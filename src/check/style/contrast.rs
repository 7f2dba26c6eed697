//! How well a text can be read on its ground (WCAG 2.2, 1.4.3; ACT rule afw4f7).

use crate::check::style::color::Rgba;
use crate::check::style::computed::{Computed, Source};

/// How well a text can be read.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    /// Well, or it is not seen at all.
    Fine,
    /// Not well.
    Low(Low),
    /// That depends on a picture.
    Unclear,
}

/// A text that cannot be read well.
#[derive(Clone, Debug, PartialEq)]
pub struct Low {
    /// The colour of the text, as it is seen.
    pub text: Rgba,
    /// The colour behind it.
    pub ground: Rgba,
    /// The contrast that there is.
    pub ratio: f32,
    /// The contrast that is wanted: 4.5, or 3 for large letters.
    pub wanted: f32,
    /// Where both colours were said.
    pub sources: (Source, Source),
    /// Whether that is so in dark mode only.
    pub dark: bool,
}

/// Judges text directly in an element.
pub(super) fn read(style: &Computed, dark: bool) -> Reading {
    if !style.rendered || !style.visible || style.unseen || style.icons || style.color.alpha == 0.0
    {
        return Reading::Fine;
    }
    if style.clipped_to_text {
        return Reading::Unclear;
    }
    let large = style.font_size >= 23.99 || style.bold && style.font_size >= 18.6;
    let wanted = if large { 3.0 } else { 4.5 };
    let shadows = style.shadows.iter().flat_map(|shadow| {
        style.ground.colors.iter().map(|ground| (shadow.over(*ground), *ground))
    });
    // Shadows on all sides leave nothing of the ground to be seen beside the letters.
    let ringed = style.shadows.len() >= 4;
    let plain = style.ground.colors.iter().filter(|_| !ringed).map(|ground| (*ground, *ground));
    let pairs = plain.chain(shadows).map(|(ground, below)| {
        let mut text = style.color.over(below);
        let mut ground = ground;
        for (part, under) in style.fades.iter().rev() {
            text = text.faded(*part).over(*under);
            ground = ground.faded(*part).over(*under);
        }
        (text.contrast(ground), text, ground)
    });
    let Some((ratio, text, ground)) = pairs.max_by(|a, b| a.0.total_cmp(&b.0)) else {
        return Reading::Fine;
    };
    if style.ground.picture {
        return Reading::Unclear;
    }
    // Text in the colour of its ground is not seen, and not meant to be.
    if ratio >= wanted - 0.005 || ratio < 1.005 {
        return Reading::Fine;
    }
    Reading::Low(Low { text, ground, ratio, wanted, sources: style.sources, dark })
}
