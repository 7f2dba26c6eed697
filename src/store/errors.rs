//! What is said when the store cannot do what was asked.

use std::fmt;
use std::path::Path;

/// A failure of the store, in words for the person who keeps it. It never holds what was stored.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    message: String,
}

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Someone else has the database for longer than it is waited for.
    Locked,
    /// No room is left for what should be stored.
    Full,
    /// The file is not a sound database.
    Damaged,
    /// The disk, the file or the server gives no answer.
    Unreachable,
    /// The database was made by a newer Galen.
    Newer,
    /// An address, a file or a permission is not as it must be.
    Setting,
    /// A key cannot be read, or is not the one that is needed.
    Key,
    /// What is sealed does not open: it was changed, or belongs to another enquiry.
    Sealed,
    /// The database refused a statement, which is a fault of Galen.
    Fault,
}

/// The result of everything that the store does.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// Makes an error of a setting that is not as it must be.
    pub(crate) fn setting(message: impl Into<String>) -> Self {
        Self::new(Kind::Setting, message)
    }

    /// Makes an error of a key.
    pub(crate) fn key(message: impl Into<String>) -> Self {
        Self::new(Kind::Key, message)
    }

    /// Makes an error of a file that the system refuses.
    pub(crate) fn file(path: &Path, error: &std::io::Error) -> Self {
        let kind = match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Kind::Full,
            _ => Kind::Setting,
        };
        Self::new(kind, format!("`{}`: {}", path.display(), plain(error)))
    }

    /// Gives the kind of failure.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Tells whether the same may succeed a little later, without anyone doing anything but making
    /// room or starting the server again.
    pub fn is_passing(&self) -> bool {
        matches!(self.kind, Kind::Locked | Kind::Full | Kind::Unreachable)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        let rusqlite::Error::SqliteFailure(failure, _) = &error else {
            return Self::new(Kind::Fault, format!("the database answered otherwise: {error}"));
        };
        let (kind, words) = match failure.code {
            Code::DatabaseBusy | Code::DatabaseLocked | Code::FileLockingProtocolFailed => {
                (Kind::Locked, "another program has the database locked")
            }
            Code::DiskFull => (Kind::Full, "the disk is full"),
            Code::DatabaseCorrupt => {
                (Kind::Damaged, "the database is damaged: put back the last sound copy")
            }
            Code::NotADatabase => (Kind::Damaged, "the file is not an SQLite database"),
            Code::SystemIoFailure => (Kind::Unreachable, "the disk gave an error"),
            Code::OutOfMemory => (Kind::Unreachable, "there is not enough memory"),
            Code::ReadOnly | Code::PermissionDenied => {
                (Kind::Setting, "the database may not be written")
            }
            Code::CannotOpen => (Kind::Setting, "the database cannot be opened"),
            _ => (Kind::Fault, "the database refused a statement"),
        };
        // SQLite's own words name tables and columns, never values.
        Self::new(kind, format!("{words} (SQLite {}: {error})", failure.extended_code))
    }
}

impl From<postgres::Error> for Error {
    fn from(error: postgres::Error) -> Self {
        let Some(answer) = error.as_db_error() else {
            let words = format!("the database server gives no answer ({error}{})", cause(&error));
            return Self::new(Kind::Unreachable, words);
        };
        // PostgreSQL's detail holds values; its message and code do not.
        let code = answer.code().code();
        let kind = match (code.get(..2).unwrap_or_default(), code) {
            (_, "40001" | "40P01" | "55P03" | "57014") => Kind::Locked,
            (_, "53100") => Kind::Full,
            ("08" | "57" | "53" | "58", _) | (_, "25P03" | "25006") => Kind::Unreachable,
            ("28" | "3D" | "3F", _) | (_, "42501") => Kind::Setting,
            (_, "XX001" | "XX002") => Kind::Damaged,
            _ => Kind::Fault,
        };
        Self::new(kind, format!("the database server answered: {} ({code})", answer.message()))
    }
}

/// The causes of an error of the connection: "connection refused", what is wrong with a certificate.
fn cause(error: &dyn std::error::Error) -> String {
    let mut words = String::new();
    let mut next = error.source();
    while let Some(cause) = next {
        words.push_str(": ");
        words.push_str(&cause.to_string());
        next = cause.source();
    }
    words
}

/// The system's words without its number.
fn plain(error: &std::io::Error) -> String {
    let words = error.to_string();
    words.split(" (os error").next().unwrap_or_default().to_lowercase()
}
