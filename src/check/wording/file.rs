//! The rule file as it is written: read with an error for each mistake, and laid over Galen's own.

use std::cell::RefCell;

use crate::check::wording::codes::{UNKNOWN_KEY, VALUE};
use crate::diag::{Diagnostic, Diagnostics, SourceId, Span};
use crate::text::slug;
use crate::yaml::table::Codes;
use crate::yaml::{self, Limits, Table};

/// The rules that come with Galen.
pub(crate) const OWN: &str = include_str!("claims.yml");

/// The words of a rule's phrases under one key, each with its place.
pub(crate) type Phrases = Vec<(String, Span)>;

/// Where a phrase of a rule is looked for, or what it does.
pub(crate) const LISTS: [&str; 8] = [
    "phrases",
    "in_headings",
    "in_alt",
    "except",
    "unless",
    "lacks",
    "lacks_headings",
    "contradicts",
];

/// The same keys where a site adds to what a rule has.
const MORE: [&str; 8] = [
    "more_phrases",
    "more_in_headings",
    "more_in_alt",
    "more_except",
    "more_unless",
    "more_lacks",
    "more_lacks_headings",
    "more_contradicts",
];

/// A rule as it is written; what is not there is taken from the rule of the same name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    pub(crate) name: String,
    pub(crate) is_own: bool,
    pub(crate) message: Option<String>,
    pub(crate) help: Option<String>,
    pub(crate) basis: Option<String>,
    pub(crate) link: Option<String>,
    pub(crate) dated: Option<String>,
    pub(crate) severity: Option<&'static str>,
    pub(crate) questions: Option<bool>,
    pub(crate) negated: Option<bool>,
    pub(crate) once: Option<bool>,
    pub(crate) pages: Option<Vec<String>>,
    pub(crate) collections: Option<Vec<String>>,
    pub(crate) not_collections: Option<Vec<String>>,
    /// By the order of [`LISTS`].
    pub(crate) lists: [Option<Phrases>; 8],
    more: [Phrases; 8],
}

/// A word of doctors, and plain words for it.
#[derive(Clone, Debug)]
pub(crate) struct Term {
    pub(crate) term: String,
    pub(crate) plain: String,
    pub(crate) span: Span,
}

/// How hard a text may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Reading {
    /// The SMOG score from which a page is reported.
    pub(crate) warn: f64,
    /// The score from which that is an error.
    pub(crate) error: f64,
    /// The most words of a sentence.
    pub(crate) longest: usize,
    /// The most words of a sentence where many are long.
    pub(crate) long: usize,
}

/// A whole rule file.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) rules: Vec<Draft>,
    pub(crate) terms: Vec<Term>,
    pub(crate) topic_words: Vec<String>,
    pub(crate) reading: Reading,
}

impl File {
    /// Reads Galen's own rules.
    pub(crate) fn own() -> Self {
        let nothing = Reading { warn: 12.0, error: f64::MAX, longest: 40, long: 25 };
        let mut file = Self {
            rules: Vec::new(),
            terms: Vec::new(),
            topic_words: Vec::new(),
            reading: nothing,
        };
        let mut none = Diagnostics::new();
        file.add(&SourceId::new("claims.yml"), OWN, true, &mut none);
        debug_assert!(none.is_empty(), "{none:?}");
        file
    }

    /// Lays a site's rules over these.
    pub(crate) fn add(
        &mut self,
        source: &SourceId,
        text: &str,
        is_own: bool,
        diagnostics: &mut Diagnostics,
    ) {
        let Some(document) = yaml::parse(source, text, 0, Limits::FILE, diagnostics) else {
            return;
        };
        let found = RefCell::new(Diagnostics::new());
        let codes = Codes { unknown: UNKNOWN_KEY, value: VALUE };
        let table = Table::root(&document, "the file of rules", codes, &found);
        self.reading(&table);
        self.topic_words.extend(table.texts("topic_words").unwrap_or_default());
        let known = table.texts("known").unwrap_or_default();
        self.terms.retain(|it| !known.iter().any(|known| known.eq_ignore_ascii_case(&it.term)));
        for item in table.tables("jargon", "a term") {
            if let (Some(term), Some(plain)) = (item.required("term"), item.required("plain")) {
                self.terms.retain(|it| it.term != term);
                // Nothing is ever wrong with Galen's own, and to find places is another reading.
                let span = if is_own { Span::file(source) } else { item.value_span("term") };
                self.terms.push(Term { term, plain, span });
            }
            item.finish();
        }
        for item in table.tables("rules", "a rule") {
            if let Some(draft) = draft(&item, is_own) {
                self.rule(draft, &item);
            }
            item.finish();
        }
        table.finish();
        diagnostics.extend(found.into_inner());
    }

