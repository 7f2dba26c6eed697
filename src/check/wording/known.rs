//! What is known of the words of parts that stand alike on many pages.

use std::hash::Hasher as _;
use std::ops::Range;
use std::sync::Arc;

use crate::check::style::names::Quick;
use crate::check::wording::claims::Hit;
use crate::check::wording::piece::Piece;
use crate::check::wording::text::{Attribute, Block, Collector, Kind, Text};
use crate::check::wording::token::Token;
use crate::check::wording::words::{Sentence, Words};
use crate::html::Tree;
use crate::html::tree::{Id, Met};

/// A part of a page's text that is a known part of the page.
#[derive(Debug)]
pub(super) struct Stretch {
    /// Its number in [`Tree::parts`].
    pub(super) part: usize,
    /// What its words depend on besides what is in it.
    pub(super) circumstances: u64,
    pub(super) text: Range<usize>,
    pub(super) blocks: Range<usize>,
    pub(super) pieces: Range<usize>,
    /// Its attributes and its data, where they are not known.
    pub(super) attributes: Box<[Attribute]>,
    pub(super) json: Box<[Id]>,
    pub(super) known: Option<Arc<Kept>>,
}

/// Where the words of a [`Stretch`] are.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) tokens: Range<usize>,
    pub(super) sentences: Range<usize>,
    pub(super) prices: usize,
    pub(super) known: Option<Arc<Kept>>,
}

/// The words of a part; places are from its start.
#[derive(Debug)]
pub(super) struct Kept {
    text: Box<str>,
    blocks: Box<[Block]>,
    pieces: Box<[Piece]>,
    attributes: Box<[Attribute]>,
    json: Box<[Id]>,
    tokens: Box<[Token]>,
    sentences: Box<[Sentence]>,
    prices: usize,
    hits: Box<[Hit]>,
}

/// A number for what the words of a part depend on: what it stands in.
fn circumstances((kind, is_read): (Kind, bool)) -> u64 {
    let mut quick = Quick::default();
    quick.write_u64(0x776f_7264);
    quick.write_u32(kind as u32 * 2 + u32::from(is_read));
    quick.finish() | 1
}

impl Collector<'_, '_> {
    /// Looks at a part of the page, or takes what is known of it. It starts a block and ends one.
    pub(super) fn part(&mut self, number: usize, met: &Met) {
        self.leave(met.first);
        self.flush();
        let circumstances = circumstances(self.context());
        let known = met.part.kept::<Kept>(circumstances);
        let text = self.out.text.len();
        let (blocks, pieces) = (self.out.blocks.len(), self.out.pieces.len());
        let (attributes, json) = (self.attributes.len(), self.json.len());
        if let Some(known) = &known {
            let html = self.tree.nodes[met.first].whole().start;
            let (own, data) = known.write(&mut self.out, (met.first, html));
            self.attributes.extend(own);
            self.json.extend(data);
            self.start = self.out.text.len();
        } else {
            let mut id = met.first;
            while id < met.after {
                id = self.node(id);
            }
            self.leave(met.after);
        }
        // What is known is not kept again.
        let is_new = known.is_none();
        let attributes = if is_new { self.attributes[attributes..].into() } else { Box::default() };
        let json = if is_new { self.json[json..].into() } else { Box::default() };
        self.out.stretches.push(Stretch {
            part: number,
            circumstances,
            text: text..self.out.text.len(),
            blocks: blocks..self.out.blocks.len(),
            pieces: pieces..self.out.pieces.len(),
            attributes,
            json,
            known,
        });
    }
}

fn moved(range: &Range<usize>, by: usize) -> Range<usize> {
    range.start + by..range.end + by
}

fn back(range: &Range<usize>, by: usize) -> Range<usize> {
    range.start - by..range.end - by
}

