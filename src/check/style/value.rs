//! Values of properties as text: what `var()` stands for, lengths, colours within.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::check::style::color::Rgba;

/// The custom properties that an element has.
pub(super) type Vars = Arc<BTreeMap<Box<str>, Box<str>>>;

/// The lengths that others are counted in, in pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Units {
    pub(super) em: f32,
    pub(super) rem: f32,
    pub(super) width: f32,
}

/// Puts the values of custom properties in a value. `None` when one is not there.
pub(super) fn filled(value: &str, vars: &Vars, depth: usize) -> Option<String> {
    if depth > 8 {
        return None;
    }
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find("var(") {
        out.push_str(&rest[..at]);
        let inner_at = at + 4;
        let length = closing(&rest[inner_at..])?;
        let inner = &rest[inner_at..inner_at + length];
        let (name, fallback) = match inner.split_once(',') {
            Some((name, fallback)) => (name.trim(), Some(fallback.trim())),
            None => (inner.trim(), None),
        };
        let known = vars.get(name).and_then(|it| filled(it, vars, depth + 1));
        out.push_str(&match known {
            Some(value) => value,
            None => filled(fallback?, vars, depth + 1)?,
        });
        rest = &rest[inner_at + length + 1..];
    }
    out.push_str(rest);
    Some(out)
}

/// Where the bracket that is open at the start is closed.
fn closing(text: &str) -> Option<usize> {
    let mut open = 1;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => open += 1,
            b')' => open -= 1,
            _ => (),
        }
        if open == 0 {
            return Some(at);
        }
    }
    None
}

/// Cuts a value where a character stands outside of brackets and quotes; a space is any space.
pub(super) fn split(value: &str, at: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut open, mut start, mut quote) = (0usize, 0, None);
    for (place, char) in value.char_indices() {
        match (quote, char) {
            (Some(end), _) if char == end => quote = None,
            (Some(_), _) => (),
            (None, '"' | '\'') => quote = Some(char),
            (None, '(') => open += 1,
            (None, ')') => open = open.saturating_sub(1),
            _ if open == 0 && (char == at || at == ' ' && char.is_ascii_whitespace()) => {
                parts.push(&value[start..place]);
                start = place + char.len_utf8();
            }
            _ => (),
        }
    }
    parts.push(&value[start..]);
    parts.into_iter().map(str::trim).filter(|it| !it.is_empty()).collect()
}

/// The arguments of a function such as `calc(…)`.
fn arguments<'a>(value: &'a str, name: &str) -> Option<&'a str> {
    let rest = value.get(..name.len()).filter(|it| it.eq_ignore_ascii_case(name));
    rest.and_then(|_| value[name.len()..].strip_prefix('(')?.strip_suffix(')'))
}

/// Reads a length in pixels; a share is of `whole`.
pub(super) fn length(value: &str, units: Units, whole: f32) -> Option<f32> {
    let value = value.trim();
    let all = |inner: &str| -> Option<Vec<f32>> {
        split(inner, ',').into_iter().map(|it| sum(it, units, whole)).collect()
    };
    if let Some(inner) = arguments(value, "calc") {
        return sum(inner, units, whole);
    }
    if let Some(inner) = arguments(value, "min") {
        return all(inner)?.into_iter().reduce(f32::min);
    }
    if let Some(inner) = arguments(value, "max") {
        return all(inner)?.into_iter().reduce(f32::max);
    }
    if let Some(inner) = arguments(value, "clamp") {
        let [low, middle, high] = all(inner)?[..] else { return None };
        return Some(middle.min(high).max(low));
    }
    if let Some(inner) = value.strip_prefix('(').and_then(|it| it.strip_suffix(')')) {
        return sum(inner, units, whole);
    }
    let number_end = value
        .find(|it: char| !(it.is_ascii_digit() || matches!(it, '.' | '-' | '+')))
        .unwrap_or(value.len());
    let number: f32 = value[..number_end].parse().ok()?;
    let unit = value[number_end..].to_ascii_lowercase();
    Some(match unit.as_str() {
        "" if number == 0.0 => 0.0,
        "px" => number,
        "em" | "lh" => number * units.em,
        "rem" | "rlh" => number * units.rem,
        "ex" | "ch" => number * units.em / 2.0,
        "pt" => number * 4.0 / 3.0,
        "pc" => number * 16.0,
        "in" => number * 96.0,
        "cm" => number * 96.0 / 2.54,
        "mm" => number * 9.6 / 2.54,
        "%" => number / 100.0 * whole,
        "vw" | "svw" | "dvw" | "lvw" | "vi" => number / 100.0 * units.width,
        "vh" | "svh" | "dvh" | "lvh" | "vb" | "vmax" | "vmin" => number / 100.0 * 640.0,
        _ => return None,
    })
}

