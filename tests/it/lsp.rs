//! The language server, as an editor meets it.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

use expect_test::expect;
use galen::lsp::{self, Ended, Setup};
use lsp_server::{Connection, Message, Notification, Request, RequestId};
use serde_json::{Value, json};

use crate::support::sections;

const SITE: &str = include_str!("support/defaults.txt");

const MORE: &str = "
-- content/team/a-osei.md --
---
name: Amara Osei
---
-- content/team/new.md --
---
name: Somebody new
draft: true
---
-- content/media/head.png --
not a picture
-- content/media/leaflet.pdf --
not a document
-- content/guides/fue.md --
---
title: FUE
---
";

/// An editor with a site on disk.
struct Editor {
    dir: tempfile::TempDir,
    connection: Connection,
    server: Option<JoinHandle<Ended>>,
    requests: i32,
}

impl Editor {
    fn start() -> Self {
        Self::over(&format!("{SITE}{MORE}"))
    }

    fn over(site: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for (path, text) in sections(site) {
            let place = dir.path().join(path);
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::write(place, text).unwrap();
        }
        let (connection, theirs) = Connection::memory();
        let setup = Setup { root: None, clock: Some("2026-11-23T12:00".to_owned()) };
        let server = std::thread::spawn(move || lsp::serve(&theirs, &setup));
        let mut editor = Self { dir, connection, server: Some(server), requests: 0 };
        let item = json!({"completionItem": {"snippetSupport": true}});
        let capabilities = json!({"textDocument": {"completion": item}});
        editor.ask("initialize", json!({"capabilities": capabilities}));
        editor.tell("initialized", json!({}));
        editor
    }

    fn uri(&self, path: &str) -> String {
        format!("file://{}", self.dir.path().join(path).display())
    }

    fn send(&self, message: impl Into<Message>) {
        self.connection.sender.send(message.into()).unwrap();
    }

    fn tell(&self, method: &str, params: Value) {
        self.send(Notification::new(method.to_owned(), params));
    }

    fn next(&self) -> Message {
        self.connection.receiver.recv_timeout(Duration::from_secs(60)).unwrap()
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.requests += 1;
        let id = RequestId::from(self.requests);
        self.send(Request::new(id.clone(), method.to_owned(), params));
        loop {
            if let Message::Response(response) = self.next() {
                assert_eq!(response.id, id);
                return response.response_result.unwrap_or_else(|it| json!(it.message));
            }
        }
    }

    fn show(&self, path: &str, text: &str) {
        let document =
            json!({"uri": self.uri(path), "languageId": "markdown", "version": 1, "text": text});
        self.tell("textDocument/didOpen", json!({"textDocument": document}));
    }

    /// Opens a file with a text, which need not be that on disk; gives what is underlined.
    fn open(&self, path: &str, text: &str) -> String {
        self.show(path, text);
        self.underlined(text)
    }

    fn change(&self, path: &str, text: &str) -> String {
        let document = json!({"uri": self.uri(path), "version": 2});
        let params = json!({"textDocument": document, "contentChanges": [{"text": text}]});
        self.tell("textDocument/didChange", params);
        self.underlined(text)
    }

    fn published(&self) -> Value {
        loop {
            match self.next() {
                Message::Notification(it) if it.method == "textDocument/publishDiagnostics" => {
                    return it.params;
                }
                _ => (),
            }
        }
    }

    /// Each problem with the text that it underlines, cut out by an editor's count of places.
    fn underlined(&self, text: &str) -> String {
        let found = self.published();
        let mut out = String::new();
        for it in found["diagnostics"].as_array().unwrap() {
            let (start, end) = (&it["range"]["start"], &it["range"]["end"]);
            assert_eq!(start["line"], end["line"]);
            let line = text.split('\n').nth(number(&start["line"])).unwrap();
            let line: Vec<u16> = line.encode_utf16().collect();
            let cut = &line[number(&start["character"])..number(&end["character"])];
            let (cut, code) = (String::from_utf16(cut).unwrap(), it["code"].as_str().unwrap());
            let severity = if it["severity"] == 1 { "error" } else { "warning" };
            let message = it["message"].as_str().unwrap().replace('\n', "\n    ");
            let _ = writeln!(out, "{severity}[{code}] {cut}\n    {message}");
        }
        out
    }

