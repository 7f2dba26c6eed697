//! What is told of a text: how many words it has.

/// Counts what stands between spaces and line ends; a space that does not break joins its words.
pub(crate) fn words(text: &str) -> usize {
    // No branch depends on a byte, so that the processor looks at many bytes at once.
    let space = |byte: u8| byte.is_ascii_whitespace();
    let bytes = text.as_bytes();
    let starts = |(before, byte): (&u8, &u8)| u8::from(space(*before)) & u8::from(!space(*byte));
    let count = |before: &[u8], bytes: &[u8]| -> usize {
        before.iter().zip(bytes).map(starts).fold(0_u8, u8::wrapping_add).into()
    };
    let Some((first, rest)) = bytes.split_first() else { return 0 };
    let counted = bytes.chunks(255).zip(rest.chunks(255)).map(|(before, next)| count(before, next));
    counted.sum::<usize>() + usize::from(!space(*first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted() {
        let slowly = |text: &str| text.split_ascii_whitespace().count();
        for text in ["", " ", "a", "a b", " a\u{a0}b\nc ", &"ab c".repeat(300), &" x".repeat(1000)]
        {
            assert_eq!(words(text), slowly(text), "{text:?}");
        }
    }
}
