//! What is printed where: results to standard output, problems and progress to standard error.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::{Color, Common};
use crate::diag::{self, Diagnostics};
use crate::vfs::Tree;

/// The two outputs of the process, and how they may be written to.
pub(crate) struct Terminal {
    quiet: bool,
    color: bool,
    progress: ProgressBar,
}

impl Terminal {
    pub(crate) fn new(common: &Common) -> Self {
        let terminal = io::stderr().is_terminal();
        let color = match common.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|it| it.is_empty()),
        };
        let progress = match terminal && !common.quiet {
            true => ProgressBar::new_spinner(),
            false => ProgressBar::hidden(),
        };
        if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
            progress.set_style(style);
        }
        Self { quiet: common.quiet, color, progress }
    }

    /// Shows at which step a run is, on a terminal only.
    pub(crate) fn progress(&self, step: &str) {
        self.progress.set_message(step.to_owned());
        self.progress.enable_steady_tick(Duration::from_millis(120));
    }

    /// Takes the progress away, so that what follows stands alone.
    pub(crate) fn done(&self) {
        self.progress.finish_and_clear();
    }

    /// Prints problems with their lines, and how many there are.
    pub(crate) fn problems(&self, diagnostics: &Diagnostics, tree: &Tree) {
        self.done();
        if diagnostics.is_empty() {
            return;
        }
        let text = diag::text::print(diagnostics, &|source| tree.text(source), self.color);
        self.err(&format!("{text}{}\n", diag::text::count(diagnostics)));
    }

    /// Prints a line about what was done, unless told to be quiet.
    pub(crate) fn note(&self, line: &str) {
        self.done();
        if !self.quiet {
            self.err(&format!("{line}\n"));
        }
    }

    /// Prints a problem with the command itself.
    pub(crate) fn usage(&self, message: &str) {
        self.done();
        let word = if self.color { "\x1b[1m\x1b[31merror\x1b[0m" } else { "error" };
        self.err(&format!("{word}: {message}\n"));
    }

    /// Gives what tells of failures from other threads.
    pub(crate) fn teller(&self) -> impl Fn(&str) + Send + Sync + 'static {
        let word = if self.color { "\x1b[1m\x1b[31merror\x1b[0m" } else { "error" };
        move |words| drop(writeln!(io::stderr().lock(), "{word}: {words}"))
    }

    /// Prints a result. A reader that stopped listening, as `head` does, is no failure.
    pub(crate) fn result(&self, line: &str) {
        self.done();
        let _ = writeln!(io::stdout().lock(), "{line}");
    }

    fn err(&self, text: &str) {
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
}
