//! Turnstile's widget on pages: where a clinic asked for it, and nowhere else.

use galen::forms::Definitions;
use serde_json::json;

use crate::forms::{PAGE, Trial, contract, request};
use crate::forms_cli::Clinic;
use crate::golden::{built, sample_with};
use crate::support::SiteTest;

const SCRIPT: &str =
    "<script src=https://challenges.cloudflare.com/turnstile/v0/api.js async defer></script>";
const CLOUDFLARE: &str = "https://challenges.cloudflare.com";

/// The lines of a policy that name Cloudflare.
fn asked(policy: &str) -> Vec<&str> {
    policy.split(';').map(str::trim).filter(|it| it.contains("cloudflare")).collect()
}

#[test]
fn the_sample_shows_the_widget_on_pages_with_a_form_that_can_be_sent() {
    let site = sample_with("endpoint: /api/forms\n  turnstile: 0x4AAA\"<");
    let (_, files) = built(site.path());
    let mut shown = 0;
    for (file, bytes) in files.iter().filter(|it| it.0.ends_with(".html")) {
        let page = String::from_utf8_lossy(bytes);
        let forms = page.matches("<form action=/api/forms/").count();
        assert_eq!(page.matches("class=cf-turnstile").count(), forms, "{file}");
        assert_eq!(page.matches(SCRIPT).count(), forms.min(1), "{file}");
        assert_eq!(page.matches(CLOUDFLARE).count(), forms.min(1), "{file}");
        shown += forms;
    }
    assert!(shown > 1, "a page with a form");
    let page = String::from_utf8_lossy(&files["contact/index.html"]);
    let (form, _) = page.split("<form action").nth(1).unwrap().split_once("</form>").unwrap();
    for part in [
        "<div class=cf-turnstile data-sitekey=0x4AAA&quot;&lt; data-action=consultation data-language=en",
        "<noscript><p>This form works without scripts too. Somebody then looks at your enquiry before we answer",
    ] {
        assert!(form.contains(part), "{part}");
    }
    let headers = String::from_utf8_lossy(&files["_headers"]);
    let policy = headers.lines().find(|it| it.contains("Content-Security-Policy")).unwrap();
    let cloudflare = format!("script-src 'self' {CLOUDFLARE}; frame-src {CLOUDFLARE}");
    assert_eq!(asked(policy).join("; "), cloudflare);
    // A form that cannot be sent has nothing to check.
    let (_, files) = built(sample_with("turnstile: 0x4AAA").path());
    for (file, bytes) in files.iter().filter(|it| it.0.ends_with(".html")) {
        assert!(!String::from_utf8_lossy(bytes).contains("cloudflare"), "{file}");
    }
}

/// A site whose theme has the widget in its own words; two of its forms have names that differ.
fn own_theme(forms: &str) -> SiteTest {
    let long = "a-name-of-a-form-that-is-longer-than-names-of-actions";
    let form = "title: T\nconsent_text: c\ninputs:\n  - {name: n, label: N, type: text}\n";
    SiteTest::new(&format!(
        r#"
-- galen.yaml --
base_url: https://clinic.example
language: pt-BR
theme: t
forms: {{endpoint: /api/forms{forms}}}
-- content/schema.yml --
collections:
  - name: pages
    label: Pages
    folder: content/pages
    galen: {{route: "/{{{{slug}}}}/", template: page.html}}
    fields: [{{name: title, label: Title, widget: string}}]
  - name: forms
    label: Forms
    folder: content/forms
    extension: yml
    format: yaml
    galen: {{route: null, kind: form}}
    fields:
      - {{name: title, label: Title, widget: string}}
      - {{name: consent_text, label: C, widget: text}}
      - name: inputs
        label: Inputs
        widget: list
        fields: [{{name: name, label: N, widget: string}}, {{name: label, label: L, widget: string}}, {{name: type, label: T, widget: string}}]
-- content/pages/ask.md --
---
title: Ask
---
-- content/forms/short_1.yml --
{form}
-- content/forms/{long}.yml --
{form}
-- themes/t/theme.yaml --
name: t
-- themes/t/templates/page.html --
{SCRIPT}{{% for name in ["short_1", "{long}"] %}}{{% set form = form(name=name) %}}[{{% if form.turnstile %}}{{{{ form.turnstile.key }}}} {{{{ form.turnstile.action if form.turnstile.action else "none" }}}} {{{{ form.turnstile.language }}}}{{% endif %}}]{{% endfor %}}
-- themes/t/templates/404.html --
None
"#
    ))
}

