//! Photographs as a clinic gets them: `galen forms show` and `export` write them into files.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use image::ImageFormat;

use crate::forms_cli::{Clinic, Running};
use crate::forms_photos::{body, encoded, enquiry, file, quarters};

fn post(address: SocketAddr, body: &[u8]) -> u16 {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    write!(
        stream,
        "POST /api/forms/everything HTTP/1.1\r\nhost: clinic.example\r\nsec-fetch-site: same-origin\r\n\
         content-type: multipart/form-data; boundary=edge\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    )
    .unwrap();
    stream.write_all(body).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text.split(' ').nth(1).and_then(|it| it.parse().ok()).unwrap_or_else(|| panic!("{text}"))
}

fn ids(clinic: &Clinic) -> Vec<String> {
    let list = clinic.says(&["forms", "list", "--format", "csv"]);
    let id = |line: &str| line.split(',').next().unwrap().trim_matches('"').to_owned();
    list.lines().skip(1).map(id).collect()
}

#[cfg(unix)]
fn mode(path: &std::path::Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Sends an enquiry with two photographs, and one without.
fn taken(clinic: &Clinic) -> (Running, String) {
    let server = clinic.serve();
    let large = file("before", "a.jpg", &encoded(&quarters(2000, 1500), ImageFormat::Png));
    let small = file("before", "b.jpg", &encoded(&quarters(30, 20), ImageFormat::WebP));
    assert_eq!(post(server.address, &body(&enquiry(&[large, small]))), 303);
    let with = ids(clinic).remove(0);
    assert_eq!(crate::forms_cli::send(server.address, "bob"), 303);
    (server, with)
}

#[test]
fn photographs_are_shown_exported_and_removed() {
    let clinic = Clinic::new("");
    let (server, id) = taken(&clinic);
    let shown = clinic.says(&["forms", "show", &id]);
    for part in ["A photograph of your hair", "before-1.jpg, before-2.jpg", "With 2 photographs"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(shown.contains(&format!("galen forms show {id} --photos DIR")), "{shown}");
    let folder = clinic.root().join("private/photos");
    let to = folder.to_str().unwrap();
    clinic.says(&["forms", "show", &id, "--photos", to]);
    let names: Vec<String> = ["1", "2"].map(|it| format!("{id}-before-{it}.jpg")).into();
    let found = |folder: &std::path::Path| {
        let names = fs::read_dir(folder).unwrap().map(|it| it.unwrap().file_name());
        let mut names: Vec<String> = names.map(|it| it.into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(found(&folder), names);
    let sizes = [(2000, 1500), (30, 20)];
    for (name, size) in names.iter().zip(sizes) {
        let bytes = fs::read(folder.join(name)).unwrap();
        let seen = image::load_from_memory_with_format(&bytes, ImageFormat::Jpeg).unwrap();
        assert_eq!((seen.width(), seen.height()), size);
        #[cfg(unix)]
        assert_eq!(mode(&folder.join(name)), 0o600);
    }
    #[cfg(unix)]
    assert_eq!(mode(&folder), 0o700);

    // Nothing that is there is written over, and then nothing is written at all.
    fs::remove_file(folder.join(&names[0])).unwrap();
    fs::write(folder.join(&names[1]), "mine").unwrap();
    let again = clinic.run(&["forms", "show", &id, "--photos", to]);
    assert!(!again.status.success());
    assert!(String::from_utf8_lossy(&again.stderr).contains("is there already"));
    assert_eq!(found(&folder), names[1..]);
    assert_eq!(fs::read_to_string(folder.join(&names[1])).unwrap(), "mine");

    let table = clinic.root().join("all.csv");
    let all = clinic.root().join("all");
    let (table, to) = (table.to_str().unwrap(), all.to_str().unwrap());
    clinic.says(&["forms", "export", "--to", table, "--photos", to]);
    assert!(fs::read_to_string(table).unwrap().contains("before-1.jpg, before-2.jpg"));
    assert_eq!(found(&all), names);
    let audit = clinic.says(&["forms", "audit"]);
    assert_eq!(
        audit.lines().filter(|it| it.contains(&format!("tester photos {id} 2"))).count(),
        1,
        "{audit}"
    );
    assert_eq!(audit.lines().filter(|it| it.contains("tester photos")).count(), 2, "{audit}");

    // Another reading key opens them once the data keys were sealed to it, and then the old one does not.
    let keys = clinic.root().join("new");
    let keys = keys.to_str().unwrap();
    let made = clinic.says(&["forms", "--keys", keys, "init", "--another"]);
    let public = made.split_whitespace().find(|it| it.starts_with("galen-key:")).unwrap();
    let old = clinic.root().join(".galen/forms/reading-key");
    clinic.says(&["forms", "rotate", "--from", old.to_str().unwrap(), "--to", public]);
    let shown = clinic.root().join("shown");
    let shown = shown.to_str().unwrap();
    assert!(!clinic.run(&["forms", "show", &id, "--photos", shown]).status.success());
    clinic.says(&["forms", "--keys", keys, "show", &id, "--photos", shown]);
    for name in &names {
        let [one, other] =
            [to, shown].map(|it| fs::read(std::path::Path::new(it).join(name)).unwrap());
        assert!(one == other, "{name}");
    }

    let erased = clinic.says(&["forms", "erase", &id, "--yes"]);
    assert!(erased.contains("1 enquiry removed"), "{erased}");
    let none = clinic.run(&[
        "forms",
        "--keys",
        keys,
        "export",
        "--to",
        &format!("{table}.2"),
        "--photos",
        to,
    ]);
    assert!(String::from_utf8_lossy(&none.stderr).contains("there are no photographs"));
    let said = server.said.lock().unwrap().clone();
    assert_eq!(said, "", "photographs are no news");
}

#[test]
fn functions_are_not_written_for_a_form_that_asks_for_photographs() {
    let clinic = Clinic::new("");
    let to = clinic.root().join("functions");
    let output = clinic.run(&[
        "forms",
        "export-function",
        "--for",
        "cloudflare",
        "--to",
        to.to_str().unwrap(),
    ]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(said.contains("the form `everything` asks for photographs"), "{said}");
    assert!(said.contains("galen forms serve"), "{said}");
    assert!(!to.exists());
}
