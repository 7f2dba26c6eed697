//! What a reader sees of HTML.

use std::cell::{Cell, RefCell};

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use crate::html::tree::Kind;
use crate::html::{Set, Tag as T, Tree};
use crate::text::spaced;

/// Gives the text that a reader sees of a piece of HTML: a line for each block, without space at
/// its ends or twice in a row.
pub fn visible(html: &str) -> String {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    let tokenizer = Tokenizer::new(Visible::default(), TokenizerOpts::default());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    let text = tokenizer.sink.text.take();
    let lines: Vec<String> = text.lines().map(spaced).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

/// Gives the text that a reader sees of a page; an end of a line for each block, space as it is
/// written.
pub fn shown(tree: &Tree) -> String {
    let mut text = String::with_capacity(tree.text.len() / 2);
    let mut id = 0;
    while let Some(node) = tree.nodes.get(id) {
        id += 1;
        match node.kind {
            Kind::Text => text.push_str(&tree.read(node)),
            Kind::Comment => (),
            Kind::Element => match node.any_element() {
                tag if HIDDEN.has(tag) => id = node.after,
                tag if INLINE.has(tag) => (),
                _ => text.push('\n'),
            },
        }
    }
    text
}

const HIDDEN: Set = Set::of(&[T::SCRIPT, T::STYLE, T::TEMPLATE]);

const INLINE: Set = Set::of(&[
    T::A,
    T::ABBR,
    T::B,
    T::BDI,
    T::BDO,
    T::BUTTON,
    T::CITE,
    T::CODE,
    T::DATA,
    T::DEL,
    T::DFN,
    T::EM,
    T::I,
    T::IMG,
    T::INS,
    T::KBD,
    T::LABEL,
    T::MARK,
    T::Q,
    T::S,
    T::SMALL,
    T::SPAN,
    T::STRONG,
    T::SUB,
    T::SUP,
    T::TIME,
]);

#[derive(Default)]
struct Visible {
    text: RefCell<String>,
    /// Within a script or a style.
    hidden: Cell<bool>,
}

impl TokenSink for Visible {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        match token {
            Token::CharacterTokens(text) if !self.hidden.get() => {
                // A line end in the source is a space on the page.
                self.text.borrow_mut().push_str(&text.replace('\n', " "));
            }
            Token::TagToken(tag) => return self.tag(&tag),
            _ => (),
        }
        TokenSinkResult::Continue
    }
}

impl Visible {
    fn tag(&self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        if matches!(name, "script" | "style") {
            let opens = tag.kind == TagKind::StartTag;
            self.hidden.set(opens);
            return match opens {
                true => TokenSinkResult::RawData(RawKind::Rawtext),
                false => TokenSinkResult::Continue,
            };
        }
        if !INLINE.has(T::of(name)) {
            self.text.borrow_mut().push('\n');
        }
        TokenSinkResult::Continue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_what_a_reader_sees() {
        assert_eq!(
            visible("<p>A <b>b</b>c &amp; d&nbsp;e<br>f</p>\n<ul><li>g<li>h</ul>"),
            "A bc & d e\nf\ng\nh"
        );
        assert_eq!(visible("<style>p{}</style><p>x</p><script>1<2</script>"), "x");
        assert_eq!(visible("1 &lt; 2"), "1 < 2");
    }
}
