//! A theme's typed options, and the values that a site gives them.

use std::collections::BTreeMap;
use std::sync::Arc;

use regex::Regex;

use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::text::near;
use crate::theme::{OPTION, VALUE};
use crate::yaml::{Table, Value};

/// An option's value.
#[derive(Clone, Debug, PartialEq)]
pub enum OptionValue {
    /// A text or one of a few words.
    Text(String),
    /// A colour as CSS hexadecimal digits.
    Color(String),
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Any number.
    Number(f64),
}

/// An option as `theme.yaml` declares it.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Its name.
    pub name: Arc<str>,
    /// Where it is declared.
    pub span: Span,
    kind: &'static str,
    choices: Vec<String>,
    pattern: Option<Regex>,
    default: OptionValue,
}

/// Reads the declarations under `options:`.
pub(crate) fn settings(table: &Table) -> Vec<Setting> {
    let mut read = Vec::new();
    for (name, _, inner) in table.entries() {
        let Some(inner) = inner else {
            let message = format!("the option `{name}` is a group with `type` and `default`");
            table.report(Diagnostic::error(VALUE, message).at(table.key_span(&name)));
            continue;
        };
        read.extend(setting(name, &inner));
        inner.finish();
    }
    read
}

fn setting(name: Arc<str>, table: &Table) -> Option<Setting> {
    table.value("help");
    table.value("label");
    let kinds = ["string", "bool", "integer", "number", "color", "choice"];
    let kind = table.choice("type", &kinds).or_else(|| {
        table.required("type");
        None
    });
    let choices = table.texts("choices").unwrap_or_default();
    let pattern = table.text("pattern").and_then(|pattern| {
        let regex = Regex::new(&pattern).ok();
        if regex.is_none() {
            table.refuse("pattern", "this pattern cannot be read", "");
        }
        regex
    });
    let default = table.value("default");
    let fallback = OptionValue::Bool(false);
    let span = table.span();
    let mut setting = Setting { name, span, kind: kind?, choices, pattern, default: fallback };
    match default.and_then(|value| setting.accept(value)) {
        Some(default) => setting.default = default,
        None => {
            let message = format!("`default` must be {}", setting.expected());
            table.report(Diagnostic::error(VALUE, message).at(table.value_span("default")));
        }
    }
    Some(setting)
}

/// Gives each option its value: the site's, or the default.
pub(crate) fn choose(
    settings: &BTreeMap<Arc<str>, Setting>,
    given: &BTreeMap<Arc<str>, (Value, Span)>,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<Arc<str>, OptionValue> {
    let mut values: BTreeMap<Arc<str>, OptionValue> =
        settings.iter().map(|(name, it)| (Arc::clone(name), it.default.clone())).collect();
    for (name, (value, span)) in given {
        let Some(setting) = settings.get(name) else {
            diagnostics.push(unknown(name, settings, span.clone()));
            continue;
        };
        match setting.accept(value) {
            Some(value) => drop(values.insert(Arc::clone(name), value)),
            None => {
                let message = format!("the option `{name}` must be {}", setting.expected());
                diagnostics.push(Diagnostic::error(OPTION, message).at(span.clone()));
            }
        }
    }
    values
}

impl Setting {
    fn accept(&self, value: &Value) -> Option<OptionValue> {
        let text = || match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        match self.kind {
            "bool" => value.as_bool().map(OptionValue::Bool),
            "integer" => value.as_i64().map(OptionValue::Integer),
            "number" => value.as_f64().map(OptionValue::Number),
            "color" => text().filter(|text| is_color(text)).map(OptionValue::Color),
            "choice" => text().filter(|text| self.choices.contains(text)).map(OptionValue::Text),
            _ => text()
                .filter(|text| self.pattern.as_ref().is_none_or(|regex| regex.is_match(text)))
                .map(OptionValue::Text),
        }
    }

    fn expected(&self) -> String {
        match self.kind {
            "bool" => "`true` or `false`".to_owned(),
            "integer" => "a whole number".to_owned(),
            "number" => "a number".to_owned(),
            "color" => "a colour such as \"#0b5d5e\", in quotes".to_owned(),
            "choice" => near::any_of(self.choices.iter().map(String::as_str)),
            _ => match &self.pattern {
                Some(pattern) => format!("a text like `{pattern}`"),
                None => "a text".to_owned(),
            },
        }
    }
}

fn is_color(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    matches!(digits.len(), 3 | 4 | 6 | 8) && digits.chars().all(|it| it.is_ascii_hexdigit())
}

fn unknown(name: &str, settings: &BTreeMap<Arc<str>, Setting>, span: Span) -> Diagnostic {
    let names = || settings.keys().map(|name| &**name);
    let error = Diagnostic::error(OPTION, format!("the theme has no option `{name}`")).at(span);
    match near::did_you_mean(name, names()) {
        Some(hint) => error.label(hint),
        None if settings.is_empty() => error.help("it has no options"),
        None => error.help(format!("it has {}", near::all_of(names()))),
    }
}
