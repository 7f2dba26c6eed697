//! Questions in words, for those who want to know why a page was made.

use std::fmt;

use crate::world::{Question, Selection};

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entries(selection) => write!(f, "{selection}"),
            Self::Entry(id) => write!(f, "what others may know of `{id}`"),
            Self::Related(id, limit) => write!(f, "the {limit} entries nearest to `{id}`"),
            Self::Data(name) => write!(f, "the settings `{name}`"),
            Self::Form(name) => write!(f, "the form `{name}`"),
            Self::Asset(path) => write!(f, "the address of the asset `{path}`"),
            Self::Image(address) => write!(f, "the picture `{address}`"),
            Self::ThemeImage(path) => write!(f, "the theme's picture `{path}`"),
            Self::Address(address) => write!(f, "the page `{address}`"),
            Self::List(collection) => write!(f, "the address of the list of `{collection}`"),
            Self::Page(id) => write!(f, "the address of `{id}`"),
            Self::Feeds => f.write_str("the list of feeds"),
            Self::Terms(collection, field) => {
                write!(f, "the terms of `{field}` in `{collection}`")
            }
            Self::Neighbours(id, ..) => write!(f, "the entries before and after `{id}`"),
            Self::File { from, path } => write!(f, "the file `{path}`, seen from `{from}`"),
            Self::Own(id) => write!(f, "`{id}` itself"),
            Self::Route(file) => write!(f, "the plan for `{file}`"),
            Self::Template(name) => write!(f, "the template `{name}` or one that it uses"),
            Self::Component(name) => write!(f, "the component `{name}` or one that it uses"),
            Self::Newest(collection) => write!(f, "the newest entries of `{collection}`"),
            Self::Title(path) => write!(f, "the title of `{path}`"),
            Self::Document(id) => write!(f, "the address of `{id}` in the JSON API"),
        }
    }
}

impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the entries of `{}`", self.collection)?;
        for (name, value) in &self.filter {
            write!(f, " with `{name}` = `{value}`")?;
        }
        if let Some(sort) = &self.sort {
            write!(f, " by `{sort}`")?;
        }
        match self.limit {
            Some(limit) => write!(f, " (at most {limit})"),
            None => Ok(()),
        }
    }
}
