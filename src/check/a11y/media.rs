//! Sound, film, and what scripts do to a page.

use crate::check::a11y::Judge;
use crate::diag::Code;
use crate::html::tree::Id;

const AUTOPLAY: Code = Code::new("a11y/autoplay");
const CAPTIONS: Code = Code::new("a11y/captions");
const SCRIPT: Code = Code::new("a11y/script-unclear");

/// What a script does that makes other elements than are written.
const MAKES: [&str; 7] = [
    "attachShadow",
    "innerHTML",
    "insertAdjacentHTML",
    "document.write",
    "createElement",
    "showModal",
    "appendChild",
];

impl Judge<'_> {
    /// Checks sound and film.
    pub(super) fn media(&mut self, id: Id) {
        let name = self.tree.nodes[id].name;
        let view = self.view;
        if !matches!(name, "audio" | "video") {
            return;
        }
        let has = |attribute: &str| view.has_attribute(id, attribute);
        if has("autoplay")
            && !has("muted")
            && !has("controls")
            && !self.is_short(id)
            && !self.has_switch()
        {
            let message = format!("this `<{name}>` starts by itself, and cannot be stopped");
            self.warn(id, AUTOPLAY, message, "take `autoplay` away, or add `muted` or `controls`");
        }
        let captions = self.tree.within(id).any(|it| {
            self.tree.is(it, "track")
                && view
                    .attribute(it, "kind")
                    .is_none_or(|it| matches!(&*it, "captions" | "subtitles" | ""))
        });
        if name == "video" && !captions && !has("muted") && view.is_visible(id) {
            let message = "this film has no captions";
            let help = "add `<track kind=\"captions\" …>` if anything in it is said, or `muted` if nothing is";
            self.warn(id, CAPTIONS, message, help);
        }
    }

    /// Tells whether a button of the page, by its name or id, stops what is played.
    fn has_switch(&self) -> bool {
        !self.view.lists.scripts.is_empty()
            && self.tree.elements().filter(|it| self.view.role_name(*it) == "button").any(|it| {
                let id = self.view.attribute(it, "id").unwrap_or_default();
                let said = format!("{} {id}", self.view.name(it)).to_lowercase();
                ["mute", "pause", "stop"].iter().any(|it| said.contains(it))
            })
    }

    /// Tells whether no more than three seconds are played: `#t=8,10`.
    fn is_short(&self, id: Id) -> bool {
        let source = std::iter::once(id).chain(self.tree.within(id));
        let address = source.into_iter().find_map(|it| self.view.attribute(it, "src"));
        let Some(address) = address else { return false };
        let Some((_, range)) = address.split_once("#t=") else { return false };
        let (from, to) = range.split_once(',').unwrap_or((range, ""));
        match (from.parse::<f32>().or(Ok::<f32, ()>(0.0)), to.parse::<f32>()) {
            (Ok(from), Ok(to)) => to - from <= 3.0,
            _ => false,
        }
    }

    /// What a script writes is not seen here: that is said once.
    pub(super) fn scripts(&mut self) {
        let found = self.view.lists.scripts.iter().copied().find(|it| {
            let text = self.tree.text_of(*it);
            self.view.is_program(*it) && MAKES.iter().any(|it| text.contains(it))
        });
        if let Some(id) = found {
            let message = "what this script makes of the page is not judged";
            let help = "look at the page in a browser with a tool such as axe, or write it without the script";
            self.warn(id, SCRIPT, message, help);
        }
    }
}
