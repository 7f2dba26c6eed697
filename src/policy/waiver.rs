//! Waivers: findings of one code in one file that may stay until a day, with the reason.
//!
//! A file of content has them in its front matter, as `waivers:`; a template in comments:
//! `{# galen-waive: link/broken reason="…" until=2027-01-31 #}`.

use std::cell::RefCell;
use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::diag::{Code, Diagnostics, SourceId, Span, codes};
use crate::policy::errors;
use crate::text::date;
use crate::yaml::table::Codes;
use crate::yaml::{Document, Table};

/// A waiver that cannot hold.
pub const INVALID: Code = Code::new("review/waiver");
/// A waiver whose day is past.
pub const EXPIRED: Code = Code::new("review/waiver-expired");
/// A waiver that hides nothing.
pub const UNUSED: Code = Code::new("review/waiver-unused");

/// The key of front matter.
pub const KEY: &str = "waivers";

/// Findings that may stay for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// Of which kind.
    pub code: Code,
    /// Why.
    pub reason: String,
    /// The last day, in the site's time zone.
    pub until: Date,
    /// What the marked place or the message must have in it; anything when absent.
    pub text: Option<String>,
    /// Where it stands; it is for findings of the same file.
    pub span: Span,
    /// Whether its file is on the site: what is not made has no findings to hide.
    pub live: bool,
}

impl Waiver {
    /// Gives the moment from which it does not hold any more.
    pub fn end(&self, zone: &TimeZone) -> Option<Timestamp> {
        let day = self.until.tomorrow().ok()?;
        day.to_zoned(zone.clone()).ok().map(|it| it.timestamp())
    }
}

/// What is written of a waiver: each part with its place.
struct Written {
    code: (String, Span),
    reason: (String, Span),
    until: (String, Span),
    text: Option<String>,
}

impl Written {
    fn check(self, live: bool, found: &mut Diagnostics) -> Option<Waiver> {
        let (name, span) = self.code;
        let code = codes::find(&name);
        let reason = self.reason.0.trim().to_owned();
        let until = date::date(&self.until.0);
        match code {
            None => found.push(errors::waiver_of_nothing(&name, span.clone())),
            Some(code) if codes::is_fixed(code) => {
                found.push(errors::waiver_of_fixed(code, span.clone()));
                return None;
            }
            Some(_) => (),
        }
        if reason.is_empty() {
            found.push(errors::no_reason(self.reason.1));
        }
        if until.is_none() {
            found.push(errors::no_day(&self.until.0, self.until.1));
        }
        let (code, until) = code.zip(until)?;
        let text = self.text.filter(|it| !it.is_empty());
        (!reason.is_empty()).then_some(Waiver { code, reason, until, text, span, live })
    }
}

/// Reads the waivers of a file of content. What is wrong with them is reported.
pub fn of_content(document: &Document, live: bool, diagnostics: &mut Diagnostics) -> Vec<Waiver> {
    if !document.root().contains_key(KEY) {
        return Vec::new();
    }
    let found = RefCell::new(Diagnostics::new());
    let codes = Codes { unknown: INVALID, value: INVALID };
    let mut waivers = Vec::new();
    let root = Table::root(document, "the file", codes, &found);
    for table in root.tables(KEY, "a waiver") {
        let part = |key: &'static str| {
            let span = if table.has(key) { table.value_span(key) } else { table.span() };
            (table.text(key).unwrap_or_default(), span)
        };
        let text = table.text("text");
        let written =
            Written { code: part("code"), reason: part("reason"), until: part("until"), text };
        let mut wrong = Diagnostics::new();
        waivers.extend(written.check(live, &mut wrong));
        wrong.into_iter().for_each(|it| table.report(it));
        table.finish();
    }
    diagnostics.extend(found.into_inner());
    waivers
}

/// Reads the waivers of a template. What is wrong with them is reported.
pub fn of_template(source: &SourceId, text: &str, diagnostics: &mut Diagnostics) -> Vec<Waiver> {
    const OPEN: &str = "galen-waive:";
    let mut waivers = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find("{#").map(|it| at + it + 2) {
        let end = text[start..].find("#}").map_or(text.len(), |it| start + it);
        at = end;
        let comment = text[start..end].trim_start_matches('-').trim_end_matches('-');
        let from = start + usize::from(text[start..end].starts_with('-'));
        let Some(rest) = comment.trim_start().strip_prefix(OPEN) else { continue };
        let from = from + comment.len() - rest.len();
        waivers.extend(of_comment(source, rest, from, diagnostics));
    }
    waivers
}

/// Reads `code reason="…" until=…`, of which the first byte stands at `from` in the file.
fn of_comment(
    source: &SourceId,
    text: &str,
    from: usize,
    diagnostics: &mut Diagnostics,
) -> Option<Waiver> {
    let span = |it: &Range<usize>| Span::new(source, from + it.start..from + it.end);
    let mut words = words(text).into_iter();
    let first = words.next().unwrap_or(0..0);
    let code = (text[first.clone()].to_owned(), span(&first));
    let missing = || (String::new(), code.1.clone());
    let mut written =
        Written { reason: missing(), until: missing(), text: None, code: code.clone() };
    for word in words {
        let (name, value) = text[word.clone()].split_once('=').unwrap_or((&text[word.clone()], ""));
        let value = value.trim_matches('"').to_owned();
        match name {
            "reason" => written.reason = (value, span(&word)),
            "until" => written.until = (value, span(&word)),
            "text" => written.text = Some(value),
            _ => diagnostics.push(errors::no_part(name, span(&word))),
        }
    }
    written.check(true, diagnostics)
}

/// Splits at space that is not in quotes.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut start = None;
    let mut quoted = false;
    for (at, char) in text.char_indices() {
        quoted ^= char == '"';
        match (char.is_whitespace() && !quoted, start) {
            (true, Some(from)) => {
                words.push(from..at);
                start = None;
            }
            (false, None) => start = Some(at),
            _ => (),
        }
    }
    words.extend(start.map(|from| from..text.len()));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_of_a_template_is_a_waiver() {
        let text = "<p>{#- galen-waive: link/broken\n reason=\"it moves, soon\" until=2027-01-31 -#}\
                    {# other #}{# galen-waive: a11y/alt-missing until=soon why=not #}";
        let mut found = Diagnostics::new();
        let waivers = of_template(&SourceId::new("t.html"), text, &mut found);
        assert_eq!(waivers.len(), 1);
        assert_eq!(waivers[0].reason, "it moves, soon");
        assert_eq!(&text[waivers[0].span.start..waivers[0].span.end], "link/broken");
        assert_eq!(waivers[0].until.to_string(), "2027-01-31");
        let said: Vec<&str> = found.iter().map(|it| it.message.as_str()).collect();
        assert_eq!(
            said,
            [
                "`why` is nothing that a waiver has",
                "a waiver needs a reason",
                "`until: soon` is not a date"
            ]
        );
    }
}
