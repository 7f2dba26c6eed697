//! The size and weight of letters, on which it depends how much contrast they need.

use crate::check::style::computed::{Computed, View};
use crate::check::style::value::{self, Units};

impl Computed {
    pub(super) fn take_size(&mut self, text: &str, outer: Option<&Self>, view: View) {
        let around = outer.map_or(16.0, |it| it.font_size);
        // Where letters grow with the window, the small ones are judged.
        let units = Units { em: around, rem: self.rem, width: view.width.min(360.0) };
        let size = match text {
            "inherit" | "unset" => Some(around),
            "xx-small" => Some(9.0),
            "x-small" => Some(10.0),
            "small" => Some(13.0),
            "medium" | "initial" => Some(16.0),
            "large" => Some(18.0),
            "x-large" => Some(24.0),
            "xx-large" => Some(32.0),
            "xxx-large" => Some(48.0),
            "smaller" => Some(around / 1.2),
            "larger" => Some(around * 1.2),
            _ => value::length(text, units, around),
        };
        if let Some(size) = size {
            self.font_size = size;
            if self.root {
                self.rem = size;
            }
        }
    }

    pub(super) fn take_weight(&mut self, text: &str, outer: Option<&Self>) {
        self.bold = match text {
            "bold" | "bolder" => true,
            "inherit" | "unset" => outer.is_some_and(|it| it.bold),
            _ => text.parse::<f32>().is_ok_and(|it| it >= 700.0),
        };
    }

    pub(super) fn take_font(&mut self, text: &str, outer: Option<&Self>, view: View) {
        if matches!(text, "inherit" | "unset") {
            self.take_size(text, outer, view);
            self.take_weight(text, outer);
            self.icons = outer.is_some_and(|it| it.icons);
            return;
        }
        self.bold = false;
        self.icons = is_icons(text);
        for part in value::split(text, ' ') {
            let size = part.split('/').next().unwrap_or(part);
            let weight = part.parse::<f32>().is_ok();
            match part {
                "bold" | "bolder" => self.bold = true,
                _ if weight => self.take_weight(part, outer),
                "normal" | "italic" | "small-caps" => (),
                _ => {
                    let before = self.font_size;
                    self.take_size(size, outer, view);
                    if self.font_size != before
                        || size.ends_with(|it: char| {
                            it.is_ascii_alphabetic()
                                && size.starts_with(|it: char| it.is_ascii_digit())
                        })
                    {
                        break;
                    }
                }
            }
        }
    }
}

/// Tells whether a font draws pictures instead of letters.
pub(super) fn is_icons(family: &str) -> bool {
    let first = family.split(',').next().unwrap_or_default();
    ["icon", "awesome", "symbols", "glyph"].iter().any(|it| first.contains(it))
}
