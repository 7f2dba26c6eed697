//! Publishing survives what happens to processes and disks: kills, locks, full and closed disks.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use galen::build::{self, Request};
use galen::diag::Diagnostics;
use galen::output::{Stage, Step, Target};
use galen::vfs::Disk;
use tempfile::TempDir;

use crate::support::{files_below, relaxed, sections};

type Files = BTreeMap<String, Vec<u8>>;

/// A site of some pages on disk, which the real binary builds.
struct Clinic(TempDir);

impl Clinic {
    fn new() -> Self {
        let clinic = Self(tempfile::tempdir().unwrap());
        for (path, content) in sections(include_str!("support/defaults.txt")) {
            clinic.write(&path, &content);
        }
        clinic
    }

    fn root(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, path: &str, content: &str) {
        let place = self.root().join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, relaxed(path, content)).unwrap();
    }

    /// Makes the site one of several that differ in their pages: some change, come, and go.
    fn become_one_of(&self, which: usize) {
        let _ = fs::remove_dir_all(self.root().join("content/guides"));
        let _ = fs::remove_file(self.root().join("content/media/leaflet.pdf"));
        for guide in (0..40).filter(|guide| guide % 5 != which % 5) {
            let text = format!("Version {which}. ").repeat(50 + guide * 20);
            let file = format!("content/guides/guide-{guide}.md");
            self.write(&file, &format!("---\ntitle: Guide {guide}\n---\n{text}\n"));
        }
        self.write("content/media/leaflet.pdf", &format!("a leaflet {which}").repeat(9000));
    }

    /// Makes the site one that cannot be built.
    fn break_it(&self) {
        self.write("content/guides/broken.md", "---\ntitle: Broken\n---\n[gone](gone.md)\n");
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_galen"));
        command.args(["build", "--clock", "2026-11-23", "-C"]).arg(self.root());
        command.env_remove("GALEN_CLOCK").stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn build(&self) -> (i32, String) {
        let output = self.command().output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code().unwrap(), said)
    }

    fn public(&self) -> Files {
        let public = self.root().join("public");
        if !public.exists() {
            return Files::new();
        }
        let files = files_below(&public).into_iter();
        files.map(|(name, path)| (name, fs::read(path).unwrap())).collect()
    }

    /// What a site becomes when it is built where nothing was.
    fn becomes(&self, which: usize) -> Files {
        let other = Self::new();
        other.become_one_of(which);
        assert_eq!(other.build().0, 0);
        other.public()
    }

    fn state(&self) -> Vec<String> {
        let names = fs::read_dir(self.root().join(".galen/state")).unwrap();
        let name = |name: String| name.rsplit_once('-').unwrap().0.to_owned();
        let mut names: Vec<String> =
            names.map(|it| name(it.unwrap().file_name().to_string_lossy().into_owned())).collect();
        names.sort();
        names
    }
}

fn assert_old_or_new(found: &Files, old: &Files, new: &Files, when: &str) {
    let names = |files: &Files| files.keys().cloned().collect::<Vec<_>>().join("\n");
    let whole = found == old || found == new;
    assert!(whole, "{when}: a mixture of {} files:\n{}", found.len(), names(found));
}

/// Runs this test's own binary so that it builds a site and ends at a step of publishing.
fn build_and_end_at(site: &Path, step: usize) -> bool {
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "publishing::the_one_that_ends_at_a_step", "--ignored", "-q"])
        .env("GALEN_TEST_SITE", site)
        .env("GALEN_TEST_STEP", step.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    !status.success()
}

/// Counts the steps of publishing, and ends the process at the one asked for.
fn end_at_step(_: Step) {
    static DONE: AtomicUsize = AtomicUsize::new(0);
    let wanted: usize = std::env::var("GALEN_TEST_STEP").unwrap().parse().unwrap();
    if DONE.fetch_add(1, Ordering::SeqCst) == wanted {
        std::process::abort();
    }
}

#[test]
#[ignore = "run by the test below, in a process of its own"]
fn the_one_that_ends_at_a_step() {
    let Some(root) = std::env::var_os("GALEN_TEST_SITE").map(PathBuf::from) else { return };
    let target = Target {
        root: root.clone(),
        folder: "public".into(),
        hook: Some(end_at_step),
        ..Target::default()
    };
    let mut found = Diagnostics::new();
    let stage = Stage::open(&target, &|| (), &mut found).unwrap();
    let request = Request { clock: Some("2026-11-23".to_owned()), ..Request::default() };
    let built = build::build(&Disk::new(&root), &request, &stage, &|_| ());
    match built.diagnostics.has_errors() {
        true => stage.discard(),
        false => drop(stage.publish(&mut found).unwrap()),
    }
}

