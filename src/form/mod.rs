//! A form's definition: its questions, typed, from an entry of a collection of forms.

use std::sync::Arc;

use crate::content::Entry;
use crate::content::value::{Object, Value};
use crate::diag::{Code, Diagnostic, Diagnostics, Span};
use crate::yaml::Step;

/// A question that a form may not ask in this way.
pub const QUESTION: Code = Code::new("form/question");
/// Health data without consent.
pub const CONSENT: Code = Code::new("form/consent");

/// A form.
#[derive(Clone, Debug)]
pub struct Form {
    /// Its name: the slug of its entry.
    pub name: Arc<str>,
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
    /// The answers to choose from.
    pub options: Vec<Choice>,
}

/// One answer to choose.
#[derive(Clone, Debug)]
pub struct Choice {
    /// The group it is shown in.
    pub group: Option<Arc<str>>,
    /// Its fields: `value`, `label`, `image`, `alt`.
    pub fields: Object,
}

impl Input {
    /// Gives the options by group, in the order in which groups first appear; `None` is the group
    /// of those in none.
    pub fn groups(&self) -> Vec<(Option<Arc<str>>, Vec<&Choice>)> {
        let mut groups: Vec<(Option<Arc<str>>, Vec<&Choice>)> = Vec::new();
        for choice in &self.options {
            match groups.iter_mut().find(|(group, _)| *group == choice.group) {
                Some((_, choices)) => choices.push(choice),
                None => groups.push((choice.group.clone(), vec![choice])),
            }
        }
        groups
    }
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
    let form = Form { name: Arc::clone(&entry.id.slug), fields: entry.fields.clone(), inputs };
    check(entry, &form, diagnostics);
    form
}

fn input(fields: &Object) -> Input {
    let mut options = Vec::new();
    if let Value::List(items) = fields.get("options") {
        for item in items {
            let Value::Object(fields) = item else { continue };
            let group = fields.text("group").map(Arc::from);
            options.push(Choice { group, fields: fields.clone() });
        }
    }
    Input { name: fields.text("name").unwrap_or_default().into(), fields: fields.clone(), options }
}

/// Health data is asked for with explicit consent only (UK GDPR article 9(2)(a)), and consent is
/// a box that is not ticked for anyone.
fn check(entry: &Entry, form: &Form, diagnostics: &mut Diagnostics) {
    let span = |at: usize, key: &str| {
        let path = [Step::Key("inputs".into()), Step::Index(at), Step::Key(key.into())];
        entry.document.value_span(&path)
    };
    let kind = |input: &Input| input.fields.text("type").unwrap_or_default().to_owned();
    let consent = form.inputs.iter().position(|input| kind(input) == "consent");
    for (at, input) in form.inputs.iter().enumerate() {
        let required = *input.fields.get("required") == Value::Bool(true);
        if kind(input) == "consent" && !required {
            diagnostics.push(optional_consent(span(at, "type")));
        }
        if kind(input) == "honeypot" && required {
            diagnostics.push(required_trap(span(at, "required")));
        }
        let sensitive = *input.fields.get("sensitive") == Value::Bool(true);
        if sensitive && consent.is_none() {
            diagnostics.push(no_consent(&input.name, span(at, "sensitive")));
        }
    }
}

fn optional_consent(span: Span) -> Diagnostic {
    Diagnostic::error(CONSENT, "the box for consent is not required, so it could be left out")
        .at(span)
        .help("add `required: true` to this question")
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
