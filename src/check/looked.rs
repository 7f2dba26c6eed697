//! A page looked at once more, when something is wrong with it.

use std::sync::Arc;

use crate::html::Tree;
use crate::render::{self, Engine, Origin, Places, Spot};
use crate::route::{Kind, Route};
use crate::world::World;

/// A page that is looked at once more, for the places of its parts.
pub(crate) struct Looked<'a> {
    route: &'a Route,
    places: Option<Places>,
    copied: Option<Arc<str>>,
}

impl<'a> Looked<'a> {
    pub(crate) fn new(world: &Arc<World>, engine: &Arc<Engine>, route: &'a Route) -> Self {
        let (places, copied) = match &route.kind {
            Kind::Copy(file) => (None, world.site.tree.text(&file.source())),
            _ => (render::places(world, engine, route), None),
        };
        Self { route, places, copied }
    }

    pub(crate) fn html(&self) -> &str {
        let made = self.places.as_ref().map(Places::html);
        self.copied.as_deref().or(made).unwrap_or_default()
    }

    /// Tells where a part of the page comes from; `own` is the page as the templates write it.
    pub(crate) fn origin(&self, own: &Tree, spot: &Spot, words: Option<&str>) -> Option<Origin> {
        match &self.route.kind {
            Kind::Copy(file) => Some(render::origin_in(file, spot)),
            _ => self.places.as_ref()?.origin(own, spot, words),
        }
    }
}
