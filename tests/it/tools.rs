//! Starting a site and listing it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use expect_test::expect;

use crate::support::{files_below, repository};

fn galen(dir: &Path, args: &[&str], env: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_galen"));
    command.current_dir(dir).args(args).env_remove("GALEN_CLOCK");
    command.envs(env.iter().copied()).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn started() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let output = galen(dir.path(), &["init", "clinic"], &[]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    dir
}

#[test]
fn a_site_is_started_where_the_root_says() {
    let dir = tempfile::tempdir().unwrap();
    let root = ["-C", "there", "init"];
    assert_eq!(galen(dir.path(), &root, &[]).status.code(), Some(0));
    assert!(dir.path().join("there/galen.yaml").exists());
    let below = galen(dir.path(), &["-q", "-C", "there", "init", "inner"], &[]);
    assert_eq!((below.status.code(), out(&below), err(&below)), (Some(0), "".into(), "".into()));
    assert!(dir.path().join("there/inner/galen.yaml").exists());
    assert!(!dir.path().join("galen.yaml").exists());
}

#[test]
fn a_slip_in_the_sample_is_told_once_and_where_it_is() {
    let dir = started();
    let site = dir.path().join("clinic");
    let guide = "content/guides/prp-what-is-known.md";
    let (menu, answer) = ("content/settings/navigation.yml", "content/faqs/who-should-wait.md");
    let place = |file: &str, rest: &str| format!("{file}:{rest}");
    let treatment = "content/treatments/prp-scalp-injections.md";
    let slips = [
        (menu, "url: /team/", "url: /teams/", vec![place(menu, "4:24")]),
        (guide, "\ntitle: Do", "\ntitle:Do", vec![place(guide, "2:1")]),
        (guide, "\ntitle: Do", "\ntitel: Do", vec![place(guide, "2:1"), place(guide, "2:1")]),
        (guide, "shared: who-should-wait", "shared: who-should-weit", vec![place(guide, "13:13")]),
        // Those who name it among others go without it; who shows it alone has nothing to show.
        (answer, "---\n", "---\ndraft: true\n", vec![place(treatment, "55:1")]),
        (
            "content/schema.yml",
            " template: guide.html",
            " template: giude.html",
            vec!["content/schema.yml".to_owned()],
        ),
    ];
    for (file, from, to, places) in slips {
        let path = site.join(file);
        let before = fs::read_to_string(&path).unwrap();
        assert!(before.contains(from), "{file}: {from}");
        fs::write(&path, before.replacen(from, to, 1)).unwrap();
        let output = galen(&site, &["build", "--clock", "2026-11-23"], &[]);
        fs::write(&path, before).unwrap();
        let said = err(&output);
        let mut found = Vec::new();
        let mut lines = said.lines();
        while let Some(line) = lines.next() {
            if line.starts_with("error[") {
                let arrow = lines.next().unwrap_or_default();
                found.push(arrow.trim_start_matches([' ', '-', '>']).to_owned());
            }
        }
        assert_eq!(found, places, "{said}");
        assert_eq!(output.status.code(), Some(1), "{said}");
    }
}

#[test]
fn a_started_site_builds_without_a_word() {
    let dir = started();
    let site = dir.path().join("clinic");
    let built = galen(&site, &["build", "--strict", "--clock", "2026-11-23"], &[]);
    assert_eq!((built.status.code(), err(&built)), (Some(0), String::new()));
    assert!(site.join("public/index.html").exists());
    // It is the repository's own site.
    for (name, path) in files_below(&repository().join("content")) {
        assert_eq!(fs::read(path).unwrap(), fs::read(site.join("content").join(&name)).unwrap());
    }
}

#[test]
fn a_site_is_never_started_over_another() {
    let dir = started();
    let page = dir.path().join("clinic/content/pages/about.md");
    fs::write(&page, "mine").unwrap();
    let again = galen(dir.path(), &["init", "clinic"], &[]);
    assert_eq!(again.status.code(), Some(1));
    expect![[r#"
        error: `clinic` has `.gitignore`, `README.md` and `content/.schema/faqs.json`, and 105 more files already; nothing was written
        name an empty folder: `galen init my-clinic`
    "#]]
    .assert_eq(&err(&again));
    assert_eq!(fs::read_to_string(&page).unwrap(), "mine");
    // A folder that holds something else may become a site.
    let other = tempfile::tempdir().unwrap();
    fs::write(other.path().join("notes.txt"), "mine").unwrap();
    assert_eq!(galen(other.path(), &["init"], &[]).status.code(), Some(0));
    assert_eq!(fs::read_to_string(other.path().join("notes.txt")).unwrap(), "mine");
}

#[test]
fn entries_are_listed_for_people_spreadsheets_and_programs() {
    let dir = started();
    let site = dir.path().join("clinic");
    let title = "---\ntitle: \"=1+1, \\\"said\\\" somebody\"\ndraft: true\n---\n";
    fs::write(site.join("content/pages/odd.md"), title).unwrap();
    let list = |args: &[&str]| {
        let args: Vec<&str> =
            ["list", "--clock", "2026-11-23"].iter().chain(args).copied().collect();
        let output = galen(&site, &args, &[]);
        assert_eq!((output.status.code(), err(&output)), (Some(0), String::new()));
        out(&output)
    };
    expect![[r#"
        status     date        collection  slug                 title                                           file
        draft                  guides      beard-transplants    What is different about a beard transplant?     content/guides/beard-transplants.md
        scheduled  2027-05-01  guides      hair-care-in-summer  How do you protect a thinning scalp in summer?  content/guides/hair-care-in-summer.md
        expired    2026-06-30  guides      opening-offer        What was included in our opening week?          content/guides/opening-offer.md
        draft                  pages       odd                  =1+1, "said" somebody                           content/pages/odd.md
    "#]].assert_eq(&list(&["--scheduled", "--expired", "--draft"]));
    expect![[r#"
        status,date,collection,slug,title,file,review_due,reviewer
        draft,,guides,beard-transplants,What is different about a beard transplant?,content/guides/beard-transplants.md,,
        draft,,pages,odd,"'=1+1, ""said"" somebody",content/pages/odd.md,,
    "#]].assert_eq(&list(&["--draft", "--format", "csv"]));
    expect![[r#"
        [
          {"status": "expired", "date": "2026-06-30", "collection": "guides", "slug": "opening-offer", "title": "What was included in our opening week?", "file": "content/guides/opening-offer.md", "review_due": null, "reviewer": "Dr Amara Osei"}
        ]
    "#]].assert_eq(&list(&["--expired", "--format", "json"]));
    assert_eq!(list(&["--collection", "team"]).lines().count(), 5);
    assert_eq!(list(&["--expired", "--collection", "team", "--format", "json"]), "[]\n");
    let none = galen(&site, &["list", "--expired", "--collection", "team"], &[]);
    assert_eq!((out(&none), err(&none)), (String::new(), "there is no such entry\n".to_owned()));
    let typo = galen(&site, &["list", "--collection", "guide"], &[]);
    assert_eq!(typo.status.code(), Some(2));
    assert_eq!(err(&typo), "error: there is no collection `guide`; did you mean `guides`?\n");
    let all: serde_json::Value = serde_json::from_str(&list(&["--format", "json"])).unwrap();
    assert!(all.as_array().unwrap().len() > 30);
}

#[test]
fn reviews_that_are_due_are_listed_and_the_next_change_is_told() {
    let dir = started();
    let site = dir.path().join("clinic");
    let list = |clock: &str, args: &[&str]| {
        let args: Vec<&str> = ["list", "--clock", clock].iter().chain(args).copied().collect();
        let output = galen(&site, &args, &[]);
        assert_eq!(output.status.code(), Some(0), "{}", err(&output));
        out(&output)
    };
    let (now, later) = ("2026-11-23", "2027-05-13T08:00");
    expect![[r#"
        status     date  collection  slug                     title                                                     file                                       review_due  reviewer
        published        guides      medicines-for-hair-loss  Which medicines for hair loss have evidence behind them?  content/guides/medicines-for-hair-loss.md  2026-12-25  Dr Amara Osei
    "#]].assert_eq(&list(now, &["--due", "60d"]));
    expect![[r#"
        status,date,collection,slug,title,file,review_due,reviewer
        published,,guides,medicines-for-hair-loss,Which medicines for hair loss have evidence behind them?,content/guides/medicines-for-hair-loss.md,2026-12-25,Dr Amara Osei
        published,,guides,preparing-for-your-consultation,How do you prepare for a hair consultation?,content/guides/preparing-for-your-consultation.md,2027-05-12,Dr Daniel Whitcombe
        published,,guides,norwood-scale-explained,What do the stages of the Norwood scale mean?,content/guides/norwood-scale-explained.md,2027-05-28,Dr Amara Osei
        published,,guides,hair-loss-in-women,"Why do women lose hair, and what can be done?",content/guides/hair-loss-in-women.md,2027-06-11,Dr Amara Osei
        published,,guides,prp-what-is-known,Do PRP injections help against hair loss?,content/guides/prp-what-is-known.md,2027-07-02,Dr Daniel Whitcombe
        published,,guides,what-a-hair-transplant-costs,"What does a hair transplant cost, and what are you paying for?",content/guides/what-a-hair-transplant-costs.md,2027-07-02,Dr Daniel Whitcombe
        published,,treatments,prp-scalp-injections,PRP scalp injections,content/treatments/prp-scalp-injections.md,2027-07-02,Dr Amara Osei
    "#]].assert_eq(&list(later, &["--due", "2m", "--format", "csv"]));
    expect![[r#"
        [
          {"status": "published", "date": null, "collection": "guides", "slug": "medicines-for-hair-loss", "title": "Which medicines for hair loss have evidence behind them?", "file": "content/guides/medicines-for-hair-loss.md", "review_due": "2026-12-25", "reviewer": "Dr Amara Osei"},
          {"status": "published", "date": null, "collection": "guides", "slug": "preparing-for-your-consultation", "title": "How do you prepare for a hair consultation?", "file": "content/guides/preparing-for-your-consultation.md", "review_due": "2027-05-12", "reviewer": "Dr Daniel Whitcombe"}
        ]
    "#]].assert_eq(&list(later, &["--overdue", "--format", "json"]));
    expect![[r#"
        date        change          collection  slug                     title                                                     file
        2026-12-26  review overdue  guides      medicines-for-hair-loss  Which medicines for hair loss have evidence behind them?  content/guides/medicines-for-hair-loss.md
    "#]].assert_eq(&list(now, &["--next-change"]));
    expect![[r#"
        date,change,collection,slug,title,file
        2027-05-01T00:00:00+01:00,published,guides,hair-care-in-summer,How do you protect a thinning scalp in summer?,content/guides/hair-care-in-summer.md
    "#]].assert_eq(&list("2027-04-30", &["--next-change", "--format", "csv"]));
    assert_eq!(list(now, &["--overdue", "--format", "json"]), "[]\n");
    for wrong in ["60", "d", "-3d", "3q", "99999d"] {
        let arg = format!("--due={wrong}");
        let output = galen(&site, &["list", &arg], &[]);
        assert_eq!(output.status.code(), Some(2));
        let words = "`--due` takes a number and `d`, `w`, `m` or `y`";
        assert!(err(&output).contains(words), "{}", err(&output));
    }
    for page in ["content/guides/opening-offer.md", "/guides/opening-offer/"] {
        let output = galen(&site, &["explain", page, "--clock", now], &[]);
        assert_eq!(output.status.code(), Some(2));
        let why = "`content/guides/opening-offer.md` expired on 2026-06-30";
        assert!(err(&output).contains(why), "{}", err(&output));
    }
    let never = galen(&site, &["list", "--next-change", "--clock", "2099-01-01"], &[]);
    assert!(err(&never).ends_with("nothing on this site changes by itself any more\n"));
}

#[test]
fn variables_stand_for_options() {
    let dir = started();
    let site = dir.path().join("clinic");
    let env = [
        ("GALEN_ROOT", "clinic"),
        ("GALEN_OUTPUT", "preview"),
        ("GALEN_CLOCK", "2026-11-23"),
        ("GALEN_DRAFTS", "yes"),
        ("GALEN_BASE_URL", "https://preview.example/x"),
    ];
    let output = galen(dir.path(), &["build"], &env);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let robots = fs::read_to_string(site.join("preview/robots.txt")).unwrap();
    assert!(robots.contains("Disallow: /"), "drafts are in it");
    let page = fs::read_to_string(site.join("preview/index.html")).unwrap();
    assert!(page.contains("https://preview.example/x/"), "{page}");
    let wrong = galen(&site, &["build", "--base-url", "preview"], &[]);
    assert_eq!(wrong.status.code(), Some(2));
    expect![[r#"
        error[config/base-url]: `--base-url`: `preview` is not the address of a site
         = help: write it as in `https://preview.clinic.example`

        1 error
        nothing was published; the output folder is as it was
    "#]]
    .assert_eq(&err(&wrong));
    let args = ["build", "--base-url", "preview", "--color", "always"];
    assert_eq!(err(&galen(&site, &args, &[])).matches('\n').count(), 5);
}

#[test]
fn shells_learn_the_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = galen(Path::new("."), &["completion", shell], &[]);
        assert_eq!(output.status.code(), Some(0));
        assert!(out(&output).contains("timings"), "{shell}");
    }
}

#[test]
fn timings_name_stages_and_templates() {
    let dir = started();
    let site = dir.path().join("clinic");
    let output = galen(&site, &["build", "--timings", "--clock", "2026-11-23"], &[]);
    let said = err(&output);
    for word in ["parse content", "render", "publish", "guide.html"] {
        assert!(said.contains(word), "{said}");
    }
}

#[test]
fn pages_go_unchecked_only_where_that_is_asked_for() {
    let dir = started();
    let site = dir.path().join("clinic");
    let base = site.join("themes/clinic/templates/base.html");
    let text = fs::read_to_string(&base).unwrap();
    let link = "<a href=\"/nowhere/\">Nowhere</a></body>";
    fs::write(&base, text.replacen("</body>", link, 1)).unwrap();
    let build = |args: &[&str]| {
        let args = [&["build", "--clock", "2026-11-23"], args].concat();
        let output = galen(&site, &args, &[]);
        (output.status.code(), out(&output), err(&output))
    };
    let (code, _, said) = build(&[]);
    assert!(code == Some(1) && said.contains("link/broken"), "{said}");
    let (code, result, said) = build(&["--unchecked"]);
    assert_eq!((code, said.as_str()), (Some(0), ""));
    assert!(result.contains("Pages were not checked"), "{result}");
    let page = fs::read_to_string(site.join("public/index.html")).unwrap();
    assert!(page.contains("/nowhere/"));
    let (code, _, said) = build(&["--unchecked", "--plan"]);
    assert!(code == Some(0) && said.starts_with("Pages were not checked"), "{said}");
    for other in ["--strict", "--format=json"] {
        let (code, result, said) = build(&["--unchecked", other]);
        assert!(code == Some(2) && result.is_empty() && said.contains("`--strict`"), "{said}");
    }
    // What is kept of it hides nothing from the next.
    let (code, _, said) = build(&[]);
    assert!(code == Some(1) && said.contains("link/broken"), "{said}");
}

#[test]
fn every_variable_stands_for_its_option() {
    let dir = started();
    let site = dir.path().join("clinic");
    let root = site.to_str().unwrap();
    let code = |env: &[(&str, &str)], args: &[&str]| {
        let all: Vec<(&str, &str)> =
            [("GALEN_ROOT", root)].into_iter().chain(env.iter().copied()).collect();
        let output = galen(dir.path(), args, &all);
        (output.status.code().unwrap(), out(&output), err(&output))
    };
    let build = |env: &[(&str, &str)]| code(env, &["build"]);
    assert_eq!(build(&[("GALEN_OUTPUT", "there")]).0, 0);
    assert!(site.join("there/index.html").exists() && !site.join("public/index.html").exists());
    assert!(!build(&[("GALEN_DRAFTS", "no")]).1.contains("Drafts are included"));
    assert!(build(&[("GALEN_CLOCK", "soon")]).2.contains("config/clock"));
    assert!(build(&[("GALEN_COLOR", "always"), ("GALEN_CLOCK", "soon")]).2.contains('\u{1b}'));
    // Build servers set what is not filled in to nothing.
    let empty = ["OUTPUT", "DRAFTS", "CLOCK", "BASE_URL", "COLOR", "STRICT"]
        .map(|name| format!("GALEN_{name}"));
    let empty: Vec<(&str, &str)> = empty.iter().map(|name| (name.as_str(), "")).collect();
    assert_eq!(build(&empty).0, 0);
    let guide = site.join("content/guides/norwood-scale-explained.md");
    let text = fs::read_to_string(&guide).unwrap();
    let (head, rest) = text.split_once("title: ").unwrap();
    let (_, rest) = rest.split_once('\n').unwrap();
    fs::write(&guide, format!("{head}title: “A title in curly quotes”\n{rest}")).unwrap();
    assert_eq!(build(&[]).0, 0);
    assert_eq!(build(&[("GALEN_STRICT", "1")]).0, 3);
    expect![[r#"
        error: invalid value 'maybe' for '--drafts': a variable GALEN_… that stands for a flag is `yes` or `no`

        For more information, try '--help'.
    "#]]
    .assert_eq(&build(&[("GALEN_DRAFTS", "maybe")]).2);
    expect![[r#"
        error: there is no folder `elsewhere`
    "#]]
    .assert_eq(&code(&[("GALEN_ROOT", "elsewhere")], &["list"]).2);
    let (status, printed, _) = code(&[("GALEN_CLOCK", "soon")], &["list"]);
    assert_eq!((status, printed.as_str()), (2, ""));
}
