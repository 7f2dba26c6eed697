//! Keeping what came: any number of enquiries, all of them or none, each once.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use crate::store::Store;
use crate::store::database::{Database, Value, groups};
use crate::store::enquiries::State;
use crate::store::errors::{Error, Kind, Result};
use crate::store::seal::SealedKey;
use crate::text::Digest;

/// An enquiry that is to be kept.
#[derive(Clone, Debug)]
pub struct New {
    /// Its random name, which no other has.
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
    /// New, or held for someone to look at.
    pub state: State,
    /// Why it is held.
    pub reason: Option<String>,
    /// The key under which the answers are sealed; it is kept with the first of them.
    pub data_key: Arc<SealedKey>,
    /// The answers, sealed for this form and id.
    pub sealed: Vec<u8>,
    /// What is the same when the same submission comes again.
    pub once: [u8; 32],
    /// What the person is found by ([`index`](crate::store::index)).
    pub finds: Vec<[u8; 32]>,
    /// What was consented to.
    pub consents: Vec<Consent>,
    /// When it is removed; `None` keeps it until someone erases it.
    pub delete_after: Option<i64>,
    /// What took it: `serve`, `cloudflare`, …
    pub origin: String,
    /// Who is to be told.
    pub notices: Vec<Notice>,
    /// Its photographs.
    pub photos: Vec<Photo>,
    /// What mails say of it ([`seal_letter`](crate::store::seal_letter)), where the clinic wants answers in them.
    pub letter: Option<Vec<u8>>,
}

/// A consent that was given.
#[derive(Clone, Debug)]
pub struct Consent {
    /// The question's name.
    pub name: String,
    /// The words that were shown.
    pub wording: Arc<str>,
    /// When it was given.
    pub given_at: i64,
}

/// A photograph, sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    /// The question's name.
    pub question: String,
    /// Which of the question's photographs it is, from 1.
    pub number: u32,
    /// The picture, sealed for its form, enquiry, question and number.
    pub sealed: Vec<u8>,
}

/// A notice to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How: `mail`, `webhook`.
    pub channel: String,
    /// To whom, by the name of a setting: no address of a person who enquires.
    pub target: String,
}

/// What became of an enquiry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Committed {
    /// It is kept.
    New,
    /// It was kept before, under this id.
    Again(String),
}

/// Rows that one statement inserts. Statements of few sizes are kept ready.
const SIZES: [usize; 4] = [64, 16, 4, 1];

impl Store {
    /// Keeps enquiries with their consents, finds, notices and photographs in one transaction: when this returns `Ok`, all are on the
    /// disk, and when it returns an error, none is. Where it is not known (a connection that ends while it commits),
    /// doing it again is safe: an enquiry whose `once` is there, or earlier among these, is left out with all that
    /// belongs to it.
    pub fn commit(&mut self, batch: &[New]) -> Result<Vec<Committed>> {
        let Some(firsts) = Firsts::of(batch) else { return Ok(Vec::new()) };
        let known = self.database.transaction(|database| {
            keep_keys(database, &firsts)?;
            let kept = keep_submissions(database, &firsts)?;
            let known = known(database, &firsts, &kept)?;
            let kept: Vec<&New> =
                firsts.0.iter().copied().filter(|new| !known.contains_key(&new.once)).collect();
            keep_consents(database, &kept)?;
            keep_finds(database, &kept)?;
            keep_notices(database, &kept)?;
            keep_photos(database, &kept)?;
            keep_letters(database, &kept)?;
            Ok(known)
        })?;
        Ok(firsts.outcomes(batch, &known))
    }

    /// Puts a notice that is about no enquiry into the outbox.
    pub fn notify(&mut self, notice: &Notice, now: i64) -> Result<()> {
        insert(&mut self.database, OUTBOX, "", &[outgoing(None, notice, now)])
    }
}

/// The first of each `once` in a batch, sorted by it: two instances that keep the same ones wait for each other in the
/// same order, and so never both.
struct Firsts<'a>(Vec<&'a New>);

