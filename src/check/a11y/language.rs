//! The language of the page and of its parts (WCAG 3.1.1, 3.1.2): the voice that reads it.

use crate::check::a11y::Judge;
use crate::diag::{Code, Diagnostic};
use crate::html::tree::{Id, Kind};

const LANGUAGE: Code = Code::new("a11y/language");

/// The languages with two letters (ISO 639-1, and the old ones of the IANA registry).
const TWO: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik in io is it iu iw ja ji jv jw ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mo mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// Those with three letters and none of two: a bit for each, in the order of the alphabet.
const THREE: &str = include_str!("languages.txt");

impl Judge<'_> {
    /// Checks the languages that a page names.
    pub(super) fn language(&mut self) {
        let html = 0;
        let help = "write `<html lang=\"en-GB\">`, or the language that it is in";
        match self.tree.nodes.first().map(|_| self.view.attribute(html, "lang")) {
            None => return,
            Some(None) => {
                let message = "this page does not say which language it is in";
                self.say(0..0, Diagnostic::error(LANGUAGE, message).help(help));
            }
            Some(Some(lang)) if lang.trim().is_empty() => {
                self.error(html, LANGUAGE, "this page does not say which language it is in", help);
            }
            Some(Some(lang)) => self.whole(html, &lang),
        }
        for id in self.view.lists.spoken.iter().copied().filter(|it| *it != html) {
            if let Some(lang) = self.tree.attribute(id, "lang")
                && !lang.is_empty()
                && !is_language(&lang)
                && !self.tree.nodes[id].foreign
                && self.is_spoken(id)
            {
                let at = self.tree.attribute_at(id, "lang");
                self.say(
                    at,
                    Diagnostic::error(LANGUAGE, unknown(&lang))
                        .help("write its code, such as `fr` for French"),
                );
            }
        }
    }

    fn whole(&mut self, html: Id, lang: &str) {
        let at = self.tree.attribute_at(html, "lang");
        if !is_language(lang) {
            let diagnostic = Diagnostic::error(LANGUAGE, unknown(lang));
            return self
                .say(at, diagnostic.help("write its code, such as `en-GB` for British English"));
        }
        let other = self.view.attribute(html, "xml:lang").unwrap_or_default();
        let main = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
        if !other.is_empty() && main(&other) != main(lang) {
            let at = self.tree.attribute_at(html, "xml:lang");
            let message = format!("`lang` says `{lang}`, and `xml:lang` says `{other}`");
            self.say(at, Diagnostic::error(LANGUAGE, message).help("take `xml:lang` away"));
        }
    }

    /// Tells whether there is text of which an element's language is said.
    fn is_spoken(&self, id: Id) -> bool {
        let tree = self.tree;
        let mut at = id + 1;
        let end = tree.nodes[id].after;
        let named = |id: Id| {
            self.view.is_told(id)
                && (tree.is(id, "img") || tree.has_attribute(id, "aria-label"))
                && self.view.has_name(id)
        };
        while at < end {
            let node = &tree.nodes[at];
            match node.kind {
                Kind::Element if tree.has_attribute(at, "lang") => {
                    at = node.after;
                    continue;
                }
                Kind::Element if named(at) => return true,
                Kind::Text => {
                    let met = self.view.is_told(at) || self.view.is_visible(at);
                    if met && !tree.read(node).trim().is_empty() {
                        return true;
                    }
                }
                _ => (),
            }
            at += 1;
        }
        false
    }
}

fn unknown(tag: &str) -> String {
    format!("`{tag}` is no language that screen readers know")
}

/// Tells whether a tag begins with a language of the IANA registry.
fn is_language(tag: &str) -> bool {
    let main = tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    if !main.bytes().all(|it| it.is_ascii_lowercase()) {
        return false;
    }
    match main.as_bytes() {
        [_, _] => TWO.split(' ').any(|it| it == main),
        [a, b, c] => {
            let letter = |byte: &u8| usize::from(byte - b'a');
            let place = letter(a) * 676 + letter(b) * 26 + letter(c);
            let digits = THREE.bytes().filter(u8::is_ascii_hexdigit).nth(place / 4);
            let digit = digits.and_then(|it| char::from(it).to_digit(16)).unwrap_or(0);
            digit >> (3 - place % 4) & 1 == 1
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_known() {
        for known in ["en", "en-GB", "FR", "en-US-GB", "yue", "gsw-CH", "haw", "mul"] {
            assert!(is_language(known), "{known}");
        }
        for unknown in ["em-US", "#1", "eng", "i-lux", "dutch", "english", " ", "fra", "deu"] {
            assert!(!is_language(unknown), "{unknown}");
        }
    }
}
