//! What a page may ask of its site, and the [`World`] that answers.
//!
//! A page sees its own entry and the settings; everything else it asks for with a [`Question`].
//! Answering is total: what does not exist is an answer too. Lists get summaries, never bodies,
//! so a page that lists guides does not depend on what they say.

mod address;
mod dates;
mod files;
mod forms;
mod kept;
mod lists;
mod made;
mod recorder;
mod related;
mod replay;
mod routes;
mod select;
mod told;
mod value;
mod words;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use foldhash::fast::RandomState;
use rayon::iter::{
    IndexedParallelIterator as _, IntoParallelRefIterator as _, ParallelIterator as _,
};
use tera::Value;

use crate::assets::Asset;
use crate::catalog::Catalog;
use crate::config::Config;
use crate::content::schema::{Collection, Schema};
use crate::content::{Entry, EntryId, Status};
use crate::diag::SourceId;
use crate::form::Form;
use crate::route::Plan;
use crate::text::{RelPath, near};
use crate::theme::{OptionValue, Theme};
use crate::trace::Ledger;
use crate::vfs::Tree;
use crate::world::related::Groups;

pub use crate::world::dates::Dates;
pub use crate::world::kept::{entry as read_entry, read_value, write_entry, write_value};
pub use crate::world::made::Uses;
pub(crate) use crate::world::made::digest_of;
pub use crate::world::recorder::Recorder;
pub use crate::world::replay::{Recall, Replay};
pub use crate::world::routes::{read_route, write_route};
pub use crate::world::value::{Pairs, get, key, map, text};

/// A site that has been read, indexed and planned.
pub struct Site {
    /// Whether drafts are among its entries, so that it is not for the public.
    pub drafts: bool,
    /// Its files.
    pub tree: Arc<Tree>,
    /// `galen.yaml`.
    pub config: Config,
    /// The content model.
    pub schema: Schema,
    /// The theme.
    pub theme: Theme,
    /// Every entry.
    pub catalog: Catalog,
    /// Forms by name.
    pub forms: BTreeMap<Arc<str>, Form>,
    /// The theme's assets by path.
    pub assets: BTreeMap<String, Asset>,
    /// The sizes of the media folder's files, absent for what is no picture.
    pub media: BTreeMap<RelPath, Option<(u32, u32)>>,
    /// Every route.
    pub plan: Plan,
    /// What templates and components may use.
    pub uses: Uses,
}

/// What a page may ask.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// The summaries of a collection's published entries.
    Entries(Selection),
    /// The summary of one entry, nothing when it is not published.
    Entry(EntryId),
    /// The summaries of entries that a reader of this one may want, at most so many.
    Related(EntryId, usize),
    /// The fields of a settings file.
    Data(String),
    /// A form.
    Form(String),
    /// The address of a theme's asset.
    Asset(String),
    /// Address and size of a picture in the media folder.
    Image(String),
    /// Address and size of a theme's picture.
    ThemeImage(String),
    /// The address of a page or file, from an address within the site.
    Address(String),
    /// The address of a collection's list.
    List(String),
    /// The address of an entry's page.
    Page(EntryId),
    /// The feeds of the site.
    Feeds,
    /// Every term of a collection's field.
    Terms(String, String),
    /// The entries before and after one: in an order, among those with the same value of a field.
    Neighbours(EntryId, Option<String>, Option<String>),
    /// The address of a file that another file names by its path.
    File {
        /// The file that names.
        from: SourceId,
        /// The path it names.
        path: String,
    },
    /// An entry with all its file says.
    Own(EntryId),
    /// What the plan says of an output file.
    Route(String),
    /// A template with all that it may use.
    Template(String),
    /// A component with all that it may use.
    Component(String),
    /// The summaries of a collection's entries that have a page and a date, newest first, as many
    /// as its feeds hold.
    Newest(String),
    /// What the page at an address is called.
    Title(String),
    /// The address of an entry in the JSON API.
    Document(EntryId),
}

/// Which entries, in which order, how many.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Selection {
    /// The collection.
    pub collection: String,
    /// Fields to sort by, such as `-publish_at,title`; the collection's order when absent.
    pub sort: Option<String>,
    /// Fields and the values they must have.
    pub filter: Vec<(String, String)>,
    /// The most entries.
    pub limit: Option<usize>,
}

