//! Which tasks are done again, and which stay as an earlier build left them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, OnceLock};

use rayon::iter::{
    IndexedParallelIterator as _, IntoParallelRefIterator as _, ParallelIterator as _,
};

use crate::build::manifest::Manifest;
use crate::build::patch::Patch;
use crate::build::traces::{Tables, Traces, key};
use crate::check::{self, Checks, Facts};
use crate::render::{self, Engine, Made, Sink, Task};
use crate::route::{Kind, Route};
use crate::text::RelPath;
use crate::trace::Writer;
use crate::vfs::Mark;
use crate::world::{Question, World};

/// Why a task was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Nothing is known of an earlier build by this program with these options.
    First,
    /// `galen.yaml`, the content model, a `theme.yaml` or an option of the build changed.
    Ground,
    /// There was no such page.
    New,
    /// It is made in every build that reads the whole site.
    Whole,
    /// The answer to this question changed.
    Changed(Question),
    /// Its file in the output folder is gone, or was changed by someone else.
    Output(String),
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::First => f.write_str("nothing is kept of an earlier build"),
            Self::Ground => f.write_str(
                "galen.yaml, the content model, a theme.yaml or an option of the build changed",
            ),
            Self::New => f.write_str("it is new"),
            Self::Whole => f.write_str("it looks at the whole site"),
            Self::Changed(question) => write!(f, "{question} changed"),
            Self::Output(file) => write!(f, "`{file}` is not as it was written"),
        }
    }
}

/// A task that was done or kept.
#[derive(Debug)]
pub struct Done {
    /// Its name: its file, or `text of` its source.
    pub name: String,
    /// Why it was done; `None` when it was kept.
    pub cause: Option<Cause>,
    /// The template that it used.
    pub template: Option<String>,
    /// What it made, or had made.
    pub made: Made,
    /// What is known of its page; `None` for what makes none.
    pub facts: Option<Facts>,
}

/// How many tasks a thread takes at most without sharing them: at the end of all the others would
/// wait for it.
pub(crate) const TOGETHER: usize = 32;

/// What an earlier build left.
pub(crate) struct Earlier<'a> {
    pub(crate) manifest: Manifest<'a>,
    pub(crate) traces: Traces,
    pub(crate) patch: Patch,
}

/// Does the tasks of a site that are to be done, and keeps the others.
pub(crate) fn all(
    world: &Arc<World>,
    engine: &Arc<Engine>,
    checks: &Checks,
    sink: &dyn Sink,
    earlier: Result<Earlier, Cause>,
) -> Vec<Done> {
    let verified = match &earlier {
        Ok(earlier) => Verified::new(world, earlier).ok_or(Cause::First),
        Err(cause) => Err(cause.clone()),
    };
    let one = |task: &Task| {
        let name = task.name();
        let reused = match &verified {
            Ok(verified) => verified.reuse(checks, task, &name, sink),
            Err(cause) => Err(cause.clone()),
        };
        let template = render::template(world, task).map(str::to_owned);
        match reused {
            Ok((made, facts)) => {
                made.files.iter().for_each(|file| sink.keep(file));
                Done { name, cause: None, template, made, facts }
            }
            Err(cause) => {
                let (made, facts) = check::run(engine, checks, *task, sink);
                Done { name, cause: Some(cause), template, made, facts }
            }
        }
    };
    render::tasks(world).par_iter().with_max_len(TOGETHER).map(one).collect()
}

/// The earlier questions, each asked again when a task needs to know: in the order in which it asked
/// them, until one has another answer.
struct Verified<'a> {
    world: &'a World,
    traces: &'a Traces,
    tables: Tables<'a>,
    patch: &'a Patch,
    marks: BTreeMap<&'a str, Mark>,
    /// The site's files in which a later change would have shown.
    settled: BTreeSet<&'a str>,
    /// For each question its number now, and whether its answer is the same; `None` for one that
    /// cannot be read.
    now: Vec<OnceLock<Option<(u32, bool)>>>,
    /// For each address its number now.
    addresses: Vec<OnceLock<Option<u32>>>,
}

impl<'a> Verified<'a> {
    fn new(world: &'a World, earlier: &'a Earlier<'a>) -> Option<Self> {
        let Earlier { manifest, traces, patch } = earlier;
        let tables = traces.tables()?;
        let now = (0..tables.questions.len()).map(|_| OnceLock::new()).collect();
        let addresses = (0..tables.addresses.len()).map(|_| OnceLock::new()).collect();
        let marks = manifest.outputs.iter().map(|it| (&*it.path, it.mark)).collect();
        let settled = manifest.sources.iter().filter(|it| it.settled);
        let settled = settled.map(|it| &*it.path).collect();
        Some(Self { world, traces, tables, patch, marks, settled, now, addresses })
    }

    /// Gives a question's number now, and whether its answer is the same.
    fn again(&self, at: usize) -> Option<(u32, bool)> {
        let ask = || {
            let (question, _) = self.traces.question(&self.tables, at)?;
            let answer = || self.world.written(&self.world.ask(&question));
            let number = self.world.number(&question, &mut Writer::new(), answer)?;
            let now = self.world.ledger.as_ref()?.digest(number);
            Some((number, now == self.patch.digest(&self.tables, at)))
        };
        *self.now.get(at)?.get_or_init(ask)
    }

    /// What is known of the page of a task.
    fn facts(&self, checks: &Checks, at: usize) -> Option<Facts> {
        let number = |place: u32| {
            let number =
                || Some(checks.addresses.number(&self.traces.address(&self.tables, place)?));
            *self.addresses.get(place as usize)?.get_or_init(number)
        };
        let links: Option<Vec<u32>> = self.tables.links.get(at).map(number).collect();
        let mut links = links?;
        links.sort_unstable();
        Some(Facts { ids: self.tables.ids.get(at).collect(), links: links.into() })
    }

    /// Gives what a task made, if it would make the same now; why not, otherwise.
    fn reuse(
        &self,
        checks: &Checks,
        task: &Task,
        name: &str,
        sink: &dyn Sink,
    ) -> Result<(Made, Option<Facts>), Cause> {
        if task.is_whole() {
            return Err(Cause::Whole);
        }
        if let Task::Route(Route { kind: Kind::Copy(source), .. }) = task
            && !self.settled.contains(source.as_str())
        {
            // It may have been written again while its file system's clock stood still.
            return Err(Cause::Changed(Question::Route(name.to_owned())));
        }
        let at = self.tables.tasks.find(key(name)).ok_or(Cause::New)?;
        let mut asked = Vec::new();
        for place in self.patch.asked(&self.tables, at) {
            match self.again(place as usize) {
                Some((number, true)) => asked.push(number),
                _ => {
                    let question = self.traces.question(&self.tables, place as usize);
                    return Err(question.map_or(Cause::New, |(it, _)| Cause::Changed(it)));
                }
            }
        }
        let trace = self.traces.task(&self.tables, at).ok_or(Cause::New)?;
        let mut files = Vec::with_capacity(trace.files.len());
        for file in &trace.files {
            let known = RelPath::new(file).ok_or(Cause::New)?;
            let mark = self.marks.get(file.as_str()).copied();
            if mark.is_none() || sink.mark(file) != mark {
                return Err(Cause::Output(file.clone()));
            }
            files.push(known);
        }
        let diagnostics = trace.diagnostics.into_iter().collect();
        let facts = match trace.is_page {
            true => Some(self.facts(checks, at).ok_or(Cause::New)?),
            false => None,
        };
        Ok((Made { files, asked, diagnostics, ..Made::default() }, facts))
    }
}
