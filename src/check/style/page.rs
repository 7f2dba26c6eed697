//! Giving each element of a page its record.

use std::hash::Hasher as _;
use std::sync::{PoisonError, RwLockReadGuard};

use crate::check::style::computed::{Computed, Held, Source, View};
use crate::check::style::contrast::{self, Reading};
use crate::check::style::memory::{self, Key, Memory, Record};
use crate::check::style::names::Quick;
use crate::check::style::selector::Place;
use crate::check::style::{Styles, agent, sheet};
use crate::html::Tag;
use crate::html::tree::{Id, Kind, Met, Tree};

/// What makes a declaration win: importance, the `style` attribute, the layer, the selector's
/// weight, and its place.
type Rank = (bool, bool, i64, u32, usize);

/// The styles of a page's elements.
pub struct Styled<'a> {
    memory: RwLockReadGuard<'a, Memory>,
    /// The record of each node; nought for what is no element.
    numbers: Vec<u32>,
    serial: u64,
}

impl Styled<'_> {
    /// Gives what is known of an element.
    pub fn record(&self, id: Id) -> &Record {
        self.memory.record(self.numbers[id])
    }

    /// Gives a number for all that the styles within an element depend on besides what is in it.
    pub fn circumstances(&self, id: Id) -> u64 {
        circumstances(self.serial, self.numbers[id])
    }

    /// Gives the number of an element's record: elements with one number look the same.
    pub fn number(&self, id: Id) -> u32 {
        self.numbers[id]
    }

    /// Keeps the records of parts for the next page.
    fn keep<'t>(&self, parts: impl IntoIterator<Item = &'t Met>) {
        for met in parts {
            let numbers = &self.numbers[met.first..met.after];
            met.part.keep(self.circumstances(met.first), Numbers(numbers.into()));
        }
    }

    /// Reads a length in pixels, as it is on an element.
    pub fn length(&self, id: Id, text: &str) -> Option<f32> {
        self.style(id).length(text)
    }

    /// Gives an element's style in a wide window in the light.
    pub fn style(&self, id: Id) -> &Computed {
        self.record(id).style()
    }
}

/// Elements of two pages with one number of this look the same, and so does what is in them if it is the same.
fn circumstances(serial: u64, number: u32) -> u64 {
    let mut quick = Quick::default();
    quick.write_u64(serial);
    quick.write_u32(number);
    quick.finish() | 1
}

/// The numbers of the records of a part's elements.
struct Numbers(Box<[u32]>);

