//! Draws content models and entries from bytes, so that what fails can be made smaller.

use serde_json::{Map, Value, json};

/// Bytes to draw from; zeros when they are used up.
pub(crate) struct Draw<'a> {
    bytes: std::slice::Iter<'a, u8>,
}

const NAMES: [&str; 6] = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta"];
const PATTERNS: [&str; 6] =
    ["^.{2,6}$", r"\?$", r"^[a-z\-]+$", r"^\d{2}:\d{2}$", r"^\w+$", "^(?:a|b)*$"];
const TEXTS: [&str; 18] = [
    "",
    " ",
    "a",
    "abab",
    "why?",
    "no",
    "off",
    "12:30",
    "a-b",
    "häuser",
    "longer than six",
    "https://www.nhs.uk/",
    "https://x",
    "a@b.cd",
    "a@b",
    "020 7946 0123",
    "line\nline",
    "1.10",
];
const DATES: [&str; 12] = [
    "2026-03-14",
    "2026-02-29",
    "2024-02-29",
    "2026-04-31",
    "14.3.2026",
    "2026-3-1",
    "2026-03-14T09:00",
    "2026-03-14 09:00:30.5",
    "2026-03-14T24:00",
    "2026-03-14t09:00+01:00",
    "2026-03-14T09:00Z",
    "soon",
];
const SHAPES: [&str; 8] = [
    "7c9e6679-7425-40de-944b-e07fc1f90ae7",
    "id-7c9e6679-7425-40de-944b-e07fc1f90ae7",
    "pspgm6luevan5fcl4b74d6ik44",
    "#0b5d5e",
    "#0b5d5e80",
    "rgba(1, 2, 3, .5)",
    "teal",
    "#12",
];

