//! Phrases as an editor writes them: `no (risk|danger)`, `[very] safe`, `guarantee*`, `from £ NUMBER`.
//!
//! Words match whole words, whatever their capitals, never across the end of a sentence, and not
//! across a comma unless the phrase has one. A hyphen counts as a space.

use crate::check::wording::matcher::{Matcher, Place};
use crate::check::wording::needs::{has_gap, needs, seconds, starts};
use crate::check::wording::token::Token;
use crate::check::wording::vocabulary::{UNKNOWN, Vocabulary};

/// A part of a phrase.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Item {
    /// One of some words.
    Word(Vec<u16>),
    /// `NUMBER`: a number.
    Number,
    /// `*`: any word.
    Any,
    /// `...`: up to five words, or none.
    Gap,
    /// `[…]`: may be there; it may have alternatives too.
    Optional(Vec<Item>),
    /// `(…|…)`: one of these, the first that fits.
    Either(Vec<Vec<Item>>),
    /// `,`: a comma may be there.
    Comma,
}

/// A phrase that is looked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Phrase {
    items: Vec<Item>,
    /// A bit for each word that may be second; empty where anything may.
    seconds: Box<[u64]>,
    /// Sets of words of which one each must be there.
    needs: Vec<Vec<u16>>,
    /// Whether there is a gap in it.
    gaps: bool,
}

/// Reads a phrase; what is wrong with it is said in words for its writer.
pub(crate) fn read(text: &str, vocabulary: &mut Vocabulary) -> Result<Phrase, String> {
    let mut reader = Reader { chars: text.chars().collect(), at: 0, depth: 0, vocabulary };
    let items = reader.sequence(None)?;
    if !items.iter().any(starts_somewhere) {
        return Err("this phrase needs a word that must be there".to_owned());
    }
    if matches!(items.first(), Some(Item::Gap | Item::Any | Item::Comma)) {
        return Err("a phrase starts with a word, not with `*`, `...` or a comma".to_owned());
    }
    Ok(Phrase { items, ..Phrase::default() })
}

fn starts_somewhere(item: &Item) -> bool {
    match item {
        Item::Word(_) | Item::Number => true,
        Item::Either(ways) => ways.iter().all(|way| way.iter().any(starts_somewhere)),
        _ => false,
    }
}

struct Reader<'v> {
    chars: Vec<char>,
    at: usize,
    depth: usize,
    vocabulary: &'v mut Vocabulary,
}

impl Reader<'_> {
    fn sequence(&mut self, close: Option<char>) -> Result<Vec<Item>, String> {
        self.depth += 1;
        if self.depth > 8 {
            return Err("there are too many brackets inside each other".to_owned());
        }
        let mut items = Vec::new();
        while let Some(&char) = self.chars.get(self.at) {
            match char {
                ')' | ']' | '|' if close.is_some() => break,
                ')' | ']' => return Err(format!("`{char}` closes nothing")),
                '|' => return Err("put alternatives into brackets: `(risk|danger)`".to_owned()),
                '(' => items.push(self.either(')')?),
                '[' => items.push(Item::Optional(vec![self.either(']')?])),
                ',' => self.one(&mut items, Item::Comma),
                '*' => self.one(&mut items, Item::Any),
                '.' if self.chars[self.at..].starts_with(&['.', '.', '.']) => {
                    self.at += 3;
                    items.push(Item::Gap);
                }
                '%' | '£' | '€' | '$' | '&' | '+' | '=' => {
                    let id = self.vocabulary.add(&char.to_string());
                    self.one(&mut items, Item::Word(vec![id]));
                }
                _ if char.is_alphanumeric() => items.push(self.word()?),
                _ if char.is_whitespace() || matches!(char, '-' | '.' | '\'' | '’') => {
                    self.at += 1
                }
                _ => return Err(format!("`{char}` means nothing in a phrase")),
            }
        }
        self.depth -= 1;
        Ok(items)
    }

    fn one(&mut self, items: &mut Vec<Item>, item: Item) {
        self.at += 1;
        items.push(item);
    }

    /// Reads `(a|b)` or what is within `[a|b]`.
    fn either(&mut self, close: char) -> Result<Item, String> {
        let mut ways = Vec::new();
        loop {
            self.at += 1;
            ways.push(self.sequence(Some(close))?);
            if self.chars.get(self.at) != Some(&'|') {
                break;
            }
        }
        self.close(close)?;
        match ways.iter().any(Vec::is_empty) {
            true => Err("there is an empty alternative; `[…]` is for what may be missing".into()),
            false => Ok(Item::Either(ways)),
        }
    }

    fn close(&mut self, char: char) -> Result<(), String> {
        if self.chars.get(self.at) != Some(&char) {
            return Err(format!("a bracket is not closed: `{char}` is missing"));
        }
        self.at += 1;
        Ok(())
    }

    fn word(&mut self) -> Result<Item, String> {
        let start = self.at;
        let more = |at: usize| self.chars.get(at).copied().unwrap_or(' ');
        let mut at = start;
        while more(at).is_alphanumeric()
            || (matches!(more(at), '\'' | '’') && more(at + 1).is_alphanumeric())
            || (matches!(more(at), '.' | ',')
                && self.chars[start..at].iter().all(char::is_ascii_digit)
                && more(at + 1).is_ascii_digit())
        {
            at += 1;
        }
        let mut word: String = self.chars[start..at].iter().collect();
        if word == "NUMBER" {
            self.at = at;
            return Ok(Item::Number);
        }
        if more(at) == '*' {
            if at - start < 3 || word.len() != at - start {
                return Err(format!("`{word}*` is too short: write three letters before the `*`"));
            }
            word.push('*');
            at += 1;
        }
        self.at = at;
        match self.vocabulary.add(&word) {
            UNKNOWN => Err("there are too many words in all phrases together".to_owned()),
            id => Ok(Item::Word(vec![id])),
        }
    }
}

