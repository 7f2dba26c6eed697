//! Markdown: the extensions, the corrections, and what is refused.

use expect_test::{Expect, expect};
use galen::diag::{Diagnostics, SourceId, Span, text};
use galen::markdown::{self, Directive, Options, Picture, Place, Resolver};
use proptest::prelude::*;

/// Shows what it is asked.
struct Shown;

impl Resolver for Shown {
    fn link(&mut self, address: &str, _: Span) -> String {
        address.to_owned()
    }

    fn picture(&mut self, address: &str, _: &str, _: Span) -> Picture {
        Picture { url: address.to_owned(), width: Some(4), height: Some(3) }
    }

    fn directive(&mut self, directive: &Directive, content: Option<String>) -> String {
        let args: Vec<String> =
            directive.args.iter().map(|it| format!("{}={:?}", it.name, it.value)).collect();
        let content = content.unwrap_or_else(|| "nothing".to_owned());
        format!("<{} {}>{content}</{}>", directive.name, args.join(" "), directive.name)
    }
}

fn place() -> Place {
    Place::Body { source: SourceId::new("a.md"), offset: 0 }
}

fn html(markdown: &str, expected: Expect) {
    expected.assert_eq(&markdown::render(markdown, &place(), &Options::default(), &mut Shown).html);
}

fn says(markdown: &str, expected: Expect) {
    let mut options = Options::default();
    options.headings.start = 2;
    options.headings.no_skip = true;
    let mut found = Diagnostics::new();
    markdown::read(markdown, &place(), &options, &mut found);
    let printed = text::print(&found.sorted(), &|_| Some(markdown.into()), false);
    expected.assert_eq(&printed);
}

#[test]
fn a_single_tilde_means_about() {
    html(
        "(~£500) and (~£900), not ~~£100~~",
        expect!["<p>(~£500) and (~£900), not <del>£100</del></p>"],
    );
}

#[test]
fn bare_addresses_are_links() {
    html(
        "See https://x.org/a_b*c* (www.y.org), a@b.example. `https://no.org` [t](/x \"T\") <https://z.org>",
        expect![
            "<p>See <a href=https://x.org/a_b>https://x.org/a_b</a><em>c</em> (<a href=https://www.y.org>www.y.org</a>), <a href=mailto:a@b.example>a@b.example</a>. <code>https://no.org</code> <a href=/x title=T>t</a> <a href=https://z.org>https://z.org</a></p>"
        ],
    );
}

