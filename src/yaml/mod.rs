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

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, LazyLock, OnceLock};

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
    /// Where the text starts in its file.
    offset: usize,
    content: Content,
    known: OnceLock<Option<Box<Known>>>,
}

/// What is held of a text.
enum Content {
    Whole(Box<(Arc<str>, Mapping)>),
    /// Nothing, but the way to get the text again.
    AtRest(Box<Again>),
}

/// Gives a text once more; `None` when it is gone.
type Again = dyn Fn() -> Option<Arc<str>> + Send + Sync;

/// A text and where everything stands in it.
#[derive(Debug)]
struct Known {
    text: Arc<str>,
    root: Node,
}

/// The mapping of a document at rest.
static NOTHING: LazyLock<Mapping> = LazyLock::new(Mapping::new);

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
    let content = Content::Whole(Box::new((text.into(), root)));
    Some(Document { source: source.clone(), offset, content, known: OnceLock::new() })
}

impl Document {
    /// Gives the mapping.
    pub fn root(&self) -> &Mapping {
        match &self.content {
            Content::Whole(whole) => &whole.1,
            Content::AtRest(_) => &NOTHING,
        }
    }

    /// Gives back the memory of everything: the mapping is then empty, and the text is asked for
    /// again when a message needs a place in it.
    #[must_use]
    pub fn at_rest(self, again: impl Fn() -> Option<Arc<str>> + Send + Sync + 'static) -> Self {
        Self { content: Content::AtRest(Box::new(again)), known: OnceLock::new(), ..self }
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
        self.known()?.root.find_exact(path)?.scalar.as_deref()
    }

    /// Tells whether a key is written, with a value or without.
    pub fn is_written(&self, path: &[Step]) -> bool {
        self.known().is_some_and(|known| known.root.find_exact(path).is_some())
    }

    /// Tells whether a key is written with a text, a number or the like.
    pub fn is_given(&self, path: &[Step]) -> bool {
        let none = ["", "~", "null", "Null", "NULL"];
        self.scalar(path).is_some_and(|it| !none.contains(&it.trim()))
    }

    fn place(&self, path: &[Step]) -> Option<Place> {
        Some(self.known()?.root.find(path))
    }

    fn span(&self, range: Option<Range<usize>>) -> Span {
        let range = range.unwrap_or(0..0);
        let text = self.known().and_then(|known| known.text.get(range.clone()));
        let end = range.start + text.map_or(0, |text| text.trim_end().len());
        Span::new(&self.source, range.start + self.offset..end + self.offset)
    }

    fn known(&self) -> Option<&Known> {
        let read = || {
            let text = match &self.content {
                Content::Whole(whole) => Arc::clone(&whole.0),
                Content::AtRest(again) => again()?,
            };
            let root = positions::read(&text)?;
            Some(Box::new(Known { text, root }))
        };
        self.known.get_or_init(read).as_deref()
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(whole) => f.debug_tuple("Whole").field(whole).finish(),
            Self::AtRest(_) => f.write_str("AtRest"),
        }
    }
}

fn first_line(text: &str) -> Range<usize> {
    let start = text.len() - text.trim_start().len();
    start..start + text[start..].lines().next().map_or(0, str::len)
}
