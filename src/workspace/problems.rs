//! Problems as values that need no source any more: what an overlay, or another program, shows.

use crate::diag::{Diagnostic, Diagnostics, Severity, Span};
use crate::vfs::Tree;

/// How many are kept: nobody reads more, and a hostile file has hundreds of thousands.
const MOST: usize = 100;

/// One problem, with the lines that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Whether it keeps the site from being published.
    pub is_error: bool,
    /// What kind of problem it is.
    pub code: &'static str,
    /// What is wrong, in one line.
    pub message: String,
    /// Where; absent for problems of no file.
    pub place: Option<Place>,
    /// A few words about the marked place.
    pub label: Option<String>,
    /// Circumstances worth knowing.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Vec<String>,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, from the site's root.
    pub file: String,
    /// The line that it is about; absent for a file as a whole.
    pub line: Option<Line>,
}

/// A line of a file, with the part that is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Counted from 1.
    pub number: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    /// What is before the part.
    pub before: String,
    /// The part.
    pub marked: String,
    /// What is after it.
    pub after: String,
}

/// Takes problems out of a build: errors first, each kind in its order.
pub(crate) fn of(diagnostics: &Diagnostics, tree: &Tree) -> Vec<Problem> {
    let of_kind = |kind: Severity| diagnostics.iter().filter(move |it| it.severity == kind);
    let all = of_kind(Severity::Error).chain(of_kind(Severity::Warning));
    all.take(MOST).map(|it| problem(it, tree)).collect()
}

fn problem(it: &Diagnostic, tree: &Tree) -> Problem {
    let also = it.labels.iter().map(|(span, words)| {
        let place = place(span, tree);
        let line = place.line.map_or_else(String::new, |line| format!(":{}", line.number));
        format!("{}{line}: {words}", place.file)
    });
    Problem {
        is_error: it.severity == Severity::Error,
        code: it.code.as_str(),
        message: it.message.clone(),
        place: it.span.as_ref().map(|span| place(span, tree)),
        label: it.label.clone(),
        notes: also.chain(it.notes.iter().cloned()).collect(),
        help: it.help.clone(),
    }
}

fn place(span: &Span, tree: &Tree) -> Place {
    let file = span.source.to_string();
    let whole = span.start == 0 && span.end == 0;
    let text = if whole { None } else { tree.text(&span.source) };
    Place { file, line: text.map(|text| line(&text, span.start, span.end)) }
}

/// The line in which a place starts. What it marks is kept inside the text and the line, on
/// whole characters; a line without an end is cut.
fn line(text: &str, start: usize, end: usize) -> Line {
    const WIDEST: usize = 300;
    const BEFORE: usize = 60;
    let floor = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = floor(start);
    let from = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let to = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let end = floor(end).clamp(start, to.max(start));
    let cut = |part: &str| part.trim_end_matches('\r').chars().take(WIDEST).collect::<String>();
    let before = &text[from..start];
    // Of what is before, the nearest is worth seeing.
    let skipped = before.chars().count().saturating_sub(BEFORE);
    let ellipsis = if skipped > 0 { "…" } else { "" };
    let near: String = before.chars().skip(skipped).collect();
    Line {
        number: text[..start].bytes().filter(|byte| *byte == b'\n').count() + 1,
        column: before.chars().count() + 1,
        before: format!("{ellipsis}{near}"),
        marked: cut(&text[start..end]),
        after: cut(&text[end..to]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_in_three() {
        let found = line("title: x\nrevü: a-osei\r\nend", 9, 14);
        assert_eq!((found.number, found.column), (2, 1));
        assert_eq!((&*found.before, &*found.marked, &*found.after), ("", "revü", ": a-osei"));
        let last = line("ab", 2, 9);
        assert_eq!((last.number, last.column, &*last.before), (1, 3, "ab"));
    }
}
