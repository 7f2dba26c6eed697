//! SQLite: one file beside the server, safe against a cut of power, with nothing left of what is removed.

#![expect(clippy::disallowed_methods, reason = "the database is no part of the site")]

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql, params_from_iter};

use crate::store::database::{Row, Value};
use crate::store::errors::{Error, Kind, Result};
use crate::store::key_file;

/// `GALE` as a number: what a file of Galen's says that it is.
const APPLICATION: i64 = 0x4741_4c45;
/// Statements that are kept ready.
const READY: usize = 128;
/// How long a file that another has locked is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between two tries to settle.
const PAUSE: Duration = Duration::from_millis(10);

/// A connection to a file.
pub(crate) struct Sqlite {
    connection: Connection,
}

impl Sqlite {
    /// Opens a file, and makes it where there is none.
    pub(crate) fn open(path: &str) -> Result<Self> {
        let path = PathBuf::from(path);
        create(&path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opened = Connection::open_with_flags(&path, flags).map_err(Error::from);
        let at = |error: Error| Error::new(error.kind(), format!("`{}`: {error}", path.display()));
        let it = Self { connection: opened.map_err(at)? };
        it.settle_in_time().map_err(at)?;
        Ok(it)
    }

    /// Settles a file that others may be settling: SQLite does not wait by itself where two would turn the log on at once.
    fn settle_in_time(&self) -> Result<()> {
        let begun = Instant::now();
        loop {
            match self.settle() {
                Err(error) if error.kind() == Kind::Locked && begun.elapsed() < PATIENCE => {
                    std::thread::sleep(PAUSE);
                }
                settled => return settled,
            }
        }
    }

    fn settle(&self) -> Result<()> {
        let connection = &self.connection;
        connection.set_prepared_statement_cache_capacity(READY);
        connection.busy_timeout(PATIENCE)?;
        connection.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON;")?;
        // What another program made is refused before anything is written into it.
        // Both are read at one instant: another process may be making the tables right now.
        let instant = connection.unchecked_transaction()?;
        let number = |sql: &str| instant.query_row(sql, [], |row| row.get::<_, i64>(0));
        let empty = number("SELECT count(*) FROM sqlite_schema")? == 0;
        let application = number("PRAGMA application_id")?;
        instant.commit()?;
        if application != APPLICATION && !(application == 0 && empty) {
            return Err(Error::setting("this is a database of another program"));
        }
        let mode: String =
            connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
        if mode != "wal" {
            let words = "SQLite's write-ahead log does not work here, as on network file systems: use a local disk";
            return Err(Error::setting(words));
        }
        connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;")?;
        if application != APPLICATION {
            connection.pragma_update(None, "application_id", APPLICATION)?;
        }
        Ok(())
    }

    pub(crate) fn query<T>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        read: &mut dyn FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params_from_iter(values))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(read(&Row::Sqlite(row))?);
        }
        Ok(found)
    }

    pub(crate) fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<u64> {
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.execute(params_from_iter(values))? as u64)
    }

    pub(crate) fn batch(&self, sql: &str) -> Result<()> {
        Ok(self.connection.execute_batch(sql)?)
    }

    /// Writes the file anew, so that no page keeps a rest of what was removed, and empties the log.
    pub(crate) fn wipe(&self) -> Result<()> {
        self.batch("VACUUM")?;
        let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
        match self.connection.query_row(sql, [], |row| row.get::<_, i64>(0))? {
            0 => Ok(()),
            _ => Err(Error::new(Kind::Locked, "another program reads the database's log")),
        }
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let value = match *self {
            Self::Int(Some(number)) => ValueRef::Integer(number),
            Self::Text(Some(text)) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
            Self::Int(None) | Self::Text(None) => ValueRef::Null,
        };
        Ok(ToSqlOutput::Borrowed(value))
    }
}

/// Makes an empty file that only its owner may read, as SQLite then makes those beside it; one that is there must not be
/// open to everyone.
fn create(path: &Path) -> Result<()> {
    let fail = |error| Error::file(path, &error);
    match key_file::owned(OpenOptions::new().write(true).create_new(true)).open(path) {
        Ok(file) => {
            file.sync_all().map_err(fail)?;
            let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
            let folder = File::open(folder.unwrap_or(Path::new(".")));
            // A file survives a cut of power when its folder does.
            folder.and_then(|it| it.sync_all()).map_err(fail)
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => closed(path),
        Err(error) => Err(fail(error)),
    }
}

#[cfg(unix)]
fn closed(path: &Path) -> Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    let facts = fs::metadata(path).map_err(|error| Error::file(path, &error))?;
    match facts.mode() & 0o007 {
        0 => Ok(()),
        _ => {
            Err(Error::setting(format!("everyone may read `{0}`: `chmod 600 {0}`", path.display())))
        }
    }
}

#[cfg(not(unix))]
fn closed(path: &Path) -> Result<()> {
    fs::metadata(path).map(drop).map_err(|error| Error::file(path, &error))
}
