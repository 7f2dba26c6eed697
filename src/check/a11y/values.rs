//! The attributes of WAI-ARIA 1.2, and what their values may be.

/// The attributes that all elements take, without `aria-`.
pub(super) const GLOBAL: &[&str] = &[
    "atomic",
    "braillelabel",
    "brailleroledescription",
    "busy",
    "controls",
    "current",
    "describedby",
    "description",
    "details",
    "disabled",
    "dropeffect",
    "errormessage",
    "flowto",
    "grabbed",
    "haspopup",
    "hidden",
    "invalid",
    "keyshortcuts",
    "label",
    "labelledby",
    "live",
    "owns",
    "relevant",
    "roledescription",
];

/// What the value of an attribute may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// One of these words.
    Words(&'static [&'static str]),
    /// Some of these words.
    List(&'static [&'static str]),
    /// The id of an element.
    Id,
    /// The ids of elements.
    Ids,
    /// A whole number.
    Whole,
    /// A number.
    Number,
    /// Any text.
    Text,
}

const BOOL: Value = Value::Words(&["true", "false"]);
const MAYBE: Value = Value::Words(&["true", "false", "undefined"]);
const THREE: Value = Value::Words(&["true", "false", "mixed", "undefined"]);

/// Tells what the value of an attribute may be, its name without `aria-`. `None` for what is no
/// attribute of WAI-ARIA.
pub(super) fn value(name: &str) -> Option<Value> {
    Some(match name {
        "atomic" | "busy" | "disabled" | "modal" | "multiline" | "multiselectable" | "readonly"
        | "required" => BOOL,
        "expanded" | "grabbed" | "hidden" | "selected" => MAYBE,
        "checked" | "pressed" => THREE,
        "autocomplete" => Value::Words(&["inline", "list", "both", "none"]),
        "current" => Value::Words(&["page", "step", "location", "date", "time", "true", "false"]),
        "dropeffect" => Value::List(&["copy", "execute", "link", "move", "none", "popup"]),
        "haspopup" => Value::Words(&["false", "true", "menu", "listbox", "tree", "grid", "dialog"]),
        "invalid" => Value::Words(&["grammar", "false", "spelling", "true"]),
        "live" => Value::Words(&["assertive", "off", "polite"]),
        "orientation" => Value::Words(&["horizontal", "vertical", "undefined"]),
        "relevant" => Value::List(&["additions", "all", "removals", "text"]),
        "sort" => Value::Words(&["ascending", "descending", "none", "other"]),
        "activedescendant" => Value::Id,
        "controls" | "describedby" | "details" | "flowto" | "labelledby" | "owns" => Value::Ids,
        "errormessage" => Value::Id,
        "colcount" | "colindex" | "colspan" | "level" | "posinset" | "rowcount" | "rowindex"
        | "rowspan" | "setsize" => Value::Whole,
        "valuemax" | "valuemin" | "valuenow" => Value::Number,
        "braillelabel"
        | "brailleroledescription"
        | "colindextext"
        | "description"
        | "keyshortcuts"
        | "label"
        | "placeholder"
        | "roledescription"
        | "rowindextext"
        | "valuetext" => Value::Text,
        _ => return None,
    })
}
