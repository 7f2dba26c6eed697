//! One build at a time into one output folder.

use std::fs::{File, OpenOptions, TryLockError};

use crate::output::Failure;
use crate::output::record::Record;

/// Held while a folder is built into; given back when dropped, or by the system when the process
/// ends in whatever way.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock, and waits for it where another build has it.
    pub(crate) fn take(record: &Record, waiting: &dyn Fn()) -> Result<Self, Failure> {
        let path = record.place("lock")?;
        let fail = |error| (path.clone(), error);
        let mut options = OpenOptions::new();
        let file = options.create(true).truncate(false).write(true).open(&path).map_err(fail)?;
        match file.try_lock() {
            Ok(()) => (),
            Err(TryLockError::WouldBlock) => {
                waiting();
                file.lock().map_err(fail)?;
            }
            Err(TryLockError::Error(error)) => return Err(fail(error)),
        }
        Ok(Self { _file: file })
    }
}
