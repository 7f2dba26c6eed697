//! The commands as they are typed, by the real binary.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use expect_test::{Expect, expect};

pub(crate) use crate::support::live::folder as site;

fn command(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_galen"));
    command.current_dir(dir).args(args).env_remove("GALEN_CLOCK").env_remove("NO_COLOR");
    command
}

pub(crate) fn run(dir: &Path, args: &[&str]) -> Output {
    command(dir, args).output().unwrap()
}

/// Compares exit code, standard output and standard error; the time a build takes is left out.
pub(crate) fn gives(output: &Output, expected: Expect) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let out = text(&output.stdout);
    let time = regex::Regex::new(r" in [0-9.]+ s").unwrap();
    let out = time.replace(&out, " in … s");
    let code = output.status.code().unwrap();
    let all = format!("exit {code}\nout: {out}\nerr: {}", text(&output.stderr));
    // Help has lines of blanks, which an editor would take away from here.
    let trimmed: Vec<&str> = all.lines().map(str::trim_end).collect();
    expected.assert_eq(&trimmed.join("\n"));
}

const MIXED: &str = "-- content/guides/a.md --\n---\ntitle: A\n---\n-- content/guides/draft.md --\n---\ntitle: D\ndraft: true\n---\n-- content/guides/later.md --\n---\ntitle: L\npublish_at: 2027-05-01T09:00\n---\n-- content/guides/old.md --\n---\ntitle: O\nexpires_at: 2026-06-30\n---\n";

