//! Slugs: the part of an address that names an entry, a term or a heading.

/// Makes a slug: ASCII small letters and digits, other runs turned into one hyphen, accents
/// taken off. Empty when the text has no letter or digit.
pub fn slug(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut push = |char: char| {
        if char.is_ascii_alphanumeric() {
            out.push(char.to_ascii_lowercase());
        } else if !matches!(char, '\'' | '’') && !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    };
    for char in text.chars() {
        match char.is_ascii() || char == '’' {
            true => push(char),
            false => deunicode::deunicode_char(char).unwrap_or("-").chars().for_each(&mut push),
        }
    }
    out.truncate(out.trim_end_matches('-').len());
    out
}

/// Tells whether a file's stem can stand in an address as it is: small letters, digits, and
/// `-`, `_` or `.` between them.
pub fn is_slug(stem: &str) -> bool {
    let fine = |char: char| {
        char.is_ascii_lowercase() || char.is_ascii_digit() || matches!(char, '-' | '_' | '.')
    };
    !stem.is_empty() && stem.chars().all(fine) && !stem.starts_with('.') && !stem.ends_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_slugs() {
        assert_eq!(slug("Is it safe?"), "is-it-safe");
        assert_eq!(slug("Patients’ rights & Größe"), "patients-rights-grosse");
        assert_eq!(slug("  4–6 years "), "4-6-years");
        assert_eq!(slug("???"), "");
    }
}
