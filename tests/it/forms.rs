//! The form endpoint in Rust, held to the cases that every implementation is held to.

use std::net::{IpAddr, Ipv4Addr};

use axum::body::Body;
use axum::http::Request;
use galen::form::Contract;
use galen::forms::{Definitions, Desk, Options, Sealed};
use galen::store::keys::{ReadingKey, Secret};
use galen::store::{Filter, Store};
use serde_json::Value;

use crate::forms_judge::SCHEMA;
use crate::support::SiteTest;

const EVERYTHING: &str = include_str!("../forms/everything.yml");
const CASES: &str = include_str!("../forms/cases.json");
const ORIGIN: &str = "https://clinic.example";

/// A page as a theme might make it.
pub(crate) const PAGE: &str = r#"<!doctype html><html lang=en><title>Ask us</title><main><h1>Ask</h1>
<form action="/api/forms/everything" method=post><input type=hidden name=_page value=/ask/><input type=hidden name=_wording value=6f9ff4bbc728e0d6>
<p><label for=n>Your name</label><input id=n name=name aria-describedby=hint></p><p id=hint>In full.</p>
<p><label>E-mail <input type=email name=email></label></p>
<fieldset><legend>Stage</legend><input type=radio name=stage value=norwood-2 id=s2 checked><input type=radio name=stage value=not-sure></fieldset>
<select name=clinic id=clinic><option value="">Choose<option value=lane selected>Lane<option value=river>River</select>
<input type=checkbox name=days value=mon><input type=checkbox name=days value=tue>
<textarea name=message id=m>old</textarea>
<input type=checkbox name=consent value=yes id=c></form></main></html>"#;

pub(crate) fn now() -> i64 {
    1_790_000_000_000
}

/// The contract of everything.yml.
pub(crate) fn contract() -> (galen::config::Config, Contract) {
    contract_of(EVERYTHING, "en-GB")
}

/// The contract of a form, of a site in a language.
pub(crate) fn contract_of(form: &str, language: &str) -> (galen::config::Config, Contract) {
    let site = SiteTest::new(&format!(
        "-- content/forms/everything.yml --\n{form}\n{SCHEMA}\n\
         -- galen.yaml --\nbase_url: {ORIGIN}\nlanguage: {language}\ntheme: t\nforms:\n  endpoint: /api/forms\n"
    ));
    let mut forms = galen::build::forms(&site.files, &site.request);
    assert!(!forms.diagnostics.has_errors(), "{:?}", forms.diagnostics);
    (forms.config.take().unwrap(), forms.contracts.pop().expect("a contract"))
}

pub(crate) struct Trial {
    pub(crate) desk: Desk,
    pub(crate) store: Store,
    pub(crate) key: ReadingKey,
    pub(crate) folder: tempfile::TempDir,
}

impl Trial {
    fn new() -> Self {
        Self::at(now)
    }

    fn at(clock: fn() -> i64) -> Self {
        Self::with(|options| options.clock = clock)
    }

    /// A desk that is set otherwise.
    pub(crate) fn with(set: impl FnOnce(&mut Options)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = folder.path().join("e.sqlite").display().to_string();
        let (config, contract) = contract();
        let key = ReadingKey::generate().unwrap();
        let mut options = Options {
            secret: Secret::generate().unwrap(),
            public: key.public().clone(),
            pages: Box::new(|path| (path == "/ask/").then(|| PAGE.to_owned())),
            turnstile: None,
            per_network: 1_000_000,
            per_minute: 1_000_000,
            notices: Vec::new(),
            letters: false,
            origin: "test".to_owned(),
            clock: now,
            tell: Box::new(|words| panic!("{words}")),
        };
        set(&mut options);
        let desk = Desk::open(
            Definitions::new(&config, vec![contract]),
            options,
            Store::open(&address).unwrap(),
            || {},
        );
        let store = Store::open(&address).unwrap();
        Self { desk: desk.unwrap(), store, key, folder }
    }

