//! The page with a form cut into what stands and what changes, so that it can come back with what
//! was written and what is wrong with it (docs/decisions/0012-forms.md).
//!
//! Any theme's page will do: the form is found by the address it sends to, and its controls by their
//! names. Cut pages are written as JSON: a text that stands is a string, a slot an object.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::form::contract::{Contract, Kind};
use crate::html::tree::Id;
use crate::html::{self, Tree};

/// A page, cut.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// What stands and what changes, in order.
    pub parts: Vec<Part>,
    /// The id of the first control of each question, to which the summary leads.
    pub targets: BTreeMap<String, String>,
    /// The digest of what its consents agree to, as it stands in the form.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub wording_digest: Option<String>,
}

/// A piece of a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Part {
    /// It stands.
    Text(String),
    /// It changes.
    Slot(Slot),
}

/// What changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "slot", rename_all = "lowercase")]
pub enum Slot {
    /// Within the title, before its words.
    Title,
    /// The summary of errors, first in the page's main part.
    Summary,
    /// The message at a question.
    Error {
        /// The question.
        name: String,
        /// The message's id.
        id: String,
    },
    /// Attributes of a control, or of the group around several: that it is wrong, and what describes
    /// it.
    Described {
        /// The question.
        name: String,
        /// The message's id.
        id: String,
        /// What describes it in any case: ids.
        had: String,
        /// Whether it is a control itself: only those may be called invalid.
        control: bool,
    },
    /// The attribute with what was written.
    Value {
        /// The question.
        name: String,
    },
    /// What was written in several lines.
    Lines {
        /// The question.
        name: String,
    },
    /// The attribute of what was chosen.
    Chosen {
        /// The question.
        name: String,
        /// The answer.
        value: String,
        /// `checked` or `selected`.
        word: String,
    },
}

/// What a cut page is filled with.
#[derive(Clone, Copy, Debug)]
pub struct Filling<'a> {
    /// What was sent.
    pub sent: &'a [(String, String)],
    /// The messages by question.
    pub errors: &'a [(String, String)],
}

/// Cuts a finished page; `action` is the address to which its form sends. `None` where the page has no
/// such form.
pub fn cut(page: &str, contract: &Contract, action: &str) -> Option<Page> {
    let tree = Tree::parse(page);
    let form = tree.elements().find(|id| {
        tree.is(*id, "form") && tree.attribute(*id, "action").is_some_and(|it| it == action)
    })?;
    let mut cutter = Cutter { tree: &tree, cuts: Vec::new(), targets: BTreeMap::new() };
    cutter.frame();
    for question in contract.questions.iter().filter(|it| it.kind != Kind::Trap) {
        cutter.question(form, &question.name);
    }
    let digest = tree.within(form).find(|id| {
        tree.is(*id, "input") && tree.attribute(*id, "name").is_some_and(|it| it == "_wording")
    });
    let digest = digest.and_then(|it| tree.attribute(it, "value")).filter(|it| !it.is_empty());
    Some(Page { wording_digest: digest.map(|it| it.into_owned()), ..cutter.finish() })
}

struct Cutter<'a> {
    tree: &'a Tree<'a>,
    /// What is put in place of a range, by its start; an empty range is an insertion.
    cuts: Vec<(Range<usize>, Vec<Part>)>,
    targets: BTreeMap<String, String>,
}

