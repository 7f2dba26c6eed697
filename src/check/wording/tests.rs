//! What is said of wording: rulings in our own words, plain information, and rules of a site.

use crate::check::Finding;
use crate::check::wording::file::OWN;
use crate::check::wording::{About, PageKind, Rules, page};
use crate::diag::{Diagnostics, Severity, SourceId};
use crate::html::Tree;

const CLAIMS: &str = include_str!("../../../tests/wording/claims.txt");
const PLAIN: &str = include_str!("../../../tests/wording/plain.txt");

fn rules() -> Rules {
    let mut diagnostics = Diagnostics::new();
    let rules = Rules::new(None, &mut diagnostics);
    let told: Vec<_> = diagnostics
        .iter()
        .map(|it| (it.span.as_ref().map(|at| &OWN[at.start..at.end]), &it.message))
        .collect();
    assert!(told.is_empty(), "{told:#?}");
    rules
}

fn about(kind: PageKind) -> About<'static> {
    About { kind, collection: Some("guides"), title: "", topics: &[], language: "en-GB" }
}

fn said(html: &str, about: &About, rules: &Rules) -> Vec<Finding> {
    page(&Tree::parse(html), about, rules)
}

#[test]
fn what_was_ruled_on_is_found() {
    let rules = rules();
    let (mut code, mut wrong, mut count) = (String::new(), Vec::new(), 0);
    for line in CLAIMS.lines().filter(|it| !it.starts_with('#') && !it.is_empty()) {
        if line.contains('/') && !line.contains(' ') {
            code = line.to_owned();
            continue;
        }
        let (place, text) = line.split_once(": ").unwrap_or(("", line));
        let (html, kind) = match place {
            "home" => (format!("<main><p>{text}</p></main>"), PageKind::Home),
            "alt" => (format!("<main><img src=a.png alt=\"{text}\"></main>"), PageKind::Entry),
            "heading" => (format!("<main><h2>{text}</h2><p>More.</p></main>"), PageKind::Entry),
            _ => (format!("<main><p>{line}</p></main>"), PageKind::Entry),
        };
        let mut about = about(kind);
        if kind == PageKind::Home {
            about.collection = None;
        }
        count += 1;
        let found = said(&html, &about, &rules);
        if !found.iter().any(|it| it.diagnostic.code.as_str() == code) {
            let codes: Vec<_> = found.iter().map(|it| it.diagnostic.code.as_str()).collect();
            wrong.push(format!("{code} is silent on: {line} {codes:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 120, "{count}");
}

#[test]
fn plain_information_is_left_alone() {
    let rules = rules();
    let (mut wrong, mut count) = (Vec::new(), 0);
    let lines = PLAIN.lines().filter(|it| !it.starts_with('#') && !it.is_empty());
    for line in lines {
        count += 1;
        for kind in [PageKind::Entry, PageKind::Home] {
            let html = format!("<main><p>{line}</p></main>");
            for it in said(&html, &about(kind), &rules) {
                wrong.push(format!(
                    "{line}\n    {}: {}",
                    it.diagnostic.code.as_str(),
                    it.diagnostic.message
                ));
            }
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 150, "{count}");
}

/// What is found in a main text by Galen's own rules: codes and marked places.
fn found(html: &str) -> Vec<(String, String)> {
    let page = format!("<main>{html}</main>");
    let found = said(&page, &about(PageKind::Entry), &rules());
    let place = |it: &Finding| page[it.at.clone()].to_owned();
    found.iter().map(|it| (it.diagnostic.code.as_str().to_owned(), place(it))).collect()
}

fn codes(html: &str) -> Vec<String> {
    found(html).into_iter().map(|it| it.0).collect()
}

#[test]
fn a_claim_is_marked_where_it_stands() {
    let pair = |code: &str, at: &str| (code.to_owned(), at.to_owned());
    let safe = "claim/safe-absolute";
    assert_eq!(found("<p>It is a <b>very</b> safe cut."), [pair(safe, "very</b> safe")]);
    assert_eq!(found("<img src=a alt='A risk-free cut'>"), [pair(safe, "alt='A risk-free cut'")]);
    assert_eq!(
        found("<p>A&nbsp;risk&#8209;free cut; a risk-free cut."),
        [pair(safe, "risk&#8209;free"), pair(safe, "risk-free")]
    );
    assert_eq!(
        codes("<script>risk-free</script><p hidden>risk-free</p><style>risk-free</style>").len(),
        0
    );
}

#[test]
fn what_the_head_repeats_is_told_once() {
    let page = "<title>A risk-free cut</title><meta name=description content='Our risk-free cut. \
        Limited time offer.'><main><p>A risk-free cut.</main>";
    let found = said(page, &about(PageKind::Entry), &rules());
    let places: Vec<&str> = found.iter().map(|it| &page[it.at.clone()]).collect();
    assert_eq!(places.len(), 2, "{places:?}");
    assert!(places[0].starts_with("content='Our") && places[1] == "risk-free", "{places:?}");
    assert_eq!(found[0].words.as_deref(), Some("Limited time offer"));
}

#[test]
fn denials_questions_and_names_of_words_are_no_claims() {
    for near in [
        "We cannot promise that it is completely safe.",
        "Is it a very safe procedure?",
        "We do not write “very safe” on this site.",
        "Ask your GP whether results are guaranteed.",
    ] {
        assert_eq!(codes(near), Vec::<String>::new(), "{near}");
    }
    for near in [
        "It is not only very safe but quick.",
        "“Very safe.”",
        "<blockquote>I felt it was very safe, and so will you.</blockquote>",
        "No pain, no scars: a very safe cut.",
    ] {
        assert!(codes(near).contains(&"claim/safe-absolute".to_owned()), "{near}");
    }
}

#[test]
fn words_of_doctors_are_explained_once() {
    assert_eq!(
        found("<p>You may get oedema. Oedema goes."),
        [("claim/jargon".to_owned(), "oedema".to_owned())]
    );
    for fine in [
        "<p>You may get oedema (swelling).",
        "<p>You may get swelling, called oedema.",
        "<p>Swelling (oedema) is common. The oedema goes.",
        "<p>You may get oedema, or swollen skin.",
        "<p>You may get <dfn>oedema</dfn>.",
        "<p>You may get <a href=/glossary/#oedema>oedema</a>.",
        "<dl><dt>Oedema<dd>Fluid under the skin.</dl>",
        "<h2>What is oedema?</h2><p>Fluid under the skin.",
    ] {
        assert_eq!(found(fine), [], "{fine}");
    }
}

#[test]
fn sentences_and_pages_may_be_too_long() {
    let long = format!("<p>We {} go.", "very often ".repeat(20));
    assert_eq!(codes(&long), ["claim/long-sentence"]);
    let many = format!(
        "<p>{}",
        "We go to the sea and we go to the wood and then we go back to the \
        house and sit by the fire for a long time. "
            .repeat(6)
    );
    assert_eq!(codes(&many), ["claim/long-sentence"]);
    let hard = format!(
        "<p>{}",
        "Preoperative evaluation necessitates comprehensive documentation \
        and multidisciplinary communication. "
            .repeat(20)
    );
    let page = format!("<main>{hard}</main>");
    let found = said(&page, &about(PageKind::Entry), &rules());
    assert_eq!(found[0].diagnostic.code.as_str(), "claim/reading-level");
    assert!(found[0].diagnostic.message.contains("fewer than half of adults"), "{found:?}");
    assert_eq!(found[0].diagnostic.notes.len(), 3);
    assert_eq!(said(&page, &About { language: "de", ..about(PageKind::Entry) }, &rules()), []);
    // The words of the topic do not count.
    let topics: &[&str] = &[
        "preoperative evaluation",
        "comprehensive documentation",
        "communication",
        "multidisciplinary",
        "necessitates",
    ];
    assert_eq!(said(&page, &About { topics, ..about(PageKind::Entry) }, &rules()), []);
}

#[test]
fn what_is_announced_must_come() {
    assert_eq!(
        codes("<p>Some of the benefits include:</p><p>Anyone can have it."),
        ["claim/lost-text"]
    );
    assert_eq!(codes("<p>You will need:</p><h2>Next</h2><p>More."), ["claim/lost-text"]);
    assert_eq!(codes("<p>A list of surgeons is at, the British Society."), ["claim/lost-text"]);
    for fine in [
        "<p>The benefits include:</p><ul><li>hair</ul>",
        "<p>It depends on these:</p><table><tr><td>age</table>",
        "<p>The steps are:</p><ol><li>a</ol>",
        "<p>She says:</p><blockquote><p>Take your time.</blockquote>",
        "<p>The form is this:</p><form></form>",
        "<p>That was what he came from, the NHS said.",
    ] {
        assert!(!codes(fine).contains(&"claim/lost-text".to_owned()), "{fine}");
    }
}

#[test]
fn consent_is_never_ticked_beforehand() {
    let ticked = "<label><input type=checkbox checked name=a> I agree to e-mails</label>";
    assert_eq!(codes(ticked), ["form/implied-consent"]);
    assert_eq!(codes("<input type=checkbox id=b checked><label for=b>Newsletter</label>").len(), 1);
    assert_eq!(codes("<input type=checkbox name=consent required>").len(), 0);
    assert_eq!(codes("<label><input type=checkbox checked> Show older guides</label>").len(), 0);
}

fn site(text: &str) -> (Rules, Vec<String>) {
    let mut diagnostics = Diagnostics::new();
    let source = SourceId::new("content/settings/claims.yml");
    let rules = Rules::new(Some((&source, text)), &mut diagnostics);
    let told = diagnostics.iter().map(|it| {
        let at = it.span.as_ref().map_or("", |at| &text[at.start..at.end]);
        format!("[{}] {}: {at}", it.code.as_str(), it.message)
    });
    (rules, told.collect())
}

#[test]
fn a_site_changes_the_rules() {
    let (rules, told) = site(
        "known: [keloid*]\n\
         jargon: [{term: tonsure, plain: a bald crown}]\n\
         reading: {longest: 5}\n\
         rules:\n\
         - {name: pressure, severity: off}\n\
         - {name: guarantee, severity: error, more_phrases: [pinky promise], more_except: [guaranteed slot]}\n\
         - name: house-style\n  message: we say “moved hair”\n  phrases: [donor hair, 'regex:graft\\d+']\n  \
           where: {collections: [guides]}\n",
    );
    assert_eq!(told, Vec::<String>::new());
    let all = |html: &str| -> Vec<(String, Severity)> {
        let found = said(&format!("<main>{html}</main>"), &about(PageKind::Entry), &rules);
        found
            .iter()
            .map(|it| (it.diagnostic.code.as_str().to_owned(), it.diagnostic.severity))
            .collect()
    };
    let one = |code: &str, severity| vec![(code.to_owned(), severity)];
    assert_eq!(all("<p>Ends midnight."), []);
    assert_eq!(all("<p>Some form a keloid."), []);
    assert_eq!(all("<p>A pinky promise."), one("claim/guarantee", Severity::Error));
    assert_eq!(all("<p>A guaranteed slot."), []);
    assert_eq!(all("<p>He has a tonsure."), one("claim/jargon", Severity::Warning));
    assert_eq!(all("<p>The donor hair."), one("claim/house-style", Severity::Warning));
    assert_eq!(all("<p>See graft12."), one("claim/house-style", Severity::Warning));
    assert_eq!(
        all("<p>One two three four five six."),
        one("claim/long-sentence", Severity::Warning)
    );
    let german = About { language: "de", ..about(PageKind::Entry) };
    assert_eq!(said("<p>Donor hair, risk-free.", &german, &rules).len(), 1);
    let other = About { collection: Some("pages"), ..about(PageKind::Entry) };
    assert_eq!(said("<p>Donor hair.", &other, &rules), []);
}

#[test]
fn a_broken_file_of_rules_says_where() {
    let (_, told) = site(
        "tpoic_words: [a]\n\
         rules:\n\
         - {name: Big Words, message: x, phrases: [y]}\n\
         - {name: empty, message: x}\n\
         - {name: silent, phrases: [y]}\n\
         - name: broken\n  message: x\n  phrases: [fine, no (risk, 'regex:(']\n  where: {pages: [hmoe]}\n",
    );
    assert_eq!(
        told,
        [
            "[claim/value] the name of a rule is small letters, digits and hyphens: Big Words",
            "[claim/value] the rule `empty` looks for nothing: empty",
            "[claim/value] a rule needs `message`: {name: silent, phrases: [y]}",
            "[claim/value] there is no kind of page `hmoe`: [hmoe]",
            "[claim/unknown-key] the file of rules has no key `tpoic_words`: tpoic_words",
            "[claim/value] a bracket is not closed: `)` is missing: no (risk",
            "[claim/value] this expression cannot be read, or fits everything: 'regex:('",
        ]
    );
}

#[test]
fn a_treatment_needs_an_assessment() {
    let about = About { collection: Some("treatments"), ..about(PageKind::Entry) };
    let found = said("<main><p>We move your hair.</main>", &about, &rules());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].diagnostic.code.as_str(), "claim/no-assessment");
    let fine = "<main><p>It is decided at a consultation.</main>";
    assert_eq!(said(fine, &about, &rules()), []);
}

/// A page of one sentence, of one word, or of nothing but openings takes no longer than others.
#[test]
fn a_page_as_bad_as_can_be_is_read_in_time() {
    let rules = rules();
    for text in
        ["no risk ", "safe ", "from the age of ", "“", "by using ", "keep safe ", "a. ", "&amp;"]
    {
        let page = format!("<main><p>{}</main>", text.repeat(100_000 / text.len()));
        let started = std::time::Instant::now();
        said(&page, &about(PageKind::Entry), &rules);
        assert!(started.elapsed().as_secs() < 20, "{text}: {:?}", started.elapsed());
    }
}
