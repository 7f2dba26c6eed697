//! Where the findings of a build are judged: by galen.yaml and by waivers.

use jiff::civil::Date;

use crate::build::Built;
use crate::config::Config;
use crate::diag::text::Sources;
use crate::diag::{Diagnostics, SourceId};
use crate::policy::{Judge, Verdict, Waiver};
use crate::vfs::Tree;

/// What a build came to know of how its findings are judged.
#[derive(Default)]
pub(crate) struct Bench {
    /// Which findings may stay for a time.
    pub(crate) waivers: Vec<Waiver>,
    /// The day for which the site is built; absent while that cannot be told.
    pub(crate) today: Option<Date>,
    /// Whether everything was looked at.
    pub(crate) complete: bool,
}

impl Bench {
    /// Judges what was found.
    pub(crate) fn judge(
        &self,
        config: Option<&Config>,
        tree: &Tree,
        found: Diagnostics,
    ) -> Verdict {
        let sources = |source: &SourceId| tree.text(source);
        judge(config, (&self.waivers, self.today), &sources, (found, self.complete))
    }
}

impl Built {
    /// Judges what was found besides, after a build that read the whole site: by the same settings
    /// and waivers.
    pub fn judge(&self, found: Diagnostics) -> Verdict {
        let bench = &self.bench;
        let sources = |source: &SourceId| self.tree.text(source);
        judge(self.config.as_ref(), (&bench.waivers, bench.today), &sources, (found, false))
    }
}

/// Judges what was found, as far as galen.yaml can be read and the day is known.
pub(crate) fn judge(
    config: Option<&Config>,
    (waivers, today): (&[Waiver], Option<Date>),
    sources: Sources,
    (found, complete): (Diagnostics, bool),
) -> Verdict {
    let Some((config, today)) = config.zip(today) else {
        return Verdict { diagnostics: found.sorted(), ..Verdict::default() };
    };
    Judge { policy: &config.checks, waivers, today, sources }.judge(found, complete)
}
