//! What an earlier build knew, as far as a small build needs it: which tasks were told of an entry,
//! and what they were told of others.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use tera::Value;

use crate::build::patch::Patch;
use crate::build::traces::{Note, Tables, Trace, Traces, key};
use crate::content::EntryId;
use crate::route::{Kind, Route};
use crate::text::quick;
use crate::trace::Reader;
use crate::world::{Answer, Question, Recall, World, read_value};

/// The most tasks that are few.
const FEW_TASKS: usize = 2_000;

/// What an earlier build left, as far as it is read.
pub(crate) struct Memory {
    pub(crate) traces: Traces,
    pub(crate) patch: Patch,
    /// The addresses and summaries of entries that were read, with their digests.
    pub(crate) notes: Mutex<BTreeMap<EntryId, Option<(Value, u128)>>>,
    /// Whether there are links to parts of pages that are not there.
    pub(crate) parts_are_missing: bool,
}

/// An entry that is read.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) id: EntryId,
    pub(crate) source: String,
    /// Its place among the entries of the earlier build.
    pub(crate) at: usize,
}

/// Finds what changes with entries.
pub(crate) struct Affected<'a> {
    pub(crate) tables: &'a Tables<'a>,
    pub(crate) traces: &'a Traces,
    pub(crate) patch: &'a Patch,
}

impl Affected<'_> {
    /// The tasks that were told all of any of some entries, or that were told of any whose summary
    /// changed, with their places.
    pub(crate) fn tasks(&self, own: &[Known], told: &[&Known]) -> Option<Vec<(usize, Trace)>> {
        let mut questions: BTreeSet<u32> = BTreeSet::new();
        for known in own {
            let own = self.tables.questions.find(Question::Own(known.id.clone()).key());
            questions.extend(own.and_then(|it| u32::try_from(it).ok()));
        }
        let places: BTreeSet<u32> =
            told.iter().filter_map(|it| u32::try_from(it.at).ok()).collect();
        let all = if places.is_empty() { 0..0 } else { 0..self.tables.questions.len() };
        questions.extend(
            all.filter(|at| self.tables.shown.get(*at).any(|it| places.contains(&it)))
                .filter_map(|at| u32::try_from(at).ok()),
        );
        let mut tasks = Vec::new();
        for at in 0..self.tables.tasks.len() {
            let changed = self.patch.asked_any(self.tables, at, |it| questions.contains(&it));
            if changed {
                tasks.push((at, self.traces.task(self.tables, at)?));
            }
        }
        (tasks.len() <= FEW_TASKS).then_some(tasks)
    }

    /// The other entries that these tasks need all of.
    pub(crate) fn others(&self, tasks: &[(usize, Trace)], own: &[Known]) -> Option<Vec<Known>> {
        let asked = tasks.iter().flat_map(|(at, _)| self.patch.asked(self.tables, *at));
        let asked: BTreeSet<u32> = asked.collect();
        let mut others = Vec::new();
        for at in asked {
            let (question, _) = self.traces.question(self.tables, at as usize)?;
            let Question::Own(id) = question else { continue };
            if own.iter().any(|it| it.id == id) {
                continue;
            }
            let at = self.tables.entries.find(key(&id.to_string()))?;
            let note = self.traces.note(self.tables, at)?;
            others.push(Known { id, source: note.source, at });
        }
        Some(others)
    }
}

impl Memory {
    /// The questions of some tasks whose answers changed, with the new digests.
    pub(crate) fn changed(
        &self,
        world: &World,
        tables: &Tables,
        tasks: &[(usize, Trace)],
        ids: &[EntryId],
    ) -> Option<BTreeMap<u32, u128>> {
        let asked = tasks.iter().flat_map(|(at, _)| self.patch.asked(tables, *at));
        let asked: BTreeSet<u32> = asked.collect();
        let mut changed = BTreeMap::new();
        for at in asked {
            let (question, answer) = self.traces.question(tables, at as usize)?;
            let new = match &question {
                Question::Own(id) if ids.contains(id) => world.written(&world.own(id)).digest,
                _ => {
                    let read = Answer::read(&mut Reader::new(&answer))?;
                    if !read.entries().iter().any(|id| ids.contains(id)) {
                        continue;
                    }
                    read.digest(&answer, |id| world.print(id))
                }
            };
            if Some(new) != self.patch.digest(tables, at as usize) {
                changed.insert(at, new);
            }
        }
        Some(changed)
    }

    /// A route with the entries that its list has.
    pub(crate) fn route(&self, tables: &Tables, route: &Route) -> Option<Route> {
        let mut route = route.clone();
        let page = match &mut route.kind {
            Kind::List { page, .. } | Kind::Term { page, .. } => page,
            Kind::Api(crate::route::Api::List(_, page)) => page,
            _ => return Some(route),
        };
        let question = Question::Route(route.file.to_string());
        let Some(Answer::Made(_, ids)) = self.answer(tables, question.key()) else { return None };
        page.entries = ids;
        Some(route)
    }

    /// The answer to a question, by the key of that.
    fn answer(&self, tables: &Tables, key: u128) -> Option<Answer> {
        let at = tables.questions.find(key)?;
        let (_, answer) = self.traces.question(tables, at)?;
        Answer::read(&mut Reader::new(&answer))
    }
}

/// What an earlier build knew.
pub(crate) struct Recalled(pub(crate) Arc<Memory>);

impl Recall for Recalled {
    fn answer(&self, question: &[u8]) -> Option<Answer> {
        self.0.answer(&self.0.traces.tables()?, quick(question))
    }

    fn summary(&self, id: &EntryId) -> Option<(Value, u128)> {
        let lock = || self.0.notes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(id) {
            return known.clone();
        }
        let read = || {
            let tables = self.0.traces.tables()?;
            let at = tables.entries.find(key(&id.to_string()))?;
            let print = self.0.patch.print(&tables, at)?;
            let note = match self.0.patch.entries.get(&u32::try_from(at).ok()?) {
                Some((_, note)) => Note::clone(note),
                None => self.0.traces.note(&tables, at)?,
            };
            Some((read_value(&mut Reader::new(&note.summary))?, print))
        };
        let read = read();
        lock().insert(id.clone(), read.clone());
        read
    }
}
