//! Selectors of stylesheets, made ready for matching against what is remembered of elements.
//!
//! What depends on an element's own attributes or its place among its neighbours becomes bits that
//! are found once for each element; all else is found in its chain of [`Record`]s.

use lightningcss::selector::{Combinator, Component, PseudoClass, Selector as Parsed};
use parcel_selectors::attr::{
    AttrSelectorOperator, ParsedAttrSelectorOperation, ParsedCaseSensitivity,
};
use parcel_selectors::parser::{NthSelectorData, NthType};

use crate::check::style::memory::Record;
use crate::check::style::names::Names;

/// A selector for elements.
#[derive(Clone, Debug)]
pub(super) struct Selector {
    /// The element's own part, and then those of what it stands in or after.
    pub(super) parts: Vec<(Compound, Option<Link>)>,
    pub(super) specificity: u32,
}

/// How a part relates to the one on its right.
#[derive(Clone, Copy, Debug)]
pub(super) enum Link {
    Within,
    Child,
    /// After a neighbour that matches the prefix of this number.
    Next(u32),
    Later(u32),
}

#[derive(Clone, Debug, Default)]
pub(super) struct Compound {
    tag: Option<u32>,
    id: Option<u32>,
    classes: Vec<u32>,
    tests: u128,
    places: u64,
    root: bool,
    never: bool,
    any_of: Vec<Vec<Selector>>,
    none_of: Vec<Vec<Selector>>,
}

/// A question about an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Test {
    pub(super) name: Box<str>,
    pub(super) kind: Kind,
    pub(super) value: Box<str>,
    pub(super) any_case: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    There,
    Equal,
    Word,
    Dash,
    Start,
    End,
    Part,
}

/// A question about an element's place among its neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Empty,
    /// Counted from the front or the back, all or those of its name: `an + b`.
    Nth {
        back: bool,
        same: bool,
        a: i32,
        b: i32,
    },
    Only {
        same: bool,
    },
}

/// What the selectors of a site's stylesheets ask.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) names: Names,
    pub(super) tests: Vec<Test>,
    pub(super) places: Vec<Place>,
    /// What stands left of `+` and `~`.
    pub(super) prefixes: Vec<Selector>,
}

impl Test {
    pub(super) fn holds(&self, value: &str) -> bool {
        let wanted = &*self.value;
        let folded;
        let (value, wanted) = match self.any_case {
            true => {
                folded = (value.to_ascii_lowercase(), wanted.to_ascii_lowercase());
                (folded.0.as_str(), folded.1.as_str())
            }
            false => (value, wanted),
        };
        match self.kind {
            Kind::There => true,
            Kind::Equal => value == wanted,
            Kind::Word => {
                !wanted.is_empty() && value.split_ascii_whitespace().any(|it| it == wanted)
            }
            Kind::Dash => {
                value.strip_prefix(wanted).is_some_and(|it| it.is_empty() || it.starts_with('-'))
            }
            Kind::Start => !wanted.is_empty() && value.starts_with(wanted),
            Kind::End => !wanted.is_empty() && value.ends_with(wanted),
            Kind::Part => !wanted.is_empty() && value.contains(wanted),
        }
    }
}

impl Asked {
    /// Makes a selector ready. `None` when it selects a pseudo-element.
    pub(super) fn selector(&mut self, parsed: &Parsed, outer: &[Selector]) -> Option<Selector> {
        let mut parts = Vec::new();
        let mut compound = Compound::default();
        for component in parsed.iter_raw_match_order() {
            match component {
                Component::Combinator(combinator) => {
                    let link = match combinator {
                        Combinator::Descendant | Combinator::DeepDescendant | Combinator::Deep => {
                            Link::Within
                        }
                        Combinator::Child => Link::Child,
                        Combinator::NextSibling => Link::Next(0),
                        Combinator::LaterSibling => Link::Later(0),
                        _ => return None,
                    };
                    parts.push((std::mem::take(&mut compound), Some(link)));
                }
                Component::PseudoElement(_) | Component::Slotted(_) | Component::Part(_) => {
                    return None;
                }
                other => self.component(other, &mut compound, outer),
            }
        }
        parts.push((compound, None));
        for at in (0..parts.len()).rev() {
            if let Some(Link::Next(_) | Link::Later(_)) = parts[at].1 {
                let left = Selector { parts: parts[at + 1..].to_vec(), specificity: 0 };
                let number = self.prefixes.len() as u32;
                if number >= 64 {
                    parts[at].0.never = true;
                    continue;
                }
                self.prefixes.push(left);
                parts[at].1 = match parts[at].1 {
                    Some(Link::Next(_)) => Some(Link::Next(number)),
                    _ => Some(Link::Later(number)),
                };
            }
        }
        Some(Selector { parts, specificity: parsed.specificity() })
    }

