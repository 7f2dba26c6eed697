//! The roles that HTML gives its elements (HTML-AAM).

use crate::check::a11y::roles::{self, Role};
use crate::check::a11y::view::View;
use crate::html::tree::Id;

impl View<'_> {
    /// Gives the role that HTML gives an element (HTML-AAM).
    pub(super) fn implicit(&self, id: Id) -> Option<&'static Role> {
        let node = &self.tree.nodes[id];
        let name = match node.name {
            "svg" => "graphics-document",
            "a" if node.foreign && self.has_attribute(id, "href") => "link",
            _ if node.foreign => return None,
            "a" | "area" if self.has_attribute(id, "href") => "link",
            "article" => "article",
            "aside" => "complementary",
            "blockquote" => "blockquote",
            "button" => "button",
            "caption" | "figcaption" => "caption",
            "code" => "code",
            "datalist" => "listbox",
            "dd" => "definition",
            "details" | "fieldset" | "optgroup" | "address" | "hgroup" => "group",
            "dfn" | "dt" => "term",
            "dialog" => "dialog",
            "em" => "emphasis",
            "figure" => "figure",
            "footer" if self.is_outermost(id) => "contentinfo",
            "header" if self.is_outermost(id) => "banner",
            "form" => "form",
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => "heading",
            "hr" => "separator",
            "html" => "document",
            "img" => match self.attribute(id, "alt") {
                Some(alt) if alt.is_empty() && !self.is_focusable(id) && !self.has_global(id) => {
                    "presentation"
                }
                _ => "img",
            },
            "input" => return self.input_role(id),
            "li" => match self.tree.nodes[node.parent].name {
                "ul" | "ol" | "menu" => "listitem",
                _ => "generic",
            },
            "main" => "main",
            "math" => "math",
            "menu" | "ol" | "ul" => "list",
            "meter" => "meter",
            "nav" => "navigation",
            "option" => "option",
            "output" => "status",
            "p" => "paragraph",
            "progress" => "progressbar",
            "search" => "search",
            "section"
                if ["aria-label", "aria-labelledby", "title"]
                    .iter()
                    .any(|it| self.has_attribute(id, it)) =>
            {
                "region"
            }
            "select" => match self.has_attribute(id, "multiple")
                || self
                    .attribute(id, "size")
                    .is_some_and(|it| it.trim().parse::<u32>().is_ok_and(|it| it > 1))
            {
                true => "listbox",
                false => "combobox",
            },
            "strong" => "strong",
            "table" => "table",
            "tbody" | "tfoot" | "thead" => "rowgroup",
            "td" | "th" | "tr" => return self.cell_role(id),
            "textarea" => "textbox",
            "time" => "time",
            "div" | "span" | "body" | "b" | "i" | "small" | "footer" | "header" | "section" => {
                "generic"
            }
            _ => return None,
        };
        roles::find(name)
    }

    fn input_role(&self, id: Id) -> Option<&'static Role> {
        let list = self.has_attribute(id, "list");
        roles::find(match &*self.input_type(id) {
            "button" | "image" | "reset" | "submit" => "button",
            "checkbox" => "checkbox",
            "color" | "date" | "datetime-local" | "file" | "hidden" | "month" | "password"
            | "time" | "week" => return None,
            "number" => "spinbutton",
            "radio" => "radio",
            "range" => "slider",
            _ if list => "combobox",
            "search" => "searchbox",
            _ => "textbox",
        })
    }

    fn cell_role(&self, id: Id) -> Option<&'static Role> {
        let table = self.tree.around(id).find(|it| self.tree.is(*it, "table"))?;
        let role = self.role_name(table);
        let name = match self.tree.nodes[id].name {
            _ if !matches!(role, "table" | "grid" | "treegrid") => return None,
            "tr" => "row",
            "td" if role == "table" => "cell",
            "td" => "gridcell",
            _ if self.is_row_header(id) => "rowheader",
            _ => "columnheader",
        };
        roles::find(name)
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
            matches!(self.tree.nodes[it].name, "article" | "aside" | "main" | "nav" | "section")
        })
    }
}
