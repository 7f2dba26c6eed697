//! What small builds since the last whole one changed of what that left.

use std::collections::BTreeMap;

use crate::build::manifest::{Manifest, Seen};
use crate::build::traces::{Note, Tables, Traces};
use crate::trace::{Reader, Shelf, Writer};
use crate::world::Question;

/// What is other than the tables of the last whole build say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Patch {
    /// The build that it is to.
    pub(crate) number: u128,
    /// Files of the site.
    pub(crate) sources: BTreeMap<String, Seen<'static>>,
    /// Files of the output.
    pub(crate) outputs: BTreeMap<String, Seen<'static>>,
    /// Digests of answers, by the place of the question.
    pub(crate) digests: BTreeMap<u32, u128>,
    /// What tasks asked, by the place of the task.
    pub(crate) asked: BTreeMap<u32, Vec<u32>>,
    /// Entries, by their places, with the digests of their summaries.
    pub(crate) entries: BTreeMap<u32, (u128, Note)>,
}

impl Patch {
    /// Reads what changed since the build with a number.
    pub(crate) fn open(shelf: &dyn Shelf, number: u128) -> Self {
        let read = shelf.get("patch").and_then(|it| Self::read(it.bytes()));
        read.filter(|it| it.number == number).unwrap_or(Self { number, ..Self::default() })
    }

    /// Puts what changed into the manifest of the build that it is to.
    pub(crate) fn apply(&self, manifest: &mut Manifest) {
        for (seen, changed) in
            [(&mut manifest.sources, &self.sources), (&mut manifest.outputs, &self.outputs)]
        {
            for (path, it) in changed {
                if let Ok(at) = seen.binary_search_by(|seen| (*seen.path).cmp(path)) {
                    seen[at] = it.clone();
                }
            }
        }
    }

    /// Gives the digest of the answer to a question.
    pub(crate) fn digest(&self, tables: &Tables, at: usize) -> Option<u128> {
        let changed = u32::try_from(at).ok().and_then(|at| self.digests.get(&at));
        changed.copied().or_else(|| tables.digests.get(at))
    }

    /// Gives the questions of a task.
    pub(crate) fn asked(&self, tables: &Tables, at: usize) -> Vec<u32> {
        let changed = u32::try_from(at).ok().and_then(|at| self.asked.get(&at));
        changed.cloned().unwrap_or_else(|| tables.asked.get(at).collect())
    }

    /// Tells whether a task asked any of some questions.
    pub(crate) fn asked_any(&self, tables: &Tables, at: usize, any: impl Fn(u32) -> bool) -> bool {
        match u32::try_from(at).ok().and_then(|at| self.asked.get(&at)) {
            Some(asked) => asked.iter().any(|it| any(*it)),
            None => tables.asked.get(at).any(any),
        }
    }

    /// Gives the digest of an entry's summary.
    pub(crate) fn print(&self, tables: &Tables, at: usize) -> Option<u128> {
        let changed = u32::try_from(at).ok().and_then(|at| self.entries.get(&at));
        changed.map(|(print, _)| *print).or_else(|| tables.prints.get(at))
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        let mut out = Writer::new();
        out.short(self.number);
        for seen in [&self.sources, &self.outputs] {
            out.list(seen.values(), |out, it| it.write(out));
        }
        out.list(self.digests.iter(), |out, (at, digest)| {
            out.four(*at);
            out.short(*digest);
        });
        out.list(self.asked.iter(), |out, (at, asked)| {
            out.four(*at);
            out.list(asked.iter(), |out, it| out.four(*it));
        });
        out.list(self.entries.iter(), |out, (at, (print, note))| {
            out.four(*at);
            out.short(*print);
            let mut inner = Writer::new();
            note.write(&mut inner);
            out.bytes(inner.written());
        });
        out.finish()
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut from = Reader::new(bytes);
        let number = from.short()?;
        let seen = |from: &mut Reader| {
            let all = from.list(Seen::read)?;
            Some(all.into_iter().map(|it| (it.path.to_string(), it.kept())).collect())
        };
        let (sources, outputs) = (seen(&mut from)?, seen(&mut from)?);
        let digests = from.list(|from| Some((from.four()?, from.short()?)))?;
        let asked = from.list(|from| Some((from.four()?, from.list(Reader::four)?)))?;
        let entry =
            |from: &mut Reader| Some((from.four()?, (from.short()?, Note::read(from.bytes()?)?)));
        let entries = from.list(entry)?.into_iter().collect();
        let (digests, asked) = (digests.into_iter().collect(), asked.into_iter().collect());
        Some(Self { number, sources, outputs, digests, asked, entries })
    }
}

/// Forgets some of what was asked, as if it had not been written down: with this, tests make sure
/// that they would notice.
pub fn forget(shelf: &dyn Shelf, forgotten: &dyn Fn(&Question) -> bool) {
    let forget = || {
        let number = Manifest::read(shelf.get("manifest")?.bytes())?.number;
        let traces = Traces::open(shelf, number)?;
        let tables = traces.tables()?;
        let mut patch = Patch::open(shelf, number);
        let is_forgotten = |at: &u32| {
            let question = traces.question(&tables, *at as usize);
            question.is_some_and(|(question, _)| forgotten(&question))
        };
        for at in 0..tables.tasks.len() {
            let mut asked = patch.asked(&tables, at);
            asked.retain(|it| !is_forgotten(it));
            patch.asked.insert(at as u32, asked);
        }
        shelf.put("patch", &patch.write());
        Some(())
    };
    let _ = forget();
}
