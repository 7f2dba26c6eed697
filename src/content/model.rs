//! Reads `content/schema.yml` into the typed [`Schema`].

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::content::delivery::{self, Delivery};
use crate::content::schema::{Collection, Field, Kind, List, Schema, SettingsFile, Sort, Widget};
use crate::content::{field, sound};
use crate::diag::{Code, Diagnostic, Diagnostics, SourceId, Span};
use crate::markdown::HtmlPolicy;
use crate::text::near;
use crate::vfs::Tree;
use crate::yaml::table::Codes;
use crate::yaml::{self, Limits, Table};

/// There is no schema.
pub const NO_SCHEMA: Code = Code::new("schema/missing");
/// A key that the schema's vocabulary does not have.
pub const UNKNOWN_KEY: Code = Code::new("schema/unknown-key");
/// A value that does not fit its key.
pub const VALUE: Code = Code::new("schema/value");
/// Two collections or two fields of one name.
pub const DUPLICATE: Code = Code::new("schema/duplicate");
/// A name of a collection, field or state that does not exist.
pub const UNKNOWN_NAME: Code = Code::new("schema/unknown-name");
/// A field with a name that pages have for something else.
pub const RESERVED_NAME: Code = Code::new("schema/reserved-name");

/// What a page has besides the fields of its entry (docs/themes.md).
const RESERVED: [&str; 11] = [
    "collection",
    "directives",
    "id",
    "permalink",
    "reading_minutes",
    "review_overdue",
    "route_kind",
    "slug",
    "toc",
    "url",
    "words",
];

/// The schema's file.
pub const FILE: &str = "content/schema.yml";

/// What a reader of fields needs to know of the whole.
pub(crate) struct Context {
    /// The states of the collection's workflow.
    pub(crate) states: BTreeSet<String>,
    /// Whether raw HTML is trusted where a field says nothing.
    pub(crate) html: HtmlPolicy,
}

/// Reads the schema. `None` when there is none or it cannot be used, which has been reported.
pub fn read(tree: &Tree, diagnostics: &mut Diagnostics) -> Option<Schema> {
    let Some(source) = tree.get(FILE) else {
        diagnostics.push(no_schema());
        return None;
    };
    let text = source.text(diagnostics)?;
    let document = yaml::parse(&source.path.source(), text, 0, Limits::FILE, diagnostics)?;
    let found = RefCell::new(Diagnostics::new());
    let codes = Codes { unknown: UNKNOWN_KEY, value: VALUE };
    let table = Table::root(&document, "the schema", codes, &found);
    let schema = schema(&table, &found);
    if !found.borrow().has_errors() {
        sound::check(&table, &schema, tree);
    }
    drop(table);
    let found = found.into_inner();
    let failed = found.has_errors();
    diagnostics.extend(found);
    (!failed).then_some(schema)
}

fn schema(table: &Table, found: &RefCell<Diagnostics>) -> Schema {
    // What Decap and Sveltia read and the site's build has no use for.
    for key in
        ["backend", "publish_mode", "slug", "local_backend", "site_url", "logo_url", "locale"]
    {
        table.value(key);
    }
    let galen = table.table("galen", "`galen`");
    let mut workflows = BTreeMap::new();
    let mut html = HtmlPolicy::None;
    if let Some(galen) = &galen {
        workflows = read_workflows(galen);
        if let Some(policy) = galen.table("html_policy", "`html_policy`") {
            html = field::html(&policy, "default").unwrap_or_default();
            policy.value("roles");
            policy.finish();
        }
        if galen.integer("version").is_some_and(|version| version != 1) {
            galen.refuse("version", "this Galen reads version 1 of the schema", "");
        }
        for key in ["roles", "lint", "permissions"] {
            galen.value(key);
        }
    }
    let mut collections = Vec::new();
    for item in table.tables("collections", "a collection") {
        let read = collection(&item, &workflows, html);
        if let Some(read) = read {
            match collections.iter().any(|it: &Collection| it.name == read.name) {
                true => item.report(duplicate("collection", &read.name, item.value_span("name"))),
                false => collections.push(read),
            }
        }
        item.finish();
    }
    let media_folder = table.text("media_folder").unwrap_or_else(|| "content/media".to_owned());
    let public_folder = table.text("public_folder").unwrap_or_else(|| "/media".to_owned());
    galen.into_iter().for_each(Table::finish);
    let schema = Schema { collections, media_folder, public_folder, html };
    check_names(&schema, found);
    schema
}

fn read_workflows(galen: &Table) -> BTreeMap<String, BTreeSet<String>> {
    let Some(workflows) = galen.table("workflows", "`workflows`") else { return BTreeMap::new() };
    let mut read = BTreeMap::new();
    for (name, _, table) in workflows.entries() {
        let Some(table) = table else { continue };
        let states = table.texts("states").unwrap_or_default();
        for key in ["transitions", "decap"] {
            table.value(key);
        }
        table.finish();
        read.insert(name.to_string(), states.into_iter().collect());
    }
    read
}

