//! Writes a template's pieces without the space and the quotes that nobody needs.
//!
//! [`plainly`] does it alone. [`by_library`] has minify-html do the rest, with everything that it
//! would harm behind marks: tags of Tera, attributes, entities, and space that is shown.

use minify_html::Cfg;

use crate::minify::attributes;
use crate::minify::elements::{self, Side};
use crate::minify::scan::{Piece, Start};
use crate::minify::{style, tera_tags};

/// Elements within one another beyond which minify-html is not asked: it would overflow the
/// stack, and that ends the process.
const DEEPEST: usize = 256;

/// The start of the attributes that stand for others.
const ATTRIBUTE: &str = " data-galen-";

/// Writes pieces.
pub(crate) fn plainly(pieces: &[Piece]) -> String {
    let mut writer = Writer::new(None);
    writer.all(pieces);
    writer.out
}

/// Writes pieces through minify-html; `None` when it cannot be asked, or lost a mark.
pub(crate) fn by_library(text: &str, pieces: &[Piece]) -> Option<String> {
    if depth(pieces) > DEEPEST || text.contains(ATTRIBUTE) {
        return None;
    }
    let mut unused = ('\u{10f000}'..='\u{10f0ff}').filter(|mark| !text.contains(*mark));
    let marks = Marks {
        open: unused.next()?,
        close: unused.next()?,
        space: unused.next()?,
        line: unused.next()?,
        entity: unused.next()?,
    };
    let mut writer = Writer::new(Some(marks));
    writer.all(pieces);
    let minified = minify_html::minify(writer.out.as_bytes(), &settings());
    restore(&String::from_utf8(minified).ok()?, marks, &writer.held)
}

/// What minify-html is asked for.
pub(crate) fn settings() -> Cfg {
    Cfg {
        keep_closing_tags: true,
        keep_html_and_head_opening_tags: true,
        keep_input_type_text_attr: true,
        keep_comments: true,
        preserve_brace_template_syntax: true,
        ..Cfg::default()
    }
}

/// How many elements stand within one another at most, as minify-html counts them.
fn depth(pieces: &[Piece]) -> usize {
    let (mut open, mut deepest) = (Vec::new(), 0);
    for piece in pieces {
        match piece {
            Piece::Start(start) if !start.closed && !elements::is_void(start.name) => {
                open.push(start.name);
                deepest = deepest.max(open.len());
            }
            Piece::End { name, .. } if open.last() == Some(name) => drop(open.pop()),
            _ => (),
        }
    }
    deepest
}

/// Characters that the template does not have, for what minify-html must not see.
#[derive(Clone, Copy)]
struct Marks {
    open: char,
    close: char,
    space: char,
    line: char,
    entity: char,
}

struct Writer {
    out: String,
    marks: Option<Marks>,
    /// What stands behind each mark.
    held: Vec<String>,
    /// Space that has not been written yet, and whether a line ends in it.
    space: Option<bool>,
    before: Side,
    /// Whether Tera takes away the space that comes next.
    trimmed: bool,
    /// Whether it found some.
    swallowed: bool,
    /// Whether a raw block stands before, whose own space Tera takes away where none follows it.
    after_raw: bool,
}

impl Writer {
    fn new(marks: Option<Marks>) -> Self {
        Self {
            out: String::new(),
            marks,
            held: Vec::new(),
            space: None,
            before: Side::Other,
            trimmed: false,
            swallowed: false,
            after_raw: false,
        }
    }

