//! `galen forms pull` as a clinic runs it: the real program, files and folders.

use std::fs;
use std::io::Write as _;
use std::process::{Output, Stdio};

use galen::form::Contract;
use galen::store::keys::ReadingKey;
use galen::store::seal::Envelope;
use serde_json::{Value, json};

use crate::forms_cli::{Clinic, post};

const CANARY: &str = "kanarienvogel";

/// A clinic with the contract of its form and its reading key.
struct Host {
    clinic: Clinic,
    contract: Contract,
    key: ReadingKey,
}

impl Host {
    fn new(forms: &str) -> Self {
        let clinic = Clinic::new(forms);
        let contract =
            serde_json::from_str(&clinic.says(&["forms", "contract", "everything"])).unwrap();
        let key = ReadingKey::read(&clinic.root().join(".galen/forms/reading-key")).unwrap();
        Self { clinic, contract, key }
    }

    /// A record as a function makes it, received some days ago.
    fn record(&self, id: &str, name: &str, days: i64) -> Value {
        let received = galen::config::now().as_millisecond() - days * 86_400_000;
        let contract = self.contract.digest().hex(16);
        let wording = &self.contract.question("consent").unwrap().wording;
        let plain = json!({
            "answers": {
                "name": name, "email": format!("{name}@example.com"), "phone": "02079460100",
                "clinic": "lane", "message": CANARY, "consent": "yes"
            },
            "consents": [{"name": "consent", "wording": wording}],
            "page": "/ask/", "language": "en", "received": received, "contract": contract,
        });
        let plain = plain.to_string();
        let envelope =
            Envelope::new(self.key.public(), "everything", id, plain.as_bytes()).unwrap();
        let envelope: Value = serde_json::from_str(&envelope.json()).unwrap();
        json!({"id": id, "form": "everything", "received": received, "contract": contract, "envelope": envelope})
    }

    fn write(&self, path: &str, text: &str) -> String {
        let path = self.clinic.root().join("fetched").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }
}

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    text(&output.stdout) + &text(&output.stderr)
}

#[test]
fn what_is_pulled_is_as_what_was_taken_here() {
    let host = Host::new("");
    let clinic = &host.clinic;
    let body = format!(
        "name=ada&email=ada@example.com&phone=02079460100&clinic=lane&consent=yes&message={CANARY}&_page=/ask/"
    );
    let server = clinic.serve();
    assert_eq!(post(server.address, &body).unwrap(), 303);
    drop(server);
    let file = host.write("one.json", &host.record("AAAA-BBBB-CCCC", "ada", 0).to_string());
    let first = clinic.run(&["forms", "pull", &file, "--host", "netlify"]);
    assert!(
        first.status.success() && said(&first).starts_with("1 enquiry kept\n"),
        "{}",
        said(&first)
    );
    assert!(said(&first).contains("The host has them still"), "{}", said(&first));
    assert!(!said(&first).contains(CANARY));
    assert!(clinic.says(&["forms", "audit"]).contains("tester pull  1"));

    let all = clinic.root().join("all.json");
    clinic.says(&["forms", "export", "--to", all.to_str().unwrap(), "--format", "json"]);
    let mut all: Vec<Value> = serde_json::from_str(&fs::read_to_string(all).unwrap()).unwrap();
    for enquiry in &mut all {
        enquiry["id"] = Value::Null;
        enquiry["received"] = Value::Null;
    }
    assert_eq!(all.len(), 2);
    assert_eq!(all[0], all[1]);
    let by = |option: &str, value: &str| {
        let list = clinic.says(&["forms", "list", option, value, "--format", "csv"]);
        let rows: Vec<String> = list.lines().skip(1).map(str::to_owned).collect();
        // What differs: the id.
        rows.iter().map(|it| it.split_once(',').unwrap().1.to_owned()).collect::<Vec<_>>()
    };
    for found in [by("--email", "ADA@example.com"), by("--phone", "+44 20 7946 0100")] {
        assert_eq!(found.len(), 2);
        assert_eq!(found[0], found[1]);
    }
    assert!(clinic.says(&["forms", "show", "aaaa-bbbb-cccc"]).contains(CANARY));
    let erased = said(&clinic.run(&["forms", "erase", "--email", "ada@example.com", "--yes"]));
    assert!(erased.contains("2 enquiries removed"), "{erased}");
    assert!(erased.contains("pull again with `--done FILE`"), "{erased}");
    let again = clinic.says(&["forms", "pull", &file]);
    assert_eq!(again, "0 enquiries kept, 1 was pulled before and removed here since\n");
    assert_eq!(clinic.says(&["forms", "list", "--format", "csv"]).lines().count(), 1);
}

