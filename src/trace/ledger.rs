//! Every question that was asked in a build, once, with its answer.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher};
use std::sync::{Mutex, PoisonError};

use crate::text::Digest;

/// How many parts there are, so that threads seldom wait for each other.
const PARTS: usize = 32;

/// Every question of a build, by number, with its answer.
#[derive(Debug)]
pub struct Ledger([Mutex<Part>; PARTS]);

#[derive(Debug, Default)]
struct Part {
    numbers: HashMap<u128, u32, Same>,
    told: Vec<(u32, u32, u128)>,
    /// The questions and answers one after the other; each of the list above says where its
    /// question starts, where its answer starts, and the digest of the answer.
    bytes: Vec<u8>,
}

/// Gives the hash of a digest, which is one already.
#[derive(Clone, Copy, Debug, Default)]
struct Same(u64);

impl BuildHasher for Same {
    type Hasher = Self;

    fn build_hasher(&self) -> Self {
        *self
    }
}

impl Hasher for Same {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u128(&mut self, digest: u128) {
        self.0 = (digest >> 64) as u64;
    }
}

/// A question that was asked, and its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told<'a> {
    /// The question.
    pub question: &'a [u8],
    /// The answer.
    pub answer: &'a [u8],
    /// The digest of the answer and of everything it leads to.
    pub digest: u128,
}

impl Default for Ledger {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Mutex::default()))
    }
}

impl Ledger {
    /// Starts with no question.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives a question's number. The first time it is asked, `answer` gives its answer and the
    /// digest of that.
    pub fn number(&self, question: &[u8], answer: impl FnOnce() -> (Vec<u8>, u128)) -> u32 {
        let key = Digest::of(question).short();
        let at = (key % PARTS as u128) as usize;
        if let Some(number) = self.part(at).numbers.get(&key) {
            return *number;
        }
        // Answering may take long, and may ask in turn.
        let (answer, digest) = answer();
        let mut part = self.part(at);
        if let Some(number) = part.numbers.get(&key) {
            return *number;
        }
        let number = (part.told.len() * PARTS + at) as u32;
        let start = part.bytes.len() as u32;
        part.bytes.extend_from_slice(question);
        let middle = part.bytes.len() as u32;
        part.bytes.extend_from_slice(&answer);
        part.told.push((start, middle, digest));
        part.numbers.insert(key, number);
        number
    }

    /// Gives the digest of the answer to a question by its number.
    pub fn digest(&self, number: u32) -> Option<u128> {
        let (at, index) = place(number);
        self.part(at).told.get(index).map(|(_, _, digest)| *digest)
    }

    /// Looks at every question by its number. What looks must not ask the ledger.
    pub fn each(&self, mut look: impl FnMut(u32, Told)) {
        for at in 0..PARTS {
            let part = self.part(at);
            for (index, (start, middle, digest)) in part.told.iter().enumerate() {
                let end = part.told.get(index + 1).map_or(part.bytes.len(), |it| it.0 as usize);
                let (start, middle) = (*start as usize, *middle as usize);
                let question = part.bytes.get(start..middle).unwrap_or_default();
                let answer = part.bytes.get(middle..end).unwrap_or_default();
                let number = (index * PARTS + at) as u32;
                look(number, Told { question, answer, digest: *digest });
            }
        }
    }

    fn part(&self, at: usize) -> std::sync::MutexGuard<'_, Part> {
        self.0[at].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn place(number: u32) -> (usize, usize) {
    (number as usize % PARTS, number as usize / PARTS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_answered_once() {
        let ledger = Ledger::new();
        let ask = |question: &str, answer: &str| {
            ledger
                .number(question.as_bytes(), || (answer.as_bytes().to_vec(), answer.len() as u128))
        };
        let (a, b) = (ask("a", "first"), ask("b", ""));
        assert_ne!(a, b);
        assert_eq!(ask("a", "other"), a);
        let mut all = Vec::new();
        ledger.each(|number, told| {
            all.push((told.question.to_vec(), told.answer.to_vec(), number, told.digest));
        });
        all.sort();
        let first = (b"a".to_vec(), b"first".to_vec(), a, 5);
        assert_eq!(all, [first, (b"b".to_vec(), Vec::new(), b, 0)]);
        assert_eq!(ledger.digest(a), Some(5));
    }
}
