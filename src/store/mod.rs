//! What is not content: enquiries, their consents, the notices of them, and who read them.
//!
//! [`Store::open`] is the way in; [`Store::commit`] keeps what came. Answers arrive sealed ([`seal`]) and leave sealed:
//! the store has no key. Times are milliseconds since 1970, told by the caller. Calls wait for the disk or the server:
//! make them from a plain thread, one store for each.

pub mod index;
pub mod keys;
pub mod seal;

mod audit;
mod commit;
mod database;
mod enquiries;
mod errors;
mod key_file;
mod key_folder;
mod letters;
mod outbox;
mod photos;
mod postgresql;
mod pulled;
mod removal;
mod schema;
mod sqlite;

pub use audit::{Audit, Audited};
pub use commit::{Committed, Consent, New, Notice, Photo};
pub use enquiries::{Filter, Given, State, Stats, Submission, Summary, Tally};
pub use errors::{Error, Kind, Result};
pub(crate) use key_file::owned;
pub use key_folder::KeyFolder;
pub use letters::{open_letter, seal_letter};
pub use outbox::{Dead, Due, Waiting};
pub use removal::Purged;

use database::Database;

/// A database of enquiries.
pub struct Store {
    database: Database,
}

impl Store {
    /// Opens the store at an address: a path, `sqlite:PATH` or `postgres://…`. A file is made where there is none, for
    /// its owner alone.
    pub fn open(address: &str) -> Result<Self> {
        let mut database = Database::open(address)?;
        schema::settle(&mut database)?;
        Ok(Self { database })
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}
