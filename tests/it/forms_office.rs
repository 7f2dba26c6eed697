//! The verbs of `galen forms` for those who read enquiries: what each says, does and notes, by the real program.

use std::fs;
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::process::Output;
use std::thread;
use std::time::Duration;

use crate::forms_cli::{Clinic, post};
use crate::notify::{Sink, smtp, until};

const ANSWERS: &str =
    "name=Ada&email=ada@example.com&clinic=lane&consent=yes&days=sat&days=mon&message=Hello";

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A clinic with one enquiry, and the enquiry's id.
fn with_one() -> (Clinic, String) {
    let clinic = Clinic::new("");
    let server = clinic.serve();
    assert_eq!(post(server.address, ANSWERS).unwrap(), 303);
    let list = clinic.says(&["forms", "list", "--format", "csv"]);
    let id = list.lines().nth(1).unwrap().split(',').next().unwrap().to_owned();
    (clinic, id)
}

#[test]
fn what_is_not_there_is_not_erased_and_that_is_said() {
    let (clinic, id) = with_one();
    let gone = clinic.run(&["forms", "erase", "AAAA-BBBB-CCCC", &id, "--yes"]);
    assert_eq!(gone.status.code(), Some(1));
    assert!(said(&gone).contains("there is no enquiry AAAA-BBBB-CCCC; nothing was removed"));
    assert!(clinic.says(&["forms", "stats"]).contains("everything: 1 new"));
    assert!(clinic.says(&["forms", "erase", &id, "--yes"]).contains("1 enquiry removed"));
    let again = clinic.run(&["forms", "erase", &id, "--yes"]);
    assert_eq!(again.status.code(), Some(1), "{}", said(&again));
}

#[test]
fn who_marked_an_enquiry_is_noted() {
    let (clinic, id) = with_one();
    let missing = clinic.run(&["forms", "mark", "AAAA-BBBB-CCCC", "done"]);
    assert_eq!(missing.status.code(), Some(1));
    assert_eq!(clinic.says(&["forms", "audit"]).trim(), "");
    clinic.says(&["forms", "mark", &id.to_lowercase(), "done"]);
    let audit = clinic.says(&["forms", "audit"]);
    assert!(audit.contains(&format!("tester mark {id} 1")), "{audit}");
    assert!(clinic.says(&["forms", "stats"]).contains("everything: 1 done"));
}

#[test]
fn answers_are_shown_in_the_words_of_the_page() {
    let (clinic, id) = with_one();
    let shown = clinic.says(&["forms", "show", &id]);
    assert!(shown.contains("Which days suit you?\n    Monday, Saturday\n"), "{shown}");
    assert!(shown.contains("Which clinic?\n    Larkfield Lane\n"), "{shown}");
}

