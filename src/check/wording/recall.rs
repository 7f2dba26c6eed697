//! What was read before: header, footer and menus say the same on every page, and structured data
//! repeats what is seen. Each is read once.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher as _};

use crate::check::style::names::Quick;
use crate::check::wording::claims::Hit;
use crate::check::wording::text::Text;
use crate::check::wording::words::Words;

/// Shorter blocks are read as fast as they are looked up.
const SHORT: usize = 24;
/// How many digests of blocks are kept of which one page had them so far.
const ONCE: usize = 1 << 13;
/// How many blocks are kept; beyond that, all are forgotten and those of each page soon known again.
const MOST: usize = 2048;

type Map<T> = HashMap<u64, T, BuildHasherDefault<Quick>>;

/// The blocks that several pages had, and what was read in them.
#[derive(Debug)]
pub(crate) struct Recall {
    once: Vec<u64>,
    blocks: Map<Read>,
}

/// What was read in one block; numbers of words and sentences count from its first.
#[derive(Debug)]
struct Read {
    text: Box<str>,
    words: Words,
    hits: Vec<Hit>,
}

/// From where the words of a block are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum From {
    /// They were read here.
    Here,
    /// They are those of an earlier block of the page, by its number.
    Block(usize),
    /// They are those of a block of another page, by its digest.
    Page(u64),
}

/// What one page had so far.
pub(crate) struct Recalling<'a> {
    recall: &'a mut Recall,
    /// The blocks that were read here, by their digests.
    here: Map<usize>,
    /// Those of them that another page had too.
    again: Vec<(u64, usize)>,
}

impl Default for Recall {
    fn default() -> Self {
        Self { once: vec![0; ONCE], blocks: Map::default() }
    }
}

impl Recall {
    /// Starts a page.
    pub(crate) fn page(&mut self) -> Recalling<'_> {
        Recalling { recall: self, here: Map::default(), again: Vec::new() }
    }
}

impl Recalling<'_> {
    /// Adds the words of a block if they were read before; tells from where they are.
    pub(crate) fn find(&mut self, text: &Text, block: usize, words: &mut Words) -> From {
        let range = text.blocks[block].range.clone();
        let said = &text.text[range.clone()];
        if said.len() < SHORT {
            return From::Here;
        }
        let mut hasher = Quick::default();
        hasher.write(said.as_bytes());
        let digest = hasher.finish();
        if let Some(known) = self.recall.blocks.get(&digest).filter(|it| *it.text == *said) {
            words.add(&known.words, range.start, block);
            return From::Page(digest);
        }
        if let Some(&same) = self.here.get(&digest)
            && let from = text.blocks[same].range.clone()
            && text.text[from.clone()] == *said
        {
            words.repeat(same, (from.start, range.start), block);
            return From::Block(same);
        }
        self.here.insert(digest, block);
        let once = &mut self.recall.once[digest as usize % ONCE];
        match *once == digest {
            true => self.again.push((digest, block)),
            false => *once = digest,
        }
        From::Here
    }

    /// Gives the hits of a block of another page.
    pub(crate) fn hits(&self, digest: u64) -> &[Hit] {
        self.recall.blocks.get(&digest).map_or(&[], |it| &it.hits)
    }

    /// Keeps what another page had too.
    pub(crate) fn keep(self, text: &Text, words: &Words, hits: &[Hit]) {
        for (digest, block) in self.again {
            if self.recall.blocks.len() >= MOST {
                self.recall.blocks.clear();
            }
            let range = text.blocks[block].range.clone();
            let sentences = &words.blocks[block].0;
            let first = words.tokens_of(sentences).start;
            let own = hits.iter().filter(|it| sentences.contains(&it.sentence));
            let hits = own.map(|it| it.moved((first, 0), (sentences.start, 0))).collect();
            let words = words.part(sentences, range.start);
            let read = Read { text: text.text[range].into(), words, hits };
            self.recall.blocks.insert(digest, read);
        }
    }
}
