//! The verdict on what was sent, by a form's contract. `edge/core.mjs` gives the same verdicts; the
//! cases in `tests/forms/` hold both to it.

use std::sync::Arc;

use crate::form::contract::{Contract, Kind, Question};

/// How many fields a submission may have.
pub(crate) const FIELDS: usize = 200;

/// What was sent, in its order: names and values, percent-escapes read.
pub type Sent = Vec<(String, String)>;

/// A photograph that came with a submission. Its file's name and type are never looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    /// The question that it answers.
    pub question: String,
    /// What is wrong with it, as far as it is known without looking at the picture.
    pub flaw: Option<Flaw>,
    /// The file as it was sent; empty for one that is too large.
    pub bytes: Arc<Vec<u8>>,
}

/// What is wrong with a photograph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It is no picture that can be read.
    Unreadable,
    /// It has too many bytes or pixels.
    Large,
}

/// What becomes of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is no submission of this form.
    Refused(Refusal),
    /// Some answers cannot be taken: the messages by question, in the order of the questions.
    Faulty(Vec<(String, String)>),
    /// A program filled in what a person leaves empty.
    Trapped,
    /// It is taken.
    Accepted(Vec<(String, Answer)>),
}

/// Why a submission is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It has a field that the form does not.
    Unknown(String),
    /// It has a field twice that has one value.
    Repeated(String),
    /// It has more fields than any form.
    TooMany,
}

impl Refusal {
    /// The reason as a word for programs.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Unknown(_) => "unknown-field",
            Self::Repeated(_) => "repeated-field",
            Self::TooMany => "too-many-fields",
        }
    }
}

/// An answer that is kept.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum Answer {
    /// A text, an option, `yes`.
    One(String),
    /// Several options, or the names of photographs.
    Many(Vec<String>),
}

impl Answer {
    /// The answer as a text.
    pub fn text(&self) -> String {
        match self {
            Self::One(text) => text.clone(),
            Self::Many(texts) => texts.join(", "),
        }
    }
}

/// What of a submission belongs to the protocol rather than to the form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelope {
    /// The path of the page that it was sent from.
    pub page: Option<String>,
    /// Its random name, the same for retries.
    pub id: Option<String>,
    /// When the page was opened, signed.
    pub token: Option<String>,
    /// The digest of what the page's consents agree to, as they were shown.
    pub wording: Option<String>,
    /// Turnstile's answer.
    pub turnstile: Option<String>,
}

/// Parts what belongs to the protocol from the answers.
pub fn part(sent: Sent) -> (Envelope, Sent) {
    let mut envelope = Envelope::default();
    let mut rest = Sent::new();
    for (name, value) in sent {
        let slot = match name.as_str() {
            "_page" => &mut envelope.page,
            "_id" => &mut envelope.id,
            "_token" => &mut envelope.token,
            "_wording" => &mut envelope.wording,
            "cf-turnstile-response" => &mut envelope.turnstile,
            _ => {
                rest.push((name, value));
                continue;
            }
        };
        *slot = Some(value).filter(|it| !it.is_empty());
    }
    (envelope, rest)
}

/// Whether what was sent agrees to other words than those in force.
pub fn is_reworded(contract: &Contract, envelope: &Envelope) -> bool {
    !contract.has_wording(envelope.wording.as_deref())
}

/// Gives the answers with which the page comes back: nothing is ticked for anyone that agrees to other words.
pub fn shown(contract: &Contract, envelope: &Envelope, mut sent: Sent) -> Sent {
    if is_reworded(contract, envelope) {
        let consent =
            |name: &str| contract.question(name).is_some_and(|it| it.kind == Kind::Consent);
        sent.retain(|(name, _)| !consent(name));
    }
    sent
}