impl<'a> Draw<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes: bytes.iter() }
    }

    pub(crate) fn below(&mut self, count: usize) -> usize {
        usize::from(*self.bytes.next().unwrap_or(&0)) % count
    }

    /// True once in so many times.
    pub(crate) fn once_in(&mut self, count: usize) -> bool {
        self.below(count) == count - 1
    }

    pub(crate) fn of<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// The fields of a collection, and whether other keys are kept.
    pub(crate) fn model(&mut self) -> (Vec<Value>, bool) {
        let mut fields = self.fields(2);
        fields.push(json!({"name": "draft", "widget": "boolean", "required": false}));
        (fields, self.once_in(6))
    }

    fn fields(&mut self, depth: usize) -> Vec<Value> {
        let count = 1 + self.below(4);
        let names = &NAMES[..count];
        names.iter().map(|name| self.field(name, names, depth)).collect()
    }

    fn field(&mut self, name: &str, siblings: &[&str], depth: usize) -> Value {
        let widgets = [
            "string",
            "text",
            "markdown",
            "number",
            "boolean",
            "datetime",
            "date",
            "select",
            "select-many",
            "hidden",
            "uuid",
            "color",
            "code",
            "code-only",
            "keyvalue",
            "compute",
            "object",
            "list-texts",
            "list-field",
            "list-fields",
            "list-types",
            "image",
        ];
        let kinds = if depth == 0 { 16 } else { widgets.len() };
        let widget = widgets[self.below(kinds)];
        let mut field = json!({"name": name, "widget": widget, "required": !self.once_in(3)});
        match widget {
            "number" => {
                if self.once_in(2) {
                    field["value_type"] = json!("int");
                }
                self.bounds(&mut field, 4);
            }
            "select" | "select-many" => {
                field["widget"] = json!("select");
                field["options"] =
                    json!(["a", "no", "2026", {"label": "Yes", "value": "true"}, "b c"]);
                if widget == "select-many" {
                    field["multiple"] = json!(true);
                    self.bounds(&mut field, 3);
                }
            }
            "uuid" => {
                field["prefix"] = json!(self.of(&["", "id-"]));
                field["use_b32_encoding"] = json!(self.once_in(3));
            }
            "color" => {
                field["enableAlpha"] = json!(self.once_in(2));
                field["allowInput"] = json!(self.once_in(3));
            }
            "code-only" => {
                field["widget"] = json!("code");
                field["output_code_only"] = json!(true);
            }
            "keyvalue" => self.bounds(&mut field, 3),
            "object" => {
                field["fields"] = json!(self.fields(depth - 1));
                if self.once_in(3) {
                    field["fields"] = json!([
                        {"name": "alt", "widget": "string", "required": false},
                        {"name": "decorative", "widget": "boolean", "required": false},
                    ]);
                    field["galen"] = json!({"kind": "image", "alt": "required_unless_decorative"});
                }
            }
            "list-texts" | "list-field" | "list-fields" | "list-types" => {
                field["widget"] = json!("list");
                match widget {
                    "list-field" => field["field"] = self.field("item", &[], 0),
                    "list-fields" => field["fields"] = json!(self.fields(depth - 1)),
                    "list-types" => {
                        let types = ["one", "two"]
                            .map(|name| json!({"name": name, "fields": self.fields(depth - 1)}));
                        field["types"] = json!(types);
                        if self.once_in(2) {
                            field["typeKey"] = json!("kind");
                        }
                    }
                    _ => (),
                }
                if self.once_in(2) {
                    self.bounds(&mut field, 3);
                }
            }
            "datetime" if self.once_in(2) => field["time_format"] = json!(false),
            "string" | "text" | "markdown" if self.once_in(2) => {
                field["pattern"] = json!([self.of(&PATTERNS), "as it should be"]);
            }
            _ => (),
        }
        self.rules(&mut field, widget, siblings);
        self.default(&mut field, widget);
        field
    }

    fn bounds(&mut self, field: &mut Value, most: usize) {
        if self.once_in(2) {
            field["min"] = json!(self.below(most));
        }
        if self.once_in(2) {
            field["max"] = json!(1 + self.below(most));
        }
    }

    fn rules(&mut self, field: &mut Value, widget: &str, siblings: &[&str]) {
        let mut galen = match field["galen"].take() {
            Value::Object(galen) => galen,
            _ => Map::new(),
        };
        if matches!(widget, "string" | "text") && self.once_in(3) {
            galen.insert("format".to_owned(), json!(self.of(&["uri", "email", "tel"])));
        }
        for key in ["required_if", "show_if"] {
            if !siblings.is_empty() && self.once_in(5) {
                let name = self.of(siblings);
                let text = self.of(&["a", "true", "false", "no", "2026", "2", "2026-03-14"]);
                let condition = match self.below(4) {
                    0 => json!({"field": name, "eq": text}),
                    1 => json!({"field": name, "ne": text}),
                    2 => json!({"field": name, "in": [text, "b"]}),
                    _ => json!({"field": name, "present": self.once_in(2)}),
                };
                galen.insert(key.to_owned(), condition);
            }
        }
        if self.once_in(6) {
            galen.insert("required_in".to_owned(), json!([self.of(&["published", "draft"])]));
        }
        if widget == "boolean" && self.once_in(3) {
            galen.insert("must_be".to_owned(), json!(self.once_in(2)));
        }
        if !galen.is_empty() {
            field["galen"] = Value::Object(galen);
        } else if let Value::Object(field) = field {
            field.remove("galen");
        }
    }

    fn default(&mut self, field: &mut Value, widget: &str) {
        if !self.once_in(6) {
            return;
        }
        let default = match widget {
            "string" | "text" | "hidden" | "compute" => json!(self.of(&["a", " ", "true"])),
            "number" => json!(2),
            "boolean" => json!(self.once_in(2)),
            "select" => json!("a"),
            "select-many" => json!(["a"]),
            "date" => json!("2026-03-14"),
            _ => return,
        };
        field["default"] = default;
    }

    /// An entry: mostly what its fields ask for, sometimes not.
    pub(crate) fn entry(&mut self, fields: &[Value], extra: bool) -> Value {
        let mut entry = self.group(&fields[..fields.len() - 1]);
        if self.once_in(3) {
            entry["draft"] = json!(self.of(&[true, false]));
        }
        if self.once_in(if extra { 2 } else { 12 }) {
            entry["other"] = json!("x");
        }
        entry
    }

    fn group(&mut self, fields: &[Value]) -> Value {
        let mut group = Map::new();
        for field in fields {
            if self.once_in(6) {
                continue;
            }
            let name = field["name"].as_str().unwrap().to_owned();
            let value = match self.below(16) {
                14 => Value::Null,
                15 => self.anything(),
                _ => self.value(field),
            };
            group.insert(name, tame(value, field));
        }
        Value::Object(group)
    }

    fn anything(&mut self) -> Value {
        match self.below(8) {
            0 => json!(self.of(&TEXTS)),
            1 => json!(self.below(10)),
            2 => json!(1.5),
            3 => json!(true),
            4 => json!([]),
            5 => json!({}),
            6 => json!(["a", null]),
            _ => json!({"a": 1, "b": [2]}),
        }
    }

    fn value(&mut self, field: &Value) -> Value {
        match field["widget"].as_str().unwrap() {
            "number" => match self.below(4) {
                0 => json!(1.5),
                1 => json!(2.0),
                _ => json!(self.below(7)),
            },
            "boolean" => json!(self.once_in(2)),
            "date" | "datetime" => {
                json!(if self.once_in(2) { self.of(&DATES) } else { "2026-03-14" })
            }
            "select" => {
                let one = |it: &mut Self| match it.below(8) {
                    0 => json!("none"),
                    1 => json!(2026),
                    2 => json!(true),
                    3 => json!("2026"),
                    _ => json!(it.of(&["a", "no", "b c"])),
                };
                match field["multiple"] == true {
                    // One spelling each: to Galen 2026 and "2026" are the same.
                    true => (0..self.below(4))
                        .map(|_| json!(self.of(&["a", "no", "b c", "x"])))
                        .collect(),
                    false => one(self),
                }
            }
            "uuid" | "color" => json!(self.of(&SHAPES)),
            "code" if field["output_code_only"] != true => {
                let code = self.of(&TEXTS);
                if self.once_in(2) {
                    json!({"code": code, "lang": "js"})
                } else {
                    json!({"code": code})
                }
            }
            "keyvalue" => {
                let keys = self.below(4);
                let pairs = (0..keys).map(|at| (NAMES[at].to_owned(), json!(self.of(&TEXTS))));
                Value::Object(pairs.collect())
            }
            "object" if field["fields"][0]["name"] == "alt" => {
                let mut object = json!({});
                if self.once_in(2) {
                    object["alt"] = json!(self.of(&TEXTS));
                }
                if self.once_in(2) {
                    object["decorative"] = json!(self.once_in(2));
                }
                object
            }
            "object" => self.group(field["fields"].as_array().unwrap()),
            "list" => {
                let count = self.below(4);
                let items = (0..count).map(|_| self.item(field));
                Value::Array(items.collect())
            }
            "hidden" if self.once_in(3) => self.anything(),
            _ => json!(self.of(&TEXTS)),
        }
    }

    fn item(&mut self, field: &Value) -> Value {
        if self.once_in(12) {
            return tame(self.anything(), &field["field"]);
        }
        if let Some(fields) = field["fields"].as_array() {
            return self.group(fields);
        }
        if let Some(types) = field["types"].as_array() {
            let chosen = &types[self.below(2)];
            let mut item = self.group(chosen["fields"].as_array().unwrap());
            let key = field["typeKey"].as_str().unwrap_or("type");
            item[key] = if self.once_in(8) { json!("three") } else { chosen["name"].clone() };
            return item;
        }
        match field["field"].is_object() {
            true => {
                let value = self.value(&field["field"]);
                tame(value, &field["field"])
            }
            false => json!(self.of(&TEXTS)),
        }
    }
}

/// A number or a word of YAML where a text is asked to look like something: Galen judges it as it
/// is written, which JSON has lost (docs/schema.md).
fn tame(value: Value, field: &Value) -> Value {
    let shaped = field["pattern"].is_array() || field["galen"]["format"] == "tel";
    match value.is_number() || value.is_boolean() {
        true if shaped => json!("7"),
        _ => value,
    }
}
