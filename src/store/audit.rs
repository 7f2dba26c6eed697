//! Who read, changed or removed what, and when.

use crate::store::Store;
use crate::store::database::Value;
use crate::store::errors::Result;

/// Something that was done with enquiries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// When.
    pub at: i64,
    /// Who, by their name on the system.
    pub actor: String,
    /// What: `show`, `export`, `erase`, `purge`, `rotate`, …
    pub action: String,
    /// With those of which form.
    pub form: Option<String>,
    /// With which one. It stays when that is removed.
    pub submission: Option<String>,
    /// With how many.
    pub count: u64,
}

/// An entry of the record, with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audited {
    /// Numbers grow.
    pub id: i64,
    /// What was done.
    pub audit: Audit,
}

impl Store {
    /// Puts down what is done. Do this before showing what was read.
    pub fn record(&mut self, audit: &Audit) -> Result<()> {
        let sql = "INSERT INTO audit (at, actor, action, form, submission, count) \
                   VALUES ($1, $2, $3, $4, $5, $6)";
        let values = [
            Value::Int(Some(audit.at)),
            Value::Text(Some(&audit.actor)),
            Value::Text(Some(&audit.action)),
            Value::Text(audit.form.as_deref()),
            Value::Text(audit.submission.as_deref()),
            Value::Int(Some(i64::try_from(audit.count).unwrap_or(i64::MAX))),
        ];
        self.database.execute(sql, &values).map(drop)
    }

    /// Lists what was done at a moment or later, the oldest first.
    pub fn audits(&mut self, since: i64) -> Result<Vec<Audited>> {
        let sql = "SELECT id, at, actor, action, form, submission, count \
                   FROM audit WHERE at >= $1 ORDER BY at, id";
        self.database.query(sql, &[Value::Int(Some(since))], |row| {
            let audit = Audit {
                at: row.int(1)?,
                actor: row.text(2)?,
                action: row.text(3)?,
                form: row.optional_text(4)?,
                submission: row.optional_text(5)?,
                count: row.int(6)?.unsigned_abs(),
            };
            Ok(Audited { id: row.int(0)?, audit })
        })
    }
}
