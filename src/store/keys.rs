//! The keys of a clinic's forms: the server's secret, the reading key and its public half, and their files.
//!
//! A file of a key is one line of text, `galen-secret:…` or `galen-reading-key:…`; lines that begin with `#` say what it
//! is for. What follows the colon is base64url (RFC 4648 §5, without `=`) of 36 bytes: the key's 32, and the first four
//! of their SHA-256, so that a slip of the pen is told. A public key, `galen-key:…`, is base64url of the 65 bytes of an
//! uncompressed point of P-256 (SEC 1 §2.3.3), which WebCrypto takes as `raw`.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use hpke::kem::DhP256HkdfSha256 as Kem;
use hpke::{Deserializable as _, Kem as _, Serializable as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::store::errors::{Error, Result};
use crate::store::key_file;

pub(crate) type PrivateHalf = <Kem as hpke::Kem>::PrivateKey;
pub(crate) type PublicHalf = <Kem as hpke::Kem>::PublicKey;

/// What a key that is derived from the server's secret is for. Each purpose has a key of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Finding a person's enquiries by e-mail or telephone.
    Index,
    /// Telling that a submission is the same one again.
    Once,
    /// Signing when a page was opened.
    Token,
    /// Counting by network without keeping addresses.
    Limit,
    /// Keeping what a mail says until it is sent.
    Letter,
}

impl Purpose {
    /// The context for BLAKE3's key derivation. Changing one makes what was stored under it useless.
    fn context(self) -> &'static str {
        match self {
            Self::Index => "galen forms 2026-11-25 blind index v1",
            Self::Once => "galen forms 2026-11-25 submission once v1",
            Self::Token => "galen forms 2026-11-25 page token v1",
            Self::Limit => "galen forms 2026-11-25 rate limit v1",
            Self::Letter => "galen forms 2026-11-26 letter v1",
        }
    }
}

/// The server's secret, from which the keys of the endpoint are derived. It opens no answer.
#[derive(Clone)]
pub struct Secret(Zeroizing<[u8; 32]>);

impl Secret {
    const NAME: &str = "galen-secret";

    /// Makes a new one.
    pub fn generate() -> Result<Self> {
        random().map(|bytes| Self(Zeroizing::new(bytes)))
    }

    /// Gives the key for a purpose.
    pub fn derive(&self, purpose: Purpose) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(blake3::derive_key(purpose.context(), &self.0[..]))
    }

    /// Reads a file that [`Secret::write`] wrote; one that others may read is refused.
    pub fn read(path: &Path) -> Result<Self> {
        key_file::read(path)?.parse().map_err(|error| key_file::at(path, error))
    }

    /// Writes a new file that only its owner may read; one that is there is an error.
    pub fn write(&self, path: &Path) -> Result<()> {
        let words =
            "The server's secret of Galen's forms: no copy belongs beside the site or in Git.";
        key_file::write(path, words, &self.text())
    }

    /// Gives its text, to be kept as safe as itself.
    pub fn text(&self) -> Zeroizing<String> {
        checked_text(Self::NAME, &self.0)
    }
}

impl FromStr for Secret {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        checked(Self::NAME, "the server's secret", text).map(Self)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// The private key that opens what was sealed to its public half. A server needs none to take enquiries.
#[derive(Clone)]
pub struct ReadingKey {
    half: PrivateHalf,
    public: PublicKey,
}

impl ReadingKey {
    const NAME: &str = "galen-reading-key";

    /// Makes a new one.
    pub fn generate() -> Result<Self> {
        // RFC 9180 §7.1.3: a key pair from 32 random bytes.
        let seed = Zeroizing::new(random::<32>()?);
        let (half, public) = Kem::derive_keypair(&seed[..]);
        Ok(Self { half, public: PublicKey(public) })
    }

    /// Gives the public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Reads a file that [`ReadingKey::write`] wrote; one that others may read is refused.
    pub fn read(path: &Path) -> Result<Self> {
        key_file::read(path)?.parse().map_err(|error| key_file::at(path, error))
    }

    /// Writes a new file that only its owner may read; one that is there is an error.
    pub fn write(&self, path: &Path) -> Result<()> {
        let words = format!(
            "The reading key for {}: whoever has it reads all enquiries, and without it nobody does.",
            self.public.id()
        );
        key_file::write(path, &words, &self.text())
    }

