//! What small builds have in common: the content model, the theme, the rules of wording.
//!
//! These take longer to read than the few texts that changed, so an open site keeps them between
//! its builds.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::build::manifest::{Manifest, Seen};
use crate::build::unchanged::same_source;
use crate::check;
use crate::check::wording::Rules;
use crate::config::{self, Config};
use crate::content::model;
use crate::content::schema::Schema;
use crate::diag::Diagnostics;
use crate::render::Engine;
use crate::theme;
use crate::vfs::{Files, Tree};

/// Keeps what the small builds of a site have in common, as long as it stays as it is.
#[derive(Default)]
pub struct Standby(Mutex<Option<Arc<Common>>>);

/// What small builds have in common.
pub(crate) struct Common {
    /// The digest of what was asked for.
    request: u128,
    /// Its files as they were seen, which is as they were read.
    seen: Vec<Seen<'static>>,
    /// Its files.
    pub(crate) tree: Tree,
    loaded: OnceLock<Option<Loaded>>,
    rules: OnceLock<Arc<Rules>>,
}

/// What is read from the files.
pub(crate) struct Loaded {
    pub(crate) schema: Schema,
    pub(crate) engine: Arc<Engine>,
}

/// Tells whether a file is read whichever entries changed.
pub(crate) fn is_common(seen: &Seen) -> bool {
    let path = &*seen.path;
    let folders = ["themes/", "content/settings/"];
    folders.iter().any(|it| path.starts_with(it)) || [config::FILE, model::FILE].contains(&path)
}

impl Common {
    /// Gives it as an earlier build saw it, from standby or read anew; `None` when it is not as it was
    /// seen.
    pub(crate) fn of(
        files: &dyn Files,
        manifest: &Manifest,
        standby: &Standby,
    ) -> Option<Arc<Common>> {
        let mut kept = standby.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(common) = kept.as_ref().filter(|it| it.is_as_seen(files, manifest)) {
            return Some(Arc::clone(common));
        }
        *kept = None;
        let mut tree = Tree::default();
        let mut all = Vec::new();
        for seen in manifest.sources.iter().filter(|it| is_common(it)) {
            tree = tree.with(files, &seen.path);
            // Pages are noted as made from what was seen, so it must be what was read.
            seen.is_as_read(tree.get(&seen.path)?).then_some(())?;
            all.push(seen.clone().kept());
        }
        let (loaded, rules) = (OnceLock::new(), OnceLock::new());
        let common = Self { request: manifest.request, seen: all, tree, loaded, rules };
        Some(Arc::clone(kept.insert(Arc::new(common))))
    }

    /// Tells whether an earlier build saw just these files, and they are so now.
    fn is_as_seen(&self, files: &dyn Files, manifest: &Manifest) -> bool {
        let mut known = self.seen.iter();
        let mut sources = manifest.sources.iter().filter(|it| is_common(it));
        let same = |seen: &Seen| {
            let known = known.next().is_some_and(|it| {
                // Of large files there is no digest.
                let same = it.digest == seen.digest && (it.digest != 0 || it.mark == seen.mark);
                same && it.path == seen.path
            });
            known && same_source(files, seen)
        };
        self.request == manifest.request && sources.all(same) && known.next().is_none()
    }

    /// Gives the content model and the templates; `None` when they cannot be used.
    pub(crate) fn loaded(&self, config: &Config) -> Option<&Loaded> {
        let load = || {
            // What is wrong with them has been told.
            let mut ignored = Diagnostics::new();
            let schema = model::read(&self.tree, &mut ignored)?;
            let theme = theme::load(&self.tree, config, &mut ignored)?;
            let engine = Arc::new(Engine::load(&theme, config.minify, &mut ignored)?);
            Some(Loaded { schema, engine })
        };
        self.loaded.get_or_init(load).as_ref()
    }

    /// Gives the rules of wording.
    pub(crate) fn rules(&self) -> Arc<Rules> {
        let read = || check::rules(&self.tree, &mut Diagnostics::new());
        Arc::clone(self.rules.get_or_init(read))
    }
}
