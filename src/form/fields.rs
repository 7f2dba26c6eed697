//! What was sent, read from the body of a request: as browsers write forms, or as JSON.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::form::judge::Sent;

/// Why a body cannot be read: a word for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is not UTF-8, or its percent-escapes are not.
    Encoding,
    /// It is not of the shape that its type says.
    Syntax,
    /// A value is neither a text nor a list of texts.
    Shape,
}

impl Unreadable {
    /// The reason as a word for programs.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Encoding => "wrong-encoding",
            Self::Syntax => "wrong-syntax",
            Self::Shape => "wrong-shape",
        }
    }
}

/// Reads `application/x-www-form-urlencoded`. Unlike browsers' own reading, escapes that are broken
/// or are not UTF-8 are refused rather than replaced: an answer is kept as it was written.
///
/// # Errors
/// When it is not UTF-8 after its escapes are read, or an escape is broken.
pub fn urlencoded(body: &[u8]) -> Result<Sent, Unreadable> {
    let pairs = body.split(|byte| *byte == b'&').filter(|it| !it.is_empty());
    let pair = |pair: &[u8]| {
        let at = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
        let value = pair.get(at + 1..).unwrap_or_default();
        Ok((unescaped(&pair[..at])?, unescaped(value)?))
    };
    pairs.map(pair).collect()
}

fn unescaped(text: &[u8]) -> Result<String, Unreadable> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(byte) = rest.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || {
                    let digit = rest.next().and_then(|it| char::from(*it).to_digit(16));
                    digit.and_then(|it| u8::try_from(it).ok()).ok_or(Unreadable::Encoding)
                };
                digit()? << 4 | digit()?
            }
            byte => *byte,
        });
    }
    String::from_utf8(out).map_err(|_| Unreadable::Encoding)
}

/// Reads an object of texts, and of lists of texts.
///
/// # Errors
/// When it is no JSON, no object, or has other values.
pub fn json(body: &[u8]) -> Result<Sent, Unreadable> {
    let text = std::str::from_utf8(body).map_err(|_| Unreadable::Encoding)?;
    // What is nested too deeply to be read is of the wrong shape in any case.
    let why = |error: serde_json::Error| match error.to_string().contains("recursion limit") {
        true => Unreadable::Shape,
        false => Unreadable::Syntax,
    };
    let Json::Object(fields) = serde_json::from_str(text).map_err(why)? else {
        return Err(Unreadable::Shape);
    };
    let mut sent = Sent::new();
    for (name, value) in fields {
        match value {
            Json::Text(text) => sent.push((name, text)),
            Json::List(items) => {
                for item in items {
                    let Json::Text(text) = item else { return Err(Unreadable::Shape) };
                    sent.push((name.clone(), text));
                }
            }
            _ => return Err(Unreadable::Shape),
        }
    }
    Ok(sent)
}

/// JSON as far as it can be of answers. `serde_json::Value` is not read from visitors: it takes an object with a name of
/// its own for more JSON, and so would judge what was not sent.
enum Json {
    Text(String),
    List(Vec<Json>),
    /// Each name once, where it first stands, with its last value.
    Object(Vec<(String, Json)>),
    Other,
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // All of it is read, also of what is of the wrong shape: its syntax is judged first. serde_json ends what is
        // nested too deeply.
        deserializer.deserialize_any(AnyJson)
    }
}

struct AnyJson;

impl<'de> Visitor<'de> for AnyJson {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<Json, A::Error> {
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut fields: Vec<(String, Json)> = Vec::new();
        while let Some((name, value)) = pairs.next_entry::<String, Json>()? {
            match places.entry(name) {
                Entry::Occupied(place) => fields[*place.get()].1 = value,
                Entry::Vacant(place) => {
                    fields.push((place.key().clone(), value));
                    place.insert(fields.len() - 1);
                }
            }
        }
        Ok(Json::Object(fields))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Other)
    }
}
