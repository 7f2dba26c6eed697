//! `galen export-config`: the content model as the configuration of another editor.

use clap::{Args, ValueEnum};

use crate::cli::report::Terminal;
use crate::cli::{Common, ERRORS, OK};
use crate::content::model;
use crate::diag::Diagnostics;
use crate::export::config::{self, Editor};
use crate::vfs::{self, Disk};
use crate::yaml::{self, Limits};

/// What `galen export-config` takes.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// The editor that is to read it.
    #[arg(long = "for", value_name = "EDITOR")]
    editor: Name,
    /// The repository on GitHub that the editor writes to, such as larkfield/website.
    #[arg(long, value_name = "OWNER/NAME")]
    backend_repo: Option<String>,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum Name {
    /// Decap CMS.
    Decap,
    /// Sveltia CMS.
    Sveltia,
}

/// Prints the configuration; gives the exit code.
pub(crate) fn run(arguments: &Arguments, common: &Common, terminal: &Terminal) -> u8 {
    let mut diagnostics = Diagnostics::new();
    let tree = vfs::scan(&Disk::new(&common.root), &mut diagnostics);
    let known = model::read(&tree, &mut diagnostics);
    let text = tree.get(model::FILE).and_then(|source| source.text(&mut diagnostics));
    let document = known.and(text).and_then(|text| {
        let source = tree.get(model::FILE)?.path.source();
        // Its warnings were told when it was read as a model.
        yaml::parse(&source, text, 0, Limits::FILE, &mut Diagnostics::new())
    });
    let Some(document) = document else {
        terminal.problems(&diagnostics.sorted(), &tree);
        return ERRORS;
    };
    let editor = match arguments.editor {
        Name::Decap => Editor::Decap,
        Name::Sveltia => Editor::Sveltia,
    };
    let made = config::config(document.root(), editor, arguments.backend_repo.as_deref());
    terminal.result(made.text.trim_end());
    for note in &made.notes {
        terminal.note(note);
    }
    OK
}
