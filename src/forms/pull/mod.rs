//! Enquiries that functions of hosts took, brought into the clinic's own store: [`read`] finds the records in what a host's
//! command printed, [`Pull::keep`] opens them and keeps them as if they had been taken here.
//!
//! Records come from hosts, so nothing in them is taken on trust: what counts is what the seal binds to the form and the id.
//! An enquiry that opens is never lost: what the form would not take today is held for someone to look at.

mod records;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::form::contract::Contract;
use crate::form::judge::{self, Answer, Envelope, Sent, Verdict};
use crate::forms::seal::{self, Keys, Sealed};
use crate::forms::taken::{DAY, Taken, is_doubtful, last_day};
use crate::forms::turnstile;
use crate::forms::writer::{TOGETHER, commit_all};
use crate::store::keys::{PublicKey, Purpose, ReadingKey, Secret};
use crate::store::seal::open_key;
use crate::store::{Committed, Error, Kind, New, Notice, Result, Store};
use crate::text::{Digest, near};

pub use records::{Fault, Found, Record, Sink, deletion, read};

/// How long beyond its day it is remembered that an enquiry was pulled: the host may have it for so long, and the form's days
/// may become more.
const REMEMBERED: i64 = 366 * DAY;
/// More answers or consents than any form has.
const FIELDS: usize = 200;

/// What pulling needs.
#[derive(Debug)]
pub struct Options {
    /// The keys that open what the functions sealed.
    pub keys: Vec<ReadingKey>,
    /// The server's secret, under which people are found.
    pub secret: Secret,
    /// The key to which the store's data keys are sealed.
    pub public: PublicKey,
    /// The site's forms.
    pub contracts: Vec<Contract>,
    /// Who is told of each enquiry that is kept.
    pub notices: Vec<Notice>,
    /// Whether mails have the answers.
    pub letters: bool,
    /// What took the enquiries, where it is known: `netlify`. Else `cloudflare` or `function`, by their records.
    pub origin: Option<String>,
    /// The moment, in milliseconds since 1970.
    pub now: i64,
}

/// What became of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is kept.
    Kept {
        /// Why it is held, if it is.
        reason: Option<String>,
        /// Whether it was taken by the form as it is now.
        current: bool,
    },
    /// It was kept before.
    There,
    /// It was pulled before and removed here since.
    Removed,
    /// It is older than the form keeps answers.
    Past,
    /// It is not kept: why, and what helps.
    Failed(String),
}

/// Keeps records.
pub struct Pull {
    options: Options,
    digests: Vec<Digest>,
    seal: Keys,
    once: [u8; 32],
}

/// An enquiry that is to be kept.
struct Opened {
    new: New,
    current: bool,
}

impl Pull {
    /// Makes ready. No key is made before something is kept.
    pub fn new(options: Options) -> Self {
        let digests = options.contracts.iter().map(Contract::digest).collect();
        let seal = Keys::new(options.public.clone());
        let once = *options.secret.derive(Purpose::Once);
        Self { options, digests, seal, once }
    }

    /// Keeps what is not kept yet, some together. Gives what became of the records, in their order, and what failed where the
    /// store could not go on, such as a full disk: what was kept until then stays kept, and doing it again is safe.
    pub fn keep(
        &self,
        store: &mut Store,
        records: &[Record],
    ) -> (Vec<Outcome>, Option<Arc<Error>>) {
        let mut outcomes = Vec::with_capacity(records.len());
        for some in records.chunks(TOGETHER) {
            match self.keep_some(store, some) {
                Ok(more) => outcomes.extend(more),
                Err(error) => return (outcomes, Some(error)),
            }
        }
        (outcomes, None)
    }

    fn keep_some(&self, store: &mut Store, records: &[Record]) -> Result<Vec<Outcome>, Arc<Error>> {
        let mut opened: Vec<Result<Opened, Outcome>> = Vec::new();
        for record in records {
            opened.push(match self.known(store, record)? {
                Some(outcome) => Err(outcome),
                None => self.open(record),
            });
        }
        let (news, currents): (Vec<New>, Vec<bool>) =
            opened.iter().flatten().map(|it| (it.new.clone(), it.current)).unzip();
        let all = commit_all(store, &news);
        let mut pulled = Vec::new();
        let mut kept = Vec::new();
        for ((new, current), committed) in news.iter().zip(currents).zip(all) {
            kept.push(match committed {
                Ok(committed) => {
                    pulled.push((
                        new.once,
                        new.delete_after.unwrap_or(i64::MAX).saturating_add(REMEMBERED),
                    ));
                    match committed {
                        Committed::New => Outcome::Kept { reason: new.reason.clone(), current },
                        Committed::Again(_) => Outcome::There,
                    }
                }
                Err(error) if error.is_passing() => return Err(error),
                Err(error) => {
                    Outcome::Failed(format!("{error}; look whether `galen forms show` knows it"))
                }
            });
        }
        store.remember_pulled(&pulled)?;
        let mut kept = kept.into_iter();
        let outcome = |it: Result<Opened, Outcome>| match it {
            Ok(_) => kept.next().unwrap_or(Outcome::There),
            Err(outcome) => outcome,
        };
        Ok(opened.into_iter().map(outcome).collect())
    }

