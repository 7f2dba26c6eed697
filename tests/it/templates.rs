//! What templates are given, what they may ask, and how their errors are told.

use expect_test::expect;

use crate::support::SiteTest;

/// A site with one guide, whose template is the text.
fn guide(template: &str) -> SiteTest {
    SiteTest::new(&format!(
        "-- content/guides/smp.md --
---
title: What is <SMP>?
author: amara
tags: [SMP, FUE]
related: [fue]
reviewed: 2026-03-14
publish_at: 2026-03-14T09:00
---
## Risks

Few.
-- content/guides/fue.md --
---
title: FUE
tags: [FUE]
---
-- content/guides/costs.md --
---
title: Costs
tags: [FUE, SMP]
---
-- content/guides/none.md --
---
title: None
---
-- content/team/amara.md --
---
name: Amara
secret: 1234
---
-- content/answers/pain.md --
---
question: Does it hurt?
---
A *little*.
-- themes/t/templates/guide.html --
{{% if page.slug == \"smp\" %}}{template}{{% endif %}}
-- themes/t/theme.yaml --
name: t
options: {{accent: {{type: color, default: \"#123456\"}}, wide: {{type: bool, default: true}}}}
-- themes/t/assets/main.css --
/* galen:options */
a {{ color: var(--option-accent) }}
-- themes/t/templates/list.html --
-- themes/t/templates/term.html --
-- themes/t/templates/person.html --
-- themes/t/templates/404.html --
"
    ))
}

#[test]
fn a_page_knows_its_entry() {
    guide(
        "{{ page.title }}|{{ page.id }}|{{ page.url }}|{{ page.permalink }}|{{ page.reviewed | date }}|\
         {{ page.publish_at }}|{{ page.publish_at | date(format=\"%H:%M\") }}|{{ page.collection.label }}|\
         {% for it in page.toc %}{{ it.id }}{% endfor %}|{{ page.reading_minutes }}|\
         {{ site.title }}|{{ config.language }}|{{ theme.wide }}|{{ page.description if page.description else \"none\" }}",
    )
    .build()
    .fine()
    .file("guides/smp/index.html", expect![[r#"
        What is &lt;SMP&gt;?|guides/smp|/guides/smp/|https://clinic.example/guides/smp/|14 March 2026|2026-03-14T09:00:00+00:00|09:00|Guides|risks|1|Larkfield|en-GB|true|none
    "#]]);
}

#[test]
fn a_page_asks_for_the_rest() {
    guide(
        "{% for it in entries(collection=\"guides\", sort=\"-title\", limit=2) %}{{ it.slug }} {% endfor %}|\
         {% for it in entries(collection=\"guides\", where={\"tags\": \"SMP\"}) %}{{ it.slug }} {% endfor %}|\
         {% for it in related() %}{{ it.slug }} {% endfor %}|\
         {% set author = entry(collection=\"team\", slug=page.author) %}{{ author.name }}|\
         {{ \"nobody\" if not entry(collection=\"team\", slug=\"nobody\") else 1 }}|\
         {{ body(collection=\"answers\", slug=\"pain\") }}|\
         {{ url(path=\"/guides/\") }} {{ url(entry=\"guides/fue\", absolute=true) }} {{ url(collection=\"guides\") }}|\
         {{ asset(path=\"main.css\") }}|\
         {{ json_ld(data={\"name\": \"</script>&\"}) }}|\
         {{ \"020 7946 0123\" | tel }} {{ \"Große Frage\" | slug }}|\
         {% for it in entries(collection=\"guides\") | group_by(attribute=\"tags\") %}{{ it.items | length }} {% endfor %}",
    )
    .build()
    .fine()
    .file("guides/smp/index.html", expect![[r#"
        smp none |costs smp |fue costs |Amara|nobody|<p>A <em>little</em>.</p>|/guides/ https://clinic.example/guides/fue/ /guides/|/assets/main.69451bc9b7df.css|<script type=application/ld+json>{"name":"\u003c/script\u003e\u0026"}</script>|tel:+442079460123 grosse-frage|1 1 1 1 
    "#]]);
}

#[test]
fn a_private_field_is_not_there_to_ask_for() {
    guide("{% set it = entry(collection=\"team\", slug=\"amara\") %}{{ it.secret }}").build().says(expect![[r#"
        error[template/render]: field `secret` is not defined
         --> themes/t/templates/guide.html:1:87
          |
        1 | {% if page.slug == "smp" %}{% set it = entry(collection="team", slug="amara") %}{{ it.secret }}{% endif %}
          |                                                                                       ^^^^^^
          |
          = note: on the page `/guides/smp/`, with the data of `team/amara`
          = help: there is `collection`, `description`, `draft`, `id`, `name`, `permalink`, `reading_minutes`, `route_kind`, `slug`, `title` and `url`

    "#]]);
    guide("{{ entries(collection=\"team\", where={\"secret\": \"1234\"}) | length }}")
        .build()
        .says(expect![[r#"
            error[template/render]: the collection `team` has no field `secret`
             --> themes/t/templates/guide.html:1:31
              |
            1 | {% if page.slug == "smp" %}{{ entries(collection="team", where={"secret": "1234"}) | length }}{% endif %}
              |                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = note: on the page `/guides/smp/`, made from `content/guides/smp.md`

        "#]]);
}

#[test]
fn a_templates_error_names_the_entry_whose_data_was_bad() {
    guide("{% for it in entries(collection=\"guides\") %}{{ it.reviewed | date }}{% endfor %}")
        .build()
        .says(expect![[r#"
            error[template/render]: `date` needs a date or a moment, and was given `null`
             --> themes/t/templates/guide.html:1:89
              |
            1 | {% if page.slug == "smp" %}{% for it in entries(collection="guides") %}{{ it.reviewed | date }}{% endfor %}{% endif %}
              |                                                                                         ^^^^
              |
              = note: on the page `/guides/smp/`, with the data of `guides/costs`

        "#]]);
}