    pub(crate) fn send(&self, request: Request<Body>) -> (u16, axum::http::HeaderMap, String) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let answer = self.desk.answer(request, IpAddr::V4(Ipv4Addr::LOCALHOST)).await;
            let (parts, body) = answer.into_parts();
            let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
            (parts.status.as_u16(), parts.headers, String::from_utf8(bytes.to_vec()).unwrap())
        })
    }

    /// What is kept, opened, the newest first; and all of it is removed.
    pub(crate) fn take(&mut self) -> Vec<Sealed> {
        let all = self.store.list(&Filter::default()).unwrap();
        let opened = all.iter().map(|summary| {
            let enquiry = self.store.get(&summary.id).unwrap().expect("an enquiry");
            let key = self.store.data_key(&enquiry.summary.data_key).unwrap().expect("a data key");
            let keys = std::slice::from_ref(&self.key);
            let plain =
                galen::store::seal::open(keys, &key, &summary.form, &summary.id, &enquiry.sealed);
            serde_json::from_slice(&plain.unwrap()).unwrap()
        });
        let opened = opened.collect();
        let ids: Vec<&str> = all.iter().map(|it| it.id.as_str()).collect();
        self.store.erase(&ids, now()).unwrap();
        opened
    }
}

fn encoded(fields: &Value) -> String {
    let mut out = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields.as_object().unwrap() {
        match value {
            Value::Array(values) => {
                for value in values {
                    out.append_pair(name, value.as_str().unwrap());
                }
            }
            value => {
                out.append_pair(name, value.as_str().unwrap());
            }
        }
    }
    out.finish()
}

pub(crate) fn request(case: &Value, json: bool) -> Request<Body> {
    let text = |name: &str| case[name].as_str().map(str::to_owned);
    let body = text("body").unwrap_or_else(|| encoded(&case["fields"]));
    let method = text("method").unwrap_or("POST".to_owned());
    let kind = text("type").unwrap_or("application/x-www-form-urlencoded".to_owned());
    let mut builder = Request::builder()
        .method(method.as_str())
        .uri("/api/forms/everything")
        .header("host", "forms.internal:8787")
        .header("content-type", kind);
    if json {
        builder = builder.header("accept", "application/json");
    }
    let headers = &case["headers"];
    if headers.get("Sec-Fetch-Site").is_none() {
        builder = builder.header("sec-fetch-site", "same-origin");
    }
    for (name, value) in headers.as_object().into_iter().flatten() {
        if let Some(value) = value.as_str() {
            builder = builder.header(name, value.replace("{origin}", ORIGIN));
        }
    }
    builder.body(Body::from(body)).unwrap()
}

