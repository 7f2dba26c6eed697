//! What a build leaves for the next one besides: what each task asked, was told and made.

use std::collections::BTreeMap;

use crate::build::manifest::{read_diagnostic, write_diagnostic};
use crate::diag::Diagnostic;
use crate::trace::{Ledger, Reader, Writer};
use crate::world::Question;

/// The questions and tasks of a build.
#[derive(Debug, Default)]
pub(crate) struct Traces {
    /// The build whose traces they are.
    pub(crate) manifest: u128,
    /// Every question that a task asked, with the digest of its answer.
    pub(crate) questions: Vec<(Vec<u8>, u128)>,
    /// Every task by its name.
    pub(crate) tasks: BTreeMap<String, Trace>,
}

/// What a task asked and made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trace {
    /// The places of its questions in the list of all, in the order in which they were asked.
    pub(crate) asked: Vec<u32>,
    /// Its files.
    pub(crate) files: Vec<String>,
    /// What was said of it.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Traces {
    /// Gathers the questions of tasks from a ledger, whose numbers the tasks have.
    pub(crate) fn of(ledger: &Ledger, mut tasks: BTreeMap<String, Trace>) -> Self {
        let mut places: BTreeMap<u32, u32> = BTreeMap::new();
        places.extend(tasks.values().flat_map(|it| it.asked.iter().map(|number| (*number, 0))));
        let mut questions = Vec::with_capacity(places.len());
        ledger.each(|number, told| {
            if let Some(place) = places.get_mut(&number) {
                *place = questions.len() as u32;
                questions.push((told.question.to_vec(), told.digest));
            }
        });
        for number in tasks.values_mut().flat_map(|it| &mut it.asked) {
            *number = places.get(number).copied().unwrap_or_default();
        }
        Self { manifest: 0, questions, tasks }
    }

    /// Gives the traces without some of the questions.
    pub(crate) fn without(mut self, forgotten: &dyn Fn(&Question) -> bool) -> Self {
        let is_forgotten = |place: &u32| {
            let question = self.questions.get(*place as usize);
            question
                .and_then(|(it, _)| Question::read(&mut Reader::new(it)))
                .is_some_and(|it| forgotten(&it))
        };
        for task in self.tasks.values_mut() {
            task.asked.retain(|place| !is_forgotten(place));
        }
        self
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        let mut out = Writer::new();
        out.short(self.manifest);
        out.list(self.questions.iter(), |out, (question, digest)| {
            out.bytes(question);
            out.short(*digest);
        });
        out.list(self.tasks.iter(), |out, (name, task)| {
            out.text(name);
            out.list(task.asked.iter(), |out, it| out.number(u64::from(*it)));
            out.list(task.files.iter(), |out, it| out.text(it));
            out.list(task.diagnostics.iter(), write_diagnostic);
        });
        out.finish()
    }

    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let mut from = Reader::new(bytes);
        let manifest = from.short()?;
        let questions = from.list(|from| Some((from.bytes()?.to_vec(), from.short()?)))?;
        let text = |from: &mut Reader| from.text().map(str::to_owned);
        let task = |from: &mut Reader| {
            let name = text(from)?;
            let asked = from.list(|from| {
                let place = from.size().filter(|place| *place < questions.len())?;
                u32::try_from(place).ok()
            })?;
            let files = from.list(text)?;
            Some((name, Trace { asked, files, diagnostics: from.list(read_diagnostic)? }))
        };
        let tasks = from.list(task)?.into_iter().collect();
        from.is_done().then_some(Self { manifest, questions, tasks })
    }
}