/// What a question is answered with.
#[derive(Clone, Debug)]
pub enum Answer {
    /// A value; `null` for what is not there and may be missing.
    Value(Value),
    /// Entries, in order.
    Entries(Vec<EntryId>),
    /// The entry before and the entry after.
    Pair([Option<EntryId>; 2]),
    /// The digest of what is used as it is, and the entries whose summaries belong to it.
    Made(u128, Vec<EntryId>),
    /// What was asked for cannot be.
    Refused(Refusal),
}

/// Why a question has no answer.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// What is wrong, worded as the message of a diagnostic.
    pub message: String,
    /// What may have been meant, or what there is.
    pub hint: Option<String>,
}

/// What lists and other pages may know of an entry.
struct Summary {
    value: Value,
    /// Its digest.
    print: u128,
    /// The number of the entry among those on the site.
    place: u32,
}

/// Answers questions about a site.
pub struct World {
    /// The site.
    pub site: Site,
    /// These are asked by id, and never gone through in an order that matters.
    summaries: HashMap<EntryId, Summary, RandomState>,
    groups: OnceLock<Groups>,
    /// What pages may know of their collections.
    abouts: BTreeMap<Arc<str>, Value>,
    settings: Value,
    config: Value,
    options: Value,
    selections: Mutex<BTreeMap<Question, Answer>>,
    indexes: select::Indexes,
    neighbours: lists::Neighbours,
    near: address::Near,
    /// What was asked; absent where nothing is to be kept of it.
    pub ledger: Option<Ledger>,
    /// What answers for entries that this world does not have; absent where it has all.
    pub replay: Option<Replay>,
}

impl World {
    /// Prepares what every page shares: summaries, settings, terms in common.
    pub fn new(site: Site) -> Self {
        Self::with(site, None)
    }

    /// Prepares a world that has few entries, and asks an earlier build for the others.
    pub fn with(site: Site, replay: Option<Replay>) -> Self {
        let mut world = Self {
            summaries: HashMap::default(),
            groups: OnceLock::new(),
            abouts: BTreeMap::new(),
            settings: Value::none(),
            config: Value::none(),
            options: Value::none(),
            selections: Mutex::default(),
            indexes: select::Indexes::default(),
            neighbours: lists::Neighbours::default(),
            near: address::Near::default(),
            ledger: None,
            replay,
            site,
        };
        let collections = world.site.schema.collections.iter();
        let abouts = collections.map(|it| (Arc::clone(&it.name), world.about(it))).collect();
        world.abouts = abouts;
        let published: Vec<&EntryId> =
            world.site.plan.entries.keys().chain(world.unrouted()).collect();
        let one = |(place, id): (usize, &&EntryId)| {
            let value = world.summary(id)?;
            let print = digest_of(&value);
            Some(((*id).clone(), Summary { value, print, place: u32::try_from(place).ok()? }))
        };
        let summaries: Vec<_> = published.par_iter().enumerate().filter_map(one).collect();
        world.summaries = summaries.into_iter().collect();
        world.settings = world.data("site").unwrap_or_else(|| map::<String>([]));
        world.config = world.config_value();
        world.options = options_value(&world.site.theme);
        world
    }

    /// Answers a question.
    pub fn ask(&self, question: &Question) -> Answer {
        if let Some(replay) = &self.replay {
            return match question {
                Question::Own(id) if self.published_entry(id).is_some() => self.own(id),
                _ => replay.answer(question),
            };
        }
        match question {
            Question::Entries(selection) => self.remembered(question, || self.select(selection)),
            Question::Entry(id) => self.entry_summary(id),
            Question::Related(id, limit) => Answer::Entries(self.related(id, *limit)),
            // Every page asks for these.
            Question::Data(name)
                if name == "site" && self.site.catalog.settings.contains_key("site") =>
            {
                Answer::Value(self.settings())
            }
            Question::Data(name) => self.data(name).map_or_else(
                || self.unknown("settings file", name, self.site.catalog.settings.keys()),
                Answer::Value,
            ),
            Question::Form(name) => match self.site.forms.get(name.as_str()) {
                Some(form) => Answer::Value(self.form(form)),
                None => self.unknown("form", name, self.site.forms.keys()),
            },
            Question::Asset(path) => self.asset(path),
            Question::Image(address) => self.image(address),
            Question::ThemeImage(path) => self.theme_image(path),
            Question::Address(address) => self.address(address),
            Question::List(collection) => self.list(collection),
            Question::Page(id) => self.page(id),
            Question::Feeds => self.remembered(question, || Answer::Value(self.feeds())),
            Question::Terms(collection, field) => {
                self.remembered(question, || self.terms(collection, field))
            }
            Question::Neighbours(id, sort, by) => {
                self.neighbours(id, sort.as_deref(), by.as_deref())
            }
            Question::File { from, path } => self.file(from, path),
            Question::Own(id) => self.own(id),
            Question::Route(file) => self.route(file),
            Question::Template(name) => self.template(name),
            Question::Component(name) => self.component(name),
            Question::Newest(collection) => Answer::Entries(self.newest(collection)),
            Question::Title(path) => self.title(path),
            Question::Document(id) => {
                let url = self.site.plan.documents.get(id);
                Answer::Value(url.map(|url| self.href(url.as_str())).into())
            }
        }
    }

