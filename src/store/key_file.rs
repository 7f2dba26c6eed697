//! Files of keys: written for their owner alone, refused when others may read them.

#![expect(clippy::disallowed_methods, reason = "keys are no part of the site")]

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use zeroize::Zeroizing;

use crate::store::errors::{Error, Result};

/// Far more than a key and what is said about it.
const MOST: u64 = 16 * 1024;

/// Gives the line of a file that is not a remark.
pub(crate) fn read(path: &Path) -> Result<Zeroizing<String>> {
    let facts = fs::metadata(path).map_err(|error| Error::file(path, &error))?;
    private(path, &facts)?;
    if !facts.is_file() || facts.len() > MOST {
        return Err(Error::key(format!("`{}` is no file of a key", path.display())));
    }
    let text = fs::read_to_string(path).map(Zeroizing::new);
    let text = text.map_err(|error| Error::file(path, &error))?;
    let mut lines = text.lines().map(str::trim).filter(|it| !it.is_empty() && !it.starts_with('#'));
    match (lines.next(), lines.next()) {
        (Some(line), None) => Ok(Zeroizing::new(line.to_owned())),
        (None, _) => Err(Error::key(format!("`{}` holds no key", path.display()))),
        (Some(_), Some(_)) => {
            Err(Error::key(format!("`{}` holds more than one key", path.display())))
        }
    }
}

/// Writes a key with a remark before it, and makes sure that it is on the disk.
pub(crate) fn write(path: &Path, remark: &str, key: &str) -> Result<()> {
    let fail = |error| Error::file(path, &error);
    let mut file =
        owned(OpenOptions::new().write(true).create_new(true)).open(path).map_err(fail)?;
    let text = Zeroizing::new(format!("# {remark}\n{key}\n"));
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(fail)
}

/// Says in which file a key is not as it must be.
pub(crate) fn at(path: &Path, error: Error) -> Error {
    Error::new(error.kind(), format!("`{}`: {error}", path.display()))
}

/// Makes a file that is created readable for its owner alone.
pub(crate) fn owned(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

/// Refuses a file that others may read. Files of the system's administrator may be read by a group: so services are
/// given their secrets by systemd and Kubernetes.
#[cfg(unix)]
fn private(path: &Path, facts: &fs::Metadata) -> Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    let given = facts.uid() == 0 && facts.mode() & 0o037 == 0;
    match facts.mode() & 0o077 == 0 || given {
        true => Ok(()),
        false => Err(Error::key(format!(
            "others may read `{0}`: `chmod 600 {0}`, and make a new key if someone may have read it",
            path.display()
        ))),
    }
}

#[cfg(not(unix))]
fn private(_: &Path, _: &fs::Metadata) -> Result<()> {
    Ok(())
}
