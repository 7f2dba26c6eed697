//! Writes diagnostics as workflow commands of GitHub Actions, which shows them beside the lines
//! that they are about.

use std::fmt::Write as _;

use crate::diag::place::Places;
use crate::diag::text::Sources;
use crate::diag::{Diagnostic, Diagnostics, Severity};

/// Writes one command a line; `folder` is the site's folder in the repository, empty for its root.
pub fn print(diagnostics: &Diagnostics, sources: Sources, folder: &str) -> String {
    let mut places = Places::new(sources);
    let mut out = String::new();
    for it in diagnostics.iter() {
        let command = match it.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let properties = properties(it, &mut places, folder).into_iter();
        let properties = properties.map(|(name, value)| format!("{name}={}", property(&value)));
        let properties = properties.collect::<Vec<_>>().join(",");
        let _ = writeln!(out, "::{command} {properties}::{}", data(&words(it)));
    }
    out.truncate(out.trim_end().len());
    out
}

fn properties(it: &Diagnostic, places: &mut Places, folder: &str) -> Vec<(&'static str, String)> {
    let mut properties = Vec::new();
    if let Some(span) = &it.span {
        properties.push(("file", within(folder, span.source.as_str())));
        if let Some(region) = places.find(span) {
            properties.push(("line", region.line.to_string()));
            // Columns are taken only where they are of one line.
            let columns = [("col", region.column), ("endColumn", region.end_column)];
            let columns = columns.map(|(name, number)| (name, number.to_string()));
            let [column, end_column] = columns;
            match region.line == region.end_line {
                true => properties.extend([
                    column,
                    ("endLine", region.end_line.to_string()),
                    end_column,
                ]),
                false => properties.push(("endLine", region.end_line.to_string())),
            }
        }
    }
    properties.push(("title", it.code.as_str().to_owned()));
    properties
}

/// A file's path from the root of its repository.
pub(crate) fn within(folder: &str, file: &str) -> String {
    match folder.is_empty() {
        true => file.to_owned(),
        false => format!("{folder}/{file}"),
    }
}

/// Everything that is said of it, as a text of several lines.
pub(crate) fn words(it: &Diagnostic) -> String {
    let mut out = it.message.clone();
    let label = it.label.iter().cloned();
    let notes = it.notes.iter().map(|it| format!("note: {it}"));
    let help = it.help.iter().map(|it| format!("help: {it}"));
    for line in label.chain(notes).chain(help) {
        out.push('\n');
        out.push_str(&line);
    }
    out
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diag::{Code, SourceId, Span};

    #[test]
    fn what_a_command_would_read_is_escaped() {
        let source = SourceId::new("content/a, b:c.md");
        let found = Diagnostic::error(Code::new("link/broken"), "100% of it\r\n::error::no")
            .at(Span::new(&source, 3..5))
            .help("look, here: now");
        let found: Diagnostics = [found].into_iter().collect();
        let text = |_: &SourceId| Some(Arc::from("a\nbcde\n"));
        assert_eq!(
            print(&found, &text, "site"),
            "::error file=site/content/a%2C b%3Ac.md,line=2,col=2,endLine=2,endColumn=4,\
             title=link/broken::100%25 of it%0D%0A::error::no%0Ahelp: look, here: now"
        );
    }
}
