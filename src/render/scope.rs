//! What template functions see: the page being rendered, and the world it asks.
//!
//! Tera gives functions no page, and components see neither page nor globals, so the scope is set
//! for the thread around each rendering.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use tera::{Context, TeraResult, Value};

use crate::content::EntryId;
use crate::diag::{Diagnostic, Diagnostics, SourceId};
use crate::html;
use crate::render::Engine;
use crate::render::engine::Texts;
use crate::route::{Kind, Route};
use crate::structured;
use crate::text::slug;
use crate::world::{Answer, Question, Recorder, World, get, map};

thread_local! {
    static CURRENT: RefCell<Option<Rc<Scope>>> = const { RefCell::new(None) };
}

/// One page's rendering.
pub(crate) struct Scope {
    pub(crate) world: Recorder,
    pub(crate) engine: Arc<Engine>,
    /// The entry whose page it is.
    pub(crate) entry: Option<EntryId>,
    /// Which texts of the templates it is rendered with.
    pub(crate) texts: Cell<Texts>,
    /// Whether the body of another entry is being rendered.
    pub(crate) inside: Cell<bool>,
    /// How many summaries may still be handed out; see `culprit`.
    allowance: Cell<usize>,
    /// The summaries handed out, in order.
    handed: RefCell<Vec<EntryId>>,
    /// How many pieces of Markdown other than the page's body there were.
    pieces: Cell<usize>,
    /// The questions that the page shows, in order.
    questions: RefCell<Vec<structured::Question>>,
    /// The pictures in its Markdown, in order.
    media: RefCell<Vec<Value>>,
    /// The files that marks name; see `places`.
    pub(crate) sources: RefCell<Vec<SourceId>>,
    diagnostics: RefCell<Diagnostics>,
}

impl Scope {
    pub(crate) fn new(world: &Arc<World>, engine: &Arc<Engine>, route: &Route) -> Rc<Self> {
        let entry = match &route.kind {
            Kind::Entry(id) => Some(id.clone()),
            _ => None,
        };
        Self::of(world, engine, entry)
    }

    pub(crate) fn of(world: &Arc<World>, engine: &Arc<Engine>, entry: Option<EntryId>) -> Rc<Self> {
        Rc::new(Self {
            world: Recorder::new(world),
            engine: Arc::clone(engine),
            entry,
            texts: Cell::default(),
            inside: Cell::new(false),
            allowance: Cell::new(usize::MAX),
            handed: RefCell::default(),
            pieces: Cell::new(0),
            questions: RefCell::default(),
            media: RefCell::default(),
            sources: RefCell::default(),
            diagnostics: RefCell::default(),
        })
    }

    /// Makes this the thread's scope while something is rendered.
    pub(crate) fn enter<T>(self: &Rc<Self>, render: impl FnOnce() -> T) -> T {
        let _restore = Restore(CURRENT.replace(Some(Rc::clone(self))));
        render()
    }

    /// Asks the world. A refusal is an error at the place in the template.
    pub(crate) fn ask(&self, question: &Question) -> TeraResult<Value> {
        let refuse = |message: &str, hint: Option<&str>| {
            let hint = hint.map(|hint| format!("; {hint}")).unwrap_or_default();
            Err(tera::Error::message(format!("{message}{hint}")))
        };
        match (self.world.ask(question), question) {
            (Answer::Value(value), _) => Ok(value),
            (Answer::Entries(_), Question::Entry(id)) => Ok(self.hand_out(id)),
            (Answer::Entries(ids), _) => Ok(self.summaries(&ids)),
            (Answer::Pair(ids), _) => {
                let one = |id: &Option<EntryId>| {
                    id.as_ref().map_or_else(Value::none, |id| self.world.told(id))
                };
                let [before, after] = ids.each_ref().map(one);
                Ok(map([("prev", before), ("next", after)]))
            }
            (Answer::Made(..), _) => Ok(Value::none()),
            (Answer::Refused(refusal), _) => refuse(&refusal.message, refusal.hint.as_deref()),
        }
    }