impl Kept {
    /// Writes the text of the part behind that before it; gives its attributes and data.
    pub(super) fn write(
        &self,
        out: &mut Text,
        (first, html): (Id, usize),
    ) -> (Vec<Attribute>, Vec<Id>) {
        let at = out.text.len();
        out.text.push_str(&self.text);
        out.blocks.extend(self.blocks.iter().map(|it| Block {
            range: moved(&it.range, at),
            node: it.node + first,
            ..*it
        }));
        let piece = |it: &Piece| Piece { at: it.at + at, html: moved(&it.html, html), how: it.how };
        out.pieces.extend(self.pieces.iter().map(piece));
        let attribute = |(kind, at, text): &Attribute| (*kind, moved(at, html), text.clone());
        (
            self.attributes.iter().map(attribute).collect(),
            self.json.iter().map(|it| it + first).collect(),
        )
    }

    /// Adds the words of the part, whose text and first block start somewhere.
    pub(super) fn add(self: &Arc<Self>, words: &mut Words, text: usize, block: usize) {
        let (tokens, sentences) = (words.tokens.len(), words.sentences.len());
        let text = u32::try_from(text).unwrap_or(u32::MAX);
        let token = |it: &Token| Token { start: it.start + text, end: it.end + text, ..*it };
        words.tokens.extend(self.tokens.iter().map(token));
        words.sentences.extend(self.sentences.iter().map(|it| Sentence {
            first: it.first + tokens,
            end: it.end + tokens,
            block: it.block + block,
            ..*it
        }));
        words.prices += self.prices;
        words.runs.push(Run {
            tokens: tokens..words.tokens.len(),
            sentences: sentences..words.sentences.len(),
            prices: self.prices,
            known: Some(Arc::clone(self)),
        });
    }
}

impl Run {
    /// Gives what was found in it, if that is known.
    pub(super) fn hits(&self) -> Option<impl Iterator<Item = Hit>> {
        let known = self.known.as_ref()?;
        let (tokens, sentences) = (self.tokens.start, self.sentences.start);
        Some(known.hits.iter().map(move |it| Hit {
            role: it.role,
            first: it.first + tokens,
            end: it.end + tokens,
            sentence: it.sentence + sentences,
        }))
    }
}

/// Keeps the words of the parts of a page that are not known yet for the next page.
pub(super) fn keep(tree: &Tree, text: &Text, words: &Words, hits: &[Hit]) {
    for (stretch, run) in text.stretches.iter().zip(&words.runs) {
        if stretch.known.is_some() {
            continue;
        }
        let met = &tree.parts[stretch.part];
        let (first, html) = (met.first, tree.nodes[met.first].whole().start);
        let (at, block) = (stretch.text.start, stretch.blocks.start);
        let (token, sentence) = (run.tokens.start, run.sentences.start);
        let own = hits.partition_point(|it| it.sentence < sentence)
            ..hits.partition_point(|it| it.sentence < run.sentences.end);
        let of_text = |it: u32| it - u32::try_from(at).unwrap_or(u32::MAX);
        let kept = Kept {
            text: text.text[stretch.text.clone()].into(),
            blocks: text.blocks[stretch.blocks.clone()]
                .iter()
                .map(|it| Block { range: back(&it.range, at), node: it.node - first, ..*it })
                .collect(),
            pieces: text.pieces[stretch.pieces.clone()]
                .iter()
                .map(|it| Piece { at: it.at - at, html: back(&it.html, html), how: it.how })
                .collect(),
            attributes: stretch
                .attributes
                .iter()
                .map(|(kind, at, text)| (*kind, back(at, html), text.clone()))
                .collect(),
            json: stretch.json.iter().map(|it| it - first).collect(),
            tokens: words.tokens[run.tokens.clone()]
                .iter()
                .map(|it| Token { start: of_text(it.start), end: of_text(it.end), ..*it })
                .collect(),
            sentences: words.sentences[run.sentences.clone()]
                .iter()
                .map(|it| Sentence {
                    first: it.first - token,
                    end: it.end - token,
                    block: it.block - block,
                    ..*it
                })
                .collect(),
            prices: run.prices,
            hits: hits[own]
                .iter()
                .map(|it| Hit {
                    role: it.role,
                    first: it.first - token,
                    end: it.end - token,
                    sentence: it.sentence - sentence,
                })
                .collect(),
        };
        met.part.keep(stretch.circumstances, kept);
    }
}
