//! Who sends drop by drop is cut off at the limits, keeps nobody waiting, and leaves nothing behind.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use image::ImageFormat;

use crate::forms_cli::{Clinic, send};
use crate::forms_photos::{body, encoded, enquiry, file, quarters};

const HEAD: &str = "POST /api/forms/everything HTTP/1.1\r\nhost: clinic.example\r\nsec-fetch-site: same-origin\r\n\
                    content-type: application/x-www-form-urlencoded\r\n";

/// Sends a beginning, and then the same drop for as long as anyone takes it; gives what was answered, and after how long.
fn dribble(address: SocketAddr, begin: &str, drop: &str) -> (String, Duration) {
    let mut stream = TcpStream::connect(address).unwrap();
    let begun = Instant::now();
    stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    stream.write_all(begin.as_bytes()).unwrap();
    let (mut answer, mut part) = (Vec::new(), [0; 4096]);
    while begun.elapsed() < Duration::from_secs(40) {
        let sent = stream.write_all(drop.as_bytes());
        match stream.read(&mut part) {
            Ok(0) => break,
            Ok(length) => answer.extend(&part[..length]),
            Err(error)
                if matches!(
                    error.kind(),
                    std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                ) => {}
            Err(_) => break,
        }
        if sent.is_err() {
            break;
        }
    }
    (String::from_utf8_lossy(&answer).into_owned(), begun.elapsed())
}

#[test]
fn who_sends_drop_by_drop_is_cut_off_and_others_are_served() {
    let clinic = Clinic::new("");
    let server = clinic.serve();
    let address = server.address;
    let body = format!("{HEAD}content-length: 60000\r\n\r\nname=slow&message=");
    let chunked = format!("{HEAD}transfer-encoding: chunked\r\n\r\n");
    let photo =
        HEAD.replace("application/x-www-form-urlencoded", "multipart/form-data; boundary=e");
    let photo = format!(
        "{photo}content-length: 6000000\r\n\r\n--e\r\nContent-Disposition: form-data; name=before; filename=a\r\n\r\n"
    );
    let kinds: Vec<(String, &str)> = vec![
        // Slower by far than a photograph over the slowest line.
        (photo, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
        (body, "x"),
        (chunked, "1\r\nx\r\n"),
        (HEAD.to_owned(), "x"),
        ("POST /api".to_owned(), "x"),
        (String::new(), ""),
    ];
    let many = 12;
    let slow: Vec<_> = kinds
        .into_iter()
        .flat_map(|kind| std::iter::repeat_n(kind, many))
        .map(|(begin, drop)| thread::spawn(move || dribble(address, &begin, drop)))
        .collect();
    // Meanwhile a visitor is served as ever.
    thread::sleep(Duration::from_millis(500));
    for number in 0..20 {
        let begun = Instant::now();
        assert_eq!(send(address, &format!("n{number}")), 303);
        assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    }
    for (number, slow) in slow.into_iter().enumerate() {
        let (answer, after) = slow.join().unwrap();
        let status = answer.split(' ').nth(1).unwrap_or("closed");
        // A body is answered in words, as long as they find their way to who still sends.
        assert!(["408", "closed"].contains(&status), "{number}: {answer}");
        let limit = if number / many < 3 { 15 } else { 10 };
        let after = after.as_secs();
        assert!((limit - 1..limit + 6).contains(&after), "{number}: cut off after {after} s");
    }
    let stats = clinic.says(&["forms", "stats"]);
    assert!(stats.contains("everything: 20 new"), "{stats}");
    assert_eq!(send(address, "after"), 303);
    let said = server.said.lock().unwrap().clone();
    assert_eq!(said, "", "drops are no news");
}

#[test]
fn a_slow_body_is_answered_in_words() {
    let clinic = Clinic::new("");
    let server = clinic.serve();
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    write!(stream, "{HEAD}content-length: 60\r\n\r\nname=slow").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(
        answer.contains("That took too long") && answer.contains("nothing was kept"),
        "{answer}"
    );
}

#[test]
fn a_photograph_over_a_slow_line_is_waited_for() {
    let clinic = Clinic::new("");
    let server = clinic.serve();
    // What stands behind the picture's end is not kept, and takes as long to send.
    let mut photo = encoded(&quarters(600, 400), ImageFormat::Jpeg);
    photo.resize(photo.len().max(18 * 64 * 1024), 0);
    let body = body(&enquiry(&[file("before", "a.jpg", &photo)]));
    let head =
        HEAD.replace("application/x-www-form-urlencoded", "multipart/form-data; boundary=edge");
    let begun = Instant::now();
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    write!(stream, "{head}connection: close\r\ncontent-length: {}\r\n\r\n", body.len()).unwrap();
    for piece in body.chunks(64 * 1024) {
        stream.write_all(piece).unwrap();
        thread::sleep(Duration::from_millis(900));
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 303 "), "{answer}");
    assert!(begun.elapsed() > Duration::from_secs(15), "a text would have been cut off");
}
