//! Where words and sentences start and end.

use crate::check::wording::lexicon::Lexicon;
use crate::check::wording::text;
use crate::check::wording::token::Token;
use crate::check::wording::vocabulary::Vocabulary;
use crate::check::wording::words::{Sentence, read};
use crate::html::Tree;

fn sentences(html: &str) -> Vec<String> {
    let text = text::collect(&Tree::parse(html));
    let mut vocabulary = Vocabulary::default();
    vocabulary.finish();
    let words = read(&text, &vocabulary, &mut Lexicon::default());
    let word = |it: &Token| text.text[it.start as usize..it.end as usize].to_owned();
    let join = |it: &Sentence| {
        words.tokens[it.first..it.end].iter().map(word).collect::<Vec<_>>().join(" ")
    };
    words.sentences.iter().map(join).collect()
}

#[test]
fn sentences_end_where_they_end() {
    for (text, count) in [
        ("See Dr. Smith at 6.30 p.m. on Monday. Then go home.", 2),
        ("Ask a clinician, e.g. a nurse, i.e. someone on a register.", 1),
        ("It costs £1,250.50 in all. Mr. J. Brown said so.", 2),
        ("Take vitamin C. It helps little. Is it safe? No!", 4),
        ("Room No. 4 is upstairs. Ring 020 7946 0100.", 2),
        ("We open at 9 a.m. Come early.", 2),
        ("She said “Is it safe?” and left. He stayed.", 2),
        ("He asked: “Is it safe?” She said no.", 2),
        ("Wait… and see. Use 2.5 ml (0.5 ml for a child). Stop.", 3),
        ("No full stop", 1),
    ] {
        assert_eq!(sentences(text).len(), count, "{text}: {:?}", sentences(text));
    }
    assert_eq!(
        sentences("<h2>A head</h2><ul><li>one<li>two</ul><p>Three. Four."),
        ["A head", "one", "two", "Three", "Four"]
    );
}

#[test]
fn words_keep_apostrophes_and_numbers_their_points() {
    assert_eq!(
        sentences("It won’t cost 1,500.50 or risk-free O'Tar’s 5%"),
        ["It won’t cost 1,500.50 or risk free O'Tar’s 5 %"]
    );
}
