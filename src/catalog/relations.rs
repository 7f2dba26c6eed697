//! Checks what an entry says of others: relations, unique values, pictures and documents.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::catalog::{Catalog, MISSING_FILE, NOT_UNIQUE, RELATION, UNPUBLISHED};
use crate::content::schema::{Field, Item, Kind, Schema, Widget};
use crate::content::value::{Object, Value};
use crate::content::{Entry, EntryId, Status};
use crate::diag::{Diagnostic, Diagnostics, SourceId, Span};
use crate::text::near;
use crate::vfs::Tree;
use crate::yaml::{Document, Step};

/// Checks every entry and every file of settings.
pub(crate) fn check(
    schema: &Schema,
    catalog: &Catalog,
    tree: &Tree,
    diagnostics: &mut Diagnostics,
) {
    let media = media(schema, tree);
    for collection in &schema.collections {
        for entry in catalog.of(&collection.name) {
            let published = entry.status == Status::Published;
            let id = Some(&entry.id);
            let document = &entry.document;
            let mut checker =
                Checker { schema, catalog, media: &media, document, id, published, diagnostics };
            checker.object(&collection.fields, &entry.fields, &mut Vec::new());
        }
        unique(&collection.fields, catalog.of(&collection.name).collect(), diagnostics);
        let Kind::Files(files) = &collection.kind else { continue };
        for file in files {
            let Some(settings) = catalog.settings.get(&file.name) else { continue };
            let document = &settings.document;
            let (id, published) = (None, true);
            let mut checker =
                Checker { schema, catalog, media: &media, document, id, published, diagnostics };
            checker.object(&file.fields, &settings.fields, &mut Vec::new());
        }
    }
}

/// Checks one entry as it is now against the others as they were when the catalog was made.
pub(crate) fn check_one(
    schema: &Schema,
    catalog: &Catalog,
    tree: &Tree,
    entry: &Entry,
    diagnostics: &mut Diagnostics,
) {
    let Some(collection) = schema.collection(&entry.id.collection) else { return };
    let media = media(schema, tree);
    let published = entry.status == Status::Published;
    let (id, document, media) = (Some(&entry.id), &entry.document, &media);
    let mut checker = Checker { schema, catalog, media, document, id, published, diagnostics };
    checker.object(&collection.fields, &entry.fields, &mut Vec::new());
    let others = catalog.of(&collection.name).filter(|it| it.id != entry.id);
    unique(&collection.fields, others.chain([entry]).collect(), diagnostics);
}

/// The files of the media folder, by their paths in it.
fn media<'a>(schema: &'a Schema, tree: &'a Tree) -> BTreeSet<&'a str> {
    let files = tree.below(&schema.media_folder);
    files.filter_map(|it| it.path.below(&schema.media_folder)).collect()
}

struct Checker<'a> {
    schema: &'a Schema,
    catalog: &'a Catalog,
    /// Every file of the media folder, by its path in it.
    media: &'a BTreeSet<&'a str>,
    document: &'a Document,
    id: Option<&'a EntryId>,
    published: bool,
    diagnostics: &'a mut Diagnostics,
}

impl Checker<'_> {
    fn object(&mut self, fields: &[Field], object: &Object, path: &mut Vec<Step>) {
        for field in fields {
            path.push(Step::Key(Arc::clone(&field.name)));
            self.value(field, object.get(&field.name), path);
            path.pop();
        }
    }

    fn value(&mut self, field: &Field, value: &Value, path: &mut Vec<Step>) {
        match (&field.widget, value) {
            (Widget::Relation { .. }, Value::Text(text)) => self.relation(field, text, path),
            (Widget::Relation { .. }, Value::List(items)) => {
                for (at, item) in items.iter().enumerate() {
                    let Value::Text(text) = item else { continue };
                    path.push(Step::Index(at));
                    self.relation(field, text, path);
                    path.pop();
                }
            }
            (Widget::Image | Widget::File, Value::Text(address)) => {
                self.file(field, address, path);
            }
            (Widget::Object(fields), Value::Object(object)) => self.object(fields, object, path),
            (Widget::List { item, .. }, Value::List(values)) => {
                for (at, value) in values.iter().enumerate() {
                    path.push(Step::Index(at));
                    self.item(item, value, path);
                    path.pop();
                }
            }
            _ => (),
        }
    }

    fn item(&mut self, item: &Item, value: &Value, path: &mut Vec<Step>) {
        match (item, value) {
            (Item::Field(field), value) => self.value(field, value, path),
            (Item::Fields(fields), Value::Object(object)) => self.object(fields, object, path),
            (Item::Types { key, types }, Value::Object(object)) => {
                let name = object.text(key).unwrap_or_default();
                if let Some((_, fields)) = types.iter().find(|(it, _)| &**it == name) {
                    self.object(fields, object, path);
                }
            }
            _ => (),
        }
    }

    fn relation(&mut self, field: &Field, value: &str, path: &[Step]) {
        let Widget::Relation { collection, value_field, filters, .. } = &field.widget else {
            return;
        };
        let span = || self.document.value_span(path);
        let target = match value_field {
            None => self.catalog.get(collection, value),
            Some(name) => {
                let named = |it: &&Entry| it.fields.get(name).text().as_deref() == Some(value);
                self.catalog.of(collection).find(named)
            }
        };
        let Some(target) = target else {
            let known = self.catalog.of(collection).map(|entry| &*entry.id.slug);
            let folder = self.schema.collection(collection).and_then(|it| match &it.kind {
                Kind::Folder { folder, extension, .. } => {
                    Some(format!("{folder}/{value}.{extension}"))
                }
                Kind::Files(_) => None,
            });
            let unreadable = &self.catalog.unreadable;
            if folder.as_deref().is_some_and(|file| unreadable.contains(&SourceId::new(file))) {
                return;
            }
            let error = missing(field, value, folder, near::nearest(value, known), span());
            self.diagnostics.push(error);
            return;
        };
        if field.rules.not_self && Some(&target.id) == self.id {
            let message = format!("`{}` names this entry itself", field.name);
            self.diagnostics.push(Diagnostic::error(RELATION, message).at(span()));
        }
        for (name, allowed) in filters {
            let given = target.fields.get(name).text().unwrap_or_default();
            if !allowed.contains(&given) {
                let error = not_allowed(field, value, (name, allowed), target, span());
                self.diagnostics.push(error);
            }
        }
        if self.published && target.status != Status::Published {
            let error = unpublished(field, value, target, span());
            self.diagnostics.push(error);
        }
    }

    fn file(&mut self, field: &Field, address: &str, path: &[Step]) {
        let span = self.document.value_span(path);
        let folder = self.schema.public_folder.trim_end_matches('/');
        let Some(inner) = address.strip_prefix(folder).and_then(|it| it.strip_prefix('/')) else {
            let message = format!("`{}` is not in the media folder", field.name);
            let help =
                format!("put the file into {} and write {folder}/…", self.schema.media_folder);
            self.diagnostics.push(Diagnostic::error(MISSING_FILE, message).at(span).help(help));
            return;
        };
        if !self.media.contains(inner) {
            let file = format!("{}/{inner}", self.schema.media_folder);
            let near = near::nearest(inner, self.media.iter().copied());
            self.diagnostics.push(no_file(&file, near, folder, span));
        }
    }
}

