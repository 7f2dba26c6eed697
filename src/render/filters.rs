//! The filters that templates have besides Tera's (`docs/themes.md`).

use jiff::fmt::strtime;
use tera::{Kwargs, State, Tera, TeraResult, Value};

use crate::render::functions::known;
use crate::render::{json, scope};
use crate::text::{date, slug, url};
use crate::world::map;

/// The filters that a template may use, Tera's own among them.
pub(crate) const NAMES: [&str; 40] = [
    "abs",
    "capitalize",
    "date",
    "default",
    "escape",
    "first",
    "float",
    "get",
    "group_by",
    "indent",
    "int",
    "join",
    "json",
    "keys",
    "last",
    "length",
    "lower",
    "newlines_to_br",
    "nth",
    "pairs",
    "pluralize",
    "replace",
    "reverse",
    "round",
    "safe",
    "safe_url",
    "slug",
    "sort",
    "split",
    "str",
    "tel",
    "title",
    "trim",
    "trim_end",
    "trim_start",
    "truncate",
    "unique",
    "upper",
    "values",
    "wordcount",
];

/// Teaches an engine the filters.
pub(crate) fn register(tera: &mut Tera) {
    tera.register_filter("date", word_date);
    tera.register_filter("group_by", group_by);
    tera.register_filter("safe_url", safe_url);
    tera.register_filter("json", json);
    tera.register_filter("tel", tel);
    tera.register_filter("slug", to_slug);
}

/// Words a date or a moment in the site's time zone.
fn word_date(value: &Value, args: Kwargs, _: &State) -> TeraResult<String> {
    known(&args, &["format"])?;
    let format = args.get::<&str>("format")?.unwrap_or("%-d %B %Y");
    let refuse = |what: &str| {
        Err(tera::Error::message(format!("`date` needs a date or a moment, and was given {what}")))
    };
    let Some(text) = value.as_str() else {
        return refuse(if value.is_none() { "`null`" } else { "something else" });
    };
    if !format.contains('%') {
        let message =
            format!("`{format}` has no place for a date: write it as in `%d/%m/%Y` or `%-d %B %Y`");
        return Err(tera::Error::message(message));
    }
    let zone = scope::current()?.world.config().zone.clone();
    let worded = match (date::date(text), date::moment(text, &zone)) {
        (Some(day), _) => strtime::format(format, day),
        (None, Some(moment)) => strtime::format(format, &moment.to_zoned(zone)),
        (None, None) => return refuse(&format!("`{text}`")),
    };
    worded.map_err(|error| tera::Error::message(format!("`{format}` cannot be used: {error}")))
}

/// Groups items by an attribute, in the order in which its values first appear.
fn group_by(items: &[Value], args: Kwargs, _: &State) -> TeraResult<Value> {
    known(&args, &["attribute"])?;
    let attribute = args.must_get::<&str>("attribute")?;
    let mut groups: Vec<(Value, Vec<Value>)> = Vec::new();
    for item in items {
        let Some(key) = item.get_from_path(attribute) else {
            let message = format!("an item has no attribute `{attribute}` to group by");
            return Err(tera::Error::message(message));
        };
        match groups.iter_mut().find(|(known, _)| known == key) {
            Some((_, group)) => group.push(item.clone()),
            None => groups.push((key.clone(), vec![item.clone()])),
        }
    }
    let one = |(key, items): (Value, Vec<Value>)| map([("key", key), ("items", items.into())]);
    Ok(groups.into_iter().map(one).collect::<Vec<_>>().into())
}

/// Lets an address pass whose scheme is harmless.
fn safe_url(address: &str, args: Kwargs, _: &State) -> TeraResult<String> {
    known(&args, &[])?;
    match url::is_safe(address) {
        true => Ok(address.to_owned()),
        false => Err(tera::Error::message(format!("`{address}` is not a safe address"))),
    }
}

/// Makes a telephone number an address (RFC 3966): the zero before the area becomes the
/// country's code.
fn tel(number: &str, args: Kwargs, _: &State) -> TeraResult<String> {
    known(&args, &["country"])?;
    let country = args.get::<&str>("country")?.unwrap_or("+44");
    let number = number.replace("(0)", "");
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() {
        return Err(tera::Error::message(format!("`{number}` is not a telephone number")));
    }
    let whole = match (number.trim_start().starts_with('+'), digits.strip_prefix("00")) {
        (true, _) => format!("+{digits}"),
        (_, Some(rest)) => format!("+{rest}"),
        _ => match digits.strip_prefix('0') {
            Some(rest) => format!("{country}{rest}"),
            // A short number such as 111 has no country.
            None => digits,
        },
    };
    Ok(format!("tel:{whole}"))
}

/// Writes a value as JSON that can stand in a script.
fn json(value: &Value, args: Kwargs, _: &State) -> TeraResult<Value> {
    known(&args, &[])?;
    Ok(Value::safe_string(&json::json_in_html(value)))
}

fn to_slug(text: &str, args: Kwargs, _: &State) -> TeraResult<String> {
    known(&args, &[])?;
    Ok(slug::slug(text))
}
