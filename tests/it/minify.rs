//! Minified pages mean what unminified ones mean, and are as small as minify-html makes them.

use galen::build::{self, Request};
use galen::diag::text;
use galen::render::Collected;
use galen::vfs::Memory;
use minify_html::Cfg;
use proptest::prelude::*;

use crate::support::{SiteTest, files_below, rel, repository, tree};

/// A site with one guide, whose template is the text, minified or not.
fn site(template: &str, minify: bool) -> SiteTest {
    SiteTest::new(&format!(
        "-- galen.yaml --
base_url: https://clinic.example
theme: t
api: false
minify: {minify}
-- content/guides/smp.md --
---
title: What  is <SMP>?
---
Few risks.
-- themes/t/theme.yaml --
name: t
-- themes/t/templates/list.html --
-- themes/t/templates/term.html --
-- themes/t/templates/person.html --
-- themes/t/templates/404.html --
-- themes/t/templates/part.html --
<b>part</b> of  <i>a</i>
page
-- themes/t/templates/exact.html --
  exact  <b>part</b>
-- themes/t/templates/components.html --
{{% component inline(x: string = \"\") %}} <b>in  </b> line{{% endcomponent inline %}}
{{% component block(x: string = \"\") %}}
<div title=\"{{{{ x }}}}\">  {{{{ x }}}}
  <p>b</p> c </div>
{{% endcomponent block %}}
{{% component wrap(x: string = \"\") %}}<section title=\"{{{{ body | safe }}}}\"> {{{{ body }}}} </section>{{% endcomponent wrap %}}
{{% component value(x: string = \"\") %}}  a  value <!-- x -->{{% endcomponent value %}}
-- themes/t/templates/guide.html --
{template}"
    ))
}

fn page(template: &str, minify: bool) -> String {
    let site = site(template, minify).build();
    assert!(site.find("guides/smp/index.html").is_some(), "{template}\n{}", site.said());
    site.text("guides/smp/index.html")
}

/// Gives the minified page after comparing it with the other.
#[track_caller]
fn small(template: &str) -> String {
    let small = page(template, true);
    assert_eq!(tree::met(&page(template, false)), tree::met(&small), "{template}\n{small}");
    small
}

#[test]
fn pages_mean_the_same() {
    let table = [
        // Space between what stands in a line.
        ("<div><a>A</a> <a>B</a>\n <b>C</b></div>", "<div><a>A</a> <a>B</a>\n<b>C</b></div>"),
        ("<nav>\n<a>A</a>\n<a>B</a>\n</nav>", "<nav><a>A</a>\n<a>B</a></nav>"),
        ("<form> <label>A</label> <input> </form>", "<form><label>A</label> <input></form>"),
        ("{{ page.slug }} {{ page.slug }}\n<p> a  b </p>", "smp smp<p>a b</p>"),
        ("a <!-- b --> c", "a c"),
        ("<b>a</b>\n<meta>\n<meta>\n<b>c</b>", "<b>a</b>\n<meta>\n<meta>\n<b>c</b>"),
        ("a<script></script> <script></script>b", "a<script></script> <script></script>b"),
        ("a&nbsp;b &lt;c&gt; &amp;amp; \u{a0}d", "a&nbsp;b &lt;c&gt; &amp;amp; \u{a0}d"),
        ("<ul>\n  <li>a</li>\n  <li> b </li>\n</ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<pre>\n a\n   b </pre>", "<pre>\n a\n   b </pre>"),
        ("<script>a  // b\nc</script>", "<script>a  // b\nc</script>"),
        ("<textarea>\n\n a  b</textarea>", "<textarea>\n\n a  b</textarea>"),
        // Attributes.
        ("<p hidden=\"until-found\">", "<p hidden=until-found>"),
        ("<input type=\"checkbox\" value=\"\">", "<input type=checkbox value>"),
        ("<p lang=\"\" class=\"\" title=\"\">", "<p lang class title>"),
        ("<p id=\"a\" id=\"b\">", "<p id=a id=b>"),
        ("<input type=\"text\"><button type=\"submit\">", "<input type=text><button type=submit>"),
        ("<a b=2 a=1 c=\"x y\">", "<a b=2 a=1 c=\"x y\">"),
        (
            "<svg viewBox=\"0 0 1 1\"><path d=\"M0 0\"/></svg>",
            "<svg viewBox=\"0 0 1 1\"><path d=\"M0 0\"/></svg>",
        ),
        // Braces in tags.
        (
            "<a href=\"{{ page.slug }}\"{% if page.title %} aria-current=\"page\"{% endif %}>",
            "<a href=smp aria-current=page>",
        ),
        ("<p title=\"{{ page.slug | replace(from=\"s\", to=\"a\") }}\">", "<p title=amp>"),
        ("<p title='{{ page['slug'] }}' class=\"a\">", "<p title=smp class=a>"),
        (
            "<p {% if page.title %}class=\"a\"{% else %}class=\"b\"{% endif %} id=\"c\">",
            "<p class=a id=c>",
        ),
        ("<p data-{{ page.slug }}=\"a\" {{ page.slug }}>", "<p data-smp=a smp>"),
        ("<p class=\"a {{ page.slug }}  b\">", "<p class=\"a smp  b\">"),
        ("<p class=a{% if page.title %}b{% endif %} {# c #}>", "<p class=ab >"),
        ("{% set n = 2 %}<h{{ n }}  class=\"a\"> b </h{{ n }}>", "<h2 class=a> b </h2>"),
        ("<{{ \"b\" }} class=\"a\">c</{{ \"b\" }}>", "<b class=a>c</b>"),
        // What is taken as a value.
        ("{% set a %}  b  {% endset %}<p title=\"{{ a }}\"> {{ a }}", "<p title=\"  b  \">  b  "),
        ("<p title=\"{{<value />}}\">", "<p title=\"  a  value <!-- x -->\">"),
        ("<pre>{% include \"exact.html\" %}</pre>", "<pre>  exact  <b>part</b>\n</pre>"),
        (
            "<script>{% block a %}a < b  // c\n{% endblock %}</script>",
            "<script>a < b  // c\n</script>",
        ),
        // Tags that do not fit, and space that Tera takes away.
        ("{% if page.title %}<div>{% endif %} a </div></section>", "<div> a</div></section>"),
        ("a {%- if page.title %}  b{% endif -%} <!-- c --> d", "a b<!----> d"),
    ];
    for (template, expected) in table {
        assert_eq!(small(template), expected, "{template}");
        site(template, true).build().fine();
    }
}

#[test]
fn what_cannot_be_understood_stays_as_it_is() {
    for template in ["<p  title=\"a>\n<p> b", "a  <!-- b", "<textarea>  a", "a  </pre>  b"] {
        assert_eq!(page(template, true), template);
        let said = site(template, true).build().said();
        assert!(said.starts_with("warning[template/minify]"), "{said}");
    }
    let deep = format!("{}  a", "<b>  ".repeat(3000));
    assert!(page(&deep, true).len() < deep.len());
}

#[test]
fn an_error_names_the_true_line() {
    let said = site("<p>\n\n a </p>\n<p> {{ page.nothing.at_all }}", true).build().said();
    assert!(said.contains("guide.html:4:"), "{said}");
}

/// Templates at random.
fn templates() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "word",
        "two  words",
        "{{ page.title }}",
        "{{- page.slug -}}",
        "{{ page.body }}",
        "&nbsp;",
        "&amp;lt",
        "<!-- c -->",
        "<br>",
        "<img src=\"x\" alt=\"\">",
        "{%- set a = 1 -%}",
        "<input type=\"checkbox\" value=\"\" checked=\"checked\">",
        "{# c #}",
        "{#- c -#}",
        "\u{a0}",
        "{{<inline />}}",
        "{{<block x={page.title} />}}",
        "{% include \"part.html\" %}",
        "{% set c %}  a  b {% endset %}<i title=\"{{ c }}\">{{ c }}</i>",
        "<hr/>",
        "< b",
        "a<3",
        "<pre> a\n  b {{ page.title }}  {{<value />}}</pre>",
        "<textarea>\n a  b</textarea>",
        "<script>a  < b // c\n d</script>",
        "<style>a { color: red }</style>",
        "{% raw %} {{ x }}  <b> y</b> {% endraw %}",
        "<meta name=\"a\" content=\"b\">",
        "<svg viewBox=\"0 0 1 1\"><title> t </title> <path d=\"M0 0\"/></svg>",
        "<select><option value=\"\">a</option> <option>b</option></select>",
    ]);
    let leaf = leaf.prop_map(str::to_owned);
    leaf.prop_recursive(5, 40, 5, |inner| {
        let space = prop::sample::select(vec!["", "", " ", "\n", " \n  "]);
        let children = prop::collection::vec((space.clone(), inner), 0..5).prop_map(|all| {
            all.into_iter().map(|(space, child)| format!("{space}{child}")).collect::<String>()
        });
        let names = vec!["p", "div", "a", "b", "span", "li", "ul", "label", "button", "h2", "em"];
        let attributes = vec![
            "", " class=\"a\"", " id='{{ page.slug }}' lang=\"\"", " hidden=\"until-found\" z=1 a=2",
            "{% if page.title %} class=\"a\"{% endif %}", " title=\"{{ page[\"slug\"] }}\"  a=\"b\"c ",
            " {% if page.nope is defined %}a=\"b\"{% else %}c=\"d\"{% endif %}", " title=\"{{<value />}}\"",
        ];
        let names = prop::sample::select(names);
        let attributes = prop::sample::select(attributes);
        prop_oneof![
            4 => (names, attributes, children.clone(), space.clone()).prop_map(
                |(name, attributes, inner, space)| format!("<{name}{attributes}>{inner}{space}</{name}>")
            ),
            1 => (children.clone(), children.clone(), space.clone()).prop_map(|(a, b, space)| format!(
                "{{% if page.slug == \"smp\" %}}{a}{space}{{% else %}}{b}{{% endif %}}{space}"
            )),
            1 => (children.clone(), space).prop_map(|(inner, space)| format!(
                "{{% for i in [1, 2] -%}}{inner}{space}{{% endfor %}}"
            )),
            1 => children.clone().prop_map(|inner| format!("{{% filter upper %}}{inner}{{% endfilter %}}")),
            1 => children.clone().prop_map(|inner| format!("{{% <wrap> %}}{inner}{{% </wrap> %}}")),
            1 => children.prop_map(|inner| format!(
                "{{% if page.title %}}<a href=\"x\">{{% endif %}}{inner}{{% if page.title %}}</a>{{% endif %}}"
            )),
        ]
    })
}

#[test]
fn pages_that_nest_are_told_from_others() {
    for page in ["<p>a<b>b<br></b></p> < b", "<ul><li><a href=x>a</a></li></ul><!-- c -->"] {
        assert!(nests(page), "{page}");
    }
    for page in
        ["<p><em><div></div></em></p>", "<li><li></li></li>", "</p>", "<b><i></b></i>", "<p>"]
    {
        assert!(!nests(page), "{page}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn any_page_means_the_same(template in prop::collection::vec(templates(), 1..4)) {
        let template = template.join("\n");
        let (large, small) = (page(&template, false), page(&template, true));
        if nests(&large) {
            prop_assert_eq!(tree::met(&large), tree::met(&small), "{}\n{}", template, small);
        }
        // Where Tera trims space beside a comment of HTML, a template may be left as it is written.
        let said = site(&template, true).build().said();
        let trims = ["-%}", "-}}", "-#}"].iter().any(|end| template.contains(end));
        let left = trims && template.contains("<!--") && said.starts_with("warning[template/minify]");
        prop_assert!(said.is_empty() || left, "{}\n{}", template, said);
    }
}

/// Whether a browser takes each tag of a page as it is written: none closes another, is left out
/// or repeated. What it makes of other pages depends on space that nobody sees.
fn nests(page: &str) -> bool {
    const ONCE: [&str; 5] = ["a", "button", "h2", "li", "p"];
    const BLOCKS: [&str; 8] = ["div", "h2", "hr", "li", "p", "pre", "section", "ul"];
    const VOID: [&str; 5] = ["br", "hr", "img", "input", "meta"];
    let mut open: Vec<&str> = Vec::new();
    for tag in page.split('<').skip(1) {
        let name =
            |text: &str| text.find(|it: char| !it.is_ascii_alphanumeric()).unwrap_or(text.len());
        if let Some(tag) = tag.strip_prefix('/') {
            if open.pop() != Some(&tag[..name(tag)]) {
                return false;
            }
            continue;
        }
        let name = &tag[..name(tag)];
        let closes = ONCE.contains(&name) && open.contains(&name);
        if closes || BLOCKS.contains(&name) && open.contains(&"p") {
            return false;
        }
        if !name.is_empty()
            && !name.starts_with(|it: char| it.is_ascii_digit())
            && !VOID.contains(&name)
        {
            open.push(name);
        }
    }
    open.is_empty()
}

/// The sample clinic's pages.
pub(crate) fn sample(minify: bool) -> Vec<(String, String)> {
    let files = Memory::new();
    for folder in ["content", "themes"] {
        let files_of = files_below(&repository().join(folder));
        for (name, path) in files_of.into_iter().filter(|(name, _)| !name.starts_with('.')) {
            files.set(&rel(&format!("{folder}/{name}")), std::fs::read(path).unwrap());
        }
    }
    let config = std::fs::read_to_string(repository().join("galen.yaml")).unwrap();
    files.set(&rel("galen.yaml"), format!("{config}\nminify: {minify}\n"));
    let request = Request { clock: Some("2026-11-23T12:00".to_owned()), ..Request::default() };
    let sink = Collected::new();
    let built = build::build(&files, &request, &sink, &|_| ());
    let said = text::print(&built.diagnostics, &|source| built.tree.text(source), false);
    assert_eq!(said, "");
    let pages = sink.files().into_iter().filter(|(file, _)| file.extension() == "html");
    pages.map(|(file, bytes)| (file.to_string(), String::from_utf8(bytes).unwrap())).collect()
}

#[test]
fn the_sample_clinic_means_the_same_and_is_small() {
    let settings = Cfg {
        keep_closing_tags: true,
        keep_html_and_head_opening_tags: true,
        keep_input_type_text_attr: true,
        ..Cfg::default()
    };
    let (mut large, mut small, mut each) = (0, 0, 0);
    let minified = sample(true);
    let written = sample(false);
    assert_eq!(minified.len(), written.len());
    // Addresses of stylesheets change with their content.
    let same = |html: &str| tree::met(&without_digests(html));
    for ((file, small_page), (_, page)) in minified.iter().zip(&written) {
        assert_eq!(same(page), same(small_page), "{file}");
        large += page.len();
        small += small_page.len();
        each += minify_html::minify(page.as_bytes(), &settings).len();
    }
    println!("written {large}, minified once {small}, each page by minify-html {each}");
    assert!(small * 1000 <= each * 1015, "{small} bytes are more than 1.015 times {each}");
}

fn without_digests(html: &str) -> String {
    let mut parts = html.split("/assets/css/main.");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(part.get(12..).unwrap_or_default());
    }
    out
}