    /// Gives its text, to be kept as safe as itself.
    pub fn text(&self) -> Zeroizing<String> {
        let bytes = self.half.to_bytes();
        let mut scalar = Zeroizing::new([0; 32]);
        scalar.copy_from_slice(&bytes);
        checked_text(Self::NAME, &scalar)
    }

    pub(crate) fn half(&self) -> &PrivateHalf {
        &self.half
    }
}

impl FromStr for ReadingKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let scalar = checked(Self::NAME, "a reading key", text)?;
        let half = PrivateHalf::from_bytes(&scalar[..])
            .map_err(|_| Error::key("the reading key is damaged: it is no key of P-256"))?;
        let public = PublicKey(Kem::sk_to_pk(&half));
        Ok(Self { half, public })
    }
}

impl fmt::Debug for ReadingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReadingKey({})", self.public.id())
    }
}

/// The public key to which answers are sealed. It may be known to everyone.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey(PublicHalf);

impl PublicKey {
    const NAME: &str = "galen-key";

    /// Gives its short name: the first twelve hexadecimal digits of the SHA-256 of its 65 bytes.
    pub fn id(&self) -> String {
        let digest = Sha256::digest(self.0.to_bytes());
        digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
    }

    /// Gives the 65 bytes of its point.
    pub fn bytes(&self) -> Vec<u8> {
        self.0.to_bytes().to_vec()
    }

    pub(crate) fn half(&self) -> &PublicHalf {
        &self.0
    }
}

impl FromStr for PublicKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let bytes = after(Self::NAME, "a public key", text)?;
        PublicHalf::from_bytes(&bytes).map(Self).map_err(|_| {
            Error::key(
                "the public key is damaged: copy the whole line that begins with `galen-key:`",
            )
        })
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", Self::NAME, BASE64.encode(self.0.to_bytes()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.id())
    }
}

/// Gives random bytes from the system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    match getrandom::fill(&mut bytes) {
        Ok(()) => Ok(bytes),
        Err(error) => Err(Error::key(format!("the system gives no random bytes: {error}"))),
    }
}

/// Begins an HMAC-SHA256 (RFC 2104) over parts, one behind the other.
pub(crate) fn mac(key: &[u8], parts: &[&[u8]]) -> Hmac<Sha256> {
    let mac = Hmac::<Sha256>::new_from_slice(key);
    let mut mac = mac.unwrap_or_else(|_| unreachable!("an HMAC takes keys of any length"));
    parts.iter().for_each(|part| mac.update(part));
    mac
}

fn checked_text(name: &str, key: &[u8; 32]) -> Zeroizing<String> {
    let mut bytes = Zeroizing::new([0; 36]);
    bytes[..32].copy_from_slice(key);
    bytes[32..].copy_from_slice(&Sha256::digest(key)[..4]);
    Zeroizing::new(format!("{name}:{}", BASE64.encode(&bytes[..])))
}

fn checked(name: &str, what: &str, text: &str) -> Result<Zeroizing<[u8; 32]>> {
    let damaged = || Error::key(format!("{what} is damaged: put back the copy that was kept"));
    let bytes = after(name, what, text)?;
    let key = bytes.first_chunk::<32>().ok_or_else(damaged)?;
    match bytes[32..] == Sha256::digest(key)[..4] {
        true => Ok(Zeroizing::new(*key)),
        false => Err(damaged()),
    }
}

/// The bytes after `name:`.
fn after(name: &str, what: &str, text: &str) -> Result<Zeroizing<Vec<u8>>> {
    let text = text.trim();
    let Some((found, rest)) = text.split_once(':') else {
        return Err(Error::key(format!("{what} begins with `{name}:`, which this does not")));
    };
    if found != name {
        // Only a name of Galen's is said again: anything else may be a secret at the wrong place.
        let known = [Secret::NAME, ReadingKey::NAME, PublicKey::NAME];
        let found = known.into_iter().find(|known| *known == found);
        let instead = found.map(|found| format!(", not with `{found}:`")).unwrap_or_default();
        return Err(Error::key(format!("{what} begins with `{name}:`{instead}")));
    }
    let bytes = BASE64.decode(rest).map(Zeroizing::new);
    bytes.map_err(|_| Error::key(format!("{what} is damaged: it is not base64url")))
}
