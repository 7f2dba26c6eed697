//! Everything that is looked at on one page by itself.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use crate::assets;
use crate::check::addresses::{Addresses, KnownSoFar};
use crate::check::links::{self, Base, Pointer, Target};
use crate::check::page::{Facts, is_part, names, names_of, of};
use crate::check::style::Styles;
use crate::check::wording::{About, PageKind, Rules};
use crate::check::{Finding, a11y, errors, files, markup, shown, structured, third_party, wording};
use crate::content::EntryId;
use crate::content::value::Value;
use crate::diag::{Diagnostics, SourceId};
use crate::html::tree::{Id, Kind as NodeKind};
use crate::html::{self, Parts, Tag, Tree};
use crate::route::{Kind, Route};
use crate::text::near;
use crate::vfs::Tree as Files;
use crate::world::World;

/// What pages are checked with: made once for a site.
pub struct Checks {
    pub(super) world: Arc<World>,
    /// Whether nothing is looked at.
    pub(super) none: bool,
    /// The addresses to which pages point.
    pub addresses: Addresses,
    /// Those of each set of stylesheets.
    styles: Mutex<BTreeMap<Vec<String>, Arc<Styles>>>,
    rules: OnceLock<Arc<Rules>>,
    /// What stands alike on many pages.
    pub(super) parts: Parts,
    /// The same of the pages as the templates write them, where places are looked for.
    pub(super) written: Parts,
}

impl Checks {
    /// Prepares for the pages of a site, or for looking at none of them.
    pub fn new(world: &Arc<World>, none: bool) -> Self {
        Self {
            world: Arc::clone(world),
            none,
            addresses: Addresses::default(),
            styles: Mutex::default(),
            rules: OnceLock::new(),
            parts: Parts::default(),
            written: Parts::default(),
        }
    }

    /// Reads the rules of wording, those of the site among them, and reports what is wrong with them.
    pub fn read_rules(&self, diagnostics: &mut Diagnostics) {
        if !self.none {
            self.take_rules(rules(&self.world.site.tree, diagnostics));
        }
    }

    /// Takes rules that have been read.
    pub(crate) fn take_rules(&self, rules: Arc<Rules>) {
        let _ = self.rules.set(rules);
    }

    /// The stylesheets to which a page links, as the themes have them, which small builds know too.
    fn styles(&self, tree: &Tree) -> Arc<Styles> {
        let site = &self.world.site;
        let sheet = |id: &usize| {
            tree.nodes[*id].element == Tag::LINK
                && tree
                    .attribute(*id, "rel")
                    .is_some_and(|it| it.eq_ignore_ascii_case("stylesheet"))
        };
        let linked = tree.elements().filter(sheet).filter_map(|id| tree.attribute(id, "href"));
        let linked: Vec<String> = linked.filter_map(|href| asset(&href)).collect();
        let mut known = self.styles.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(styles) = known.get(&linked) {
            return Arc::clone(styles);
        }
        let read = |path: &String| {
            let source = site.theme.assets.get(path)?.source();
            let css = assets::stylesheet(&site.tree.text(&source)?, &site.theme.options);
            Some((source, css))
        };
        let sheets: Vec<(SourceId, String)> = linked.iter().filter_map(read).collect();
        let sheets: Vec<_> = sheets.iter().map(|(name, css)| (name.as_str(), &**css)).collect();
        let styles = Arc::new(Styles::new(&sheets));
        known.insert(linked, Arc::clone(&styles));
        styles
    }

    fn base<'a>(&'a self, route: &'a Route) -> Base<'a> {
        Base { config: &self.world.site.config, url: route.url.as_str() }
    }

    /// Looks at one page by itself.
    pub(super) fn page(&self, tree: &Tree, route: &Route) -> (Facts, Vec<Finding>) {
        let (facts, mut findings) = self.pointers(tree, route);
        findings.extend(markup::page(tree));
        findings.extend(files::page(tree));
        findings.extend(a11y::page(tree, &self.styles(tree)));
        let config = &self.world.site.config;
        let turnstile = config.forms.turnstile.is_some();
        findings.extend(third_party::page(tree, &config.origin, turnstile));
        findings.extend(data(tree));
        shown::look(tree, config, &mut findings);
        let read = || rules(&self.world.site.tree, &mut Diagnostics::new());
        let rules = self.rules.get_or_init(read);
        findings.extend(self.about(route, |about| wording::page(tree, about, rules)));
        (facts, findings)
    }

    fn pointers(&self, tree: &Tree, route: &Route) -> (Facts, Vec<Finding>) {
        let mut findings = Vec::new();
        let mut found = Pointing::default();
        let known = self.addresses.known();
        links::from(tree, self.base(route), |base| {
            let mut next = 0;
            for met in &tree.parts {
                found.look(tree, next..met.first, base, &known);
                next = met.after;
                if let Some(pointing) = met.part.kept::<Pointing>(POINTING) {
                    found.ids.extend(&pointing.ids);
                    found.numbers.extend(&pointing.numbers);
                    continue;
                }
                let mut own = Pointing::default();
                own.look(tree, met.first..met.after, base, &known);
                found.ids.extend(&own.ids);
                found.numbers.extend(&own.numbers);
                match own.pointers.is_empty() && !own.is_relative {
                    true => met.part.keep(POINTING, own),
                    false => found.pointers.append(&mut own.pointers),
                }
            }
            found.look(tree, next..tree.nodes.len(), base, &known);
        });
        drop(known);
        let Pointing { mut ids, mut numbers, pointers, .. } = found;
        ids.sort_unstable();
        ids.dedup();
        let has = |id: &str| ids.binary_search(&of(id)).is_ok();
        for pointer in pointers {
            match &pointer.target {
                Target::Own(id) if is_part(id) && !has(id) => {
                    let known: Vec<_> = names(tree).collect();
                    let hint = near::did_you_mean(id, known.iter().map(|it| &**it));
                    findings.push(errors::no_part(&pointer, None, id, hint));
                }
                Target::Own(_) => (),
                Target::Bad(why) => findings.push(errors::bad(&pointer, why)),
                Target::Site(address) | Target::Web(address) => {
                    numbers.push(self.addresses.number(address));
                }
            }
        }
        numbers.sort_unstable();
        numbers.dedup();
        (Facts { ids: ids.into(), links: numbers.into() }, findings)
    }

