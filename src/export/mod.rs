//! The content model for other tools: JSON Schema, Decap's and Sveltia's configuration, VS Code.
//!
//! [`json_schema`] says what Galen accepts as far as JSON Schema can (docs/schema.md lists the
//! rest). [`schemas`] and [`snippets()`] are what `galen schema --write` writes,
//! [`config`](config::config) is what `galen export-config` prints.

pub mod config;
mod fields;
mod needs;
mod pattern;
pub mod settings;
mod snippets;
mod unsaid;

use serde_json::{Map, Value, json};

use crate::content::schema::{Collection, Field, Kind, Schema, SettingsFile};
use crate::text::RelPath;
use fields::Writer;
pub(crate) use snippets::of_field;

/// Opens every file that Galen writes and may write again.
pub const MARK: &str = "Written by `galen schema --write` from content/schema.yml";

/// The folder of the schemas: beside the content they describe, and skipped by a build.
pub const FOLDER: &str = "content/.schema";

/// Whom a schema is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Those who write entries: the keys as they stand in the YAML of a file, all of them.
    Editors,
    /// Those who read them: the values of what is published, without private fields.
    Public,
}

/// Writes the JSON Schema (2020-12) of a collection's entries: the mapping of their fields,
/// without the body. For a collection of settings it is a mapping of its files by name.
pub fn json_schema(schema: &Schema, collection: &Collection, audience: Audience) -> Value {
    match &collection.kind {
        Kind::Folder { .. } => {
            let group =
                needs::Group { fields: &collection.fields, extra: collection.extra, top: true };
            let mut object = Writer { schema, audience }.object(&group);
            if audience == Audience::Editors {
                object.extend(needs::by_state(&group));
            }
            titled(object, &collection.singular)
        }
        Kind::Files(files) => {
            let file = |file: &SettingsFile| {
                let inner = settings_schema(schema, file, audience);
                (file.name.to_string(), inner)
            };
            let properties: Map<String, Value> = files.iter().map(file).collect();
            let object = json!({"type": "object", "properties": properties});
            titled(object.as_object().cloned().unwrap_or_default(), &collection.label)
        }
    }
}

/// Writes the JSON Schema of one file of settings.
pub fn settings_schema(schema: &Schema, file: &SettingsFile, audience: Audience) -> Value {
    let group = needs::Group { fields: &file.fields, extra: false, top: true };
    let mut object = Writer { schema, audience }.object(&group);
    if audience == Audience::Editors
        && let Some(needed) = needs::needs(&group, "published")
    {
        fields::also(&mut object, needed);
    }
    titled(object, &file.name)
}

fn titled(mut object: Map<String, Value>, title: &str) -> Value {
    object.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    object.insert(
        "$comment".to_owned(),
        json!(format!("{MARK}; docs/schema.md lists what else is checked")),
    );
    object.insert("title".to_owned(), json!(title));
    Value::Object(object)
}

/// One schema that is written: where, for which files, and its text.
#[derive(Clone, Debug)]
pub struct File {
    /// Where it is written.
    pub path: RelPath,
    /// The files it describes, as a glob from the site's root.
    pub describes: String,
    /// What is written.
    pub text: String,
}

/// Gives the schemas of all collections and settings, in the order of the content model.
pub fn schemas(schema: &Schema) -> Vec<File> {
    let mut found = Vec::new();
    let mut add = |name: &str, describes: String, value: &Value| {
        if let Some(path) = RelPath::new(&format!("{FOLDER}/{name}.json")) {
            found.push(File { path, describes, text: pretty(value) });
        }
    };
    for collection in &schema.collections {
        match &collection.kind {
            Kind::Folder { folder, extension, .. } => {
                let value = json_schema(schema, collection, Audience::Editors);
                add(&collection.name, format!("{folder}/**/*.{extension}"), &value);
            }
            Kind::Files(files) => {
                for file in files {
                    let value = settings_schema(schema, file, Audience::Editors);
                    add(&format!("{}.{}", collection.name, file.name), file.file.clone(), &value);
                }
            }
        }
    }
    found
}

/// Gives the snippets of VS Code, a file of their own.
pub fn snippets(schema: &Schema) -> String {
    format!("// {MARK}.\n{}", pretty(&snippets::snippets(schema)))
}

/// Tells whether the front matter of an entry has the field as a key: the body is not one.
pub(crate) fn is_key(field: &Field, top: bool) -> bool {
    !crate::content::validate::is_body(field, top)
}

fn pretty(value: &Value) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    format!("{text}\n")
}
