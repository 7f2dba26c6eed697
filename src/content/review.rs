//! The clinical record of an entry: when it was reviewed and by whom, when that is due again, what
//! it stands on.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use crate::content::delivery::{Overdue, Review};
use crate::content::schema::{Collection, Comparison, Field, Operand, Widget};
use crate::content::status::{Turn, day, start};
use crate::content::value::Object;
use crate::diag::{Code, Diagnostic, Diagnostics, Severity, Span};
use crate::text::{date, near};
use crate::yaml::{Document, Step};

/// A review that was due before today.
pub const OVERDUE: Code = Code::new("review/overdue");
/// A published entry of which nobody knows when it is to be reviewed.
pub const NO_DUE_DATE: Code = Code::new("review/no-due-date");
/// A published entry that nobody reviewed.
pub const NO_REVIEWER: Code = Code::new("review/no-reviewer");
/// An entry reviewed by who wrote it.
pub const OWN_REVIEWER: Code = Code::new("review/own-reviewer");
/// A review that has not been yet.
pub const FUTURE: Code = Code::new("review/future");
/// A published entry that names no source.
pub const NO_REFERENCES: Code = Code::new("review/no-references");

/// How many years a review is overdue before nobody counts them any more.
const YEARS: i64 = 20;

/// Gives the day by which an entry's next review is due.
pub fn due(collection: &Collection, fields: &Object, zone: &TimeZone) -> Option<Date> {
    day(fields.get(collection.delivery.review.due.as_deref()?), zone)
}

/// Gives the moment from which an entry's review is overdue: the start of the day after that by
/// which it is due.
pub fn overdue_from(
    collection: &Collection,
    fields: &Object,
    zone: &TimeZone,
) -> Option<Timestamp> {
    start(due(collection, fields, zone)?.tomorrow().ok()?, zone)
}

/// Gives the moments after `now` at which something changes in what is said of a review.
pub(crate) fn turns(
    collection: &Collection,
    fields: &Object,
    (now, zone): (Timestamp, &TimeZone),
) -> Vec<(Timestamp, Turn)> {
    let mut found = Vec::new();
    let review = &collection.delivery.review;
    if let Some(due) = due(collection, fields, zone) {
        let overdue = overdue_from(collection, fields, zone);
        found.extend(overdue.map(|at| (at, Turn::Overdue)));
        let today = date::day(now, zone);
        if overdue.is_some_and(|at| at <= now) {
            let next = steps(due).map(|(day, ..)| day).find(|day| *day > today);
            found.extend(next.and_then(|day| start(day, zone)).map(|at| (at, Turn::Longer)));
        }
    }
    let last = review.last.as_deref().and_then(|name| day(fields.get(name), zone));
    let last = last.filter(|last| *last > date::day(now, zone));
    found.extend(last.and_then(|day| start(day, zone)).map(|at| (at, Turn::Reviewed)));
    found
}

/// The days from which a review has been due for longer, in whole weeks, months or years.
fn steps(due: Date) -> impl Iterator<Item = (Date, usize, &'static str)> {
    let weeks = (1..=4).map(|it: i64| (it.weeks(), it, "week"));
    let months = (1..=11).map(|it: i64| (it.months(), it, "month"));
    let years = (1..=YEARS).map(|it: i64| (it.years(), it, "year"));
    weeks.chain(months).chain(years).filter_map(move |(span, number, unit)| {
        let day = due.checked_add(span).ok()?.tomorrow().ok()?;
        Some((day, usize::try_from(number).ok()?, unit))
    })
}

/// What a record is checked with.
pub(crate) struct Record<'a> {
    pub(crate) collection: &'a Collection,
    pub(crate) fields: &'a Object,
    pub(crate) document: &'a Document,
    pub(crate) now: Timestamp,
    pub(crate) zone: &'a TimeZone,
}

