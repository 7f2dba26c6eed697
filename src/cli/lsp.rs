//! `galen lsp`: a language server on standard input and output.

use std::path::Path;

use clap::Args;
use lsp_server::Connection;

use crate::cli::report::Terminal;
use crate::cli::{Common, ERRORS, OK};
use crate::lsp::{self, Ended, Setup};

/// What `galen lsp` takes.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Look at the site as it is at a moment, such as 2026-12-01.
    #[arg(long, value_name = "MOMENT", env = "GALEN_CLOCK")]
    clock: Option<String>,
    /// What editors say to servers that can talk in other ways; it is the only way here.
    #[arg(long, hide = true)]
    stdio: bool,
}

/// Serves an editor until it is gone; gives the exit code.
pub(crate) fn run(arguments: &Arguments, common: &Common, terminal: &Terminal) -> u8 {
    // A folder that was named is the site; otherwise each file tells.
    let named = Some(&common.root).filter(|it| *it != Path::new("."));
    let root = named.and_then(|it| std::path::absolute(it).ok());
    let (connection, threads) = Connection::stdio();
    let ended = lsp::serve(&connection, &Setup { root, clock: arguments.clock.clone() });
    drop(connection);
    match (threads.join(), ended) {
        (Err(error), _) => {
            terminal.usage(&format!("what came on standard input is no message: {error}"));
            ERRORS
        }
        (Ok(()), Ended::Abruptly) => ERRORS,
        (Ok(()), Ended::Well) => OK,
    }
}
