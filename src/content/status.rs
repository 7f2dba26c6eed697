//! Whether an entry is on the site, and the moments at which that or anything else dated of it
//! changes.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::content::Entry;
use crate::content::delivery::Overdue;
use crate::content::leaves;
use crate::content::review;
use crate::content::schema::{Collection, Comparison, Field, Operand};
use crate::content::value::{Object, Value};
use crate::text::date;

/// Whether an entry is on the site at the moment of the build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It is.
    Published,
    /// It is a draft.
    Draft,
    /// It will be, from this moment.
    Scheduled(Timestamp),
    /// It was, until this moment.
    Expired(Timestamp),
    /// It was, until its review was overdue at this moment.
    Overdue(Timestamp),
}

impl Status {
    /// Tells whether what is missing in its record concerns readers, now or soon.
    pub fn is_meant_for_readers(self) -> bool {
        matches!(self, Self::Published | Self::Scheduled(_))
    }
}

/// What changes of an entry at a moment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turn {
    /// It appears.
    Published,
    /// It is withdrawn.
    Withdrawn,
    /// Its review becomes overdue.
    Overdue,
    /// Its review has been overdue for longer, which is told in other words.
    Longer,
    /// The day comes on which it was last reviewed.
    Reviewed,
    /// A field that is compared with the day.
    Day(String),
    /// A waiver in its file, or in a template, does not hold any more.
    WaiverEnds,
}

/// Gives when an entry is published and when it is withdrawn.
pub fn moments(
    collection: &Collection,
    fields: &Object,
    zone: &TimeZone,
) -> [Option<Timestamp>; 2] {
    [&collection.publish_field, &collection.unpublish_field].map(|name| match fields.get(name) {
        Value::Moment(at) => Some(*at),
        Value::Date(date) => start(*date, zone),
        _ => None,
    })
}

/// Gives the first moment of a day.
pub(crate) fn start(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    day.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp())
}

/// Gives the calendar day of a value.
pub(crate) fn day(value: &Value, zone: &TimeZone) -> Option<Date> {
    match value {
        Value::Date(date) => Some(*date),
        Value::Moment(at) => Some(date::day(*at, zone)),
        _ => None,
    }
}

/// Tells whether an entry is on the site at a moment; `hidden` for a draft that is not built.
pub(crate) fn status(
    collection: &Collection,
    fields: &Object,
    (now, zone): (Timestamp, &TimeZone),
    hidden: bool,
) -> Status {
    let [published, withdrawn] = moments(collection, fields, zone);
    let expired = withdrawn.filter(|at| *at <= now);
    let scheduled = published.filter(|at| *at > now);
    let leaves = collection.delivery.review.overdue == Overdue::Unpublish;
    let overdue = if leaves { review::overdue_from(collection, fields, zone) } else { None };
    match (hidden, expired, overdue.filter(|at| *at <= now), scheduled) {
        (true, ..) => Status::Draft,
        (_, Some(at), ..) => Status::Expired(at),
        (_, _, Some(at), _) => Status::Overdue(at),
        (.., Some(at)) => Status::Scheduled(at),
        _ => Status::Published,
    }
}

/// Gives the moments after `now` at which something may change of an entry, of each kind the next.
/// None is missing; at some of them nothing may be seen to change.
pub fn turns(
    collection: &Collection,
    entry: &Entry,
    (now, zone): (Timestamp, &TimeZone),
) -> Vec<(Timestamp, Turn)> {
    let mut found = days(&collection.fields, &entry.fields, (now, zone));
    let [published, withdrawn] = moments(collection, &entry.fields, zone);
    match entry.status {
        Status::Draft | Status::Expired(_) => (),
        Status::Overdue(_) => found.extend(withdrawn.map(|at| (at, Turn::Withdrawn))),
        Status::Published | Status::Scheduled(_) => {
            found.extend(published.map(|at| (at, Turn::Published)));
            found.extend(withdrawn.map(|at| (at, Turn::Withdrawn)));
            found.extend(review::turns(collection, &entry.fields, (now, zone)));
        }
    }
    found.retain(|(at, _)| *at > now);
    found
}

/// Gives the moments after `now` at which a comparison of a field with the day changes.
pub fn days(
    fields: &[Field],
    object: &Object,
    (now, zone): (Timestamp, &TimeZone),
) -> Vec<(Timestamp, Turn)> {
    let mut found = Vec::new();
    leaves::each(fields, object, &mut |field, value| {
        if field.rules.compare.is_empty() {
            return;
        }
        let Some(day) = day(value, zone) else { return };
        for (how, operand) in &field.rules.compare {
            if *operand != Operand::Today {
                continue;
            }
            let today = date::day(now, zone);
            let (from, broken) = match how {
                Comparison::LessOrEqual => (Some(day), day > today),
                Comparison::Less => (day.tomorrow().ok(), day >= today),
                Comparison::Greater => (Some(day), day <= today),
                Comparison::GreaterOrEqual => (day.tomorrow().ok(), day < today),
            };
            // What is broken is told with the day, so that it changes with every day.
            let next = broken.then(|| today.tomorrow().ok()).flatten();
            let from = from.filter(|from| *from > today);
            let moments = [from, next].into_iter().flatten().filter_map(|it| start(it, zone));
            found.extend(moments.map(|at| (at, Turn::Day(field.name.to_string()))));
        }
    });
    found.retain(|(at, _)| *at > now);
    found
}