    fn component(&mut self, component: &Component, to: &mut Compound, outer: &[Selector]) {
        match component {
            Component::LocalName(name) => to.tag = Some(self.names.add(&name.lower_name.0)),
            Component::ID(id) => to.id = Some(self.names.add(&id.0)),
            Component::Class(class) => to.classes.push(self.names.add(&class.0)),
            Component::AttributeInNoNamespaceExists { local_name_lower, .. } => {
                self.test(&local_name_lower.0, Kind::There, "", false, to);
            }
            Component::AttributeInNoNamespace {
                local_name,
                operator,
                value,
                case_sensitivity,
                ..
            } => {
                self.test(
                    &local_name.0,
                    kind(*operator),
                    &value.0,
                    any_case(*case_sensitivity),
                    to,
                );
            }
            Component::AttributeOther(other) => match &other.operation {
                ParsedAttrSelectorOperation::Exists => {
                    self.test(&other.local_name_lower.0, Kind::There, "", false, to);
                }
                ParsedAttrSelectorOperation::WithValue {
                    operator,
                    case_sensitivity,
                    expected_value,
                } => {
                    let any = any_case(*case_sensitivity);
                    self.test(
                        &other.local_name_lower.0,
                        kind(*operator),
                        &expected_value.0,
                        any,
                        to,
                    );
                }
            },
            Component::Negation(list) => {
                let list = list.iter().filter_map(|it| self.selector(it, outer)).collect();
                to.none_of.push(list);
            }
            Component::Is(list) | Component::Where(list) | Component::Any(_, list) => {
                let list = list.iter().filter_map(|it| self.selector(it, outer)).collect();
                to.any_of.push(list);
            }
            Component::Nesting if outer.is_empty() => to.root = true,
            Component::Nesting => to.any_of.push(outer.to_vec()),
            Component::Root => to.root = true,
            Component::Empty => self.place(Place::Empty, to),
            Component::Nth(data) => self.nth(data, to),
            Component::NonTSPseudoClass(class) => self.pseudo_class(class, to),
            Component::ExplicitUniversalType
            | Component::ExplicitAnyNamespace
            | Component::ExplicitNoNamespace
            | Component::DefaultNamespace(_)
            | Component::Namespace(..) => (),
            // What an element holds is not looked at.
            _ => to.never = true,
        }
    }

    /// The classes of a page at rest: nothing is pointed at, in focus or filled in.
    fn pseudo_class(&mut self, class: &PseudoClass, to: &mut Compound) {
        match class {
            PseudoClass::Link | PseudoClass::AnyLink(_) => {
                self.test("href", Kind::There, "", false, to)
            }
            PseudoClass::Disabled => self.test("disabled", Kind::There, "", false, to),
            PseudoClass::Checked => self.test("checked", Kind::There, "", false, to),
            PseudoClass::Required => self.test("required", Kind::There, "", false, to),
            PseudoClass::Open => self.test("open", Kind::There, "", false, to),
            PseudoClass::Enabled | PseudoClass::Optional | PseudoClass::Defined => (),
            PseudoClass::Lang { languages } => {
                let tests = languages.iter().map(|language| {
                    let mut own = Compound::default();
                    self.test("lang", Kind::Dash, language, true, &mut own);
                    Selector { parts: vec![(own, None)], specificity: 0 }
                });
                let own: Vec<Selector> = tests.collect();
                let within = own.iter().cloned().map(|mut it| {
                    it.parts.insert(0, (Compound::default(), Some(Link::Within)));
                    it
                });
                let all = own.iter().cloned().chain(within).collect();
                to.any_of.push(all);
            }
            _ => to.never = true,
        }
    }

