//! Places as the protocol counts them: lines and UTF-16 units, and files as URIs.

use std::fmt::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};

use gen_lsp_types::{Position, Range as Marked, Uri};

/// A text with the starts of its lines.
pub(crate) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    /// Finds the lines; `\n`, `\r\n` and a lone `\r` end one (LSP 3.17, text documents).
    pub(crate) fn new(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        let ends = |at: &usize| match bytes[*at] {
            b'\n' => true,
            b'\r' => bytes.get(*at + 1) != Some(&b'\n'),
            _ => false,
        };
        let starts = (0..bytes.len()).filter(ends).map(|at| at + 1);
        Self { text, starts: std::iter::once(0).chain(starts).collect() }
    }

    /// Gives the byte of a position; past the end of a line, that end.
    pub(crate) fn offset(&self, position: Position) -> usize {
        let line = usize::try_from(position.line).unwrap_or(usize::MAX);
        let Some(start) = self.starts.get(line).copied() else { return self.text.len() };
        let text = self.line(start);
        let mut left = position.character as usize;
        for (at, char) in text.char_indices() {
            if left < char.len_utf16() {
                return start + at;
            }
            left -= char.len_utf16();
        }
        start + text.len()
    }

    /// Gives the position of a byte; inside a character, that before it.
    pub(crate) fn position(&self, offset: usize) -> Position {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.starts.partition_point(|start| *start <= offset) - 1;
        let units = self.text[self.starts[line]..offset].encode_utf16().count();
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Position::new(count(line), count(units))
    }

    /// Gives the range of bytes.
    pub(crate) fn range(&self, bytes: Range<usize>) -> Marked {
        Marked { start: self.position(bytes.start), end: self.position(bytes.end) }
    }

    /// Gives the byte where the line of a byte ends, without its mark.
    pub(crate) fn end_of_line(&self, offset: usize) -> usize {
        let line = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.starts[line];
        start + self.line(start).len()
    }

    /// The line from a byte on, without its mark.
    fn line(&self, start: usize) -> &'a str {
        let rest = &self.text[start..];
        &rest[..rest.find(['\n', '\r']).unwrap_or(rest.len())]
    }
}

/// Gives the place on disk that a URI names; `None` for what is in no file.
pub(crate) fn path(uri: &Uri) -> Option<PathBuf> {
    let rest = uri.0.strip_prefix("file://")?;
    let rest = &rest[rest.find('/')?..];
    let mut bytes = Vec::with_capacity(rest.len());
    let mut left = rest.as_bytes();
    while let Some((first, after)) = left.split_first() {
        let hex = after.get(..2).and_then(|it| std::str::from_utf8(it).ok());
        let code = hex.and_then(|it| u8::from_str_radix(it, 16).ok());
        match (first, code) {
            (b'%', Some(code)) => {
                bytes.push(code);
                left = &after[2..];
            }
            _ => {
                bytes.push(*first);
                left = after;
            }
        }
    }
    let text = String::from_utf8(bytes).ok()?;
    // `/c:/site` is `c:/site` where drives have letters.
    let drive = text.as_bytes().get(2) == Some(&b':') && text.as_bytes()[1].is_ascii_alphabetic();
    Some(PathBuf::from(if cfg!(windows) && drive { &text[1..] } else { text.as_str() }))
}

/// Gives the URI of a place on disk.
pub(crate) fn uri(path: &Path) -> Uri {
    let text = path.to_string_lossy().replace('\\', "/");
    let mut out = String::from(if text.starts_with('/') { "file://" } else { "file:///" });
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => drop(write!(out, "%{byte:02X}")),
        }
    }
    Uri(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_utf16_units() {
        let text = "é😀x\r\nb\rc";
        let lines = Lines::new(text);
        let at = text.find('x').unwrap();
        assert_eq!(lines.position(at), Position::new(0, 3));
        assert_eq!(lines.offset(Position::new(0, 3)), at);
        assert_eq!(lines.offset(Position::new(0, 99)), at + 1);
        // Inside the emoji, and inside one of its bytes.
        assert_eq!(lines.offset(Position::new(0, 2)), 2);
        assert_eq!(lines.position(4), Position::new(0, 1));
        assert_eq!(lines.position(text.len()), Position::new(2, 1));
        assert_eq!(lines.offset(Position::new(u32::MAX, u32::MAX)), text.len());
        assert_eq!(lines.end_of_line(0), at + 1);
    }

    #[test]
    fn files_and_uris_name_each_other() {
        let name = "/a b/größe 100%.md";
        let uri = uri(Path::new(name));
        assert_eq!(uri.0, "file:///a%20b/gr%C3%B6%C3%9Fe%20100%25.md");
        assert_eq!(path(&uri).unwrap(), Path::new(name));
        let odd = |text: &str| path(&Uri(text.to_owned()));
        assert_eq!(odd("untitled:Untitled-1"), None);
        assert_eq!(odd("file://"), None);
        assert_eq!(odd("file:///a%ff"), None);
        assert_eq!(odd("file:///a%2").unwrap(), Path::new("/a%2"));
    }
}
