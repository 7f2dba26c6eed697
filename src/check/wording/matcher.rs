//! Looking for phrases among words.

use crate::check::wording::notation::Item;
use crate::check::wording::token::Token;

/// How many words `...` stands for at most.
const GAP: usize = 5;

/// A place between words.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) at: usize,
    /// Whether a comma before the next word does not matter.
    pub(super) joined: bool,
}

/// The words in which a phrase is looked for.
pub(super) struct Matcher<'t> {
    pub(super) tokens: &'t [Token],
    pub(super) end: usize,
}

impl Matcher<'_> {
    /// Goes through the items; `then` gets each place behind them until it takes one.
    pub(super) fn run(
        &self,
        items: &[Item],
        place: Place,
        then: &mut dyn FnMut(Place) -> bool,
    ) -> bool {
        let (mut items, mut place) = (items, place);
        loop {
            let Some((first, rest)) = items.split_first() else { return then(place) };
            let at = place.at;
            let fits = match first {
                Item::Word(ids) => self.next(place).is_some_and(|it| holds(ids, it.id)),
                Item::Number => self.next(place).is_some_and(|it| it.is_number()),
                Item::Any => self.next(place).is_some(),
                Item::Comma => {
                    place.joined |= at > 0 && self.tokens[at - 1].has_comma();
                    items = rest;
                    continue;
                }
                Item::Gap => {
                    return (0..=GAP)
                        .take_while(|skip| at + skip <= self.end)
                        .any(|skip| self.run(rest, Place { at: at + skip, joined: true }, then));
                }
                Item::Optional(inner) => {
                    if self.run(inner, place, &mut |to| self.run(rest, to, then)) {
                        return true;
                    }
                    items = rest;
                    continue;
                }
                Item::Either(ways) => {
                    let mut then = |to| self.run(rest, to, then);
                    return ways.iter().any(|way| self.run(way, place, &mut then));
                }
            };
            if !fits {
                return false;
            }
            place = Place { at: at + 1, joined: false };
            items = rest;
        }
    }

    /// The word at a place, unless a sign parts it from what was before.
    fn next(&self, place: Place) -> Option<&Token> {
        let at = place.at;
        let free = place.joined || at == 0 || !self.tokens[at - 1].breaks();
        self.tokens[..self.end].get(at).filter(|_| free)
    }
}

fn holds(ids: &[u16], id: u16) -> bool {
    match ids {
        [only] => *only == id,
        _ => ids.binary_search(&id).is_ok(),
    }
}
