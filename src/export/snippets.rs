//! Snippets of VS Code: a new entry with every key it needs, and the options to choose from.

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use crate::content::schema::{Field, Item, Kind, Schema, Widget};
use crate::export::is_key;
use crate::text::slug;

/// Gives a snippet for each collection of files.
pub(crate) fn snippets(schema: &Schema) -> Value {
    let mut found = Map::new();
    for collection in &schema.collections {
        let Kind::Folder { front_matter, .. } = &collection.kind else { continue };
        let mut body = Body { lines: Vec::new(), stops: 0, today: None };
        if *front_matter {
            body.lines.push("---".to_owned());
        }
        body.fields(&collection.fields, "");
        if *front_matter {
            body.lines.extend(["---".to_owned(), String::new()]);
        }
        body.lines.push("$0".to_owned());
        let snippet = json!({
            "scope": if *front_matter { "markdown" } else { "yaml" },
            "prefix": format!("galen-{}", slug::slug(&collection.singular)),
            "description": format!("A new entry: {}", collection.singular),
            "body": body.lines,
        });
        found.insert(collection.singular.clone(), snippet);
    }
    Value::Object(found)
}

/// Gives the lines of one field with its shape, as a language server hands them out: no variables,
/// which only VS Code knows, and nothing where values are proposed.
pub(crate) fn of_field(field: &Field, today: Date) -> Vec<String> {
    let mut body = Body { lines: Vec::new(), stops: 0, today: Some(today) };
    body.field(field, "");
    body.lines
}

/// A snippet as it grows.
struct Body {
    lines: Vec<String>,
    stops: usize,
    /// The present day, where a language server hands the snippet out.
    today: Option<Date>,
}

impl Body {
    fn fields(&mut self, fields: &[Field], indent: &str) {
        let top = indent.is_empty();
        for field in fields.iter().filter(|it| is_key(it, top) && wanted(it, top)) {
            if top && &*field.name == "draft" {
                self.lines.push("draft: true".to_owned());
                continue;
            }
            self.field(field, indent);
        }
    }

    fn field(&mut self, field: &Field, indent: &str) {
        let name = &field.name;
        match &field.widget {
            Widget::Object(inner) | Widget::Code { group: inner } if !inner.is_empty() => {
                self.lines.push(format!("{indent}{name}:"));
                self.fields(inner, &format!("{indent}  "));
            }
            Widget::List { item: Item::Fields(inner), .. } => {
                self.lines.push(format!("{indent}{name}:"));
                let first = self.lines.len();
                self.fields(inner, &format!("{indent}    "));
                // The first line of an item carries its mark.
                if let Some(line) = self.lines.get_mut(first) {
                    *line = format!("{indent}  - {}", line.trim_start());
                }
            }
            _ => {
                let value = self.value(field);
                self.lines.push(format!("{indent}{name}: {value}"));
            }
        }
    }

    fn value(&mut self, field: &Field) -> String {
        self.stops += 1;
        let stop = self.stops;
        match &field.widget {
            Widget::Relation { multiple: false, .. } | Widget::Image | Widget::File
                if self.today.is_some() =>
            {
                format!("${stop}")
            }
            Widget::Relation { multiple: true, .. } if self.today.is_some() => format!("[${stop}]"),
            Widget::DateTime { .. } if self.today.is_some() => {
                let today = self.today.map(|it| it.to_string()).unwrap_or_default();
                format!("${{{stop}:{today}}}")
            }
            Widget::Select { options, multiple, .. } => {
                let values: Vec<String> =
                    options.iter().map(|(value, _)| choice(&scalar(value))).collect();
                let choices = format!("${{{stop}|{}|}}", values.join(","));
                if *multiple { format!("[{choices}]") } else { choices }
            }
            Widget::Boolean => format!("${{{stop}|false,true|}}"),
            Widget::DateTime { date_only: true } => {
                format!("${{{stop}:$CURRENT_YEAR-$CURRENT_MONTH-$CURRENT_DATE}}")
            }
            Widget::List { .. } | Widget::Relation { multiple: true, .. } => {
                format!("[${{{stop}:{}}}]", held(&field.label))
            }
            Widget::String | Widget::Text | Widget::Markdown => {
                format!("\"${{{stop}:{}}}\"", held(&field.label))
            }
            _ => format!("${{{stop}:{}}}", held(&field.label)),
        }
    }
}

/// Whether a new entry shows the field: what is needed now or before it is published, at the top
/// also what is chosen from a list.
fn wanted(field: &Field, top: bool) -> bool {
    let needed = field.required && field.default.is_none();
    let chosen = matches!(field.widget, Widget::Select { .. });
    let draft = &*field.name == "draft";
    needed || !field.rules.required_in.is_empty() || top && (chosen || draft)
}

/// A placeholder's text: `$`, `}` and backslashes end it unless they are escaped.
fn held(text: &str) -> String {
    let text = text.replace('"', "'");
    escaped(&text, "$}\\")
}

fn choice(text: &str) -> String {
    escaped(text, "$}\\,|")
}

fn escaped(text: &str, signs: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        if signs.contains(char) {
            out.push('\\');
        }
        out.push(char);
    }
    out
}

/// An option as YAML, in quotes where it needs them.
fn scalar(text: &str) -> String {
    serde_yaml::to_string(text).unwrap_or_default().trim_end().to_owned()
}
