//! The digest of bytes: BLAKE3, trusted across runs.

use std::fmt;

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
        let mut hex: String = self.0.iter().map(|byte| format!("{byte:02x}")).collect();
        hex.truncate(digits);
        hex
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({})", self.hex(12))
    }
}
