//! The style of an element, as far as reading and hearing a page depend on it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::check::style::agent::Agent;
use crate::check::style::color::Rgba;
use crate::check::style::font;
use crate::check::style::value::{self, Behind, Units, Vars};

/// Where a value was said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// By no stylesheet.
    #[default]
    Browser,
    /// In the element's `style`.
    Inline,
    /// In a rule, by its number.
    Rule(u32),
}

/// How a page is looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct View {
    pub(super) width: f32,
    pub(super) dark: bool,
}

/// What is seen behind a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ground {
    /// The colours that it may be.
    pub(super) colors: Vec<Rgba>,
    /// Whether there is a picture, with no colour beneath it.
    pub(super) picture: bool,
}

/// What is known of an element's style in one view.
#[derive(Clone, Debug)]
pub struct Computed {
    /// Whether it makes a box: neither it nor what it is in has `display: none`.
    pub rendered: bool,
    /// Whether `visibility` lets it be seen.
    pub visible: bool,
    /// Whether it is out of sight: moved off the screen, cut to nothing or transparent.
    pub unseen: bool,
    /// Whether it starts a line.
    pub block: bool,
    /// Whether its text is drawn with pictures instead of letters.
    pub icons: bool,
    /// Whether what does not fit can be scrolled.
    pub scrolls: bool,
    /// Whether its lines are not broken.
    pub nowrap: bool,
    /// The size of its letters in pixels.
    pub font_size: f32,
    /// Its width and height, where they are said in pixels.
    pub size: (Option<f32>, Option<f32>),
    /// The most that it is wide and high, whatever the window is.
    pub room: (Option<f32>, Option<f32>),
    /// Where its colour and the ground's colour were said.
    pub sources: (Source, Source),
    pub(super) bold: bool,
    pub(super) color: Rgba,
    pub(super) ground: Ground,
    pub(super) shadows: Vec<Rgba>,
    pub(super) fades: Vec<(f32, Rgba)>,
    pub(super) clipped_to_text: bool,
    vars: Vars,
    pub(super) rem: f32,
    pub(super) root: bool,
}

/// A declaration that holds for an element: name, value and where it was said.
pub(super) type Held<'a> = (&'a str, &'a str, Source);

/// What is collected before it is worked out.
#[derive(Default)]
struct Own {
    behind: Option<(Behind, Source)>,
    opacity: f32,
    moved: bool,
    position: bool,
    clip: bool,
    hides: bool,
    tiny: (bool, bool),
}

impl Computed {
    fn start(outer: Option<&Self>, agent: Agent, view: View) -> Self {
        let Some(outer) = outer else {
            let ground = Ground { colors: vec![Rgba::WHITE], picture: false };
            return Self {
                rendered: true,
                visible: true,
                unseen: false,
                block: true,
                icons: false,
                scrolls: false,
                nowrap: false,
                font_size: 16.0,
                size: (None, None),
                room: (None, None),
                sources: (Source::Browser, Source::Browser),
                bold: false,
                color: Rgba::BLACK,
                ground,
                shadows: Vec::new(),
                fades: Vec::new(),
                clipped_to_text: false,
                vars: Arc::new(BTreeMap::new()),
                rem: 16.0,
                root: true,
            };
        };
        let mut own = outer.clone();
        own.root = false;
        own.rendered &= !agent.none;
        own.block = agent.block;
        own.scrolls = false;
        own.size = (None, None);
        own.room = (None, None);
        own.bold |= agent.bold;
        own.font_size = agent.font_size.map_or(outer.font_size * agent.factor, |it| it);
        if let Some(color) = agent.color {
            own.color = if view.dark && own.ground.colors[0] != Rgba::WHITE {
                Rgba::read("white", color, true).unwrap_or(color)
            } else {
                color
            };
            own.sources.0 = Source::Browser;
        }
        own
    }

