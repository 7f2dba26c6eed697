//! What a build did and why, what it would do, and whether a clean one would do the same.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::build::{self, Built, Cause, Request};
use crate::cli::Common;
use crate::output::{Difference, Planned, Published};
use crate::text::near;
use crate::vfs::Disk;

/// Says for each task that was done why.
pub(crate) fn explain(built: &Built) -> String {
    let mut alike: BTreeMap<String, usize> = BTreeMap::new();
    let mut out = String::new();
    for task in &built.tasks {
        match &task.cause {
            // These are the same for many.
            Some(cause @ (Cause::First | Cause::Ground)) => {
                *alike.entry(cause.to_string()).or_default() += 1;
            }
            Some(cause) => {
                let _ = writeln!(out, "{}: {}", task.name, cause);
            }
            None => (),
        }
    }
    for (cause, count) in alike {
        let _ = writeln!(out, "{}: {cause}", near::counted(count, "task"));
    }
    if built.unchanged {
        out.push_str("nothing changed since the last build\n");
    }
    out.truncate(out.trim_end().len());
    out
}

/// Says what publishing would do, and why.
pub(crate) fn plan(planned: &Planned, built: &Built) -> String {
    let why: BTreeMap<&str, &Cause> = built
        .tasks
        .iter()
        .filter_map(|task| Some((task, task.cause.as_ref()?)))
        .flat_map(|(task, cause)| task.made.files.iter().map(move |file| (file.as_str(), cause)))
        .collect();
    let (add, change) = (planned.added.len(), planned.changed.len());
    let mut out = match (add, change, planned.removed.len()) {
        (0, 0, 0) => return "Nothing would change.".to_owned(),
        (_, _, remove) => format!("Would add {add}, change {change} and remove {remove}:"),
    };
    for (word, files) in [("add", &planned.added), ("change", &planned.changed)] {
        for file in files {
            let cause = why.get(file.as_str()).map(|cause| format!(": {cause}"));
            let _ = match built.redirect(file) {
                Some((from, to)) => write!(out, "\n  redirect {from} to {to}"),
                None => write!(out, "\n  {word:<8} {file}{}", cause.unwrap_or_default()),
            };
        }
    }
    for file in &planned.removed {
        let _ = write!(out, "\n  remove   {file}: {}", built.why_gone(file));
    }
    out
}

/// Builds once more from nothing, and says how what was published differs; `None` when it does
/// not.
pub(crate) fn verify(
    built: &Built,
    published: &Published,
    request: &Request,
    common: &Common,
) -> Option<String> {
    let sink = published.comparison(&common.root);
    let clean = build::build(&Disk::new(&common.root), request, &sink, &|_| ());
    let said = || built.diagnostics == clean.diagnostics;
    let difference = match sink.first() {
        Some((file, Difference::Extra)) => format!("`{file}` would not be there"),
        Some((file, Difference::Missing)) => format!("`{file}` is missing"),
        Some((file, Difference::Line(number, published, clean))) => {
            let line = |text: Option<String>| text.unwrap_or_else(|| "(no such line)".to_owned());
            let (published, clean) = (line(published), line(clean));
            format!("`{file}`, line {number}:\n  published: {published}\n  clean:     {clean}")
        }
        None if said() => return None,
        None => "other problems are told".to_owned(),
    };
    Some(difference)
}
