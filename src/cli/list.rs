//! `galen list`: the entries of a site, and which of them are not online.

use std::fmt::Write as _;

use clap::{Args, ValueEnum};

use crate::build::{self, Listed, Request};
use crate::cli::report::Terminal;
use crate::cli::{Common, ERRORS, OK, USAGE};
use crate::config::Config;
use crate::content::Status;
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

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// Columns for people.
    Table,
    /// Comma-separated values, for spreadsheets (RFC 4180).
    Csv,
    /// A list of objects, for programs.
    Json,
}

/// One line: its cells in the order of [`COLUMNS`].
type Row = [String; 6];

const COLUMNS: [&str; 6] = ["status", "date", "collection", "slug", "title", "file"];

/// Lists entries; gives the exit code.
pub(crate) fn run(arguments: &Arguments, common: &Common, terminal: &Terminal) -> u8 {
    let request = Request { clock: arguments.clock.clone(), ..Request::default() };
    let listing = build::list(&Disk::new(&common.root), &request);
    terminal.problems(&listing.diagnostics, &listing.tree);
    let Some(config) = &listing.config else { return USAGE };
    // A table of nothing would say that there are no entries.
    if listing.collections.is_empty() && listing.diagnostics.has_errors() {
        let clock = listing.diagnostics.iter().any(|it| it.code == build::CLOCK);
        return if clock { USAGE } else { ERRORS };
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
    let asked = |status: Status| match status {
        Status::Draft => arguments.draft,
        Status::Scheduled(_) => arguments.scheduled,
        Status::Expired(_) => arguments.expired,
        Status::Published => false,
    };
    let all = !(arguments.draft || arguments.scheduled || arguments.expired);
    let within = |entry: &&Listed| {
        arguments.collection.as_deref().is_none_or(|name| &*entry.id.collection == name)
    };
    let entries = listing.entries.iter().filter(within);
    let rows: Vec<Row> = entries
        .filter(|entry| all || asked(entry.status))
        .map(|entry| row(entry, config))
        .collect();
    terminal.result(
        match arguments.format {
            Format::Table => table(&rows),
            Format::Csv => csv(&rows),
            Format::Json => json(&rows),
        }
        .trim_end(),
    );
    if listing.diagnostics.has_errors() { ERRORS } else { OK }
}

fn row(entry: &Listed, config: &Config) -> Row {
    let spoken = |at| date::spoken(at, &config.zone);
    let (status, date) = match entry.status {
        Status::Published => ("published", String::new()),
        Status::Draft => ("draft", String::new()),
        Status::Scheduled(at) => ("scheduled", spoken(at)),
        Status::Expired(at) => ("expired", spoken(at)),
    };
    [
        status.to_owned(),
        date,
        entry.id.collection.to_string(),
        entry.id.slug.to_string(),
        entry.title.clone(),
        entry.source.to_string(),
    ]
}

fn table(rows: &[Row]) -> String {
    let head = COLUMNS.map(str::to_owned);
    let wide = |column: usize| {
        let cells = rows.iter().chain([&head]).map(|row| row[column].chars().count());
        cells.max().unwrap_or_default()
    };
    let mut out = String::new();
    for row in [&head].into_iter().chain(rows) {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let gap = wide(column) - cell.chars().count();
            let _ = write!(line, "{cell}{}  ", " ".repeat(gap));
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}

fn csv(rows: &[Row]) -> String {
    // A cell that starts like a formula is one to a spreadsheet: a quotation mark keeps it a text.
    let cell = |text: &String| {
        let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
        let text = if formula { format!("'{text}") } else { text.clone() };
        match text.contains(['"', ',', '\n', '\r']) {
            true => format!("\"{}\"", text.replace('"', "\"\"")),
            false => text,
        }
    };
    let mut out = format!("{}\n", COLUMNS.join(","));
    for row in rows {
        let _ = writeln!(out, "{}", row.iter().map(cell).collect::<Vec<_>>().join(","));
    }
    out
}

fn json(rows: &[Row]) -> String {
    let quoted = |text: &str| serde_json::to_string(text).unwrap_or_default();
    let object = |row: &Row| {
        let pairs = COLUMNS.iter().zip(row).map(|(name, cell)| {
            let value = if cell.is_empty() { "null".to_owned() } else { quoted(cell) };
            format!("\"{name}\": {value}")
        });
        format!("  {{{}}}", pairs.collect::<Vec<_>>().join(", "))
    };
    match rows.is_empty() {
        true => "[]".to_owned(),
        false => format!("[\n{}\n]", rows.iter().map(object).collect::<Vec<_>>().join(",\n")),
    }
}
