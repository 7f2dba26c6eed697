//! The store of enquiries: one suite of laws, kept by SQLite and by PostgreSQL.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use galen::store::keys::{ReadingKey, Secret};
use galen::store::seal::{self, DataKey, SealedKey};
use galen::store::{
    Audit, Committed, Consent, Filter, Kind, New, Notice, Photo, State, Store, Waiting, index,
    open_letter, seal_letter,
};
use galen::text::Digest;

/// Each law is a test of each database.
macro_rules! laws {
    ($($law:ident)*) => {
        mod sqlite {
            $(#[test] fn $law() { super::$law(&super::Place::sqlite()) })*
        }

        mod postgresql {
            $(#[test] #[ignore = "needs a server: GALEN_TEST_POSTGRES=postgres://… (.ci/postgres)"]
            fn $law() { super::$law(&super::Place::postgres()) })*
        }
    };
}

laws! {
    what_is_kept_comes_back
    a_retry_is_the_same_enquiry
    a_batch_is_kept_whole_or_not_at_all
    large_batches_are_kept
    a_retry_from_another_instance_is_the_same_enquiry
    lists_are_filtered_and_paged
    a_person_is_found
    what_is_erased_takes_all_with_it
    what_is_past_its_day_is_purged
    what_was_pulled_is_remembered
    photographs_come_and_go_with_their_enquiry
    a_store_of_old_gets_the_table_of_photographs
    a_letter_waits_as_long_as_a_mail_does
    when_it_was_last_purged_is_noted
    data_keys_go_with_their_last_enquiry
    rotation_seals_keys_and_leaves_answers
    notices_are_sent_once_by_two
    notices_are_tried_again_and_given_up
    a_lease_that_ends_is_due_again
    a_notice_of_a_clock_that_was_ahead_is_due
    readers_are_recorded
    a_newer_schema_is_refused
    opening_again_finds_all
    many_open_a_new_store_at_once
}

const DAY: i64 = 24 * 60 * 60 * 1000;
const NOW: i64 = 1_795_000_000_000;

fn what_is_kept_comes_back(place: &Place) {
    let mut store = place.open();
    let reading = ReadingKey::generate().unwrap();
    let key = DataKey::new(reading.public()).unwrap();
    let mut new = enquiry(1, &key);
    new.state = State::Held;
    new.reason = Some("Turnstile gave no answer".to_owned());
    new.consents = vec![
        Consent { name: "health".into(), wording: "I agree that …".into(), given_at: NOW + 5 },
        Consent { name: "news".into(), wording: "Send me news".into(), given_at: NOW + 6 },
    ];
    assert_eq!(store.commit(std::slice::from_ref(&new)).unwrap(), [Committed::New]);

    let found = store.get(&new.id).unwrap().unwrap();
    let summary = &found.summary;
    assert_eq!((&summary.id, &summary.form), (&new.id, &new.form));
    assert_eq!((summary.received, &summary.page), (new.received, &new.page));
    assert_eq!((&summary.language, summary.contract), (&new.language, new.contract));
    assert_eq!((summary.state, &summary.reason), (State::Held, &new.reason));
    assert_eq!((&summary.data_key, &summary.origin), (&new.data_key.id, &new.origin));
    assert_eq!(summary.delete_after, new.delete_after);
    assert_eq!((&found.sealed, &found.key), (&new.sealed, &*new.data_key));
    let given: Vec<_> = found
        .consents
        .iter()
        .map(|it| (&*it.consent.name, &*it.consent.wording, it.consent.given_at))
        .collect();
    assert_eq!(given, [("health", "I agree that …", NOW + 5), ("news", "Send me news", NOW + 6)]);
    assert_eq!(found.consents[0].wording, Digest::of("I agree that …".as_bytes()));
    let opened = seal::open(&[reading], &found.key, "consultation", &new.id, &found.sealed);
    assert_eq!(&opened.unwrap()[..], b"answers of 1");
    assert_eq!(store.data_key(&new.data_key.id).unwrap().unwrap(), *new.data_key);

    assert!(store.get("nobody").unwrap().is_none());
    assert!(store.data_key("none").unwrap().is_none());
    assert_eq!(store.list(&Filter::default()).unwrap(), [found.summary]);
    assert!(store.set_state(&new.id, State::Done).unwrap());
    assert!(!store.set_state("nobody", State::Done).unwrap());
    assert_eq!(store.get(&new.id).unwrap().unwrap().summary.state, State::Done);
    let stats = store.stats().unwrap();
    let tally = &stats.tallies[0];
    assert_eq!((&*tally.form, tally.state, tally.count), ("consultation", State::Done, 1));
    assert_eq!((stats.pending, stats.dead, stats.next_removal), (1, 0, new.delete_after));
}

fn a_retry_is_the_same_enquiry(place: &Place) {
    let mut store = place.open();
    let key = data_key();
    let first = enquiry(1, &key);
    let mut retry = enquiry(2, &key);
    retry.once = first.once;
    let other = enquiry(3, &key);

    // Within one batch, in a later one, and both.
    let kept = store.commit(&[first.clone(), retry.clone(), other.clone()]).unwrap();
    assert_eq!(kept, [Committed::New, Committed::Again(first.id.clone()), Committed::New]);
    let kept = store.commit(&[retry.clone(), first.clone(), enquiry(4, &key)]).unwrap();
    let again = Committed::Again(first.id.clone());
    assert_eq!(kept, [again.clone(), again.clone(), Committed::New]);
    // The very same, twice in a batch.
    let fifth = enquiry(5, &key);
    let kept = store.commit(&[fifth.clone(), fifth.clone()]).unwrap();
    assert_eq!(kept, [Committed::New, Committed::Again(fifth.id.clone())]);

    assert_eq!(ids(&mut store).len(), 4);
    assert_eq!(store.due(NOW + DAY, 100).unwrap().len(), 4, "one notice for each enquiry");
    assert_eq!(store.find(&retry.finds).unwrap().len(), 0, "a retry leaves no trace");
    assert!(store.commit(&[]).unwrap().is_empty());
}

fn a_batch_is_kept_whole_or_not_at_all(place: &Place) {
    let mut store = place.open();
    let key = data_key();
    store.commit(&[enquiry(1, &key)]).unwrap();
    let mut clash = enquiry(2, &key);
    clash.id = enquiry(1, &key).id;
    let error = store.commit(&[enquiry(3, &key), clash, enquiry(4, &key)]).unwrap_err();
    assert_eq!((error.kind(), error.is_passing()), (Kind::Fault, false));
    assert_eq!(ids(&mut store).len(), 1);
    assert_eq!(store.stats().unwrap().pending, 1);
    // And the store goes on.
    assert_eq!(store.commit(&[enquiry(3, &key)]).unwrap(), [Committed::New]);
}

fn large_batches_are_kept(place: &Place) {
    let mut store = place.open();
    let key = data_key();
    let batch: Vec<New> = (0..333).map(|number| enquiry(number, &key)).collect();
    assert!(store.commit(&batch).unwrap().iter().all(|it| *it == Committed::New));
    assert!(store.commit(&batch).unwrap().iter().all(|it| matches!(it, Committed::Again(_))));
    assert_eq!(ids(&mut store).len(), 333);
    assert_eq!(store.stats().unwrap().pending, 333);
    for number in [0, 63, 64, 332] {
        let found = store.find(&enquiry(number, &key).finds).unwrap();
        assert_eq!(found[0].id, enquiry(number, &key).id);
    }
}

fn a_retry_from_another_instance_is_the_same_enquiry(place: &Place) {
    let key = data_key();
    place.open();
    let keep = |reversed: bool| {
        let mut store = place.open();
        let mut batch: Vec<New> = (0..40).map(|number| enquiry(number, &key)).collect();
        if reversed {
            batch.reverse();
        }
        let committed = batch.chunks(10).map(|batch| store.commit(batch).unwrap());
        committed.flatten().filter(|it| *it == Committed::New).count()
    };
    let new: usize = std::thread::scope(|scope| {
        let threads: Vec<_> =
            [false, true, false].map(|it| scope.spawn(move || keep(it))).into_iter().collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(new, 40);
    let mut store = place.open();
    assert_eq!((ids(&mut store).len(), store.stats().unwrap().pending), (40, 40));
}

fn lists_are_filtered_and_paged(place: &Place) {
    let mut store = place.open();
    let key = data_key();
    let mut batch: Vec<New> = (0..10).map(|number| enquiry(number, &key)).collect();
    for new in &mut batch[6..] {
        new.form = "callback".to_owned();
    }
    batch[7].state = State::Held;
    // Two of the same moment have an order too.
    batch[3].received = batch[2].received;
    store.commit(&batch).unwrap();
    let mut list = |filter: Filter| -> Vec<String> {
        store.list(&filter).unwrap().into_iter().map(|it| it.id).collect()
    };
    let all = list(Filter::default());
    assert_eq!(all.len(), 10);
    assert_eq!((&all[0], &all[9]), (&batch[9].id, &batch[0].id), "the latest first");
    let form = Some("callback".to_owned());
    assert_eq!(list(Filter { form: form.clone(), ..Filter::default() }), all[..4]);
    let held = Filter { form, state: Some(State::Held), ..Filter::default() };
    assert_eq!(list(held), [batch[7].id.clone()]);
    let since = Filter { since: Some(batch[8].received), ..Filter::default() };
    assert_eq!(list(since), all[..2]);
    let mut paged = Vec::new();
    let mut after = None;
    loop {
        let filter = Filter { limit: Some(3), after: after.clone(), ..Filter::default() };
        let page = store.list(&filter).unwrap();
        let Some(last) = page.last() else { break };
        after = Some((last.received, last.id.clone()));
        paged.extend(page.into_iter().map(|it| it.id));
    }
    assert_eq!(paged, all);
}

fn a_person_is_found(place: &Place) {
    let mut store = place.open();
    let key = data_key();
    let secret = Secret::generate().unwrap();
    let mut batch: Vec<New> = (0..3).map(|number| enquiry(number, &key)).collect();
    batch[0].finds = vec![index::email(&secret, "Jo.O’Neil@Example.org ").unwrap()];
    batch[1].finds = vec![
        index::email(&secret, "jo.o’neil@example.org").unwrap(),
        index::phone(&secret, "+44 (0)20 7946-0000").unwrap(),
    ];
    store.commit(&batch).unwrap();
    let sought = [
        index::email(&secret, "JO.O’NEIL@EXAMPLE.ORG").unwrap(),
        index::phone(&secret, "020 7946 0000").unwrap(),
    ];
    let found: Vec<String> = store.find(&sought).unwrap().into_iter().map(|it| it.id).collect();
    assert_eq!(found, [batch[1].id.clone(), batch[0].id.clone()]);
    assert!(store.find(&[[7; 32]]).unwrap().is_empty());
}

fn what_is_erased_takes_all_with_it(place: &Place) {
    let mut store = place.open();
    let key = data_key();
    let mut batch: Vec<New> = (0..3).map(|number| enquiry(number, &key)).collect();
    for new in &mut batch {
        new.consents = vec![Consent { name: "a".into(), wording: "b".into(), given_at: 1 }];
    }
    store.commit(&batch).unwrap();
    let erased = store.erase(&[&batch[0].id, &batch[2].id, "nobody"], NOW).unwrap();
    assert_eq!((erased.submissions, erased.keys), (2, 0));
    assert!(erased.unwiped.is_none(), "{:?}", erased.unwiped);
    assert_eq!(ids(&mut store), BTreeSet::from([batch[1].id.clone()]));
    assert!(store.find(&batch[0].finds).unwrap().is_empty());
    assert_eq!(store.stats().unwrap().pending, 1);
    for (table, left) in [("submissions", 1), ("consents", 1), ("finds", 2), ("outbox", 1)] {
        assert_eq!(place.count(table), left, "{table}");
    }
}

fn what_is_past_its_day_is_purged(place: &Place) {
    let mut store = place.open();
    let key = data_key();
    let mut batch: Vec<New> = (0..4).map(|number| enquiry(number, &key)).collect();
    batch[0].delete_after = Some(NOW + DAY);
    batch[1].delete_after = Some(NOW + 2 * DAY);
    batch[2].delete_after = Some(NOW + 3 * DAY);
    batch[3].delete_after = None;
    store.commit(&batch).unwrap();
    assert_eq!(store.purge(NOW + DAY).unwrap().submissions, 0, "its day is not past yet");
    assert_eq!(store.purge(NOW + 2 * DAY + 1).unwrap().submissions, 2);
    assert_eq!(store.purge(NOW + 1000 * DAY).unwrap().submissions, 1);
    assert_eq!(ids(&mut store), BTreeSet::from([batch[3].id.clone()]), "kept until erased");
}

fn what_was_pulled_is_remembered(place: &Place) {
    let mut store = place.open();
    let (one, two) = ([1; 32], [2; 32]);
    store.remember_pulled(&[]).unwrap();
    store.remember_pulled(&[(one, NOW + DAY), (two, NOW + 3 * DAY)]).unwrap();
    store.remember_pulled(&[(two, NOW)]).unwrap();
    store.purge(NOW + 2 * DAY).unwrap();
    assert!(!store.was_pulled(&one).unwrap(), "its time is up");
    assert!(store.was_pulled(&two).unwrap(), "as it was said first");
    assert!(place.open().was_pulled(&two).unwrap());
}

fn photographs_come_and_go_with_their_enquiry(place: &Place) {
    let mut store = place.open();
    let (old, new) = (ReadingKey::generate().unwrap(), ReadingKey::generate().unwrap());
    let key = DataKey::new(old.public()).unwrap();
    // Larger than a page of either database.
    let picture = |number: u8| vec![number; 300_000];
    let with = |number: i64| {
        let mut with = enquiry(number, &key);
        let photo = |question, number: u32| {
            let bytes = picture(u8::try_from(number).unwrap());
            seal::seal_photo(&key, &with.form, &with.id, (question, number), &bytes).unwrap()
        };
        let photos = vec![photo("front", 2), photo("before", 1), photo("front", 1)];
        with.photos = photos;
        with
    };
    let (one, two) = (with(1), with(2));
    let mut retry = with(3);
    retry.once = one.once;
    store.commit(&[one.clone(), two.clone(), retry.clone(), enquiry(4, &key)]).unwrap();
    assert_eq!(store.rotate(&old, new.public()).unwrap(), 1);

    let kept = store.photos(&one.id).unwrap();
    let names: Vec<_> = kept.iter().map(|it| (it.question.as_str(), it.number)).collect();
    assert_eq!(names, [("before", 1), ("front", 1), ("front", 2)]);
    let listed = store.photo_names(&one.id).unwrap();
    assert_eq!(listed.iter().map(|it| (it.0.as_str(), it.1)).collect::<Vec<_>>(), names);
    let opened = seal::open_key(&[new], &store.data_key(&key.sealed().id).unwrap().unwrap());
    let opened = opened.unwrap();
    for photo in &kept {
        let bytes = opened.open_photo(&one.form, &one.id, photo).unwrap();
        assert_eq!(*bytes, picture(u8::try_from(photo.number).unwrap()));
        // It is no other question's, number's, enquiry's or form's.
        let other =
            |question: &str, number| Photo { question: question.into(), number, ..photo.clone() };
        assert!(opened.open_photo(&one.form, &one.id, &other("side", photo.number)).is_err());
        assert!(opened.open_photo(&one.form, &one.id, &other(&photo.question, 3)).is_err());
        assert!(opened.open_photo(&one.form, &two.id, photo).is_err());
        assert!(opened.open_photo("other", &one.id, photo).is_err());
        assert!(opened.open(&one.form, &one.id, &photo.sealed).is_err(), "nor answers");
    }
    for none in [&retry.id, &enquiry(4, &key).id] {
        assert_eq!(store.photos(none).unwrap(), []);
        assert_eq!(store.photo_names(none).unwrap(), []);
    }

    assert_eq!(store.erase(&[&one.id], NOW).unwrap().submissions, 1);
    assert_eq!(store.photos(&one.id).unwrap(), []);
    assert_eq!(store.photos(&two.id).unwrap().len(), 3);
    assert_eq!(store.purge(NOW + 91 * DAY).unwrap().submissions, 2);
    assert_eq!(store.photos(&two.id).unwrap(), []);
}

fn a_store_of_old_gets_the_table_of_photographs(place: &Place) {
    let key = data_key();
    place.open().commit(&[enquiry(1, &key)]).unwrap();
    place.sql("DROP TABLE photos");
    let mut store = place.open();
    assert_eq!(ids(&mut store).len(), 1);
    let mut new = enquiry(2, &key);
    let photo = seal::seal_photo(&key, &new.form, &new.id, ("before", 1), b"a picture").unwrap();
    new.photos = vec![photo];
    assert_eq!(store.commit(&[new.clone()]).unwrap(), [Committed::New]);
    assert_eq!(store.photos(&new.id).unwrap(), new.photos);
    // A Galen without the table knows nothing of it, and what it removes takes the photographs along.
    place.sql(match place.schema {
        None => "PRAGMA foreign_keys = ON; DELETE FROM submissions",
        Some(_) => "DELETE FROM submissions",
    });
    assert_eq!(store.photos(&new.id).unwrap(), []);
}

fn a_letter_waits_as_long_as_a_mail_does(place: &Place) {
    let (mut store, key, secret) = (place.open(), data_key(), Secret::generate().unwrap());
    let with = |number: i64, channels: &[&str]| {
        let mut with = enquiry(number, &key);
        let letter = format!("answers of {number}");
        let sealed = seal_letter(&secret, &with.form, &with.id, letter.as_bytes()).unwrap();
        let notice =
            |it: &&str| Notice { channel: (*it).to_owned(), target: "reception".to_owned() };
        with.notices = channels.iter().map(notice).collect();
        with.letter = Some(sealed);
        with
    };
    let batch = [with(1, &["mail", "mail", "webhook"]), with(2, &["mail"]), with(3, &["mail"])];
    let [one, two, three] = &batch;
    store.commit(&batch).unwrap();
    let sealed = store.letter(&one.id).unwrap().unwrap();
    let open = |secret: &Secret, id: &str| open_letter(secret, &one.form, id, &sealed);
    assert_eq!(&**open(&secret, &one.id).unwrap(), b"answers of 1");
    assert!(open(&secret, &two.id).is_none(), "it is of another enquiry");
    assert!(open(&Secret::generate().unwrap(), &one.id).is_none(), "or under another secret");
    let due = store.due(NOW + DAY, 10).unwrap();
    let of = |enquiry: &New, channel: &str| {
        let about = due.iter().filter(|it| it.submission.as_ref() == Some(&enquiry.id));
        about.filter(|it| it.notice.channel == channel).map(|it| it.id).collect::<Vec<i64>>()
    };
    let has = |store: &mut Store, it: &New| store.letter(&it.id).unwrap().is_some();
    store.sent(of(one, "webhook")[0]).unwrap();
    store.sent(of(one, "mail")[0]).unwrap();
    assert!(has(&mut store, one), "another mail waits");
    store.sent(of(one, "mail")[1]).unwrap();
    assert!(!has(&mut store, one) && has(&mut store, two) && has(&mut store, three));
    store.failed(of(two, "mail")[0], "later", NOW + DAY).unwrap();
    assert!(has(&mut store, two), "it is tried again");
    while let Waiting::Until(next) = {
        store.due(NOW + 100 * DAY, 10).unwrap();
        store.failed(of(two, "mail")[0], "no", NOW + DAY).unwrap()
    } {
        assert!(next > NOW);
    }
    assert!(!has(&mut store, two), "it was given up");
    store.erase(&[&three.id], NOW + DAY).unwrap();
    assert!(!has(&mut store, three));
}

fn when_it_was_last_purged_is_noted(place: &Place) {
    let mut store = place.open();
    store.commit(&[enquiry(3, &data_key())]).unwrap();
    let newest = NOW + 3000;
    assert_eq!(store.last_purge(newest + 80 * DAY).unwrap(), newest);
    store.commit(&[enquiry(4, &data_key())]).unwrap();
    let later = store.last_purge(newest + 80 * DAY).unwrap();
    assert_eq!(later, newest, "what came since says nothing");
    store.purge(newest + DAY).unwrap();
    assert_eq!(store.last_purge(newest + 80 * DAY).unwrap(), newest + DAY);
    store.purge(newest).unwrap();
    assert_eq!(store.last_purge(newest).unwrap(), newest, "the clock was put right");
}

fn data_keys_go_with_their_last_enquiry(place: &Place) {
    let mut store = place.open();
    let (one, two) = (data_key(), data_key());
    let batch = [enquiry(0, &one), enquiry(1, &one), enquiry(2, &two)];
    store.commit(&batch).unwrap();
    store.erase(&[&batch[2].id], NOW + DAY).unwrap();
    assert!(store.data_key(&two.sealed().id).unwrap().is_some(), "a server may still use it");
    assert_eq!(store.commit(&[enquiry(3, &two)]).unwrap(), [Committed::New]);
    store.erase(&[&enquiry(3, &two).id, &batch[0].id], NOW + DAY).unwrap();
    let purged = store.purge(NOW + 3 * DAY).unwrap();
    assert_eq!((purged.submissions, purged.keys), (0, 1));
    assert!(store.data_key(&two.sealed().id).unwrap().is_none());
    assert!(store.data_key(&one.sealed().id).unwrap().is_some(), "one enquiry needs it");
}

fn rotation_seals_keys_and_leaves_answers(place: &Place) {
    let mut store = place.open();
    let (old, new) = (ReadingKey::generate().unwrap(), ReadingKey::generate().unwrap());
    let keys: Vec<DataKey> = (0..3).map(|_| DataKey::new(old.public()).unwrap()).collect();
    let batch: Vec<New> = (0..3).map(|number| enquiry(number, &keys[number as usize])).collect();
    store.commit(&batch).unwrap();
    assert_eq!(store.rotate(&old, new.public()).unwrap(), 3);
    assert_eq!(store.rotate(&old, new.public()).unwrap(), 0);
    let new_keys = [new];
    for enquiry in &batch {
        let found = store.get(&enquiry.id).unwrap().unwrap();
        assert_eq!(found.sealed, enquiry.sealed);
        let open = |keys: &[ReadingKey]| {
            seal::open(keys, &found.key, "consultation", &enquiry.id, &found.sealed)
        };
        assert!(open(&new_keys).is_ok());
        assert_eq!(open(std::slice::from_ref(&old)).unwrap_err().kind(), Kind::Key);
    }
    // A server that still has the key goes on with it, and what is sealed anew stays.
    store.commit(&[enquiry(9, &keys[0])]).unwrap();
    let kept = store.data_key(&keys[0].sealed().id).unwrap().unwrap();
    assert_eq!(kept.public, new_keys[0].public().id());
    assert!(store.rotate(&old, old.public()).is_err());
}

fn notices_are_sent_once_by_two(place: &Place) {
    let mut store = place.open();
    let key = data_key();
    let batch: Vec<New> = (0..60).map(|number| enquiry(number, &key)).collect();
    store.commit(&batch).unwrap();
    let send = || {
        let mut store = place.open();
        let mut sent = Vec::new();
        loop {
            let due = store.due(NOW + DAY, 7).unwrap();
            if due.is_empty() {
                return sent;
            }
            for due in due {
                store.sent(due.id).unwrap();
                sent.push((due.id, due.submission.unwrap()));
            }
        }
    };
    let sent: Vec<_> = std::thread::scope(|scope| {
        let threads = [scope.spawn(send), scope.spawn(send)];
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(sent.len(), 60);
    assert_eq!(sent.iter().collect::<BTreeSet<_>>().len(), 60, "none is sent twice");
    assert_eq!(store.stats().unwrap().pending, 0);
    assert_eq!(store.next_due().unwrap(), None);
}

fn notices_are_tried_again_and_given_up(place: &Place) {
    let mut store = place.open();
    let notice = Notice { channel: "mail".into(), target: "reception".into() };
    store.notify(&notice, NOW).unwrap();
    assert_eq!(store.next_due().unwrap(), Some(NOW));
    assert!(store.due(NOW - 1, 9).unwrap().is_empty());
    let mut now = NOW;
    for (attempt, minutes) in (1..).zip([1, 5, 30, 120, 720]) {
        let due = store.due(now, 9).unwrap();
        assert_eq!((due.len(), due[0].attempt, &due[0].notice), (1, attempt, &notice));
        assert_eq!(due[0].submission, None);
        let Waiting::Until(next) = store.failed(due[0].id, "no\nanswer", now).unwrap() else {
            panic!("given up after {attempt}")
        };
        let waited = next - now;
        assert!((minutes * 60_000..=minutes * 72_000).contains(&waited), "{attempt}: {waited}");
        assert!(store.due(next - 1, 9).unwrap().is_empty());
        now = next;
    }
    let last = store.due(now, 9).unwrap().remove(0);
    assert_eq!(store.failed(last.id, &"x".repeat(999), now).unwrap(), Waiting::Dead);
    assert!(store.due(now + 9 * DAY, 9).unwrap().is_empty());
    let dead = store.dead().unwrap();
    assert_eq!((dead.len(), dead[0].attempts, dead[0].created), (1, 6, NOW));
    assert_eq!(dead[0].last_error.as_ref().unwrap().len(), 300);
    assert_eq!(store.stats().unwrap().dead, 1);

    assert!(store.revive(last.id, now).unwrap());
    assert!(!store.revive(last.id, now).unwrap(), "it waits already");
    let due = store.due(now, 9).unwrap();
    assert_eq!((due[0].id, due[0].attempt), (last.id, 1));
    store.sent(last.id).unwrap();
    assert_eq!(store.failed(last.id, "late", now).unwrap(), Waiting::Gone);
    assert!(store.dead().unwrap().is_empty());
}

fn a_lease_that_ends_is_due_again(place: &Place) {
    let mut store = place.open();
    store.commit(&[enquiry(1, &data_key())]).unwrap();
    let first = store.due(NOW + DAY, 9).unwrap();
    assert!(store.due(NOW + DAY + 119_000, 9).unwrap().is_empty(), "whoever took it has it");
    let second = store.due(NOW + DAY + 120_000, 9).unwrap();
    assert_eq!((first[0].id, first[0].attempt + 1), (second[0].id, second[0].attempt));
}

fn a_notice_of_a_clock_that_was_ahead_is_due(place: &Place) {
    let mut store = place.open();
    let notice = Notice { channel: "mail".into(), target: "reception".into() };
    store.notify(&notice, NOW + 365 * DAY).unwrap();
    store.notify(&notice, NOW + DAY / 2).unwrap();
    let due = store.due(NOW, 9).unwrap();
    assert_eq!(due.len(), 1, "no notice waits for a year, one may wait for half a day");
    assert_eq!(due[0].created, NOW + 365 * DAY);
    assert!(store.due(NOW + 119_000, 9).unwrap().is_empty(), "whoever took it has it");
    store.sent(due[0].id).unwrap();
    assert_eq!(store.stats().unwrap().pending, 1);
}

fn readers_are_recorded(place: &Place) {
    let mut store = place.open();
    let audit = |at, submission: Option<&str>| Audit {
        at,
        actor: "reception".into(),
        action: "show".into(),
        form: Some("consultation".into()),
        submission: submission.map(str::to_owned),
        count: 1,
    };
    store.record(&audit(NOW, Some("enquiry-1"))).unwrap();
    store.record(&audit(NOW + 1, None)).unwrap();
    let all = store.audits(0).unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].audit, audit(NOW, Some("enquiry-1")));
    assert!(all[0].id < all[1].id);
    assert_eq!(store.audits(NOW + 1).unwrap(), all[1..]);
}

fn a_newer_schema_is_refused(place: &Place) {
    place.open();
    place.sql("UPDATE facts SET value = 99 WHERE name = 'schema'");
    let error = Store::open(&place.address).unwrap_err();
    assert_eq!((error.kind(), error.is_passing()), (Kind::Newer, false));
    assert_eq!(
        error.to_string(),
        "the store was made by a newer Galen: its tables are of version 99, and this one knows \
         version 1; use that Galen"
    );
}

fn opening_again_finds_all(place: &Place) {
    let key = data_key();
    let mut store = place.open();
    store.commit(&[enquiry(1, &key)]).unwrap();
    // A process that is killed closes nothing.
    std::mem::forget(store);
    let mut store = place.open();
    assert_eq!(ids(&mut store).len(), 1);
    let again = store.commit(&[enquiry(1, &key)]).unwrap();
    assert_eq!(again, [Committed::Again(enquiry(1, &key).id)]);
}

fn many_open_a_new_store_at_once(place: &Place) {
    let together = std::sync::Barrier::new(8);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                together.wait();
                place.open()
            });
        }
    });
    assert!(ids(&mut place.open()).is_empty());
}

