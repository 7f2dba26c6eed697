//! The rules on values: patterns, bounds, conditions on other fields, comparisons.

use crate::content::errors;
use crate::content::schema::{
    Comparison, Condition, Count, Field, Format, Item, Operand, Test, Widget,
};
use crate::content::validate::{Path, Validator, counted, is_body, within};
use crate::content::value::{Object, Value};
use crate::diag::{Diagnostic, Severity, Span};
use crate::text::{date, near};
use crate::yaml::Step;

/// Checks what one value can be asked by itself.
pub(crate) fn check_value(it: &mut Validator, field: &Field, value: &Value, path: &Path) {
    let mut broken: Vec<(Span, String)> = Vec::new();
    let mut fail = |words: String| broken.push((it.document.value_span(path), words));
    if let Value::Text(text) | Value::Markdown(text, _) = value {
        if let Some((regex, words)) = &field.pattern
            && !regex.is_match(text)
        {
            let length = text.chars().count();
            let counts = words.contains("character");
            fail(if counts { format!("{words} (it has {length})") } else { words.clone() });
        }
        if let Some(words) = field.rules.format.and_then(|format| misformed(format, text)) {
            fail(words.to_owned());
        }
        let words = text.split_whitespace().count();
        if let Some(max) = field.rules.max_words.filter(|max| words > *max) {
            fail(format!("it has {words} words; at most {max} are allowed"));
        }
    }
    match (&field.widget, value) {
        (Widget::Number { min, max, .. }, Value::Integer(_) | Value::Float(_)) => {
            let number = match value {
                Value::Integer(number) => *number as f64,
                Value::Float(number) => *number,
                _ => 0.0,
            };
            if let Some(min) = min.filter(|min| number < *min) {
                fail(format!("{number} is too small; the least is {min}"));
            }
            if let Some(max) = max.filter(|max| number > *max) {
                fail(format!("{number} is too large; the most is {max}"));
            }
        }
        (Widget::Select { count, .. } | Widget::Relation { count, .. }, Value::List(items)) => {
            broken.extend(many(it, *count, items, path));
        }
        (Widget::KeyValue { count }, Value::Object(pairs)) => {
            let words = counted(*count, pairs.0.len());
            broken.extend(words.map(|words| (it.document.key_span(path), words)));
        }
        (Widget::List { count, .. }, Value::List(items)) => {
            let words = counted(*count, items.len());
            broken.extend(words.map(|words| (it.document.key_span(path), words)));
        }
        _ => (),
    }
    for (span, words) in broken {
        it.report(errors::rule(field, &words, span));
    }
    if let Widget::Select { options, .. } = &field.widget {
        check_options(it, field, options, value, path);
    }
    let curly = value.text().is_some_and(|text| text.starts_with('“') && text.ends_with('”'));
    if curly && matches!(field.widget, Widget::String | Widget::Text) {
        it.report(errors::curly_quotes(field, it.document.value_span(path)));
    }
}

/// Checks a group of fields: what must be given, and what one field asks of another.
pub(crate) fn check(it: &mut Validator, fields: &[Field], object: &Object, path: &Path) {
    let top = path.is_empty();
    for field in fields.iter().filter(|field| !is_body(field, top)) {
        let value = object.get(&field.name);
        let key_span =
            |it: &Validator| within(path, &field.name, |path| it.document.key_span(path));
        let shown = field.rules.show_if.as_ref();
        if let Some(condition) = shown.filter(|condition| !holds(condition, object)) {
            let given = value.is_present() && *value != Value::Bool(false);
            let written = within(path, &field.name, |path| it.document.value_span(path));
            let default = written == it.document.value_span(path);
            if given && !default {
                it.report(errors::no_effect(field, &worded(condition), key_span(it)));
            }
            continue;
        }
        if !value.is_present() {
            // A list that is there, and too short, has been reported as that.
            let counted = match &field.widget {
                Widget::List { count, .. } => count.min.is_some(),
                _ => false,
            };
            if *value != Value::Absent && counted {
                continue;
            }
            if let Some(why) = needed(it, field, object) {
                let written = within(path, &field.name, |path| it.document.is_written(path));
                let what = group(it, path);
                let error = errors::missing_field(field, (&what, &why), written, key_span(it));
                it.report(unless_draft(error, it.state));
            }
            continue;
        }
        if let Some(words) = must_be(it, field, value) {
            it.report(errors::rule(field, &words, key_span(it)));
        }
        compare(it, field, value, object, path);
        if field.rules.alt_required
            && let Value::Object(picture) = value
        {
            let decorative = *picture.get("decorative") == Value::Bool(true);
            if !decorative && !picture.get("alt").is_present() {
                it.report(errors::alt_missing(field, key_span(it)));
            }
        }
    }
}

