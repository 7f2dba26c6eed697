//! The law of incremental builds on real folders, with the real binary: files changed by hand in
//! the output folder and in the cache, builds that are killed at any moment.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use galen::build::{self, Request};
use galen::diag::Diagnostics;
use galen::render::Collected;
use galen::vfs::{Disk, Files as _, Memory};

use crate::laws::Attack;
use crate::support::{files_below, relaxed_bytes};

const CLOCK: &str = "2026-11-23T12:00";

fn start(root: &Path) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_galen"));
    command.args(["build", "--clock", CLOCK, "-q"]).current_dir(root);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Makes a folder hold the files of a site, touching only those that differ.
fn mirror(files: &Memory, root: &Path) {
    let wanted = files.list("content", &mut Diagnostics::new()).into_iter();
    let wanted = wanted.chain(files.list("themes", &mut Diagnostics::new()));
    let wanted: Vec<_> = wanted.chain(files.list("galen.yaml", &mut Diagnostics::new())).collect();
    for path in &wanted {
        let bytes = relaxed_bytes(path.as_str(), files.read(path).unwrap());
        let place = root.join(path.as_str());
        if fs::read(&place).ok().as_ref() != Some(&bytes) {
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::write(place, bytes).unwrap();
        }
    }
    for part in ["content", "themes"] {
        for (name, place) in files_below(&root.join(part)) {
            if !wanted.iter().any(|it| it.as_str() == format!("{part}/{name}")) {
                fs::remove_file(place).unwrap();
            }
        }
    }
}

fn public(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = files_below(&root.join("public")).into_iter();
    files.map(|(name, place)| (name, fs::read(place).unwrap())).collect()
}

#[test]
fn nothing_that_happens_to_folders_is_missed() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    let mut attack = Attack::new(21);
    let (mut good, mut killed) = (0, 0);
    for step in 0..60 {
        for _ in 0..=attack.dice.below(2) {
            attack.edit();
        }
        attack.site.request.clock = None;
        mirror(&attack.site.files, root);
        let by_hand = |folder: &str, dice: &mut crate::laws::Dice| {
            let files = if root.join(folder).is_dir() {
                files_below(&root.join(folder))
            } else {
                Vec::new()
            };
            if files.is_empty() {
                return;
            }
            let place = &files[dice.below(files.len())].1;
            let mut bytes = fs::read(place).unwrap();
            match dice.below(3) {
                0 => fs::remove_file(place).unwrap(),
                1 if !bytes.is_empty() => {
                    let at = dice.below(bytes.len());
                    bytes[at] ^= 1;
                    fs::write(place, bytes).unwrap();
                }
                _ => fs::write(place, "by hand").unwrap(),
            }
        };
        match attack.dice.below(4) {
            0 => by_hand("public", &mut attack.dice),
            1 => by_hand(".galen/cache", &mut attack.dice),
            2 => {
                let mut child = start(root);
                std::thread::sleep(Duration::from_micros(attack.dice.below(30_000) as u64));
                killed += usize::from(child.try_wait().unwrap().is_none());
                let _ = child.kill();
                child.wait().unwrap();
            }
            _ => (),
        }
        let done = start(root).wait().unwrap();
        let request = Request { clock: Some(CLOCK.to_owned()), ..Request::default() };
        let sink = Collected::new();
        let clean = build::build(&Disk::new(root), &request, &sink, &|_| ());
        assert_eq!(done.success(), !clean.diagnostics.has_errors(), "step {step}");
        if !done.success() {
            attack.mend();
            continue;
        }
        good += 1;
        let mut files = public(root);
        files.remove("by hand");
        for (path, bytes) in sink.files() {
            let found = files.remove(path.as_str());
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let found = found.map(|it| text(&it));
            assert_eq!(found, Some(text(&bytes)), "step {step}: {path}");
        }
        assert!(files.is_empty(), "step {step}: {:?} are left", files.keys());
    }
    assert!(good > 20 && killed > 3, "{good} good builds, {killed} killed");
}
