//! Whether a content model can work as a whole: names that must exist, defaults that must fit.

use crate::content::field::{self, written};
use crate::content::model::{DUPLICATE, UNKNOWN_NAME, VALUE};
use crate::content::schema::{Collection, Count, Field, Kind, Operand, Schema, Sort, Widget};
use crate::diag::{Diagnostic, Span};
use crate::text::{date, near};
use crate::vfs::Tree;
use crate::yaml::Table;

/// Looks at a model that has been read without an error.
pub(crate) fn check(table: &Table, schema: &Schema, tree: &Tree) {
    folders(table, schema, tree);
    let items = table.tables("collections", "a collection");
    for (item, collection) in items.iter().zip(&schema.collections) {
        names(item, collection);
        if let Some(galen) = item.table("galen", "`galen`") {
            placeholders(&galen, collection);
        }
        match &collection.kind {
            Kind::Folder { .. } => fields(table, schema, &collection.fields),
            Kind::Files(files) => {
                files.iter().for_each(|file| fields(table, schema, &file.fields));
            }
        }
    }
}

/// Folders that nobody reads, or that belong to two.
fn folders(table: &Table, schema: &Schema, tree: &Tree) {
    let below = |inner: &str, outer: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let mut before: Vec<(&str, &str)> = Vec::new();
    let items = table.tables("collections", "a collection");
    for (item, collection) in items.iter().zip(&schema.collections) {
        let Kind::Folder { folder, .. } = &collection.kind else { continue };
        if !below(folder, "content") {
            let message =
                format!("the folder `{folder}` is not within `content/`, where texts are");
            item.refuse("folder", message, "write it as in `content/guides`");
        }
        if let Some((name, _)) = before.iter().find(|(_, outer)| below(folder, outer)) {
            let message =
                format!("the files in `{folder}` belong to the collection `{name}` already");
            let error = Diagnostic::error(DUPLICATE, message).at(item.value_span("folder"));
            item.report(
                error.help(
                    "give each collection a folder of its own; one within another goes first",
                ),
            );
        }
        before.push((&collection.name, folder));
    }
    if table.has("media_folder") && tree.below(&schema.media_folder).next().is_none() {
        let message = format!("there is nothing in the folder `{}`", schema.media_folder);
        let warning =
            Diagnostic::warning(UNKNOWN_NAME, message).at(table.value_span("media_folder"));
        table.report(warning.help(
            "correct the name, or remove the line; it is `content/media` if nothing is said",
        ));
    }
    if !schema.public_folder.starts_with('/') {
        let message = format!("`{}` is not an address from the site's root", schema.public_folder);
        table.refuse("public_folder", message, "write it as in `/media`");
    }
}

/// Names of fields that a collection's own keys use.
fn names(item: &Table, collection: &Collection) {
    if item.has("identifier_field") {
        known(item, "identifier_field", &collection.identifier, collection);
    }
    let Some(galen) = item.table("galen", "`galen`") else { return };
    if let (Some(list), Some(read)) = (galen.table("list", "`list`"), &collection.list) {
        sorted(&list, "sort", &read.sort, collection);
    }
    if let Some(dates) = galen.table("dates", "`dates`") {
        for key in ["publish", "unpublish", "updated"] {
            if let Some(name) = dates.text(key) {
                known(&dates, key, &name, collection);
            }
        }
    }
}

fn sorted(table: &Table, key: &'static str, sort: &Sort, collection: &Collection) {
    for (name, _) in sort.0.iter().filter(|_| table.has(key)) {
        known(table, key, name, collection);
    }
}

fn known(table: &Table, key: &'static str, name: &str, collection: &Collection) {
    let fields = collection.fields.iter().map(|field| &*field.name);
    if collection.extra || fields.clone().chain(["slug"]).any(|it| it == name) {
        return;
    }
    table.report(no_field(name, &collection.name, fields, table.value_span(key)));
}

fn no_field<'a>(
    name: &str,
    of: &str,
    fields: impl Iterator<Item = &'a str> + Clone,
    span: Span,
) -> Diagnostic {
    let hint = near::did_you_mean(name, fields.clone());
    Diagnostic::error(UNKNOWN_NAME, format!("`{of}` has no field `{name}`"))
        .at(span)
        .help(hint.unwrap_or_else(|| format!("it has {}", near::all_of(fields))))
}

/// What stands in braces in the routes of a collection.
fn placeholders(galen: &Table, collection: &Collection) {
    let Some(route) = &collection.route else { return };
    if route.replace("{{slug}}", "").contains(['{', '}']) {
        let message = format!("the route `{route}` has something in braces that nothing fills in");
        galen.refuse("route", message, "only `{{slug}}` is filled in");
    } else if !route.contains("{{slug}}") {
        let message = format!("the route `{route}` is the same for every entry");
        galen.refuse(
            "route",
            message,
            "put `{{slug}}` where the entry's name goes: `/guides/{{slug}}/`",
        );
    }
}

