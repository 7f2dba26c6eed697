//! Starting a site, listing it, and what a build does not depend on.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use expect_test::expect;
use galen::build::{self, Request};
use galen::diag::Diagnostics;
use galen::render::Collected;
use galen::text::RelPath;
use galen::vfs::{Disk, Files};

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

fn public(site: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = files_below(&site.join("public")).into_iter();
    files.map(|(name, path)| (name, fs::read(path).unwrap())).collect()
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
        error: `clinic` has `.gitignore`, `README.md` and `content/.schema/faqs.json`, and 103 more files already; nothing was written
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
        status,date,collection,slug,title,file
        draft,,guides,beard-transplants,What is different about a beard transplant?,content/guides/beard-transplants.md
        draft,,pages,odd,"'=1+1, ""said"" somebody",content/pages/odd.md
    "#]].assert_eq(&list(&["--draft", "--format", "csv"]));
    expect![[r#"
        [
          {"status": "expired", "date": "2026-06-30", "collection": "guides", "slug": "opening-offer", "title": "What was included in our opening week?", "file": "content/guides/opening-offer.md"}
        ]
    "#]].assert_eq(&list(&["--expired", "--format", "json"]));
    assert_eq!(list(&["--collection", "team"]).lines().count(), 5);
    assert_eq!(list(&["--expired", "--collection", "team", "--format", "json"]), "[]\n");
    let typo = galen(&site, &["list", "--collection", "guide"], &[]);
    assert_eq!(typo.status.code(), Some(2));
    assert_eq!(err(&typo), "error: there is no collection `guide`; did you mean `guides`?\n");
    let all: serde_json::Value = serde_json::from_str(&list(&["--format", "json"])).unwrap();
    assert!(all.as_array().unwrap().len() > 30);
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
    assert!(err(&wrong).contains("error[config/base-url]"), "{}", err(&wrong));
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

/// The same files, listed in another order.
struct Shuffled(Disk, u64);

impl Files for Shuffled {
    fn list(&self, folder: &str, diagnostics: &mut Diagnostics) -> Vec<RelPath> {
        let mut paths = self.0.list(folder, diagnostics);
        // A fixed shuffle (Fisher and Yates), different for each seed.
        let mut state = self.1;
        for at in (1..paths.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            paths.swap(at, usize::try_from(state >> 33).unwrap() % (at + 1));
        }
        paths
    }

    fn on_disk(&self, path: &RelPath) -> Option<std::path::PathBuf> {
        self.0.on_disk(path)
    }

    fn read(&self, path: &RelPath) -> std::io::Result<Vec<u8>> {
        self.0.read(path)
    }

    fn create(&self, path: &RelPath, bytes: &[u8]) -> std::io::Result<()> {
        self.0.create(path, bytes)
    }

    fn replace(&self, path: &RelPath, bytes: &[u8]) -> std::io::Result<()> {
        self.0.replace(path, bytes)
    }
}

#[test]
fn the_same_files_give_the_same_bytes() {
    let request = Request { clock: Some("2026-11-23".to_owned()), ..Request::default() };
    let built = |files: &dyn Files| {
        let sink = Collected::new();
        build::build(files, &request, &sink, &|_| ());
        let files = sink.files().into_iter();
        files.map(|(file, bytes)| (file.to_string(), bytes)).collect::<BTreeMap<_, _>>()
    };
    let wanted = built(&Disk::new(repository()));
    for seed in 0..8 {
        assert!(built(&Shuffled(Disk::new(repository()), seed)) == wanted, "order {seed}");
    }
    // Hash maps of another process have another seed.
    let dir = started();
    let site = dir.path().join("clinic");
    let surroundings: [&[(&str, &str)]; 4] = [
        &[("RAYON_NUM_THREADS", "1"), ("TZ", "Pacific/Kiritimati")],
        &[("RAYON_NUM_THREADS", "2"), ("TZ", "UTC"), ("LC_ALL", "tr_TR.UTF-8")],
        &[("RAYON_NUM_THREADS", "7"), ("TZ", "America/St_Johns")],
        &[("RAYON_NUM_THREADS", "32"), ("LANG", "C")],
    ];
    for env in surroundings {
        let _ = fs::remove_dir_all(site.join("public"));
        let _ = fs::remove_dir_all(site.join(".galen"));
        let output = galen(&site, &["build", "--clock", "2026-11-23"], env);
        assert_eq!(output.status.code(), Some(0), "{}", err(&output));
        assert!(public(&site) == wanted, "{env:?}");
    }
}
