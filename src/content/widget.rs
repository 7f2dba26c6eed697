//! Reads what a field holds from the schema: its widget, with the widget's options.

use crate::content::field;
use crate::content::model::{Context, VALUE};
use crate::content::schema::{Count, Field, Item, Rules, Shape, Widget};
use crate::diag::{Diagnostic, Span};
use crate::yaml::{Table, Value};

/// The widgets that Galen reads.
const WIDGETS: [&str; 21] = [
    "boolean", "code", "color", "compute", "date", "datetime", "file", "hidden", "image",
    "keyvalue", "list", "map", "markdown", "number", "object", "relation", "richtext", "select",
    "string", "text", "uuid",
];

/// Reads the widget of a field with its options.
pub(crate) fn read(table: &Table, context: &Context) -> Option<Widget> {
    let widget = match table.has("widget") {
        true => table.choice("widget", &WIDGETS)?,
        false => "string",
    };
    Some(match widget {
        "text" => Widget::Text,
        "markdown" | "richtext" => Widget::Markdown,
        "number" => Widget::Number {
            whole: table.choice("value_type", &["int", "float", "int/string", "float/string"])
                == Some("int"),
            min: table.number("min"),
            max: table.number("max"),
        },
        "boolean" => Widget::Boolean,
        "date" => Widget::DateTime { date_only: true },
        "datetime" => {
            table.value("format");
            let time = table.value("time_format");
            Widget::DateTime { date_only: time == Some(&Value::Bool(false)) }
        }
        "select" => Widget::Select {
            options: options(table),
            multiple: table.bool("multiple").unwrap_or(false),
            count: count(table),
        },
        "relation" => relation(table)?,
        "image" => Widget::Image,
        "file" => Widget::File,
        "object" => Widget::Object(field::fields(table, "fields", context)),
        "list" => Widget::List { item: item(table, context), count: count(table) },
        "hidden" => Widget::Hidden,
        "uuid" => {
            table.value("read_only");
            Widget::Uuid {
                prefix: table.text("prefix").unwrap_or_default(),
                base32: table.bool("use_b32_encoding").unwrap_or(false),
            }
        }
        "code" => Widget::Code { group: code(table) },
        "color" => Widget::Color {
            alpha: table.bool("enableAlpha").unwrap_or(false),
            named: table.bool("allowInput").unwrap_or(false),
        },
        "keyvalue" => keyvalue(table),
        "compute" => {
            table.value("value");
            Widget::Compute
        }
        "map" => map(table),
        _ => Widget::String,
    })
}

fn relation(table: &Table) -> Option<Widget> {
    let collection = table.required("collection")?;
    table.value("file");
    let value_field = table.text("value_field").filter(|it| it != "{{slug}}" && it != "slug");
    let mut filters = Vec::new();
    for filter in table.tables("filters", "a filter") {
        let field = filter.required("field");
        let values = filter.texts("values").unwrap_or_default();
        filters.extend(field.map(|field| (field, values)));
        filter.finish();
    }
    let multiple = table.bool("multiple").unwrap_or(false);
    Some(Widget::Relation { collection, value_field, multiple, count: count(table), filters })
}

fn item(table: &Table, context: &Context) -> Item {
    if let Some(inner) = table.table("field", "a field") {
        let read = field::field(&inner, context);
        inner.finish();
        return read.map_or(Item::Texts, |field| Item::Field(Box::new(field)));
    }
    if table.has("types") {
        let key = table.text("typeKey").unwrap_or_else(|| "type".to_owned());
        let mut types = Vec::new();
        for inner in table.tables("types", "a type") {
            for key in ["label", "widget", "summary", "collapsed", "hint"] {
                inner.value(key);
            }
            let (name, fields) = (inner.required("name"), field::fields(&inner, "fields", context));
            types.extend(name.map(|name| (name.into(), fields)));
            inner.finish();
        }
        return Item::Types { key: key.into(), types };
    }
    match table.has("fields") {
        true => Item::Fields(field::fields(table, "fields", context)),
        false => Item::Texts,
    }
}

/// Options are values, or groups of `label` and `value`.
fn options(table: &Table) -> Vec<(String, String)> {
    let Some(Value::Sequence(items)) = table.value("options") else {
        let message = "a field with the widget `select` needs `options`";
        table.report(Diagnostic::error(VALUE, message).at(table.span()));
        return Vec::new();
    };
    let plain = |value: &Value| match value {
        Value::Mapping(map) => {
            let text = |key| map.get(key).map(field::written).unwrap_or_default();
            (text("value"), text("label"))
        }
        value => (field::written(value), field::written(value)),
    };
    items.iter().map(plain).collect()
}

fn count(table: &Table) -> Count {
    let number = |key| table.integer(key).and_then(|number| usize::try_from(number).ok());
    Count { min: number("min"), max: number("max") }
}

/// Code is written as a group of code and language, under the names that `keys` gives them; with
/// `output_code_only` as a text.
fn code(table: &Table) -> Vec<Field> {
    for key in ["default_language", "allow_language_selection"] {
        table.value(key);
    }
    let keys = table.table("keys", "`keys`");
    let name = |key: &'static str| {
        let name = keys.as_ref().and_then(|keys| keys.text(key));
        name.unwrap_or_else(|| key.to_owned())
    };
    let (code, language) = (name("code"), name("lang"));
    keys.into_iter().for_each(Table::finish);
    match table.bool("output_code_only").unwrap_or(false) {
        true => Vec::new(),
        false => {
            let span = table.value_span("name");
            vec![
                part(&code, "Code", Widget::Text, true, span.clone()),
                part(&language, "Language", Widget::String, false, span),
            ]
        }
    }
}

fn part(name: &str, label: &str, widget: Widget, required: bool, span: Span) -> Field {
    Field {
        name: name.into(),
        label: label.to_owned(),
        hint: None,
        widget,
        required,
        default: None,
        pattern: None,
        rules: Rules::default(),
        span,
    }
}

fn keyvalue(table: &Table) -> Widget {
    for key in ["key_label", "value_label"] {
        table.value(key);
    }
    if table.bool("root") == Some(true) {
        let help = "remove `root`, and give the pairs a key of their own";
        table.refuse("root", "pairs at the top of a file are not offered", help);
    }
    Widget::KeyValue { count: count(table) }
}

fn map(table: &Table) -> Widget {
    for key in ["decimals", "center", "zoom", "height"] {
        table.value(key);
    }
    let shape = match table.choice("type", &["Point", "LineString", "Polygon"]) {
        Some("LineString") => Shape::Line,
        Some("Polygon") => Shape::Polygon,
        _ => Shape::Point,
    };
    Widget::Map { shape }
}
