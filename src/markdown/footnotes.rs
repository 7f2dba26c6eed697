//! Footnotes: numbered by first use, with a way there and back for each use.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::html;

/// The footnotes of a text.
#[derive(Default)]
pub(crate) struct Footnotes {
    /// Numbers by label, from 1.
    numbers: BTreeMap<String, usize>,
    /// How often each was used so far.
    uses: BTreeMap<String, usize>,
    /// The HTML of each.
    texts: BTreeMap<String, String>,
}

impl Footnotes {
    /// Numbers a footnote where it is first used.
    pub(crate) fn number(&mut self, label: &str) {
        let next = self.numbers.len() + 1;
        self.numbers.entry(label.to_owned()).or_insert(next);
    }

    /// Tells whether a footnote is used at all.
    pub(crate) fn is_used(&self, label: &str) -> bool {
        self.numbers.contains_key(label)
    }

    /// Writes one use.
    pub(crate) fn refer(&mut self, label: &str, prefix: &str, out: &mut String) {
        let Some(number) = self.numbers.get(label) else { return };
        let uses = self.uses.entry(label.to_owned()).or_default();
        *uses += 1;
        out.push_str("<sup><a");
        html::attribute("id", &reference(prefix, *number, *uses), out);
        html::attribute("href", &format!("#{prefix}fn-{number}"), out);
        html::attribute("role", "doc-noteref", out);
        let _ = write!(out, ">{number}</a></sup>");
    }

    /// Keeps the text of a footnote; the first of two with one label.
    pub(crate) fn define(&mut self, label: &str, text: String) {
        self.texts.entry(label.to_owned()).or_insert(text);
    }

    /// Writes the notes after the text; nothing without one.
    pub(crate) fn finish(&self, prefix: &str, out: &mut String) {
        if self.numbers.is_empty() {
            return;
        }
        out.push_str("<section class=footnotes role=doc-endnotes aria-label=Notes><ol>");
        let mut order: Vec<(&String, &usize)> = self.numbers.iter().collect();
        order.sort_by_key(|(_, number)| **number);
        for (label, number) in order {
            out.push_str("<li");
            html::attribute("id", &format!("{prefix}fn-{number}"), out);
            out.push('>');
            let text = self.texts.get(label).map_or("", String::as_str);
            let mut back = String::new();
            for using in 1..=self.uses.get(label).copied().unwrap_or(0) {
                back.push_str(" <a");
                html::attribute(
                    "href",
                    &format!("#{}", reference(prefix, *number, using)),
                    &mut back,
                );
                html::attribute("role", "doc-backlink", &mut back);
                let to = if using == 1 { String::new() } else { format!(" ({using})") };
                html::attribute("aria-label", &format!("Back to the text{to}"), &mut back);
                back.push_str(">↩</a>");
            }
            // The way back belongs to the note's last line.
            match text.strip_suffix("</p>") {
                Some(inner) => {
                    let _ = write!(out, "{inner}{back}</p>");
                }
                None => {
                    let _ = write!(out, "{text}{back}");
                }
            }
            out.push_str("</li>");
        }
        out.push_str("</ol></section>");
    }
}

fn reference(prefix: &str, number: usize, using: usize) -> String {
    match using {
        1 => format!("{prefix}fnref-{number}"),
        using => format!("{prefix}fnref-{number}-{using}"),
    }
}
