//! `galen forms`: the endpoint that takes enquiries, and what becomes of them.

mod make;
mod open;
mod photos;
mod pull;
mod read;
mod remove;
mod run;
mod tidy;

use std::cell::{Cell, OnceCell};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::build::{self, Forms, Request};
use crate::cli::report::Terminal;
use crate::cli::{Common, ERRORS, OK};
use crate::config;
use crate::serve::enquiries::FOLDER;
use crate::store::keys::{ReadingKey, Secret};
use crate::store::{Audit, KeyFolder, Store};
use crate::text::date;
use crate::vfs::Disk;

/// What `galen forms` takes.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    verb: Option<Verb>,
    /// Where enquiries are kept: a file, or `postgres://…`; .galen/forms/enquiries.sqlite of the site
    /// where nothing is said.
    #[arg(long, global = true, value_name = "ADDRESS", env = "GALEN_FORMS_DATABASE")]
    database: Option<String>,
    /// The folder with the keys; .galen/forms of the site where nothing is said.
    #[arg(long, global = true, value_name = "DIR", env = "GALEN_FORMS_KEYS")]
    keys: Option<PathBuf>,
}

#[derive(Subcommand, Debug)]
enum Verb {
    /// Take enquiries: the endpoint alone, as it runs for a live site.
    Serve(run::Arguments),
    /// Make the keys: the server's secret, and the key that reads enquiries.
    Init(make::InitArguments),
    /// List enquiries, without their answers.
    List(read::ListArguments),
    /// Show enquiries with their answers. That is noted in the audit.
    Show(read::ShowArguments),
    /// Write enquiries with their answers into a file. That is noted in the audit.
    Export(read::ExportArguments),
    /// Remove enquiries for good: some, or all of a person.
    Erase(remove::EraseArguments),
    /// Remove the enquiries whose time is up.
    Purge,
    /// Say that an enquiry is dealt with, new, or held.
    Mark(remove::MarkArguments),
    /// Count enquiries by form and state, and notices that wait.
    Stats,
    /// List notices that were given up, or try one again.
    Notices(remove::NoticesArguments),
    /// List who read, marked and removed what.
    Audit,
    /// Seal the data keys to another public key.
    Rotate(remove::RotateArguments),
    /// Print a form's contract, or its JSON Schema.
    Contract(make::ContractArguments),
    /// Print a form's record of processing, for the clinic's files.
    Record(make::RecordArguments),
    /// Keep here what functions took: the records that a host's own command fetched.
    Pull(pull::PullArguments),
    /// Write the endpoint as a function for a host of static sites.
    ExportFunction(make::FunctionArguments),
}

/// What verbs share.
struct Office<'a> {
    root: &'a Path,
    arguments: &'a Arguments,
    terminal: &'a Terminal,
    /// The site's zone, read when a moment is first said.
    zone: OnceCell<TimeZone>,
    /// The exit code of a failure.
    code: Cell<u8>,
}

/// A failure in words; a run ends with it.
type Failed = String;

/// Does what was asked; gives the exit code.
pub(crate) fn run(arguments: &Arguments, common: &Common, terminal: &Terminal) -> u8 {
    let office = Office {
        root: &common.root,
        arguments,
        terminal,
        zone: OnceCell::new(),
        code: Cell::new(ERRORS),
    };
    let done = match &arguments.verb {
        None => office.serve(&run::Arguments::default()),
        Some(Verb::Serve(it)) => office.serve(it),
        Some(Verb::Init(it)) => office.init(it),
        Some(Verb::List(it)) => office.list(it),
        Some(Verb::Show(it)) => office.show(it),
        Some(Verb::Export(it)) => office.export(it),
        Some(Verb::Erase(it)) => office.erase(it),
        Some(Verb::Purge) => office.purge(),
        Some(Verb::Mark(it)) => office.mark(it),
        Some(Verb::Stats) => office.stats(),
        Some(Verb::Notices(it)) => office.notices(it),
        Some(Verb::Audit) => office.audit(),
        Some(Verb::Rotate(it)) => office.rotate(it),
        Some(Verb::Contract(it)) => office.contract(it),
        Some(Verb::Record(it)) => office.record(it),
        Some(Verb::Pull(it)) => office.pull(it),
        Some(Verb::ExportFunction(it)) => office.function(it),
    };
    match done {
        Ok(()) => OK,
        Err(words) => {
            terminal.usage(&words);
            office.code.get()
        }
    }
}

impl Office<'_> {
    fn now(&self) -> i64 {
        config::now().as_millisecond()
    }

    fn keys(&self) -> KeyFolder {
        KeyFolder(self.arguments.keys.clone().unwrap_or_else(|| self.root.join(FOLDER)))
    }

    fn address(&self) -> String {
        let own = || self.root.join(FOLDER).join("enquiries.sqlite").display().to_string();
        self.arguments.database.clone().unwrap_or_else(own)
    }

    /// Opens the database, which must be there.
    fn store(&self) -> Result<Store, Failed> {
        let address = self.address();
        let file = address.strip_prefix("sqlite:").unwrap_or(&address);
        let is_file = !address.starts_with("postgres");
        if is_file && !Path::new(file).is_file() {
            return Err(format!(
                "there is no database `{file}`: no enquiry was taken yet, or `--database` names another \
                 file"
            ));
        }
        Store::open(&address).map_err(words)
    }

    fn secret(&self) -> Result<Secret, Failed> {
        self.keys().secret().map_err(|error| {
            format!("the server's secret cannot be read: {error}; `galen forms init` makes one")
        })
    }

    /// The keys that read answers, of which there must be one.
    fn reading_keys(&self) -> Result<Vec<ReadingKey>, Failed> {
        let folder = self.keys();
        let keys = folder.reading_keys().map_err(words)?;
        if keys.is_empty() {
            return Err(format!(
                "there is no reading key in `{}`: answers can only be read with it; name its folder \
                 with `--keys`",
                folder.0.display()
            ));
        }
        Ok(keys)
    }

    /// Reads the site's forms; what is wrong with the site is for `galen check` to say.
    fn forms(&self) -> Result<Forms, Failed> {
        let forms = build::forms(&Disk::new(self.root), &Request::default());
        match forms.config {
            Some(_) => Ok(forms),
            None => Err("the site cannot be read; `galen check` tells why".to_owned()),
        }
    }

    /// Notes who did what.
    fn note(
        &self,
        store: &mut Store,
        action: &str,
        form: Option<&str>,
        id: Option<&str>,
        count: u64,
    ) -> Result<(), Failed> {
        let named = ["SUDO_USER", "USER", "LOGNAME"].iter().find_map(|it| std::env::var(it).ok());
        let audit = Audit {
            at: self.now(),
            actor: named.unwrap_or_else(|| "unknown".to_owned()),
            action: action.to_owned(),
            form: form.map(str::to_owned),
            submission: id.map(str::to_owned),
            count,
        };
        store.record(&audit).map_err(words)
    }

    /// The site's zone where that is known.
    fn zone(&self) -> &TimeZone {
        self.zone.get_or_init(|| {
            let config = self.forms().ok().and_then(|it| it.config);
            config.map_or(TimeZone::UTC, |it| it.zone)
        })
    }

    /// A moment in words, in the site's zone.
    fn moment(&self, at: i64) -> String {
        spoken(at, self.zone())
    }
}

fn spoken(at: i64, zone: &TimeZone) -> String {
    match Timestamp::from_millisecond(at) {
        Ok(at) => date::spoken(at, zone),
        Err(_) => String::new(),
    }
}

fn words(error: impl std::fmt::Display) -> Failed {
    error.to_string()
}