/// Judges the answers of a submission, with the photographs that came with it.
pub fn judge(contract: &Contract, envelope: &Envelope, sent: &Sent, photos: &[Photo]) -> Verdict {
    if let Some(refusal) = refused(contract, sent, photos) {
        return Verdict::Refused(refusal);
    }
    let mut faults = Vec::new();
    let mut answers = Vec::new();
    let mut trapped = false;
    let reworded = is_reworded(contract, envelope);
    for question in &contract.questions {
        let values = sent.iter().filter(|(name, _)| *name == question.name);
        let values: Vec<String> = values.map(|(_, value)| clean(value)).collect();
        if question.kind == Kind::Trap {
            trapped |= values.iter().any(|it| !it.is_empty());
            continue;
        }
        let answer = match question.kind {
            Kind::Photo => photographs(question, &values, photos),
            _ => answer(question, values),
        };
        match answer {
            Ok(Some(_)) if reworded && question.kind == Kind::Consent => {
                faults.push((question.name.clone(), contract.words.reworded.clone()));
            }
            Ok(Some(answer)) => answers.push((question.name.clone(), answer)),
            Ok(None) => {}
            Err(message) => faults.push((question.name.clone(), message.to_owned())),
        }
    }
    match (trapped, faults.is_empty()) {
        (true, _) => Verdict::Trapped,
        (false, false) => Verdict::Faulty(faults),
        (false, true) => Verdict::Accepted(answers),
    }
}

/// Gives the messages about photographs that turned out to be flawed, by question and in the order of the questions.
pub fn flawed(contract: &Contract, flaws: &[(String, Flaw)]) -> Vec<(String, String)> {
    let of = |question: &Question| {
        let (name, flaw) = flaws.iter().find(|(name, _)| *name == question.name)?;
        Some((name.clone(), flaw.message(question).to_owned()))
    };
    contract.questions.iter().filter_map(of).collect()
}

/// Adds to the messages of a page that comes back where a photograph has to be chosen once more: browsers do not keep it.
pub fn to_choose_again(
    contract: &Contract,
    photos: &[Photo],
    errors: &[(String, String)],
) -> Vec<(String, String)> {
    let of = |name: &str| errors.iter().find(|(it, _)| it == name).cloned();
    let again = |question: &Question| {
        let came = photos.iter().any(|it| it.question == question.name);
        let words = question.messages.photos.as_ref().filter(|_| came)?;
        Some((question.name.clone(), words.again.clone()))
    };
    let whole = errors.iter().filter(|(name, _)| contract.question(name).is_none()).cloned();
    whole
        .chain(contract.questions.iter().filter_map(|it| of(&it.name).or_else(|| again(it))))
        .collect()
}

impl Flaw {
    fn message(self, question: &Question) -> &str {
        match self {
            Self::Unreadable => &question.messages.invalid,
            Self::Large => &question.messages.long,
        }
    }
}

fn refused(contract: &Contract, sent: &Sent, photos: &[Photo]) -> Option<Refusal> {
    if sent.len() + photos.len() > FIELDS {
        return Some(Refusal::TooMany);
    }
    let photo = |name: &str| contract.question(name).is_some_and(|it| it.kind == Kind::Photo);
    if let Some(stray) = photos.iter().find(|it| !photo(&it.question)) {
        return Some(Refusal::Unknown(stray.question.clone()));
    }
    sent.iter().enumerate().find_map(|(at, (name, _))| {
        let Some(question) = contract.question(name) else {
            return Some(Refusal::Unknown(name.clone()));
        };
        let again = sent[..at].iter().any(|(it, _)| it == name);
        let once = !matches!(question.kind, Kind::Many | Kind::Photo);
        (again && once).then(|| Refusal::Repeated(name.clone()))
    })
}

/// Names the photographs that answer a question, by it and their number; `None` where there are none. A text in their place is
/// the name of a file that was left behind: the page does not send files.
fn photographs<'a>(
    question: &'a Question,
    values: &[String],
    photos: &[Photo],
) -> Result<Option<Answer>, &'a str> {
    let messages = &question.messages;
    let (lost, many) = match &messages.photos {
        Some(words) => (&words.lost, &words.many),
        None => (&messages.invalid, &messages.invalid),
    };
    let own: Vec<&Photo> = photos.iter().filter(|it| it.question == question.name).collect();
    if values.iter().any(|it| !it.is_empty()) {
        return Err(lost);
    }
    if own.is_empty() {
        return if question.required { Err(&messages.required) } else { Ok(None) };
    }
    if own.len() > question.files as usize {
        return Err(many);
    }
    match own.iter().find_map(|it| it.flaw) {
        Some(flaw) => Err(flaw.message(question)),
        None => {
            let names = (1..=own.len()).map(|number| photo_name(&question.name, number as u32));
            Ok(Some(Answer::Many(names.collect())))
        }
    }
}

