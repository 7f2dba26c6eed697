//! Whether two questions ask the same, and whether two answers contradict each other, by their
//! words.

use std::collections::BTreeSet;

use crate::text::near;

/// Words without which a question asks the same.
const SMALL: [&str; 33] = [
    "a", "am", "an", "and", "are", "at", "be", "can", "did", "do", "does", "for", "i", "in", "is",
    "it", "may", "me", "my", "of", "on", "our", "that", "the", "there", "this", "to", "was", "we",
    "will", "you", "your", "s",
];

/// Words that turn what is said into its opposite.
const DENYING: [&str; 10] =
    ["cannot", "don", "doesn", "isn", "never", "no", "none", "not", "nothing", "won"];

/// Numbers that are written as words. `one` is more often a pronoun.
const NUMBERS: [(&str, &str); 17] = [
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("eight", "8"),
    ("nine", "9"),
    ("ten", "10"),
    ("eleven", "11"),
    ("twelve", "12"),
    ("fourteen", "14"),
    ("fifteen", "15"),
    ("twenty", "20"),
    ("thirty", "30"),
    ("forty", "40"),
    ("fifty", "50"),
];

/// How two answers contradict each other.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Opposite {
    /// The one says this and the other that, in words for a message.
    Said(String, String),
    /// The one says that it is so and the other that it is not.
    Denied,
}

/// Gives what a question asks, without case, punctuation and small words; `None` for a text
/// without words.
pub(crate) fn key(question: &str) -> Option<String> {
    let all = words(question);
    let telling: Vec<&str> =
        all.iter().map(String::as_str).filter(|word| !is_small(word)).collect();
    let key = if telling.is_empty() { all.join(" ") } else { telling.join(" ") };
    (!key.is_empty()).then_some(key)
}

/// Gives the words of a text without case and punctuation, numbers as digits.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut chars = text.chars().peekable();
    let mut last = ' ';
    while let Some(char) = chars.next() {
        // What stands inside a number is no punctuation: 1,500 and 2.5.
        let next = chars.peek().is_some_and(char::is_ascii_digit);
        match char {
            ',' if last.is_ascii_digit() && next => (),
            '.' if last.is_ascii_digit() && next => word.push('.'),
            char if char.is_alphanumeric() => word.extend(char.to_lowercase()),
            _ if !word.is_empty() => words.push(std::mem::take(&mut word)),
            _ => (),
        }
        last = char;
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    for word in &mut words {
        if let Some((_, digits)) = NUMBERS.iter().find(|(name, _)| name == word) {
            (*digits).clone_into(word);
        }
    }
    words
}

/// Finds a contradiction between two answers that is more than a matter of wording.
pub(crate) fn find(one: &str, other: &str) -> Option<Opposite> {
    let (one, other) = (words(one), words(other));
    let verdict = |words: &[String]| match words.first().map(String::as_str) {
        Some("yes") => Some(true),
        Some("no") => Some(false),
        _ => None,
    };
    if let (Some(a), Some(b)) = (verdict(&one), verdict(&other))
        && a != b
    {
        let word = |yes| if yes { "`yes`".to_owned() } else { "`no`".to_owned() };
        return Some(Opposite::Said(word(a), word(b)));
    }
    let (a, b) = (numbers(&one), numbers(&other));
    let only = |a: &BTreeSet<&str>, b: &BTreeSet<&str>| {
        near::all_of(a.iter().filter(|it| !b.contains(*it)).copied())
    };
    let (here, there) = (only(&a, &b), only(&b, &a));
    if !here.is_empty() && !there.is_empty() {
        return Some(Opposite::Said(here, there));
    }
    let denies = |words: &[String]| {
        let denying = words.iter().filter(|word| DENYING.contains(&word.as_str()));
        denying.count() % 2 == 1
    };
    let rest = |words: &[String]| {
        let kept = words.iter().filter(|word| {
            let word = word.as_str();
            !DENYING.contains(&word) && !is_small(word) && word != "t"
        });
        kept.cloned().collect::<Vec<_>>()
    };
    (denies(&one) != denies(&other) && rest(&one) == rest(&other)).then_some(Opposite::Denied)
}

fn is_small(word: &str) -> bool {
    word.len() <= 5 && SMALL.contains(&word)
}

fn numbers(words: &[String]) -> BTreeSet<&str> {
    let numbers =
        words.iter().filter(|word| word.chars().all(|it| it.is_ascii_digit() || it == '.'));
    numbers.map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_what_it_asks() {
        for (one, other, same) in [
            ("Does it hurt?", "Will it hurt?", true),
            ("How many sessions will I need?", "how many sessions do you need", true),
            ("Can I fly?", "When can I fly?", false),
            ("May I smoke before it?", "May I smoke after it?", false),
            ("Is it safe?", "Is it not safe?", false),
            ("Is it?", "Do I?", false),
            ("Ist es dauerhaft?", "Ist es schmerzhaft?", false),
        ] {
            assert_eq!(key(one) == key(other), same, "{one} {other}");
        }
        assert_eq!(key("?!"), None);
    }

    #[test]
    fn numbers_verdicts_and_denials_contradict() {
        let said = |a: &str, b: &str| Some(Opposite::Said(a.to_owned(), b.to_owned()));
        for (one, other, expected) in [
            ("Yes, it does.", "No.", said("`yes`", "`no`")),
            ("After ten days.", "After 5 days.", said("`10`", "`5`")),
            ("About 1,500 grafts.", "About 1500 grafts.", None),
            ("Two or three sessions.", "Three sessions.", None),
            ("It is permanent.", "It is not permanent.", Some(Opposite::Denied)),
            ("It isn't permanent.", "It is permanent.", Some(Opposite::Denied)),
            ("A little.", "Somewhat.", None),
            ("Not at all.", "A little.", None),
        ] {
            assert_eq!(find(one, other), expected, "{one} {other}");
        }
    }
}
