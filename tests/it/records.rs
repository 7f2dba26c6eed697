//! Clinical records: reviews that fall due, sections that must be there, answers that agree.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use expect_test::expect;
use galen::build::{self, Request};
use galen::content::Status;
use galen::diag::text;
use galen::render::Collected;
use galen::text::RelPath;

use crate::laws::Dice;
use crate::support::{Site, SiteTest};

/// A site whose guides are reviewed; `OVERDUE` stands for what becomes of those that are overdue.
const SITE: &str = "\
-- content/schema.yml --
collections:
  - name: guides
    label: Guides
    label_singular: Guide
    folder: content/guides
    galen:
      route: /guides/{{slug}}/
      template: guide.html
      review: {due: next_review, reviewer: reviewer, overdue: OVERDUE}
    fields:
      - {name: title, widget: string}
      - {name: next_review, widget: datetime, required: false}
      - {name: reviewer, widget: string, default: amara}
      - {name: related, widget: relation, collection: guides, multiple: true, required: false}
      - {name: draft, widget: boolean, required: false}
      - {name: publish_at, widget: datetime, required: false}
      - {name: expires_at, widget: datetime, required: false}
      - name: body
        widget: markdown
        required: false
        galen: {required_sections: [{heading: [Risks, Side effects]}]}
-- themes/t/theme.yaml --
name: t
-- themes/t/templates/guide.html --
{{ page.title }}{% if page.review_overdue %} (not reviewed in time){% endif %}
{{ page.body }}
-- themes/t/templates/404.html --
not found
-- content/guides/smp.md --
---
title: SMP
next_review: 2026-11-23
---
# Risks

Swelling.
";

fn site(overdue: &str) -> SiteTest {
    SiteTest::new(&SITE.replace("OVERDUE", overdue))
}

#[test]
fn a_review_is_overdue_from_the_day_after_it_is_due() {
    let zoned = |zone: &str, clock: &str| {
        let test = site("warn").clock(clock);
        let config =
            format!("base_url: https://clinic.example\ntheme: t\napi: false\ntimezone: {zone}\n");
        test.bytes("galen.yaml", config.as_bytes()).build().said()
    };
    for (zone, last, first) in [
        ("Europe/London", "2026-11-23T23:59:59Z", "2026-11-24T00:00:00Z"),
        ("America/New_York", "2026-11-24T04:59:59Z", "2026-11-24T05:00:00Z"),
        ("Asia/Tokyo", "2026-11-23T14:59:59Z", "2026-11-23T15:00:00Z"),
    ] {
        assert_eq!(zoned(zone, last), "", "{zone}");
        let said = zoned(zone, first);
        assert!(said.contains("the review of this guide was due by 2026-11-23\n"), "{said}");
    }
}

#[test]
fn how_long_a_review_is_overdue_is_told_in_whole_weeks_months_and_years() {
    let said = |clock: &str| {
        let said = site("warn").clock(clock).build().said();
        let line = said.lines().next().unwrap_or_default();
        line.rsplit_once("2026-11-23").map(|(_, rest)| rest.to_owned()).unwrap_or_default()
    };
    for (clock, words) in [
        ("2026-11-30", ""),
        ("2026-12-01", ", over 1 week ago"),
        ("2026-12-23", ", over 4 weeks ago"),
        ("2026-12-24", ", over 1 month ago"),
        ("2027-11-23", ", over 11 months ago"),
        ("2027-11-24", ", over 1 year ago"),
        ("2028-12-01", ", over 2 years ago"),
    ] {
        assert_eq!(said(clock), words, "{clock}");
    }
}

#[test]
fn a_banner_appears_on_the_page_when_the_review_is_overdue() {
    let built = site("banner").build().fine();
    assert!(!built.text("guides/smp/index.html").contains("not reviewed"));
    let built = built.then().clock("2026-11-24").build();
    assert!(built.text("guides/smp/index.html").contains("SMP (not reviewed in time)"));
    assert!(built.said().starts_with("warning[review/overdue]"), "{}", built.said());
    let built = built.edit("content/guides/smp.md", "2026-11-23", "2027-11-23").build().fine();
    assert!(!built.text("guides/smp/index.html").contains("not reviewed"));
}