    /// Works out the style of an element from that of the one around it and what is said of it,
    /// the weakest first.
    pub(super) fn of(outer: Option<&Self>, agent: Agent, said: &[Held], view: View) -> Self {
        let mut own = Self::start(outer, agent, view);
        own.take_vars(said);
        let mut parts = Own { opacity: 1.0, ..Own::default() };
        if let Some(ground) = agent.ground {
            let behind = Behind { color: Some(ground), ..Behind::default() };
            parts.behind = Some((behind, Source::Browser));
        }
        // Others are counted in the size of letters, and name the colour.
        for first in [true, false] {
            for &(name, text, source) in said {
                let early = matches!(name, "font-size" | "font" | "color" | "color-scheme");
                if early == first
                    && let Some(text) = value::filled(text, &own.vars, 0)
                {
                    own.take(name, text.trim(), source, outer, view, &mut parts);
                }
            }
        }
        own.settle(outer, parts);
        own
    }

    fn take_vars(&mut self, said: &[Held]) {
        if said.iter().any(|(name, ..)| name.starts_with("--")) {
            let vars = Arc::make_mut(&mut self.vars);
            for (name, text, _) in said.iter().filter(|(name, ..)| name.starts_with("--")) {
                vars.insert((*name).into(), (*text).into());
            }
        }
    }

    /// Reads a length in pixels, counted in the size of its letters.
    pub(super) fn length(&self, text: &str) -> Option<f32> {
        let units = Units { em: self.font_size, rem: self.rem, width: 1280.0 };
        value::length(text, units, self.font_size)
    }

    fn units(&self, view: View) -> Units {
        Units { em: self.font_size, rem: self.rem, width: view.width }
    }

    fn take(
        &mut self,
        name: &str,
        text: &str,
        source: Source,
        outer: Option<&Self>,
        view: View,
        parts: &mut Own,
    ) {
        let lower = text.to_ascii_lowercase();
        let units = self.units(view);
        let pixels = |text: &str| value::length(text, units, f32::NAN).filter(|it| !it.is_nan());
        let inherits = matches!(lower.as_str(), "inherit" | "unset" | "revert" | "revert-layer");
        let outer_color = outer.map_or(Rgba::BLACK, |it| it.color);
        match name {
            "color" | "-webkit-text-fill-color" => {
                let color = match lower.as_str() {
                    _ if inherits => Some(outer_color),
                    "initial" => Some(Rgba::BLACK),
                    _ => Rgba::read(text, outer_color, view.dark),
                };
                if let Some(color) = color {
                    self.color = color;
                    self.sources.0 = match (inherits, outer) {
                        (true, Some(outer)) => outer.sources.0,
                        _ => source,
                    };
                }
            }
            "color-scheme" if self.root && view.dark && lower.contains("dark") => {
                self.color = Rgba::WHITE;
                self.ground.colors = vec![Rgba::opaque(18.0, 18.0, 18.0)];
            }
            "background" => {
                parts.behind = Some((value::background(text, self.color, view.dark), source));
            }
            "background-color" => {
                let behind = parts.behind.get_or_insert_default();
                behind.0.color = Rgba::read(text, self.color, view.dark);
                behind.1 = source;
            }
            "background-image" => {
                let read = value::background(text, self.color, view.dark);
                let behind = parts.behind.get_or_insert_default();
                (behind.0.stops, behind.0.picture) = (read.stops, read.picture);
                behind.1 = source;
            }
            "background-clip" | "-webkit-background-clip" => {
                self.clipped_to_text = lower.contains("text");
            }
            "opacity" => {
                let part = lower.strip_suffix('%').map_or_else(
                    || lower.parse().ok(),
                    |it| it.parse::<f32>().ok().map(|it| it / 100.0),
                );
                parts.opacity = part.unwrap_or(1.0);
            }
            "display" => {
                self.rendered = outer.is_none_or(|it| it.rendered) && lower != "none";
                self.block =
                    !(lower.starts_with("inline") && lower == "inline" || lower == "contents");
            }
            "visibility" => {
                self.visible = match lower.as_str() {
                    "hidden" | "collapse" => false,
                    _ if inherits => outer.is_none_or(|it| it.visible),
                    _ => true,
                }
            }
            "content-visibility" if lower == "hidden" => self.rendered = false,
            "position" => parts.position = matches!(lower.as_str(), "absolute" | "fixed"),
            "left" | "top" | "right" | "bottom" | "margin-left" | "margin-top" | "text-indent"
            | "inset-inline-start" | "inset-block-start" => {
                parts.moved |= pixels(&lower).is_some_and(|it| it <= -900.0);
            }
            "clip" => parts.clip = lower.starts_with("rect"),
            "clip-path" => {
                parts.clip = ["inset(50%", "inset(100%", "circle(0", "polygon(0 0, 0 0"]
                    .iter()
                    .any(|it| lower.starts_with(it));
            }
            "overflow" | "overflow-x" | "overflow-y" => {
                self.scrolls |= lower.contains("auto") || lower.contains("scroll");
                parts.hides |= !lower.contains("visible");
            }
            "width" | "height" | "max-height" | "max-width" | "block-size" | "inline-size"
            | "max-block-size" | "max-inline-size" => {
                let bound = pixels(&lower);
                let upright = name.ends_with("height") || name.ends_with("block-size");
                let room = if upright { &mut self.room.1 } else { &mut self.room.0 };
                if !lower.contains(['v', '%']) {
                    *room = bound.or(*room);
                }
                let tiny = bound.is_some_and(|it| it <= 1.0);
                match upright {
                    true => parts.tiny.1 = tiny,
                    false => parts.tiny.0 = tiny,
                }
                match name {
                    "width" => self.size.0 = bound,
                    "height" => self.size.1 = bound,
                    _ => (),
                }
            }
            "white-space" => self.nowrap = matches!(lower.as_str(), "nowrap" | "pre"),
            "font-size" => self.take_size(&lower, outer, view),
            "font-weight" => self.take_weight(&lower, outer),
            "font" => self.take_font(&lower, outer, view),
            "font-family" => self.icons = font::is_icons(&lower),
            "text-shadow" => {
                self.shadows = value::split(text, ',')
                    .iter()
                    .flat_map(|it| value::split(it, ' '))
                    .filter_map(|it| Rgba::read(it, self.color, view.dark))
                    .filter(|it| it.alpha > 0.5)
                    .collect();
            }
            _ => (),
        }
    }

