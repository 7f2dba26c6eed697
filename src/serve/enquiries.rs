//! The form endpoint while a site is written: enquiries are taken as the real endpoint takes them, and
//! kept beside the site, for trying.

use std::sync::{Arc, Mutex, PoisonError};

use crate::build::{self, Forms};
use crate::config;
use crate::forms::{Definitions, Desk, Options, pages};
use crate::store::{Error, KeyFolder, Store};
use crate::vfs::Disk;
use crate::workspace::Workspace;

/// Where enquiries are kept, from the root of a site.
pub const FOLDER: &str = ".galen/forms";

/// The desk of an open site, opened when the site first has a form that can be sent.
pub(crate) struct Enquiries {
    workspace: Arc<Workspace>,
    tell: Tell,
    state: Mutex<State>,
}

/// Says in words what failed.
type Tell = Arc<dyn Fn(&str) + Send + Sync>;

#[derive(Default)]
struct State {
    /// The version of the site whose forms the desk has.
    version: Option<u64>,
    desk: Option<Arc<Desk>>,
}

impl Enquiries {
    /// Takes the enquiries of a site, and says in words when they cannot be kept.
    pub(crate) fn new(workspace: Arc<Workspace>, tell: Tell) -> Self {
        Self { workspace, tell, state: Mutex::default() }
    }

    /// Gives the desk with the forms of the site as it is now; it may wait for the disk. `None` where
    /// the site has no form that can be sent, or enquiries could not be kept.
    pub(crate) fn desk(&self) -> Option<Arc<Desk>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.workspace.snapshot().version;
        if state.version.replace(now) != Some(now) {
            let definitions = self.definitions();
            match &state.desk {
                Some(desk) => desk.replace(definitions),
                None if definitions.names().next().is_none() => {}
                None => match self.open(definitions) {
                    Ok(desk) => state.desk = Some(Arc::new(desk)),
                    Err(error) => (self.tell)(&format!("enquiries cannot be kept: {error}")),
                },
            }
        }
        state.desk.clone()
    }

    /// Tells whether a path is the endpoint's, by the forms that were read last.
    pub(crate) fn has(&self, path: &str) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.desk.as_ref().is_some_and(|it| it.definitions().has(path))
    }

    fn open(&self, definitions: Definitions) -> Result<Desk, Error> {
        let workspace = &self.workspace;
        let folder = workspace.root().join(FOLDER);
        let (secret, reading) = KeyFolder(folder.clone()).settle()?;
        let store = Store::open(&folder.join("enquiries.sqlite").display().to_string())?;
        let tell = Arc::clone(&self.tell);
        let options = Options {
            secret,
            public: reading.public().clone(),
            pages: pages::folder(workspace.folder(), workspace.snapshot().base_path.clone()),
            turnstile: None,
            // Who tries a form sends it more often than a visitor.
            per_network: 10_000,
            per_minute: 10_000,
            notices: Vec::new(),
            letters: false,
            origin: "serve".to_owned(),
            clock: || config::now().as_millisecond(),
            tell: Box::new(move |words| tell(words)),
        };
        Desk::open(definitions, options, store, || {})
            .map_err(|error| Error::setting(format!("the system gives no thread: {error}")))
    }

    fn definitions(&self) -> Definitions {
        match build::forms(&Disk::new(self.workspace.root()), self.workspace.request()) {
            Forms { config: Some(config), contracts, .. } => Definitions::new(&config, contracts),
            _ => Definitions::none(),
        }
    }
}
