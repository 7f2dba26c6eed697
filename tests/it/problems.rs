//! Problems that a text in the corpus cannot hold.

use expect_test::expect;

use crate::support::SiteTest;

#[test]
fn a_text_in_another_encoding_says_where() {
    // config/not-utf8
    SiteTest::new("")
        .bytes("content/guides/smp.md", b"---\ntitle: Gr\xf6\xdfe\n---\n")
        .build()
        .says(expect![[r#"
            error[config/not-utf8]: line 2 has characters that are not UTF-8
            --> content/guides/smp.md
             = help: save the file with the encoding UTF-8 (in Windows' editor: Save as, Encoding)

        "#]]);
}

#[test]
fn a_text_with_characters_that_are_no_text_says_where() {
    let utf_16: Vec<u8> = "---\ntitle: A\n---\n".bytes().flat_map(|byte| [byte, 0]).collect();
    for (bytes, line) in [(utf_16.as_slice(), 1), (b"---\ntitle: A\n---\n\x0e\"x\"".as_slice(), 4)]
    {
        let site = SiteTest::new("").bytes("content/guides/smp.md", bytes).build();
        let said = site.said();
        let start = format!("error[config/not-utf8]: line {line} has a character that is no text");
        assert!(said.starts_with(&start), "{said}");
    }
}

#[test]
fn front_matter_has_an_end() {
    // front-matter/too-large
    let long = format!("-- content/guides/smp.md --\n---\ntitle: {}\n---\n", "x".repeat(70_000));
    let site = SiteTest::new(&long).build();
    let said = site.said();
    assert!(said.starts_with("error[front-matter/too-large]"), "{said}");
}

#[test]
fn a_body_has_an_end() {
    // markdown/too-long
    let long =
        format!("-- content/guides/smp.md --\n---\ntitle: A\n---\n{}", "x\n".repeat(600_000));
    let said = SiteTest::new(&long).build().said();
    assert!(said.starts_with("error[markdown/too-long]"), "{said}");
}

#[test]
fn a_folder_that_is_no_site_says_so() {
    // config/missing, schema/missing
    SiteTest::new("").without("galen.yaml").build().says(expect![[r#"
        error[config/missing]: there is no `galen.yaml` here, so this folder is not a Galen site
        --> galen.yaml
         = help: go to the folder of your site, or name it: `galen -C my-clinic build`

    "#]]);
    SiteTest::new("").without("content/schema.yml").build().says(expect![[r#"
        error[schema/missing]: there is no content model
        --> content/schema.yml
         = help: write which collections and fields the site has; docs/schema.md shows how

    "#]]);
}

#[test]
fn one_run_tells_the_problems_of_all_files() {
    SiteTest::new(
        "-- content/guides/a.md --
---
titel: A
---
[x](b.md) <b>
-- content/guides/b.md --
---
title: B: C
---
-- content/team/c.md --
---
name: C
draft: maybe
---
-- galen.yaml --
base_url: https://clinic.example
theme: {name: t, options: {accent: red}}
-- themes/t/templates/guide.html --
{{ page.titel }}
-- themes/t/templates/list.html --
-- themes/t/templates/404.html --
-- themes/t/templates/person.html --
{{ broken
-- themes/t/theme.yaml --
name: t
",
    )
    .build()
    .says(expect![[r#"
        error[front-matter/unknown-key]: unknown key `titel`
         --> content/guides/a.md:2:1
          |
        2 | titel: A
          | ^^^^^ did you mean `title`?
          |
          = help: a guide may have: title, description, author, related, tags, reviewed, draft, publish_at, expires_at, body

        error[front-matter/missing-field]: a guide needs `title`
         --> content/guides/a.md:2:1
          |
        2 | titel: A
          | ^^^^^^^^
          |
          = help: add a line `title: …` (a text)

        error[markdown/raw-html]: HTML is not used in this text
         --> content/guides/a.md:4:11
          |
        4 | [x](b.md) <b>
          |           ^^^
          |
          = help: write it in Markdown or with a directive; a `<` that is meant is written `\<`

        error[front-matter/syntax]: a text with a colon and a space in it needs quotes
         --> content/guides/b.md:2:8
          |
        2 | title: B: C
          |        ^^^^ YAML takes the second colon for another key
          |
          = help: write it as `title: "B: C"`

        error[front-matter/wrong-type]: `draft` must be `true` or `false`
         --> content/team/c.md:3:8
          |
        3 | draft: maybe
          |        ^^^^^

        error[theme/option]: the theme has no option `accent`
         --> galen.yaml:2:28
          |
        2 | theme: {name: t, options: {accent: red}}
          |                            ^^^^^^
          |
          = help: it has no options

        error[template/syntax]: the template ends while something is open
         --> themes/t/templates/person.html:1:4
          |
        1 | {{ broken
          |    ^^^^^^
          |
          = help: look for a missing `{% endblock %}`, `{% endif %}`, `{% endfor %}`, `%}` or `}}` above

    "#]]);
}

#[test]
fn what_follows_from_a_problem_is_not_told_again() {
    // `b.md` cannot be read: that it is linked to, and named as related, is not its readers' fault.
    SiteTest::new(
        "-- content/guides/a.md --
---
title: A
related: [b]
---
[by file](b.md) [by address](/guides/b/)
-- content/guides/b.md --
---
title: B: C
---
",
    )
    .build()
    .says(expect![[r#"
        error[front-matter/syntax]: a text with a colon and a space in it needs quotes
         --> content/guides/b.md:2:8
          |
        2 | title: B: C
          |        ^^^^ YAML takes the second colon for another key
          |
          = help: write it as `title: "B: C"`

    "#]]);
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let said = SiteTest::new(
        "-- content/guides/a.md --\n---\ntitle: \"\u{1b}[31mred\"\nx\u{1b}[2J: 1\n---\n",
    )
    .build()
    .said();
    assert!(!said.contains('\u{1b}'), "{said:?}");
}

#[test]
fn hostile_nesting_ends_in_an_error() {
    let mut site = String::new();
    for (name, body) in [
        ("quotes", "> ".repeat(4000)),
        ("brackets", "[".repeat(4000) + &"\n[".repeat(4000)),
        ("images", "![".repeat(2000)),
        ("marks", "*a **b _c ".repeat(1000)),
        ("directives", ":::callout\n".repeat(4000)),
        ("lists", (0..500).map(|at| format!("{}- a\n", "  ".repeat(at))).collect()),
    ] {
        site += &format!("-- content/guides/{name}.md --\n---\ntitle: {name}\n---\n{body}\n");
    }
    let built = SiteTest::new(&site).build();
    let codes: std::collections::BTreeSet<&str> =
        built.built.diagnostics.iter().map(|it| it.code.as_str()).collect();
    expect!["markdown/directive-content markdown/directive-unclosed markdown/stray-mark markdown/too-deep"]
        .assert_eq(&codes.into_iter().collect::<Vec<_>>().join(" "));
}
