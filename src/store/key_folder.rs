//! The folder in which a clinic's keys lie: `secret`, and one file or more whose name begins with `reading-key`.

#![expect(clippy::disallowed_methods, reason = "keys are no part of the site")]

use std::fs;
use std::path::{Path, PathBuf};

use crate::store::errors::{Error, Result};
use crate::store::keys::{ReadingKey, Secret};

const SECRET: &str = "secret";
const READING_KEY: &str = "reading-key";

/// The folder with the keys.
#[derive(Clone, Debug)]
pub struct KeyFolder(pub PathBuf);

impl KeyFolder {
    /// Reads the server's secret.
    pub fn secret(&self) -> Result<Secret> {
        Secret::read(&self.0.join(SECRET))
    }

    /// Tells whether the server's secret is here.
    pub fn has_secret(&self) -> bool {
        self.0.join(SECRET).exists()
    }

    /// Reads all reading keys, in the order of their names; none where there is none.
    pub fn reading_keys(&self) -> Result<Vec<ReadingKey>> {
        let all = fs::read_dir(&self.0).into_iter().flatten().flatten();
        let is_key = |it: &fs::DirEntry| it.file_name().to_string_lossy().starts_with(READING_KEY);
        let mut paths: Vec<PathBuf> = all.filter(is_key).map(|it| it.path()).collect();
        paths.sort();
        paths.iter().map(|path| ReadingKey::read(path)).collect()
    }

    /// Reads the server's secret and the reading key, and makes what is not there, in a folder that only
    /// its owner may enter.
    pub fn settle(&self) -> Result<(Secret, ReadingKey)> {
        Ok((self.settle_secret()?, self.settle_reading_key()?))
    }

    /// Reads the server's secret, and makes it where it is not there.
    pub fn settle_secret(&self) -> Result<Secret> {
        make(&self.0)?;
        one(&self.0.join(SECRET), Secret::read, Secret::generate, Secret::write)
    }

    /// Reads the reading key of the usual name, and makes it where it is not there.
    pub fn settle_reading_key(&self) -> Result<ReadingKey> {
        make(&self.0)?;
        let path = self.0.join(READING_KEY);
        one(&path, ReadingKey::read, ReadingKey::generate, ReadingKey::write)
    }
}

/// Reads a key, or makes it where its file is not there.
fn one<T>(
    path: &Path,
    read: fn(&Path) -> Result<T>,
    generate: fn() -> Result<T>,
    write: fn(&T, &Path) -> Result<()>,
) -> Result<T> {
    if path.exists() {
        return read(path);
    }
    let new = generate()?;
    write(&new, path)?;
    Ok(new)
}

fn make(folder: &Path) -> Result<()> {
    let made = fs::create_dir_all(folder);
    #[cfg(unix)]
    let made = made.and_then(|()| {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
    });
    made.map_err(|error| Error::file(folder, &error))
}
