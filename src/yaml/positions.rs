//! Where each key and value of a YAML text stands, from parser events.

use std::ops::Range;

use granit_parser::{Event, Parser};

use crate::yaml::Step;

/// A value's place in the text, with what is inside it.
#[derive(Debug)]
pub(crate) struct Node {
    /// The key's place, where the value is in a mapping.
    key: Option<Range<usize>>,
    value: Range<usize>,
    /// The text of a scalar, quotes resolved.
    pub(crate) scalar: Option<String>,
    children: Vec<(Step, Node)>,
}

/// The places of a key and its value, as byte ranges of the text.
#[derive(Clone, Debug)]
pub struct Place {
    /// The key; absent for a list's items and the whole.
    pub key: Option<Range<usize>>,
    /// The value.
    pub value: Range<usize>,
}

impl Node {
    /// The place of what a path leads to, or of the last thing on the way that exists.
    pub(crate) fn find(&self, path: &[Step]) -> Place {
        let mut node = self;
        for step in path {
            match node.child(step) {
                Some(child) => node = child,
                None => break,
            }
        }
        Place { key: node.key.clone(), value: node.value.clone() }
    }

    /// What a path leads to, if it exists.
    pub(crate) fn find_exact(&self, path: &[Step]) -> Option<&Self> {
        path.iter().try_fold(self, |node, step| node.child(step))
    }

    /// The second use of a key in one mapping, anywhere below.
    pub(crate) fn duplicate(&self) -> Option<(Range<usize>, Range<usize>)> {
        for (at, (step, child)) in self.children.iter().enumerate() {
            let earlier = self.children[..at].iter().find(|(other, _)| other == step);
            if let Some((_, first)) = earlier {
                return Some((first.key.clone()?, child.key.clone()?));
            }
            if let Some(found) = child.duplicate() {
                return Some(found);
            }
        }
        None
    }

    fn child(&self, step: &Step) -> Option<&Self> {
        self.children.iter().find(|(it, _)| it == step).map(|(_, child)| child)
    }
}

/// A list or mapping that is still being read.
struct Open {
    node: Node,
    mapping: bool,
    /// The key whose value comes next.
    key: Option<(String, Range<usize>)>,
}

/// Reads the places; `None` when the events' parser cannot follow the text.
pub(crate) fn read(text: &str) -> Option<Node> {
    let mut stack: Vec<Open> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.ok()?;
        let range = span.byte_range()?;
        let done = match event {
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                let mapping = matches!(event, Event::MappingStart(..));
                let node = Node { key: None, value: range, scalar: None, children: Vec::new() };
                stack.push(Open { node, mapping, key: None });
                continue;
            }
            Event::MappingEnd | Event::SequenceEnd => {
                let mut node = stack.pop()?.node;
                node.value.end = range.end.max(node.value.start);
                node
            }
            Event::Scalar(value, ..) => {
                let scalar = Some(value.into_owned());
                Node { key: None, value: range, scalar, children: Vec::new() }
            }
            Event::Alias(_) => Node { key: None, value: range, scalar: None, children: vec![] },
            _ => continue,
        };
        if let Some(root) = place(done, &mut stack) {
            return Some(root);
        }
    }
    None
}

/// Puts a finished node where it belongs; gives it back when it is the whole.
fn place(mut node: Node, stack: &mut [Open]) -> Option<Node> {
    let Some(parent) = stack.last_mut() else { return Some(node) };
    if !parent.mapping {
        let step = Step::Index(parent.node.children.len());
        parent.node.children.push((step, node));
        return None;
    }
    match parent.key.take() {
        None => {
            let range = node.value.clone();
            parent.key = Some((node.scalar.take().unwrap_or_default(), range));
        }
        Some((key, range)) => {
            node.key = Some(range);
            parent.node.children.push((Step::Key(key.into()), node));
        }
    }
    None
}