impl Cutter<'_> {
    fn frame(&mut self) {
        let tree = self.tree;
        let first = |name: &str| tree.elements().find(|id| tree.is(*id, name));
        if let Some(title) = first("title") {
            self.slot(tree.nodes[title].tag().end, Slot::Title);
        }
        let main = first("main").or_else(|| {
            tree.elements().find(|id| tree.attribute(*id, "role").is_some_and(|it| it == "main"))
        });
        if let Some(main) = main.or_else(|| first("body")) {
            self.slot(tree.nodes[main].tag().end, Slot::Summary);
        }
    }

    fn question(&mut self, form: Id, name: &str) {
        let tree = self.tree;
        let controls: Vec<Id> = tree
            .within(form)
            .filter(|id| ["input", "select", "textarea"].contains(&tree.nodes[*id].name))
            .filter(|id| tree.attribute(*id, "name").is_some_and(|it| it == name))
            .collect();
        let Some(&first) = controls.first() else { return };
        let group = self.group(form, &controls);
        let target = match tree.attribute(first, "id") {
            Some(id) => id.into_owned(),
            None => {
                let id = format!("enquiry-{name}");
                self.within_tag(first, Part::Text(format!(" id=\"{id}\"")));
                id
            }
        };
        let message = format!("{target}-error");
        self.targets.insert(name.to_owned(), target);
        let described = group.unwrap_or(first);
        let had = tree.attribute(described, "aria-describedby").unwrap_or_default().into_owned();
        self.without(described, "aria-describedby");
        let control = described == first;
        let (id, name) = (message, name.to_owned());
        let slot = Slot::Described { name: name.clone(), id: id.clone(), had, control };
        self.within_tag(described, Part::Slot(slot));
        let error = Slot::Error { name: name.clone(), id };
        match group {
            Some(group) => {
                let legend = tree.children(group).find(|it| tree.is(*it, "legend"));
                let at =
                    legend.map_or(tree.nodes[group].tag().end, |it| tree.nodes[it].whole().end);
                self.slot(at, error);
            }
            None => self.slot(tree.nodes[first].tag().start, error),
        }
        for control in controls {
            self.answer(control, &name);
        }
    }

    /// The outermost group of the form that has these controls and no others.
    fn group(&self, form: Id, controls: &[Id]) -> Option<Id> {
        let tree = self.tree;
        let kind = tree.attribute(controls[0], "type").unwrap_or_default().to_lowercase();
        if !matches!(&*kind, "radio" | "checkbox") {
            return None;
        }
        let around = tree.around(controls[0]).take_while(|id| *id != form);
        let own = |group: Id| {
            let names = ["input", "select", "textarea"];
            let all = tree.within(group).filter(|id| names.contains(&tree.nodes[*id].name));
            let all: Vec<Id> = all.collect();
            all == controls
        };
        around.filter(|id| tree.is(*id, "fieldset") && own(*id)).last()
    }

    fn answer(&mut self, control: Id, name: &str) {
        let tree = self.tree;
        let name = name.to_owned();
        match tree.nodes[control].name {
            "textarea" => {
                let node = &tree.nodes[control];
                let texts = tree.children(control).map(|it| tree.nodes[it].whole());
                let end = texts.last().map_or(node.tag().end, |it| it.end);
                let slot = Part::Slot(Slot::Lines { name });
                self.cuts.push((node.tag().end..end, vec![slot]));
            }
            "select" => {
                let options: Vec<Id> =
                    tree.within(control).filter(|id| tree.is(*id, "option")).collect();
                for option in options {
                    let value = tree.attribute(option, "value");
                    let value = value.unwrap_or_else(|| tree.text_of(option)).trim().to_owned();
                    let word = "selected".to_owned();
                    self.without(option, "selected");
                    let slot = Slot::Chosen { name: name.clone(), value, word };
                    self.within_tag(option, Part::Slot(slot));
                }
            }
            _ => {
                let kind = tree.attribute(control, "type").unwrap_or_default().to_lowercase();
                match &*kind {
                    "radio" | "checkbox" => {
                        let value = tree.attribute(control, "value");
                        let value = value.map_or("on".to_owned(), |it| it.into_owned());
                        self.without(control, "checked");
                        let word = "checked".to_owned();
                        self.within_tag(control, Part::Slot(Slot::Chosen { name, value, word }));
                    }
                    "file" | "hidden" | "submit" | "button" | "image" | "reset" => {}
                    _ => {
                        self.without(control, "value");
                        self.within_tag(control, Part::Slot(Slot::Value { name }));
                    }
                }
            }
        }
    }

    /// Puts something after the name in a start tag.
    fn within_tag(&mut self, id: Id, part: Part) {
        let node = &self.tree.nodes[id];
        let at = node.tag().start + 1 + node.name.len();
        self.cuts.push((at..at, vec![part]));
    }

    fn without(&mut self, id: Id, name: &str) {
        if self.tree.has_attribute(id, name) {
            self.cuts.push((self.tree.attribute_at(id, name), Vec::new()));
        }
    }

    fn slot(&mut self, at: usize, slot: Slot) {
        self.cuts.push((at..at, vec![Part::Slot(slot)]));
    }

    fn finish(mut self) -> Page {
        self.cuts.sort_by_key(|(range, _)| (range.start, range.end));
        let mut parts = Vec::new();
        let mut done = 0;
        for (range, new) in self.cuts {
            if range.start < done {
                continue;
            }
            if range.start > done {
                parts.push(Part::Text(self.tree.text[done..range.start].to_owned()));
            }
            parts.extend(new);
            done = range.end;
        }
        parts.push(Part::Text(self.tree.text[done..].to_owned()));
        Page { parts, targets: self.targets, wording_digest: None }
    }
}

