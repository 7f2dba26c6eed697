//! The roles of WAI-ARIA 1.2, with those of its modules for books and graphics, and what each may
//! have.

/// What is known of a role.
#[derive(Debug)]
pub struct Role {
    /// Its name.
    pub name: &'static str,
    /// What a user does with it: it is a control.
    pub widget: bool,
    /// Whether its content may name it.
    pub named_by_content: bool,
    /// Whether what is in it is hidden behind its name.
    pub hides_children: bool,
    /// The attributes that it takes beside those that all take, without `aria-`.
    pub takes: &'static [&'static str],
    /// The attributes that it must have.
    pub needs: &'static [&'static str],
    /// The roles in which it must stand.
    pub within: &'static [&'static str],
    /// The roles that it may hold, where it may not hold all.
    pub holds: &'static [&'static str],
}

const W: u8 = 1;
const C: u8 = 2;
const H: u8 = 4;

const fn role(
    name: &'static str,
    kind: u8,
    takes: &'static [&'static str],
    needs: &'static [&'static str],
    within: &'static [&'static str],
    holds: &'static [&'static str],
) -> Role {
    Role {
        name,
        widget: kind & W != 0,
        named_by_content: kind & C != 0,
        hides_children: kind & H != 0,
        takes,
        needs,
        within,
        holds,
    }
}

const fn plain(name: &'static str) -> Role {
    role(name, 0, &[], &[], &[], &[])
}

const CELL: &[&str] =
    &["colindex", "colindextext", "colspan", "rowindex", "rowindextext", "rowspan"];
const HEADER: &[&str] = &[
    "colindex",
    "colindextext",
    "colspan",
    "rowindex",
    "rowindextext",
    "rowspan",
    "expanded",
    "readonly",
    "required",
    "selected",
    "sort",
];
const TEXT: &[&str] =
    &["activedescendant", "autocomplete", "multiline", "placeholder", "readonly", "required"];
const RANGE: &[&str] =
    &["valuenow", "valuemin", "valuemax", "valuetext", "orientation", "readonly", "required"];
const SET: &[&str] =
    &["posinset", "setsize", "expanded", "level", "selected", "checked", "readonly", "required"];
const GRID: &[&str] = &[
    "activedescendant",
    "multiselectable",
    "readonly",
    "colcount",
    "rowcount",
    "expanded",
    "orientation",
    "required",
];
const ROWS: &[&str] = &["row", "rowgroup"];
const MENU: &[&str] =
    &["menuitem", "menuitemcheckbox", "menuitemradio", "group", "separator", "menu"];
const IN_MENU: &[&str] = &["menu", "menubar", "group"];
const ITEMS: &[&str] =
    &["activedescendant", "multiselectable", "orientation", "required", "readonly", "expanded"];

