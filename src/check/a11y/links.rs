//! Ids that stand once and are there, and links of one name that lead to one place.

use std::borrow::Cow;

use crate::check::a11y::Judge;
use crate::check::a11y::name::tidy;
use crate::check::style::names::Map;
use crate::diag::{Code, Diagnostic};
use crate::html::tree::{Id, Kind};
use crate::html::{HEADINGS, Set, Tag as T, Tree};
use crate::text::quick;

const DUPLICATE: Code = Code::new("a11y/duplicate-id");
const MISSING: Code = Code::new("a11y/missing-id");
const SAME: Code = Code::new("a11y/same-name");

/// The attributes that name others by their ids.
const POINTERS: [&str; 4] = ["for", "aria-labelledby", "aria-describedby", "aria-details"];

/// The elements that are read as a sentence, or hold one.
const SENTENCES: Set = HEADINGS.with(&[
    T::P,
    T::LI,
    T::DIV,
    T::SECTION,
    T::ARTICLE,
    T::NAV,
    T::ASIDE,
    T::HEADER,
    T::FOOTER,
    T::TD,
    T::TH,
    T::DD,
    T::DT,
    T::FIGCAPTION,
    T::CAPTION,
    T::BODY,
]);
/// How many items above that of a link are looked at.
const LEVELS: usize = 8;

/// A link or a frame, whether it is a frame, its name and where it leads.
type Target<'a> = (Id, bool, String, Cow<'a, str>);

/// The digests of what stands around links, each taken once.
#[derive(Default)]
struct Words {
    sentences: Map<Id, u128>,
    items: Map<Id, u128>,
}

/// Where the links of one name and one sentence lead.
#[derive(Default)]
struct Seen<'a> {
    first: Option<&'a str>,
    /// Whether they lead to several places.
    several: bool,
    /// Where the first lead by the items above them, of which there may be none.
    by_outer: Map<u128, &'a str>,
}

impl<'a> Seen<'a> {
    /// Adds a link; tells whether it can be told from those before it that lead elsewhere. One that is in
    /// no nested list cannot be told by the items above others.
    fn fits(&mut self, outer: u128, target: &'a str) -> bool {
        let first = *self.first.get_or_insert(target);
        let same = |it: &&str| *it == target;
        let fits = match outer {
            0 => !self.several && first == target,
            _ => [outer, 0].iter().all(|it| self.by_outer.get(it).is_none_or(same)),
        };
        self.several |= first != target;
        self.by_outer.entry(outer).or_insert(target);
        fits
    }
}

/// Where a link leads, as far as that tells it from another.
fn leads(target: &str) -> &str {
    target.trim_end_matches('/')
}

/// Reads where a script leads: `location.href = '/x'`.
fn place(script: &str) -> Option<&str> {
    let (_, rest) = script.split_once("location")?;
    let (_, rest) = rest.split_once('=')?;
    let rest = rest.trim_start();
    let quote = rest.chars().next().filter(|it| matches!(it, '\'' | '"'))?;
    rest[1..].split_once(quote).map(|it| it.0)
}

impl<'a> Judge<'a> {
    /// Checks the ids of the page, and what points at them.
    pub(super) fn ids(&mut self) {
        for id in self.view.again.clone() {
            let Some(name) = self.view.attribute(id, "id") else { continue };
            let at = self.tree.attribute_at(id, "id");
            let message = format!("another element has the id `{name}`");
            let help = "give each its own: labels and links find the first one only";
            let diagnostic = match self.is_pointed_at(&name) {
                true => Diagnostic::error(DUPLICATE, message),
                false => Diagnostic::warning(DUPLICATE, message),
            };
            self.say(at, diagnostic.help(help));
        }
        for id in self.view.lists.pointers.iter().copied() {
            let label = self.tree.is(id, "label");
            for pointer in POINTERS {
                if pointer == "for" && !label {
                    continue;
                }
                let Some(value) = self.view.attribute(id, pointer) else { continue };
                let mut names = value.split_ascii_whitespace();
                if let Some(missing) = names.find(|it| !self.view.ids.contains_key(*it)) {
                    let at = self.tree.attribute_at(id, pointer);
                    let message =
                        format!("`{pointer}` names the id `{missing}`, and no element has it");
                    let help = match pointer {
                        "for" => "write the id of the field that this labels",
                        _ => "write the id of an element of this page",
                    };
                    self.say(at, Diagnostic::warning(MISSING, message).help(help));
                }
            }
        }
    }

    fn is_pointed_at(&self, name: &str) -> bool {
        self.tree.elements().any(|id| {
            self.tree.attributes(id).any(|(attribute, value)| match attribute {
                "href" => value.strip_prefix('#') == Some(name),
                "for" | "headers" | "list" | "form" => {
                    value.split_ascii_whitespace().any(|it| it == name)
                }
                _ => {
                    attribute.starts_with("aria-")
                        && value.split_ascii_whitespace().any(|it| it == name)
                }
            })
        })
    }

