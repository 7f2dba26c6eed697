//! What a page claims: the phrases of the rules, with what makes them harmless.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::check::Finding;
use crate::check::wording::rules::{Known, Role, Rule, Rules};
use crate::check::wording::text::{Kind, Text};
use crate::check::wording::token::Token;
use crate::check::wording::vocabulary::UNKNOWN;
use crate::check::wording::words::{Sentence, Words};
use crate::check::wording::{About, PageKind};
use crate::diag::{Diagnostic, Severity};
use crate::html::Tree;
use crate::text::{between, spaced};

/// What every finding of a rule says at its end.
const NO_ADVICE: &str = "this is a reminder, no legal advice";

/// What was found of a phrase.
#[derive(Clone, Debug)]
pub(crate) struct Hit {
    pub(crate) role: Role,
    pub(crate) first: usize,
    pub(crate) end: usize,
    pub(crate) sentence: usize,
}

/// What a page has of a word of the vocabulary.
#[derive(Clone, Copy, Debug, Default)]
struct Met {
    present: bool,
    /// Where the phrases stand that may start with it on this page: first and last of them.
    phrases: Option<(u32, u32)>,
}

/// Finds all phrases of all rules, in the order of the text.
pub(crate) fn hits(rules: &Rules, words: &Words) -> Vec<Hit> {
    let mut hits: Vec<Hit> = Vec::new();
    let mut met = vec![Met::default(); rules.vocabulary.len()];
    // All of a phrase is in one sentence, so what is known already has no say in the rest.
    let taken = || words.runs.iter().filter(|it| it.known.is_some() && !it.sentences.is_empty());
    let fresh = between(taken().map(|it| it.tokens.clone()), words.tokens.len());
    for range in &fresh {
        words.tokens[range.clone()].iter().for_each(|it| met[usize::from(it.id)].present = true);
    }
    // Most phrases need a word that is nowhere on the page.
    let mut known: Vec<Option<bool>> = vec![None; rules.phrases.len()];
    let mut possible: Vec<u16> = Vec::new();
    let mut of_numbers = None;
    let mut gather = |phrases: &[u16], met: &[Met]| {
        let may_stand = |at: &&u16| {
            let at = usize::from(**at);
            let has = |id: u16| met[usize::from(id)].present;
            *known[at].get_or_insert_with(|| rules.phrases[at].phrase.may_stand(has))
        };
        let first = possible.len() as u32;
        possible.extend(phrases.iter().filter(may_stand));
        (first, possible.len() as u32)
    };
    for range in fresh {
        for token in words.tokens[range].iter().filter(|it| it.id != UNKNOWN || it.is_number()) {
            let id = usize::from(token.id);
            if met[id].phrases.is_none() {
                met[id].phrases = Some(gather(&rules.starts[id], &met));
            }
            if token.is_number() && of_numbers.is_none() {
                of_numbers = Some(gather(&rules.numbers, &met));
            }
        }
    }
    let among = |range: (u32, u32)| &possible[range.0 as usize..range.1 as usize];
    let mut runs = taken().peekable();
    let mut next = 0;
    while let Some(it) = words.sentences.get(next) {
        let sentence = next;
        next += 1;
        if let Some(run) = runs.next_if(|it| it.sentences.start == sentence)
            && let Some(known) = run.hits()
        {
            hits.extend(known);
            next = run.sentences.end;
            continue;
        }
        for first in it.first..it.end {
            let token = words.tokens[first];
            if token.id == UNKNOWN && !token.is_number() {
                continue;
            }
            let own = met[usize::from(token.id)].phrases.unwrap_or_default();
            let numbers = of_numbers.filter(|_| token.is_number()).unwrap_or_default();
            if own.0 == own.1 && numbers.0 == numbers.1 {
                continue;
            }
            for phrase in among(own).iter().chain(among(numbers)) {
                let placed = &rules.phrases[usize::from(*phrase)];
                if let Some(end) = placed.phrase.matches(&words.tokens, first, it.end) {
                    hits.push(Hit { role: placed.role, first, end, sentence });
                }
            }
        }
    }
    hits
}