fn fields(table: &Table, schema: &Schema, all: &[Field]) {
    for field in all {
        field_alone(table, field);
        let names = all.iter().map(|it| &*it.name);
        let conditions = [&field.rules.required_if, &field.rules.show_if];
        let conditions = conditions.into_iter().flatten().map(|it| it.field.as_str());
        let compared = field.rules.compare.iter().filter_map(|(_, operand)| match operand {
            Operand::Field(name) => Some(name.as_str()),
            Operand::Today => None,
        });
        for name in conditions.chain(compared) {
            let number = name.parse::<f64>().is_ok();
            if !number && !names.clone().any(|it| it == name) {
                let message =
                    format!("`{}` depends on `{name}`, which is no field beside it", field.name);
                let error = Diagnostic::error(UNKNOWN_NAME, message).at(field.span.clone());
                table.report(error.maybe_help(near::did_you_mean(name, names.clone())));
            }
        }
        if let Widget::Relation { collection, value_field: Some(name), .. } = &field.widget
            && let Some(target) = schema.collection(collection)
            && !target.extra
            && target.field(name.trim_matches(['{', '}'])).is_none()
            && !name.contains('.')
            && matches!(target.kind, Kind::Folder { .. })
        {
            let names = target.fields.iter().map(|it| &*it.name);
            table.report(no_field(name, &target.name, names, field.span.clone()));
        }
        field::each_inner(field, &mut |inner| fields(table, schema, inner));
    }
}

/// What is wrong with a field by itself.
fn field_alone(table: &Table, field: &Field) {
    let refuse = |message: String, help: &str| {
        table.report(Diagnostic::warning(VALUE, message).at(field.span.clone()).help(help));
    };
    let name = &field.name;
    let bounds = match &field.widget {
        Widget::Number { min, max, .. } => min.zip(*max),
        Widget::Select { count, .. }
        | Widget::Relation { count, .. }
        | Widget::List { count, .. } => {
            let Count { min, max } = *count;
            min.zip(max).map(|(min, max)| (min as f64, max as f64))
        }
        _ => None,
    };
    if let Some((min, max)) = bounds.filter(|(min, max)| min > max) {
        refuse(
            format!("`{name}` has a least of {min} and a most of {max}: nothing fits"),
            "exchange the two",
        );
    }
    if let Widget::Select { options, .. } = &field.widget {
        if options.is_empty() {
            refuse(
                format!("`{name}` has no options to choose from"),
                "write them: `options: [a, b]`",
            );
        }
        let twice = options.iter().enumerate();
        let twice = twice.filter(|(at, (value, _))| options[..*at].iter().any(|it| it.0 == *value));
        for (_, (value, _)) in twice {
            refuse(
                format!("the option `{value}` of `{name}` stands twice"),
                "remove one of the two",
            );
        }
    }
    if let Some(why) = default(field) {
        refuse(
            format!("the default of `{name}` does not fit: {why}"),
            "correct the default, or the rule",
        );
    }
}

/// What keeps a field's default from being a value of it.
fn default(field: &Field) -> Option<String> {
    let default = field.default.as_ref()?;
    let text = written(default);
    let number = default.as_f64();
    match &field.widget {
        Widget::Boolean if default.as_bool().is_none() => {
            Some("write `true` or `false`, without quotes".to_owned())
        }
        Widget::Number { .. } if number.is_none() => Some(format!("`{text}` is no number")),
        Widget::Number { min, max, .. } => {
            let (low, high) =
                (min.filter(|it| number < Some(*it)), max.filter(|it| number > Some(*it)));
            low.map(|it| format!("the least is {it}"))
                .or_else(|| high.map(|it| format!("the most is {it}")))
        }
        Widget::DateTime { .. } => {
            let fine = date::moment(&text, &jiff::tz::TimeZone::UTC).is_some();
            let made = text.is_empty() || text.contains("{{");
            (!fine && !made).then(|| format!("`{text}` is no date such as 2026-03-14"))
        }
        Widget::Select { options, .. } => {
            let given: Vec<String> = match default.as_sequence() {
                Some(items) => items.iter().map(written).collect(),
                None => vec![text],
            };
            let odd = given
                .iter()
                .find(|it| !it.is_empty() && options.iter().all(|(value, _)| value != *it));
            odd.map(|it| format!("`{it}` is none of its options"))
        }
        Widget::String | Widget::Text => {
            let (regex, words) = field.pattern.as_ref()?;
            (!text.is_empty() && !regex.is_match(&text)).then(|| words.clone())
        }
        _ => None,
    }
}
