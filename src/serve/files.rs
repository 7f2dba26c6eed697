//! Files of the output folder by the addresses that browsers ask for, and nothing beside them.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::text::{RelPath, url};
use crate::vfs::Disk;

/// The output folder.
pub(crate) struct Files {
    folder: PathBuf,
}

/// What is at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// A file.
    File(RelPath),
    /// A page whose address is another: a folder with its slash, or without `index.html`.
    Moved(String),
    /// Nothing.
    Nothing,
}

impl Files {
    pub(crate) fn new(folder: &Path) -> Self {
        Self { folder: Disk::resolved(folder) }
    }

    /// Finds what is at a path, as it stands in an address, from the top of the output folder.
    pub(crate) fn find(&self, path: &str) -> Found {
        let Some(path) = decoded(path) else { return Found::Nothing };
        let inner = path.trim_start_matches('/');
        if let Some(folder) = inner.strip_suffix("index.html")
            && (folder.is_empty() || folder.ends_with('/'))
            && self.file(inner).is_some()
        {
            return Found::Moved(format!("/{folder}"));
        }
        if inner.is_empty() || inner.ends_with('/') {
            return self.file(&format!("{inner}index.html")).map_or(Found::Nothing, Found::File);
        }
        if let Some(file) = self.file(inner) {
            return Found::File(file);
        }
        if self.file(&format!("{inner}/index.html")).is_some() {
            return Found::Moved(format!("/{inner}/"));
        }
        self.file(&format!("{inner}.html")).map_or(Found::Nothing, Found::File)
    }

    /// Gives a file that may be shown: nothing hidden, no rules for hosts, and nothing that a link
    /// leads to outside of the folder.
    fn file(&self, inner: &str) -> Option<RelPath> {
        let file = RelPath::new(inner)?;
        let hidden = inner.split('/').any(|part| part.starts_with('.'));
        // On some systems capitals make no difference; on Windows, neither do dots at the end, and
        // a colon names another side of a file.
        let plain = inner.trim_end_matches(['.', ' ']).to_ascii_lowercase();
        let odd = cfg!(windows) && (inner.contains(':') || plain.len() < inner.len());
        if hidden || odd || ["_headers", "_redirects"].contains(&plain.as_str()) {
            return None;
        }
        let place = self.folder.join(inner);
        let inside = place.is_file() && Disk::resolved(&place).starts_with(&self.folder);
        inside.then_some(file)
    }

    /// Gives the nearest page for addresses that do not exist, going up from a path.
    pub(crate) fn not_found(&self, path: &str) -> Option<RelPath> {
        let path = decoded(path).unwrap_or_default();
        let folders = path.match_indices('/').map(|(at, _)| &path[1.min(at)..at]).rev();
        let names = folders.map(|folder| format!("{folder}/404.html"));
        let mut all = names.chain(["404.html".to_owned()]);
        all.find_map(|name| self.file(name.trim_start_matches('/')))
    }

    /// Gives the text of one of the host's own files; empty when there is none.
    #[expect(clippy::disallowed_methods, reason = "the server reads the output folder")]
    pub(crate) fn rules(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.join(name)).unwrap_or_default()
    }

    /// Reads a whole file.
    ///
    /// # Errors
    /// When it is gone or may not be read.
    #[expect(clippy::disallowed_methods, reason = "the server reads the output folder")]
    pub(crate) fn read(&self, file: &RelPath) -> io::Result<Vec<u8>> {
        std::fs::read(self.folder.join(file.as_str()))
    }

    /// Gives the length of a file.
    pub(crate) fn length(&self, file: &RelPath) -> u64 {
        self.folder.join(file.as_str()).metadata().map_or(0, |meta| meta.len())
    }

    /// Reads a part of a file.
    ///
    /// # Errors
    /// When it is gone, shorter, or may not be read.
    #[expect(clippy::disallowed_methods, reason = "the server reads the output folder")]
    pub(crate) fn part(&self, file: &RelPath, from: u64, length: usize) -> io::Result<Vec<u8>> {
        let mut open = File::open(self.folder.join(file.as_str()))?;
        open.seek(SeekFrom::Start(from))?;
        let mut bytes = vec![0; length];
        open.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// The addresses of all pages, from the top of the output folder.
    pub(crate) fn pages(&self) -> Vec<String> {
        let walk = WalkDir::new(&self.folder).sort_by_file_name().into_iter().flatten();
        walk.filter(|entry| entry.file_type().is_file())
            .filter_map(|entry| {
                let inner = entry.path().strip_prefix(&self.folder).ok()?.to_str()?;
                let name = inner.replace('\\', "/");
                let page = name.strip_suffix("index.html")?;
                (page.is_empty() || page.ends_with('/')).then(|| format!("/{page}"))
            })
            .collect()
    }
}

/// Decodes a path once; `None` for one that is no path of a site: not UTF-8, or with controls,
/// backslashes, empty parts or dots that climb.
fn decoded(path: &str) -> Option<String> {
    let bytes = path.as_bytes();
    let is_escape = |at: usize| {
        bytes.get(at + 1..at + 3).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
    };
    if !memchr::memchr_iter(b'%', bytes).all(is_escape) {
        return None;
    }
    let text = url::decoded(path)?;
    let tidy = text.starts_with('/')
        && !text.contains("//")
        && !text.chars().any(|char| char.is_control() || char == '\\')
        && !text.split('/').any(|part| part == "." || part == "..");
    tidy.then_some(text)
}

/// Writes a decoded path as it stands in an address.
pub(crate) fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte) {
            true => out.push(char::from(byte)),
            false => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Gives the content type of a file by its name.
pub(crate) fn content_type(file: &str) -> &'static str {
    let end = file.rsplit_once('.').map_or("", |(_, end)| end);
    match end.to_ascii_lowercase().as_str() {
        "html" | "htm" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "txt" | "md" => "text/plain; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "vtt" => "text/vtt; charset=utf-8",
        "ics" => "text/calendar; charset=utf-8",
        "json" | "map" => "application/json; charset=utf-8",
        "webmanifest" => "application/manifest+json; charset=utf-8",
        "xml" => "application/xml; charset=utf-8",
        "atom" => "application/atom+xml; charset=utf-8",
        "svg" => "image/svg+xml; charset=utf-8",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "bmp" => "image/bmp",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        "ttf" => "font/ttf",
        "otf" => "font/otf",
        "mp4" | "m4v" => "video/mp4",
        "webm" => "video/webm",
        "mov" => "video/quicktime",
        "mp3" => "audio/mpeg",
        "m4a" => "audio/mp4",
        "ogg" | "oga" => "audio/ogg",
        "wav" => "audio/wav",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_decoded_once_and_stay_inside() {
        assert_eq!(decoded("/a%20b/%C3%BC").unwrap(), "/a b/ü");
        assert_eq!(decoded("/%252e%252e/x").unwrap(), "/%2e%2e/x");
        assert_eq!(encoded("/a b/ü?%"), "/a%20b/%C3%BC%3F%25");
        let bad = [
            "",
            "a",
            "/..",
            "/a/../b",
            "/%2e%2e/x",
            "/.%2E/x",
            "/a/./b",
            "//x",
            "/a%2f%2fb",
            "/a%5cb",
            "/a\\b",
            "/a%00",
            "/a%0a",
            "/%",
            "/%2",
            "/%zz",
            "/%ff",
        ];
        for bad in bad {
            assert_eq!(decoded(bad), None, "{bad}");
        }
    }
}
