//! The content model: collections, fields, and the rules on them.
//!
//! The vocabulary is that of Decap's and Sveltia's `config.yml`, with Galen's own under the one
//! key `galen:`. [`read`](crate::content::model::read) reads it from `content/schema.yml`.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

use regex::Regex;

use crate::content::delivery::Delivery;
pub use crate::content::demand::{Comparison, Condition, Format, Operand, Test};
use crate::content::field;
use crate::diag::Span;
use crate::markdown::{Headings, HtmlPolicy};
use crate::yaml;

/// The whole content model.
#[derive(Clone, Debug)]
pub struct Schema {
    /// The collections, in the order of the file.
    pub collections: Vec<Collection>,
    /// The folder of pictures and documents, such as `content/media`.
    pub media_folder: String,
    /// The address under which that folder is served, such as `/media`.
    pub public_folder: String,
    /// Whether raw HTML in Markdown is trusted where a field says nothing.
    pub html: HtmlPolicy,
}

impl Schema {
    /// Finds a collection by name.
    pub fn collection(&self, name: &str) -> Option<&Collection> {
        self.collections.iter().find(|it| &*it.name == name)
    }
}

/// Entries of one kind.
#[derive(Clone, Debug)]
pub struct Collection {
    /// Its name, as relations and templates use it.
    pub name: Arc<str>,
    /// Its name for people: `Guides`.
    pub label: String,
    /// One of it, for people: `Guide`.
    pub singular: String,
    /// Where its entries are.
    pub kind: Kind,
    /// The fields of an entry; empty for [`Kind::Files`].
    pub fields: Vec<Field>,
    /// Whether keys that are no fields are kept rather than errors.
    pub extra: bool,
    /// The address of an entry, with `{{slug}}`; absent when entries have no page.
    pub route: Option<String>,
    /// The template of an entry's page.
    pub template: String,
    /// Templates of single entries, by slug.
    pub templates: BTreeMap<String, String>,
    /// The list of its entries, if there is one.
    pub list: Option<List>,
    /// The field that names an entry for people: `title` unless said.
    pub identifier: String,
    /// The field with the moment of publishing.
    pub publish_field: String,
    /// The field with the moment of withdrawing.
    pub unpublish_field: String,
    /// Whether its entries are forms.
    pub form: bool,
    /// How it is delivered besides its pages.
    pub delivery: Delivery,
}

impl Collection {
    /// Gives the order of its entries: that of its list, else by name.
    pub fn order(&self) -> Sort {
        match &self.list {
            Some(list) => list.sort.clone(),
            None => Sort(vec![(self.identifier.clone(), false)]),
        }
    }

    /// Gives the collection whose entries a field names by their slugs.
    pub fn related(&self, field: &str) -> Option<&str> {
        match &self.field(field)?.widget {
            Widget::Relation { collection, value_field: None, .. } => Some(collection),
            _ => None,
        }
    }

    /// Tells whether any field of the front matter is Markdown.
    pub fn has_markdown_fields(&self) -> bool {
        let below = matches!(self.kind, Kind::Folder { front_matter: true, .. });
        let body = |field: &Field| below && &*field.name == "body";
        let found = Cell::new(false);
        let look =
            |field: &Field| found.set(found.get() || matches!(field.widget, Widget::Markdown));
        for field in self.fields.iter().filter(|field| !body(field)) {
            field::walk(std::slice::from_ref(field), &look);
        }
        found.get()
    }

    /// Finds a field by name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|it| &*it.name == name)
    }
}

/// Where a collection's entries are.
#[derive(Clone, Debug)]
pub enum Kind {
    /// One file an entry, in a folder.
    Folder {
        /// The folder, from the site's root.
        folder: String,
        /// The ending of its files, without a dot.
        extension: String,
        /// Whether a body follows the fields; the whole file is fields otherwise.
        front_matter: bool,
    },
    /// Files named one by one: settings.
    Files(Vec<SettingsFile>),
}

/// One file of settings.
#[derive(Clone, Debug)]
pub struct SettingsFile {
    /// Its name, as `data()` asks for it.
    pub name: Arc<str>,
    /// Where it is, from the site's root.
    pub file: String,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// A list of a collection's entries, in pages.
#[derive(Clone, Debug)]
pub struct List {
    /// The address of its first page.
    pub route: String,
    /// Entries on a page.
    pub per_page: usize,
    /// How they are sorted.
    pub sort: Sort,
    /// The template of its pages.
    pub template: String,
}

/// The pages of a field's terms.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The address of a term's first page, with `{{term}}`.
    pub route: String,
    /// Entries on a page.
    pub per_page: usize,
    /// How they are sorted; as the collection is when absent.
    pub sort: Option<Sort>,
    /// The template of its pages.
    pub template: String,
}

/// Fields to sort by, the first first; `true` for from the largest.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sort(pub Vec<(String, bool)>);

impl Sort {
    /// Reads `-publish_at,title`.
    pub fn parse(text: &str) -> Self {
        let keys = text.split(',').map(str::trim).filter(|key| !key.is_empty());
        let one = |key: &str| match key.strip_prefix('-') {
            Some(name) => (name.to_owned(), true),
            None => (key.to_owned(), false),
        };
        Self(keys.map(one).collect())
    }
}

