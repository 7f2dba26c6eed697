//! Whether questions and answers are what a reader sees.

use crate::check::Finding;
use crate::check::structured::errors;
use crate::check::structured::json::{self, Json, Value, short};
use crate::html;
use crate::text::spaced;

/// Compares the questions and answers of a JSON-LD text with what a reader of its page sees;
/// places are bytes of the JSON-LD.
pub fn faq_text(json: &str, visible: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    if !json.contains("FAQPage") {
        return found;
    }
    let Ok(read) = json::parse(json) else { return found };
    let visible = squeezed(visible);
    each(&read, &mut |page| {
        let asked = page.get("mainEntity").map(Json::items).unwrap_or_default();
        for question in asked {
            if let Some(name) = question.get("name") {
                found.extend(compare(name, &visible, "question"));
            }
            let answers = question.get("acceptedAnswer").map(Json::items).unwrap_or_default();
            for text in answers.iter().filter_map(|answer| answer.get("text")) {
                found.extend(compare(text, &visible, "answer"));
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

fn compare(text: &Json, visible: &str, what: &str) -> Option<Finding> {
    let told = text.text()?;
    // An answer may have marks in it.
    let told = if told.contains('<') { html::visible(told) } else { told.to_owned() };
    let told = spaced(&told);
    let squeezed = squeezed(&told);
    (!squeezed.is_empty() && !visible.contains(&squeezed))
        .then(|| errors::faq_text(text, what, &told, visible))
}

/// A text without its spaces, which say nothing of what is read: blocks are joined in many ways.
pub(super) fn squeezed(text: &str) -> String {
    text.chars().filter(|char| !char.is_whitespace() && *char != '\u{ad}').collect()
}
