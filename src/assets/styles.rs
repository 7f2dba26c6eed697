//! A stylesheet as it is written: what in it browsers leave out without a word.

use std::collections::BTreeSet;
use std::ops::Range;

/// What a stylesheet says, with its places.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Style<'a> {
    /// The properties and their values, but for custom ones.
    pub declarations: Vec<(&'a str, &'a str, Range<usize>)>,
    /// The custom properties that it sets.
    pub set: BTreeSet<&'a str>,
    /// The custom properties that it reads without another value, each with its place.
    pub read: Vec<(&'a str, Range<usize>)>,
    /// The addresses that it names.
    pub addresses: Vec<(&'a str, Range<usize>)>,
    /// A comment, a text or a block without an end: where it starts.
    pub open: Option<Range<usize>>,
}

/// Reads a stylesheet. It need not be CSS.
pub fn read(text: &str) -> Style<'_> {
    let mut reader = Reader { text, at: 0, style: Style::default() };
    let mut blocks: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    while let Some(byte) = text.as_bytes().get(reader.at).copied() {
        let here = reader.at;
        match byte {
            b'{' => {
                blocks.push(start..here + 1);
                reader.at += 1;
                start = reader.at;
            }
            b'}' | b';' => {
                reader.declaration(start..here);
                if byte == b'}' {
                    blocks.pop();
                }
                reader.at += 1;
                start = reader.at;
            }
            _ if !reader.skip() => return reader.style,
            _ if text[start..reader.at].trim().is_empty()
                || text[start..here].trim().is_empty() && text[here..].starts_with("/*") =>
            {
                start = reader.at;
            }
            _ => (),
        }
    }
    if let Some(block) = blocks.first() {
        let block = block.start..block.end;
        let words = text[block.clone()].trim_start();
        reader.style.open = Some(block.end - words.len()..block.end);
    }
    reader.style
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    style: Style<'a>,
}

impl<'a> Reader<'a> {
    /// Goes past a comment, a text, an address, or one character; tells whether it has an end.
    fn skip(&mut self) -> bool {
        let rest = &self.text[self.at..];
        if rest.starts_with("/*") {
            return self.past(2, "*/", 2);
        }
        if let Some(quote) = rest.chars().next().filter(|it| matches!(it, '"' | '\'')) {
            let mut escaped = false;
            let end = rest[1..].find(|it: char| {
                let ends = !escaped && (it == quote || it == '\n');
                escaped = it == '\\' && !escaped;
                ends
            });
            let end = end.filter(|end| rest[1 + end..].starts_with(quote));
            let Some(end) = end else {
                self.style.open = Some(self.at..self.at + rest.lines().next().map_or(1, str::len));
                return false;
            };
            if self.text[..self.at].trim_end().ends_with("@import") {
                self.style.addresses.push((&rest[1..=end], self.at + 1..self.at + 1 + end));
            }
            self.at += end + 2;
            return true;
        }
        if rest.get(..4).is_some_and(|it| it.eq_ignore_ascii_case("url(")) {
            let Some(end) = rest.find(')') else { return self.past(4, ")", 1) };
            let inner = rest[4..end].trim();
            let address = inner.trim_matches(['"', '\'']);
            let start = self.at + 4 + rest[4..end].find(address).unwrap_or(0);
            self.style.addresses.push((address, start..start + address.len()));
            self.at += end + 1;
            return true;
        }
        if let Some(name) = rest.strip_prefix("var(") {
            let name = name.trim_start();
            let start = self.at + rest.len() - name.len();
            let length = name.find(|it: char| !(it.is_alphanumeric() || "-_".contains(it)));
            let name = &name[..length.unwrap_or(name.len())];
            if self.text[start + name.len()..].trim_start().starts_with(')') {
                self.style.read.push((name, start..start + name.len()));
            }
            self.at += 4;
            return true;
        }
        self.at += rest.chars().next().map_or(1, char::len_utf8);
        true
    }

    fn past(&mut self, skipped: usize, end: &str, length: usize) -> bool {
        let rest = &self.text[self.at + skipped..];
        match rest.find(end) {
            Some(end) => self.at += skipped + end + length,
            None => {
                let line = rest.lines().next().map_or(0, str::len);
                self.style.open = Some(self.at..self.at + skipped + line);
                return false;
            }
        }
        true
    }

    fn declaration(&mut self, range: Range<usize>) {
        let text = &self.text[range.clone()];
        let Some((name, value)) = text.split_once(':') else { return };
        let written = name.trim();
        let fine = |it: char| it.is_ascii_alphanumeric() || it == '-' || it == '_';
        if written.is_empty() || !written.chars().all(fine) {
            return;
        }
        if written.starts_with("--") {
            self.style.set.insert(written);
            return;
        }
        let start = range.start + name.len() - name.trim_start().len();
        self.style.declarations.push((
            written,
            value.trim(),
            start..range.start + text.trim_end().len(),
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stylesheet_is_taken_apart() {
        let text = "/* a{ */ a:hover { color: red; --x: 1; b: url( 'u;v' ) } @import \"c\"; p{ d: var(--x) var(--y, 2) }";
        let style = read(text);
        let names: Vec<_> = style.declarations.iter().map(|it| it.0).collect();
        assert_eq!(names, ["color", "b", "d"]);
        assert_eq!(style.set.into_iter().collect::<Vec<_>>(), ["--x"]);
        assert_eq!(style.read.iter().map(|it| it.0).collect::<Vec<_>>(), ["--x"]);
        assert_eq!(style.addresses.iter().map(|it| it.0).collect::<Vec<_>>(), ["u;v", "c"]);
        assert_eq!(style.open, None);
    }

    #[test]
    fn what_has_no_end_is_found() {
        let open = |text: &'static str| read(text).open.map(|it| &text[it]);
        assert_eq!(open("p { a: b;\nh1 { c: d }\n"), Some("p {"));
        assert_eq!(open("a{}\n/* colours\np { }"), Some("/* colours"));
        assert_eq!(open("a{content:\"x}\n"), Some("\"x}"));
        assert_eq!(open("@media (x) { a { } } b{}"), None);
    }
}
