//! Words and sentences of a page's text.

use std::ops::Range;

use crate::check::wording::known::Run;
use crate::check::wording::lexicon::{self, Known, Lexicon};
use crate::check::wording::text::{Kind, Text};
use crate::check::wording::token::{BRACKET, BREAK, CAPITAL, COMMA, HYPHEN, NUMBER, QUOTED, Token};
use crate::check::wording::vocabulary::Vocabulary;

/// A sentence: words, and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Sentence {
    pub(crate) first: usize,
    pub(crate) end: usize,
    pub(crate) block: usize,
    pub(crate) is_question: bool,
}

/// The words of a page.
#[derive(Debug, Default)]
pub(crate) struct Words {
    pub(crate) tokens: Vec<Token>,
    pub(crate) sentences: Vec<Sentence>,
    /// Whether amounts of money stand in a table, as in a list of prices.
    pub(crate) prices: usize,
    /// The words of the text's stretches, in order.
    pub(super) runs: Vec<Run>,
}

/// Cuts a page's text into words and sentences.
pub(crate) fn read(text: &Text, vocabulary: &Vocabulary, lexicon: &mut Lexicon) -> Words {
    let mut words = Words {
        tokens: Vec::with_capacity(text.text.len() / 5),
        sentences: Vec::with_capacity(text.text.len() / 60),
        prices: 0,
        runs: Vec::with_capacity(text.stretches.len()),
    };
    let mut next = 0;
    for stretch in &text.stretches {
        blocks(text, next..stretch.blocks.start, (vocabulary, lexicon), &mut words);
        next = stretch.blocks.end;
        if let Some(known) = &stretch.known {
            known.add(&mut words, stretch.text.start, stretch.blocks.start);
            continue;
        }
        let (tokens, sentences) = (words.tokens.len(), words.sentences.len());
        let prices = words.prices;
        blocks(text, stretch.blocks.clone(), (vocabulary, lexicon), &mut words);
        words.runs.push(Run {
            tokens: tokens..words.tokens.len(),
            sentences: sentences..words.sentences.len(),
            prices: words.prices - prices,
            known: None,
        });
    }
    blocks(text, next..text.blocks.len(), (vocabulary, lexicon), &mut words);
    words
}

/// Cuts some blocks of a text.
fn blocks(
    text: &Text,
    range: Range<usize>,
    (vocabulary, lexicon): (&Vocabulary, &mut Lexicon),
    words: &mut Words,
) {
    for (block, it) in text.blocks.iter().enumerate().take(range.end).skip(range.start) {
        let mut reader = Reader {
            bytes: &text.text.as_bytes()[..it.range.end],
            at: it.range.start,
            first: words.tokens.len(),
            block,
            quote: None,
            is_cell: it.kind == Kind::Cell,
            vocabulary,
            lexicon: &mut *lexicon,
            words: &mut *words,
        };
        reader.block();
    }
}

/// What a byte starts.
#[derive(Clone, Copy)]
enum Byte {
    Word,
    Space,
    Sign,
}

static BYTES: [Byte; 256] = {
    let mut bytes = [Byte::Sign; 256];
    let mut byte = 0;
    while byte < 256 {
        // Letters beyond ASCII; signs of E2 (dashes, quotes, bullets) part words.
        let wide = byte >= 0xC3 && byte != 0xE2;
        if (byte as u8).is_ascii_alphanumeric() || wide {
            bytes[byte] = Byte::Word;
        } else if matches!(byte as u8, b' ' | b'\n') {
            bytes[byte] = Byte::Space;
        }
        byte += 1;
    }
    bytes
};

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The first word of the sentence.
    first: usize,
    block: usize,
    /// The word with which a quotation starts.
    quote: Option<usize>,
    is_cell: bool,
    vocabulary: &'a Vocabulary,
    lexicon: &'a mut Lexicon,
    words: &'a mut Words,
}

