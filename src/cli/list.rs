//! `galen list`: the entries of a site, which of them are not online, whose reviews are due, and
//! when the site next changes by itself.

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::build::{self, Listed, Listing, Next, Request, Turning};
use crate::cli::cells::{Cells, Format};
use crate::cli::report::Terminal;
use crate::cli::{Common, ERRORS, OK, USAGE};
use crate::config::Config;
use crate::content::{Status, Turn};
use crate::diag::Diagnostics;
use crate::text::{date, near};
use crate::vfs::Disk;

/// What `galen list` takes.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Those that are drafts.
    #[arg(long)]
    draft: bool,
    /// Those that will appear.
    #[arg(long)]
    scheduled: bool,
    /// Those that were withdrawn.
    #[arg(long)]
    expired: bool,
    /// Those whose review falls due within a time such as 60d, 8w, 2m or 1y, or is overdue.
    #[arg(long, value_name = "TIME")]
    due: Option<String>,
    /// Those whose review is overdue.
    #[arg(long)]
    overdue: bool,
    /// When the site would next change by itself, and why, instead of a list of entries.
    #[arg(
        long,
        conflicts_with_all = ["draft", "scheduled", "expired", "due", "overdue", "collection"]
    )]
    next_change: bool,
    /// Those of one collection, such as guides.
    #[arg(long, value_name = "NAME")]
    collection: Option<String>,
    /// How they are written.
    #[arg(long, default_value = "table", value_name = "FORMAT")]
    format: Format,
    /// The site as it is at a moment, such as 2026-12-01.
    #[arg(long, value_name = "MOMENT", env = "GALEN_CLOCK")]
    clock: Option<String>,
}

const COLUMNS: [&str; 8] =
    ["status", "date", "collection", "slug", "title", "file", "review_due", "reviewer"];

/// Lists entries; gives the exit code.
pub(crate) fn run(arguments: &Arguments, common: &Common, terminal: &Terminal) -> u8 {
    let request = Request { clock: arguments.clock.clone(), ..Request::default() };
    let files = Disk::new(&common.root);
    if arguments.next_change {
        return next_change(&build::next_change(&files, &request), arguments.format, terminal);
    }
    let within = arguments.due.as_deref().map(date::span);
    if let (Some(written), Some(None)) = (&arguments.due, &within) {
        terminal.usage(&format!(
            "`--due` takes a number and `d`, `w`, `m` or `y`, such as `60d`, not `{written}`"
        ));
        return USAGE;
    }
    let listing = build::list(&files, &request);
    terminal.problems(&listing.diagnostics, &listing.tree);
    let Some(config) = &listing.config else { return USAGE };
    // A table of nothing would say that there are no entries.
    if listing.collections.is_empty() && listing.diagnostics.has_errors() {
        return failed(&listing.diagnostics);
    }
    if let Some(name) = arguments.collection.as_deref()
        && !listing.collections.iter().any(|it| **it == *name)
        && !listing.collections.is_empty()
    {
        let names = || listing.collections.iter().map(|it| &**it);
        let hint = near::did_you_mean(name, names())
            .unwrap_or_else(|| format!("there is {}", near::all_of(names())));
        terminal.usage(&format!("there is no collection `{name}`; {hint}"));
        return USAGE;
    }
    let until = within.flatten().zip(listing.today).map(|(span, today)| today.saturating_add(span));
    let rows = chosen(&listing, arguments, until).into_iter().map(|entry| row(entry, config));
    let mut rows: Vec<[String; 8]> = rows.collect();
    if arguments.format == Format::Table && !asks_for_reviews(arguments) {
        rows.iter_mut().for_each(|row| row[6..].fill(String::new()));
    }
    match rows.is_empty() && arguments.format == Format::Table {
        true => terminal.note("there is no such entry"),
        false => {
            let cells = Cells { head: COLUMNS, rows };
            terminal.result(cells.write(arguments.format).trim_end());
        }
    }
    if listing.diagnostics.has_errors() { ERRORS } else { OK }
}

fn asks_for_reviews(arguments: &Arguments) -> bool {
    arguments.due.is_some() || arguments.overdue
}

