//! Problems as an editor shows them: underlined, with what to do, and with a correction where
//! Galen knows one.

use std::collections::HashMap;
use std::ops::Range;

use gen_lsp_types::{
    Code, CodeAction, CodeActionKind, Diagnostic as Shown, DiagnosticRelatedInformation,
    DiagnosticSeverity, Location, Message, Range as Marked, TextEdit, Uri, WorkspaceEdit,
};

use crate::content::errors::MISSING_FIELD;
use crate::content::review::{NO_DUE_DATE, NO_REFERENCES, NO_REVIEWER};
use crate::diag::{Diagnostic, Severity, Span};
use crate::lsp::place::{self, Lines};
use crate::lsp::site::Site;
use crate::text::RelPath;

/// What says that the front matter lacks a field.
const ABSENT: [crate::diag::Code; 4] = [MISSING_FIELD, NO_DUE_DATE, NO_REVIEWER, NO_REFERENCES];

/// A problem as it was published.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    /// As the editor has it.
    pub(crate) shown: Shown,
    /// What to write in its place.
    better: Option<String>,
}

/// Reads a file of a site and gives all that is wrong with it.
pub(crate) fn find(site: &mut Site, (uri, path): (&Uri, &RelPath), text: &str) -> Vec<Problem> {
    let lines = Lines::new(text);
    let found = site.problems(path, text);
    found.iter().map(|it| problem(site, uri, it, (text, &lines))).collect()
}

fn problem(
    site: &mut Site,
    uri: &Uri,
    diagnostic: &Diagnostic,
    (text, lines): (&str, &Lines),
) -> Problem {
    let bytes = diagnostic.span.as_ref().map_or(0..0, |span| marked(diagnostic, span, text, lines));
    let better = better(diagnostic, &text[bytes.clone()]);
    let own = diagnostic.span.as_ref().map(|it| it.source.clone());
    let related = diagnostic.labels.iter().filter_map(|(span, words)| {
        let location = match own.as_ref() == Some(&span.source) {
            true => Location::new(uri.clone(), lines.range(fitted(span, text, lines))),
            false => elsewhere(site, span)?,
        };
        Some(DiagnosticRelatedInformation::new(location, words.clone()))
    });
    let related: Vec<_> = related.collect();
    let shown = Shown {
        range: lines.range(bytes),
        severity: Some(match diagnostic.severity {
            Severity::Error => DiagnosticSeverity::Error,
            Severity::Warning => DiagnosticSeverity::Warning,
        }),
        code: Some(Code::String(diagnostic.code.as_str().to_owned())),
        source: Some("galen".to_owned()),
        message: Message::String(words(diagnostic)),
        related_information: (!related.is_empty()).then_some(related),
        ..Shown::default()
    };
    Problem { shown, better }
}

/// Everything that is said of a problem, as on the terminal.
fn words(diagnostic: &Diagnostic) -> String {
    let mut out = diagnostic.message.clone();
    let label = diagnostic.label.iter().cloned();
    let notes = diagnostic.notes.iter().map(|it| format!("note: {it}"));
    let help = diagnostic.help.iter().map(|it| format!("help: {it}"));
    for line in label.chain(notes).chain(help) {
        out.push('\n');
        out.push_str(&line);
    }
    out
}

/// The bytes to underline.
fn marked(diagnostic: &Diagnostic, span: &Span, text: &str, lines: &Lines) -> Range<usize> {
    let bom = text.len() - text.trim_start_matches('\u{feff}').len();
    let first = text[bom..].find('\n').map_or(text.len(), |it| bom + it + 1);
    let key = text.get(span.start..span.end).unwrap_or_default();
    // What the whole front matter lacks is nobody's line: the mark that opens it stands for it.
    let whole = span.start <= first && (key.is_empty() || key.contains([':', '\n']));
    if ABSENT.contains(&diagnostic.code) && text[bom..].starts_with("---") && whole {
        return bom..bom + 3;
    }
    match span.start == 0 && span.end == 0 {
        true => 0..lines.end_of_line(0),
        false => fitted(span, text, lines),
    }
}

/// The bytes of a span, inside the text, on character boundaries, and on its first line: the text
/// may have changed since the site was read.
fn fitted(span: &Span, text: &str, lines: &Lines) -> Range<usize> {
    let floor = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = floor(span.start);
    let end = floor(span.end).min(lines.end_of_line(start)).max(start);
    start..end
}

fn elsewhere(site: &mut Site, span: &Span) -> Option<Location> {
    let text = site.text(&span.source)?;
    let lines = Lines::new(&text);
    let uri = place::uri(&site.root.join(span.source.as_str()));
    Some(Location::new(uri, lines.range(fitted(span, &text, &lines))))
}

/// What was probably meant, where putting it in place of what is marked is the whole correction.
fn better(diagnostic: &Diagnostic, marked: &str) -> Option<String> {
    let label = diagnostic.label.as_deref()?;
    let name = label.strip_prefix("did you mean `")?.strip_suffix("`?")?;
    let code = diagnostic.code.as_str();
    // A link is marked with its words, and a missing file is in the front matter.
    let bare = !marked.is_empty() && !marked.contains(['[', ']', '(', ')']);
    match code.split_once('/')?.0 {
        "front-matter" | "link" if bare => {
            Some(serde_yaml::to_string(name).ok()?.trim_end().to_owned())
        }
        "markdown" if code == "markdown/directive-unknown" => Some(name.to_owned()),
        _ => None,
    }
}

/// Gives the corrections of problems that touch a range.
pub(crate) fn corrections(problems: &[Problem], uri: &Uri, range: Marked) -> Vec<CodeAction> {
    let touched = problems.iter().filter(|it| {
        let shown = it.shown.range;
        shown.start <= range.end && range.start <= shown.end
    });
    let one = |problem: &Problem| {
        let better = problem.better.clone()?;
        let edit = TextEdit { range: problem.shown.range, new_text: better.clone() };
        let changes = HashMap::from([(uri.clone(), vec![edit])]);
        Some(CodeAction {
            title: format!("Write `{better}`"),
            kind: Some(CodeActionKind::QuickFix),
            diagnostics: Some(vec![problem.shown.clone()]),
            is_preferred: Some(true),
            edit: Some(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }),
            ..CodeAction::default()
        })
    };
    touched.filter_map(one).collect()
}