#[test]
fn a_build_that_ends_at_any_step_is_finished_or_undone_by_the_next() {
    let clinic = Clinic::new();
    let (one, two) = (clinic.becomes(1), clinic.becomes(2));
    // Into an empty folder, and over a site.
    for (start, old) in [(None, Files::new()), (Some(1), one)] {
        let mut ended = 0;
        for step in 0.. {
            let clinic = Clinic::new();
            clinic.write("public/.gitignore", "*\n");
            let with_own = |files: &Files| {
                let mut files = files.clone();
                files.insert(".gitignore".to_owned(), b"*\n".to_vec());
                files
            };
            if let Some(start) = start {
                clinic.become_one_of(start);
                assert_eq!(clinic.build().0, 0);
            }
            clinic.become_one_of(2);
            if !build_and_end_at(clinic.root(), step) {
                break;
            }
            ended += 1;
            clinic.break_it();
            assert_eq!(clinic.build().0, 1, "the next command has an error of its own");
            let when = format!("ended at step {step} from {start:?}");
            assert_old_or_new(&clinic.public(), &with_own(&old), &with_own(&two), &when);
            let left = clinic.state().join(" ");
            assert!(
                ["lock", "lock next", "lock published", "lock next published"].contains(&&*left),
                "{when}: {left}"
            );
            clinic.become_one_of(2);
            assert_eq!(clinic.build().0, 0);
            assert!(clinic.public() == with_own(&two), "{when}: the build after that differs");
        }
        let least = if start.is_some() { 40 } else { 6 };
        assert!(ended >= least, "only {ended} steps were tried from {start:?}");
    }
}

/// Waits for a process, and kills it when the time is over; tells whether it had to.
fn kill_after(mut child: Child, time: Duration) -> bool {
    let end = Instant::now() + time;
    while Instant::now() < end {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::sleep(Duration::from_micros(100));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    true
}

#[test]
fn a_build_that_is_killed_at_any_moment_leaves_the_old_site_or_the_new_one() {
    let clinic = Clinic::new();
    let sites: Vec<Files> = (0..4).map(|which| clinic.becomes(which)).collect();
    clinic.become_one_of(0);
    let time = |_| {
        let start = Instant::now();
        assert_eq!(clinic.build().0, 0);
        start.elapsed()
    };
    // The shortest of three: on a busy machine, one alone may have waited.
    let whole = (0..3).map(time).min().unwrap();
    let (mut online, mut killed) = (0, 0);
    for round in 0..200 {
        // One in eight starts from nothing.
        let from_nothing = round % 8 == 7;
        if from_nothing {
            fs::remove_dir_all(clinic.root().join("public")).unwrap();
            fs::remove_dir_all(clinic.root().join(".galen")).unwrap();
        }
        let next = (online + 1) % 4;
        clinic.become_one_of(next);
        // Spread over the whole time of a build, in an order without a pattern.
        let part = f64::from(round * 89 % 211) / 211.0 * 1.2;
        let child = clinic.command().stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        killed += usize::from(kill_after(child, whole.mul_f64(part)));
        clinic.break_it();
        assert_eq!(clinic.build().0, 1);
        let found = clinic.public();
        let old = if from_nothing { &Files::new() } else { &sites[online] };
        assert_old_or_new(&found, old, &sites[next], &format!("round {round}"));
        if found == sites[next] {
            online = next;
        } else if from_nothing {
            clinic.become_one_of(online);
            assert_eq!(clinic.build().0, 0);
        }
    }
    assert!(killed > 100, "only {killed} builds were killed before their end");
}

#[test]
fn two_builds_into_one_folder_take_turns() {
    let clinic = Clinic::new();
    clinic.become_one_of(1);
    assert_eq!(clinic.build().0, 0);
    let target =
        Target { root: clinic.root().to_owned(), folder: "public".into(), ..Target::default() };
    let stage = Stage::open(&target, &|| (), &mut Diagnostics::new()).unwrap();
    let child = clinic.command().spawn().unwrap();
    std::thread::sleep(Duration::from_millis(400));
    stage.discard();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("another build into this folder is running; waiting for it"), "{said}");
    // Many at once, each over the other.
    clinic.become_one_of(2);
    let children: Vec<Child> = (0..6).map(|_| clinic.command().spawn().unwrap()).collect();
    for child in children {
        assert_eq!(child.wait_with_output().unwrap().status.code(), Some(0));
    }
    assert!(clinic.public() == clinic.becomes(2));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_changes_nothing() {
    let clinic = Clinic::new();
    clinic.become_one_of(1);
    assert_eq!(clinic.build().0, 0);
    let before = clinic.public();
    clinic.become_one_of(2);
    // The system lets the process write files of 8 kB at most: to it, the disk is full.
    let limited = |what: &Clinic| {
        let script = format!(
            "trap '' XFSZ; ulimit -f 8; exec '{}' build --clock 2026-11-23 -C '{}'",
            env!("CARGO_BIN_EXE_galen"),
            what.root().display()
        );
        let output = Command::new("bash").args(["-c", &script]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), said)
    };
    let (code, said) = limited(&clinic);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("error[output/folder]") && said.contains("file too large"), "{said}");
    assert!(said.contains("nothing was published"), "{said}");
    assert!(clinic.public() == before, "the folder was changed");
    assert_eq!(clinic.state(), ["lock", "published"]);
    // The same from nothing.
    let fresh = Clinic::new();
    fresh.become_one_of(2);
    let (code, said) = limited(&fresh);
    assert_eq!(code, Some(1), "{said}");
    assert!(fresh.public().is_empty());
    assert_eq!(fresh.state(), ["lock"]);
}

