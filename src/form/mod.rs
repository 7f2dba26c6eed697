//! A form's definition: its questions, typed, from an entry of a collection of forms; its contract,
//! the verdict on what was sent, and the page that brings it back.

pub mod away;
pub mod contract;
pub mod fields;
pub mod judge;
pub mod page;
pub mod plain;
pub mod record;
pub mod schema;
pub mod words;

use std::sync::Arc;

use crate::content::value::{Object, Value};
use crate::content::{Entry, EntryId};
use crate::diag::{Code, Diagnostic, Diagnostics, Span};
use crate::form::contract::{Kind, NAMES, PHOTOS};
use crate::text::near;
use crate::yaml::Step;

pub use contract::Contract;

/// A question that a form may not ask in this way.
pub const QUESTION: Code = Code::new("form/question");
/// Health data without consent.
pub const CONSENT: Code = Code::new("form/consent");

/// A form.
#[derive(Clone, Debug)]
pub struct Form {
    /// Its entry, whose slug is its name.
    pub id: EntryId,
    /// The entry's fields.
    pub fields: Object,
    /// Its questions in their order.
    pub inputs: Vec<Input>,
}

/// One question.
#[derive(Clone, Debug)]
pub struct Input {
    /// The name under which the answer is sent.
    pub name: Arc<str>,
    /// The question's fields.
    pub fields: Object,
}

/// Reads a form from its entry, and checks what its schema cannot.
pub fn read(entry: &Entry, diagnostics: &mut Diagnostics) -> Form {
    let mut inputs = Vec::new();
    if let Value::List(items) = entry.fields.get("inputs") {
        for item in items {
            let Value::Object(fields) = item else { continue };
            inputs.push(input(fields));
        }
    }
    let form = Form { id: entry.id.clone(), fields: entry.fields.clone(), inputs };
    check(entry, &form, diagnostics);
    form
}

fn input(fields: &Object) -> Input {
    Input { name: fields.text("name").unwrap_or_default().into(), fields: fields.clone() }
}

/// Health data is asked for with explicit consent only (UK GDPR article 9(2)(a)), and consent is
/// a box that is not ticked for anyone.
fn check(entry: &Entry, form: &Form, diagnostics: &mut Diagnostics) {
    let span = |at: usize, key: &str| {
        let path = [Step::Key("inputs".into()), Step::Index(at), Step::Key(key.into())];
        entry.document.value_span(&path)
    };
    let kind = |input: &Input| input.fields.text("type").unwrap_or_default().to_owned();
    let own_wording = |input: &Input| input.fields.get("wording").is_present();
    let consent = form.inputs.iter().position(|input| kind(input) == "consent");
    let mut photos: u32 = 0;
    for (at, input) in form.inputs.iter().enumerate() {
        let required = *input.fields.get("required") == Value::Bool(true);
        let known = Kind::of(&kind(input)).is_some();
        if !known && !kind(input).is_empty() {
            diagnostics.push(unknown_type(&kind(input), span(at, "type")));
        }
        // A second box, such as one for news, is for something else and may be left empty.
        let further = consent != Some(at) && own_wording(input);
        if kind(input) == "consent" && !required && !further {
            diagnostics.push(optional_consent(span(at, "type")));
        }
        if kind(input) == "honeypot" && required {
            diagnostics.push(required_trap(span(at, "required")));
        }
        let photo = kind(input) == "photo";
        if photo {
            let files = contract::files(&input.fields);
            let before = photos;
            photos = photos.saturating_add(files);
            let key = if input.fields.get("max_files").is_present() { "max_files" } else { "type" };
            if files == 0 || (before <= PHOTOS && photos > PHOTOS) {
                diagnostics.push(photographs(files, photos, span(at, key)));
            }
        }
        let sensitive = *input.fields.get("sensitive") == Value::Bool(true);
        if (sensitive || photo) && consent.is_none() {
            let key = if sensitive { "sensitive" } else { "type" };
            diagnostics.push(no_consent(&input.name, span(at, key)));
        }
    }
}

fn optional_consent(span: Span) -> Diagnostic {
    Diagnostic::error(CONSENT, "the box for consent is not required, so it could be left out")
        .at(span)
        .help("add `required: true` to this question")
}

fn unknown_type(kind: &str, span: Span) -> Diagnostic {
    let names = NAMES.iter().map(|(name, _)| *name);
    Diagnostic::error(
        QUESTION,
        format!("no answer can be taken to a question of the type `{kind}`"),
    )
    .at(span)
    .help(format!("write {}", near::any_of(names)))
}

/// A question of no photographs, or one with which the form asks for more than an enquiry may have.
fn photographs(own: u32, all: u32, span: Span) -> Diagnostic {
    let message = match own {
        0 => "a question for a photograph that none may answer".to_owned(),
        _ => format!("the form asks for {all} photographs, and an enquiry may have {PHOTOS}"),
    };
    Diagnostic::error(QUESTION, message).at(span).help(format!(
        "let the `max_files` of all its questions come to {PHOTOS} at most; where a question says none it is 1"
    ))
}

fn required_trap(span: Span) -> Diagnostic {
    Diagnostic::error(QUESTION, "a honeypot that must be filled in would turn away every person")
        .at(span)
        .help("remove `required: true` from this question")
}

fn no_consent(name: &str, span: Span) -> Diagnostic {
    let message = format!("`{name}` asks for health data, and the form asks for no consent");
    Diagnostic::error(CONSENT, message)
        .at(span)
        .help("add a question with `type: consent` and `required: true`")
}
