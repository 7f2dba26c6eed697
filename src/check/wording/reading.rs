//! How hard a page is to read: SMOG as the NHS uses it, and long sentences.
//!
//! SMOG (McLaughlin 1969) counts words of three syllables and more: 1.0430 √(words × 30 ⁄
//! sentences) + 3.1291. As the NHS content guide has it, headings and items of lists count as
//! sentences, and the long words of the page's own topic do not count.

use crate::check::Finding;
use crate::check::wording::claims::Judge;
use crate::check::wording::codes::{LONG_SENTENCE, READING_LEVEL};
use crate::check::wording::text::Kind;
use crate::check::wording::token::Token;
use crate::check::wording::words::Sentence;
use crate::diag::Diagnostic;
use crate::text::spaced;

/// The least of a text that can be judged.
const LEAST_SENTENCES: usize = 10;
const LEAST_WORDS: usize = 100;
/// The least words of a table's cell that is a sentence.
const CELL: usize = 5;

/// What was counted of a sentence.
struct Counted<'w> {
    sentence: &'w Sentence,
    words: usize,
    long: usize,
}

/// Judges a page's sentences.
pub(crate) fn level(judge: &Judge, findings: &mut Vec<Finding>) {
    let topic = topic(judge);
    let mut counted = Vec::new();
    for sentence in &judge.words.sentences {
        let block = &judge.text.blocks[sentence.block];
        if block.is_read && !matches!(block.kind, Kind::Control) {
            let it = count(judge, sentence, &topic);
            if block.kind != Kind::Cell || it.words >= CELL {
                counted.push(it);
            }
        }
    }
    sentences(judge, &counted, findings);
    let words: usize = counted.iter().map(|it| it.words).sum();
    if counted.len() < LEAST_SENTENCES || words < LEAST_WORDS {
        return;
    }
    let score = smog(counted.iter().map(|it| it.long).sum(), counted.len());
    if score >= judge.rules.reading.warn {
        findings.push(hard(judge, score, counted));
    }
}

/// The grade of a text by its long words and its sentences.
fn smog(long: usize, sentences: usize) -> f64 {
    1.0430 * (long as f64 * 30.0 / sentences as f64).sqrt() + 3.1291
}

/// How many adults read a text of this grade with ease (NHS digital service manual).
fn share(score: f64) -> &'static str {
    match score {
        it if it < 10.0 => "93 in 100 adults can read it",
        it if it < 12.0 => "76 in 100 adults can read it",
        it if it < 14.0 => "51 in 100 adults can read it",
        _ => "fewer than half of adults can read it",
    }
}

/// The words of the topic: those of the title and the tags, and the site's own.
fn topic(judge: &Judge) -> Topic {
    let about = judge.about;
    let texts = about.topics.iter().copied().chain([about.title]);
    let words = texts.flat_map(|it| it.split(|char: char| !char.is_alphanumeric()));
    let words = words.filter(|it| it.len() > 4).map(stem);
    let stems: Vec<String> =
        words.chain(judge.rules.topic_words.iter().map(|it| stem(it))).collect();
    let first = |it: &String| it.as_bytes().first().map_or(0, |it| 1 << (it & 31));
    Topic { starts: stems.iter().map(first).fold(0, |all, it| all | it), stems }
}

/// The words of a topic.
struct Topic {
    stems: Vec<String>,
    /// The first bytes of the stems, their last five bits, in which case makes no difference.
    starts: u32,
}

impl Topic {
    fn has(&self, word: &str) -> bool {
        let first = word.as_bytes().first().map_or(0, |it| it & 31);
        self.starts >> first & 1 == 1 && self.stems.iter().any(|it| is_same(it, word))
    }
}

fn stem(word: &str) -> String {
    let word = word.to_lowercase();
    let word = word.trim_end_matches("'s");
    word.strip_suffix('s').unwrap_or(word).to_owned()
}

/// Counts a sentence. Words joined by a hyphen are one (McLaughlin).
fn count<'w>(judge: &Judge, sentence: &'w Sentence, topic: &Topic) -> Counted<'w> {
    let (mut words, mut long, mut syllables) = (0, 0, 0);
    for token in &judge.words.tokens[sentence.first..sentence.end] {
        if syllables == 0 && !token.is_joined() && token.syllables < 3 {
            words += 1;
            continue;
        }
        let here = usize::from(token.syllables);
        let known = here >= 3 && topic.has(slice(judge, token));
        syllables += if known { 0 } else { here };
        if !token.is_joined() {
            words += 1;
            long += usize::from(syllables >= 3);
            syllables = 0;
        }
    }
    Counted { sentence, words, long }
}

