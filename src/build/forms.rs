//! The forms of a site, with no more read than that needs: what takes enquiries is no part of a build.

use crate::build::{Request, options};
use crate::config::{self, Config};
use crate::content::{self, Context, Status, model};
use crate::diag::Diagnostics;
use crate::form::{self, Contract};
use crate::vfs::{self, Files, Tree};

/// The forms of a site, as far as they can be read.
pub struct Forms {
    /// The contracts of the forms that are on the site.
    pub contracts: Vec<Contract>,
    /// Every problem of the files that were read.
    pub diagnostics: Diagnostics,
    /// The site's files, for messages.
    pub tree: Tree,
    /// `galen.yaml`; absent when it cannot be used.
    pub config: Option<Config>,
}

/// Reads a site's forms, and no more of it than that needs.
pub fn forms(files: &dyn Files, request: &Request) -> Forms {
    let mut diagnostics = Diagnostics::new();
    let tree = vfs::scan(files, &mut diagnostics);
    let mut config = config::read(&tree, &mut diagnostics);
    let mut contracts = Vec::new();
    if let (Some(config), Some(url)) = (&mut config, &request.base_url) {
        let _ = config.move_to(url, &mut diagnostics);
    }
    if let Some(config) = &config
        && let Some(options) = options(request, config, &mut diagnostics)
        && let Some(schema) = model::read(&tree, &mut diagnostics)
    {
        let context = Context { config, options: &options, schema: &schema, room: None };
        // What is wrong with where files lie is told by builds.
        let claimed = content::claim(&tree, &schema, &mut Diagnostics::new());
        for (collection, source) in claimed.iter().filter(|(collection, _)| collection.form) {
            let entry = content::parse(context, collection, source, &mut diagnostics);
            let Some(entry) = entry.filter(|it| it.status == Status::Published) else { continue };
            let form = form::read(&entry, &mut diagnostics);
            contracts.push(Contract::of(&form, &config.language, &config.base_path));
        }
    }
    Forms { contracts, diagnostics, tree, config }
}