impl Styles {
    /// Gives each element of a page its record.
    pub fn page(&self, tree: &Tree) -> Styled<'_> {
        let mut numbers = vec![0; tree.nodes.len()];
        let mut near = Near::new(self, tree);
        let mut key = Key::default();
        let mut plain = Plain::default();
        let mut start = 0;
        let mut parts = tree.parts.iter().peekable();
        let mut new = Vec::new();
        let memory = self.memory.read().unwrap_or_else(PoisonError::into_inner);
        while start < tree.nodes.len() {
            if tree.nodes[start].kind == Kind::Element {
                self.around(tree, start, &numbers, &near, &mut key);
                let is_plain = tree.names(start).next().is_none();
                let known = if is_plain { plain.find(&key) } else { None };
                let number = known.or_else(|| {
                    self.ask(tree, start, &mut key);
                    memory.find(&key, memory::hash(&key))
                });
                let Some(number) = number else { break };
                if is_plain {
                    plain.keep(&key, number);
                }
                numbers[start] = number;
                near.pass(tree, start, &memory.records[number as usize]);
                if let Some(met) = parts.next_if(|it| it.first == start) {
                    let known = met.part.kept::<Numbers>(circumstances(self.serial, number));
                    if let Some(known) = known {
                        numbers[met.first..met.after].copy_from_slice(&known.0);
                        start = met.after;
                        continue;
                    }
                    new.push(met);
                }
            }
            start += 1;
        }
        if start == tree.nodes.len() {
            let styled = Styled { memory, numbers, serial: self.serial };
            styled.keep(new);
            return styled;
        }
        drop(memory);
        let mut memory = self.memory.write().unwrap_or_else(PoisonError::into_inner);
        for id in start..tree.nodes.len() {
            if tree.nodes[id].kind != Kind::Element {
                continue;
            }
            self.around(tree, id, &numbers, &near, &mut key);
            self.ask(tree, id, &mut key);
            let hash = memory::hash(&key);
            let number = match memory.find(&key, hash) {
                Some(number) => number,
                None => {
                    let record = self.work_out(key.clone(), &memory);
                    memory.add(record, hash)
                }
            };
            numbers[id] = number;
            near.pass(tree, id, &memory.records[number as usize]);
        }
        drop(memory);
        let memory = self.memory.read().unwrap_or_else(PoisonError::into_inner);
        let styled = Styled { memory, numbers, serial: self.serial };
        styled.keep(&tree.parts);
        styled
    }

    /// Finds what an element's style depends on that is not said by its attributes.
    fn around(&self, tree: &Tree, id: Id, numbers: &[u32], near: &Near, key: &mut Key) {
        let node = &tree.nodes[id];
        // The record of the first element is that of `html`, of which there may be several.
        key.parent = if node.parent == id { u32::MAX } else { numbers[node.parent] };
        key.tag = match node.element {
            Tag::OTHER => self.rules.asked.names.of(node.name),
            element => self.tags[element.place()],
        };
        (key.next, key.later) = near.before(node.parent);
        key.places = near.places(self, tree, id);
    }

    /// Finds what its attributes say.
    fn ask(&self, tree: &Tree, id: Id, key: &mut Key) {
        let asked = &self.rules.asked;
        key.id = 0;
        key.classes.clear();
        key.inline.clear();
        key.tests = 0;
        for (name, value) in tree.some(id, &self.few) {
            match name {
                "class" => {
                    let classes = value.split_ascii_whitespace().map(|it| asked.names.of(it));
                    key.classes.extend(classes.filter(|it| *it != 0));
                    key.classes.sort_unstable();
                }
                "id" => key.id = asked.names.of(&value),
                "style" => key.inline.push_str(&value),
                _ => (),
            }
            if let Some(questions) = self.attributes.get(name) {
                for number in questions {
                    if asked.tests[*number as usize].holds(&value) {
                        key.tests |= 1 << number;
                    }
                }
            }
        }
    }

    fn work_out(&self, key: Key, memory: &Memory) -> Record {
        let parent = (key.parent != u32::MAX).then_some(key.parent);
        let agent = agent::of(key.tag, key.tests);
        let mut record =
            Record { key, parent, matches: 0, views: Vec::new(), reading: Reading::Fine };
        for (number, prefix) in self.rules.asked.prefixes.iter().enumerate() {
            if prefix.selects(&record, &memory.records) {
                record.matches |= 1 << number;
            }
        }
        let inline = match record.key.inline.is_empty() {
            true => Vec::new(),
            false => sheet::inline(&record.key.inline),
        };
        let mut said: Vec<(Rank, u8, Held)> = Vec::new();
        for (place, rule) in self.rules.all.iter().enumerate() {
            let fitting = rule.selectors.iter().filter(|it| it.selects(&record, &memory.records));
            let Some(weight) = fitting.map(|it| it.specificity).max() else { continue };
            for (name, value, important) in &rule.said {
                let layer = i64::from(rule.layer) * if *important { -1 } else { 1 };
                let rank = (*important, false, layer, weight, place);
                said.push((rank, rule.views, (name, value, Source::Rule(place as u32))));
            }
        }
        for (name, value, important) in &inline {
            let rank = (*important, true, 0, 0, 0);
            said.push((rank, u8::MAX, (name, value, Source::Inline)));
        }
        said.sort_by_key(|(rank, ..)| *rank);
        for (at, view) in self.views.iter().enumerate() {
            let outer = parent.map(|it| &memory.records[it as usize].views[at]);
            let bit = sheet::VIEWS.iter().position(|it| it == view).unwrap_or(0);
            let held: Vec<Held> =
                said.iter().filter(|it| it.1 >> bit & 1 == 1).map(|it| it.2).collect();
            let style = Computed::of(outer, agent, &held, *view);
            record.reading = worse(record.reading, &style, view);
            record.views.push(style);
        }
        record
    }
}

