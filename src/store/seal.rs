//! Sealing: answers under a data key, data keys to the clinic's public key; byte by byte, for other programs.
//!
//! *Answers.* AES-256-GCM under the data key. What is stored is `nonce (12 bytes) ‖ ciphertext ‖ tag (16)`; WebCrypto's
//! `encrypt` gives the last two as one. The nonce is random for each. Authenticated with it (`additionalData`) are the
//! UTF-8 bytes of `form`, one zero byte, and the UTF-8 bytes of the enquiry's `id`, so that a box can be put to no other.
//!
//! *Photographs.* As answers are, each by itself under the data key of its enquiry. Authenticated with it are the UTF-8 bytes
//! of `form`, `id`, the question's name and the photograph's number in decimal digits, with one zero byte between each, so that
//! none is taken for another or for answers.
//!
//! *Data key.* 32 random bytes, sealed by HPKE (RFC 9180) in base mode: DHKEM(P-256, HKDF-SHA256) `0x0010`, HKDF-SHA256
//! `0x0001`, AES-256-GCM `0x0002`; `info` is the ASCII text `galen form v1`; the associated data are the UTF-8 bytes of
//! the data key's id; it is the context's first message. What is stored is `enc (65 bytes, an uncompressed point) ‖
//! ciphertext (32) ‖ tag (16)`, 113 bytes. The id is base64url of 16 random bytes: 22 characters.
//!
//! *Public key.* Named by the first twelve hexadecimal digits, in lower case, of the SHA-256 of its 65 bytes.
//!
//! *Envelope.* What a program without a store makes of a submission: JSON, each binary value as base64url without `=`.
//!
//! ```json
//! {"v":1,"key":{"id":"…","public":"…","sealed":"…"},"box":"…"}
//! ```
//!
//! `tests/forms/seal.json` has examples with their keys.

use std::fmt;
use std::sync::Arc;

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::DhP256HkdfSha256 as Kem;
use hpke::{Deserializable as _, OpModeR, OpModeS, Serializable as _};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::store::Photo;
use crate::store::errors::{Error, Kind, Result};
use crate::store::keys::{PublicKey, ReadingKey, random};

const INFO: &[u8] = b"galen form v1";
/// The length of a point of P-256, which HPKE calls `enc`.
const POINT: usize = 65;
const NONCE: usize = 12;

/// A data key as it is stored: only the reading key opens it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedKey {
    /// Its random name.
    pub id: String,
    /// The name of the public key that it is sealed to.
    pub public: String,
    /// `enc ‖ ciphertext ‖ tag`.
    pub sealed: Vec<u8>,
}

/// A data key in the clear, in memory for as long as it is used.
#[derive(Clone)]
pub struct DataKey {
    cipher: Aes256Gcm,
    sealed: Arc<SealedKey>,
}

impl DataKey {
    /// Makes a new one, sealed to a public key.
    pub fn new(public: &PublicKey) -> Result<Self> {
        let secret = Zeroizing::new(random::<32>()?);
        let id = BASE64.encode(random::<16>()?);
        let sealed = SealedKey { sealed: wrap(public, &id, &secret)?, public: public.id(), id };
        Ok(Self { cipher: Aes256Gcm::new((&*secret).into()), sealed: Arc::new(sealed) })
    }

    /// Gives its sealed form, which is stored with what it sealed.
    pub fn sealed(&self) -> &Arc<SealedKey> {
        &self.sealed
    }

    /// Opens what was sealed for this form and id.
    pub fn open(&self, form: &str, id: &str, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let shut = || {
            Error::new(
                Kind::Sealed,
                format!("the enquiry {id} does not open: what was stored is damaged"),
            )
        };
        decrypt(&self.cipher, &bound(form, id), bytes).ok_or_else(shut)
    }