fn collection(
    table: &Table,
    workflows: &BTreeMap<String, BTreeSet<String>>,
    html: HtmlPolicy,
) -> Option<Collection> {
    let name: Arc<str> = table.required("name")?.into();
    // What the editors of Decap and Sveltia show, and the build has no use for.
    for key in [
        "create",
        "delete",
        "publish",
        "hide",
        "icon",
        "slug",
        "summary",
        "preview_path",
        "preview_path_date_field",
        "sortable_fields",
        "view_filters",
        "view_groups",
        "editor",
        "description",
        "path",
        "filter",
        "nested",
        "meta",
        "media_folder",
        "public_folder",
        "thumbnail",
        "limit",
        "i18n",
    ] {
        table.value(key);
    }
    let label = table.text("label").unwrap_or_else(|| name.to_string());
    let singular = table.text("label_singular").unwrap_or_else(|| label.clone());
    let identifier = table.text("identifier_field").unwrap_or_else(|| "title".to_owned());
    let galen = table.table("galen", "`galen`");
    let mut states = BTreeSet::from(["draft".to_owned(), "published".to_owned()]);
    if let Some(workflow) = galen.as_ref().and_then(|it| it.text("workflow")) {
        match workflows.get(&workflow) {
            Some(known) => states.extend(known.iter().cloned()),
            None => {
                galen.iter().for_each(|it| it.report(unknown_workflow(&workflow, workflows, it)))
            }
        }
    }
    let context = Context { states, html };
    let kind = kind(table, &context)?;
    let fields = match &kind {
        Kind::Folder { .. } => field::fields(table, "fields", &context),
        Kind::Files(_) => Vec::new(),
    };
    for field in fields.iter().filter(|field| RESERVED.contains(&&*field.name)) {
        table.report(reserved(field));
    }
    let mut collection = Collection {
        template: "page.html".to_owned(),
        templates: BTreeMap::new(),
        publish_field: "publish_at".to_owned(),
        unpublish_field: "expires_at".to_owned(),
        route: None,
        list: None,
        extra: false,
        form: false,
        delivery: Delivery::default(),
        name,
        label,
        singular,
        kind,
        fields,
        identifier,
    };
    if let Some(galen) = galen {
        read_galen(&galen, &mut collection);
        galen.finish();
    }
    Some(collection)
}

fn kind(table: &Table, context: &Context) -> Option<Kind> {
    let folder = table.text("folder");
    let files = table.tables("files", "a settings file");
    let extension = table.text("extension");
    let format = table.choice("format", &["yaml-frontmatter", "frontmatter", "yaml", "yml"]);
    if let Some(folder) = folder {
        let folder = folder.trim_matches('/').to_owned();
        let whole = matches!(format, Some("yaml" | "yml"))
            || format.is_none() && matches!(extension.as_deref(), Some("yml" | "yaml"));
        let extension = extension.unwrap_or_else(|| if whole { "yml" } else { "md" }.to_owned());
        return Some(Kind::Folder { folder, extension, front_matter: !whole });
    }
    if files.is_empty() {
        let message = "a collection needs `folder` or `files`";
        table.report(Diagnostic::error(VALUE, message).at(table.span()));
        return None;
    }
    let file = |table: &Table| {
        let name = table.required("name")?;
        for key in ["label", "description", "preview_path", "format", "editor", "galen"] {
            table.value(key);
        }
        let (file, fields) = (table.required("file"), field::fields(table, "fields", context));
        Some(SettingsFile { name: name.into(), file: file?, fields })
    };
    let mut read = Vec::new();
    for table in files {
        read.extend(file(&table));
        table.finish();
    }
    Some(Kind::Files(read))
}

fn read_galen(galen: &Table, collection: &mut Collection) {
    // Read by later stages of Galen, or by its editor; their shape is not looked at yet.
    for key in ["search", "history", "permissions"] {
        galen.value(key);
    }
    collection.route = galen.text("route").filter(|route| address(galen, "route", route));
    if let Some(template) = galen.text("template") {
        collection.template = template;
    }
    if let Some(templates) = galen.table("templates", "`templates`") {
        for (slug, value, _) in templates.entries() {
            let template = value.as_str().unwrap_or_default().to_owned();
            collection.templates.insert(slug.to_string(), template);
        }
    }
    if let Some(list) = galen.table("list", "`list`") {
        let route = list.required("route").filter(|route| address(&list, "route", route));
        collection.list = route.map(|route| List {
            route,
            per_page: field::per_page(&list),
            sort: Sort::parse(&list.text("sort").unwrap_or_else(|| collection.identifier.clone())),
            template: list.text("template").unwrap_or_else(|| "list.html".to_owned()),
        });
        list.finish();
    }
    let mut updated = None;
    if let Some(dates) = galen.table("dates", "`dates`") {
        collection.publish_field = dates.text("publish").unwrap_or_default();
        collection.unpublish_field = dates.text("unpublish").unwrap_or_default();
        updated = dates.text("updated");
        dates.finish();
    }
    let routed = collection.route.is_some();
    collection.delivery = delivery::read(galen, routed, &collection.fields);
    if let Some(updated) = updated {
        collection.delivery.updated_field = updated;
    }
    collection.extra = galen.choice("extra", &["allow", "deny"]) == Some("allow");
    collection.form = galen.choice("kind", &["form"]).is_some();
}

