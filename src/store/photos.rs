//! Photographs of enquiries, sealed as they were kept.

use crate::store::database::{Row, Value};
use crate::store::errors::{Error, Kind, Result};
use crate::store::{Photo, Store};

impl Store {
    /// Gives the question and the number of each photograph of an enquiry; nothing for one that is not there.
    pub fn photo_names(&mut self, id: &str) -> Result<Vec<(String, u32)>> {
        let sql = "SELECT question, number FROM photos WHERE submission = $1 \
                   ORDER BY question, number";
        let values = [Value::Text(Some(id))];
        self.database.query(sql, &values, |row| Ok((row.text(0)?, number(row)?)))
    }

    /// Gives the photographs of an enquiry, by question and number.
    pub fn photos(&mut self, id: &str) -> Result<Vec<Photo>> {
        let sql = "SELECT question, number, sealed FROM photos WHERE submission = $1 \
                   ORDER BY question, number";
        self.database.query(sql, &[Value::Text(Some(id))], |row| {
            Ok(Photo { question: row.text(0)?, number: number(row)?, sealed: row.bytes(2)? })
        })
    }
}

fn number(row: &Row<'_>) -> Result<u32> {
    let damaged = |_| Error::new(Kind::Damaged, "the number of a photograph is damaged");
    u32::try_from(row.int(1)?).map_err(damaged)
}
