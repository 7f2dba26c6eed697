//! Which pages a site has, and when.

use expect_test::expect;

use crate::support::SiteTest;

#[test]
fn one_guide_goes_from_file_to_page() {
    SiteTest::new(
        "-- content/guides/smp.md --
---
title: What is SMP?
---
Dots.
",
    )
    .build()
    .fine()
    .file(
        "guides/smp/index.html",
        expect![[r#"
            <h1>What is SMP?</h1><p>Dots.</p>
        "#]],
    )
    .lists(expect![[r#"
        404.html
        _headers
        guides/index.html
        guides/smp/index.html
        robots.txt
        sitemap.xml
    "#]]);
}

#[test]
fn lists_have_pages_in_the_order_of_the_schema() {
    let guide = |slug: &str, title: &str| {
        format!("-- content/guides/{slug}.md --\n---\ntitle: {title}\ntags: [SMP]\n---\nText.\n")
    };
    let site = [guide("a", "Zinc"), guide("b", "Éclat"), guide("c", "apple")].concat();
    SiteTest::new(&site)
        .build()
        .fine()
        .file(
            "guides/index.html",
            expect![[r#"
                <a href=/guides/c/>apple</a>
                <a href=/guides/b/>Éclat</a>

            "#]],
        )
        .file(
            "guides/page/2/index.html",
            expect![[r#"
                <a href=/guides/a/>Zinc</a>

            "#]],
        )
        .file(
            "guides/topics/smp/index.html",
            expect![[r#"
                <h1>SMP</h1><a href=/guides/c/>apple</a>
                <a href=/guides/b/>Éclat</a>
                <a href=/guides/a/>Zinc</a>

            "#]],
        );
}

#[test]
fn an_entry_is_on_the_site_between_its_dates() {
    let site = || {
        SiteTest::new(
            "-- content/guides/soon.md --
---
title: Soon
publish_at: 2026-07-01
expires_at: 2026-07-02T09:30
---
Text.
-- content/guides/draft.md --
---
title: Draft
draft: true
---
Text.
",
        )
    };
    // Midnight in London is 23:00 in UTC in summer.
    let soon = "guides/soon/index.html";
    site().clock("2026-06-30T22:59:59Z").build().fine().has(soon, false);
    site().clock("2026-06-30T23:00:00Z").build().fine().has(soon, true);
    site().clock("2026-07-02T09:29").build().fine().has(soon, true);
    let late = site().clock("2026-07-02T09:30").build().fine().has(soon, false);
    let why: Vec<String> =
        late.built.left_out.iter().map(|it| format!("{}: {:?}", it.id, it.status)).collect();
    expect![[r#"
        guides/draft: Draft
        guides/soon: Expired(2026-07-02T08:30:00Z)"#]]
    .assert_eq(&why.join("\n"));
    let drafts = site().drafts().build().fine();
    drafts.has("guides/draft/index.html", true);
}
