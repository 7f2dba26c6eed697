//! What a text must look like: Rust's regular expressions as ECMAScript's, where they agree.

use std::iter::Peekable;
use std::str::Chars;

use serde_json::{Map, Value, json};

use crate::content::schema::{Field, Format};
use crate::export::fields::also;

/// Signs that ECMAScript lets a backslash escape (ECMA-262, SyntaxCharacter and `/`).
const ESCAPABLE: &str = "^$\\.*+?()[]{}|/";

/// Puts what a text must look like into its schema: its pattern, if ECMAScript can say it, and its
/// format as an expression that is as strict as Galen, no stricter.
pub(crate) fn with(mut object: Map<String, Value>, field: &Field) -> Map<String, Value> {
    let own = field
        .pattern
        .as_ref()
        .and_then(|(regex, words)| Some((portable(regex.as_str())?, words.clone())));
    let format = field.rules.format.map(|format| {
        let (expression, words) = match format {
            Format::Uri => {
                (r"^https?://[^\s]*\.[^\s]*$", "a web address such as https://www.nhs.uk/")
            }
            Format::Email => (r"^[^@\s]+@[^@\s.][^@\s]*\.[^@\s]*[^@\s.]$", "an e-mail address"),
            Format::Tel => {
                (r"^[ +()\-]*(?:[0-9][ +()\-]*){5,15}$", "a telephone number such as 020 7946 0123")
            }
        };
        (expression.to_owned(), format!("It must be {words}"))
    });
    match field.rules.format {
        Some(Format::Uri) => drop(object.insert("format".to_owned(), json!("uri"))),
        Some(Format::Email) => drop(object.insert("format".to_owned(), json!("email"))),
        Some(Format::Tel) => drop(object.insert("x-galen-format".to_owned(), json!("tel"))),
        None => (),
    }
    for (expression, words) in own.into_iter().chain(format) {
        match object.contains_key("pattern") {
            true => also(&mut object, json!({"pattern": expression, "patternErrorMessage": words})),
            false => {
                object.insert("pattern".to_owned(), json!(expression));
                object.insert("patternErrorMessage".to_owned(), json!(words));
            }
        }
    }
    object
}

/// Translates a pattern; `None` where ECMAScript has no like, or reads the same signs otherwise.
pub(crate) fn portable(pattern: &str) -> Option<String> {
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.chars().peekable();
    let mut class = false;
    while let Some(char) = chars.next() {
        match char {
            '\\' => escape(chars.next()?, class, &mut chars, &mut out)?,
            // A class inside a class, and its arithmetic, are Rust's alone.
            '[' if class => return None,
            '&' | '~' | '-' if class && chars.peek() == Some(&char) => return None,
            '[' => {
                class = true;
                out.push('[');
                if chars.next_if_eq(&'^').is_some() {
                    out.push('^');
                }
                // A bracket that comes first is a sign of the class.
                if chars.next_if_eq(&']').is_some() {
                    out.push_str("\\]");
                }
            }
            ']' if class => {
                class = false;
                out.push(']');
            }
            '(' if !class && chars.next_if_eq(&'?').is_some() => {
                chars.next_if_eq(&':')?;
                out.push_str("(?:");
            }
            // Rust's dot is everything but the line feed.
            '.' if !class => out.push_str("[^\\n]"),
            ']' | '}' if !class && !closes(&out) => {
                out.push('\\');
                out.push(char);
            }
            char => out.push(char),
        }
    }
    Some(out)
}

/// Whether a brace that comes now closes the bounds of a repetition.
fn closes(out: &str) -> bool {
    let bounds = out.rsplit_once('{').map(|(_, bounds)| bounds);
    bounds.is_some_and(|it| it.chars().all(|char| char.is_ascii_digit() || char == ','))
}

fn escape(char: char, class: bool, chars: &mut Peekable<Chars>, out: &mut String) -> Option<()> {
    match char {
        // Rust's classes know the digits and letters of all scripts, ECMAScript's the Latin ones.
        'd' => out.push_str("\\p{Nd}"),
        'D' => out.push_str("\\P{Nd}"),
        's' | 'S' | 'n' | 'r' | 't' | 'f' | 'v' => out.extend(['\\', char]),
        'w' => {
            let word = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}";
            out.push_str(&if class { word.to_owned() } else { format!("[{word}]") });
        }
        'p' | 'P' => {
            // `\pL` is Rust's alone; names are the same in braces.
            chars.next_if_eq(&'{')?;
            out.extend(['\\', char, '{']);
            loop {
                let next = chars.next()?;
                out.push(next);
                if next == '}' {
                    break;
                }
            }
        }
        char if ESCAPABLE.contains(char) || class && char == '-' => out.extend(['\\', char]),
        char if char.is_ascii_punctuation() || char == ' ' => out.push(char),
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_keeps_its_meaning_or_is_left_out() {
        for (rust, script) in [
            ("^.{10,110}$", Some("^[^\\n]{10,110}$")),
            (r"^[\s\S]{50,160}$", Some(r"^[\s\S]{50,160}$")),
            (r"\?$", Some(r"\?$")),
            (r"^\d+\-\d+$", Some(r"^\p{Nd}+-\p{Nd}+$")),
            (r"^[\w\-]+$", Some(r"^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}\-]+$")),
            ("^(?:a|b)]$", Some("^(?:a|b)\\]$")),
            ("(?i)abc", None),
            ("(?P<year>a)", None),
            ("[a&&b]", None),
            ("[[:alpha:]]", None),
            (r"\bword\b", None),
            (r"\pL", None),
        ] {
            assert_eq!(portable(rust).as_deref(), script, "{rust}");
        }
    }
}