    /// Frames of one name show one thing, and links of one name that nothing around them tells apart lead
    /// to one place. Of each name the first that breaks this is told.
    pub(super) fn same_names(&mut self) {
        let mut targets = self.targets();
        targets.retain(|(_, _, name, _)| !name.is_empty());
        targets.sort_by(|a, b| (a.1, &a.2).cmp(&(b.1, &b.2)));
        let mut words = Words::default();
        for group in targets.chunk_by(|a, b| (a.1, &a.2) == (b.1, &b.2)) {
            if let Some((id, frame, name, _)) = self.mixed_up(group, &mut words) {
                self.same(*id, name, *frame);
            }
        }
    }

    /// Finds, among those of one name, the first that cannot be told from one before it and leads elsewhere.
    fn mixed_up<'g>(&self, group: &'g [Target], words: &mut Words) -> Option<&'g Target<'g>> {
        let first = leads(&group.first()?.3);
        if group.iter().all(|it| leads(&it.3) == first) {
            return None;
        }
        let mut known: Map<u128, Seen> = Map::default();
        group.iter().find(|(id, frame, _, target)| {
            // What stands around a frame is not read with it.
            let (sentence, outer) = if *frame { (0, 0) } else { self.around(*id, words) };
            !known.entry(sentence).or_default().fits(outer, leads(target))
        })
    }

    /// Gives all links and frames, in order.
    fn targets(&self) -> Vec<Target<'a>> {
        let view = self.view;
        let mut targets = Vec::new();
        for id in view.lists.links.iter().copied().filter(|it| view.is_exposed(*it)) {
            let frame = self.tree.is(id, "iframe");
            if let Some(target) = view.attribute(id, if frame { "src" } else { "href" }) {
                targets.push((id, frame, self.lower_name(id), target));
            }
            // What is in a frame is part of the page.
            let inner = view.attribute(id, "srcdoc").filter(|it| frame && it.contains("<iframe"));
            let Some(inner) = inner else { continue };
            let inner = Tree::parse(&inner);
            for it in inner.elements().filter(|it| inner.is(*it, "iframe")) {
                let name =
                    ["aria-label", "title"].iter().find_map(|name| inner.attribute(it, name));
                if let (Some(name), Some(target)) = (name, inner.attribute(it, "src")) {
                    let target = Cow::Owned(target.into_owned());
                    targets.push((id, true, tidy(&name).to_lowercase(), target));
                }
            }
        }
        for id in view.lists.marks.iter().copied() {
            let scripted = view.explicit(id).is_some_and(|it| it.name == "link");
            if !scripted || view.has_attribute(id, "href") || !view.is_exposed(id) {
                continue;
            }
            if let Some(target) = view.attribute(id, "onclick").as_deref().and_then(place) {
                let target = Cow::Owned(target.to_owned());
                targets.push((id, false, self.lower_name(id), target));
            }
        }
        targets
    }

    /// Gives an element's name in small letters.
    fn lower_name(&self, id: Id) -> String {
        let mut name = String::with_capacity(32);
        self.view.name_into(id, &mut name);
        match name.is_ascii() {
            true => name.make_ascii_lowercase(),
            false => name = name.to_lowercase(),
        }
        name
    }

    /// What tells a link from others of its name: the digest of the sentence or the cell in which it is,
    /// and that of the items above it in nested lists (WCAG technique H81), nought where there are none.
    fn around(&self, id: Id, words: &mut Words) -> (u128, u128) {
        let is_sentence = |it: &Id| SENTENCES.has(self.tree.nodes[*it].element);
        let sentence = self.tree.around(id).find(is_sentence).unwrap_or(0);
        let whole = || quick(tidy(&self.tree.text_of(sentence)).as_bytes());
        let whole = *words.sentences.entry(sentence).or_insert_with(whole);
        let items = self.tree.around(id).filter(|it| self.tree.nodes[*it].element == T::LI);
        let own = |id| *words.items.entry(id).or_insert_with(|| self.own_words(id));
        // Nobody keeps more levels in mind.
        let outer: Vec<u128> = items.skip(1).take(LEVELS).map(own).collect();
        let bytes: Vec<u8> = outer.iter().flat_map(|it| it.to_le_bytes()).collect();
        (whole, if outer.is_empty() { 0 } else { quick(&bytes) })
    }

    /// The digest of an item's words without those of the lists in it; a picture has those that stand for it.
    fn own_words(&self, item: Id) -> u128 {
        let nodes = &self.tree.nodes;
        let mut words = String::new();
        let mut next = item + 1;
        while next < nodes[item].after {
            let (at, node) = (next, &nodes[next]);
            next = if matches!(node.element, T::UL | T::OL) { node.after } else { at + 1 };
            if node.kind == Kind::Text {
                words.push_str(&self.tree.read(node));
            } else if node.element == T::IMG {
                words.push_str(&self.tree.attribute(at, "alt").unwrap_or_default());
            }
        }
        quick(tidy(&words).as_bytes())
    }

    fn same(&mut self, id: Id, name: &str, frame: bool) {
        let what = if frame { "frame" } else { "link" };
        let leads = if frame { "shows something else" } else { "leads elsewhere" };
        let message = format!("another {what} is called `{name}` too, and {leads}");
        let help = match frame {
            true => "say in the name of each what it shows",
            false => "say in each where it leads: many read a list of all links of a page",
        };
        self.warn(id, SAME, message, help);
    }
}
