//! Looks for words of a page in the text that it is made from.

use std::ops::Range;

/// Finds words in a text as it is written, with marks of Markdown between them or without.
pub(super) fn find_words(text: &str, words: &str) -> Option<Range<usize>> {
    if let Some(at) = text.find(words) {
        return Some(at..at + words.len());
    }
    let words: Vec<&str> =
        words.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let (first, others) = words.split_first()?;
    let mut starts = text.char_indices().map(|(at, _)| at);
    starts.find_map(|start| {
        let mut end = start + length_of(&text[start..], first)?;
        for word in others {
            let rest = &text[end..];
            let between = rest.find(char::is_alphanumeric).unwrap_or(rest.len());
            let few = (1..=MOST_BETWEEN).contains(&rest[..between].chars().count());
            end += between + few.then(|| length_of(&rest[between..], word))??;
        }
        Some(start..end)
    })
}

/// How many characters may stand between words for marks.
const MOST_BETWEEN: usize = 12;

/// How long a word is at the start of a text, in whatever case it is written there.
fn length_of(text: &str, word: &str) -> Option<usize> {
    let mut chars = text.chars();
    for wanted in word.chars() {
        let char = chars.next()?;
        (char == wanted || char.to_lowercase().eq(wanted.to_lowercase())).then_some(())?;
    }
    Some(text.len() - chars.as_str().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_through_marks() {
        assert_eq!(find_words("it is **very** safe.", "very safe"), Some(8..19));
        assert_eq!(find_words("nothing", "very safe"), None);
        assert_eq!(find_words("Very\n\n> ÉTÉ", "very été"), Some(0..13));
        assert_eq!(find_words("very . . . . . . . . . . safe", "very safe"), None);
        assert_eq!(find_words("a very-safe", "very  safe!"), Some(2..11));
        assert_eq!(find_words("any", "—"), None);
    }
}
