//! Photographs of enquiries, sealed as they were kept.

use crate::store::database::Value;
use crate::store::errors::{Error, Kind, Result};
use crate::store::{Photo, Store};

impl Store {
    /// Tells how many photographs an enquiry has; none for one that is not there.
    pub fn count_photos(&mut self, id: &str) -> Result<u64> {
        let sql = "SELECT count(*) FROM photos WHERE submission = $1";
        let count = self.database.first(sql, &[Value::Text(Some(id))], |row| row.int(0))?;
        Ok(count.unwrap_or_default().unsigned_abs())
    }

    /// Gives the photographs of an enquiry, by question and number.
    pub fn photos(&mut self, id: &str) -> Result<Vec<Photo>> {
        let sql = "SELECT question, number, sealed FROM photos WHERE submission = $1 \
                   ORDER BY question, number";
        self.database.query(sql, &[Value::Text(Some(id))], |row| {
            let damaged = |_| Error::new(Kind::Damaged, "the number of a photograph is damaged");
            let number = u32::try_from(row.int(1)?).map_err(damaged)?;
            Ok(Photo { question: row.text(0)?, number, sealed: row.bytes(2)? })
        })
    }
}