    fn nth(&mut self, data: &NthSelectorData, to: &mut Compound) {
        let (a, b) = (data.a, data.b);
        let nth = |back, same| Place::Nth { back, same, a, b };
        let place = match data.ty {
            NthType::Child => nth(false, false),
            NthType::LastChild => nth(true, false),
            NthType::OfType => nth(false, true),
            NthType::LastOfType => nth(true, true),
            NthType::OnlyChild => Place::Only { same: false },
            NthType::OnlyOfType => Place::Only { same: true },
            _ => {
                to.never = true;
                return;
            }
        };
        self.place(place, to);
    }

    fn place(&mut self, place: Place, to: &mut Compound) {
        let number = self.places.iter().position(|it| *it == place).unwrap_or_else(|| {
            self.places.push(place);
            self.places.len() - 1
        });
        match number < 64 {
            true => to.places |= 1 << number,
            false => to.never = true,
        }
    }

    fn test(&mut self, name: &str, kind: Kind, value: &str, any_case: bool, to: &mut Compound) {
        to.tests |= match self.ask(name, kind, value, any_case) {
            Some(number) => 1 << number,
            None => {
                to.never = true;
                0
            }
        };
    }

    /// Gives the number of a question about an attribute.
    pub(super) fn ask(
        &mut self,
        name: &str,
        kind: Kind,
        value: &str,
        any_case: bool,
    ) -> Option<u32> {
        let test =
            Test { name: name.to_ascii_lowercase().into(), kind, value: value.into(), any_case };
        let number = self.tests.iter().position(|it| *it == test).unwrap_or_else(|| {
            self.tests.push(test);
            self.tests.len() - 1
        });
        (number < 128).then_some(number as u32)
    }
}

fn kind(operator: AttrSelectorOperator) -> Kind {
    match operator {
        AttrSelectorOperator::Equal => Kind::Equal,
        AttrSelectorOperator::Includes => Kind::Word,
        AttrSelectorOperator::DashMatch => Kind::Dash,
        AttrSelectorOperator::Prefix => Kind::Start,
        AttrSelectorOperator::Substring => Kind::Part,
        AttrSelectorOperator::Suffix => Kind::End,
    }
}

fn any_case(sensitivity: ParsedCaseSensitivity) -> bool {
    matches!(
        sensitivity,
        ParsedCaseSensitivity::AsciiCaseInsensitive
            | ParsedCaseSensitivity::AsciiCaseInsensitiveIfInHtmlElementInHtmlDocument
    )
}

impl Selector {
    /// Tells whether it selects an element, of which all outer ones are known.
    pub(super) fn selects(&self, element: &Record, all: &[Record]) -> bool {
        from(&self.parts, element, all)
    }
}

fn from(parts: &[(Compound, Option<Link>)], element: &Record, all: &[Record]) -> bool {
    let Some((own, rest)) = parts.split_first() else { return true };
    if !own.0.is(element, all) {
        return false;
    }
    let outer = |record: &Record| record.parent.map(|parent| &all[parent as usize]);
    match own.1 {
        None => true,
        Some(Link::Child) => outer(element).is_some_and(|it| from(rest, it, all)),
        Some(Link::Within) => {
            let mut at = outer(element);
            while let Some(record) = at {
                if from(rest, record, all) {
                    return true;
                }
                at = outer(record);
            }
            false
        }
        Some(Link::Next(number)) => element.key.next >> number & 1 == 1,
        Some(Link::Later(number)) => element.key.later >> number & 1 == 1,
    }
}

impl Compound {
    fn is(&self, element: &Record, all: &[Record]) -> bool {
        let key = &element.key;
        !self.never
            && self.tag.is_none_or(|it| key.tag == it)
            && self.id.is_none_or(|it| key.id == it)
            && self.tests & !key.tests == 0
            && self.places & !key.places == 0
            && (!self.root || element.parent.is_none())
            && self.classes.iter().all(|it| key.classes.contains(it))
            && self.any_of.iter().all(|list| list.iter().any(|it| it.selects(element, all)))
            && !self.none_of.iter().flatten().any(|it| it.selects(element, all))
    }
}
