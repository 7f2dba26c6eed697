//! A form's contract as JSON Schema (2020-12), for programs that send to it.

use serde_json::{Value, json};

use crate::form::Contract;
use crate::form::contract::{Kind, Question};

/// Gives the schema of what a form takes as JSON. It says what each answer may be, not how it is
/// tidied first: space around an answer does not count, so a server takes a little more.
pub fn of(contract: &Contract) -> Value {
    let questions = contract.questions.iter().filter(|it| it.kind != Kind::Trap);
    let protocol = ["_page", "_id", "_token", "_wording", "cf-turnstile-response"];
    let properties: serde_json::Map<String, Value> = questions
        .clone()
        .map(|it| (it.name.clone(), property(it)))
        .chain(protocol.map(|name| (name.to_owned(), json!({"type": "string"}))))
        .collect();
    let required: Vec<&str> =
        questions.filter(|it| it.required).map(|it| it.name.as_str()).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": contract.title,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn property(question: &Question) -> Value {
    let options: Vec<&str> = question.options.iter().map(|it| it.value.as_str()).collect();
    let least = usize::from(question.required);
    let mut schema = match question.kind {
        Kind::One => json!({"enum": options}),
        Kind::Many => {
            json!({"type": "array", "items": {"enum": options}, "uniqueItems": true, "minItems": least})
        }
        Kind::Tick | Kind::Consent => json!({"const": "yes"}),
        // JSON brings no photographs: a form that must have one is sent as `multipart/form-data`.
        Kind::Photo => json!({"type": "string", "minLength": least, "maxLength": 0}),
        _ => json!({"type": "string", "minLength": least, "maxLength": question.max}),
    };
    schema["title"] = question.label.as_str().into();
    if let Some(wording) = &question.wording {
        schema["description"] = wording.as_str().into();
    }
    schema
}
