//! What templates see of a form.

use tera::Value;

use crate::config::Config;
use crate::form::contract::{self, PHOTO, PHOTOS};
use crate::form::{Form, plain};
use crate::world::{World, get, map, text};

impl World {
    pub(crate) fn form(&self, form: &Form) -> Value {
        let config = &self.site.config;
        let action = config.forms.action(&form.id.slug, &config.base_path);
        let collection = self.collection(&form.id);
        let fields = collection.map_or(&[][..], |it| it.fields.as_slice());
        let public =
            self.object(fields, &form.fields, &mut |_, text, _| Some(Value::from(&**text)));
        let inputs = get(&public, "inputs").and_then(Value::as_array).unwrap_or_default();
        let inputs: Vec<Value> = inputs.iter().map(|it| pictured(&grouped(it))).collect();
        let photos = inputs.iter().any(|it| text(it, "type") == Some("photo"));
        let enctype = photos.then_some(plain::MULTIPART);
        let own = [
            ("name", Value::from(&*form.id.slug)),
            ("turnstile", turnstile(config, &form.id.slug, action.is_some())),
            ("action", action.into()),
            ("enctype", enctype.into()),
            ("wording_digest", contract::wording_digest(form, &config.language).into()),
            ("inputs", inputs.into()),
        ];
        with(&public, own)
    }
}

/// What Turnstile's widget is told on the page of a form: the public key, the name of the action, and the language; null where
/// the clinic did not ask for it, or nothing can be sent. The action is null where Cloudflare would not take the form's
/// name for one: up to 32 letters, digits, `-` and `_`.
fn turnstile(config: &Config, form: &str, can_be_sent: bool) -> Value {
    let Some(key) = config.forms.turnstile.as_deref().filter(|_| can_be_sent) else {
        return Value::none();
    };
    let fine = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_');
    let action = Some(form).filter(|it| it.len() <= 32 && it.bytes().all(fine));
    // Regional kinds of English are not among the widget's languages.
    let language = config.language.split('-').next().unwrap_or_default().to_ascii_lowercase();
    map([("key", key.into()), ("action", Value::from(action)), ("language", language.into())])
}

/// A question of a form with its `groups`: the answers to choose from by their group, in the order
/// in which groups first appear; the group without a label is that of answers in none.
fn grouped(input: &Value) -> Value {
    let mut groups: Vec<(Option<&str>, Vec<Value>)> = Vec::new();
    for option in get(input, "options").and_then(Value::as_array).unwrap_or_default() {
        let label = text(option, "group");
        match groups.iter_mut().find(|(it, _)| *it == label) {
            Some((_, options)) => options.push(option.clone()),
            None => groups.push((label, vec![option.clone()])),
        }
    }
    let one = |(label, options): (Option<&str>, Vec<Value>)| {
        map([("label", Value::from(label)), ("options", options.into())])
    };
    with(input, [("groups", groups.into_iter().map(one).collect::<Vec<_>>().into())])
}

/// A question for photographs with what its input says: `accept`, `max_files` and `max_megabytes`. Others are as they are.
fn pictured(input: &Value) -> Value {
    if text(input, "type") != Some("photo") {
        return input.clone();
    }
    let files = get(input, "max_files").and_then(Value::as_i64).unwrap_or(1);
    let own = [
        ("accept", plain::PICTURES.into()),
        ("max_files", files.clamp(1, i64::from(PHOTOS)).into()),
        ("max_megabytes", (PHOTO as u64 >> 20).into()),
    ];
    with(input, own)
}

/// A map with some of its values given anew, or more.
fn with<const N: usize>(value: &Value, own: [(&'static str, Value); N]) -> Value {
    let mut pairs = value.as_map().cloned().unwrap_or_default();
    pairs.extend(own.map(|(key, value)| (key.into(), value)));
    pairs.into()
}
