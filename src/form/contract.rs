//! All that a form's definition means to a server, as plain data: what both implementations of the
//! check read (docs/decisions/0012-forms.md).

use serde::{Deserialize, Serialize};

use crate::content::value::{Object, Value};
use crate::form::{Form, words};
use crate::text::Digest;

/// The version of the contract's shape.
pub const VERSION: u32 = 1;
/// How many bytes of a submission are read beside its photographs.
const BODY: usize = 64 * 1024;
/// How many bytes a photograph may have as it is sent.
pub const PHOTO: usize = 8 * 1024 * 1024;
/// How many photographs may come with an enquiry.
pub const PHOTOS: u32 = 3;
/// The longest answer on one line and on several, in characters.
const LINE: usize = 200;
const LINES: usize = 5000;

/// What a server needs to know of a form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contract {
    /// The version of this shape.
    pub version: u32,
    /// The form's name.
    pub form: String,
    /// Its title, for notices.
    pub title: String,
    /// The language of the site.
    pub language: String,
    /// The path of the page that shows errors where none is named by the submission.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub page: Option<String>,
    /// Where a visitor is sent when all is well.
    pub thanks: String,
    /// The privacy notice.
    pub privacy: String,
    /// How many days answers are kept.
    pub retention_days: u32,
    /// How many bytes of a submission are read.
    pub body_limit: usize,
    /// How many seconds a person needs at least, by the page's token.
    pub minimum_seconds: u32,
    /// How many hours a page's token is good for.
    pub maximum_hours: u32,
    /// How many photographs may come with the answers; none where uploads are not asked for.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub files: u32,
    /// The digest of what the form's consents agree to, which a page that shows it sends as `_wording`; none where the form
    /// has no consent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub wording_digest: Option<String>,
    /// The questions, in their order.
    pub questions: Vec<Question>,
    /// Words that are the same for all forms of a language.
    pub words: words::Words,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// The name under which the answer is sent and kept.
    pub name: String,
    /// What is asked.
    pub label: String,
    /// What kind of answer there is.
    pub kind: Kind,
    /// Whether it must be answered.
    pub required: bool,
    /// Whether the answer is data concerning health.
    pub sensitive: bool,
    /// How many characters an answer may have; none for a photograph, which is no text.
    pub max: usize,
    /// How many photographs may be sent; none where it asks for none.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub files: u32,
    /// What may be chosen.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub options: Vec<Choice>,
    /// What is agreed to, word for word.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub wording: Option<String>,
    /// What is said of an answer that cannot be taken.
    pub messages: words::Messages,
}

/// An answer to choose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
}

/// A kind of answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// One line.
    Text,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Tel,
    /// Several lines.
    Lines,
    /// One of some.
    One,
    /// Any of some.
    Many,
    /// A box to tick.
    Tick,
    /// A box to tick that agrees to a wording.
    Consent,
    /// Photographs.
    Photo,
    /// A trap for programs: a person leaves it empty.
    Trap,
}

/// The types that a question may have, and what kind of answer each takes.
pub(crate) const NAMES: [(&str, Kind); 11] = [
    ("text", Kind::Text),
    ("email", Kind::Email),
    ("tel", Kind::Tel),
    ("textarea", Kind::Lines),
    ("radio", Kind::One),
    ("select", Kind::One),
    ("checkboxes", Kind::Many),
    ("checkbox", Kind::Tick),
    ("consent", Kind::Consent),
    ("photo", Kind::Photo),
    ("honeypot", Kind::Trap),
];

impl Kind {
    /// Gives the kind of a question's `type`; `None` for one that is not known.
    pub fn of(name: &str) -> Option<Self> {
        NAMES.iter().find(|(it, _)| *it == name).map(|(_, kind)| *kind)
    }
}

