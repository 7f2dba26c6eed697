//! Consent is recorded with the words that were shown: pages of other words than those in force.

use std::sync::{Arc, Mutex};

use galen::forms::Options;
use serde_json::{Value, json};

use crate::forms::{PAGE, Trial, contract_of, request};
use crate::forms_cli::Clinic;

/// The digest of the words in force, and of others.
const IN_FORCE: &str = "6f9ff4bbc728e0d6";
const OTHER: &str = "0f1e2d3c4b5a6978";
const REWORDED: &str = "The wording of what you agree to has changed since you opened this page. Please read it and tick again.";

/// A desk with a page, and what is told.
fn trial(page: &str, set: impl FnOnce(&mut Options)) -> (Trial, Arc<Mutex<Vec<String>>>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let (log, page) = (Arc::clone(&told), page.to_owned());
    let trial = Trial::with(|options| {
        options.pages = Box::new(move |path| (path == "/ask/").then(|| page.clone()));
        options.tell = Box::new(move |words| log.lock().unwrap().push(words.to_owned()));
        set(options);
    });
    (trial, told)
}

fn fields(wording: &str) -> Value {
    json!({"name": "Ada Example", "email": "ada@example.com", "clinic": "river", "message": "One\ntwo",
        "consent": "yes", "_page": "/ask/", "_wording": wording})
}

fn send(trial: &Trial, fields: &Value) -> (u16, String) {
    let (status, _, text) = trial.send(request(&json!({"fields": fields}), false));
    (status, text)
}

/// The digest that a page sends, as a browser would.
fn digest(page: &str) -> &str {
    let rest = page.split("name=_wording value=").nth(1).expect("a digest");
    rest.split('>').next().unwrap()
}

#[test]
fn a_page_that_was_opened_before_the_words_changed_comes_back_with_those_in_force() {
    let (mut trial, told) = trial(PAGE, |_| {});
    let (status, page) = send(&trial, &fields(OTHER));
    assert_eq!(status, 422);
    assert!(page.contains(&format!("<li><a href=#c>{REWORDED}</a></li>")), "{page}");
    assert!(
        page.contains("value=\"Ada Example\"") && page.contains("\nOne\ntwo</textarea>"),
        "{page}"
    );
    assert!(page.contains("selected value=river"), "{page}");
    assert!(!page.contains("checked"), "no box is ticked for anyone: {page}");
    assert_eq!(digest(&page), IN_FORCE);
    assert!(trial.take().is_empty(), "nothing was kept");
    assert_eq!(send(&trial, &fields(digest(&page))).0, 303, "it is read and ticked again");
    let kept = trial.take();
    assert_eq!(
        kept[0].consents[0].wording,
        "I agree that the clinic keeps these answers to reply to me."
    );
    assert!(!kept[0].answers.contains_key("_wording"));
    // A page that many have open is told of once in a minute.
    send(&trial, &fields(OTHER));
    let told = told.lock().unwrap();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("`everything`") && told[0].contains("publish the site"), "{told:?}");
    assert!(!told[0].contains("Ada"));
}

#[test]
fn a_site_that_was_not_built_since_shows_its_visitors_the_words_in_force_on_a_plain_page() {
    let (mut trial, told) = trial(&PAGE.replace(IN_FORCE, OTHER), |_| {});
    let (status, page) = send(&trial, &fields(OTHER));
    assert_eq!((status, digest(&page)), (422, IN_FORCE));
    assert!(page.contains("I agree that the clinic keeps these answers to reply to me."), "{page}");
    assert!(page.contains(REWORDED) && page.contains("value=\"Ada Example\""), "{page}");
    assert!(!page.contains("checked type=checkbox name=consent"), "{page}");
    assert!(told.lock().unwrap()[0].contains("/ask/"), "{told:?}");
    assert_eq!(send(&trial, &fields(digest(&page))).0, 303, "no visitor is sent round and round");
    assert_eq!(trial.take().len(), 1);
    // Another mistake brings no page with other words back either.
    let mut mistaken = fields(IN_FORCE);
    mistaken["email"] = "x".into();
    let (status, page) = send(&trial, &mistaken);
    assert_eq!((status, digest(&page)), (422, IN_FORCE));
    assert!(
        page.contains("checked type=checkbox name=consent"),
        "those words were agreed to: {page}"
    );
}

