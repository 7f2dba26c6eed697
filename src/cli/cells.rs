//! Lists of results: as columns for people, for spreadsheets, for programs.

use std::fmt::Write as _;

use clap::ValueEnum;

/// How a list is written.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Columns for people.
    Table,
    /// Comma-separated values, for spreadsheets (RFC 4180).
    Csv,
    /// A list of objects, for programs.
    Json,
}

/// A list: the names of its columns, and its rows, each with a cell for each column.
pub(crate) struct Cells<const N: usize> {
    pub(crate) head: [&'static str; N],
    pub(crate) rows: Vec<[String; N]>,
}

impl<const N: usize> Cells<N> {
    /// Writes the list.
    pub(crate) fn write(&self, format: Format) -> String {
        match format {
            Format::Table => self.table(),
            Format::Csv => self.csv(),
            Format::Json => self.json(),
        }
    }

    /// Columns; those at the end in which there is nothing are left out.
    fn table(&self) -> String {
        let head = self.head.map(str::to_owned);
        let wide = |column: usize| {
            let cells = self.rows.iter().chain([&head]).map(|row| row[column].chars().count());
            cells.max().unwrap_or_default()
        };
        let empty = |column: &usize| self.rows.iter().all(|row| row[*column].is_empty());
        let spare = (0..N).rev().take_while(|column| !self.rows.is_empty() && empty(column));
        let shown = N - spare.count();
        let mut out = String::new();
        for row in [&head].into_iter().chain(&self.rows) {
            let mut line = String::new();
            for (column, cell) in row.iter().enumerate().take(shown) {
                let gap = wide(column) - cell.chars().count();
                let _ = write!(line, "{cell}{}  ", " ".repeat(gap));
            }
            let _ = writeln!(out, "{}", line.trim_end());
        }
        out
    }

    fn csv(&self) -> String {
        // A cell that starts like a formula is one to a spreadsheet: a quotation mark keeps it a
        // text.
        let cell = |text: &String| {
            let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
            let text = if formula { format!("'{text}") } else { text.clone() };
            match text.contains(['"', ',', '\n', '\r']) {
                true => format!("\"{}\"", text.replace('"', "\"\"")),
                false => text,
            }
        };
        let mut out = format!("{}\n", self.head.join(","));
        for row in &self.rows {
            let _ = writeln!(out, "{}", row.iter().map(cell).collect::<Vec<_>>().join(","));
        }
        out
    }

    fn json(&self) -> String {
        let quoted = |text: &str| serde_json::to_string(text).unwrap_or_default();
        let object = |row: &[String; N]| {
            let pairs = self.head.iter().zip(row).map(|(name, cell)| {
                let value = if cell.is_empty() { "null".to_owned() } else { quoted(cell) };
                format!("\"{name}\": {value}")
            });
            format!("  {{{}}}", pairs.collect::<Vec<_>>().join(", "))
        };
        match self.rows.is_empty() {
            true => "[]".to_owned(),
            false => {
                format!("[\n{}\n]", self.rows.iter().map(object).collect::<Vec<_>>().join(",\n"))
            }
        }
    }
}