    /// Gives the summaries of entries, as far as the allowance goes.
    pub(crate) fn summaries(&self, ids: &[EntryId]) -> Value {
        let one = |id| self.hand_out(id);
        ids.iter().map(one).filter(|value| !value.is_none()).collect::<Vec<_>>().into()
    }

    fn hand_out(&self, id: &EntryId) -> Value {
        let left = self.allowance.get();
        if left == 0 {
            return Value::none();
        }
        self.allowance.set(left - 1);
        self.handed.borrow_mut().push(id.clone());
        self.world.told(id)
    }

    /// Starts over with room for so many summaries; gives those handed out before.
    pub(crate) fn restart(&self, allowance: usize) -> Vec<EntryId> {
        self.allowance.set(allowance);
        self.pieces.set(0);
        self.questions.take();
        self.media.take();
        self.inside.set(false);
        self.handed.take()
    }

    /// Gives the start of the ids of one more piece of Markdown, unlike that of any other piece.
    pub(crate) fn piece(&self) -> String {
        self.pieces.set(self.pieces.get() + 1);
        format!("part-{}-", self.pieces.get())
    }

    /// What templates and components see: what all pages share, and this one.
    pub(crate) fn context(&self, page: Value) -> Context {
        let mut context = Context::new();
        for (name, value) in self.world.shared() {
            context.insert_value(name, value);
        }
        context.insert_value("page", page);
        context
    }

    /// Notes a question that the page shows; gives the id of its answer, unlike any other's.
    pub(crate) fn asks(&self, question: &str, answer: &str) -> String {
        let slug = slug::slug(question);
        let mut questions = self.questions.borrow_mut();
        let taken = |id: &str| questions.iter().any(|it| it.id == id);
        let id = (1..)
            .map(|number| match number {
                1 => format!("q-{slug}"),
                number => format!("q-{slug}-{number}"),
            })
            .find(|id| !taken(id))
            .unwrap_or_default();
        questions.push(structured::Question {
            id: id.clone(),
            question: question.to_owned(),
            answer: html::visible(answer),
        });
        id
    }

    /// How many questions and pictures the page shows so far.
    pub(crate) fn shown(&self) -> (usize, usize) {
        (self.questions.borrow().len(), self.media.borrow().len())
    }

    /// Forgets the questions and pictures after so many: what should have shown them failed.
    pub(crate) fn take_back(&self, (questions, media): (usize, usize)) {
        self.questions.borrow_mut().truncate(questions);
        self.media.borrow_mut().truncate(media);
    }

    pub(crate) fn take_questions(&self) -> Vec<structured::Question> {
        self.questions.take()
    }

    /// Notes a picture that the page's Markdown shows.
    pub(crate) fn shows(&self, picture: &Value, alt: &str) {
        let sizes = ["url", "width", "height"]
            .map(|name| (name, get(picture, name).cloned().unwrap_or_else(Value::none)));
        let picture = sizes.into_iter().chain([("alt", Value::from(alt))]);
        self.media.borrow_mut().push(map(picture));
    }

    pub(crate) fn take_media(&self) -> Vec<Value> {
        self.media.take()
    }

    pub(crate) fn report(&self, diagnostic: Diagnostic) {
        self.diagnostics.borrow_mut().push(diagnostic);
    }

    pub(crate) fn take_diagnostics(&self) -> Diagnostics {
        self.diagnostics.take()
    }
}

/// Gives the thread's scope to a template function.
pub(crate) fn current() -> TeraResult<Rc<Scope>> {
    let scope = CURRENT.with_borrow(Option::clone);
    scope.ok_or_else(|| tera::Error::message("this function can only be asked by a page"))
}

/// Puts the earlier scope back, whatever happens.
struct Restore(Option<Rc<Scope>>);

impl Drop for Restore {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}