    /// Opens a photograph that was sealed for this form, enquiry, question and number.
    pub fn open_photo(&self, form: &str, id: &str, photo: &Photo) -> Result<Zeroizing<Vec<u8>>> {
        let Photo { question, number, sealed } = photo;
        let shut = || {
            let words = format!(
                "the photograph {number} for `{question}` of the enquiry {id} does not open: what was stored is damaged"
            );
            Error::new(Kind::Sealed, words)
        };
        let aad = bound_photo(form, id, question, *number);
        decrypt(&self.cipher, &aad, sealed).ok_or_else(shut)
    }
}

/// Opens `nonce ‖ ciphertext ‖ tag`; `None` where it does not open.
pub(crate) fn decrypt(cipher: &Aes256Gcm, aad: &[u8], bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, msg) = bytes.split_first_chunk::<NONCE>()?;
    cipher.decrypt(&Nonce::from(*nonce), Payload { msg, aad }).map(Zeroizing::new).ok()
}

/// Seals as [`decrypt`] opens.
pub(crate) fn encrypt(cipher: &Aes256Gcm, aad: &[u8], msg: &[u8]) -> Result<Vec<u8>> {
    let nonce = random::<NONCE>()?;
    let sealed = cipher.encrypt(&Nonce::from(nonce), Payload { msg, aad });
    let sealed =
        sealed.map_err(|_| Error::new(Kind::Fault, "the answers are too long to be sealed"))?;
    Ok([&nonce[..], &sealed].concat())
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DataKey({})", self.sealed.id)
    }
}

/// Seals the answers of an enquiry.
pub fn seal(key: &DataKey, form: &str, id: &str, plaintext: &[u8]) -> Result<Vec<u8>> {
    encrypt(&key.cipher, &bound(form, id), plaintext)
}

/// Seals a photograph of an enquiry: the `number`th that answers a question, from 1.
pub fn seal_photo(
    key: &DataKey,
    form: &str,
    id: &str,
    (question, number): (&str, u32),
    picture: &[u8],
) -> Result<Photo> {
    let sealed = encrypt(&key.cipher, &bound_photo(form, id, question, number), picture)?;
    Ok(Photo { question: question.to_owned(), number, sealed })
}

/// Opens the answers of an enquiry with whichever of the keys it was sealed to. Where many are opened, open the data key
/// once ([`open_key`]).
pub fn open(
    keys: &[ReadingKey],
    key: &SealedKey,
    form: &str,
    id: &str,
    bytes: &[u8],
) -> Result<Zeroizing<Vec<u8>>> {
    open_key(keys, key)?.open(form, id, bytes)
}

/// Opens a data key with whichever of the keys it was sealed to.
pub fn open_key(keys: &[ReadingKey], key: &SealedKey) -> Result<DataKey> {
    let Some(reading) = keys.iter().find(|reading| reading.public().id() == key.public) else {
        let words = "the answers were sealed to the key {}, whose reading key was not given";
        return Err(Error::key(words.replace("{}", &key.public)));
    };
    let secret = unwrap(reading, key)?;
    Ok(DataKey { cipher: Aes256Gcm::new((&*secret).into()), sealed: Arc::new(key.clone()) })
}

/// Seals a data key to another public key. Its name stays, and what it sealed is as it was.
pub fn reseal(from: &ReadingKey, to: &PublicKey, key: &SealedKey) -> Result<SealedKey> {
    let secret = unwrap(from, key)?;
    Ok(SealedKey { id: key.id.clone(), public: to.id(), sealed: wrap(to, &key.id, &secret)? })
}

/// What a program without a store makes of a submission, with a data key of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The data key.
    pub key: SealedKey,
    /// The answers: `nonce ‖ ciphertext ‖ tag`.
    pub sealed: Vec<u8>,
}

impl Envelope {
    /// Seals answers with a new data key.
    pub fn new(public: &PublicKey, form: &str, id: &str, plaintext: &[u8]) -> Result<Self> {
        let key = DataKey::new(public)?;
        Ok(Self { sealed: seal(&key, form, id, plaintext)?, key: (**key.sealed()).clone() })
    }