/// Finds values that two entries have, where each must have its own.
fn unique(fields: &[Field], entries: Vec<&Entry>, diagnostics: &mut Diagnostics) {
    for field in fields.iter().filter(|field| field.rules.unique) {
        let mut seen: BTreeMap<String, &Entry> = BTreeMap::new();
        for entry in &entries {
            let Some(text) = entry.fields.get(&field.name).text() else { continue };
            let key = text.trim().to_lowercase();
            let at =
                |entry: &Entry| entry.document.value_span(&[Step::Key(Arc::clone(&field.name))]);
            match seen.get(&key) {
                Some(first) => diagnostics.push(not_unique(field, at(entry), at(first))),
                None => drop(seen.insert(key, entry)),
            }
        }
    }
}

fn missing(
    field: &Field,
    value: &str,
    file: Option<String>,
    near: Option<&str>,
    span: Span,
) -> Diagnostic {
    let message = match file {
        Some(file) => format!("`{}`: there is no file `{file}`", field.name),
        None => format!("`{}`: there is no entry `{value}`", field.name),
    };
    let error = Diagnostic::error(RELATION, message).at(span);
    let bare = value.strip_suffix(".md").or_else(|| value.strip_suffix(".yml"));
    if let Some(bare) = bare {
        return error.help(format!("leave the ending out: `{bare}`"));
    }
    match near {
        Some(near) => error.label(format!("did you mean `{near}`?")),
        None => error.help("write the name of an existing file, without its ending"),
    }
}

fn not_allowed(
    field: &Field,
    value: &str,
    (name, allowed): (&str, &[String]),
    target: &Entry,
    span: Span,
) -> Diagnostic {
    let words = near::any_of(allowed.iter().map(String::as_str));
    let message =
        format!("`{}`: `{value}` may not be chosen; its `{name}` is not {words}", field.name);
    let at = target.document.value_span(&[Step::Key(name.into())]);
    Diagnostic::error(RELATION, message)
        .at(span)
        .also(at, "see here")
        .help(format!("choose another, or change `{name}` in `{}`", target.source))
}

fn unpublished(field: &Field, value: &str, target: &Entry, span: Span) -> Diagnostic {
    let why = match target.status {
        Status::Draft => "is a draft",
        Status::Scheduled(_) => "is not published yet",
        Status::Overdue(_) => "has left the site, as its review is overdue",
        _ => "is no longer published",
    };
    let message = format!("`{}`: `{value}` {why}, so it is not shown here", field.name);
    Diagnostic::warning(UNPUBLISHED, message).at(span).help(match target.status {
        Status::Overdue(_) => format!("have `{}` reviewed, or name another", target.source),
        _ => format!("publish `{}`, or name another", target.source),
    })
}

fn not_unique(field: &Field, span: Span, first: Span) -> Diagnostic {
    Diagnostic::error(NOT_UNIQUE, format!("another entry has the same `{}`", field.name))
        .at(span)
        .also(first, "the other")
        .help("change one of the two")
}

fn no_file(file: &str, near: Option<&str>, folder: &str, span: Span) -> Diagnostic {
    let error = Diagnostic::error(MISSING_FILE, format!("there is no file `{file}`")).at(span);
    match near {
        Some(near) => error.label(format!("did you mean `{folder}/{near}`?")),
        None => error.help("put the file there, or correct the address; capitals count"),
    }
}
