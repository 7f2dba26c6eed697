//! The endpoint while the clock is set: forward by a year, back by two. Pages that are open can be sent, what is kept has
//! its day, and limits count by time that passes.

use std::sync::atomic::{AtomicI64, Ordering::SeqCst};

use axum::body::Body;
use axum::http::Request;
use galen::store::Filter;
use serde_json::{Value, json};

use crate::forms::{Trial, request};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY;
const NOW: i64 = 1_790_000_000_000;

fn token(trial: &Trial) -> String {
    let get = Request::builder().uri("/api/forms/everything/token").body(Body::empty()).unwrap();
    let answer: Value = serde_json::from_str(&trial.send(get).2).unwrap();
    answer["token"].as_str().unwrap().to_owned()
}

/// Sends an enquiry; gives the status and the answer.
fn send(trial: &Trial, name: &str, token: Option<&str>) -> (u16, String) {
    let mut fields =
        json!({"name": name, "email": "a@b.example", "clinic": "lane", "consent": "yes"});
    if let Some(token) = token {
        fields["_token"] = token.into();
    }
    let (status, _, text) = trial.send(request(&json!({"fields": fields}), true));
    (status, text)
}

#[test]
fn a_page_that_is_open_can_be_sent_though_the_clock_is_set() {
    static CLOCK: AtomicI64 = AtomicI64::new(NOW);
    let mut trial = Trial::with(|it| it.clock = || CLOCK.load(SeqCst));
    let old = token(&trial);
    // Back: the page is of the future, and no person waits for it to come.
    CLOCK.store(NOW - YEAR, SeqCst);
    assert_eq!(send(&trial, "Ada", Some(&old)).0, 200);
    let young = token(&trial);
    assert_eq!(send(&trial, "Bob", Some(&young)).0, 422, "at once");
    CLOCK.store(NOW - YEAR + 4000, SeqCst);
    assert_eq!(send(&trial, "Bob", Some(&young)).0, 200);
    // Forward: it was open for too long, which is said with the answers, and a new one is as good as any.
    CLOCK.store(NOW + YEAR, SeqCst);
    let (status, text) = send(&trial, "Cid", Some(&old));
    assert!(status == 422 && text.contains("open for a long time"), "{status}: {text}");
    let new = token(&trial);
    CLOCK.fetch_add(4000, SeqCst);
    assert_eq!(send(&trial, "Cid", Some(&new)).0, 200);
    // Times at the end of all times are no fault.
    for far in [i64::MAX, i64::MIN, 0] {
        CLOCK.store(far, SeqCst);
        assert!([200, 422].contains(&send(&trial, &format!("At {far}"), Some(&new)).0), "{far}");
    }
    CLOCK.store(NOW, SeqCst);
    assert!(trial.take().len() >= 3, "each opens with the key of its moment");
}

#[test]
fn what_is_kept_has_its_own_day_to_go() {
    static CLOCK: AtomicI64 = AtomicI64::new(NOW);
    let mut trial = Trial::with(|it| it.clock = || CLOCK.load(SeqCst));
    for (name, at) in [("Ada", NOW), ("Bob", NOW + YEAR), ("Cid", NOW - YEAR)] {
        CLOCK.store(at, SeqCst);
        assert_eq!(send(&trial, name, None).0, 200);
    }
    let all = trial.store.list(&Filter::default()).unwrap();
    assert!(all.iter().all(|it| it.delete_after == Some(it.received + 90 * DAY)), "{all:?}");
    let mut left = |now: i64| {
        let purged = trial.store.purge(now).unwrap();
        assert!(purged.unwiped.is_none());
        trial.store.list(&Filter::default()).unwrap().len()
    };
    assert_eq!(left(NOW - 2 * YEAR), 3, "a clock that is behind removes nothing");
    assert_eq!(left(NOW), 2);
    assert_eq!(left(NOW + 91 * DAY), 1);
    assert_eq!(left(NOW + YEAR + 91 * DAY), 0);
}

#[test]
fn limits_count_by_time_that_passes() {
    static CLOCK: AtomicI64 = AtomicI64::new(NOW);
    let mut trial = Trial::with(|it| {
        it.clock = || CLOCK.load(SeqCst);
        it.per_network = 2;
    });
    for (name, at) in [("Ada", NOW), ("Bob", NOW - YEAR)] {
        CLOCK.store(at, SeqCst);
        assert_eq!(send(&trial, name, None).0, 200);
    }
    for at in [NOW - 2 * YEAR, NOW, NOW + YEAR, NOW + 2 * YEAR] {
        CLOCK.store(at, SeqCst);
        assert_eq!(send(&trial, "Cid", None).0, 429, "no jump of the clock opens the gate");
    }
    CLOCK.store(NOW, SeqCst);
    assert_eq!(trial.take().len(), 2);
}
