//! A file's path inside the site: relative, with `/`, never climbing out.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use crate::diag::SourceId;

/// A path from the site's root: parts joined by `/`, none of them empty, `.` or `..`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelPath(Arc<str>);

impl RelPath {
    /// Takes a path that is relative and tidy; `None` for one that is absolute, climbs with `..`,
    /// holds a backslash or a NUL, or is empty.
    pub fn new(path: &str) -> Option<Self> {
        let tidy = |part: &str| !part.is_empty() && part != "." && part != "..";
        let fine = path.split('/').all(tidy) && !path.contains(['\\', '\0']);
        fine.then(|| Self(path.into()))
    }

    /// Resolves a path written in a file of this folder, such as `../treatments/fue.md`; `None`
    /// when it climbs out of the site or names nothing.
    pub fn resolve(folder: &str, written: &str) -> Option<Self> {
        let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
        for part in written.split('/') {
            match part {
                "" | "." => (),
                ".." => drop(parts.pop()?),
                part => parts.push(part),
            }
        }
        Self::new(&parts.join("/"))
    }

    /// Gives the path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Gives the folder the file is in, without a slash at its end; empty at the root.
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// Gives the last part.
    pub fn name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&self.0, |(_, name)| name)
    }

    /// Gives what follows the last dot of the name, in lower case; empty without one.
    pub fn extension(&self) -> String {
        self.name().rsplit_once('.').map_or(String::new(), |(_, end)| end.to_lowercase())
    }

    /// Gives the path below a folder, `None` when it lies elsewhere.
    pub fn below(&self, folder: &str) -> Option<&str> {
        match folder.trim_end_matches('/') {
            "" => Some(&self.0),
            folder => self.0.strip_prefix(folder)?.strip_prefix('/'),
        }
    }

    /// Names the file for messages.
    pub fn source(&self) -> SourceId {
        SourceId::new(Arc::clone(&self.0))
    }
}

impl fmt::Display for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Borrow<str> for RelPath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_inside_the_site() {
        for bad in ["", "/etc/passwd", "../x", "a//b", "a/../b", "a\\b", "a/./b", "a/"] {
            assert_eq!(RelPath::new(bad), None, "{bad}");
        }
        let found = RelPath::resolve("content/guides", "../treatments/fue.md");
        assert_eq!(found.unwrap().as_str(), "content/treatments/fue.md");
        assert_eq!(RelPath::resolve("content", "../../x"), None);
    }

    #[test]
    fn a_folder_is_not_a_mere_prefix() {
        let path = RelPath::new("content/guides-old/a.md").unwrap();
        assert_eq!(path.below("content/guides"), None);
        assert_eq!(path.below("content"), Some("guides-old/a.md"));
    }
}
