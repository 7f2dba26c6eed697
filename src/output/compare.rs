//! Compares a build with what is published.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use crate::output::folder::{Folder, Held};
use crate::output::unlocked;
use crate::render::{Content, Sink};
use crate::text::RelPath;

/// Takes the files of a build, and compares each with the published one.
#[derive(Debug)]
pub struct Comparison {
    folder: Folder,
    published: BTreeSet<String>,
    made: Mutex<BTreeSet<RelPath>>,
    different: Mutex<BTreeMap<String, Difference>>,
}

/// How a published file differs from that of a build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The build does not make it.
    Extra,
    /// The folder does not have it.
    Missing,
    /// This line, from 1, is another: the published one, and that of the build. Absent in a file
    /// that ends before.
    Line(usize, Option<String>, Option<String>),
}

impl Comparison {
    pub(crate) fn new(folder: Folder, published: BTreeSet<String>) -> Self {
        Self { folder, published, made: Mutex::default(), different: Mutex::default() }
    }

    /// Gives the first file that differs, by its path; `None` when all are the same.
    pub fn first(self) -> Option<(String, Difference)> {
        let made = unlocked(&self.made);
        let extra = self.published.iter().find(|file| !made.contains(file.as_str()));
        let extra = extra.map(|file| (file.clone(), Difference::Extra));
        let different = unlocked(&self.different);
        let first = different.iter().next().map(|(file, how)| (file.clone(), how.clone()));
        first.into_iter().chain(extra).min_by(|(a, _), (b, _)| a.cmp(b))
    }
}

impl Sink for Comparison {
    fn put(&self, file: &RelPath, content: Content) {
        unlocked(&self.made).insert(file.clone());
        if self.folder.held(file, content) == Held::Same {
            return;
        }
        let bytes = match content {
            Content::Bytes(bytes) => bytes.to_vec(),
            Content::Copy(source) => source.bytes().map(|it| it.to_vec()).unwrap_or_default(),
        };
        let how = match self.folder.read(file.as_str()) {
            Some(published) => line(&published, &bytes),
            None => Difference::Missing,
        };
        unlocked(&self.different).insert(file.to_string(), how);
    }
}

/// Finds the first line that differs.
fn line(published: &[u8], made: &[u8]) -> Difference {
    let lines = |bytes| String::from_utf8_lossy(bytes).split('\n').map(str::to_owned).collect();
    let (published, made): (Vec<String>, Vec<String>) = (lines(published), lines(made));
    let same = published.iter().zip(&made).take_while(|(a, b)| a == b).count();
    Difference::Line(same + 1, published.get(same).cloned(), made.get(same).cloned())
}
