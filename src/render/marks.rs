//! The marks of a page that is made once more: before each tag of a template, each block of Markdown.

use std::ops::Range;

use memchr::{memchr, memmem};

use crate::minify::tera_tags;

/// A mark stands between these, which are no characters of any script.
pub(super) const OPEN: &str = "\u{f0000}";
pub(super) const CLOSE: &str = "\u{f0001}";
/// The same as an address writes them.
const ADDRESS: [&str; 2] = ["%F3%B0%80%80", "%F3%B0%80%81"];

/// A mark of a page.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    /// The byte of the page before which it stands.
    pub(super) at: usize,
    /// What it says, as bytes of the marked page.
    pub(super) said: Range<usize>,
    /// The directive in which it stands: its number among the marks.
    pub(super) inside: Option<usize>,
}

/// What a mark says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A byte of a template, by their numbers.
    Template(usize, usize),
    /// Bytes of a file, by its number.
    Text(usize, Range<usize>),
    /// Those of a directive, which starts here.
    Directive(usize, Range<usize>),
    /// A directive ends here.
    End,
}

/// Reads a marked page: without its marks, and the marks.
pub(super) fn read(marked: &str) -> (String, Vec<Mark>) {
    let mut html = String::with_capacity(marked.len());
    let mut marks: Vec<Mark> = Vec::with_capacity(marked.len() / 64);
    let mut open: Vec<usize> = Vec::new();
    let mut finder = Finder::new(marked);
    let mut from = 0;
    while let Some((at, said, end)) = finder.next(from) {
        html.push_str(&marked[from..at]);
        from = end;
        // A text of the site may have such characters too.
        if !matches!(marked.as_bytes()[said.start], b't' | b'm' | b'd' | b'x') {
            continue;
        }
        let inside = open.last().copied();
        match marked.as_bytes()[said.start] {
            b'x' => drop(open.pop()),
            b'd' => open.push(marks.len()),
            _ => (),
        }
        marks.push(Mark { at: html.len(), said, inside });
    }
    html.push_str(&marked[from..]);
    (html, marks)
}

/// Finds marks, in texts and in addresses.
struct Finder<'a> {
    marked: &'a str,
    open: memmem::Finder<'static>,
    written: memmem::Finder<'static>,
    /// Where the next mark in an address starts: few pages have any, and a text is not to be looked through for each mark.
    next: Option<usize>,
}

impl<'a> Finder<'a> {
    fn new(marked: &'a str) -> Self {
        let written = memmem::Finder::new(ADDRESS[0]);
        let next = written.find(marked.as_bytes());
        let open = memmem::Finder::new(OPEN);
        Self { marked, open, written, next }
    }

    /// Gives where the next mark starts, what it says and where it ends.
    fn next(&mut self, mut from: usize) -> Option<(usize, Range<usize>, usize)> {
        let text = self.marked.as_bytes();
        loop {
            if self.next.is_some_and(|at| at < from) {
                self.next = self.written.find(&text[from..]).map(|at| at + from);
            }
            let plain = self.open.find(&text[from..]).map(|at| (at + from, OPEN.len(), CLOSE));
            let written = self.next.map(|at| (at, ADDRESS[0].len(), ADDRESS[1]));
            let (at, length, close) = plain.into_iter().chain(written).min()?;
            let start = at + length;
            // What a mark says is short, and has no such byte; else it is a text of the site.
            let end = memchr(close.as_bytes()[0], &text[start..]).map(|it| it + start);
            match end.filter(|end| text[*end..].starts_with(close.as_bytes())) {
                Some(end) => return Some((at, start..end, end + close.len())),
                None => from = start,
            }
        }
    }
}

/// Writes a mark of a text: there is one for each block of it on a page, too many for `format!`.
pub(super) fn put(out: &mut String, kind: char, numbers: [usize; 3]) {
    out.push_str(OPEN);
    out.push(kind);
    for (at, number) in numbers.into_iter().enumerate() {
        if at > 0 {
            out.push('.');
        }
        let digits = number.checked_ilog10().unwrap_or(0);
        for digit in (0..=digits).rev() {
            let digit = number / 10_usize.pow(digit) % 10;
            out.push(char::from(b'0' + digit as u8));
        }
    }
    out.push_str(CLOSE);
}

/// Reads what a mark says.
pub(super) fn what(mark: &str) -> Option<What> {
    let kind = mark.chars().next()?;
    let mut numbers = mark.get(1..)?.split('.').map(|it| it.parse::<usize>().ok());
    let mut number = || numbers.next().flatten();
    match kind {
        't' => Some(What::Template(number()?, number()?)),
        'm' => Some(What::Text(number()?, number()?..number()?)),
        'd' => Some(What::Directive(number()?, number()?..number()?)),
        'x' => Some(What::End),
        _ => None,
    }
}

/// Gives a template with a mark before each of its tags.
pub(super) fn marked_template(number: usize, text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len() * 2);
    let (mut at, mut copied) = (0, 0);
    let mut raw: Option<&str> = None;
    while at < bytes.len() {
        if let Some(end) = tera_tags::end(text, at) {
            at = end;
            continue;
        }
        let rest = &text[at..];
        if bytes[at] != b'<' {
            at += 1;
            while !text.is_char_boundary(at) {
                at += 1;
            }
            continue;
        }
        if let Some(name) = raw {
            let ends =
                rest.get(..name.len() + 2).is_some_and(|it| it[2..].eq_ignore_ascii_case(name));
            if rest.starts_with("</") && ends {
                raw = None;
            }
        } else if rest.starts_with("<!--") {
            at += rest.find("-->").unwrap_or(rest.len() - 1);
        } else if bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic) {
            out.push_str(&text[copied..at]);
            out.push_str(&format!("{OPEN}t{number}.{at}{CLOSE}"));
            copied = at;
            let named = |name: &&str| {
                let after = rest.as_bytes().get(name.len() + 1);
                rest[1..].get(..name.len()).is_some_and(|it| it.eq_ignore_ascii_case(name))
                    && after.is_some_and(|it| !it.is_ascii_alphanumeric())
            };
            raw = ["script", "style", "textarea", "title"].iter().copied().find(named);
        }
        at += 1;
    }
    out.push_str(&text[copied..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_templates_are_marked() {
        let text = "{% if a < b %}<p>{{ \"<b>\" }}<script>1<a</script><i>";
        let marked = marked_template(3, text);
        let (html, marks) = read(&marked);
        assert_eq!(html, text);
        let at: Vec<&str> = marks.iter().map(|it| &html[it.at..it.at + 2]).collect();
        assert_eq!(at, ["<p", "<s", "<i"]);
        let mut text = String::new();
        put(&mut text, 'm', [0, 10, 12_345_678_909]);
        let (_, marks) = read(&text);
        let said = what(&text[marks[0].said.clone()]);
        assert_eq!(said, Some(What::Text(0, 10..12_345_678_909)));
        let (html, marks) = read(&format!("{OPEN}a é{OPEN}t1.2{CLOSE}b{OPEN}"));
        assert_eq!((html.as_str(), marks.len()), (&*format!("{OPEN}a éb{OPEN}"), 1));
    }
}
