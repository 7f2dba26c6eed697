//! What a build leaves for the next one besides: what each task asked, was told and made, and what
//! others may know of each entry.
//!
//! Tables (`traces`) tell where the texts are (`told`), so that a build in which little changed
//! reads little.

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use crate::build::Done;
use crate::build::manifest::{read_diagnostic, write_diagnostic};
use crate::build::shape::Plain;
use crate::check::Facts;
use crate::content::EntryId;
use crate::diag::{Diagnostic, SourceId};
use crate::render::Task;
use crate::route::Route;
use crate::text::quick;
use crate::trace::{
    Columns, DigestColumn, Finder, Kept, ListColumn, Piece, PieceColumn, Pieces, Reader, Shelf,
    Writer,
};
use crate::world::{
    Question, World, read_entry, read_route, write_entry, write_route, write_value,
};

/// The tables of an earlier build.
#[derive(Clone)]
pub(crate) struct Tables<'a> {
    /// The questions, by the digest of each, sorted.
    pub(crate) questions: DigestColumn<'a>,
    /// The digests of their answers.
    pub(crate) digests: DigestColumn<'a>,
    /// Their texts and answers.
    told: PieceColumn<'a>,
    /// The entries whose summaries belong to the answers.
    pub(crate) shown: ListColumn<'a>,
    /// The tasks, by the digest of the name of each, sorted.
    pub(crate) tasks: DigestColumn<'a>,
    /// What they made.
    made: PieceColumn<'a>,
    /// The questions that they asked.
    pub(crate) asked: ListColumn<'a>,
    /// The digests of the ids of their pages.
    pub(crate) ids: ListColumn<'a>,
    /// The addresses to which their pages point.
    pub(crate) links: ListColumn<'a>,
    /// All addresses.
    pub(crate) addresses: PieceColumn<'a>,
    /// The entries that are on the site, by the digest of the name of each, sorted.
    pub(crate) entries: DigestColumn<'a>,
    /// The digests of their summaries.
    pub(crate) prints: DigestColumn<'a>,
    /// The digests of what they have that bears on which pages there are and on their order.
    pub(crate) shapes: DigestColumn<'a>,
    /// What is known of them.
    notes: PieceColumn<'a>,
}

/// An earlier build's tables and texts.
pub(crate) struct Traces {
    tables: Kept,
    told: Pieces,
    notes: Pieces,
}

/// What a task was, and made.
#[derive(Clone, Debug)]
pub(crate) struct Trace {
    /// What it was.
    pub(crate) what: What,
    /// Its files.
    pub(crate) files: Vec<String>,
    /// What was said of it.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Whether it made a page, of which there are facts.
    pub(crate) is_page: bool,
}

/// What a task was.
#[derive(Clone, Debug)]
pub(crate) enum What {
    /// A route; `None` for one that only a build of the whole site makes.
    Route(Option<Box<Route>>),
    /// The text of an entry.
    Text(EntryId),
}

/// What others may know of an entry.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    /// Its file.
    pub(crate) source: String,
    /// Its address, and that in the JSON API.
    pub(crate) urls: [Option<String>; 2],
    /// Its summary, as it is kept.
    pub(crate) summary: Vec<u8>,
}

/// The digest by which something is found.
pub(crate) fn key(name: &str) -> u128 {
    quick(name.as_bytes())
}

impl Traces {
    /// Opens what the build with this number left; `None` when that is not there.
    pub(crate) fn open(shelf: &dyn Shelf, number: u128) -> Option<Self> {
        let tables = shelf.get("traces")?;
        let (told, notes) = (shelf.pieces("told")?, shelf.pieces("notes")?);
        let of = Reader::new(tables.bytes()).short()?;
        (of == number).then_some(Self { tables, told, notes })
    }

    /// Reads all texts into memory.
    pub(crate) fn load(self) -> Option<Self> {
        Some(Self { told: self.told.load()?, ..self })
    }

    /// Finds the tables.
    pub(crate) fn tables(&self) -> Option<Tables<'_>> {
        let mut from = Finder(self.tables.bytes().get(16..)?);
        Some(Tables {
            questions: from.digests()?,
            digests: from.digests()?,
            told: from.pieces()?,
            shown: from.lists()?,
            tasks: from.digests()?,
            made: from.pieces()?,
            asked: from.lists()?,
            ids: from.lists()?,
            links: from.lists()?,
            addresses: from.pieces()?,
            entries: from.digests()?,
            prints: from.digests()?,
            shapes: from.digests()?,
            notes: from.pieces()?,
        })
    }

    /// Gives a question with its answer as it is kept.
    pub(crate) fn question(&self, tables: &Tables, at: usize) -> Option<(Question, Vec<u8>)> {
        let bytes = self.told.read(tables.told.get(at)?)?;
        let mut from = Reader::new(&bytes);
        let question = Question::read(&mut Reader::new(from.bytes()?))?;
        Some((question, from.bytes()?.to_vec()))
    }

    /// Gives what a task was, and made.
    pub(crate) fn task(&self, tables: &Tables, at: usize) -> Option<Trace> {
        let bytes = self.told.read(tables.made.get(at)?)?;
        let mut from = Reader::new(&bytes);
        let what = match from.byte()? {
            0 => What::Route(read_route(&mut Reader::new(from.bytes()?)).map(Box::new)),
            _ => What::Text(read_entry(&mut from)?),
        };
        let files = from.list(|from| from.text().map(str::to_owned))?;
        let diagnostics = from.list(read_diagnostic)?;
        Some(Trace { what, files, diagnostics, is_page: from.byte()? == 1 })
    }

    /// Gives an address.
    pub(crate) fn address(&self, tables: &Tables, at: u32) -> Option<String> {
        let bytes = self.told.read(tables.addresses.get(at as usize)?)?;
        String::from_utf8(bytes.to_vec()).ok()
    }

    /// Gives what is known of an entry.
    pub(crate) fn note(&self, tables: &Tables, at: usize) -> Option<Note> {
        Note::read(&self.notes.read(tables.notes.get(at)?)?)
    }
}

