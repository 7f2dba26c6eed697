//! Words what is wrong with `checks:` and with waivers.

use jiff::civil::Date;

use crate::diag::{Code, Diagnostic, Severity, Span, codes};
use crate::policy::waiver::{EXPIRED, INVALID, UNUSED, Waiver};
use crate::policy::{FIXED_CHECK, UNKNOWN_CHECK};
use crate::text::near;

/// Why an error is fixed.
const WHY: &str = "the site cannot be made as it is meant to be while such an error stands";

pub(crate) fn unknown(name: &str, span: Span) -> Diagnostic {
    let error = Diagnostic::error(UNKNOWN_CHECK, format!("there is no check `{name}`")).at(span);
    hinted(error, name)
}

/// Says which check was probably meant.
fn hinted(error: Diagnostic, name: &str) -> Diagnostic {
    let groups = codes::groups();
    let group = name.strip_suffix("/*").unwrap_or(name);
    if groups.contains(&group) {
        return error.help(format!("write `{group}/*` for all checks of the group"));
    }
    let patterns: Vec<String> = groups.iter().map(|it| format!("{it}/*")).collect();
    let known = codes::all().iter().map(|it| it.as_str());
    match near::did_you_mean(name, known.chain(patterns.iter().map(String::as_str))) {
        Some(hint) => error.label(hint),
        None => error.help(
            "write a code as messages have it in brackets, such as `link/broken`, or a group \
             such as `link/*`",
        ),
    }
}

pub(crate) fn fixed(name: &str, span: Span) -> Diagnostic {
    let message = match name.ends_with("/*") {
        true => format!("no error of `{name}` can count for less"),
        false => format!("`{name}` cannot count for less than an error"),
    };
    Diagnostic::error(FIXED_CHECK, message)
        .at(span)
        .label(WHY)
        .help("correct what it finds, and remove this line")
}

pub(crate) fn found_in_writing(name: &str, span: Span) -> Diagnostic {
    let message = format!("what `{name}` counts for cannot be set");
    Diagnostic::error(FIXED_CHECK, message)
        .at(span)
        .label("it is found while the site is written into its folder")
        .help("remove this line")
}

/// Says what a severity may be, and what was probably meant.
pub(crate) fn no_level(name: &str, written: Option<&str>) -> (String, String) {
    let levels = ["error", "warn", "off"];
    let hint = written.and_then(|it| match it {
        "warning" | "warnings" => Some("did you mean `warn`?".to_owned()),
        it => near::did_you_mean(it, levels),
    });
    let message = format!("the severity of `{name}` is {}", near::any_of(levels));
    (message, hint.unwrap_or_default())
}

pub(crate) fn waiver_of_nothing(name: &str, span: Span) -> Diagnostic {
    if name.is_empty() {
        return Diagnostic::error(INVALID, "a waiver needs the code of what it hides")
            .at(span)
            .help("messages have it in brackets, such as `link/broken`");
    }
    let error = Diagnostic::error(INVALID, format!("there is no check `{name}` to waive"));
    match name.ends_with("/*") || codes::groups().contains(&name) {
        true => error.at(span).help("a waiver is for one code, such as `link/broken`"),
        false => hinted(error.at(span), name),
    }
}

pub(crate) fn waiver_of_fixed(code: Code, span: Span) -> Diagnostic {
    Diagnostic::error(INVALID, format!("`{code}` cannot be waived"))
        .at(span)
        .label(WHY)
        .help("correct what it finds, and remove the waiver")
}

pub(crate) fn no_reason(span: Span) -> Diagnostic {
    Diagnostic::error(INVALID, "a waiver needs a reason")
        .at(span)
        .help("say why this may stay for now, for those who read it later")
}

pub(crate) fn no_day(written: &str, span: Span) -> Diagnostic {
    let message = match written.is_empty() {
        true => "a waiver needs the last day on which it holds".to_owned(),
        false => format!("`until: {written}` is not a date"),
    };
    Diagnostic::error(INVALID, message)
        .at(span)
        .help("write year, month and day, such as 2027-01-31")
}

pub(crate) fn no_part(name: &str, span: Span) -> Diagnostic {
    let names = ["reason", "until", "text"];
    let error =
        Diagnostic::error(INVALID, format!("`{name}` is nothing that a waiver has")).at(span);
    match near::did_you_mean(name, names) {
        Some(hint) => error.label(hint),
        None => error
            .help("write it as in `{# galen-waive: link/broken reason=\"…\" until=2027-01-31 #}`"),
    }
}

pub(crate) fn expired(waiver: &Waiver, hidden: &[&Diagnostic]) -> Diagnostic {
    const NAMED: usize = 5;
    let Waiver { code, until, span, reason, .. } = waiver;
    let what = near::counted(hidden.len(), "finding");
    let message = format!("the waiver for `{code}` ended on {until}, and hid {what} until then");
    let error = Diagnostic::error(EXPIRED, message).at(span.clone());
    let error =
        if waiver.live { error } else { Diagnostic { severity: Severity::Warning, ..error } };
    let hidden = hidden.iter().take(NAMED);
    let error = hidden.fold(error, |error, it| match &it.span {
        Some(span) => error.also(span.clone(), format!("hidden until then: {}", it.message)),
        None => error,
    });
    error
        .note(format!("the reason was: {reason}"))
        .help("correct what it hid and remove the waiver, or decide anew and write a later day")
}

pub(crate) fn unused(waiver: &Waiver, today: Date) -> Diagnostic {
    let Waiver { code, until, span, .. } = waiver;
    let message = match *until < today {
        true => format!("the waiver for `{code}` ended on {until} and hides nothing"),
        false => format!("the waiver for `{code}` hides nothing"),
    };
    let help = match &waiver.text {
        Some(text) => format!("remove it; or is `{text}` not quite what stands in the file?"),
        None => "remove it: what it was for is in order".to_owned(),
    };
    Diagnostic::warning(UNUSED, message).at(span.clone()).help(help)
}