#[test]
fn who_agreed_to_news_is_exported_with_the_words_and_nothing_of_health() {
    let (clinic, _) = with_one();
    let server = clinic.serve();
    let body = "name=Bob&email=bob@example.com&clinic=lane&consent=yes&news=yes&message=Canary&stage=norwood-3";
    assert_eq!(post(server.address, body).unwrap(), 303);
    let to = |name: &str| clinic.root().join(name).display().to_string();
    let export = |format: &str, consent: &str| {
        let file = to(&format!("{consent}.{format}"));
        let arguments =
            ["forms", "export", "--consented", consent, "--format", format, "--to", &file];
        (clinic.run(&arguments), file)
    };
    for format in ["csv", "json"] {
        let (done, file) = export(format, "news");
        assert!(done.status.success(), "{}", said(&done));
        let text = fs::read_to_string(file).unwrap();
        for part in ["I agree to be sent news by e-mail.", "bob@example.com"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        for part in ["Canary", "norwood", "ada@example.com", "keeps these answers"] {
            assert!(!text.contains(part), "{part}: {text}");
        }
    }
    let both = fs::read_to_string(export("csv", "consent").1).unwrap();
    let head = both.lines().next().unwrap();
    assert!(head.starts_with("id,form,received,state,agreed_to,"), "{head}");
    assert!(both.contains("bob@") && both.contains("ada@"), "{both}");
    let (nobody, file) = export("csv", "newz");
    assert_eq!(nobody.status.code(), Some(1));
    assert!(said(&nobody).contains("no enquiry agreed to `newz`"), "{}", said(&nobody));
    assert!(fs::metadata(file).is_err());
}

#[test]
fn a_list_begins_at_a_day() {
    let (clinic, id) = with_one();
    let since = |date: &str| clinic.says(&["forms", "list", "--since", date, "--format", "csv"]);
    assert!(since("2020-02-29").contains(&id));
    assert!(since("2020-02-29T10:30").contains(&id));
    assert!(!since("2999-01-01").contains(&id));
    let wrong = clinic.run(&["forms", "list", "--since", "29/02/2020"]);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(said(&wrong).contains("such as `2026-12-01`"), "{}", said(&wrong));
}

#[test]
fn keys_are_not_changed_unasked() {
    let clinic = Clinic::new("");
    let keys = clinic.root().join(".galen/forms");
    let config = fs::read_to_string(clinic.root().join("galen.yaml")).unwrap();
    let (secret, key) = (keys.join("secret"), keys.join("reading-key"));
    let away = clinic.root().join("away");
    fs::rename(&key, &away).unwrap();
    // As on a server from which the reading key was taken.
    let had = fs::read(&secret).unwrap();
    let there = clinic.run(&["forms", "init"]);
    assert!(there.status.success(), "{}", said(&there));
    assert!(said(&there).contains("no other was made"), "{}", said(&there));
    assert!(!key.exists() && fs::read(&secret).unwrap() == had);
    fs::remove_file(&secret).unwrap();
    let made = clinic.says(&["forms", "init"]);
    assert!(made.contains("secret was made") && !made.contains("public_key"), "{made}");
    assert!(!key.exists() && secret.exists());
    // Another key is made where that is asked for, beside no other.
    let new = clinic.root().join("new");
    let another = |folder: &str| clinic.run(&["forms", "init", "--another", "--keys", folder]);
    let made = another(new.to_str().unwrap());
    assert!(made.status.success(), "{}", said(&made));
    assert!(new.join("reading-key").exists() && !new.join("secret").exists());
    assert_eq!(another(new.to_str().unwrap()).status.code(), Some(1));
    // Nothing says which key it was.
    fs::write(clinic.root().join("galen.yaml"), config.replace("  public_key", "  # public_key"))
        .unwrap();
    let unknown = clinic.run(&["forms", "init"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(said(&unknown).contains("put it back"), "{}", said(&unknown));
    assert!(!key.exists());
    fs::rename(&away, &key).unwrap();
    let back = clinic.says(&["forms", "init"]);
    let named = config.lines().find(|it| it.contains("public_key")).unwrap();
    assert!(back.contains(named.trim()), "{back}");
}

#[test]
fn a_port_that_is_taken_is_no_wrong_command() {
    let clinic = Clinic::new("");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = taken.local_addr().unwrap().to_string();
    let output = clinic.run(&["forms", "serve", "--listen", &place]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said(&output).contains(&format!("`{place}` cannot be listened at")),
        "{}",
        said(&output)
    );
    assert_eq!(clinic.run(&["forms", "serve", "--listen", "nowhere"]).status.code(), Some(2));
}

/// A mail server that is slow to take a mail.
fn slow(stream: TcpStream) -> String {
    thread::sleep(Duration::from_millis(1200));
    smtp(stream, "250 ok")
}

#[cfg(unix)]
#[test]
fn a_notice_that_is_being_sent_is_finished_when_the_server_stops() {
    let clinic = Clinic::new("  mail: {to: [desk@clinic.example], from: web@clinic.example}\n");
    let sink = Sink::new(slow);
    let url = format!("smtp://{}", sink.address);
    let mut server = clinic.serve_with(&[("GALEN_SMTP_URL", &url)]);
    assert_eq!(post(server.address, ANSWERS).unwrap(), 303);
    // It is taken as soon as it is kept; the mail server has not yet said a word.
    thread::sleep(Duration::from_millis(300));
    let pid = server.child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let status = server.child.wait().unwrap();
    assert_eq!(status.code(), Some(0), "{}", server.said.lock().unwrap());
    until(|| (sink.got().len() == 1).then_some(()));
    assert!(clinic.says(&["forms", "stats"]).contains("notices: 0 waiting, 0 given up"));
}

#[test]
fn what_functions_do_not_do_is_said_when_they_are_written() {
    let clinic = Clinic::new("  turnstile: 0x4AAA\n").without_photographs();
    let export = |host: &str| {
        let to = clinic.root().join(host);
        let to = to.to_str().unwrap();
        let output = clinic.run(&["forms", "export-function", "--for", host, "--to", to]);
        assert!(output.status.success(), "{}", said(&output));
        let secret = said(&output).contains("GALEN_TURNSTILE_SECRET");
        assert_eq!(secret, host != "pages", "{}", said(&output));
        let line = said(&output).lines().find(|it| it.starts_with("warning")).map(str::to_owned);
        line.unwrap_or_default()
    };
    assert!(export("cloudflare").contains("of `per_minute` under"));
    assert!(export("lambda").contains("of `per_minute`, `per_network` under"));
    let config = clinic.root().join("galen.yaml");
    let text = fs::read_to_string(&config).unwrap();
    let keep = |it: &&str| !it.contains("per_minute") && !it.contains("turnstile");
    let fewer: Vec<&str> = text.lines().filter(keep).collect();
    writeln!(fs::File::create(&config).unwrap(), "{}", fewer.join("\n")).unwrap();
    assert_eq!(export("pages"), "");
}
