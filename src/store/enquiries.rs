//! What is kept: lists without answers, single enquiries with what is sealed, states, numbers.

use crate::store::Store;
use crate::store::commit::Consent;
use crate::store::database::{Row, Value};
use crate::store::errors::{Error, Kind, Result};
use crate::store::keys::{PublicKey, ReadingKey};
use crate::store::schema;
use crate::store::seal::{SealedKey, reseal};
use crate::text::Digest;

/// Where an enquiry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Nobody has dealt with it.
    New,
    /// Someone is to look whether it is an enquiry at all.
    Held,
    /// It is dealt with.
    Done,
}

impl State {
    /// Gives the word for it, as it is stored and shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Held => "held",
            Self::Done => "done",
        }
    }

    /// Reads the word.
    pub fn of(word: &str) -> Option<Self> {
        [Self::New, Self::Held, Self::Done].into_iter().find(|state| state.word() == word)
    }
}

/// Which enquiries are listed.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Those of a form.
    pub form: Option<String>,
    /// Those in a state.
    pub state: Option<State>,
    /// Those that came at this moment or later.
    pub since: Option<i64>,
    /// At most so many; none said is all.
    pub limit: Option<usize>,
    /// Those that follow this one in the list: its `received` and its id.
    pub after: Option<(i64, String)>,
}

/// What stands in the clear of an enquiry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Its name.
    pub id: String,
    /// The form's name.
    pub form: String,
    /// When it came.
    pub received: i64,
    /// The path of the page that it was sent from.
    pub page: String,
    /// The page's language.
    pub language: String,
    /// The digest of the contract by which it was judged.
    pub contract: Digest,
    /// Where it stands.
    pub state: State,
    /// Why it is held.
    pub reason: Option<String>,
    /// The id of the key under which its answers are sealed.
    pub data_key: String,
    /// When it is removed.
    pub delete_after: Option<i64>,
    /// What took it.
    pub origin: String,
}

/// An enquiry with its answers, which are sealed.
#[derive(Clone, Debug)]
pub struct Submission {
    /// What stands in the clear.
    pub summary: Summary,
    /// The answers, for [`seal::open`](crate::store::seal::open).
    pub sealed: Vec<u8>,
    /// The key under which they are sealed.
    pub key: SealedKey,
    /// What was consented to.
    pub consents: Vec<Given>,
}

/// A consent as it was given.
#[derive(Clone, Debug)]
pub struct Given {
    /// The name of the question, the words and the moment.
    pub consent: Consent,
    /// The digest of the words, which is their version.
    pub wording: Digest,
}

/// How many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// By form and state, in their order.
    pub tallies: Vec<Tally>,
    /// Notices that wait.
    pub pending: u64,
    /// Notices that are given up.
    pub dead: u64,
    /// When the next enquiry is due to be removed.
    pub next_removal: Option<i64>,
}

/// How many enquiries of a form are in a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The form's name.
    pub form: String,
    /// The state.
    pub state: State,
    /// How many.
    pub count: u64,
    /// When the first came.
    pub first: i64,
    /// When the last came.
    pub last: i64,
}

const SUMMARY: &str = "s.id, s.form, s.received, s.page, s.language, s.contract, s.state, s.reason, \
                       s.data_key, s.delete_after, s.origin";

impl Store {
    /// Lists enquiries, the latest first.
    pub fn list(&mut self, filter: &Filter) -> Result<Vec<Summary>> {
        let mut conditions = Vec::new();
        let mut values = Vec::new();
        let mut number = 0;
        let mut next = |value| {
            values.push(value);
            number += 1;
            format!("${number}")
        };
        if let Some(form) = &filter.form {
            conditions.push(format!("s.form = {}", next(Value::Text(Some(form)))));
        }
        if let Some(state) = filter.state {
            conditions.push(format!("s.state = {}", next(Value::Text(Some(state.word())))));
        }
        if let Some(since) = filter.since {
            conditions.push(format!("s.received >= {}", next(Value::Int(Some(since)))));
        }
        if let Some((received, id)) = &filter.after {
            let (received, id) = (next(Value::Int(Some(*received))), next(Value::Text(Some(id))));
            conditions.push(format!("(s.received, s.id) < ({received}, {id})"));
        }
        let limit = match filter.limit {
            Some(limit) => {
                let limit = i64::try_from(limit).unwrap_or(i64::MAX);
                format!(" LIMIT {}", next(Value::Int(Some(limit))))
            }
            None => String::new(),
        };
        let conditions = match conditions.is_empty() {
            true => String::new(),
            false => format!(" WHERE {}", conditions.join(" AND ")),
        };
        let sql = format!(
            "SELECT {SUMMARY} FROM submissions s{conditions} \
             ORDER BY s.received DESC, s.id DESC{limit}"
        );
        self.database.query(&sql, &values, summary)
    }

    /// Gives an enquiry; `None` when there is none of this id.
    pub fn get(&mut self, id: &str) -> Result<Option<Submission>> {
        let sql = format!(
            "SELECT {SUMMARY}, s.sealed, k.public, k.sealed \
             FROM submissions s JOIN data_keys k ON k.id = s.data_key WHERE s.id = $1"
        );
        let found = self.database.first(&sql, &[Value::Text(Some(id))], |row| {
            let summary = summary(row)?;
            let (public, sealed) = (row.text(12)?, row.bytes(13)?);
            let key = SealedKey { id: summary.data_key.clone(), public, sealed };
            Ok(Submission { summary, sealed: row.bytes(11)?, key, consents: Vec::new() })
        })?;
        let Some(mut found) = found else { return Ok(None) };
        let sql = "SELECT c.name, w.text, c.given_at, c.wording \
                   FROM consents c JOIN wordings w ON w.digest = c.wording \
                   WHERE c.submission = $1 ORDER BY c.name";
        found.consents = self.database.query(sql, &[Value::Text(Some(id))], |row| {
            let (name, wording, given_at) = (row.text(0)?, row.text(1)?.into(), row.int(2)?);
            let consent = Consent { name, wording, given_at };
            Ok(Given { consent, wording: Digest::from_bytes(row.digest(3)?) })
        })?;
        Ok(Some(found))
    }

