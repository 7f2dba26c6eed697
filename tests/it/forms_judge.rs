//! The check of forms in Rust against the cases that hold every implementation to the same verdicts.
//! `UPDATE_EXPECT=1 cargo test` writes what other implementations are tried with.

use std::collections::BTreeMap;
use std::fs;

use galen::form::contract::Contract;
use galen::form::fields;
use galen::form::judge::{self, Sent, Verdict};
use galen::form::page::{self, Filling, Page};
use galen::forms::edge::{self, Host};
use galen::store::keys::ReadingKey;
use galen::store::seal::Envelope;
use serde_json::{Value, json};

use crate::support::{SiteTest, repository, updating};

/// The key of `tests/edge/open.mjs`.
const PUBLIC: &str = "galen-key:BNVuYISpDxWCHw7NIMvbiUh51nYHQB1ZyjGkGaxfFlf1B4NNqx3CqxJugovsw5eeDj0GQLV2cBXpNdpga86y7Eg";

/// Its reading key, that of `tests/forms/seal.json`.
pub(crate) const READING: &str =
    "galen-reading-key:tlOVgOGy3XxyswfscnCiBsqZRZGxR0L8FLW5OvdSxH0rgUwD";

pub(crate) const SCHEMA: &str = "
-- content/schema.yml --
collections:
  - name: forms
    label: Forms
    label_singular: Form
    folder: content/forms
    extension: yml
    format: yaml
    galen: {route: null, kind: form}
    fields:
      - {name: title, label: Title, widget: string}
      - {name: consent_text, label: Consent wording, widget: text}
      - {name: page, label: Page, widget: string}
      - {name: privacy, label: Privacy page, widget: string}
      - {name: thanks, label: Thank-you page, widget: string}
      - {name: retention_days, label: Days, widget: number, value_type: int}
      - name: inputs
        label: Questions
        widget: list
        fields:
          - {name: name, label: Name, widget: string}
          - {name: label, label: Label, widget: string}
          - {name: type, label: Type, widget: string}
          - {name: required, label: Required, widget: boolean, required: false}
          - {name: autocomplete, label: Autofill, widget: string, required: false}
          - {name: error, label: Error, widget: string, required: false}
          - {name: wording, label: Wording, widget: text, required: false}
          - {name: max_length, label: Length, widget: number, value_type: int, required: false}
          - {name: max_files, label: Photographs, widget: number, value_type: int, required: false}
          - {name: sensitive, label: Health, widget: boolean, required: false}
          - name: options
            label: Options
            widget: list
            required: false
            fields: [{name: value, label: Value, widget: string}, {name: label, label: Label, widget: string}]
";

/// The page with the form, as a theme might write it.
const PAGE: &str = r#"<!doctype html><html lang=en><head><title>Ask us</title></head><body><main><h1>Ask us</h1>
<form action=/api/forms/everything method=post><input type=hidden name=_wording value={wording}>
<label for=ask-name>Your name</label><input id=ask-name name=name aria-describedby=hint><p id=hint>As you like.</p>
<label>E-mail <input name=email type=email></label>
<label for=ask-phone>Telephone</label><input id=ask-phone name=phone type=tel>
<label for=ask-nickname>Nickname</label><input id=ask-nickname name=nickname value=old>
<fieldset><legend>Which drawing is closest?</legend>
<label><input type=radio name=stage value=norwood-2>2</label><label><input type=radio name=stage value=norwood-3>3</label>
<label><input type=radio name=stage value=not-sure checked>?</label></fieldset>
<label for=ask-clinic>Which clinic?</label><select id=ask-clinic name=clinic><option value="">Choose<option value=lane>Lane<option value=river>River</select>
<fieldset><legend>Which days suit you?</legend>
<label><input type=checkbox name=days value=mon>Mon</label><label><input type=checkbox name=days value=tue>Tue</label>
<label><input type=checkbox name=days value=sat>Sat</label></fieldset>
<label for=ask-message>Message</label><textarea id=ask-message name=message></textarea>
<label for=ask-before>Photograph</label><input type=file id=ask-before name=before multiple>
<label><input type=checkbox id=ask-callback name=callback value=yes>Ring me</label>
<label><input type=checkbox id=ask-consent name=consent value=yes>I agree</label>
<label><input type=checkbox id=ask-news name=news value=yes>News</label>
<div hidden><input name=company></div><button>Send</button></form></main></body></html>
"#;

pub(crate) fn everything() -> (Contract, Page) {
    let form = fs::read_to_string(repository().join("tests/forms/everything.yml")).unwrap();
    let site = format!("{SCHEMA}-- content/forms/everything.yml --\n{form}");
    let site = SiteTest::new(&site).build_once();
    let world = site.built.world.as_ref().expect("the site is read");
    let form = &world.site.forms["everything"];
    let contract = Contract::of(form, "en-GB", "");
    let page = PAGE.replace("{wording}", contract.wording_digest.as_deref().unwrap());
    let page = page::cut(&page, &contract, "/api/forms/everything").unwrap();
    (contract, page)
}

