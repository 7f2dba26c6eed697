//! The page as a whole: title, zoom, no reload, headings in order, a main part.

use crate::check::a11y::Judge;
use crate::diag::{Code, Diagnostic};
use crate::html::tree::Id;

pub(super) const TITLE: Code = Code::new("a11y/title");
const ZOOM: Code = Code::new("a11y/zoom");
const REFRESH: Code = Code::new("a11y/refresh");
const ONE: Code = Code::new("a11y/one-h1");
pub(crate) const ORDER: Code = Code::new("a11y/heading-order");
const MAIN: Code = Code::new("a11y/main");
const SKIP: Code = Code::new("a11y/skip-link");

impl Judge<'_> {
    /// Checks what each page has once.
    pub(super) fn structure(&mut self) {
        self.title();
        // A page that leads on at once is not read.
        if self.meta() {
            return;
        }
        self.headings();
        let main = |id: &Id| self.view.is_told(*id) && self.view.role_name(*id) == "main";
        if !self.view.lists.marks.iter().any(main) {
            let help = "put `<main>` around what is on this page only, so that it can be jumped to";
            self.page_warning(MAIN, "this page has no main part", help);
        }
        self.skip_link();
    }

    fn page_warning(&mut self, code: Code, message: &str, help: &str) {
        self.say(0..0, Diagnostic::warning(code, message).help(help));
    }

    fn title(&mut self) {
        let help = "write what the page is about in `<title>`: it is the first that is heard of it";
        match self.view.lists.titles.iter().copied().find(|it| !self.in_foreign(*it)) {
            None => self.say(0..0, Diagnostic::error(TITLE, "this page has no title").help(help)),
            Some(id) if self.tree.text_of(id).trim().is_empty() => {
                self.error(id, TITLE, "the title of this page is empty", help);
            }
            Some(_) => (),
        }
    }

    fn in_foreign(&self, id: Id) -> bool {
        self.tree.nodes[self.tree.nodes[id].parent].foreign
    }

    /// Checks `<meta>`; tells whether another page takes the place of this one at once.
    fn meta(&mut self) -> bool {
        let (mut refreshed, mut at_once) = (false, false);
        for id in self.view.lists.metas.iter().copied() {
            let Some(content) = self.view.attribute(id, "content") else { continue };
            let is = |attribute: &str, value: &str| {
                self.view.attribute(id, attribute).is_some_and(|it| it.eq_ignore_ascii_case(value))
            };
            if is("name", "viewport")
                && let Some(what) = blocks_zoom(&content)
            {
                let message = format!("`{what}` keeps people from making the page larger");
                self.error(
                    id,
                    ZOOM,
                    message,
                    "write `content=\"width=device-width, initial-scale=1\"`",
                );
            }
            if is("http-equiv", "refresh")
                && !refreshed
                && let Some(seconds) = delay(&content)
            {
                refreshed = true;
                at_once = seconds == 0.0 && content.contains(['=', '/']);
                if seconds > 0.0 && seconds <= 72000.0 {
                    let message = format!(
                        "this page is replaced after {seconds} seconds, whether it has been read or not"
                    );
                    let help =
                        "take the `<meta>` away; a redirect belongs to the server, or has no delay";
                    self.error(id, REFRESH, message, help);
                }
            }
        }
        at_once
    }

    fn headings(&mut self) {
        let view = self.view;
        let mut before: Option<u32> = None;
        let mut first = 0;
        for id in view.lists.marks.iter().copied() {
            let name = self.tree.nodes[id].name;
            let native = matches!(name.as_bytes(), [b'h', b'1'..=b'6']);
            if !view.is_told(id) || view.role_name(id) != "heading" {
                continue;
            }
            let own = if native { u32::from(name.as_bytes()[1] - b'0') } else { 2 };
            let said = view.attribute(id, "aria-level").and_then(|it| it.trim().parse().ok());
            let level = said.filter(|it| *it > 0).unwrap_or(own);
            first += usize::from(level == 1);
            if level == 1 && first == 2 {
                let help = "keep one `<h1>`, which says what the page is about, and make the others `<h2>`";
                self.warn(id, ONE, "this is the second heading of the first level", help);
            }
            if let Some(before) = before.filter(|it| level > it + 1) {
                let message = format!("a heading of level {level} follows one of level {before}");
                let help =
                    format!("use level {}; how large it is belongs to the stylesheet", before + 1);
                self.warn(id, ORDER, message, help);
            }
            before = Some(level);
        }
        if first == 0 {
            let help = "say in an `<h1>` what the page is about";
            self.page_warning(ONE, "this page has no heading of the first level", help);
        }
    }

    /// The first link of a page that leads within it is one to skip what comes before its target.
    fn skip_link(&mut self) {
        let mut links = self.view.lists.links.iter().copied();
        let first = links.find(|it| self.tree.is(*it, "a") && self.tree.has_attribute(*it, "href"));
        let Some(id) = first else { return };
        let href = self.view.attribute(id, "href").unwrap_or_default();
        let Some(target) = href.strip_prefix('#').filter(|it| !it.is_empty() && *it != "top")
        else {
            return;
        };
        if !self.view.ids.contains_key(target) {
            let message = format!("this leads to `#{target}`, which is not on the page");
            self.error(id, SKIP, message, "write the id of the page's `<main>`");
        }
    }
}

fn blocks_zoom(content: &str) -> Option<String> {
    let lower = content.to_ascii_lowercase();
    lower.split([',', ';', ' ', '\t', '\n']).find_map(|part| {
        let (name, value) = part.split_once('=')?;
        let (name, value) = (name.trim(), value.trim());
        // Browsers read the number that a value starts with, and take any other word for 0.
        let number = value.find(|it: char| !it.is_ascii_digit() && !"+-.".contains(it));
        let number = value[..number.unwrap_or(value.len())].parse::<f32>().ok();
        let far = matches!(value, "" | "device-width" | "device-height");
        let blocks = match name {
            "user-scalable" if value != "yes" && !far => number.is_none_or(|it| it.abs() < 1.0),
            "maximum-scale" if !far => number.is_none_or(|it| (0.0..2.0).contains(&it)),
            _ => false,
        };
        blocks.then(|| format!("{name}={value}"))
    })
}

/// Reads after how many seconds a page is replaced (HTML Standard 4.2.5.3).
fn delay(content: &str) -> Option<f32> {
    let content = content.trim_start_matches(|it: char| it.is_ascii_whitespace());
    let digits = content.find(|it: char| !it.is_ascii_digit()).unwrap_or(content.len());
    if digits == 0 && !content.starts_with('.') {
        return None;
    }
    let rest = content[digits..].trim_start_matches(|it: char| it.is_ascii_digit() || it == '.');
    let ends = rest.is_empty() || rest.starts_with([';', ',', ' ', '\t', '\n', '\r']);
    ends.then(|| content[..digits].parse().unwrap_or(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_are_read() {
        assert_eq!(delay("0; URL='x'"), Some(0.0));
        assert_eq!(delay("30"), Some(30.0));
        for wrong in ["0: x", "-00.12 foo", "; 30", "", "+5; x", "foo; x"] {
            assert_eq!(delay(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_blocks_zoom_is_found() {
        assert_eq!(blocks_zoom("width=device-width, initial-scale=1"), None);
        assert_eq!(
            blocks_zoom("width=device-width,maximum-scale=1.5").unwrap(),
            "maximum-scale=1.5"
        );
        assert_eq!(blocks_zoom("user-scalable=no").unwrap(), "user-scalable=no");
        assert_eq!(blocks_zoom("maximum-scale=2, user-scalable=yes"), None);
    }
}
