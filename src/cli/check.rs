//! `galen check`: everything that a build looks at, with nothing published.

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;

use crate::build;
use crate::check::external;
use crate::cli::findings::{Findings, Format, refused};
use crate::cli::report::Terminal;
use crate::cli::site::{AsOf, yes};
use crate::cli::{Common, ERRORS, OK, USAGE, WARNINGS, pages, web};
use crate::diag::{Code, Diagnostic, Diagnostics, codes, text};
use crate::render::{self, Nowhere};
use crate::text::near;
use crate::vfs::Disk;

/// What `galen check` takes.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// How findings are written; for programs, standard output has nothing else.
    #[arg(long, default_value = "text", value_name = "FORMAT")]
    format: Format,
    /// Tell these alone: codes such as link/broken, groups such as link; errors without which the
    /// site cannot be made are told all the same.
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    only: Vec<String>,
    /// Treat warnings as errors.
    #[arg(long, env = "GALEN_STRICT", value_parser = yes)]
    strict: bool,
    /// Check drafts too, as if they were published.
    #[arg(long, env = "GALEN_DRAFTS", value_parser = yes)]
    drafts: bool,
    /// Tell also which ways through the templates no page takes, so that nobody has seen them.
    #[arg(long)]
    templates: bool,
    /// Look up links to other sites on the web, too.
    #[arg(long)]
    external: bool,
    /// Name the addresses of a sitemap, or of a text with one on each line, that the site has no
    /// more: a file, or an address of the web.
    #[arg(long, value_name = "LIST")]
    against: Option<String>,
    /// Check these finished pages instead of the site, whoever made them: files of HTML, or folders
    /// of them. Their markup and their accessibility are judged.
    #[arg(long, value_name = "PATH", num_args = 1..)]
    html: Vec<PathBuf>,
    #[command(flatten)]
    as_of: AsOf,
}

/// Checks the site; gives the exit code.
pub(crate) fn run(arguments: &Arguments, common: &Common, terminal: &Terminal) -> u8 {
    let start = Instant::now();
    let Some(wanted) = wanted(&arguments.only, terminal) else { return USAGE };
    let mut findings = Findings::new(arguments.format, common, terminal);
    if !arguments.html.is_empty() {
        return of_pages(arguments, findings, (common, terminal), &wanted);
    }
    let request = arguments.as_of.request(arguments.drafts);
    let progress = |step: &str| terminal.progress(step);
    let mut built = build::build(&Disk::new(&common.root), &request, &Nowhere, &progress);
    let is_wanted = |it: &Diagnostic| {
        codes::stands(it) || wanted.as_ref().is_none_or(|wanted| wanted.contains(&it.code))
    };
    let mut found = std::mem::take(&mut built.diagnostics);
    if arguments.templates
        && let Some((world, engine)) = built.world.as_ref().zip(built.engine.as_ref())
    {
        found.extend(built.judge(render::never_taken(world, engine)).diagnostics);
    }
    let mut lines = Vec::new();
    if built.world.is_some() {
        let external = arguments.external.then(|| web::external(&built, common, terminal));
        let against = arguments.against.as_ref().map(|list| web::against(&mut built, list));
        for (more, line) in external.into_iter().chain(against) {
            found.extend(built.judge(more).diagnostics);
            lines.push(line);
        }
    }
    let found: Diagnostics = found.sorted().into_iter().filter(is_wanted).collect();
    built.waived.retain(|it| is_wanted(&it.diagnostic));
    findings.problems(&found, &built.tree);
    // What others do not answer is no fault of the site.
    let own = found.iter().filter(|it| it.code != external::UNCHECKED).cloned().collect();
    let code = refused(&built, &own, arguments.strict).unwrap_or(OK);
    if code != USAGE && !common.quiet {
        let mut line = summary(built.pages, start, &found);
        if !built.waived.is_empty() {
            line.push_str(&format!("; {} waived", near::counted(built.waived.len(), "finding")));
        }
        if common.verbose {
            for it in &built.waived {
                let (found, file) = (&it.diagnostic, it.diagnostic.span.as_ref());
                let file = file.map_or("", |span| span.source.as_str());
                line.push_str(&format!(
                    "\n  {file}: {} [{}], until {}: {}",
                    found.message, found.code, it.until, it.reason
                ));
            }
        }
        lines.iter().for_each(|it| line.push_str(&format!("\n{it}")));
        findings.result(&line);
    }
    findings.waived(std::mem::take(&mut built.waived));
    findings.finish();
    code
}

/// Checks finished pages; gives the exit code.
fn of_pages(
    arguments: &Arguments,
    mut findings: Findings,
    (common, terminal): (&Common, &Terminal),
    wanted: &Option<Vec<Code>>,
) -> u8 {
    let start = Instant::now();
    let checked = match pages::check(&arguments.html, common) {
        Ok(checked) => checked,
        Err(why) => {
            terminal.usage(&why);
            return USAGE;
        }
    };
    let is_wanted = |it: &Diagnostic| wanted.as_ref().is_none_or(|all| all.contains(&it.code));
    let found: Diagnostics = checked.found.into_iter().filter(is_wanted).collect();
    findings.problems(&found, &checked.tree);
    if !common.quiet {
        findings.result(&summary(checked.pages, start, &found));
    }
    findings.finish();
    match (found.has_errors(), arguments.strict && !found.is_empty()) {
        (true, _) => ERRORS,
        (_, true) => WARNINGS,
        _ => OK,
    }
}

/// Says how much was checked, and what came of it.
fn summary(pages: usize, start: Instant, found: &Diagnostics) -> String {
    let said = match found.is_empty() {
        true => "nothing found".to_owned(),
        false => text::count(found),
    };
    let pages = near::counted(pages, "page");
    format!("Checked {pages} in {:.2} s: {said}", start.elapsed().as_secs_f64())
}

/// The codes that are meant by `--only`, all of them where it is not given; `None` when one is
/// none, which has been said.
fn wanted(only: &[String], terminal: &Terminal) -> Option<Option<Vec<Code>>> {
    let mut wanted = Vec::new();
    for name in only.iter().map(|it| it.trim()) {
        let meant = codes::meant(name);
        if meant.is_empty() {
            let known = codes::all().iter().map(|it| it.as_str()).chain(codes::groups());
            let hint = near::did_you_mean(name, known)
                .unwrap_or_else(|| format!("groups are {}", near::all_of(codes::groups())));
            terminal.usage(&format!("`--only`: there is no check `{name}`; {hint}"));
            return None;
        }
        wanted.extend(meant);
    }
    Some((!only.is_empty()).then_some(wanted))
}