impl Note {
    pub(crate) fn write(&self, out: &mut Writer) {
        out.text(&self.source);
        for url in &self.urls {
            out.maybe(url.as_deref(), Writer::text);
        }
        out.bytes(&self.summary);
    }

    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let mut from = Reader::new(bytes);
        let url = |from: &mut Reader| from.maybe(|from| from.text().map(str::to_owned));
        Some(Self {
            source: from.text()?.to_owned(),
            urls: [url(&mut from)?, url(&mut from)?],
            summary: from.bytes()?.to_vec(),
        })
    }
}

/// What is kept of a question: its key, its number, the digest of its answer, where it is, and where
/// the entries are that belong to its answer.
pub(crate) type Asked = (u128, u32, u128, Piece, (u32, u32));

/// What is kept of a task: its key, where what it made is, and itself.
pub(crate) type Made<'a> = (u128, Piece, &'a Done);

/// What is kept of an entry: the digests of its summary and of its shape, and where its note is.
pub(crate) type Noted = (u128, u128, Piece);

/// Where the texts of questions, tasks and entries are.
type Texts<'a> = (Tasks<'a>, Vec<Noted>);

/// What is kept of all tasks. It is held when a build needs the most memory, so nothing is in it twice.
pub(crate) struct Tasks<'a> {
    /// The questions, sorted by their keys.
    questions: Vec<Asked>,
    /// The places of the entries that belong to answers.
    shown: Vec<u32>,
    /// The place of each question by its number; `None` where no task asked it.
    places: Vec<Option<u32>>,
    /// The tasks, sorted by their keys.
    made: Vec<Made<'a>>,
    /// The addresses to which pages point.
    addresses: Vec<Piece>,
}

impl Tasks<'_> {
    /// The places of the questions that a task asked.
    fn asked(&self, task: &Done) -> impl Iterator<Item = u32> {
        task.made.asked.iter().filter_map(|it| self.places[*it as usize])
    }
}

/// An entry that is on the site: its key, itself, its number.
pub(crate) type OnSite<'a> = (u128, &'a EntryId, u32);

/// Gives the entries that are on the site, sorted by their keys.
pub(crate) fn ids(world: &World) -> Vec<OnSite<'_>> {
    let ids = world.published().map(|(id, place)| (key(&id.to_string()), id, place));
    let mut ids: Vec<OnSite> = ids.collect();
    ids.sort_unstable_by_key(|(key, ..)| *key);
    ids
}

/// Leaves the tables of a build on a shelf; `None` when that cannot be done.
pub(crate) fn keep(
    shelf: &dyn Shelf,
    number: u128,
    ids: &[OnSite],
    kept: Option<Texts>,
) -> Option<()> {
    let (tasks, notes) = kept?;
    let Tasks { questions, shown, made, addresses, .. } = &tasks;
    let count = |it: &Made| tasks.asked(it.2).count() + it.2.facts.as_ref().map_or(0, Facts::count);
    let lists: usize = made.iter().map(count).sum();
    let numbers = lists + shown.len() + questions.len() + 3 * made.len();
    let others = 72 * questions.len() + 36 * made.len() + 20 * addresses.len() + 68 * notes.len();
    let facts = || made.iter().map(|it| it.2.facts.as_ref());
    let mut out = Columns::starting(number, 4 * numbers + others + 256);
    out.digests(questions.iter().map(|it| it.0));
    out.digests(questions.iter().map(|it| it.2));
    out.pieces(questions.iter().map(|it| it.3));
    out.lists(questions.iter().map(|it| {
        let (start, end) = it.4;
        shown.get(start as usize..end as usize).unwrap_or_default().iter().copied()
    }));
    out.digests(made.iter().map(|it| it.0));
    out.pieces(made.iter().map(|it| it.1));
    out.lists(made.iter().map(|it| tasks.asked(it.2)));
    out.lists(facts().map(|it| it.into_iter().flat_map(|it| it.ids.iter().copied())));
    out.lists(facts().map(|it| it.into_iter().flat_map(|it| it.links.iter().copied())));
    out.pieces(addresses.iter().copied());
    out.digests(ids.iter().map(|it| it.0));
    out.digests(notes.iter().map(|it| it.0));
    out.digests(notes.iter().map(|it| it.1));
    out.pieces(notes.iter().map(|it| it.2));
    shelf.put("traces", &out.finish());
    Some(())
}

