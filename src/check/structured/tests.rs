//! Structured data that is right and structured data that is not: `data/json`, `data/type`,
//! `data/property`, `data/value`, `data/missing`, `data/reference`, `data/faq-text`.

use std::fmt::Write as _;

use expect_test::{Expect, expect};

use super::*;

fn told(json: &str, found: &[Finding]) -> String {
    let mut out = String::new();
    for finding in found {
        let it = &finding.diagnostic;
        let _ = write!(out, "{} {}", it.code.as_str(), it.message);
        for words in it.notes.iter().chain(&it.help) {
            let _ = write!(out, " | {words}");
        }
        let _ = writeln!(out, "\n  {}", &json[finding.at.clone()]);
    }
    out
}

fn says(json: &str, expected: Expect) {
    let json = json.replace("CONTEXT", r#""@context": "https://schema.org""#);
    expected.assert_eq(&told(&json, &check(&json)));
}

#[test]
fn good_nodes_pass() {
    for good in GOOD {
        let json = good.replace("CONTEXT", r#""@context": "https://schema.org""#);
        assert_eq!(told(&json, &check(&json)), "");
    }
}

const GOOD: &[&str] = &[
    r#"{CONTEXT, "@type": "MedicalClinic", "name": "A", "address": {"@type": "PostalAddress", "streetAddress": "1 A St"},
        "geo": {"@type": "GeoCoordinates", "latitude": 51.5, "longitude": "-0.1"}, "medicalSpecialty": "Dermatology",
        "openingHoursSpecification": [{"@type": "OpeningHoursSpecification", "dayOfWeek": ["Monday", "https://schema.org/Tuesday"],
        "opens": "09:00", "closes": "17:00", "validFrom": "2026-12-24"}], "image": "https://a.example/a.jpg", "priceRange": "££"}"#,
    r#"{CONTEXT, "@graph": [{"@type": "WebSite", "@id": "https://a.example/#s", "url": "https://a.example/", "name": "A",
        "publisher": {"@id": "https://a.example/#o"}, "potentialAction": {"@type": "SearchAction", "target": "https://a.example/?q={q}", "query-input": "required name=q"}},
        {"@type": ["Organization", "MedicalOrganization"], "@id": "https://a.example/#o", "name": "A"},
        {"@type": ["MedicalWebPage", "FAQPage"], "lastReviewed": "2026-01-31", "reviewedBy": {"@type": "Person", "name": "B"},
        "isPartOf": {"@id": "https://a.example/#s"}, "about": {"@type": "MedicalProcedure", "name": "P", "procedureType": "https://schema.org/PercutaneousProcedure"},
        "mainEntity": [{"@type": "Question", "name": "Q?", "acceptedAnswer": {"@type": "Answer", "text": "A."}}],
        "author": {"@id": "https://elsewhere.example/#p"}}]}"#,
    r#"{CONTEXT, "@type": "BreadcrumbList", "itemListElement": [{"@type": "ListItem", "position": 1, "name": "A", "item": "https://a.example/"},
        {"@type": "ListItem", "position": 2, "item": {"@id": "https://a.example/b/", "@type": "WebPage", "name": "B"}}, {"@type": "ListItem", "position": 3, "name": "C"}]}"#,
    r#"[{CONTEXT, "@type": "Article", "headline": "H", "author": {"@type": "Person", "name": "B", "worksFor": {"@type": "Physician", "name": "P", "address": "1 A St"}},
        "datePublished": "2026-11-23T09:00:00Z", "image": ["https://a.example/a.jpg"], "timeRequired": "PT5M", "isAccessibleForFree": true}]"#,
    r#"{"@context": {"@vocab": "http://schema.org/"}, "@type": "schema:Person", "schema:name": "A", "identifier": {"@type": "PropertyValue", "propertyID": "GMC", "value": "123"}}"#,
    r#"{"@context": "https://other.example", "@type": "Nothing", "x": 1}"#,
];

