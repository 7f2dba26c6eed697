//! What is private, or of an entry that is not on the site, is in no file of the output: for content
//! models with private fields at every depth, in every kind of nesting.

use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::schema::draw::Draw;
use crate::support::SiteTest;

/// Names that mean something to Galen, at the top and inside, so that its own uses are tried.
const TOP: [&str; 12] = [
    "description",
    "author",
    "photo",
    "photo_alt",
    "hero",
    "references",
    "role",
    "faq",
    "registration",
    "qualifications",
    "hours",
    "reviewed",
];
const INNER: [&str; 12] = [
    "src",
    "alt",
    "title",
    "url",
    "publisher",
    "question",
    "answer",
    "body",
    "number",
    "label",
    "value",
    "group",
];
const WIDGETS: [&str; 15] = [
    "string",
    "text",
    "markdown",
    "hidden",
    "image",
    "keyvalue",
    "code",
    "relation-one",
    "relation-many",
    "relation-code",
    "list-texts",
    "list-field",
    "list-fields",
    "list-types",
    "object",
];
/// What keeps an entry off the site, or does not.
const STATES: [(&str, &str); 5] = [
    ("publish_at", "2026-01-01"),
    ("publish_at", "2026-02-02T10:00"),
    ("draft", "true"),
    ("publish_at", "2030-01-01"),
    ("expires_at", "2026-01-01"),
];

const THEME: &str = r#"
-- galen.yaml --
base_url: https://clinic.example
theme: t
-- content/media/dot.svg --
<svg xmlns="http://www.w3.org/2000/svg" width="4" height="2"/>
-- themes/t/theme.yaml --
name: t
-- themes/t/templates/guide.html --
{{ json_ld() }}{{ page }}{{ site }}{{ data(name="site") }}{{ form(name="ask") }}{{ neighbours() }}
{% for it in entries(collection="guides") %}{{ it }}{% endfor %}
{% for it in related(limit=3) %}{{ it }}{% endfor %}
{% for it in entries(collection="answers") %}{{ it }}{{ body(collection="answers", slug=it.slug) }}{% endfor %}
{% for it in entries(collection="forms") %}{{ it }}{% endfor %}
-- themes/t/templates/list.html --
{{ json_ld() }}{{ page }}{{ site }}
-- themes/t/templates/404.html --
{{ page }}
"#;

/// A site with the values that must be in no file, and those that must be in a certain one.
struct Clinic<'a> {
    draw: Draw<'a>,
    guides: Vec<usize>,
    made: usize,
    hidden: Vec<String>,
    shown: Vec<(String, String)>,
    text: String,
}

/// Where values are drawn for: whether they are hidden, and the file in which they are else.
#[derive(Clone, Copy)]
struct Place<'a> {
    hidden: bool,
    file: Option<&'a str>,
}

impl<'a> Clinic<'a> {
    fn drawn(bytes: &'a [u8]) -> Self {
        let mut draw = Draw::new(bytes);
        let guides = (0..1 + draw.below(5)).map(|_| draw.below(STATES.len())).collect();
        let mut clinic = Clinic {
            draw,
            guides,
            made: 0,
            hidden: Vec::new(),
            shown: Vec::new(),
            text: THEME.to_owned(),
        };
        clinic.write();
        clinic
    }

