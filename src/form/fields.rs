//! What was sent, read from the body of a request: as browsers write forms, or as JSON.

use serde_json::Value;

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
    let value: Value = serde_json::from_str(text).map_err(why)?;
    let Value::Object(object) = value else { return Err(Unreadable::Shape) };
    let mut sent = Sent::new();
    for (name, value) in object {
        match value {
            Value::String(text) => sent.push((name, text)),
            Value::Array(items) => {
                for item in items {
                    let Value::String(text) = item else { return Err(Unreadable::Shape) };
                    sent.push((name.clone(), text));
                }
            }
            _ => return Err(Unreadable::Shape),
        }
    }
    Ok(sent)
}
