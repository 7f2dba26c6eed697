//! Answers in mails, where the clinic asks for them: what is in the mail, and what is left of it in the database.

use std::fs;
use std::net::TcpListener;

use crate::forms_cli::{Clinic, Running, post};
use crate::forms_faults::{count, database};
use crate::notify::{Sink, free, smtp, until};

const MAIL: &str = "  mail: {to: [desk@clinic.example], from: web@clinic.example, answers: true}\n";
const ANSWERS: &str = "name=Ada+Canary&email=ada@example.com&clinic=lane&consent=yes&days=sat&days=mon\
                       &message=canary-one%0D%0A.%0D%0AWhich+clinic%3F%0D%0ABcc:+all@example.com";

fn serve(clinic: &Clinic, place: &str) -> Running {
    clinic.serve_with(&[("GALEN_SMTP_URL", &format!("smtp://{place}"))])
}

/// Tells whether a text stands in any file of the database.
fn stands(clinic: &Clinic, text: &str) -> bool {
    let files = fs::read_dir(clinic.root().join(".galen/forms")).unwrap();
    files
        .map(|it| fs::read(it.unwrap().path()).unwrap())
        .any(|bytes| bytes.windows(text.len()).any(|it| it == text.as_bytes()))
}

#[test]
fn a_mail_has_the_answers_and_the_store_forgets_them_for_it() {
    let clinic = Clinic::new(MAIL);
    let sink = Sink::new(|stream| smtp(stream, "250 ok"));
    let server = serve(&clinic, &sink.address.to_string());
    let warning = "mails to desk@clinic.example have the answers in them";
    until(|| server.said.lock().unwrap().contains(warning).then_some(()));
    assert_eq!(post(server.address, ANSWERS).unwrap(), 303);
    until(|| (count(&database(&clinic), "outbox WHERE state = 'sent'") == 1).then_some(()));
    let mail = sink.got().concat();
    assert!(mail.contains("Which clinic?\r\n    Larkfield Lane\r\n"), "{mail}");
    assert!(mail.contains("Which days suit you?\r\n    Monday, Saturday\r\n"), "{mail}");
    assert!(
        mail.contains("    canary-one\r\n    .\r\n    Which clinic?\r\n    Bcc: all@"),
        "{mail}"
    );
    assert!(mail.contains("Reply-To: ada@example.com\r\n"), "{mail}");
    assert!(!mail.contains("\r\nBcc:"), "{mail}");
    assert_eq!(count(&database(&clinic), "letters"), 0);
    assert!(!stands(&clinic, "canary-one") && !stands(&clinic, "Ada Canary"));
    let said = server.said.lock().unwrap().clone();
    assert!(!said.contains("canary") && !said.contains("Ada"), "{said}");
}

#[test]
fn what_waits_is_sealed_goes_with_its_enquiry_and_needs_the_secret() {
    let clinic = Clinic::new(MAIL);
    let place = free();
    let server = serve(&clinic, &place.to_string());
    for name in ["one", "two"] {
        assert_eq!(post(server.address, &ANSWERS.replace("one", name)).unwrap(), 303);
    }
    drop(server);
    assert_eq!(count(&database(&clinic), "letters"), 2);
    assert!(!stands(&clinic, "canary-one"));
    let list = clinic.says(&["forms", "list", "--format", "csv"]);
    let id = list.lines().nth(1).unwrap().split(',').next().unwrap().to_owned();
    clinic.says(&["forms", "erase", &id, "--yes"]);
    assert_eq!(count(&database(&clinic), "letters"), 1);
    // Under another secret the letter does not open: the mail says where the answers are.
    let secret = clinic.root().join(".galen/forms/secret");
    fs::remove_file(&secret).unwrap();
    clinic.says(&["forms", "init"]);
    let store = database(&clinic);
    store.execute("UPDATE outbox SET next_at = 0", []).unwrap();
    drop(store);
    let sink = Sink::on(TcpListener::bind(place).unwrap(), |stream| smtp(stream, "250 ok"));
    let _server = serve(&clinic, &place.to_string());
    until(|| (count(&database(&clinic), "outbox WHERE state = 'sent'") == 1).then_some(()));
    let mail = sink.got().concat();
    assert!(
        mail.contains("The answers cannot be opened here: read them by the command."),
        "{mail}"
    );
    assert!(!mail.contains("canary"), "{mail}");
    assert_eq!(count(&database(&clinic), "letters"), 0);
}

#[test]
fn a_mail_that_is_given_up_leaves_no_answers() {
    let clinic = Clinic::new(MAIL);
    let sink = Sink::new(|stream| smtp(stream, "550 no"));
    let server = serve(&clinic, &sink.address.to_string());
    assert_eq!(post(server.address, ANSWERS).unwrap(), 303);
    until(|| {
        (count(&database(&clinic), "outbox WHERE attempts > 0 AND last_error IS NOT NULL") == 1)
            .then_some(())
    });
    assert_eq!(count(&database(&clinic), "letters"), 1, "it is tried again");
    drop(server);
    let store = database(&clinic);
    store.execute("UPDATE outbox SET attempts = 5, next_at = 0", []).unwrap();
    drop(store);
    let _server = serve(&clinic, &sink.address.to_string());
    until(|| (count(&database(&clinic), "outbox WHERE state = 'dead'") == 1).then_some(()));
    assert_eq!(count(&database(&clinic), "letters"), 0);
}
