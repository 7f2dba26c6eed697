//! Publishing into a real folder, and reading from one.

use std::fs;
use std::path::Path;

use expect_test::{Expect, expect};
use galen::build::{self, Request};
use galen::diag::{Diagnostics, text};
use galen::output::{Published, Stage, Target};
use galen::vfs::Disk;
use tempfile::TempDir;

use crate::support::{files_below, relaxed, sections};

/// A site on disk.
struct Folder {
    dir: TempDir,
}

impl Folder {
    fn new(text: &str) -> Self {
        let folder = Self { dir: tempfile::tempdir().unwrap() };
        for (path, content) in sections(include_str!("support/defaults.txt")) {
            folder.write(&path, &content);
        }
        for (path, content) in sections(text) {
            folder.write(&path, &content);
        }
        folder
    }

    fn root(&self) -> &Path {
        self.dir.path()
    }

    fn write(&self, path: &str, content: &str) {
        let place = self.root().join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, relaxed(path, content)).unwrap();
    }

    /// Builds, and publishes into a folder unless there are errors; gives what was said.
    fn build_into(&self, folder: &str) -> (Option<Published>, String) {
        let request = Request { clock: Some("2026-11-23".to_owned()), ..Request::default() };
        let target =
            Target { root: self.root().to_owned(), folder: folder.into(), ..Target::default() };
        let mut found = Diagnostics::new();
        let Some(stage) = Stage::open(&target, &|| (), &mut found) else {
            let said = text::print(&found, &|_| None, false);
            return (None, said.replace(&*self.root().to_string_lossy(), "SITE"));
        };
        let built = build::build(&Disk::new(self.root()), &request, &stage, &|_| ());
        let mut said = built.diagnostics.clone();
        let mut published = match said.has_errors() {
            true => {
                stage.discard();
                None
            }
            false => stage.publish(&mut found),
        };
        published.iter_mut().for_each(Published::release);
        said.extend(found.sorted());
        let said = text::print(&said, &|source| built.tree.text(source), false);
        (published, said.replace(&*self.root().to_string_lossy(), "SITE"))
    }

    fn build(&self) -> (Option<Published>, String) {
        self.build_into("public")
    }

    fn public(&self, expected: Expect) {
        let files = files_below(&self.root().join("public"));
        let names: Vec<String> = files.into_iter().map(|(name, _)| name).collect();
        expected.assert_eq(&names.join("\n"));
    }
}

const TWO: &str = "-- content/guides/a.md --\n---\ntitle: A\n---\nText.\n-- content/guides/b.md --\n---\ntitle: B\n---\n";

