//! The site's folder on disk.

use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use walkdir::WalkDir;

use crate::diag::{Diagnostic, Diagnostics, SourceId, Span};
use crate::text::{Digest, RelPath};
use crate::vfs::{Files, Lazy, Mark, OUTSIDE_LINK, Scratch, UNREADABLE, is_litter};

/// A folder on disk. Links are followed inside it, and refused out of it.
#[derive(Clone, Debug)]
pub struct Disk {
    root: Arc<Path>,
    looker: Arc<Lazy>,
}

/// Reads a file that was named on the command line, wherever it is, of no more than so many bytes.
///
/// # Errors
/// When it cannot be read, or is larger.
#[expect(clippy::disallowed_methods, reason = "vfs reads files")]
pub fn read_named(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > most {
        true => Err(io::Error::other("it is too large")),
        false => Ok(bytes),
    }
}

impl Disk {
    /// Opens a folder.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        let root: PathBuf = root.into();
        Self { root: root.into(), looker: Arc::default() }
    }

    /// Finds the nearest folder that holds a file of a name: this one, or one above it.
    pub fn above(folder: &Path, name: &str) -> Option<PathBuf> {
        folder.ancestors().find(|it| it.join(name).is_file()).map(Path::to_path_buf)
    }

    /// Gives the folder's place without links on the way, as the system names it.
    #[expect(clippy::disallowed_methods, reason = "vfs is where files are looked at")]
    pub fn resolved(folder: &Path) -> PathBuf {
        std::fs::canonicalize(folder)
            .or_else(|_| std::path::absolute(folder))
            .unwrap_or_else(|_| folder.to_path_buf())
    }

    /// Gives the digest of what a file holds; that of nothing when it cannot be read.
    #[expect(clippy::disallowed_methods, reason = "vfs is where files are read")]
    pub fn digest(file: &Path) -> Digest {
        Digest::of(&std::fs::read(file).unwrap_or_default())
    }

    fn relative(&self, path: &Path) -> String {
        let inner = path.strip_prefix(&self.root).unwrap_or(path);
        inner.to_string_lossy().replace('\\', "/")
    }

    #[expect(clippy::disallowed_methods, reason = "vfs is where files are looked at")]
    fn leads_outside(&self, path: &Path) -> bool {
        let inside = || {
            let root = std::fs::canonicalize(&self.root).ok()?;
            Some(std::fs::canonicalize(path).ok()?.starts_with(root))
        };
        inside() != Some(true)
    }
}

impl Files for Disk {
    fn list(&self, folder: &str, diagnostics: &mut Diagnostics) -> Vec<RelPath> {
        let start = self.root.join(folder);
        if start.symlink_metadata().is_err() {
            return Vec::new();
        }
        let mut found = Vec::new();
        let mut walk =
            WalkDir::new(&start).follow_links(true).max_depth(64).sort_by_file_name().into_iter();
        while let Some(step) = walk.next() {
            let entry = match step {
                Ok(entry) => entry,
                Err(error) => {
                    let path = error.path().map(|path| self.relative(path)).unwrap_or_default();
                    let circle = error.loop_ancestor().is_some();
                    diagnostics.push(unlisted(&path, circle, &error.to_string()));
                    continue;
                }
            };
            let name = self.relative(entry.path());
            if entry.path_is_symlink() && self.leads_outside(entry.path()) {
                diagnostics.push(outside(&name));
                if entry.file_type().is_dir() {
                    walk.skip_current_dir();
                }
                continue;
            }
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            if entry.file_type().is_dir() {
                if hidden {
                    walk.skip_current_dir();
                }
                continue;
            }
            match entry.path().to_str().and_then(|_| RelPath::new(&name)) {
                Some(path) => found.push(path),
                None => diagnostics.push(unnameable(&name)),
            }
        }
        found.sort();
        found
    }

