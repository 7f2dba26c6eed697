//! The digest of bytes: BLAKE3, trusted across runs; and a quick one, for what a build keeps of itself.

use std::fmt;
use std::hash::BuildHasher as _;

use foldhash::quality::FixedState;

/// A BLAKE3 digest. Equal digests mean equal bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Takes the digest of bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }

    /// Gives the bytes.
    pub fn bytes(self) -> [u8; 32] {
        self.0
    }

    /// Lends the bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Takes bytes that [`Digest::bytes`] gave.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Gives half of it, which is enough where nobody is at work to make two alike.
    pub fn short(self) -> u128 {
        u128::from_le_bytes(std::array::from_fn(|at| self.0[at]))
    }

    /// Gives the first `digits` hexadecimal digits, at most 64: for names of hashed files.
    pub fn hex(self, digits: usize) -> String {
        let halves = self.0.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let digit = |half| char::from_digit(u32::from(half), 16).unwrap_or_default();
        halves.take(digits).map(digit).collect()
    }
}

/// Takes a digest in a small part of the time of [`Digest::of`], of what nobody is at work to make two
/// alike: questions, names, what a build keeps for the next one by the same program. Another program
/// may give other ones.
pub fn quick(bytes: &[u8]) -> u128 {
    let half = |seed| u128::from(FixedState::with_seed(seed).hash_one(bytes));
    half(0x9e37_79b9_7f4a_7c15) << 64 | half(0xd1b5_4a32_d192_ed03)
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({})", self.hex(12))
    }
}
