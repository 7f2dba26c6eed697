//! What is asked of a build.

use crate::config::{self, Config, Options};
use crate::diag::{Code, Diagnostic, Diagnostics};

/// A moment on the command line that cannot be read.
pub const CLOCK: Code = Code::new("config/clock");

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The moment for which the site is built, as written; the present when absent.
    pub clock: Option<String>,
    /// Whether drafts are built as if they were published.
    pub drafts: bool,
    /// The site's address, in place of that in `galen.yaml`.
    pub base_url: Option<String>,
    /// Whether finished pages are left unchecked, and with them what of the theme, the media folder and
    /// the rules of wording no page shows: what is wrong with content, and what a template fails at,
    /// is told all the same.
    pub unchecked: bool,
}

/// Gives the options of a build; `None` when one cannot be read, which has been reported.
pub(crate) fn options(
    request: &Request,
    config: &Config,
    diagnostics: &mut Diagnostics,
) -> Option<Options> {
    let now = match &request.clock {
        None => config::now(),
        Some(text) => match config::clock(text, &config.zone) {
            Ok(now) => now,
            Err(words) => {
                diagnostics.push(Diagnostic::error(CLOCK, format!("`--clock`: {words}")));
                return None;
            }
        },
    };
    Some(Options { now, drafts: request.drafts })
}
