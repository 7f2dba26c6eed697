//! How much each finding counts: by `checks:` in galen.yaml, and by waivers in the files.
//!
//! [`Policy`] is read from galen.yaml, a [`Waiver`] from the file that it is for, and
//! [`Judge::judge`] applies both to all that a build found, once, at its end.

mod errors;
mod judge;
pub mod waiver;

use std::collections::BTreeMap;

use globset::{GlobBuilder, GlobMatcher};

use crate::diag::{Code, Diagnostic, Severity, SourceId, codes};
use crate::yaml::{Table, Value};

pub use judge::{Judge, Verdict};
pub use waiver::Waiver;

/// A name in `checks:` that no check has.
pub const UNKNOWN_CHECK: Code = Code::new("config/unknown-check");
/// A check that cannot count for less than an error.
pub const FIXED_CHECK: Code = Code::new("config/fixed-check");

/// What a finding counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Error,
    Warning,
    Off,
}

/// What findings count for, by their codes and files.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// The general rule first, then those for paths in their order: the last that fits counts.
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
struct Rule {
    /// The files it is for; all when absent.
    files: Option<GlobMatcher>,
    codes: BTreeMap<Code, Level>,
    groups: BTreeMap<&'static str, Level>,
}

impl Policy {
    /// Reads `checks:` of galen.yaml. What is wrong with it is reported.
    pub fn read(table: Table) -> Self {
        let mut rules = vec![Rule::read(&table, None)];
        for path in table.tables("paths", "an item of `paths`") {
            let files = path.required("match").and_then(|it| matcher(&path, &it));
            let rule = Rule::read(&path, files);
            if !path.has("severity") {
                path.refuse("severity", "an item of `paths` needs `severity`", "");
            }
            rules.extend(Some(rule).filter(|it| it.files.is_some()));
            path.finish();
        }
        table.finish();
        Self { rules }
    }

    /// Tells whether a finding is turned off, whatever file it is in.
    pub fn is_off(&self, found: &Diagnostic) -> bool {
        let mut levels = self.rules.iter().map(|rule| rule.says(found.code));
        let general = levels.next().flatten();
        general == Some(Level::Off)
            && levels.flatten().all(|level| level == Level::Off)
            && !codes::stands(found)
    }

    /// Gives a finding the severity that it has here; `None` when it is turned off.
    pub fn apply(&self, mut found: Diagnostic) -> Option<Diagnostic> {
        let file = found.span.as_ref().map(|span| &span.source);
        let level = self.rules.iter().rev().find_map(|rule| rule.level(found.code, file));
        let fixed = codes::stands(&found);
        match level {
            Some(Level::Error) => found.severity = Severity::Error,
            Some(Level::Warning) if !fixed => found.severity = Severity::Warning,
            Some(Level::Off) if !fixed => return None,
            _ => (),
        }
        Some(found)
    }
}

impl Rule {
    fn read(table: &Table, files: Option<GlobMatcher>) -> Self {
        let mut rule = Self { files, codes: BTreeMap::new(), groups: BTreeMap::new() };
        let Some(severity) = table.table("severity", "`severity`") else { return rule };
        for (name, value, _) in severity.entries() {
            let level = match value {
                Value::String(text) if text == "error" => Level::Error,
                Value::String(text) if text == "warn" => Level::Warning,
                Value::String(text) if text == "off" => Level::Off,
                // What YAML 1.1 made of `off`.
                Value::Bool(false) => Level::Off,
                _ => {
                    let (message, hint) = errors::no_level(&name, value.as_str());
                    severity.refuse(&name, message, &hint);
                    continue;
                }
            };
            let span = severity.key_span(&name);
            let meant = if name.contains('/') { codes::meant(&name) } else { Vec::new() };
            let lowers = level != Level::Error;
            match (meant.as_slice(), name.strip_suffix("/*")) {
                ([], _) => table.report(errors::unknown(&name, span)),
                // These are found when all else has been judged.
                ([first, ..], _) if first.group() == "output" => {
                    table.report(errors::found_in_writing(&name, span));
                }
                (all, _) if lowers && all.iter().all(|it| codes::is_fixed(*it)) => {
                    table.report(errors::fixed(&name, span));
                }
                ([first, ..], Some(_)) => drop(rule.groups.insert(first.group(), level)),
                ([code, ..], None) => drop(rule.codes.insert(*code, level)),
            }
        }
        rule
    }

    fn level(&self, code: Code, file: Option<&SourceId>) -> Option<Level> {
        let here = self
            .files
            .as_ref()
            .is_none_or(|files| file.is_some_and(|file| files.is_match(file.as_str())));
        here.then(|| self.says(code))?
    }

    /// What it says of a code, wherever it is for.
    fn says(&self, code: Code) -> Option<Level> {
        self.codes.get(&code).or_else(|| self.groups.get(code.group())).copied()
    }
}

/// Reads a pattern of paths: `*` for names, `**` for folders; a folder alone for all that is in it.
fn matcher(table: &Table, written: &str) -> Option<GlobMatcher> {
    let all = if written.ends_with('/') { "**" } else { "" };
    let pattern = format!("{written}{all}");
    let glob = GlobBuilder::new(&pattern).literal_separator(true).build();
    if glob.is_err() || written.starts_with('/') {
        let message = format!("`{written}` is not a pattern of paths");
        let help = "write it from the folder of the site, as in `content/guides/archive/**`";
        table.refuse("match", message, help);
        return None;
    }
    glob.ok().map(|it| it.compile_matcher())
}
