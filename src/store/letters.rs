//! What mails say of enquiries, where the clinic wants answers in them: sealed under the server's secret for as long as a mail
//! waits, and no longer.

use aes_gcm::{Aes256Gcm, KeyInit as _};
use zeroize::Zeroizing;

use crate::store::Store;
use crate::store::database::{Database, Value};
use crate::store::errors::Result;
use crate::store::keys::{Purpose, Secret};
use crate::store::seal::{decrypt, encrypt};

/// It joined the tables of version 1: a Galen without it leaves it alone, and removes letters with their enquiries all the same.
pub(crate) const TABLE: &str = "
CREATE TABLE IF NOT EXISTS letters (
    submission TEXT PRIMARY KEY REFERENCES submissions (id) ON DELETE CASCADE,
    sealed BYTEA NOT NULL
)
KEYED;
";

/// Seals what a mail says of an enquiry. Unlike the answers themselves, the server opens it again.
pub fn seal_letter(secret: &Secret, form: &str, id: &str, letter: &[u8]) -> Result<Vec<u8>> {
    encrypt(&cipher(secret), &bound(form, id), letter)
}

/// Opens it; `None` when it was sealed under another secret, for another enquiry, or is damaged.
pub fn open_letter(
    secret: &Secret,
    form: &str,
    id: &str,
    sealed: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    decrypt(&cipher(secret), &bound(form, id), sealed)
}

fn cipher(secret: &Secret) -> Aes256Gcm {
    Aes256Gcm::new((&*secret.derive(Purpose::Letter)).into())
}

/// What is authenticated with a letter.
fn bound(form: &str, id: &str) -> Vec<u8> {
    [b"letter\0", form.as_bytes(), &[0], id.as_bytes()].concat()
}

impl Store {
    /// Gives what a mail about an enquiry says, sealed; `None` where no answers were to be in it, or no mail waits.
    pub fn letter(&mut self, id: &str) -> Result<Option<Vec<u8>>> {
        let sql = "SELECT sealed FROM letters WHERE submission = $1";
        self.database.first(sql, &[Value::Text(Some(id))], |row| row.bytes(0))
    }
}

/// Removes the letter of a notice that no longer waits, unless another mail about the same enquiry does. The file is
/// not written anew for it: what was sealed is overwritten, and was the server's to open.
pub(crate) fn remove(database: &mut Database, notice: i64) -> Result<()> {
    let sql = "DELETE FROM letters WHERE submission IN (SELECT submission FROM outbox WHERE id = $1) AND NOT EXISTS \
               (SELECT 1 FROM outbox o WHERE o.submission = letters.submission AND o.channel = 'mail' \
               AND o.state = 'pending')";
    database.execute(sql, &[Value::Int(Some(notice))]).map(drop)
}
