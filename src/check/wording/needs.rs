//! What a phrase needs of a text to stand in it.

use crate::check::wording::notation::Item;

/// Notes what some items may start with; tells whether something must be there.
pub(super) fn starts(items: &[Item], words: &mut Vec<u16>, number: &mut bool) -> bool {
    for item in items {
        match item {
            Item::Word(ids) => {
                words.extend(ids);
                return true;
            }
            Item::Number => {
                *number = true;
                return true;
            }
            Item::Optional(inner) => drop(starts(inner, words, number)),
            Item::Either(ways) => {
                let mut all = true;
                for way in ways {
                    all &= starts(way, words, number);
                }
                if all {
                    return true;
                }
            }
            Item::Any | Item::Gap | Item::Comma => (),
        }
    }
    false
}

/// Tells whether there is a gap among some items.
pub(super) fn has_gap(items: &[Item]) -> bool {
    items.iter().any(|item| match item {
        Item::Gap => true,
        Item::Optional(inner) => has_gap(inner),
        Item::Either(ways) => ways.iter().any(|way| has_gap(way)),
        _ => false,
    })
}

/// Gives sets of words of which one each must be there.
pub(super) fn needs(items: &[Item]) -> Vec<Vec<u16>> {
    let mut all = Vec::new();
    for item in items {
        match item {
            Item::Word(ids) => all.push(ids.clone()),
            Item::Either(ways) => {
                let ways: Vec<_> = ways.iter().map(|way| needs(way).into_iter().next()).collect();
                all.extend(ways.into_iter().collect::<Option<Vec<_>>>().map(|it| it.concat()));
            }
            Item::Number | Item::Any | Item::Gap | Item::Optional(_) | Item::Comma => (),
        }
    }
    all
}

/// Notes which words may be second; `false` when that may be anything, or nothing.
pub(super) fn seconds(items: &[Item], words: &mut Vec<u16>) -> bool {
    let Some((first, rest)) = items.split_first() else { return false };
    match first {
        Item::Word(_) | Item::Number | Item::Any => {
            let mut number = false;
            starts_known(rest) && starts(rest, words, &mut number) && !number
        }
        Item::Optional(inner) => seconds(&[inner, rest].concat(), words) && seconds(rest, words),
        Item::Either(ways) => ways.iter().all(|way| seconds(&[way, rest].concat(), words)),
        Item::Comma => seconds(rest, words),
        Item::Gap => false,
    }
}

/// Whether what some items start with is one of known words.
fn starts_known(items: &[Item]) -> bool {
    for item in items {
        match item {
            Item::Word(_) => return true,
            Item::Optional(inner) if starts_known(inner) => (),
            Item::Either(ways) => return ways.iter().all(|way| starts_known(way)),
            Item::Comma => (),
            _ => return false,
        }
    }
    false
}