impl Page {
    /// Whether it shows what a form's consents agree to today: those in force, and the boxes that must be ticked. Words
    /// without a digest are taken for those in force.
    pub fn shows(&self, contract: &Contract) -> bool {
        let needed = contract.questions.iter().filter(|it| it.kind == Kind::Consent && it.required);
        contract.has_wording(self.wording_digest.as_deref())
            && needed.map(|it| &it.name).all(|it| self.targets.contains_key(it))
    }

    /// Writes the page with what was sent and what is wrong with it.
    pub fn fill(&self, contract: &Contract, filling: Filling) -> String {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Slot(slot) => self.slot(slot, contract, filling, &mut out),
            }
        }
        out
    }

    fn slot(&self, slot: &Slot, contract: &Contract, filling: Filling, out: &mut String) {
        let words = &contract.words;
        let error = |name: &str| filling.errors.iter().find(|(it, _)| it == name);
        let mut sent = filling.sent.iter().filter(|(name, _)| matches!(slot,
            Slot::Value { name: it } | Slot::Lines { name: it } | Slot::Chosen { name: it, .. } if it == name));
        match slot {
            Slot::Title if filling.errors.is_empty() => {}
            Slot::Title => {
                html::text(&words.error, out);
                out.push(' ');
            }
            Slot::Summary if filling.errors.is_empty() => {}
            Slot::Summary => self.summary(contract, filling.errors, out),
            Slot::Error { name, id } => {
                let Some((_, message)) = error(name) else { return };
                out.push_str("<span class=\"error-message\"");
                html::attribute("id", id, out);
                out.push_str("><b>");
                html::text(&words.error, out);
                out.push_str("</b> ");
                html::text(message, out);
                out.push_str("</span>");
            }
            Slot::Described { name, id, had, control } => {
                let wrong = error(name).is_some();
                if wrong && *control {
                    out.push_str(" aria-invalid=\"true\"");
                }
                let ids = match (wrong, had.is_empty()) {
                    (true, true) => id.clone(),
                    (true, false) => format!("{id} {had}"),
                    (false, _) => had.clone(),
                };
                if !ids.is_empty() {
                    html::attribute("aria-describedby", &ids, out);
                }
            }
            Slot::Value { .. } => {
                if let Some((_, value)) = sent.next().filter(|(_, value)| !value.is_empty()) {
                    html::attribute("value", value, out);
                }
            }
            Slot::Lines { .. } => {
                // The first new line in a text area is not of its text.
                if let Some((_, value)) = sent.next() {
                    out.push('\n');
                    html::text(value, out);
                }
            }
            Slot::Chosen { value, word, .. } => {
                if sent.any(|(_, it)| it == value) {
                    out.push(' ');
                    out.push_str(word);
                }
            }
        }
    }

    fn summary(&self, contract: &Contract, errors: &[(String, String)], out: &mut String) {
        // Focus goes to the summary without a script: a person who hears the page hears it first.
        out.push_str(
            "<div class=\"error-summary\" tabindex=\"-1\" autofocus><div role=\"alert\"><h2>",
        );
        html::text(&contract.words.problem, out);
        out.push_str("</h2><ul>");
        for (name, message) in errors {
            out.push_str("<li>");
            match self.targets.get(name) {
                Some(target) => {
                    out.push_str("<a");
                    html::attribute("href", &format!("#{target}"), out);
                    out.push('>');
                    html::text(message, out);
                    out.push_str("</a>");
                }
                None => html::text(message, out),
            }
            out.push_str("</li>");
        }
        out.push_str("</ul></div></div>");
    }
}
