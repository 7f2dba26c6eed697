//! The rules of a site made ready: all phrases in one table by the words that they start with.

use std::sync::{Mutex, PoisonError};

use crate::check::wording::codes::{self, VALUE};
use crate::check::wording::file::{Draft, File, LISTS, Phrases, Reading};
use crate::check::wording::lexicon::Lexicon;
use crate::check::wording::notation::{self, Phrase};
use crate::check::wording::vocabulary::Vocabulary;
use crate::diag::{Code, Diagnostic, Diagnostics, Severity, SourceId, Span};
use regex::Regex;

/// The rules of a site: compiled once, and asked by every page.
#[derive(Debug)]
pub struct Rules {
    pub(crate) vocabulary: Vocabulary,
    pub(crate) phrases: Vec<Placed>,
    /// By the number of a word: the phrases that may start with it.
    pub(crate) starts: Vec<Vec<u16>>,
    /// The phrases that may start with a number.
    pub(crate) numbers: Vec<u16>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) terms: Vec<Term>,
    pub(crate) topic_words: Vec<String>,
    pub(crate) reading: Reading,
    pub(crate) known: Known,
    /// One for each of the pages that are looked at together.
    lexicons: Mutex<Vec<Lexicon>>,
}

/// A phrase, and what it is looked for.
#[derive(Debug)]
pub(crate) struct Placed {
    pub(crate) phrase: Phrase,
    pub(crate) role: Role,
}

/// What it means that a phrase is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// It is what a rule is about, anywhere.
    Claim(usize),
    /// The same, in headings.
    Heading(usize),
    /// The same, in alternative texts.
    Alt(usize),
    /// The page has what a rule misses.
    Lacks(usize),
    /// The same, in headings.
    LacksHeading(usize),
    /// The page says something else too.
    Contradicts(usize),
    /// A word that needs to be explained.
    Term(usize),
}

/// One rule.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) code: Code,
    pub(crate) name: String,
    pub(crate) is_own: bool,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    pub(crate) basis: Option<String>,
    pub(crate) severity: Severity,
    pub(crate) questions: bool,
    pub(crate) negated: bool,
    pub(crate) once: bool,
    pub(crate) has_phrases: bool,
    pub(crate) needs: bool,
    pub(crate) pages: Option<Vec<String>>,
    pub(crate) collections: Option<Vec<String>>,
    pub(crate) not_collections: Vec<String>,
    pub(crate) except: Vec<Phrase>,
    pub(crate) unless: Vec<Phrase>,
    pub(crate) regexes: Vec<Regex>,
}

/// A word of doctors.
#[derive(Debug)]
pub(crate) struct Term {
    pub(crate) plain: String,
    /// The words of `plain` that explain it where they stand beside it.
    pub(crate) plain_words: Vec<u16>,
    pub(crate) plain_phrase: Option<Phrase>,
}

/// Words that mean the same for all rules.
#[derive(Debug, Default)]
pub(crate) struct Known {
    negations: Vec<bool>,
    pub(crate) only: Vec<u16>,
    pub(crate) explains: Vec<u16>,
    pub(crate) prepositions: Vec<u16>,
    pub(crate) articles: Vec<u16>,
    pub(crate) announces: Vec<u16>,
}

const NEGATIONS: &str = "not no never cannot can't isn't aren't wasn't weren't won't don't doesn't \
    didn't wouldn't shouldn't couldn't nobody none nothing neither nor without hardly rarely avoid \
    beware unlikely unless whether refuse refuses nowhere";

impl Rules {
    /// Takes Galen's own rules, and lays the site's over them: `site` is its file and the text of
    /// it. What is wrong with the file is reported, and left out.
    pub fn new(site: Option<(&SourceId, &str)>, diagnostics: &mut Diagnostics) -> Self {
        let mut file = File::own();
        if let Some((source, text)) = site {
            file.add(source, text, false, diagnostics);
        }
        compile(file, diagnostics)
    }

    /// Gives the codes and first words of all rules, for lists of them.
    pub fn list(&self) -> impl Iterator<Item = (Code, &str)> {
        self.rules.iter().map(|it| (it.code, it.message.as_str()))
    }

    /// Lends the words that were met before; [`keep`](Self::keep) takes them back.
    pub(crate) fn lexicon(&self) -> Lexicon {
        let mut all = self.lexicons.lock().unwrap_or_else(PoisonError::into_inner);
        all.pop().unwrap_or_default()
    }

    /// Takes the words back that were met.
    pub(crate) fn keep(&self, lexicon: Lexicon) {
        self.lexicons.lock().unwrap_or_else(PoisonError::into_inner).push(lexicon);
    }
}

impl Known {
    pub(crate) fn is_negation(&self, id: u16) -> bool {
        self.negations.get(usize::from(id)).copied().unwrap_or(false)
    }
}

