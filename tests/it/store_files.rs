//! The files of the store: keys, and the database of SQLite on its disk.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use galen::store::keys::{PublicKey, Purpose, ReadingKey, Secret};
use galen::store::{Filter, Kind, Store};

use crate::store::{Place, data_key, enquiry};

#[test]
fn nothing_of_what_is_purged_is_left_in_the_files() {
    let place = Place::sqlite();
    let mut store = place.open();
    let key = data_key();
    // Enough of them that pages fill, split and are given back.
    let batch: Vec<_> = (0..700)
        .map(|number| {
            let mut new = enquiry(number, &key);
            new.id = format!("canary-{number:04}-with-a-name");
            new.page = format!("/canary-page-{number:04}/");
            new.sealed = format!("sealed-canary-{number:04}").repeat(60).into_bytes();
            if number % 2 == 0 {
                new.delete_after = None;
            }
            new
        })
        .collect();
    for batch in batch.chunks(50) {
        store.commit(batch).unwrap();
    }
    let gone: Vec<_> = batch.iter().filter(|new| new.delete_after.is_some()).collect();
    let found = |bytes: &[u8]| {
        let holds = |part: &[u8]| memchr::memmem::find(bytes, part).is_some();
        let left = gone.iter().filter(|new| {
            holds(new.id.as_bytes())
                || holds(new.page.as_bytes())
                || holds(&new.sealed[..19])
                || holds(&new.once)
                || new.finds.iter().any(|it| holds(it))
        });
        left.count()
    };
    assert_eq!(found(&place.bytes()), gone.len(), "they are there before");
    let purged = store.purge(i64::MAX).unwrap();
    assert_eq!(purged.submissions, 350);
    assert!(purged.unwiped.is_none(), "{:?}", purged.unwiped);
    assert_eq!(found(&place.bytes()), 0);
    drop(store);
    assert_eq!(found(&place.bytes()), 0);
    assert_eq!(place.open().list(&Filter::default()).unwrap().len(), 350);
}

#[test]
fn a_purge_beside_a_reader_says_that_it_is_not_wiped_and_makes_up_for_it() {
    let place = Place::sqlite();
    let mut store = place.open();
    store.commit(&[enquiry(1, &data_key())]).unwrap();
    let reader = rusqlite::Connection::open(place.file()).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM submissions;").unwrap();
    let purged = store.purge(i64::MAX).unwrap();
    assert_eq!(purged.submissions, 1);
    assert_eq!(purged.unwiped.map(|error| error.kind()), Some(Kind::Locked));
    reader.execute_batch("COMMIT").unwrap();
    let purged = store.purge(i64::MAX).unwrap();
    assert!(purged.submissions == 0 && purged.unwiped.is_none());
    assert!(memchr::memmem::find(&place.bytes(), b"enquiry-0001").is_none());
}

