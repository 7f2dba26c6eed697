//! What a site has beside its pages: redirects, feeds, the sitemap, headers, the JSON API,
//! structured data.

use std::collections::BTreeMap;

use expect_test::expect;
use galen::build::{self, Request};
use galen::render::Collected;
use galen::vfs::Disk;
use serde_json::Value;

use crate::support::{Site, SiteTest, repository, tree};

/// A site with everything that is delivered, and with things that must not be.
const CLINIC: &str = r#"
-- galen.yaml --
base_url: https://clinic.example/hair
language: en-GB
timezone: Europe/London
theme: t
headers: {X-Frame-Options: off, X-Clinic: "yes", Referrer-Policy: no-referrer}
forms: {endpoint: "https://forms.example/send?x"}
-- content/schema.yml --
collections:
  - name: guides
    label: Guides
    label_singular: Guide
    folder: content/guides
    galen:
      route: /guides/{{slug}}/
      template: guide.html
      list: {route: /guides/, per_page: 2, sort: title, template: list.html}
      feed: {limit: 2}
      api: {per_page: 2}
      json_ld: MedicalWebPage
      review: {last: reviewed, due: next, reviewer: reviewer}
    fields:
      - {name: title, label: Title, widget: string}
      - {name: description, label: Summary, widget: text, required: false}
      - {name: author, widget: relation, collection: team, required: false}
      - {name: reviewer, widget: relation, collection: team, required: false}
      - {name: related, widget: relation, collection: guides, multiple: true, required: false}
      - {name: reviewed, widget: datetime, time_format: false, required: false}
      - {name: next, widget: datetime, time_format: false, required: false}
      - {name: updated_at, widget: datetime, time_format: false, required: false}
      - {name: notes, widget: string, required: false, galen: {private: true}}
      - {name: inner, widget: object, required: false, fields: [{name: code, widget: string, galen: {private: true}}, {name: shown, widget: string}]}
      - name: faq
        widget: list
        required: false
        fields: [{name: question, widget: string}, {name: answer, widget: markdown}, {name: source, widget: string, required: false, galen: {private: true}}]
      - {name: aliases, widget: list, required: false}
      - {name: noindex, widget: boolean, required: false}
      - {name: draft, widget: boolean, required: false}
      - {name: publish_at, widget: datetime, required: false}
      - {name: expires_at, widget: datetime, required: false}
      - {name: body, label: Body, widget: markdown, required: false}
  - name: team
    label: Team
    folder: content/team
    identifier_field: name
    galen: {route: "/team/{{slug}}/", template: person.html, json_ld: Person, api: false}
    fields: [{name: name, widget: string}, {name: email, widget: string, required: false, galen: {private: true}}]
  - name: settings
    label: Settings
    files:
      - name: site
        file: content/settings/site.yml
        fields: [{name: title, widget: string}, {name: secret, widget: string, required: false, galen: {private: true}}]
      - name: redirects
        file: content/settings/redirects.yml
        fields: [{name: redirects, widget: list, required: false, fields: [{name: from, widget: string}, {name: to, widget: string}, {name: temporary, widget: boolean, required: false}]}]