/// What judges the hits of a page.
pub(crate) struct Judge<'a> {
    pub(crate) tree: &'a Tree<'a>,
    pub(crate) about: &'a About<'a>,
    pub(crate) rules: &'a Rules,
    pub(crate) text: &'a Text,
    pub(crate) words: &'a Words,
    pub(crate) is_english: bool,
}

impl Judge<'_> {
    /// Says which of the hits are claims that a rule is against, and which rules miss something.
    pub(crate) fn claims(&self, hits: &[Hit], findings: &mut Vec<Finding>) {
        let mut satisfied = vec![false; self.rules.rules.len()];
        let mut contradicted: Vec<Option<&Hit>> = vec![None; self.rules.rules.len()];
        for hit in hits {
            match hit.role {
                Role::Contradicts(rule) if contradicted[rule].is_none() => {
                    contradicted[rule] = Some(hit);
                }
                Role::Lacks(rule) => satisfied[rule] = true,
                Role::LacksHeading(rule) if self.is_heading(hit) => satisfied[rule] = true,
                _ => (),
            }
        }
        let mut seen: BTreeSet<(usize, String)> = BTreeSet::new();
        let mut covered: Vec<usize> = vec![0; self.rules.rules.len()];
        for hit in self.all(hits) {
            let at = match hit.role {
                Role::Claim(at) => at,
                Role::Heading(at) if self.is_heading(&hit) => at,
                Role::Alt(at) if self.kind(&hit) == Kind::Alt => at,
                _ => continue,
            };
            let rule = &self.rules.rules[at];
            if satisfied[at] || hit.first < covered[at] || !self.applies(rule) {
                continue;
            }
            if !self.is_meant(rule, &hit) {
                continue;
            }
            covered[at] = hit.end;
            let said = self.said(&hit);
            let is_seen = self.kind(&hit) != Kind::Head && self.kind(&hit) != Kind::Attribute;
            let key = if rule.once { String::new() } else { said.to_lowercase() };
            // What the head repeats is told where it is seen.
            if !seen.insert((at, key)) && (!is_seen || rule.once) {
                continue;
            }
            findings.push(self.finding(rule, &hit, &said, contradicted[at]));
        }
        for (at, rule) in self.rules.rules.iter().enumerate() {
            if !rule.has_phrases && rule.needs && !satisfied[at] && self.applies(rule) {
                findings.push(Finding::new(0..0, diagnostic(rule, rule.message.clone())));
            }
        }
    }

    /// Adds what the rules' expressions find, in the order of the text.
    fn all(&self, hits: &[Hit]) -> Vec<Hit> {
        let mut all = hits.to_vec();
        for (at, rule) in self.rules.rules.iter().enumerate() {
            for found in rule.regexes.iter().flat_map(|it| it.find_iter(&self.text.text)) {
                let tokens = &self.words.tokens;
                let first = tokens.partition_point(|it| it.end as usize <= found.start());
                let end = tokens.partition_point(|it| (it.start as usize) < found.end());
                let sentence = self.words.sentences.partition_point(|it| it.end <= first);
                if first < end && sentence < self.words.sentences.len() {
                    all.push(Hit { role: Role::Claim(at), first, end, sentence });
                }
            }
        }
        // The longest first, so that its parts are covered by it.
        all.sort_by_key(|it| (it.first, usize::MAX - it.end));
        all
    }

    fn applies(&self, rule: &Rule) -> bool {
        if !self.is_english && rule.is_own {
            return false;
        }
        let collection = self.about.collection.unwrap_or_default();
        let kind = match self.about.kind {
            PageKind::Home => "home",
            PageKind::List => "list",
            PageKind::Entry => "entry",
            PageKind::Other => "other",
        };
        let is_kind = |name: &String| name == kind || (name == "prices" && self.words.prices >= 3);
        rule.pages.as_ref().is_none_or(|it| it.iter().any(is_kind))
            && rule.collections.as_ref().is_none_or(|it| it.iter().any(|it| it == collection))
            && !rule.not_collections.iter().any(|it| it == collection)
    }

    /// Whether a phrase says what the rule is about: it is not denied, asked, named as a word, or
    /// part of something else.
    fn is_meant(&self, rule: &Rule, hit: &Hit) -> bool {
        let sentence = &self.words.sentences[hit.sentence];
        let tokens = &self.words.tokens;
        let range = hit.first..hit.end;
        if sentence.is_question && !rule.questions {
            return false;
        }
        let quoted = |at: usize| tokens[at].is_quoted();
        let whole = around(sentence, hit);
        if range.clone().all(quoted) && !whole.clone().all(quoted) {
            return false;
        }
        if !rule.negated && denied(&self.rules.known, tokens, sentence, hit.first) {
            return false;
        }
        let from = hit.first.saturating_sub(8).max(sentence.first);
        let is_part = (from..hit.end).any(|at| {
            let ends = rule.except.iter().filter_map(|it| it.matches(tokens, at, sentence.end));
            ends.into_iter().any(|end| end > hit.first)
        });
        let has = |at| rule.unless.iter().any(|it| it.matches(tokens, at, sentence.end).is_some());
        !is_part && !whole.clone().any(has)
    }

    fn kind(&self, hit: &Hit) -> Kind {
        self.text.blocks[self.words.sentences[hit.sentence].block].kind
    }

    fn is_heading(&self, hit: &Hit) -> bool {
        matches!(self.kind(hit), Kind::Heading | Kind::Term)
    }

    /// The words of a hit, in one line.
    pub(crate) fn said(&self, hit: &Hit) -> String {
        let tokens = &self.words.tokens;
        let range = tokens[hit.first].start as usize..tokens[hit.end - 1].end as usize;
        let text = self.text.text.get(range).unwrap_or_default();
        spaced(text)
    }

    /// The place of a hit in the page.
    pub(crate) fn place(&self, hit: &Hit) -> Range<usize> {
        let tokens = &self.words.tokens;
        let range = tokens[hit.first].start as usize..tokens[hit.end - 1].end as usize;
        self.text.html(self.tree, range)
    }

    fn finding(&self, rule: &Rule, hit: &Hit, said: &str, other: Option<&Hit>) -> Finding {
        let mut diagnostic = diagnostic(rule, format!("`{said}`: {}", rule.message));
        if let Some(other) = other {
            let words = self.said(other);
            diagnostic.notes.insert(0, format!("the same page says `{words}`"));
        }
        Finding::new(self.place(hit), diagnostic).words(said)
    }
}

