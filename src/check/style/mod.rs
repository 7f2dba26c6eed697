//! The styles of a page, as far as reading and hearing it depend on them: a small cascade over what
//! lightningcss reads.
//!
//! [`Styles::new`] reads a site's stylesheets once. [`Styles::page`] gives each element of a page
//! the number of its [`Record`], which is worked out once for all elements like it.

mod agent;
pub mod color;
mod computed;
pub mod contrast;
mod font;
mod memory;
pub(crate) mod names;
pub mod page;
mod selector;
mod sheet;
mod value;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crate::check::style::computed::View;
use crate::check::style::names::Map;
use crate::check::style::selector::Kind;
use crate::check::style::sheet::Rules;

use crate::html::{Few, Tag};

pub use computed::{Computed, Source};
pub use memory::{Memory, Record};

/// Gives the value that a `style` attribute says of a property with `!important`.
pub fn declared(style: &str, property: &str) -> Option<String> {
    let said = sheet::inline(style);
    let last =
        said.into_iter().rev().find(|(name, _, important)| *important && &**name == property);
    last.map(|(_, value, _)| value.into())
}

/// A site's stylesheets, and what is remembered of elements.
#[derive(Debug)]
pub struct Styles {
    /// A number that no other styles of this process have.
    serial: u64,
    sheets: Vec<(String, String)>,
    rules: Rules,
    views: Vec<View>,
    /// The questions about each attribute that is asked for.
    attributes: Map<Box<str>, Vec<u32>>,
    /// The attributes that are looked at.
    few: Few,
    /// The number of each name that HTML has.
    tags: Vec<u32>,
    memory: RwLock<Memory>,
    /// These sheets with those of pages that have their own.
    within: Mutex<Map<String, Arc<Styles>>>,
}

impl Styles {
    /// Reads stylesheets, each with its name for messages, in the order in which pages name them.
    pub fn new(sheets: &[(&str, &str)]) -> Self {
        let mut rules = Rules::default();
        for name in agent::names() {
            rules.asked.names.add(name);
        }
        for (name, value) in agent::QUESTIONS {
            let kind = if value.is_empty() { Kind::There } else { Kind::Equal };
            rules.asked.ask(name, kind, value, kind == Kind::Equal);
        }
        for (_, css) in sheets {
            rules.add(css);
        }
        let mut attributes: Map<Box<str>, Vec<u32>> = Map::default();
        for (number, test) in rules.asked.tests.iter().enumerate().take(128) {
            attributes.entry(test.name.clone()).or_default().push(number as u32);
        }
        let few =
            attributes.keys().fold(Few::of(&["class", "id", "style"]), |few, it| few.with(it));
        static SERIAL: AtomicU64 = AtomicU64::new(0);
        Self {
            serial: SERIAL.fetch_add(1, Ordering::Relaxed),
            few,
            tags: Tag::all().map(|tag| rules.asked.names.of(tag.name())).collect(),
            sheets: sheets.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect(),
            views: rules.views(),
            rules,
            attributes,
            memory: RwLock::default(),
            within: Mutex::default(),
        }
    }

    /// Gives these stylesheets with those that stand in a page.
    pub fn with(&self, css: &str) -> Arc<Self> {
        let mut within = self.within.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = within.get(css) {
            return Arc::clone(known);
        }
        let own = self.sheets.iter().map(|(name, css)| (name.as_str(), css.as_str()));
        let sheets: Vec<(&str, &str)> = own.chain([("", css)]).collect();
        let made = Arc::new(Self::new(&sheets));
        if within.len() < 1000 {
            within.insert(css.to_owned(), Arc::clone(&made));
        }
        made
    }

    /// Says where a value comes from, for a message: a selector and its stylesheet.
    pub fn place(&self, source: Source) -> Option<String> {
        match source {
            Source::Browser => None,
            Source::Inline => Some("its `style`".to_owned()),
            Source::Rule(number) => {
                let rule = self.rules.all.get(number as usize)?;
                let sheet = self.sheets.get(rule.sheet).map_or("", |(name, _)| name.as_str());
                let text = &rule.text;
                Some(match sheet.is_empty() {
                    true => format!("`{text}` in the page's `<style>`"),
                    false => format!("`{text}` in `{sheet}`"),
                })
            }
        }
    }

    /// Gives the value that a rule says of a property, as it is written.
    pub fn written(&self, source: Source, properties: &[&str]) -> Option<&str> {
        let Source::Rule(number) = source else { return None };
        let said = &self.rules.all.get(number as usize)?.said;
        let found = said.iter().rev().find(|(name, ..)| properties.contains(&&**name));
        found.map(|(_, value, _)| &**value)
    }
}