/// A database of a test's own.
pub(crate) struct Place {
    address: String,
    folder: Option<tempfile::TempDir>,
    /// A schema of a server, and the server's address.
    schema: Option<(String, String)>,
}

impl Place {
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = folder.path().join("forms.sqlite").to_str().unwrap().to_owned();
        Self { address, folder: Some(folder), schema: None }
    }

    pub(crate) fn postgres() -> Self {
        let server = std::env::var("GALEN_TEST_POSTGRES").expect("GALEN_TEST_POSTGRES");
        let bytes = DataKey::new(ReadingKey::generate().unwrap().public()).unwrap();
        let name = Digest::of(bytes.sealed().id.as_bytes()).hex(12);
        let schema = format!("galen_{name}");
        let mut client = postgres::Client::connect(&server, postgres::NoTls).unwrap();
        client.batch_execute(&format!("CREATE SCHEMA {schema}")).unwrap();
        let mark = if server.contains('?') { '&' } else { '?' };
        let address =
            format!("{server}{mark}options=-csearch_path%3D{schema}&application_name={schema}");
        Self { address, folder: None, schema: Some((server, schema)) }
    }

    pub(crate) fn open(&self) -> Store {
        Store::open(&self.address).unwrap()
    }

    pub(crate) fn file(&self) -> PathBuf {
        PathBuf::from(&self.address)
    }

    /// Does something behind the store's back.
    fn sql(&self, sql: &str) {
        match &self.schema {
            None => rusqlite::Connection::open(&self.address).unwrap().execute_batch(sql).unwrap(),
            Some(_) => self.client().batch_execute(sql).unwrap(),
        }
    }

    fn count(&self, table: &str) -> i64 {
        let sql = format!("SELECT count(*) FROM {table}");
        match &self.schema {
            None => {
                let connection = rusqlite::Connection::open(&self.address).unwrap();
                connection.query_row(&sql, [], |row| row.get(0)).unwrap()
            }
            Some(_) => self.client().query_one(&sql, &[]).unwrap().get(0),
        }
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Asks the server for a number about the connections to this place, `a`, but for the one that asks.
    pub(crate) fn ask(&self, select: &str) -> i64 {
        let from = "FROM pg_stat_activity a";
        let schema = &self.schema.as_ref().unwrap().1;
        let sql = format!(
            "{select} {from} WHERE application_name = '{schema}' AND pid <> pg_backend_pid()"
        );
        self.client().query_one(&sql, &[]).unwrap().get(0)
    }

    fn client(&self) -> postgres::Client {
        postgres::Client::connect(&self.address, postgres::NoTls).unwrap()
    }

    /// All bytes of the database's files.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let folder = self.folder.as_ref().unwrap().path();
        let files = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
        files.flat_map(|path: PathBuf| std::fs::read(path).unwrap()).collect()
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.as_ref().unwrap().path()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some((server, schema)) = &self.schema else { return };
        if let Ok(mut client) = postgres::Client::connect(server, postgres::NoTls) {
            let _ = client.batch_execute(&format!("DROP SCHEMA {schema} CASCADE"));
        }
    }
}

