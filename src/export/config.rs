//! The content model as the `config.yml` of Decap and of Sveltia: without `galen:`, with `backend:`.

use crate::yaml::{Mapping, Value};

/// An editor whose configuration the content model can become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Editor {
    /// Decap CMS.
    Decap,
    /// Sveltia CMS.
    Sveltia,
}

/// A configuration, and what a person should know of it.
#[derive(Clone, Debug)]
pub struct Config {
    /// The YAML.
    pub text: String,
    /// What was changed or left out, and what is to be filled in.
    pub notes: Vec<String>,
}

/// The schema of its configuration that Sveltia publishes.
const SVELTIA: &str =
    "# yaml-language-server: $schema=https://unpkg.com/@sveltia/cms/schema/sveltia-cms.json\n";

/// Makes the configuration from the content model as it is written, in the order of its keys.
pub fn config(model: &Mapping, editor: Editor, repository: Option<&str>) -> Config {
    let mut notes = Vec::new();
    let mut config = Mapping::new();
    if repository.is_some() || !model.contains_key("backend") {
        config.insert("backend".into(), backend(editor, repository, &mut notes));
    }
    for (key, value) in model {
        let collections = key.as_str() == Some("collections");
        match key.as_str() {
            Some("galen") => (),
            Some("backend") if config.contains_key("backend") => (),
            _ if collections => {
                let value = items(value, &mut |it| Some(collection(it, editor, &mut notes)));
                config.insert(key.clone(), value);
            }
            _ => drop(config.insert(key.clone(), value.clone())),
        }
    }
    let text = serde_yaml::to_string(&config).unwrap_or_default();
    let text = match editor {
        Editor::Decap => text,
        Editor::Sveltia => format!("{SVELTIA}{text}"),
    };
    Config { text, notes }
}

fn backend(editor: Editor, repository: Option<&str>, notes: &mut Vec<String>) -> Value {
    let pairs = match (repository, editor) {
        (Some(repository), _) => vec![("name", "github"), ("repo", repository)],
        (None, Editor::Decap) => {
            notes.push(
                "the backend is `git-gateway`; `--backend-repo owner/name` names a repository on \
                 GitHub instead"
                    .to_owned(),
            );
            vec![("name", "git-gateway")]
        }
        (None, Editor::Sveltia) => {
            notes.push(
                "replace `owner/name` under `backend`, or give it with `--backend-repo`".to_owned(),
            );
            vec![("name", "github"), ("repo", "owner/name")]
        }
    };
    let pairs = pairs.into_iter().chain([("branch", "main")]);
    Value::Mapping(pairs.map(|(key, value)| (key.into(), value.into())).collect())
}

fn collection(from: &Mapping, editor: Editor, notes: &mut Vec<String>) -> Mapping {
    let mut to = Mapping::new();
    for (key, value) in from {
        let value = match key.as_str() {
            Some("galen") => continue,
            Some("fields") => fields(value, editor, notes),
            Some("files") => items(value, &mut |file| Some(collection(file, editor, notes))),
            _ => value.clone(),
        };
        to.insert(key.clone(), value);
    }
    to
}

fn fields(value: &Value, editor: Editor, notes: &mut Vec<String>) -> Value {
    items(value, &mut |it| field(it, editor, notes))
}

/// Makes one field; `None` for one that the editor has no widget for.
fn field(from: &Mapping, editor: Editor, notes: &mut Vec<String>) -> Option<Mapping> {
    let name = from.get("name").and_then(Value::as_str).unwrap_or_default();
    let widget = from.get("widget").and_then(Value::as_str).unwrap_or("string");
    let known = match (widget, editor) {
        ("date", _) => "datetime",
        ("richtext", Editor::Decap) => "markdown",
        ("compute", Editor::Decap) => {
            notes.push(format!("`{name}`: Decap has no widget `compute`; it is `hidden` there"));
            "hidden"
        }
        ("keyvalue", Editor::Decap) => {
            notes.push(format!("`{name}`: Decap has no widget `keyvalue`; it is left out"));
            return None;
        }
        (widget, _) => widget,
    };
    let mut to = Mapping::new();
    for (key, value) in from {
        let value = match key.as_str() {
            Some("galen") => continue,
            Some("value") if widget == "compute" && known == "hidden" => continue,
            Some("widget") => known.into(),
            Some("fields" | "types") => fields(value, editor, notes),
            Some("field") => match value.as_mapping() {
                Some(inner) => Value::Mapping(field(inner, editor, notes)?),
                None => value.clone(),
            },
            _ => value.clone(),
        };
        to.insert(key.clone(), value);
    }
    if widget == "date" {
        // Decap 3 has one widget for dates and moments, and writes both as `format` says.
        for (key, value) in [("time_format", Value::Bool(false)), ("format", "YYYY-MM-DD".into())] {
            to.entry(key.into()).or_insert(value);
        }
    }
    Some(to)
}

/// Maps the mappings of a list; anything else stays as it is.
fn items(value: &Value, one: &mut dyn FnMut(&Mapping) -> Option<Mapping>) -> Value {
    let Some(items) = value.as_sequence() else { return value.clone() };
    let made = items.iter().filter_map(|item| match item.as_mapping() {
        Some(map) => one(map).map(Value::Mapping),
        None => Some(item.clone()),
    });
    Value::Sequence(made.collect())
}