/// Keeps what tasks asked and made.
pub(crate) fn keep_tasks<'a>(
    shelf: &dyn Shelf,
    world: &World,
    (tasks, addresses): (&'a [Done], &[Box<str>]),
    ids: &[OnSite],
) -> Option<Tasks<'a>> {
    let mut told = shelf.start("told")?;
    let mut entries = vec![0; ids.len()];
    for ((.., number), at) in ids.iter().zip(0..) {
        if let Some(place) = entries.get_mut(*number as usize) {
            *place = at;
        }
    }
    let asked = || tasks.iter().flat_map(|it| &it.made.asked).map(|it| *it as usize);
    // Numbers of questions are small.
    let mut places: Vec<Option<u32>> = vec![None; asked().max().map_or(0, |it| it + 1)];
    asked().for_each(|number| places[number] = Some(0));
    // A table that grows is held twice while it does.
    let mut questions: Vec<Asked> = Vec::with_capacity(places.iter().flatten().count());
    let mut shown: Vec<u32> = Vec::new();
    let mut out = Writer::new();
    world.ledger.as_ref()?.each(|number, it| {
        if places.get(number as usize).is_some_and(Option::is_some) {
            out.clear();
            out.bytes(it.question);
            out.bytes(it.answer);
            let start = shown.len() as u32;
            shown.extend(it.shown.iter().filter_map(|it| entries.get(*it as usize)));
            let range = (start, shown.len() as u32);
            questions.push((it.key, number, it.digest, told.add(out.written()), range));
        }
    });
    questions.sort_unstable_by_key(|it| it.0);
    for (it, at) in questions.iter().zip(0..) {
        places[it.1 as usize] = Some(at);
    }
    let mut made: Vec<Made> = Vec::with_capacity(tasks.len());
    for task in tasks {
        out.clear();
        write_task(world, task, &mut out);
        made.push((key(&task.name), told.add(out.written()), task));
    }
    made.sort_unstable_by_key(|it| it.0);
    let addresses = addresses.iter().map(|it| told.add(it.as_bytes())).collect();
    let all = Tasks { questions, shown, places, made, addresses };
    shelf.end("told", told).then_some(all)
}

/// Keeps what others may know of each entry; gives the digests of its summary and of its shape.
pub(crate) fn keep_notes(
    shelf: &dyn Shelf,
    world: &World,
    plain: &Plain,
    ids: &[OnSite],
) -> Option<Vec<Noted>> {
    let mut kept = shelf.start("notes")?;
    let one = |(_, id, _): &OnSite| {
        let mut out = Writer::new();
        note(world, id).write(&mut out);
        (world.print(id), plain.shape(world.entry(id)), out.finish())
    };
    let mut notes = Vec::with_capacity(ids.len());
    for some in ids.chunks(AT_A_TIME) {
        let written: Vec<_> = some.par_iter().map(one).collect();
        let place = |(print, shape, note): (u128, u128, Vec<u8>)| (print, shape, kept.add(&note));
        notes.extend(written.into_iter().map(place));
    }
    shelf.end("notes", kept).then_some(notes)
}

/// How many notes are made at a time: threads share them, and all of them are much memory.
const AT_A_TIME: usize = 1024;

/// Gives what others may know of an entry.
pub(crate) fn note(world: &World, id: &EntryId) -> Note {
    let mut out = Writer::new();
    write_value(&world.summary_of(id), &mut out);
    Note {
        source: world.entry(id).map(|it| it.source.to_string()).unwrap_or_default(),
        urls: [
            world.site.plan.entries.get(id).map(ToString::to_string),
            world.site.plan.documents.get(id).map(ToString::to_string),
        ],
        summary: out.finish(),
    }
}

fn write_task(world: &World, task: &Done, out: &mut Writer) {
    match world.site.plan.routes.get(task.name.as_str()) {
        Some(route) => {
            let mut inner = Writer::new();
            // Those made with the whole site are not read back.
            if !Task::Route(route).is_whole() {
                write_route(route, &mut inner);
            }
            out.byte(0);
            out.bytes(inner.written());
        }
        None => {
            let source = task.name.strip_prefix("text of ").unwrap_or_default();
            let id = world.site.catalog.by_source.get(&SourceId::new(source));
            let none = EntryId { collection: "".into(), slug: "".into() };
            out.byte(1);
            write_entry(out, id.unwrap_or(&none));
        }
    }
    out.list(task.made.files.iter(), |out, file| out.text(file.as_str()));
    let found: Vec<&Diagnostic> = task.made.diagnostics.iter().collect();
    out.list(found.into_iter(), write_diagnostic);
    out.byte(u8::from(task.facts.is_some()));
}