impl Phrase {
    /// Lets beginnings of words stand for all known words that start so; to be done when all
    /// phrases are read.
    pub(crate) fn finish(&mut self, vocabulary: &Vocabulary) {
        finish(&mut self.items, vocabulary);
        self.needs = needs(&self.items);
        self.gaps = has_gap(&self.items);
        let mut words = Vec::new();
        if seconds(&self.items, &mut words) {
            let most = words.iter().max().map_or(0, |it| usize::from(*it) / 64 + 1);
            let mut bits = vec![0; most];
            words.iter().for_each(|it| bits[usize::from(*it) / 64] |= 1 << (it % 64));
            self.seconds = bits.into();
        }
    }

    /// Gives the words with which it may start, and whether it may start with a number.
    pub(crate) fn starts(&self) -> (Vec<u16>, bool) {
        let (mut words, mut number) = (Vec::new(), false);
        starts(&self.items, &mut words, &mut number);
        words.sort_unstable();
        words.dedup();
        (words, number)
    }

    /// Tells whether it may stand in a text that has some words.
    pub(crate) fn may_stand(&self, has: impl Fn(u16) -> bool) -> bool {
        self.needs.iter().all(|words| words.iter().any(|it| has(*it)))
    }

    /// Looks whether it stands at a word; gives the word behind it.
    #[inline]
    pub(crate) fn matches(&self, tokens: &[Token], at: usize, end: usize) -> Option<usize> {
        if !self.seconds.is_empty() {
            let second = tokens[..end].get(at + 1)?.id;
            let bits = self.seconds.get(usize::from(second) / 64)?;
            (bits >> (second % 64) & 1 == 1).then_some(())?;
        }
        self.whole(tokens, at, end)
    }

    fn whole(&self, tokens: &[Token], at: usize, end: usize) -> Option<usize> {
        // One with a gap would look at many places in vain. Most words of a sentence are in no phrase.
        let known = || tokens[at..end].iter().filter(|it| it.id != UNKNOWN);
        if self.gaps && !self.needs.iter().all(|words| known().any(|it| words.contains(&it.id))) {
            return None;
        }
        let mut last = None;
        let mut found = |to: Place| {
            last = Some(to.at);
            true
        };
        let matcher = Matcher { tokens, end };
        matcher.run(&self.items, Place { at, joined: true }, &mut found);
        last.filter(|to| *to > at)
    }
}