#[test]
fn headings_have_ids_that_are_unique_and_stay() {
    html(
        "## Risks\n## Risks {#risks}\n## *Is it* safe?\n### Risks {.wide}\n## ???\n",
        expect![
            "<h2 id=risks-2>Risks</h2><h2 id=risks>Risks</h2><h2 id=is-it-safe><em>Is it</em> safe?</h2><h3 id=risks-3 class=wide>Risks</h3><h2 id=section>???</h2>"
        ],
    );
    says(
        "# Top\n\n#### Deep\n\n##\n\n## Price {from £5}\n\n## A {#x}\n\n## B {#x}\n",
        expect![[r#"
            error[markdown/heading-level]: headings in this text start with `##`, not `#`
             --> a.md:1:1
              |
            1 | # Top
              | ^^^^^
              |
              = note: the page's title is its only heading above that
              = help: write `##`, and one `#` more for the headings below it

            error[markdown/heading-level]: this heading has level 4, and the one above it has level 1
             --> a.md:3:1
              |
            3 | #### Deep
              | ^^^^^^^^^
              |
              = note: who hears the page read aloud finds the way by the levels
              = help: write `##`

            error[markdown/heading-empty]: this heading has no text
             --> a.md:5:1
              |
            5 | ##
              | ^^
              |
              = help: write it out, or remove the `#`

            error[markdown/heading-attribute]: `from` in braces would not be shown in this heading
             --> a.md:7:10
              |
            7 | ## Price {from £5}
              |          ^^^^^^^^^
              |
              = help: use round brackets for text; in braces only `#id` and `.class` have a meaning

            warning[markdown/duplicate-id]: another heading has the id `x`; this one has `x-2` instead
              --> a.md:11:1
               |
            11 | ## B {#x}
               | ^^^^^^^^^
               |
               = help: give one of the two another id, so that links lead where they should

        "#]],
    );
}

#[test]
fn footnotes_lead_there_and_back() {
    html(
        "One[^b] two[^a] one[^b].\n\n[^a]: A.\n\n[^b]: B[^c].\n\n    More.\n\n[^c]: C.\n",
        expect![[
            r#"<p>One<sup><a id=fnref-1 href=#fn-1 role=doc-noteref>1</a></sup> two<sup><a id=fnref-2 href=#fn-2 role=doc-noteref>2</a></sup> one<sup><a id=fnref-1-2 href=#fn-1 role=doc-noteref>1</a></sup>.</p><section class=footnotes role=doc-endnotes aria-label=Notes><ol><li id=fn-1><p>B<sup><a id=fnref-3 href=#fn-3 role=doc-noteref>3</a></sup>.</p><p>More. <a href=#fnref-1 role=doc-backlink aria-label="Back to the text">↩</a> <a href=#fnref-1-2 role=doc-backlink aria-label="Back to the text (2)">↩</a></p></li><li id=fn-2><p>A. <a href=#fnref-2 role=doc-backlink aria-label="Back to the text">↩</a></p></li><li id=fn-3><p>C. <a href=#fnref-3 role=doc-backlink aria-label="Back to the text">↩</a></p></li></ol></section>"#
        ]],
    );
    says(
        "Text[^none] and \\[^fine].\n\n[^unused]: Nobody.\n",
        expect![[r#"
        error[markdown/footnote-undefined]: there is no footnote `none`
         --> a.md:1:5
          |
        1 | Text[^none] and \[^fine].
          |     ^^^^^^^
          |
          = help: add a line `[^none]: …`; for brackets that are meant, write `\[^`

        warning[markdown/footnote-unused]: the footnote `unused` is not used, so it is not shown
         --> a.md:3:1
          |
        3 | [^unused]: Nobody.
          | ^^^^^^^^^^^^^^^^^^
          |
          = help: write `[^unused]` where it belongs, or remove it

    "#]],
    );
}

#[test]
fn tasks_have_labels() {
    html(
        "- [ ] ask *twice*\n- [x] go\n  - inner\n\n\n1. [ ] loose\n\n   more\n",
        expect![
            "<ul><li class=task><label><input type=checkbox disabled> ask <em>twice</em></label></li><li class=task><label><input type=checkbox disabled checked> go</label><ul><li>inner</li></ul></li></ul><ol><li class=task><p><label><input type=checkbox disabled> loose</label></p><p>more</p></li></ol>"
        ],
    );
}

#[test]
fn dangerous_addresses_are_refused() {
    says(
        "[x](JaVaScript:alert) ![y](data:image/png;base64,AA)\n\n<vbscript:x>\n",
        expect![[r#"
            error[link/scheme]: `JaVaScript:alert` is not an address that a link may have
             --> a.md:1:1
              |
            1 | [x](JaVaScript:alert) ![y](data:image/png;base64,AA)
              | ^^^^^^^^^^^^^^^^^^^^^
              |
              = help: use `http`, `https`, `mailto`, `sms` or `tel`, or a page of this site

            error[link/scheme]: this picture is written out within the text
             --> a.md:1:23
              |
            1 | [x](JaVaScript:alert) ![y](data:image/png;base64,AA)
              |                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: save the picture in the media folder, and show it from there

            error[link/scheme]: `vbscript:x` is not an address that a link may have
             --> a.md:3:1
              |
            3 | <vbscript:x>
              | ^^^^^^^^^^^^
              |
              = help: use `http`, `https`, `mailto`, `sms` or `tel`, or a page of this site

        "#]],
    );
    html(
        "[x](java\tscript:alert(1)) [y](javascript:x)",
        expect!["<p>[x](java	script:alert(1)) <a>y</a></p>"],
    );
}

#[test]
fn measurements_keep_their_marks() {
    html(
        "A 5'10\" man, 6' tall, 3\" wide; \"version 2\" and 'the 90's'; it's -- well...",
        expect![[
            r#"<p>A 5'10" man, 6' tall, 3" wide; “version 2” and ‘the 90’s’; it’s – well…</p>"#
        ]],
    );
}

#[test]
fn directives_are_taken_out_first() {
    html(
        "Text\n::cta{to=\"/x\" big n=3}\nmore\n\n:::faq{question=\"Why?\"}\n*Because*.\n\n- a\n- b\n:::\n\n:::faq\n:::\n\nTerm\n: Definition :::\n",
        expect![[
            r#"<p>Text</p><cta to=Text("/x") big=Flag n=Word("3")>nothing</cta><p>more</p><faq question=Text("Why?")><p><em>Because</em>.</p><ul><li>a</li><li>b</li></ul></faq><faq >nothing</faq><dl><dt>Term</dt><dd>Definition :::</dd></dl>"#
        ]],
    );
    html(
        "::::outer\nA\n:::inner\n[^1] B\n:::\nC\n::::\n\n```\n:::faq\n```\n\n    :::faq\n\n[^1]: Note.\n",
        expect![[r#"
            <outer ><p>A</p><inner ><p><sup><a id=fnref-1 href=#fn-1 role=doc-noteref>1</a></sup> B</p></inner><p>C</p></outer><pre tabindex=0><code>:::faq
            </code></pre><pre tabindex=0><code>:::faq
            </code></pre><section class=footnotes role=doc-endnotes aria-label=Notes><ol><li id=fn-1><p>Note. <a href=#fnref-1 role=doc-backlink aria-label="Back to the text">↩</a></p></li></ol></section>"#]],
    );
    says(
        ":::open\n\n- :::faq\n\n> ::cta\n\n::cta{a=“b”}\n\n:: text\n\n:::Faq\n:::\n\n::::\n",
        expect![[r#"
            error[markdown/directive-place]: a directive cannot stand inside a list or a quote
             --> a.md:3:3
              |
            3 | - :::faq
              |   ^^^^^^
              |
              = help: move it to the start of a line of its own, after the list or quote

            error[markdown/directive-place]: a directive cannot stand inside a list or a quote
             --> a.md:5:3
              |
            5 | > ::cta
              |   ^^^^^
              |
              = help: move it to the start of a line of its own, after the list or quote

            error[markdown/directive-syntax]: use straight quotes: "…"
             --> a.md:7:9
              |
            7 | ::cta{a=“b”}
              |         ^
              |
              = help: a directive is written `::name{key="value"}`, or `:::name` … `:::` around text

            error[markdown/directive-syntax]: a directive's name has small letters, digits and hyphens
              --> a.md:11:4
               |
            11 | :::Faq
               |    ^^^
               |
               = help: a directive is written `::name{key="value"}`, or `:::name` … `:::` around text

        "#]],
    );
    says(
        ":::open\ntext\n\n::::b\n:::\n",
        expect![[r#"
        error[markdown/directive-unclosed]: the directive `b` has no end
         --> a.md:4:1
          |
        4 | ::::b
          | ^^^^^
          |
          = help: add a line `::::` after its text

    "#]],
    );
    says(
        "Text\n\n:::\n\n::cta{to=\"x\n",
        expect![[r#"
        error[markdown/directive-unopened]: this ends a directive, and none is open here
         --> a.md:3:1
          |
        3 | :::
          | ^^^
          |
          = help: remove the line, or start the directive with `:::name` above

        error[markdown/directive-syntax]: the quotes are not closed on this line
         --> a.md:5:10
          |
        5 | ::cta{to="x
          |          ^^
          |
          = help: a directive is written `::name{key="value"}`, or `:::name` … `:::` around text

    "#]],
    );
}

#[test]
fn raw_html_is_an_error_at_its_place() {
    says(
        "a <b>c</b>\n\n<div>\n\n<!-- note\nto self -->\n\n1 < 2 and \\<b>\n",
        expect![[r#"
        error[markdown/raw-html]: HTML is not used in this text
         --> a.md:1:3
          |
        1 | a <b>c</b>
          |   ^^^
          |
          = help: write it in Markdown or with a directive; a `<` that is meant is written `\<`

        error[markdown/raw-html]: HTML is not used in this text
         --> a.md:3:1
          |
        3 | <div>
          | ^^^^^
          |
          = help: write it in Markdown or with a directive; a `<` that is meant is written `\<`

        error[markdown/raw-html]: a comment would be sent to every reader of the page
         --> a.md:5:1
          |
        5 | <!-- note
          | ^^^^^^^^^
          |
          = help: remove it; notes to colleagues go into the front matter, after a `#`

    "#]],
    );
    html("a <b>c</b>", expect!["<p>a c</p>"]);
}

#[test]
fn pictures_need_words() {
    says(
        "![](a.png) ![ ](b.png \"decorative\")\n",
        expect![[r#"
        error[a11y/alt-missing]: this picture has no alternative text
         --> a.md:1:1
          |
        1 | ![](a.png) ![ ](b.png "decorative")
          | ^^^^^^^^^^
          |
          = help: write in the square brackets what a person who cannot see it needs to know; for mere decoration write `![](… "decorative")`

    "#]],
    );
    html(
        "![A *b*](a.png \"The caption\")\n\nx ![](b.png \"decorative\")",
        expect![[
            r#"<figure><img src=a.png alt="A b" width=4 height=3 loading=lazy decoding=async><figcaption>The caption</figcaption></figure><p>x <img src=b.png alt="" width=4 height=3 loading=lazy decoding=async></p>"#
        ]],
    );
}

#[test]
fn tables_alerts_and_lists() {
    html(
        "## Costs\n\n| | Price |\n|---|--:|\n| FUE | £4,000 |\n\n> [!WARNING]\n> Bleeding.\n\n```rust x\na < b\n```\n\nTerm\n: What it is\n\n3. c\n4. d\n",
        expect![[r#"
            <h2 id=costs>Costs</h2><div class=table tabindex=0 role=group aria-labelledby=costs><table><thead><tr><td></td><th scope=col class=right>Price</th></tr></thead><tbody><tr><td>FUE</td><td class=right>£4,000</td></tr></tbody></table></div><div role=note class="alert alert-warning"><p class=alert-title>Warning</p><p>Bleeding.</p></div><pre tabindex=0><code class=language-rust>a &lt; b
            </code></pre><dl><dt>Term</dt><dd>What it is</dd></dl><ol start=3><li>c</li><li>d</li></ol>"#]],
    );
}

#[test]
fn too_much_is_an_error() {
    let deep = |text: &str| {
        let mut found = Diagnostics::new();
        markdown::read(text, &place(), &Options::default(), &mut found);
        found.iter().map(|it| it.code.as_str()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(deep(&"> ".repeat(5000)), "markdown/too-deep");
    assert_eq!(deep(&"a\n".repeat(600_000)), "markdown/too-long");
    let nested: String = (0..200).map(|depth| format!("{}- a\n", "  ".repeat(depth))).collect();
    assert_eq!(deep(&nested), "markdown/too-deep");
    assert_eq!(deep(&"*a **b ".repeat(2000)), "markdown/too-deep");
    assert_eq!(deep(&"- a\n".repeat(2000)), "");
}

#[test]
fn facts_are_what_a_reader_sees() {
    let text = "![alt](x.png)\n\n> Quoted.\n\nThe *first* paragraph, with `code` and a [link](/x).\n\n## One\n### Two\n## Three\n";
    let (facts, draft) =
        markdown::read(text, &place(), &Options::default(), &mut Diagnostics::new());
    assert_eq!(facts.words, 12);
    expect![[r#"
        [
            Heading {
                id: "one",
                title: "One",
                level: 2,
                start: 80,
                bare: true,
                children: [
                    Heading {
                        id: "two",
                        title: "Two",
                        level: 3,
                        start: 87,
                        bare: true,
                        children: [],
                    },
                ],
            },
            Heading {
                id: "three",
                title: "Three",
                level: 2,
                start: 95,
                bare: true,
                children: [],
            },
        ]"#]]
    .assert_eq(&format!("{:#?}", draft.outline()));
    expect![[r#"
        Quoted.
        The first paragraph, with code and a link.
        One
        Two
        Three"#]]
    .assert_eq(&markdown::plain_text(text, &Options::default()));
}

/// What breaks parsers.
const TOKENS: [&str; 40] = [
    "\n",
    "\n\n",
    " ",
    "  ",
    "    ",
    "\t",
    "> ",
    "- ",
    "1. ",
    "* ",
    "#",
    "## ",
    "---",
    "===",
    "|",
    "|-|-|\n",
    ":::faq\n",
    ":::\n",
    "::::\n",
    "::cta{a=\"b\"}\n",
    ": ",
    "[^1]",
    "[^1]: ",
    "~",
    "~~",
    "```\n",
    "`",
    "<b>",
    "<!--",
    "-->",
    "{#x}",
    "{",
    "![",
    "](",
    "[",
    "]",
    ")",
    "*",
    "é\u{301}",
    "\0",
];

fn nasty() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        prop::sample::select(&TOKENS[..]).prop_map(str::to_owned),
        "[a-z5'\"@.:/]{1,6}",
        Just("https://x.org/a_(b)&amp;".to_owned()),
        Just("- [ ] ".to_owned()),
    ];
    prop::collection::vec(word, 0..60).prop_map(|words| words.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn no_text_breaks_it(text in nasty()) {
        let mut found = Diagnostics::new();
        let (facts, _) = markdown::read(&text, &place(), &Options::default(), &mut found);
        for diagnostic in found.iter() {
            let span = diagnostic.span.clone().unwrap();
            prop_assert!(text.get(span.start..span.end).is_some(), "{diagnostic:?} in {text:?}");
        }
        for directive in &facts.directives {
            let span = &directive.name_span;
            prop_assert_eq!(text.get(span.start..span.end), Some(directive.name.as_str()));
        }
        let body = markdown::render(&text, &place(), &Options::default(), &mut Shown);
        prop_assert!(!body.html.contains("<!--galen"), "{}", body.html);
        prop_assert!(!body.html.contains("<b>"), "{}", body.html);
        for (html, file) in body.map {
            prop_assert!(body.html.is_char_boundary(html) && text.is_char_boundary(file));
        }
    }
}
