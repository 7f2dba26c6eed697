//! Pages that go: without a redirect (`link/vanished`), or not at all because a build fails
//! (`output/left-online`).

use std::fs;
use std::process::Output;

use expect_test::{Expect, expect};

use crate::commands::{run, site};

const SITE: &str = r#"
-- content/schema.yml --
collections:
  - name: guides
    label: Guides
    folder: content/guides
    galen: {route: "/guides/{{slug}}/", template: guide.html}
    fields:
      - {name: title, label: Title, widget: string}
      - {name: aliases, widget: list, required: false}
      - {name: draft, widget: boolean, required: false}
      - {name: expires_at, widget: datetime, required: false}
      - {name: body, label: Body, widget: markdown, required: false}
-- content/guides/a.md --
---
title: A
---
-- content/guides/b.md --
---
title: B
expires_at: 2026-12-01
---
-- content/guides/c.md --
---
title: C
---
-- content/guides/d.md --
---
title: D
---
"#;

/// Compares what is said of pages that go, and in which order, with the other codes in short.
fn said(output: &Output, expected: Expect) {
    let text = String::from_utf8_lossy(&output.stderr);
    let ours = ["link/vanished", "output/left-online", "nothing was published"];
    let count = regex::Regex::new(r"^\d+ (error|warning)[^\n]*\n").unwrap();
    let blocks = text.split("\n\n").filter_map(|block| {
        let block = count.replace(block, "");
        let first = block.lines().next().unwrap_or_default();
        match ours.iter().any(|it| block.contains(it)) {
            true => Some(block.into_owned()),
            false if first.starts_with("error[") => Some(first.to_owned()),
            false => None,
        }
    });
    expected.assert_eq(&blocks.collect::<Vec<_>>().join("\n\n"));
}

#[test]
fn pages_that_go_without_a_redirect_are_named() {
    let dir = site(SITE);
    run(dir.path(), &["build", "--clock", "2026-11-23"]);
    let guides = dir.path().join("content/guides");
    fs::rename(guides.join("a.md"), guides.join("new-a.md")).unwrap();
    fs::remove_file(guides.join("c.md")).unwrap();
    fs::write(guides.join("d.md"), "---\ntitle: D\naliases: [/guides/c/]\n---\n").unwrap();
    said(
        &run(dir.path(), &["build", "--clock", "2026-12-23"]),
        expect![[r#"
            warning[link/vanished]: `/guides/a/` was an address of this site, and is none now
             = note: nothing makes it any more
             = help: add `/guides/a/` to the `aliases` of the entry that took its place

            warning[link/vanished]: `/guides/b/` was an address of this site, and is none now
             = note: `content/guides/b.md` expired on 2026-12-01
             = help: add `/guides/b/` to the `aliases` of the entry that took its place"#]],
    );
    said(&run(dir.path(), &["build", "--clock", "2026-12-23"]), expect![[""]]);
}

#[test]
fn pages_that_stay_because_a_build_fails_are_named_first() {
    let dir = site(SITE);
    run(dir.path(), &["build", "--clock", "2026-11-23"]);
    let guides = dir.path().join("content/guides");
    fs::remove_file(guides.join("c.md")).unwrap();
    // What cannot be read should not be gone.
    fs::write(guides.join("a.md"), "---\ntitle: [\n---\n").unwrap();
    fs::write(guides.join("d.md"), "---\ntitle: D\naliases: [/guides/c/]\n---\n[x](/none/)\n")
        .unwrap();
    said(
        &run(dir.path(), &["build", "--clock", "2026-12-23"]),
        expect![[r#"
            error[output/left-online]: 2 pages that should be gone stay online, because nothing is published
             = note: `/guides/b/`: `content/guides/b.md` expired on 2026-12-01
             = note: `/guides/c/`: `/guides/d/` takes its place
             = help: correct what is named below, and build again

            error[front-matter/syntax]: this cannot be read: did not find expected node content

            error[link/broken]: there is no page `/none/`

            nothing was published; the pages named first should be gone, and stay online
        "#]],
    );
    // Nothing is told where nothing stays.
    fs::write(guides.join("c.md"), "---\ntitle: C\n---\n[x](/none/)\n").unwrap();
    fs::write(guides.join("d.md"), "---\ntitle: D\n---\n").unwrap();
    said(
        &run(dir.path(), &["build", "--clock", "2026-11-23", "-q"]),
        expect![[r#"
            error[front-matter/syntax]: this cannot be read: did not find expected node content

            error[link/broken]: there is no page `/none/`"#]],
    );
}

#[test]
fn check_compares_with_a_list() {
    let dir = site(SITE);
    fs::write(dir.path().join("old.txt"), "/guides/a/\n/guides/x/\nhttps://other.example/\n")
        .unwrap();
    let check = |args: &[&str]| {
        let args = [&["check", "--clock", "2026-11-23", "--only", "link/vanished"], args].concat();
        let output = run(dir.path(), &args);
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        let time = regex::Regex::new(r" in [0-9.]+ s").unwrap();
        format!("exit {:?}\n{err}{}", output.status.code(), time.replace(&out, ""))
    };
    expect![[r#"
        exit Some(1)
        error[link/vanished]: `/guides/x/` was an address of this site, and is none now
         --> old.txt:2:1
          |
        2 | /guides/x/
          | ^^^^^^^^^^
          |
          = help: add `/guides/x/` to the `aliases` of the entry that took its place

        1 error
        Checked 5 pages: 1 error
        2 addresses of this site compared; 1 address of other sites left out
    "#]]
    .assert_eq(&check(&["--against", "old.txt"]));
    expect![[r#"
        exit Some(1)
        error[link/list]: the list of addresses `none.xml` cannot be read: there is no such file

        1 error
        Checked 5 pages: 1 error
        0 addresses of this site compared
    "#]]
    .assert_eq(&check(&["--against", "none.xml"]));
    // Nothing is asked of the web where nothing leads there.
    expect![[r#"
        exit Some(0)
        Checked 5 pages: nothing found
        0 links to other sites looked up
    "#]]
    .assert_eq(&check(&["--external"]));
}
