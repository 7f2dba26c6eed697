//! Which templates each template may use, and the digest of them all.
//!
//! A template uses another where it names the other's file, and a component where a word of it is
//! the component's name. Some of that is no use at all, as a class may be called like a
//! component: then a page is rendered once too often, never once too few.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use crate::text::Digest;
use crate::world::Uses;

/// A template as far as it matters here.
pub(crate) struct Text<'a> {
    /// Its name with the theme's before it.
    pub(crate) name: &'a str,
    /// As the theme has it.
    pub(crate) written: &'a str,
    /// As it is rendered.
    pub(crate) small: &'a str,
}

/// Finds what each template and component uses, and takes the digest of it all.
pub(crate) fn find(texts: &[Text]) -> Uses {
    static DEFINED: LazyLock<Regex> = LazyLock::new(|| pattern(r"\{%-?\s*component\s+(\w+)"));
    static WORD: LazyLock<Regex> = LazyLock::new(|| pattern(r"\w+"));
    let mut defined: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    let mut named: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for (at, text) in texts.iter().enumerate() {
        for found in DEFINED.captures_iter(text.written) {
            let name = found.get(1).map_or("", |name| name.as_str());
            defined.entry(name).or_default().insert(at);
        }
        named.entry(short(text.name)).or_default().insert(at);
    }
    let used = |text: &Text| -> BTreeSet<usize> {
        let words: BTreeSet<&str> = WORD.find_iter(text.written).map(|it| it.as_str()).collect();
        let components = words.iter().filter_map(|word| defined.get(word));
        let files = named.iter().filter(|(name, _)| text.written.contains(*name));
        components.chain(files.map(|(_, at)| at)).flatten().copied().collect()
    };
    let used: Vec<BTreeSet<usize>> = texts.iter().map(used).collect();
    let digests: Vec<Digest> = texts
        .iter()
        .map(|text| {
            Digest::of(format!("{}\0{}\0{}", text.name, text.written, text.small).as_bytes())
        })
        .collect();
    let all = |from: &BTreeSet<usize>| {
        let mut seen = from.clone();
        let mut open: Vec<usize> = from.iter().copied().collect();
        while let Some(at) = open.pop() {
            open.extend(used[at].iter().filter(|it| seen.insert(**it)));
        }
        let bytes: Vec<u8> = seen.iter().flat_map(|at| digests[*at].bytes()).collect();
        let files = seen.iter().map(|at| texts[*at].name.to_owned()).collect();
        (Digest::of(&bytes).short(), files)
    };
    let each = |map: BTreeMap<&str, BTreeSet<usize>>| {
        map.into_iter().map(|(name, at)| (name.to_owned(), all(&at))).collect()
    };
    Uses { templates: each(named), components: each(defined) }
}

/// A template's name without its theme's.
fn short(name: &str) -> &str {
    name.split_once('/').map_or(name, |(_, short)| short)
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap_or_else(|_| unreachable!("the pattern is a constant"))
}