/// The entries that were asked for; those whose reviews were asked for in the order in which these
/// are due.
fn chosen<'a>(listing: &'a Listing, arguments: &Arguments, until: Option<Date>) -> Vec<&'a Listed> {
    let status = |status: Status| match status {
        Status::Draft => arguments.draft,
        Status::Scheduled(_) => arguments.scheduled,
        Status::Expired(_) => arguments.expired,
        Status::Published | Status::Overdue(_) => false,
    };
    let reviews = asks_for_reviews(arguments);
    let all = !(arguments.draft || arguments.scheduled || arguments.expired || reviews);
    let review = |entry: &Listed| {
        let due = until.zip(entry.due).is_some_and(|(until, due)| due <= until);
        let kept = !matches!(entry.status, Status::Draft | Status::Expired(_));
        kept && (due || arguments.overdue && entry.overdue)
    };
    let within = |entry: &&Listed| {
        arguments.collection.as_deref().is_none_or(|name| &*entry.id.collection == name)
    };
    let entries = listing.entries.iter().filter(within);
    let mut chosen: Vec<&Listed> =
        entries.filter(|entry| all || status(entry.status) || review(entry)).collect();
    if reviews {
        chosen.sort_by_key(|entry| (entry.due.is_none(), entry.due));
    }
    chosen
}

fn row(entry: &Listed, config: &Config) -> [String; 8] {
    let spoken = |at| date::spoken(at, &config.zone);
    let (status, date) = match entry.status {
        Status::Published => ("published", String::new()),
        Status::Draft => ("draft", String::new()),
        Status::Scheduled(at) => ("scheduled", spoken(at)),
        Status::Expired(at) => ("expired", spoken(at)),
        Status::Overdue(at) => ("overdue", spoken(at)),
    };
    [
        status.to_owned(),
        date,
        entry.id.collection.to_string(),
        entry.id.slug.to_string(),
        entry.title.clone(),
        entry.source.to_string(),
        entry.due.map(|due| due.to_string()).unwrap_or_default(),
        entry.reviewer.clone().unwrap_or_default(),
    ]
}

fn next_change(next: &Next, format: Format, terminal: &Terminal) -> u8 {
    terminal.problems(&next.diagnostics, &next.tree);
    let Some(config) = &next.config else { return USAGE };
    if next.turns.is_empty() && next.diagnostics.has_errors() {
        return failed(&next.diagnostics);
    }
    if next.turns.is_empty() {
        terminal.note("nothing on this site changes by itself any more");
    }
    let one = |(turning, title): (&Turning, &String)| {
        let id = turning.id.as_ref();
        [
            moment(turning.at, config, format),
            words(&turning.turn),
            id.map(|id| id.collection.to_string()).unwrap_or_default(),
            id.map(|id| id.slug.to_string()).unwrap_or_default(),
            title.clone(),
            turning.source.to_string(),
        ]
    };
    let head = ["date", "change", "collection", "slug", "title", "file"];
    let rows = next.turns.iter().zip(&next.titles).map(one).collect();
    if !(next.turns.is_empty() && format == Format::Table) {
        terminal.result(Cells { head, rows }.write(format).trim_end());
    }
    if next.diagnostics.has_errors() { ERRORS } else { OK }
}

/// A moment in words for people, and with its offset for programs.
fn moment(at: Timestamp, config: &Config, format: Format) -> String {
    match format {
        Format::Table => date::spoken(at, &config.zone),
        Format::Csv | Format::Json => {
            at.to_zoned(config.zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
        }
    }
}

fn words(turn: &Turn) -> String {
    match turn {
        Turn::Published => "published".to_owned(),
        Turn::Withdrawn => "withdrawn".to_owned(),
        Turn::Overdue => "review overdue".to_owned(),
        Turn::Longer => "review overdue for longer".to_owned(),
        Turn::Reviewed => "day of the review".to_owned(),
        Turn::Day(field) => format!("{field} compared with the day"),
        Turn::WaiverEnds => "a waiver ends".to_owned(),
    }
}

fn failed(diagnostics: &Diagnostics) -> u8 {
    let clock = diagnostics.iter().any(|it| it.code == build::CLOCK);
    if clock { USAGE } else { ERRORS }
}