#[test]
fn what_was_committed_is_there_after_a_cut() {
    let place = Place::sqlite();
    let mut store = place.open();
    let key = data_key();
    store.commit(&[enquiry(1, &key), enquiry(2, &key)]).unwrap();
    // The files as they lie on the disk while the store is open.
    let copy = tempfile::tempdir().unwrap();
    for file in fs::read_dir(place.folder()).unwrap() {
        let path = file.unwrap().path();
        if !path.to_str().unwrap().ends_with("-shm") {
            fs::copy(&path, copy.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    let mut store = open(&copy.path().join("forms.sqlite")).unwrap();
    assert_eq!(store.list(&Filter::default()).unwrap().len(), 2);
}

#[test]
fn the_files_are_their_owners_alone() {
    let place = Place::sqlite();
    let mut store = place.open();
    store.commit(&[enquiry(1, &data_key())]).unwrap();
    let mut seen = 0;
    for file in fs::read_dir(place.folder()).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{path:?}");
        seen += 1;
    }
    assert_eq!(seen, 3, "the database, its log and the log's index");
    drop(store);
    chmod(&place.file(), 0o644);
    let error = open(&place.file()).unwrap_err();
    assert_eq!(error.kind(), Kind::Setting);
    assert!(error.to_string().starts_with("everyone may read `"), "{error}");
}

#[test]
fn files_that_are_no_sound_store_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let kind = |name: &str| {
        let error = open(&at(name)).unwrap_err();
        assert!(!error.is_passing(), "{error}");
        (error.kind(), error.to_string())
    };

    fs::write(at("text"), "This is no database. ".repeat(400)).unwrap();
    chmod(&at("text"), 0o600);
    let (found, words) = kind("text");
    assert_eq!(found, Kind::Damaged);
    assert!(words.contains("not an SQLite database"), "{words}");

    rusqlite::Connection::open(at("other")).unwrap().execute_batch("CREATE TABLE a (b)").unwrap();
    chmod(&at("other"), 0o600);
    let (found, words) = kind("other");
    assert_eq!(found, Kind::Setting);
    assert!(words.ends_with("this is a database of another program"), "{words}");

    assert_eq!(kind("no-folder/forms.sqlite").0, Kind::Setting);
    let password = Store::open("mysql://clinic:secret@db/forms").unwrap_err();
    assert!(password.kind() == Kind::Setting && !password.to_string().contains("secret"));
}

#[test]
fn a_damaged_page_is_told() {
    let place = Place::sqlite();
    let mut store = place.open();
    let key = data_key();
    store.commit(&(0..200).map(|number| enquiry(number, &key)).collect::<Vec<_>>()).unwrap();
    store.wipe().unwrap();
    drop(store);
    let mut bytes = fs::read(place.file()).unwrap();
    let from = 4096 * 3;
    bytes[from..].iter_mut().for_each(|byte| *byte = 0xa5);
    fs::write(place.file(), bytes).unwrap();
    let damaged = |store: Result<Store, galen::store::Error>| {
        store.and_then(|mut store| store.list(&Filter::default())).unwrap_err()
    };
    let error = damaged(open(&place.file()));
    assert_eq!((error.kind(), error.is_passing()), (Kind::Damaged, false), "{error}");
}

#[test]
fn a_database_that_another_has_locked_is_a_passing_failure() {
    let place = Place::sqlite();
    let mut store = place.open();
    let other = rusqlite::Connection::open(place.file()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = store.commit(&[enquiry(1, &data_key())]).unwrap_err();
    assert_eq!((error.kind(), error.is_passing()), (Kind::Locked, true), "{error}");
    other.execute_batch("ROLLBACK").unwrap();
    store.commit(&[enquiry(1, &data_key())]).unwrap();
}

#[test]
fn keys_are_written_for_their_owner_and_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let secret = Secret::generate().unwrap();
    let reading = ReadingKey::generate().unwrap();
    secret.write(&at("secret")).unwrap();
    reading.write(&at("reading")).unwrap();
    for name in ["secret", "reading"] {
        assert_eq!(fs::metadata(at(name)).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let again = Secret::read(&at("secret")).unwrap();
    assert_eq!(again.derive(Purpose::Once), secret.derive(Purpose::Once));
    assert_ne!(again.derive(Purpose::Once), secret.derive(Purpose::Token));
    assert_eq!(ReadingKey::read(&at("reading")).unwrap().public(), reading.public());
    let public: PublicKey = reading.public().to_string().parse().unwrap();
    assert_eq!((&public, public.id().len()), (reading.public(), 12));
    assert!(secret.write(&at("secret")).is_err(), "a key that is there stays");
    for shown in [format!("{secret:?}"), format!("{reading:?}")] {
        assert!(!shown.contains("galen-"), "{shown}");
    }
}

#[test]
fn keys_that_are_damaged_or_open_to_others_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    let reading = ReadingKey::generate().unwrap();
    reading.write(&path).unwrap();
    let refused = |text: &str, words: &str| {
        fs::write(&path, text).unwrap();
        let error = ReadingKey::read(&path).unwrap_err();
        assert_eq!(error.kind(), Kind::Key);
        let said = error.to_string();
        assert!(said.contains(words), "{said}");
        assert!(said.contains("key`"), "it says which file: {said}");
    };
    let text = reading.text().to_string();
    let secret = Secret::generate().unwrap().text().to_string();
    let last = text.len() - 3;
    let wrong = if &text[last..=last] == "A" { 'B' } else { 'A' };
    refused(&format!("{}{wrong}{}", &text[..last], &text[last + 1..]), "is damaged");
    refused(&text[..last], "is damaged");
    refused("galen-reading-key:", "is damaged");
    refused(&text.replace(':', ":&"), "is not base64url");
    refused(&secret, "begins with `galen-reading-key:`, not with `galen-secret:`");
    refused("hunter2:x", "begins with `galen-reading-key:`");
    refused("# nothing\n", "holds no key");
    refused(&format!("{text}\n{text}"), "more than one key");
    assert!("galen-key:AAAA".parse::<PublicKey>().is_err());
    assert!(reading.public().to_string()[..70].parse::<PublicKey>().is_err());

    fs::write(&path, &text).unwrap();
    chmod(&path, 0o604);
    let error = ReadingKey::read(&path).unwrap_err();
    assert!(error.to_string().starts_with("others may read `"), "{error}");
}

fn open(path: &Path) -> Result<Store, galen::store::Error> {
    Store::open(path.to_str().unwrap())
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}
