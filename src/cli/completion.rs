//! `galen completion`: what a shell needs to complete commands and options.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::cli::report::Terminal;
use crate::cli::{Command, OK};

/// What `galen completion` takes.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// The shell.
    shell: Shell,
}

/// Prints the shell's script; gives the exit code.
pub(crate) fn run(arguments: &Arguments, terminal: &Terminal) -> u8 {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Command::command(), "galen", &mut script);
    terminal.result(String::from_utf8_lossy(&script).trim_end());
    OK
}
