//! Values as JSON: what serde writes of them, but long texts are passed over in great steps.

use tera::Value;
use tera::value::{Key, ValueKind};

/// Writes a value as JSON (RFC 8259).
pub(crate) fn json(value: &Value) -> String {
    let mut out = String::with_capacity(1024);
    write(value, false, &mut out);
    out
}

/// Writes JSON that can stand in a script: `<`, `>`, `&` and the line separators that older
/// scripts end lines at are escaped, so that no text in it can end the element.
pub(crate) fn json_in_html(value: &Value) -> String {
    let mut out = String::with_capacity(1024);
    write(value, true, &mut out);
    out
}

/// Writes an object of values to the end of a text.
pub(crate) fn object(pairs: &[(&str, Value)], out: &mut String) {
    out.push('{');
    for (at, (name, value)) in pairs.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        text(name, false, out);
        out.push(':');
        write(value, false, out);
    }
    out.push('}');
}

fn write(value: &Value, in_html: bool, out: &mut String) {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => out.push_str("null"),
        ValueKind::String => text(value.as_str().unwrap_or_default(), in_html, out),
        ValueKind::Array => {
            out.push('[');
            for (at, item) in value.as_array().unwrap_or_default().iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write(item, in_html, out);
            }
            out.push(']');
        }
        ValueKind::Map => {
            out.push('{');
            for (at, (key, value)) in value.as_map().into_iter().flatten().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                match key {
                    Key::Str(key) => text(key, in_html, out),
                    Key::String(key) => text(key, in_html, out),
                    key => text(&key.to_string(), in_html, out),
                }
                out.push(':');
                write(value, in_html, out);
            }
            out.push('}');
        }
        // Numbers and the like are short, and serde knows how they are written.
        _ => out.push_str(&serde_json::to_string(value).unwrap_or_default()),
    }
}

fn text(text: &str, in_html: bool, out: &mut String) {
    out.push('"');
    let mut rest = text;
    // Without a way out in the middle, the machine looks at many bytes at once.
    let rare = |has, byte: &u8| has | (*byte < b' ' && *byte != b'\n');
    let has_rare = in_html || text.as_bytes().iter().fold(false, rare);
    loop {
        let bytes = rest.as_bytes();
        let at = match (in_html, has_rare) {
            (true, _) => bytes.iter().position(|byte| {
                // The separators of lines start with the last of these bytes.
                *byte < b' ' || matches!(byte, b'"' | b'\\' | b'<' | b'>' | b'&' | 0xe2)
            }),
            (_, true) => bytes.iter().position(|byte| *byte < b' ' || matches!(byte, b'"' | b'\\')),
            (_, false) => memchr::memchr3(b'"', b'\\', b'\n', bytes),
        };
        let at = at.unwrap_or(bytes.len());
        out.push_str(&rest[..at]);
        let Some(char) = rest[at..].chars().next() else { break };
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\0'..=' ' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(char)));
            }
            _ => out.push(char),
        }
        rest = &rest[at + char.len_utf8()..];
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::world::map;

    proptest! {
        #[test]
        fn json_is_that_of_serde(
            one in "\\PC{0,80}[\0-\u{7f}\u{2028}]{0,80}",
            two in "[ -~\n]{0,200}",
            number in any::<i64>(),
            float in any::<f64>(),
        ) {
            let list = vec![Value::from(one.as_str()), number.into(), float.into(), Value::none()];
            let pairs = [(one.clone(), Value::from(two.as_str())), ("list".to_owned(), list.into())];
            let value = map(pairs.clone());
            prop_assert_eq!(json(&value), serde_json::to_string(&value).unwrap());
            let mut out = String::new();
            object(&pairs.each_ref().map(|(name, value)| (name.as_str(), value.clone())), &mut out);
            prop_assert_eq!(&out, &json(&value));
            let safe = json_in_html(&value);
            let unsafe_in_html = |char| matches!(char, '<' | '>' | '&' | '\u{2028}' | '\u{2029}');
            prop_assert!(!safe.contains(unsafe_in_html));
            let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
            prop_assert_eq!(read(&safe), read(&out));
        }
    }
}
