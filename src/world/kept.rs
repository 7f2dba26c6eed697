//! Questions, answers and values in the form in which they are kept between builds.

use std::sync::Arc;

use tera::Value;
use tera::value::{Key, ValueKind};

use crate::content::EntryId;
use crate::diag::SourceId;
use crate::text::quick;
use crate::trace::{Reader, Writer};
use crate::world::{Answer, Question, Refusal, Selection, map};

impl Question {
    /// Writes the question.
    pub fn write(&self, out: &mut Writer) {
        match self {
            Self::Entries(selection) => {
                out.byte(0);
                out.text(&selection.collection);
                out.maybe(selection.sort.as_deref(), Writer::text);
                out.list(selection.filter.iter(), |out, (name, value)| {
                    out.text(name);
                    out.text(value);
                });
                out.maybe(selection.limit, Writer::size);
            }
            Self::Entry(id) => of_entry(1, id, out),
            Self::Related(id, limit) => {
                of_entry(2, id, out);
                out.size(*limit);
            }
            Self::Data(name) => of_text(3, name, out),
            Self::Form(name) => of_text(4, name, out),
            Self::Asset(path) => of_text(5, path, out),
            Self::Image(address) => of_text(6, address, out),
            Self::ThemeImage(path) => of_text(7, path, out),
            Self::Address(address) => of_text(8, address, out),
            Self::List(collection) => of_text(9, collection, out),
            Self::Page(id) => of_entry(10, id, out),
            Self::Feeds => out.byte(11),
            Self::Terms(collection, field) => {
                of_text(12, collection, out);
                out.text(field);
            }
            Self::Neighbours(id, sort, by) => {
                of_entry(13, id, out);
                out.maybe(sort.as_deref(), Writer::text);
                out.maybe(by.as_deref(), Writer::text);
            }
            Self::File { from, path } => {
                of_text(14, from.as_str(), out);
                out.text(path);
            }
            Self::Own(id) => of_entry(15, id, out),
            Self::Route(file) => of_text(16, file, out),
            Self::Template(name) => of_text(17, name, out),
            Self::Component(name) => of_text(18, name, out),
            Self::Newest(collection) => of_text(19, collection, out),
            Self::Title(path) => of_text(20, path, out),
            Self::Document(id) => of_entry(21, id, out),
        }
    }

    /// Gives the digest by which the question is found among those that were written.
    pub fn key(&self) -> u128 {
        let mut out = Writer::new();
        self.write(&mut out);
        quick(out.written())
    }

    /// Tells whether a question that was written names fields by which entries are selected or
    /// sorted.
    pub fn names_fields(written: &[u8]) -> bool {
        matches!(written.first(), Some(0 | 13))
    }

    /// Reads a question back.
    pub fn read(from: &mut Reader) -> Option<Self> {
        let text = |from: &mut Reader| from.text().map(str::to_owned);
        Some(match from.byte()? {
            0 => Self::Entries(Selection {
                collection: text(from)?,
                sort: from.maybe(text)?,
                filter: from.list(|from| Some((text(from)?, text(from)?)))?,
                limit: from.maybe(Reader::size)?,
            }),
            1 => Self::Entry(entry(from)?),
            2 => Self::Related(entry(from)?, from.size()?),
            3 => Self::Data(text(from)?),
            4 => Self::Form(text(from)?),
            5 => Self::Asset(text(from)?),
            6 => Self::Image(text(from)?),
            7 => Self::ThemeImage(text(from)?),
            8 => Self::Address(text(from)?),
            9 => Self::List(text(from)?),
            10 => Self::Page(entry(from)?),
            11 => Self::Feeds,
            12 => Self::Terms(text(from)?, text(from)?),
            13 => Self::Neighbours(entry(from)?, from.maybe(text)?, from.maybe(text)?),
            14 => Self::File { from: SourceId::new(from.text()?), path: text(from)? },
            15 => Self::Own(entry(from)?),
            16 => Self::Route(text(from)?),
            17 => Self::Template(text(from)?),
            18 => Self::Component(text(from)?),
            19 => Self::Newest(text(from)?),
            20 => Self::Title(text(from)?),
            21 => Self::Document(entry(from)?),
            _ => return None,
        })
    }
}

impl Answer {
    /// Writes the answer; the summaries of entries are not in it.
    pub fn write(&self, out: &mut Writer) {
        match self {
            Self::Value(value) => {
                out.byte(0);
                write_value(value, out);
            }
            Self::Entries(ids) => {
                out.byte(1);
                out.list(ids.iter(), write_entry);
            }
            Self::Pair(ids) => {
                out.byte(2);
                for id in ids {
                    out.maybe(id.as_ref(), write_entry);
                }
            }
            Self::Made(digest, ids) => {
                out.byte(3);
                out.short(*digest);
                out.list(ids.iter(), write_entry);
            }
            Self::Refused(refusal) => {
                out.byte(4);
                out.text(&refusal.message);
                out.maybe(refusal.hint.as_deref(), Writer::text);
            }
        }
    }

