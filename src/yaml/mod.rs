//! YAML behind a gate: [`parse`] judges a text by `serde_yaml` and keeps where everything stands.
//!
//! 1. `gate` refuses what would be dear or dangerous to parse: size, depth, aliases, tags.
//! 2. `serde_yaml` parses to a mapping, so that a duplicate key is an error; what is written as
//!    nearly all front matter is, `plain` reads to the same mapping in a fraction of the time.
//! 3. `positions` are read from parser events, and only when something needs a place.

mod errors;
mod gate;
mod plain;
mod positions;
pub mod table;

use std::ops::Range;
use std::sync::{Arc, OnceLock};

pub use serde_yaml::{Mapping, Value};

use crate::diag::{Diagnostics, SourceId, Span};
use positions::Node;
pub use positions::Place;
pub use table::Table;

/// One step from a mapping or a list to what is in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// The value under a key.
    Key(Arc<str>),
    /// The item at a place in a list, from 0.
    Index(usize),
}

/// A parsed text: a mapping, and where its parts stand.
#[derive(Debug)]
pub struct Document {
    source: SourceId,
    text: Arc<str>,
    /// Where the text starts in its file.
    offset: usize,
    root: Mapping,
    positions: OnceLock<Option<Node>>,
}

/// How much a text may ask of the parser.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes.
    pub size: usize,
    /// Flow collections, `[` and `{`, inside each other.
    pub flow_depth: usize,
}

impl Limits {
    /// For the front matter of an entry.
    pub const FRONT_MATTER: Self = Self { size: 64 * 1024, flow_depth: 32 };
    /// For a file of its own: settings, schema, forms.
    pub const FILE: Self = Self { size: 1024 * 1024, flow_depth: 32 };
}

/// Parses a text that must be a mapping; an empty one is an empty mapping. `None` when it cannot
/// be read, which has then been reported.
///
/// `offset` says where the text starts in its file, so that places are places in the file.
pub fn parse(
    source: &SourceId,
    text: &str,
    offset: usize,
    limits: Limits,
    diagnostics: &mut Diagnostics,
) -> Option<Document> {
    let at = |range: Range<usize>| Span::new(source, range.start + offset..range.end + offset);
    if let Some(refused) = gate::refuse(text, limits, &at) {
        diagnostics.push(refused);
        return None;
    }
    let read = || match plain::read(text) {
        Some(root) => Ok(Value::Mapping(root)),
        None => serde_yaml::from_str::<Value>(text),
    };
    let root = match read() {
        Ok(Value::Mapping(root)) => root,
        Ok(Value::Null) => Mapping::new(),
        Ok(_) => {
            diagnostics.push(errors::not_a_mapping(at(first_line(text))));
            return None;
        }
        Err(error) => {
            diagnostics.push(errors::worded(text, &error, &at));
            return None;
        }
    };
    if let Some(key) = root.keys().find(|key| !key.is_string()) {
        diagnostics.push(errors::key_not_text(key, at(first_line(text))));
        return None;
    }
    diagnostics.extend(errors::lost_to_comments(text, &at));
    let (source, text) = (source.clone(), text.into());
    Some(Document { source, text, offset, root, positions: OnceLock::new() })
}

impl Document {
    /// Gives the mapping.
    pub fn root(&self) -> &Mapping {
        &self.root
    }

    /// Keeps what messages need, and gives back the memory of the rest: the mapping is then empty.
    #[must_use]
    pub fn at_rest(self) -> Self {
        Self { root: Mapping::new(), positions: OnceLock::new(), ..self }
    }

    /// Names the file.
    pub fn source(&self) -> &SourceId {
        &self.source
    }

    /// Marks the key that leads to a value; the nearest known place when there is none, such as
    /// the item of a list, or the mapping that lacks the key.
    pub fn key_span(&self, path: &[Step]) -> Span {
        self.span(self.place(path).map(|it| it.key.unwrap_or(it.value)))
    }

    /// Marks a value; the nearest known place when there is none.
    pub fn value_span(&self, path: &[Step]) -> Span {
        self.span(self.place(path).map(|place| place.value))
    }

    /// Gives a scalar as it is written, quotes resolved: what a schema coerces from, rather than
    /// from YAML's guess at a type. `None` for lists, mappings and what is absent.
    pub fn scalar(&self, path: &[Step]) -> Option<&str> {
        self.node()?.find_exact(path)?.scalar.as_deref()
    }

    fn place(&self, path: &[Step]) -> Option<Place> {
        Some(self.node()?.find(path))
    }

    fn span(&self, range: Option<Range<usize>>) -> Span {
        let range = range.unwrap_or(0..0);
        let end = range.start + self.text[range.clone()].trim_end().len();
        Span::new(&self.source, range.start + self.offset..end + self.offset)
    }

    fn node(&self) -> Option<&Node> {
        self.positions.get_or_init(|| positions::read(&self.text)).as_ref()
    }
}

fn first_line(text: &str) -> Range<usize> {
    let start = text.len() - text.trim_start().len();
    start..start + text[start..].lines().next().map_or(0, str::len)
}
