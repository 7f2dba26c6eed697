//! Every question that was asked in a build, once, with its answer.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher};
use std::sync::{Mutex, PoisonError};

use crate::text::quick;

/// How many parts there are, so that threads seldom wait for each other.
const PARTS: usize = 32;

/// Every question of a build, by number, with its answer.
#[derive(Debug)]
pub struct Ledger([Mutex<Part>; PARTS]);

#[derive(Debug, Default)]
struct Part {
    numbers: HashMap<u128, u32, Same>,
    told: Vec<Place>,
    /// The questions and answers one after the other.
    bytes: Vec<u8>,
    /// What belongs to the answers, one after the other.
    shown: Vec<u32>,
}

/// Where a question is among the others of its part.
#[derive(Debug)]
struct Place {
    key: u128,
    digest: u128,
    /// Where its text starts, and where that of its answer does.
    question: u32,
    answer: u32,
    /// Where that starts which belongs to its answer.
    shown: u32,
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

/// An answer as it is noted.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// The answer.
    pub answer: Vec<u8>,
    /// The digest of the answer and of everything it leads to.
    pub digest: u128,
    /// The numbers of what it leads to.
    pub shown: Vec<u32>,
}

/// A question that was asked, and its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told<'a> {
    /// The digest of the question.
    pub key: u128,
    /// The question.
    pub question: &'a [u8],
    /// The answer.
    pub answer: &'a [u8],
    /// The digest of the answer and of everything it leads to.
    pub digest: u128,
    /// The numbers of what it leads to.
    pub shown: &'a [u32],
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

    /// Gives a question's number. The first time it is asked, `answer` gives its answer.
    pub fn number(&self, question: &[u8], answer: impl FnOnce() -> Written) -> u32 {
        let key = quick(question);
        let at = (key % PARTS as u128) as usize;
        if let Some(number) = self.part(at).numbers.get(&key) {
            return *number;
        }
        // Answering may take long, and may ask in turn.
        let Written { answer, digest, shown } = answer();
        let mut part = self.part(at);
        if let Some(number) = part.numbers.get(&key) {
            return *number;
        }
        let number = (part.told.len() * PARTS + at) as u32;
        let start = part.bytes.len() as u32;
        part.bytes.extend_from_slice(question);
        let middle = part.bytes.len() as u32;
        part.bytes.extend_from_slice(&answer);
        let first = part.shown.len() as u32;
        part.shown.extend_from_slice(&shown);
        part.told.push(Place { key, digest, question: start, answer: middle, shown: first });
        part.numbers.insert(key, number);
        number
    }

    /// Gives the digest of the answer to a question by its number.
    pub fn digest(&self, number: u32) -> Option<u128> {
        let (at, index) = place(number);
        self.part(at).told.get(index).map(|it| it.digest)
    }

    /// Looks at every question by its number. What looks must not ask the ledger.
    pub fn each(&self, mut look: impl FnMut(u32, Told)) {
        for at in 0..PARTS {
            let part = self.part(at);
            for (index, place) in part.told.iter().enumerate() {
                let next = part.told.get(index + 1);
                let end = next.map_or(part.bytes.len(), |it| it.question as usize);
                let last = next.map_or(part.shown.len(), |it| it.shown as usize);
                let (start, middle) = (place.question as usize, place.answer as usize);
                let question = part.bytes.get(start..middle).unwrap_or_default();
                let answer = part.bytes.get(middle..end).unwrap_or_default();
                let shown = part.shown.get(place.shown as usize..last).unwrap_or_default();
                let number = (index * PARTS + at) as u32;
                let Place { key, digest, .. } = *place;
                look(number, Told { key, question, answer, digest, shown });
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
            let shown = vec![answer.len() as u32; answer.len()];
            let digest = answer.len() as u128;
            ledger.number(question.as_bytes(), || Written { answer: answer.into(), digest, shown })
        };
        let (a, b) = (ask("a", "first"), ask("b", ""));
        assert_ne!(a, b);
        assert_eq!(ask("a", "other"), a);
        let mut all = Vec::new();
        ledger.each(|number, told| {
            all.push((told.question.to_vec(), told.answer.to_vec(), number, told.shown.to_vec()));
        });
        all.sort();
        let first = (b"a".to_vec(), b"first".to_vec(), a, vec![5; 5]);
        assert_eq!(all, [first, (b"b".to_vec(), Vec::new(), b, Vec::new())]);
        assert_eq!(ledger.digest(a), Some(5));
    }
}
