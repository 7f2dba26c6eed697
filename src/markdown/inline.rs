//! Runs of text: measurements keep straight quotes, bare addresses become links.

use std::ops::Range;

/// A run of text without marks, in pieces as the parser gives them.
#[derive(Default)]
pub(crate) struct Run<'a> {
    pieces: Vec<(Range<usize>, &'a str)>,
}

/// A part of a run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Text.
    Text(String),
    /// A bare address: what is shown, and where it leads.
    Link(String, String),
}

impl<'a> Run<'a> {
    /// Tells whether a piece goes on where the run ends.
    pub(crate) fn continues(&self, range: &Range<usize>) -> bool {
        self.pieces.last().is_none_or(|(last, _)| last.end == range.start)
    }

    pub(crate) fn push(&mut self, range: Range<usize>, text: &'a str) {
        self.pieces.push((range, text));
    }

    /// The run's bytes in the source; `None` when it is empty.
    pub(crate) fn range(&self) -> Option<Range<usize>> {
        Some(self.pieces.first()?.0.start..self.pieces.last()?.0.end)
    }

    /// The run's text as it is.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &'a str> {
        self.pieces.iter().map(|(_, text)| *text)
    }

    /// Starts a new run in the room of this one.
    pub(crate) fn cleared(mut self) -> Self {
        self.pieces.clear();
        self
    }

    /// Splits the run at its bare addresses; `None` when it has none.
    pub(crate) fn parts(&self, source: &str) -> Option<Vec<Part>> {
        let range = self.range()?;
        let raw = &source[range.clone()];
        if !may_have_address(raw.as_bytes()) {
            return None;
        }
        let mut parts: Vec<Part> = Vec::new();
        let mut links = addresses(raw).into_iter().peekable();
        for (place, text) in &self.pieces {
            let verbatim = source[place.clone()] == **text;
            let mut at = place.start - range.start;
            let end = place.end - range.start;
            while at < end {
                while links.peek().is_some_and(|(link, _)| link.end <= at) {
                    links.next();
                }
                let (inside, next) = match links.peek() {
                    Some((link, scheme)) if link.start <= at => (Some(*scheme), link.end.min(end)),
                    Some((link, _)) => (None, link.start.min(end)),
                    None => (None, end),
                };
                let next = if verbatim { next } else { end };
                let entity = raw[at..].starts_with('&');
                let piece = match (verbatim, inside) {
                    (true, _) => &raw[at..next],
                    (false, Some(_)) if !entity => &raw[at..next],
                    (false, _) => text,
                };
                let fresh = links.peek().is_some_and(|(link, _)| link.start == at);
                push(&mut parts, piece, inside, fresh);
                at = next;
            }
            if place.is_empty() {
                push(&mut parts, text, None, false);
            }
        }
        Some(parts)
    }
}

/// Tells whether a text may hold a bare address: most texts do not, and are not looked at closely.
pub(crate) fn may_have_address(text: &[u8]) -> bool {
    let sign = |at: usize| text[at] == b'@' || text[at..].starts_with(b"://");
    let www =
        |at: usize| text[at..].get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"www."));
    memchr::memchr2_iter(b'@', b':', text).any(sign)
        || memchr::memchr2_iter(b'w', b'W', text).any(www)
}

fn push(parts: &mut Vec<Part>, piece: &str, scheme: Option<&str>, fresh: bool) {
    match (scheme, parts.last_mut()) {
        (None, Some(Part::Text(text))) => text.push_str(piece),
        (None, _) => parts.push(Part::Text(piece.to_owned())),
        (Some(_), Some(Part::Link(shown, href))) if !fresh => {
            shown.push_str(piece);
            href.push_str(piece);
        }
        (Some(scheme), _) => {
            parts.push(Part::Link(piece.to_owned(), format!("{scheme}{piece}")));
        }
    }
}

/// Finds bare addresses by the rules of GitHub's autolinks (GFM 6.9), each with what its link
/// needs before it.
fn addresses(raw: &str) -> Vec<(Range<usize>, &'static str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < raw.len() {
        let before = raw[..at].chars().next_back();
        let boundary = before.is_none_or(|char| !char.is_alphanumeric());
        let link = if boundary { web(raw, at).or_else(|| mail(raw, at)) } else { None };
        match link {
            Some((end, scheme)) => {
                found.push((at..end, scheme));
                at = end;
            }
            None => {
                // An address starts a word; the rest of the word cannot start one.
                let rest = &raw[at..];
                let word = |char: char| char.is_alphanumeric() || "._+-".contains(char);
                let length = match boundary {
                    true => rest.find(|char| !word(char)).unwrap_or(rest.len()),
                    false => 0,
                };
                at += length.max(rest.chars().next().map_or(1, char::len_utf8));
            }
        }
    }
    found
}