/// All roles, by name.
static ROLES: &[Role] = &[
    plain("alert"),
    role("alertdialog", 0, &["modal"], &[], &[], &[]),
    role("application", 0, &["activedescendant", "expanded"], &[], &[], &[]),
    role("article", 0, &["posinset", "setsize"], &[], &[], &[]),
    plain("banner"),
    plain("blockquote"),
    role("button", W | C | H, &["expanded", "pressed"], &[], &[], &[]),
    plain("caption"),
    role("cell", C, CELL, &[], &["row"], &[]),
    role(
        "checkbox",
        W | C | H,
        &["checked", "expanded", "readonly", "required"],
        &["checked"],
        &[],
        &[],
    ),
    plain("code"),
    role("columnheader", C, HEADER, &[], &["row"], &[]),
    role(
        "combobox",
        W,
        &[
            "expanded",
            "controls",
            "activedescendant",
            "autocomplete",
            "readonly",
            "required",
            "orientation",
        ],
        &["controls", "expanded"],
        &[],
        &[],
    ),
    role("comment", C, SET, &[], &[], &[]),
    plain("complementary"),
    plain("contentinfo"),
    plain("definition"),
    plain("deletion"),
    role("dialog", 0, &["modal"], &[], &[], &[]),
    plain("directory"),
    role("doc-abstract", 0, &[], &[], &[], &[]),
    plain("doc-acknowledgments"),
    plain("doc-afterword"),
    plain("doc-appendix"),
    role("doc-backlink", W | C, &["expanded"], &[], &[], &[]),
    plain("doc-biblioentry"),
    plain("doc-bibliography"),
    role("doc-biblioref", W | C, &["expanded"], &[], &[], &[]),
    plain("doc-chapter"),
    plain("doc-colophon"),
    plain("doc-conclusion"),
    plain("doc-cover"),
    plain("doc-credit"),
    plain("doc-credits"),
    plain("doc-dedication"),
    plain("doc-endnote"),
    plain("doc-endnotes"),
    plain("doc-epigraph"),
    plain("doc-epilogue"),
    plain("doc-errata"),
    plain("doc-example"),
    plain("doc-footnote"),
    plain("doc-foreword"),
    plain("doc-glossary"),
    role("doc-glossref", W | C, &["expanded"], &[], &[], &[]),
    plain("doc-index"),
    plain("doc-introduction"),
    role("doc-noteref", W | C, &["expanded"], &[], &[], &[]),
    plain("doc-notice"),
    plain("doc-pagebreak"),
    plain("doc-pagefooter"),
    plain("doc-pageheader"),
    plain("doc-pagelist"),
    plain("doc-part"),
    plain("doc-preface"),
    plain("doc-prologue"),
    plain("doc-pullquote"),
    plain("doc-qna"),
    plain("doc-subtitle"),
    plain("doc-tip"),
    plain("doc-toc"),
    plain("document"),
    plain("emphasis"),
    role("feed", 0, &[], &[], &[], &["article"]),
    plain("figure"),
    plain("form"),
    plain("generic"),
    plain("graphics-document"),
    plain("graphics-object"),
    role("graphics-symbol", H, &[], &[], &[], &[]),
    role("grid", W, GRID, &[], &[], ROWS),
    role("gridcell", W | C, HEADER, &[], &["row"], &[]),
    role("group", 0, &["activedescendant", "expanded"], &[], &[], &[]),
    role("heading", C, &["level"], &["level"], &[], &[]),
    role("img", H, &[], &[], &[], &[]),
    plain("insertion"),
    role("link", W | C, &["expanded"], &[], &[], &[]),
    role("list", 0, &[], &[], &[], &["listitem"]),
    role("listbox", W, ITEMS, &[], &[], &["option", "group"]),
    role(
        "listitem",
        0,
        &["level", "posinset", "setsize"],
        &[],
        &["list", "directory", "group"],
        &[],
    ),
    plain("log"),
    plain("main"),
    plain("mark"),
    plain("marquee"),
    plain("math"),
    role("menu", W, ITEMS, &[], &[], MENU),
    role("menubar", W, ITEMS, &[], &[], MENU),
    role("menuitem", W | C, &["expanded", "posinset", "setsize"], &[], IN_MENU, &[]),
    role("menuitemcheckbox", W | C | H, SET, &["checked"], IN_MENU, &[]),
    role("menuitemradio", W | C | H, SET, &["checked"], IN_MENU, &[]),
    role("meter", H, RANGE, &["valuenow"], &[], &[]),
    plain("navigation"),
    plain("none"),
    plain("note"),
    role("option", W | C | H, SET, &[], &["listbox", "group"], &[]),
    plain("paragraph"),
    plain("presentation"),
    role("progressbar", W | H, RANGE, &[], &[], &[]),
    role("radio", W | C | H, SET, &["checked"], &[], &[]),
    role("radiogroup", W, ITEMS, &[], &[], &[]),
    plain("region"),
    role(
        "row",
        C,
        &[
            "activedescendant",
            "colindex",
            "expanded",
            "level",
            "posinset",
            "rowindex",
            "rowindextext",
            "selected",
            "setsize",
        ],
        &[],
        &["table", "grid", "treegrid", "rowgroup"],
        &["cell", "columnheader", "gridcell", "rowheader"],
    ),
    role("rowgroup", C, &[], &[], &["table", "grid", "treegrid"], &["row"]),
    role("rowheader", C, HEADER, &[], &["row"], &[]),
    role(
        "scrollbar",
        W | H,
        &["controls", "valuenow", "valuemin", "valuemax", "valuetext", "orientation"],
        &["controls", "valuenow"],
        &[],
        &[],
    ),
    plain("search"),
    role("searchbox", W, TEXT, &[], &[], &[]),
    role("sectionfooter", 0, &[], &[], &[], &[]),
    plain("sectionheader"),
    role(
        "separator",
        H,
        &["orientation", "valuenow", "valuemin", "valuemax", "valuetext"],
        &[],
        &[],
        &[],
    ),
    role("slider", W | H, RANGE, &["valuenow"], &[], &[]),
    role(
        "spinbutton",
        W,
        &[
            "valuenow",
            "valuemin",
            "valuemax",
            "valuetext",
            "readonly",
            "required",
            "activedescendant",
        ],
        &[],
        &[],
        &[],
    ),
    plain("status"),
    plain("strong"),
    plain("subscript"),
    plain("suggestion"),
    plain("superscript"),
    role(
        "switch",
        W | C | H,
        &["checked", "expanded", "readonly", "required"],
        &["checked"],
        &[],
        &[],
    ),
    role("tab", W | C | H, SET, &[], &["tablist"], &[]),
    role("table", 0, &["colcount", "rowcount"], &[], &[], &["row", "rowgroup", "caption"]),
    role("tablist", W, ITEMS, &[], &[], &["tab"]),
    plain("tabpanel"),
    plain("term"),
    role("textbox", W, TEXT, &[], &[], &[]),
    plain("time"),
    plain("timer"),
    role("toolbar", 0, &["activedescendant", "orientation"], &[], &[], &[]),
    role("tooltip", C, &[], &[], &[], &[]),
    role("tree", W, ITEMS, &[], &[], &["treeitem", "group"]),
    role("treegrid", W, GRID, &[], &[], ROWS),
    role("treeitem", W | C, SET, &[], &["tree", "group", "treeitem"], &[]),
];

