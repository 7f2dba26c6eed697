//! Raw HTML that is sanitised: what stays, what goes, what is said, and that nothing gets past.

use std::collections::HashSet;

use expect_test::{Expect, expect};
use galen::diag::{Diagnostics, SourceId, Span, text};
use galen::markdown::{self, Directive, HtmlPolicy, Options, Picture, Place, Resolver};
use proptest::prelude::*;

use crate::support::tree;

/// Resolves as a site does: every address below a base.
struct Site;

impl Resolver for Site {
    fn link(&mut self, address: &str, _: Span) -> String {
        address.to_owned()
    }

    fn picture(&mut self, address: &str, _: &str, _: Span) -> Picture {
        Picture { url: format!("{address}?v"), width: Some(4), height: Some(3) }
    }

    fn directive(&mut self, _: &Directive, content: Option<String>) -> String {
        format!("<aside>{}</aside>", content.unwrap_or_default())
    }
}

fn options() -> Options {
    Options { html: HtmlPolicy::Sanitised, ..Options::default() }
}

fn place() -> Place {
    Place::Body { source: SourceId::new("a.md"), offset: 0 }
}

fn rendered(markdown: &str) -> String {
    markdown::render(markdown, &place(), &options(), &mut Site).html
}

fn html(markdown: &str, expected: Expect) {
    expected.assert_eq(&rendered(markdown));
}

fn says(markdown: &str, expected: Expect) {
    let mut found = Diagnostics::new();
    markdown::read(markdown, &place(), &options(), &mut found);
    expected.assert_eq(&text::print(&found.sorted(), &|_| Some(markdown.into()), false));
}

