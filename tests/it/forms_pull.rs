//! Enquiries of functions kept in the clinic's own store, as WebCrypto sealed them.

use std::collections::BTreeSet;
use std::fs;

use galen::form::Contract;
use galen::forms::Sealed;
use galen::forms::pull::{Options, Outcome, Pull, read};
use galen::store::keys::{ReadingKey, Secret};
use galen::store::seal::Envelope;
use galen::store::{Filter, Notice, State, Store, Submission, index, seal};
use serde_json::{Value, json};

use crate::forms_judge::{READING, everything};

const NOW: i64 = 1_790_000_000_000;
const DAY: i64 = 86_400_000;

/// The records of `tests/forms/kept.json`, which the functions' own program made.
pub(crate) fn kept() -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("../forms/kept.json")).unwrap();
    all.as_array().unwrap().iter().map(|it| it["record"].clone()).collect()
}

struct Trial {
    key: ReadingKey,
    own: ReadingKey,
    secret: Secret,
    contract: Contract,
    store: Store,
    folder: tempfile::TempDir,
}

impl Trial {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("e.sqlite").display().to_string()).unwrap();
        Self {
            key: READING.parse().unwrap(),
            own: ReadingKey::generate().unwrap(),
            secret: Secret::generate().unwrap(),
            contract: everything().0,
            store,
            folder,
        }
    }

    fn pull_at(&mut self, now: i64, text: &str) -> Vec<Outcome> {
        let notice = Notice { channel: "mail".to_owned(), target: "mail".to_owned() };
        let bare = Contract { form: "bare".to_owned(), ..self.contract.clone() };
        let pull = Pull::new(Options {
            keys: vec![self.key.clone()],
            secret: self.secret.clone(),
            public: self.own.public().clone(),
            contracts: vec![self.contract.clone(), bare],
            notices: vec![notice],
            letters: true,
            origin: None,
            now,
        });
        let found = read(text.as_bytes());
        assert!(found.faults.is_empty(), "{:?}", found.faults);
        let (outcomes, stopped) = pull.keep(&mut self.store, &found.records);
        assert!(stopped.is_none(), "{stopped:?}");
        outcomes
    }

    fn pull(&mut self, text: &str) -> Vec<Outcome> {
        self.pull_at(NOW, text)
    }

    /// An enquiry with what was sealed, by the store's own key.
    fn enquiry(&mut self, id: &str) -> (Submission, Sealed) {
        let kept = self.store.get(id).unwrap().expect("an enquiry");
        let keys = std::slice::from_ref(&self.own);
        let form = &kept.summary.form;
        let plain = seal::open(keys, &kept.key, form, id, &kept.sealed).unwrap();
        let sealed = serde_json::from_slice(&plain).unwrap();
        (kept, sealed)
    }

    /// A record as the functions make it, with some of what is sealed changed.
    fn record(&self, id: &str, change: impl FnOnce(&mut Value)) -> Value {
        let mut plain = json!({
            "answers": {"name": "Ada", "email": "ada@example.com", "clinic": "lane", "consent": "yes"},
            "consents": [{"name": "consent", "wording": self.contract.question("consent").unwrap().wording}],
            "page": "/ask/", "language": "en-GB", "received": NOW, "contract": self.contract.digest().hex(16),
        });
        change(&mut plain);
        self.sealed("everything", id, plain.to_string().as_bytes())
    }

    fn sealed(&self, form: &str, id: &str, plain: &[u8]) -> Value {
        let envelope = Envelope::new(self.key.public(), form, id, plain).unwrap();
        let envelope: Value = serde_json::from_str(&envelope.json()).unwrap();
        json!({"id": id, "form": form, "received": NOW, "contract": "", "envelope": envelope})
    }
}

fn fresh(current: bool) -> Outcome {
    Outcome::Kept { reason: None, current }
}

#[test]
fn what_the_functions_kept_is_kept_here() {
    let mut trial = Trial::new();
    let all = kept();
    let outcomes = trial.pull(&Value::Array(all.clone()).to_string());
    assert_eq!(outcomes, [fresh(true), fresh(true), fresh(false)]);
    let (kept, sealed) = trial.enquiry(all[0]["id"].as_str().unwrap());
    let summary = &kept.summary;
    assert_eq!((summary.received, summary.delete_after), (NOW, Some(NOW + 90 * DAY)));
    assert_eq!(
        (&*summary.page, &*summary.language, &*summary.origin),
        ("/ask/", "en-GB", "function")
    );
    assert_eq!((summary.state, summary.contract), (State::New, trial.contract.digest()));
    assert_eq!(sealed.answers["name"].text(), "Zoë O’Neill");
    assert_eq!(sealed.answers["message"].text(), "Two\nlines");
    assert_eq!(sealed.answers["days"].text(), "mon, sat");
    assert_eq!(sealed.contract, trial.contract.digest().hex(16));
    let given: Vec<_> =
        kept.consents.iter().map(|it| (&*it.consent.name, it.consent.given_at)).collect();
    assert_eq!(given, [("consent", NOW), ("news", NOW)]);
    let wording = trial.contract.question("news").unwrap().wording.clone().unwrap();
    assert_eq!(*kept.consents[1].consent.wording, *wording);

    let (nowhere, sealed) = trial.enquiry(all[1]["id"].as_str().unwrap());
    assert_eq!((&*nowhere.summary.page, sealed.page), ("", None));
    let (earlier, sealed) = trial.enquiry(all[2]["id"].as_str().unwrap());
    assert_eq!(
        (earlier.summary.contract.hex(16), &*sealed.contract),
        (sealed.contract.clone(), "0123456789abcdef")
    );
    assert_eq!(kept.key, earlier.key, "one data key for all");

    let phone = index::phone(&trial.secret, "02079460100").unwrap();
    let email = index::email(&trial.secret, "zoe@example.com").unwrap();
    assert_eq!(trial.store.find(&[phone]).unwrap().len(), 3);
    assert_eq!(trial.store.find(&[email]).unwrap().len(), 2);
    assert_eq!(trial.store.stats().unwrap().pending, 3);
}