-- content/settings/site.yml --
title: Lark & Field
secret: PRIVATE-settings
-- content/settings/redirects.yml --
redirects:
  - {from: /gone.html, to: /guides/b/#x, temporary: true}
  - {from: /else, to: "https://other.example/?a=1&b=2"}
-- content/team/amara.md --
---
name: Dr Amara
email: PRIVATE-person@clinic.example
---
-- content/guides/a.md --
---
title: A <b> & "c"
description: About A
author: amara
reviewer: amara
reviewed: 2026-02-01
next: 2027-02-01
related: [b, draft, future, past]
notes: PRIVATE-notes
inner: {code: PRIVATE-inner, shown: seen}
faq:
  - {question: "Does it </script> hurt?", answer: "A *little* & [more](b.md).\n\n- one\n- two", source: PRIVATE-item}
aliases: [/a-old/, /deep/er/a]
publish_at: 2026-01-05
---
Text of [b](b.md), [top](#x) and ![dot](/media/dot.svg "decorative").

## X
-- content/guides/b.md --
---
title: B
updated_at: 2026-05-01
publish_at: 2026-04-01T09:30
---
-- content/guides/c.md --
---
title: C
noindex: true
publish_at: 2025-01-01
---
-- content/guides/draft.md --
---
title: HIDDEN-draft
draft: true
---
HIDDEN-draft-text
-- content/guides/future.md --
---
title: HIDDEN-future
publish_at: 2027-01-01
---
-- content/guides/past.md --
---
title: HIDDEN-past
expires_at: 2026-01-01
aliases: [/HIDDEN-alias/]
---
-- content/media/dot.svg --
<svg xmlns="http://www.w3.org/2000/svg" width="4" height="2"/>
-- themes/t/theme.yaml --
name: t
-- themes/t/templates/guide.html --
{{ json_ld() }}{% for feed in feeds() %}<link rel=alternate type="{{ feed.type }}" href="{{ feed.url }}">{% endfor %}<h1>{{ page.title }}</h1>{{ page.body }}{% if page.faq %}{% for item in page.faq %}<details id="{{ question_id(question=item.question, answer=item.answer) }}"><summary>{{ item.question }}</summary><div class=answer>{{ item.answer }}</div></details>{% endfor %}{% endif %}
-- themes/t/templates/person.html --
{{ json_ld() }}<h1>{{ page.name }}</h1>
-- themes/t/templates/list.html --
{{ json_ld() }}{% for it in page.entries %}{{ it.title }}{% endfor %}
-- themes/t/templates/404.html --
not found{{ json_ld() }}
"#;

fn clinic() -> Site {
    let site = SiteTest::new(CLINIC).build();
    let errors = site.built.diagnostics.has_errors();
    assert!(!errors, "{}", site.said());
    site
}

#[test]
fn redirects_are_pages_and_rules() {
    clinic()
        .file("_redirects", expect![[r#"
            /hair/a-old/ /hair/guides/a/ 301
            /hair/deep/er/a/ /hair/guides/a/ 301
            /hair/else/ https://other.example/?a=1&b=2 301
            /hair/gone.html /hair/guides/b/#x 302
        "#]])
        .file("gone.html", expect![[r#"
            <!doctype html>
            <html lang=en-GB><head><meta charset=utf-8><meta name=viewport content="width=device-width"><title>B</title><link rel=canonical href=https://clinic.example/hair/guides/b/#x><link rel=icon href="data:,"><meta name=robots content=noindex><meta http-equiv=refresh content="0; url=/hair/guides/b/#x"></head><body><p><a href=/hair/guides/b/#x>B</a></p></body></html>
        "#]])
        .file("deep/er/a/index.html", expect![[r#"
            <!doctype html>
            <html lang=en-GB><head><meta charset=utf-8><meta name=viewport content="width=device-width"><title>A &lt;b&gt; &amp; "c"</title><link rel=canonical href=https://clinic.example/hair/guides/a/><link rel=icon href="data:,"><meta name=robots content=noindex><meta http-equiv=refresh content="0; url=/hair/guides/a/"></head><body><p><a href=/hair/guides/a/>A &lt;b&gt; &amp; "c"</a></p></body></html>
        "#]])
        .has("HIDDEN-alias/index.html", false);
}

#[test]
fn more_redirects_than_a_host_reads_are_told() {
    let (head, rest) = CLINIC.split_once("redirects:\n  - {from: /gone.html").unwrap();
    let site = |count: usize| {
        let lines: String =
            (0..count).map(|at| format!("  - {{from: /old-{at}/, to: /guides/b/}}\n")).collect();
        // The site has four of its own.
        SiteTest::new(&format!("{head}redirects:\n{lines}  - {{from: /gone.html{rest}")).build()
    };
    let said = |site: &Site| site.said().contains("route/too-many-redirects");
    assert!(!said(&site(1996)));
    let site = site(1997);
    assert_eq!(site.text("_redirects").lines().count(), 2001);
    let said = site.said();
    let (_, warning) = said.split_once("warning[route/too-many-redirects]").unwrap();
    expect![[r#"
        : there are 2001 redirects, and Cloudflare reads 2000 of them
        --> content/settings/redirects.yml
         = help: remove those that nobody follows any more; the rest still lead on as pages of their own
    "#]]
    .assert_eq(warning.split_inclusive('\n').take(3).collect::<String>().as_str());
}

#[test]
fn feeds_have_the_newest_with_whole_addresses() {
    let site = clinic();
    let atom = site.text("guides/feed.xml");
    let document = roxmltree::Document::parse(&atom).unwrap();
    let texts = |name: &str| -> Vec<String> {
        let named = document
            .descendants()
            .filter(|it| it.has_tag_name(("http://www.w3.org/2005/Atom", name)));
        named.map(|it| it.text().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(texts("title"), ["Guides · Lark & Field", "B", "A <b> & \"c\""]);
    assert_eq!(
        texts("updated"),
        ["2026-05-01T00:00:00+01:00", "2026-05-01T00:00:00+01:00", "2026-01-05T00:00:00+00:00"]
    );
    let content = &texts("content")[1];
    assert!(content.contains("href=https://clinic.example/hair/guides/b/"), "{content}");
    assert!(content.contains("href=https://clinic.example/hair/guides/a/#x"), "{content}");
    assert!(content.contains("src=https://clinic.example/hair/media/dot.svg"), "{content}");
    let json: Value = serde_json::from_str(&site.text("guides/feed.json")).unwrap();
    assert_eq!(json["version"], "https://jsonfeed.org/version/1.1");
    assert_eq!(json["items"][1]["authors"][0]["name"], "Dr Amara");
    assert_eq!(json["items"][1]["content_html"], *content);
}

#[test]
fn the_sitemap_has_pages_with_true_dates() {
    clinic().file("sitemap.xml", expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
        <url><loc>https://clinic.example/hair/guides/a/</loc><lastmod>2026-01-05T00:00:00+00:00</lastmod></url>
        <url><loc>https://clinic.example/hair/guides/b/</loc><lastmod>2026-05-01</lastmod></url>
        <url><loc>https://clinic.example/hair/guides/</loc><lastmod>2026-05-01</lastmod></url>
        <url><loc>https://clinic.example/hair/guides/page/2/</loc><lastmod>2025-01-01T00:00:00+00:00</lastmod></url>
        <url><loc>https://clinic.example/hair/team/amara/</loc></url>
        </urlset>
    "#]]).file("robots.txt", expect![[r#"
        User-agent: *
        Allow: /

        Sitemap: https://clinic.example/hair/sitemap.xml
    "#]]);
}

#[test]
fn a_site_with_drafts_is_kept_from_robots() {
    let site = SiteTest::new(CLINIC).drafts().build();
    assert_eq!(site.text("robots.txt"), "User-agent: *\nDisallow: /\n");
    // The draft has its date still to come; others that have none are told.
    assert!(!site.said().contains("guides/draft.md\n = help: add a line"), "{}", site.said());
    assert!(site.text("_headers").contains("X-Robots-Tag: noindex"));
}

#[test]
fn headers_are_strict_and_can_be_changed() {
    clinic().file("_headers", expect![[r#"
        /hair/*
          Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; media-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self' https://forms.example; base-uri 'none'; frame-ancestors 'none'; upgrade-insecure-requests
          Cross-Origin-Opener-Policy: same-origin
          Cross-Origin-Resource-Policy: cross-origin
          Permissions-Policy: camera=(), geolocation=(), microphone=()
          Referrer-Policy: no-referrer
          Strict-Transport-Security: max-age=63072000; includeSubDomains
          X-Clinic: yes
          X-Content-Type-Options: nosniff
        /hair/assets/*
          Cache-Control: public, max-age=31536000, immutable
          Access-Control-Allow-Origin: https://forms.example
        /hair/api/v1/*
          Access-Control-Allow-Origin: *
          X-Robots-Tag: noindex
    "#]]);
}

#[test]
fn the_api_tells_everything_public() {
    let site = clinic();
    let json = |file: &str| -> Value { serde_json::from_str(&site.text(file)).unwrap() };
    let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap();
    expect![[r#"
        {
          "version": 1,
          "site": {
            "title": "Lark & Field",
            "url": "https://clinic.example/hair/",
            "language": "en-GB",
            "timezone": "Europe/London"
          },
          "collections": [
            {
              "name": "guides",
              "label": "Guides",
              "count": 3,
              "url": "/hair/api/v1/guides/index.json",
              "schema": "/hair/api/v1/schema/guides.json"
            }
          ],
          "settings": [
            {
              "name": "site",
              "url": "/hair/api/v1/settings/site.json"
            },
            {
              "name": "redirects",
              "url": "/hair/api/v1/settings/redirects.json"
            }
          ]
        }"#]]
    .assert_eq(&pretty(&json("api/v1/index.json")));
    expect![[r#"
        {
          "data": [
            {
              "id": "guides/a",
              "collection": "guides",
              "slug": "a",
              "title": "A <b> & \"c\"",
              "url": "/hair/guides/a/",
              "permalink": "https://clinic.example/hair/guides/a/",
              "locale": "en-GB",
              "dates": {
                "published": "2026-01-05T00:00:00+00:00",
                "updated": null,
                "expires": null
              },
              "fields": {
                "title": "A <b> & \"c\"",
                "description": "About A",
                "author": "amara",
                "reviewer": "amara",
                "related": [
                  "b"
                ],
                "reviewed": "2026-02-01",
                "next": "2027-02-01",
                "updated_at": null,
                "inner": {
                  "shown": "seen"
                },
                "faq": [
                  {
                    "question": "Does it </script> hurt?"
                  }
                ],
                "aliases": [
                  "/a-old/",
                  "/deep/er/a"
                ],
                "noindex": false,
                "draft": false,
                "publish_at": "2026-01-05T00:00:00+00:00",
                "expires_at": null
              },
              "document": "/hair/api/v1/guides/a.json"
            },
            {
              "id": "guides/b",
              "collection": "guides",
              "slug": "b",
              "title": "B",
              "url": "/hair/guides/b/",
              "permalink": "https://clinic.example/hair/guides/b/",
              "locale": "en-GB",
              "dates": {
                "published": "2026-04-01T09:30:00+01:00",
                "updated": "2026-05-01",
                "expires": null
              },
              "fields": {
                "title": "B",
                "description": null,
                "author": null,
                "reviewer": null,
                "related": null,
                "reviewed": null,
                "next": null,
                "updated_at": "2026-05-01",
                "inner": null,
                "faq": null,
                "aliases": null,
                "noindex": false,
                "draft": false,
                "publish_at": "2026-04-01T09:30:00+01:00",
                "expires_at": null
              },
              "document": "/hair/api/v1/guides/b.json"
            }
          ],
          "meta": {
            "total": 3,
            "page": 1,
            "pages": 2
          },
          "links": {
            "self": "/hair/api/v1/guides/index.json",
            "first": "/hair/api/v1/guides/index.json",
            "prev": null,
            "next": "/hair/api/v1/guides/page/2.json",
            "last": "/hair/api/v1/guides/page/2.json"
          }
        }"#]]
    .assert_eq(&pretty(&json("api/v1/guides/index.json")));
    let mut a = json("api/v1/guides/a.json");
    // The page's own test has it.
    a["json_ld"].take();
    expect![[r#"
        {
          "revision": "c20c870789aacf30",
          "id": "guides/a",
          "collection": "guides",
          "slug": "a",
          "title": "A <b> & \"c\"",
          "url": "/hair/guides/a/",
          "permalink": "https://clinic.example/hair/guides/a/",
          "locale": "en-GB",
          "dates": {
            "published": "2026-01-05T00:00:00+00:00",
            "updated": null,
            "expires": null
          },
          "fields": {
            "title": "A <b> & \"c\"",
            "description": "About A",
            "author": "amara",
            "reviewer": "amara",
            "related": [
              "b"
            ],
            "reviewed": "2026-02-01",
            "next": "2027-02-01",
            "updated_at": null,
            "inner": {
              "shown": "seen"
            },
            "faq": [
              {
                "question": "Does it </script> hurt?",
                "answer": "A *little* & [more](b.md).\n\n- one\n- two"
              }
            ],
            "aliases": [
              "/a-old/",
              "/deep/er/a"
            ],
            "noindex": false,
            "draft": false,
            "publish_at": "2026-01-05T00:00:00+00:00",
            "expires_at": null
          },
          "html": {
            "/faq/0/answer": "<p>A <em>little</em> &amp; <a href=/hair/guides/b/>more</a>.</p><ul><li>one</li><li>two</li></ul>"
          },
          "body": {
            "markdown": "Text of [b](b.md), [top](#x) and ![dot](/media/dot.svg \"decorative\").\n\n## X\n",
            "html": "<p>Text of <a href=/hair/guides/b/>b</a>, <a href=#x>top</a> and <img src=/hair/media/dot.svg alt=\"\" width=4 height=2 loading=lazy decoding=async>.</p><h2 id=x>X</h2>",
            "text": "Text of b, top and .\nX",
            "toc": [
              {
                "id": "x",
                "title": "X",
                "level": 2,
                "children": []
              }
            ],
            "words": 7,
            "reading_minutes": 1
          },
          "media": [
            {
              "url": "/hair/media/dot.svg",
              "width": 4,
              "height": 2,
              "alt": "dot"
            }
          ],
          "relations": {
            "author": {
              "id": "team/amara",
              "collection": "team",
              "slug": "amara",
              "title": "Dr Amara",
              "url": "/hair/team/amara/",
              "document": null
            },
            "reviewer": {
              "id": "team/amara",
              "collection": "team",
              "slug": "amara",
              "title": "Dr Amara",
              "url": "/hair/team/amara/",
              "document": null
            },
            "related": [
              {
                "id": "guides/b",
                "collection": "guides",
                "slug": "b",
                "title": "B",
                "url": "/hair/guides/b/",
                "document": "/hair/api/v1/guides/b.json"
              }
            ]
          },
          "review": {
            "reviewer": {
              "id": "team/amara",
              "name": "Dr Amara"
            },
            "last": "2026-02-01",
            "due": "2027-02-01"
          },
          "json_ld": null
        }"#]].assert_eq(&pretty(&a));
    assert_eq!(json("api/v1/guides/page/2.json")["data"][0]["slug"], "c");
    assert!(!site.files.contains_key("api/v1/team/index.json"));
}

#[test]
fn the_api_is_what_its_schemas_say() {
    let files = sample();
    let json = |file: &str| -> Value { serde_json::from_slice(&files[file]).unwrap() };
    let mut seen = 0;
    for collection in json("api/v1/index.json")["collections"].as_array().unwrap() {
        let name = collection["name"].as_str().unwrap();
        let schema = json(&format!("api/v1/schema/{name}.json"));
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        for (file, _) in
            files.iter().filter(|(file, _)| file.starts_with(&format!("api/v1/{name}/")))
        {
            let document = json(file);
            let Some(fields) = document.get("fields") else { continue };
            let errors: Vec<String> = validator
                .iter_errors(fields)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{file}: {}", errors.join("\n"));
            seen += 1;
        }
    }
    assert!(seen > 20, "only {seen} documents were looked at");
}

#[test]
fn a_page_says_what_it_is_about() {
    let site = clinic();
    let graph = graph(&site.text("guides/a/index.html")).unwrap();
    expect![[r#"
        {
          "@context": "https://schema.org",
          "@graph": [
            {
              "@type": "WebSite",
              "@id": "https://clinic.example/hair/#website",
              "url": "https://clinic.example/hair/",
              "name": "Lark & Field",
              "inLanguage": "en-GB",
              "publisher": {
                "@id": "https://clinic.example/hair/#organization"
              }
            },
            {
              "@type": "MedicalOrganization",
              "@id": "https://clinic.example/hair/#organization",
              "url": "https://clinic.example/hair/",
              "name": "Lark & Field"
            },
            {
              "@type": [
                "MedicalWebPage",
                "FAQPage"
              ],
              "@id": "https://clinic.example/hair/guides/a/#page",
              "url": "https://clinic.example/hair/guides/a/",
              "name": "A <b> & \"c\"",
              "description": "About A",
              "inLanguage": "en-GB",
              "isPartOf": {
                "@id": "https://clinic.example/hair/#website"
              },
              "breadcrumb": {
                "@id": "https://clinic.example/hair/guides/a/#breadcrumb"
              },
              "datePublished": "2026-01-05T00:00:00+00:00",
              "author": {
                "@type": "Person",
                "@id": "https://clinic.example/hair/team/amara/#person",
                "url": "https://clinic.example/hair/team/amara/",
                "name": "Dr Amara"
              },
              "lastReviewed": "2026-02-01",
              "reviewedBy": {
                "@type": "Person",
                "@id": "https://clinic.example/hair/team/amara/#person",
                "url": "https://clinic.example/hair/team/amara/",
                "name": "Dr Amara"
              },
              "mainEntity": [
                {
                  "@type": "Question",
                  "@id": "https://clinic.example/hair/guides/a/#q-does-it-script-hurt",
                  "name": "Does it </script> hurt?",
                  "acceptedAnswer": {
                    "@type": "Answer",
                    "url": "https://clinic.example/hair/guides/a/#q-does-it-script-hurt",
                    "text": "A little & more.\none\ntwo"
                  }
                }
              ]
            },
            {
              "@type": "BreadcrumbList",
              "@id": "https://clinic.example/hair/guides/a/#breadcrumb",
              "itemListElement": [
                {
                  "@type": "ListItem",
                  "position": 1,
                  "name": "Lark & Field",
                  "item": "https://clinic.example/hair/"
                },
                {
                  "@type": "ListItem",
                  "position": 2,
                  "name": "Guides",
                  "item": "https://clinic.example/hair/guides/"
                },
                {
                  "@type": "ListItem",
                  "position": 3,
                  "name": "A <b> & \"c\"",
                  "item": "https://clinic.example/hair/guides/a/"
                }
              ]
            }
          ]
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(&graph).unwrap());
    let document: Value = serde_json::from_str(&site.text("api/v1/guides/a.json")).unwrap();
    assert_eq!(document["json_ld"], graph);
    assert_eq!(site.text("404.html").trim(), "not found");
}

/// The graph in a page's script.
fn graph(page: &str) -> Option<Value> {
    let (_, rest) = page.split_once("<script type=application/ld+json>")?;
    serde_json::from_str(rest.split_once("</script>")?.0).ok()
}

/// The questions of a graph: id, question, answer.
fn asked(graph: &Value) -> Vec<(String, String, String)> {
    let nodes = graph["@graph"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut found = Vec::new();
    for entity in nodes.iter().filter_map(|node| node["mainEntity"].as_array()).flatten() {
        if entity["@type"] == "Question" {
            let id = text(&entity["@id"]).rsplit_once('#').unwrap().1.to_owned();
            found.push((id, text(&entity["name"]), text(&entity["acceptedAnswer"]["text"])));
        }
    }
    found
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn sample() -> BTreeMap<String, Vec<u8>> {
    let request = Request { clock: Some("2026-11-23T12:00".to_owned()), ..Request::default() };
    let sink = Collected::new();
    build::build(&Disk::new(repository()), &request, &sink, &|_| ());
    sink.files().into_iter().map(|(file, bytes)| (file.to_string(), bytes)).collect()
}

#[test]
fn the_answers_of_a_graph_are_what_the_page_shows() {
    let mut seen = 0;
    for (file, bytes) in sample().iter().filter(|(file, _)| file.ends_with(".html")) {
        let page = String::from_utf8_lossy(bytes);
        let Some(graph) = graph(&page) else { continue };
        let asked = asked(&graph);
        assert_eq!(asked.len(), page.matches("<details class=faq").count(), "{file}");
        for (id, question, answer) in asked {
            let shown = tree::text_of(&page, &id).unwrap_or_else(|| panic!("{file}: no #{id}"));
            let shown = words(&shown);
            let shown = shown.strip_suffix("Link to this answer").unwrap_or(&shown);
            assert_eq!(words(&answer), shown.trim(), "{file}: {question}");
            seen += 1;
        }
    }
    assert!(seen >= 40, "only {seen} questions were looked at");
}

#[test]
fn nothing_private_or_unpublished_is_in_the_output() {
    let site = clinic();
    for (file, bytes) in &site.files {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains("PRIVATE") && !file.as_str().contains("PRIVATE"), "{file}: {text}");
        assert!(!text.contains("HIDDEN") && !file.as_str().contains("HIDDEN"), "{file}: {text}");
    }
    // The entries are there once they are asked for.
    let drafts = SiteTest::new(CLINIC).drafts().clock("2027-06-01").build();
    assert!(drafts.text("api/v1/guides/page/2.json").contains("HIDDEN-"));
}

#[test]
fn the_api_can_be_left_out() {
    let site = SiteTest::new("-- content/guides/a.md --\n---\ntitle: A\n---\n").build().fine();
    assert!(!site.files.keys().any(|file| file.as_str().starts_with("api/")));
}