    /// Gives the collection of an entry.
    pub fn collection(&self, id: &EntryId) -> Option<&Collection> {
        self.site.schema.collection(&id.collection)
    }

    /// Gives the values that every page has: `site`, `config`, `theme`.
    pub fn shared(&self) -> [(&'static str, Value); 3] {
        let (site, config) = (self.settings.clone(), self.config.clone());
        [("site", site), ("config", config), ("theme", self.options.clone())]
    }

    /// Gives the fields of the settings file `site`.
    pub fn settings(&self) -> Value {
        self.settings.clone()
    }

    fn unrouted(&self) -> impl Iterator<Item = &EntryId> {
        let plan = &self.site.plan;
        let published = |entry: &&Entry| {
            entry.status == Status::Published && !plan.entries.contains_key(&entry.id)
        };
        self.site.catalog.entries.values().filter(published).map(|entry| &entry.id)
    }

    fn entry_summary(&self, id: &EntryId) -> Answer {
        if self.collection(id).is_none() {
            return self.no_collection(&id.collection);
        }
        match self.summaries.contains_key(id) {
            true => Answer::Entries(vec![id.clone()]),
            false => Answer::Value(Value::none()),
        }
    }

    fn data(&self, name: &str) -> Option<Value> {
        let settings = self.site.catalog.settings.get(name)?;
        let fields = self.site.schema.collections.iter().find_map(|it| match &it.kind {
            crate::content::schema::Kind::Files(files) => {
                files.iter().find(|file| &*file.name == name).map(|file| &file.fields)
            }
            crate::content::schema::Kind::Folder { .. } => None,
        })?;
        Some(self.object(fields, &settings.fields, &mut |_, _, _| None))
    }

    fn config_value(&self) -> Value {
        let config = &self.site.config;
        map([
            ("base_url", Value::from(format!("{}{}", config.origin, config.base_path))),
            ("language", Value::from(config.language.as_str())),
            ("timezone", Value::from(config.zone_name.as_str())),
        ])
    }

    fn no_collection(&self, name: &str) -> Answer {
        self.unknown("collection", name, self.site.schema.collections.iter().map(|it| &it.name))
    }

    fn unknown<N: AsRef<str>>(
        &self,
        what: &str,
        name: &str,
        known: impl IntoIterator<Item = N>,
    ) -> Answer {
        let known: Vec<N> = known.into_iter().collect();
        let names = || known.iter().map(AsRef::as_ref);
        let few = (1..=12).contains(&known.len());
        let hint = near::did_you_mean(name, names())
            .or_else(|| few.then(|| format!("there is {}", near::all_of(names()))));
        refuse(format!("there is no {what} `{name}`"), hint)
    }

    fn remembered(&self, question: &Question, answer: impl FnOnce() -> Answer) -> Answer {
        let lock = || self.selections.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(question) {
            return known.clone();
        }
        let answer = answer();
        lock().insert(question.clone(), answer.clone());
        answer
    }
}

fn options_value(theme: &Theme) -> Value {
    let value = |value: &OptionValue| match value {
        OptionValue::Text(text) | OptionValue::Color(text) => Value::from(text.as_str()),
        OptionValue::Bool(value) => Value::from(*value),
        OptionValue::Integer(value) => Value::from(*value),
        OptionValue::Number(value) => Value::from(*value),
    };
    map(theme.options.iter().map(|(name, it)| (name.to_string(), value(it))))
}

fn refuse(message: String, hint: Option<String>) -> Answer {
    Answer::Refused(Refusal { message, hint })
}
