//! `galen build`: the whole site into its output folder.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;

use crate::build::{self, Built, LeftOut, Request};
use crate::cli::findings::{Findings, Format, refused};
use crate::cli::report::Terminal;
use crate::cli::site::{AsOf, yes};
use crate::cli::{BUG, Common, ERRORS, OK, USAGE, reasons};
use crate::content::Status;
use crate::diag::Diagnostics;
use crate::output::{Published, Stage, Target};
use crate::render::Sink;
use crate::text::{date, near};
use crate::trace::Shelf;
use crate::vfs::Disk;

/// What `galen build` takes.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// The folder to build into, from the folder of the site.
    #[arg(short, long, default_value = "public", value_name = "DIR", env = "GALEN_OUTPUT")]
    output: PathBuf,
    /// Build drafts too, to look at them; do not put the result online.
    #[arg(long, env = "GALEN_DRAFTS", value_parser = yes)]
    drafts: bool,
    #[command(flatten)]
    as_of: AsOf,
    /// Remove files from the folder that this site did not make; hidden ones are kept.
    #[arg(long)]
    clean: bool,
    /// Say how long each stage took, and the slowest templates.
    #[arg(long)]
    timings: bool,
    /// Say why each page was made anew.
    #[arg(long)]
    explain: bool,
    /// Say what would be added, changed, removed and redirected, and why; change nothing.
    #[arg(long, conflicts_with = "verify")]
    plan: bool,
    /// Build once more from nothing and compare: both must be the same.
    #[arg(long)]
    verify: bool,
    /// Treat warnings as errors: publish nothing while there is one.
    #[arg(long, env = "GALEN_STRICT", value_parser = yes)]
    strict: bool,
    /// Make the pages and check none, to see a large site sooner; `galen check` looks at them.
    #[arg(long)]
    unchecked: bool,
    /// How problems are written; for programs, standard output has nothing else.
    #[arg(long, default_value = "text", value_name = "FORMAT")]
    format: Format,
}

/// What is said of pages that nobody checked.
const UNCHECKED: &str = "Pages were not checked: run `galen check` before you put them online.";

/// Builds and publishes; gives the exit code.
pub(crate) fn run(arguments: &Arguments, common: &Common, terminal: &Terminal) -> u8 {
    if arguments.unchecked && (arguments.strict || arguments.format != Format::Text) {
        terminal.usage(
            "`--unchecked` looks at no pages, so it does not go with `--strict` or a `--format` for programs",
        );
        return USAGE;
    }
    let mut findings = Findings::new(arguments.format, common, terminal);
    let code = build_and_publish(arguments, common, terminal, &mut findings);
    findings.finish();
    code
}

fn build_and_publish(
    arguments: &Arguments,
    common: &Common,
    terminal: &Terminal,
    findings: &mut Findings,
) -> u8 {
    let start = Instant::now();
    let unchecked = arguments.unchecked;
    let request = Request { unchecked, ..arguments.as_of.request(arguments.drafts) };
    let files = Disk::new(&common.root);
    let target = Target {
        root: common.root.clone(),
        folder: arguments.output.clone(),
        clean: arguments.clean,
        strict: arguments.strict,
        hook: None,
    };
    let mut diagnostics = Diagnostics::new();
    let waiting = || terminal.note("another build into this folder is running; waiting for it");
    let Some(stage) = Stage::open(&target, &waiting, &mut diagnostics) else {
        findings.problems(&diagnostics, &Arc::default());
        return ERRORS;
    };
    let shelf = stage.shelf();
    let place: (&dyn Sink, &dyn Shelf) = (&stage, &shelf);
    let built = build::again(&files, &request, place, &|step| terminal.progress(step));
    let refused = refused(&built, &built.diagnostics, arguments.strict);
    let left = refused.map(|_| left_online(&built, &stage)).unwrap_or_default();
    findings.problems(&left, &built.tree);
    findings.problems(&built.diagnostics, &built.tree);
    findings.waived(built.waived.clone());
    if let Some(code) = refused {
        stage.discard();
        terminal.note(match left.is_empty() {
            true => "nothing was published; the output folder is as it was",
            false => "nothing was published; the pages named first should be gone, and stay online",
        });
        return code;
    }
    if arguments.explain {
        findings.result(&reasons::explain(&built));
    }
    if arguments.plan {
        findings.result(&reasons::plan(&stage.plan(), &built));
        if arguments.unchecked {
            terminal.note(UNCHECKED);
        }
        return OK;
    }
    terminal.progress("publishing");
    let published = stage.publish(&mut diagnostics);
    findings.problems(&diagnostics.sorted(), &built.tree);
    let Some(mut published) = published else { return ERRORS };
    findings.problems(&built.vanished(&published.removed), &built.tree);
    built.keep(&files, &shelf, &published.others, &|file| published.mark(file));
    published.release();
    if arguments.verify
        && let Some(difference) = reasons::verify(&built, &published, &request, common)
    {
        // What is kept led to this, and must not lead to it again.
        shelf.forget("manifest");
        terminal.usage(&format!(
            "what was published is not what a build from nothing makes: {difference}"
        ));
        terminal.note("this is a fault of Galen, not of your site: please report it");
        terminal.note("the next build is one from nothing, and mends it");
        return BUG;
    }
    if arguments.timings {
        terminal.note(&timings(&built, start.elapsed()));
    }
    if !common.quiet {
        let seconds = start.elapsed().as_secs_f64();
        findings.result(&summary(&built, &published, arguments, common, seconds));
    }
    // The process ends here: the system takes the memory back at once, which is cheaper than
    // giving it back piece by piece.
    std::mem::forget(built);
    OK
}

