//! `galen forms serve` while things around it fail: mail that is down, a database that is locked, a disk that is full. No
//! visitor is thanked for what is not kept, and nothing that was kept is told twice or never.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, TransactionBehavior};

use crate::forms_cli::{Clinic, Running, enquiries, exchange, names, send};
use crate::notify::{Sink, free, smtp, until};

const MAIL: &str = "  mail: {to: [desk@clinic.example], from: web@clinic.example}\n";

pub(crate) fn database(clinic: &Clinic) -> Connection {
    let connection = Connection::open(clinic.root().join(".galen/forms/enquiries.sqlite")).unwrap();
    connection.busy_timeout(Duration::from_secs(5)).unwrap();
    connection
}

pub(crate) fn count(connection: &Connection, what: &str) -> i64 {
    connection.query_row(&format!("SELECT count(*) FROM {what}"), [], |row| row.get(0)).unwrap()
}

#[test]
fn each_enquiry_is_told_once_though_mail_is_down_and_the_server_is_killed() {
    let clinic = Clinic::new(MAIL);
    let place = free();
    let url = format!("smtp://{place}");
    let serve = || clinic.serve_with(&[("GALEN_SMTP_URL", &url)]);
    let mut thanked = Vec::new();
    for round in ["a", "b"] {
        let mut server = serve();
        let pause = || thread::sleep(Duration::from_millis(120));
        let address = server.address;
        thanked.extend(enquiries(address, round, (4, 15), || {
            pause();
            server.child.kill().unwrap();
        }));
    }
    assert!(thanked.len() > 4, "only {} were thanked", thanked.len());
    // Mail comes up, and the server is killed once more while it sends.
    let sink = Sink::on(TcpListener::bind(place).unwrap(), |stream| {
        thread::sleep(Duration::from_millis(5));
        smtp(stream, "250 ok")
    });
    let store = database(&clinic);
    // Hours pass: what waits for a further attempt, or was taken by a server that is dead, is due.
    let hours =
        || store.execute("UPDATE outbox SET next_at = 0 WHERE state = 'pending'", []).unwrap();
    let mut server = serve();
    hours();
    until(|| (sink.got().len() > 2).then_some(()));
    server.child.kill().unwrap();
    server.child.wait().unwrap();
    hours();
    let server = serve();
    until(|| (count(&store, "outbox WHERE state != 'sent'") == 0).then_some(()));
    drop(server);
    let mut told: BTreeMap<String, u32> = BTreeMap::new();
    for mail in sink.got().iter().filter(|it| it.contains("\r\n.\r\n")) {
        let id =
            mail.lines().find_map(|it| it.strip_prefix("Message-ID: <")).expect("a Message-ID");
        *told.entry(id.split('@').next().unwrap().to_owned()).or_default() += 1;
    }
    let mut ids = store.prepare("SELECT id FROM submissions ORDER BY id").unwrap();
    let ids = ids.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let ids: Vec<String> = ids.map(Result::unwrap).collect();
    assert_eq!(told.keys().cloned().collect::<Vec<_>>(), ids, "those that are kept are told");
    // The one that was being sent when the server was killed may be told again, under the same name.
    assert!(told.values().sum::<u32>() <= ids.len() as u32 + 1, "{told:?}");
    let file = clinic.root().join("all.csv");
    clinic.says(&["forms", "export", "--to", file.to_str().unwrap()]);
    let kept = names(&fs::read_to_string(file).unwrap());
    for name in &thanked {
        assert_eq!(kept.iter().filter(|it| *it == name).count(), 1, "{name} is kept once");
    }
    let mut once = kept.clone();
    once.dedup();
    assert_eq!(kept, once, "an enquiry is kept twice");
}

fn body(name: &str) -> String {
    format!("name={name}&email=a@b.example&clinic=river&consent=yes&days=tue&message=One+%26+two")
}

/// The page that comes back says what to do and has all that was written.
#[track_caller]
fn comes_back(answer: &str, name: &str) {
    for part in [
        "HTTP/1.1 503 ",
        "retry-after: 30\r\n",
        "cache-control: no-store\r\n",
        "Your enquiry could not be kept",
        "Please try again in a minute, or call us",
        &format!("value={name}"),
        "value=a@b.example",
        "One &amp; two",
        "checked type=radio name=clinic value=river",
        "checked type=checkbox name=days value=tue",
    ] {
        assert!(answer.contains(part), "{part} is not in {answer}");
    }
    assert!(!answer.contains("location:"), "{answer}");
}