    fn write(&mut self) {
        let dates = [
            json!({"name": "draft", "widget": "boolean", "required": false}),
            json!({"name": "publish_at", "widget": "datetime", "required": false}),
            json!({"name": "expires_at", "widget": "datetime", "required": false}),
        ];
        let title = json!({"name": "title", "required": false});
        let body = json!({"name": "body", "widget": "markdown", "required": false});
        let guides = self.fields(&TOP, 3);
        let answers = self.fields(&TOP, 2);
        let form = self.fields(&TOP, 2);
        let inputs = self.fields(&INNER, 2);
        let options = self.fields(&INNER, 1);
        let settings = self.fields(&TOP, 3);
        let all = |fields: &[Value], more: &[Value]| json!([fields, more].concat());
        let name = json!({"name": "name"});
        let choice = all(&options, std::slice::from_ref(&name));
        let asked = all(
            &inputs,
            &[
                name,
                json!({"name": "options", "widget": "list", "fields": choice, "required": false}),
            ],
        );
        let related = json!({"name": "related", "widget": "relation", "collection": "guides", "multiple": true, "required": false});
        let own =
            [&[title.clone(), json!({"name": "code"}), related, body.clone()], &dates[..]].concat();
        let model = json!({"collections": [
            {"name": "guides", "folder": "content/guides", "fields": all(&guides, &own), "galen": {
                "route": "/guides/{{slug}}/", "template": "guide.html", "feed": true,
                "list": {"route": "/guides/", "template": "list.html"},
                "json_ld": self.draw.of(&["WebPage", "MedicalWebPage", "MedicalProcedure", "Person", "MedicalClinic"]),
            }},
            {"name": "answers", "folder": "content/answers", "galen": {"api": true},
             "fields": all(&answers, &[&[title.clone(), body], &dates[..]].concat())},
            {"name": "forms", "folder": "content/forms", "extension": "yml", "galen": {"kind": "form", "api": true},
             "fields": all(&form, &[title, json!({"name": "inputs", "widget": "list", "fields": asked})])},
            {"name": "settings", "files": [
                {"name": "site", "file": "content/settings/site.yml", "fields": settings},
            ]},
        ]});
        self.file("content/schema.yml", &model, None);
        for (at, state) in self.guides.clone().into_iter().enumerate() {
            let slug = guide(at);
            let file = format!("api/v1/guides/{slug}.json");
            let place = Place { hidden: state >= 2, file: Some(&file) };
            let mut entry = self.group(&guides, place);
            entry["title"] = self.token(place);
            entry["code"] = json!(code(at));
            entry["related"] = json!(self.some(guide));
            entry[STATES[state].0] = state_value(state);
            let text = self.token(place);
            self.file(&format!("content/guides/{slug}.md"), &entry, text.as_str());
            if state >= 2 {
                self.hidden.extend([slug, code(at)]);
            }
        }
        for at in 0..self.draw.below(4) {
            let state = self.draw.below(STATES.len());
            let (slug, file) =
                (format!("answer-{at}-x"), format!("api/v1/answers/answer-{at}-x.json"));
            let place = Place { hidden: state >= 2, file: Some(&file) };
            let mut entry = self.group(&answers, place);
            entry["title"] = self.token(place);
            entry[STATES[state].0] = state_value(state);
            let text = self.token(place);
            self.file(&format!("content/answers/{slug}.md"), &entry, text.as_str());
            if state >= 2 {
                self.hidden.push(slug);
            }
        }
        let place = Place { hidden: false, file: Some("api/v1/forms/ask.json") };
        let mut entry = self.group(&form, place);
        entry["title"] = self.token(place);
        entry["inputs"] = json!([]);
        for at in 0..1 + self.draw.below(2) {
            let mut input = self.group(&inputs, place);
            let mut option = self.group(&options, place);
            option["name"] = self.token(place);
            input["name"] = json!(format!("input-{at}"));
            input["options"] = json!([option]);
            entry["inputs"].as_array_mut().unwrap().push(input);
        }
        self.file("content/forms/ask.yml", &entry, None);
        let entry =
            self.group(&settings, Place { hidden: false, file: Some("api/v1/settings/site.json") });
        self.file("content/settings/site.yml", &entry, None);
    }

    /// Writes a file of fields, with a body where there is one.
    fn file(&mut self, path: &str, value: &Value, body: Option<&str>) {
        let yaml = serde_yaml::to_string(value).unwrap();
        let _ = match body {
            Some(body) => write!(self.text, "-- {path} --\n---\n{yaml}---\n{body}\n"),
            None => write!(self.text, "-- {path} --\n{yaml}"),
        };
    }

    fn fields(&mut self, names: &[&str], depth: usize) -> Vec<Value> {
        let (first, count) = (self.draw.below(names.len()), 1 + self.draw.below(5));
        let names = (0..count).map(|at| names[(first + at) % names.len()]);
        names.map(|name| self.field(name, depth)).collect()
    }