    /// Puts a text with a `¦` for the cursor into an open file, and asks at the cursor.
    fn at(&mut self, method: &str, path: &str, text: &str) -> Value {
        let (before, after) = text.split_once('¦').unwrap();
        self.change(path, &format!("{before}{after}"));
        let line = before.matches('\n').count();
        let character = before.rsplit('\n').next().unwrap().encode_utf16().count();
        let position = json!({"line": line, "character": character});
        let params = json!({"textDocument": {"uri": self.uri(path)}, "position": position});
        self.ask(method, params)
    }

    /// What is proposed at a `¦`: what is written, and what is said beside it.
    fn proposals(&mut self, path: &str, text: &str) -> String {
        let found = self.at("textDocument/completion", path, text);
        let mut items = found.as_array().cloned().unwrap_or_default();
        items.sort_by_key(|it| it["sortText"].as_str().unwrap_or_default().to_owned());
        let one = |it: &Value| {
            let text = it["textEdit"]["newText"].as_str().unwrap().replace('\n', "⏎");
            let detail = it["detail"].as_str().map(|it| format!("  # {it}"));
            format!("{text}{}\n", detail.unwrap_or_default())
        };
        items.iter().map(one).collect()
    }

    fn end(mut self) -> Ended {
        self.ask("shutdown", Value::Null);
        self.tell("exit", Value::Null);
        self.server.take().unwrap().join().unwrap()
    }
}