#[test]
fn a_page_without_a_box_for_consent_does_not_come_back_where_one_must_be_ticked() {
    let consent = "<input type=checkbox name=consent value=yes id=c>";
    let (trial, told) = trial(&PAGE.replace(consent, "").replace("_wording", "other"), |_| {});
    let (status, page) = send(&trial, &json!({"name": "Ada", "_page": "/ask/"}));
    assert_eq!(status, 422);
    assert!(page.contains("name=consent") && page.contains("name=_wording"), "{page}");
    assert_eq!(told.lock().unwrap().len(), 1);
}

#[test]
fn a_theme_that_sends_no_digest_is_taken_as_it_was() {
    let (mut trial, told) = trial(&PAGE.replace("_wording", "_page"), |_| {});
    let mut fields = fields("");
    assert_eq!(send(&trial, &fields).0, 303);
    fields.as_object_mut().unwrap().remove("_wording");
    fields["name"] = "".into();
    let (status, page) = send(&trial, &fields);
    assert!(status == 422 && page.contains("<h1>Ask</h1>"), "{page}");
    assert_eq!((trial.take().len(), told.lock().unwrap().len()), (1, 0));
}

#[test]
fn what_is_sent_too_fast_is_not_ticked_either_where_words_changed() {
    let (trial, _) = trial(PAGE, |_| {});
    let get = axum::http::Request::builder().uri("/api/forms/everything/token");
    let (_, _, text) = trial.send(get.body(axum::body::Body::empty()).unwrap());
    let token: Value = serde_json::from_str(&text).unwrap();
    let mut fields = fields(OTHER);
    fields["_token"] = token["token"].clone();
    let (status, page) = send(&trial, &fields);
    assert_eq!(status, 422);
    assert!(page.contains("sent very quickly") && !page.contains("checked"), "{page}");
}

#[test]
fn the_digest_is_of_all_that_is_agreed_to_and_of_nothing_else() {
    let form = include_str!("../forms/everything.yml");
    let digest = |old: &str, new: &str, language: &str| {
        assert!(form.contains(old), "{old}");
        contract_of(&form.replace(old, new), language).1.wording_digest
    };
    let own = digest("title", "title", "en-GB");
    assert_eq!(own.as_deref(), Some(IN_FORCE));
    assert_eq!(digest("Your name", "Full name", "en-GB"), own);
    assert_eq!(digest("retention_days: 90", "retention_days: 30", "en-GB"), own);
    for (old, new) in [
        ("to reply to me", "to write to me"),
        ("sent news by e-mail", "sent news"),
        ("label: I agree", "label: Yes"),
        ("name: news", "name: letters"),
    ] {
        assert_ne!(digest(old, new, "en-GB"), own, "{old}");
    }
    assert_ne!(digest("title", "title", "de"), own);
    let none = form.replace("type: consent", "type: checkbox").replace("sensitive: true, ", "");
    let none = none.replace("    sensitive: true\n", "").replace("type: photo", "type: text");
    assert_eq!(contract_of(&none, "en").1.wording_digest, None);
}

#[test]
fn a_site_of_other_words_is_told_of_when_the_endpoint_starts_and_before_functions_are_written() {
    let clinic = Clinic::new("").without_photographs();
    let page = clinic.root().join("public/ask/index.html");
    std::fs::create_dir_all(page.parent().unwrap()).unwrap();
    let contract = clinic.says(&["forms", "contract", "everything"]);
    let contract: Value = serde_json::from_str(&contract).unwrap();
    let in_force = contract["wording_digest"].as_str().unwrap();
    let export = |to: &str| {
        let output = clinic.run(&["forms", "export-function", "--for", "lambda", "--to", to]);
        assert!(output.status.success());
        let forms = std::fs::read_to_string(std::path::Path::new(to).join("galen/forms.mjs"));
        (String::from_utf8(output.stderr).unwrap(), forms.unwrap())
    };
    for (wording, of_old) in [(OTHER, true), (in_force, false)] {
        std::fs::write(&page, PAGE.replace(IN_FORCE, wording)).unwrap();
        let running = clinic.serve();
        crate::forms_cli::send(running.address, "ada");
        let said = running.said.lock().unwrap().clone();
        assert_eq!(
            said.contains("/ask/ in the output folder has other consent wording"),
            of_old,
            "{said}"
        );
        assert_eq!(said.contains("publish the site and start this anew"), of_old, "{said}");
        let to = clinic.root().join(wording).display().to_string();
        let (said, forms) = export(&to);
        assert_eq!(said.contains("build the site, then export again"), of_old, "{said}");
        assert_eq!(forms.contains("<h1>Ask</h1>"), !of_old, "a function shows the words in force");
        assert!(forms.contains(&format!("name=_wording value={in_force}")));
    }
}
