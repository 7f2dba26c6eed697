//! Slips in a text: what Markdown takes for plain words, and its author meant for more.
//!
//! 1. `plain` keeps of the text what readers see as plain words, in its place;
//! 2. its lines are looked at one by one, for marks that were meant to do something;
//! 3. `blocks` looks at what the parser made of the rest.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use crate::diag::Diagnostics;
use crate::markdown::directives::Prepared;
use crate::markdown::writer::Events;
use crate::markdown::{Place, blocks, slip_errors as errors};
use crate::text::flaws;

/// Looks for slips in a text.
pub(crate) fn look(prepared: &Prepared, events: &Events, place: &Place, found: &mut Diagnostics) {
    let ends: Vec<usize> = memchr::memchr_iter(b'\n', prepared.text.as_bytes()).collect();
    let plain = plain(&prepared.text, &ends, events);
    let span = |range: Range<usize>| place.span(prepared.original(range));
    let text = Text { plain: &plain, source: &prepared.text, signs: Signs::of(&plain) };
    let mut slips = Vec::new();
    let mut start = 0;
    let mut before = "";
    for end in ends.iter().map(|it| it + 1).chain([plain.len()]) {
        let line = &plain[start..end];
        if !(text.signs.none() && is_plain(line)) {
            text.line(start, line, before, &mut slips);
        }
        start = end;
        before = line;
    }
    found.extend(slips.into_iter().map(|slip: Slip| (slip.1)(span(slip.0))));
    blocks::look(&prepared.text, events, &span, found);
}

/// A slip's place, and what is said of it there.
pub(crate) type Slip =
    (Range<usize>, Box<dyn FnOnce(crate::diag::Span) -> crate::diag::Diagnostic>);

/// Gives a text of the same length in which everything but plain words and line ends is a space.
fn plain(text: &str, ends: &[usize], events: &Events) -> String {
    let mut out: Vec<u8> = vec![b' '; text.len()];
    ends.iter().for_each(|at| out[*at] = b'\n');
    let mut hidden = 0;
    for (event, range) in events {
        match event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_)) => hidden += 1,
            Event::End(TagEnd::Link | TagEnd::Image | TagEnd::CodeBlock) => hidden -= 1,
            Event::Text(_) if hidden == 0 => {
                let mut range = range.clone();
                if text[..range.start].ends_with('\\') {
                    // Written so that it means nothing.
                    range.start += text[range.clone()].chars().next().map_or(0, char::len_utf8);
                }
                out[range.clone()].copy_from_slice(&text.as_bytes()[range]);
            }
            _ => (),
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| " ".repeat(text.len()))
}

struct Text<'a> {
    plain: &'a str,
    source: &'a str,
    signs: Signs,
}

/// What a text has at all of what slips are made of: most texts have nothing of it.
#[derive(Clone, Copy)]
struct Signs {
    brackets: bool,
    braces: bool,
    marks: bool,
    placeholders: bool,
}

impl Signs {
    fn none(self) -> bool {
        !(self.brackets || self.braces || self.marks || self.placeholders)
    }

    fn of(plain: &str) -> Self {
        let bytes = plain.as_bytes();
        let tick = || memchr::memchr(b'`', bytes);
        Self {
            brackets: memchr::memchr2(b'[', b']', bytes).is_some(),
            braces: memchr::memchr(b'{', bytes).is_some(),
            marks: memchr::memchr3(b'*', b'_', b'~', bytes).or_else(tick).is_some(),
            placeholders: flaws::may_have_placeholders(plain),
        }
    }
}

/// Tells of most lines that they start with a letter, or have nothing in them.
fn is_plain(line: &str) -> bool {
    let first = line.bytes().find(|it| !matches!(it, b' ' | b'\t' | b'\r' | b'\n'));
    first.is_none_or(|it| it.is_ascii_alphabetic())
}

