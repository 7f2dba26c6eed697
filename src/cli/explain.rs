//! `galen explain`: what a message means, and what a page is made of.

use std::fmt::Write as _;

use clap::Args;

use crate::build::{self, Explained, Request};
use crate::cli::report::Terminal;
use crate::cli::{Common, ERRORS, OK, USAGE, manual};
use crate::diag::codes;
use crate::text::near;
use crate::vfs::Disk;

/// What `galen explain` takes.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// The code of a message, such as link/broken, or a group such as link; the address of a page,
    /// such as /guides/smp/; or a file of the output folder, or of content.
    #[arg(value_name = "CODE|PAGE")]
    what: String,
    /// Explain drafts as if they were published.
    #[arg(long)]
    drafts: bool,
    /// Explain the site as it is at a moment, such as 2026-12-01.
    #[arg(long, value_name = "MOMENT", env = "GALEN_CLOCK")]
    clock: Option<String>,
}

/// Explains a message or a page; gives the exit code.
pub(crate) fn run(arguments: &Arguments, common: &Common, terminal: &Terminal) -> u8 {
    let what = arguments.what.as_str();
    let message = match codes::meant(what).as_slice() {
        [code] if code.as_str() == what => manual::page(*code),
        [] => None,
        group => Some(manual::group(group)),
    };
    if let Some(message) = message {
        terminal.result(&message);
        return OK;
    }
    let known = codes::all().iter().map(|it| it.as_str());
    let hint = near::did_you_mean(what, known.chain(codes::groups()));
    let (clock, drafts) = (arguments.clock.clone(), arguments.drafts);
    let request = Request { clock, drafts, ..Request::default() };
    let (found, problems, tree) = build::explain(&Disk::new(&common.root), &request, what);
    match found {
        Some(Ok(explained)) => {
            terminal.result(&words(&explained));
            OK
        }
        Some(Err(why)) => {
            let why = why.map_or_else(String::new, |why| format!(": {why}"));
            let hint = hint.map_or_else(String::new, |hint| format!("; {hint}"));
            terminal.usage(&format!("the site has no page or file `{what}`{why}{hint}"));
            terminal.note("`galen list` names every entry, and those that are not on the site");
            USAGE
        }
        None if hint.is_some() => {
            let hint = hint.unwrap_or_default();
            terminal.usage(&format!("there is no message `{what}`; {hint}"));
            USAGE
        }
        None => {
            terminal.problems(&problems, &tree);
            ERRORS
        }
    }
}

fn words(explained: &Explained) -> String {
    let mut out = format!(
        "{}\n  file:      {}\n  made from: {}",
        explained.url, explained.file, explained.source
    );
    if !explained.templates.is_empty() {
        let _ = write!(out, "\n  templates: {}", explained.templates.join(", "));
    }
    let _ = write!(out, "\n  made anew when one of these changes:");
    for question in &explained.asked {
        let _ = write!(out, "\n    {question}");
    }
    if explained.asked.is_empty() {
        out.push_str(" anything that is on the site");
    }
    out
}