impl<'a> Firsts<'a> {
    fn of(batch: &'a [New]) -> Option<Self> {
        let mut firsts = BTreeMap::new();
        for new in batch {
            firsts.entry(new.once).or_insert(new);
        }
        Some(Self(firsts.into_values().collect())).filter(|it| !it.0.is_empty())
    }

    fn outcomes(&self, batch: &[New], known: &HashMap<[u8; 32], String>) -> Vec<Committed> {
        let outcome = |new: &New| {
            if let Some(id) = known.get(&new.once) {
                return Committed::Again(id.clone());
            }
            let first = self.0.binary_search_by(|first| first.once.cmp(&new.once));
            match first.ok().and_then(|at| self.0.get(at)) {
                Some(first) if !std::ptr::eq(*first, new) => Committed::Again(first.id.clone()),
                _ => Committed::New,
            }
        };
        batch.iter().map(outcome).collect()
    }
}

fn keep_keys(database: &mut Database, firsts: &Firsts<'_>) -> Result<()> {
    let keys: BTreeMap<&str, (&SealedKey, i64)> =
        firsts.0.iter().map(|new| (&*new.data_key.id, (&*new.data_key, new.received))).collect();
    let row = |(key, created)| {
        let key: &SealedKey = key;
        [text(&key.id), text(&key.public), Value::Bytes(&key.sealed), int(created)]
    };
    let rows: Vec<_> = keys.into_values().map(row).collect();
    insert(database, "data_keys (id, public, sealed, created)", " ON CONFLICT DO NOTHING", &rows)
}

/// Inserts what is not there, and gives the ids of what was inserted.
fn keep_submissions(database: &mut Database, firsts: &Firsts<'_>) -> Result<HashSet<String>> {
    let rows: Vec<_> = firsts.0.iter().map(|new| submission(new)).collect();
    let into = "submissions (id, form, received, page, language, contract, state, reason, data_key, \
                sealed, once, delete_after, origin)";
    let mut kept = HashSet::new();
    each(&rows, |rows| {
        let sql =
            statement(into, rows.len(), rows[0].len(), " ON CONFLICT DO NOTHING RETURNING id");
        kept.extend(database.query(&sql, rows.as_flattened(), |row| row.text(0))?);
        Ok(())
    })?;
    Ok(kept)
}

fn submission(new: &New) -> [Value<'_>; 13] {
    [
        text(&new.id),
        text(&new.form),
        int(new.received),
        text(&new.page),
        text(&new.language),
        Value::Bytes(new.contract.as_bytes()),
        text(new.state.word()),
        Value::Text(new.reason.as_deref()),
        text(&new.data_key.id),
        Value::Bytes(&new.sealed),
        Value::Bytes(&new.once),
        Value::Int(new.delete_after),
        text(&new.origin),
    ]
}

/// The ids under which those are known that were not inserted, by their `once`.
fn known(
    database: &mut Database,
    firsts: &Firsts<'_>,
    kept: &HashSet<String>,
) -> Result<HashMap<[u8; 32], String>> {
    let mut known = HashMap::new();
    for new in firsts.0.iter().filter(|new| !kept.contains(&new.id)) {
        let sql = "SELECT id FROM submissions WHERE once = $1";
        match database.first(sql, &[Value::Bytes(&new.once)], |row| row.text(0))? {
            Some(id) => known.insert(new.once, id),
            None => {
                let words = format!("another enquiry has the id {}", new.id);
                return Err(Error::new(Kind::Fault, words));
            }
        };
    }
    Ok(known)
}

