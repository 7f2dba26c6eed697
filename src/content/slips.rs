//! Flaws of a whole file that its author does not see.

use crate::diag::{Code, Diagnostic, Diagnostics, SourceId, Span};
use crate::markdown;
use crate::text::flaws::{self, Flaw};

/// A character that nobody sees.
pub(crate) const INVISIBLE: Code = Code::new("text/invisible");
/// Letters that were read in the wrong encoding.
pub(crate) const GARBLED: Code = Code::new("text/garbled");

/// Looks through a file that starts at a byte of it with fields, up to another.
pub(super) fn look(
    source: &SourceId,
    text: &str,
    fields: std::ops::Range<usize>,
    draft: bool,
    found: &mut Diagnostics,
) {
    for (range, flaw) in flaws::flaws(text) {
        let span = Span::new(source, range);
        found.push(match flaw {
            Flaw::Invisible(name) => invisible(name, span),
            Flaw::Garbled => garbled(span),
        });
    }
    let lines = &text[fields.clone()];
    // Most have nothing of what is looked for.
    let may = lines.contains('{') || flaws::may_have_placeholders(lines);
    if draft || !may {
        return;
    }
    let mut start = fields.start;
    for line in lines.split_inclusive('\n') {
        let note = line.find(" #").filter(|_| !line.contains('"'));
        let value = if line.starts_with('#') { "" } else { &line[..note.unwrap_or(line.len())] };
        for (open, close) in [("{{", "}}"), ("{%", "%}")] {
            if let Some(at) = value.find(open)
                && let Some(end) = value[at..].find(close)
            {
                let span = Span::new(source, start + at..start + at + end + close.len());
                found.push(markdown::not_filled(span));
            }
        }
        for (range, what) in flaws::placeholders(value) {
            let span = Span::new(source, start + range.start..start + range.end);
            found.push(markdown::placeholder(&what, span));
        }
        start += line.len();
    }
}

fn invisible(name: &str, span: Span) -> Diagnostic {
    Diagnostic::warning(INVISIBLE, format!("an invisible character stands here: a {name}"))
        .at(span)
        .note("it came with copied text; words with it are not found by search, and addresses do not work")
        .help("delete it: remove the characters on both sides of this place, and type them again")
}

fn garbled(span: Span) -> Diagnostic {
    Diagnostic::warning(GARBLED, "these characters were damaged when the text was copied or saved")
        .at(span)
        .help("type what is meant, such as `’`, `é` or `£`")
}