fn is_same(stem: &str, word: &str) -> bool {
    let rest = match word.as_bytes().get(..stem.len()) {
        Some(start) if start.eq_ignore_ascii_case(stem.as_bytes()) => &word[stem.len()..],
        _ => return false,
    };
    matches!(rest, "" | "s" | "'s" | "’s" | "es")
}

fn slice<'a>(judge: &Judge<'a>, token: &Token) -> &'a str {
    judge.text.text.get(token.start as usize..token.end as usize).unwrap_or_default()
}

fn hard(judge: &Judge, score: f64, mut counted: Vec<Counted>) -> Finding {
    let message = format!("this text is hard to read: SMOG {score:.1}, {}", share(score));
    let mut diagnostic = match score >= judge.rules.reading.error {
        true => Diagnostic::error(READING_LEVEL, message),
        false => Diagnostic::warning(READING_LEVEL, message),
    };
    counted.sort_by_key(|it| (usize::MAX - it.long, usize::MAX - it.words));
    for (it, place) in counted.iter().zip(["hardest", "next", "third"]) {
        let words = shortened(judge, it.sentence);
        diagnostic = diagnostic.note(format!("{place}: {words} ({} long words)", it.long));
    }
    let warn = judge.rules.reading.warn;
    diagnostic = diagnostic.help(format!(
        "use shorter words and shorter sentences until it is below {warn}; words of the topic go \
         under `topic_words` in the file of rules"
    ));
    match counted.first() {
        Some(first) => place(judge, first.sentence, diagnostic),
        None => Finding::new(0..0, diagnostic),
    }
}

/// A finding at a sentence; its first words are enough to find it.
fn place(judge: &Judge, sentence: &Sentence, diagnostic: Diagnostic) -> Finding {
    let tokens = &judge.words.tokens[sentence.first..sentence.end];
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
        return Finding::new(0..0, diagnostic);
    };
    let range = first.start as usize..last.end as usize;
    let at = judge.text.html(judge.tree, range);
    Finding::new(at, diagnostic).words(whole(judge, sentence))
}

fn whole(judge: &Judge, sentence: &Sentence) -> String {
    let tokens = &judge.words.tokens[sentence.first..sentence.end];
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return String::new() };
    let text = judge.text.text.get(first.start as usize..last.end as usize).unwrap_or_default();
    spaced(text)
}

/// A sentence as far as a line has room for it.
fn shortened(judge: &Judge, sentence: &Sentence) -> String {
    let whole = whole(judge, sentence);
    match whole.char_indices().nth(90) {
        Some((end, _)) => {
            let cut = whole[..end].rfind(' ').unwrap_or(end);
            format!("“{} …”", &whole[..cut])
        }
        None => format!("“{whole}”"),
    }
}

/// Long sentences: each that is far too long, and all together where many are too long.
fn sentences(judge: &Judge, counted: &[Counted], findings: &mut Vec<Finding>) {
    let reading = &judge.rules.reading;
    for it in counted.iter().filter(|it| it.words > reading.longest) {
        let message = format!("this sentence has {} words", it.words);
        let help = format!(
            "say it in two or three sentences: beyond {} words, many readers lose the thread",
            reading.long
        );
        let diagnostic = Diagnostic::warning(LONG_SENTENCE, message).help(help);
        findings.push(place(judge, it.sentence, diagnostic));
    }
    let prose = counted.iter().filter(|it| it.words >= CELL);
    let (mut all, mut long) = (0, Vec::new());
    for it in prose {
        all += 1;
        if it.words > reading.long {
            long.push(it);
        }
    }
    if long.len() >= 5 && long.len() * 4 > all {
        let message =
            format!("{} of {all} sentences have more than {} words", long.len(), reading.long);
        let mut diagnostic = Diagnostic::warning(LONG_SENTENCE, message);
        long.sort_by_key(|it| usize::MAX - it.words);
        for it in long.iter().take(3) {
            let words = shortened(judge, it.sentence);
            diagnostic = diagnostic.note(format!("{} words: {words}", it.words));
        }
        diagnostic = diagnostic.help("split the longest ones: one thought, one sentence");
        findings.push(place(judge, long[0].sentence, diagnostic));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grade_is_that_of_the_formula() {
        for (long, sentences, grade) in [(0, 30, 3.1291), (30, 30, 8.8419), (90, 30, 13.0238)] {
            assert!((smog(long, sentences) - grade).abs() < 0.001, "{}", smog(long, sentences));
        }
    }

    #[test]
    fn words_of_the_topic_are_known_by_their_endings() {
        assert!(is_same("micropigmentation", "Micropigmentation’s"));
        assert!(is_same("transplant", "transplants"));
        assert!(!is_same("transplant", "transplantation"));
    }
}
