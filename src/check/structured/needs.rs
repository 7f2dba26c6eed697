//! What search engines ask of a thing before they show it: Google's documentation of structured
//! data, as of 2026.

use crate::check::structured::errors;
use crate::check::structured::json::{Json, Value};
use crate::check::structured::nodes::{Checker, Stand};
use crate::check::structured::vocabulary::Term;

/// Says what a node lacks.
pub(crate) fn check(checker: &mut Checker, node: &Json, types: &[Term], stand: Stand) {
    let is = |name: &str| types.iter().any(|term| checker.all.is_a(*term, name));
    let name = types.first().map_or("", |term| checker.all.name(*term));
    let short = stand == Stand::Inner && node.get("@id").is_some();
    let mut missing: Vec<&'static str> = Vec::new();
    let mut ask = |keys: &[&'static str]| {
        missing.extend(keys.iter().filter(|key| !has(node, key)));
    };
    if is("LocalBusiness") && !short {
        ask(&["name", "address"]);
    } else if is("Organization") || is("Person") {
        ask(&["name"]);
    }
    if is("FAQPage") {
        ask(&["mainEntity"]);
    }
    if is("Question") {
        ask(&["name"]);
    }
    if is("Answer") {
        ask(&["text"]);
    }
    if is("Article") && !short {
        ask(&["headline", "author", "datePublished"]);
    }
    if is("Event") && !short {
        ask(&["name", "startDate", "location"]);
    }
    if is("VideoObject") && !short {
        ask(&["name", "thumbnailUrl", "uploadDate"]);
    }
    if is("ProfilePage") && !short {
        ask(&["mainEntity"]);
    }
    if is("GeoCoordinates") {
        ask(&["latitude", "longitude"]);
    }
    if !missing.is_empty() {
        checker.found.push(errors::missing(name, node, &missing));
    }
    if is("BreadcrumbList") {
        breadcrumb(checker, node);
    }
    if is("FAQPage") {
        questions(checker, node);
    }
    if is("LocalBusiness")
        && let Some(range) = node.get("priceRange")
        && range.text().is_some_and(|text| text.chars().count() >= 100)
    {
        checker.found.push(errors::price_range(range));
    }
}

/// Tells whether a node has a property with a value.
fn has(node: &Json, key: &str) -> bool {
    node.get(key).is_some_and(|value| match &value.value {
        Value::Null => false,
        // Of an empty text more is said where values are judged.
        Value::List(items) => !items.is_empty(),
        _ => true,
    })
}

fn breadcrumb(checker: &mut Checker, list: &Json) {
    let items = list.get("itemListElement").map(Json::items).unwrap_or_default();
    if items.len() < 2 {
        checker.found.push(errors::short_breadcrumb(list, items.len()));
    }
    for (at, item) in items.iter().enumerate() {
        let inner = item.get("item");
        let named = has(item, "name") || inner.is_some_and(|inner| has(inner, "name"));
        let mut missing = Vec::new();
        missing.extend((!has(item, "position")).then_some("position"));
        missing.extend((!named).then_some("name"));
        // The last step is the page itself.
        missing.extend((inner.is_none() && at + 1 < items.len()).then_some("item"));
        if !missing.is_empty() {
            checker.found.push(errors::missing("ListItem", item, &missing));
        }
    }
}

fn questions(checker: &mut Checker, page: &Json) {
    let asked = page.get("mainEntity").map(Json::items).unwrap_or_default();
    let is_question = |node: &&Json| {
        let types = node.get("@type").map(Json::items).unwrap_or_default();
        types.iter().any(|it| it.text() == Some("Question"))
    };
    for question in asked.iter().filter(is_question) {
        if !has(question, "acceptedAnswer") {
            checker.found.push(errors::missing("Question", question, &["acceptedAnswer"]));
        }
    }
    if !asked.is_empty() && asked.iter().filter(is_question).count() == 0 {
        checker.found.push(errors::no_questions(page));
    }
}