#[test]
fn what_is_harmless_stays() {
    html(
        "H<sub>2</sub>O, <KBD class='x y'>Ctrl</kbd> <abbr title=\"a &amp; b\">AB</abbr>",
        expect![[
            r#"<p>H<sub>2</sub>O, <kbd class="x y">Ctrl</kbd> <abbr title="a &amp; b">AB</abbr></p>"#
        ]],
    );
    html(
        "<details open onclick=x>\n<summary>More &amp; more</summary>\n\nSome *text*.\n\n</details>\n\nAfter",
        expect![[r#"
            <details open>
            <summary>More &amp; more</summary>
            <p>Some <em>text</em>.</p></details>
            <p>After</p>"#]],
    );
    html(
        "<figure><picture><source srcset='/a.webp 1x, /b,c.webp 2x' type=image/webp><img src=/a.jpg alt=A></picture><figcaption>C</figcaption></figure>",
        expect![[
            r#"<figure><picture><source srcset="/a.webp?v 1x, /b%2Cc.webp?v 2x" type=image/webp><img src=/a.jpg?v alt=A width=4 height=3></picture><figcaption>C</figcaption></figure>"#
        ]],
    );
    html(
        "<table><caption>T</caption><tr><th scope=col>A<th>B<tr><td colspan=2>\n\n- a\n- b\n\n</table>",
        expect![[r#"
            <table><caption>T</caption><tr><th scope=col>A</th><th>B</th></tr><tr><td colspan=2>
            <ul><li>a</li><li>b</li></ul></td></tr></table>"#]],
    );
    html(
        "> <div id=x>a</div>\n> <a href='#x'>b</a>, <a href=\"/guides/a.md?x&y\">c</a>",
        expect![[r#"
            <blockquote><div id=x>a</div>
            <a href=#x>b</a>, <a href=/guides/a.md?x&amp;y>c</a></blockquote>"#]],
    );
    html("<img src=/a.jpg alt='' width=40>", expect![[r#"<img src="/a.jpg?v" alt="" width=40>"#]]);
}

#[test]
fn what_is_not_is_left_out_and_told() {
    says(
        "A <b style=x>b</b> <font>c</font> <script>d</script>",
        expect![[r#"
        warning[markdown/sanitised]: `style` was left out of `<b>`: how a page looks is for its theme to say
         --> a.md:1:6
          |
        1 | A <b style=x>b</b> <font>c</font> <script>d</script>
          |      ^^^^^^^
          |
          = help: remove it

        warning[markdown/sanitised]: `<font>` was left out: it is not among the elements that this text may have
         --> a.md:1:20
          |
        1 | A <b style=x>b</b> <font>c</font> <script>d</script>
          |                    ^^^^^^
          |
          = help: write it in Markdown or with a directive; a `<` that is meant is written `\<`

        warning[markdown/sanitised]: `<script>` was left out: a text may not have it
         --> a.md:1:35
          |
        1 | A <b style=x>b</b> <font>c</font> <script>d</script>
          |                                   ^^^^^^^^
          |
          = help: write it in Markdown or with a directive; a `<` that is meant is written `\<`

    "#]],
    );
    says(
        "<a href=\"java&#10;script:x\" target=_blank>a</a>\n<img src=data:x alt=x>",
        expect![[r#"
            warning[markdown/sanitised]: `href` was left out of `<a>`: it has an address that this text may not lead to
             --> a.md:1:4
              |
            1 | <a href="java&#10;script:x" target=_blank>a</a>
              |    ^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: remove it

            warning[markdown/sanitised]: `target` was left out of `<a>`: it is not among the attributes that this text may have
             --> a.md:1:29
              |
            1 | <a href="java&#10;script:x" target=_blank>a</a>
              |                             ^^^^^^^^^^^^^
              |
              = help: remove it

            warning[markdown/sanitised]: `<img>` was left out: it has no address that a picture can have
             --> a.md:2:1
              |
            2 | <img src=data:x alt=x>
              | ^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: write it in Markdown or with a directive; a `<` that is meant is written `\<`

        "#]],
    );
    says(
        "- <div>a\n- b</div>\n\nc <div>d</div> </b>",
        expect![[r#"
        warning[markdown/sanitised]: `<div>` has no `</div>` in the same part of the text
         --> a.md:1:3
          |
        1 | - <div>a
          |   ^^^^^
          |
          = note: it was ended where its block, list or quote ends
          = help: write `</div>` where it ends

        warning[markdown/sanitised]: `</div>` was left out: it ends nothing that is open here
         --> a.md:2:4
          |
        2 | - b</div>
          |    ^^^^^^
          |
          = help: remove it

        warning[markdown/sanitised]: `<div>` was left out: it cannot stand among words
         --> a.md:4:3
          |
        4 | c <div>d</div> </b>
          |   ^^^^^
          |
          = help: write it in Markdown or with a directive; a `<` that is meant is written `\<`

        warning[markdown/sanitised]: `</div>` was left out: it ends nothing that is open here
         --> a.md:4:9
          |
        4 | c <div>d</div> </b>
          |         ^^^^^^
          |
          = help: remove it

        warning[markdown/sanitised]: `</b>` was left out: it ends nothing that is open here
         --> a.md:4:16
          |
        4 | c <div>d</div> </b>
          |                ^^^^
          |
          = help: remove it

    "#]],
    );
    says(
        "<h1>a</h1>\n<li>b</li>\n<ul><li>c</ul>\n\n<p title=\"x",
        expect![[r#"
        warning[markdown/sanitised]: `<h1>` was left out: the page's own title is its only one
         --> a.md:1:1
          |
        1 | <h1>a</h1>
          | ^^^^
          |
          = help: write it in Markdown or with a directive; a `<` that is meant is written `\<`

        warning[markdown/sanitised]: `<li>` was left out: it stands only right inside `<ol>` or `<ul>`
         --> a.md:2:1
          |
        2 | <li>b</li>
          | ^^^^
          |
          = help: write it in Markdown or with a directive; a `<` that is meant is written `\<`

        warning[markdown/sanitised]: `</li>` was left out: it ends nothing that is open here
         --> a.md:2:6
          |
        2 | <li>b</li>
          |      ^^^^^
          |
          = help: remove it

        warning[markdown/sanitised]: this `<` starts a tag that does not end, and is shown as text
         --> a.md:5:1
          |
        5 | <p title="x
          | ^
          |
          = help: end the tag with `>`; a `<` that is meant is written `&lt;`

    "#]],
    );
}

#[test]
fn each_line_keeps_its_place() {
    let body = markdown::render("<div>\n\nA\n\n</div>\n\nB", &place(), &options(), &mut Site);
    for (at, from) in [("<p>A", 7), ("<p>B", 18)] {
        let at = body.html.find(at).unwrap();
        assert!(body.map.contains(&(at, from)), "{:?} {}", body.map, body.html);
    }
    assert_eq!(body.text.trim(), "A\nB");
}

/// What may be in the HTML of a text: that of the docs, and what Galen writes itself.
fn judge() -> ammonia::Builder<'static> {
    let tags = "a abbr address article aside b bdi bdo blockquote br caption cite code col colgroup data dd del details dfn div dl dt em figcaption figure footer h2 h3 h4 h5 h6 header hr i img ins kbd li mark ol p picture pre q rp rt ruby s samp section small source span strong sub summary sup table tbody td tfoot th thead time tr u ul var wbr h1 label input";
    let attributes = "abbr alt aria-describedby aria-hidden aria-label aria-labelledby checked cite class colspan datetime decoding dir disabled headers height hidden href hreflang id lang loading media open rel reversed role rowspan scope sizes span src srcset start tabindex title translate type value width";
    let mut judge = ammonia::Builder::new();
    judge
        .tags(tags.split(' ').collect())
        .generic_attributes(attributes.split(' ').collect())
        .tag_attributes(Default::default())
        .link_rel(None)
        .url_schemes(HashSet::from(["http", "https", "mailto", "sms", "tel"]))
        .url_relative(ammonia::UrlRelative::PassThrough)
        .strip_comments(false);
    judge
}

/// Checks that a second sanitiser finds nothing to take out, and that the text stays in its place.
fn check(markdown: &str) {
    let html = rendered(markdown);
    // The judge's writer loses line ends at the start of `pre`.
    let seen = |html: &str| {
        let text = tree::of(html).replace("\\n", "");
        text.lines().filter(|line| line.trim() != "\"\"").map(str::to_owned).collect::<Vec<_>>()
    };
    let judged = judge().clean(&html).to_string();
    assert_eq!(seen(&html), seen(&judged), "{markdown:?}\n{html}");
    let page = format!("<div><main>{html}</main><i>x</i></div><u>y</u>");
    let top: Vec<String> = tree::of(&page)
        .lines()
        .filter(|line| line.chars().take_while(|it| *it == ' ').count() <= 2)
        .map(str::to_owned)
        .collect();
    assert_eq!(top, expected_top(), "{markdown:?}\n{html}");
}

fn expected_top() -> Vec<String> {
    let page = "<div><main>t</main><i>x</i></div><u>y</u>";
    let lines = tree::of(page);
    lines
        .lines()
        .filter(|it| it.chars().take_while(|it| *it == ' ').count() <= 2)
        .map(str::to_owned)
        .collect()
}

#[test]
fn what_is_hostile_gets_nowhere() {
    for case in HOSTILE {
        check(case);
        check(&format!("- {case}\n- b"));
        check(&format!("> <div>\n> {case}\n\nc"));
        check(&format!("a {case} b"));
        check(&format!("| a |\n|---|\n| {} |", case.replace('\n', " ")));
    }
}

const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "<script>\n\nalert(1)\n\n",
    "<img src=x onerror=alert(1)>",
    "<img src=/a.jpg alt=\"--><script>alert(1)</script>\">",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<template><img src=x onerror=alert(1)></template>",
    "<plaintext><p>",
    "<textarea></textarea><img src=x onerror=alert(1)></textarea>",
    "<title><img src=x></title>",
    "<xmp><p title=\"</xmp><svg/onload=alert(1)>\">",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!-- --!><img src=x onerror=alert(1)> -->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?php <img src=x onerror=alert(1)> ?>",
    "<!DOCTYPE x><base href=//evil.example>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<a href=\" &#1;java\tscript&colon;alert(1)\">x</a>",
    "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
    "<a href='vbscript:x'>x</a>",
    "<img alt=x src=/a.jpg srcset='javascript:alert(1) 1x'>",
    "<img alt=x src=/a.jpg srcset='/a.jpg 1x, data:image/svg+xml,x 2x'>",
    "<img alt=x src=/a.jpg srcset='/a.jpg 1x\" onerror=alert(1)'>",
    "<img src='/a.jpg\" onerror=alert(1) x=\"' alt=x width=1>",
    "<div style=\"background:url(javascript:x)\">",
    "<p title=\"x",
    "<p title='x\" onclick=alert(1)'>",
    "<p class=`x` onclick=alert(1)>",
    "<p/onclick=alert(1)>",
    "<p\nclass=x\n\nonclick=alert(1)>",
    "<div></div></div></main></div></body></html>",
    "</p></li></ul></td></tr></table></blockquote>",
    "<table><tr><td><table><td>",
    "<table><div></table></div>",
    "<table>\n\n| a |\n|---|\n| b |\n\n</table>",
    "<table><tr>\n\n<div>\n\n</div>",
    "<ul>\n\n<li>\n\n- a\n\n</li></ul></li>",
    "<div><dt>a</dt></div>",
    "<dl><dd>\n\na\n: b\n\n<div><dt>c",
    "<b><p><i></b></p></i>",
    "<a href=/x><a href=/y>z</a></a>",
    "<a href=/x>[y](/z)</a>",
    "<h2><h3></h2></h3><p><h2>",
    "<select><option><img src=x></select>",
    "<ruby><rt><rp></ruby></rt>",
    "<details><summary><h2>x</summary></h2>",
    "<col><caption><tr><td><source>",
    "<p><table></p></table><p>",
    "<x-y is=z><isindex><image src=x onerror=alert(1)>",
    "<div id=location name=cookie><form id=x><input name=y></form>",
    "<p title=\"\u{0}&#0;&#14;\u{e}l0,1\">&#0;l0,9\u{0}",
    "&lt;script&gt;<b>&#60;script&#62;</b>",
    "<div\n:::note\n class=x onclick=y>\n:::\n",
    "<table>\n:::note\na\n:::\n</table>",
    "<li><p></li>",
];

/// Pieces that are put together at random.
const PIECES: &[&str] = &[
    "<div>",
    "</div>",
    "<p>",
    "</p>",
    "<b>",
    "</b>",
    "<table>",
    "</table>",
    "<tr>",
    "<td>",
    "</td>",
    "<ul>",
    "</ul>",
    "<li>",
    "</li>",
    "<dl>",
    "<dd>",
    "<dt>",
    "</dl>",
    "<a href=/x>",
    "</a>",
    "<details>",
    "<summary>",
    "</summary>",
    "<h2>",
    "</h2>",
    "<svg>",
    "<math>",
    "<style>",
    "</style>",
    "<select>",
    "<template>",
    "<!--",
    "-->",
    "<pre>",
    "</pre>",
    "<caption>",
    "<ruby>",
    "<rt>",
    "<picture>",
    "<source srcset=/a>",
    "<img src=/a.jpg alt=\"",
    "\">",
    "onclick=x>",
    "<p title='",
    "'",
    "\n",
    "\n\n",
    "\n\n- ",
    "\n\n> ",
    "\n\n## ",
    "\n\n| a | b |\n|---|---|\n| ",
    " | ",
    "*",
    "**",
    "`",
    "[",
    "](/y)",
    "x ",
    "\n: ",
    "\n\n:::note\n",
    "\n:::\n",
    "    ",
    "- [ ] ",
    "[^1]",
    "\n\n[^1]: ",
    "&#60;",
    "<figure>",
    "<figcaption>",
    "</figure>",
    "<section>",
    "<blockquote>",
    "</blockquote>",
    "<ol>",
    "<br>",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_mixture_gets_out(pieces in proptest::collection::vec(0..PIECES.len(), 0..14)) {
        check(&pieces.iter().map(|at| PIECES[*at]).collect::<String>());
    }
}
