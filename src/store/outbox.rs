//! The outbox: notices wait here until they are sent, are tried again at growing distances, and are given up with words.

use crate::store::commit::Notice;
use crate::store::database::Value;
use crate::store::errors::Result;
use crate::store::keys::random;
use crate::store::{Store, letters};

/// How long whoever took a notice has it for themselves.
const LEASE: i64 = 2 * MINUTE;
const MINUTE: i64 = 60_000;
/// What is waited after each attempt; after the last of these it is given up.
const WAITS: [i64; 5] = [MINUTE, 5 * MINUTE, 30 * MINUTE, 120 * MINUTE, 720 * MINUTE];
/// Beyond every wait: a notice that is due later was put in while the clock was ahead, and would wait for years.
const BEYOND: i64 = 15 * 60 * MINUTE;
/// Characters of an error that are kept.
const WORDS: usize = 300;

/// A notice that is to be sent now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Its number, the same for each attempt.
    pub id: i64,
    /// The enquiry that it is about.
    pub submission: Option<String>,
    /// How and to whom.
    pub notice: Notice,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// When it was put in.
    pub created: i64,
}

/// A notice that was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dead {
    /// Its number.
    pub id: i64,
    /// The enquiry that it is about.
    pub submission: Option<String>,
    /// How and to whom.
    pub notice: Notice,
    /// How often it was tried.
    pub attempts: u32,
    /// What was wrong the last time.
    pub last_error: Option<String>,
    /// When it was put in.
    pub created: i64,
}

/// What becomes of a notice that could not be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// It is tried again at this moment.
    Until(i64),
    /// It is given up.
    Dead,
    /// It was sent, given up or removed meanwhile.
    Gone,
}

impl Store {
    /// Takes at most `limit` notices that are due. No other instance is given them for two minutes; each must be told to
    /// be [`sent`](Store::sent) or [`failed`](Store::failed) before that, or it is due again. What would wait for longer
    /// than any notice does is due too: the clock was ahead when it was put in.
    pub fn due(&mut self, now: i64, limit: usize) -> Result<Vec<Due>> {
        let skip = self.database.skip_locked();
        let sql = format!(
            "UPDATE outbox SET next_at = $1, attempts = attempts + 1 WHERE id IN \
             (SELECT id FROM outbox WHERE state = 'pending' AND (next_at <= $2 OR next_at > $3) \
             ORDER BY next_at, id LIMIT $4{skip}) \
             RETURNING id, submission, channel, target, attempts, created"
        );
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let beyond = now.saturating_add(BEYOND);
        let values = [now.saturating_add(LEASE), now, beyond, limit].map(|it| Value::Int(Some(it)));
        let mut due = self.database.transaction(|database| {
            database.query(&sql, &values, |row| {
                let notice = Notice { channel: row.text(2)?, target: row.text(3)? };
                let attempt = u32::try_from(row.int(4)?).unwrap_or(u32::MAX);
                let (id, submission, created) = (row.int(0)?, row.optional_text(1)?, row.int(5)?);
                Ok(Due { id, submission, notice, attempt, created })
            })
        })?;
        due.sort_by_key(|due| due.id);
        Ok(due)
    }

    /// Says that a notice was sent.
    pub fn sent(&mut self, id: i64) -> Result<()> {
        self.database.transaction(|database| {
            let sql = "UPDATE outbox SET state = 'sent', last_error = NULL WHERE id = $1";
            database.execute(sql, &[Value::Int(Some(id))])?;
            letters::remove(database, id)
        })
    }

    /// Says that a notice could not be sent, in words without answers. It is tried again after 1, 5 and 30 minutes, 2 and
    /// 12 hours, each a little longer, so that not all are tried at once.
    pub fn failed(&mut self, id: i64, error: &str, now: i64) -> Result<Waiting> {
        let words: String =
            error.chars().map(|it| if it.is_control() { ' ' } else { it }).take(WORDS).collect();
        let part = i64::from(u16::from_le_bytes(random()?));
        self.database.transaction(|database| {
            let sql = "SELECT attempts FROM outbox WHERE id = $1 AND state = 'pending'";
            let attempts = database.first(sql, &[Value::Int(Some(id))], |row| row.int(0))?;
            let Some(attempts) = attempts else { return Ok(Waiting::Gone) };
            let wait = usize::try_from(attempts - 1).ok().and_then(|at| WAITS.get(at));
            let (state, next, outcome) = match wait {
                Some(wait) => {
                    let next = now.saturating_add(wait + wait / 5 * part / i64::from(u16::MAX));
                    ("pending", next, Waiting::Until(next))
                }
                None => ("dead", now, Waiting::Dead),
            };
            let sql = "UPDATE outbox SET state = $1, next_at = $2, last_error = $3 WHERE id = $4";
            let (state, next) = (Value::Text(Some(state)), Value::Int(Some(next)));
            database
                .execute(sql, &[state, next, Value::Text(Some(&words)), Value::Int(Some(id))])?;
            letters::remove(database, id)?;
            Ok(outcome)
        })
    }

    /// Gives when the next notice is due; `None` when none waits.
    pub fn next_due(&mut self) -> Result<Option<i64>> {
        let sql = "SELECT min(next_at) FROM outbox WHERE state = 'pending'";
        Ok(self.database.first(sql, &[], |row| row.optional_int(0))?.flatten())
    }

    /// Lists the notices that were given up, the oldest first.
    pub fn dead(&mut self) -> Result<Vec<Dead>> {
        let sql = "SELECT id, submission, channel, target, attempts, last_error, created \
                   FROM outbox WHERE state = 'dead' ORDER BY id";
        self.database.query(sql, &[], |row| {
            let notice = Notice { channel: row.text(2)?, target: row.text(3)? };
            let attempts = u32::try_from(row.int(4)?).unwrap_or(u32::MAX);
            let (id, submission) = (row.int(0)?, row.optional_text(1)?);
            let (last_error, created) = (row.optional_text(5)?, row.int(6)?);
            Ok(Dead { id, submission, notice, attempts, last_error, created })
        })
    }

    /// Tries a notice that was given up from the beginning; whether there is one of this number.
    pub fn revive(&mut self, id: i64, now: i64) -> Result<bool> {
        let sql = "UPDATE outbox SET state = 'pending', attempts = 0, next_at = $1 \
                   WHERE id = $2 AND state = 'dead'";
        Ok(self.database.execute(sql, &[Value::Int(Some(now)), Value::Int(Some(id))])? > 0)
    }
}
