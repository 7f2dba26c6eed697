//! The forms that enquiries are taken for, and where they are sent.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::atomic::AtomicI64;

use url::Url;

use crate::config::Config;
use crate::form::Contract;
use crate::text::Digest;
use crate::text::url::path;

/// The forms of a site as a server needs them. A new value takes their place when the site changes.
#[derive(Debug)]
pub struct Definitions {
    /// The site's origin, such as `https://clinic.example`.
    pub origin: String,
    /// Forms by the path that they are sent to.
    by_path: BTreeMap<String, Definition>,
    /// The path under which all of them are; `None` where nothing can be sent.
    below: Option<String>,
}

/// One form.
#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) contract: Contract,
    pub(crate) digest: Digest,
    /// The address to which its pages send, as they write it.
    pub(crate) action: String,
    /// The site, where the endpoint is of another host.
    pub(crate) site: Option<Url>,
    /// Whether its pages have Turnstile's widget.
    pub(crate) turnstile: bool,
    /// When it was last told that consent was given to other words than those in force.
    pub(crate) told: AtomicI64,
}

/// Gives the site where forms are sent to another host than its own.
fn away(action: &str, origin: &str) -> Option<Url> {
    let site = Url::parse(origin).ok()?;
    let to = Url::parse(action).ok()?;
    (to.origin() != site.origin()).then_some(site)
}

impl Definition {
    /// Gives an address of the site as a visitor of the endpoint reaches it.
    pub(crate) fn of_site<'a>(&self, address: &'a str) -> Cow<'a, str> {
        match self.site.as_ref().and_then(|site| site.join(address).ok()) {
            Some(whole) => Cow::Owned(whole.into()),
            None => Cow::Borrowed(address),
        }
    }
}

/// What a path of the endpoint is.
pub(crate) enum Place<'a> {
    /// A form.
    Form(&'a Definition),
    /// Where its pages get their tokens.
    Token(&'a Definition),
    /// Nothing, below the endpoint.
    Nothing,
}

impl Definitions {
    /// No forms: those of a site that cannot be read.
    pub fn none() -> Self {
        Self { origin: String::new(), by_path: BTreeMap::new(), below: None }
    }

    /// Takes a site's forms.
    pub fn new(config: &Config, contracts: Vec<Contract>) -> Self {
        let mut by_path = BTreeMap::new();
        for contract in contracts {
            let action = config.forms.action(&contract.form, &config.base_path);
            let Some(action) = action else { continue };
            let digest = contract.digest();
            let told = AtomicI64::new(i64::MIN);
            let site = away(&action, &config.origin);
            let at = path(&action).to_owned();
            let turnstile = config.forms.turnstile.is_some();
            let form = Definition { contract, digest, action, site, turnstile, told };
            by_path.insert(at, form);
        }
        let below = config.forms.action("{form}", &config.base_path);
        let below = below.map(|it| path(&it).split("{form}").next().unwrap_or_default().to_owned());
        Self { origin: config.origin.clone(), by_path, below }
    }

    /// Tells what a path is; `None` for one that is not the endpoint's.
    pub(crate) fn find(&self, asked: &str) -> Option<Place<'_>> {
        if let Some(form) = self.by_path.get(asked) {
            return Some(Place::Form(form));
        }
        let form = asked.strip_suffix("/token").and_then(|it| self.by_path.get(it));
        if let Some(form) = form {
            return Some(Place::Token(form));
        }
        let below = self.below.as_deref().filter(|it| *it != "/")?;
        asked.starts_with(below).then_some(Place::Nothing)
    }

    /// Tells whether a path is the endpoint's.
    pub fn has(&self, asked: &str) -> bool {
        self.find(asked).is_some()
    }

    /// Gives the names of the forms.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_path.values().map(|it| it.contract.form.as_str())
    }
}