fn keep_consents(database: &mut Database, kept: &[&New]) -> Result<()> {
    let given = || kept.iter().flat_map(|new| new.consents.iter().map(move |it| (new, it)));
    // The same wording mostly stands in many enquiries, as one text.
    let mut digests: HashMap<&str, Digest> = HashMap::new();
    for (_, consent) in given() {
        digests.entry(&consent.wording).or_insert_with(|| Digest::of(consent.wording.as_bytes()));
    }
    let wordings: BTreeMap<Digest, &str> = digests.iter().map(|(text, it)| (*it, *text)).collect();
    let rows: Vec<_> =
        wordings.iter().map(|(it, words)| [Value::Bytes(it.as_bytes()), text(words)]).collect();
    insert(database, "wordings (digest, text)", " ON CONFLICT DO NOTHING", &rows)?;
    let mut rows = Vec::new();
    for (new, consent) in given() {
        let Some(digest) = digests.get(&*consent.wording) else { continue };
        rows.push([
            text(&new.id),
            text(&consent.name),
            Value::Bytes(digest.as_bytes()),
            int(consent.given_at),
        ]);
    }
    let into = "consents (submission, name, wording, given_at)";
    insert(database, into, " ON CONFLICT DO NOTHING", &rows)
}

fn keep_finds(database: &mut Database, kept: &[&New]) -> Result<()> {
    let finds = kept.iter().flat_map(|new| new.finds.iter().map(move |it| (new, it)));
    let rows: Vec<_> = finds.map(|(new, digest)| [text(&new.id), Value::Bytes(digest)]).collect();
    insert(database, "finds (submission, digest)", " ON CONFLICT DO NOTHING", &rows)
}

fn keep_notices(database: &mut Database, kept: &[&New]) -> Result<()> {
    let notices = kept.iter().flat_map(|new| new.notices.iter().map(move |it| (new, it)));
    let rows: Vec<_> =
        notices.map(|(new, notice)| outgoing(Some(&new.id), notice, new.received)).collect();
    insert(database, OUTBOX, "", &rows)
}

/// One statement for each: they are large.
fn keep_photos(database: &mut Database, kept: &[&New]) -> Result<()> {
    for (new, photo) in kept.iter().flat_map(|new| new.photos.iter().map(move |it| (new, it))) {
        let number = int(i64::from(photo.number));
        let row = [text(&new.id), text(&photo.question), number, Value::Bytes(&photo.sealed)];
        insert(database, "photos (submission, question, number, sealed)", "", &[row])?;
    }
    Ok(())
}

fn keep_letters(database: &mut Database, kept: &[&New]) -> Result<()> {
    let letters = kept.iter().filter_map(|new| Some((new, new.letter.as_ref()?)));
    let rows: Vec<_> = letters.map(|(new, letter)| [text(&new.id), Value::Bytes(letter)]).collect();
    insert(database, "letters (submission, sealed)", "", &rows)
}

const OUTBOX: &str = "outbox (submission, channel, target, attempts, next_at, state, created)";

fn outgoing<'a>(submission: Option<&'a str>, notice: &'a Notice, now: i64) -> [Value<'a>; 7] {
    let (channel, target) = (text(&notice.channel), text(&notice.target));
    [Value::Text(submission), channel, target, int(0), int(now), text("pending"), int(now)]
}

fn text(text: &str) -> Value<'_> {
    Value::Text(Some(text))
}

fn int(number: i64) -> Value<'static> {
    Value::Int(Some(number))
}

/// Inserts rows, many by one statement.
pub(crate) fn insert<const N: usize>(
    database: &mut Database,
    into: &str,
    rest: &str,
    rows: &[[Value<'_>; N]],
) -> Result<()> {
    each(rows, |rows| {
        database.execute(&statement(into, rows.len(), N, rest), rows.as_flattened()).map(drop)
    })
}

fn statement(into: &str, rows: usize, columns: usize, rest: &str) -> String {
    format!("INSERT INTO {into} VALUES {}{rest}", groups(columns, rows))
}

/// Does something with all rows, in groups of the sizes that there are.
fn each<T>(mut rows: &[T], mut work: impl FnMut(&[T]) -> Result<()>) -> Result<()> {
    for size in SIZES {
        while let Some((group, rest)) = rows.split_at_checked(size) {
            work(group)?;
            rows = rest;
        }
    }
    Ok(())
}
