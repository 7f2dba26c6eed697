//! Notices: what is in a mail and a request, what is refused, and what becomes of those that cannot be sent.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use galen::check::net::Names;
use galen::forms::notify::webhook::{sign, verify};
use galen::forms::notify::{
    Channel, Channels, Enquiry, Failure, Mail, Mailer, Notice, Outbox, Reach, Site, Trouble,
    Webhook, Worker, deliver,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;

const CANARY: &str = "canary-5b1f";
const SECRET: &str = "a secret of sixteen bytes";

/// Answers each connection in a thread of its own, and keeps what was sent.
pub(crate) struct Sink {
    pub(crate) address: String,
    got: Arc<Mutex<Vec<String>>>,
}

impl Sink {
    pub(crate) fn new(talk: impl Fn(TcpStream) -> String + Send + 'static) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").unwrap(), talk)
    }

    pub(crate) fn on(
        listener: TcpListener,
        talk: impl Fn(TcpStream) -> String + Send + 'static,
    ) -> Self {
        let address = listener.local_addr().unwrap().to_string();
        let got = Arc::<Mutex<Vec<String>>>::default();
        let keep = Arc::clone(&got);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let said = talk(stream.unwrap());
                keep.lock().unwrap().push(said);
            }
        });
        Self { address, got }
    }

    /// A mail server that answers for a recipient in one way.
    pub(crate) fn smtp(rcpt: &'static str) -> Self {
        Self::new(move |stream| smtp(stream, rcpt))
    }

    /// A web server that gives one answer.
    pub(crate) fn http(head: &'static str) -> Self {
        Self::new(move |stream| http(stream, head))
    }

    pub(crate) fn got(&self) -> Vec<String> {
        self.got.lock().unwrap().clone()
    }
}

