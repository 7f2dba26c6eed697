//! Words what is wrong with a Markdown text.

use crate::diag::{Code, Diagnostic, Span};

/// Raw HTML where it is not trusted.
pub const RAW_HTML: Code = Code::new("markdown/raw-html");
/// Raw HTML that was left out or mended.
pub const SANITISED: Code = Code::new("markdown/sanitised");
/// Too many lists, quotes or marks inside each other.
pub const TOO_DEEP: Code = Code::new("markdown/too-deep");
/// A text of more than a mebibyte.
pub const TOO_LONG: Code = Code::new("markdown/too-long");
/// A text at which Galen itself failed.
pub const BUG: Code = Code::new("markdown/bug");
/// A heading of a level that the page keeps for itself, or that skips one.
pub const HEADING_LEVEL: Code = Code::new("markdown/heading-level");
/// A heading without text.
pub const HEADING_EMPTY: Code = Code::new("markdown/heading-empty");
/// Braces behind a heading that are neither `#id` nor `.class`.
pub const HEADING_ATTRIBUTE: Code = Code::new("markdown/heading-attribute");
/// Two headings that are given the same id.
pub const DUPLICATE_ID: Code = Code::new("markdown/duplicate-id");
/// A footnote that is used and not written.
pub const FOOTNOTE_UNDEFINED: Code = Code::new("markdown/footnote-undefined");
/// A footnote that is written and not used.
pub const FOOTNOTE_UNUSED: Code = Code::new("markdown/footnote-unused");
/// A line that looks like a directive and is none.
pub const DIRECTIVE_SYNTAX: Code = Code::new("markdown/directive-syntax");
/// A directive without its end.
pub const DIRECTIVE_UNCLOSED: Code = Code::new("markdown/directive-unclosed");
/// An end of a directive that was not started.
pub const DIRECTIVE_UNOPENED: Code = Code::new("markdown/directive-unopened");
/// A directive inside a list or a quote.
pub const DIRECTIVE_PLACE: Code = Code::new("markdown/directive-place");
/// An address of a scheme that a link may not have.
pub const SCHEME: Code = Code::new("link/scheme");
/// A picture without alternative text.
pub const ALT_MISSING: Code = Code::new("a11y/alt-missing");

/// Says that Galen failed at a text.
pub(crate) fn bug(words: &str, span: Span) -> Diagnostic {
    let help = "this is a fault of Galen, not of your text: please report it with this message and the text";
    Diagnostic::error(BUG, format!("Galen failed at this text: {words}")).at(span).help(help)
}

pub(crate) fn raw_html(html: &str, span: Span) -> Diagnostic {
    if html.trim_start().starts_with("<!--") {
        return Diagnostic::error(RAW_HTML, "a comment would be sent to every reader of the page")
            .at(span)
            .help("remove it; notes to colleagues go into the front matter, after a `#`");
    }
    Diagnostic::error(RAW_HTML, "HTML is not used in this text")
        .at(span)
        .help("write it in Markdown or with a directive; a `<` that is meant is written `\\<`")
}

/// Says that a tag was left out, and why.
pub(crate) fn left_out(what: &str, why: &str, span: Span) -> Diagnostic {
    let what = if what.starts_with('<') { format!("`{what}`") } else { what.to_owned() };
    let help = match what.starts_with("`</") {
        true => "remove it",
        false => "write it in Markdown or with a directive; a `<` that is meant is written `\\<`",
    };
    Diagnostic::warning(SANITISED, format!("{what} was left out: {why}")).at(span).help(help)
}

/// Says that an attribute was left out, and why.
pub(crate) fn attribute_left_out(name: &str, element: &str, why: &str, span: Span) -> Diagnostic {
    let message = format!("`{name}` was left out of `<{element}>`: {why}");
    Diagnostic::warning(SANITISED, message).at(span).help("remove it")
}

/// Says that an element was ended where the Markdown around it ends.
pub(crate) fn unclosed(name: &str, span: Span) -> Diagnostic {
    let message = format!("`<{name}>` has no `</{name}>` in the same part of the text");
    Diagnostic::warning(SANITISED, message)
        .at(span)
        .note("it was ended where its block, list or quote ends")
        .help(format!("write `</{name}>` where it ends"))
}

/// Says that what looks like a tag is none.
pub(crate) fn stray(span: Span) -> Diagnostic {
    Diagnostic::warning(SANITISED, "this `<` starts a tag that does not end, and is shown as text")
        .at(span)
        .help("end the tag with `>`; a `<` that is meant is written `&lt;`")
}

pub(crate) fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::error(TOO_DEEP, "too many lists, quotes or marks inside each other")
        .at(span)
        .help("write it with fewer levels")
}

pub(crate) fn too_long(span: Span) -> Diagnostic {
    Diagnostic::error(TOO_LONG, "this text is longer than 1 MiB")
        .at(span)
        .help("split it into several entries")
}

