//! Keeps a text to what a page can be: its length, and how deep things stand in each other.

use std::ops::Range;

/// Bytes of one text. A long guide has 60 kB.
pub(crate) const LENGTH: usize = 1 << 20;
/// Quotes and lists opened at the start of one line.
pub(crate) const MARKERS: usize = 32;
/// Elements within each other.
pub(crate) const DEPTH: usize = 64;

/// A text beyond a limit, with the bytes to mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Excess {
    Long(Range<usize>),
    Deep(Range<usize>),
}

/// Looks at a text before it is parsed: the parser's time may grow with the square of these.
pub(crate) fn check(text: &str) -> Result<(), Excess> {
    if text.len() > LENGTH {
        return Err(Excess::Long(0..text.find('\n').unwrap_or(0)));
    }
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if markers(line) > MARKERS {
            return Err(Excess::Deep(start..start + line.trim_end().len()));
        }
        start += line.len();
    }
    Ok(())
}

/// Counts the quotes and list items a line may open: an upper bound, as text of dashes counts.
fn markers(line: &str) -> usize {
    let mut rest = line.trim_start();
    let mut found = 0;
    while let Some(len) = marker(rest) {
        found += 1;
        rest = rest[len..].trim_start();
    }
    found
}

/// Gives the length of the quote or list marker at the start of a text.
pub(crate) fn marker(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let ends = |at: usize| bytes.get(at).is_none_or(u8::is_ascii_whitespace);
    match bytes.first()? {
        b'>' => Some(1),
        b'-' | b'*' | b'+' | b':' if ends(1) => Some(1),
        b'0'..=b'9' => {
            let digits = bytes.iter().take(10).take_while(|byte| byte.is_ascii_digit()).count();
            let dot = matches!(bytes.get(digits), Some(b'.' | b')'));
            (digits < 10 && dot && ends(digits + 1)).then_some(digits + 1)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_bounds() {
        assert_eq!(check(&"word ".repeat(9)), Ok(()));
        assert!(matches!(check(&"x".repeat(LENGTH + 1)), Err(Excess::Long(_))));
        assert_eq!(check(&format!("a\n{}b\n", ">".repeat(33))), Err(Excess::Deep(2..36)));
        assert_eq!(check(&"- ".repeat(32)), Ok(()));
        assert_eq!(check(&"10. - ".repeat(17)), Err(Excess::Deep(0..101)));
    }
}
