//! What pages say to search engines, against the vocabulary of schema.org and what is asked there.
//!
//! [`check`] reads the JSON-LD of a page, whoever made it. `nodes` follows its nodes by their types
//! and properties, `values` judges single values, `needs` what a thing must have to be shown;
//! [`faq_text`] compares questions and answers with what a reader sees.

mod errors;
mod faq;
mod json;
mod needs;
mod nodes;
#[cfg(test)]
mod tests;
mod values;
mod vocabulary;

use std::cell::OnceCell;
use std::collections::HashMap;

use crate::check::Finding;
use crate::diag::Code;

pub use faq::faq_text;

use faq::Visible;
use json::Json;
use nodes::Checker;
use vocabulary::Vocabulary;

/// Structured data that is not JSON.
pub const JSON: Code = Code::new("data/json");
/// A type that schema.org does not have.
pub const TYPE: Code = Code::new("data/type");
/// A property that a type does not have.
pub const PROPERTY: Code = Code::new("data/property");
/// A value that does not fit its property.
pub const VALUE: Code = Code::new("data/value");
/// Something without which search engines leave a thing out.
pub const MISSING: Code = Code::new("data/missing");
/// The id of something that is not there.
pub const REFERENCE: Code = Code::new("data/reference");
/// A question or an answer that the page does not show.
pub const FAQ_TEXT: Code = Code::new("data/faq-text");

/// Checks one JSON-LD text; places are its bytes.
pub fn check(json: &str) -> Vec<Finding> {
    check_all(&[json]).pop().unwrap_or_default()
}

/// Checks all JSON-LD texts of one page, which may name each other's things; gives what is found
/// in each, in order.
pub fn check_all(texts: &[&str]) -> Vec<Vec<Finding>> {
    judge(texts, |_, _| Vec::new())
}

/// The same, and compares questions and answers with what a reader of the page sees, which is asked
/// for where there are any.
pub fn page(texts: &[&str], visible: impl Fn() -> String) -> Vec<Vec<Finding>> {
    let seen = OnceCell::new();
    judge(texts, |text, json| match text.contains("FAQPage") {
        true => faq::look(json, seen.get_or_init(|| Visible::new(visible()))),
        false => Vec::new(),
    })
}

/// Checks texts, and asks for what else is found in those that can be read.
fn judge(texts: &[&str], more: impl Fn(&str, &Json) -> Vec<Finding>) -> Vec<Vec<Finding>> {
    let read: Vec<Result<Json, json::Wrong>> = texts.iter().map(|text| json::parse(text)).collect();
    let mut known = HashMap::new();
    for json in read.iter().flatten() {
        nodes::define(json, &mut known);
    }
    let all = Vocabulary::get();
    read.iter()
        .zip(texts)
        .map(|(read, text)| match read {
            Err(wrong) => vec![errors::json(text, wrong)],
            Ok(json) => {
                let mut checker = Checker { all, known: &known, found: Vec::new() };
                checker.document(json);
                checker.found.extend(more(text, json));
                checker.found
            }
        })
        .collect()
}