/// One field of an entry, an object or a list.
#[derive(Clone, Debug)]
pub struct Field {
    /// The key in the file.
    pub name: Arc<str>,
    /// Its name for people.
    pub label: String,
    /// What editors should know of it.
    pub hint: Option<String>,
    /// What it holds.
    pub widget: Widget,
    /// Whether it must be given.
    pub required: bool,
    /// The value where none is given.
    pub default: Option<yaml::Value>,
    /// What a text must look like, and how that is said.
    pub pattern: Option<(Regex, String)>,
    /// What Galen adds.
    pub rules: Rules,
    /// Where the schema says so.
    pub span: Span,
}

/// What a field holds.
#[derive(Clone, Debug)]
pub enum Widget {
    /// A line of text.
    String,
    /// Lines of text.
    Text,
    /// Markdown.
    Markdown,
    /// A number.
    Number {
        /// Whether it must be whole.
        whole: bool,
        /// The least.
        min: Option<f64>,
        /// The most.
        max: Option<f64>,
    },
    /// Yes or no.
    Boolean,
    /// A date, or a moment.
    DateTime {
        /// Whether it is a date without a time.
        date_only: bool,
    },
    /// One of some values, or several.
    Select {
        /// The values and their names for people.
        options: Vec<(String, String)>,
        /// Whether several may be chosen.
        multiple: bool,
        /// How many of several.
        count: Count,
    },
    /// An entry of a collection, or several.
    Relation {
        /// The collection.
        collection: String,
        /// The field that a value names; the slug when absent.
        value_field: Option<String>,
        /// Whether several may be chosen.
        multiple: bool,
        /// How many of several.
        count: Count,
        /// What an entry's fields must be: name, allowed values.
        filters: Vec<(String, Vec<String>)>,
    },
    /// A picture in the media folder.
    Image,
    /// A document in the media folder.
    File,
    /// Fields in a group.
    Object(Vec<Field>),
    /// A list.
    List {
        /// What its items are.
        item: Item,
        /// How many.
        count: Count,
    },
    /// A value that editors do not see: any.
    Hidden,
    /// A text that stays the same when name and title change.
    Uuid {
        /// What stands before the UUID.
        prefix: String,
        /// Whether it is written with letters and digits only (RFC 4648, base 32).
        base32: bool,
    },
    /// Code, shown as it is.
    Code {
        /// The group it is written as: code and language; a text when empty.
        group: Vec<Field>,
    },
    /// A colour.
    Color {
        /// Whether it may be translucent.
        alpha: bool,
        /// Whether it may be a name of CSS.
        named: bool,
    },
    /// Texts by names that editors choose.
    KeyValue {
        /// How many.
        count: Count,
    },
    /// A text that the editor makes of other fields.
    Compute,
    /// A place on the map, as a text of GeoJSON.
    Map {
        /// What is marked.
        shape: Shape,
    },
}

/// What a map marks: a geometry of GeoJSON (RFC 7946).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One position.
    Point,
    /// Positions in a row, at least two.
    Line,
    /// Rings of positions, each closed, at least four.
    Polygon,
}

/// The items of a list.
#[derive(Clone, Debug)]
pub enum Item {
    /// Texts.
    Texts,
    /// One field each.
    Field(Box<Field>),
    /// Groups of the same fields.
    Fields(Vec<Field>),
    /// Groups of several types, told apart by a key.
    Types {
        /// The key that names the type.
        key: Arc<str>,
        /// The types.
        types: Vec<(Arc<str>, Vec<Field>)>,
    },
}

/// How many values a list may have.
#[derive(Clone, Copy, Debug, Default)]
pub struct Count {
    /// The least.
    pub min: Option<usize>,
    /// The most.
    pub max: Option<usize>,
}

/// A section of a body.
#[derive(Clone, Debug)]
pub struct Section {
    /// The words of which its heading has some, as they are told to people: at least one.
    pub headings: Vec<String>,
    /// The same, as they are looked for.
    pub keys: Vec<String>,
}

/// What a field's `galen:` adds.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// States of the workflow in which the field must be given.
    pub required_in: Vec<String>,
    /// When it must be given.
    pub required_if: Option<Condition>,
    /// When it means anything.
    pub show_if: Option<Condition>,
    /// The value it must have, where `required_in` holds or nothing is said of states.
    pub must_be: Option<bool>,
    /// Comparisons with other fields or today.
    pub compare: Vec<(Comparison, Operand)>,
    /// No two entries of the collection may have the same.
    pub unique: bool,
    /// No two items of the list may have the same.
    pub unique_in_list: bool,
    /// A relation may not name its own entry.
    pub not_self: bool,
    /// Never published.
    pub private: bool,
    /// What a text must be.
    pub format: Option<Format>,
    /// The most words.
    pub max_words: Option<usize>,
    /// A picture's group: alternative text or `decorative: true`.
    pub alt_required: bool,
    /// Raw HTML in Markdown; the schema's policy when absent.
    pub html: Option<HtmlPolicy>,
    /// Levels of headings.
    pub headings: Headings,
    /// Pictures in Markdown need alternative text.
    pub images_need_alt: bool,
    /// The sections that a body must have.
    pub required_sections: Vec<Section>,
    /// Directives that may be used; every one for editors when absent.
    pub directives: Option<Vec<String>>,
    /// Pages for the field's values.
    pub terms: Option<Terms>,
}