/// Gives a role that is known to be there: for names in the program, before it runs.
pub(super) const fn known(name: &str) -> &'static Role {
    let mut at = 0;
    while !is_same(ROLES[at].name.as_bytes(), name.as_bytes()) {
        at += 1;
    }
    &ROLES[at]
}

const fn is_same(one: &[u8], two: &[u8]) -> bool {
    let mut at = 0;
    while at < one.len() && at < two.len() && one[at] == two[at] {
        at += 1;
    }
    at == one.len() && at == two.len()
}

/// Finds a role by its name, in whatever case it is written.
pub fn find(name: &str) -> Option<&'static Role> {
    if let Ok(at) = ROLES.binary_search_by(|it| it.name.cmp(name)) {
        return Some(&ROLES[at]);
    }
    match name {
        "image" => find("img"),
        _ if name.bytes().any(|it| it.is_ascii_uppercase()) => find(&name.to_ascii_lowercase()),
        _ => None,
    }
}

/// The names of all roles.
pub fn names() -> impl Iterator<Item = &'static str> {
    ROLES.iter().map(|it| it.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::a11y::values::{GLOBAL, value};

    #[test]
    fn roles_are_in_order() {
        assert!(ROLES.is_sorted_by(|a, b| a.name < b.name));
        assert_eq!(find("Button").unwrap().name, "button");
        assert!(find("invalid").is_none());
        let known = |name: &&str| value(name).is_some();
        assert!(ROLES.iter().all(|it| it.takes.iter().chain(it.needs).all(known)));
        assert!(GLOBAL.iter().all(known));
    }
}
