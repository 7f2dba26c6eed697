//! Sealing: what is sealed opens for whom it was sealed to, and for nothing else; other programs make the same.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use galen::store::Kind;
use galen::store::keys::ReadingKey;
use galen::store::seal::{self, DataKey, Envelope};

#[test]
fn what_is_sealed_opens_for_its_form_and_id_alone() {
    let reading = ReadingKey::generate().unwrap();
    let key = DataKey::new(reading.public()).unwrap();
    let bytes = seal::seal(&key, "consultation", "abc", b"Norwood 4").unwrap();
    assert_eq!(bytes.len(), 12 + 9 + 16);
    assert_eq!(key.sealed().sealed.len(), 113);
    let keys = [ReadingKey::generate().unwrap(), reading];
    let open = |form: &str, id: &str, bytes: &[u8]| {
        seal::open(&keys, key.sealed(), form, id, bytes).map(|it| it.to_vec())
    };
    assert_eq!(open("consultation", "abc", &bytes).unwrap(), b"Norwood 4");
    let shut = |form: &str, id: &str, bytes: &[u8]| {
        let error = open(form, id, bytes).unwrap_err();
        assert_eq!(error.kind(), Kind::Sealed);
        assert!(!error.is_passing());
    };
    shut("consultation", "abd", &bytes);
    shut("callback", "abc", &bytes);
    // The zero byte between the two tells where one ends.
    shut("consultationa", "bc", &bytes);
    shut("consultation", "abc", &bytes[..20]);
    shut("consultation", "abc", b"");
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        shut("consultation", "abc", &changed);
    }
    let again = seal::seal(&key, "consultation", "abc", b"Norwood 4").unwrap();
    assert_ne!(again, bytes, "each has a nonce of its own");
}

#[test]
fn a_key_that_it_was_not_sealed_to_is_named() {
    let (mine, other) = (ReadingKey::generate().unwrap(), ReadingKey::generate().unwrap());
    let key = DataKey::new(mine.public()).unwrap();
    let error = seal::open_key(std::slice::from_ref(&other), key.sealed()).unwrap_err();
    assert_eq!(error.kind(), Kind::Key);
    let id = mine.public().id();
    let words = format!("the answers were sealed to the key {id}, whose reading key was not given");
    assert_eq!(error.to_string(), words);

    // A name that was changed opens nothing either.
    let mut renamed = (**key.sealed()).clone();
    renamed.public = other.public().id();
    assert_eq!(seal::open_key(&[other], &renamed).unwrap_err().kind(), Kind::Sealed);
    let mut swapped = (**key.sealed()).clone();
    swapped.id = DataKey::new(mine.public()).unwrap().sealed().id.clone();
    assert_eq!(
        seal::open_key(std::slice::from_ref(&mine), &swapped).unwrap_err().kind(),
        Kind::Sealed
    );
    let mut short = (**key.sealed()).clone();
    short.sealed.truncate(64);
    assert_eq!(seal::open_key(&[mine], &short).unwrap_err().kind(), Kind::Sealed);
}

#[test]
fn envelopes_are_read_as_they_are_written_and_nothing_else_is() {
    let reading = ReadingKey::generate().unwrap();
    let envelope = Envelope::new(reading.public(), "callback", "x1", "Zoë".as_bytes()).unwrap();
    let json = envelope.json();
    assert!(json.starts_with(r#"{"v":1,"key":{"id":""#), "{json}");
    assert_eq!(Envelope::parse(&json).unwrap(), envelope);
    let opened = envelope.open(std::slice::from_ref(&reading), "callback", "x1").unwrap();
    assert_eq!(&opened[..], "Zoë".as_bytes());
    let kind = |json: &str| Envelope::parse(json).unwrap_err().kind();
    assert_eq!(kind(&json.replace("\"v\":1", "\"v\":2")), Kind::Newer);
    assert_eq!(kind(&json.replace("\"v\":1", "\"w\":1")), Kind::Sealed);
    assert_eq!(kind(&json.replace("\"box\":\"", "\"box\":\"+")), Kind::Sealed);
    assert_eq!(kind(&json[1..]), Kind::Sealed);
    let long = json.replace(&envelope.key.id, &"x".repeat(65));
    assert_eq!(kind(&long), Kind::Sealed);
}

/// What Galen and WebCrypto sealed once, `tests/forms/seal.mjs` opens too.
#[test]
fn the_examples_open() {
    let text = include_str!("../forms/seal.json");
    let file: serde_json::Value = serde_json::from_str(text).unwrap();
    let string = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let reading: ReadingKey = string(&file["reading_key"]).parse().unwrap();
    assert_eq!(reading.public().to_string(), string(&file["public_key"]));
    assert_eq!(reading.public().id(), string(&file["public_id"]));
    let keys = [reading];
    let mut seen = 0;
    for example in file["examples"].as_array().unwrap() {
        let name = string(&example["name"]);
        let envelope = Envelope::parse(&example["envelope"].to_string());
        let opened = envelope.and_then(|envelope| {
            envelope.open(&keys, &string(&example["form"]), &string(&example["id"]))
        });
        match example["plaintext"].as_str() {
            Some(text) => {
                let opened = opened.unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_eq!(opened[..], BASE64.decode(text).unwrap(), "{name}");
            }
            None => assert!(opened.is_err(), "{name} opens"),
        }
        seen += 1;
    }
    assert!(seen >= 6);
}
