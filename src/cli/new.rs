//! `galen new`: a file for a new entry, with the fields that it needs.

use std::fmt::Write as _;
use std::io::ErrorKind;

use clap::Args;

use crate::cli::report::Terminal;
use crate::cli::{Common, ERRORS, OK, USAGE, schema};
use crate::content::schema::{Collection, Field, Kind, Schema, Widget};
use crate::text::{RelPath, near, slug, spaced};
use crate::vfs::{Disk, Files as _};

/// What `galen new` takes.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// The collection, as content/schema.yml names it, such as guides.
    collection: String,
    /// The title, in quotes; the file's name and the address are made from it.
    title: String,
}

/// Writes the file; gives the exit code.
pub(crate) fn run(arguments: &Arguments, common: &Common, terminal: &Terminal) -> u8 {
    let files = Disk::new(&common.root);
    let Some(schema) = schema::read(&files, terminal) else { return ERRORS };
    let collection = match find(&schema, &arguments.collection) {
        Ok(collection) => collection,
        Err(message) => {
            terminal.usage(&message);
            return USAGE;
        }
    };
    let (path, text) = match draft(collection, &arguments.title) {
        Ok(draft) => draft,
        Err(message) => {
            terminal.usage(&message);
            return USAGE;
        }
    };
    match files.create(&path, text.as_bytes()) {
        Ok(()) => {
            terminal.result(path.as_str());
            terminal.note("fill in the fields; `galen build --drafts` shows it among the others");
            OK
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            terminal.usage(&format!("`{path}` exists already; choose another title"));
            ERRORS
        }
        Err(error) => {
            terminal.usage(&format!("`{path}` cannot be written: {error}"));
            ERRORS
        }
    }
}

fn find<'a>(schema: &'a Schema, name: &str) -> Result<&'a Collection, String> {
    let folders = || schema.collections.iter().filter(|it| matches!(it.kind, Kind::Folder { .. }));
    // `galen new guide` is what one says.
    let named =
        |it: &&Collection| &*it.name == name || it.singular.to_lowercase() == name.to_lowercase();
    folders().find(named).ok_or_else(|| {
        let names = || folders().map(|it| &*it.name);
        match near::nearest(name, names()) {
            Some(near) => format!("there is no collection `{name}`; did you mean `{near}`?"),
            None => format!("there is no collection `{name}`; there is {}", near::all_of(names())),
        }
    })
}

/// The file's path and text.
fn draft(collection: &Collection, title: &str) -> Result<(RelPath, String), String> {
    let Kind::Folder { folder, extension, front_matter } = &collection.kind else {
        return Err(format!("{} are not entries", collection.label));
    };
    let slug = slug::slug(title);
    let path = RelPath::new(&format!("{folder}/{slug}.{extension}"));
    let Some(path) = path.filter(|_| !slug.is_empty()) else {
        return Err(format!("`{title}` has no letter or digit to name a file by"));
    };
    let mut text = String::new();
    if *front_matter {
        text.push_str("---\n");
    }
    let body = |field: &Field| &*field.name == "body" && matches!(field.widget, Widget::Markdown);
    for field in collection.fields.iter().filter(|field| !body(field)) {
        if *field.name == *collection.identifier {
            let _ = writeln!(text, "{}: {}", field.name, quoted(title));
        } else if &*field.name == "draft" {
            text.push_str("draft: true\n");
        } else if field.required && field.default.is_none() {
            let _ = writeln!(text, "{}:{}", field.name, comment(field, ""));
        } else if !field.rules.required_in.is_empty() {
            let before = "needed before it is published";
            let _ = writeln!(text, "{}:{}", field.name, comment(field, before));
        }
    }
    if *front_matter {
        text.push_str("---\n\n");
    }
    Ok((path, text))
}

/// What is expected of a field, as a comment.
fn comment(field: &Field, before: &str) -> String {
    let mut words: Vec<String> = vec![crate::content::expected(field)];
    words.extend(field.pattern.iter().map(|(_, words)| words.clone()));
    if !before.is_empty() {
        words.push(before.to_owned());
    }
    format!("  # {}", words.join("; "))
}

/// A text as a YAML scalar on one line.
fn quoted(text: &str) -> String {
    let text = spaced(text);
    let yaml = serde_yaml::to_string(&text).unwrap_or_default();
    let yaml = yaml.trim_end();
    match yaml.contains('\n') {
        true => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
        false => yaml.to_owned(),
    }
}
