//! `galen forms` as a clinic runs it: the real program, real files, killed while it works.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::forms_judge::SCHEMA;

const CANARY: &str = "kanarienvogel";

pub(crate) struct Clinic {
    folder: tempfile::TempDir,
}

/// Writes the files of a text in which a line `-- path --` starts each.
fn write(root: &Path, text: &str) {
    for part in text.split("-- ").skip(1) {
        let (path, rest) = part.split_once(" --\n").unwrap();
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, rest).unwrap();
    }
}

pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) address: SocketAddr,
    pub(crate) said: Arc<Mutex<String>>,
}

impl Clinic {
    pub(crate) fn new(forms: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clinic = Self { folder };
        let form = include_str!("../forms/everything.yml");
        let files = format!(
            "-- galen.yaml --\nbase_url: https://clinic.example\nlanguage: en\ntheme: t\nforms:\n  \
             endpoint: /api/forms\n  per_network: 100000\n  per_minute: 100000\n{SCHEMA}\n\
             -- content/forms/everything.yml --\n{form}"
        );
        write(clinic.root(), &files);
        let made = clinic.run(&["forms", "init"]);
        let text = String::from_utf8(made.stdout).unwrap();
        let key = text.lines().find(|it| it.contains("public_key")).expect("a key");
        let config = clinic.root().join("galen.yaml");
        let old = fs::read_to_string(&config).unwrap();
        fs::write(&config, format!("{old}  {}\n{forms}", key.trim())).unwrap();
        clinic
    }

    /// Takes the question for photographs out of the form: functions cannot take them.
    pub(crate) fn without_photographs(self) -> Self {
        let form = self.root().join("content/forms/everything.yml");
        let text = fs::read_to_string(&form).unwrap();
        let kept: Vec<&str> = text.lines().filter(|it| !it.contains("type: photo")).collect();
        fs::write(&form, kept.join("\n")).unwrap();
        self
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_galen"));
        command.arg("-C").arg(self.root()).env_clear().env("USER", "tester");
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).output().unwrap()
    }

    pub(crate) fn says(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {words}");
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn serve(&self) -> Running {
        self.serve_with(&[])
    }

    /// Starts the endpoint with variables of the environment.
    pub(crate) fn serve_with(&self, variables: &[(&str, &str)]) -> Running {
        let mut command = self.command();
        command.envs(variables.iter().copied());
        Running::start(command.args(["forms", "serve", "--listen", "127.0.0.1:0"]))
    }
}

impl Running {
    /// Starts what says first where it takes enquiries.
    pub(crate) fn start(command: &mut Command) -> Self {
        command.stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let first = lines.next().expect("a first line").unwrap();
        let place = first.split("http://").nth(1).unwrap_or_else(|| panic!("{first}"));
        let address = place.split(' ').next().unwrap().parse().unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        let log = Arc::clone(&said);
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                log.lock().unwrap().push_str(&(line + "\n"));
            }
        });
        Running { child, address, said }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends an enquiry; gives the status, 0 where no answer came.
pub(crate) fn send(address: SocketAddr, name: &str) -> u16 {
    let body = format!(
        "name={name}&email={name}@example.com&clinic=lane&consent=yes&message={CANARY}&phone=02079460100"
    );
    post(address, &body).unwrap_or(0)
}

/// Sends enquiries from some threads, so many from each at most, until `after` is over; gives the names of those that were
/// thanked.
pub(crate) fn enquiries(
    address: SocketAddr,
    round: &str,
    (threads, each): (usize, usize),
    after: impl FnOnce(),
) -> Vec<String> {
    let stop = AtomicBool::new(false);
    let send_some = |thread: usize| {
        let going = |_: &usize| !stop.load(Ordering::Relaxed);
        let names = (0..each).take_while(going).map(|number| format!("{round}x{thread}x{number}"));
        names.filter(|name| send(address, name) == 303).collect::<Vec<_>>()
    };
    thread::scope(|scope| {
        let send_some = &send_some;
        let senders: Vec<_> =
            (0..threads).map(|thread| scope.spawn(move || send_some(thread))).collect();
        after();
        stop.store(true, Ordering::Relaxed);
        senders.into_iter().flat_map(|it| it.join().unwrap()).collect()
    })
}

pub(crate) fn post(address: SocketAddr, body: &str) -> std::io::Result<u16> {
    let text = exchange(address, body)?;
    let status = text.split(' ').nth(1).and_then(|it| it.parse().ok());
    status.ok_or_else(|| std::io::ErrorKind::UnexpectedEof.into())
}

/// Sends a form; gives the whole answer.
pub(crate) fn exchange(address: SocketAddr, body: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(2))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    write!(
        stream,
        "POST /api/forms/everything HTTP/1.1\r\nhost: clinic.example\r\nsec-fetch-site: same-origin\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    Ok(text)
}