fn worse(before: Reading, style: &Computed, view: &View) -> Reading {
    match (before, contrast::read(style, view.dark)) {
        (low @ Reading::Low(_), _) => low,
        (_, low @ Reading::Low(_)) => low,
        (Reading::Fine, other) => other,
        (before, _) => before,
    }
}

/// The last elements of a page without attributes, as most are, and their records.
struct Plain([(u32, u32, u64, u64, u64, u32); 64]);

impl Default for Plain {
    fn default() -> Self {
        // No element has this parent and a tag of no name.
        Self([(u32::MAX, u32::MAX, 0, 0, 0, 0); 64])
    }
}

impl Plain {
    fn slot(key: &Key) -> usize {
        (key.parent.wrapping_mul(29) ^ key.tag) as usize % 64
    }

    fn find(&self, key: &Key) -> Option<u32> {
        let (parent, tag, next, later, places, number) = self.0[Self::slot(key)];
        let same = (parent, tag) == (key.parent, key.tag)
            && (next, later, places) == (key.next, key.later, key.places);
        same.then_some(number)
    }

    fn keep(&mut self, key: &Key, number: u32) {
        self.0[Self::slot(key)] = (key.parent, key.tag, key.next, key.later, key.places, number);
    }
}

/// What is known of the neighbours of elements while a page is gone through.
struct Near {
    /// For each element, what the last one in it matches, and what any one in it does.
    within: Vec<(u64, u64)>,
    next: u64,
    later: u64,
}

impl Near {
    fn new(styles: &Styles, tree: &Tree) -> Self {
        let asks = !styles.rules.asked.prefixes.is_empty();
        let within = if asks { vec![(0, 0); tree.nodes.len()] } else { Vec::new() };
        // Which are asked by `+` and which by `~` does not matter: both are told.
        Self { within, next: u64::MAX, later: u64::MAX }
    }

    fn before(&self, parent: Id) -> (u64, u64) {
        let (last, any) = self.within.get(parent).copied().unwrap_or_default();
        (last & self.next, any & self.later)
    }

    fn pass(&mut self, tree: &Tree, id: Id, record: &Record) {
        let parent = tree.nodes[id].parent;
        if parent != id
            && let Some(within) = self.within.get_mut(parent)
        {
            *within = (record.matches, within.1 | record.matches);
        }
    }

    fn places(&self, styles: &Styles, tree: &Tree, id: Id) -> u64 {
        let places = &styles.rules.asked.places;
        let mut found = 0;
        for (number, place) in places.iter().enumerate().take(64) {
            if stands(*place, tree, id) {
                found |= 1 << number;
            }
        }
        found
    }
}

/// Beyond this many neighbours, none is looked at.
const FAR: usize = 200;

fn stands(place: Place, tree: &Tree, id: Id) -> bool {
    let element = |id: &Id| tree.nodes[*id].kind == Kind::Element;
    match place {
        Place::Empty => tree.children(id).all(|it| tree.nodes[it].kind == Kind::Comment),
        Place::Nth { back, same, a, b } => {
            let name = tree.nodes[id].name;
            let alike = |it: &Id| element(it) && (!same || tree.nodes[*it].name == name);
            let parent = tree.nodes[id].parent;
            if parent == id {
                return false;
            }
            // Who asks for the first needs no count of all.
            let enough = if a == 0 { usize::try_from(b).unwrap_or(0) } else { FAR };
            let number = match back {
                true => {
                    let end = tree.nodes[parent].after;
                    let mut at = tree.nodes[id].after;
                    let after = std::iter::from_fn(|| {
                        let here = at;
                        (here < end).then(|| {
                            at = tree.nodes[here].after;
                            here
                        })
                    });
                    after.take(FAR).filter(alike).take(enough).count() as i32 + 1
                }
                false => {
                    let before = tree.children(parent).take_while(|it| *it < id).take(FAR);
                    before.filter(alike).take(enough).count() as i32 + 1
                }
            };
            let rest = number - b;
            if a == 0 { rest == 0 } else { rest % a == 0 && rest / a >= 0 }
        }
        Place::Only { same } => {
            let first = stands(Place::Nth { back: false, same, a: 0, b: 1 }, tree, id);
            first && stands(Place::Nth { back: true, same, a: 0, b: 1 }, tree, id)
        }
    }
}
