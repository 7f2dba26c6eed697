//! Reads the fields of a collection from the schema, with the rules on them.

use std::sync::Arc;

use regex::Regex;

use crate::content::model::{self, Context, UNKNOWN_NAME, VALUE};
use crate::content::schema::{
    Comparison, Condition, Field, Format, Item, Operand, Rules, Section, Sort, Terms, Test, Widget,
};
use crate::content::{sections, widget};
use crate::diag::Diagnostic;
use crate::markdown::{Headings, HtmlPolicy};
use crate::text::near;
use crate::yaml::{Table, Value};

/// Reads a list of fields under a key.
pub(crate) fn fields(table: &Table, key: &'static str, context: &Context) -> Vec<Field> {
    let mut read: Vec<Field> = Vec::new();
    for item in table.tables(key, "a field") {
        if let Some(field) = field(&item, context) {
            match read.iter().any(|it| it.name == field.name) {
                true => item.report(model::duplicate("field", &field.name, field.span)),
                false => read.push(field),
            }
        }
        item.finish();
    }
    read
}

/// Looks at each field and the fields inside it.
pub(crate) fn walk(fields: &[Field], look: &dyn Fn(&Field)) {
    for field in fields {
        look(field);
        each_inner(field, &mut |inner| walk(inner, look));
    }
}

/// Looks at each list of fields directly inside a field.
pub(crate) fn each_inner(field: &Field, look: &mut dyn FnMut(&[Field])) {
    match &field.widget {
        Widget::Object(inner) | Widget::List { item: Item::Fields(inner), .. } => look(inner),
        Widget::List { item: Item::Field(inner), .. } => look(std::slice::from_ref(inner)),
        Widget::List { item: Item::Types { types, .. }, .. } => {
            types.iter().for_each(|(_, inner)| look(inner));
        }
        _ => (),
    }
}

pub(crate) fn field(table: &Table, context: &Context) -> Option<Field> {
    let name: Arc<str> = table.required("name")?.into();
    // What editors show, and the build has no use for.
    for key in [
        "comment",
        "collapsed",
        "summary",
        "label_singular",
        "modes",
        "minimal",
        "choose_url",
        "buttons",
        "editor_components",
        "i18n",
        "date_format",
        "picker_utc",
        "minimize_collapsed",
        "add_to_top",
        "allow_add",
        "search_fields",
        "display_fields",
        "options_length",
        "media_folder",
        "public_folder",
        "media_library",
        "readonly",
        "step",
    ] {
        table.value(key);
    }
    let label = table.text("label").unwrap_or_else(|| name.to_string());
    let hint = table.text("hint");
    let widget = widget::read(table, context)?;
    let rules = table.table("galen", "`galen`").map(|galen| {
        let rules = rules(&galen, context);
        galen.finish();
        rules
    });
    let mut rules = rules.unwrap_or_default();
    let is_body = &*name == "body" && matches!(widget, Widget::Markdown);
    if !is_body && !rules.required_sections.is_empty() {
        let message = format!("`{name}` is not a body, so it has no sections");
        let error = Diagnostic::error(VALUE, message).at(table.value_span("name"));
        table.report(error.help("move `required_sections` to the field `body`"));
    }
    // A list of what is private is private.
    if let Widget::List { item: Item::Field(inner), .. } = &widget {
        rules.private |= inner.rules.private;
    }
    Some(Field {
        required: table.bool("required").unwrap_or(true),
        default: table.value("default").cloned(),
        pattern: pattern(table),
        rules,
        span: table.value_span("name"),
        name,
        label,
        hint,
        widget,
    })
}

/// A scalar of the schema as text.
pub(crate) fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => serde_yaml::to_string(value).unwrap_or_default().trim().to_owned(),
    }
}

fn pattern(table: &Table) -> Option<(Regex, String)> {
    let pattern = table.texts("pattern")?;
    let [regex, words] = pattern.as_slice() else {
        table.refuse("pattern", "a pattern is a list of two: the pattern, and how it is said", "");
        return None;
    };
    match Regex::new(regex) {
        Ok(regex) => Some((regex, words.clone())),
        Err(error) => {
            let cause = error.to_string();
            let cause = cause.lines().last().unwrap_or_default().trim_start_matches("error: ");
            table.refuse("pattern", format!("this pattern cannot be read: {cause}"), "");
            None
        }
    }
}

fn rules(galen: &Table, context: &Context) -> Rules {
    // Read by later stages of Galen, or by its editor; their shape is not looked at yet.
    for key in [
        "index",
        "lint",
        "focal",
        "aspect",
        "min_width",
        "accept",
        "max_bytes",
        "on_delete",
        "write_roles",
        "json_ld",
        "link_check",
        "managed",
        "checklist",
        "default_from",
        "currency",
        "hint",
        "expire",
    ] {
        galen.value(key);
    }
    galen.choice("kind", &["image", "money", "geo"]);
    let format = galen.choice("format", &["uri", "email", "tel"]).map(|format| match format {
        "uri" => Format::Uri,
        "email" => Format::Email,
        _ => Format::Tel,
    });
    let alt = galen.choice("alt", &["required", "required_unless_decorative", "optional"]);
    Rules {
        required_in: states(galen, context),
        required_if: condition(galen, "required_if"),
        show_if: condition(galen, "show_if"),
        must_be: galen.bool("must_be"),
        compare: compare(galen),
        unique: galen.bool("unique").unwrap_or(false),
        unique_in_list: galen.bool("unique_in_list").unwrap_or(false),
        not_self: galen.bool("not_self").unwrap_or(false),
        private: galen.bool("private").unwrap_or(false),
        format,
        max_words: galen.integer("max_words").and_then(|it| usize::try_from(it).ok()),
        alt_required: alt.is_some_and(|alt| alt != "optional"),
        html: Some(html(galen, "html").unwrap_or(context.html)),
        headings: headings(galen),
        images_need_alt: galen.bool("images_need_alt").unwrap_or(true),
        required_sections: required_sections(galen),
        directives: galen.texts("directives"),
        terms: terms(galen),
    }
}