impl Record<'_> {
    /// Reports what is wrong with the record of an entry that is published, or will be.
    pub(crate) fn check(&self, found: &mut Diagnostics) {
        let review = &self.collection.delivery.review;
        if let Some(name) = &review.due {
            match due(self.collection, self.fields, self.zone) {
                Some(due) => found.extend(self.overdue(review, name, due)),
                None => found.extend(self.absent(name, NO_DUE_DATE, "when it is reviewed next")),
            }
        }
        if let Some(name) = &review.reviewer {
            found.extend(self.absent(name, NO_REVIEWER, "who reviewed it"));
            found.extend(self.own_reviewer(review, name));
        }
        if let Some(name) = &review.references {
            found.extend(self.absent(name, NO_REFERENCES, "what it is based on"));
        }
        found.extend(review.last.as_ref().and_then(|name| self.future(name)));
    }

    fn overdue(&self, review: &Review, name: &str, due: Date) -> Option<Diagnostic> {
        let today = date::day(self.now, self.zone);
        if today <= due {
            return None;
        }
        let long = steps(due).take_while(|(day, ..)| *day <= today).last();
        let long = long.map_or_else(String::new, |(_, number, unit)| {
            format!(", over {} ago", near::counted(number, unit))
        });
        let message = format!("the review of this {} was due by {due}{long}", self.what());
        let mut found = Diagnostic::warning(OVERDUE, message).at(self.value_span(name));
        let reviewer = review.reviewer.as_deref().and_then(|it| self.fields.text(it));
        let who = match reviewer {
            Some(reviewer) => format!("ask `{reviewer}` to review it"),
            None => "have it reviewed".to_owned(),
        };
        let days = match &review.last {
            Some(last) => format!("write the day into `{last}` and the next one into `{name}`"),
            None => format!("write the day of the next review into `{name}`"),
        };
        found = found.help(format!("{who}, then {days}"));
        match review.overdue {
            Overdue::Banner => found = found.note("until then, its page says that it is overdue"),
            Overdue::Fail => found.severity = Severity::Error,
            Overdue::Warn | Overdue::Unpublish => (),
        }
        Some(found)
    }

    /// Says that a field is not given, unless the content model demands it: then that is said.
    fn absent(&self, name: &str, code: Code, what: &str) -> Option<Diagnostic> {
        let field = self.collection.field(name)?;
        // Of a value that cannot be read, that has been said.
        let given = self.fields.get(name).is_present() || self.document.is_given(&step(name));
        if given || is_demanded(field) {
            return None;
        }
        let message = format!("this {} does not say {what}: `{name}` is missing", self.what());
        let written = self.document.is_written(&step(name));
        let help = match &field.widget {
            _ if written => format!("write it after `{name}:`"),
            Widget::List { .. } => format!("add `{name}:` with a line `- …` for each"),
            Widget::DateTime { .. } => {
                format!("add a line `{name}: …` with year, month and day: 2027-03-14")
            }
            Widget::Relation { collection, .. } => {
                format!("add a line `{name}: …` with a file name from {collection}")
            }
            _ => format!("add a line `{name}: …`"),
        };
        let found = Diagnostic::warning(code, message);
        Some(found.at(self.document.key_span(&step(name))).help(help))
    }

    fn own_reviewer(&self, review: &Review, name: &str) -> Option<Diagnostic> {
        let author = review.author.as_deref().filter(|author| *author != name)?;
        let target = |name: &str| match &self.collection.field(name)?.widget {
            Widget::Relation { collection, value_field, .. } => {
                Some((collection.clone(), value_field.clone()))
            }
            _ => None,
        };
        if target(author) != target(name) {
            return None;
        }
        let known = |text: &str| text.trim().to_lowercase();
        let authors = self.fields.get(author).texts();
        let reviewers = self.fields.get(name).texts();
        // One who did not write it makes it a review.
        let is_author = |it: &str| authors.iter().any(|author| known(author) == known(it));
        let same = !reviewers.is_empty() && reviewers.iter().all(|it| is_author(it));
        let reviewer = same.then(|| reviewers[0].to_string())?;
        let message = format!("`{reviewer}` wrote this {} and is its only reviewer", self.what());
        let found = Diagnostic::warning(OWN_REVIEWER, message).at(self.value_span(name));
        Some(
            found
                .also(self.value_span(author), "the author")
                .help("have somebody else review it, and name them here"),
        )
    }

    fn future(&self, name: &str) -> Option<Diagnostic> {
        let field = self.collection.field(name)?;
        let rule = (Comparison::LessOrEqual, Operand::Today);
        let last = day(self.fields.get(name), self.zone)?;
        let today = date::day(self.now, self.zone);
        if last <= today || field.rules.compare.contains(&rule) {
            return None;
        }
        let message = format!(
            "`{name}` says that this {} was reviewed on {last}, which is still to come",
            self.what()
        );
        let found = Diagnostic::warning(FUTURE, message).at(self.value_span(name));
        Some(found.help("correct the day, or leave it as it was until the review is done"))
    }

    fn what(&self) -> String {
        self.collection.singular.to_lowercase()
    }

    fn value_span(&self, name: &str) -> Span {
        self.document.value_span(&step(name))
    }
}

/// Tells whether the content model itself asks for a field of a published entry.
fn is_demanded(field: &Field) -> bool {
    let rules = &field.rules;
    let counted = match &field.widget {
        Widget::List { count, .. } => count.min.is_some(),
        _ => false,
    };
    let published = rules.required_in.iter().any(|state| state == "published");
    field.required && rules.required_if.is_none() || published || counted
}

fn step(name: &str) -> [Step; 1] {
    [Step::Key(name.into())]
}