/// Compares a file of `tests/` with what it must hold, or writes it.
fn assert_file(path: &str, text: &str) {
    let file = repository().join(path);
    if updating() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, text).unwrap();
    }
    let found = fs::read_to_string(&file).unwrap_or_default();
    assert!(found == text, "{path} is of old: UPDATE_EXPECT=1 cargo test writes it");
}

#[test]
fn the_contract_that_other_implementations_read_is_todays() {
    let (contract, page) = everything();
    let value = json!({"contract": contract, "digest": contract.digest().hex(16), "page": page});
    let text = serde_json::to_string_pretty(&value).unwrap();
    assert_file("tests/forms/everything.contract.json", &format!("{text}\n"));
}

#[test]
fn a_host_gets_a_folder_that_is_ready() {
    let (contract, page) = everything();
    let bare = Contract { form: "bare".to_owned(), ..contract.clone() };
    let widget = "<div class=cf-turnstile data-sitekey=0x4AAA></div><noscript><p>n</p></noscript>";
    let with = PAGE.replace("{wording}", contract.wording_digest.as_deref().unwrap()).replacen(
        "<button",
        &format!("{widget}<button"),
        1,
    );
    assert!(with.contains(widget));
    let with = page::cut(&with, &contract, "/api/forms/everything").unwrap();
    let checked = [(contract.clone(), Some(with)), (bare.clone(), None)];
    let forms = [(contract, Some(page)), (bare, None)];
    let phone = Some("020 7946 0100");
    let site = edge::Site {
        origin: "https://clinic.example",
        endpoint: "/api/forms",
        public_key: PUBLIC,
        phone,
        per_network: 5,
        turnstile: false,
        day: "2026-07-01",
    };
    let mut listed = String::new();
    // What is exported is what is tried, in Node and under workerd.
    let export = |name: &str, path: &str, text: &str| {
        if let Some(folder) = std::env::var_os("GALEN_FORMS_EXPORT") {
            let file = std::path::Path::new(&folder).join(name).join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        for left in ["{folder}", "{day}", "{up}", "{turnstile"] {
            assert!(!text.contains(left), "{name}: {left} is left");
        }
    };
    for (name, host) in Host::NAMES {
        let mut told = false;
        for (path, text) in edge::files(host, &checked, edge::Site { turnstile: true, ..site }) {
            export(&format!("{name}-turnstile"), &path, &text);
            told |= path == "README.md" && text.contains("GALEN_TURNSTILE_SECRET");
        }
        assert!(told, "{name}: nothing says how the secret is set");
        for (path, text) in edge::files(host, &forms, site) {
            listed.push_str(&format!("{name}/{path}\n"));
            export(name, &path, &text);
            let of_program = path.ends_with(".mjs") && path.contains("galen/");
            assert!(of_program || !text.contains("TURNSTILE"), "{name}/{path}: of Turnstile");
        }
    }
    expect_test::expect![[r#"
        cloudflare/README.md
        cloudflare/galen/cloudflare.mjs
        cloudflare/galen/core.mjs
        cloudflare/galen/forms.mjs
        cloudflare/galen/judge.mjs
        cloudflare/galen/page.mjs
        cloudflare/galen/seal.mjs
        cloudflare/galen/turnstile.mjs
        cloudflare/schema.sql
        cloudflare/worker.mjs
        cloudflare/wrangler.toml
        pages/README.md
        pages/functions/api/forms/[[path]].js
        pages/galen/cloudflare.mjs
        pages/galen/core.mjs
        pages/galen/forms.mjs
        pages/galen/judge.mjs
        pages/galen/page.mjs
        pages/galen/seal.mjs
        pages/galen/turnstile.mjs
        pages/schema.sql
        pages/wrangler.toml
        netlify/README.md
        netlify/galen/core.mjs
        netlify/galen/forms.mjs
        netlify/galen/judge.mjs
        netlify/galen/netlify.mjs
        netlify/galen/page.mjs
        netlify/galen/seal.mjs
        netlify/galen/sinks.mjs
        netlify/galen/turnstile.mjs
        netlify/netlify.toml
        netlify/netlify/functions/forms.mjs
        lambda/README.md
        lambda/galen/core.mjs
        lambda/galen/forms.mjs
        lambda/galen/judge.mjs
        lambda/galen/lambda.mjs
        lambda/galen/page.mjs
        lambda/galen/seal.mjs
        lambda/galen/sinks.mjs
        lambda/galen/turnstile.mjs
        lambda/index.mjs
        lambda/template.yaml
    "#]]
    .assert_eq(&listed);
}

/// Gives what a body is judged to be, as JSON (`reason`, `errors`, `trapped` or `stored`), and what comes back of it.
fn verdict(contract: &Contract, kind: &str, body: &[u8]) -> (Value, Sent) {
    let sent = match kind {
        "application/json" => fields::json(body),
        _ => fields::urlencoded(body),
    };
    let sent = match sent {
        Ok(sent) => sent,
        Err(error) => return (json!({"reason": error.reason()}), Sent::new()),
    };
    let (envelope, rest) = judge::part(sent);
    let verdict = match judge::judge(contract, &envelope, &rest, &[]) {
        Verdict::Refused(refusal) => json!({"reason": refusal.reason()}),
        Verdict::Trapped => json!({"trapped": true}),
        Verdict::Faulty(errors) => json!({"errors": pairs(errors)}),
        Verdict::Accepted(answers) => json!({"stored": pairs(answers)}),
    };
    (verdict, judge::shown(contract, &envelope, rest))
}

fn pairs<T: serde::Serialize>(pairs: Vec<(String, T)>) -> Value {
    pairs.into_iter().map(|(name, it)| (name, serde_json::to_value(it).unwrap())).collect()
}

#[test]
fn each_case_is_judged_as_it_says() {
    let (contract, _) = everything();
    let text = fs::read_to_string(repository().join("tests/forms/cases.json")).unwrap();
    let cases: Value = serde_json::from_str(&text).unwrap();
    let mut judged = 0;
    for case in cases["cases"].as_array().unwrap() {
        let reason = case["reason"].as_str().unwrap_or_default();
        // Those are of the request, not of what was sent.
        if ["wrong-method", "wrong-type", "cross-site", "too-large"].contains(&reason) {
            continue;
        }
        judged += 1;
        let kind = case["type"].as_str().unwrap_or("application/x-www-form-urlencoded");
        let body = case["body"].as_str().map_or_else(|| encoded(&case["fields"]), str::to_owned);
        let (verdict, _) = verdict(&contract, kind, body.as_bytes());
        let name = &case["name"];
        let sorted = |value: &Value| -> BTreeMap<String, Value> {
            value.as_object().into_iter().flatten().map(|(k, v)| (k.clone(), v.clone())).collect()
        };
        match case["status"].as_u64().unwrap() {
            400 => assert_eq!(verdict["reason"], case["reason"], "{name}"),
            422 => assert_eq!(verdict["errors"].to_string(), case["errors"].to_string(), "{name}"),
            _ if case["stored"].is_null() => assert_eq!(verdict["trapped"], true, "{name}"),
            _ => assert_eq!(sorted(&verdict["stored"]), sorted(&case["stored"]), "{name}"),
        }
    }
    assert!(judged > 70, "{judged} cases");
}

fn encoded(fields: &Value) -> String {
    let mut out = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields.as_object().unwrap() {
        match value {
            Value::Array(items) => {
                items.iter().for_each(|it| _ = out.append_pair(name, it.as_str().unwrap()));
            }
            _ => _ = out.append_pair(name, value.as_str().unwrap()),
        }
    }
    out.finish()
}

/// `tests/edge/fuzz.mjs` writes the verdicts: a line of JSON each, with the body as hexadecimal digits.
#[test]
#[ignore = "needs the verdicts of the other implementation: GALEN_FORMS_VERDICTS"]
fn both_implementations_judge_alike() {
    let (contract, page) = everything();
    let path = std::env::var("GALEN_FORMS_VERDICTS").expect("GALEN_FORMS_VERDICTS names a file");
    let reading: ReadingKey = READING.parse().unwrap();
    let (mut judged, mut sealed, mut counts) = (0, 0, BTreeMap::<String, usize>::new());
    for line in fs::read_to_string(path).unwrap().lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let hex = case["body"].as_str().unwrap();
        let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        let body: Vec<u8> = (0..hex.len()).step_by(2).map(byte).collect();
        let (verdict, sent) = verdict(&contract, case["type"].as_str().unwrap(), &body);
        let told = format!("{}: {}", case["type"], String::from_utf8_lossy(&body));
        assert_eq!(verdict.to_string(), case["verdict"].to_string(), "{told}");
        if let Some(filled) = case["page"].as_str() {
            let errors: Vec<(String, String)> = verdict["errors"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, it)| (name.clone(), it.as_str().unwrap().to_owned()))
                .collect();
            let filling = Filling { sent: &sent, errors: &errors };
            assert_eq!(page.fill(&contract, filling), filled, "{told}");
        }
        if let Some(envelope) = case.get("envelope") {
            let (form, id) = (contract.form.as_str(), case["id"].as_str().unwrap());
            let opened = Envelope::parse(&envelope.to_string()).unwrap();
            let opened = opened.open(std::slice::from_ref(&reading), form, id).unwrap();
            assert_eq!(*opened, case["plaintext"].as_str().unwrap().as_bytes(), "{told}");
            sealed += 1;
        }
        judged += 1;
        let kind = verdict.as_object().unwrap().iter().next().unwrap();
        let kind = kind.1.as_str().unwrap_or(kind.0);
        *counts.entry(kind.to_owned()).or_default() += 1;
    }
    println!("{judged} verdicts alike, {sealed} envelopes opened: {counts:?}");
    assert!(judged >= 1000 && sealed >= 100);
}
