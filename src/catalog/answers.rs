//! Questions that are asked in more than one place: shared answers that ask the same, and answers
//! that say something else elsewhere.
//!
//! Questions are compared by their words. Texts of answers are read only where a question is asked
//! twice. Places about different treatments are not held against each other.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use crate::catalog::opposite::{self, Opposite};
use crate::catalog::{CONTRADICTING, Catalog, DUPLICATE_ANSWER};
use crate::content::delivery::{About, Answers};
use crate::content::schema::{Collection, Field, Item, Schema, Widget};
use crate::content::value::{Object, Value};
use crate::content::{Entry, Status};
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::markdown;
use crate::yaml::Step;

/// A question and where it is answered.
struct Place<'a> {
    entry: &'a Entry,
    /// The way to the question in its file.
    path: Vec<Step>,
    question: &'a str,
    /// The words of the question that matter.
    key: String,
    /// Absent for a body, which is read when it is needed.
    answer: Option<&'a str>,
    /// What the entry is about, as far as it says so.
    treatments: Arc<BTreeSet<String>>,
    origin: Origin<'a>,
}

/// What a question belongs to.
#[derive(Clone, Copy)]
enum Origin<'a> {
    /// An entry of shared answers, in which no two questions may be the same or may.
    Shared(&'a Collection, bool),
    /// A page, by the fields of its list of questions.
    Page(&'a [Field]),
}

/// The first places of one question.
#[derive(Default)]
struct Group {
    first: Option<usize>,
    /// Of those about nothing in particular.
    general: Option<usize>,
    /// By what they are about.
    treatments: BTreeMap<String, usize>,
}

/// Reports questions with more than one answer.
pub(crate) fn check(schema: &Schema, catalog: &Catalog, diagnostics: &mut Diagnostics) {
    let places = places(schema, catalog);
    let mut groups: HashMap<&str, Group> = HashMap::with_capacity(places.len());
    for (at, place) in places.iter().enumerate() {
        let group = groups.entry(&place.key).or_default();
        let earlier = match place.treatments.is_empty() {
            true => group.first,
            false => {
                let same = place.treatments.iter().filter_map(|it| group.treatments.get(it));
                same.copied().chain(group.general).min()
            }
        };
        diagnostics.extend(earlier.and_then(|it| compare(place, &places[it])));
        group.first.get_or_insert(at);
        if place.treatments.is_empty() {
            group.general.get_or_insert(at);
        }
        for treatment in &*place.treatments {
            group.treatments.entry(treatment.clone()).or_insert(at);
        }
    }
}

/// Every question of published entries: shared answers first, which pages are held against.
fn places<'a>(schema: &'a Schema, catalog: &'a Catalog) -> Vec<Place<'a>> {
    let (shared, pages): (Vec<_>, Vec<_>) =
        schema.collections.iter().partition(|it| it.delivery.answers.is_some());
    let asked = shared.into_iter().chain(pages.into_iter().filter(|it| has_list(&it.fields)));
    let mut places = Vec::new();
    for collection in asked {
        let of_entry = |entry: &'a Entry| {
            let mut found = Vec::new();
            if entry.status == Status::Published {
                let treatments = Arc::new(treatments(schema, collection, entry));
                match &collection.delivery.answers {
                    Some(answers) => {
                        found.extend(shared_answer(collection, answers, entry, treatments))
                    }
                    None => {
                        let mut list = Lists { entry, treatments, found: &mut found };
                        list.object(&collection.fields, &entry.fields, &mut Vec::new());
                    }
                }
            }
            found
        };
        let found: Vec<Vec<Place>> =
            catalog.entries.of(&collection.name).par_iter().map(of_entry).collect();
        places.extend(found.into_iter().flatten());
    }
    places
}

fn shared_answer<'a>(
    collection: &'a Collection,
    answers: &'a Answers,
    entry: &'a Entry,
    treatments: Arc<BTreeSet<String>>,
) -> Option<Place<'a>> {
    let question = entry.fields.text(&answers.question)?;
    let unique = collection.field(&answers.question).is_some_and(|it| it.rules.unique);
    Some(Place {
        entry,
        path: vec![Step::Key(answers.question.as_str().into())],
        question,
        key: opposite::key(question)?,
        answer: entry.fields.text(&answers.answer),
        treatments,
        origin: Origin::Shared(collection, unique),
    })
}

/// The treatments that an entry is, or names.
fn treatments(schema: &Schema, collection: &Collection, entry: &Entry) -> BTreeSet<String> {
    if collection.delivery.about == About::Procedure {
        return BTreeSet::from([entry.id.to_string()]);
    }
    let mut found = BTreeSet::new();
    for field in &collection.fields {
        let Widget::Relation { collection: target, value_field: None, .. } = &field.widget else {
            continue;
        };
        let about = schema.collection(target).map(|it| it.delivery.about);
        if about == Some(About::Procedure) {
            let names = entry.fields.get(&field.name).texts();
            found.extend(names.iter().map(|name| format!("{target}/{name}")));
        }
    }
    found
}

/// Tells whether there is a list of questions and answers among fields, however deep.
fn has_list(fields: &[Field]) -> bool {
    fields.iter().any(|field| match &field.widget {
        Widget::Object(inner) => has_list(inner),
        Widget::List { item: Item::Fields(inner), .. } => is_list(inner) || has_list(inner),
        Widget::List { item: Item::Types { types, .. }, .. } => {
            types.iter().any(|(_, inner)| has_list(inner))
        }
        _ => false,
    })
}

