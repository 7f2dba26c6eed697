//! What was pulled from hosts before: it does not come back after it was removed here, though the host has it still.

use crate::store::Store;
use crate::store::commit::insert;
use crate::store::database::Value;
use crate::store::errors::Result;

impl Store {
    /// Tells whether an enquiry of this `once` was pulled before and is remembered.
    pub fn was_pulled(&mut self, once: &[u8; 32]) -> Result<bool> {
        let sql = "SELECT until FROM pulled WHERE once = $1";
        let found = self.database.first(sql, &[Value::Bytes(once)], |row| row.int(0))?;
        Ok(found.is_some())
    }

    /// Remembers that enquiries were pulled, each by its `once` and until a moment. One that is remembered already stays as it
    /// is.
    pub fn remember_pulled(&mut self, pulled: &[([u8; 32], i64)]) -> Result<()> {
        let rows: Vec<_> = pulled
            .iter()
            .map(|(once, until)| [Value::Bytes(once), Value::Int(Some(*until))])
            .collect();
        self.database.transaction(|database| {
            insert(database, "pulled (once, until)", " ON CONFLICT DO NOTHING", &rows)
        })
    }
}
