//! Writes diagnostics as JSON, for other programs (docs/checking.md describes it).
//!
//! Names are never taken away or given another meaning within one `version`; new ones may come.

use serde_json::{Map, Value, json};

use crate::diag::place::Places;
use crate::diag::text::Sources;
use crate::diag::{Diagnostic, Diagnostics, Severity, Span, Waived, codes};

/// Writes the diagnostics, and those that are waived, as one object.
pub fn print(diagnostics: &Diagnostics, waived: &[Waived], sources: Sources) -> String {
    let mut places = Places::new(sources);
    let found: Vec<Value> =
        diagnostics.iter().map(|it| Value::Object(object(it, &mut places))).collect();
    let waived: Vec<Value> = waived.iter().map(|it| of_waived(it, &mut places)).collect();
    let document = json!({
        "version": 1,
        "errors": diagnostics.count(Severity::Error),
        "warnings": diagnostics.count(Severity::Warning),
        "diagnostics": found,
        "waived": waived,
    });
    serde_json::to_string_pretty(&document).unwrap_or_default()
}

fn of_waived(it: &Waived, places: &mut Places) -> Value {
    let mut object = object(&it.diagnostic, places);
    object.insert("waiver".to_owned(), json!({"reason": it.reason, "until": it.until}));
    Value::Object(object)
}

fn object(it: &Diagnostic, places: &mut Places) -> Map<String, Value> {
    let severity = match it.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let docs = codes::page(it.code).map(|_| format!("docs/diagnostics/{}.md", it.code));
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| drop(object.insert(key.to_owned(), value));
    put("severity", json!(severity));
    put("code", json!(it.code.as_str()));
    put("message", json!(it.message));
    for (key, value) in place(it.span.as_ref(), places) {
        put(key, value);
    }
    put("label", json!(it.label));
    let labels = it.labels.iter().map(|(span, words)| {
        let mut label = Map::from_iter([("text".to_owned(), json!(words))]);
        label.extend(place(Some(span), places).map(|(key, value)| (key.to_owned(), value)));
        Value::Object(label)
    });
    put("labels", labels.collect());
    put("notes", json!(it.notes));
    put("help", json!(it.help));
    put("docs", json!(docs));
    object
}

/// Where it is; everything but the file is null for a file as a whole, and all for no file.
fn place(span: Option<&Span>, places: &mut Places) -> [(&'static str, Value); 6] {
    let region = span.and_then(|span| places.find(span));
    let region = region.as_ref();
    [
        ("file", json!(span.map(|it| it.source.as_str()))),
        ("line", json!(region.map(|it| it.line))),
        ("column", json!(region.map(|it| it.column))),
        ("endLine", json!(region.map(|it| it.end_line))),
        ("endColumn", json!(region.map(|it| it.end_column))),
        ("excerpt", json!(region.map(|it| &it.excerpt))),
    ]
}