#[test]
fn every_case_has_its_verdict() {
    let cases: Value = serde_json::from_str(CASES).unwrap();
    // That words are others than those in force is told, and tried below.
    let mut trial = Trial::with(|options| options.tell = Box::new(|_| {}));
    let mut wrong = Vec::new();
    for case in cases["cases"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        for json in [true, false] {
            let (status, headers, text) = trial.send(request(case, json));
            let kept = trial.take();
            let due = case["status"].as_u64().unwrap();
            let expected = if json && due == 303 { 200 } else { due };
            if u64::from(status) != expected {
                wrong.push(format!("{name}: {status} for {expected}: {text}"));
                continue;
            }
            assert_eq!(headers["cache-control"], "no-store", "{name}");
            assert!(!headers.contains_key("set-cookie"), "{name}");
            let stored = case.get("stored").filter(|it| !it.is_null());
            let answers = kept.first().map(|it| serde_json::to_value(&it.answers).unwrap());
            if kept.len() > 1 || answers.as_ref() != stored {
                wrong.push(format!("{name}: kept {answers:?} for {stored:?}"));
            }
            if !json {
                if due == 303 {
                    assert_eq!(headers["location"], "/thank-you/", "{name}");
                }
                continue;
            }
            let body: Value = serde_json::from_str(&text).unwrap();
            if due >= 400 && due != 422 && body["reason"] != case["reason"] {
                wrong.push(format!("{name}: {body} for {}", case["reason"]));
            }
            if due == 422 {
                let messages: serde_json::Map<String, Value> = case["errors"]
                    .as_object()
                    .unwrap()
                    .iter()
                    .map(|(name, message)| (name.clone(), vec![message.clone()].into()))
                    .collect();
                if body["errors"] != Value::Object(messages) {
                    wrong.push(format!("{name}: {body} for {}", case["errors"]));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_page_comes_back_with_what_was_written() {
    let trial = Trial::new();
    let case = serde_json::json!({"fields": {
        "_page": "/ask/", "name": "", "email": "a\"><script>alert(1)</script>", "stage": "not-sure",
        "clinic": "river", "days": ["tue"], "message": "\n<b>One</b>\ntwo & three",
    }});
    let (status, headers, text) = trial.send(request(&case, false));
    assert_eq!(status, 422);
    assert_eq!(headers["content-type"], "text/html; charset=utf-8");
    expect_test::expect_file!["../forms/everything.422.html"].assert_eq(&text);
}

#[test]
fn a_form_whose_page_is_gone_comes_back_all_the_same() {
    let trial = Trial::new();
    let fields = serde_json::json!({"fields": {"_page": "/ask/../../etc/passwd", "email": "x"}});
    let (config, mut contract) = contract();
    contract.page = None;
    trial.desk.replace(Definitions::new(&config, vec![contract]));
    let (status, _, text) = trial.send(request(&fields, false));
    assert_eq!(status, 422);
    for part in [
        "<title>Error: Everything",
        "There is a problem",
        "value=x",
        "action=/api/forms/everything",
        "<a href=/privacy/>Privacy notice</a>",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn a_retry_is_the_same_enquiry() {
    let mut trial = Trial::new();
    let fields = serde_json::json!({"name": "Ada", "email": "a@b.example", "clinic": "lane", "consent": "yes"});
    let mut named = fields.clone();
    named["_id"] = "0f8fad5b-d9cb-469f-a165-70867728950e".into();
    let send = |fields: &Value| trial.send(request(&serde_json::json!({"fields": fields}), true)).2;
    assert_eq!(send(&fields), send(&fields), "the same answers within the hour");
    assert_eq!(send(&named), send(&named), "the same name");
    let mut other = named.clone();
    other["name"] = "Bob".into();
    assert_eq!(send(&named), send(&other), "a name stands for what was sent first");
    assert_eq!(trial.take().len(), 2);
}

#[test]
fn a_page_token_tells_when_the_page_was_opened() {
    use std::sync::atomic::{AtomicI64, Ordering::SeqCst};
    static NOW: AtomicI64 = AtomicI64::new(1_790_000_000_000);
    let mut trial = Trial::at(|| NOW.load(SeqCst));
    let get = Request::builder().uri("/api/forms/everything/token").body(Body::empty()).unwrap();
    let (status, headers, text) = trial.send(get);
    assert_eq!((status, headers["cache-control"].to_str().unwrap()), (200, "no-store"));
    let token: Value = serde_json::from_str(&text).unwrap();
    let token = token["token"].as_str().unwrap();
    let send = |trial: &Trial, token: &str| {
        let case = serde_json::json!({"headers": {"Sec-Fetch-Site": null}, "fields": {
            "name": "Ada", "email": "a@b.example", "clinic": "lane", "consent": "yes", "_token": token}});
        let (status, _, text) = trial.send(request(&case, true));
        (status, text)
    };
    assert_eq!(send(&trial, token).0, 422, "at once");
    NOW.fetch_add(4_000, SeqCst);
    assert_eq!(send(&trial, token).0, 200, "after four seconds, without a word whence");
    assert_eq!(send(&trial, &format!("{token}x")).0, 400);
    assert_eq!(send(&trial, "1.x").0, 400);
    NOW.fetch_add(25 * 3_600_000, SeqCst);
    assert_eq!(send(&trial, token).0, 422, "a day later");
    assert_eq!(trial.take().len(), 1);
}
