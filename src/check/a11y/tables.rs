//! Tables: headings that head something, and cells that name their headings.

use std::ops::Range;

use crate::check::a11y::Judge;
use crate::diag::{Code, Diagnostic};
use crate::html::tree::Id;

const HEADERS: Code = Code::new("a11y/table-headers");
const EMPTY: Code = Code::new("a11y/table-header-cells");

/// How many columns are looked at for cells that reach down into them.
const COLUMNS: usize = 10_000;

/// A table, and its cells.
pub(super) type Grid = (Id, Vec<Cell>);

/// A cell with the rows and columns that it takes up.
pub(super) struct Cell {
    id: Id,
    rows: Range<usize>,
    columns: Range<usize>,
}

impl Judge<'_> {
    /// Checks a cell of a table.
    pub(super) fn cell(&mut self, id: Id) {
        let view = self.view;
        let role = view.role_name(id);
        let header = matches!(role, "columnheader" | "rowheader");
        let headers =
            view.has_attribute(id, "headers") && matches!(self.tree.nodes[id].name, "td" | "th");
        if !header && !headers || !view.is_told(id) || !view.is_visible(id) {
            return;
        }
        let outer = self
            .tree
            .around(id)
            .find(|it| matches!(view.role_name(*it), "table" | "grid" | "treegrid"));
        let Some(table) = outer.filter(|it| view.is_told(*it)) else { return };
        if headers {
            self.headers(id, table);
        }
        if header && !self.heads(id, table) {
            let message = "this heading of a table heads no cell";
            let help =
                "add the cells, or remove the heading; for a row's heading write `scope=\"row\"`";
            self.warn(id, EMPTY, message, help);
        }
    }

    fn headers(&mut self, id: Id, table: Id) {
        let value = self.view.attribute(id, "headers").unwrap_or_default();
        let wrong = value.split_ascii_whitespace().find(|name| {
            self.view.ids.get(*name).is_none_or(|it| {
                *it == id
                    || !matches!(self.tree.nodes[*it].name, "td" | "th")
                    || self.tree.around(*it).find(|it| self.tree.is(*it, "table")) != Some(table)
            })
        });
        if let Some(name) = wrong {
            let at = self.tree.attribute_at(id, "headers");
            let message = format!("`headers` names `{name}`, which is no other cell of this table");
            let help =
                "write the ids of the headings of this cell; in plain tables leave `headers` out";
            self.say(at, Diagnostic::error(HEADERS, message).help(help));
        }
    }

    fn heads(&mut self, id: Id, table: Id) -> bool {
        let view = self.view;
        // A table has its headings one after the other.
        let known = self.grid.take().filter(|it| it.0 == table);
        let grid = known.unwrap_or_else(|| match self.tree.is(table, "table") {
            true => (table, self.grid(table)),
            false => (table, self.rows(table)),
        });
        let (_, cells) = self.grid.insert(grid);
        let Some(own) = cells.iter().find(|it| it.id == id) else { return true };
        let name = view.attribute(id, "id");
        let by_row = view.role_name(id) == "rowheader";
        let scoped = view.has_attribute(id, "scope") || view.explicit(id).is_some();
        cells.iter().filter(|it| it.id != id).any(|cell| {
            if let Some(headers) = view.attribute(cell.id, "headers") {
                return name
                    .as_ref()
                    .is_some_and(|name| headers.split_ascii_whitespace().any(|it| it == name));
            }
            let meet = |a: &Range<usize>, b: &Range<usize>| a.start < b.end && b.start < a.end;
            let below = meet(&own.columns, &cell.columns) && cell.rows.start >= own.rows.end;
            let beside = meet(&own.rows, &cell.rows) && cell.columns.start >= own.columns.end;
            let data = !matches!(view.role_name(cell.id), "columnheader" | "rowheader");
            match (by_row, scoped) {
                (true, true) => beside,
                (false, true) => below,
                _ => below || beside && data,
            }
        })
    }

    /// The cells of a `<table>` (HTML Standard 4.9.12.1).
    fn grid(&self, table: Id) -> Vec<Cell> {
        let mut cells: Vec<Cell> = Vec::new();
        // By column: the row down to which a cell of a row above reaches.
        let mut busy: Vec<usize> = Vec::new();
        let of_table =
            |id: &Id| self.tree.around(*id).find(|it| self.tree.is(*it, "table")) == Some(table);
        let rows = self.tree.within(table).filter(|it| self.tree.is(*it, "tr")).filter(of_table);
        for (row, id) in rows.enumerate() {
            let mut column = 0;
            let own = self
                .tree
                .children(id)
                .filter(|it| matches!(self.tree.nodes[*it].name, "td" | "th"));
            for cell in own {
                let span = |name: &str, most: usize| {
                    let said = self
                        .view
                        .attribute(cell, name)
                        .and_then(|it| it.trim().parse::<usize>().ok());
                    said.unwrap_or(1).clamp(1, most)
                };
                while busy.get(column).is_some_and(|end| *end > row) {
                    column += 1;
                }
                let (width, height) = (span("colspan", 1000), span("rowspan", 65534));
                let (rows, columns) = (row..row + height, column..column + width);
                if height > 1 {
                    let end = columns.end.min(COLUMNS);
                    busy.resize(busy.len().max(end), 0);
                    busy[columns.start.min(end)..end].fill(rows.end);
                }
                cells.push(Cell { id: cell, rows, columns });
                column += width;
            }
        }
        cells
    }

    /// The cells of a table that is made of roles.
    fn rows(&self, table: Id) -> Vec<Cell> {
        let view = self.view;
        let rows = self.tree.within(table).filter(|it| view.role_name(*it) == "row");
        rows.enumerate()
            .flat_map(|(row, id)| {
                let cells = self.tree.within(id).filter(|it| {
                    matches!(
                        view.role_name(*it),
                        "cell" | "gridcell" | "columnheader" | "rowheader"
                    )
                });
                cells.enumerate().map(move |(column, id)| Cell {
                    id,
                    rows: row..row + 1,
                    columns: column..column + 1,
                })
            })
            .collect()
    }
}
