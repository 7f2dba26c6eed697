//! Whether questions and answers are what a reader sees.

use std::cell::{Cell, OnceCell};

use memchr::memmem;

use crate::check::Finding;
use crate::check::structured::errors;
use crate::check::structured::json::{self, Json, Value, short};
use crate::html;
use crate::text::spaced;

/// How many bytes of a text are looked for first, and in how many places.
const BEGINNING: usize = 24;
const PLACES: usize = 16;

/// Compares the questions and answers of a JSON-LD text with what a reader of its page sees;
/// places are bytes of the JSON-LD.
pub fn faq_text(json: &str, visible: &str) -> Vec<Finding> {
    match json::parse(json) {
        Ok(read) => look(&read, &Visible::new(visible.to_owned())),
        Err(_) => Vec::new(),
    }
}

/// What a reader sees of a page.
pub(super) struct Visible {
    text: String,
    squeezed: OnceCell<String>,
    /// Where the last text that was found ends: the next mostly stands behind it.
    behind: Cell<usize>,
}

impl Visible {
    pub(super) fn new(text: String) -> Self {
        Self { text, squeezed: OnceCell::new(), behind: Cell::new(0) }
    }

    /// Tells whether a text stands in it as it is written.
    fn has(&self, told: &str) -> bool {
        let (text, told) = (self.text.as_bytes(), told.as_bytes());
        let behind = self.behind.get();
        let found = find(&text[behind..], told).map(|at| behind + at);
        let found = found.or_else(|| if behind > 0 { find(text, told) } else { None });
        self.behind.set(found.map_or(behind, |at| at + told.len()));
        found.is_some()
    }

    fn squeezed(&self) -> &str {
        self.squeezed.get_or_init(|| squeezed(&self.text))
    }
}

/// Finds a text in another. To prepare for a long one costs more than to look for its beginning,
/// unless that stands in many places.
fn find(text: &[u8], told: &[u8]) -> Option<usize> {
    let start = &told[..told.len().min(BEGINNING)];
    let mut places = memmem::find_iter(text, start);
    let first = places.by_ref().take(PLACES).find(|at| text[*at..].starts_with(told));
    first.or_else(|| {
        let rest = places.next()?;
        memmem::find(&text[rest..], told).map(|at| rest + at)
    })
}

/// The same of JSON-LD that is read.
pub(super) fn look(read: &Json, visible: &Visible) -> Vec<Finding> {
    let mut found = Vec::new();
    each(read, &mut |page| {
        let asked = page.get("mainEntity").map(Json::items).unwrap_or_default();
        for question in asked {
            if let Some(name) = question.get("name") {
                found.extend(compare(name, visible, "question"));
            }
            let answers = question.get("acceptedAnswer").map(Json::items).unwrap_or_default();
            for text in answers.iter().filter_map(|answer| answer.get("text")) {
                found.extend(compare(text, visible, "answer"));
            }
        }
    });
    found
}

/// Calls for each page of questions.
fn each(json: &Json, call: &mut impl FnMut(&Json)) {
    match &json.value {
        Value::List(items) => items.iter().for_each(|item| each(item, call)),
        Value::Object(members) => {
            let types = json.get("@type").map(Json::items).unwrap_or_default();
            if types.iter().filter_map(Json::text).any(|it| short(it) == "FAQPage") {
                call(json);
            }
            members.iter().for_each(|member| each(&member.value, call));
        }
        _ => (),
    }
}

fn compare(text: &Json, visible: &Visible, what: &str) -> Option<Finding> {
    let told = text.text()?;
    // Most stand on the page as they are written.
    if !told.contains('<') && visible.has(told) {
        return None;
    }
    // An answer may have marks in it.
    let told = if told.contains('<') { html::visible(told) } else { told.to_owned() };
    let told = spaced(&told);
    let squeezed = squeezed(&told);
    (!squeezed.is_empty() && !visible.squeezed().contains(&squeezed))
        .then(|| errors::faq_text(text, what, &told, visible.squeezed()))
}

/// A text without its spaces, which say nothing of what is read: blocks are joined in many ways.
pub(super) fn squeezed(text: &str) -> String {
    text.chars().filter(|char| !char.is_whitespace() && *char != '\u{ad}').collect()
}
