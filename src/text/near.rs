//! Finds what was probably meant: the "did you mean" of messages, and lists of names in prose.

use std::borrow::Cow;

/// Gives the known name nearest to a mistyped one; `None` when nothing is near.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = Typed::new(typed);
    let candidate = |name: &'a str| {
        let low = name.to_lowercase();
        let least = typed.bag.least_edits(&Bag::of(&low));
        (least <= typed.allowed).then_some((least, Cow::Owned(low), name))
    };
    typed.nearest(known.into_iter().filter_map(candidate).collect())
}

/// Names among which many are looked for: what is asked of each is prepared once.
#[derive(Debug, Default)]
pub struct Names {
    names: Vec<Box<str>>,
    /// Those in small letters that are not so written.
    low: Vec<Option<Box<str>>>,
    bags: Vec<Bag>,
}

impl<N: Into<Box<str>>> FromIterator<N> for Names {
    fn from_iter<I: IntoIterator<Item = N>>(names: I) -> Self {
        let mut all = Self::default();
        for name in names {
            let name = name.into();
            let low = Some(name.to_lowercase()).filter(|low| **low != *name);
            all.bags.push(Bag::of(low.as_deref().unwrap_or(&name)));
            all.low.push(low.map(String::into_boxed_str));
            all.names.push(name);
        }
        all
    }
}

impl Names {
    /// Gives the name nearest to a mistyped one, as [`nearest`] does.
    pub fn nearest(&self, typed: &str) -> Option<&str> {
        let typed = Typed::new(typed);
        let candidate = |(at, bag): (usize, &Bag)| {
            let least = typed.bag.least_edits(bag);
            let name = &*self.names[at];
            let low = || Cow::Borrowed(self.low[at].as_deref().unwrap_or(name));
            (least <= typed.allowed).then(|| (least, low(), name))
        };
        typed.nearest(self.bags.iter().enumerate().filter_map(candidate).collect())
    }

    /// Words a suggestion, as [`did_you_mean`] does.
    pub fn did_you_mean(&self, typed: &str) -> Option<String> {
        self.nearest(typed).map(suggestion)
    }
}

/// A mistyped name.
struct Typed {
    low: String,
    bag: Bag,
    /// The most edits to a name that is near.
    allowed: usize,
}

impl Typed {
    fn new(typed: &str) -> Self {
        let low = typed.to_lowercase();
        Self { bag: Bag::of(&low), low, allowed: (typed.chars().count() / 3).max(1) }
    }

    /// Gives the nearest of some names, each with the least edits there are to it, and in small
    /// letters.
    fn nearest<'a>(&self, mut names: Vec<(usize, Cow<str>, &'a str)>) -> Option<&'a str> {
        names.sort_unstable_by_key(|(least, _, _)| *least);
        let mut best: Option<(usize, &str)> = None;
        let mut edits = Edits::default();
        for (least, low, name) in names {
            let most = best.map_or(self.allowed, |(distance, _)| distance);
            // None of those that follow can be nearer.
            if least > most {
                break;
            }
            if let Some(distance) = edits.between(&self.low, &low, most)
                && best.is_none_or(|best| (distance, name) < best)
            {
                best = Some((distance, name));
            }
        }
        best.map(|(_, name)| name)
    }
}

/// How often a text has the characters of each of some classes, 255 times at most.
#[derive(Clone, Copy, Debug)]
struct Bag([u8; 64]);

impl Bag {
    fn of(text: &str) -> Self {
        let mut bag = [0_u8; 64];
        for char in text.chars() {
            let count = &mut bag[char as usize % 64];
            *count = count.saturating_add(1);
        }
        Self(bag)
    }

    /// The least number of edits between two texts: each adds at most one character and takes at
    /// most one away.
    fn least_edits(&self, other: &Self) -> usize {
        let beyond = |one: &[u8; 64], other: &[u8; 64]| -> u32 {
            one.iter().zip(other).map(|(a, b)| u32::from(a.saturating_sub(*b))).sum()
        };
        beyond(&self.0, &other.0).max(beyond(&other.0, &self.0)) as usize
    }
}

/// Counts edits between texts (Damerau and Levenshtein), in one piece of memory for many texts.
#[derive(Default)]
struct Edits {
    cells: Vec<usize>,
}

impl Edits {
    /// Gives the number of edits between two texts when it is at most `most`.
    fn between(&mut self, one: &str, other: &str, most: usize) -> Option<usize> {
        match one.is_ascii() && other.is_ascii() {
            true => self.ascii(one.as_bytes(), other.as_bytes(), most),
            false => Some(strsim::damerau_levenshtein(one, other)).filter(|it| *it <= most),
        }
    }

    /// Fills only those cells of the table that are at most `most` off its diagonal: all others are
    /// more, and lead to more.
    fn ascii(&mut self, one: &[u8], other: &[u8], most: usize) -> Option<usize> {
        if one.len().abs_diff(other.len()) > most {
            return None;
        }
        let (width, far) = (other.len() + 1, most + 1);
        self.cells.clear();
        self.cells.resize((one.len() + 1) * width, far);
        for (at, cell) in self.cells[..width].iter_mut().enumerate() {
            *cell = at.min(far);
        }
        // The last row in which each character stood.
        let mut rows = [0; 128];
        for (row, a) in (1..).zip(one) {
            self.cells[row * width] = row.min(far);
            let (from, to) = (row.saturating_sub(most).max(1), (row + most).min(other.len()));
            let (mut column_of_same, mut least) = (0, row.min(far));
            for column in from..=to {
                let b = other[column - 1];
                let here = row * width + column;
                let cells = &self.cells;
                let mut edits = cells[here - width - 1] + usize::from(*a != b);
                edits = edits.min(cells[here - 1] + 1).min(cells[here - width] + 1);
                let row_of_same = rows[usize::from(b)];
                if row_of_same > 0 && column_of_same > 0 {
                    let before = cells[(row_of_same - 1) * width + column_of_same - 1];
                    let between = (row - row_of_same - 1) + (column - column_of_same - 1);
                    edits = edits.min(before + between + 1);
                }
                if *a == b {
                    column_of_same = column;
                }
                least = least.min(edits);
                self.cells[here] = edits.min(far);
            }
            if least > most {
                return None;
            }
            rows[usize::from(*a)] = row;
        }
        self.cells.last().copied().filter(|it| *it <= most)
    }
}

/// Words a suggestion for the place under a mistyped name.
pub fn did_you_mean<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(typed, known).map(suggestion)
}

fn suggestion(name: &str) -> String {
    format!("did you mean `{name}`?")
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
    fn edits_are_counted_as_far_as_they_matter() {
        let mut seed = 3u64;
        let mut next = |end: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) % end
        };
        let mut edits = Edits::default();
        for _ in 0..20_000 {
            let mut word = || -> String {
                let length = next(9);
                (0..length).map(|_| ['a', 'b', 'c'][next(3) as usize]).collect()
            };
            let (one, other) = (word(), word());
            let all = strsim::damerau_levenshtein(&one, &other);
            for most in 0..8 {
                let found = edits.between(&one, &other, most);
                assert_eq!(found, Some(all).filter(|it| *it <= most), "{one} {other} {most}");
            }
        }
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
            let wanted = all(&typed, &known);
            let found = nearest(&typed, known.iter().map(String::as_str));
            assert_eq!(found, wanted.as_deref(), "{typed} of {known:?}");
            let names: Names = known.iter().map(String::as_str).collect();
            assert_eq!(names.nearest(&typed), wanted.as_deref(), "{typed} of {known:?}");
        }
    }
}