/// What stays online that should be gone, since nothing is published.
fn left_online(built: &Built, stage: &Stage) -> Diagnostics {
    let earlier = stage.earlier();
    built.left_online(earlier.iter().map(String::as_str), &|file| stage.read(file))
}

fn summary(
    built: &Built,
    published: &Published,
    arguments: &Arguments,
    common: &Common,
    seconds: f64,
) -> String {
    let mut out = String::new();
    let folder = common.root.join(&arguments.output);
    let folder = folder.strip_prefix(".").unwrap_or(&folder).display();
    let pages = near::counted(built.pages, "page");
    let _ = write!(out, "Built {pages} into {folder} in {seconds:.2} s");
    let written = near::counted(published.wrote, "file");
    let done = built.tasks.iter().filter(|it| it.cause.is_some()).count();
    let kept = built.tasks.len() - done + built.kept.saturating_sub(done);
    if kept > 0 && done > 0 {
        let _ = write!(out, " ({done} rendered, {kept} reused)");
    }
    let _ = match (published.wrote, published.removed.len()) {
        (0, 0) => write!(out, "; nothing changed"),
        (_, 0) => write!(out, "; {written} written"),
        (_, removed) => write!(out, "; {written} written, {removed} removed"),
    };
    if common.verbose {
        for file in &published.removed {
            let _ = write!(out, "\n  removed {file}");
        }
    }
    if !built.left_out.is_empty() {
        let _ = write!(out, "\nNot on the site:");
        for left in &built.left_out {
            let _ = write!(out, "\n  {}: {}", left.source, reason(left, built));
        }
    }
    if !built.waived.is_empty() {
        let waived = near::counted(built.waived.len(), "finding");
        let _ = write!(out, "\n{waived} waived: `galen check -v` names what and why");
    }
    if arguments.unchecked {
        let _ = write!(out, "\n{UNCHECKED}");
    }
    if arguments.drafts {
        let _ = write!(out, "\nDrafts are included: do not put this folder online.");
    }
    out
}

/// The stages in their order, and the templates that took longest.
fn timings(built: &Built, whole: Duration) -> String {
    const SLOWEST: usize = 10;
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    let mut out = format!("{:>10}  stage", "ms");
    let told: Duration = built.timings.iter().map(|(_, time)| *time).sum();
    let rest = whole.saturating_sub(told);
    for (stage, time) in built.timings.iter().copied().chain([("open, publish", rest)]) {
        let _ = write!(out, "\n{:>10.1}  {stage}", milliseconds(time));
    }
    let _ = write!(out, "\n{:>10}  {:>7}  template (on all threads)", "ms", "pages");
    let mut templates: Vec<_> = built.templates().into_iter().collect();
    templates.sort_by_key(|(_, (time, _))| std::cmp::Reverse(*time));
    for (name, (time, pages)) in templates.into_iter().take(SLOWEST) {
        let _ = write!(out, "\n{:>10.1}  {pages:>7}  {name}", milliseconds(time));
    }
    out
}

fn reason(left: &LeftOut, built: &Built) -> String {
    let zone = built.config.as_ref().map(|config| &config.zone);
    let at = |moment| zone.map_or_else(String::new, |zone| date::spoken(moment, zone));
    match left.status {
        Status::Published => "published".to_owned(),
        Status::Draft => "draft".to_owned(),
        Status::Scheduled(moment) => format!("appears on {}", at(moment)),
        Status::Expired(moment) => format!("expired on {}", at(moment)),
        Status::Overdue(moment) => format!("left on {}, as its review is overdue", at(moment)),
    }
}