#[test]
fn folders_and_standard_input_are_read_and_each_fault_is_named() {
    let host = Host::new("  mail: {to: [desk@clinic.example], from: web@clinic.example}\n");
    let clinic = &host.clinic;
    let folder = clinic.root().join("fetched");
    for (at, days) in [(1, 0), (2, 3), (3, 89), (4, 91)] {
        let id = format!("AAAA-BBBB-CCC{at}");
        host.write(&format!("everything/{id}.json"), &host.record(&id, "bob", days).to_string());
    }
    host.write("everything/.DS_Store", "not read");
    host.write("other/broken.json", &format!("{{\"id\": \"{CANARY}"));
    let strange = ReadingKey::generate().unwrap();
    let stranger = Host { key: strange, contract: host.contract.clone(), clinic: Clinic::new("") };
    host.write("other/strange.json", &format!("[{}]", stranger.record("AAAA-BBBB-CCC9", "eve", 0)));
    let path = folder.to_str().unwrap();
    let output = clinic.run(&["forms", "pull", path, "nowhere.json", "--no-notices"]);
    assert_eq!(output.status.code(), Some(1));
    let words = said(&output);
    for part in [
        "3 enquiries kept, 1 was past the days that the form keeps answers\n",
        "error: 3 were not pulled:\n",
        "broken.json`, record 1: its JSON is damaged; fetch it again",
        "strange.json`, record 1: the answers were sealed to the key",
        "`nowhere.json` cannot be read: ",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }
    assert!(!words.contains(CANARY) && !words.contains("bob"), "{words}");
    assert!(clinic.says(&["forms", "stats"]).contains("notices: 0 waiting"));

    let mut command = clinic.command();
    let rows = [host.record("AAAA-BBBB-CCC1", "bob", 0), host.record("AAAA-BBBB-CCC5", "bob", 0)];
    let row = |it: &Value| {
        let mut row = it.clone();
        row["envelope"] = it["envelope"].to_string().into();
        row
    };
    let d1 = json!([{"results": rows.iter().map(row).collect::<Vec<_>>(), "success": true}]);
    let done = clinic.root().join("done.sql");
    command.args(["forms", "pull", "-", "--done", done.to_str().unwrap()]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(d1.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let words = said(&output);
    assert!(output.status.success(), "{words}");
    assert!(words.starts_with("1 enquiry kept, 1 was there before\n"), "{words}");
    assert!(words.contains("galen-forms --remote --command \"$(cat "), "{words}");
    assert!(words.contains("Notices wait until `galen forms serve` sends them"), "{words}");
    let sql = fs::read_to_string(done).unwrap();
    let ids = "('AAAA-BBBB-CCC1', 'AAAA-BBBB-CCC5')";
    assert_eq!(sql, format!("DELETE FROM galen_enquiries WHERE id IN {ids};\n"));
    assert!(clinic.says(&["forms", "stats"]).contains("notices: 1 waiting"));
    let list = clinic.run(&["forms", "pull", path, "--format", "csv"]);
    let words = String::from_utf8(list.stdout).unwrap();
    assert!(
        words.starts_with("id,form,outcome,file,record,reason\nAAAA-BBBB-CCC1,everything,there,"),
        "{words}"
    );
    assert!(words.contains(",past,") && words.contains(",failed,"), "{words}");
}

#[test]
fn what_is_wanting_is_said_before_anything_is_pulled() {
    let host = Host::new("");
    let clinic = &host.clinic;
    let file = host.write("one.json", &host.record("AAAA-BBBB-CCCC", "ada", 0).to_string());
    let empty = host.write("empty.json", "");
    let output = clinic.run(&["forms", "pull", &empty]);
    assert!(said(&output).contains("empty.json`: there is no JSON in it"), "{}", said(&output));
    assert!(
        !clinic.root().join(".galen/forms/enquiries.sqlite").exists(),
        "nothing was to be kept"
    );
    for (key, words) in
        [("secret", "secret cannot be read"), ("reading-key", "there is no reading key")]
    {
        let path = clinic.root().join(".galen/forms").join(key);
        fs::rename(&path, clinic.root().join("away")).unwrap();
        let output = clinic.run(&["forms", "pull", &file]);
        assert_eq!(output.status.code(), Some(1));
        assert!(said(&output).contains(words), "{}", said(&output));
        fs::rename(clinic.root().join("away"), &path).unwrap();
    }
    let output = clinic.run(&["forms", "pull", &file, "--done", &empty]);
    assert!(said(&output).contains("is there already; name a new file"), "{}", said(&output));
    assert_eq!(clinic.says(&["forms", "pull", &file]), "1 enquiry kept\n");
}
