//! Words what looks like a slip in a text.

use crate::diag::{Code, Diagnostic, Span};
use crate::text::near;

/// Something that was meant for a link, and is shown as it is written.
pub(crate) const NOT_A_LINK: Code = Code::new("markdown/not-a-link");
/// A mark that has no partner, and is shown as it is.
pub(crate) const STRAY_MARK: Code = Code::new("markdown/stray-mark");
/// A mark at the start of a line without the space that makes it one.
pub(crate) const MISSING_SPACE: Code = Code::new("markdown/missing-space");
/// Lines that were meant for a list, and run together.
pub(crate) const NOT_A_LIST: Code = Code::new("markdown/not-a-list");
/// Something that another program would fill in.
pub(crate) const NOT_FILLED: Code = Code::new("markdown/not-filled");
/// A table that is none, or loses cells.
pub(crate) const TABLE: Code = Code::new("markdown/table");
/// A fence of code that is never closed.
pub(crate) const CODE_UNCLOSED: Code = Code::new("markdown/code-unclosed");
/// Text that is set in so far that it becomes code.
pub(crate) const INDENTED_CODE: Code = Code::new("markdown/indented-code");
/// Hyphens that make a heading of the sentence above them.
pub(crate) const HEADING_UNDERLINE: Code = Code::new("markdown/heading-underline");
/// Two headings with the same words under the same heading.
pub(crate) const HEADING_TWICE: Code = Code::new("markdown/heading-twice");
/// Words that stand for what is still to be written.
pub(crate) const PLACEHOLDER: Code = Code::new("markdown/placeholder");

fn slip(code: Code, message: impl Into<String>, span: Span) -> Diagnostic {
    Diagnostic::warning(code, message).at(span)
}

pub(crate) fn link_address(address: &str, closed: bool, span: Span) -> Diagnostic {
    let warning = slip(NOT_A_LINK, "this is not a link: readers see the brackets", span);
    if !closed {
        return warning.help("end the address with `)`, without a space before it");
    }
    if let Some(number) = address.strip_prefix("tel:") {
        let number = number.replace(' ', "");
        return warning.label("an address has no spaces").help(format!("write `(tel:{number})`"));
    }
    let digits: String = address.chars().filter(|it| !it.is_whitespace()).collect();
    let fine = |it: char| it.is_ascii_digit() || "+()-".contains(it);
    if digits.len() > 5 && digits.chars().all(fine) {
        return warning
            .label("an address has no spaces")
            .help(format!("write `(tel:{digits})` if it is a telephone number"));
    }
    match address.trim().contains(' ') {
        true => warning.label("an address has no spaces").help(format!(
            "write `({})`, or correct the address",
            address.trim().replace(' ', "%20")
        )),
        false => warning.help("write `[text](address)` on one line"),
    }
}

pub(crate) fn link_gap(span: Span) -> Diagnostic {
    slip(NOT_A_LINK, "this is not a link: a space stands between `]` and `(`", span)
        .help("remove the space: `[text](address)`")
}

pub(crate) fn link_turned(span: Span) -> Diagnostic {
    slip(NOT_A_LINK, "this is not a link: its brackets are the wrong way round", span)
        .help("square brackets hold the text, round ones the address: `[text](address)`")
}

pub(crate) fn link_name(name: &str, span: Span) -> Diagnostic {
    slip(NOT_A_LINK, format!("this is not a link: no address is given for `{name}`"), span)
        .help(format!("write `[text](address)`, or add a line `[{name}]: address` below"))
}

pub(crate) fn wiki_link(span: Span) -> Diagnostic {
    slip(NOT_A_LINK, "this is not a link: readers see the brackets", span)
        .help("write `[text](address)`, such as `[Aftercare](aftercare.md)`")
}

pub(crate) fn picture_gap(span: Span) -> Diagnostic {
    slip(NOT_A_LINK, "this links to a picture instead of showing it", span)
        .help("remove the space after `!`: `![what it shows](address)`")
}