/// Reads `a + b * 2`, where signs stand between spaces.
fn sum(value: &str, units: Units, whole: f32) -> Option<f32> {
    let parts = split(value, ' ');
    if parts.len() == 1 && !parts[0].contains(['*', '/']) {
        return length(parts[0], units, whole);
    }
    let spaced = value.replace('*', " * ").replace('/', " / ");
    let parts = split(&spaced, ' ');
    let (mut total, mut term, mut sign): (f32, Option<f32>, f32) = (0.0, None, 1.0);
    let mut factor = '*';
    for part in parts {
        match part {
            "+" | "-" => {
                total += sign * term.take()?;
                sign = if part == "+" { 1.0 } else { -1.0 };
                factor = '*';
            }
            "*" => factor = '*',
            "/" => factor = '/',
            _ => {
                let number = part.parse().ok().or_else(|| length(part, units, whole))?;
                term = Some(match (term, factor) {
                    (None, _) => number,
                    (Some(before), '/') => before / number,
                    (Some(before), _) => before * number,
                });
            }
        }
    }
    Some(total + sign * term?)
}

/// What lies behind a box: its colour, those of its gradients, and whether there is a picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Behind {
    pub(super) color: Option<Rgba>,
    pub(super) stops: Vec<Rgba>,
    pub(super) picture: bool,
}

/// Reads a `background`.
pub(super) fn background(value: &str, current: Rgba, dark: bool) -> Behind {
    let mut found = Behind::default();
    for layer in split(value, ',') {
        for part in split(layer, ' ') {
            let name = part.split('(').next().unwrap_or_default().to_ascii_lowercase();
            if name.ends_with("gradient") {
                let inner = part[name.len()..].trim_start_matches('(').trim_end_matches(')');
                let stops = split(inner, ',').into_iter().flat_map(|stop| split(stop, ' '));
                found.stops.extend(stops.filter_map(|it| Rgba::read(it, current, dark)));
            } else if matches!(
                name.as_str(),
                "url"
                    | "image-set"
                    | "-webkit-image-set"
                    | "image"
                    | "cross-fade"
                    | "element"
                    | "paint"
            ) {
                found.picture = true;
            } else if let Some(color) = Rgba::read(part, current, dark) {
                found.color = Some(color);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNITS: Units = Units { em: 20.0, rem: 16.0, width: 1000.0 };

    #[test]
    fn lengths_are_read() {
        let table = [
            ("10px", 10.0),
            ("1.5em", 30.0),
            ("18pt", 24.0),
            ("50%", 10.0),
            ("calc(1rem + 2px * 3)", 22.0),
            ("clamp(1.9rem, 1.3rem + 2.6vw, 3rem)", 46.8),
            ("min(72rem, 100%)", 20.0),
            ("-999em", -19980.0),
            ("0", 0.0),
        ];
        for (text, expected) in table {
            let found = length(text, UNITS, 20.0).unwrap();
            assert!((found - expected).abs() < 0.01, "{text} is {found}");
        }
        assert_eq!(length("auto", UNITS, 20.0), None);
    }

    #[test]
    fn custom_properties_are_put_in() {
        let vars: Vars = Arc::new(BTreeMap::from([
            ("--a".into(), "var(--b, red)".into()),
            ("--loop".into(), "var(--loop)".into()),
        ]));
        assert_eq!(filled("1px var(--a) x", &vars, 0).unwrap(), "1px red x");
        assert_eq!(filled("var(--no, rgb(0, 0, 0))", &vars, 0).unwrap(), "rgb(0, 0, 0)");
        assert_eq!(filled("var(--loop)", &vars, 0), None);
        assert_eq!(filled("var(--no)", &vars, 0), None);
    }

    #[test]
    fn backgrounds_are_read() {
        let read = |text| background(text, Rgba::BLACK, false);
        assert_eq!(read("#fff").color, Some(Rgba::WHITE));
        let mixed =
            read("linear-gradient(to right, #fff 10%, rgb(0 0 0)), url(a.png) no-repeat #000");
        assert_eq!((mixed.stops.len(), mixed.picture, mixed.color), (2, true, Some(Rgba::BLACK)));
        assert_eq!(read("none"), Behind::default());
    }
}
