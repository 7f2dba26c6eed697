//! Limits on a text, looked at before it is parsed: hostile input ends in an error.

use std::ops::Range;

/// The longest text, in bytes.
pub(crate) const LONGEST: usize = 1 << 20;
/// The most marks of lists and quotes at the start of a line.
const MARKS: usize = 32;
/// The most elements inside each other in the HTML.
pub(crate) const DEEPEST: usize = 64;
/// The most brackets or marks of emphasis on one line: beyond, no person wrote it.
const OPENERS: usize = 4096;

/// Finds a line that nests too deep to be parsed at leisure.
pub(crate) fn too_deep(text: &str) -> Option<Range<usize>> {
    let mut start = 0;
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
    for end in ends.chain([text.len()]) {
        let line = &text[start..end];
        // A mark takes a byte at least.
        let deep = line.len() > MARKS && may_be_mark(line) && marks(line) > MARKS;
        if deep || line.len() > OPENERS && openers(line) > OPENERS {
            return Some(start..start + line.trim_end().len());
        }
        start = end;
    }
    None
}

/// Whether a line starts as one with a mark does.
fn may_be_mark(line: &str) -> bool {
    let first = line.bytes().find(|byte| !byte.is_ascii_whitespace());
    first.is_none_or(|byte| !byte.is_ascii_alphabetic())
}

/// Counts the marks of lists and quotes at the start of a line.
fn marks(line: &str) -> usize {
    let mut count = 0;
    let mut rest = line.trim_start();
    loop {
        let bytes = rest.as_bytes();
        let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let length = match bytes.first() {
            Some(b'>') => 1,
            Some(b'-' | b'*' | b'+') if bytes.get(1).is_some_and(u8::is_ascii_whitespace) => 1,
            Some(_) if (1..=9).contains(&digits) => match bytes.get(digits) {
                Some(b'.' | b')') => digits + 1,
                _ => return count,
            },
            _ => return count,
        };
        count += 1;
        rest = rest[length..].trim_start();
    }
}

fn openers(line: &str) -> usize {
    line.bytes().filter(|byte| matches!(byte, b'[' | b'*' | b'_' | b'<')).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_lines_are_found() {
        assert_eq!(too_deep("> - 1. a\n- - - b\n"), None);
        assert_eq!(too_deep(&format!("a\n{}x\n", "> ".repeat(40))), Some(2..83));
        assert_eq!(too_deep(&"- ".repeat(33)), Some(0..65));
    }
}