pub(crate) fn data_key() -> DataKey {
    DataKey::new(ReadingKey::generate().unwrap().public()).unwrap()
}

/// An enquiry, the same for the same number but for how it is sealed.
pub(crate) fn enquiry(number: i64, key: &DataKey) -> New {
    let id = format!("enquiry-{number:04}");
    let digest = |what: &str| Digest::of(format!("{what} of {number}").as_bytes()).bytes();
    let answers = format!("answers of {number}");
    let data_key: Arc<SealedKey> = Arc::clone(key.sealed());
    New {
        form: "consultation".to_owned(),
        received: NOW + number * 1000,
        page: "/book/".to_owned(),
        language: "en-GB".to_owned(),
        contract: Digest::of(b"contract"),
        state: State::New,
        reason: None,
        data_key,
        sealed: seal::seal(key, "consultation", &id, answers.as_bytes()).unwrap(),
        once: digest("once"),
        finds: vec![digest("email"), digest("phone")],
        consents: Vec::new(),
        delete_after: Some(NOW + 90 * DAY),
        origin: "serve".to_owned(),
        notices: vec![Notice { channel: "mail".to_owned(), target: "reception".to_owned() }],
        photos: Vec::new(),
        letter: None,
        id,
    }
}

fn ids(store: &mut Store) -> BTreeSet<String> {
    store.list(&Filter::default()).unwrap().into_iter().map(|it| it.id).collect()
}