/// Tells whether the items of a list are questions and answers.
fn is_list(fields: &[Field]) -> bool {
    let has = |name: &str| {
        let text = |it: &Widget| matches!(it, Widget::String | Widget::Text | Widget::Markdown);
        fields.iter().any(|it| &*it.name == name && text(&it.widget) && !it.rules.private)
    };
    has("question") && has("answer")
}

/// Looks for questions in the fields of one entry.
struct Lists<'a, 'b> {
    entry: &'a Entry,
    treatments: Arc<BTreeSet<String>>,
    found: &'b mut Vec<Place<'a>>,
}

impl<'a> Lists<'a, '_> {
    fn object(&mut self, fields: &'a [Field], object: &'a Object, path: &mut Vec<Step>) {
        for field in fields.iter().filter(|field| !field.rules.private) {
            path.push(Step::Key(Arc::clone(&field.name)));
            match (&field.widget, object.get(&field.name)) {
                (Widget::Object(inner), Value::Object(object)) => self.object(inner, object, path),
                (Widget::List { item, .. }, Value::List(values)) => {
                    for (at, value) in values.iter().enumerate() {
                        path.push(Step::Index(at));
                        self.item(item, value, path);
                        path.pop();
                    }
                }
                _ => (),
            }
            path.pop();
        }
    }

    fn item(&mut self, item: &'a Item, value: &'a Value, path: &mut Vec<Step>) {
        let Value::Object(object) = value else { return };
        match item {
            Item::Fields(fields) => {
                if is_list(fields) {
                    self.found.extend(self.question(fields, object, path));
                }
                self.object(fields, object, path);
            }
            Item::Types { key, types } => {
                let name = object.text(key).unwrap_or_default();
                if let Some((_, fields)) = types.iter().find(|(it, _)| &**it == name) {
                    self.object(fields, object, path);
                }
            }
            Item::Texts | Item::Field(_) => (),
        }
    }

    fn question(
        &self,
        fields: &'a [Field],
        object: &'a Object,
        path: &[Step],
    ) -> Option<Place<'a>> {
        let question = object.text("question")?;
        Some(Place {
            entry: self.entry,
            path: path.iter().cloned().chain([Step::Key("question".into())]).collect(),
            question,
            key: opposite::key(question)?,
            answer: Some(object.text("answer")?),
            treatments: Arc::clone(&self.treatments),
            origin: Origin::Page(fields),
        })
    }
}

impl<'a> Place<'a> {
    fn span(&self) -> Span {
        self.entry.document.value_span(&self.path)
    }

    /// What a reader reads as the answer.
    fn answer(&self) -> Option<String> {
        let text = match self.answer {
            Some(text) => Cow::Borrowed(text),
            None => Cow::Owned(self.entry.body.as_ref()?.read()?.as_str().to_owned()),
        };
        Some(markdown::plain_text(&text, &markdown::Options::default()))
    }

    /// The name of a page's field that would show a shared answer, and that answer's.
    fn instead<'b>(&self, other: &'b Place<'a>) -> Option<(&'a str, &'b str)> {
        let (Origin::Page(fields), Origin::Shared(shared, _)) = (self.origin, other.origin) else {
            return None;
        };
        let field = fields.iter().find(|field| match &field.widget {
            Widget::Relation { collection, value_field: None, .. } => **collection == *shared.name,
            _ => false,
        })?;
        Some((&field.name, &other.entry.id.slug))
    }
}

/// Says what is wrong with a place by an earlier one that asks the same.
fn compare(place: &Place, other: &Place) -> Option<Diagnostic> {
    let (own, others) = (place.answer()?, other.answer()?);
    let (own, others) = (own.trim(), others.trim());
    if own.is_empty() || others.is_empty() {
        return None;
    }
    let found = opposite::find(own, others);
    let source = &other.entry.source;
    let shared = matches!((place.origin, other.origin), (Origin::Shared(..), Origin::Shared(..)));
    let diagnostic = match found {
        Some(Opposite::Said(here, there)) => Diagnostic::warning(
            CONTRADICTING,
            format!("the answer here says {here}, and that in `{source}` says {there}"),
        ),
        Some(Opposite::Denied) => Diagnostic::warning(
            CONTRADICTING,
            format!("the answer to this denies what `{source}` answers"),
        ),
        None if shared => return duplicate(place, other),
        None if opposite::words(own) == opposite::words(others) => return None,
        None => Diagnostic::warning(
            CONTRADICTING,
            format!("this question has another answer in `{source}`"),
        ),
    };
    let help = match place.instead(other) {
        Some((field, slug)) => format!(
            "write `{field}: {slug}` in place of question and answer, or say in the question what \
             sets it apart"
        ),
        None => "let both say the same, or say in the question what sets it apart".to_owned(),
    };
    Some(diagnostic.at(place.span()).also(other.span(), "the other answer").help(help))
}

fn duplicate(place: &Place, other: &Place) -> Option<Diagnostic> {
    let known = |place: &Place| place.question.trim().to_lowercase();
    // That a value must be unlike others has been said.
    if matches!(place.origin, Origin::Shared(_, true)) && known(place) == known(other) {
        return None;
    }
    let message = format!("`{}` asks the same", other.entry.source);
    let found = Diagnostic::warning(DUPLICATE_ANSWER, message).at(place.span());
    Some(found.also(other.span(), "the other question").help(
        "keep one of the two and name it wherever the other is used, or say in the question what \
         sets it apart",
    ))
}