    fn all(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            self.piece(piece);
        }
        self.flush(Side::Other);
    }

    fn piece(&mut self, piece: &Piece) {
        match piece {
            Piece::Text(text) => self.text(text),
            Piece::Comment => (),
            Piece::Tera(tag) => {
                let raw = tera_tags::word(tag) == "raw";
                // Tera takes space away once; without any here, it would take the next.
                let passed = self.swallowed && tera_tags::passes_trimming(tag);
                let trimmed = tera_tags::trims_before(tag) && self.space.take().is_some();
                if passed || trimmed && self.after_raw {
                    self.shown(false);
                }
                self.beside(Side::Other);
                self.keep(tag);
                self.trimmed = tera_tags::trims_behind(tag);
                self.after_raw = raw;
            }
            Piece::Exact(text) => {
                self.beside(Side::Other);
                self.keep(text);
            }
            Piece::Style(css) => {
                let fixed = !css.contains(['<', '&', '{']) || tera_tags::next(css, 0).is_none();
                let small = Some(*css).filter(|css| fixed && !css.contains(['<', '&']));
                let small = small.and_then(|css| style::minify(css).ok());
                let small = small.filter(|css| !css.contains(['<', '&']));
                self.keep(small.as_deref().unwrap_or(css));
            }
            Piece::Doctype(text) => {
                self.beside(Side::Block);
                match text.eq_ignore_ascii_case("<!doctype html>") {
                    true => self.out.push_str("<!doctype html>"),
                    false => self.keep(text),
                }
            }
            Piece::Start(start) => {
                self.beside(elements::side(elements::known(start.name)));
                self.start(start);
            }
            Piece::End { text, name } => {
                self.beside(elements::side(elements::known(name)));
                match tera_tags::next(text, 0) {
                    None => self.out.push_str(&format!("</{name}>")),
                    Some(_) => self.keep(text),
                }
            }
        }
    }

    /// Writes a tag's end and forgets or keeps the space before it.
    fn beside(&mut self, side: Side) {
        self.flush(side);
        self.before = side;
        self.trimmed = false;
        self.swallowed = false;
        self.after_raw = false;
    }

    fn flush(&mut self, next: Side) {
        let Some(line) = self.space.take() else { return };
        if self.before.parts(next) {
            self.shown(line);
        }
    }

    /// Writes a space that is kept.
    fn shown(&mut self, line: bool) {
        self.out.push(match (self.marks, line) {
            (Some(marks), true) => marks.line,
            (Some(marks), false) => marks.space,
            (None, true) => '\n',
            (None, false) => ' ',
        });
    }

    fn text(&mut self, text: &str) {
        for char in text.chars() {
            if matches!(char, ' ' | '\t' | '\n' | '\r' | '\x0c') {
                self.swallowed |= self.trimmed;
                if !self.trimmed {
                    self.space = Some(self.space.unwrap_or(false) || char == '\n');
                }
                continue;
            }
            self.beside(Side::Other);
            match (char, self.marks) {
                ('&', Some(marks)) => self.out.push(marks.entity),
                _ => self.out.push(char),
            }
        }
    }

    /// Writes something as it is.
    fn keep(&mut self, text: &str) {
        let Some(marks) = self.marks else {
            self.out.push_str(text);
            return;
        };
        self.out.push_str(&format!("{}{}{}", marks.open, self.held.len(), marks.close));
        self.held.push(text.to_owned());
    }

    fn start(&mut self, start: &Start) {
        let void = elements::is_void(start.name);
        let mut attributes = String::new();
        let mut open = true;
        let slash = match &start.items {
            Some(items) => {
                open = attributes::write(items, &mut attributes);
                start.closed && !void
            }
            // Everything behind the name but the `>`.
            None => {
                attributes.push_str(&start.text[1 + start.name.len()..start.text.len() - 1]);
                false
            }
        };
        if slash {
            attributes.push_str(if open && !attributes.is_empty() { " /" } else { "/" });
        }
        if self.marks.is_none() || attributes.is_empty() && !start.name.contains('{') {
            self.out.push_str(&format!("<{}{attributes}>", start.name));
        } else if slash || start.name.contains('{') {
            self.keep(&format!("<{}{attributes}>", start.name));
        } else {
            self.out.push_str(&format!("<{}{ATTRIBUTE}{}>", start.name, self.held.len()));
            self.held.push(attributes);
        }
    }
}

/// Puts back what stood behind the marks; `None` when one is missing.
fn restore(text: &str, marks: Marks, held: &[String]) -> Option<String> {
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text;
    let mut count = 0;
    let marked = |char: char| [marks.open, marks.space, marks.line, marks.entity].contains(&char);
    loop {
        let mark = rest.find(marked);
        let attribute = rest.find(ATTRIBUTE);
        let Some(at) = mark.into_iter().chain(attribute).min() else { break };
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let number = rest.strip_prefix(ATTRIBUTE).or_else(|| rest.strip_prefix(marks.open));
        if let Some(number) = number {
            let end = number.find(|char: char| !char.is_ascii_digit())?;
            out.push_str(held.get(number[..end].parse::<usize>().ok()?)?);
            count += 1;
            rest = &number[end..];
            rest = rest.strip_prefix(marks.close).unwrap_or(rest);
            continue;
        }
        let mut chars = rest.chars();
        out.push(match chars.next()? {
            char if char == marks.space => ' ',
            char if char == marks.line => '\n',
            _ => '&',
        });
        rest = chars.as_str();
    }
    out.push_str(rest);
    (count == held.len()).then_some(out)
}
