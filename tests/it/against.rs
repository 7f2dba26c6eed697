//! Addresses that a site had before, against those it makes: `link/vanished`, `link/list`.

use std::sync::Arc;

use expect_test::{Expect, expect};
use galen::check::against;
use galen::check::net::Guard;
use galen::diag::text;

use crate::external::Web;
use crate::support::SiteTest;

const SITE: &str = r#"
-- galen.yaml --
base_url: https://clinic.example/hair
language: en-GB
timezone: Europe/London
theme: t
-- content/schema.yml --
collections:
  - name: guides
    label: Guides
    folder: content/guides
    galen: {route: "/guides/{{slug}}/", template: guide.html, list: {route: /guides/, template: list.html}}
    fields:
      - {name: title, label: Title, widget: string}
      - {name: draft, widget: boolean, required: false}
      - {name: body, label: Body, widget: markdown, required: false}
  - name: settings
    label: Settings
    files:
      - name: redirects
        label: Redirects
        file: content/settings/redirects.yml
        fields: [{name: redirects, widget: list, required: false, fields: [{name: from, widget: string}, {name: to, widget: string}, {name: temporary, widget: boolean, required: false}]}]
-- content/settings/redirects.yml --
redirects:
  - {from: /old/, to: /guides/}
-- content/guides/smp.md --
---
title: SMP
---
-- content/guides/hidden.md --
---
title: Hidden
draft: true
---
"#;

/// Compares the site with a list among files; the folder they are in is left out of what is said.
fn says(files: &[(&str, &str)], list: &str, guard: &Guard, expected: Expect) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let place = match list.starts_with("http") {
        true => list.to_owned(),
        false => folder.path().join(list).to_string_lossy().into_owned(),
    };
    let site = SiteTest::new(SITE).build();
    let world = site.built.world.as_ref().unwrap();
    let compared = against::check(world, &place, guard);
    let texts = |source: &_| compared.texts.get(source).map(Arc::clone);
    let folder = format!("{}/", folder.path().display());
    let said = text::print(&compared.diagnostics, &texts, false).replace(&folder, "");
    let said = format!("{said}{} addresses, {} others", compared.addresses, compared.others);
    expected.assert_eq(&said);
}

fn list(text: &str, expected: Expect) {
    says(&[("list.txt", text)], "list.txt", &Guard::default(), expected);
}

