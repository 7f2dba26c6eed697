//! Tables that are read without being taken apart: each column lies in one piece, and any of its
//! cells is found by its number.

use crate::text::quick;
use crate::trace::Writer;

/// Where a piece of bytes lies among others, and what it must be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// Its first byte.
    pub at: u64,
    /// How many bytes it has.
    pub length: u32,
    /// A part of its digest.
    pub check: u64,
}

impl Piece {
    /// Describes bytes that lie at a place.
    pub fn of(at: u64, bytes: &[u8]) -> Self {
        Self { at, length: bytes.len() as u32, check: check(bytes) }
    }

    /// Tells whether bytes are those that were added.
    pub fn fits(&self, bytes: &[u8]) -> bool {
        bytes.len() == self.length as usize && check(bytes) == self.check
    }
}

fn check(bytes: &[u8]) -> u64 {
    quick(bytes) as u64
}

/// Writes columns.
#[derive(Debug, Default)]
pub struct Columns(Writer);

impl Columns {
    /// Starts with no column.
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts with a number that tells the tables of builds apart, and with room for so many bytes.
    pub fn starting(number: u128, room: usize) -> Self {
        let mut out = Writer::with_room(room);
        out.short(number);
        Self(out)
    }

    /// Adds a column of short digests.
    pub fn digests(&mut self, cells: impl ExactSizeIterator<Item = u128>) {
        self.0.fixed(cells.len() as u64);
        cells.for_each(|cell| self.0.short(cell));
    }

    /// Adds a column of numbers.
    pub fn numbers(&mut self, cells: impl ExactSizeIterator<Item = u32>) {
        self.0.fixed(cells.len() as u64);
        cells.for_each(|cell| self.0.four(cell));
    }

    /// Adds a column of pieces.
    pub fn pieces(&mut self, cells: impl ExactSizeIterator<Item = Piece>) {
        self.0.fixed(cells.len() as u64);
        for cell in cells {
            self.0.fixed(cell.at);
            self.0.fixed(cell.check);
            self.0.four(cell.length);
        }
    }

    /// Adds a column of lists of numbers, which are gone through twice.
    pub fn lists<I: Iterator<Item = u32>>(
        &mut self,
        cells: impl ExactSizeIterator<Item = I> + Clone,
    ) {
        let mut end = 0;
        self.numbers(cells.clone().map(|cell| {
            end += cell.count() as u32;
            end
        }));
        self.0.fixed(u64::from(end));
        cells.flatten().for_each(|number| self.0.four(number));
    }

    /// Takes what was written.
    pub fn finish(self) -> Vec<u8> {
        self.0.finish()
    }
}

/// Finds columns in the order in which they were written.
#[derive(Clone, Debug)]
pub struct Finder<'a>(pub &'a [u8]);

impl<'a> Finder<'a> {
    fn column(&mut self, width: usize) -> Option<&'a [u8]> {
        let (length, rest) = self.0.split_at_checked(8)?;
        let length = usize::try_from(u64::from_le_bytes(length.try_into().ok()?)).ok()?;
        let (column, rest) = rest.split_at_checked(length.checked_mul(width)?)?;
        self.0 = rest;
        Some(column)
    }

    /// Finds a column of short digests.
    pub fn digests(&mut self) -> Option<DigestColumn<'a>> {
        self.column(16).map(DigestColumn)
    }

    /// Finds a column of numbers.
    pub fn numbers(&mut self) -> Option<NumberColumn<'a>> {
        self.column(4).map(NumberColumn)
    }

    /// Finds a column of pieces.
    pub fn pieces(&mut self) -> Option<PieceColumn<'a>> {
        self.column(20).map(PieceColumn)
    }

    /// Finds a column of lists.
    pub fn lists(&mut self) -> Option<ListColumn<'a>> {
        Some(ListColumn { ends: self.numbers()?, all: self.numbers()? })
    }
}

/// A column of short digests.
#[derive(Clone, Copy, Debug, Default)]
pub struct DigestColumn<'a>(&'a [u8]);