fn diagnostic(rule: &Rule, message: String) -> Diagnostic {
    let diagnostic = match rule.severity {
        Severity::Error => Diagnostic::error(rule.code, message),
        Severity::Warning => Diagnostic::warning(rule.code, message),
    };
    let note = match &rule.basis {
        Some(basis) => format!("{basis}; {NO_ADVICE}"),
        None if rule.is_own => NO_ADVICE.to_owned(),
        None => format!("the site's own rule `{}`; {NO_ADVICE}", rule.name),
    };
    diagnostic.note(note).maybe_help(rule.help.clone())
}

/// How many words before and after a claim are looked at for what makes it harmless: all of a
/// sentence, unless someone wrote a page without full stops.
const AROUND: usize = 60;

pub(crate) fn around(sentence: &Sentence, hit: &Hit) -> Range<usize> {
    let end = hit.end.saturating_add(AROUND).min(sentence.end);
    hit.first.saturating_sub(AROUND).max(sentence.first)..end
}

/// How many words before a claim are looked at for one that denies it.
const REACH: usize = 6;

/// Whether a word before denies what follows: `not`, `nobody`, `cannot`, but not `not only`.
fn denied(known: &Known, tokens: &[Token], sentence: &Sentence, first: usize) -> bool {
    let from = first.saturating_sub(REACH).max(sentence.first);
    (from..first)
        .rev()
        .any(|at| known.is_negation(tokens[at].id) && !known.only.contains(&tokens[at + 1].id))
}