impl Text<'_> {
    fn line(&self, start: usize, line: &str, before: &str, slips: &mut Vec<Slip>) {
        let words = line.trim();
        if words.is_empty() {
            return;
        }
        let first = start + line.len() - line.trim_start().len();
        let end = first + words.len();
        // Whether nothing but space stands before: no mark of a list, no heading.
        let own = self.source[start..first].trim().is_empty();
        if own {
            self.start_of_line(first..end, before, slips);
        }
        if self.signs.brackets {
            for at in memchr::memchr_iter(b']', words.as_bytes()) {
                self.bracket(first + at, first..end, slips);
            }
            if let Some(at) = words.find(")[") {
                self.turned_round(first + at, first..end, slips);
            }
        }
        if self.signs.braces {
            self.braces(first..end, slips);
        }
        if self.signs.marks {
            self.marks(first..end, own, before, slips);
        }
        if !self.signs.placeholders {
            return;
        }
        for (range, what) in flaws::placeholders(words) {
            let range = first + range.start..first + range.end;
            slips.push((range, Box::new(move |span| errors::placeholder(&what, span))));
        }
    }

    /// What stands at the start of a line and was meant to make something of it.
    fn start_of_line(&self, range: Range<usize>, before: &str, slips: &mut Vec<Slip>) {
        let words = &self.plain[range.clone()];
        // All that is looked for starts with a sign or a digit.
        if words.as_bytes()[0].is_ascii_alphabetic() {
            return;
        }
        let hashes = words.len() - words.trim_start_matches('#').len();
        let behind = words[hashes..].chars().next();
        let heading = hashes > 1 || behind == Some('\u{a0}');
        if (1..=6).contains(&hashes) && heading && behind.is_some() {
            let marks = "#".repeat(hashes);
            slips.push((range, Box::new(move |span| errors::heading_space(&marks, span))));
            return;
        }
        if words.starts_with(':') && directive_name(&words[1..]) {
            slips.push((range, Box::new(errors::one_colon)));
            return;
        }
        let next = self.plain[range.end..].split('\n').nth(1).unwrap_or_default().trim();
        let first = !before.trim_start().starts_with(|it: char| words.starts_with(it));
        if task(words) {
            slips.push((range, Box::new(errors::task_space)));
        } else if bullet(words) && first {
            slips.push((range, Box::new(errors::typed_bullet)));
        } else if hyphen(words) && hyphen(next) && !hyphen(before.trim()) {
            slips.push((range, Box::new(|span| errors::list_space("-", span))));
        } else if let Some((number, spaced)) = numbered(words)
            && numbered(next).is_some_and(|it| it.0 == number + 1)
            && numbered(before.trim()).is_none_or(|it| it.0 + 1 != number)
        {
            match spaced {
                true => slips.push((range, Box::new(errors::list_blank))),
                false => slips.push((range, Box::new(|span| errors::list_space("1.", span)))),
            }
        }
    }

    /// A `]`: what stands around it was hardly meant to be read.
    fn bracket(&self, at: usize, line: Range<usize>, slips: &mut Vec<Slip>) {
        let before = &self.plain[line.start..at];
        let Some(open) = before.rfind('[').map(|open| line.start + open) else { return };
        let inner = &self.plain[open + 1..at];
        let rest = &self.plain[at + 1..line.end];
        if let Some(address) = rest.strip_prefix('(') {
            let closed = address.find(')');
            let address = &address[..closed.unwrap_or(address.len())];
            let end = at + 2 + address.len() + usize::from(closed.is_some());
            let address = address.to_owned();
            let slip = move |span| errors::link_address(&address, closed.is_some(), span);
            slips.push((open..end, Box::new(slip)));
        } else if let Some(address) = rest.strip_prefix(" (")
            && let Some(end) = address.find(')')
            && looks_like_address(&address[..end])
        {
            let range = open..at + 3 + end + 1;
            slips.push((range, Box::new(errors::link_gap)));
        } else if let Some(name) = rest.strip_prefix('[')
            && let Some(end) = name.find(']')
            && !name[..end].trim().is_empty()
            && !inner.trim().is_empty()
            && name[..end].contains(char::is_alphabetic)
        {
            let name = name[..end].to_owned();
            let range = open..at + 2 + end + 1;
            slips.push((range, Box::new(move |span| errors::link_name(&name, span))));
        } else if before.ends_with(inner)
            && self.plain[line.start..open].ends_with('[')
            && rest.starts_with(']')
        {
            slips.push((open - 1..at + 2, Box::new(errors::wiki_link)));
        } else if shortcode(inner) {
            slips.push((open..at + 1, Box::new(errors::not_filled)));
        }
    }

    /// `(text)[address]`.
    fn turned_round(&self, at: usize, line: Range<usize>, slips: &mut Vec<Slip>) {
        let rest = &self.plain[at + 2..line.end];
        let Some(end) = rest.find(']').filter(|end| looks_like_address(&rest[..*end])) else {
            return;
        };
        let open = self.plain[line.start..at].rfind('(').map_or(at, |open| line.start + open);
        slips.push((open..at + 2 + end + 1, Box::new(errors::link_turned)));
    }

    /// What other programs would fill in.
    fn braces(&self, line: Range<usize>, slips: &mut Vec<Slip>) {
        let words = &self.plain[line.clone()];
        for (open, close) in [("{{", "}}"), ("{%", "%}")] {
            let Some(at) = words.find(open) else { continue };
            let Some(end) = words[at..].find(close) else { continue };
            let range = line.start + at..line.start + at + end + close.len();
            slips.push((range, Box::new(errors::not_filled)));
        }
    }

    /// Stars, lines and ticks that are shown as they are.
    fn marks(&self, line: Range<usize>, own: bool, before: &str, slips: &mut Vec<Slip>) {
        let words = &self.plain[line.clone()];
        let starts_block = own && before.trim().is_empty();
        for mark in ["**", "__", "~~", "`", "*"] {
            let sign = mark.as_bytes()[0];
            let mut from = 0;
            while let Some(at) = memchr::memchr(sign, &words.as_bytes()[from..]) {
                let at = from + at;
                let run = words[at..].bytes().take_while(|it| *it == sign).count();
                from = at + run;
                if run != mark.len() {
                    continue;
                }
                let left = words[..at].chars().next_back();
                let right = words[from..].chars().next();
                let free = |it: Option<char>| {
                    it.is_none_or(|it| it.is_whitespace() || "(“\"‘'".contains(it))
                };
                let opens = free(left) && right.is_some_and(char::is_alphanumeric);
                let apart =
                    left.is_some_and(char::is_whitespace) && right.is_some_and(char::is_whitespace);
                let meant = match mark {
                    "`" => true,
                    "*" => opens && !(at == 0 && starts_block) && at > 0,
                    _ => opens || apart,
                };
                if meant {
                    let range = line.start + at..line.start + from;
                    slips.push((range, Box::new(move |span| errors::stray_mark(mark, span))));
                    break;
                }
            }
        }
    }
}

