//! Writes diagnostics as SARIF 2.1.0 (OASIS), which code hosts and editors read.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::diag::github::{within, words};
use crate::diag::place::{Places, Region, reference};
use crate::diag::text::Sources;
use crate::diag::{Code, Diagnostic, Diagnostics, Severity, Span, Waived, codes};

/// Where the format is described by itself.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Writes the diagnostics as one run, those that are waived as suppressed; `folder` is the site's
/// folder in its repository, empty for the root.
pub fn print(
    diagnostics: &Diagnostics,
    waived: &[Waived],
    sources: Sources,
    folder: &str,
) -> String {
    let all = || diagnostics.iter().chain(waived.iter().map(|it| &it.diagnostic));
    let mut rules: BTreeMap<Code, (usize, Severity)> = BTreeMap::new();
    for it in all() {
        let (_, severity) = rules.entry(it.code).or_insert((0, it.severity));
        *severity = (*severity).min(it.severity);
    }
    rules.values_mut().enumerate().for_each(|(at, (index, _))| *index = at);
    let mut writer = Writer { rules: &rules, places: Places::new(sources), folder };
    let mut results: Vec<Value> =
        diagnostics.iter().map(|it| Value::Object(writer.result(it))).collect();
    results.extend(waived.iter().map(|it| {
        let mut result = writer.result(&it.diagnostic);
        let justification = format!("{} (until {})", it.reason, it.until);
        let suppression =
            json!({"kind": "inSource", "status": "accepted", "justification": justification});
        result.insert("suppressions".to_owned(), json!([suppression]));
        Value::Object(result)
    }));
    let described: Vec<Value> =
        rules.iter().map(|(code, (_, severity))| rule(*code, *severity)).collect();
    let document = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "Galen",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": described,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    serde_json::to_string_pretty(&document).unwrap_or_default()
}

struct Writer<'a> {
    rules: &'a BTreeMap<Code, (usize, Severity)>,
    places: Places<'a>,
    folder: &'a str,
}

impl Writer<'_> {
    fn result(&mut self, it: &Diagnostic) -> Map<String, Value> {
        let index = self.rules.get(&it.code).map_or(0, |(index, _)| *index);
        let mut result = Map::new();
        let mut put = |key: &str, value: Value| drop(result.insert(key.to_owned(), value));
        put("ruleId", json!(it.code.as_str()));
        put("ruleIndex", json!(index));
        put("level", json!(level(it.severity)));
        put("message", json!({"text": words(it)}));
        if let Some(span) = &it.span {
            put("locations", json!([self.location(span)]));
        }
        let related = it.labels.iter().map(|(span, words)| {
            let mut location = self.location(span);
            location.insert("message".to_owned(), json!({"text": words}));
            Value::Object(location)
        });
        let related: Vec<Value> = related.collect();
        if !related.is_empty() {
            put("relatedLocations", Value::Array(related));
        }
        result
    }

    fn location(&mut self, span: &Span) -> Map<String, Value> {
        let file = reference(&within(self.folder, span.source.as_str()));
        let mut place = Map::new();
        place.insert("artifactLocation".to_owned(), json!({"uri": file}));
        if let Some(region) = self.places.find(span) {
            place.insert("region".to_owned(), of_region(&region));
        }
        Map::from_iter([("physicalLocation".to_owned(), Value::Object(place))])
    }
}

fn of_region(region: &Region) -> Value {
    json!({
        "startLine": region.line,
        "startColumn": region.column,
        "endLine": region.end_line,
        "endColumn": region.end_column,
        "snippet": {"text": region.excerpt},
    })
}

/// What a kind of problem is, with its page of the manual.
fn rule(code: Code, severity: Severity) -> Value {
    let mut rule = json!({"id": code.as_str(), "defaultConfiguration": {"level": level(severity)}});
    if let (Some(title), Some(page)) = (codes::title(code), codes::page(code)) {
        rule["shortDescription"] = json!({"text": title});
        rule["help"] = json!({"text": &*page, "markdown": &*page});
    }
    rule
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}
