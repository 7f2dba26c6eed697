//! Judges values without properties of their own: texts, numbers, dates, addresses.

use jiff::civil;

use crate::check::structured::json::{Json, Value, short};
use crate::check::structured::vocabulary::{Property, Vocabulary};
use crate::text::url;

/// How a value does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misfit {
    /// There is none.
    Empty,
    /// It is an address that leads nowhere by itself.
    Relative,
    /// It is no date, or none that exists.
    Date,
    /// It is no time of day.
    Time,
    /// It is no length of time.
    Duration,
    /// It is no number.
    Number,
    /// It is neither true nor false.
    Boolean,
    /// It is not one of the terms that may be chosen.
    Member,
    /// It is of another kind.
    Kind,
}

/// Tells how a value does not fit its property; `None` when it does.
pub(crate) fn wrong(all: &Vocabulary, property: &Property, value: &Json) -> Option<Misfit> {
    let takes = property.takes;
    let dated = takes.date || takes.moment || takes.time;
    match &value.value {
        Value::Null => Some(Misfit::Empty),
        Value::Boolean => (!takes.boolean && !takes.text).then_some(Misfit::Kind),
        Value::Number => (!takes.number && !takes.text && !takes.duration).then_some(Misfit::Kind),
        Value::Text(text) if text.trim().is_empty() => Some(Misfit::Empty),
        Value::Text(text) => {
            let text = text.trim();
            if takes.text {
                return None;
            }
            let member = short(text);
            if takes.members
                && let Some(term) = all.member(member).or_else(|| all.class(member))
                && property.values.iter().any(|value| all.is(term, *value))
            {
                return None;
            }
            let fits = takes.url && is_absolute(text)
                || (takes.date || takes.moment) && is_moment(text)
                || takes.time && is_time(text)
                || takes.duration && is_duration(text)
                || takes.number && text.parse::<f64>().is_ok()
                || takes.boolean && matches!(member, "True" | "False" | "true" | "false");
            if fits {
                return None;
            }
            // The address of a thing stands for it.
            let things = property.values.iter().any(|value| all.is_a(*value, "Thing"));
            if things && !takes.members && is_absolute(text) {
                return None;
            }
            Some(match () {
                () if (takes.date || takes.moment) && !takes.url => Misfit::Date,
                () if dated => Misfit::Time,
                () if takes.duration => Misfit::Duration,
                () if takes.url && looks_like_address(text) => Misfit::Relative,
                () if takes.number => Misfit::Number,
                () if takes.boolean => Misfit::Boolean,
                () if takes.members => Misfit::Member,
                () if things && looks_like_address(text) => Misfit::Relative,
                () => Misfit::Kind,
            })
        }
        Value::List(_) | Value::Object(_) => None,
    }
}

/// Tells whether an address is whole.
pub(crate) fn is_absolute(text: &str) -> bool {
    let Some(scheme) = url::scheme(text) else { return false };
    if text.contains(char::is_whitespace) {
        return false;
    }
    match scheme.as_str() {
        "http" | "https" => text.find("//").is_some_and(|at| text.len() > at + 2),
        "mailto" | "tel" | "sms" | "urn" | "geo" | "data" => true,
        _ => false,
    }
}

fn looks_like_address(text: &str) -> bool {
    !text.contains(char::is_whitespace)
        && (text.contains(['/', '.']) || text.starts_with('#') || text.starts_with("www."))
}

/// Tells whether a text is a date, or a date and a time (ISO 8601); a year or a month will do.
fn is_moment(text: &str) -> bool {
    let date = text.get(..10).and_then(|date| date.parse::<civil::Date>().ok());
    match text.len() {
        4 => text.bytes().all(|byte| byte.is_ascii_digit()),
        7 => format!("{text}-01").parse::<civil::Date>().is_ok(),
        10 => date.is_some() && text.as_bytes()[4] == b'-',
        _ => {
            let time = text.get(10..).and_then(|rest| rest.strip_prefix('T'));
            date.is_some() && time.is_some_and(is_time)
        }
    }
}

/// Tells whether a text is a time of day, with a zone or without.
fn is_time(text: &str) -> bool {
    let zone = text.find(['Z', '+', '-']).unwrap_or(text.len());
    let (time, zone) = text.split_at(zone);
    let zone = match zone.strip_prefix(['+', '-']) {
        Some(offset) => is_clock(offset) || offset.len() == 4 && offset.parse::<u16>().is_ok(),
        None => zone.is_empty() || zone == "Z",
    };
    zone && is_clock(time)
}

fn is_clock(text: &str) -> bool {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    let parts: Vec<&str> = whole.split(':').collect();
    let two = |part: &&str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    let number = |at: usize| parts.get(at).and_then(|part| part.parse::<u8>().ok()).unwrap_or(0);
    // The end of a day may be written 24:00.
    let fine = number(0) < 24 && number(1) < 60 && number(2) <= 60
        || number(0) == 24 && number(1) == 0 && number(2) == 0;
    (2..=3).contains(&parts.len()) && parts.iter().all(two) && fine
}

/// Tells whether a text is a length of time, such as `PT30M`.
fn is_duration(text: &str) -> bool {
    text.starts_with('P') && text.len() > 2 && text.parse::<jiff::Span>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_times_and_addresses() {
        for good in
            ["2026", "2026-11", "2026-11-23", "2026-11-23T09:30:00+00:00", "2026-11-23T09:30Z"]
        {
            assert!(is_moment(good), "{good}");
        }
        for bad in [
            "2026-13-01",
            "23/11/2026",
            "2026-11-23 09:30",
            "soon",
            "2026-02-30",
            "2026-11-23T25:00",
        ] {
            assert!(!is_moment(bad), "{bad}");
        }
        assert!(is_time("09:30") && is_time("24:00") && is_time("09:30:00Z") && !is_time("9.30am"));
        assert!(is_duration("PT30M") && is_duration("P2W") && !is_duration("30 minutes"));
        assert!(is_absolute("https://a.example") && !is_absolute("/a") && !is_absolute("https://"));
    }
}
