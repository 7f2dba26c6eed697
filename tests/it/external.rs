//! Links to other sites, looked up on a web of our own: `link/external-broken`,
//! `link/external-moved`, `link/external-unchecked`.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use expect_test::{Expect, expect};
use galen::check::external::{self, Options};
use galen::check::net::{Guard, Names};
use galen::diag::{SourceId, Span, text};
use galen::trace::{MemoryShelf, Shelf};
use jiff::Timestamp;

/// A web of one server, at which every name ends but those that are traps.
pub(crate) struct Web {
    pub(crate) place: SocketAddr,
    /// The heads of all requests.
    seen: Arc<Mutex<Vec<String>>>,
}

struct Local;

impl Names for Local {
    fn find(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        match host {
            "inside.example" => Ok(vec!["10.0.0.1".parse().unwrap()]),
            "nowhere.example" => Err(io::Error::other("not found")),
            _ => Ok(vec!["127.0.0.1".parse().unwrap()]),
        }
    }
}

impl Web {
    /// Starts a server that gives answers by path, or by method and path: a status with headers
    /// and a body, one after the other, the last again and again.
    pub(crate) fn start(answers: &[(&str, &[&str])]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let place = listener.local_addr().unwrap();
        let seen: Arc<Mutex<Vec<String>>> = Arc::default();
        let answers: BTreeMap<String, Vec<String>> = answers
            .iter()
            .map(|(path, list)| {
                let list =
                    list.iter().rev().map(|it| it.replace("PORT", &place.port().to_string()));
                ((*path).to_owned(), list.collect())
            })
            .collect();
        let (answers, heads) = (Arc::new(Mutex::new(answers)), Arc::clone(&seen));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answers, heads) = (Arc::clone(&answers), Arc::clone(&heads));
                std::thread::spawn(move || serve(&stream, &answers, &heads));
            }
        });
        Self { place, seen }
    }

    pub(crate) fn guard(&self) -> Guard {
        Guard::with(Arc::new(Local), vec![self.place])
    }

    fn seen(&self) -> Vec<String> {
        std::mem::take(&mut self.seen.lock().unwrap())
    }

    fn options(&self) -> Options<'static> {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        Options { guard: self.guard(), pause: Duration::from_millis(5), ..Options::new(now) }
    }

    /// Looks up addresses, and prints what is said with the port taken out.
    fn says(&self, shelf: &dyn Shelf, options: &Options, links: &[&str]) -> String {
        let port = self.place.port().to_string();
        let source: Arc<str> = links.join("\n").into();
        let mut at = 0;
        let spans: Vec<(String, Vec<Span>)> = links
            .iter()
            .map(|link| {
                let span = Span::new(&SourceId::new("a.md"), at..at + link.len());
                at += link.len() + 1;
                (link.replace("PORT", &port), vec![span])
            })
            .collect();
        let found = external::check(&spans, shelf, options);
        text::print(&found, &|_| Some(Arc::clone(&source)), false).replace(&port, "PORT")
    }
}

type Answers = Mutex<BTreeMap<String, Vec<String>>>;

fn serve(mut stream: &TcpStream, answers: &Answers, seen: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(stream);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head).unwrap_or(0) == 0 {
                return;
            }
        }
        let mut words = head.split(' ');
        let (method, path) = (words.next().unwrap().to_owned(), words.next().unwrap().to_owned());
        seen.lock().unwrap().push(head);
        let mut answers = answers.lock().unwrap();
        let both = format!("{method} {path}");
        let key = if answers.contains_key(&both) { both } else { path };
        let answer = match answers.get_mut(&key) {
            Some(list) if list.len() > 1 => list.pop().unwrap(),
            Some(list) => list[0].clone(),
            None => "404".to_owned(),
        };
        drop(answers);
        let (head, body) = answer.split_once("\n\n").unwrap_or((&answer, ""));
        let body = if method == "HEAD" { "" } else { body };
        let head = head.replace('\n', "\r\n");
        let length = body.len();
        let _ = write!(stream, "HTTP/1.1 {head}\r\nContent-Length: {length}\r\n\r\n{body}");
    }
}

fn said(answers: &[(&str, &[&str])], links: &[&str], expected: Expect) -> Vec<String> {
    let web = Web::start(answers);
    let said = web.says(&MemoryShelf::new(), &web.options(), links);
    expected.assert_eq(&said);
    let line = |head: &String| head.split(" HTTP").next().unwrap().to_owned();
    let mut seen: Vec<String> = web.seen().iter().map(line).collect();
    seen.sort();
    seen
}