fn compile(file: File, diagnostics: &mut Diagnostics) -> Rules {
    let mut it = Compiler { vocabulary: Vocabulary::default(), phrases: Vec::new(), diagnostics };
    let known = it.known();
    let drafts = file.rules.into_iter().filter(|it| it.severity != Some("off"));
    let mut rules: Vec<Rule> = Vec::new();
    for draft in drafts {
        let rule = it.rule(rules.len(), draft);
        rules.push(rule);
    }
    let mut terms = Vec::new();
    for term in file.terms {
        if let Some(phrase) = it.phrase(&term.term, &term.span) {
            it.phrases.push(Placed { phrase, role: Role::Term(terms.len()) });
        }
        let plain_phrase = notation::read(&term.plain, &mut it.vocabulary).ok();
        let long = term.plain.split(|it: char| !it.is_alphabetic()).filter(|it| it.len() > 4);
        let plain_words = long.map(|word| it.vocabulary.add(word)).collect();
        terms.push(Term { plain: term.plain, plain_words, plain_phrase });
    }
    let (mut vocabulary, mut phrases) = (it.vocabulary, it.phrases);
    vocabulary.finish();
    phrases.iter_mut().for_each(|it| it.phrase.finish(&vocabulary));
    for rule in &mut rules {
        rule.except.iter_mut().chain(&mut rule.unless).for_each(|it| it.finish(&vocabulary));
    }
    terms
        .iter_mut()
        .filter_map(|it| it.plain_phrase.as_mut())
        .for_each(|it| it.finish(&vocabulary));
    let mut starts = vec![Vec::new(); vocabulary.len()];
    let mut numbers = Vec::new();
    for (at, it) in phrases.iter().enumerate() {
        let Ok(at) = u16::try_from(at) else { break };
        let (words, number) = it.phrase.starts();
        words.into_iter().for_each(|id| starts[usize::from(id)].push(at));
        if number {
            numbers.push(at);
        }
    }
    let topic_words = file.topic_words.iter().map(|it| it.to_lowercase()).collect();
    let reading = file.reading;
    let lexicons = Mutex::default();
    Rules {
        vocabulary,
        phrases,
        starts,
        numbers,
        rules,
        terms,
        topic_words,
        reading,
        known,
        lexicons,
    }
}

struct Compiler<'d> {
    vocabulary: Vocabulary,
    phrases: Vec<Placed>,
    diagnostics: &'d mut Diagnostics,
}

impl Compiler<'_> {
    fn known(&mut self) -> Known {
        let mut ids = |words: &str| -> Vec<u16> {
            words.split_whitespace().map(|word| self.vocabulary.add(word)).collect()
        };
        let negations = ids(NEGATIONS);
        let most = negations.iter().max().map_or(0, |it| usize::from(*it) + 1);
        let mut is_negation = vec![false; most];
        negations.iter().for_each(|id| is_negation[usize::from(*id)] = true);
        Known {
            negations: is_negation,
            only: ids("only just merely"),
            explains: ids("or called means meaning known which also is are when describes medical"),
            prepositions: ids("at via"),
            articles: ids("the our a an"),
            announces: ids("include includes including following these this are here is be do"),
        }
    }

    fn phrase(&mut self, text: &str, span: &Span) -> Option<Phrase> {
        match notation::read(text, &mut self.vocabulary) {
            Ok(phrase) => Some(phrase),
            Err(words) => {
                let error = Diagnostic::error(VALUE, words).at(span.clone());
                self.diagnostics.push(error.help(
                    "write it as in `no (risk|danger*)`, `[very] safe`, `from £ NUMBER`; an expression \
                     starts with `regex:`",
                ));
                None
            }
        }
    }

    fn regex(&mut self, text: &str, span: &Span) -> Option<Regex> {
        let mut read = regex::RegexBuilder::new(text.trim());
        let read = read.case_insensitive(true).size_limit(1 << 20).build();
        let regex = read.ok().filter(|it| !it.is_match(""));
        if regex.is_none() {
            let message = "this expression cannot be read, or fits everything";
            self.diagnostics.push(Diagnostic::error(VALUE, message).at(span.clone()));
        }
        regex
    }

    fn rule(&mut self, at: usize, mut draft: Draft) -> Rule {
        let mut regexes = Vec::new();
        let mut sets: [Vec<Phrase>; 8] = Default::default();
        for (set, list) in sets.iter_mut().zip(&mut draft.lists) {
            let texts: Phrases = list.take().unwrap_or_default();
            for (text, span) in &texts {
                match text.strip_prefix("regex:") {
                    Some(text) => regexes.extend(self.regex(text, span)),
                    None => set.extend(self.phrase(text, span)),
                }
            }
        }
        let [claims, headings, alts, except, unless, lacks, lacks_headings, contradicts] = sets;
        debug_assert_eq!(LISTS.len(), 8);
        let has_phrases =
            !(claims.is_empty() && headings.is_empty() && alts.is_empty() && regexes.is_empty());
        let needs = !(lacks.is_empty() && lacks_headings.is_empty());
        let roles = [
            (claims, Role::Claim as fn(usize) -> Role),
            (headings, Role::Heading),
            (alts, Role::Alt),
            (lacks, Role::Lacks),
            (lacks_headings, Role::LacksHeading),
            (contradicts, Role::Contradicts),
        ];
        for (phrases, role) in roles {
            let placed = phrases.into_iter().map(|phrase| Placed { phrase, role: role(at) });
            self.phrases.extend(placed);
        }
        let mut basis = draft.basis;
        if let (Some(basis), Some(link)) = (&mut basis, &draft.link) {
            *basis = format!("{basis}: {link}");
        }
        if let (Some(basis), Some(dated)) = (&mut basis, &draft.dated) {
            *basis = format!("{basis} (rule of {dated})");
        }
        Rule {
            code: codes::of(&draft.name),
            is_own: draft.is_own,
            message: draft.message.unwrap_or_default(),
            help: draft.help,
            basis,
            severity: match draft.severity {
                Some("error") => Severity::Error,
                _ => Severity::Warning,
            },
            questions: draft.questions.unwrap_or(false),
            negated: draft.negated.unwrap_or(false),
            once: draft.once.unwrap_or(false),
            has_phrases,
            needs,
            pages: draft.pages,
            collections: draft.collections,
            not_collections: draft.not_collections.unwrap_or_default(),
            except,
            unless,
            regexes,
            name: draft.name,
        }
    }
}