#[test]
fn what_was_pulled_is_not_pulled_again() {
    let mut trial = Trial::new();
    let all = kept();
    let text = Value::Array(all.clone()).to_string();
    assert_eq!(trial.pull(&all[0].to_string()), [fresh(true)]);
    let both = format!("{text}\n{text}");
    let there = Outcome::There;
    let expected =
        [there.clone(), fresh(true), fresh(false), there.clone(), there.clone(), there.clone()];
    assert_eq!(trial.pull(&both), expected);
    let ids: Vec<String> = all.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect();
    trial.store.erase(&ids[..1], NOW).unwrap();
    assert_eq!(trial.pull(&text), [Outcome::Removed, there.clone(), there]);
    // What goes by itself does not come back either, though the form keeps answers for longer then.
    trial.store.purge(NOW + 91 * DAY).unwrap();
    trial.contract.retention_days = 400;
    assert_eq!(trial.pull_at(NOW + 91 * DAY, &text), vec![Outcome::Removed; 3]);
    assert!(trial.store.list(&Filter::default()).unwrap().is_empty());
}

#[test]
fn the_moment_is_that_of_the_seal_and_never_to_come() {
    let mut trial = Trial::new();
    let at = |trial: &Trial, id: &str, received: i64| {
        trial.record(id, |it| it["received"] = received.into()).to_string()
    };
    let old = at(&trial, "AAAA-AAAA-AAA1", NOW - 90 * DAY - 1);
    let last = at(&trial, "AAAA-AAAA-AAA2", NOW - 90 * DAY);
    let ahead = at(&trial, "AAAA-AAAA-AAA3", i64::MAX);
    let never = at(&trial, "AAAA-AAAA-AAA4", i64::MIN);
    assert_eq!(
        trial.pull(&[old, last, ahead, never].join("\n")),
        [Outcome::Past, fresh(true), fresh(true), Outcome::Past]
    );
    let (ahead, _) = trial.enquiry("AAAA-AAAA-AAA3");
    assert_eq!((ahead.summary.received, ahead.summary.delete_after), (NOW, Some(NOW + 90 * DAY)));
}

#[test]
fn what_the_form_would_not_take_is_held() {
    let mut trial = Trial::new();
    let changed = [
        trial.record("AAAA-AAAA-AAA1", |it| it["answers"]["clinic"] = "moon".into()),
        trial.record("AAAA-AAAA-AAA2", |it| it["consents"][0]["wording"] = "Anything".into()),
        trial.record("AAAA-AAAA-AAA3", |it| {
            it["answers"]["message"] = "http://a http://b http://c".into()
        }),
        trial.record("AAAA-AAAA-AAA4", |it| {
            it["answers"]["mail"] = "Old@example.com".into();
            it["answers"]["mobile"] = "+44 7700 900123".into();
            it["contract"] = "\u{fffd}".into();
            it["page"] = "javascript:alert(1)".into();
        }),
    ];
    let held = |reason: &str, current| Outcome::Kept { reason: Some(reason.to_owned()), current };
    assert_eq!(
        trial.pull(&Value::Array(changed.to_vec()).to_string()),
        [
            held("not as the form asks", true),
            held("not as the form asks", true),
            held("many addresses", true),
            held("not as the form asks today", false)
        ]
    );
    let (kept, sealed) = trial.enquiry("AAAA-AAAA-AAA4");
    assert_eq!((kept.summary.state, &*kept.summary.page), (State::Held, ""));
    assert_eq!(sealed.answers["mail"].text(), "Old@example.com");
    // A person is found by what the form no longer asks.
    let digests = [
        index::email(&trial.secret, "old@example.com").unwrap(),
        index::phone(&trial.secret, "07700900123").unwrap(),
    ];
    for digest in digests {
        assert_eq!(trial.store.find(&[digest]).unwrap().len(), 1);
    }
}