    /// Whether a record was kept before, or pulled and removed; `None` for a new one.
    fn known(&self, store: &mut Store, record: &Record) -> Result<Option<Outcome>> {
        let there = store.get(&record.id)?.is_some_and(|it| it.summary.form == record.form);
        if there {
            return Ok(Some(Outcome::There));
        }
        Ok(store.was_pulled(&self.once(record))?.then_some(Outcome::Removed))
    }

    fn once(&self, record: &Record) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_keyed(&self.once);
        hasher.update(record.form.as_bytes()).update(b"\0pulled\0").update(record.id.as_bytes());
        *hasher.finalize().as_bytes()
    }

    /// Opens a record and seals it under the store's own key.
    fn open(&self, record: &Record) -> Result<Opened, Outcome> {
        let failed = |words: String| Outcome::Failed(words);
        let Options { contracts, secret, now, .. } = &self.options;
        let at = contracts.iter().position(|it| it.form == record.form);
        let at = at.ok_or_else(|| failed(unknown(&record.form, contracts)))?;
        let contract = &contracts[at];
        let mut sealed = self.unseal(record).map_err(failed)?;
        // A clock of the host that is ahead must not keep it for longer.
        let received = sealed.received.min(*now);
        if last_day(contract, received) < *now {
            return Err(Outcome::Past);
        }
        let current = self.digests[at].hex(16) == sealed.contract;
        // As at the clinic's own desk, Turnstile has the first word.
        let said = sealed.reason.take().map(|it| turnstile::reason(&it));
        let reason = said.or_else(|| doubt(contract, current, &sealed)).map(str::to_owned);
        sealed.page = sealed.page.filter(|it| seal::page(it).is_some());
        let digest = if current { self.digests[at] } else { earlier(&sealed.contract) };
        let taken = Taken {
            id: record.id.clone(),
            contract,
            digest,
            sealed: &sealed,
            received,
            reason,
            once: self.once(record),
            origin: self.origin(record),
            notices: &self.options.notices,
            pictures: &[],
            letters: self.options.letters,
        };
        let new = self.seal.current(*now).and_then(|key| taken.seal(&key, secret));
        Ok(Opened { new: new.map_err(|error| failed(error.to_string()))?, current })
    }

    fn unseal(&self, record: &Record) -> Result<Sealed, String> {
        let Record { id, form, envelope, .. } = record;
        let opened = open_key(&self.options.keys, &envelope.key)
            .and_then(|key| key.open(form, id, &envelope.sealed));
        let text = opened.map_err(|error| match error.kind() {
            Kind::Key => format!(
                "{error}; put its file beside the others, under a name that begins with `reading-key`"
            ),
            _ => "it does not open: it is damaged, or sealed for another form or enquiry; fetch it again as \
                  docs/forms-edge.md says"
                .to_owned(),
        })?;
        let sealed: Option<Sealed> = serde_json::from_slice(&text).ok();
        let fits = |it: &Sealed| it.answers.len() <= FIELDS && it.consents.len() <= FIELDS;
        sealed.filter(fits).ok_or_else(|| {
            "it opens, and is no enquiry as this Galen knows them; use the Galen that exported the \
             functions, or a later one"
                .to_owned()
        })
    }

    fn origin(&self, record: &Record) -> &str {
        let by_record = match record.sink {
            Sink::D1 | Sink::Kv => "cloudflare",
            Sink::Files => "function",
        };
        self.options.origin.as_deref().unwrap_or(by_record)
    }
}

/// Tells by an enquiry's origin whether it was pulled: its host may have it still.
pub fn is_pulled(origin: &str) -> bool {
    !matches!(origin, "serve" | "forms")
}

impl std::fmt::Debug for Pull {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pull")
    }
}

fn unknown(form: &str, contracts: &[Contract]) -> String {
    let known = near::all_of(contracts.iter().map(|it| it.form.as_str()));
    format!(
        "there is no form `{form}` in content/forms, there is {known}; put its file back for as long as its \
         enquiries are pulled"
    )
}

/// Why someone is to look at an enquiry first: it is not what the form takes. The functions judged it by the form as it was
/// then.
fn doubt(contract: &Contract, current: bool, sealed: &Sealed) -> Option<&'static str> {
    let mut sent = Sent::new();
    for (name, answer) in &sealed.answers {
        match answer {
            Answer::One(text) => sent.push((name.clone(), text.clone())),
            Answer::Many(texts) => {
                sent.extend(texts.iter().map(|text| (name.clone(), text.clone())));
            }
        }
    }
    let fits = match judge::judge(contract, &Envelope::default(), &sent, &[]) {
        Verdict::Accepted(answers) => {
            // The wordings of an earlier form were others.
            let agreed = !current || seal::agreed(contract, &answers) == sealed.consents;
            agreed && answers.into_iter().collect::<BTreeMap<_, _>>() == sealed.answers
        }
        _ => false,
    };
    match (fits, current) {
        (false, true) => Some("not as the form asks"),
        (false, false) => Some("not as the form asks today"),
        (true, _) => is_doubtful(sealed.answers.values()).then_some("many addresses"),
    }
}

/// The digest of a contract of which only the first eight bytes are known; the others are zero.
fn earlier(digits: &str) -> Digest {
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks(2).take(8)) {
        let text = std::str::from_utf8(pair).unwrap_or_default();
        *byte = u8::from_str_radix(text, 16).unwrap_or_default();
    }
    Digest::from_bytes(bytes)
}