#[test]
fn what_cannot_be_kept_as_the_database_is_locked_comes_back() {
    let clinic = Clinic::new("");
    let server = clinic.serve();
    assert_eq!(send(server.address, "first"), 303);
    let mut other = database(&clinic);
    let lock = other.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
    let begun = Instant::now();
    let address = server.address;
    let two = thread::spawn(move || {
        // While the first is being kept.
        thread::sleep(Duration::from_millis(500));
        exchange(address, &body("bob")).unwrap()
    });
    comes_back(&exchange(server.address, &body("ada")).unwrap(), "ada");
    comes_back(&two.join().unwrap(), "bob");
    let waited = begun.elapsed();
    // The store waits 5 s for a lock; to wait again would take 10 at least.
    assert!(waited < Duration::from_millis(9500), "visitors waited for {waited:?}");
    assert_eq!(count(&lock, "submissions"), 1);
    assert_eq!(count(&lock, "outbox"), 0);
    lock.rollback().unwrap();
    for name in ["ada", "ada", "bob"] {
        assert!(exchange(server.address, &body(name)).unwrap().contains("303 See Other"));
    }
    assert_eq!(count(&other, "submissions"), 3);
    let log = server.said.lock().unwrap().clone();
    assert!(log.contains("another program has the database locked"), "{log}");
    assert!(!log.contains("bob") && !log.contains("a@b.example"), "{log}");
}

/// Sends until no room is left, makes room, and sends the same again.
#[cfg(unix)]
fn fills(clinic: &Clinic, server: &Running, make_room: &dyn Fn(), says: &str) {
    let reader = database(clinic);
    let before = count(&reader, "submissions");
    let mut kept = 0;
    let name = loop {
        let name = format!("n{kept}");
        let answer = exchange(server.address, &body(&name)).unwrap();
        if !answer.contains("303 See Other") {
            comes_back(&answer, &name);
            break name;
        }
        kept += 1;
        assert!(kept < 400, "the room does not end");
    };
    comes_back(&exchange(server.address, &body(&name)).unwrap(), &name);
    assert_eq!(count(&reader, "submissions"), before + kept, "each thanked one is kept, no other");
    make_room();
    for _ in 0..2 {
        let answer = exchange(server.address, &body(&name)).unwrap();
        assert!(answer.contains("303 See Other"), "{answer}");
    }
    assert_eq!(count(&reader, "submissions"), before + kept + 1);
    let sound: String = reader.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
    let log = server.said.lock().unwrap().clone();
    assert!(log.contains(says), "{log}");
}

/// Empties the log of the database, which no limit of this process forbids.
#[cfg(unix)]
fn checkpoint(clinic: &Clinic) {
    let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
    let busy: i64 = database(clinic).query_row(sql, [], |row| row.get(0)).unwrap();
    assert_eq!(busy, 0, "someone reads the log");
}

/// The shell gives the server a limit on the length of files, and has the signal for it ignored: writing beyond it is an
/// error as on a full disk, for everyone and on every Unix.
#[cfg(unix)]
#[test]
fn what_cannot_be_kept_as_no_room_is_left_comes_back() {
    let clinic = Clinic::new("");
    assert_eq!(send(clinic.serve().address, "first"), 303);
    checkpoint(&clinic);
    let mut command = std::process::Command::new("sh");
    command.args([
        "-c",
        "trap '' XFSZ; ulimit -f 512; exec \"$0\" \"$@\"",
        env!("CARGO_BIN_EXE_galen"),
        "-C",
    ]);
    command.arg(clinic.root()).env_clear();
    let server = Running::start(command.args(["forms", "serve", "--listen", "127.0.0.1:0"]));
    fills(&clinic, &server, &|| checkpoint(&clinic), "the disk gave an error");
}

/// A disk of one megabyte, which goes when this does.
#[cfg(target_os = "linux")]
struct SmallDisk<'a>(&'a Path);

#[cfg(target_os = "linux")]
impl<'a> SmallDisk<'a> {
    fn at(folder: &'a Path) -> Option<Self> {
        fs::create_dir_all(folder).unwrap();
        let mut mount = std::process::Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=1m,mode=700", "none"]).arg(folder);
        mount.output().is_ok_and(|it| it.status.success()).then_some(Self(folder))
    }
}

#[cfg(target_os = "linux")]
impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg("-l").arg(self.0).output();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_kept_as_the_disk_is_full_comes_back() {
    let clinic = Clinic::new("");
    let folder = clinic.root().join(".galen/forms");
    let keys = clinic.root().join("keys");
    fs::rename(&folder, &keys).unwrap();
    let Some(_disk) = SmallDisk::at(&folder) else {
        println!(
            "skipped: this user may not mount a small disk; the limit on files is tried in its place"
        );
        return;
    };
    let server = clinic.serve_with(&[("GALEN_FORMS_KEYS", keys.to_str().unwrap())]);
    assert_eq!(send(server.address, "first"), 303);
    checkpoint(&clinic);
    let filler = folder.join("filler");
    let free = 1024 * 1024 - 400 * 1024;
    fs::write(&filler, vec![1; free]).unwrap();
    fills(&clinic, &server, &|| fs::remove_file(&filler).unwrap(), "the disk is full");
}