impl Contract {
    /// Makes the contract of a form of a site in a language. `base` is the path under which the site
    /// lies, empty at the root of its host.
    pub fn of(form: &Form, language: &str, base: &str) -> Self {
        let text = |name: &str| form.fields.text(name).map(str::trim).unwrap_or_default();
        let number = |name: &str| match form.fields.get(name) {
            Value::Integer(number) => u32::try_from(*number).ok(),
            _ => None,
        };
        let path = |name: &str, or: &str| {
            let path = Some(text(name)).filter(|it| !it.is_empty()).unwrap_or(or);
            format!("{}{path}", if path.starts_with('/') { base } else { "" })
        };
        let questions = questions(form);
        let files = questions.iter().map(|it| it.files).sum::<u32>().min(PHOTOS);
        Self {
            version: VERSION,
            form: form.id.slug.to_string(),
            title: text("title").to_owned(),
            language: language.to_owned(),
            page: Some(text("page")).filter(|it| !it.is_empty()).map(|it| format!("{base}{it}")),
            thanks: path("thanks", "/thank-you/"),
            privacy: path("privacy", "/privacy/"),
            retention_days: number("retention_days").unwrap_or(90),
            body_limit: BODY + files as usize * PHOTO,
            minimum_seconds: 3,
            maximum_hours: 24,
            files,
            wording_digest: digest_of(&questions, language),
            questions,
            words: words::Words::of(language),
        }
    }

    /// The digest by which an enquiry names the contract under which it was taken.
    pub fn digest(&self) -> Digest {
        let json = serde_json::to_string(self).unwrap_or_default();
        Digest::of(json.as_bytes())
    }

    /// Whether a page with this digest shows what is agreed to today; one without says nothing of it.
    pub fn has_wording(&self, digest: Option<&str>) -> bool {
        digest.is_none_or(|it| self.wording_digest.as_deref() == Some(it))
    }

    /// How many bytes of a submission are read beside its photographs.
    pub fn text_limit(&self) -> usize {
        self.body_limit.saturating_sub(self.files as usize * PHOTO)
    }

    /// Gives a question by its name.
    pub fn question(&self, name: &str) -> Option<&Question> {
        self.questions.iter().find(|it| it.name == name)
    }
}

/// Gives the digest of what a form's consents agree to, as its contract has it.
pub fn wording_digest(form: &Form, language: &str) -> Option<String> {
    digest_of(&questions(form), language)
}

/// Labels count too: they stand at the boxes, and are read with what is agreed to.
fn digest_of(questions: &[Question], language: &str) -> Option<String> {
    let consents = questions.iter().filter(|it| it.kind == Kind::Consent);
    let shown: Vec<_> = consents.map(|it| (&it.name, &it.label, &it.wording)).collect();
    let json = || serde_json::to_string(&(language, &shown)).unwrap_or_default();
    (!shown.is_empty()).then(|| Digest::of(json().as_bytes()).hex(16))
}

fn questions(form: &Form) -> Vec<Question> {
    let wording = form.fields.text("consent_text").map(str::trim).unwrap_or_default();
    form.inputs.iter().filter_map(|it| question(&it.fields, wording)).collect()
}

fn question(fields: &Object, wording: &str) -> Option<Question> {
    let text = |name: &str| fields.text(name).map(str::trim).unwrap_or_default();
    let yes = |name: &str| *fields.get(name) == Value::Bool(true);
    let kind = Kind::of(text("type"))?;
    let options = match fields.get("options") {
        Value::List(items) => items.iter().filter_map(choice).collect(),
        _ => Vec::new(),
    };
    let most = if kind == Kind::Lines { LINES } else { LINE };
    let max = match fields.get("max_length") {
        _ if kind == Kind::Photo => 0,
        Value::Integer(number) => usize::try_from(*number).unwrap_or(most).clamp(1, LINES),
        _ => most,
    };
    let files = if kind == Kind::Photo { files(fields).clamp(1, PHOTOS) } else { 0 };
    let own = text("wording");
    let wording = (kind == Kind::Consent).then_some(if own.is_empty() { wording } else { own });
    let label = text("label");
    Some(Question {
        name: text("name").to_owned(),
        label: label.to_owned(),
        kind,
        required: yes("required"),
        // A photograph of a head shows what the person's health is like.
        sensitive: yes("sensitive") || kind == Kind::Photo,
        max,
        files,
        options,
        wording: wording.map(str::to_owned),
        messages: words::Messages::of(kind, label, text("error"), max, files),
    })
}

/// Gives how many photographs a question asks for, as its definition says: one where it says nothing, and none for what is
/// no number of photographs.
pub(crate) fn files(fields: &Object) -> u32 {
    match fields.get("max_files") {
        Value::Integer(number) => u32::try_from(*number).unwrap_or(0),
        _ => 1,
    }
}

fn choice(option: &Value) -> Option<Choice> {
    let Value::Object(fields) = option else { return None };
    let text = |name: &str| fields.text(name).map(str::to_owned).unwrap_or_default();
    Some(Choice { value: text("value"), label: text("label") })
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}
