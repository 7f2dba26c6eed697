//! The words that rules look for, each with a number.

use std::collections::BTreeMap;
use std::ops::Bound;

/// A word that no rule knows.
pub(crate) const UNKNOWN: u16 = 0;

/// The words that rules look for, each with a number.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    words: Vec<Box<str>>,
    ids: BTreeMap<Box<str>, u16>,
    /// Beginnings of words, the longest first.
    prefixes: Vec<(Box<str>, u16)>,
    /// By their hashes: the hash and the number of each word.
    table: Vec<(u32, u16)>,
    /// By [`start_slot`]: where among the beginnings to look.
    starts: Vec<Vec<u16>>,
}

impl Vocabulary {
    /// Gives a word, or a beginning of words that ends with `*`, its number.
    pub(crate) fn add(&mut self, word: &str) -> u16 {
        if self.words.is_empty() {
            self.words.push("".into());
        }
        let word: Box<str> = word.to_lowercase().replace('’', "'").into();
        if let Some(id) = self.ids.get(&word) {
            return *id;
        }
        let id = u16::try_from(self.words.len()).unwrap_or(UNKNOWN);
        self.words.push(word.clone());
        if let Some(prefix) = word.strip_suffix('*') {
            self.prefixes.push((prefix.into(), id));
        }
        self.ids.insert(word, id);
        id
    }

    /// Gives the numbers that a word of a pattern stands for: its own, and for a beginning those
    /// of all words that start with it.
    pub(crate) fn meant(&self, id: u16) -> Vec<u16> {
        let word = &self.words[usize::from(id)];
        let Some(prefix) = word.strip_suffix('*') else { return vec![id] };
        let from = (Bound::Included(prefix), Bound::Unbounded);
        let all = self.ids.range::<str, _>(from).take_while(|(it, _)| it.starts_with(prefix));
        all.map(|(_, id)| *id).filter(|it| *it != UNKNOWN).collect()
    }

    /// Makes it ready for [`id`](Self::id), when all words are added.
    pub(crate) fn finish(&mut self) {
        if self.words.is_empty() {
            self.words.push("".into());
        }
        self.prefixes.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
        self.table = vec![(0, UNKNOWN); (self.words.len() * 4).next_power_of_two()];
        for (word, id) in &self.ids {
            let hash = hash(word.as_bytes());
            let mut at = hash as usize & (self.table.len() - 1);
            while self.table[at].1 != UNKNOWN {
                at = (at + 1) & (self.table.len() - 1);
            }
            self.table[at] = (hash, *id);
        }
        self.starts = vec![Vec::new(); 1024];
        for (at, (prefix, _)) in self.prefixes.iter().enumerate() {
            let slot = &mut self.starts[start_slot(prefix.as_bytes())];
            slot.extend(u16::try_from(at));
        }
    }

    /// How many numbers there are.
    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }

    /// Gives the number of a word in small letters.
    pub(crate) fn id(&self, word: &[u8]) -> u16 {
        let hash = hash(word);
        let mut at = hash as usize & (self.table.len() - 1);
        while let (known, id) = self.table[at]
            && id != UNKNOWN
        {
            if known == hash && self.words[usize::from(id)].as_bytes() == word {
                return id;
            }
            at = (at + 1) & (self.table.len() - 1);
        }
        if word.len() >= 3 {
            let mut near =
                self.starts[start_slot(word)].iter().map(|at| &self.prefixes[usize::from(*at)]);
            // Those of one slot mostly begin with the same letters, and differ in the last.
            let begins = |prefix: &[u8]| {
                let start = word.get(..prefix.len());
                start.is_some_and(|it| it.iter().rev().eq(prefix.iter().rev()))
            };
            let found = near.find(|it| begins(it.0.as_bytes()));
            return found.map_or(UNKNOWN, |it| it.1);
        }
        UNKNOWN
    }
}

fn start_slot(word: &[u8]) -> usize {
    let [a, b, c] = [0, 1, 2].map(|at| word.get(at).copied().unwrap_or(0) as usize);
    (a * 31 * 31 + b * 31 + c) % 1024
}

fn hash(word: &[u8]) -> u32 {
    let step = |hash: u32, byte: &u8| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    word.iter().fold(0x811c_9dc5, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vocabulary_knows_words_and_beginnings() {
        let mut it = Vocabulary::default();
        let (safe, all, cure) = (it.add("Safe"), it.add("guarantee*"), it.add("guaranteed"));
        it.finish();
        let id = |word: &str| it.id(word.as_bytes());
        assert_eq!([id("safe"), id("guarantees"), id("guaranteed")], [safe, all, cure]);
        assert_eq!(id("guarante"), UNKNOWN);
        assert_eq!(it.meant(all), [all, cure]);
    }
}
