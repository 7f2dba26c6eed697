//! What one task learns of the site: everything goes through here, and is written down.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use tera::Value;

use crate::config::Config;
use crate::content::schema::{Collection, Schema};
use crate::content::{Entry, EntryId};
use crate::text::UrlPath;
use crate::trace::{Writer, Written};
use crate::world::value::MarkdownField;
use crate::world::{Answer, Dates, Pairs, Question, World, text};

/// Asks the site for one task, and writes down what was asked.
///
/// What is given without asking, such as `galen.yaml` and the content model, is the ground on
/// which every task stands: when it changes, all run.
pub struct Recorder {
    world: Arc<World>,
    asked: RefCell<Asked>,
}

#[derive(Default)]
struct Asked {
    /// The numbers of the questions, in the order in which they were first asked.
    order: Vec<u32>,
    /// Those after the first few, which are looked through one by one.
    known: BTreeSet<u32>,
    /// Where questions are written.
    out: Writer,
}

impl Recorder {
    /// Starts with nothing asked.
    pub fn new(world: &Arc<World>) -> Self {
        Self { world: Arc::clone(world), asked: RefCell::default() }
    }

    /// Asks a question.
    pub fn ask(&self, question: &Question) -> Answer {
        let answer = self.world.ask(question);
        self.note(question, &answer);
        answer
    }

    fn note(&self, question: &Question, answer: &Answer) {
        const FEW: usize = 64;
        let mut asked = self.asked.borrow_mut();
        let Asked { order, known, out } = &mut *asked;
        let written = || self.world.written(answer);
        let Some(number) = self.world.number(question, out, written) else { return };
        let new = match order.len() < FEW {
            true => !order.contains(&number),
            false => !order[..FEW].contains(&number) && known.insert(number),
        };
        if new {
            order.push(number);
        }
    }

    /// Gives the numbers of the questions that were asked.
    pub fn take(&self) -> Vec<u32> {
        self.asked.take().order
    }

    /// Gives an entry's summary: what lists and other pages may know of it. Who was told of the
    /// entry by an answer has its summary with it.
    pub fn told(&self, id: &EntryId) -> Value {
        self.world.summary_of(id)
    }

    /// Asks for an entry's summary; `null` when it is not on the site.
    pub fn summary(&self, id: &EntryId) -> Value {
        self.ask(&Question::Entry(id.clone()));
        self.world.summary_of(id)
    }

    /// Asks for an entry with all its file says; `None` when it is not on the site.
    pub fn own(&self, id: &EntryId) -> Option<&Entry> {
        self.ask(&Question::Own(id.clone()));
        self.world.entry(id)
    }

    /// Gives an entry's values by its fields, as [`Recorder::own`] asks for them.
    pub(crate) fn own_pairs(&self, id: &EntryId, markdown: MarkdownField) -> Option<Pairs> {
        self.own(id)?;
        self.world.entry_pairs(id, markdown)
    }

    /// Gives a group's values by its fields, of an entry that [`Recorder::own`] gave.
    pub(crate) fn object(
        &self,
        fields: &[crate::content::schema::Field],
        object: &crate::content::value::Object,
        markdown: MarkdownField,
    ) -> Value {
        self.world.object(fields, object, markdown)
    }

    /// Asks whether an entry is on the site.
    pub fn is_published(&self, id: &EntryId) -> bool {
        !self.summary(id).is_none()
    }

    /// Asks for an entry's dates, as far as its public fields tell them.
    pub fn dates(&self, id: &EntryId) -> Dates {
        self.ask(&Question::Entry(id.clone()));
        self.world.dates(id)
    }

    /// Asks for an entry's address in the JSON API, as a page writes it.
    pub fn document(&self, id: &EntryId) -> Option<String> {
        match self.ask(&Question::Document(id.clone())) {
            Answer::Value(url) => url.as_str().map(str::to_owned),
            _ => None,
        }
    }

    /// Gives the file of an entry in the JSON API, of an entry that [`Recorder::own`] gave.
    pub fn document_file(&self, id: &EntryId) -> Option<crate::text::RelPath> {
        self.world.site.plan.documents.get(id).map(UrlPath::file)
    }

    /// Asks for the fields of the settings file `site`.
    pub fn settings(&self) -> Value {
        match self.ask(&Question::Data("site".to_owned())) {
            Answer::Value(value) => value,
            _ => self.world.settings(),
        }
    }

    /// Asks for the values that every page has: `site`, `config`, `theme`.
    pub fn shared(&self) -> [(&'static str, Value); 3] {
        self.ask(&Question::Data("site".to_owned()));
        self.world.shared()
    }

    /// Gives what a page may know of its collection.
    pub(crate) fn about(&self, collection: &Collection) -> Value {
        self.ask(&Question::List(collection.name.to_string()));
        self.world.about(collection)
    }

    /// Gives the whole address of a collection's list; `None` when it has none.
    pub fn list(&self, collection: &str) -> Option<String> {
        match self.ask(&Question::List(collection.to_owned())) {
            Answer::Value(url) => Some(format!("{}{}", self.config().origin, url.as_str()?)),
            _ => None,
        }
    }

    /// Gives the title of a collection's feeds.
    pub fn feed_title(&self, collection: &Collection) -> String {
        self.settings();
        self.world.feed_title(collection)
    }

    /// Gives the site's name, for feeds and the API.
    pub fn site_title(&self) -> String {
        let settings = self.settings();
        text(&settings, "title").map_or_else(|| self.base(), str::to_owned)
    }

    /// Gives the collection of an entry.
    pub fn collection(&self, id: &EntryId) -> Option<&Collection> {
        self.world.collection(id)
    }

    /// Gives `galen.yaml`.
    pub fn config(&self) -> &Config {
        &self.world.site.config
    }

    /// Gives the content model.
    pub fn schema(&self) -> &Schema {
        &self.world.site.schema
    }

    /// Gives an address inside the site as a page writes it: with the base path before it.
    pub fn href(&self, path: &str) -> String {
        self.world.href(path)
    }

    /// Gives the site's whole address, without a slash at its end.
    pub fn base(&self) -> String {
        self.world.base()
    }

    /// Gives the whole address of a page.
    pub fn permalink(&self, url: &UrlPath) -> String {
        self.world.permalink(url)
    }

    /// Gives the world to what is made anew in every build that has the whole site.
    pub(crate) fn whole(&self) -> &World {
        &self.world
    }
}

impl World {
    /// Gives a question's number in the ledger, where it is noted with its answer as it is written
    /// if nobody asked it before; `None` where nothing is recorded. `out` has room for the question.
    pub(crate) fn number(
        &self,
        question: &Question,
        out: &mut Writer,
        answer: impl FnOnce() -> Written,
    ) -> Option<u32> {
        let ledger = self.ledger.as_ref()?;
        out.clear();
        question.write(out);
        Some(ledger.number(out.written(), answer))
    }

    /// An answer as it is kept.
    pub(crate) fn written(&self, answer: &Answer) -> Written {
        let mut out = Writer::new();
        answer.write(&mut out);
        let digest = answer.digest(out.written(), |id| self.print(id));
        let place = |id| self.summaries.get(id).map(|it| it.place);
        let shown = answer.entries().into_iter().filter_map(place).collect();
        Written { answer: out.finish(), digest, shown }
    }

    /// Gives the digest of an entry's summary; zero for one that is not on the site.
    pub(crate) fn print(&self, id: &EntryId) -> u128 {
        let earlier = || self.replay.as_ref()?.summary(id).map(|(_, digest)| digest);
        self.summaries.get(id).map(|it| it.print).or_else(earlier).unwrap_or(0)
    }
}