    /// Reads the JSON of an envelope.
    pub fn parse(json: &str) -> Result<Self> {
        let damaged =
            |what: &str| Error::new(Kind::Sealed, format!("the envelope is damaged: {what}"));
        // What serde says may quote what it read.
        let wire: Wire =
            serde_json::from_str(json).map_err(|_| damaged("it is not the JSON of one"))?;
        if wire.v != 1 {
            let words = "the envelope was made by a newer Galen: this one reads version 1";
            return Err(Error::new(Kind::Newer, words));
        }
        let bytes = |text: &str| BASE64.decode(text).map_err(|_| damaged("it is not base64url"));
        let plain = |id: &str| id.bytes().all(|it| it.is_ascii_graphic());
        let named = |id: &str| !id.is_empty() && id.len() <= 64 && plain(id);
        if !named(&wire.key.id) || !named(&wire.key.public) {
            return Err(damaged("its key has no name"));
        }
        let (sealed, boxed) = (bytes(&wire.key.sealed)?, bytes(&wire.boxed)?);
        let key = SealedKey { id: wire.key.id, public: wire.key.public, sealed };
        Ok(Self { key, sealed: boxed })
    }

    /// Gives its JSON.
    pub fn json(&self) -> String {
        let SealedKey { id, public, sealed } = self.key.clone();
        let key = WireKey { id, public, sealed: BASE64.encode(sealed) };
        let wire = Wire { v: 1, key, boxed: BASE64.encode(&self.sealed) };
        serde_json::to_string(&wire).unwrap_or_default()
    }

    /// Opens the answers with whichever of the keys it was sealed to.
    pub fn open(&self, keys: &[ReadingKey], form: &str, id: &str) -> Result<Zeroizing<Vec<u8>>> {
        open(keys, &self.key, form, id, &self.sealed)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    v: u64,
    key: WireKey,
    #[serde(rename = "box")]
    boxed: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireKey {
    id: String,
    public: String,
    sealed: String,
}

fn wrap(public: &PublicKey, id: &str, secret: &[u8; 32]) -> Result<Vec<u8>> {
    let mode = OpModeS::Base;
    let sealed = hpke::single_shot_seal::<AesGcm256, HkdfSha256, Kem>(
        &mode,
        public.half(),
        INFO,
        secret,
        id.as_bytes(),
    );
    let (enc, sealed) =
        sealed.map_err(|_| Error::key("nothing can be sealed to the public key"))?;
    Ok([&enc.to_bytes()[..], &sealed].concat())
}

fn unwrap(reading: &ReadingKey, key: &SealedKey) -> Result<Zeroizing<[u8; 32]>> {
    let shut = || {
        Error::new(Kind::Sealed, format!("the data key {} does not open: it is damaged", key.id))
    };
    let (enc, sealed) = key.sealed.split_at_checked(POINT).ok_or_else(shut)?;
    let enc = <Kem as hpke::Kem>::EncappedKey::from_bytes(enc).map_err(|_| shut())?;
    let opened = hpke::single_shot_open::<AesGcm256, HkdfSha256, Kem>(
        &OpModeR::Base,
        reading.half(),
        &enc,
        INFO,
        sealed,
        key.id.as_bytes(),
    );
    let opened = Zeroizing::new(opened.map_err(|_| shut())?);
    let secret = opened.first_chunk::<32>().filter(|_| opened.len() == 32).ok_or_else(shut)?;
    Ok(Zeroizing::new(*secret))
}

/// What is authenticated with the answers.
fn bound(form: &str, id: &str) -> Vec<u8> {
    [form.as_bytes(), &[0], id.as_bytes()].concat()
}

/// What is authenticated with a photograph.
fn bound_photo(form: &str, id: &str, question: &str, number: u32) -> Vec<u8> {
    [&*bound(form, id), &[0], question.as_bytes(), &[0], number.to_string().as_bytes()].concat()
}
