//! Reads the keys of a settings file one by one, and tells which were not known.
//!
//! [`Table`] is for files whose keys Galen itself defines (`galen.yaml`, `theme.yaml`, the
//! schema). Each `take` reports a value of the wrong type at its place; [`Table::finish`] reports
//! the keys that nobody took, with what was probably meant.

use std::cell::RefCell;
use std::sync::Arc;

use crate::diag::{Code, Diagnostic, Diagnostics, Span};
use crate::text::near;
use crate::yaml::{Document, Mapping, Step, Value};

/// The codes under which one kind of file reports.
#[derive(Clone, Copy, Debug)]
pub struct Codes {
    /// A key that is not known.
    pub unknown: Code,
    /// A value that does not fit its key, or a key that is missing.
    pub value: Code,
}

/// A mapping that is being read.
pub struct Table<'a> {
    document: &'a Document,
    path: Vec<Step>,
    map: &'a Mapping,
    /// What the mapping is, for messages: `a collection`.
    what: String,
    codes: Codes,
    taken: RefCell<Vec<&'static str>>,
    diagnostics: &'a RefCell<Diagnostics>,
}

impl<'a> Table<'a> {
    /// Starts at the top of a document.
    pub fn root(
        document: &'a Document,
        what: &str,
        codes: Codes,
        diagnostics: &'a RefCell<Diagnostics>,
    ) -> Self {
        Self::new(document, Vec::new(), document.root(), what, codes, diagnostics)
    }

    fn new(
        document: &'a Document,
        path: Vec<Step>,
        map: &'a Mapping,
        what: &str,
        codes: Codes,
        diagnostics: &'a RefCell<Diagnostics>,
    ) -> Self {
        let (taken, what) = (RefCell::default(), what.to_owned());
        Self { document, path, map, what, codes, taken, diagnostics }
    }

    /// Gives a value as it is, `None` when the key is absent or empty.
    pub fn value(&self, key: &'static str) -> Option<&'a Value> {
        self.taken.borrow_mut().push(key);
        self.map.get(key).filter(|value| !value.is_null())
    }

    /// Tells whether the key is written, even with nothing behind it.
    pub fn has(&self, key: &'static str) -> bool {
        self.taken.borrow_mut().push(key);
        self.map.contains_key(key)
    }

    /// Gives a text; numbers and words such as `no` are taken as they are written.
    pub fn text(&self, key: &'static str) -> Option<String> {
        match self.value(key)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(_) | Value::Bool(_) => {
                self.document.scalar(&self.step(key)).map(str::to_owned)
            }
            _ => self.wrong(key, "a text"),
        }
    }

    /// Gives a text that must be there.
    pub fn required(&self, key: &'static str) -> Option<String> {
        match self.value(key) {
            Some(_) => self.text(key),
            None => {
                self.report(missing(self.codes.value, key, &self.what, self.span()));
                None
            }
        }
    }

    /// Gives `true` or `false`.
    pub fn bool(&self, key: &'static str) -> Option<bool> {
        match self.value(key)? {
            Value::Bool(value) => Some(*value),
            _ => self.wrong(key, "`true` or `false`"),
        }
    }

    /// Gives a whole number.
    pub fn integer(&self, key: &'static str) -> Option<i64> {
        match self.value(key)? {
            Value::Number(number) if number.as_i64().is_some() => number.as_i64(),
            _ => self.wrong(key, "a whole number"),
        }
    }

    /// Gives any number.
    pub fn number(&self, key: &'static str) -> Option<f64> {
        match self.value(key)? {
            Value::Number(number) => number.as_f64(),
            _ => self.wrong(key, "a number"),
        }
    }

    /// Gives a list of texts; a single text is a list of one.
    pub fn texts(&self, key: &'static str) -> Option<Vec<String>> {
        match self.value(key)? {
            Value::Sequence(items) => {
                let text = |at: usize| {
                    let mut path = self.step(key);
                    path.push(Step::Index(at));
                    self.document.scalar(&path).map(str::to_owned)
                };
                let texts: Option<Vec<String>> = (0..items.len()).map(text).collect();
                texts.or_else(|| self.wrong(key, "a list of texts"))
            }
            Value::Mapping(_) => self.wrong(key, "a list of texts"),
            _ => self.text(key).map(|text| vec![text]),
        }
    }

