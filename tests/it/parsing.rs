//! The tree for judging is the one that browsers make: html5ever is the judge.

use std::fmt::Write as _;

use galen::html::Tree;
use galen::html::tree::{Id, Kind};
use proptest::prelude::*;

use crate::support::tree::parsed;

/// Gives a tree as [`parsed`] does.
fn own(tree: &Tree, id: Id, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    let mut list: Vec<String> = tree
        .attributes(id)
        .map(|(name, value)| format!(" {name}={value:?}").to_ascii_lowercase())
        .collect();
    list.sort();
    let _ =
        writeln!(out, "{indent}<{}{}>", tree.nodes[id].name.to_ascii_lowercase(), list.concat());
    let mut text = String::new();
    let end = |text: &mut String, out: &mut String| {
        if !text.trim_ascii().is_empty() {
            let _ = writeln!(out, "{}{:?}", "  ".repeat(depth + 1), text.trim_ascii());
        }
        text.clear();
    };
    for child in tree.children(id) {
        match tree.nodes[child].kind {
            Kind::Text => text.push_str(&tree.read(&tree.nodes[child])),
            Kind::Comment => (),
            Kind::Element => {
                end(&mut text, out);
                own(tree, child, depth + 1, out);
            }
        }
    }
    end(&mut text, out);
}

fn tree(html: &str) -> (String, Vec<String>) {
    let tree = Tree::parse(html);
    let mut out = String::new();
    own(&tree, 0, 0, &mut out);
    let mut faults: Vec<String> = tree.faults.iter().map(|it| format!("{:?}", it.what)).collect();
    if !tree.doctype {
        faults.push("doctype".to_owned());
    }
    (out, faults)
}

/// Markup that is right, with what may be left out left out.
fn right() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "care",
        "a &amp; b",
        "1 &lt; 2 &copy; &hellip;",
        "x&nbsp;y",
        "<br>",
        "<img src=a alt=\"b 'c'\">",
        "<!-- a <b> c -->",
        "<input value='a&amp;b' disabled>",
        "<b>b</b>",
        "<em><i>c</i></em>",
        "<svg viewBox='0 0 1 1'><title>t</title><path d=M0/><g><a href=x>y</a></g></svg>",
        "<script>if (a<b) '<p>'</script>",
        "<textarea>a <b> &amp;</textarea>",
        "<a href='?a=1&b=2'>l</a>",
        "<math><mi>x</mi></math>",
        "<select><option>a<option selected>b<optgroup label=c><option>d</select>",
        "<button>k</button>",
        "<label>l <input></label>",
        "<wbr>",
        "<iframe src=x title=y></iframe>",
        "<template><b>t</b></template>",
        "<ruby>a<rp>(<rt>b<rp>)</ruby>",
        "<span id=s class='a b'>s</span>",
    ]);
    let line = prop::collection::vec(words, 0..4).prop_map(|all| all.join(" "));
    let block = line.clone().prop_map(|line| format!("<p>{line}"));
    block.prop_recursive(4, 30, 4, move |inner| {
        let many = prop::collection::vec(inner, 0..4);
        let line = line.clone();
        prop_oneof![
            line.clone().prop_map(|it| format!("<h2 id=h>{it}</h2>")),
            line.clone().prop_map(|it| format!("<p>{it}</p>")),
            many.clone().prop_map(|all| format!("<div class=d>{}</div>", all.concat())),
            many.clone().prop_map(|all| format!("<section>{}</section>\n", all.concat())),
            many.clone().prop_map(|all| {
                let items = all.iter().map(|it| format!("<li>{it}"));
                format!("<ul>{}</ul>", items.collect::<String>())
            }),
            many.clone().prop_map(|all| {
                let items = all.iter().map(|it| format!("<dt>t<dd>{it}"));
                format!("<dl>{}</dl>", items.collect::<String>())
            }),
            (many.clone(), line).prop_map(|(all, line)| {
                let rows = all.iter().map(|it| format!("<tr><th>a<td>{it}"));
                format!(
                    "<table><caption>{line}</caption><thead><tr><th>h<tbody>{}</table>",
                    rows.collect::<String>()
                )
            }),
            many.clone().prop_map(|all| format!(
                "<table><colgroup><col><col><tr><td>{}</table>",
                all.concat()
            )),
            many.clone().prop_map(|all| format!("<blockquote>{}</blockquote>", all.concat())),
            many.clone()
                .prop_map(|all| format!("<details><summary>s</summary>{}</details>", all.concat())),
            many.clone()
                .prop_map(|all| format!("<fieldset><legend>l</legend>{}</fieldset>", all.concat())),
            many.prop_map(|all| format!(
                "<figure>{}<figcaption>c</figcaption></figure>",
                all.concat()
            )),
        ]
    })
}

/// Tags and texts in any order.
fn soup() -> impl Strategy<Value = String> {
    let names = vec![
        "a", "b", "i", "p", "div", "span", "ul", "li", "table", "tr", "td", "h1", "h2", "button",
        "form", "svg", "select", "option", "dl", "dt", "dd", "br", "title", "caption", "tbody",
        "template",
    ];
    let names = prop::sample::select(names);
    let part = prop_oneof![
        4 => names.clone().prop_map(|name| format!("<{name}>")),
        3 => names.clone().prop_map(|name| format!("</{name}>")),
        1 => names.prop_map(|name| format!("<{name} a=1 b='2'>")),
        2 => Just("text".to_owned()),
        1 => prop::sample::select(vec!["<p a=1 a=2>", "<div/>", "a < b", "<!-- c -->", " "]).prop_map(str::to_owned),
    ];
    prop::collection::vec(part, 1..9).prop_map(|all| all.concat())
}

#[test]
fn a_page_is_read_as_browsers_read_it() {
    let page = "<!doctype html><html lang=en><head><meta charset=utf-8><title>a &amp; b</title><style>a > b { }</style></head><body><p>c<p>d</body></html>";
    assert_eq!(tree(page), (parsed(page).0, vec![]));
    let short = "<!doctype html><title>a</title><link rel=icon href=x><p>b";
    assert_eq!(tree(short), (parsed(short).0, vec![]));
}

#[test]
fn the_sample_clinic_is_read_as_browsers_read_it() {
    for (file, page) in crate::minify::sample(true).into_iter().chain(crate::minify::sample(false))
    {
        let (found, faults) = tree(&page);
        assert_eq!(found, parsed(&page).0, "{file}");
        assert_eq!(faults, Vec::<String>::new(), "{file}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn markup_that_is_right_is_read_as_browsers_read_it(body in prop::collection::vec(right(), 1..4)) {
        let page = format!("<!doctype html><html lang=en><title>t</title><body>{}", body.concat());
        let (wanted, errors) = parsed(&page);
        let (found, faults) = tree(&page);
        prop_assert_eq!(found, wanted, "{}", page);
        if errors == 0 {
            prop_assert!(faults.is_empty(), "{}: {:?}", page, faults);
        }
    }

    #[test]
    fn what_browsers_mend_is_said(soup in soup()) {
        let page = format!("<!doctype html><html lang=en><title>t</title><body>{soup}");
        let (wanted, errors) = parsed(&page);
        let (found, faults) = tree(&page);
        if errors == 0 {
            prop_assert!(faults.is_empty(), "{}: {:?}", page, faults);
        }
        prop_assert!(found == wanted || !faults.is_empty(), "{}\n{}\n{}", page, found, wanted);
        prop_assert!(errors == 0 || !faults.is_empty(), "{}: {} errors", page, errors);
    }
}