#[test]
fn what_a_function_holds_is_held_with_its_reason() {
    let mut trial = Trial::new();
    let said =
        |trial: &Trial, id: &str, reason: &str| trial.record(id, |it| it["reason"] = reason.into());
    let both = trial.record("AAAA-AAAA-AAA4", |it| {
        it["reason"] = "turnstile: not passed".into();
        it["answers"]["message"] = "http://a http://b http://c".into();
    });
    let all = [
        said(&trial, "AAAA-AAAA-AAA1", "turnstile: no secret"),
        said(&trial, "AAAA-AAAA-AAA2", "turnstile: another action"),
        said(&trial, "AAAA-AAAA-AAA3", "\u{1b}[2J\nwhatever a host may write"),
        both,
        trial.record("AAAA-AAAA-AAA5", |it| it["reason"] = Value::Null),
    ];
    let held = |it: &str| Outcome::Kept { reason: Some(it.to_owned()), current: true };
    assert_eq!(
        trial.pull(&Value::Array(all.to_vec()).to_string()),
        [
            held("turnstile: no secret"),
            held("turnstile: another action"),
            held("held where it was taken"),
            held("turnstile: not passed"),
            fresh(true)
        ]
    );
    let (kept, sealed) = trial.enquiry("AAAA-AAAA-AAA1");
    let state = (kept.summary.state, kept.summary.reason.as_deref());
    assert_eq!(state, (State::Held, Some("turnstile: no secret")));
    assert_eq!(sealed.reason, None, "it stands beside what is sealed");
}

#[test]
fn what_does_not_open_or_fit_is_told_and_the_others_are_kept() {
    let mut trial = Trial::new();
    let id = "AAAA-AAAA-AAA1";
    let fine = trial.record(id, |_| {});
    let with = |key: &str, value: &str| {
        let mut it = fine.clone();
        it[key] = value.into();
        it
    };
    let stranger = Trial { key: ReadingKey::generate().unwrap(), ..Trial::new() };
    let foreign = stranger.record("AAAA-AAAA-AAA2", |_| {});
    let mut damaged = fine.clone();
    damaged["envelope"]["key"]["sealed"] = "AAAA".into();
    let many = trial.record("AAAA-AAAA-AAA5", |it| {
        it["consents"] =
            (0..300).map(|at| json!({"name": at.to_string(), "wording": ""})).collect();
    });
    let all = [
        (
            with("id", "AAAA-AAAA-AAA9"),
            "it does not open: it is damaged, or sealed for another form",
        ),
        (with("form", "bare"), "it does not open"),
        (
            with("form", "\u{1b}[2Jgone"),
            "in content/forms, there is `everything` and `bare`; put its file back",
        ),
        (foreign, "whose reading key was not given; put its file beside the others"),
        (damaged, "it does not open"),
        (trial.sealed("everything", "AAAA-AAAA-AAA3", b"[]"), "it opens, and is no enquiry"),
        (trial.sealed("everything", "AAAA-AAAA-AAA4", b"\xff"), "use the Galen that exported"),
        (many, "it opens, and is no enquiry"),
    ];
    let mut records: Vec<Value> = all.iter().map(|it| it.0.clone()).collect();
    records.push(fine);
    let outcomes = trial.pull(&Value::Array(records).to_string());
    for ((_, words), outcome) in all.iter().zip(&outcomes) {
        let Outcome::Failed(why) = outcome else { panic!("{outcome:?}, not {words}") };
        assert!(why.contains(words), "{why}, not {words}");
    }
    assert_eq!(outcomes.last(), Some(&fresh(true)));
    assert_eq!(trial.store.list(&Filter::default()).unwrap().len(), 1);
    // An id that is another form's enquiry here.
    let same = trial.sealed("bare", id, trial.folder.path().as_os_str().as_encoded_bytes());
    assert!(matches!(&trial.pull(&same.to_string())[..], [Outcome::Failed(_)]));
}

/// `tests/edge/run.mjs` writes what the hosts kept, as their commands print it: a folder for each.
#[test]
#[ignore = "needs what the functions kept: GALEN_FORMS_KEPT"]
fn what_hosts_kept_is_pulled() {
    let folder = std::env::var("GALEN_FORMS_KEPT").expect("GALEN_FORMS_KEPT names a folder");
    let mut all = 0;
    for host in fs::read_dir(folder).unwrap() {
        let mut trial = Trial::new();
        let host = host.unwrap();
        let mut reasons = BTreeSet::new();
        for file in fs::read_dir(host.path()).unwrap() {
            let text = fs::read_to_string(file.unwrap().path()).unwrap();
            for outcome in trial.pull_at(galen::config::now().as_millisecond(), &text) {
                let Outcome::Kept { reason, current: true } = outcome else {
                    panic!("{outcome:?}")
                };
                reasons.extend(reason);
                all += 1;
            }
        }
        let checked = host.file_name().to_string_lossy().starts_with("Turnstile");
        assert_eq!(
            reasons.iter().filter(|it| it.starts_with("turnstile: ")).count(),
            if checked { 6 } else { 0 },
            "{reasons:?}"
        );
        // Most of a host with Turnstile are held.
        let least = if checked { 3 } else { 10 };
        assert!(
            trial
                .store
                .list(&Filter { state: Some(State::New), ..Filter::default() })
                .unwrap()
                .len()
                > least
        );
    }
    println!("{all} enquiries of the hosts kept");
    assert!(all > 100);
}
