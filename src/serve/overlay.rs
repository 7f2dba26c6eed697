//! What is laid over a page while it is looked at: the problems of the site, and a word about an
//! address that does not exist. Shadow trees keep the site's styles and these apart, without a
//! script.

use std::fmt::Write as _;

use crate::html;
use crate::serve::{STYLE, meant};
use crate::text::near;
use crate::workspace::{Line, Problem};

/// The problems, over the last good page or on a page of their own.
pub(crate) fn problems(problems: &[Problem], unlisted: usize, over_page: bool) -> String {
    let errors = problems.iter().filter(|it| it.is_error).count();
    let more = if unlisted > 0 { "more than " } else { "" };
    let title = format!("This site has {more}{}", near::counted(errors, "error"));
    let state = match over_page {
        true => "What you see behind this is the site as it was before.",
        false => "There is no earlier version of this page to show.",
    };
    let mut out = open("galen-problems", &title);
    let _ = write!(
        out,
        "<dialog open aria-labelledby=title><header><h1 id=title tabindex=-1>{title}</h1>\
         <p>{state} Correct what is listed here and save: the new page then appears by itself.</p>\
         </header><ol>"
    );
    problems.iter().for_each(|it| problem(it, &mut out));
    if unlisted > 0 {
        let _ = write!(out, "<li><p>… and {} more</p></li>", near::counted(unlisted, "problem"));
    }
    out.push_str("</ol></dialog></template></galen-problems>");
    out
}

/// A word about an address that does not exist, with the pages that may have been meant.
pub(crate) fn missing(path: &str, base_path: &str, pages: &[String]) -> String {
    let inner = path.strip_prefix(base_path).unwrap_or(path);
    let near = meant::nearest(inner, pages);
    let mut out = open("galen-note", "Galen");
    out.push_str("<aside aria-label=\"Note from galen serve\"><p>There is no page at <code>");
    html::text(path, &mut out);
    out.push_str("</code>.");
    if !near.is_empty() {
        out.push_str(" Did you mean");
    }
    for (at, page) in near.iter().enumerate() {
        out.push_str(if at == 0 { " " } else { " or " });
        let address = format!("{base_path}{page}");
        out.push_str("<a");
        html::attribute("href", &html::address(&address), &mut out);
        out.push('>');
        html::text(&address, &mut out);
        out.push_str("</a>");
    }
    out.push_str(if near.is_empty() { "</p>" } else { "?</p>" });
    out.push_str("<p class=small>Only you see this note, while the site is served from here.</p>");
    out.push_str("</aside></template></galen-note>");
    out
}

/// A page with nothing of the site on it.
pub(crate) fn bare(title: &str, body: &str) -> String {
    let mut page = String::from(
        "<!doctype html>\n<html lang=en><head><meta charset=utf-8>\
         <meta name=viewport content=\"width=device-width, initial-scale=1\"><title>",
    );
    html::text(title, &mut page);
    let _ = writeln!(
        page,
        "</title><link rel=icon href=\"data:,\"><link rel=stylesheet href=\"{STYLE}\"></head>\
         <body class=galen>{body}</body></html>"
    );
    page
}

/// A page of a sentence.
pub(crate) fn sentence(title: &str, words: &str) -> String {
    let mut body = String::from("<main><h1>");
    html::text(title, &mut body);
    body.push_str("</h1><p>");
    html::text(words, &mut body);
    body.push_str("</p></main>");
    bare(title, &body)
}

fn open(element: &str, title: &str) -> String {
    let mut out = format!("<{element} lang=en");
    html::attribute("data-title", title, &mut out);
    let _ = write!(out, "><template shadowrootmode=open><link rel=stylesheet href=\"{STYLE}\">");
    out
}

fn problem(it: &Problem, out: &mut String) {
    let kind = if it.is_error { "Error" } else { "Warning" };
    let class = if it.is_error { "error" } else { "warning" };
    let _ = write!(out, "<li class={class}><p class=kind><strong>{kind}</strong> <code>");
    html::text(it.code, out);
    out.push_str("</code></p><h2>");
    prose(&it.message, out);
    out.push_str("</h2>");
    if let Some(place) = &it.place {
        let mut name = place.file.clone();
        if let Some(line) = &place.line {
            let _ = write!(name, ":{}:{}", line.number, line.column);
        }
        out.push_str("<p class=place>");
        html::text(&name, out);
        out.push_str("</p>");
        if let Some(line) = &place.line {
            excerpt(line, out);
        }
    }
    if let Some(label) = &it.label {
        paragraph("label", "", label, out);
    }
    it.notes.iter().for_each(|note| paragraph("note", "Note: ", note, out));
    it.help.iter().for_each(|help| paragraph("help", "Help: ", help, out));
    out.push_str("</li>");
}

fn excerpt(line: &Line, out: &mut String) {
    let number = line.number;
    let _ = write!(
        out,
        "<pre tabindex=0 role=group aria-label=\"Line {number}\"><span class=number>{number}</span>"
    );
    html::text(&line.before, out);
    out.push_str("<mark>");
    html::text(&line.marked, out);
    out.push_str("</mark>");
    html::text(&line.after, out);
    out.push_str("</pre>");
}

fn paragraph(class: &str, word: &str, text: &str, out: &mut String) {
    let _ = write!(out, "<p class={class}>");
    if !word.is_empty() {
        let _ = write!(out, "<strong>{word}</strong>");
    }
    prose(text, out);
    out.push_str("</p>");
}

/// Text in which backticks mark what is literal.
fn prose(text: &str, out: &mut String) {
    let mut parts = text.split('`').peekable();
    let mut literal = false;
    while let Some(part) = parts.next() {
        // A backtick without another is one.
        if literal && parts.peek().is_none() {
            out.push('`');
            html::text(part, out);
            return;
        }
        out.push_str(if literal { "<code>" } else { "" });
        html::text(part, out);
        out.push_str(if literal { "</code>" } else { "" });
        literal = !literal;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backticks_mark_code() {
        let of = |text: &str| {
            let mut out = String::new();
            prose(text, &mut out);
            out
        };
        assert_eq!(of("no `<b>` here"), "no <code>&lt;b&gt;</code> here");
        assert_eq!(of("a ` b"), "a ` b");
    }

    #[test]
    fn nothing_of_a_problem_is_markup() {
        let line = Line {
            number: 3,
            column: 2,
            before: "<".to_owned(),
            marked: "<script>".to_owned(),
            after: "&".to_owned(),
        };
        let evil = "<img src=x onerror=alert(1)>".to_owned();
        let it = Problem {
            is_error: true,
            code: "link/broken",
            message: evil.clone(),
            place: Some(crate::workspace::Place { file: evil.clone(), line: Some(line) }),
            label: Some(evil.clone()),
            notes: vec![evil.clone()],
            help: vec![evil],
        };
        let out = problems(&[it], 0, true);
        assert!(!out.contains("<img") && !out.contains("<script"), "{out}");
        assert!(missing("/<img>", "", &[]).contains("&lt;img&gt;"));
    }
}