#[test]
fn themes_get_what_the_widget_takes() {
    let site = own_theme(", turnstile: 0x4AAA").build();
    let page = site.text("ask/index.html");
    assert!(page.contains("[0x4AAA short_1 pt][0x4AAA none pt]"), "{page}");
    assert!(own_theme("").build().text("ask/index.html").contains("[][]"));
}

#[test]
fn the_script_is_found_where_the_clinic_did_not_ask_for_it() {
    let mut site = own_theme(", turnstile: 0x4AAA");
    site.request.unchecked = false;
    let site = site.build();
    assert!(!site.said().contains("third-party"), "{}", site.said());
    // What is kept of pages is not kept when the key goes.
    let site = site.edit("galen.yaml", ", turnstile: 0x4AAA", "").build();
    let said = site.said();
    assert!(said.contains("this script is fetched from `challenges.cloudflare.com`"), "{said}");
    let policy = site.text("_headers");
    assert_eq!(asked(&policy), Vec::<&str>::new());
    // Nor is it kept out when it is set again.
    let site = site.edit("galen.yaml", "/api/forms", "/api/forms, turnstile: 0x4AAA").build();
    assert!(!site.said().contains("third-party"), "{}", site.said());
}

#[test]
fn the_page_that_comes_back_has_the_widget_and_may_load_it() {
    let widget = "<div class=cf-turnstile data-sitekey=0x4AAA></div><noscript><p>n</p></noscript>";
    for (endpoint, own) in [
        ("/api/forms", "'self'"),
        ("https://forms.example/api/forms", "'self' https://clinic.example"),
    ] {
        let page = PAGE
            .replace("\"/api/forms/everything\"", &format!("{endpoint}/everything"))
            .replace("</form>", &format!("{widget}</form>{SCRIPT}"));
        let desk = Trial::with(|options| {
            options.pages = Box::new(move |path| (path == "/ask/").then(|| page.clone()));
        });
        for turnstile in [Some("0x4AAA".to_owned()), None] {
            let (mut config, contract) = contract();
            config.forms.endpoint = Some(endpoint.to_owned());
            config.forms.turnstile = turnstile.clone();
            desk.desk.replace(Definitions::new(&config, vec![contract]));
            let fields = json!({"name": "Ada", "cf-turnstile-response": "SPENT"});
            let (status, headers, page) = desk.send(request(&json!({"fields": fields}), false));
            assert_eq!(status, 422);
            assert!(page.contains(widget) && page.contains(SCRIPT), "{page}");
            // An answer holds once, so the widget has to ask anew.
            assert!(page.contains("value=Ada") && !page.contains("SPENT"), "{page}");
            let policy = headers["content-security-policy"].to_str().unwrap();
            match turnstile {
                Some(_) => assert_eq!(
                    asked(policy),
                    [format!("script-src {own} {CLOUDFLARE}"), format!("frame-src {CLOUDFLARE}")]
                ),
                None => assert_eq!(asked(policy), Vec::<&str>::new()),
            }
        }
    }
}

#[test]
fn the_record_of_processing_names_cloudflare_where_it_is_asked() {
    let record = |forms: &str| Clinic::new(forms).says(&["forms", "record", "everything"]);
    let with = record("  turnstile: 0x4AAA\n");
    let recipients = with.lines().find(|it| it.starts_with("| Recipients")).unwrap();
    assert!(recipients.contains("Cloudflare (Turnstile)"), "{recipients}");
    let abroad = with.lines().find(|it| it.starts_with("| Transfers")).unwrap();
    assert!(abroad.contains("Cloudflare"), "{abroad}");
    assert!(with.ends_with("before anyone agrees to anything?\n"), "{with}");
    assert!(!record("").contains("Cloudflare"));
}
