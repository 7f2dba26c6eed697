//! The values with a shape of their own: UUIDs, colours, places on the map.
//!
//! Each expression is one of ECMAScript too, so that the schema for other tools can say the same.

use std::sync::Arc;

use regex::Regex;

use crate::content::schema::{Shape, Widget};
use crate::content::value::{Object, Value};

/// Gives the regular expression of a widget's text; `None` for a widget without one.
pub(crate) fn expression(widget: &Widget) -> Option<String> {
    Some(match widget {
        Widget::Uuid { prefix, base32 } => {
            let uuid = match base32 {
                true => "[a-z2-7]{26}",
                false => "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
            };
            format!("^{}{uuid}$", literal(prefix))
        }
        Widget::Color { alpha, named } => {
            let mut forms = vec!["#(?:[0-9a-fA-F]{3}){1,2}"];
            if *alpha {
                // Decap writes a translucent colour as rgba(), Sveltia with two digits more.
                forms.push("#(?:[0-9a-fA-F]{4}){1,2}");
                forms.push("rgba\\((?:[0-9]{1,3}, ?){3}(?:0|1|0?\\.[0-9]{1,4})\\)");
            }
            if *named {
                forms.push("[a-zA-Z]+");
            }
            format!("^(?:{})$", forms.join("|"))
        }
        _ => return None,
    })
}

/// Tells whether a text has the shape that its widget asks for.
pub(crate) fn fits(widget: &Widget, text: &str) -> bool {
    let shape = expression(widget).and_then(|it| Regex::new(&it).ok());
    shape.is_none_or(|shape| shape.is_match(text))
}

/// Reads a place: GeoJSON of one geometry (RFC 7946), as templates see it; `None` for a text that
/// is not one.
pub(crate) fn place(text: &str, shape: Shape) -> Option<Value> {
    let json: serde_json::Value = serde_json::from_str(text).ok()?;
    let (name, depth) = match shape {
        Shape::Point => ("Point", 0),
        Shape::Line => ("LineString", 1),
        Shape::Polygon => ("Polygon", 2),
    };
    if json.get("type")?.as_str()? != name {
        return None;
    }
    let coordinates = positions(json.get("coordinates")?, depth)?;
    let pairs = [("type", Value::Text(name.into())), ("coordinates", coordinates)];
    let pairs = pairs.into_iter().map(|(key, value)| (Arc::from(key), value));
    Some(Value::Object(Object(pairs.collect())))
}

/// Reads positions in lists inside each other: none for a point, one for a line, two for the
/// rings of a polygon.
fn positions(json: &serde_json::Value, depth: usize) -> Option<Value> {
    let items = json.as_array()?;
    if depth == 0 {
        let numbers: Option<Vec<f64>> = items.iter().map(serde_json::Value::as_f64).collect();
        let numbers = numbers.filter(|it| (2..=3).contains(&it.len()))?;
        let on_earth = numbers[0].abs() <= 180.0 && numbers[1].abs() <= 90.0;
        let numbers = numbers.into_iter().map(Value::Float).collect();
        return on_earth.then_some(Value::List(numbers));
    }
    let inner: Option<Vec<Value>> = items.iter().map(|it| positions(it, depth - 1)).collect();
    let inner = inner?;
    let fine = match depth {
        1 => inner.len() >= 2,
        _ => !inner.is_empty() && inner.iter().all(is_ring),
    };
    fine.then_some(Value::List(inner))
}

fn is_ring(line: &Value) -> bool {
    matches!(line, Value::List(items) if items.len() >= 4 && items.first() == items.last())
}

/// A text as a part of an expression of Rust and of ECMAScript: only their common signs are
/// escaped.
fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        if "^$\\.*+?()[]{}|/".contains(char) {
            out.push('\\');
        }
        out.push(char);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_keeps_its_prefix() {
        let plain = Widget::Uuid { prefix: "a.".to_owned(), base32: false };
        assert!(fits(&plain, "a.7c9e6679-7425-40de-944b-e07fc1f90ae7"));
        assert!(!fits(&plain, "ab7c9e6679-7425-40de-944b-e07fc1f90ae7"));
        let short = Widget::Uuid { prefix: String::new(), base32: true };
        assert!(fits(&short, "pspgm6luevan5fcl4b74d6ik44"));
        assert!(!fits(&short, "pspgm6luevan5fcl4b74d6ik4"));
    }

    #[test]
    fn a_colour_is_no_more_than_a_colour() {
        let colour = |alpha, named| Widget::Color { alpha, named };
        for (text, plain, alpha, named) in [
            ("#0b5d5e", true, true, true),
            ("#fff", true, true, true),
            ("#0b5d5e80", false, true, false),
            ("rgba(1, 2, 3, 0.5)", false, true, false),
            ("teal", false, false, true),
            ("red; x: url(y)", false, false, false),
            ("0b5d5e", false, false, false),
        ] {
            assert_eq!(fits(&colour(false, false), text), plain, "{text}");
            assert_eq!(fits(&colour(true, false), text), alpha, "{text}");
            assert_eq!(fits(&colour(false, true), text), named, "{text}");
        }
    }

    #[test]
    fn a_place_is_on_earth() {
        let point = |text| place(text, Shape::Point).is_some();
        assert!(point(r#"{"type":"Point","coordinates":[-0.14,51.52]}"#));
        assert!(!point(r#"{"type":"Point","coordinates":[51.52,-100]}"#));
        assert!(!point(r#"{"type":"Point","coordinates":[1]}"#));
        assert!(!point("51.5, -0.1"));
        let line = |text| place(text, Shape::Line).is_some();
        assert!(line(r#"{"type":"LineString","coordinates":[[0,0],[1,1]]}"#));
        assert!(!line(r#"{"type":"LineString","coordinates":[[0,0]]}"#));
        let polygon = |text| place(text, Shape::Polygon).is_some();
        assert!(polygon(r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}"#));
        assert!(!polygon(r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1]]]}"#));
        assert!(!polygon(r#"{"type":"Polygon","coordinates":[]}"#));
    }
}