    fn reading(&mut self, table: &Table) {
        let Some(table) = table.table("reading", "`reading`") else { return };
        let reading = &mut self.reading;
        let score = |key| table.number(key).filter(|it| *it > 0.0);
        reading.warn = score("warn").unwrap_or(reading.warn);
        reading.error = score("error").unwrap_or(reading.error);
        let words = |key| table.integer(key).and_then(|it| usize::try_from(it).ok());
        reading.longest = words("longest").unwrap_or(reading.longest).max(5);
        reading.long = words("long").unwrap_or(reading.long).max(5);
        table.finish();
    }

    fn rule(&mut self, draft: Draft, table: &Table) {
        match self.rules.iter_mut().find(|it| it.name == draft.name) {
            Some(rule) => rule.over(draft),
            None => {
                let looks = |at: usize| draft.lists[at].is_some() || !draft.more[at].is_empty();
                if !(0..3).chain(5..7).any(looks) {
                    let message = format!("the rule `{}` looks for nothing", draft.name);
                    let help = "add `phrases` with the words that it is about";
                    let span = table.value_span("name");
                    table.report(Diagnostic::error(VALUE, message).at(span).help(help));
                } else if draft.message.is_none() {
                    drop(table.required("message"));
                } else {
                    let mut rule = Draft { name: draft.name.clone(), ..Draft::default() };
                    rule.over(draft);
                    self.rules.push(rule);
                }
            }
        }
    }
}

impl Draft {
    /// Takes what another says of the same rule.
    fn over(&mut self, new: Self) {
        self.is_own |= new.is_own;
        self.message = new.message.or(self.message.take());
        self.help = new.help.or(self.help.take());
        self.basis = new.basis.or(self.basis.take());
        self.link = new.link.or(self.link.take());
        self.dated = new.dated.or(self.dated.take());
        self.severity = new.severity.or(self.severity);
        self.questions = new.questions.or(self.questions);
        self.negated = new.negated.or(self.negated);
        self.once = new.once.or(self.once);
        self.pages = new.pages.or(self.pages.take());
        self.collections = new.collections.or(self.collections.take());
        self.not_collections = new.not_collections.or(self.not_collections.take());
        for (at, (list, more)) in new.lists.into_iter().zip(new.more).enumerate() {
            let mut all = list.or(self.lists[at].take()).unwrap_or_default();
            all.extend(more);
            self.lists[at] = (!all.is_empty()).then_some(all);
        }
    }
}

fn draft(table: &Table, is_own: bool) -> Option<Draft> {
    let name = table.required("name");
    let named = name.as_deref().is_none_or(slug::is_slug);
    if !named {
        let message = "the name of a rule is small letters, digits and hyphens";
        table.refuse("name", message, "for example `before-after`");
    }
    let mut draft = Draft {
        name: name.clone().unwrap_or_default(),
        is_own,
        message: table.text("message"),
        help: table.text("help"),
        basis: table.text("basis"),
        link: table.text("link"),
        dated: table.text("dated"),
        severity: table.choice("severity", &["error", "warning", "off"]),
        questions: table.bool("questions"),
        negated: table.bool("negated"),
        once: table.bool("once"),
        ..Draft::default()
    };
    for (at, (key, more)) in LISTS.into_iter().zip(MORE).enumerate() {
        draft.lists[at] = table.texts(key).map(|texts| placed(table, key, texts));
        draft.more[at] = placed(table, more, table.texts(more).unwrap_or_default());
    }
    if let Some(place) = table.table("where", "`where`") {
        draft.pages = place.texts("pages");
        let known = ["home", "list", "entry", "prices", "other"];
        let pages = draft.pages.iter().flatten();
        if let Some(unknown) = pages.into_iter().find(|it| !known.contains(&it.as_str())) {
            let message = format!("there is no kind of page `{unknown}`");
            place.refuse("pages", message, "it is `home`, `list`, `entry`, `prices` or `other`");
        }
        draft.collections = place.texts("collections");
        draft.not_collections = place.texts("not_collections");
        place.finish();
    }
    name.filter(|name| named && !name.is_empty()).map(|_| draft)
}

fn placed(table: &Table, key: &str, texts: Vec<String>) -> Phrases {
    let span = |at| table.item_span(key, at);
    texts.into_iter().enumerate().map(|(at, text)| (text, span(at))).collect()
}
