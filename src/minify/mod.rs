//! Templates and stylesheets as small as they may be, once for all pages.
//!
//! [`templates`] takes each template apart (`scan`), writes it anew (`write`) and keeps the
//! result only where every page made of it means the same (`guard`). What is used where each
//! character counts, such as a block within `<pre>` or an attribute, stays as it is.

mod attributes;
mod elements;
mod guard;
mod scan;
mod style;
pub(crate) mod tera_tags;
mod unquote;
mod write;

use std::ops::Range;

use crate::minify::scan::Piece;
use crate::minify::tera_tags::Names;

pub use style::{Unreadable, minify as style};
pub(crate) use unquote::unquote;

/// Why a template stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Why, in words.
    pub words: String,
    /// The bytes of the template that are meant; empty where it is all of it.
    pub at: Range<usize>,
}

impl Refused {
    fn whole(words: &str) -> Self {
        Self { words: words.to_owned(), at: 0..0 }
    }
}

/// Makes the templates of a theme small: pairs of a name such as `clinic/guide.html` and a text.
/// Gives for each, in order, its new text or why there is none.
pub fn templates(templates: &[(&str, &str)]) -> Vec<Result<String, Refused>> {
    // minify-html goes down into elements by recursion.
    const STACK: usize = 32 << 20;
    let all = || {
        let kept = kept(templates);
        let one = |(name, text): &(&str, &str)| match included(name, &kept) {
            true => Ok((*text).to_owned()),
            false => template(text, &kept),
        };
        templates.iter().map(one).collect()
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, all);
        thread.ok().and_then(|thread| thread.join().ok())
    })
    .unwrap_or_else(|| {
        templates.iter().map(|_| Err(Refused::whole("minify-html failed"))).collect()
    })
}

fn template(text: &str, kept: &Names) -> Result<String, Refused> {
    let pieces = scan::pieces(text, kept)?;
    let fine = |small: &String| guard::same(text, &small.replace(unquote::MARK, ""));
    // What minify-html would change, such as a partial's end tags without start tags, it is not
    // given a second time.
    let small = write::by_library(text, &pieces).filter(fine);
    small
        .or_else(|| Some(write::plainly(&pieces)).filter(fine))
        .ok_or_else(|| Refused::whole("its pages would change"))
}

/// Names what is used where every character counts: within the text of an attribute, of `pre` or
/// of a script, or as a value; and what that uses in turn.
fn kept(templates: &[(&str, &str)]) -> Names {
    let mut kept = Names::default();
    loop {
        let known = kept.clone();
        for (name, text) in templates {
            if included(name, &known) {
                kept.gather(text);
                continue;
            }
            // What cannot be taken apart may use anything anywhere.
            let Ok(pieces) = scan::pieces(text, &known) else {
                kept.gather(text);
                continue;
            };
            for piece in pieces {
                match piece {
                    Piece::Start(start) => kept.gather(start.text),
                    Piece::Exact(text) | Piece::Style(text) | Piece::Doctype(text) => {
                        kept.gather(text);
                    }
                    Piece::End { text, .. } => kept.gather(text),
                    Piece::Tera(text) if tera_tags::all(text).nth(1).is_some() => {
                        kept.gather(text);
                    }
                    Piece::Tera(tag) => kept.gather_values(tag),
                    Piece::Text(_) | Piece::Comment => (),
                }
            }
        }
        if kept == known {
            return kept;
        }
    }
}

/// Tells whether a template is one that is included where every character counts.
fn included(name: &str, kept: &Names) -> bool {
    let short = name.split_once('/').map_or(name, |(_, short)| short);
    kept.includes.contains(name) || kept.includes.contains(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minify_html_is_used_where_it_keeps_the_meaning() {
        let by_library = |text: &str| {
            let pieces = scan::pieces(text, &Names::default()).unwrap();
            let small = write::by_library(text, &pieces)?;
            guard::same(text, &small.replace(unquote::MARK, "")).then_some(small)
        };
        let base = include_str!("../../themes/clinic/templates/base.html");
        let guide = include_str!("../../themes/clinic/templates/guide.html");
        let form = include_str!("../../themes/clinic/templates/components/form.html");
        assert!([base, guide, form].into_iter().all(|text| by_library(text).is_some()));
        assert_eq!(by_library("<div> a</div></section>"), None);
    }
}