/// Checks a list's items against each other.
pub(crate) fn check_list(it: &mut Validator, item: &Item, values: &[Value], path: &Path) {
    let fields = match item {
        Item::Fields(fields) => fields.as_slice(),
        Item::Field(field) => std::slice::from_ref(&**field),
        _ => return,
    };
    for field in fields.iter().filter(|field| field.rules.unique_in_list) {
        let mut seen: Vec<String> = Vec::new();
        for (at, value) in values.iter().enumerate() {
            let text = match value {
                Value::Object(object) => object.get(&field.name).text(),
                value => value.text(),
            };
            let Some(text) = text else { continue };
            if seen.contains(&text) {
                let mut path = path.clone();
                path.push(Step::Index(at));
                let span = within(&path, &field.name, |path| it.document.value_span(path));
                let words = format!("`{text}` stands twice in this list");
                it.report(errors::rule(field, &words, span));
            }
            seen.push(text);
        }
    }
}

/// Why a field that is absent must be given; `None` when it need not.
pub(crate) fn needed(it: &Validator, field: &Field, object: &Object) -> Option<String> {
    if field.rules.required_in.iter().any(|state| state == it.state) {
        return Some(format!(" before it is {}", it.state));
    }
    if let Some(condition) = &field.rules.required_if {
        return holds(condition, object).then(|| format!(" when {}", worded(condition)));
    }
    field.required.then(String::new)
}

fn group(it: &Validator, path: &Path) -> String {
    match path.last() {
        None => it.what.to_lowercase(),
        Some(Step::Key(key)) => format!("group `{key}`"),
        Some(Step::Index(at)) => format!("item (number {}) of this list", at + 1),
    }
}

fn holds(condition: &Condition, object: &Object) -> bool {
    let value = object.get(&condition.field);
    let text = value.text();
    let among = |values: &[String]| text.as_ref().is_some_and(|text| values.contains(text));
    match &condition.test {
        Test::In(values) => among(values),
        Test::NotIn(values) => !among(values),
        Test::Present(present) => value.is_present() == *present,
    }
}

pub(crate) fn worded(condition: &Condition) -> String {
    let field = &condition.field;
    let values = |values: &[String]| near::any_of(values.iter().map(String::as_str));
    match &condition.test {
        Test::In(given) => format!("`{field}` is {}", values(given)),
        Test::NotIn(given) => format!("`{field}` is not {}", values(given)),
        Test::Present(true) => format!("`{field}` is given"),
        Test::Present(false) => format!("`{field}` is not given"),
    }
}

fn must_be(it: &Validator, field: &Field, value: &Value) -> Option<String> {
    let wanted = field.rules.must_be?;
    let states = &field.rules.required_in;
    let now = states.is_empty() || states.iter().any(|state| state == it.state);
    let broken = now && *value != Value::Bool(wanted);
    broken.then(|| format!("it must be `{wanted}` before this is published"))
}

fn compare(it: &mut Validator, field: &Field, value: &Value, object: &Object, path: &Path) {
    for (how, operand) in &field.rules.compare {
        let (other, name) = match operand {
            Operand::Today => (Value::Date(it.today), format!("today ({})", it.today)),
            Operand::Field(name) => (object.get(name).clone(), format!("`{name}`")),
        };
        let Some(order) = order(it, value, &other) else { continue };
        let (fine, words) = match how {
            Comparison::Greater => (order.is_gt(), "after"),
            Comparison::GreaterOrEqual => (order.is_ge(), "at least"),
            Comparison::Less => (order.is_lt(), "before"),
            Comparison::LessOrEqual => (order.is_le(), "at most"),
        };
        if !fine {
            let span = within(path, &field.name, |path| it.document.value_span(path));
            let dated = matches!(value, Value::Date(_) | Value::Moment(_));
            let words = match (words, dated) {
                ("at least", true) => "must not be before",
                ("at most", true) => "must not be after",
                ("after", true) => "must be after",
                ("before", true) => "must be before",
                ("after", false) => "must be more than",
                ("before", false) => "must be less than",
                ("at least", false) => "must be at least",
                _ => "must be at most",
            };
            it.report(errors::rule(field, &format!("it {words} {name}"), span));
        }
    }
}

