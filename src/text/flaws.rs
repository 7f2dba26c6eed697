//! Flaws that texts bring along from elsewhere: invisible characters, letters read in the wrong encoding,
//! words that stand for others still to be written.

use std::ops::Range;

/// A flaw of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// A character that nobody sees, by its name.
    Invisible(&'static str),
    /// Letters that were read in the wrong encoding.
    Garbled,
}

/// Finds the first flaw of each line, with its place.
pub fn flaws(text: &str) -> Vec<(Range<usize>, Flaw)> {
    let bytes = text.as_bytes();
    // The first bytes of what is looked for; few texts have any.
    let mut found: Vec<(Range<usize>, Flaw)> = Vec::new();
    let mut add = |at: usize| {
        let Some(char) = text.get(at..).and_then(|it| it.chars().next()) else { return };
        let next = text[at + char.len_utf8()..].chars().next();
        let Some((flaw, length)) = flaw(text, at, char, next) else { return };
        let fresh = found.last().is_none_or(|(last, _)| text[last.start..at].contains('\n'));
        if fresh {
            found.push((at..at + length, flaw));
        }
    };
    memchr::memchr3_iter(0xe2, 0xef, 0xc3, bytes).for_each(&mut add);
    memchr::memchr2_iter(0xc2, 0x0b, bytes).for_each(&mut add);
    found.sort_by_key(|(range, _)| range.start);
    found
}

fn flaw(text: &str, at: usize, char: char, next: Option<char>) -> Option<(Flaw, usize)> {
    let name = match char {
        '\u{200b}' => "zero-width space",
        '\u{2060}' => "word joiner",
        '\u{feff}' if at > 0 => "byte order mark",
        '\u{202a}'..='\u{202e}' if !is_right_to_left(text) => "mark of direction",
        '\u{0b}' => "line break of another program",
        '\u{fffd}' => return Some((Flaw::Garbled, char.len_utf8())),
        'Ã' if matches!(next, Some('\u{80}'..='\u{bf}')) => return Some((Flaw::Garbled, 4)),
        'Â' if matches!(next, Some('\u{a0}'..='\u{bf}')) => return Some((Flaw::Garbled, 4)),
        'â' if next == Some('€') => return Some((Flaw::Garbled, 5)),
        _ => return None,
    };
    Some((Flaw::Invisible(name), char.len_utf8()))
}

/// Tells whether a text has Hebrew or Arabic letters.
fn is_right_to_left(text: &str) -> bool {
    text.chars().any(|it| matches!(it, '\u{590}'..='\u{8ff}'))
}

/// Tells of most texts that [`placeholders`] finds nothing in any of their lines: `false`.
pub fn may_have_placeholders(text: &str) -> bool {
    let bytes = text.as_bytes();
    let next = |at: usize| bytes.get(at + 1).copied().unwrap_or(0);
    let low = |at: usize| next(at) | 0x20;
    // `TODO`, `TBC`, `XXX`, `FIXME`; `[insert`, `[your`, `<insert`; `ipsum`.
    memchr::memchr2_iter(b'T', b'X', bytes).any(|at| matches!(next(at), b'O' | b'B' | b'X' | b'M'))
        || memchr::memchr2_iter(b'[', b'<', bytes).any(|at| matches!(low(at), b'i' | b'y'))
        || memchr::memchr2_iter(b'p', b'P', bytes).any(|at| low(at) == b's' && low(at + 1) == b'u')
}

/// Finds words that stand for others still to be written, each with its place.
pub fn placeholders(line: &str) -> Vec<(Range<usize>, String)> {
    if !may_have_placeholders(line) {
        return Vec::new();
    }
    const WORDS: [&str; 6] = ["TODO", "FIXME", "TBC", "TBD", "XXX", "XXXX"];
    let mut found = Vec::new();
    let whole = |range: &Range<usize>| {
        let free = |it: Option<char>| it.is_none_or(|it| !it.is_alphanumeric() && it != '_');
        free(line[..range.start].chars().next_back()) && free(line[range.end..].chars().next())
    };
    for word in WORDS {
        let ranges = line.match_indices(word).map(|(at, _)| at..at + word.len());
        found.extend(ranges.filter(whole).map(|range| (range.clone(), line[range].to_owned())));
    }
    let low = line.to_ascii_lowercase();
    for words in ["lorem ipsum", "[insert ", "[your ", "<insert "] {
        if let Some(at) = low.find(words) {
            let end = match words.starts_with(['[', '<']) {
                true => line[at..].find([']', '>']).map_or(line.len(), |end| at + end + 1),
                false => at + words.len(),
            };
            found.push((at..end, line[at..end].to_owned()));
        }
    }
    found.sort_by_key(|(range, _)| range.start);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flaws_are_found_and_plain_texts_have_none() {
        let names = |text| flaws(text).into_iter().map(|(range, _)| range).collect::<Vec<_>>();
        assert_eq!(names("a\u{200b}b\u{200b}\nIt\u{fffd}s cafÃ©"), [1..4, 11..14]);
        assert_eq!(names("It’s — “a” Ãguas Âmbar £5 €6 1°").len(), 0);
        assert_eq!(names("\u{feff}a").len(), 0);
        assert_eq!(names("Â£5, Itâ€™s").len(), 1);
    }

    #[test]
    fn placeholders_are_whole_words() {
        let found = |line| placeholders(line).into_iter().map(|it| it.1).collect::<Vec<_>>();
        assert_eq!(found("TODO: £XXX, [insert name]."), ["TODO", "XXX", "[insert name]"]);
        assert_eq!(found("Lorem ipsum dolor, LOREM IPSUM"), ["Lorem ipsum"]);
        assert_eq!(found("LOREM IPSUM"), ["LOREM IPSUM"]);
        assert_eq!(found("lorem IPsum"), ["lorem IPsum"]);
        assert_eq!(
            found("FIXME TBC TBD <Insert x> [YOUR name]"),
            ["FIXME", "TBC", "TBD", "<Insert x>", "[YOUR name]"]
        );
        assert_eq!(found("XXXL, MASTODON, in your case (XXI)"), [""; 0]);
    }
}