fn number(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

const GUIDE: &str = "content/guides/fue.md";

#[test]
fn a_mistake_is_underlined_while_it_is_there() {
    let editor = Editor::start();
    let wrong = "---\ntitle: FUE\nreviwed: 2026-01-01\ntags: [FUE, SPM]\nauthor: a-ossei\n---\n\
                 Some <b>text</b>.\n\n![](/media/head.png)\n\n::calllout\n\n[Away](nowhere.md)\n";
    expect![[r#"
        error[front-matter/unknown-key] reviwed
            unknown key `reviwed`
            did you mean `reviewed`?
            help: a guide may have: title, description, author, related, tags, reviewed, draft, publish_at, expires_at, body
        error[front-matter/rule] SPM
            `tags`: `SPM` is none of its options
            did you mean `SMP`?
            help: use `FUE`, `SMP` or `Hair loss`
        error[front-matter/relation] a-ossei
            `author`: there is no file `content/team/a-ossei.md`
            did you mean `a-osei`?
        error[markdown/raw-html] <b>
            HTML is not used in this text
            help: write it in Markdown or with a directive; a `<` that is meant is written `\<`
        error[a11y/alt-missing] ![](/media/head.png)
            this picture has no alternative text
            help: write in the square brackets what a person who cannot see it needs to know; for mere decoration write `![](… "decorative")`
        error[markdown/directive-unknown] calllout
            there is no directive `calllout`
            did you mean `callout`?
        error[link/broken] [Away](nowhere.md)
            there is no file `content/guides/nowhere.md`
            did you mean `fue.md`?
    "#]].assert_eq(&editor.open(GUIDE, wrong));
    assert_eq!(editor.change(GUIDE, "---\ntitle: FUE\n---\nSome text.\n"), "");
    expect![[r#"
        error[front-matter/missing-field] ---
            a guide needs `title`
            help: add a line `title: …` (a text)
        warning[front-matter/relation-unpublished] new
            `author`: `new` is a draft, so it is not shown here
            help: publish `content/team/new.md`, or name another
    "#]]
    .assert_eq(&editor.change(GUIDE, "---\nauthor: new\ntags: []\n---\nText\n"));
    expect![[r#"
        error[front-matter/syntax] a: b
            a text with a colon and a space in it needs quotes
            YAML takes the second colon for another key
            help: write it as `title: "a: b"`
    "#]]
    .assert_eq(&editor.change(GUIDE, "---\ntitle: a: b\n---\nText\n"));
    let uri = json!({"textDocument": {"uri": editor.uri(GUIDE)}});
    editor.tell("textDocument/didClose", uri);
    assert_eq!(editor.published()["diagnostics"], json!([]));
    assert_eq!(editor.end(), Ended::Well);
}

#[test]
fn what_a_record_lacks_is_underlined() {
    let site = SITE
        .replace(
            "galen:\n      route: /guides/{{slug}}/",
            "galen:\n      review: {last: reviewed, due: reviewed, reviewer: author, references: tags}\n      route: /guides/{{slug}}/",
        )
        .replace("headings: {start: 2,", "required_sections: [{heading: Risks}], headings: {start: 2,");
    let editor = Editor::over(&format!("{site}{MORE}"));
    let text = "---\ntitle: FUE\nreviewed: 2026-11-20\n---\nSome text.\n";
    expect![[r#"
        warning[review/no-references] ---
            this guide does not say what it is based on: `tags` is missing
            help: add a line `tags: …`
        warning[review/no-reviewer] ---
            this guide does not say who reviewed it: `author` is missing
            help: add a line `author: …` with a file name from team
        warning[review/overdue] 2026-11-20
            the review of this guide was due by 2026-11-20
            help: have it reviewed, then write the day into `reviewed` and the next one into `reviewed`
        warning[review/no-section] Some text.
            this guide has no section on `Risks`
            help: add a heading such as `## Risks`, and below it what a reader needs to know
    "#]].assert_eq(&editor.open(GUIDE, text));
    expect![[r#"
        warning[review/no-due-date] ---
            this guide does not say when it is reviewed next: `reviewed` is missing
            help: add a line `reviewed: …` with year, month and day: 2027-03-14
        warning[review/no-references] ---
            this guide does not say what it is based on: `tags` is missing
            help: add a line `tags: …`
        warning[review/no-reviewer] ---
            this guide does not say who reviewed it: `author` is missing
            help: add a line `author: …` with a file name from team
        warning[review/section-empty] ## Risks
            the section `Risks` is empty
            help: write below the heading what a reader needs to know
    "#]]
    .assert_eq(&editor.change(GUIDE, "---\ntitle: FUE\n---\n## Risks\n"));
    assert_eq!(editor.change(GUIDE, "---\ntitle: FUE\ndraft: true\n---\nText.\n"), "");
    editor.end();
}

#[test]
fn places_count_as_editors_do() {
    let editor = Editor::start();
    let text = "---\r\ntitle: x\r\n\"é😀\": y\r\n---\r\n\r\nAn é and a 😀 and <b>this</b>.\r\n";
    expect![[r#"
        error[front-matter/unknown-key] "é😀"
            unknown key `é😀`
            help: a guide may have: title, description, author, related, tags, reviewed, draft, publish_at, expires_at, body
        error[markdown/raw-html] <b>
            HTML is not used in this text
            help: write it in Markdown or with a directive; a `<` that is meant is written `\<`
    "#]].assert_eq(&editor.open(GUIDE, text));
}

#[test]
fn keys_are_proposed_that_are_not_there_yet() {
    let mut editor = Editor::start();
    editor.open(GUIDE, "");
    let text = "---\ndraft: true\n¦\nreviewed: 2026-01-01\n---\n";
    expect![[r#"
        title: "${1:Title}"  # Title (needed)
        description: "${1:Summary}"  # Summary (may be left out)
        author: $1  # Author (may be left out)
        related: [$1]  # Related (may be left out)
        tags: [${1|FUE,SMP,Hair loss|}]  # Tags (may be left out)
        publish_at: ${1:2026-11-23}  # Publish on (may be left out)
        expires_at: ${1:2026-11-23}  # Expires on (may be left out)
    "#]]
    .assert_eq(&editor.proposals(GUIDE, text));
    // A key that has its value is exchanged alone.
    let found = editor.at("textDocument/completion", GUIDE, "---\n😀: é\ntit¦: é\n---\n");
    let edit = &found[0]["textEdit"];
    assert_eq!(edit["newText"], "title");
    assert_eq!(edit["range"]["start"], json!({"line": 2, "character": 0}));
    assert_eq!(edit["range"]["end"], json!({"line": 2, "character": 3}));
    assert!(found[0]["documentation"]["value"].as_str().unwrap().contains("It is a text"));
    // Lines end as they do on Windows, and the front matter has no end yet.
    assert!(editor.proposals(GUIDE, "---\r\ndraft: true\r\nau¦\r\n").contains("author: $1"));
    // The body has none.
    assert_eq!(editor.proposals(GUIDE, "---\ntitle: x\n---\n\nti¦\n"), "");
}

#[test]
fn values_are_proposed() {
    let mut editor = Editor::start();
    editor.open(GUIDE, "");
    let mut at = |line: &str| editor.proposals(GUIDE, &format!("---\n{line}\n---\n"));
    expect![[r#"
        FUE
        SMP
        Hair loss
    "#]]
    .assert_eq(&at("tags: [FUE, ¦]"));
    expect![[r#"
        FUE
        SMP
        Hair loss
    "#]]
    .assert_eq(&at("tags:\n  - ¦"));
    expect![[r#"
        [FUE]
        [SMP]
        [Hair loss]
    "#]]
    .assert_eq(&at("tags: ¦"));
    expect![[r#"
        a-osei  # Amara Osei
        new  # Somebody new (draft)
    "#]]
    .assert_eq(&at("author: ¦"));
    assert!(at("author:¦").starts_with(" a-osei  # Amara Osei\n"));
    expect![[r#"
        true
        false
    "#]]
    .assert_eq(&at("draft: ¦"));
    expect![[r#"
        2026-11-23  # today
    "#]]
    .assert_eq(&at("reviewed: ¦"));
    // The entry itself is not related to itself.
    assert_eq!(at("related: [¦]"), "");
    assert_eq!(at("title: ¦"), "");
    expect![[r#"
        answer  # A shared answer
        callout  # A box
        cta  # A button
    "#]]
    .assert_eq(&editor.proposals(GUIDE, "---\ntitle: x\n---\n\n:::ca¦\n"));
    let found = editor.at("textDocument/completion", GUIDE, "---\nauthor: \"é a-o¦s\" # é\n---\n");
    assert_eq!(found[0]["filterText"], "\"a-osei");
    assert_eq!(found[0]["textEdit"]["range"]["start"]["character"], 8);
    assert_eq!(found[0]["textEdit"]["range"]["end"]["character"], 16);
}

#[test]
fn groups_and_lists_are_completed_at_their_depth() {
    let model = "
-- content/schema.yml --
media_folder: content/media
public_folder: /media
collections:
  - name: guides
    label: Guides
    folder: content/guides
    format: yaml-frontmatter
    extension: md
    galen: {route: \"/guides/{{slug}}/\", template: guide.html}
    fields:
      - {name: title, label: Title, widget: string}
      - name: hero
        label: Picture
        widget: object
        required: false
        fields:
          - {name: src, label: File, widget: image}
          - {name: alt, label: Alternative text, widget: string, required: false, hint: What it shows., pattern: ['^.{3,9}$', 3 to 9 characters]}
      - name: faq
        label: Questions
        widget: list
        required: false
        fields:
          - {name: question, label: Question, widget: string}
          - {name: answer, label: Answer, widget: text, required: false}
      - name: blocks
        label: Blocks
        widget: list
        required: false
        types:
          - {name: quote, label: Quote, fields: [{name: who, label: Who, widget: string}]}
          - {name: rule, label: Rule, fields: [{name: wide, label: Wide, widget: boolean}]}
";
    let mut editor = Editor::over(&format!("{SITE}{MORE}{model}"));
    editor.open(GUIDE, "");
    let mut at = |line: &str| editor.proposals(GUIDE, &format!("---\n{line}\n---\n"));
    expect![[r#"
        hero:⏎  src: $1  # Picture (may be left out)
        faq:⏎  - question: "${1:Question}"  # Questions (may be left out)
        blocks:⏎  - type: ${1|quote,rule|}  # Blocks (may be left out)
    "#]]
    .assert_eq(&at("title: x\n¦"));
    expect![[r#"
        alt: "${1:Alternative text}"  # Alternative text (may be left out)
    "#]]
    .assert_eq(&at("hero:\n  src: x\n  ¦"));
    expect![[r#"
        src:   # File (needed)
        alt:   # Alternative text (may be left out)
    "#]]
    .assert_eq(&at("hero: {¦}"));
    expect![[r#"
        /media/head.png
    "#]]
    .assert_eq(&at("hero: {src: ¦}"));
    expect![[r#"
        answer: "${1:Answer}"  # Answer (may be left out)
    "#]]
    .assert_eq(&at("faq:\n  - question: x\n    ¦"));
    expect![[r#"
        - question: "${1:Question}"  # Question (needed)
        - answer: "${1:Answer}"  # Answer (may be left out)
    "#]]
    .assert_eq(&at("faq:\n  - question: x\n  ¦"));
    expect![[r#"
        type: ${1|quote,rule|}
    "#]]
    .assert_eq(&at("blocks:\n  - ¦"));
    expect![[r#"
        quote
        rule
    "#]]
    .assert_eq(&at("blocks:\n  - type: ¦"));
    expect![[r#"
        true
        false
    "#]]
    .assert_eq(&at("blocks:\n  - type: rule\n    wide: ¦"));
    let hover = editor.at("textDocument/hover", GUIDE, "---\nhero:\n  a¦lt: x\n---\n");
    expect![[r#"
        **Alternative text** (`alt`)

        What it shows.

        It is a text.

        - may be left out
        - 3 to 9 characters
    "#]]
    .assert_eq(hover["contents"]["value"].as_str().unwrap());
}

#[test]
fn what_was_meant_is_one_key_away() {
    let mut editor = Editor::start();
    let text = "---\ntitle: FUE\nauthr: a-osei\ntags: [\"Hair lass\"]\n---\n\n::ctaa{to=\"/\"}\n";
    editor.open(GUIDE, text);
    let range = json!({
        "start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0},
    });
    let params = json!({
        "textDocument": {"uri": editor.uri(GUIDE)}, "range": range, "context": {"diagnostics": []},
    });
    let found = editor.ask("textDocument/codeAction", params);
    let titles: Vec<&str> =
        found.as_array().unwrap().iter().map(|it| it["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["Write `author`", "Write `Hair loss`", "Write `cta`"]);
    let edits = &found[0]["edit"]["changes"][editor.uri(GUIDE)];
    assert_eq!(edits[0]["newText"], "author");
    assert_eq!(edits[0]["range"]["end"], json!({"line": 2, "character": 5}));
}

#[test]
fn settings_and_what_bears_on_all_entries_are_read_as_they_are_typed() {
    let mut editor = Editor::start();
    let settings = "content/settings/site.yml";
    expect![[r#"
        error[front-matter/unknown-key] titel
            unknown key `titel`
            did you mean `title`?
            help: a file site may have: title
    "#]]
    .assert_eq(&editor.open(settings, "titel: x\n"));
    expect![[r#"
        title: "${1:Site name}"  # Site name (may be left out)
    "#]]
    .assert_eq(&editor.proposals(settings, "¦"));
    let closed = json!({"textDocument": {"uri": editor.uri(settings)}});
    editor.tell("textDocument/didClose", closed);
    editor.published();
    // Entries cannot be checked now, which is said.
    let config = "base_url: x\ntheme: t\n";
    editor.show("galen.yaml", config);
    let Message::Notification(said) = editor.next() else { panic!("nothing was said") };
    let message = said.params["message"].as_str().unwrap();
    assert!(message.starts_with("Galen: entries are not checked while "), "{message}");
    expect![[r#"
        error[config/value] x
            `x` is not the address of a site
            help: write it as in `https://www.clinic.example`
    "#]]
    .assert_eq(&editor.underlined(config));
}

#[test]
fn an_entry_that_is_not_saved_yet_can_be_named() {
    let editor = Editor::start();
    let first = "---\ntitle: FUE\nauthor: somebody\n---\n";
    assert!(editor.open(GUIDE, first).contains("front-matter/relation"));
    let person = "content/team/somebody.md";
    editor.show(person, "---\nname: Somebody\n---\n");
    // Both are looked at again.
    let both = [editor.published(), editor.published()];
    assert_eq!(both.map(|it| it["diagnostics"].clone()), [json!([]), json!([])]);
}

#[test]
fn nothing_makes_it_fall() {
    let mut editor = Editor::start();
    for params in [json!(null), json!({}), json!({"textDocument": 1}), json!([1, 2])] {
        for method in ["didOpen", "didChange", "didSave", "didClose", "didInvent"] {
            editor.tell(&format!("textDocument/{method}"), params.clone());
        }
        for method in ["completion", "hover", "codeAction", "rename"] {
            assert!(editor.ask(&format!("textDocument/{method}"), params.clone()).is_string());
        }
    }
    editor.open(GUIDE, "");
    let huge = format!("---\ntitle: x\n{}", "- ".repeat(200_000));
    for text in ["---", "---\n", "\u{feff}---\r\n: :\r\n---", "---\n{{{{[[[[\n---\n", "😀", &huge]
    {
        editor.change(GUIDE, text);
        for line in 0..4 {
            for character in [0, 1, 2, 1000, u32::MAX] {
                let position = json!({"line": line, "character": character});
                let uri = editor.uri(GUIDE);
                let params = json!({"textDocument": {"uri": uri}, "position": position});
                editor.ask("textDocument/completion", params.clone());
                editor.ask("textDocument/hover", params);
            }
        }
    }
    assert_eq!(editor.end(), Ended::Well);
}

#[test]
fn a_file_of_no_site_is_left_alone_and_that_is_said_once() {
    let editor = Editor::over("-- notes.md --\n");
    for name in ["notes.md", "other.md"] {
        editor.show(name, "# Notes\n");
    }
    let Message::Notification(said) = editor.next() else { panic!("nothing was said") };
    assert_eq!(said.method, "window/showMessage");
    let message = said.params["message"].as_str().unwrap();
    assert!(message.starts_with("Galen: there is no `galen.yaml` in "), "{message}");
    // An editor that is gone ends it.
    let Editor { connection: Connection { sender, receiver }, server, .. } = editor;
    drop(sender);
    assert_eq!(server.unwrap().join().unwrap(), Ended::Well);
    assert!(receiver.recv().is_err(), "it was said once");
}

/// Talks to the binary over pipes; gives what it sent, its exit code and its errors.
fn piped(dir: &Path, messages: &[Value]) -> (Vec<Value>, Option<i32>, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_galen"))
        .args(["lsp", "--stdio"])
        .current_dir(dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    for message in messages {
        let text = message.to_string();
        write!(stdin, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
    }
    drop(stdin);
    let mut found = Vec::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut header = String::new();
    while out.read_line(&mut header).unwrap() > 0 {
        if let Some(length) = header.strip_prefix("Content-Length: ") {
            let mut bytes = vec![0; length.trim().parse::<usize>().unwrap() + 2];
            out.read_exact(&mut bytes).unwrap();
            found.push(serde_json::from_slice(&bytes[2..]).unwrap());
        }
        header.clear();
    }
    let mut errors = String::new();
    child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
    (found, child.wait().unwrap().code(), errors)
}

#[test]
fn the_binary_speaks_over_pipes() {
    let editor = Editor::start();
    let uri = editor.uri(GUIDE);
    let document = json!({
        "uri": uri, "languageId": "markdown", "version": 7,
        "text": "---\ntitle: FUE\ndarft: true\n---\n",
    });
    let call = |id: u32, method: &str, params: Value| json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
    let tell =
        |method: &str, params: Value| json!({"jsonrpc": "2.0", "method": method, "params": params});
    let start = [
        call(1, "initialize", json!({"capabilities": {}})),
        tell("initialized", json!({})),
        tell("textDocument/didOpen", json!({"textDocument": document})),
    ];
    let range = json!({
        "start": {"line": 2, "character": 0}, "end": {"line": 2, "character": 0},
    });
    let params = json!({
        "textDocument": {"uri": uri}, "range": range, "context": {"diagnostics": []},
    });
    let mut all = start.to_vec();
    all.push(call(2, "textDocument/codeAction", params));
    all.push(call(3, "shutdown", Value::Null));
    all.push(tell("exit", Value::Null));
    let (found, code, errors) = piped(editor.dir.path(), &all);
    assert_eq!((code, errors.as_str()), (Some(0), ""));
    assert_eq!(found[0]["result"]["serverInfo"]["name"], "galen");
    let published = &found[1]["params"];
    assert_eq!((&published["uri"], &published["version"]), (&json!(uri), &json!(7)));
    assert_eq!(published["diagnostics"][0]["code"], "front-matter/unknown-key");
    assert_eq!(found[2]["result"][0]["title"], "Write `draft`");
    assert_eq!((&found[3]["id"], &found[3]["result"]), (&json!(3), &Value::Null));
    assert_eq!(found.len(), 4);
    // Standard input that ends is an end too; to exit at once is not.
    assert_eq!(piped(editor.dir.path(), &start).1, Some(0));
    let mut abrupt = start.to_vec();
    abrupt.push(tell("exit", Value::Null));
    assert_eq!(piped(editor.dir.path(), &abrupt).1, Some(1));
    let (_, code, errors) = piped(editor.dir.path(), &[json!("hello")]);
    assert_eq!(code, Some(1));
    assert!(errors.contains("what came on standard input is no message"), "{errors}");
}

#[test]
fn what_findings_count_for_holds_in_an_editor_too() {
    let checks = "checks: {severity: {link/broken: warn}}\n-- content/schema.yml --\n";
    let site = SITE.replacen("-- content/schema.yml --\n", checks, 1);
    let editor = Editor::over(&format!("{site}{MORE}"));
    let waiver = "waivers: [{code: link/picture, reason: it is drawn, until: 2026-11-23}]";
    let text = format!("---\ntitle: FUE\n{waiver}\n---\n[x](x.md) ![y](/media/y.png)\n");
    expect![[r#"
        warning[link/broken] [x](x.md)
            there is no file `content/guides/x.md`
            did you mean `fue.md`?
    "#]]
    .assert_eq(&editor.open("content/guides/fue.md", &text));
}
