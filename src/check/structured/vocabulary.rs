//! The vocabulary of schema.org: types, their properties, what the values of these may be.

use std::sync::OnceLock;

use crate::check::style::names::Map;

/// A type or a member of an enumeration, by number.
pub(crate) type Term = u16;

/// The vocabulary, read once.
pub(crate) struct Vocabulary {
    names: Vec<&'static str>,
    by_name: Map<&'static str, Term>,
    /// For each type all that it is a kind of, with itself, sorted.
    kinds: Vec<Vec<Term>>,
    /// Whether a term is a member of an enumeration, not a type.
    members: Vec<bool>,
    properties: Map<&'static str, Property>,
}

/// A property.
#[derive(Debug)]
pub(crate) struct Property {
    /// The types that have it.
    pub(crate) of: Vec<Term>,
    /// The types of its values.
    pub(crate) values: Vec<Term>,
    /// What texts may be values.
    pub(crate) takes: Takes,
}

/// Which values without properties of their own fit.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Takes {
    pub(crate) text: bool,
    pub(crate) url: bool,
    pub(crate) date: bool,
    pub(crate) moment: bool,
    pub(crate) time: bool,
    pub(crate) duration: bool,
    pub(crate) number: bool,
    pub(crate) boolean: bool,
    /// Whether members of an enumeration may be values.
    pub(crate) members: bool,
}

impl Vocabulary {
    /// Gives the vocabulary.
    pub(crate) fn get() -> &'static Self {
        static READ: OnceLock<Vocabulary> = OnceLock::new();
        READ.get_or_init(|| read(include_str!("schema-org.txt")))
    }

    /// Finds a type.
    pub(crate) fn class(&self, name: &str) -> Option<Term> {
        self.by_name.get(name).copied().filter(|term| !self.members[usize::from(*term)])
    }

    /// Finds a member of an enumeration.
    pub(crate) fn member(&self, name: &str) -> Option<Term> {
        self.by_name.get(name).copied().filter(|term| self.members[usize::from(*term)])
    }

    pub(crate) fn name(&self, term: Term) -> &'static str {
        self.names[usize::from(term)]
    }

    /// Tells whether a type is a kind of another, or it itself.
    pub(crate) fn is(&self, term: Term, other: Term) -> bool {
        self.kinds[usize::from(term)].binary_search(&other).is_ok()
    }

    /// Tells whether a type is a kind of another, or it itself.
    pub(crate) fn is_a(&self, term: Term, name: &str) -> bool {
        self.by_name.get(name).is_some_and(|other| self.is(term, *other))
    }

    pub(crate) fn property(&self, name: &str) -> Option<&Property> {
        self.properties.get(name)
    }

    /// The names of all types.
    pub(crate) fn types(&self) -> impl Iterator<Item = &'static str> {
        self.names.iter().zip(&self.members).filter(|(_, member)| !**member).map(|(name, _)| *name)
    }

    /// The names of the properties that one of some types has, sorted.
    pub(crate) fn properties_of(&self, types: &[Term]) -> Vec<&'static str> {
        let fits = |property: &Property| {
            property.of.iter().any(|of| types.iter().any(|term| self.is(*term, *of)))
        };
        let all = self.properties.iter().filter(|(_, property)| fits(property));
        let mut names: Vec<&'static str> = all.map(|(name, _)| *name).collect();
        names.sort_unstable();
        names
    }

    /// The names of the members of the enumerations among some types, sorted.
    pub(crate) fn members_of(&self, types: &[Term]) -> Vec<&'static str> {
        let number = |at: usize| Term::try_from(at).unwrap_or(Term::MAX);
        let fits =
            |at: &usize| self.members[*at] && types.iter().any(|term| self.is(number(*at), *term));
        let mut names: Vec<&'static str> =
            (0..self.names.len()).filter(fits).map(|at| self.names[at]).collect();
        names.sort_unstable();
        names
    }
}

fn read(text: &'static str) -> Vocabulary {
    let lines: Vec<[&str; 4]> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let mut parts = line.split(' ');
            std::array::from_fn(|_| parts.next().unwrap_or_default())
        })
        .collect();
    let terms = || lines.iter().filter(|line| line[0] != "P");
    let names: Vec<&'static str> = terms().map(|line| line[1]).collect();
    let number = |at: usize| Term::try_from(at).unwrap_or(Term::MAX);
    let by_name: Map<_, _> =
        names.iter().enumerate().map(|(at, name)| (*name, number(at))).collect();
    let listed = |list: &str| -> Vec<Term> {
        list.split(',').filter_map(|name| by_name.get(name).copied()).collect()
    };
    let above: Vec<Vec<Term>> = terms().map(|line| listed(line[2])).collect();
    let kinds = (0..names.len()).map(|at| ancestors(number(at), &above)).collect();
    let members = terms().map(|line| line[0] == "M").collect();
    let mut read = Vocabulary { names, by_name, kinds, members, properties: Map::default() };
    for line in lines.iter().filter(|line| line[0] == "P") {
        let list = |list: &str| -> Vec<Term> {
            list.split(',').filter_map(|name| read.by_name.get(name).copied()).collect()
        };
        let (of, values) = (list(line[2]), list(line[3]));
        let takes = read.takes(&values);
        read.properties.insert(line[1], Property { of, values, takes });
    }
    read
}

impl Vocabulary {
    fn takes(&self, values: &[Term]) -> Takes {
        let mut takes = Takes::default();
        for term in values {
            match self.name(*term) {
                "Text" => takes.text = true,
                "URL" => takes.url = true,
                "Date" => takes.date = true,
                "DateTime" => takes.moment = true,
                "Time" => takes.time = true,
                "Duration" => takes.duration = true,
                "Number" | "Integer" | "Float" => takes.number = true,
                "Boolean" => takes.boolean = true,
                _ if self.is_a(*term, "Text") => takes.text = true,
                // Written as `5 kg`, or as text that says what it is.
                _ if self.is_a(*term, "Quantity") => takes.text = true,
                _ => takes.members |= self.is_a(*term, "Enumeration"),
            }
        }
        takes
    }
}

/// All that a type is a kind of, with itself, sorted.
fn ancestors(term: Term, above: &[Vec<Term>]) -> Vec<Term> {
    let mut found = vec![term];
    let mut next = 0;
    while let Some(term) = found.get(next).copied() {
        next += 1;
        for other in &above[usize::from(term)] {
            if !found.contains(other) {
                found.push(*other);
            }
        }
    }
    found.sort_unstable();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_know_what_they_are() {
        let all = Vocabulary::get();
        let class = |name| all.class(name).unwrap();
        assert!(all.is_a(class("MedicalClinic"), "LocalBusiness"));
        assert!(all.is_a(class("Physician"), "Organization"));
        assert!(!all.is_a(class("Physician"), "Person"));
        assert_eq!(all.class("CosmeticProcedure"), None);
        assert!(all.is_a(all.member("PlasticSurgery").unwrap(), "MedicalSpecialty"));
        assert_eq!(all.class("Monday"), None);
        let reviewed = all.property("lastReviewed").unwrap();
        assert!(reviewed.of == [class("WebPage")] && reviewed.takes.date && !reviewed.takes.text);
        assert_eq!(all.types().count(), 937);
        assert!(all.properties_of(&[class("FAQPage")]).contains(&"mainEntity"));
    }
}
