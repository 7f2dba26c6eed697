//! Finds what was probably meant: the "did you mean" of messages, and lists of names in prose.

/// Gives the known name nearest to a mistyped one; `None` when nothing is near.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed_low = typed.to_lowercase();
    let allowed = (typed.chars().count() / 3).max(1);
    let typed_bag = bag(&typed_low);
    let candidate = |name: &'a str| {
        let low = name.to_lowercase();
        let least = least_edits(&typed_bag, &bag(&low));
        (least <= allowed).then_some((least, low, name))
    };
    let mut candidates: Vec<_> = known.into_iter().filter_map(candidate).collect();
    candidates.sort_unstable_by_key(|(least, _, _)| *least);
    let mut best: Option<(usize, &str)> = None;
    for (least, low, name) in candidates {
        // None of those that follow can be nearer.
        if best.is_some_and(|(distance, _)| least > distance) {
            break;
        }
        let distance = strsim::damerau_levenshtein(&typed_low, &low);
        if distance <= allowed && best.is_none_or(|best| (distance, name) < best) {
            best = Some((distance, name));
        }
    }
    best.map(|(_, name)| name)
}

/// How often a text has the characters of each of some classes.
fn bag(text: &str) -> [i32; 64] {
    let mut bag = [0; 64];
    text.chars().for_each(|char| bag[char as usize % 64] += 1);
    bag
}

/// The least number of edits between two texts: each adds at most one character and takes at most
/// one away.
fn least_edits(one: &[i32; 64], other: &[i32; 64]) -> usize {
    let (mut more, mut less) = (0, 0);
    for (a, b) in one.iter().zip(other) {
        more += (a - b).max(0);
        less += (b - a).max(0);
    }
    more.max(less) as usize
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

    #[test]
    fn the_quick_way_finds_what_comparing_all_finds() {
        let all = |typed: &str, known: &[String]| {
            let low = typed.to_lowercase();
            let allowed = (typed.chars().count() / 3).max(1);
            let far = |name: &String| strsim::damerau_levenshtein(&low, &name.to_lowercase());
            let near = known.iter().map(|name| (far(name), name.clone()));
            near.filter(|(distance, _)| *distance <= allowed).min().map(|(_, name)| name)
        };
        let mut seed = 7u64;
        let mut next = |end: u64| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % end
        };
        let mut word = || -> String {
            (0..3 + next(9)).map(|_| ['a', 'B', 'é', '-', 'x'][next(5) as usize]).collect()
        };
        for _ in 0..400 {
            let known: Vec<String> = (0..30).map(|_| word()).collect();
            let typed = word();
            let found = nearest(&typed, known.iter().map(String::as_str));
            assert_eq!(found.map(str::to_owned), all(&typed, &known), "{typed} of {known:?}");
        }
    }
}