#[test]
fn what_is_no_json() {
    says(
        r#"{CONTEXT, "@type": "Person", "name": "A",}"#,
        expect![[r#"
        data/json the structured data is not JSON, so no search engine reads it | there is a comma before the `}` | write values in templates with the filter `json`
          }
    "#]],
    );
    says(
        r#"{"@type": "Person"}"#,
        expect![[r#"
        data/missing without `@context`, search engines do not read this | add `"@context": "https://schema.org"`
          "Person"
    "#]],
    );
    says(
        r#"["x"]"#,
        expect![[r#"
        data/json structured data is made of things in braces, and this is none
          "x"
    "#]],
    );
}

#[test]
fn types_and_properties() {
    says(
        r#"{CONTEXT, "@graph": [{"@type": "CosmeticProcedure"}, {"@type": "MedicalClinc", "nme": "A"}, {"name": "A"},
            {"@type": "Article", "headline": "A", "author": {"@type": "Person", "name": "P"}, "datePublished": "2026", "lastReviewed": "2026-01-01", "headlin": "A"}]}"#,
        expect![[r#"
            data/type schema.org has no type `CosmeticProcedure` | `SurgicalProcedure` and `TherapeuticProcedure` are there
              "CosmeticProcedure"
            data/type schema.org has no type `MedicalClinc` | did you mean `MedicalClinic`?
              "MedicalClinc"
            data/property schema.org has no property `nme`
              "nme"
            data/type this does not say what kind of thing it is | add `"@type"`
              {
            data/property `Article` has no property `lastReviewed` | it belongs to `WebPage`
              "lastReviewed"
            data/property schema.org has no property `headlin` | did you mean `headline`?
              "headlin"
        "#]],
    );
}

#[test]
fn values() {
    says(
        r##"{CONTEXT, "@graph": [{"@type": "MedicalWebPage", "@id": "https://a.example/#page", "url": "/a/", "lastReviewed": "31/01/2026", "name": "", "image": "hero.jpg",
            "reviewedBy": "Dr A", "specialty": "Dermatolgy", "mainEntity": {"@id": "https://a.example/#pge"}, "author": {"@type": "MedicalProcedure", "name": "x"}},
            {"@type": "MedicalClinic", "name": "A", "address": "x", "employee": {"@type": "Physician", "name": "B"}, "foundingDate": 5,
            "openingHoursSpecification": {"@type": "OpeningHoursSpecification", "opens": "9am", "dayOfWeek": "Mo"}, "geo": {"@type": "GeoCoordinates", "latitude": "north"}},
            {"@type": "VideoObject", "name": "V", "thumbnailUrl": "https://a.example/a.jpg", "uploadDate": "2026-02-30", "duration": "5 min", "isFamilyFriendly": "yes"}]}"##,
        expect![[r#"
            data/value `url` is an address that means nothing away from this page | write it whole, from `https://` on
              "/a/"
            data/value `lastReviewed` is no date | write it as `2026-11-23`, or `2026-11-23T09:30:00+00:00` with a time
              "31/01/2026"
            data/value `name` is empty | leave it out
              ""
            data/value `image` is an address that means nothing away from this page | write it whole, from `https://` on
              "hero.jpg"
            data/value `reviewedBy` takes `Organization` or `Person`, not this | write it as `Organization` or `Person`
              "Dr A"
            data/value `specialty` is not one of the terms of schema.org | did you mean `Dermatology`?
              "Dermatolgy"
            data/reference nothing on this page has the `@id` `https://a.example/#pge` | did you mean `https://a.example/#page`?
              {"@id": "https://a.example/#pge"}
            data/value `author` takes `Organization` or `Person`, and this is `MedicalProcedure` | write it as `Organization` or `Person`
              "MedicalProcedure"
            data/value `employee` takes `Person`, and this is `Physician` | `Physician` is a practice, not a person: use `Person` with `jobTitle`
              "Physician"
            data/value `foundingDate` takes `Date`, not this | write it as `Date`
              5
            data/value `opens` is no time of day | write it as `09:30`
              "9am"
            data/value `dayOfWeek` is not one of the terms of schema.org | terms are `Friday`, `Monday`, `PublicHolidays`, `Saturday`, `Sunday` and `Thursday`
              "Mo"
            data/missing `GeoCoordinates` lacks `longitude`, so search engines may leave it out | add `longitude`
              "GeoCoordinates"
            data/value `uploadDate` is no date | write it as `2026-11-23`, or `2026-11-23T09:30:00+00:00` with a time
              "2026-02-30"
            data/value `duration` is no length of time | write half an hour as `PT30M`, two weeks as `P2W`
              "5 min"
            data/value `isFamilyFriendly` is neither `true` nor `false` | write one of them
              "yes"
        "#]],
    );
}

#[test]
fn what_is_missing() {
    says(
        r#"{CONTEXT, "@graph": [{"@type": "MedicalClinic", "telephone": "1"}, {"@type": "BreadcrumbList", "itemListElement": [{"@type": "ListItem", "name": "A"}]},
            {"@type": "FAQPage", "mainEntity": [{"@type": "Question", "name": "Q"}, {"@type": "Question", "acceptedAnswer": {"@type": "Answer"}}]},
            {"@type": "FAQPage", "mainEntity": {"@type": "Person", "name": "A"}}, {"@type": "Article", "headline": "A"}]}"#,
        expect![[r#"
            data/missing `MedicalClinic` lacks `name` and `address`, so search engines may leave it out | add `name` and `address`
              "MedicalClinic"
            data/missing this way to the page has 1 step, and search engines ask for two | start with the home page, or leave it out
              "BreadcrumbList"
            data/missing `ListItem` lacks `position`, so search engines may leave it out | add `position`
              "ListItem"
            data/missing `Answer` lacks `text`, so search engines may leave it out | add `text`
              "Answer"
            data/missing `Question` lacks `name`, so search engines may leave it out | add `name`
              "Question"
            data/missing `Question` lacks `acceptedAnswer`, so search engines may leave it out | add `acceptedAnswer`
              "Question"
            data/missing `FAQPage` has no `Question` in its `mainEntity` | add the questions, or take `FAQPage` from its types
              "FAQPage"
            data/missing `Article` lacks `author` and `datePublished`, so search engines may leave it out | add `author` and `datePublished`
              "Article"
        "#]],
    );
}

#[test]
fn scripts_of_one_page_know_each_other() {
    let id = r#"{"@context": "https://schema.org", "@type": "Person", "name": "A", "@id": "/#a"}"#;
    let use_ =
        r#"{"@context": "https://schema.org", "@type": "WebPage", "author": {"@id": "/#a"}}"#;
    assert!(check_all(&[use_, id]).concat().is_empty());
    let procedure = id.replace("Person", "Drug");
    expect![[r#"
        data/value `author` takes `Organization` or `Person`, and this is `Drug` | write it as `Organization` or `Person`
          {
    "#]].assert_eq(&told(use_, &check_all(&[use_, &procedure])[0]));
}

#[test]
fn answers_are_those_that_are_shown() {
    let json = r#"{"@type": ["WebPage", "FAQPage"], "mainEntity": [{"@type": "Question", "name": "Does it hurt?",
        "acceptedAnswer": {"@type": "Answer", "text": "<p>No more than a <b>tattoo</b>.</p><p>Ask us.</p>"}}]}"#;
    assert!(faq_text(json, "Does it hurt?\nNo more than a tattoo.\n\nAsk us. More").is_empty());
    let found = faq_text(json, "Does it  hurt? No more than a scratch.");
    expect![[r#"
        data/faq-text this answer is told to search engines, and the page does not show it | the same up to `No more than a ` | show the same words on the page, or take them from the structured data
          "<p>No more than a <b>tattoo</b>.</p><p>Ask us.</p>"
    "#]].assert_eq(&told(json, &found));
}

#[test]
fn no_text_breaks_it() {
    use proptest::prelude::*;
    let pieces = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"@type\"",
        "\"Person\"",
        "\"@id\"",
        "\"#a\"",
        "\"name\"",
        "1",
        "null",
        "\"@graph\"",
        "\"@context\": \"https://schema.org\"",
        "\"mainEntity\"",
        "\"FAQPage\"",
        "\"é\\n\"",
        "\"@list\"",
    ];
    proptest!(|(text in proptest::collection::vec(0..pieces.len(), 0..30))| {
        let text: String = text.iter().map(|at| pieces[*at]).collect();
        for finding in check(&text) {
            prop_assert!(text.get(finding.at).is_some());
        }
        faq_text(&text, "a");
    });
}
