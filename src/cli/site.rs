//! What several commands take alike.

use clap::Args;

use crate::build::Request;

/// As what the site is made: at which address, at which moment.
#[derive(Args, Clone, Debug)]
pub(crate) struct AsOf {
    /// Build for another address than that in galen.yaml, such as that of a preview.
    #[arg(long, value_name = "URL", env = "GALEN_BASE_URL")]
    base_url: Option<String>,
    /// Build the site as it is at a moment, such as 2026-12-01 or 2026-12-01T09:00.
    #[arg(long, value_name = "MOMENT", env = "GALEN_CLOCK")]
    clock: Option<String>,
}

impl AsOf {
    /// Gives what is asked of a build.
    pub(crate) fn request(&self, drafts: bool) -> Request {
        let (clock, base_url) = (self.clock.clone(), self.base_url.clone());
        Request { clock, drafts, base_url, ..Request::default() }
    }
}

/// Reads a variable that stands for a flag.
pub(crate) fn yes(text: &str) -> Result<bool, &'static str> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Ok(true),
        "0" | "false" | "no" | "off" => Ok(false),
        _ => Err("a variable GALEN_… that stands for a flag is `yes` or `no`"),
    }
}