#[test]
fn build_names_what_is_not_on_the_site() {
    let dir = site(MIXED);
    gives(
        &run(dir.path(), &["build", "--clock", "2026-11-23"]),
        expect![[r#"
            exit 0
            out: Built 3 pages into public in … s; 6 files written
            Not on the site:
              content/guides/draft.md: draft
              content/guides/later.md: appears on 2027-05-01 09:00
              content/guides/old.md: expired on 2026-06-30

            err:"#]],
    );
    gives(
        &run(dir.path(), &["build", "--clock", "2027-06-01"]),
        expect![[r#"
            exit 0
            out: Built 4 pages into public in … s (5 rendered, 2 reused); 3 files written
            Not on the site:
              content/guides/draft.md: draft
              content/guides/old.md: expired on 2026-06-30

            err:"#]],
    );
    gives(
        &run(dir.path(), &["build", "--clock", "2026-11-23", "--drafts", "-o", "out"]),
        expect![[r#"
            exit 0
            out: Built 4 pages into out in … s; 7 files written
            Not on the site:
              content/guides/later.md: appears on 2027-05-01 09:00
              content/guides/old.md: expired on 2026-06-30
            Drafts are included: do not put this folder online.

            err:"#]],
    );
    gives(
        &run(dir.path(), &["build", "--quiet"]),
        expect![[r#"
            exit 0
            out:
            err: warning[link/vanished]: `/guides/later/` was an address of this site, and is none now
             = note: `content/guides/later.md` appears on 2027-05-01 09:00
             = help: add `/guides/later/` to the `aliases` of the entry that took its place

            1 warning"#]],
    );
}

#[test]
fn exit_codes_tell_what_kind_of_failure_it_was() {
    let dir = site("-- content/guides/a.md --\n---\ntitle: A\n---\n[x](b.md)\n");
    gives(
        &run(dir.path(), &["build"]),
        expect![[r#"
            exit 1
            out:
            err: error[link/broken]: there is no file `content/guides/b.md`
             --> content/guides/a.md:4:1
              |
            4 | [x](b.md)
              | ^^^^^^^^^ did you mean `a.md`?

            1 error
            nothing was published; the output folder is as it was"#]],
    );
    let dir = site("-- content/guides/a.md --\n---\ntitle: “A”\n---\n");
    gives(
        &run(dir.path(), &["build", "--strict"]),
        expect![[r#"
            exit 3
            out:
            err: warning[front-matter/curly-quotes]: the curly quotes around `title` are part of the text
             --> content/guides/a.md:2:8
              |
            2 | title: “A”
              |        ^^^
              |
              = help: use straight quotes "…" if they are meant for YAML, or none

            1 warning
            nothing was published; the output folder is as it was"#]],
    );
    assert!(!dir.path().join("public").exists());
    // config/clock
    gives(
        &run(dir.path(), &["build", "--clock", "tomorrow"]),
        expect![[r#"
            exit 2
            out:
            err: error[config/clock]: `--clock`: `tomorrow` is not a date such as 2026-12-01, or a moment such as 2026-12-01T09:00

            1 error
            nothing was published; the output folder is as it was"#]],
    );
    gives(
        &run(dir.path(), &["biuld"]),
        expect![[r#"
            exit 2
            out:
            err: error: unrecognized subcommand 'biuld'

              tip: a similar subcommand exists: 'build'

            Usage: galen [OPTIONS] <COMMAND>

            For more information, try '--help'."#]],
    );
    let empty = tempfile::tempdir().unwrap();
    gives(
        &run(empty.path(), &["build"]),
        expect![[r#"
            exit 2
            out:
            err: error[config/missing]: there is no `galen.yaml` here, so this folder is not a Galen site
            --> galen.yaml
             = help: go to the folder of your site, or name it: `galen -C my-clinic build`

            1 error
            nothing was published; the output folder is as it was"#]],
    );
}

#[test]
fn new_writes_a_draft_that_says_what_it_needs() {
    let dir = site("");
    gives(
        &run(dir.path(), &["new", "guide", "What is SMP: a guide?"]),
        expect![[r#"
            exit 0
            out: content/guides/what-is-smp-a-guide.md

            err: fill in the fields; `galen build --drafts` shows it among the others"#]],
    );
    let text =
        fs::read_to_string(dir.path().join("content/guides/what-is-smp-a-guide.md")).unwrap();
    expect![[r#"
        ---
        title: 'What is SMP: a guide?'
        draft: true
        ---

    "#]]
    .assert_eq(&text);
    gives(
        &run(dir.path(), &["new", "guides", "What is SMP, a guide"]),
        expect![[r#"
            exit 1
            out:
            err: error: `content/guides/what-is-smp-a-guide.md` exists already; choose another title"#]],
    );
    gives(
        &run(dir.path(), &["new", "guids", "X"]),
        expect![[r#"
            exit 2
            out:
            err: error: there is no collection `guids`; did you mean `guides`?"#]],
    );
    gives(
        &run(dir.path(), &["new", "guides", "???"]),
        expect![[r#"
            exit 2
            out:
            err: error: `???` has no letter or digit to name a file by"#]],
    );
    let built = run(dir.path(), &["build"]);
    assert_eq!(built.status.code(), Some(0), "{}", String::from_utf8_lossy(&built.stderr));
}

#[test]
fn schema_lists_prints_and_writes() {
    let dir = site("");
    let read = |path: &str| fs::read_to_string(dir.path().join(path)).unwrap();
    gives(
        &run(dir.path(), &["schema"]),
        expect![[r#"
        exit 0
        out: content/guides/**/*.md     content/.schema/guides.json
        content/team/**/*.md       content/.schema/team.json
        content/answers/**/*.md    content/.schema/answers.json
        content/settings/site.yml  content/.schema/settings.site.json
        `galen schema --write` writes these files

        err:"#]],
    );
    gives(
        &run(dir.path(), &["schema", "answer"]),
        expect![[r#"
        exit 2
        out:
        err: error: there is no collection `answer`; did you mean `answers`?"#]],
    );
    gives(
        &run(dir.path(), &["schema", "answers"]),
        expect![[r#"
            exit 0
            out: {
              "type": "object",
              "properties": {
                "question": {
                  "type": [
                    "string",
                    "number",
                    "boolean",
                    "null"
                  ],
                  "title": "Question",
                  "$comment": "Galen also checks: unique among the entries"
                },
                "waivers": {
                  "type": [
                    "array",
                    "null"
                  ],
                  "title": "Findings of `galen check` that may stay for a time",
                  "items": {
                    "type": "object",
                    "properties": {
                      "code": {
                        "type": "string",
                        "title": "Their code, such as link/broken"
                      },
                      "reason": {
                        "type": [
                          "string",
                          "number",
                          "boolean"
                        ],
                        "title": "Why they may stay",
                        "pattern": "\\S"
                      },
                      "until": {
                        "type": "string",
                        "title": "The last day",
                        "pattern": "^(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)$"
                      },
                      "text": {
                        "type": [
                          "string",
                          "number",
                          "boolean"
                        ],
                        "title": "What is in the marked words or the message"
                      }
                    },
                    "required": [
                      "code",
                      "reason",
                      "until"
                    ],
                    "additionalProperties": false
                  }
                }
              },
              "additionalProperties": false,
              "else": {
                "required": [
                  "question"
                ],
                "properties": {
                  "question": {
                    "type": [
                      "string",
                      "number",
                      "boolean"
                    ],
                    "pattern": "\\S"
                  }
                }
              },
              "if": {
                "required": [
                  "draft"
                ],
                "properties": {
                  "draft": {
                    "const": true
                  }
                }
              },
              "$schema": "https://json-schema.org/draft/2020-12/schema",
              "$comment": "Written by `galen schema --write` from content/schema.yml; docs/schema.md lists what else is checked",
              "title": "Answer"
            }

            err:"#]],
    );
    gives(
        &run(dir.path(), &["schema", "--write"]),
        expect![[r#"
        exit 0
        out: Wrote content/.schema/guides.json
              content/.schema/team.json
              content/.schema/answers.json
              content/.schema/settings.site.json
              .vscode/galen.code-snippets
              .vscode/settings.json
              .vscode/extensions.json

        err:"#]],
    );
    gives(
        &run(dir.path(), &["schema", "--write"]),
        expect![[r#"
        exit 0
        out: Nothing changed

        err:"#]],
    );
    expect![[r#"
        {
          "glspc.server.command": "galen",
          "glspc.server.commandArguments": ["lsp"],
          "glspc.server.languageId": ["markdown"],
          "[markdown]": {"editor.quickSuggestions": {"other": "on", "strings": "on"}, "editor.wordBasedSuggestions": "off"},
          "yaml.schemas": {
            "./content/.schema/guides.json": "content/guides/**/*.md",
            "./content/.schema/team.json": "content/team/**/*.md",
            "./content/.schema/answers.json": "content/answers/**/*.md",
            "./content/.schema/settings.site.json": "content/settings/site.yml"
          }
        }
    "#]]
    .assert_eq(&read(".vscode/settings.json"));
    expect![[r#"
        // Written by `galen schema --write` from content/schema.yml.
        {
          "Guide": {
            "scope": "markdown",
            "prefix": "galen-guide",
            "description": "A new entry: Guide",
            "body": [
              "---",
              "title: \"${1:Title}\"",
              "tags: [${2|FUE,SMP,Hair loss|}]",
              "draft: true",
              "---",
              "",
              "$0"
            ]
          },
          "Team member": {
            "scope": "markdown",
            "prefix": "galen-team-member",
            "description": "A new entry: Team member",
            "body": [
              "---",
              "name: \"${1:Name}\"",
              "draft: true",
              "---",
              "",
              "$0"
            ]
          },
          "Answer": {
            "scope": "markdown",
            "prefix": "galen-answer",
            "description": "A new entry: Answer",
            "body": [
              "---",
              "question: \"${1:Question}\"",
              "---",
              "",
              "$0"
            ]
          }
        }
    "#]]
    .assert_eq(&read(".vscode/galen.code-snippets"));
    assert_eq!(run(dir.path(), &["build"]).status.code(), Some(0));
}

#[test]
fn schema_leaves_the_files_of_others_alone() {
    let dir = site(
        "-- .vscode/settings.json --\n{\n  // mine\n  \"a\": 1\n}\n\
         -- .vscode/extensions.json --\n{\"unwantedRecommendations\": [\"redhat.vscode-yaml\"]}\n\
         -- content/.schema/team.json --\n{\"title\": \"mine\"}\n",
    );
    let output = run(dir.path(), &["schema", "--write"]);
    gives(
        &output,
        expect![[r#"
            exit 1
            out: Wrote content/.schema/guides.json
                  content/.schema/answers.json
                  content/.schema/settings.site.json
                  .vscode/galen.code-snippets
                  .vscode/extensions.json

            err: error: `content/.schema/team.json` was not written by Galen and stays as it is; move it away, and try again
            `.vscode/settings.json` has comments or is not plain JSON, and stays as it is; add this to it:
            "glspc.server.command": "galen",
            "glspc.server.commandArguments": ["lsp"],
            "glspc.server.languageId": ["markdown"],
            "[markdown]": {"editor.quickSuggestions": {"other": "on", "strings": "on"}, "editor.wordBasedSuggestions": "off"},
            "yaml.schemas": {
              "./content/.schema/guides.json": "content/guides/**/*.md",
              "./content/.schema/team.json": "content/team/**/*.md",
              "./content/.schema/answers.json": "content/answers/**/*.md",
              "./content/.schema/settings.site.json": "content/settings/site.yml"
            }"#]],
    );
    let read = |path: &str| fs::read_to_string(dir.path().join(path)).unwrap();
    assert_eq!(read(".vscode/settings.json"), "{\n  // mine\n  \"a\": 1\n}\n");
    assert_eq!(read("content/.schema/team.json"), "{\"title\": \"mine\"}\n");
}

#[test]
fn export_config_is_the_model_without_what_is_galens_own() {
    let model = "-- content/schema.yml --
galen: {version: 1}
media_folder: content/media
collections:
  - name: guides
    label: Guides
    folder: content/guides
    galen: {route: null}
    fields:
      - {name: title, label: Title, galen: {unique: true}}
      - {name: day, widget: date}
      - {name: links, widget: keyvalue, required: false}
      - {name: about, widget: object, fields: [{name: key, widget: compute, value: x, galen: {private: true}}]}
      - {name: parts, widget: list, types: [{name: one, fields: [{name: text, widget: richtext}]}]}
";
    let dir = site(model);
    gives(
        &run(dir.path(), &["export-config", "--for", "decap"]),
        expect![[r#"
        exit 0
        out: backend:
          name: git-gateway
          branch: main
        media_folder: content/media
        collections:
        - name: guides
          label: Guides
          folder: content/guides
          fields:
          - name: title
            label: Title
          - name: day
            widget: datetime
            time_format: false
            format: YYYY-MM-DD
          - name: about
            widget: object
            fields:
            - name: key
              widget: hidden
          - name: parts
            widget: list
            types:
            - name: one
              fields:
              - name: text
                widget: markdown

        err: the backend is `git-gateway`; `--backend-repo owner/name` names a repository on GitHub instead
        `links`: Decap has no widget `keyvalue`; it is left out
        `key`: Decap has no widget `compute`; it is `hidden` there"#]],
    );
    gives(
        &run(
            dir.path(),
            &["export-config", "--for", "sveltia", "--backend-repo", "larkfield/website"],
        ),
        expect![[r#"
            exit 0
            out: # yaml-language-server: $schema=https://unpkg.com/@sveltia/cms/schema/sveltia-cms.json
            backend:
              name: github
              repo: larkfield/website
              branch: main
            media_folder: content/media
            collections:
            - name: guides
              label: Guides
              folder: content/guides
              fields:
              - name: title
                label: Title
              - name: day
                widget: datetime
                time_format: false
                format: YYYY-MM-DD
              - name: links
                widget: keyvalue
                required: false
              - name: about
                widget: object
                fields:
                - name: key
                  widget: compute
                  value: x
              - name: parts
                widget: list
                types:
                - name: one
                  fields:
                  - name: text
                    widget: richtext

            err:"#]],
    );
    gives(
        &run(dir.path(), &["export-config"]),
        expect![[r#"
        exit 2
        out:
        err: error: the following required arguments were not provided:
          --for <EDITOR>

        Usage: galen export-config --for <EDITOR>

        For more information, try '--help'."#]],
    );
    fs::write(dir.path().join("content/schema.yml"), "collections: [{}]\n").unwrap();
    gives(
        &run(dir.path(), &["export-config", "--for", "decap"]),
        expect![[r#"
        exit 1
        out:
        err: error[schema/value]: a collection needs `name`
         --> content/schema.yml:1:15
          |
        1 | collections: [{}]
          |               ^^

        1 error"#]],
    );
}

#[test]
fn a_reader_that_stops_listening_is_no_failure() {
    let dir = site(MIXED);
    let mut child = command(dir.path(), &["build", "--clock", "2026-11-23"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(
        dir.path().join("public/index.html").exists()
            || dir.path().join("public/404.html").exists()
    );
}

#[test]
fn help_is_for_people() {
    let dir = tempfile::tempdir().unwrap();
    gives(
        &run(dir.path(), &["--help"]),
        expect![[r#"
            exit 0
            out: Galen turns a clinic's Markdown guides into its website

            Usage: galen [OPTIONS] <COMMAND>

            Commands:
              build          Build the site into the folder `public`
              check          Look for everything that is wrong with the site, and publish nothing
              watch          Build the site again whenever one of its files changes
              serve          Show the site in a browser, as its host will, and keep what is shown up
                             to date
              init           Start a site: the sample clinic, to be made your own
              list           List the entries, with those that are not on the site and why
              explain        Say what a message means, or what a page is made of
              completion     Print what a shell needs to complete commands: `galen completion bash`
              new            Start a new entry, such as a guide, as a draft
              schema         Give the content model to editors of text, as JSON Schema
              export-config  Print the content model as the configuration of Decap CMS or Sveltia CMS
              forms          Take enquiries from forms, and list, show, export and remove them
              lsp            Complete and underline entries in an editor of text, while they are typed

            Options:
              -C, --root <DIR>
                      The folder of the site, the one with galen.yaml

                      [env: GALEN_ROOT=]
                      [default: .]

              -q, --quiet
                      Say nothing but problems

              -v, --verbose
                      Say more

                  --color <WHEN>
                      Whether messages are coloured

                      Possible values:
                      - auto:   On a terminal, unless NO_COLOR is set
                      - always: Yes
                      - never:  No

                      [env: GALEN_COLOR=]
                      [default: auto]

              -h, --help
                      Print help (see a summary with '-h')

              -V, --version
                      Print version

            err:"#]],
    );
    gives(
        &run(dir.path(), &["build", "--help"]),
        expect![[r#"
            exit 0
            out: Build the site into the folder `public`.

            All problems of all files are told in one run. While there is an error, the folder stays
            as it was.

            Usage: galen build [OPTIONS]

            Options:
              -o, --output <DIR>
                      The folder to build into, from the folder of the site

                      [env: GALEN_OUTPUT=]
                      [default: public]

                  --drafts
                      Build drafts too, to look at them; do not put the result online

                      [env: GALEN_DRAFTS=]

                  --base-url <URL>
                      Build for another address than that in galen.yaml, such as that of a preview

                      [env: GALEN_BASE_URL=]

                  --clock <MOMENT>
                      Build the site as it is at a moment, such as 2026-12-01 or 2026-12-01T09:00

                      [env: GALEN_CLOCK=]

                  --clean
                      Remove files from the folder that this site did not make; hidden ones are kept

                  --timings
                      Say how long each stage took, and the slowest templates

                  --explain
                      Say why each page was made anew

                  --plan
                      Say what would be added, changed, removed and redirected, and why; change
                      nothing

                  --verify
                      Build once more from nothing and compare: both must be the same

                  --strict
                      Treat warnings as errors: publish nothing while there is one

                      [env: GALEN_STRICT=]

                  --unchecked
                      Make the pages and check none, to see a large site sooner; `galen check` looks
                      at them

                  --format <FORMAT>
                      How problems are written; for programs, standard output has nothing else

                      Possible values:
                      - text:   For people: place, excerpt, cure
                      - json:   One object, for programs (docs/checking.md)
                      - sarif:  SARIF 2.1.0, for code hosts and editors
                      - github: Annotations of GitHub Actions

                      [default: text]

              -C, --root <DIR>
                      The folder of the site, the one with galen.yaml

                      [env: GALEN_ROOT=]
                      [default: .]

              -q, --quiet
                      Say nothing but problems

              -v, --verbose
                      Say more

                  --color <WHEN>
                      Whether messages are coloured

                      Possible values:
                      - auto:   On a terminal, unless NO_COLOR is set
                      - always: Yes
                      - never:  No

                      [env: GALEN_COLOR=]
                      [default: auto]

              -h, --help
                      Print help (see a summary with '-h')

            err:"#]],
    );
    gives(
        &run(dir.path(), &["new", "--help"]),
        expect![[r#"
            exit 0
            out: Start a new entry, such as a guide, as a draft.

            The file has every field that must be filled in, with what is expected. It does not appear
            on the site until `draft: true` is changed.

            Usage: galen new [OPTIONS] <COLLECTION> <TITLE>

            Arguments:
              <COLLECTION>
                      The collection, as content/schema.yml names it, such as guides

              <TITLE>
                      The title, in quotes; the file's name and the address are made from it

            Options:
              -C, --root <DIR>
                      The folder of the site, the one with galen.yaml

                      [env: GALEN_ROOT=]
                      [default: .]

              -q, --quiet
                      Say nothing but problems

              -v, --verbose
                      Say more

                  --color <WHEN>
                      Whether messages are coloured

                      Possible values:
                      - auto:   On a terminal, unless NO_COLOR is set
                      - always: Yes
                      - never:  No

                      [env: GALEN_COLOR=]
                      [default: auto]

              -h, --help
                      Print help (see a summary with '-h')

            err:"#]],
    );
    gives(
        &run(dir.path(), &["schema", "--help"]),
        expect![[r#"
            exit 0
            out: Give the content model to editors of text, as JSON Schema.

            Without arguments it lists the collections and the files that `--write` would write; with
            a collection it prints that collection's schema.

            Usage: galen schema [OPTIONS] [COLLECTION]

            Arguments:
              [COLLECTION]
                      A collection, as content/schema.yml names it, such as guides

            Options:
                  --write
                      Write the schemas into content/.schema, and the settings of VS Code into .vscode

              -C, --root <DIR>
                      The folder of the site, the one with galen.yaml

                      [env: GALEN_ROOT=]
                      [default: .]

              -q, --quiet
                      Say nothing but problems

              -v, --verbose
                      Say more

                  --color <WHEN>
                      Whether messages are coloured

                      Possible values:
                      - auto:   On a terminal, unless NO_COLOR is set
                      - always: Yes
                      - never:  No

                      [env: GALEN_COLOR=]
                      [default: auto]

              -h, --help
                      Print help (see a summary with '-h')

            err:"#]],
    );
    gives(
        &run(dir.path(), &["export-config", "--help"]),
        expect![[r#"
            exit 0
            out: Print the content model as the configuration of Decap CMS or Sveltia CMS.

            It is content/schema.yml without what is Galen's own, and with a `backend`.

            Usage: galen export-config [OPTIONS] --for <EDITOR>

            Options:
                  --for <EDITOR>
                      The editor that is to read it

                      Possible values:
                      - decap:   Decap CMS
                      - sveltia: Sveltia CMS

                  --backend-repo <OWNER/NAME>
                      The repository on GitHub that the editor writes to, such as larkfield/website

              -C, --root <DIR>
                      The folder of the site, the one with galen.yaml

                      [env: GALEN_ROOT=]
                      [default: .]

              -q, --quiet
                      Say nothing but problems

              -v, --verbose
                      Say more

                  --color <WHEN>
                      Whether messages are coloured

                      Possible values:
                      - auto:   On a terminal, unless NO_COLOR is set
                      - always: Yes
                      - never:  No

                      [env: GALEN_COLOR=]
                      [default: auto]

              -h, --help
                      Print help (see a summary with '-h')

            err:"#]],
    );
}