    fn field(&mut self, name: &str, depth: usize) -> Value {
        let kinds = if depth == 0 { 11 } else { WIDGETS.len() };
        let widget = WIDGETS[self.draw.below(kinds)];
        let mut field = json!({"name": name, "required": false});
        field["widget"] = json!(widget.split('-').next().unwrap());
        match widget {
            "relation-one" | "relation-many" | "relation-code" => {
                field["collection"] = json!("guides");
                field["multiple"] = json!(widget == "relation-many" || self.draw.once_in(2));
                if widget == "relation-code" {
                    field["value_field"] = json!("code");
                }
            }
            "object" | "list-fields" => field["fields"] = json!(self.fields(&INNER, depth - 1)),
            "list-field" => field["field"] = self.field("item", depth - 1),
            "list-types" => {
                let types = ["one", "two"]
                    .map(|name| json!({"name": name, "fields": self.fields(&INNER, depth - 1)}));
                field["types"] = json!(types);
                if self.draw.once_in(2) {
                    field["typeKey"] = json!("kind");
                }
            }
            _ => (),
        }
        if self.draw.once_in(4) {
            field["galen"] = json!({"private": true});
        }
        field
    }

    fn group(&mut self, fields: &[Value], place: Place) -> Value {
        let mut group = Map::new();
        for field in fields {
            let value = self.value(field, place);
            group.insert(field["name"].as_str().unwrap().to_owned(), value);
        }
        Value::Object(group)
    }

    fn value(&mut self, field: &Value, place: Place) -> Value {
        let private = field["galen"]["private"] == true;
        let place = Place { hidden: place.hidden || private, ..place };
        match field["widget"].as_str().unwrap() {
            "image" => json!("/media/dot.svg"),
            "keyvalue" => json!({"key": self.token(place)}),
            "code" => json!({"code": self.token(place), "lang": self.token(place)}),
            "object" => self.group(field["fields"].as_array().unwrap(), place),
            "relation" => {
                let name = if field["value_field"] == "code" { code } else { guide };
                match field["multiple"] == true {
                    true => json!(self.some(name)),
                    false => json!(name(self.draw.below(self.guides.len()))),
                }
            }
            "list" => (0..self.draw.below(3)).map(|_| self.item(field, place)).collect(),
            // Settings give no Markdown.
            "markdown" if place.file.is_some_and(|file| file.contains("settings")) => {
                self.token(Place { file: None, ..place })
            }
            _ => self.token(place),
        }
    }

    fn item(&mut self, field: &Value, place: Place) -> Value {
        if let Some(fields) = field["fields"].as_array() {
            return self.group(fields, place);
        }
        if let Some(types) = field["types"].as_array() {
            let chosen = &types[self.draw.below(2)];
            let mut item = self.group(chosen["fields"].as_array().unwrap(), place);
            item[field["typeKey"].as_str().unwrap_or("type")] = chosen["name"].clone();
            return item;
        }
        match field["field"].is_object() {
            true => self.value(&field["field"], place),
            false => self.token(place),
        }
    }

    /// Some guides by a name, each once.
    fn some(&mut self, name: fn(usize) -> String) -> Vec<String> {
        (0..self.guides.len()).filter(|_| self.draw.once_in(2)).map(name).collect()
    }

    /// A text that is nowhere else.
    fn token(&mut self, place: Place) -> Value {
        self.made += 1;
        let token = format!("token-{}-x", self.made);
        match (place.hidden, place.file) {
            (true, _) => self.hidden.push(token.clone()),
            (false, Some(file)) => self.shown.push((token.clone(), file.to_owned())),
            (false, None) => (),
        }
        json!(token)
    }
}

fn guide(at: usize) -> String {
    format!("guide-{at}-x")
}

fn code(at: usize) -> String {
    format!("code-{at}-x")
}

fn state_value(state: usize) -> Value {
    if STATES[state].0 == "draft" { json!(true) } else { json!(STATES[state].1) }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_private_is_in_no_file(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let clinic = Clinic::drawn(&bytes);
        let site = SiteTest::new(&clinic.text).build();
        prop_assert!(!site.built.diagnostics.has_errors(), "{}\n{}", site.said(), clinic.text);
        for (file, bytes) in &site.files {
            let text = String::from_utf8_lossy(bytes);
            for value in &clinic.hidden {
                let found = text.contains(value.as_str()) || file.as_str().contains(value.as_str());
                prop_assert!(!found, "{value} is in {file}: {text}\n{}", clinic.text);
            }
        }
        // The law says nothing of a site that says nothing.
        for (value, file) in &clinic.shown {
            let text = site.text(file);
            prop_assert!(text.contains(value.as_str()), "{value} is not in {file}: {text}\n{}", clinic.text);
        }
    }
}
