//! Follows the nodes of a JSON-LD text by their types and properties.

use std::collections::HashMap;

use crate::check::Finding;
use crate::check::structured::json::{Json, Member, Value, short};
use crate::check::structured::vocabulary::{Property, Term, Vocabulary};
use crate::check::structured::{errors, needs, values};

/// The things that have an id, with their types.
pub(crate) type Known = HashMap<String, Vec<Term>>;

/// Checks one JSON-LD text.
pub(crate) struct Checker<'a> {
    pub(crate) all: &'static Vocabulary,
    pub(crate) known: &'a Known,
    pub(crate) found: Vec<Finding>,
}

/// Where a node stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stand {
    /// At the top, or what a page is about: told in full.
    Own,
    /// In another node: a thing that has an id of its own may be told in short.
    Inner,
}

/// Notes all things that have an id and are told of, not only named.
pub(crate) fn define(json: &Json, known: &mut Known) {
    match &json.value {
        Value::List(items) => items.iter().for_each(|item| define(item, known)),
        Value::Object(members) => {
            if let Some(id) = json.get("@id").and_then(Json::text)
                && members.len() > 1
            {
                let types = types(json);
                let terms = types.filter_map(|(name, _)| Vocabulary::get().class(name));
                known.entry(id.to_owned()).or_default().extend(terms);
            }
            members.iter().for_each(|member| define(&member.value, known));
        }
        _ => (),
    }
}

/// The names of a node's types, as the vocabulary has them.
fn types<'a>(node: &'a Json<'_>) -> impl Iterator<Item = (&'a str, &'a Json<'a>)> {
    let types = node.get("@type").map(Json::items).unwrap_or_default();
    types.iter().filter_map(|it| Some((short(it.text()?), it)))
}

/// What a context says of the vocabulary.
enum Context {
    /// It is that of schema.org.
    Ours,
    /// It is another, or has names of its own.
    Foreign,
    Missing,
}

fn context(json: &Json) -> Context {
    let Some(context) = json.get("@context") else { return Context::Missing };
    let ours = |text: &str| {
        let host = text.trim_start_matches("https://").trim_start_matches("http://");
        matches!(host.trim_end_matches('/'), "schema.org" | "www.schema.org")
    };
    let items = context.items();
    let plain = |it: &Json| match &it.value {
        Value::Text(text) => ours(text),
        Value::Object(members) => members.iter().all(|member| {
            matches!(&*member.key, "@vocab" | "schema") && member.value.text().is_some_and(ours)
                || member.key == "@language"
        }),
        _ => false,
    };
    match items.iter().all(plain) {
        true => Context::Ours,
        false => Context::Foreign,
    }
}

impl Checker<'_> {
    /// Checks a whole text: one node, several, or a graph.
    pub(crate) fn document(&mut self, json: &Json) {
        for top in json.items() {
            if !matches!(top.value, Value::Object(_)) {
                self.found.push(errors::no_node(top));
                continue;
            }
            match context(top) {
                Context::Missing => {
                    self.found.push(errors::no_context(top));
                    continue;
                }
                // Names mean what that context says, which is not known here.
                Context::Foreign => continue,
                Context::Ours => (),
            }
            match top.get("@graph") {
                Some(graph) => graph.items().iter().for_each(|node| self.node(node, Stand::Own)),
                None => self.node(top, Stand::Own),
            }
        }
    }

    /// Checks a node.
    pub(crate) fn node(&mut self, node: &Json, stand: Stand) {
        if !matches!(node.value, Value::Object(_)) {
            self.found.push(errors::no_node(node));
            return;
        }
        let mut terms = Vec::new();
        let mut unknown = node.get("@type").is_none();
        if unknown {
            self.found.push(errors::no_type(node));
        }
        for (name, at) in types(node) {
            match self.all.class(name) {
                Some(term) => terms.push(term),
                None if name.contains(':') => unknown = true,
                None => {
                    unknown = true;
                    self.found.push(errors::unknown_type(name, at, self.all));
                }
            }
        }
        for member in node.members() {
            self.member(member, &terms, unknown);
        }
        if !terms.is_empty() {
            needs::check(self, node, &terms, stand);
        }
    }

    fn member(&mut self, member: &Member, types: &[Term], unknown: bool) {
        let name = short(&member.key);
        if name.starts_with('@') || name.contains(':') {
            return;
        }
        // Of an action: `query-input` says what is put in for `query`.
        if name.ends_with("-input") || name.ends_with("-output") {
            return;
        }
        let Some(property) = self.all.property(name) else {
            self.found.push(errors::unknown_property(member, types, self.all));
            return;
        };
        let fits = property.of.iter().any(|of| types.iter().any(|term| self.all.is(*term, *of)));
        if !fits && !unknown {
            self.found.push(errors::misplaced_property(member, property, types, self.all));
            return;
        }
        let stand = match name {
            "mainEntity" | "about" => Stand::Own,
            _ => Stand::Inner,
        };
        self.values(member, &member.value, property, stand);
    }

    fn values(&mut self, member: &Member, value: &Json, property: &Property, stand: Stand) {
        match &value.value {
            Value::List(items) => {
                items.iter().for_each(|item| self.values(member, item, property, stand));
            }
            Value::Object(_) => self.object(member, value, property, stand),
            _ => {
                let wrong = values::wrong(self.all, property, value);
                self.found.extend(
                    wrong.map(|wrong| errors::value(member, value, wrong, property, self.all)),
                );
            }
        }
    }

    fn object(&mut self, member: &Member, value: &Json, property: &Property, stand: Stand) {
        if let Some(list) = value.get("@list").or_else(|| value.get("@set")) {
            return self.values(member, list, property, stand);
        }
        if let Some(plain) = value.get("@value") {
            return self.values(member, plain, property, stand);
        }
        let id = value.get("@id").and_then(Json::text);
        let only = value.members().len() == 1;
        let terms: Vec<Term> = match id.filter(|_| only) {
            None => types(value).filter_map(|(name, _)| self.all.class(name)).collect(),
            Some(id) => match self.known.get(id) {
                Some(terms) => terms.clone(),
                None => {
                    if self.is_near(id) {
                        self.found.push(errors::dangling(id, value, self.known));
                    }
                    return;
                }
            },
        };
        if !terms.is_empty() && !self.fits(&terms, property) {
            self.found.push(errors::wrong_thing(member, value, (&terms, property), self.all));
            return;
        }
        if !(only && id.is_some()) {
            self.node(value, stand);
        }
    }

    /// Tells whether a thing may be a property's value.
    fn fits(&self, types: &[Term], property: &Property) -> bool {
        types.iter().any(|term| {
            let fits = property.values.iter().any(|value| self.all.is(*term, *value));
            // A role stands between a thing and what it is for another.
            fits || self.all.is_a(*term, "Role")
        })
    }

    /// Tells whether an id is one of the page, or of the same page as another that it has.
    fn is_near(&self, id: &str) -> bool {
        let page = |id: &str| id.split('#').next().unwrap_or_default().to_owned();
        let own = page(id);
        own.is_empty() || id.starts_with("_:") || self.known.keys().any(|it| page(it) == own)
    }
}
