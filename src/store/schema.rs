//! The tables, and the version of them that a database has.

use crate::store::database::{Database, Value};
use crate::store::errors::{Error, Kind, Result};
use crate::store::letters;

/// The version of the tables that this Galen writes.
const VERSION: i64 = 1;

/// Facts of the database itself: the version of its tables, and whether something removed is still to be wiped.
const FACTS: &str =
    "CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value BIGINT NOT NULL)\nKEYED;";

/// What was pulled from hosts, which may have it still after it was removed here: digests under the server's secret, and until
/// when they are kept. It joined the tables of version 1; a Galen without it leaves it alone.
const PULLED: &str =
    "CREATE TABLE IF NOT EXISTS pulled (once BYTEA PRIMARY KEY, until BIGINT NOT NULL)\nKEYED;";

/// Photographs, each sealed by itself under the data key of its enquiry, with which they go. It joined the tables of version 1: a
/// Galen without it leaves it alone, and removes them with their enquiries all the same.
const PHOTOS: &str = "
CREATE TABLE IF NOT EXISTS photos (
    submission TEXT NOT NULL REFERENCES submissions (id) ON DELETE CASCADE,
    question TEXT NOT NULL,
    number BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (submission, question, number)
)
LISTED;
";

/// No answer stands here in clear, and no e-mail, telephone or name: what a person wrote is in `sealed` alone.
const TABLES: &str = "
CREATE TABLE data_keys (
    id TEXT PRIMARY KEY,
    public TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    created BIGINT NOT NULL
)
LISTED;
CREATE INDEX data_keys_public ON data_keys (public);

CREATE TABLE submissions (
    id TEXT PRIMARY KEY,
    form TEXT NOT NULL,
    received BIGINT NOT NULL,
    page TEXT NOT NULL,
    language TEXT NOT NULL,
    contract BYTEA NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('new', 'held', 'done')),
    reason TEXT,
    data_key TEXT NOT NULL REFERENCES data_keys (id),
    sealed BYTEA NOT NULL,
    once BYTEA NOT NULL UNIQUE,
    delete_after BIGINT,
    origin TEXT NOT NULL
)
LISTED;
CREATE INDEX submissions_received ON submissions (received, id);
CREATE INDEX submissions_delete_after ON submissions (delete_after);
CREATE INDEX submissions_data_key ON submissions (data_key);

CREATE TABLE wordings (
    digest BYTEA PRIMARY KEY,
    text TEXT NOT NULL
)
KEYED;

CREATE TABLE consents (
    submission TEXT NOT NULL REFERENCES submissions (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    wording BYTEA NOT NULL REFERENCES wordings (digest),
    given_at BIGINT NOT NULL,
    PRIMARY KEY (submission, name)
)
KEYED;

CREATE TABLE finds (
    submission TEXT NOT NULL REFERENCES submissions (id) ON DELETE CASCADE,
    digest BYTEA NOT NULL,
    PRIMARY KEY (submission, digest)
)
KEYED;
CREATE INDEX finds_digest ON finds (digest);

CREATE TABLE outbox (
    id SERIAL,
    submission TEXT REFERENCES submissions (id) ON DELETE CASCADE,
    channel TEXT NOT NULL,
    target TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'dead')),
    last_error TEXT,
    created BIGINT NOT NULL
)
LISTED;
CREATE INDEX outbox_submission ON outbox (submission);
CREATE INDEX outbox_pending ON outbox (next_at) WHERE state = 'pending';

CREATE TABLE audit (
    id SERIAL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    form TEXT,
    submission TEXT,
    count BIGINT NOT NULL
)
LISTED;
CREATE INDEX audit_at ON audit (at);
";

/// Makes the tables of a new database, and refuses those of a newer Galen.
pub(crate) fn settle(database: &mut Database) -> Result<()> {
    database.transaction(|database| {
        database.alone()?;
        for table in [FACTS, PULLED] {
            let table = database.definition(table);
            database.batch(&table)?;
        }
        match version(database)? {
            None => {
                let tables = database.definition(TABLES);
                database.batch(&tables)?;
                let sql = "INSERT INTO facts (name, value) VALUES ($1, $2)";
                for (name, value) in [("schema", VERSION), (WIPE, 0)] {
                    let values = [Value::Text(Some(name)), Value::Int(Some(value))];
                    database.execute(sql, &values)?;
                }
            }
            Some(VERSION) => {}
            Some(newer) => {
                return Err(Error::new(
                    Kind::Newer,
                    format!(
                        "the store was made by a newer Galen: its tables are of version {newer}, \
                         and this one knows version {VERSION}; use that Galen"
                    ),
                ));
            }
        }
        for table in [PHOTOS, letters::TABLE] {
            let table = database.definition(table);
            database.batch(&table)?;
        }
        Ok(())
    })
}

fn version(database: &mut Database) -> Result<Option<i64>> {
    fact(database, "schema")
}

/// The fact that something was removed and is not wiped yet: how often since it was last wiped.
const WIPE: &str = "wipe";

/// Tells how often something was removed since it was last wiped.
pub(crate) fn unwiped(database: &mut Database) -> Result<i64> {
    Ok(fact(database, WIPE)?.unwrap_or_default())
}

/// Notes that something was removed that is to be wiped.
pub(crate) fn note_removed(database: &mut Database) -> Result<()> {
    let sql = "UPDATE facts SET value = value + 1 WHERE name = $1";
    database.execute(sql, &[Value::Text(Some(WIPE))]).map(drop)
}

/// Notes that all was wiped, unless something was removed since [`unwiped`] told the number.
pub(crate) fn note_wiped(database: &mut Database, unwiped: i64) -> Result<()> {
    let sql = "UPDATE facts SET value = 0 WHERE name = $1 AND value = $2";
    database.execute(sql, &[Value::Text(Some(WIPE)), Value::Int(Some(unwiped))]).map(drop)
}

/// The fact of when what is old was last removed.
const PURGED: &str = "purged";

/// Gives when what is old was last removed. Where that was never noted, the moment of the newest enquiry or, without any, this
/// one is noted instead.
pub(crate) fn last_purge(database: &mut Database, now: i64) -> Result<i64> {
    if let Some(at) = fact(database, PURGED)? {
        return Ok(at);
    }
    let sql = "SELECT max(received) FROM submissions";
    let newest = database.first(sql, &[], |row| row.optional_int(0))?.flatten();
    let at = newest.unwrap_or(now).min(now);
    note_purged(database, at)?;
    Ok(at)
}

/// Notes when what is old was removed.
pub(crate) fn note_purged(database: &mut Database, now: i64) -> Result<()> {
    let sql = "INSERT INTO facts (name, value) VALUES ($1, $2) \
               ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    database.execute(sql, &[Value::Text(Some(PURGED)), Value::Int(Some(now))]).map(drop)
}

fn fact(database: &mut Database, name: &str) -> Result<Option<i64>> {
    let sql = "SELECT value FROM facts WHERE name = $1";
    database.first(sql, &[Value::Text(Some(name))], |row| row.int(0))
}