    fn on_disk(&self, _: &RelPath) -> Option<Arc<Path>> {
        Some(Arc::clone(&self.root))
    }

    #[expect(clippy::disallowed_methods, reason = "vfs is where files are read")]
    fn read(&self, path: &RelPath) -> io::Result<Vec<u8>> {
        std::fs::read(self.root.join(path.as_str()))
    }

    #[expect(clippy::disallowed_methods, reason = "vfs is where the site's files are written")]
    fn create(&self, path: &RelPath, bytes: &[u8]) -> io::Result<()> {
        let target = self.root.join(path.as_str());
        if let Some(folder) = target.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(target)?;
        file.write_all(bytes)?;
        file.sync_all()
    }

    #[expect(clippy::disallowed_methods, reason = "vfs is where the site's files are written")]
    fn replace(&self, path: &RelPath, bytes: &[u8]) -> io::Result<()> {
        let mut target = self.root.join(path.as_str());
        if target.is_symlink() {
            // A link stays a link: the file that it leads to is the one to write.
            target = std::fs::canonicalize(&target)?;
        }
        if let Some(folder) = target.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let beside = target.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
        let written =
            std::fs::write(&beside, bytes).and_then(|()| std::fs::rename(&beside, &target));
        if written.is_err() {
            let _ = std::fs::remove_file(&beside);
        }
        written
    }

    fn mark(&self, path: &RelPath) -> Option<Mark> {
        self.mark_at(path.as_str())
    }

    fn mark_at(&self, path: &str) -> Option<Mark> {
        self.looker.look(&self.root, path, true).map(|it| it.mark)
    }

    #[expect(clippy::disallowed_methods, reason = "vfs is where files are looked at")]
    fn names(&self, folder: &str) -> Option<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(self.root.join(folder)).ok()? {
            let entry = entry.ok()?;
            let mut name = entry.file_name().to_string_lossy().into_owned();
            let kind = entry.file_type().ok()?;
            let folder = kind.is_dir() || kind.is_symlink() && entry.path().is_dir();
            if kind.is_symlink() && self.leads_outside(&entry.path()) {
                // It is no file of the site, and not nothing: no file has this name.
                names.push(format!("{name}\0"));
                continue;
            }
            if name.starts_with('.') || !folder && is_litter(&name) {
                continue;
            }
            if folder {
                name.push('/');
            }
            names.push(name);
        }
        names.sort();
        Some(names)
    }

    #[expect(clippy::disallowed_methods, reason = "vfs asks the file system for its time")]
    fn moment(&self) -> i64 {
        let folder = self.root.join(".galen");
        let new = || {
            let file = tempfile::tempfile_in(&folder)?;
            Ok::<_, io::Error>(Mark::of(&file.metadata()?).changed)
        };
        new().or_else(|_| std::fs::create_dir_all(&folder).and_then(|()| new())).unwrap_or(i64::MIN)
    }

    fn scratch(&self) -> Scratch {
        Scratch::beside(self.root.join(".galen"))
    }
}

fn unlisted(path: &str, circle: bool, error: &str) -> Diagnostic {
    let span = Span::file(&SourceId::new(path));
    match circle {
        true => Diagnostic::error(OUTSIDE_LINK, "this link leads back to a folder it is in")
            .at(span)
            .help("remove the link"),
        false => Diagnostic::error(UNREADABLE, format!("this cannot be read: {error}")).at(span),
    }
}

fn outside(path: &str) -> Diagnostic {
    Diagnostic::error(OUTSIDE_LINK, "this link leads out of the site's folder, or nowhere")
        .at(Span::file(&SourceId::new(path)))
        .help("copy the file into the site instead of linking to it")
}

fn unnameable(path: &str) -> Diagnostic {
    let message = "this file's name has characters that no address can carry";
    Diagnostic::error(UNREADABLE, message)
        .at(Span::file(&SourceId::new(path)))
        .help("rename it with letters, digits and hyphens")
}