fn web(raw: &str, at: usize) -> Option<(usize, &'static str)> {
    let rest = &raw[at..];
    let starts = |prefix: &str| {
        rest.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    let (skip, scheme) = match () {
        () if starts("https://") => (8, ""),
        () if starts("http://") => (7, ""),
        () if starts("www.") => (0, "https://"),
        () => return None,
    };
    let ends = |char: char| char.is_whitespace() || char == '<';
    let whole = &rest[..rest.find(ends).unwrap_or(rest.len())];
    let host = &whole[skip..];
    let host = &host[..host.find(['/', '?', '#', ':']).unwrap_or(host.len())];
    let host = host.trim_end_matches(|char: char| !char.is_alphanumeric());
    let good = host.contains('.')
        && host.split('.').all(|part| {
            !part.is_empty() && part.chars().all(|it| it.is_alphanumeric() || "-_".contains(it))
        })
        && !host.rsplit('.').take(2).any(|part| part.contains('_'));
    let length = trimmed(whole);
    (good && length > skip).then_some((at + length, scheme))
}

/// The length of an address without the punctuation of the sentence it is in.
fn trimmed(whole: &str) -> usize {
    let mut text = whole;
    loop {
        let shorter = text.trim_end_matches(|char| "?!.,:*_~'\"’”".contains(char));
        let shorter = match shorter.chars().next_back() {
            Some(')') => {
                let count = |wanted| shorter.matches(wanted).count();
                if count(')') > count('(') { &shorter[..shorter.len() - 1] } else { shorter }
            }
            Some(';') => entity_start(shorter).map_or(shorter, |at| &shorter[..at]),
            _ => shorter,
        };
        if shorter.len() == text.len() {
            return text.len();
        }
        text = shorter;
    }
}

/// Where an entity such as `&quot;` at the end of a text starts.
fn entity_start(text: &str) -> Option<usize> {
    let at = text.rfind('&')?;
    let inner = &text[at + 1..text.len() - 1];
    (!inner.is_empty() && inner.chars().all(|it| it.is_ascii_alphanumeric())).then_some(at)
}

fn mail(raw: &str, at: usize) -> Option<(usize, &'static str)> {
    let rest = &raw[at..];
    let local = |char: char| char.is_ascii_alphanumeric() || ".+-_".contains(char);
    let name = rest.find(|char| !local(char)).filter(|length| *length > 0)?;
    let domain = rest[name..].strip_prefix('@')?;
    let fine = |char: char| char.is_ascii_alphanumeric() || ".-_".contains(char);
    let length = domain.find(|char| !fine(char)).unwrap_or(domain.len());
    let domain = domain[..length].trim_end_matches('.');
    let good = domain.contains('.')
        && domain.split('.').all(|part| !part.is_empty())
        && !domain.ends_with(['-', '_']);
    good.then_some((at + name + 1 + domain.len(), "mailto:"))
}

/// Tells whether a quotation mark stands for feet, inches, minutes or seconds: it follows a digit
/// and no quotation is open that it could end.
pub(crate) fn is_measure(source: &str, range: &Range<usize>, open: bool) -> bool {
    let mark = &source[range.clone()];
    let digit = |char: Option<char>| char.is_some_and(|char| char.is_ascii_digit());
    let before = digit(source[..range.start].chars().next_back());
    let after = source[range.end..].chars().next();
    match mark {
        "'" => before && (digit(after) || (!open && !after.is_some_and(char::is_alphanumeric))),
        "\"" => before && !open,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linked(text: &str) -> String {
        let mut run = Run::default();
        run.push(0..text.len(), text);
        let word = |part: Part| match part {
            Part::Text(text) => text,
            Part::Link(shown, href) => format!("[{shown}]({href})"),
        };
        match run.parts(text) {
            Some(parts) => parts.into_iter().map(word).collect(),
            None => text.to_owned(),
        }
    }

    #[test]
    fn bare_addresses_are_found() {
        assert_eq!(linked("see https://x.org/a_b."), "see [https://x.org/a_b](https://x.org/a_b).");
        assert_eq!(linked("(www.y.org/a(b))"), "([www.y.org/a(b)](https://www.y.org/a(b)))");
        assert_eq!(linked("a@b.co.uk, c"), "[a@b.co.uk](mailto:a@b.co.uk), c");
        assert_eq!(linked("https://x.org?a=1&amp;"), "[https://x.org?a=1](https://x.org?a=1)&amp;");
        for plain in ["http://", "https://x", "a@b", "xhttps://y.org", "www.", "a@b.c-", "1:30"] {
            assert_eq!(linked(plain), plain);
        }
    }
}
