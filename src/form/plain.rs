//! A form without a theme: where the page that it was sent from cannot be found.

use crate::form::contract::{Contract, Kind, PHOTO, Question};
use crate::form::page::{self, Filling};
use crate::html;

/// How a form with files is sent.
pub const MULTIPART: &str = "multipart/form-data";
/// The types of pictures that are taken, as an `accept` of a file's input.
pub const PICTURES: &str = "image/jpeg,image/png,image/webp";

/// A page of its own for a form whose page cannot be found: the errors, and the form to send again.
pub fn of(contract: &Contract, action: &str, filling: Filling) -> String {
    let mut out = "<!doctype html><html".to_owned();
    html::attribute("lang", &contract.language, &mut out);
    out.push_str("><meta charset=utf-8><meta name=viewport content=\"width=device-width,initial-scale=1\"><meta name=robots content=noindex><title>");
    html::text(&contract.title, &mut out);
    out.push_str("</title><main><h1>");
    html::text(&contract.title, &mut out);
    out.push_str("</h1><form method=post");
    html::attribute("action", action, &mut out);
    if contract.files > 0 {
        html::attribute("enctype", MULTIPART, &mut out);
    }
    out.push('>');
    if let Some(digest) = &contract.wording_digest {
        out.push_str("<input type=hidden name=_wording");
        html::attribute("value", digest, &mut out);
        out.push('>');
    }
    for question in &contract.questions {
        question_of(question, &mut out);
    }
    out.push_str("<p><button>Send</button></p><p><a");
    html::attribute("href", &contract.privacy, &mut out);
    out.push_str(">Privacy notice</a></p></form></main></html>");
    match page::cut(&out, contract, action) {
        Some(page) => page.fill(contract, filling),
        None => out,
    }
}

fn question_of(question: &Question, out: &mut String) {
    let name = question.name.as_str();
    let control = |kind: &str, value: &str, label: &str, out: &mut String| {
        let id = format!("{name}-{value}");
        out.push_str("<p><input");
        for (key, value) in [("type", kind), ("name", name), ("value", value), ("id", id.as_str())]
        {
            html::attribute(key, value, out);
        }
        out.push_str("> <label");
        html::attribute("for", &id, out);
        out.push('>');
        html::text(label, out);
        out.push_str("</label></p>");
    };
    match question.kind {
        Kind::Trap => {}
        Kind::One | Kind::Many => {
            let kind = if question.kind == Kind::One { "radio" } else { "checkbox" };
            out.push_str("<fieldset><legend>");
            html::text(&question.label, out);
            out.push_str("</legend>");
            for option in &question.options {
                control(kind, &option.value, &option.label, out);
            }
            out.push_str("</fieldset>");
        }
        Kind::Tick | Kind::Consent => {
            if let Some(wording) = &question.wording {
                out.push_str("<p>");
                html::text(wording, out);
                out.push_str("</p>");
            }
            control("checkbox", "yes", &question.label, out);
        }
        Kind::Photo => photographs_of(question, out),
        kind => {
            out.push_str("<p><label");
            html::attribute("for", name, out);
            out.push('>');
            html::text(&question.label, out);
            out.push_str("</label><br>");
            let kind = match kind {
                Kind::Email => "email",
                Kind::Tel => "tel",
                _ => "text",
            };
            out.push_str(if question.kind == Kind::Lines { "<textarea rows=5" } else { "<input" });
            if question.kind != Kind::Lines {
                html::attribute("type", kind, out);
            }
            html::attribute("name", name, out);
            html::attribute("id", name, out);
            out.push('>');
            if question.kind == Kind::Lines {
                out.push_str("</textarea>");
            }
            out.push_str("</p>");
        }
    }
}

fn photographs_of(question: &Question, out: &mut String) {
    let name = question.name.as_str();
    let hint = format!("{name}-hint");
    out.push_str("<p><label");
    html::attribute("for", name, out);
    out.push('>');
    html::text(&question.label, out);
    out.push_str("</label><br><span");
    html::attribute("id", &hint, out);
    out.push('>');
    let most = if question.files == 1 {
        String::new()
    } else {
        format!("Up to {} photographs. ", question.files)
    };
    html::text(&format!("{most}JPEG, PNG or WebP, {} MB at most", PHOTO >> 20), out);
    out.push_str("</span><br><input type=file");
    for (key, value) in
        [("name", name), ("id", name), ("aria-describedby", &hint), ("accept", PICTURES)]
    {
        html::attribute(key, value, out);
    }
    out.push_str(if question.files > 1 { " multiple></p>" } else { "></p>" });
}
