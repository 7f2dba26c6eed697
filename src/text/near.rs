//! Finds what was probably meant: the "did you mean" of messages, and lists of names in prose.

/// Gives the known name nearest to a mistyped one; `None` when nothing is near.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed_low = typed.to_lowercase();
    let allowed = (typed.chars().count() / 3).max(1);
    let bag = bag(&typed_low);
    known
        .into_iter()
        .map(|name| (name.to_lowercase(), name))
        // Few names need the long comparison.
        .filter(|(low, _)| may_be_near(&bag, low, allowed))
        .map(|(low, name)| (strsim::damerau_levenshtein(&typed_low, &low), name))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, name)| (*distance, *name))
        .map(|(_, name)| name)
}

/// How often a text has the characters of each of some classes.
fn bag(text: &str) -> [i32; 64] {
    let mut bag = [0; 64];
    text.chars().for_each(|char| bag[char as usize % 64] += 1);
    bag
}

/// Tells whether a name may be within so many edits: each adds at most one character and takes at
/// most one away.
fn may_be_near(typed: &[i32; 64], name: &str, allowed: usize) -> bool {
    let name = bag(name);
    let (mut more, mut less) = (0, 0);
    for (a, b) in typed.iter().zip(name) {
        more += (a - b).max(0);
        less += (b - a).max(0);
    }
    more.max(less) as usize <= allowed
}

/// Words a suggestion for the place under a mistyped name.
pub fn did_you_mean<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(typed, known).map(|name| format!("did you mean `{name}`?"))
}

/// Joins names for a sentence: `` `a`, `b` or `c` ``.
pub fn any_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    join(names, "or")
}

/// Joins names for a sentence: `` `a`, `b` and `c` ``.
pub fn all_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    join(names, "and")
}

fn join<'a>(names: impl IntoIterator<Item = &'a str>, word: &str) -> String {
    let mut names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    let Some(last) = names.pop() else { return String::new() };
    match names.is_empty() {
        true => last,
        false => format!("{} {word} {last}", names.join(", ")),
    }
}

/// Gives a count with its noun: `1 page`, `2 pages`.
pub fn counted(number: usize, noun: &str) -> String {
    match (number, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) if !noun.ends_with("ay") => format!("{number} {stem}ies"),
        _ => format!("{number} {noun}s"),
    }
}

/// Gives a noun with its article: `a guide`, `an answer`.
pub fn a(noun: &str) -> String {
    let vowel = noun.starts_with(['a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O', 'U']);
    format!("{} {noun}", if vowel { "an" } else { "a" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_slip_finds_its_name() {
        let keys = ["reviewed_by", "title", "draft"];
        assert_eq!(nearest("reviwed_by", keys), Some("reviewed_by"));
        assert_eq!(nearest("Title", keys), Some("title"));
        assert_eq!(nearest("darft", keys), Some("draft"));
        assert_eq!(nearest("zzz", keys), None);
    }

    #[test]
    fn names_join_as_prose() {
        assert_eq!(any_of(["a"]), "`a`");
        assert_eq!(any_of(["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!(counted(2, "entry"), "2 entries");
    }
}
