//! `galen watch` and `galen serve` as they are typed, by the real binary.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};

use crate::support::live::{DEADLINE, folder, guide, put, raw, until};

const ONE: &str = "-- content/guides/a.md --\n---\ntitle: First\n---\n-- content/guides/d.md --\n---\ntitle: Draft\ndraft: true\n---\n";

/// A command that runs until it is told to stop.
struct Running {
    child: Child,
    out: Receiver<String>,
}

impl Running {
    fn start(root: &Path, args: &[&str]) -> Self {
        let mut child =
            command(root, args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, out) = mpsc::channel();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|it| sender.send(it)));
        Self { child, out }
    }

    /// The next line of its results; the time that a build takes is left out.
    fn line(&self) -> String {
        let line = self.out.recv_timeout(DEADLINE).unwrap();
        match line.split_once(" in 0.") {
            Some((start, rest)) => format!("{start} in …{}", &rest[2..]),
            None => line,
        }
    }

    /// The port that the line about serving names.
    fn port(&self) -> u16 {
        let line = self.line();
        let rest = line.split_once("http://127.0.0.1:").unwrap_or_else(|| panic!("{line}")).1;
        rest.split('/').next().unwrap().parse().unwrap()
    }

    /// Stops it as Ctrl-C does; gives its exit code and what it said of problems.
    #[cfg(unix)]
    fn stop(mut self) -> (Option<i32>, String) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        let code = self.child.wait().unwrap().code();
        let mut said = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        (code, said)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(root: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_galen"));
    command.current_dir(root).args(args).args(["--clock", "2026-11-23"]);
    for name in
        ["GALEN_OUTPUT", "GALEN_DRAFTS", "GALEN_PORT", "GALEN_BIND", "GALEN_POLL", "NO_COLOR"]
    {
        command.env_remove(name);
    }
    command
}

fn get(port: u16, path: &str) -> String {
    let ask = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    raw(([127, 0, 0, 1], port).into(), &ask).body
}

#[cfg(unix)]
#[test]
fn watch_tells_what_it_does_and_stops_well() {
    for more in [&[][..], &["--poll", "20"]] {
        let dir = folder(ONE);
        let args = [&["watch"], more].concat();
        let running = Running::start(dir.path(), &args);
        assert_eq!(
            running.line(),
            "Built 3 pages into public in … s; 6 files written; 1 entry not on the site (`galen list` tells why)"
        );
        assert_eq!(running.line(), "Watching the site; Ctrl-C stops.");
        put(dir.path(), "content/guides/a.md", &guide("Second"));
        let line = running.line();
        assert!(line.starts_with("content/guides/a.md changed: "), "{line}");
        put(dir.path(), "content/guides/a.md", "---\ntitel: x\n---\n");
        let page = dir.path().join("public/guides/a/index.html");
        std::thread::sleep(std::time::Duration::from_millis(200));
        put(dir.path(), "content/guides/a.md", &guide("Third"));
        let line = running.line();
        assert!(line.ends_with("; all errors are mended"), "{line}");
        until("the page", || fs::read_to_string(&page).is_ok_and(|it| it.contains("Third")));
        let (code, said) = running.stop();
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("[front-matter/unknown-key]"), "{said}");
        assert!(said.contains("public stays as it was; correct what is wrong and save"), "{said}");
    }
}

#[cfg(unix)]
#[test]
fn serve_shows_the_site_and_stops_well() {
    let dir = folder(ONE);
    let running = Running::start(dir.path(), &["serve", "--port", "0"]);
    running.line();
    let port = running.port();
    assert!(get(port, "/guides/a/").contains("First"));
    put(dir.path(), "content/guides/a.md", &guide("Second"));
    until("the change is served", || get(port, "/guides/a/").contains("Second"));
    assert_eq!(running.stop(), (Some(0), String::new()));
}

#[test]
fn drafts_are_shown_from_a_folder_of_their_own() {
    let dir = folder(ONE);
    let built = command(dir.path(), &["build"]).output().unwrap();
    assert!(built.status.success());
    let running = Running::start(dir.path(), &["serve", "--port", "0", "--drafts"]);
    assert_eq!(running.line(), "Built 4 pages into .galen/drafts in … s; 7 files written");
    assert!(get(running.port(), "/guides/d/").contains("Draft"));
    assert!(!dir.path().join("public/guides/d").exists());
    assert!(dir.path().join("public/guides/a/index.html").exists());

    let wrong = command(dir.path(), &["serve", "--drafts", "-o", "public"]).output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    assert!(
        String::from_utf8_lossy(&wrong.stderr).contains("drafts are built into `.galen/drafts`")
    );
}

#[test]
fn a_port_that_was_asked_for_and_is_taken_is_an_error() {
    let dir = folder(ONE);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = command(dir.path(), &["serve", "--port", &port]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains(&format!("port {port} is taken by another program")), "{said}");
    assert!(!dir.path().join("public").exists());
}

#[test]
fn the_usual_port_moves_on_and_says_so() {
    let dir = folder(ONE);
    // It may be taken by something else already.
    let taken = TcpListener::bind("127.0.0.1:1414");
    let mut running = Running::start(dir.path(), &["serve"]);
    running.line();
    let port = running.port();
    assert!(port > 1414, "{port}");
    drop(taken);
    let mut line = String::new();
    BufReader::new(running.child.stderr.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, format!("port 1414 is taken; the site is at port {port}\n"));
}

#[test]
fn what_watching_cannot_mend_ends_it() {
    let dir = folder(ONE);
    fs::remove_file(dir.path().join("galen.yaml")).unwrap();
    for args in [&["watch"][..], &["serve", "--port", "0"]] {
        let output = command(dir.path(), args).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("config/missing"));
    }
}