pub(crate) fn smtp(mut stream: TcpStream, rcpt: &str) -> String {
    // An answer is written in two pieces; neither waits for the other to be noted.
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut said = String::new();
    let mut in_data = false;
    stream.write_all(b"220 sink\r\n").unwrap();
    let mut line = String::new();
    while reader.read_line(&mut line).unwrap_or(0) > 0 {
        said.push_str(&line);
        let answer = match line.get(..4).unwrap_or_default() {
            _ if in_data && line == ".\r\n" => {
                in_data = false;
                "250 ok"
            }
            _ if in_data => "",
            "EHLO" => "250 sink",
            "RCPT" => rcpt,
            "DATA" => {
                in_data = true;
                "354 go on"
            }
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        if !answer.is_empty() && write!(stream, "{answer}\r\n").is_err() {
            break;
        }
        line.clear();
    }
    said
}

pub(crate) fn http(mut stream: TcpStream, head: &str) -> String {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut said, mut length) = (String::new(), 0);
    let mut line = String::new();
    while reader.read_line(&mut line).unwrap_or(0) > 0 && line != "\r\n" {
        said.push_str(&line);
        if let Some(it) = line.to_lowercase().strip_prefix("content-length:") {
            length = it.trim().parse().unwrap();
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap_or_default();
    said.push_str("\r\n");
    said.push_str(&String::from_utf8_lossy(&body));
    let _ = write!(stream, "HTTP/1.1 {head}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    said
}

fn site() -> Site {
    let zone = TimeZone::get("Europe/London").unwrap();
    Site::new("https://clinic.example/", zone).unwrap()
}

fn enquiry(id: &str, title: &str) -> Enquiry {
    Enquiry {
        id: id.to_owned(),
        form: "consultation".to_owned(),
        title: title.to_owned(),
        received: at("2026-07-01T09:30:00Z"),
        state: "new".to_owned(),
        answers: Some(vec![(
            "Your name".to_owned(),
            format!("{CANARY}\r\nBcc: x@y.example\r\n.\r\nYour phone"),
        )]),
        reply_to: Some(format!("{CANARY}@visitor.example")),
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn mail(server: &str, include_answers: bool) -> Mail {
    let mailer = Mailer::from_url(server, "Website <website@clinic.example>").unwrap();
    Mail::new(mailer, &["desk@clinic.example".to_owned()], include_answers).unwrap()
}

fn by_mail(mail: Mail) -> Channels {
    Channels {
        mails: BTreeMap::from([("desk".to_owned(), mail)]),
        webhooks: BTreeMap::new(),
        site: site(),
    }
}

fn by_webhook(webhook: Webhook) -> Channels {
    Channels {
        mails: BTreeMap::new(),
        webhooks: BTreeMap::from([("desk".to_owned(), webhook)]),
        site: site(),
    }
}

fn notice(channel: Channel) -> Notice {
    Notice {
        id: 1,
        submission: "7K2M-Q9XD".to_owned(),
        channel,
        target: "desk".to_owned(),
        attempt: 1,
    }
}

fn send(channels: &Channels, channel: Channel) -> Result<(), Failure> {
    let now = at("2026-07-01T09:31:00Z");
    deliver(channels, &notice(channel), &enquiry("7K2M-Q9XD", "Hair consultation"), now)
}

fn written(include_answers: bool, id: &str, title: &str) -> String {
    let message = mail("smtp://localhost", include_answers).message(
        &site(),
        &enquiry(id, title),
        at("2026-07-01T09:31:00Z"),
    );
    String::from_utf8(message.unwrap().formatted()).unwrap()
}

#[test]
fn a_mail_says_that_an_enquiry_came_and_nothing_of_it() {
    let sink = Sink::smtp("250 ok");
    send(&by_mail(mail(&format!("smtp://{}", sink.address), false)), Channel::Mail).unwrap();
    let got = until(|| sink.got().pop());
    for part in [
        "RCPT TO:<desk@clinic.example>",
        "Message-ID: <7K2M-Q9XD@clinic.example>",
        "Auto-Submitted: auto-generated",
        "2026-07-01 10:30 (Europe/London)",
        "galen forms show 7K2M-Q9XD",
    ] {
        assert!(got.contains(part), "{part}: {got}");
    }
    assert!(
        !got.contains(CANARY) && !got.contains("Reply-To") && !got.contains("Your name"),
        "{got}"
    );
    assert_eq!(written(false, "A", "B"), written(false, "A", "B"));
}

#[test]
fn answers_stand_in_a_mail_where_the_clinic_asks_for_them() {
    let text = written(true, "A1", "Hair");
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(&format!("Reply-To: {CANARY}@visitor.example")), "{head}");
    assert!(!head.contains("Bcc") && head.contains("text/plain"), "{head}");
    assert!(
        body.contains(&format!(
            "Your name\r\n    {CANARY}\r\n    Bcc: x@y.example\r\n    .\r\n    Your phone"
        )),
        "{body}"
    );
}

#[test]
fn nothing_of_a_form_makes_a_header() {
    for evil in [
        "x\r\nBcc: evil@x.example\r\n\r\nbody",
        "x\nBcc: evil@x.example",
        "x\rBcc: e@x",
        "x\u{2028}\0Bcc: e",
    ] {
        let text = written(false, evil, evil);
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        assert!(!head.lines().any(|line| line.to_lowercase().starts_with("bcc")), "{head}");
        let ids = head
            .lines()
            .filter(|line| line.starts_with("Message-ID: <") && line.ends_with("@clinic.example>"));
        assert_eq!(ids.count(), 1, "{head}");
    }
}

#[test]
fn a_mail_server_that_refuses_is_told_apart_from_one_that_cannot() {
    for (answer, passing) in
        [("550 no <desk@clinic.example> here", false), ("451 later, desk@clinic.example", true)]
    {
        let sink = Sink::smtp(answer);
        let failure =
            send(&by_mail(mail(&format!("smtp://{}", sink.address), false)), Channel::Mail)
                .unwrap_err();
        assert_eq!(failure.passing, passing, "{failure}");
        assert!(
            !failure.words.contains("desk") && failure.words.contains(&answer[..3]),
            "{failure}"
        );
    }
    let failure = send(&by_mail(mail("smtp://127.0.0.1:1", false)), Channel::Mail).unwrap_err();
    assert!(failure.passing, "{failure}");
}

#[test]
fn without_tls_nothing_is_said_where_tls_is_asked_for() {
    let sink = Sink::smtp("250 ok");
    let url = format!("smtp://name:{CANARY}@{}?tls=required", sink.address);
    assert!(send(&by_mail(mail(&url, false)), Channel::Mail).is_err());
    let got = until(|| sink.got().pop());
    assert!(!got.contains("AUTH") && !got.contains("MAIL") && !got.contains(CANARY), "{got}");
    let shown = format!("{:?}", mail(&url, false));
    assert!(!shown.contains(CANARY), "{shown}");
    for bad in ["http://x", "smtp://", "smtp://h/?tls=opportunistic", "smtp://h?tls=none", "x"] {
        assert!(Mailer::from_url(bad, "a@b.example").is_err(), "{bad}");
    }
    assert!(Mailer::from_url("smtp://localhost", "a@b.example\r\nBcc: c@d.example").is_err());
}

#[test]
fn a_request_is_signed_and_has_no_answer_in_it() {
    let sink = Sink::http("204 No Content");
    let webhook =
        Webhook::new(&format!("http://{}/x", sink.address), SECRET, Reach::Private).unwrap();
    send(&by_webhook(webhook), Channel::Webhook).unwrap();
    let got = until(|| sink.got().pop());
    let (head, body) = got.split_once("\r\n\r\n").unwrap();
    assert_eq!(
        body,
        r#"{"form":"consultation","id":"7K2M-Q9XD","received":"2026-07-01T09:30:00Z","state":"new"}"#
    );
    let header =
        |name: &str| head.lines().find_map(|it| it.strip_prefix(name)).unwrap().trim().to_owned();
    assert_eq!(header("galen-id:"), "7K2M-Q9XD");
    let now = at("2026-07-01T09:31:00Z").as_second();
    assert_eq!(
        verify(SECRET.as_bytes(), &header("galen-signature:"), body.as_bytes(), now),
        Ok(())
    );
}

#[test]
fn a_signature_is_of_one_body_one_secret_and_five_minutes() {
    let value = sign(b"secret", 1000, b"body");
    assert_eq!(value, "t=1000,v1=b758bf26aabb35e5311bc10fd17ab6ad0881e9717e7d5fa7e233f3cea6868b45");
    for now in [700, 1000, 1300] {
        assert_eq!(verify(b"secret", &value, b"body", now), Ok(()));
    }
    for (secret, value, body, now) in [
        ("secret", value.as_str(), "body", 1301),
        ("secret", value.as_str(), "body", 699),
        ("other", value.as_str(), "body", 1000),
        ("secret", value.as_str(), "bodY", 1000),
        ("secret", &value.replace("t=1000", "t=1001"), "body", 1000),
        ("secret", "t=1000", "body", 1000),
        ("secret", "t=1000,v1=", "body", 1000),
        ("secret", "", "body", 1000),
    ] {
        assert!(verify(secret.as_bytes(), value, body.as_bytes(), now).is_err(), "{value} {now}");
    }
    let both = format!("{value},v1=00ff");
    assert_eq!(verify(b"secret", &both, b"body", 1000), Ok(()));
}

#[test]
fn redirects_are_not_followed() {
    let trap = Sink::http("200 OK");
    let away: &'static str = format!("307 Away\r\nlocation: http://{}/", trap.address).leak();
    let sink = Sink::http(away);
    let webhook =
        Webhook::new(&format!("http://{}/", sink.address), SECRET, Reach::Private).unwrap();
    let failure = send(&by_webhook(webhook), Channel::Webhook).unwrap_err();
    assert!(!failure.passing && failure.words.contains("307"), "{failure}");
    assert!(trap.got().is_empty());
    for (head, passing) in
        [("500 No", true), ("429 Later", true), ("410 Gone", false), ("401 No", false)]
    {
        let sink = Sink::http(head);
        let webhook =
            Webhook::new(&format!("http://{}/", sink.address), SECRET, Reach::Private).unwrap();
        assert_eq!(
            send(&by_webhook(webhook), Channel::Webhook).unwrap_err().passing,
            passing,
            "{head}"
        );
    }
}

/// Gives the same addresses for each name.
struct Said(&'static [&'static str]);

impl Names for Said {
    fn find(&self, _: &str) -> std::io::Result<Vec<IpAddr>> {
        Ok(self.0.iter().map(|it| it.parse().unwrap()).collect())
    }
}

#[test]
fn webhooks_reach_the_public_web_alone() {
    for url in [
        "http://127.0.0.1/",
        "http://example.com/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://017700000001/",
        "https://10.0.0.1/",
        "https://100.100.100.200/",
        "https://169.254.169.254/latest",
        "https://192.0.2.1/",
        "https://224.0.0.1/",
        "https://0.0.0.0/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://[2002:a00:1::]/",
        "https://[fe80::1]/",
        "https://[fd00:ec2::254]/",
        "https://[2001:db8::1]/",
        "https://u:p@example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "x",
    ] {
        assert!(Webhook::new(url, SECRET, Reach::Public).is_err(), "{url}");
    }
    for url in ["http://169.254.169.254/", "http://8.8.8.8/", "https://[fd00:ec2::254]/"] {
        assert!(Webhook::new(url, SECRET, Reach::Private).is_err(), "{url}");
    }
    assert!(Webhook::new("https://hooks.example/x", "short", Reach::Public).is_err());
    for (names, reach) in [
        (&["127.0.0.1"][..], Reach::Public),
        (&["8.8.8.8", "10.0.0.1"], Reach::Public),
        (&["::ffff:127.0.0.1"], Reach::Public),
        (&["169.254.169.254"], Reach::Private),
    ] {
        let webhook =
            Webhook::with_names("https://hooks.example/x", SECRET, reach, Arc::new(Said(names)))
                .unwrap();
        let failure = send(&by_webhook(webhook), Channel::Webhook).unwrap_err();
        assert!(!failure.passing && failure.words.contains("refused"), "{names:?}: {failure}");
    }
}

/// An outbox in memory.
#[derive(Clone, Default)]
struct Fake(Arc<Mutex<Inside>>);

#[derive(Default)]
struct Inside {
    waiting: Vec<(Notice, Timestamp)>,
    sent: Vec<i64>,
    dead: Vec<(i64, String)>,
    trouble: u32,
    attempts: u32,
}

impl Outbox for Fake {
    fn due(&mut self, now: Timestamp) -> Result<Option<Notice>, Trouble> {
        let mut inside = self.0.lock().unwrap();
        let Some(at) = inside.waiting.iter().position(|(_, due)| *due <= now) else {
            return Ok(None);
        };
        inside.attempts += 1;
        inside.waiting[at].1 = now + Duration::from_secs(120);
        inside.waiting[at].0.attempt += 1;
        Ok(Some(inside.waiting[at].0.clone()))
    }

    fn enquiry(&mut self, notice: &Notice, _: bool) -> Result<Option<Enquiry>, Trouble> {
        assert!(notice.submission != "panic", "a fault");
        Ok(Some(enquiry(&notice.submission, "Hair")))
    }

    fn sent(&mut self, id: i64) -> Result<(), Trouble> {
        let mut inside = self.0.lock().unwrap();
        if inside.trouble > 0 {
            inside.trouble -= 1;
            return Err("locked".into());
        }
        inside.waiting.retain(|(it, _)| it.id != id);
        inside.sent.push(id);
        Ok(())
    }

    fn failed(&mut self, id: i64, failure: &Failure, now: Timestamp) -> Result<(), Trouble> {
        let mut inside = self.0.lock().unwrap();
        let at = inside.waiting.iter().position(|(it, _)| it.id == id).unwrap();
        if inside.waiting[at].0.attempt >= 10 || !failure.passing {
            inside.waiting.remove(at);
            inside.dead.push((id, failure.words.clone()));
        } else {
            inside.waiting[at].1 = now + Duration::from_millis(200);
        }
        Ok(())
    }
}

fn put(fake: &Fake, id: i64, submission: &str, target: &str) {
    let notice = Notice {
        id,
        submission: submission.to_owned(),
        target: target.to_owned(),
        attempt: 0,
        ..notice(Channel::Webhook)
    };
    fake.0.lock().unwrap().waiting.push((notice, at("2026-07-01T09:30:00Z")));
}

#[test]
fn a_notice_waits_for_a_server_that_is_down_whatever_the_clock_does() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let webhook = Webhook::new(&format!("http://{address}/"), SECRET, Reach::Private).unwrap();
    let fake = Fake::default();
    fake.0.lock().unwrap().trouble = 1;
    put(&fake, 1, "A", "desk");
    put(&fake, 2, "panic", "nobody");
    put(&fake, 3, "C", "nobody");
    let clock = Arc::new(AtomicI64::new(at("2026-07-01T09:31:00Z").as_second()));
    let reads = Arc::clone(&clock);
    let now = move || Timestamp::from_second(reads.load(Ordering::SeqCst)).unwrap();
    let worker = Worker::start(by_webhook(webhook), fake.clone(), now, |_| ()).unwrap();
    until(|| (fake.0.lock().unwrap().attempts > 0).then_some(()));
    // A day back: what waits comes to its moment all the same.
    clock.fetch_sub(86_400, Ordering::SeqCst);
    let sink = Sink::on(TcpListener::bind(address).unwrap(), |stream| http(stream, "200 OK"));
    until(|| {
        worker.wake();
        let inside = fake.0.lock().unwrap();
        (inside.sent == [1] && inside.dead.len() == 2).then_some(())
    });
    // A year on: it goes on.
    clock.fetch_add(365 * 86_400, Ordering::SeqCst);
    put(&fake, 4, "D", "desk");
    until(|| {
        worker.wake();
        (fake.0.lock().unwrap().sent == [1, 4]).then_some(())
    });
    assert!(worker.stop(Duration::from_secs(10)));
    assert_eq!(sink.got().len(), 2, "each came once");
    let dead = fake.0.lock().unwrap().dead.clone();
    assert!(
        dead.iter().any(|(id, words)| *id == 3 && words.contains("no webhook is set")),
        "{dead:?}"
    );
}

/// An address of this machine at which nobody answers yet.
pub(crate) fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

#[track_caller]
pub(crate) fn until<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < Duration::from_secs(30), "it did not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}