pub(crate) fn level_too_high(level: u8, start: u8, span: Span) -> Diagnostic {
    let marks = |level: u8| "#".repeat(usize::from(level));
    let (given, wanted) = (marks(level), marks(start));
    let message = format!("headings in this text start with `{wanted}`, not `{given}`");
    Diagnostic::error(HEADING_LEVEL, message)
        .at(span)
        .note("the page's title is its only heading above that")
        .help(format!("write `{wanted}`, and one `#` more for the headings below it"))
}

pub(crate) fn level_skipped(level: u8, wanted: u8, span: Span) -> Diagnostic {
    let message =
        format!("this heading has level {level}, and the one above it has level {}", wanted - 1);
    Diagnostic::error(HEADING_LEVEL, message)
        .at(span)
        .note("who hears the page read aloud finds the way by the levels")
        .help(format!("write `{}`", "#".repeat(usize::from(wanted))))
}

pub(crate) fn heading_empty(span: Span) -> Diagnostic {
    Diagnostic::error(HEADING_EMPTY, "this heading has no text")
        .at(span)
        .help("write it out, or remove the `#`")
}

pub(crate) fn heading_attribute(attribute: &str, span: Span) -> Diagnostic {
    let message = format!("`{attribute}` in braces would not be shown in this heading");
    Diagnostic::error(HEADING_ATTRIBUTE, message)
        .at(span)
        .help("use round brackets for text; in braces only `#id` and `.class` have a meaning")
}

pub(crate) fn duplicate_id(id: &str, given: &str, span: Span) -> Diagnostic {
    let message = format!("another heading has the id `{id}`; this one has `{given}` instead");
    Diagnostic::warning(DUPLICATE_ID, message)
        .at(span)
        .help("give one of the two another id, so that links lead where they should")
}

pub(crate) fn footnote_undefined(label: &str, span: Span) -> Diagnostic {
    Diagnostic::error(FOOTNOTE_UNDEFINED, format!("there is no footnote `{label}`"))
        .at(span)
        .help(format!("add a line `[^{label}]: …`; for brackets that are meant, write `\\[^`"))
}

pub(crate) fn footnote_colon(label: &str, span: Span) -> Diagnostic {
    Diagnostic::error(FOOTNOTE_UNDEFINED, "this is no footnote: a colon is missing after it")
        .at(span)
        .help(format!("write `[^{label}]: …`; for brackets that are meant, write `\\[^`"))
}

pub(crate) fn footnote_unused(label: &str, span: Span) -> Diagnostic {
    let message = format!("the footnote `{label}` is not used, so it is not shown");
    Diagnostic::warning(FOOTNOTE_UNUSED, message)
        .at(span)
        .help(format!("write `[^{label}]` where it belongs, or remove it"))
}

pub(crate) fn directive_syntax(message: impl Into<String>, span: Span) -> Diagnostic {
    Diagnostic::error(DIRECTIVE_SYNTAX, message)
        .at(span)
        .help("a directive is written `::name{key=\"value\"}`, or `:::name` … `:::` around text")
}

pub(crate) fn directive_unclosed(name: &str, colons: usize, span: Span) -> Diagnostic {
    Diagnostic::error(DIRECTIVE_UNCLOSED, format!("the directive `{name}` has no end"))
        .at(span)
        .help(format!("add a line `{}` after its text", ":".repeat(colons)))
}

pub(crate) fn directive_unopened(span: Span) -> Diagnostic {
    Diagnostic::error(DIRECTIVE_UNOPENED, "this ends a directive, and none is open here")
        .at(span)
        .help("remove the line, or start the directive with `:::name` above")
}

pub(crate) fn directive_place(span: Span) -> Diagnostic {
    Diagnostic::error(DIRECTIVE_PLACE, "a directive cannot stand inside a list or a quote")
        .at(span)
        .help("move it to the start of a line of its own, after the list or quote")
}

pub(crate) fn scheme(address: &str, span: Span) -> Diagnostic {
    let shown: String = address.chars().take(60).collect();
    let message = format!("`{shown}` is not an address that a link may have");
    if address.starts_with("data:image") {
        let help = "save the picture in the media folder, and show it from there";
        return Diagnostic::error(SCHEME, "this picture is written out within the text")
            .at(span)
            .help(help);
    }
    let drive = address.as_bytes().get(1) == Some(&b':');
    if drive || address.to_lowercase().starts_with("file:") {
        let help = "put the file into the media folder, and link to it there: `/media/leaflet.pdf`";
        return Diagnostic::error(SCHEME, format!("`{shown}` names a file of one computer"))
            .at(span)
            .help(help);
    }
    let schemes = crate::text::near::any_of(crate::text::url::SAFE_SCHEMES);
    Diagnostic::error(SCHEME, message)
        .at(span)
        .help(format!("use {schemes}, or a page of this site"))
}

pub(crate) fn alt_missing(span: Span) -> Diagnostic {
    Diagnostic::error(ALT_MISSING, "this picture has no alternative text").at(span).help(
        "write in the square brackets what a person who cannot see it needs to know; \
             for mere decoration write `![](… \"decorative\")`",
    )
}
