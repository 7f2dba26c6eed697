//! The command line: arguments as documented types, one file per command, output and exit codes.

mod build;
mod cells;
mod check;
mod completion;
mod explain;
mod export_config;
mod findings;
mod forms;
mod init;
mod list;
mod lsp;
mod manual;
mod new;
mod pages;
mod reasons;
mod report;
mod schema;
mod serve;
mod site;
mod watch;
mod web;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::Resettable;
use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};

/// All is well.
const OK: u8 = 0;
/// The site has errors.
const ERRORS: u8 = 1;
/// The command or the configuration is wrong.
const USAGE: u8 = 2;
/// There are warnings, and `--strict` was given.
const WARNINGS: u8 = 3;
/// Galen itself is at fault.
const BUG: u8 = 101;

/// Galen turns a clinic's Markdown guides into its website.
#[derive(Parser, Debug)]
#[command(name = "galen", version, max_term_width = 90, subcommand_required = true)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
struct Command {
    #[command(subcommand)]
    task: Task,
    #[command(flatten)]
    common: Common,
}

/// What every command takes, after its own options.
#[derive(Args, Debug)]
#[command(next_display_order = 100)]
struct Common {
    /// The folder of the site, the one with galen.yaml.
    #[arg(
        short = 'C',
        long,
        global = true,
        default_value = ".",
        value_name = "DIR",
        env = "GALEN_ROOT"
    )]
    root: PathBuf,
    /// Say nothing but problems.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Say more.
    #[arg(short, long, global = true)]
    verbose: bool,
    /// Whether messages are coloured.
    #[arg(long, global = true, default_value = "auto", value_name = "WHEN", env = "GALEN_COLOR")]
    color: Color,
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Yes.
    Always,
    /// No.
    Never,
}

#[derive(Subcommand, Debug)]
enum Task {
    /// Build the site into the folder `public`.
    ///
    /// All problems of all files are told in one run. While there is an error, the folder stays
    /// as it was.
    Build(build::Arguments),
    /// Look for everything that is wrong with the site, and publish nothing.
    ///
    /// It finds what `galen build` would: mistyped keys, dead links, missing alternative texts.
    Check(check::Arguments),
    /// Build the site again whenever one of its files changes.
    Watch(watch::Arguments),
    /// Show the site in a browser, as its host will, and keep what is shown up to date.
    ///
    /// It builds the site again whenever one of its files changes, as `galen watch` does.
    Serve(serve::Arguments),
    /// Start a site: the sample clinic, to be made your own.
    ///
    /// Files that are there already are never written over.
    Init(init::Arguments),
    /// List the entries, with those that are not on the site and why.
    List(list::Arguments),
    /// Say what a message means, or what a page is made of.
    ///
    /// Of a page it names its source, its templates, and all that it depends on.
    Explain(explain::Arguments),
    /// Print what a shell needs to complete commands: `galen completion bash`.
    Completion(completion::Arguments),
    /// Start a new entry, such as a guide, as a draft.
    ///
    /// The file has every field that must be filled in, with what is expected. It does not
    /// appear on the site until `draft: true` is changed.
    New(new::Arguments),
    /// Give the content model to editors of text, as JSON Schema.
    ///
    /// Without arguments it lists the collections and the files that `--write` would write; with
    /// a collection it prints that collection's schema.
    Schema(schema::Arguments),
    /// Print the content model as the configuration of Decap CMS or Sveltia CMS.
    ///
    /// It is content/schema.yml without what is Galen's own, and with a `backend`.
    ExportConfig(export_config::Arguments),
    /// Take enquiries from forms, and list, show, export and remove them.
    ///
    /// Without a verb it takes them, as `galen forms serve` does: the endpoint of a live site
    /// (docs/forms.md).
    Forms(forms::Arguments),
    /// Complete and underline entries in an editor of text, while they are typed.
    ///
    /// It is a language server: the editor starts it and talks to it (docs/editors.md). The site
    /// of a file is the nearest folder above it with a galen.yaml.
    Lsp(lsp::Arguments),
}

/// Runs a command with the process's arguments.
pub fn main() -> ExitCode {
    ExitCode::from(run(std::env::args_os()))
}

/// Runs a command; gives its exit code.
fn run(args: impl IntoIterator<Item = OsString>) -> u8 {
    let known = without_empty_variables(Command::command());
    let read = known.try_get_matches_from(args).and_then(|it| Command::from_arg_matches(&it));
    let command = match read {
        Ok(command) => command,
        Err(error) => {
            // Help and version are results; anything else is a wrong command.
            let code = if error.use_stderr() { USAGE } else { OK };
            let _ = error.print();
            return code;
        }
    };
    let terminal = report::Terminal::new(&command.common);
    let root = &command.common.root;
    let needs_site = !matches!(command.task, Task::Init(_) | Task::Completion(_));
    if needs_site && !root.is_dir() {
        terminal.usage(&format!("there is no folder `{}`", root.display()));
        return USAGE;
    }
    match command.task {
        Task::Build(arguments) => build::run(&arguments, &command.common, &terminal),
        Task::Check(arguments) => check::run(&arguments, &command.common, &terminal),
        Task::Explain(arguments) => explain::run(&arguments, &command.common, &terminal),
        Task::Watch(arguments) => watch::run(&arguments, &command.common, &terminal),
        Task::Serve(arguments) => serve::run(&arguments, &command.common, &terminal),
        Task::Init(arguments) => init::run(&arguments, &command.common, &terminal),
        Task::List(arguments) => list::run(&arguments, &command.common, &terminal),
        Task::Completion(arguments) => completion::run(&arguments, &terminal),
        Task::New(arguments) => new::run(&arguments, &command.common, &terminal),
        Task::Schema(arguments) => schema::run(&arguments, &command.common, &terminal),
        Task::Forms(arguments) => forms::run(&arguments, &command.common, &terminal),
        Task::Lsp(arguments) => lsp::run(&arguments, &command.common, &terminal),
        Task::ExportConfig(arguments) => export_config::run(&arguments, &command.common, &terminal),
    }
}

/// A variable that is set to nothing, as build servers do with what is not filled in, is not set.
fn without_empty_variables(command: clap::Command) -> clap::Command {
    let kept = |arg: clap::Arg| {
        let value = arg.get_env().and_then(std::env::var_os);
        if value.is_some_and(|it| it.is_empty()) { arg.env(Resettable::Reset) } else { arg }
    };
    command.mut_args(kept).mut_subcommands(without_empty_variables)
}