#[test]
fn only_what_changed_is_written_and_what_is_gone_goes() {
    let site = Folder::new(TWO);
    let first = site.build().0.unwrap();
    assert_eq!((first.wrote, first.removed.len()), (7, 0));
    let again = site.build().0.unwrap();
    assert_eq!((again.wrote, again.removed.len()), (0, 0));
    fs::remove_file(site.root().join("content/guides/b.md")).unwrap();
    let less = site.build().0.unwrap();
    assert_eq!(less.wrote, 2);
    assert_eq!(less.removed, ["guides/b/index.html"]);
    site.public(expect![[r#"
        404.html
        _headers
        guides/a/index.html
        guides/index.html
        robots.txt
        sitemap.xml"#]]);
    assert!(!site.root().join("public/guides/b").exists(), "an empty folder is left");
}

#[test]
fn a_build_with_an_error_changes_nothing() {
    let site = Folder::new(TWO);
    site.build().0.unwrap();
    let page = site.root().join("public/guides/a/index.html");
    let before = fs::read_to_string(&page).unwrap();
    site.write("content/guides/a.md", "---\ntitle: Changed\n---\n[x](gone.md)\n");
    fs::remove_file(site.root().join("content/guides/b.md")).unwrap();
    let (published, said) = site.build();
    assert!(published.is_none() && said.contains("link/broken"), "{said}");
    assert_eq!(fs::read_to_string(&page).unwrap(), before);
    assert!(site.root().join("public/guides/b/index.html").exists());
}

#[test]
fn a_file_that_was_changed_by_hand_is_mended() {
    let site = Folder::new(TWO);
    site.build().0.unwrap();
    let page = site.root().join("public/guides/a/index.html");
    let before = fs::read_to_string(&page).unwrap();
    fs::write(&page, before.replace('A', "B")).unwrap();
    assert_eq!(site.build().0.unwrap().wrote, 1);
    assert_eq!(fs::read_to_string(&page).unwrap(), before);
}

#[test]
fn files_of_others_are_left_and_named() {
    let site = Folder::new(TWO);
    site.write("public/.gitignore", "*\n");
    site.write("public/verification.html", "token");
    site.write("public/guides/a/old.html", "old");
    let (published, said) = site.build();
    // output/foreign-file
    assert!(published.is_some());
    expect![[r#"
        warning[output/foreign-file]: `guides/a/old.html` in the output folder was not made by this site
         = help: it is left where it is, and goes online with the site: remove it if it should not, or build with `--clean`

        warning[output/foreign-file]: `verification.html` in the output folder was not made by this site
         = help: it is left where it is, and goes online with the site: remove it if it should not, or build with `--clean`

    "#]].assert_eq(&said);
    assert!(site.root().join("public/verification.html").exists());
}

#[test]
fn what_stands_in_the_way_is_told_before_anything_changes() {
    // output/in-the-way
    let site = Folder::new(TWO);
    site.write("public/guides", "a file");
    site.write("public/404.html/mine.txt", "a folder");
    let (published, said) = site.build();
    assert!(published.is_none());
    expect![[r#"
        error[output/in-the-way]: `404.html` in the output folder is a folder, and a file is needed there
         = help: move the folder away

        error[output/in-the-way]: `guides` in the output folder is a file, and a folder is needed there
         = help: move the file away

    "#]].assert_eq(&said);
    site.public(expect![[r#"
        404.html/mine.txt
        guides"#]]);
}

#[test]
fn a_folder_that_holds_a_site_is_no_output_folder() {
    // output/folder
    let site = Folder::new(TWO);
    for folder in [".", "content", "content/new", "themes/t", ".."] {
        let (published, said) = site.build_into(folder);
        assert!(published.is_none() && said.contains("error[output/folder]"), "{folder}: {said}");
    }
    site.write("taken", "a file");
    expect![[r#"
        error[output/folder]: `SITE/taken` is a file, not a folder
         = help: name another output folder

    "#]]
    .assert_eq(&site.build_into("taken").1);
    assert!(site.build_into("out/deep").0.is_some());
}

#[cfg(unix)]
#[test]
fn links_out_of_the_site_are_refused() {
    use std::os::unix::fs::symlink;
    // config/outside-link
    let site = Folder::new(TWO);
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("secret.md"), "---\ntitle: Secret\n---\n").unwrap();
    symlink(elsewhere.path(), site.root().join("content/guides/out")).unwrap();
    symlink("../guides", site.root().join("content/guides/circle")).unwrap();
    symlink("a.md", site.root().join("content/guides/inside.md")).unwrap();
    let (published, said) = site.build();
    assert!(published.is_none());
    expect![[r#"
        error[config/outside-link]: this link leads back to a folder it is in
        --> content/guides/circle
         = help: remove the link

        error[config/outside-link]: this link leads out of the site's folder, or nowhere
        --> content/guides/out
         = help: copy the file into the site instead of linking to it

    "#]]
    .assert_eq(&said);
    // In the output folder, a link could lead a page anywhere.
    let site = Folder::new(TWO);
    fs::create_dir(site.root().join("public")).unwrap();
    symlink(elsewhere.path(), site.root().join("public/guides")).unwrap();
    assert!(site.build().1.contains("output/in-the-way"));
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_text_is_told() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    // config/unreadable-file
    let site = Folder::new(TWO);
    fs::write(site.root().join("content/guides").join(OsStr::from_bytes(b"\xff.md")), "x").unwrap();
    expect![[r#"
        error[config/unreadable-file]: this file's name has characters that no address can carry
        --> content/guides/�.md
         = help: rename it with letters, digits and hyphens

    "#]]
    .assert_eq(&site.build().1);
}

#[test]
fn the_record_of_another_cannot_remove_files_outside() {
    let site = Folder::new(TWO);
    site.build().0.unwrap();
    site.write("precious.txt", "mine");
    let state = site.root().join(".galen/state");
    let record = fs::read_dir(&state).unwrap().next().unwrap().unwrap().path();
    let text = fs::read_to_string(&record).unwrap();
    fs::write(&record, format!("{text}../precious.txt\n/etc/hostname\n")).unwrap();
    site.build().0.unwrap();
    assert!(site.root().join("precious.txt").exists());
}

#[test]
fn a_text_that_changes_during_the_build_is_told() {
    // config/changed-file: a page is made of the text as it was first read, but the JSON API gives the
    // Markdown itself.
    let site = Folder::new(TWO);
    site.write("galen.yaml", "base_url: https://clinic.example\ntheme: t\napi: true\n");
    let sink = galen::render::Collected::new();
    let save = |step: &str| {
        if step.starts_with("rendering") {
            site.write("content/guides/a.md", "---\ntitle: A\n---\nOther text.\n");
        }
    };
    let disk = Disk::new(site.root());
    let built = build::build(&disk, &Request::default(), &sink, &save);
    expect![[r#"
        error[config/changed-file]: this file was changed while the site was being built
        --> content/guides/a.md
         = help: build again

    "#]]
    .assert_eq(&text::print(&built.diagnostics, &|source| built.tree.text(source), false));
}
