//! Words of doctors that a page uses without saying what they mean.

use crate::check::Finding;
use crate::check::wording::claims::{Hit, Judge, around};
use crate::check::wording::codes::JARGON;
use crate::check::wording::rules::Role;
use crate::check::wording::text::Kind;
use crate::diag::Diagnostic;
use crate::html::tree::Id;

/// How many words behind a term are looked at for what explains it.
const REACH: usize = 4;

/// Reports each word once, where it first stands; one that is explained anywhere is fine.
pub(crate) fn unexplained(judge: &Judge, hits: &[Hit], findings: &mut Vec<Finding>) {
    let mut first: Vec<Option<&Hit>> = vec![None; judge.rules.terms.len()];
    let mut explained = vec![false; judge.rules.terms.len()];
    for hit in hits {
        let Role::Term(term) = hit.role else { continue };
        if explained[term] {
            continue;
        }
        let block = &judge.text.blocks[judge.words.sentences[hit.sentence].block];
        if is_explained(judge, term, hit) {
            explained[term] = true;
        } else if block.is_read && first[term].is_none() {
            first[term] = Some(hit);
        }
    }
    for (term, hit) in first.into_iter().enumerate() {
        let Some(hit) = hit.filter(|_| !explained[term]) else { continue };
        let term = &judge.rules.terms[term];
        let said = judge.said(hit);
        let message = format!("`{said}` is a word that many readers do not know");
        let diagnostic = Diagnostic::warning(JARGON, message).help(format!(
            "write “{}”, or say it once behind the word: {said} ({})",
            term.plain, term.plain
        ));
        findings.push(Finding::new(judge.place(hit), diagnostic).words(said));
    }
}

/// Whether a term stands where it is explained: before or in brackets, with `or`, `called`, `is`,
/// as a term of a list or a question that the page answers, marked as defined, or beside the plain
/// words.
fn is_explained(judge: &Judge, term: usize, hit: &Hit) -> bool {
    let sentence = &judge.words.sentences[hit.sentence];
    let block = &judge.text.blocks[sentence.block];
    let tokens = &judge.words.tokens;
    let explains = |at: usize| judge.rules.known.explains.contains(&tokens[at].id);
    if block.kind == Kind::Term || (block.kind == Kind::Heading && sentence.is_question) {
        return true;
    }
    let last = tokens[hit.end - 1];
    let bracketed = hit.first > sentence.first && tokens[hit.first - 1].opens_bracket();
    if last.opens_bracket() || bracketed {
        return true;
    }
    // `alopecia, or hair loss`; `hair loss, called alopecia`; `alopecia is hair loss`.
    if hit.end < sentence.end && explains(hit.end) {
        return true;
    }
    let before = hit.first.saturating_sub(REACH).max(sentence.first);
    let called = |at: usize| {
        let word = judge.text.text.get(tokens[at].start as usize..tokens[at].end as usize);
        matches!(word, Some("called" | "known" | "term" | "name" | "means" | "mean" | "stands"))
    };
    if (before..hit.first).any(called) {
        return true;
    }
    let term = &judge.rules.terms[term];
    let beside = around(sentence, hit).any(|at| {
        let phrase = term.plain_phrase.as_ref();
        term.plain_words.contains(&tokens[at].id)
            || phrase.is_some_and(|it| it.matches(tokens, at, sentence.end).is_some())
    });
    beside || is_marked(judge, hit)
}

/// Whether an element around a term says what it is: `dfn`, `abbr`, a link into a glossary.
fn is_marked(judge: &Judge, hit: &Hit) -> bool {
    let place = judge.place(hit);
    let tree = judge.tree;
    let nodes = &tree.nodes;
    let at = nodes.partition_point(|it| it.tag().start <= place.start);
    let Some(node) = at.checked_sub(1) else { return false };
    let says = |id: Id| match nodes[id].name {
        "dfn" | "dt" => true,
        "abbr" => tree.has_attribute(id, "title"),
        "a" => tree.attribute(id, "href").is_some_and(|it| it.contains("glossary")),
        _ => false,
    };
    tree.around(node).take(4).any(says)
}