#[test]
fn what_vanished_is_named_with_what_took_its_place() {
    list(
        "# The site before\nhttps://clinic.example/hair/\nhttps://clinic.example/hair/guides/smp?x#y\n  http://clinic.example/hair/blog/smp.html\n\n/hair/guides/hidden/\n/hair/old/\n/hair/team/\nhttps://clinic.example/elsewhere/\nhttps://other.example/\n/hair/guides/smp/index.html\n/hair/blog/smp.html\n",
        expect![[r#"
            error[link/vanished]: `/` was an address of this site, and is none now
             --> list.txt:2:1
              |
            2 | https://clinic.example/hair/
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: add `{from: /, to: /…/}` to content/settings/redirects.yml

            error[link/vanished]: `/blog/smp.html` was an address of this site, and is none now
             --> list.txt:4:3
              |
            4 |   http://clinic.example/hair/blog/smp.html
              |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: add `{from: /blog/smp.html, to: /guides/smp/}` to content/settings/redirects.yml

            error[link/vanished]: `/guides/hidden/` was an address of this site, and is none now
             --> list.txt:6:1
              |
            6 | /hair/guides/hidden/
              | ^^^^^^^^^^^^^^^^^^^^
              |
              = note: `content/guides/hidden.md` has no page: it is a draft
              = help: add `{from: /guides/hidden/, to: /…/}` to content/settings/redirects.yml

            error[link/vanished]: `/team/` was an address of this site, and is none now
             --> list.txt:8:1
              |
            8 | /hair/team/
              | ^^^^^^^^^^^
              |
              = help: add `{from: /team/, to: /…/}` to content/settings/redirects.yml

            7 addresses, 2 others"#]],
    );
}

#[test]
fn a_sitemap_is_read() {
    let map = r#"<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
  <url><loc>https://clinic.example/hair/guides/smp/</loc><lastmod>2026-01-01</lastmod></url>
  <url><loc>
    https://clinic.example/hair/guide/?a=1&amp;b=2
  </loc></url>
</urlset>"#;
    says(
        &[("sitemap.xml", map)],
        "sitemap.xml",
        &Guard::default(),
        expect![[r#"
            error[link/vanished]: `/guide/` was an address of this site, and is none now
             --> sitemap.xml:5:5
              |
            5 |     https://clinic.example/hair/guide/?a=1&amp;b=2
              |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: add `{from: /guide/, to: /guides/}` to content/settings/redirects.yml

            2 addresses, 0 others"#]],
    );
    let index = r#"<sitemapindex><sitemap><loc>https://clinic.example/hair/a.xml</loc></sitemap>
<sitemap><loc>https://clinic.example/hair/none.xml</loc></sitemap><sitemap><loc>https://clinic.example/index.xml</loc></sitemap></sitemapindex>"#;
    let files = [("a.xml", map), ("index.xml", index)];
    says(
        &files,
        "index.xml",
        &Guard::default(),
        expect![[r#"
            error[link/list]: the list of addresses `none.xml` cannot be read: there is no such file

            error[link/list]: `https://clinic.example/index.xml` is an index of sitemaps in another one
             --> index.xml:2:81
              |
            2 | <sitemap><loc>https://clinic.example/hair/none.xml</loc></sitemap><sitemap><loc>https://clinic.example/index.xml</loc></sitemap></sit...
              |                                                                                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: name the sitemaps themselves

            error[link/vanished]: `/guide/` was an address of this site, and is none now
             --> a.xml:5:5
              |
            5 |     https://clinic.example/hair/guide/?a=1&amp;b=2
              |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: add `{from: /guide/, to: /guides/}` to content/settings/redirects.yml

            2 addresses, 0 others"#]],
    );
}

#[test]
fn what_is_no_list_is_said_with_its_line() {
    list(
        "/hair/\nnot an address\n",
        expect![[r#"
        error[link/list]: `not an address` is no address
         --> list.txt:2:1
          |
        2 | not an address
          | ^^^^^^^^^^^^^^
          |
          = help: write one address on each line, such as `https://clinic.example/guides/` or `/guides/`

        0 addresses, 0 others"#]],
    );
    list(
        "/hair/\nftp://clinic.example/\n",
        expect![[r#"
        error[link/list]: `ftp://clinic.example/` is no address
         --> list.txt:2:1
          |
        2 | ftp://clinic.example/
          | ^^^^^^^^^^^^^^^^^^^^^
          |
          = help: write one address on each line, such as `https://clinic.example/guides/` or `/guides/`

        0 addresses, 0 others"#]],
    );
    list(
        "<urlset>\n<url><loc>https://clinic.example/</url>\n</urlset>",
        expect![[r#"
        error[link/list]: this sitemap cannot be read
         --> list.txt:2:34
          |
        2 | <url><loc>https://clinic.example/</url>
          |                                  ^
          |
          = note: expected 'loc' tag, not 'url' at 2:34

        0 addresses, 0 others"#]],
    );
    list(
        "<urlset>\n<url></url></urlset>",
        expect![[r#"
        error[link/list]: this `<url>` has no `<loc>`
         --> list.txt:2:1
          |
        2 | <url></url></urlset>
          | ^^^^

        0 addresses, 0 others"#]],
    );
    list(
        "<rss></rss>",
        expect![[r#"
        error[link/list]: `<rss>` is no sitemap: that is `<urlset>` or `<sitemapindex>`
         --> list.txt:1:1
          |
        1 | <rss></rss>
          | ^^^^

        0 addresses, 0 others"#]],
    );
    list(
        "<!DOCTYPE x [<!ENTITY a \"b\">]>\n<urlset>&a;</urlset>",
        expect![[r#"
        error[link/list]: this sitemap cannot be read
        --> list.txt
         = note: XML with DTD detected

        0 addresses, 0 others"#]],
    );
    says(
        &[],
        "none.txt",
        &Guard::default(),
        expect![[r#"
            error[link/list]: the list of addresses `none.txt` cannot be read: there is no such file

            0 addresses, 0 others"#]],
    );
}

#[test]
fn a_list_on_the_web_is_fetched() {
    let web = Web::start(&[
        (
            "/index.xml",
            &[
                "200\n\n<sitemapindex><sitemap><loc>http://a.example:PORT/map.xml</loc></sitemap></sitemapindex>",
            ],
        ),
        (
            "/map.xml",
            &["200\n\n<urlset><url><loc>https://clinic.example/hair/gone/</loc></url></urlset>"],
        ),
    ]);
    let site = SiteTest::new(SITE).build();
    let says = |path: &str| {
        let list = format!("http://a.example:{}{path}", web.place.port());
        let found = against::check(site.built.world.as_ref().unwrap(), &list, &web.guard());
        let messages = found.diagnostics.iter().map(|it| it.message.clone());
        messages.collect::<Vec<_>>().join("\n").replace(&web.place.port().to_string(), "PORT")
    };
    expect!["`/gone/` was an address of this site, and is none now"].assert_eq(&says("/index.xml"));
    expect![
        "the list of addresses `http://a.example:PORT/none.xml` cannot be read: the answer is 404"
    ]
    .assert_eq(&says("/none.xml"));
}
