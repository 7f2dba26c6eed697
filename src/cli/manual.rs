//! Pages of the manual about messages, as they are read on a terminal.

use crate::diag::{Code, codes};
use crate::text::RelPath;

/// The most characters of a line.
const WIDTH: usize = 80;

/// Gives the page of a code; `None` when there is none.
pub(crate) fn page(code: Code) -> Option<String> {
    let page = codes::page(code)?;
    let folder = format!("docs/diagnostics/{}", code.group());
    let mut out = String::new();
    let mut paragraph = String::new();
    let mut in_code = false;
    for line in page.lines() {
        let fence = line.starts_with("```");
        if in_code && !fence {
            out.push_str(format!("    {line}").trim_end());
            out.push('\n');
            continue;
        }
        if fence || line.trim().is_empty() || line.starts_with(['#', '-', '|']) {
            wrap(&plain(&std::mem::take(&mut paragraph), &folder), &mut out);
        }
        match line {
            _ if fence => in_code = !in_code,
            "" => out.push('\n'),
            // It is in the heading.
            line if line.trim_matches('`') == code.as_str() => (),
            line => match (line.strip_prefix("# "), line.trim_start_matches('#')) {
                (Some(title), _) => wrap(&format!("{code}: {title}"), &mut out),
                (None, heading) if heading != line => {
                    out.push_str(heading.trim());
                    out.push('\n');
                }
                (None, text) => {
                    let space = if paragraph.is_empty() { "" } else { " " };
                    paragraph.push_str(space);
                    paragraph.push_str(text.trim());
                }
            },
        }
    }
    wrap(&plain(&paragraph, &folder), &mut out);
    // Where something was left out, one blank line is left of two.
    while out.contains("\n\n\n") {
        out = out.replace("\n\n\n", "\n\n");
    }
    Some(out.trim_end().to_owned())
}

/// Gives the codes of a group, each with what it is about.
pub(crate) fn group(codes_of: &[Code]) -> String {
    let wide = codes_of.iter().map(|it| it.as_str().len()).max().unwrap_or_default();
    let line = |code: &Code| {
        let title = codes::title(*code).unwrap_or_default();
        format!("{:wide$}  {title}", code.as_str())
    };
    codes_of.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Takes the marks of Markdown away, and names what links lead to.
fn plain(text: &str, folder: &str) -> String {
    let text = text.replace("**", "");
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('[') {
        out.push_str(before);
        let link = after.split_once("](").and_then(|(words, after)| {
            let (address, after) = after.split_once(')')?;
            Some((words, address, after))
        });
        let Some((words, address, after)) = link.filter(|(words, ..)| !words.contains('[')) else {
            out.push('[');
            rest = after;
            continue;
        };
        let place = address.split('#').next().unwrap_or_default();
        let place = match address.contains("://") {
            true => address.to_owned(),
            false => RelPath::resolve(folder, place).map_or(String::new(), |it| it.to_string()),
        };
        let page = place.strip_prefix("docs/diagnostics/").and_then(|it| it.strip_suffix(".md"));
        let named = page.unwrap_or(&place);
        out.push_str(words);
        if !words.contains(named) {
            out.push_str(&format!(" ({named})"));
        }
        rest = after;
    }
    out + rest
}

/// Breaks a paragraph into lines.
fn wrap(text: &str, out: &mut String) {
    let mut used = 0;
    for word in text.split_whitespace() {
        let long = word.chars().count();
        match used {
            0 => (),
            used if used + 1 + long > WIDTH => out.push('\n'),
            _ => out.push(' '),
        }
        let broken = out.ends_with('\n') || out.is_empty();
        used = if broken { long } else { used + usize::from(used > 0) + long };
        out.push_str(word);
    }
    if used > 0 {
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_fits_a_terminal() {
        for code in codes::all() {
            let page = page(*code).unwrap();
            for line in page.lines().filter(|it| !it.starts_with("    ")) {
                assert!(line.chars().count() <= WIDTH || !line.contains(' '), "{code}: {line}");
                assert!(!line.contains("**") && !line.contains("]("), "{code}: {line}");
            }
        }
    }

    #[test]
    fn a_page_is_read_on_a_terminal() {
        let page = page(Code::new("config/value")).unwrap();
        assert!(page.starts_with("config/value: A value that does not fit its key\n\nA setting"));
        assert!(page.contains("the manual (docs/configuration.md)"), "{page}");
        assert!(page.contains("\n\n    error[config/value]: `clinic.example`"), "{page}");
    }
}