    fn settle(&mut self, outer: Option<&Self>, parts: Own) {
        let cut = parts.clip && parts.position
            || parts.hides && (parts.tiny.0 || parts.tiny.1)
            || parts.clip && parts.hides;
        self.unseen |= parts.moved || cut || parts.opacity == 0.0 || self.font_size == 0.0;
        let below = self.ground.clone();
        if let Some((behind, source)) = parts.behind {
            let base: Vec<Rgba> = match behind.color {
                Some(color) => self.ground.colors.iter().map(|it| color.over(*it)).collect(),
                None => self.ground.colors.clone(),
            };
            let opaque = behind.color.is_some_and(|it| it.alpha >= 0.99);
            let stops_opaque =
                !behind.stops.is_empty() && behind.stops.iter().all(|it| it.alpha >= 0.99);
            if behind.color.is_some_and(|it| it.alpha > 0.0)
                || !behind.stops.is_empty()
                || behind.picture
            {
                self.sources.1 = source;
            }
            let mut colors = match behind.stops.is_empty() {
                true => base,
                false => behind
                    .stops
                    .iter()
                    .flat_map(|stop| base.iter().map(|it| stop.over(*it)))
                    .collect(),
            };
            colors.truncate(16);
            self.ground.colors = colors;
            self.ground.picture = match opaque || stops_opaque {
                true => false,
                false => below.picture || behind.picture,
            };
        }
        if parts.opacity < 1.0 && outer.is_some() {
            self.fades.push((parts.opacity.clamp(0.0, 1.0), below.colors[0]));
        }
    }
}
