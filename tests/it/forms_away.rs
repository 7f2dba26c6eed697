//! An endpoint of another host than the site's: what it answers leads to the site.

use galen::forms::Definitions;
use serde_json::json;

use crate::forms::{PAGE, Trial, contract, request};
use crate::support::SiteTest;

const ENDPOINT: &str = "https://forms.example/api/forms";

/// A desk at another host, whose site has a stylesheet, a picture, a link and a script.
fn trial() -> Trial {
    let page = PAGE.replace("\"/api/forms/", "\"https://forms.example/api/forms/").replace(
        "<main>",
        "<link rel=stylesheet href=/assets/a.css><script src=/assets/e.js></script><main><img src=/b.png alt><a href=/privacy/>p</a>",
    );
    let trial = Trial::with(|options| {
        options.pages = Box::new(move |path| (path == "/ask/").then(|| page.clone()));
    });
    let (mut config, contract) = contract();
    config.forms.endpoint = Some(ENDPOINT.to_owned());
    trial.desk.replace(Definitions::new(&config, vec![contract]));
    trial
}

#[test]
fn the_page_with_the_mistakes_has_the_sites_styles_pictures_and_links() {
    let desk = trial();
    let (status, headers, page) =
        desk.send(request(&json!({"fields": {"_page": "/ask/", "name": "Ada"}}), false));
    assert_eq!(status, 422);
    for part in [
        "href=https://clinic.example/assets/a.css",
        "src=https://clinic.example/assets/e.js",
        "src=https://clinic.example/b.png",
        "href=https://clinic.example/privacy/",
        "action=\"https://forms.example/api/forms/everything\"",
        "<a href=#enquiry-email>",
        "name=_page value=/ask/",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("<base"));
    // So has the plain page, where the site's own is not found.
    let (mut config, mut contract) = contract();
    config.forms.endpoint = Some(ENDPOINT.to_owned());
    contract.page = None;
    desk.desk.replace(Definitions::new(&config, vec![contract]));
    let (_, _, plain) = desk.send(request(&json!({"fields": {"name": "Ada"}}), false));
    assert!(
        plain.contains("<a href=https://clinic.example/privacy/>Privacy notice</a>"),
        "{plain}"
    );
    let policy = headers["content-security-policy"].to_str().unwrap();
    for part in ["script-src", "style-src", "img-src", "font-src", "connect-src", "form-action"] {
        assert!(policy.contains(&format!("{part} 'self' https://clinic.example")), "{policy}");
    }
}

#[test]
fn visitors_are_led_on_to_the_site() {
    let trial = trial();
    let fields = json!({"name": "Ada", "email": "a@b.example", "clinic": "lane", "consent": "yes"});
    let (status, headers, _) = trial.send(request(&json!({"fields": fields}), false));
    assert_eq!(
        (status, &headers["location"]),
        (303, &"https://clinic.example/thank-you/".parse().unwrap())
    );
    let (status, headers, _) = trial.send(request(&json!({"method": "GET", "fields": {}}), false));
    assert_eq!(
        (status, &headers["location"]),
        (303, &"https://clinic.example/ask/".parse().unwrap())
    );
    let (status, _, page) = trial.send(request(&json!({"fields": {"other": "x"}}), false));
    assert!(status == 400 && page.contains("href=https://clinic.example/ask/"), "{page}");
}

#[test]
fn an_endpoint_of_the_same_host_by_its_whole_address_answers_as_ever() {
    let trial = Trial::with(|_| {});
    let (mut config, contract) = contract();
    config.forms.endpoint = Some("https://clinic.example/api/forms".to_owned());
    trial.desk.replace(Definitions::new(&config, vec![contract]));
    let (status, headers, _) = trial.send(request(&json!({"method": "GET", "fields": {}}), false));
    assert_eq!((status, &headers["location"]), (303, &"/ask/".parse().unwrap()));
}

#[test]
fn the_sites_host_lets_the_endpoints_pages_have_what_belongs_to_them() {
    let headers = |forms: &str| {
        let site = SiteTest::new(&format!(
            "-- galen.yaml --\nbase_url: https://clinic.example\nlanguage: en\ntheme: t\n{forms}\n"
        ));
        site.build().text("_headers")
    };
    let away = headers(&format!("forms:\n  endpoint: {ENDPOINT}"));
    assert!(away.contains("Cross-Origin-Resource-Policy: cross-origin"), "{away}");
    assert!(away.contains("/assets/*\n  Cache-Control: public, max-age=31536000, immutable\n  Access-Control-Allow-Origin: https://forms.example\n"), "{away}");
    for own in [
        "",
        "forms:\n  endpoint: /api/forms",
        "forms:\n  endpoint: https://clinic.example/api/forms",
    ] {
        let own = headers(own);
        assert!(own.contains("Cross-Origin-Resource-Policy: same-origin"), "{own}");
        assert!(!own.contains("Access-Control-Allow-Origin: https"), "{own}");
    }
}