    /// Gives one of a few words.
    pub fn choice(&self, key: &'static str, choices: &[&'static str]) -> Option<&'static str> {
        let text = self.text(key)?;
        let found = choices.iter().find(|choice| **choice == text);
        if found.is_none() {
            let hint = near::did_you_mean(&text, choices.iter().copied());
            let words = near::any_of(choices.iter().copied());
            let message = format!("`{key}` is {words}, not `{text}`");
            let diagnostic = Diagnostic::error(self.codes.value, message).at(self.value_span(key));
            self.report(match hint {
                Some(hint) => diagnostic.label(hint),
                None => diagnostic,
            });
        }
        found.copied()
    }

    /// Gives a mapping under a key, to be read and finished by itself.
    pub fn table(&self, key: &'static str, what: &str) -> Option<Table<'a>> {
        match self.value(key)? {
            Value::Mapping(map) => {
                let path = self.step(key);
                Some(Self::new(self.document, path, map, what, self.codes, self.diagnostics))
            }
            _ => self.wrong(key, "a group of keys"),
        }
    }

    /// Gives the mappings in a list under a key; items that are none are reported.
    pub fn tables(&self, key: &'static str, what: &str) -> Vec<Table<'a>> {
        let items = match self.value(key) {
            None => return Vec::new(),
            Some(Value::Sequence(items)) => items,
            Some(_) => return self.wrong::<()>(key, "a list").map_or_else(Vec::new, |()| vec![]),
        };
        let mut tables = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let mut path = self.step(key);
            path.push(Step::Index(at));
            match item {
                Value::Mapping(map) => {
                    let diagnostics = self.diagnostics;
                    tables.push(Self::new(self.document, path, map, what, self.codes, diagnostics));
                }
                _ => {
                    let message = format!("{what} is a group of keys");
                    let span = self.document.value_span(&path);
                    self.report(Diagnostic::error(self.codes.value, message).at(span));
                }
            }
        }
        tables
    }

    /// Gives every key with its value, for mappings whose keys the site itself names.
    pub fn entries(&self) -> Vec<(Arc<str>, &'a Value, Option<Table<'a>>)> {
        let mut entries = Vec::new();
        for (key, value) in self.map {
            let Some(name) = key.as_str() else { continue };
            let mut path = self.path.clone();
            path.push(Step::Key(name.into()));
            let table = value.as_mapping().map(|map| {
                Self::new(self.document, path, map, &self.what, self.codes, self.diagnostics)
            });
            entries.push((name.into(), value, table));
        }
        entries
    }

    /// Marks the mapping by the key that leads to it.
    pub fn span(&self) -> Span {
        self.document.key_span(&self.path)
    }

    /// Marks a key; the mapping when the key is absent.
    pub fn key_span(&self, key: &str) -> Span {
        self.document.key_span(&self.step(key))
    }

    /// Marks a key's value; the mapping when the key is absent.
    pub fn value_span(&self, key: &str) -> Span {
        self.document.value_span(&self.step(key))
    }

    /// Marks an item of a list under a key; the value when it is a single one.
    pub fn item_span(&self, key: &str, at: usize) -> Span {
        let mut path = self.step(key);
        if self.map.get(key).is_some_and(Value::is_sequence) {
            path.push(Step::Index(at));
        }
        self.document.value_span(&path)
    }

    /// Reports a problem of this mapping.
    pub fn report(&self, diagnostic: Diagnostic) {
        self.diagnostics.borrow_mut().push(diagnostic);
    }

    /// Reports a value that does not fit, under its key.
    pub fn refuse(&self, key: &str, message: impl Into<String>, help: &str) {
        let diagnostic = Diagnostic::error(self.codes.value, message).at(self.value_span(key));
        self.report(if help.is_empty() { diagnostic } else { diagnostic.help(help) });
    }

    /// Reports the keys that nobody took.
    pub fn finish(self) {
        let taken = self.taken.borrow();
        for key in self.map.keys().filter_map(Value::as_str) {
            if !taken.contains(&key) {
                let span = self.key_span(key);
                self.report(unknown(self.codes.unknown, key, &self.what, &taken, span));
            }
        }
    }

    fn step(&self, key: &str) -> Vec<Step> {
        let mut path = self.path.clone();
        path.push(Step::Key(key.into()));
        path
    }

    fn wrong<T>(&self, key: &'static str, expected: &str) -> Option<T> {
        let message = format!("`{key}` must be {expected}");
        self.report(Diagnostic::error(self.codes.value, message).at(self.value_span(key)));
        None
    }
}

fn missing(code: Code, key: &str, what: &str, span: Span) -> Diagnostic {
    Diagnostic::error(code, format!("{what} needs `{key}`")).at(span)
}

fn unknown(code: Code, key: &str, what: &str, known: &[&str], span: Span) -> Diagnostic {
    let mut known: Vec<&str> = known.to_vec();
    known.sort_unstable();
    known.dedup();
    let diagnostic = Diagnostic::error(code, format!("{what} has no key `{key}`")).at(span);
    match near::did_you_mean(key, known.iter().copied()) {
        Some(hint) => diagnostic.label(hint),
        None => diagnostic.help(format!("it may have {}", near::all_of(known))),
    }
}
