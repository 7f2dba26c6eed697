//! Accessibility of a built page: what a person who hears it, sees it badly or has no mouse meets
//! (WCAG 2.2, levels A and AA).
//!
//! [`page`] makes a `View` of the page: styles, what is hidden, roles, names. Each
//! file of checks looks at that. The ACT rules of W3C are the measure; `tests/act/` has a case for
//! each way to keep and to break them. What only a browser can know, such as what a script writes,
//! is said to be unclear.

mod aria;
mod contrast;
mod focus;
mod forms;
mod implicit;
mod known;
mod label;
mod language;
mod links;
mod media;
mod name;
mod named;
mod owned;
pub mod roles;
mod spacing;
mod structure;
mod tables;
mod values;
mod view;

use std::ops::Range;
use std::sync::Arc;

use crate::check::Finding;
use crate::check::a11y::tables::Grid;
use crate::check::a11y::view::View;
use crate::check::style::Styles;
use crate::diag::{Code, Diagnostic};
use crate::html::tree::{Id, Kind, Met};
use crate::html::{HEADINGS, Set, Tag as T, Tree};

pub(crate) use structure::ORDER;

/// Tells whether a heading, a link or a title is said to be empty.
pub(crate) fn is_about_emptiness(code: Code) -> bool {
    [named::HEADING, named::LINK, structure::TITLE].contains(&code)
}

/// Judges a page. Styles are those of the site; a page's own `<style>` is taken into account.
pub fn page(tree: &Tree, styles: &Styles) -> Vec<Finding> {
    let within: Option<Arc<Styles>> = own_styles(tree).map(|css| styles.with(&css));
    let styles = within.as_deref().unwrap_or(styles);
    let view = View::new(tree, styles.page(tree));
    let mut judge = Judge { view: &view, tree, styles, found: Vec::new(), grid: None };
    judge.all();
    let mut found = judge.found;
    found.sort_by_key(|it| (it.at.start, it.diagnostic.code));
    found
}

fn own_styles(tree: &Tree) -> Option<String> {
    let mut css = String::new();
    for id in tree.elements().filter(|it| tree.nodes[*it].name == "style") {
        let print = tree.attribute(id, "media").is_some_and(|it| &*it == "print");
        if !print {
            css.push_str(&tree.text_of(id));
            css.push('\n');
        }
    }
    (!css.trim().is_empty()).then_some(css)
}

/// Elements that have a name or can be pressed, filled in or played. All others have nothing to judge
/// unless an attribute says that they have.
const JUDGED: Set = HEADINGS.with(&[
    T::A,
    T::AREA,
    T::AUDIO,
    T::BUTTON,
    T::CANVAS,
    T::DATALIST,
    T::EMBED,
    T::HR,
    T::IFRAME,
    T::IMG,
    T::INPUT,
    T::METER,
    T::OBJECT,
    T::OPTION,
    T::PICTURE,
    T::PROGRESS,
    T::SELECT,
    T::SUMMARY,
    T::TEXTAREA,
    T::VIDEO,
]);

/// The checks of one page, and what they find.
struct Judge<'a> {
    view: &'a View<'a>,
    tree: &'a Tree<'a>,
    styles: &'a Styles,
    found: Vec<Finding>,
    /// The cells of the last table that was looked at.
    grid: Option<Grid>,
}

impl Judge<'_> {
    fn all(&mut self) {
        self.structure();
        self.language();
        self.ids();
        self.same_names();
        self.groups();
        self.scripts();
        let parts = known::parts(self.view);
        let is_known = |met: &Met| {
            let at = parts.binary_search_by_key(&met.first, |it| it.first);
            at.is_ok_and(|at| parts[at].is_fine())
        };
        for id in self.tree.outside(is_known) {
            match self.tree.nodes[id].kind {
                Kind::Element => self.element(id),
                Kind::Text => self.text(id),
                Kind::Comment => (),
            }
        }
        parts.iter().for_each(|it| it.note(self.tree, &self.found));
    }

    fn element(&mut self, id: Id) {
        let (mut role, mut aria, mut rest) = (false, false, false);
        for name in self.tree.names(id) {
            let is = |it: &str| name.eq_ignore_ascii_case(it);
            match name.as_bytes()[0].to_ascii_lowercase() {
                b'r' => role |= name == "role",
                b'a' => {
                    aria |= name.starts_with("aria-");
                    rest |= is("autocomplete") || is("autoplay");
                }
                b't' => rest |= is("tabindex"),
                b's' => rest |= is("style"),
                b'h' => rest |= is("headers"),
                _ => (),
            }
        }
        let node = &self.tree.nodes[id];
        let judged = match node.foreign {
            true => !matches!(node.name, "path" | "g" | "circle" | "rect" | "line" | "use"),
            false => JUDGED.has(node.element),
        };
        if role || judged {
            self.named(id);
            self.hides_children(id);
        }
        if role || aria {
            self.aria(id);
        }
        if !role && matches!(node.element, T::UL | T::OL) {
            self.boxes(id);
        }
        if aria {
            self.hidden_focus(id);
            self.label_in_name(id);
        }
        if role || matches!(node.element, T::TH | T::TD) {
            self.cell(id);
        }
        if rest {
            self.attributes(id);
        }
        if rest || judged {
            self.media(id);
            self.size(id);
        }
        let style = self.view.styled.style(id);
        if style.scrolls && style.room != (None, None) {
            self.scrolls(id);
        }
    }

    fn say(&mut self, at: Range<usize>, diagnostic: Diagnostic) {
        self.found.push(Finding::new(at, diagnostic));
    }

    /// Says what is wrong with an element.
    fn error(&mut self, id: Id, code: Code, message: impl Into<String>, help: impl Into<String>) {
        let at = self.tree.nodes[id].tag();
        self.say(at, Diagnostic::error(code, message).help(help));
    }

    /// Says what should be looked at.
    fn warn(&mut self, id: Id, code: Code, message: impl Into<String>, help: impl Into<String>) {
        let at = self.tree.nodes[id].tag();
        self.say(at, Diagnostic::warning(code, message).help(help));
    }
}
