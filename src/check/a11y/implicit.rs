//! The roles that HTML gives its elements (HTML-AAM).

use crate::check::a11y::roles::{self, Role};
use crate::check::a11y::view::View;
use crate::html::Tag as T;
use crate::html::tree::Id;

/// A role by its name, found before the program runs.
macro_rules! role {
    ($name:literal) => {
        const { roles::known($name) }
    };
}

impl View<'_> {
    /// Gives the role that HTML gives an element (HTML-AAM).
    pub(super) fn implicit(&self, id: Id) -> Option<&'static Role> {
        let node = &self.tree.nodes[id];
        if node.foreign {
            return match node.name {
                "svg" => Some(role!("graphics-document")),
                "a" if self.has_attribute(id, "href") => Some(role!("link")),
                _ => None,
            };
        }
        Some(match node.element {
            T::A | T::AREA if self.has_attribute(id, "href") => role!("link"),
            T::ARTICLE => role!("article"),
            T::ASIDE => role!("complementary"),
            T::BLOCKQUOTE => role!("blockquote"),
            T::BUTTON => role!("button"),
            T::CAPTION | T::FIGCAPTION => role!("caption"),
            T::CODE => role!("code"),
            T::DATALIST => role!("listbox"),
            T::DD => role!("definition"),
            T::DETAILS | T::FIELDSET | T::OPTGROUP | T::ADDRESS | T::HGROUP => role!("group"),
            T::DFN | T::DT => role!("term"),
            T::DIALOG => role!("dialog"),
            T::EM => role!("emphasis"),
            T::FIGURE => role!("figure"),
            T::FOOTER if self.is_outermost(id) => role!("contentinfo"),
            T::HEADER if self.is_outermost(id) => role!("banner"),
            T::FORM => role!("form"),
            T::H1 | T::H2 | T::H3 | T::H4 | T::H5 | T::H6 => role!("heading"),
            T::HR => role!("separator"),
            T::HTML => role!("document"),
            T::IMG => match self.attribute(id, "alt") {
                Some(alt) if alt.is_empty() && !self.is_focusable(id) && !self.has_global(id) => {
                    role!("presentation")
                }
                _ => role!("img"),
            },
            T::INPUT => return self.input_role(id),
            T::LI => match self.tree.nodes[node.parent].element {
                T::UL | T::OL | T::MENU => role!("listitem"),
                _ => role!("generic"),
            },
            T::MAIN => role!("main"),
            T::MENU | T::OL | T::UL => role!("list"),
            T::METER => role!("meter"),
            T::NAV => role!("navigation"),
            T::OPTION => role!("option"),
            T::OUTPUT => role!("status"),
            T::P => role!("paragraph"),
            T::PROGRESS => role!("progressbar"),
            T::SEARCH => role!("search"),
            T::SECTION
                if ["aria-label", "aria-labelledby", "title"]
                    .iter()
                    .any(|it| self.has_attribute(id, it)) =>
            {
                role!("region")
            }
            T::SELECT => match self.has_attribute(id, "multiple")
                || self
                    .attribute(id, "size")
                    .is_some_and(|it| it.trim().parse::<u32>().is_ok_and(|it| it > 1))
            {
                true => role!("listbox"),
                false => role!("combobox"),
            },
            T::STRONG => role!("strong"),
            T::TABLE => role!("table"),
            T::TBODY | T::TFOOT | T::THEAD => role!("rowgroup"),
            T::TD | T::TH | T::TR => return self.cell_role(id),
            T::TEXTAREA => role!("textbox"),
            T::TIME => role!("time"),
            T::DIV
            | T::SPAN
            | T::BODY
            | T::B
            | T::I
            | T::SMALL
            | T::FOOTER
            | T::HEADER
            | T::SECTION => {
                role!("generic")
            }
            _ => return None,
        })
    }

    fn input_role(&self, id: Id) -> Option<&'static Role> {
        let list = self.has_attribute(id, "list");
        Some(match &*self.input_type(id) {
            "button" | "image" | "reset" | "submit" => role!("button"),
            "checkbox" => role!("checkbox"),
            "color" | "date" | "datetime-local" | "file" | "hidden" | "month" | "password"
            | "time" | "week" => return None,
            "number" => role!("spinbutton"),
            "radio" => role!("radio"),
            "range" => role!("slider"),
            _ if list => role!("combobox"),
            "search" => role!("searchbox"),
            _ => role!("textbox"),
        })
    }

    fn cell_role(&self, id: Id) -> Option<&'static Role> {
        let table = self.tree.around(id).find(|it| self.tree.is(*it, "table"))?;
        let outer = self.role_name(table);
        let role = match self.tree.nodes[id].element {
            _ if !matches!(outer, "table" | "grid" | "treegrid") => return None,
            T::TR => role!("row"),
            T::TD if outer == "table" => role!("cell"),
            T::TD => role!("gridcell"),
            _ if self.is_row_header(id) => role!("rowheader"),
            _ => role!("columnheader"),
        };
        Some(role)
    }

    /// Tells whether a `th` heads its row rather than its column.
    fn is_row_header(&self, id: Id) -> bool {
        match self.attribute(id, "scope").as_deref() {
            Some("row" | "rowgroup") => true,
            Some("col" | "colgroup") => false,
            _ => {
                let row = self.tree.nodes[id].parent;
                self.tree.children(row).any(|it| self.tree.is(it, "td"))
                    && !self.tree.is(self.tree.nodes[row].parent, "thead")
            }
        }
    }

    fn is_outermost(&self, id: Id) -> bool {
        !self.tree.around(id).any(|it| {
            let element = self.tree.nodes[it].element;
            matches!(element, T::ARTICLE | T::ASIDE | T::MAIN | T::NAV | T::SECTION)
        })
    }
}
