//! A quick look whether a name may be one of a few.

/// The lengths of some names, by their first letters: most other names have none of these.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Few([u32; 32]);

impl Few {
    pub(crate) const fn of(names: &[&str]) -> Self {
        let mut few = Self([0; 32]);
        let mut at = 0;
        while at < names.len() {
            few = few.with(names[at]);
            at += 1;
        }
        few
    }

    pub(crate) const fn with(mut self, name: &str) -> Self {
        if let [first, ..] = name.as_bytes() {
            self.0[(*first % 32) as usize] |= 1 << (name.len() % 32);
        }
        self
    }

    /// Tells of most names that they are none of these: `false`.
    pub(crate) fn may_have(&self, name: &str) -> bool {
        let first = name.as_bytes().first().map_or(0, |it| it % 32);
        self.0[usize::from(first)] >> (name.len() % 32) & 1 == 1
    }
}
