//! `galen init`: the sample clinic as a site to start from.

use std::borrow::Cow;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::Args;
use rust_embed::RustEmbed;

use crate::cli::report::Terminal;
use crate::cli::{Common, ERRORS, OK};
use crate::text::{RelPath, near};
use crate::vfs::{Disk, Files as _};

#[derive(RustEmbed)]
#[folder = "content"]
#[prefix = "content/"]
struct Content;

#[derive(RustEmbed)]
#[folder = "themes"]
#[prefix = "themes/"]
struct Themes;

const CONFIG: &str = include_str!("../../galen.yaml");
const PUBLIC: &str = include_str!("../../public/.gitignore");
const IGNORED: &str = "/.galen\n";
const README: &str = "# A clinic's site\n\n\
    `galen build` builds it into `public/`, `galen build --drafts -o preview` with its drafts, and\n\
    `galen new guides \"The title\"` starts a guide.\n\n\
    Everything in it is a sample: the clinic, its people, addresses and prices are invented, and\n\
    nothing is medical advice. Start with `content/settings/site.yml` and `galen.yaml`.\n";

/// What `galen init` takes.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// The folder to start the site in; it is made if it is not there.
    #[arg(default_value = ".", value_name = "DIR")]
    folder: PathBuf,
}

/// Writes the starter; gives the exit code. Nothing is written over.
pub(crate) fn run(arguments: &Arguments, common: &Common, terminal: &Terminal) -> u8 {
    let (root, here) = (&*common.root, Path::new("."));
    let folder = &match arguments.folder == here {
        true => root.to_owned(),
        false if root == here => arguments.folder.clone(),
        false => root.join(&arguments.folder),
    };
    let starter = starter();
    let taken: Vec<&str> = starter
        .iter()
        .map(|(path, _)| path.as_str())
        .filter(|path| folder.join(path).symlink_metadata().is_ok())
        .collect();
    if !taken.is_empty() {
        let (few, more) = taken.split_at(taken.len().min(3));
        let rest = match more.len() {
            0 => String::new(),
            more => format!(", and {more} more files"),
        };
        let few = near::all_of(few.iter().copied());
        let here = folder.display();
        terminal.usage(&format!("`{here}` has {few}{rest} already; nothing was written"));
        terminal.note("name an empty folder: `galen init my-clinic`");
        return ERRORS;
    }
    let disk = Disk::new(folder);
    for (path, bytes) in &starter {
        match disk.create(path, bytes) {
            Ok(()) => (),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => (),
            Err(error) => {
                let place = folder.join(path.as_str());
                terminal.usage(&format!("`{}` cannot be written: {error}", place.display()));
                return ERRORS;
            }
        }
    }
    if !common.quiet {
        terminal.result(&format!("{} files in {}", starter.len(), folder.display()));
    }
    let build = match folder.as_os_str() == "." {
        true => "galen build".to_owned(),
        false => format!("galen -C {} build", folder.display()),
    };
    terminal.note(&format!("`{build}` builds the site into its folder `public`"));
    OK
}

/// The files of the starter, sorted.
fn starter() -> Vec<(RelPath, Cow<'static, [u8]>)> {
    let own = [
        (".gitignore", IGNORED),
        ("README.md", README),
        ("galen.yaml", CONFIG),
        ("public/.gitignore", PUBLIC),
    ];
    let own = own.map(|(path, text)| (path.to_owned(), Cow::Borrowed(text.as_bytes())));
    let content =
        Content::iter().filter_map(|path| Some((path.to_string(), Content::get(&path)?.data)));
    let themes =
        Themes::iter().filter_map(|path| Some((path.to_string(), Themes::get(&path)?.data)));
    let all = own.into_iter().chain(content).chain(themes);
    let mut files: Vec<_> =
        all.filter_map(|(path, bytes)| Some((RelPath::new(&path)?, bytes))).collect();
    // What a system leaves in folders is no part of the starter.
    files.retain(|(path, _)| {
        !path.folder().is_empty() && path.name() == ".gitignore"
            || path.folder().is_empty()
            || !path.name().starts_with('.')
    });
    files.sort_by(|a, b| a.0.cmp(&b.0));
    files
}