/// How two values compare; `None` when they do not, or one is not given.
fn order(it: &Validator, a: &Value, b: &Value) -> Option<std::cmp::Ordering> {
    match (a, b) {
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::Moment(a), Value::Moment(b)) => Some(a.cmp(b)),
        (Value::Moment(a), Value::Date(b)) => Some(date::day(*a, it.zone).cmp(b)),
        (Value::Date(a), Value::Moment(b)) => Some(a.cmp(&date::day(*b, it.zone))),
        (Value::Integer(a), Value::Integer(b)) => Some(a.cmp(b)),
        (Value::Integer(a), Value::Float(b)) => (*a as f64).partial_cmp(b),
        (Value::Float(a), Value::Integer(b)) => a.partial_cmp(&(*b as f64)),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// Counts the values of a list, and finds those given twice.
fn many(it: &Validator, count: Count, items: &[Value], path: &Path) -> Vec<(Span, String)> {
    let mut broken = Vec::new();
    if let Some(words) = counted(count, items.len()) {
        broken.push((it.document.key_span(path), words));
    }
    for (at, item) in items.iter().enumerate() {
        if items[..at].contains(item) {
            let mut path = path.clone();
            path.push(Step::Index(at));
            let words = format!("`{}` stands twice", item.text().unwrap_or_default());
            broken.push((it.document.value_span(&path), words));
        }
    }
    broken
}

fn check_options(
    it: &mut Validator,
    field: &Field,
    options: &[(String, String)],
    value: &Value,
    path: &Path,
) {
    let single = std::slice::from_ref(value);
    let (items, list) = match value {
        Value::List(items) => (items.as_slice(), true),
        _ => (single, false),
    };
    for (at, item) in items.iter().enumerate() {
        let Value::Text(text) = item else { continue };
        if options.iter().any(|(option, _)| **option == **text) {
            continue;
        }
        let mut path = path.clone();
        if list {
            path.push(Step::Index(at));
        }
        let names = || options.iter().map(|(option, _)| option.as_str());
        let words = format!("`{text}` is none of its options");
        let error = errors::rule(field, &words, it.document.value_span(&path));
        let error = error.help(format!("use {}", near::any_of(names())));
        it.report(match near::did_you_mean(text, names()) {
            Some(hint) => error.label(hint),
            None => error,
        });
    }
}

fn misformed(format: Format, text: &str) -> Option<&'static str> {
    let host = |rest: &str| rest.contains('.') && !rest.contains(char::is_whitespace);
    let fine = match format {
        Format::Uri => {
            let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
            rest.is_some_and(host)
        }
        Format::Email => text.split_once('@').is_some_and(|(name, rest)| {
            let ends = rest.starts_with('.') || rest.ends_with('.') || rest.contains('@');
            !name.is_empty() && !name.contains(char::is_whitespace) && host(rest) && !ends
        }),
        Format::Tel => {
            let digits = text.chars().filter(char::is_ascii_digit).count();
            let allowed = |char: char| char.is_ascii_digit() || " +()-".contains(char);
            (5..=15).contains(&digits) && text.chars().all(allowed)
        }
    };
    (!fine).then_some(match format {
        Format::Uri => "it must be a web address such as https://www.nhs.uk/",
        Format::Email => "it must be an e-mail address such as hello@clinic.example",
        Format::Tel => "it must be a telephone number such as 020 7946 0123",
    })
}

/// What a draft lacks does not keep the site from being published: it is not on it.
pub(crate) fn unless_draft(mut error: Diagnostic, state: &str) -> Diagnostic {
    if state == "draft" {
        error.severity = Severity::Warning;
        error.notes.push("it is a draft; this is needed before it can be published".to_owned());
    }
    error
}
