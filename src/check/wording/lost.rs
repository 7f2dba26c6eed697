//! Sentences from which something is missing: a list that was announced, words of a link.

use crate::check::Finding;
use crate::check::wording::claims::Judge;
use crate::check::wording::codes::LOST_TEXT;
use crate::check::wording::text::Kind;
use crate::diag::Diagnostic;
use crate::html::tree::Id;
use crate::text::spaced;

/// Reports what a text announces and does not give.
pub(crate) fn lost(judge: &Judge, findings: &mut Vec<Finding>) {
    lists(judge, findings);
    links(judge, findings);
}

/// `Some of the benefits include:`, and then a heading or more text.
fn lists(judge: &Judge, findings: &mut Vec<Finding>) {
    let blocks = &judge.text.blocks;
    for (at, block) in blocks.iter().enumerate() {
        let text = judge.text.text.get(block.range.clone()).unwrap_or_default().trim_end();
        if !block.is_read || block.kind != Kind::Prose || !text.ends_with(':') {
            continue;
        }
        let sentence = judge.words.sentences.partition_point(|it| it.block <= at);
        let Some(sentence) = sentence.checked_sub(1).map(|it| &judge.words.sentences[it]) else {
            continue;
        };
        let words = &judge.words.tokens[sentence.first..sentence.end];
        let Some(last) = words.last() else { continue };
        let known = &judge.rules.known.announces;
        let announces = words.iter().rev().take(2).any(|it| known.contains(&it.id));
        let follows = blocks.get(at + 1).filter(|it| it.is_read && it.node > block.node);
        let given = match follows {
            Some(next) if next.kind == Kind::Heading => false,
            Some(next) if next.kind == Kind::Prose => !announces || is_set_apart(judge, next.node),
            Some(_) => true,
            None => false,
        };
        if given || is_followed(judge, block.node) {
            continue;
        }
        let range = words[0].start as usize..last.end as usize;
        let said = judge.text.text.get(range.clone()).unwrap_or_default();
        let said = spaced(said);
        let message = "this announces a list, and none follows";
        let help = "write the list, or end the sentence another way; it may have been lost when \
                    the text was copied";
        let diagnostic = Diagnostic::warning(LOST_TEXT, message).help(help);
        let at = judge.text.html(judge.tree, range);
        findings.push(Finding::new(at, diagnostic).words(said));
    }
}

/// Whether a text stands in a part of its own, such as a quotation or a definition.
fn is_set_apart(judge: &Judge, node: Id) -> bool {
    let is = |id: Id| {
        matches!(
            judge.tree.nodes[id].name,
            "blockquote" | "dd" | "dl" | "figure" | "aside" | "pre" | "details"
        )
    };
    judge.tree.around(node).any(is)
}

/// Whether the element behind a paragraph is something other than text: a picture, a form, a table.
fn is_followed(judge: &Judge, node: Id) -> bool {
    let tree = judge.tree;
    let Some(paragraph) = tree.around(node).find(|id| tree.is(*id, "p")) else { return true };
    let parent = tree.nodes[paragraph].parent;
    let mut next = tree.nodes[paragraph].after;
    while next < tree.nodes[parent].after && tree.nodes[next].name.is_empty() {
        next = tree.nodes[next].after;
    }
    if next >= tree.nodes[parent].after {
        return parent != 0 && !is_main(judge, parent);
    }
    !matches!(tree.nodes[next].name, "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "section")
}

fn is_main(judge: &Judge, id: Id) -> bool {
    matches!(judge.tree.nodes[id].name, "main" | "article" | "section" | "body" | "div")
}

/// `a list of surgeons at, the British Association`: the words of a link are gone.
fn links(judge: &Judge, findings: &mut Vec<Finding>) {
    let known = &judge.rules.known;
    let tokens = &judge.words.tokens;
    for sentence in &judge.words.sentences {
        if !judge.text.blocks[sentence.block].is_read {
            continue;
        }
        for at in sentence.first..sentence.end.saturating_sub(2) {
            let [first, second, third] = [tokens[at], tokens[at + 1], tokens[at + 2]];
            let is_lost = first.has_comma()
                && known.prepositions.contains(&first.id)
                && known.articles.contains(&second.id)
                && third.is_capital()
                && third.end - third.start > 1;
            if is_lost {
                let range = first.start as usize..third.end as usize;
                let said = judge.text.text.get(range.clone()).unwrap_or_default();
                let message = "words seem to be missing before the comma";
                let help = "write what the text points to; it may have been a link that was lost \
                            when the text was copied";
                let diagnostic = Diagnostic::warning(LOST_TEXT, message).help(help);
                let place = judge.text.html(judge.tree, range);
                findings.push(Finding::new(place, diagnostic).words(said));
            }
        }
    }
}