/// Routes start and end with `/`, so that every page is a folder's `index.html`.
pub(crate) fn address(table: &Table, key: &'static str, route: &str) -> bool {
    let fine = route.starts_with('/') && route.ends_with('/') && !route.contains("//");
    if !fine {
        let message = format!("the route `{route}` does not start and end with `/`");
        table.refuse(key, message, "write it as in `/guides/{{slug}}/`");
    }
    fine
}

/// Names in one part of the schema that must exist in another.
fn check_names(schema: &Schema, found: &RefCell<Diagnostics>) {
    let names: Vec<&str> = schema.collections.iter().map(|it| &*it.name).collect();
    let check = |field: &Field| {
        let Widget::Relation { collection, value_field, .. } = &field.widget else { return };
        let Some(target) = schema.collection(collection) else {
            found.borrow_mut().push(unknown_collection(collection, &names, field.span.clone()));
            return;
        };
        let private = |name: &str| target.field(name).is_some_and(|it| it.rules.private);
        if let Some(name) = value_field.as_deref().filter(|it| private(it) && !field.rules.private)
        {
            found.borrow_mut().push(shows_private(field, name, target));
        }
    };
    for collection in &schema.collections {
        field::walk(&collection.fields, &check);
        found.borrow_mut().extend(not_private(collection));
        if let Kind::Files(files) = &collection.kind {
            files.iter().for_each(|file| field::walk(&file.fields, &check));
        }
    }
}

/// Private fields whose values would be on the site for what they are.
fn not_private(collection: &Collection) -> impl Iterator<Item = Diagnostic> {
    collection.fields.iter().filter(|field| field.rules.private).filter_map(|field| {
        let why = match &*field.name {
            name if name == collection.identifier => "is what its entries are called by",
            "aliases" => "makes addresses of the site",
            "body" => "is the text of its pages",
            _ if field.rules.terms.is_some() => "has pages for its terms",
            _ => return None,
        };
        let message = format!("`{}` is private, but {why}", field.name);
        let help = "remove `private: true`, and keep what nobody may read in a field of its own";
        Some(Diagnostic::error(VALUE, message).at(field.span.clone()).help(help))
    })
}

fn shows_private(field: &Field, name: &str, target: &Collection) -> Diagnostic {
    let message =
        format!("`{}` would show `{name}` of `{}`, which is private", field.name, target.name);
    Diagnostic::error(VALUE, message)
        .at(field.span.clone())
        .help("make this relation private too, or name the entries by another `value_field`")
}

fn no_schema() -> Diagnostic {
    Diagnostic::error(NO_SCHEMA, "there is no content model")
        .at(Span::file(&SourceId::new(FILE)))
        .help("write which collections and fields the site has; docs/schema.md shows how")
}

pub(crate) fn duplicate(what: &str, name: &str, span: Span) -> Diagnostic {
    Diagnostic::error(DUPLICATE, format!("there is already a {what} named `{name}`")).at(span)
}

fn unknown_workflow(
    name: &str,
    workflows: &BTreeMap<String, BTreeSet<String>>,
    table: &Table,
) -> Diagnostic {
    let names = workflows.keys().map(String::as_str);
    Diagnostic::error(UNKNOWN_NAME, format!("there is no workflow named `{name}`"))
        .at(table.value_span("workflow"))
        .maybe_help(near::did_you_mean(name, names))
}

fn unknown_collection(name: &str, names: &[&str], span: Span) -> Diagnostic {
    let message = format!("the relation is to `{name}`, which is no collection");
    Diagnostic::error(UNKNOWN_NAME, message)
        .at(span)
        .maybe_help(near::did_you_mean(name, names.iter().copied()))
}

fn reserved(field: &Field) -> Diagnostic {
    let name = &field.name;
    let message = format!("a field cannot be called `{name}`: every page has that for itself");
    Diagnostic::error(RESERVED_NAME, message)
        .at(field.span.clone())
        .help(format!("call it `{name}_` and what it is, such as `{name}_text`"))
}
