//! What is done again after a change, and what is not.

use expect_test::expect;

use crate::support::SiteTest;

/// Two guides, an author, a shared answer, a list on the home page, a stylesheet.
const SITE: &str = r#"
-- content/guides/a.md --
---
title: Apple
author: ann
---
See [the other](b.md).
-- content/guides/b.md --
---
title: Banana
---
::answer{slug=pain}
-- content/team/ann.md --
---
name: Ann
---
-- content/answers/pain.md --
---
question: Does it hurt?
---
A *little*.
-- content/media/x.svg --
<svg xmlns="http://www.w3.org/2000/svg" width="3" height="4"/>
-- themes/t/theme.yaml --
name: t
-- themes/t/assets/main.css --
a { color: red }
-- themes/t/templates/base.html --
<title>{{ page.title }} - {{ site.title }}</title>
<link rel=stylesheet href="{{ asset(path="main.css") }}">
{% block main %}{% endblock %}
-- themes/t/templates/guide.html --
{% extends "base.html" %}{% block main %}<h1>{{ page.title }}</h1>
{% set author = entry(collection="team", slug=page.author) %}{% if author %}{{ author.name }}{% endif %}
{{ page.body }}{% endblock %}
-- themes/t/templates/person.html --
<h1>{{ page.name }}</h1>
-- themes/t/templates/list.html --
{% for guide in page.entries %}<a href="{{ guide.url }}">{{ guide.title }}</a>
{% endfor %}
-- themes/t/templates/term.html --
<h1>{{ page.term.name }}</h1>
-- themes/t/templates/404.html --
{% for guide in entries(collection="guides", limit=1) %}{{ guide.title }}{% endfor %}
-- themes/t/templates/components/all.html --
{% component answer(slug: string) {"summary": "A shared answer"} %}
<div>{{ body(collection="answers", slug=slug) }}</div>
{% endcomponent answer %}
"#;

fn built() -> crate::support::Site {
    SiteTest::new(SITE).build().fine()
}

#[test]
fn a_body_is_the_matter_of_its_page_alone() {
    let edited = built().edit("content/guides/a.md", "See", "Do see").build();
    edited.ran(expect![[r#"
        guides/a/index.html: `guides/a` itself changed
    "#]]);
}

#[test]
fn a_title_is_the_matter_of_what_shows_it() {
    let edited = built().edit("content/guides/a.md", "Apple", "Apricot").build();
    edited.ran(expect![[r#"
        404.html: the entries of `guides` (at most 1) changed
        guides/a/index.html: what others may know of `guides/a` changed
        guides/index.html: the plan for `guides/index.html` changed
    "#]]);
}

#[test]
fn a_name_reaches_the_pages_that_mention_it() {
    let edited = built().edit("content/team/ann.md", "Ann", "Anna").build();
    edited.ran(expect![[r#"
        guides/a/index.html: what others may know of `team/ann` changed
        team/ann/index.html: what others may know of `team/ann` changed
    "#]]);
}

#[test]
fn a_shared_answer_reaches_the_pages_that_show_it() {
    let edited = built().edit("content/answers/pain.md", "little", "lot").build();
    edited.ran(expect![[r#"
        guides/b/index.html: `answers/pain` itself changed
        text of content/answers/pain.md: `answers/pain` itself changed
    "#]]);
}

#[test]
fn a_stylesheet_changes_what_links_to_it() {
    let edited = built().edit("themes/t/assets/main.css", "red", "blue").build();
    edited.ran(expect![[r#"
        assets/main.3e1aaddc37e5.css: it is new
        guides/a/index.html: the address of the asset `main.css` changed
        guides/b/index.html: the address of the asset `main.css` changed
    "#]]);
}

#[test]
fn a_template_and_a_component_change_what_uses_them() {
    let edited = built().edit("themes/t/templates/person.html", "h1", "h2");
    edited.build().ran(expect![[r#"
        team/ann/index.html: the template `person.html` or one that it uses changed
    "#]]);
    let edited = built().edit("themes/t/templates/base.html", "title>", "title >");
    edited.build().ran(expect![[r#"
        guides/a/index.html: the template `guide.html` or one that it uses changed
        guides/b/index.html: the template `guide.html` or one that it uses changed
    "#]]);
    let edited = built().edit("themes/t/templates/components/all.html", "<div>", "<div class=x>");
    edited.build().ran(expect![[r#"
        guides/b/index.html: the component `answer` or one that it uses changed
    "#]]);
}

#[test]
fn the_clock_and_settings_are_noticed() {
    let site = built().edit("content/guides/a.md", "author: ann", "expires_at: 2026-12-01");
    let site = site.build().fine().then().clock("2026-11-30").build();
    assert!(site.built.unchanged);
    let later = site.then().clock("2026-12-01").build();
    later.has("guides/a/index.html", false).says(expect![[r#""#]]);
}

#[test]
fn what_is_ground_for_all_runs_all() {
    let edited = built().edit("galen.yaml", "en-GB", "en-IE").build();
    let all = |it: &galen::build::Done| it.cause == Some(galen::build::Cause::Ground);
    assert!(edited.built.tasks.iter().all(all));
}

#[test]
fn a_field_by_which_relations_choose_is_no_plain_text() {
    let site = SiteTest::new(
        r#"
-- content/schema.yml --
collections:
  - name: guides
    label: Guides
    folder: content/guides
    extension: md
    format: yaml-frontmatter
    galen: {route: "/guides/{{slug}}/", template: guide.html}
    fields:
      - {name: title, label: Title, widget: string}
      - {name: kind, label: Kind, widget: string, required: false}
      - {name: near, label: Near, widget: relation, collection: guides, required: false, filters: [{field: kind, values: [red]}]}
-- content/guides/a.md --
---
title: A
near: b
---
-- content/guides/b.md --
---
title: B
kind: red
---
"#,
    );
    let edited = site.build().fine().edit("content/guides/b.md", "red", "blue").build();
    assert!(edited.built.diagnostics.has_errors(), "{}", edited.said());
}