/// Tells whether words start as a directive's name and its arguments do.
fn directive_name(words: &str) -> bool {
    let end = words.find('{').unwrap_or(0);
    end > 0 && words[..end].chars().all(|it| it.is_ascii_lowercase() || it == '-')
}

fn task(words: &str) -> bool {
    ["-[ ]", "-[x]", "-[X]", "-[]", "*[ ]", "*[x]"].iter().any(|it| words.starts_with(it))
}

fn bullet(words: &str) -> bool {
    let rest = words.strip_prefix(['•', '·', '‣', '▪', '●', '◦', '○', '➢', '\u{f0b7}']);
    rest.is_some_and(|rest| !rest.trim().is_empty())
}

/// Tells whether a line starts with a hyphen and a word without a space.
fn hyphen(line: &str) -> bool {
    line.strip_prefix('-').is_some_and(|it| it.starts_with(char::is_alphabetic))
}

/// The number at the start of a line, and whether a space follows it.
fn numbered(line: &str) -> Option<(u32, bool)> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = line[digits..].strip_prefix(['.', ')'])?;
    let spaced = rest.starts_with(' ');
    let word = rest.trim_start().starts_with(char::is_alphabetic);
    let number = line[..digits].parse().ok().filter(|_| (1..=2).contains(&digits));
    number.filter(|_| word).map(|number| (number, spaced))
}

fn looks_like_address(text: &str) -> bool {
    let text = text.trim();
    !text.contains(' ')
        && (text.starts_with(['/', '#'])
            || text.contains("://")
            || text.starts_with("mailto:")
            || text.starts_with("tel:")
            || text.contains(".md")
            || text.contains('/') && text.contains('.'))
}

/// `gallery ids="1,2"`.
fn shortcode(text: &str) -> bool {
    let Some((name, rest)) = text.split_once(' ') else { return false };
    let name = name.strip_prefix('/').unwrap_or(name);
    let plain =
        |it: &str| !it.is_empty() && it.chars().all(|it| it.is_ascii_lowercase() || it == '_');
    plain(name)
        && rest
            .trim_start()
            .split_once('=')
            .is_some_and(|(key, value)| plain(key) && value.starts_with(['"', '“', '”', '\'']))
}
