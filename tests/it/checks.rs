//! Checks of whole pages: where their findings are placed, and that builds over earlier ones keep them.

use expect_test::expect;

use galen::build::{self, Request};
use galen::diag::text;
use galen::render::{self, Nowhere};

use crate::support::SiteTest;

const TWO: &str = r#"
-- content/guides/smp.md --
---
title: SMP
---
See [the risks](fue.md#risks).
-- content/guides/fue.md --
---
title: FUE
---
## Risks

Text.

## Care

See [SMP](smp.md).
"#;

#[test]
fn a_part_that_goes_breaks_the_links_of_other_pages() {
    SiteTest::whole(TWO)
        .build()
        .fine()
        .edit("content/guides/fue.md", "Text.", "Other text.")
        .build()
        .fine()
        .edit("content/guides/fue.md", "## Risks", "## Dangers")
        .build()
        .says(expect![[r#"
            error[link/fragment]: no part of the page `/guides/fue/` is called `#risks`
             --> content/guides/smp.md:4:23
              |
            4 | See [the risks](fue.md#risks).
              |                       ^^^^^^ a reader stays at the page's start
              |
              = note: on the page `/guides/smp/`
              = help: headings make such names: `## Risks and limits` is `#risks-and-limits`

        "#]])
        .edit("content/guides/smp.md", "fue.md#risks", "fue.md#dangers")
        .build()
        .fine();
}

#[test]
fn a_page_is_lonely_when_its_last_link_goes() {
    let site = "
-- content/guides/smp.md --
---
title: SMP
---
Ask [Ann](../team/ann.md).
-- content/team/ann.md --
---
name: Ann
---
";
    let lonely = SiteTest::whole(site).build().fine();
    let lonely = lonely.edit("content/guides/smp.md", "Ask [Ann](../team/ann.md)", "Ask Ann");
    let lonely = lonely.build();
    assert!(lonely.said().starts_with("warning[link/orphan]"), "{}", lonely.said());
    lonely.edit("content/guides/smp.md", "Ask Ann", "Ask [Ann](/team/ann/)").build().fine();
}

#[test]
fn a_finding_of_a_kept_page_is_told_again() {
    let site = format!("{TWO}-- content/team/ann.md --\n---\nname: Ann\n---\n");
    let first = SiteTest::whole(&site).build();
    let said = first.said();
    assert!(said.contains("link/orphan"));
    let second = first.edit("content/guides/fue.md", "Text.", "Other text.").build();
    assert_eq!(second.said(), said);
}

#[test]
fn a_link_of_a_template_is_told_once_with_its_line() {
    let site = r#"
-- content/guides/smp.md --
---
title: SMP
---
Text.
-- themes/t/templates/list.html --
{% extends "base.html" %}
{% block content %}
<h1>{{ page.title }}</h1>
{% for guide in page.entries %}
<a href="{{ guide.url }}">{{ guide.title }}</a>
{% endfor %}
<p class="a"
   id="here">See <a class="b" href="prices.html">prices</a> and <a href="../guides/./">guides</a>,
<a href="https://clinic.example/nowhere/">more</a>, <a href="https://other.example/">others</a>,
<a href="tel:+442079460100">or call</a>, <a href='#top'>up</a>, <a href="/guides/smp/index.html">SMP</a>.</p>
{% endblock content %}
"#;
    SiteTest::whole(site).build().says(expect![[r#"
        error[link/broken]: there is no page `/guides/prices.html`
         --> themes/t/templates/list.html:8:37
          |
        8 |    id="here">See <a class="b" href="prices.html">prices</a> and <a href="../guides/./">guides</a>,
          |                                     ^^^^^^^^^^^
          |
          = note: on the page `/guides/`

        error[link/broken]: there is no page `/nowhere/`
         --> themes/t/templates/list.html:9:10
          |
        9 | <a href="https://clinic.example/nowhere/">more</a>, <a href="https://other.example/">others</a>,
          |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          |
          = note: on the page `/guides/`

    "#]]);
}

#[test]
fn places_are_found_behind_what_stands_on_each_page() {
    let mut site = String::new();
    for at in 0..9 {
        let body = "Some *words*.\n\n".repeat(at + 1);
        site += &format!("-- content/guides/g{at}.md --\n---\ntitle: Guide {at}\n---\n{body}");
    }
    let links = "<li><a href=\"/guides/\">Guides</a></li>\n".repeat(150);
    site += &format!(
        r##"
-- themes/t/templates/guide.html --
{{% extends "base.html" %}}
{{% block content %}}
<h1>{{{{ page.title }}}}</h1>
<div class="menu"><ul>
{links}</ul></div>
{{{{ page.body }}}}
<p>Go <a href="#nothing">down</a>.</p>
{{% endblock content %}}
"##
    );
    SiteTest::whole(&site).build().says(expect![[r##"
        error[link/fragment]: no part of this page is called `#nothing`, to which it links
           --> themes/t/templates/guide.html:157:16
            |
        157 | <p>Go <a href="#nothing">down</a>.</p>
            |                ^^^^^^^^ a reader stays at the page's start
            |
            = note: on the page `/guides/g0/`
            = note: and on 8 pages more
            = help: headings make such names: `## Risks and limits` is `#risks-and-limits`

    "##]]);
}

#[test]
fn pages_that_are_copied_are_checked_where_they_stand() {
    let site = "
-- themes/t/static/old.html --
<!doctype html>
<html lang=en>
<head><meta name=viewport content=\"width=device-width\"><title>Old</title></head>
<body><main><h1>Old</h1>
<p><a href=/guides/>Guides</a> <a href=/gides/>More</a> <a href=#nothing>Down</a></p></main></body></html>
";
    SiteTest::whole(site).build().says(expect![[r#"
        error[link/broken]: there is no page `/gides/`
         --> themes/t/static/old.html:5:32
          |
        5 | <p><a href=/guides/>Guides</a> <a href=/gides/>More</a> <a href=#nothing>Down</a></p></main></body></html>
          |                                ^^^^^^^^^^^^^^^^
          |
          = note: on the page `/old.html`
          = help: did you mean `/guides/`?

        error[link/fragment]: no part of this page is called `#nothing`, to which it links
         --> themes/t/static/old.html:5:57
          |
        5 | <p><a href=/guides/>Guides</a> <a href=/gides/>More</a> <a href=#nothing>Down</a></p></main></body></html>
          |                                                         ^^^^^^^^^^^^^^^^^ a reader stays at the page's start
          |
          = note: on the page `/old.html`
          = help: headings make such names: `## Risks and limits` is `#risks-and-limits`

    "#]]);
}

#[test]
fn a_site_below_a_folder_keeps_to_it() {
    let site = r#"
-- galen.yaml --
base_url: https://host.example/clinic
language: en-GB
timezone: Europe/London
theme: t
api: false
-- content/guides/smp.md --
---
title: SMP
---
Text, with [a link](/guides/).
-- themes/t/templates/404.html --
{% extends "base.html" %}
{% block content %}
<h1>Page not found</h1>
<p><a href="/guides/">Wrong</a>, <a href="/clinic/guides/">right</a>, <a href="guides/">right</a>,
<a href="https://host.example/other/">of others</a>.</p>
{% endblock content %}
"#;
    SiteTest::whole(site).build().says(expect![[r#"
        error[link/unusable]: `/guides/` is not an address that a page may have
         --> themes/t/templates/404.html:4:13
          |
        4 | <p><a href="/guides/">Wrong</a>, <a href="/clinic/guides/">right</a>, <a href="guides/">right</a>,
          |             ^^^^^^^^ it leads out of the folder of this site (`base_url`)
          |
          = note: on the page `/404.html`
          = help: use a page of this site, or an https:// address

        warning[a11y/same-name]: another link is called `right` too, and leads elsewhere
         --> themes/t/templates/404.html:4:71
          |
        4 | <p><a href="/guides/">Wrong</a>, <a href="/clinic/guides/">right</a>, <a href="guides/">right</a>,
          |                                                                       ^^^^^^^^^^^^^^^^^^
          |
          = note: on the page `/404.html`
          = help: say in each where it leads: many read a list of all links of a page

    "#]]);
}

#[test]
fn ways_that_no_page_takes_are_told() {
    let site = r#"
-- content/guides/smp.md --
---
title: SMP
---
Text.
-- themes/t/templates/guide.html --
{% extends "base.html" %}
{% block content %}
<h1>{{ page.title }}</h1>
{% if page.title == "SMP" %}{% set word %}{% if page.description %}long{% else %}short{% endif %}{% endset %}{% endif %}
{% if page.tags %}{% for tag in page.tags %}<p>{{ tag.nmae }}</p>{% endfor %}{% endif %}
{% endblock content %}
"#;
    let site = SiteTest::whole(site);
    let request = Request { clock: site.request.clock.clone(), ..Request::default() };
    let built = build::build(&site.files, &request, &Nowhere, &|_| ());
    assert!(!built.diagnostics.has_errors(), "{:?}", built.diagnostics);
    let (world, engine) = built.world.as_ref().zip(built.engine.as_ref()).unwrap();
    let found = render::never_taken(world, engine).sorted();
    expect![[r#"
        warning[template/never-taken]: no page of the site goes this way through the template
         --> themes/t/templates/components/all.html:2:26
          |
        2 | <aside aria-label="Note">{% if title %}<b>{{ title }}</b>{% endif %}{{ body }}</aside>
          |                          ^^^^^^^^^^^^^^
          |
          = help: what is wrong behind it shows on no page yet: try it with an entry that needs it

        warning[template/never-taken]: no page of the site goes this way through the template
         --> themes/t/templates/guide.html:4:43
          |
        4 | {% if page.title == "SMP" %}{% set word %}{% if page.description %}long{% else %}short{% endif %}{% endset %}{% endif %}
          |                                           ^^^^^^^^^^^^^^^^^^^^^^^^^
          |
          = help: what is wrong behind it shows on no page yet: try it with an entry that needs it

        warning[template/never-taken]: no page of the site goes this way through the template
         --> themes/t/templates/guide.html:5:1
          |
        5 | {% if page.tags %}{% for tag in page.tags %}<p>{{ tag.nmae }}</p>{% endfor %}{% endif %}
          | ^^^^^^^^^^^^^^^^^^
          |
          = help: what is wrong behind it shows on no page yet: try it with an entry that needs it

        warning[template/never-taken]: no page of the site goes this way through the template
         --> themes/t/templates/guide.html:5:19
          |
        5 | {% if page.tags %}{% for tag in page.tags %}<p>{{ tag.nmae }}</p>{% endfor %}{% endif %}
          |                   ^^^^^^^^^^^^^^^^^^^^^^^^^^
          |
          = help: what is wrong behind it shows on no page yet: try it with an entry that needs it

        warning[template/never-taken]: no page of the site goes this way through the template
         --> themes/t/templates/list.html:8:1
          |
        8 | {% if page.pager.next %}<p><a href="{{ page.pager.next }}">Next page</a></p>{% endif %}
          | ^^^^^^^^^^^^^^^^^^^^^^^^
          |
          = help: what is wrong behind it shows on no page yet: try it with an entry that needs it

        warning[template/never-taken]: no page of the site goes this way through the template
         --> themes/t/templates/term.html:5:1
          |
        5 | {% for guide in page.entries %}<li><a href="{{ guide.url }}">{{ guide.title }}</a></li>
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          |
          = help: what is wrong behind it shows on no page yet: try it with an entry that needs it

    "#]].assert_eq(&text::print(&found, &|it| built.tree.text(it), false));
}

#[test]
fn links_to_other_sites_are_gathered_with_their_places() {
    let site = r#"
-- content/guides/smp.md --
---
title: SMP
---
See [the advice](https://nhs.example/hair).
-- content/guides/fue.md --
---
title: FUE
---
See [the advice](https://nhs.example/hair) and <https://gmc.example/>.
"#;
    let site = SiteTest::whole(site);
    let built = build::build(&site.files, &site.request, &Nowhere, &|_| ());
    let line = |(url, spans): (String, Vec<galen::diag::Span>)| {
        let spans = spans.iter().map(|it| format!(" {}:{}", it.source, it.start));
        format!("{url}{}\n", spans.collect::<String>())
    };
    let found: String = built.web_links().into_iter().map(line).collect();
    expect![[r#"
        https://gmc.example/ content/guides/fue.md:67
        https://nhs.example/hair content/guides/fue.md:36 content/guides/smp.md:36
    "#]]
    .assert_eq(&found);
}
