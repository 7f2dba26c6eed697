//! `galen watch`: the site built again whenever one of its files changes.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;

use crate::build;
use crate::cli::report::Terminal;
use crate::cli::site::{AsOf, yes};
use crate::cli::{Common, OK, USAGE};
use crate::config;
use crate::serve;
use crate::text::near;
use crate::workspace::{Change, Hears, Next, Options, Report, Watch, Workspace};

/// Where drafts are built to be looked at: a folder that no host is given.
const DRAFTS: &str = ".galen/drafts";

/// What `galen watch` takes.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) site: SiteArguments,
}

/// What is watched and how it is built; `galen serve` takes this too.
#[derive(Args, Debug)]
pub(crate) struct SiteArguments {
    /// The folder to build into, from the folder of the site; `public` unless there are drafts.
    #[arg(short, long, value_name = "DIR", env = "GALEN_OUTPUT")]
    output: Option<PathBuf>,
    /// Show drafts too. They are built into `.galen/drafts`, which never goes online.
    #[arg(long, env = "GALEN_DRAFTS", value_parser = yes)]
    drafts: bool,
    #[command(flatten)]
    as_of: AsOf,
    /// Look at the files so often, where the system does not tell of changes: on network disks, or
    /// in containers.
    #[arg(long, value_name = "MS", env = "GALEN_POLL", value_parser = clap::value_parser!(u64).range(10..=60_000))]
    poll: Option<u64>,
}

/// Builds again and again until it is asked to stop; gives the exit code.
pub(crate) fn run(arguments: &Arguments, common: &Common, terminal: &Terminal) -> u8 {
    let Some(workspace) = open(&arguments.site, common, terminal) else { return USAGE };
    let mut session = Session::start(&workspace, &arguments.site, common, terminal);
    let first = session.refresh();
    if let Some(code) = session.first(&first) {
        return code;
    }
    session.say("Watching the site; Ctrl-C stops.");
    session.follow();
    OK
}

/// Opens the site that is meant; `None` when it cannot be, which has been said.
pub(crate) fn open(
    arguments: &SiteArguments,
    common: &Common,
    terminal: &Terminal,
) -> Option<Workspace> {
    let folder = match (&arguments.output, arguments.drafts) {
        (Some(_), true) => {
            terminal.usage(&format!(
                "drafts are built into `{DRAFTS}` and nowhere else, so that they never go online; \
                 leave out `--output` and GALEN_OUTPUT, or `--drafts` and GALEN_DRAFTS"
            ));
            return None;
        }
        (Some(folder), false) => folder.clone(),
        (None, true) => DRAFTS.into(),
        (None, false) => "public".into(),
    };
    let request = arguments.as_of.request(arguments.drafts);
    Some(Workspace::open(Options { root: common.root.clone(), folder, request }))
}

/// A site that is watched, and who is told.
pub(crate) struct Session<'a> {
    workspace: &'a Workspace,
    watch: Watch,
    folder: String,
    common: &'a Common,
    terminal: &'a Terminal,
    /// Whether the last thing said of the site is that it has errors.
    failing: bool,
    /// When to build again, whether or not a file changes.
    until: Option<Timestamp>,
}

impl<'a> Session<'a> {
    /// Starts to watch, before the site is read for the first time.
    pub(crate) fn start(
        workspace: &'a Workspace,
        arguments: &SiteArguments,
        common: &'a Common,
        terminal: &'a Terminal,
    ) -> Self {
        let poll = arguments.poll.map(Duration::from_millis);
        let watch = Watch::start(workspace.root(), poll);
        let bell = watch.bell();
        serve::on_request(move || bell.stop());
        let folder = workspace.folder();
        let folder = folder.strip_prefix(".").unwrap_or(&folder).display().to_string();
        Self { workspace, watch, folder, common, terminal, failing: false, until: None }
    }

    /// Builds the site for the first time.
    pub(crate) fn refresh(&mut self) -> Report {
        self.heard(Workspace::refresh)
    }

    /// Runs a build that the terminal shows; says what came up in watching.
    fn heard<T>(&mut self, build: impl FnOnce(&Workspace, &Hears) -> T) -> T {
        for note in self.watch.notes() {
            self.terminal.note(&note);
        }
        let step = |step: &str| self.terminal.progress(step);
        let waiting =
            || self.terminal.note("another build into this folder is running; waiting for it");
        let done = build(self.workspace, &Hears { step: &step, waiting: &waiting });
        self.terminal.done();
        done
    }

    /// Says what the first build did; gives the exit code of one that watching cannot mend.
    pub(crate) fn first(&mut self, report: &Report) -> Option<u8> {
        let wrong_command =
            |code| [build::CLOCK, config::BASE_URL, config::NO_CONFIG].contains(&code);
        let hopeless = report.diagnostics.iter().any(|it| wrong_command(it.code));
        self.terminal.problems(&report.diagnostics, &report.tree);
        let seconds = report.took.as_secs_f64();
        self.failing = report.published.is_none();
        self.until = report.until;
        if hopeless {
            return Some(USAGE);
        }
        let Some(published) = &report.published else {
            self.stays();
            return None;
        };
        let pages = near::counted(report.pages, "page");
        let files = near::counted(published.wrote, "file");
        let mut line =
            format!("Built {pages} into {} in {seconds:.2} s; {files} written", self.folder);
        if !report.left_out.is_empty() {
            let left = near::counted(report.left_out.len(), "entry");
            line.push_str(&format!("; {left} not on the site (`galen list` tells why)"));
        }
        self.say(&line);
        None
    }

    /// Builds on each change until it is asked to stop.
    pub(crate) fn follow(&mut self) {
        loop {
            let report = match self.watch.wait(self.until) {
                Next::Look => self.heard(Workspace::follow),
                Next::LookAt(files) => self.heard(|site, hears| site.follow_files(&files, hears)),
                // An entry appears or expires.
                Next::Due => Some(self.heard(Workspace::refresh)),
                Next::Stop => break,
            };
            if let Some(report) = report {
                self.until = report.until;
                self.tell(&report);
            }
        }
        self.say("Stopped.");
    }

    /// Says what a change did; nothing when it did nothing.
    fn tell(&mut self, report: &Report) {
        if report.change == Change::Nothing {
            return;
        }
        self.terminal.problems(&report.diagnostics, &report.tree);
        let Some(published) = &report.published else {
            self.failing = true;
            return self.stays();
        };
        let mut line = changed(&report.changed);
        let seconds = report.took.as_secs_f64();
        let wrote = near::counted(published.wrote, "file");
        line.push_str(&format!(": {wrote} written"));
        if !published.removed.is_empty() {
            line.push_str(&format!(", {} removed", published.removed.len()));
        }
        line.push_str(&format!(" in {seconds:.2} s"));
        if std::mem::take(&mut self.failing) {
            line.push_str("; all errors are mended");
        }
        self.say(&line);
    }

    fn stays(&self) {
        self.terminal.note(&format!(
            "{} stays as it was; correct what is wrong and save, and the site is built again",
            self.folder
        ));
    }

    /// Prints what was done, unless told to be quiet.
    pub(crate) fn say(&self, line: &str) {
        if !self.common.quiet {
            self.terminal.result(line);
        }
    }
}

/// Names what changed, in as many words as are read.
fn changed(files: &[String]) -> String {
    const NAMED: usize = 2;
    match files {
        [] => "The site changed".to_owned(),
        files if files.len() <= NAMED => format!("{} changed", files.join(" and ")),
        [first, rest @ ..] => {
            format!("{first} and {} changed", near::counted(rest.len(), "other file"))
        }
    }
}
