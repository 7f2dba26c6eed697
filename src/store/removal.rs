//! Removing: what a person asks for, what is past its day, and every trace of either.
//!
//! SQLite overwrites what is deleted (`secure_delete`); its file is then written anew and its log emptied, as pages that were
//! divided may keep rests. PostgreSQL only frees the room (`VACUUM`), and its write-ahead log, replicas and backups keep
//! what they have for as long as their keeper lets them: there it is the seal that protects, and the reading key's rotation.

use crate::store::Store;
use crate::store::database::{Database, Value};
use crate::store::errors::{Error, Result};
use crate::store::schema;

/// How long a data key without enquiries stays: a server may be about to keep one under it, as it uses each for a day.
const LINGERS: i64 = 2 * 24 * 60 * 60 * 1000;
/// How long it is known that a notice about no enquiry was sent.
const REMEMBERED: i64 = 90 * 24 * 60 * 60 * 1000;

/// What was removed.
#[derive(Debug, Default)]
pub struct Purged {
    /// Enquiries, each with its consents, finds, notices and photographs.
    pub submissions: u64,
    /// Data keys that nothing needs any more.
    pub keys: u64,
    /// Why rests of it may still lie in the database's file: the next removal, or [`Store::wipe`], tries again.
    pub unwiped: Option<Error>,
}

impl Store {
    /// Removes these enquiries with all that belongs to them.
    pub fn erase<T: AsRef<str>>(&mut self, ids: &[T], now: i64) -> Result<Purged> {
        self.remove(now, |database| {
            let mut count = 0;
            for id in ids {
                let sql = "DELETE FROM submissions WHERE id = $1";
                count += database.execute(sql, &[Value::Text(Some(id.as_ref()))])?;
            }
            Ok(count)
        })
    }

    /// Gives when what is past its day was last removed; in a store that never noted it, when its newest enquiry came.
    pub fn last_purge(&mut self, now: i64) -> Result<i64> {
        self.database.transaction(|database| schema::last_purge(database, now))
    }

    /// Removes the enquiries whose day is past, with all that belongs to them.
    pub fn purge(&mut self, now: i64) -> Result<Purged> {
        self.remove(now, |database| {
            let sql =
                "DELETE FROM outbox WHERE submission IS NULL AND state = 'sent' AND created < $1";
            database.execute(sql, &[Value::Int(Some(now.saturating_sub(REMEMBERED)))])?;
            schema::note_purged(database, now)?;
            let sql = "DELETE FROM pulled WHERE until < $1";
            database.execute(sql, &[Value::Int(Some(now))])?;
            let sql = "DELETE FROM submissions WHERE delete_after < $1";
            database.execute(sql, &[Value::Int(Some(now))])
        })
    }

    /// Leaves nothing readable of what was removed, as far as the database can: the file of SQLite is written anew and
    /// its log emptied. PostgreSQL frees the room; its log and its backups are its keeper's.
    pub fn wipe(&mut self) -> Result<()> {
        match schema::unwiped(&mut self.database)? {
            0 => Ok(()),
            unwiped => {
                self.database.wipe()?;
                schema::note_wiped(&mut self.database, unwiped)
            }
        }
    }

    fn remove(
        &mut self,
        now: i64,
        remove: impl FnOnce(&mut Database) -> Result<u64>,
    ) -> Result<Purged> {
        let mut purged = self.database.transaction(|database| {
            let submissions = remove(database)?;
            let sql = "DELETE FROM data_keys WHERE created < $1 AND NOT EXISTS \
                       (SELECT 1 FROM submissions s WHERE s.data_key = data_keys.id)";
            let keys = database.execute(sql, &[Value::Int(Some(now.saturating_sub(LINGERS)))])?;
            if submissions + keys > 0 {
                schema::note_removed(database)?;
            }
            Ok(Purged { submissions, keys, unwiped: None })
        })?;
        purged.unwiped = self.wipe().err();
        Ok(purged)
    }
}
