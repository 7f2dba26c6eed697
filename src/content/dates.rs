//! Dates that are readable, and can hardly be meant.

use jiff::{SignedDuration, Timestamp};

use crate::content::schema::Collection;
use crate::content::value::{Object, Value};
use crate::content::{Context, moments};
use crate::diag::{Code, Diagnostic, Diagnostics, Span};
use crate::text::date;
use crate::yaml::{Document, Step};

/// A date that is too far away to be meant.
pub(crate) const FAR: Code = Code::new("front-matter/far-date");
/// An entry that is withdrawn before it appears.
pub(crate) const NEVER: Code = Code::new("front-matter/never-published");

/// How long before it appears an entry's date is taken for a slip.
pub const FAR_AHEAD: SignedDuration = SignedDuration::from_hours(24 * 730);
/// The first year that a date is expected in.
const FIRST_YEAR: i16 = 1900;

/// Looks at an entry's dates together.
pub(super) fn look(
    context: Context,
    collection: &Collection,
    fields: &Object,
    document: &Document,
    found: &mut Diagnostics,
) {
    let zone = &context.config.zone;
    let place = |name: &str| document.value_span(&[Step::Key(name.into())]);
    for (name, value) in &fields.0 {
        let year = match value {
            Value::Date(date) => date.year(),
            Value::Moment(at) => date::day(*at, zone).year(),
            _ => continue,
        };
        if year < FIRST_YEAR {
            found.push(long_ago(name, year, place(name)));
        }
    }
    let [publish, unpublish] = moments(collection, fields, zone);
    let (starts, ends) = (&collection.publish_field, &collection.unpublish_field);
    if let Some(at) = publish
        && is_far(at, context.options.now)
    {
        found.push(far(starts, date::day(at, zone).year(), place(starts)));
    }
    if let Some((from, until)) = publish.zip(unpublish).filter(|(from, until)| until <= from) {
        let days = [from, until].map(|at| date::spoken(at, zone));
        found.push(never((starts, &days[0]), (ends, &days[1]), document));
    }
}

fn is_far(at: Timestamp, now: Timestamp) -> bool {
    now.checked_add(FAR_AHEAD).is_ok_and(|far| at > far)
}

fn far(name: &str, year: i16, span: Span) -> Diagnostic {
    Diagnostic::warning(FAR, format!("`{name}` is more than two years away: {year}"))
        .at(span)
        .label("until then this is not on the site")
        .help("check the year")
}

fn long_ago(name: &str, year: i16, span: Span) -> Diagnostic {
    Diagnostic::warning(FAR, format!("`{name}` is in the year {year}"))
        .at(span)
        .help("check the year; it has four digits")
}

fn never(from: (&str, &str), until: (&str, &str), document: &Document) -> Diagnostic {
    let place = |name: &str| document.value_span(&[Step::Key(name.into())]);
    let message =
        format!("this would never be on the site: it ends on {}, before it starts", until.1);
    Diagnostic::error(NEVER, message)
        .at(place(until.0))
        .also(place(from.0), format!("it starts on {}", from.1))
        .help("correct one of the two dates")
}
