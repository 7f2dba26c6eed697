//! Dates and moments as editors write them, read in the site's time zone.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

/// Reads a calendar date: `2026-03-14`. `None` for anything else, such as 31 February.
pub fn date(text: &str) -> Option<Date> {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    shape.then(|| text.parse().ok())?
}

/// Reads a moment: a date (its start), or a date with a time, after `T` or a space, with or
/// without an offset. Without an offset it is a moment in `zone`; a time skipped by summer time
/// is moved forward as clocks are. `None` for anything else.
pub fn moment(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let local = |at: DateTime| at.to_zoned(zone.clone()).ok().map(|it| it.timestamp());
    if let Some(date) = date(text) {
        return local(date.to_datetime(Time::midnight()));
    }
    date_part(text)?;
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant);
    }
    let plain = !text.contains('[') && !text.ends_with(['Z', 'z']);
    plain.then(|| text.parse::<DateTime>().ok()).flatten().and_then(local)
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

fn date_part(text: &str) -> Option<Date> {
    let (day, rest) = text.split_at_checked(10)?;
    rest.starts_with(['T', 't', ' ']).then(|| date(day))?
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
    }
}
