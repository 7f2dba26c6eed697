//! The two databases behind one set of statements: values in, rows out, transactions.
//!
//! Statements are written as PostgreSQL writes them, `$1`, `$2`, in the order in which they first stand in the text;
//! SQLite numbers such names by that order. A statement that the two write differently asks for the difference here.

use crate::store::errors::{Error, Kind, Result};
use crate::store::postgresql::Postgres;
use crate::store::sqlite::Sqlite;

/// The database that an address names.
pub(crate) enum Database {
    Sqlite(Sqlite),
    Postgres(Box<Postgres>),
}

/// A value of a statement.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'a> {
    Int(Option<i64>),
    Text(Option<&'a str>),
    Bytes(&'a [u8]),
}

/// A row of an answer.
pub(crate) enum Row<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a postgres::Row),
}

impl Database {
    pub(crate) fn open(address: &str) -> Result<Self> {
        if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            return Postgres::open(address).map(Box::new).map(Self::Postgres);
        }
        match address.strip_prefix("sqlite:") {
            Some(path) => Sqlite::open(path).map(Self::Sqlite),
            // The rest is not said again: it may hold a password.
            None if address.contains("://") => {
                Err(Error::setting("a store's address is a path, `sqlite:PATH` or `postgres://…`"))
            }
            None => Sqlite::open(address).map(Self::Sqlite),
        }
    }

    /// Gives the rows of a statement.
    pub(crate) fn query<T>(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        debug_assert!(in_order(sql, values.len()), "{sql}");
        match self {
            Self::Sqlite(it) => it.query(sql, values, &mut read),
            Self::Postgres(it) => it.query(sql, values, &mut read),
        }
    }

    /// Gives the only row of a statement that has one or none.
    pub(crate) fn first<T>(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
        read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.query(sql, values, read)?.into_iter().next())
    }

    /// Runs a statement, and gives how many rows it changed.
    pub(crate) fn execute(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64> {
        debug_assert!(in_order(sql, values.len()), "{sql}");
        match self {
            Self::Sqlite(it) => it.execute(sql, values),
            Self::Postgres(it) => it.execute(sql, values),
        }
    }

    /// Runs statements without values or answers.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        match self {
            Self::Sqlite(it) => it.batch(sql),
            Self::Postgres(it) => it.batch(sql),
        }
    }

    /// Does all of something or nothing of it.
    pub(crate) fn transaction<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        match self {
            // What will write says so at once: two that read first and then write could not wait for each other.
            Self::Sqlite(it) => it.batch("BEGIN IMMEDIATE")?,
            Self::Postgres(it) => it.begin()?,
        }
        let done = work(self).and_then(|done| self.end("COMMIT").map(|()| done));
        if done.is_err() {
            // After some failures the transaction is gone already, and this fails too.
            let _ = self.end("ROLLBACK");
        }
        done
    }

    fn end(&mut self, sql: &str) -> Result<()> {
        match self {
            Self::Sqlite(it) => it.batch(sql),
            Self::Postgres(it) => it.end(sql),
        }
    }

    /// Gives what keeps two that claim at the same moment from waiting for each other's rows.
    pub(crate) fn skip_locked(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "",
            Self::Postgres(_) => " FOR UPDATE SKIP LOCKED",
        }
    }

    /// Makes one of several instances that open a new database at the same moment the first.
    pub(crate) fn alone(&mut self) -> Result<()> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(it) => it.batch("SELECT pg_advisory_xact_lock(5140731226091178)"),
        }
    }

    /// Turns the definition of tables into this database's own words.
    pub(crate) fn definition(&self, sql: &str) -> String {
        let words: &[(&str, &str)] = match self {
            Self::Sqlite(_) => &[
                ("BYTEA", "BLOB"),
                ("SERIAL", "INTEGER PRIMARY KEY AUTOINCREMENT"),
                ("BIGINT", "INTEGER"),
                (")\nKEYED;", ") STRICT, WITHOUT ROWID;"),
                (")\nLISTED;", ") STRICT;"),
            ],
            Self::Postgres(_) => &[
                ("SERIAL", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
                (")\nKEYED;", ");"),
                (")\nLISTED;", ");"),
            ],
        };
        words.iter().fold(sql.to_owned(), |sql, (from, to)| sql.replace(from, to))
    }

    /// Leaves nothing readable of what was removed, as far as this database can.
    pub(crate) fn wipe(&mut self) -> Result<()> {
        match self {
            Self::Sqlite(it) => it.wipe(),
            Self::Postgres(it) => it.wipe(),
        }
    }
}

impl Row<'_> {
    pub(crate) fn int(&self, at: usize) -> Result<i64> {
        match self {
            Self::Sqlite(row) => Ok(row.get(at)?),
            Self::Postgres(row) => Ok(row.try_get(at)?),
        }
    }

    pub(crate) fn optional_int(&self, at: usize) -> Result<Option<i64>> {
        match self {
            Self::Sqlite(row) => Ok(row.get(at)?),
            Self::Postgres(row) => Ok(row.try_get(at)?),
        }
    }

    pub(crate) fn text(&self, at: usize) -> Result<String> {
        match self {
            Self::Sqlite(row) => Ok(row.get(at)?),
            Self::Postgres(row) => Ok(row.try_get(at)?),
        }
    }

    pub(crate) fn optional_text(&self, at: usize) -> Result<Option<String>> {
        match self {
            Self::Sqlite(row) => Ok(row.get(at)?),
            Self::Postgres(row) => Ok(row.try_get(at)?),
        }
    }

    pub(crate) fn bytes(&self, at: usize) -> Result<Vec<u8>> {
        match self {
            Self::Sqlite(row) => Ok(row.get(at)?),
            Self::Postgres(row) => Ok(row.try_get(at)?),
        }
    }

    pub(crate) fn digest(&self, at: usize) -> Result<[u8; 32]> {
        let bytes = self.bytes(at)?;
        bytes
            .try_into()
            .map_err(|_| Error::new(Kind::Damaged, "a digest in the database is damaged"))
    }
}

/// Writes `($1, $2), ($3, $4)`: `rows` groups of as many values as `columns`.
pub(crate) fn groups(columns: usize, rows: usize) -> String {
    let mut number = 0;
    let mut next = || {
        number += 1;
        format!("${number}")
    };
    let mut group = || format!("({})", (0..columns).map(|_| next()).collect::<Vec<_>>().join(", "));
    (0..rows).map(|_| group()).collect::<Vec<_>>().join(", ")
}

/// The values of a statement first stand in their order, and are as many as there are.
fn in_order(sql: &str, values: usize) -> bool {
    let numbers = sql.split('$').skip(1).map(|rest| {
        let end = rest.find(|it: char| !it.is_ascii_digit()).unwrap_or(rest.len());
        rest[..end].parse::<usize>().unwrap_or_default()
    });
    let mut most = 0;
    for number in numbers {
        if number == 0 || number > most + 1 {
            return false;
        }
        most = most.max(number);
    }
    most == values
}
