//! Colours as a screen shows them: laid over each other, compared (WCAG 2.2, relative luminance).

use lightningcss::traits::Parse;
use lightningcss::values::color::{CssColor, SystemColor};

/// A colour: red, green and blue from 0 to 255, and how opaque it is, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rgba {
    /// Red.
    pub red: f32,
    /// Green.
    pub green: f32,
    /// Blue.
    pub blue: f32,
    /// 0 for one that is not seen, 1 for one through which nothing is seen.
    pub alpha: f32,
}

impl Rgba {
    /// White.
    pub const WHITE: Self = Self::opaque(255.0, 255.0, 255.0);
    /// Black.
    pub const BLACK: Self = Self::opaque(0.0, 0.0, 0.0);
    /// No colour.
    pub const CLEAR: Self = Self { red: 0.0, green: 0.0, blue: 0.0, alpha: 0.0 };

    /// Makes a colour through which nothing is seen.
    pub const fn opaque(red: f32, green: f32, blue: f32) -> Self {
        Self { red, green, blue, alpha: 1.0 }
    }

    /// Reads a colour as CSS writes it. `None` for what is no colour, or has none of its own:
    /// `currentcolor`, which is `current`.
    pub fn read(css: &str, current: Self, dark: bool) -> Option<Self> {
        let color = CssColor::parse_string(css).ok()?;
        Self::of(&color, current, dark)
    }

    fn of(color: &CssColor, current: Self, dark: bool) -> Option<Self> {
        match color {
            CssColor::CurrentColor => Some(current),
            CssColor::LightDark(light, night) => {
                Self::of(if dark { night } else { light }, current, dark)
            }
            CssColor::System(system) => Some(system_color(system, dark)),
            CssColor::RGBA(color) => Some(Self {
                red: f32::from(color.red),
                green: f32::from(color.green),
                blue: f32::from(color.blue),
                alpha: color.alpha_f32(),
            }),
            other => match other.to_rgb() {
                Ok(rgb @ CssColor::RGBA(_)) => Self::of(&rgb, current, dark),
                _ => None,
            },
        }
    }

    /// The same, less opaque.
    #[must_use]
    pub fn faded(self, by: f32) -> Self {
        Self { alpha: self.alpha * by, ..self }
    }

    /// What is seen of it over another, which lets nothing through.
    #[must_use]
    pub fn over(self, below: Self) -> Self {
        let mix = |top: f32, bottom: f32| top * self.alpha + bottom * (1.0 - self.alpha);
        Self::opaque(
            mix(self.red, below.red),
            mix(self.green, below.green),
            mix(self.blue, below.blue),
        )
    }

    fn luminance(self) -> f32 {
        let line = |part: f32| {
            let part = part / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * line(self.red) + 0.7152 * line(self.green) + 0.0722 * line(self.blue)
    }

    /// The contrast of two colours, from 1 to 21.
    pub fn contrast(self, other: Self) -> f32 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// The colour as it is written in stylesheets, `#rrggbb`.
    pub fn hex(self) -> String {
        let byte = |part: f32| part.round().clamp(0.0, 255.0) as u8;
        let [red, green, blue] = [byte(self.red), byte(self.green), byte(self.blue)];
        if [red, green, blue].iter().all(|it| it >> 4 == it & 15) {
            return format!("#{:x}{:x}{:x}", red & 15, green & 15, blue & 15);
        }
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    /// The colour nearest to this one that has the wanted contrast with another: darker on light
    /// ground, lighter on dark ground. `None` when there is none.
    pub fn better(self, ground: Self, wanted: f32) -> Option<Self> {
        let goal = if ground.contrast(Self::BLACK) >= wanted { Self::BLACK } else { Self::WHITE };
        (1..=100u8).find_map(|step| {
            let mixed = goal.faded(f32::from(step) / 100.0).over(self.over(ground));
            let round = Self::opaque(mixed.red.round(), mixed.green.round(), mixed.blue.round());
            (round.contrast(ground) >= wanted).then_some(round)
        })
    }
}

fn system_color(color: &SystemColor, dark: bool) -> Rgba {
    use SystemColor as S;
    let (light, night) = match color {
        S::CanvasText | S::ButtonText | S::FieldText | S::MarkText => (0.0, 255.0),
        S::LinkText => return Rgba::opaque(0.0, 0.0, 238.0),
        S::VisitedText => return Rgba::opaque(85.0, 26.0, 139.0),
        S::GrayText => (109.0, 150.0),
        S::ButtonFace => (239.0, 107.0),
        _ => (255.0, 18.0),
    };
    let part = if dark { night } else { light };
    Rgba::opaque(part, part, part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(css: &str) -> Rgba {
        Rgba::read(css, Rgba::BLACK, false).unwrap()
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        let ratio = |text: &str, ground: &str| read(text).contrast(read(ground));
        assert!((ratio("#000", "white") - 21.0).abs() < 0.01);
        assert!((ratio("#767676", "#fff") - 4.54).abs() < 0.01);
        assert!((ratio("#00e", "#fff") - 9.4).abs() < 0.1);
        assert_eq!(read("rgb(0 0 0 / 30%)").over(Rgba::WHITE).hex(), "#b2b2b2");
        assert_eq!(read("hsl(0 100% 50%)").hex(), "#f00");
        assert_eq!(read("color-mix(in srgb, #000, #fff)").hex(), "#808080");
        assert_eq!(read("light-dark(#111, #222)").hex(), "#111");
        assert!(Rgba::read("none", Rgba::BLACK, false).is_none());
    }

    #[test]
    fn a_better_colour_is_near() {
        let better = |text: &str, ground: &str| read(text).better(read(ground), 4.5).unwrap();
        let found = better("#8a8a8a", "#fff");
        assert!(found.contrast(Rgba::WHITE) >= 4.5 && found.contrast(Rgba::WHITE) < 4.7);
        assert!(better("#333", "#000").contrast(Rgba::BLACK) < 4.8);
    }
}
