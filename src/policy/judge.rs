//! Applies the policy and the waivers to what was found.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::diag::text::Sources;
use crate::diag::{Diagnostic, Diagnostics, SourceId, Waived};
use crate::policy::{Policy, Waiver, errors};

/// What findings are judged by.
pub struct Judge<'a> {
    /// What they count for.
    pub policy: &'a Policy,
    /// Which of them may stay.
    pub waivers: &'a [Waiver],
    /// The day for which the site is built.
    pub today: Date,
    /// The files.
    pub sources: Sources<'a>,
}

/// What is left of findings.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// Those that are told, sorted.
    pub diagnostics: Diagnostics,
    /// Those that a waiver hides, sorted.
    pub waived: Vec<Waived>,
}

/// A waiver, and what it did.
struct Use<'a> {
    waiver: &'a Waiver,
    hides: bool,
    /// What it would have hidden, were it not past its day.
    hid: Vec<Diagnostic>,
}

impl Judge<'_> {
    /// Judges what was found; `complete` when that is all there is to find, so that a waiver which
    /// hides nothing is of no use.
    pub fn judge(&self, found: Diagnostics, complete: bool) -> Verdict {
        let mut verdict = Verdict::default();
        let mut uses: BTreeMap<&SourceId, Vec<Use>> = BTreeMap::new();
        for waiver in self.waivers {
            let used = Use { waiver, hides: false, hid: Vec::new() };
            uses.entry(&waiver.span.source).or_default().push(used);
        }
        for it in found.sorted().into_iter().filter_map(|it| self.policy.apply(it)) {
            match self.waived(&it, &mut uses) {
                Some(waiver) => verdict.waived.push(Waived {
                    diagnostic: it,
                    reason: waiver.reason.clone(),
                    until: waiver.until.to_string(),
                }),
                None => verdict.diagnostics.push(it),
            }
        }
        let complete = complete && !verdict.diagnostics.has_errors();
        for used in uses.values().flatten() {
            let waiver = used.waiver;
            let hid: Vec<&Diagnostic> = used.hid.iter().collect();
            let told = match (used.hides, hid.is_empty()) {
                (_, false) => errors::expired(waiver, &hid),
                (false, true) if complete && waiver.live => errors::unused(waiver, self.today),
                _ => continue,
            };
            verdict.diagnostics.extend(self.policy.apply(told));
        }
        verdict.diagnostics = verdict.diagnostics.sorted();
        verdict
    }

    /// Finds the waiver that hides a finding, and notes for each what it did.
    fn waived<'a>(
        &self,
        found: &Diagnostic,
        uses: &mut BTreeMap<&SourceId, Vec<Use<'a>>>,
    ) -> Option<&'a Waiver> {
        let span = found.span.as_ref()?;
        let mut hidden_by = None;
        for used in uses.get_mut(&span.source)? {
            let waiver = used.waiver;
            if waiver.code != found.code || !self.has_text(waiver, found) {
                continue;
            }
            match waiver.until < self.today {
                true => used.hid.push(found.clone()),
                false => {
                    used.hides = true;
                    hidden_by = hidden_by.or(Some(waiver));
                }
            }
        }
        hidden_by
    }

    fn has_text(&self, waiver: &Waiver, found: &Diagnostic) -> bool {
        let (Some(text), Some(span)) = (&waiver.text, &found.span) else { return true };
        let file: Option<Arc<str>> = (self.sources)(&span.source);
        let marked = file.as_deref().and_then(|it| it.get(span.start..span.end));
        found.message.contains(text.as_str()) || marked.is_some_and(|it| it.contains(text.as_str()))
    }
}
