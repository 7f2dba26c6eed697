//! Turnstile's check, asked of a server of this test's: what it lets through is new, everything else is held for a person
//! to look at, and nothing is lost.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::http::Request;
use galen::forms::Turnstile;
use galen::store::{Filter, State};
use serde_json::json;

use crate::forms::{Trial, request};
use crate::notify::{Sink, free};

/// Reads a request, gives one answer, and tells the body.
fn verify(stream: TcpStream, status: &str, answer: &str) -> String {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut length, mut line) = (0, String::new());
    while reader.read_line(&mut line).unwrap_or(0) > 0 && line != "\r\n" {
        if let Some(it) = line.to_lowercase().strip_prefix("content-length:") {
            length = it.trim().parse().unwrap();
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        answer.len()
    );
    (&stream).write_all((head + answer).as_bytes()).unwrap();
    String::from_utf8(body).unwrap()
}

/// A site on a port of its own, and an endpoint on another host.
const ORIGINS: [&str; 2] =
    ["https://clinic.example:8443", "https://forms.clinic.example/api/forms"];

/// A check at an address.
fn trial(address: &str) -> Trial {
    let address = format!("http://{address}/siteverify");
    let turnstile = Turnstile::new("geheim".to_owned(), &ORIGINS, Some(address));
    Trial::with(|options| options.turnstile = Some(turnstile.unwrap()))
}

fn form(token: Option<&str>) -> Request<axum::body::Body> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let mut fields = json!({"name": format!("Ada {number}"), "email": "a@b.example", "clinic": "lane", "consent": "yes"});
    if let Some(token) = token {
        fields["cf-turnstile-response"] = token.into();
    }
    request(&json!({"fields": fields}), true)
}

/// Sends an enquiry; gives its state, and why it is held.
fn kept(trial: &mut Trial, token: Option<&str>) -> (State, Option<String>) {
    let (status, _, text) = trial.send(form(token));
    assert_eq!(status, 200, "{text}");
    let mut all = trial.store.list(&Filter::default()).unwrap();
    assert_eq!(all.len(), 1);
    let opened = trial.take();
    assert!(opened[0].answers.keys().all(|it| !it.starts_with("cf-")), "the token is not kept");
    let it = all.remove(0);
    (it.state, it.reason)
}

#[test]
fn what_the_check_says_decides_whether_an_enquiry_is_held() {
    let cases = [
        ("200 OK", r#"{"success":true,"hostname":"clinic.example","action":"everything"}"#, None),
        ("200 OK", r#"{"success":true,"hostname":"clinic.example","action":""}"#, None),
        ("200 OK", r#"{"success":true,"hostname":"clinic.example"}"#, None),
        ("200 OK", r#"{"success":true,"hostname":"forms.clinic.example"}"#, None),
        (
            "200 OK",
            r#"{"success":false,"error-codes":["timeout-or-duplicate"]}"#,
            Some("turnstile: not passed"),
        ),
        (
            "200 OK",
            r#"{"success":"true","hostname":"clinic.example"}"#,
            Some("turnstile: not passed"),
        ),
        (
            "200 OK",
            r#"{"success":true,"hostname":"other.example"}"#,
            Some("turnstile: another host"),
        ),
        (
            "200 OK",
            r#"{"success":true,"hostname":"clinic.example","action":"news"}"#,
            Some("turnstile: another action"),
        ),
        ("200 OK", "<html>sorry</html>", Some("turnstile: not understood")),
        ("500 Internal Server Error", "{}", Some("turnstile: not reached")),
        ("302 Found", r#"{"success":true}"#, Some("turnstile: not reached")),
    ];
    for (status, answer, reason) in cases {
        let sink = Sink::new(move |stream| verify(stream, status, answer));
        let mut trial = trial(&sink.address);
        let (state, held) = kept(&mut trial, Some("a token & more"));
        assert_eq!(held.as_deref(), reason, "{answer}");
        assert_eq!(state, if reason.is_some() { State::Held } else { State::New }, "{answer}");
        crate::notify::until(|| (!sink.got().is_empty()).then_some(()));
        let body = sink.got().remove(0);
        assert!(
            body.contains("secret=geheim&response=a+token+%26+more&idempotency_key="),
            "{body}"
        );
    }
}

#[test]
fn what_cannot_be_checked_is_held_and_kept() {
    let place = free().to_string();
    let mut trial = trial(&place);
    assert_eq!(
        kept(&mut trial, Some("token")),
        (State::Held, Some("turnstile: not reached".to_owned()))
    );
    assert_eq!(kept(&mut trial, None), (State::Held, Some("turnstile: no answer".to_owned())));
    let long = "x".repeat(2049);
    assert_eq!(
        kept(&mut trial, Some(&long)),
        (State::Held, Some("turnstile: no answer".to_owned()))
    );
}

#[test]
fn a_retry_asks_under_the_same_name_and_another_enquiry_under_another() {
    let answer = r#"{"success":true,"hostname":"clinic.example"}"#;
    let sink = Sink::new(move |stream| verify(stream, "200 OK", answer));
    let trial = trial(&sink.address);
    let fields = |name: &str| {
        json!({"fields": {"name": name, "email": "a@b.example", "clinic": "lane", "consent": "yes",
            "cf-turnstile-response": "token"}})
    };
    for name in ["Ada", "Ada", "Bob"] {
        assert_eq!(trial.send(request(&fields(name), true)).0, 200);
    }
    crate::notify::until(|| (sink.got().len() == 3).then_some(()));
    let key = |body: &String| body.split("idempotency_key=").nth(1).unwrap().to_owned();
    let keys: Vec<String> = sink.got().iter().map(key).collect();
    assert!(keys[0] == keys[1] && keys[1] != keys[2], "{keys:?}");
    // A UUID, as Cloudflare asks for: 8-4-4-4-12, with its version and variant.
    let parts: Vec<usize> = keys[0].split('-').map(str::len).collect();
    assert_eq!(parts, [8, 4, 4, 4, 12], "{keys:?}");
    assert!(
        keys[0].as_bytes()[14] == b'4' && b"89ab".contains(&keys[0].as_bytes()[19]),
        "{keys:?}"
    );
}