fn finish(items: &mut [Item], vocabulary: &Vocabulary) {
    for item in items {
        match item {
            Item::Word(ids) => {
                *ids = ids.iter().flat_map(|it| vocabulary.meant(*it)).collect();
                ids.sort_unstable();
                ids.dedup();
            }
            Item::Optional(inner) => finish(inner, vocabulary),
            Item::Either(ways) => {
                ways.iter_mut().for_each(|way| finish(way, vocabulary));
                if let Some(word) = merge(ways) {
                    *item = word;
                }
            }
            Item::Number | Item::Any | Item::Gap | Item::Comma => (),
        }
    }
}

/// Makes alternatives of one word each, side by side, one; gives the word when it is all that is left.
fn merge(ways: &mut Vec<Vec<Item>>) -> Option<Item> {
    ways.dedup_by(|next, before| {
        let (&mut [Item::Word(ref more)], &mut [Item::Word(ref mut ids)]) =
            (&mut next[..], &mut before[..])
        else {
            return false;
        };
        ids.extend(more);
        ids.sort_unstable();
        ids.dedup();
        true
    });
    match &mut ways[..] {
        [way] if matches!(way[..], [Item::Word(_)]) => way.pop(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::wording::lexicon::Lexicon;
    use crate::check::wording::{text, words};
    use crate::html::Tree;

    /// Where a phrase stands in a text, as words.
    fn found(phrase: &str, html: &str) -> Option<String> {
        let mut vocabulary = Vocabulary::default();
        let mut phrase = read(phrase, &mut vocabulary).unwrap();
        vocabulary.finish();
        phrase.finish(&vocabulary);
        let text = text::collect(&Tree::parse(html));
        let words = words::read(&text, &vocabulary, &mut Lexicon::default());
        words.sentences.iter().find_map(|sentence| {
            (sentence.first..sentence.end).find_map(|at| {
                let end = phrase.matches(&words.tokens, at, sentence.end)?;
                let (from, to) = (words.tokens[at].start, words.tokens[end - 1].end);
                Some(text.text[from as usize..to as usize].to_owned())
            })
        })
    }

    #[test]
    fn a_phrase_finds_what_it_says() {
        for (phrase, html, expected) in [
            ("no (risk|danger*)", "There is No  dangers here", Some("No  dangers")),
            ("no (risk|danger)", "no, risk it", None),
            ("risk free", "A <b>risk</b>-free cut", Some("risk-free")),
            ("risk free", "The risk. Free parking", None),
            ("[very] safe (and|,) effective", "very safe, effective", Some("very safe, effective")),
            ("[very] safe and effective", "very safe, and effective", None),
            (
                "[very] safe [,] [and] effective",
                "very safe, effective",
                Some("very safe, effective"),
            ),
            ("guarantee*", "we guaranteed it", Some("guaranteed")),
            ("from £ NUMBER", "only from £1,200 now", Some("from £1,200")),
            ("NUMBER %", "99.5 % do", Some("99.5 %")),
            ("100 %", "100% sure", Some("100%")),
            (
                "regrow ... hair",
                "regrow all of your lost hair",
                Some("regrow all of your lost hair"),
            ),
            ("regrow ... hair", "regrow one two three four five six hair", None),
            ("won't hurt", "it won’t hurt", Some("won’t hurt")),
            ("number (one|1)", "the number one clinic", Some("number one")),
            ("safe * cure", "safe and cure", Some("safe and cure")),
        ] {
            assert_eq!(found(phrase, html).as_deref(), expected, "{phrase} in {html}");
        }
    }

    #[test]
    fn a_phrase_that_means_nothing_is_refused() {
        for (phrase, words) in [
            ("no (risk", "a bracket is not closed: `)` is missing"),
            ("a|b", "put alternatives into brackets: `(risk|danger)`"),
            ("[very]", "this phrase needs a word that must be there"),
            ("... hair", "a phrase starts with a word, not with `*`, `...` or a comma"),
            ("ab* c", "`ab*` is too short: write three letters before the `*`"),
            ("a)", "`)` closes nothing"),
            ("a? b", "`?` means nothing in a phrase"),
            ("(a|)", "there is an empty alternative; `[…]` is for what may be missing"),
        ] {
            assert_eq!(read(phrase, &mut Vocabulary::default()).unwrap_err(), words, "{phrase}");
        }
    }
}