    /// Gives a data key in its sealed form.
    pub fn data_key(&mut self, id: &str) -> Result<Option<SealedKey>> {
        let sql = "SELECT id, public, sealed FROM data_keys WHERE id = $1";
        self.database.first(sql, &[Value::Text(Some(id))], sealed_key)
    }

    /// Lists a person's enquiries, the latest first: those that any of these digests was kept with.
    pub fn find(&mut self, digests: &[[u8; 32]]) -> Result<Vec<Summary>> {
        let sql = format!(
            "SELECT {SUMMARY} FROM submissions s JOIN finds f ON f.submission = s.id WHERE f.digest = $1"
        );
        let mut found = Vec::new();
        for digest in digests {
            found.extend(self.database.query(&sql, &[Value::Bytes(digest)], summary)?);
        }
        found.sort_by(|a, b| (b.received, &b.id).cmp(&(a.received, &a.id)));
        found.dedup_by(|a, b| a.id == b.id);
        Ok(found)
    }

    /// Says where an enquiry stands now; whether there is one of this id.
    pub fn set_state(&mut self, id: &str, state: State) -> Result<bool> {
        let sql = "UPDATE submissions SET state = $1 WHERE id = $2";
        let values = [Value::Text(Some(state.word())), Value::Text(Some(id))];
        Ok(self.database.execute(sql, &values)? > 0)
    }

    /// Counts what there is.
    pub fn stats(&mut self) -> Result<Stats> {
        let sql = "SELECT form, state, count(*), min(received), max(received) \
                   FROM submissions GROUP BY form, state ORDER BY form, state";
        let tallies = self.database.query(sql, &[], |row| {
            let (form, state, count) = (row.text(0)?, state(row, 1)?, row.int(2)?.unsigned_abs());
            Ok(Tally { form, state, count, first: row.int(3)?, last: row.int(4)? })
        })?;
        let mut count = |state| {
            let sql = "SELECT count(*) FROM outbox WHERE state = $1";
            let count = self.database.first(sql, &[Value::Text(Some(state))], |row| row.int(0))?;
            Ok::<_, Error>(count.unwrap_or_default().unsigned_abs())
        };
        let (pending, dead) = (count("pending")?, count("dead")?);
        let sql = "SELECT min(delete_after) FROM submissions";
        let next_removal = self.database.first(sql, &[], |row| row.optional_int(0))?.flatten();
        Ok(Stats { tallies, pending, dead, next_removal })
    }

    /// Seals the data keys of an old reading key to a new public key, and gives how many. What is stopped halfway is
    /// finished by doing it again; until then both reading keys are needed.
    pub fn rotate(&mut self, old: &ReadingKey, new: &PublicKey) -> Result<u64> {
        /// Keys that are changed together: few enough that nobody waits long.
        const TOGETHER: i64 = 200;
        let from = old.public().id();
        if from == new.id() {
            return Err(Error::key("the new public key is the old one's"));
        }
        let mut count = 0;
        loop {
            let done = self.database.transaction(|database| {
                let sql = "SELECT id, public, sealed FROM data_keys WHERE public = $1 LIMIT $2";
                let values = [Value::Text(Some(&from)), Value::Int(Some(TOGETHER))];
                let keys = database.query(sql, &values, sealed_key)?;
                for key in &keys {
                    let key = reseal(old, new, key)?;
                    let sql = "UPDATE data_keys SET public = $1, sealed = $2 WHERE id = $3";
                    let public = Value::Text(Some(&key.public));
                    let values = [public, Value::Bytes(&key.sealed), Value::Text(Some(&key.id))];
                    database.execute(sql, &values)?;
                }
                if !keys.is_empty() {
                    schema::note_removed(database)?;
                }
                Ok(keys.len() as u64)
            })?;
            count += done;
            if done == 0 {
                // What the old key opens is nowhere any more.
                self.wipe()?;
                return Ok(count);
            }
        }
    }
}

fn summary(row: &Row<'_>) -> Result<Summary> {
    Ok(Summary {
        id: row.text(0)?,
        form: row.text(1)?,
        received: row.int(2)?,
        page: row.text(3)?,
        language: row.text(4)?,
        contract: Digest::from_bytes(row.digest(5)?),
        state: state(row, 6)?,
        reason: row.optional_text(7)?,
        data_key: row.text(8)?,
        delete_after: row.optional_int(9)?,
        origin: row.text(10)?,
    })
}

fn state(row: &Row<'_>, at: usize) -> Result<State> {
    let damaged = || Error::new(Kind::Damaged, "the state of an enquiry is damaged");
    State::of(&row.text(at)?).ok_or_else(damaged)
}

fn sealed_key(row: &Row<'_>) -> Result<SealedKey> {
    Ok(SealedKey { id: row.text(0)?, public: row.text(1)?, sealed: row.bytes(2)? })
}