    /// What the text of a page does not tell of it.
    fn about<T>(&self, route: &Route, then: impl FnOnce(&About) -> T) -> T {
        let site = &self.world.site;
        let mut topics: Vec<String> = Vec::new();
        let (kind, collection, title) = match &route.kind {
            Kind::Entry(id) => {
                topics = self.topics(id);
                let kind = if route.url.as_str() == "/" { PageKind::Home } else { PageKind::Entry };
                (kind, Some(&id.collection), self.title(id))
            }
            Kind::List { collection, .. } => (PageKind::List, Some(collection), String::new()),
            Kind::Term { collection, name, .. } => {
                (PageKind::List, Some(collection), name.to_string())
            }
            _ => (PageKind::Other, None, String::new()),
        };
        let topics: Vec<&str> = topics.iter().map(String::as_str).collect();
        let about = About {
            kind,
            collection: collection.map(|it| &**it),
            title: &title,
            topics: &topics,
            language: &site.config.language,
        };
        then(&about)
    }

    fn title(&self, id: &EntryId) -> String {
        let field = self.world.collection(id).map_or("title", |it| &it.identifier);
        self.world.entry(id).and_then(|it| it.fields.get(field).text()).unwrap_or_default()
    }

    /// The terms of an entry.
    fn topics(&self, id: &EntryId) -> Vec<String> {
        let Some((entry, collection)) = self.world.entry(id).zip(self.world.collection(id)) else {
            return Vec::new();
        };
        let terms = collection.fields.iter().filter(|field| field.rules.terms.is_some());
        let values = terms.map(|field| entry.fields.get(&field.name));
        values
            .flat_map(|value| match value {
                Value::List(items) => items.iter().filter_map(Value::text).collect(),
                value => value.text().into_iter().collect::<Vec<_>>(),
            })
            .collect()
    }
}

/// Reads the rules of wording, those of a site's files among them.
pub(crate) fn rules(files: &Files, diagnostics: &mut Diagnostics) -> Arc<Rules> {
    static OWN: LazyLock<Arc<Rules>> =
        LazyLock::new(|| Arc::new(Rules::new(None, &mut Diagnostics::new())));
    let source = SourceId::new(wording::FILE);
    match files.text(&source) {
        Some(text) => Arc::new(Rules::new(Some((&source, &text)), diagnostics)),
        None => Arc::clone(&OWN),
    }
}

/// The number under which the [`Pointing`] of parts is kept.
const POINTING: u64 = 0;

/// What some elements point to, and the digests of their names.
#[derive(Default)]
struct Pointing {
    ids: Vec<u32>,
    numbers: Vec<u32>,
    /// What is not known from other pages.
    pointers: Vec<Pointer>,
    /// Whether an address is said from where the page is.
    is_relative: bool,
}

impl Pointing {
    fn look(&mut self, tree: &Tree, nodes: Range<Id>, base: Base, known: &KnownSoFar) {
        let elements = || nodes.clone().filter(|id| tree.nodes[*id].kind == NodeKind::Element);
        self.ids.extend(names_of(tree, elements()).map(|it| of(&it)));
        links::each(tree, base, elements(), &mut |written| {
            // Nearly all addresses have been seen on another page.
            match written.plain().and_then(|it| known.number(it)) {
                Some(number) => self.numbers.push(number),
                None => {
                    self.is_relative |= written.is_relative();
                    self.pointers.extend(written.read(tree));
                }
            }
        });
    }
}

/// The path of an asset in its theme, by its address with the fingerprint.
fn asset(href: &str) -> Option<String> {
    let (_, path) = href.split_once("/assets/")?;
    let (stem, end) = path.rsplit_once('.')?;
    let (name, _) = stem.rsplit_once('.')?;
    Some(format!("{name}.{end}"))
}

/// What is wrong with what a page tells search engines.
fn data(tree: &Tree) -> Vec<Finding> {
    let is_data = |id: &usize| {
        let kind = || tree.attribute(*id, "type");
        tree.nodes[*id].element == Tag::SCRIPT
            && kind().is_some_and(|it| it.eq_ignore_ascii_case("application/ld+json"))
    };
    let scripts: Vec<_> = tree
        .elements()
        .filter(is_data)
        .filter_map(|id| tree.children(id).next().map(|text| tree.nodes[text].tag()))
        .collect();
    if scripts.is_empty() {
        return Vec::new();
    }
    let texts: Vec<&str> = scripts.iter().map(|at| &tree.text[at.clone()]).collect();
    let mut found = Vec::new();
    let judged = structured::page(&texts, || html::shown(tree));
    for (at, findings) in scripts.iter().zip(judged) {
        for mut finding in findings {
            finding.at = finding.at.start + at.start..finding.at.end + at.start;
            found.push(finding);
        }
    }
    found
}
