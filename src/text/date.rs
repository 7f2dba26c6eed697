//! Dates and moments as editors write them, read in the site's time zone.

use std::sync::LazyLock;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan as _};
use regex::Regex;

/// Reads a calendar date: `2026-03-14`. `None` for anything else, such as 31 February.
pub fn date(text: &str) -> Option<Date> {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    shape.then(|| text.parse().ok())?
}

/// A calendar date as a regular expression, of Rust and of ECMAScript: 29 February in leap years
/// only.
pub const DATE: &str = "(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|\
(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|\
(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)";

/// The time behind a date, with its offset if it has one, as a regular expression.
pub const TIME: &str = "[Tt ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\\.[0-9]{1,9})?)?\
(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):?[0-5][0-9])?";

/// Reads a moment: a date (its start), or a date with hours and minutes, after `T` or a space,
/// with or without seconds and an offset. Without an offset it is a moment in `zone`; a time skipped by summer time
/// is moved forward as clocks are. `None` for anything else.
pub fn moment(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let local = |at: DateTime| at.to_zoned(zone.clone()).ok().map(|it| it.timestamp());
    if let Some(date) = date(text) {
        return local(date.to_datetime(Time::midnight()));
    }
    static WITH_TIME: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(&format!("^{DATE}{TIME}$")).ok());
    WITH_TIME.as_ref().filter(|shape| shape.is_match(text))?;
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant);
    }
    text.parse::<DateTime>().ok().and_then(local)
}

/// Reads a length of time in days, weeks, months or years: `60d`, `8w`, `2m`, `1y`. `None` for
/// anything else.
pub fn span(text: &str) -> Option<Span> {
    let (at, unit) = text.char_indices().next_back()?;
    let digits =
        text.get(..at).filter(|it| it.len() <= 4 && it.bytes().all(|it| it.is_ascii_digit()))?;
    let number: i64 = digits.parse().ok()?;
    Some(match unit {
        'd' => number.days(),
        'w' => number.weeks(),
        'm' => number.months(),
        'y' => number.years(),
        _ => return None,
    })
}

/// Gives what a date in another order, in words or with a short hour probably means; days stand before
/// months, unless there is no such month.
pub fn meant(text: &str) -> Option<String> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let text = text.to_lowercase();
    if let Some((day, time)) = text.split_once(['t', ' '])
        && date(day).is_some()
        && let Some((hour, minutes)) = time.trim().split_once(':')
    {
        let hour: u8 = hour.parse().ok()?;
        let minutes: u8 = minutes.get(..2)?.parse().ok()?;
        return (hour < 24 && minutes < 60).then(|| format!("{day}T{hour:02}:{minutes:02}"));
    }
    let parts: Vec<&str> =
        text.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.is_empty()).collect();
    let [a, b, c] = parts.as_slice() else { return None };
    let number = |it: &str| it.trim_end_matches(['s', 't', 'n', 'd', 'r', 'h']).parse::<i16>().ok();
    let month = |it: &str| {
        let named = MONTHS.iter().position(|month| it.starts_with(month)).map(|at| at as i16 + 1);
        named.or_else(|| number(it))
    };
    let (year, first, second) = match a.len() == 4 {
        true => (number(a)?, *c, *b),
        false => (number(c)?, *a, *b),
    };
    let made = |day: &str, of: &str| {
        let (day, of) = (i8::try_from(number(day)?).ok()?, i8::try_from(month(of)?).ok()?);
        Date::new(year, of, day).ok().filter(|it| it.year() > 1900).map(|it| it.to_string())
    };
    made(first, second).or_else(|| made(second, first))
}

/// Gives the calendar day of a moment in the site's time zone.
pub fn day(at: Timestamp, zone: &TimeZone) -> Date {
    at.to_zoned(zone.clone()).date()
}

/// Words a moment for a message: `2026-12-01`, or `2026-12-01 09:30` when it is not midnight.
pub fn spoken(at: Timestamp, zone: &TimeZone) -> String {
    let local = at.to_zoned(zone.clone());
    let format = match local.time() == Time::midnight() {
        true => "%Y-%m-%d",
        false => "%Y-%m-%d %H:%M",
    };
    local.strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_a_day_in_the_clinics_zone() {
        let zone = TimeZone::get("Europe/London").unwrap();
        let at = |text| moment(text, &zone).map(|it| it.to_string());
        assert_eq!(at("2026-07-01").unwrap(), "2026-06-30T23:00:00Z");
        assert_eq!(at("2026-01-31 09:30").unwrap(), "2026-01-31T09:30:00Z");
        assert_eq!(at("2026-03-15T09:00:00+02:00").unwrap(), "2026-03-15T07:00:00Z");
        assert_eq!(at("2026-02-31"), None);
        assert_eq!(at("tomorrow"), None);
        assert_eq!(at("2026-2-3"), None);
        assert_eq!(at("2026-01-31T09"), None);
        assert_eq!(at("2026-01-31t09:30:01.5z").unwrap(), "2026-01-31T09:30:01.5Z");
        assert_eq!(at("2026-01-31 09:30+0100").unwrap(), "2026-01-31T08:30:00Z");
    }

    #[test]
    fn the_expression_of_a_date_knows_every_calendar() {
        let shape = Regex::new(&format!("^{DATE}$")).unwrap();
        for year in [1600, 1899, 1900, 1999, 2000, 2024, 2026, 2100] {
            for month in 0..=13 {
                for day in 0..=32 {
                    let text = format!("{year}-{month:02}-{day:02}");
                    assert_eq!(shape.is_match(&text), date(&text).is_some(), "{text}");
                }
            }
        }
    }
}