#[test]
fn what_is_gone_is_told() {
    let seen = said(
        &[("/there", &["200"]), ("/gone", &["410"])],
        &[
            "http://a.example:PORT/there#x",
            "http://a.example:PORT/gone",
            "http://b.example:PORT/none",
        ],
        expect![[r#"
            error[link/external-broken]: there is nothing at `http://a.example:PORT/gone` any more: the answer is 410
             --> a.md:2:1
              |
            2 | http://a.example:PORT/gone
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: link to where it is now, or remove the link

            error[link/external-broken]: there is nothing at `http://b.example:PORT/none` any more: the answer is 404
             --> a.md:3:1
              |
            3 | http://b.example:PORT/none
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: link to where it is now, or remove the link

        "#]],
    );
    assert_eq!(seen, ["GET /gone", "GET /none", "HEAD /gone", "HEAD /none", "HEAD /there"]);
}

#[test]
fn what_has_moved_for_good_is_told() {
    said(
        &[
            ("/a", &["301\nLocation: /b"]),
            ("/b", &["308\nLocation: http://b.example:PORT/c"]),
            ("/c", &["302\nLocation: /d"]),
            ("/d", &["200"]),
            ("/loop", &["302\nLocation: /loop"]),
            ("/lost", &["301\nLocation: /none"]),
        ],
        &[
            "http://a.example:PORT/a#part",
            "http://a.example:PORT/c",
            "http://a.example:PORT/loop",
            "http://a.example:PORT/lost",
        ],
        expect![[r#"
            warning[link/external-moved]: `http://a.example:PORT/a#part` has moved for good
             --> a.md:1:1
              |
            1 | http://a.example:PORT/a#part
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: write `http://b.example:PORT/c#part`

            warning[link/external-unchecked]: `http://a.example:PORT/loop` could not be checked: it leads on more than 5 times
             --> a.md:3:1
              |
            3 | http://a.example:PORT/loop
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: open it in a browser

            error[link/external-broken]: there is nothing at `http://a.example:PORT/lost` any more: the answer is 404
             --> a.md:4:1
              |
            4 | http://a.example:PORT/lost
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: link to where it is now, or remove the link

        "#]],
    );
}

#[test]
fn what_cannot_be_told_is_said_so() {
    said(
        &[
            ("/there", &["200"]),
            ("/forbidden", &["403"]),
            ("/fault", &["500"]),
            ("/inside", &["302\nLocation: http://inside.example/"]),
            ("/cloud", &["302\nLocation: http://169.254.169.254/latest/"]),
            ("/file", &["302\nLocation: file:///etc/passwd"]),
        ],
        &[
            "http://a.example:PORT/there",
            "http://a.example:PORT/forbidden",
            "http://a.example:PORT/fault",
            "http://a.example:PORT/inside",
            "http://a.example:PORT/cloud",
            "http://a.example:PORT/file",
            "http://name:word@a.example:PORT/",
            "http://a.example:22/",
            "http://localhost/",
            "http://nowhere.example/",
            "http://",
        ],
        expect![[r#"
            warning[link/external-unchecked]: `http://a.example:PORT/forbidden` could not be checked: the answer is 403, which may be meant for programs only
             --> a.md:2:1
              |
            2 | http://a.example:PORT/forbidden
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: open it in a browser

            warning[link/external-unchecked]: `http://a.example:PORT/fault` could not be checked: the answer is 500, a fault of that site
             --> a.md:3:1
              |
            3 | http://a.example:PORT/fault
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: open it in a browser

            warning[link/external-unchecked]: `http://a.example:PORT/inside` could not be checked: it leads to a machine that is not on the public web
             --> a.md:4:1
              |
            4 | http://a.example:PORT/inside
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: open it in a browser

            warning[link/external-unchecked]: `http://a.example:PORT/cloud` could not be checked: it leads to a machine that is not on the public web
             --> a.md:5:1
              |
            5 | http://a.example:PORT/cloud
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: open it in a browser

            warning[link/external-unchecked]: `http://a.example:PORT/file` could not be checked: it is no address of the web
             --> a.md:6:1
              |
            6 | http://a.example:PORT/file
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: open it in a browser

            warning[link/external-unchecked]: `http://name:word@a.example:PORT/` could not be checked: it has a name or a password in it
             --> a.md:7:1
              |
            7 | http://name:word@a.example:PORT/
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: open it in a browser

            warning[link/external-unchecked]: `http://a.example:22/` could not be checked: it has a port other than those of the web, 80 and 443
             --> a.md:8:1
              |
            8 | http://a.example:22/
              | ^^^^^^^^^^^^^^^^^^^^
              |
              = help: open it in a browser

            warning[link/external-unchecked]: `http://localhost/` could not be checked: it leads to a machine that is not on the public web
             --> a.md:9:1
              |
            9 | http://localhost/
              | ^^^^^^^^^^^^^^^^^
              |
              = help: open it in a browser

            warning[link/external-unchecked]: `http://nowhere.example/` could not be checked: its host cannot be found
              --> a.md:10:1
               |
            10 | http://nowhere.example/
               | ^^^^^^^^^^^^^^^^^^^^^^^
               |
               = help: open it in a browser

            warning[link/external-unchecked]: `http://` could not be checked: it is no address
              --> a.md:11:1
               |
            11 | http://
               | ^^^^^^^
               |
               = help: open it in a browser

        "#]],
    );
}

#[test]
fn hosts_are_asked_in_the_way_they_want() {
    let seen = said(
        &[
            ("HEAD /no-head", &["405"]),
            ("GET /no-head", &["200"]),
            ("/busy", &["429\nRetry-After: 0", "200"]),
            ("/down", &["503\nRetry-After: 86400"]),
        ],
        &[
            "http://a.example:PORT/no-head",
            "http://a.example:PORT/busy",
            "http://a.example:PORT/down",
        ],
        expect![[r#"
            warning[link/external-unchecked]: `http://a.example:PORT/down` could not be checked: the answer is 503, which means later
             --> a.md:3:1
              |
            3 | http://a.example:PORT/down
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: open it in a browser

        "#]],
    );
    assert_eq!(seen, ["GET /no-head", "HEAD /busy", "HEAD /busy", "HEAD /down", "HEAD /no-head"]);
}

#[test]
fn requests_are_honest_and_carry_nothing() {
    let web = Web::start(&[("/a", &["302\nSet-Cookie: a=b\nLocation: /b"]), ("/b", &["200"])]);
    web.says(&MemoryShelf::new(), &web.options(), &["http://a.example:PORT/a"]);
    let seen = web.seen().concat().to_lowercase();
    assert!(seen.contains("user-agent: galen/") && seen.contains("host: a.example:"), "{seen}");
    assert!(!seen.contains("cookie") && !seen.contains("referer"), "{seen}");
}

#[test]
fn answers_are_kept_for_a_while() {
    let web = Web::start(&[("/there", &["200"]), ("/gone", &["404"]), ("/fault", &["500"])]);
    let links = [
        "http://a.example:PORT/there",
        "http://a.example:PORT/gone",
        "http://a.example:PORT/fault",
    ];
    let shelf = MemoryShelf::new();
    let options = web.options();
    let first = web.says(&shelf, &options, &links);
    assert_eq!(web.seen().len(), 5);
    assert_eq!(web.says(&shelf, &options, &links), first);
    assert_eq!(web.seen().len(), 2, "only what could not be told is asked again");
    let later = |seconds| {
        let now = Timestamp::from_second(options.now.as_second() + seconds).unwrap();
        Options { now, ..web.options() }
    };
    web.says(&shelf, &later(2 * 3600), &links);
    assert_eq!(web.seen().len(), 4, "what was gone is asked again soon");
    web.says(&shelf, &later(8 * 24 * 3600), &links);
    assert_eq!(web.seen().len(), 5);
    shelf.damage(|bytes| bytes[60] ^= 1);
    web.says(&shelf, &options, &links);
    assert_eq!(web.seen().len(), 5, "what is damaged is as if it were not there");
}

#[test]
fn a_computer_that_is_not_online_is_told_once() {
    let web = Web::start(&[]);
    let links = ["http://nowhere.example/a", "http://nowhere.example/b"];
    expect![[r#"
        warning[link/external-unchecked]: none of 2 links to other sites could be checked: no host can be reached
         = help: look whether this computer is online, and try again

    "#]].assert_eq(&web.says(&MemoryShelf::new(), &web.options(), &links));
}

#[test]
fn a_host_is_asked_one_thing_at_a_time() {
    let paths: Vec<String> = (0..6).map(|at| format!("/{at}")).collect();
    let answers: Vec<(&str, &[&str])> =
        paths.iter().map(|it| (it.as_str(), &["200"][..])).collect();
    let web = Web::start(&answers);
    let links: Vec<String> = paths.iter().map(|it| format!("http://a.example:PORT{it}")).collect();
    let links: Vec<&str> = links.iter().map(String::as_str).collect();
    let options = Options { pause: Duration::from_millis(40), ..web.options() };
    let start = std::time::Instant::now();
    assert_eq!(web.says(&MemoryShelf::new(), &options, &links), "");
    assert!(start.elapsed() >= Duration::from_millis(5 * 40));
}

#[test]
fn a_host_that_speaks_no_tls_is_no_fault_of_ours() {
    let web = Web::start(&[]);
    let said = web.says(&MemoryShelf::new(), &web.options(), &["https://a.example:PORT/"]);
    assert!(said.contains("[link/external-unchecked]"), "{said}");
}
