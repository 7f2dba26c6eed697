//! `galen schema`: the content model as JSON Schema, for editors that complete and underline.

use clap::Args;

use crate::cli::report::Terminal;
use crate::cli::{Common, ERRORS, OK, USAGE};
use crate::content::model;
use crate::content::schema::Schema;
use crate::diag::Diagnostics;
use crate::export::settings::{self, ByHand};
use crate::export::{self, Audience};
use crate::text::{RelPath, near};
use crate::vfs::{self, Disk, Files};

/// What `galen schema` takes.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// A collection, as content/schema.yml names it, such as guides.
    #[arg(conflicts_with = "write")]
    collection: Option<String>,
    /// Write the schemas into content/.schema, and the settings of VS Code into .vscode.
    #[arg(long)]
    write: bool,
}

/// Prints or writes schemas; gives the exit code.
pub(crate) fn run(arguments: &Arguments, common: &Common, terminal: &Terminal) -> u8 {
    let files = Disk::new(&common.root);
    let Some(schema) = read(&files, terminal) else { return ERRORS };
    match &arguments.collection {
        Some(name) => print(&schema, name, terminal),
        None if arguments.write => write(&files, &schema, common, terminal),
        None => {
            terminal.result(&listed(&schema));
            OK
        }
    }
}

/// Reads the content model; tells what is wrong with it.
pub(crate) fn read(files: &Disk, terminal: &Terminal) -> Option<Schema> {
    let mut diagnostics = Diagnostics::new();
    let tree = vfs::scan(files, &mut diagnostics);
    let schema = model::read(&tree, &mut diagnostics);
    if schema.is_none() {
        terminal.problems(&diagnostics.sorted(), &tree);
    }
    schema
}

fn print(schema: &Schema, name: &str, terminal: &Terminal) -> u8 {
    let Some(collection) = schema.collection(name) else {
        let names = || schema.collections.iter().map(|it| &*it.name);
        terminal.usage(&match near::nearest(name, names()) {
            Some(near) => format!("there is no collection `{name}`; did you mean `{near}`?"),
            None => {
                format!("there is no collection `{name}`; there is {}", near::all_of(names()))
            }
        });
        return USAGE;
    };
    let value = export::json_schema(schema, collection, Audience::Editors);
    terminal.result(&serde_json::to_string_pretty(&value).unwrap_or_default());
    OK
}

fn listed(schema: &Schema) -> String {
    let files = export::schemas(schema);
    let width = files.iter().map(|it| it.describes.len()).max().unwrap_or(0);
    let lines = files.iter().map(|it| format!("{:width$}  {}", it.describes, it.path));
    let lines: Vec<String> = lines.collect();
    format!("{}\n`galen schema --write` writes these files", lines.join("\n"))
}

/// Writes what differs, and leaves alone what Galen did not write.
fn write(files: &Disk, schema: &Schema, common: &Common, terminal: &Terminal) -> u8 {
    let mut writer = Writer { files, written: Vec::new(), failed: false, terminal };
    let schemas = export::schemas(schema);
    for file in &schemas {
        writer.own(&file.path, &file.text);
    }
    writer.own(&path("galen.code-snippets"), &export::snippets(schema));
    writer.shared(&path("settings.json"), &|text| settings::settings(text, &schemas));
    writer.shared(&path("extensions.json"), &settings::extensions);
    if !common.quiet {
        terminal.result(&match writer.written.is_empty() {
            true => "Nothing changed".to_owned(),
            false => format!("Wrote {}", writer.written.join("\n      ")),
        });
    }
    if writer.failed { ERRORS } else { OK }
}

fn path(name: &str) -> RelPath {
    let path = RelPath::new(&format!(".vscode/{name}"));
    path.unwrap_or_else(|| unreachable!("the names are Galen's"))
}

struct Writer<'a> {
    files: &'a Disk,
    written: Vec<String>,
    failed: bool,
    terminal: &'a Terminal,
}

impl Writer<'_> {
    /// Writes a file of Galen's own; one of somebody else's under that name stays.
    fn own(&mut self, path: &RelPath, text: &str) {
        match self.existing(path) {
            Some(there) if !there.is_empty() && !there.contains(export::MARK) => {
                let message = format!("`{path}` was not written by Galen and stays as it is");
                self.terminal.usage(&format!("{message}; move it away, and try again"));
                self.failed = true;
            }
            Some(there) => self.replace(path, &there, text),
            None => (),
        }
    }

    /// Changes a file that others have settings in.
    fn shared(&mut self, path: &RelPath, change: &dyn Fn(&str) -> Result<String, ByHand>) {
        let Some(there) = self.existing(path) else { return };
        match change(&there) {
            Ok(text) => self.replace(path, &there, &text),
            Err(ByHand { lines }) => self.terminal.note(&format!(
                "`{path}` has comments or is not plain JSON, and stays as it is; add this to it:\n{lines}"
            )),
        }
    }

    /// A file's text, empty when there is none; `None` when it cannot be read, which is told.
    fn existing(&mut self, path: &RelPath) -> Option<String> {
        let read = self.files.read(path);
        match read.map(String::from_utf8) {
            Ok(Ok(text)) => Some(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Some(String::new()),
            Ok(Err(_)) => self.fail(path, "it is not UTF-8"),
            Err(error) => self.fail(path, &error.to_string()),
        }
    }

    fn replace(&mut self, path: &RelPath, there: &str, text: &str) {
        if there == text {
            return;
        }
        match self.files.replace(path, text.as_bytes()) {
            Ok(()) => self.written.push(path.to_string()),
            Err(error) => drop(self.fail::<()>(path, &error.to_string())),
        }
    }

    fn fail<T>(&mut self, path: &RelPath, why: &str) -> Option<T> {
        self.terminal.usage(&format!("`{path}` cannot be written: {why}"));
        self.failed = true;
        None
    }
}