/// Names a photograph, as it stands among the answers.
pub fn photo_name(question: &str, number: u32) -> String {
    format!("{question}-{number}.jpg")
}

/// Reads the answer to a question; `None` where nothing was answered.
fn answer(question: &Question, values: Vec<String>) -> Result<Option<Answer>, &str> {
    let messages = &question.messages;
    let mut given: Vec<String> = values.into_iter().filter(|it| !it.is_empty()).collect();
    if given.is_empty() {
        return if question.required { Err(&messages.required) } else { Ok(None) };
    }
    for value in &given {
        let lines = question.kind == Kind::Lines;
        if value.chars().any(|char| is_control(char) && !(lines && matches!(char, '\n' | '\t'))) {
            return Err(&messages.character);
        }
        if value.chars().count() > question.max {
            return Err(&messages.long);
        }
        let fine = match question.kind {
            Kind::Email => is_email(value),
            Kind::Tel => is_telephone(value),
            Kind::One | Kind::Many => question.options.iter().any(|it| it.value == *value),
            Kind::Tick | Kind::Consent => value == "yes",
            Kind::Text | Kind::Lines | Kind::Photo | Kind::Trap => true,
        };
        if !fine {
            return Err(&messages.invalid);
        }
    }
    Ok(Some(match question.kind {
        Kind::Many => {
            // In the order of the options, each once: how they were sent says nothing.
            let chosen =
                question.options.iter().map(|it| &it.value).filter(|it| given.contains(it));
            Answer::Many(chosen.cloned().collect())
        }
        _ => Answer::One(given.swap_remove(0)),
    }))
}

/// Gives a text with one kind of line end, without space around it.
fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.trim_matches(is_space).to_owned()
}

/// Whether a character is space: the set of ECMAScript's `trim`, so that both implementations trim
/// alike.
fn is_space(char: char) -> bool {
    matches!(
        char,
        '\t'..='\r' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{2028}'
            | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}'
    )
}

/// Whether a character is no text: controls, and what tells the order of letters in secret.
fn is_control(char: char) -> bool {
    matches!(
        char,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
    )
}

/// Whether a text is an e-mail address: the HTML Standard's rule, with a dot in the host and letters
/// of every language.
pub(crate) fn is_email(text: &str) -> bool {
    let Some((local, host)) = text.split_once('@') else { return false };
    let wide = |char: char| char as u32 >= 0x80 && !is_space(char);
    let is_local = |char: char| {
        char.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(char) || wide(char)
    };
    let is_label = |label: &str| {
        let inner = |char: char| char.is_ascii_alphanumeric() || char == '-' || wide(char);
        !label.is_empty()
            && label.chars().count() <= 63
            && label.chars().all(inner)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    !local.is_empty()
        && local.chars().count() <= 64
        && local.chars().all(is_local)
        && host.contains('.')
        && host.split('.').all(is_label)
}

/// Whether a text is a telephone number: 7 to 15 digits (ITU-T E.164), with `+` before them and
/// signs between them as people write them.
pub(crate) fn is_telephone(text: &str) -> bool {
    let text = text.strip_prefix('+').unwrap_or(text);
    let between = |char: char| {
        is_space(char) || matches!(char, '-' | '(' | ')' | '.' | '/' | '\u{2010}'..='\u{2015}')
    };
    let digits = text.chars().filter(char::is_ascii_digit).count();
    text.chars().all(|char| char.is_ascii_digit() || between(char)) && (7..=15).contains(&digits)
}
