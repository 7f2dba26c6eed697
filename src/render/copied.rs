//! Files that are copied as they are, and hardly should be.

use crate::diag::{Code, Diagnostic, Diagnostics, Span};
use crate::route::Kind;
use crate::vfs::Source;
use crate::world::World;

/// A file that nobody should be able to fetch.
pub(crate) const RISKY: Code = Code::new("media/not-for-readers");
/// A file that takes too long to load, or that hosts refuse.
pub(crate) const LARGE: Code = Code::new("media/too-large");
/// A picture that browsers cannot show.
pub(crate) const UNREADABLE: Code = Code::new("media/unreadable");

/// Pictures that every browser shows, and whose size can be read.
const PICTURES: [&str; 6] = ["avif", "gif", "jpeg", "jpg", "png", "webp"];
/// Pictures that most browsers do not show.
const OTHERS: [&str; 7] = ["bmp", "heic", "heif", "psd", "raw", "tif", "tiff"];
/// Files of programs and their data, not of pages.
const RISKS: [&str; 20] = [
    "bak", "bat", "db", "dump", "env", "exe", "key", "log", "mdb", "old", "orig", "p12", "pem",
    "pfx", "php", "sh", "sql", "sqlite", "swp", "asp",
];
/// The most bytes of a picture that a telephone on the way loads in a few seconds.
const PICTURE_BYTES: u64 = 2_000_000;
/// The most bytes of a file that hosts of static sites take (Cloudflare Pages, November 2026: 25 MiB).
const FILE_BYTES: u64 = 25 << 20;

/// Looks at every file that is copied.
pub(super) fn check(world: &World, diagnostics: &mut Diagnostics) {
    let site = &world.site;
    for route in site.plan.routes.values() {
        let Kind::Copy(file) = &route.kind else { continue };
        let Some(source) = site.tree.get(file.as_str()) else { continue };
        let ending = file.extension().to_ascii_lowercase();
        let ending = ending.as_str();
        let is_media = file.below(&site.schema.media_folder).is_some();
        let picture = PICTURES.contains(&ending);
        let found = if RISKS.contains(&ending) {
            Some(risky(ending))
        } else if OTHERS.contains(&ending) {
            Some(unreadable(&format!("most browsers show no pictures that end in `.{ending}`")))
        } else if picture && is_media && site.media.get(file).is_some_and(Option::is_none) {
            Some(unreadable("this file ends like a picture, and is none that can be read"))
        } else {
            large(size(source), picture || ending == "svg")
        };
        diagnostics.extend(found.map(|it| it.at(Span::file(&file.source()))));
    }
}

fn size(source: &Source) -> u64 {
    let held = source.held_bytes().map_or(0, |it| it.len() as u64);
    held.max(source.mark().size)
}

fn large(size: u64, picture: bool) -> Option<Diagnostic> {
    let megabytes = size as f64 / 1_000_000.0;
    let warning = |words: String| Diagnostic::warning(LARGE, words);
    if size > FILE_BYTES {
        let words = format!("this file has {megabytes:.0} MB: many hosts refuse the whole site");
        return Some(
            warning(words).help(
                "make it smaller, or put it where films and archives are kept, and link to it",
            ),
        );
    }
    (picture && size > PICTURE_BYTES).then(|| {
        let words = format!(
            "this picture has {megabytes:.1} MB: it shows late, or not at all, on a telephone"
        );
        warning(words).help("save it 2000 pixels wide at most, as JPEG or WebP")
    })
}

fn risky(ending: &str) -> Diagnostic {
    let words = format!(
        "everyone could fetch this file from the site: a file that ends in `.{ending}` is not for readers"
    );
    Diagnostic::warning(RISKY, words).help(
        "move it out of the folder; if it has been online, change the passwords and keys in it",
    )
}

fn unreadable(words: &str) -> Diagnostic {
    Diagnostic::warning(UNREADABLE, words.to_owned())
        .help("open it in a program for pictures, and save it as JPEG, PNG or WebP")
}
