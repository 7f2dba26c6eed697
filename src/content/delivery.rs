//! How a collection is delivered besides its pages: feeds, the JSON API, structured data, reviews.

use crate::content::schema::Field;
use crate::yaml::{Table, Value};

/// What a collection's `galen:` says of its delivery.
#[derive(Clone, Debug, Default)]
pub struct Delivery {
    /// Its feeds, if it has some.
    pub feed: Option<Feed>,
    /// What the JSON API has of it, if anything.
    pub api: Option<Api>,
    /// What its pages are about, for search engines.
    pub about: About,
    /// Where reviews are kept.
    pub review: Review,
    /// Its questions and answers, if other pages show them.
    pub answers: Option<Answers>,
    /// The field with the day of the last change.
    pub updated_field: String,
}

/// The fields of an answer that pages share.
#[derive(Clone, Debug)]
pub struct Answers {
    /// The question.
    pub question: String,
    /// The answer.
    pub answer: String,
}

/// The feeds of a collection.
#[derive(Clone, Debug)]
pub struct Feed {
    /// The feed's title; the collection's label when absent.
    pub title: Option<String>,
    /// How many of the newest entries are in it.
    pub limit: usize,
}

/// A collection in the JSON API.
#[derive(Clone, Copy, Debug)]
pub struct Api {
    /// Entries on a page of its list.
    pub per_page: usize,
}

/// What an entry's page is about (schema.org).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum About {
    /// Nothing in particular: `WebPage`.
    #[default]
    Page,
    /// Medical advice: `MedicalWebPage`.
    Medical,
    /// A treatment: `MedicalProcedure`.
    Procedure,
    /// A person of the clinic: `Person`.
    Person,
    /// A place of the clinic: `MedicalClinic`.
    Clinic,
}

/// The fields that tell of reviews.
#[derive(Clone, Debug, Default)]
pub struct Review {
    /// The day of the last review.
    pub last: Option<String>,
    /// The day by which the next is due.
    pub due: Option<String>,
    /// The relation to who reviewed.
    pub reviewer: Option<String>,
    /// The field that says who wrote: `author` unless said, where there is one.
    pub author: Option<String>,
    /// The list of what an entry is based on.
    pub references: Option<String>,
    /// What becomes of an entry whose review is overdue.
    pub overdue: Overdue,
}

/// What becomes of an entry whose review is overdue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overdue {
    /// Its page says so, and the build warns.
    Banner,
    /// The build warns.
    #[default]
    Warn,
    /// The site is not built.
    Fail,
    /// It leaves the site.
    Unpublish,
}

/// Reads what `galen:` says of delivery.
pub(crate) fn read(galen: &Table, routed: bool, fields: &[Field]) -> Delivery {
    let about = galen.choice(
        "json_ld",
        &["WebPage", "MedicalWebPage", "MedicalProcedure", "Person", "MedicalClinic", "Question"],
    );
    Delivery {
        feed: feed(galen),
        api: api(galen, routed),
        about: match about {
            Some("MedicalWebPage") => About::Medical,
            Some("MedicalProcedure") => About::Procedure,
            Some("Person") => About::Person,
            Some("MedicalClinic") => About::Clinic,
            _ => About::Page,
        },
        review: review(galen, fields),
        answers: answers(galen, fields),
        updated_field: "updated_at".to_owned(),
    }
}

/// Reads `feed: true`, or `feed: {title: …, limit: 20}`.
fn feed(galen: &Table) -> Option<Feed> {
    const LIMIT: usize = 20;
    if let Some(Value::Bool(wanted)) = galen.value("feed") {
        return wanted.then_some(Feed { title: None, limit: LIMIT });
    }
    let table = galen.table("feed", "`feed`")?;
    let limit = table.integer("limit").and_then(|it| usize::try_from(it).ok());
    let feed = Feed { title: table.text("title"), limit: limit.unwrap_or(LIMIT).max(1) };
    table.finish();
    Some(feed)
}

/// Reads `api: true`, or `api: {delivery: public, per_page: 50}`. A collection with pages is in
/// the API unless it says no; one without, when it says yes.
fn api(galen: &Table, routed: bool) -> Option<Api> {
    const PER_PAGE: usize = 50;
    let (wanted, per_page) = match galen.value("api") {
        None => (routed, None),
        Some(Value::Bool(wanted)) => (*wanted, None),
        Some(_) => {
            let table = galen.table("api", "`api`")?;
            let delivery = table.choice("delivery", &["public", "none"]);
            let per_page = table.integer("per_page").and_then(|it| usize::try_from(it).ok());
            table.choice("fields", &["all"]);
            table.finish();
            (delivery != Some("none"), per_page)
        }
    };
    wanted.then_some(Api { per_page: per_page.unwrap_or(PER_PAGE).max(1) })
}

/// Gives the name of a field under a key, which everybody may read.
fn public(table: &Table, key: &'static str, fields: &[Field]) -> Option<String> {
    let name = table.text(key)?;
    let known = fields.iter().any(|field| *field.name == *name && !field.rules.private);
    if !known {
        table.refuse(key, format!("there is no public field `{name}`"), "");
    }
    known.then_some(name)
}

/// Reads `answers: {question: question, answer: body}`.
fn answers(galen: &Table, fields: &[Field]) -> Option<Answers> {
    let table = galen.table("answers", "`answers`")?;
    for key in ["question", "answer"] {
        table.required(key);
    }
    let (question, answer) = (public(&table, "question", fields), public(&table, "answer", fields));
    table.finish();
    Some(Answers { question: question?, answer: answer? })
}

fn review(galen: &Table, fields: &[Field]) -> Review {
    let Some(table) = galen.table("review", "`review`") else { return Review::default() };
    // Read by later stages of Galen.
    for key in ["default_interval", "warn_before"] {
        table.value(key);
    }
    let overdue = match table.choice("overdue", &["banner", "warn", "fail", "unpublish"]) {
        Some("banner") => Overdue::Banner,
        Some("fail") => Overdue::Fail,
        Some("unpublish") => Overdue::Unpublish,
        _ => Overdue::Warn,
    };
    let named = |key: &'static str| public(&table, key, fields);
    let author = || fields.iter().find(|field| &*field.name == "author" && !field.rules.private);
    let review = Review {
        last: named("last"),
        due: named("due"),
        reviewer: named("reviewer"),
        author: named("author").or_else(|| author().map(|field| field.name.to_string())),
        references: named("references"),
        overdue,
    };
    if review.overdue != Overdue::Warn && review.due.is_none() {
        let help = "add `due:` with the field that holds the day by which the next review is due";
        table.refuse("overdue", "without `due` no review is ever overdue", help);
    }
    table.finish();
    review
}
