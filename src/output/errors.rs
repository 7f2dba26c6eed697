//! What is said when publishing cannot go on.

use crate::diag::{Diagnostic, Severity};
use crate::output::{FOLDER, FOREIGN, Failure};

pub(crate) fn unwritable((path, error): &Failure) -> Diagnostic {
    let message = format!("`{}` cannot be written: {}", path.display(), plain(error));
    Diagnostic::error(FOLDER, message)
        .note("nothing was published; the output folder is as it was")
        .help("check that the folder may be written and that the disk is not full")
}

pub(crate) fn stopped((path, error): &Failure) -> Diagnostic {
    let message = format!("publishing stopped at `{}`: {}", path.display(), plain(error));
    Diagnostic::error(FOLDER, message)
        .note("some files are new and some are old: do not put the folder online as it is")
        .help("mend the cause and run `galen build`: it first finishes what stopped here")
}

/// The system's words without its number.
fn plain(error: &std::io::Error) -> String {
    let words = error.to_string();
    words.split(" (os error").next().unwrap_or_default().to_lowercase()
}

pub(crate) fn foreign_file(file: &str, severity: Severity) -> Diagnostic {
    let message = format!("`{file}` in the output folder was not made by this site");
    let found = match severity {
        Severity::Error => Diagnostic::error(FOREIGN, message),
        Severity::Warning => Diagnostic::warning(FOREIGN, message),
    };
    found.help(
        "it is left where it is, and goes online with the site: remove it if it should not, \
         or build with `--clean`",
    )
}