impl Reader<'_> {
    fn block(&mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            match BYTES[usize::from(byte)] {
                Byte::Word => self.word(),
                Byte::Space => self.at += 1,
                Byte::Sign => self.sign(byte),
            }
        }
        self.end_sentence(false);
    }

    /// Reads a word or a number.
    fn word(&mut self) {
        let start = self.at;
        // Most words are letters of ASCII, or digits, and nothing else.
        let (word, length) = lexicon::start(&self.bytes[start..]);
        let goes_on = match self.bytes.get(start + length) {
            Some(b'.' | b',') => self.bytes[start].is_ascii_digit(),
            Some(byte) => *byte == b'\'' || *byte >= 0x80,
            None => false,
        };
        if length == 0 || length == 16 || goes_on {
            return self.long_word();
        }
        self.at += length;
        let known = self.lexicon.find(word, length, self.vocabulary);
        self.push_word(start, known);
    }

    /// Reads any word or number. A number may hold points and commas, a word apostrophes.
    fn long_word(&mut self) {
        let start = self.at;
        let mut word: Vec<u8> = Vec::new();
        let mut is_number = true;
        while let Some(&byte) = self.bytes.get(self.at) {
            let (byte, width) = match byte.is_ascii_alphanumeric() {
                true => (byte.to_ascii_lowercase(), 1),
                false => match self.rare(start, is_number) {
                    Some(rare) => rare,
                    None => break,
                },
            };
            is_number &= byte.is_ascii_digit() || matches!(byte, b'.' | b',');
            word.push(byte);
            self.at += width;
        }
        if self.at == start {
            self.at += 1;
            return;
        }
        let id = self.vocabulary.id(&word);
        let syllables = lexicon::spoken(&self.bytes[start..self.at], is_number);
        self.push_word(start, Known { id, syllables, is_number });
    }

    fn push_word(&mut self, start: usize, known: Known) {
        let capital = if self.bytes[start].is_ascii_uppercase() { CAPITAL } else { 0 };
        let flags = capital | if known.is_number { NUMBER } else { 0 };
        self.push(start, known.id, flags, known.syllables);
    }

    /// What else than a letter of ASCII goes on with a word, and how long it is; `digits` is whether
    /// there is nothing but digits before it.
    fn rare(&self, start: usize, digits: bool) -> Option<(u8, usize)> {
        let byte = *self.bytes.get(self.at)?;
        let next = self.bytes.get(self.at + 1).copied().unwrap_or(0);
        match byte {
            b'\'' if self.at > start && next.is_ascii_alphabetic() => Some((b'\'', 1)),
            0xE2 if self.at > start && self.is_apostrophe() => Some((b'\'', 3)),
            // Letters beyond ASCII; signs of E2 (dashes, quotes, bullets) part words.
            0xC3..=0xE1 | 0xE3..=0xFF => Some((byte, 1)),
            0x80..=0xBF if self.at > start && self.bytes[self.at - 1] >= 0x80 => Some((byte, 1)),
            b'.' | b',' if digits && next.is_ascii_digit() => Some((byte, 1)),
            _ => None,
        }
    }

    /// Whether a curly apostrophe within a word is next.
    fn is_apostrophe(&self) -> bool {
        let bytes = &self.bytes[self.at..];
        bytes.starts_with("’".as_bytes()) && bytes.get(3).is_some_and(u8::is_ascii_alphabetic)
    }

    fn push(&mut self, start: usize, id: u16, flags: u8, syllables: u8) {
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let (start, end) = (place(start), place(self.at));
        self.words.tokens.push(Token { start, end, id, flags, syllables });
    }

    /// Adds a sign that is read as a word.
    fn push_sign(&mut self, start: usize) {
        let id = self.vocabulary.id(&self.bytes[start..self.at]);
        self.push(start, id, 0, 1);
    }

    fn mark(&mut self, flag: u8) {
        if self.words.tokens.len() > self.first
            && let Some(last) = self.words.tokens.last_mut()
        {
            last.flags |= flag;
        }
    }

    fn sign(&mut self, byte: u8) {
        let start = self.at;
        let wide = |sign: &str| self.bytes[start..].starts_with(sign.as_bytes());
        match byte {
            b'.' | b'!' | b'?' => return self.stop(byte),
            b'-' => {
                let next = self.bytes.get(start + 1).copied().unwrap_or(b' ');
                let after = start.checked_sub(1).and_then(|it| self.bytes.get(it));
                let joins = next.is_ascii_alphanumeric()
                    && after.is_some_and(|it| it.is_ascii_alphanumeric() || *it >= 0x80);
                self.mark(if joins { HYPHEN } else { BREAK });
            }
            b'%' | b'&' | b'$' | b'+' | b'#' | b'=' => {
                self.at += 1;
                return self.push_sign(start);
            }
            0xC2 if wide("£") => {
                self.at += 2;
                self.words.prices += usize::from(self.is_cell);
                return self.push_sign(start);
            }
            // A space that does not break, and a hyphen that is only wished for.
            0xC2 => {
                self.at += 2;
                return;
            }
            b'"' => self.quote(self.quote.is_none()),
            0xE2 if wide("“") || wide("‘") => {
                self.at += 3;
                return self.quote(true);
            }
            0xE2 if wide("”") || wide("’") => {
                self.at += 3;
                return self.quote(false);
            }
            0xE2 if wide("€") => {
                self.at += 3;
                return self.push_sign(start);
            }
            0xE2 if wide("…") => {
                self.at += 3;
                return self.mark(BREAK);
            }
            0xE2 => {
                // Narrow spaces and the like part nothing; dashes do.
                let parts = self.bytes.get(start + 1) == Some(&0x80)
                    && self.bytes.get(start + 2).is_some_and(|it| (0x93..0xA8).contains(it));
                self.at += 3;
                if parts {
                    self.mark(BREAK);
                }
                return;
            }
            b'(' | b'[' => self.mark(BREAK | BRACKET),
            b',' => self.mark(BREAK | COMMA),
            b';' | b':' | b')' | b']' | b'/' | b'|' => self.mark(BREAK),
            _ => (),
        }
        self.at += 1;
    }

    /// A quotation of a few words names them; it does not say them.
    fn quote(&mut self, opens: bool) {
        let here = self.words.tokens.len();
        if opens {
            self.mark(BREAK);
            self.quote = Some(here);
        } else if let Some(first) = self.quote.take() {
            if here - first <= 8 {
                self.words.tokens[first..].iter_mut().for_each(|it| it.flags |= QUOTED);
            }
            self.mark(BREAK);
        }
    }

    /// A full stop, or what looks like one.
    fn stop(&mut self, byte: u8) {
        let mut is_question = byte == b'?';
        let start = self.at;
        while let Some(next @ (b'.' | b'!' | b'?')) = self.bytes.get(self.at) {
            is_question |= *next == b'?';
            self.at += 1;
        }
        let mut next = self.at;
        while let Some(byte) = self.bytes.get(next) {
            let width = match byte {
                b'"' | b')' | b']' | b'\'' => 1,
                0xE2 if self.bytes[next..].starts_with("”".as_bytes()) => 3,
                0xE2 if self.bytes[next..].starts_with("’".as_bytes()) => 3,
                _ => break,
            };
            next += width;
        }
        let is_end = self.bytes.get(next).is_none_or(u8::is_ascii_whitespace)
            || self.bytes[next..].starts_with("\u{a0}".as_bytes());
        if !is_end {
            return;
        }
        let follows = self.bytes[next..].iter().find(|it| it.is_ascii_alphanumeric());
        let small = follows.is_some_and(u8::is_ascii_lowercase);
        if small || (byte == b'.' && self.at - start == 1 && self.is_abbreviation(follows)) {
            return self.mark(if byte == b'.' { 0 } else { BREAK });
        }
        // What closes behind the stop belongs to the sentence.
        if next > self.at && self.quote.is_some() {
            self.quote(false);
        }
        self.at = next;
        self.end_sentence(is_question);
    }

    /// Whether the point behind the last word is part of it: `Dr.`, `e.g.`, `J. Smith`, `No. 4`.
    fn is_abbreviation(&self, follows: Option<&u8>) -> bool {
        let tokens = &self.words.tokens[self.first..];
        let Some(last) = tokens.last() else { return false };
        let word = |it: &Token| &self.bytes[it.start as usize..it.end as usize];
        let last_word = word(last);
        if last_word.len() == 1 && last_word[0].is_ascii_alphabetic() {
            let before = tokens.len().checked_sub(2).map(|at| &tokens[at]);
            return match before {
                // The last letter of `e.g.` and `a.m.`.
                Some(it) if it.end + 1 == last.start && word(it).len() == 1 => {
                    !matches!(last_word[0], b'm' | b'k')
                }
                // An initial, as in `Dr J. Smith`, but not `vitamin C.`
                Some(it) => it.is_capital() && last.is_capital() && last_word[0] != b'I',
                None => last.is_capital(),
            };
        }
        let is =
            |words: &[&str]| words.iter().any(|it| it.as_bytes().eq_ignore_ascii_case(last_word));
        is(&["dr", "mr", "mrs", "ms", "prof", "st", "vs", "rev", "hon"])
            || (follows.is_some_and(u8::is_ascii_digit)
                && is(&["no", "nos", "fig", "approx", "ca", "vol", "p", "pp", "tel", "ext", "art"]))
    }

    fn end_sentence(&mut self, is_question: bool) {
        let end = self.words.tokens.len();
        if end > self.first {
            let (first, block) = (self.first, self.block);
            self.words.sentences.push(Sentence { first, end, block, is_question });
        }
        self.first = end;
    }
}