    /// Reads an answer back.
    pub fn read(from: &mut Reader) -> Option<Self> {
        Some(match from.byte()? {
            0 => Self::Value(read_value(from)?),
            1 => Self::Entries(from.list(entry)?),
            2 => Self::Pair([from.maybe(entry)?, from.maybe(entry)?]),
            3 => {
                let digest = from.short()?;
                Self::Made(digest, from.list(entry)?)
            }
            4 => Self::Refused(Refusal {
                message: from.text()?.to_owned(),
                hint: from.maybe(|from| from.text().map(str::to_owned))?,
            }),
            _ => return None,
        })
    }

    /// Gives the digest of the answer as it is written, with those of the summaries that belong
    /// to it.
    pub fn digest(&self, written: &[u8], print: impl Fn(&EntryId) -> u128) -> u128 {
        let shown = self.entries();
        if shown.is_empty() {
            return quick(written);
        }
        let mut bytes = Vec::with_capacity(written.len() + 16 * shown.len());
        bytes.extend_from_slice(written);
        shown.into_iter().for_each(|id| bytes.extend_from_slice(&print(id).to_le_bytes()));
        quick(&bytes)
    }

    /// Gives the entries whose summaries belong to the answer.
    pub fn entries(&self) -> Vec<&EntryId> {
        match self {
            Self::Entries(ids) | Self::Made(_, ids) => ids.iter().collect(),
            Self::Pair(ids) => ids.iter().flatten().collect(),
            Self::Value(_) | Self::Refused(_) => Vec::new(),
        }
    }
}

fn of_text(kind: u8, text: &str, out: &mut Writer) {
    out.byte(kind);
    out.text(text);
}

fn of_entry(kind: u8, id: &EntryId, out: &mut Writer) {
    out.byte(kind);
    write_entry(out, id);
}

/// Writes which entry.
pub fn write_entry(out: &mut Writer, id: &EntryId) {
    out.text(&id.collection);
    out.text(&id.slug);
}

/// Reads which entry.
pub fn entry(from: &mut Reader) -> Option<EntryId> {
    Some(EntryId { collection: from.text()?.into(), slug: from.text()?.into() })
}

/// Writes a value as templates see it.
pub fn write_value(value: &Value, out: &mut Writer) {
    match value.kind() {
        ValueKind::Undefined => out.byte(0),
        ValueKind::None => out.byte(1),
        ValueKind::Bool => out.byte(if value.as_bool() == Some(true) { 3 } else { 2 }),
        ValueKind::U64 | ValueKind::U128 => {
            out.byte(4);
            out.bytes(&value.as_u128().unwrap_or_default().to_le_bytes());
        }
        ValueKind::I64 | ValueKind::I128 => {
            out.byte(5);
            out.bytes(&value.as_i128().unwrap_or_default().to_le_bytes());
        }
        ValueKind::F64 => {
            out.byte(6);
            out.fixed(value.as_f64().unwrap_or_default().to_bits());
        }
        ValueKind::String => {
            out.byte(if value.is_safe() { 8 } else { 7 });
            out.text(value.as_str().unwrap_or_default());
        }
        ValueKind::Array => {
            out.byte(9);
            let items = value.as_array().unwrap_or_default();
            out.list(items.iter(), |out, item| write_value(item, out));
        }
        ValueKind::Map => {
            out.byte(10);
            out.size(value.as_map().map_or(0, |map| map.len()));
            for (key, value) in value.as_map().into_iter().flatten() {
                match key {
                    Key::Str(key) => out.text(key),
                    Key::String(key) => out.text(key),
                    // No value of a site has other keys.
                    key => out.text(&key.to_string()),
                }
                write_value(value, out);
            }
        }
        // Bytes are the last kind there is.
        _ => {
            out.byte(11);
            out.bytes(value.as_bytes().unwrap_or_default());
        }
    }
}

/// Reads a value back.
pub fn read_value(from: &mut Reader) -> Option<Value> {
    Some(match from.byte()? {
        0 => Value::undefined(),
        1 => Value::none(),
        2 => false.into(),
        3 => true.into(),
        4 => {
            let number = u128::from_le_bytes(from.bytes()?.try_into().ok()?);
            u64::try_from(number).map_or_else(|_| number.into(), Value::from)
        }
        5 => {
            let number = i128::from_le_bytes(from.bytes()?.try_into().ok()?);
            i64::try_from(number).map_or_else(|_| number.into(), Value::from)
        }
        6 => f64::from_bits(from.fixed()?).into(),
        7 => from.text()?.into(),
        8 => Value::safe_string(from.text()?),
        9 => from.list(read_value)?.into(),
        10 => {
            let pair = |from: &mut Reader| {
                let key: Arc<str> = from.text()?.into();
                Some((Key::String(key), read_value(from)?))
            };
            map(from.list(pair)?)
        }
        11 => from.bytes()?.into(),
        _ => return None,
    })
}