#[test]
fn a_folder_that_may_not_be_written_is_told_and_stays() {
    let clinic = Clinic::new();
    clinic.become_one_of(1);
    assert_eq!(clinic.build().0, 0);
    let before = clinic.public();
    clinic.become_one_of(2);
    let folder = clinic.root().join("public/guides");
    let mut closed = fs::metadata(&folder).unwrap().permissions();
    let open = closed.clone();
    closed.set_readonly(true);
    fs::set_permissions(&folder, closed).unwrap();
    let may_all_the_same = fs::write(folder.join("probe"), "").is_ok();
    let _ = fs::remove_file(folder.join("probe"));
    // The system's administrator may write everywhere.
    if !may_all_the_same {
        let (code, said) = clinic.build();
        assert_eq!(code, 1, "{said}");
        assert!(said.contains("may not be written"), "{said}");
        assert!(clinic.public() == before);
    }
    fs::set_permissions(&folder, open).unwrap();
    if cfg!(target_os = "linux") {
        let output = clinic.command().args(["-o", "/proc/galen"]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("error[output/folder]"), "{said}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_in_the_folder_is_replaced_and_never_written_through() {
    use std::os::unix::fs::symlink;
    let clinic = Clinic::new();
    clinic.become_one_of(1);
    assert_eq!(clinic.build().0, 0);
    let page = clinic.root().join("public/guides/guide-2/index.html");
    let other = clinic.root().join("public/guides/guide-3/index.html");
    let mine = clinic.root().join("mine.html");
    fs::write(&mine, "mine").unwrap();
    fs::remove_file(&page).unwrap();
    symlink(&mine, &page).unwrap();
    // A second name of the same file, as some backups make.
    let backup = clinic.root().join("backup.html");
    fs::hard_link(&other, &backup).unwrap();
    let kept = fs::read(&backup).unwrap();
    clinic.become_one_of(2);
    clinic.write("content/guides/guide-2.md", "---\ntitle: Two\n---\nText.\n");
    assert_eq!(clinic.build().0, 0);
    assert_eq!(fs::read_to_string(&mine).unwrap(), "mine");
    assert_eq!(fs::read(&backup).unwrap(), kept);
    assert!(!page.is_symlink() && fs::read_to_string(&page).unwrap().contains("Two"));
}

#[test]
fn what_is_copied_is_a_file_of_its_own() {
    let clinic = Clinic::new();
    clinic.become_one_of(1);
    clinic.write("themes/t/static/robots-extra.txt", "static");
    assert_eq!(clinic.build().0, 0);
    let copy = clinic.root().join("public/media/leaflet.pdf");
    let original = clinic.root().join("content/media/leaflet.pdf");
    let before = fs::read(&original).unwrap();
    assert!(!copy.is_symlink() && fs::read(&copy).unwrap() == before);
    fs::write(&copy, "changed by hand").unwrap();
    assert_eq!(fs::read(&original).unwrap(), before, "a change of the copy reached the original");
    assert_eq!(clinic.build().0, 0);
    assert_eq!(fs::read(&copy).unwrap(), before);
    let time = fs::metadata(&copy).unwrap().modified().unwrap();
    assert_eq!(clinic.build().0, 0);
    assert_eq!(fs::metadata(&copy).unwrap().modified().unwrap(), time, "nothing had changed");
}

#[test]
fn strict_and_clean_meet_files_of_others() {
    let clinic = Clinic::new();
    clinic.become_one_of(1);
    assert_eq!(clinic.build().0, 0);
    clinic.write("public/old/leaflet.html", "withdrawn");
    clinic.write("public/.htaccess", "kept");
    let before = clinic.public();
    clinic.become_one_of(2);
    let strict = clinic.command().arg("--strict").output().unwrap();
    assert_eq!(strict.status.code(), Some(1));
    assert!(clinic.public() == before, "a refused build changed something");
    let clean = clinic.command().args(["--strict", "--clean"]).output().unwrap();
    assert_eq!(clean.status.code(), Some(0), "{}", String::from_utf8_lossy(&clean.stderr));
    let after = clinic.public();
    assert!(!after.contains_key("old/leaflet.html") && after.contains_key(".htaccess"));
}
