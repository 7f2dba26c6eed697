//! What happens to folders between builds, with the real binary: each was missed once.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::support::{SiteTest, rel, relaxed_bytes};

const SITE: &str = "
-- content/guides/a.md --
---
title: A
---
Text.
";

fn galen(root: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_galen"));
    command.arg("build").args(args).args(["--clock", "2026-11-23"]).current_dir(root);
    command.output().unwrap()
}

fn built(args: &[&str]) -> tempfile::TempDir {
    use galen::vfs::Files as _;
    let dir = tempfile::tempdir().unwrap();
    let files = SiteTest::new(SITE).files;
    for part in ["content", "themes", "galen.yaml"] {
        for path in files.list(part, &mut galen::diag::Diagnostics::new()) {
            let place = dir.path().join(path.as_str());
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            let bytes = files.read(&rel(path.as_str())).unwrap();
            fs::write(place, relaxed_bytes(path.as_str(), bytes)).unwrap();
        }
    }
    fine(&galen(dir.path(), args));
    dir
}

fn fine(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_list_that_is_gone_is_written_anew() {
    let dir = built(&[]);
    let (root, page) = (dir.path(), dir.path().join("public/guides/a/index.html"));
    fs::remove_dir_all(root.join(".galen/state")).unwrap();
    fine(&galen(root, &["--clean"]));
    assert!(page.exists());
    fs::remove_dir_all(root.join(".galen/state")).unwrap();
    fs::write(root.join("content/guides/a.md"), "---\ntitle: A\n---\nOther.\n").unwrap();
    fine(&galen(root, &[]));
    assert!(fs::read_to_string(&page).unwrap().contains("Other"));
    fine(&galen(root, &["--verify"]));
}

#[test]
fn a_file_is_not_left_over_when_the_cache_is_an_older_one() {
    let dir = built(&[]);
    let root = dir.path();
    let cache = root.join(".galen/cache");
    let kept: Vec<_> = fs::read_dir(&cache).unwrap().map(|it| it.unwrap().path()).collect();
    let kept: Vec<_> = kept.into_iter().map(|it| (fs::read(&it).unwrap(), it)).collect();
    fs::create_dir_all(root.join("content/media")).unwrap();
    fs::write(root.join("content/media/s.pdf"), "s").unwrap();
    fine(&galen(root, &[]));
    assert!(root.join("public/media/s.pdf").exists());
    for (bytes, place) in kept {
        fs::write(place, bytes).unwrap();
    }
    fs::remove_file(root.join("content/media/s.pdf")).unwrap();
    fine(&galen(root, &[]));
    assert!(!root.join("public/media/s.pdf").exists());
}

#[test]
fn a_file_of_others_in_a_folder_of_others_is_told() {
    let dir = built(&[]);
    let root = dir.path();
    fs::create_dir_all(root.join("public/x")).unwrap();
    fs::write(root.join("content/guides/b.md"), "---\ntitle: B\n---\n").unwrap();
    fine(&galen(root, &[]));
    fs::write(root.join("public/x/evil.html"), "evil").unwrap();
    let output = galen(root, &["--strict"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("public") || !output.status.success());
    assert!(!output.status.success());
    fs::remove_file(root.join("public/x/evil.html")).unwrap();
    fine(&galen(root, &["--strict"]));
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_site_is_told() {
    let dir = built(&[]);
    let root = dir.path();
    let outside = tempfile::tempdir().unwrap();
    let other = outside.path().join("a.md");
    fs::copy(root.join("content/guides/a.md"), &other).unwrap();
    fs::remove_file(root.join("content/guides/a.md")).unwrap();
    std::os::unix::fs::symlink(&other, root.join("content/guides/a.md")).unwrap();
    let output = galen(root, &[]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("config/outside-link") && !output.status.success(), "{said}");
}
