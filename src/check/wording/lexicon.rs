//! The words that were met before: pages of one site have most of their words in common, and what is
//! known of a word is found out once.

use crate::check::wording::syllables;
use crate::check::wording::vocabulary::Vocabulary;

/// How many places for words there are, a power of two: more than a site has words.
const PLACES: usize = 1 << 13;
/// How many places in a row are looked at for a word; where all are taken, it takes the first.
const NEAR: usize = 4;

/// What is known of a word, whatever page it is on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    /// Its number in the vocabulary.
    pub(super) id: u16,
    pub(super) syllables: u8,
    pub(super) is_number: bool,
}

/// Words of up to 15 letters and digits of ASCII, and what is known of them.
#[derive(Debug)]
pub(crate) struct Lexicon {
    /// Those of up to 8 letters, which most are.
    short: Vec<(u64, Known)>,
    long: Vec<(u128, Known)>,
}

impl Default for Lexicon {
    fn default() -> Self {
        let known = Known::default();
        Self { short: vec![(0, known); PLACES], long: vec![(0, known); PLACES] }
    }
}

/// The word that a text starts with, as long as its letters and digits are of ASCII: in small letters, one per byte from the
/// lowest, the first eight and the next eight, and its length. It may go on where it is 16 long.
#[inline]
pub(super) fn start(bytes: &[u8]) -> ([u64; 2], usize) {
    let (low, length) = small(eight(bytes));
    if length < 8 {
        return ([low, 0], length);
    }
    let (high, more) = small(eight(&bytes[8..]));
    ([low, high], length + more)
}

/// The first eight bytes; nought behind the end.
fn eight(bytes: &[u8]) -> u64 {
    u64::from_le_bytes(match bytes.first_chunk() {
        Some(first) => *first,
        None => {
            let mut first = [0; 8];
            first[..bytes.len()].copy_from_slice(bytes);
            first
        }
    })
}

/// The letters and digits that eight bytes start with, as small ones, and how many there are.
fn small(bytes: u64) -> (u64, usize) {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = ONES << 7;
    let low = bytes | ONES << 5;
    let seven = low & !TOPS;
    // The top bit of each byte tells whether it is at least the one, and below the other.
    let within = |first: u8, behind: u8| {
        let at_least = seven + ONES * u64::from(0x80 - first);
        let beyond = seven + ONES * u64::from(0x80 - behind);
        at_least & !beyond
    };
    // Small letters are what `| 0x20` makes of letters; signs before the digits are not made digits.
    let letters = within(b'a', b'z' + 1);
    let digits = within(b'0', b'9' + 1) & bytes << 2;
    let others = !((letters | digits) & !bytes) & TOPS;
    let length = others.trailing_zeros() as usize / 8;
    let kept = if length == 8 { low } else { low & ((1 << (length * 8)) - 1) };
    (kept, length)
}

impl Lexicon {
    /// Gives what is known of a word of 1 to 15 letters, as [`start`] gives it.
    #[inline]
    pub(super) fn find(&mut self, word: [u64; 2], length: usize, vocabulary: &Vocabulary) -> Known {
        let [low, high] = word;
        let mixed = (low ^ high).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let first = (mixed >> (64 - PLACES.ilog2())) as usize;
        let known = || {
            let letters = [low.to_le_bytes(), high.to_le_bytes()];
            known(&letters.as_flattened()[..length], vocabulary)
        };
        match high {
            0 => look(&mut self.short, low, first, known),
            _ => look(&mut self.long, u128::from(high) << 64 | u128::from(low), first, known),
        }
    }
}

/// Looks for a word from a place on; finds out what is known of it where it is not there.
#[inline]
fn look<W: Copy + Default + PartialEq>(
    places: &mut [(W, Known)],
    word: W,
    first: usize,
    known: impl FnOnce() -> Known,
) -> Known {
    let mut free = first % PLACES;
    for at in (first..first + NEAR).map(|it| it % PLACES) {
        match places[at].0 {
            it if it == word => return places[at].1,
            it if it == W::default() => {
                free = at;
                break;
            }
            _ => (),
        }
    }
    let known = known();
    places[free] = (word, known);
    known
}

/// Finds out what there is to know of a word in small letters.
fn known(word: &[u8], vocabulary: &Vocabulary) -> Known {
    let is_number = word.iter().all(u8::is_ascii_digit);
    Known { id: vocabulary.id(word), syllables: spoken(word, is_number), is_number }
}

/// How many syllables a word has; numbers and short words have one.
pub(super) fn spoken(word: &[u8], is_number: bool) -> u8 {
    match std::str::from_utf8(word) {
        Ok(word) if !is_number && word.len() > 3 => {
            u8::try_from(syllables::count(word)).unwrap_or(u8::MAX)
        }
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_start_with_letters_and_digits_alone() {
        for text in
            ["", "a", "Word", "Word.", "ABCDEFGH", "abcdefgh ij", "zZ09[", "0x`{@/:", "co-op"]
        {
            for long in [
                text.to_owned(),
                format!("longword{text}"),
                format!("{text}é"),
                format!("{text}\u{10}"),
            ] {
                let ([low, high], length) = start(long.as_bytes());
                let word = u128::from(high) << 64 | u128::from(low);
                let wanted = long.bytes().take(16).take_while(u8::is_ascii_alphanumeric);
                let wanted: Vec<u8> = wanted.map(|it| it.to_ascii_lowercase()).collect();
                assert_eq!(&word.to_le_bytes()[..length], wanted, "{long}");
                assert!(word.to_le_bytes()[length..].iter().all(|it| *it == 0), "{long}");
            }
        }
    }
}