pub(crate) fn stray_mark(mark: &str, span: Span) -> Diagnostic {
    let (what, example) = match mark {
        "**" | "__" => ("bold text", "**words**"),
        "~~" => ("struck-out text", "~~words~~"),
        "`" => ("code", "`words`"),
        _ => ("emphasis", "*words*"),
    };
    let shown = if mark == "`" { "this backtick".to_owned() } else { format!("this `{mark}`") };
    let help = match mark {
        "`" => "write `'` for an apostrophe, or `\\` before the backtick if readers are to see it"
            .to_owned(),
        _ => format!(
            "write `{example}`, marks at both ends and no space inside them; or `\\{mark}` if readers are to see it",
        ),
    };
    slip(STRAY_MARK, format!("{shown} starts no {what}, and readers see it"), span).help(help)
}

pub(crate) fn heading_space(marks: &str, span: Span) -> Diagnostic {
    slip(MISSING_SPACE, format!("this is no heading: no plain space follows `{marks}`"), span)
        .help(format!("write `{marks} …`, with a space typed on the keyboard"))
}

pub(crate) fn task_space(span: Span) -> Diagnostic {
    slip(MISSING_SPACE, "this is no task with a box: a space is missing", span)
        .help("write `- [ ] …`, with a space after the hyphen and one in the brackets")
}

pub(crate) fn list_space(mark: &str, span: Span) -> Diagnostic {
    slip(MISSING_SPACE, format!("this is no list: no space follows `{mark}`"), span)
        .help(format!("write `{mark} …`, with a space, and an empty line above the first"))
}

pub(crate) fn typed_bullet(span: Span) -> Diagnostic {
    slip(
        NOT_A_LIST,
        "this is no list: Markdown does not know this sign, and the lines run together",
        span,
    )
    .help("start each line with `- `, a hyphen and a space, with an empty line above the first")
}

pub(crate) fn list_blank(span: Span) -> Diagnostic {
    slip(NOT_A_LIST, "this is no list: it follows a paragraph, and the lines run together", span)
        .help("put an empty line above the list")
}

pub(crate) fn one_colon(span: Span) -> Diagnostic {
    slip(NOT_FILLED, "this is no directive, and readers see it as it is written", span)
        .help("write two colons: `::name{…}`, or three around text")
}

pub(crate) fn not_filled(span: Span) -> Diagnostic {
    slip(NOT_FILLED, "nothing is filled in here: readers see it as it is written", span)
        .help("write the words themselves, or use a directive of the theme (docs/markdown.md); put it between backticks if readers are to see it")
}

pub(crate) fn no_table(span: Span) -> Diagnostic {
    slip(TABLE, "this is no table: readers see the bars", span)
        .help("below the first row goes a line such as `|---|---|`, with as many parts as the row has cells")
}

pub(crate) fn table_cells(given: usize, wanted: usize, span: Span) -> Diagnostic {
    let cells = near::counted(given, "cell");
    let message = match given > wanted {
        true => format!("this row has {cells}, and the first row {wanted}: the rest is lost"),
        false => format!("this row has {cells}, and the first row {wanted}"),
    };
    slip(TABLE, message, span).help("put a `|` between all cells; write `\\|` for a bar inside one")
}

pub(crate) fn code_unclosed(span: Span) -> Diagnostic {
    Diagnostic::error(
        CODE_UNCLOSED,
        "this starts code that has no end, so all below is shown as code",
    )
    .at(span)
    .help("add the same line below the code, or remove this one")
}

pub(crate) fn indented_code(span: Span) -> Diagnostic {
    slip(INDENTED_CODE, "this is shown as code, since it is set in by four spaces", span)
        .help("remove the spaces; if it is code, put it between lines of three backticks")
}

pub(crate) fn heading_underline(span: Span) -> Diagnostic {
    slip(HEADING_UNDERLINE, "this line makes a heading of the text above it", span)
        .help("put an empty line above it if it is to divide the text")
}

pub(crate) fn heading_twice(title: &str, span: Span, first: Span) -> Diagnostic {
    slip(HEADING_TWICE, format!("the heading `{}` stands twice", title.trim()), span)
        .label("again here")
        .also(first, "first here")
        .help("give one of the two other words, or put the texts together")
}

pub(crate) fn placeholder(what: &str, span: Span) -> Diagnostic {
    slip(PLACEHOLDER, format!("`{what}` stands for something still to be written"), span)
        .help("write it, or say `draft: true` until it is known")
}