#[test]
fn an_entry_leaves_the_site_when_its_review_is_overdue() {
    let test = site("unpublish").bytes(
        "content/guides/fue.md",
        b"---\ntitle: FUE\nnext_review: 2028-01-01\nrelated: [smp]\n---\nSee [SMP](smp.md).\n\n# Risks\n\nMany.\n",
    );
    let built = test.build().fine().has("guides/smp/index.html", true);
    let built = built.then().clock("2026-11-24").build();
    assert!(
        matches!(built.built.left_out[..], [ref it] if matches!(it.status, Status::Overdue(_)))
    );
    built.says(expect![[r#"
        warning[front-matter/relation-unpublished]: `related`: `smp` has left the site, as its review is overdue, so it is not shown here
         --> content/guides/fue.md:4:11
          |
        4 | related: [smp]
          |           ^^^
          |
          = help: have `content/guides/smp.md` reviewed, or name another

        error[link/broken]: `content/guides/smp.md` has no page: it left the site on 2026-11-24, as its review is overdue
         --> content/guides/fue.md:6:5
          |
        6 | See [SMP](smp.md).
          |     ^^^^^^^^^^^^^

    "#]]);
}

#[test]
fn a_section_that_goes_or_comes_is_noticed_in_a_small_build() {
    let path = "content/guides/smp.md";
    let built = site("warn").build().fine();
    let built = built.edit(path, "# Risks\n", "# Side effects, which are few\n").build().fine();
    let built = built.edit(path, "# Side effects, which are few\n", "# Benefits\n").build();
    assert!(built.said().starts_with("warning[review/no-section]"), "{}", built.said());
    let built = built.edit(path, "# Benefits\n\nSwelling.", "# Risks").build();
    assert!(built.said().starts_with("warning[review/section-empty]"), "{}", built.said());
    built
        .edit(path, "# Risks", "# Risks\n\n![](x.png \"decorative\")")
        .build()
        .edit(path, "![](x.png \"decorative\")", "> Swelling.")
        .build()
        .fine();
}

/// A site with shared answers, and a guide with questions of its own.
const ANSWERS: &str = "\
-- content/schema.yml --
collections:
  - name: guides
    label: Guides
    folder: content/guides
    galen: {route: '/guides/{{slug}}/', template: guide.html}
    fields:
      - {name: title, widget: string}
      - {name: treatment, widget: relation, collection: treatments, required: false}
      - {name: faq, widget: list, required: false, fields: [{name: question, widget: string, required: false}, {name: answer, widget: markdown, required: false}]}
      - {name: body, widget: markdown, required: false}
  - name: treatments
    label: Treatments
    folder: content/treatments
    galen: {json_ld: MedicalProcedure}
    fields: [{name: title, widget: string}]
  - name: answers
    label: Answers
    folder: content/answers
    identifier_field: question
    galen: {answers: {question: question, answer: body}}
    fields:
      - {name: question, widget: string}
      - {name: treatments, widget: relation, collection: treatments, multiple: true, required: false}
      - {name: body, widget: markdown}
-- content/treatments/smp.md --
---
title: SMP
---
-- content/treatments/fue.md --
---
title: FUE
---
-- content/answers/work.md --
---
question: When can I go back to work?
treatments: [fue]
---
After *five* days.
-- content/guides/one.md --
---
title: One
treatment: fue
faq:
  - question: When may I go back to work?
    answer: After 5 days!
---
";

#[test]
fn answers_are_held_against_each_other_whatever_changes() {
    let path = "content/answers/work.md";
    let guide = "content/guides/one.md";
    let built = SiteTest::new(ANSWERS).build().fine();
    let told = |site: &Site, words: &str| assert!(site.said().contains(words), "{}", site.said());
    let built = built.edit(path, "*five*", "*ten*").build();
    told(&built, "the answer here says `5`, and that in `content/answers/work.md` says `10`");
    // About another treatment it is another question.
    let built = built.edit(guide, "treatment: fue", "treatment: smp").build().fine();
    let built = built.edit(path, "treatments: [fue]\n", "").build();
    told(&built, "says `10`");
    let built = built.edit(guide, "After 5 days!", "It depends.").build();
    told(&built, "this question has another answer in");
    let built = built.edit(path, "question: When can", "question: Why can").build().fine();
    let other = "---\nquestion: Why may you go back to work?\n---\nAfter ten days.\n";
    let built = built.then().bytes("content/answers/again.md", other.as_bytes()).build();
    told(&built, "warning[review/duplicate-answer]: `content/answers/again.md` asks the same");
    let built = built.edit("content/answers/again.md", "ten", "two").build();
    told(&built, "warning[review/contradicting-answer]");
    built.then().without("content/answers/again.md").build().fine();
}

/// The output at a moment and what is said of it.
fn output(test: &SiteTest, clock: &str) -> (BTreeMap<RelPath, Vec<u8>>, String) {
    let sink = Collected::new();
    let request = Request { clock: Some(clock.to_owned()), ..test.request.clone() };
    let built = build::build(&test.files, &request, &sink, &|_| ());
    let said = text::print(&built.diagnostics, &|source| built.tree.text(source), false);
    (sink.files(), said)
}

#[test]
fn the_output_changes_at_the_next_change_and_nowhere_before() {
    // Clocks go forward at midnight in Beirut on 29 March 2026, and at one in London.
    for (seed, zone) in [(1, "Europe/London"), (2, "Asia/Beirut"), (3, "America/New_York")] {
        sweep(seed, zone);
    }
}

fn sweep(seed: u64, zone: &str) {
    let mut dice = Dice::new(seed);
    let mut test = site("warn");
    let modes = ["warn", "banner", "unpublish", "fail"];
    let mut schema = "collections:\n".to_owned();
    for (at, mode) in modes.iter().enumerate() {
        let _ = write!(
            schema,
            "  - name: c{at}\n    label: C{at}\n    folder: content/c{at}\n    \
             galen: {{route: '/c{at}/{{{{slug}}}}/', template: guide.html, review: {{last: last, due: due, overdue: {mode}}}}}\n    \
             fields:\n      - {{name: title, widget: string}}\n      \
             - {{name: last, widget: datetime, required: false}}\n      \
             - {{name: due, widget: datetime, required: false}}\n      \
             - {{name: seen, widget: datetime, time_format: false, required: false, galen: {{max: today}}}}\n      \
             - {{name: draft, widget: boolean, required: false}}\n      \
             - {{name: publish_at, widget: datetime, required: false}}\n      \
             - {{name: expires_at, widget: datetime, required: false}}\n"
        );
    }
    test = test.without("content/guides/smp.md").bytes("content/schema.yml", schema.as_bytes());
    let config =
        format!("base_url: https://clinic.example\ntheme: t\napi: false\ntimezone: {zone}\n");
    test = test.bytes("galen.yaml", config.as_bytes());
    let moment = |dice: &mut Dice| {
        let (day, hour) = (dice.below(45), dice.below(48));
        let date = jiff::civil::date(2026, 3, 12).checked_add(jiff::Span::new().days(day as i64));
        let date = date.unwrap();
        if hour < 24 { format!("{date}T{hour:02}:30") } else { date.to_string() }
    };
    for at in 0..10 {
        // An error hides much, so that only one entry may cause some, and late.
        let mode = if at == 9 { 3 } else { dice.below(3) };
        let mut text = format!("---\ntitle: {at}\n");
        for name in ["last", "due", "publish_at", "expires_at"] {
            let given = dice.below(2) == 0 && mode != 3;
            if given {
                let _ = writeln!(text, "{name}: {}", moment(&mut dice));
            }
        }
        if mode == 3 {
            text.push_str("due: 2026-04-20\n");
        }
        if at == 8 {
            text.push_str("seen: 2026-03-13\n");
        }
        if dice.below(6) == 0 {
            text.push_str("draft: true\n");
        }
        text.push_str("---\n");
        test = test.bytes(&format!("content/c{mode}/e{at}.md"), text.as_bytes());
    }
    let mut now: jiff::Timestamp = "2026-03-11T10:00:00Z".parse().unwrap();
    let mut count = 0;
    while count < 14 {
        let request = Request { clock: Some(now.to_string()), ..test.request.clone() };
        let before = output(&test, &now.to_string());
        let next = build::next_change(&test.files, &request);
        let end: jiff::Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
        let then = next.turns.first().map_or(end, |turning| turning.at);
        let seconds = (then - now).total(jiff::Unit::Second).unwrap() as usize;
        let mut between = vec![now + jiff::Span::new().seconds(seconds as i64 - 1)];
        for _ in 0..4 {
            between.push(now + jiff::Span::new().seconds(dice.below(seconds.max(1)) as i64));
        }
        let day = dice.below(seconds.max(1)) / 86_400 * 86_400;
        let local = now.to_zoned(jiff::tz::TimeZone::get(zone).unwrap());
        let midnight = local.tomorrow().unwrap().start_of_day().unwrap().timestamp();
        between.push(midnight + jiff::Span::new().seconds(day as i64));
        for moment in between.into_iter().filter(|it| now <= *it && *it < then) {
            let same = output(&test, &moment.to_string()) == before;
            assert!(same, "seed {seed}: something changes at {moment}, between {now} and {then}");
        }
        if next.turns.is_empty() {
            break;
        }
        assert_ne!(output(&test, &then.to_string()), before, "seed {seed}: {then} changes nothing");
        now = then;
        count += 1;
    }
    assert!(count > 8, "seed {seed}: {count} changes");
}
