//! Checks the rules about the shape of the code that the compiler cannot.
//!
//! A single Cargo package has no wall between its modules, so the wall is here: `lib.rs` lists
//! the modules from the ground up, and a module may import only modules listed above it. That
//! one rule makes circles impossible and keeps the map at the top of the crate true.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::disallowed_methods, reason = "it reads the sources")]

use std::fs;
use std::path::{Path, PathBuf};

/// Lines of code, tests aside, beyond which a file explains why it is long.
const LONG: usize = 400;

#[test]
fn modules_import_downwards() {
    let order = modules(&read("src/lib.rs"));
    let mut found = Vec::new();
    for (at, module) in order.iter().enumerate() {
        for file in files_of(module) {
            for (line, target) in imports(&read(&file)) {
                match order.iter().position(|it| *it == target) {
                    Some(to) if to <= at => (),
                    Some(_) => found.push(format!(
                        "{}:{line}: `{module}` imports `{target}`, which lib.rs lists below it",
                        file.display(),
                    )),
                    None => found.push(format!(
                        "{}:{line}: name one module after `crate::`, not `{target}`",
                        file.display()
                    )),
                }
            }
        }
    }
    report(found);
}

#[test]
fn files_say_what_they_are_for() {
    let silent = |file: &PathBuf| !read(file).starts_with("//! ") && !is_test(file);
    let complain =
        |file: PathBuf| format!("{}:1: open with `//! ` and one sentence", file.display());
    report(rust_files(Path::new("src")).into_iter().filter(silent).map(complain).collect());
}

#[test]
fn long_files_say_why() {
    let complain = |file: PathBuf| {
        let text = read(&file);
        let lines = text.lines().count();
        let excused = is_test(&file) || text.contains("//! Long because ");
        (lines > LONG && !excused).then(|| {
            format!("{}: {lines} lines; split it, or add `//! Long because …`", file.display())
        })
    };
    report(rust_files(Path::new("src")).into_iter().filter_map(complain).collect());
}

/// The names in `mod` items, in order.
fn modules(lib: &str) -> Vec<String> {
    let name = |line: &str| {
        line.strip_prefix("pub ")
            .unwrap_or(line)
            .strip_prefix("mod ")?
            .strip_suffix(';')
            .map(str::to_owned)
    };
    lib.lines().filter_map(name).collect()
}

/// The top-level modules a file names after `crate::`, with line numbers.
fn imports(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        // `super::` could climb out of a module unseen; `use super::*;` in tests is fine.
        if code.contains("super::") && !code.contains("super::*") {
            found.push((index + 1, "super".to_owned()));
        }
        for rest in code.split("crate::").skip(1) {
            let name: String =
                rest.chars().take_while(|char| char.is_alphanumeric() || *char == '_').collect();
            // `use crate::{a, b};` would hide names from this check: one `use` per module instead.
            let name = if rest.starts_with('{') { "{…}".to_owned() } else { name };
            if name.starts_with(|char: char| char.is_lowercase() || char == '{') {
                found.push((index + 1, name));
            }
        }
    }
    found
}

/// A module's own file and everything in its folder.
fn files_of(module: &str) -> Vec<PathBuf> {
    let file = PathBuf::from(format!("src/{module}.rs"));
    let mut files = rust_files(&Path::new("src").join(module));
    files.extend(file.exists().then_some(file));
    assert!(!files.is_empty(), "lib.rs lists `{module}`, which has no file");
    files
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let into_files = |path: PathBuf| match path.is_dir() {
        true => rust_files(&path),
        false => vec![path],
    };
    paths
        .into_iter()
        .flat_map(into_files)
        .filter(|path| path.extension().is_some_and(|it| it == "rs"))
        .collect()
}

fn is_test(file: &Path) -> bool {
    file.file_stem().is_some_and(|stem| stem == "tests")
}

fn read(file: impl AsRef<Path>) -> String {
    let file = file.as_ref();
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

#[track_caller]
fn report(found: Vec<String>) {
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}