impl DigestColumn<'_> {
    /// Gives the number of cells.
    pub fn len(&self) -> usize {
        self.0.len() / 16
    }

    /// Tells whether there is no cell.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Gives a cell.
    pub fn get(&self, at: usize) -> Option<u128> {
        let cell = self.0.get(at * 16..at * 16 + 16)?;
        Some(u128::from_le_bytes(cell.try_into().ok()?))
    }

    /// Finds a digest in a column that is sorted.
    pub fn find(&self, digest: u128) -> Option<usize> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.get(middle)?.cmp(&digest) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }
}

/// A column of numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct NumberColumn<'a>(&'a [u8]);

impl<'a> NumberColumn<'a> {
    /// Gives a cell.
    pub fn get(&self, at: usize) -> Option<u32> {
        let cell = self.0.get(at * 4..at * 4 + 4)?;
        Some(u32::from_le_bytes(cell.try_into().ok()?))
    }

    fn range(&self, from: usize, to: usize) -> impl Iterator<Item = u32> + use<'a> {
        let cells = self.0.get(from * 4..to * 4).unwrap_or_default();
        cells.chunks_exact(4).map(|cell| u32::from_le_bytes([cell[0], cell[1], cell[2], cell[3]]))
    }
}

/// A column of pieces.
#[derive(Clone, Copy, Debug, Default)]
pub struct PieceColumn<'a>(&'a [u8]);

impl PieceColumn<'_> {
    /// Counts the cells.
    pub fn len(&self) -> usize {
        self.0.len() / 20
    }

    /// Tells whether there is no cell.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Gives a cell.
    pub fn get(&self, at: usize) -> Option<Piece> {
        let cell = self.0.get(at * 20..at * 20 + 20)?;
        let number = |eight: &[u8]| Some(u64::from_le_bytes(eight.try_into().ok()?));
        let length = u32::from_le_bytes(cell[16..].try_into().ok()?);
        Some(Piece { at: number(&cell[..8])?, check: number(&cell[8..16])?, length })
    }
}

/// A column of lists.
#[derive(Clone, Copy, Debug, Default)]
pub struct ListColumn<'a> {
    ends: NumberColumn<'a>,
    all: NumberColumn<'a>,
}

impl<'a> ListColumn<'a> {
    /// Gives the numbers of a list; none for a cell that is not there.
    pub fn get(&self, at: usize) -> impl Iterator<Item = u32> + use<'a> {
        let from = at.checked_sub(1).and_then(|it| self.ends.get(it)).unwrap_or(0);
        let to = self.ends.get(at).unwrap_or(from);
        self.all.range(from as usize, to.max(from) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_found() {
        let pieces = [Piece::of(0, b"one"), Piece::of(3, b"three")];
        let lists: [&[u32]; 3] = [&[7, 8], &[], &[9]];
        let mut out = Columns::new();
        out.digests([1, 5, u128::MAX].into_iter());
        out.pieces(pieces.into_iter());
        out.lists(lists.into_iter().map(|it| it.iter().copied()));
        let out = out.finish();
        let mut finder = Finder(&out);
        let digests = finder.digests().unwrap();
        assert_eq!((digests.len(), digests.find(5), digests.find(6)), (3, Some(1), None));
        let found = finder.pieces().unwrap();
        assert_eq!(found.get(1), Some(pieces[1]));
        assert!(found.get(1).unwrap().fits(b"three") && !pieces[1].fits(b"throw"));
        let found = finder.lists().unwrap();
        for (at, list) in lists.into_iter().enumerate() {
            assert_eq!(found.get(at).collect::<Vec<_>>(), list);
        }
        assert_eq!(found.get(3).count(), 0);
        for end in 0..out.len() {
            let mut finder = Finder(&out[..end]);
            let all =
                finder.digests().is_some() && finder.pieces().is_some() && finder.lists().is_some();
            assert!(!all, "an end at {end} is not seen");
        }
    }
}
