//! What pages are about, for search engines: JSON-LD in the vocabulary of schema.org, release 30.
//!
//! [`graph`] makes one graph for a page: the site, the clinic, the page, the way to it, and what
//! it is about. Everything in it comes from summaries, which hold nothing private, and from what
//! the page shows: the text of an answer is the text that a reader sees.

mod things;

use tera::Value;

use crate::content::EntryId;
use crate::content::delivery::About;
use crate::route::{Kind, Route};
use crate::world::{Recorder, get, map, text};

/// A question that a page shows, with its answer as text.
#[derive(Clone, Debug)]
pub struct Question {
    /// The id of the answer on the page.
    pub id: String,
    /// What is asked.
    pub question: String,
    /// What a reader sees of the answer.
    pub answer: String,
}

/// Makes the graph of a page with its title, description and questions; `None` for files and for
/// the page of addresses that do not exist.
pub fn graph(
    world: &Recorder,
    route: &Route,
    (title, description): (&str, Option<&str>),
    questions: &[Question],
) -> Option<Value> {
    if !route.kind.is_page() || matches!(route.kind, Kind::NotFound) {
        return None;
    }
    let page = Page { world, route, url: world.permalink(&route.url) };
    let way = page.breadcrumb(title);
    let mut nodes = vec![page.website(), page.organization()];
    let mut own = page.page(title, description, way.is_some());
    page.asked(questions, &mut own);
    nodes.push(map(own));
    nodes.extend(way);
    Some(map([("@context", Value::from("https://schema.org")), ("@graph", nodes.into())]))
}

/// A node's properties, in order.
type Node = Vec<(&'static str, Value)>;

struct Page<'a> {
    world: &'a Recorder,
    route: &'a Route,
    /// The page's whole address.
    url: String,
}

impl Page<'_> {
    fn website(&self) -> Value {
        let mut node: Node = vec![
            ("@type", "WebSite".into()),
            ("@id", self.site_id("website")),
            ("url", self.home().into()),
        ];
        let site = self.world.settings();
        put(&mut node, "name", text(&site, "title"));
        put(&mut node, "description", text(&site, "tagline"));
        node.push(("inLanguage", self.world.config().language.as_str().into()));
        node.push(("publisher", self.reference("organization")));
        map(node)
    }

    fn organization(&self) -> Value {
        let mut node: Node = vec![
            ("@type", "MedicalOrganization".into()),
            ("@id", self.site_id("organization")),
            ("url", self.home().into()),
        ];
        let site = self.world.settings();
        put(&mut node, "name", text(&site, "title"));
        put(&mut node, "telephone", text(&site, "phone"));
        put(&mut node, "email", text(&site, "email"));
        map(node)
    }

    fn page(&self, title: &str, description: Option<&str>, has_way: bool) -> Node {
        let entry = match &self.route.kind {
            Kind::Entry(id) => self.world.collection(id).map(|it| (id, it)),
            _ => None,
        };
        let about = entry.map(|(_, collection)| collection.delivery.about);
        let kind = match (about, &self.route.kind) {
            (Some(About::Medical | About::Procedure), _) => "MedicalWebPage",
            (Some(About::Person), _) => "ProfilePage",
            (None, Kind::List { .. } | Kind::Term { .. }) => "CollectionPage",
            _ => "WebPage",
        };
        let mut node: Node = vec![
            ("@type", kind.into()),
            ("@id", format!("{}#page", self.url).into()),
            ("url", self.url.as_str().into()),
            ("name", title.into()),
        ];
        put(&mut node, "description", description);
        node.push(("inLanguage", self.world.config().language.as_str().into()));
        node.push(("isPartOf", self.reference("website")));
        if has_way {
            let id = format!("{}#breadcrumb", self.url);
            node.push(("breadcrumb", map([("@id", Value::from(id))])));
        }
        if let Some((id, collection)) = entry {
            let summary = self.world.summary(id);
            self.dates(id, &mut node);
            self.people(&summary, collection, &mut node);
            self.things(id, collection, &summary, &mut node);
        }
        node
    }

    fn dates(&self, id: &EntryId, node: &mut Node) {
        let dates = self.world.dates(id);
        put(node, "datePublished", dates.published.as_deref());
        put(node, "dateModified", dates.updated.as_deref());
    }

    /// The questions that the page shows.
    fn asked(&self, questions: &[Question], node: &mut Node) {
        if questions.is_empty() {
            return;
        }
        if let Some((_, kind)) = node.first_mut() {
            *kind = Value::from(vec![kind.clone(), Value::from("FAQPage")]);
        }
        let one = |question: &Question| {
            let url = format!("{}#{}", self.url, question.id);
            let answer = map([
                ("@type", Value::from("Answer")),
                ("url", url.as_str().into()),
                ("text", question.answer.as_str().into()),
            ]);
            map([
                ("@type", Value::from("Question")),
                ("@id", url.as_str().into()),
                ("name", question.question.as_str().into()),
                ("acceptedAnswer", answer),
            ])
        };
        let mut asked: Vec<Value> = questions.iter().map(one).collect();
        // A page about a person or a place keeps that as the first.
        if let Some(at) = node.iter().position(|(name, _)| *name == "mainEntity") {
            asked.insert(0, node.remove(at).1);
        }
        node.push(("mainEntity", asked.into()));
    }

    /// The way from the home page; absent on the home page itself.
    fn breadcrumb(&self, title: &str) -> Option<Value> {
        if self.route.url.as_str() == "/" {
            return None;
        }
        let site = self.world.settings();
        let home = text(&site, "title").unwrap_or(title).to_owned();
        let mut steps = vec![(home, self.home())];
        let collection = match &self.route.kind {
            Kind::Entry(id) => Some(&id.collection),
            Kind::Term { collection, .. } => Some(collection),
            _ => None,
        };
        let list = collection.and_then(|name| {
            let label = &self.world.schema().collection(name)?.label;
            Some((label.clone(), self.world.list(name)?))
        });
        steps.extend(list);
        steps.push((title.to_owned(), self.url.clone()));
        let item = |(at, (name, url)): (usize, &(String, String))| {
            map([
                ("@type", Value::from("ListItem")),
                ("position", (at + 1).into()),
                ("name", name.as_str().into()),
                ("item", url.as_str().into()),
            ])
        };
        Some(map([
            ("@type", Value::from("BreadcrumbList")),
            ("@id", format!("{}#breadcrumb", self.url).into()),
            ("itemListElement", steps.iter().enumerate().map(item).collect::<Vec<_>>().into()),
        ]))
    }

    fn home(&self) -> String {
        format!("{}/", self.world.base())
    }

    fn site_id(&self, name: &str) -> Value {
        format!("{}#{name}", self.home()).into()
    }

    fn reference(&self, name: &str) -> Value {
        map([("@id", self.site_id(name))])
    }
}

/// Adds a text where there is one.
fn put(node: &mut Node, name: &'static str, value: Option<&str>) {
    if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
        node.push((name, value.into()));
    }
}

/// Gives the texts of a list under a key of a map.
fn texts<'a>(value: &'a Value, key: &'static str) -> Vec<&'a str> {
    let items = get(value, key).and_then(Value::as_array).unwrap_or_default();
    items.iter().filter_map(Value::as_str).collect()
}