/// Reads a policy for raw HTML.
pub(crate) fn html(table: &Table, key: &'static str) -> Option<HtmlPolicy> {
    let policy = table.choice(key, &["none", "sanitised", "trusted"])?;
    Some(match policy {
        "sanitised" => HtmlPolicy::Sanitised,
        "trusted" => HtmlPolicy::Trusted,
        _ => HtmlPolicy::None,
    })
}

fn headings(galen: &Table) -> Headings {
    let Some(table) = galen.table("headings", "`headings`") else { return Headings::default() };
    let start = table.integer("start").and_then(|it| u8::try_from(it).ok()).unwrap_or(1);
    let headings = Headings { start, no_skip: table.bool("no_skip").unwrap_or(false) };
    table.finish();
    headings
}

/// Reads `required_sections: [{heading: [Risks, Side effects]}]`.
fn required_sections(galen: &Table) -> Vec<Section> {
    let mut read = Vec::new();
    for table in galen.tables("required_sections", "a section") {
        let headings = table.texts("heading").unwrap_or_default();
        let keys: Vec<String> = headings.iter().map(|it| sections::words(it)).collect();
        if keys.is_empty() || keys.iter().any(|key| key.trim().is_empty()) {
            let help = "write it as in `heading: [Risks, Side effects]`";
            table.refuse("heading", "a section is told by words of its heading", help);
        } else {
            read.push(Section { headings, keys });
        }
        table.finish();
    }
    read
}

fn terms(galen: &Table) -> Option<Terms> {
    let table = galen.table("terms", "`terms`")?;
    let route = table.required("route");
    let template = table.text("template").unwrap_or_else(|| "term.html".to_owned());
    let per_page = per_page(&table);
    let sort = table.text("sort").map(|sort| Sort::parse(&sort));
    let route = route.filter(|route| model::address(&table, "route", route));
    table.finish();
    Some(Terms { route: route?, per_page, sort, template })
}

/// Entries on a page of a list: at least one.
pub(crate) fn per_page(table: &Table) -> usize {
    let number = table.integer("per_page").unwrap_or(24);
    if number < 1 {
        table.refuse("per_page", "a page of a list shows at least one entry", "");
    }
    usize::try_from(number).unwrap_or(1).max(1)
}

fn states(galen: &Table, context: &Context) -> Vec<String> {
    let states = galen.texts("required_in").unwrap_or_default();
    for state in states.iter().filter(|it| !context.states.contains(*it)) {
        let names = context.states.iter().map(String::as_str);
        let message = format!("the collection's workflow has no state `{state}`");
        let diagnostic = Diagnostic::error(UNKNOWN_NAME, message);
        let help = format!("it has {}", near::all_of(names));
        galen.report(diagnostic.at(galen.value_span("required_in")).help(help));
    }
    states
}

fn condition(galen: &Table, key: &'static str) -> Option<Condition> {
    let table = galen.table(key, "a condition")?;
    let field = table.required("field");
    let (eq, ne) = (table.text("eq"), table.text("ne"));
    let (within, present) = (table.texts("in"), table.bool("present"));
    let test = match (eq, ne, within, present) {
        (Some(value), None, None, None) => Some(Test::In(vec![value])),
        (None, Some(value), None, None) => Some(Test::NotIn(vec![value])),
        (None, None, Some(values), None) => Some(Test::In(values)),
        (None, None, None, Some(present)) => Some(Test::Present(present)),
        _ => None,
    };
    if test.is_none() {
        let message = "a condition asks one thing: `eq`, `ne`, `in` or `present`";
        table.report(Diagnostic::error(VALUE, message).at(table.span()));
    }
    table.finish();
    Some(Condition { field: field?, test: test? })
}

fn compare(galen: &Table) -> Vec<(Comparison, Operand)> {
    let operand = |text: String| match text.as_str() {
        "today" => Operand::Today,
        _ => Operand::Field(text),
    };
    let keys = [
        ("after", Comparison::Greater),
        ("gt", Comparison::Greater),
        ("gte", Comparison::GreaterOrEqual),
        ("min", Comparison::GreaterOrEqual),
        ("before", Comparison::Less),
        ("lt", Comparison::Less),
        ("lte", Comparison::LessOrEqual),
        ("max", Comparison::LessOrEqual),
    ];
    let one = |(key, how)| Some((how, operand(galen.text(key)?)));
    keys.into_iter().filter_map(one).collect()
}