pub(crate) fn names(csv: &str) -> Vec<String> {
    let head: Vec<&str> = csv.lines().next().unwrap_or_default().split(',').collect();
    let at = head.iter().position(|it| *it == "\"name\"").expect("a column of names");
    let cell = |line: &str| line.split(',').nth(at).unwrap().trim_matches('"').to_owned();
    let mut names: Vec<String> = csv.lines().skip(1).map(cell).collect();
    names.sort();
    names
}

#[test]
fn an_enquiry_is_kept_read_and_removed() {
    let clinic = Clinic::new("");
    let database = clinic.root().join(".galen/forms/enquiries.sqlite");
    let missing = clinic.run(&["forms", "list"]);
    assert!(String::from_utf8_lossy(&missing.stderr).contains("no enquiry was taken yet"));
    let server = clinic.serve();
    assert_eq!(send(server.address, "ada"), 303);
    assert_eq!(send(server.address, "ada"), 303, "a retry");
    assert_eq!(send(server.address, "bob"), 303);
    assert_eq!(post(server.address, "name=&email=x").unwrap(), 422);
    let list = clinic.says(&["forms", "list", "--format", "csv"]);
    assert_eq!(list.lines().count(), 3, "{list}");
    let id = list.lines().nth(1).unwrap().split(',').next().unwrap();
    let shown = clinic.says(&["forms", "show", id]);
    for part in ["bob@example.com", CANARY, "Larkfield Lane", "Agreed to"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let stats = clinic.says(&["forms", "stats"]);
    assert!(stats.contains("everything: 2 new"), "{stats}");
    assert!(clinic.says(&["forms", "audit"]).contains("tester show"));
    let all_files = || {
        let files = ["", "-wal", "-shm"].map(|end| format!("{}{end}", database.display()));
        files.iter().flat_map(|file| fs::read(file).unwrap_or_default()).collect::<Vec<u8>>()
    };
    let has = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|it| it == text.as_bytes());
    for secret in [CANARY, "ada@", "bob@", "2079460100"] {
        assert!(!has(&all_files(), secret), "{secret} in the clear");
        assert!(!server.said.lock().unwrap().contains(secret), "{secret} in the log");
    }
    // That someone read an enquiry stays on record by its name, so the other one is looked for.
    let other = list.lines().nth(2).unwrap().split(',').next().unwrap();
    assert!(has(&all_files(), other), "the look finds what is there");
    let erased = clinic.says(&["forms", "erase", "--email", "ADA@Example.com", "--yes"]);
    assert!(erased.contains("1 enquiry removed"), "{erased}");
    assert!(!has(&all_files(), other), "what was erased is still in the files");
    assert!(clinic.says(&["forms", "list", "--format", "csv"]).lines().count() == 2);
    fs::rename(clinic.root().join(".galen/forms/reading-key"), clinic.root().join("away")).unwrap();
    let list = clinic.says(&["forms", "list", "--format", "csv"]);
    let id = list.lines().nth(1).unwrap().split(',').next().unwrap();
    let blind = clinic.run(&["forms", "show", id]);
    assert!(String::from_utf8_lossy(&blind.stderr).contains("there is no reading key"));
}

#[test]
fn what_was_answered_is_kept_though_the_server_is_killed() {
    let clinic = Clinic::new("");
    let mut answered = Vec::new();
    for round in 0..4 {
        let mut server = clinic.serve();
        let address = server.address;
        answered.extend(enquiries(address, &format!("n{round}"), (8, usize::MAX), || {
            thread::sleep(Duration::from_millis(150 + 90 * round));
            server.child.kill().unwrap();
        }));
    }
    answered.sort();
    assert!(answered.len() > 20, "only {} were answered", answered.len());
    let file = clinic.root().join("all.csv");
    clinic.says(&["forms", "export", "--to", file.to_str().unwrap()]);
    let kept = names(&fs::read_to_string(file).unwrap());
    let mut once = kept.clone();
    once.dedup();
    assert_eq!(kept, once, "an enquiry is kept twice");
    let lost: Vec<&String> = answered.iter().filter(|it| !kept.contains(it)).collect();
    assert!(lost.is_empty(), "answered and lost: {lost:?}");
}

#[test]
fn what_is_wanting_is_said_before_anything_is_taken() {
    let clinic = Clinic::new("  mail: {to: [desk@clinic.example], from: web@clinic.example}\n");
    let said = |clinic: &Clinic| {
        let output = clinic.run(&["forms", "serve", "--listen", "127.0.0.1:0"]);
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(said(&clinic).contains("the environment has no GALEN_SMTP_URL"));
    let config = clinic.root().join("galen.yaml");
    let old = fs::read_to_string(&config).unwrap();
    fs::write(&config, old.replace("  public_key", "  # public_key")).unwrap();
    assert!(said(&clinic).contains("write under `forms:`"));
    fs::remove_file(clinic.root().join(".galen/forms/secret")).unwrap();
    fs::write(&config, &old).unwrap();
    assert!(said(&clinic).contains("galen forms init"));
}
