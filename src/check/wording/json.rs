//! Sentences in structured data.

use std::ops::Range;

/// The strings of a JSON text that may be sentences: values with a space in them.
pub(crate) fn strings(json: &str) -> Vec<Range<usize>> {
    let bytes = json.as_bytes();
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(quote) = memchr::memchr(b'"', &bytes[at..]) {
        let start = at + quote + 1;
        let mut end = start;
        while let Some(next) = memchr::memchr2(b'"', b'\\', &bytes[end..]) {
            end += next;
            if bytes[end] == b'"' {
                break;
            }
            end = (end + 2).min(bytes.len());
        }
        if end >= bytes.len() {
            break;
        }
        let is_key = bytes[end + 1..].iter().find(|it| !it.is_ascii_whitespace()) == Some(&b':');
        if !is_key && bytes[start..end].contains(&b' ') {
            found.push(start..end);
        }
        at = end + 1;
    }
    found
}
