//! A site in a real folder that is open, and a client that speaks HTTP to it over a real socket.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use galen::build::Request;
use galen::serve::{self, Port, Server};
use galen::workspace::{Bell, Change, Hears, Next, Options, Watch, Workspace};
use tempfile::TempDir;

use crate::support::{relaxed, sections};

/// How long anything may take before a test gives up on it: far longer than it does take.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

/// A folder with a site: the defaults, and what a text adds.
pub(crate) fn folder(text: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let defaults = sections(include_str!("defaults.txt"));
    for (path, content) in defaults.into_iter().chain(sections(text)) {
        put(dir.path(), &path, &content);
    }
    dir
}

/// Writes a file, with its folders.
pub(crate) fn put(root: &Path, path: &str, content: &str) {
    let place = root.join(path);
    std::fs::create_dir_all(place.parent().unwrap()).unwrap();
    std::fs::write(place, relaxed(path, content)).unwrap();
}

/// A guide with a title.
pub(crate) fn guide(title: &str) -> String {
    format!("---\ntitle: {title}\n---\nText.\n")
}

/// An open site that is served.
pub(crate) struct Live {
    pub(crate) dir: TempDir,
    pub(crate) workspace: Arc<Workspace>,
    server: Server,
}

impl Live {
    /// Builds a site and serves it at a free port.
    pub(crate) fn new(text: &str) -> Self {
        Self::at(text, Ipv4Addr::LOCALHOST.into())
    }

    /// Serves at another address of this machine.
    pub(crate) fn at(text: &str, address: IpAddr) -> Self {
        Self::open(folder(text), address, Request::default())
    }

    pub(crate) fn open(dir: TempDir, address: IpAddr, request: Request) -> Self {
        let (root, folder) = (dir.path().to_owned(), PathBuf::from("public"));
        let workspace = Arc::new(Workspace::open(Options { root, folder, request }));
        workspace.refresh(&Hears::NOBODY);
        let listener = serve::listen(address, Port::Exactly(0)).unwrap();
        let server =
            Server::start(listener, Arc::clone(&workspace), |words| panic!("{words}")).unwrap();
        Self { dir, workspace, server }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        let address = self.server.address();
        match address.ip().is_unspecified() {
            true => (Ipv4Addr::LOCALHOST, address.port()).into(),
            false => address,
        }
    }

    pub(crate) fn put(&self, path: &str, content: &str) {
        put(self.dir.path(), path, content);
    }

    pub(crate) fn refresh(&self) -> Change {
        self.workspace.refresh(&Hears::NOBODY).change
    }

    /// Asks as a browser does.
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[])
    }

    /// Asks with a method and more headers; one of the name `Host` takes the place of the right one.
    pub(crate) fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut text = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|(name, _)| *name == "Host") {
            text.push_str(&format!("Host: {}\r\n", self.address()));
        }
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        raw(self.address(), &format!("{text}\r\n"))
    }

    /// Opens the channel of changes; gives the states that come over it.
    pub(crate) fn listen(&self) -> Receiver<String> {
        let mut stream = TcpStream::connect(self.address()).unwrap();
        let ask = format!("GET /__galen/events HTTP/1.1\r\nHost: {}\r\n\r\n", self.address());
        stream.write_all(ask.as_bytes()).unwrap();
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                if let Some(data) = line.strip_prefix("data: ")
                    && sender.send(data.to_owned()).is_err()
                {
                    return;
                }
            }
        });
        receiver
    }
}

/// Sends bytes; gives the answer.
pub(crate) fn raw(address: SocketAddr, text: &str) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    Answer::read(&bytes)
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    fn read(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|it| it.parse().ok()).unwrap_or_default();
        Self { status, head: head.to_owned(), body: body.to_owned() }
    }

    /// A header's value; its values joined where there are several, and nothing when it is not there.
    pub(crate) fn header(&self, name: &str) -> String {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let values = lines.filter(|(known, _)| known.eq_ignore_ascii_case(name));
        values.map(|(_, value)| value).collect::<Vec<_>>().join(" + ")
    }

    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}\n\n{}", self.head, self.body);
        self
    }

    #[track_caller]
    pub(crate) fn says(self, words: &str) -> Self {
        assert!(self.body.contains(words), "no `{words}` in:\n{}\n\n{}", self.head, self.body);
        self
    }

    #[track_caller]
    pub(crate) fn leads(self, to: &str) -> Self {
        assert_eq!(self.header("location"), to);
        self
    }
}

/// Asks again and again until something is true.
#[track_caller]
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < DEADLINE, "not in time: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// A site that is watched and built in a thread, as `galen watch` does.
pub(crate) struct Watched {
    pub(crate) dir: TempDir,
    pub(crate) workspace: Arc<Workspace>,
    pub(crate) bell: Bell,
    /// What each refresh saw to have changed, and what there was to see of it.
    pub(crate) reports: Receiver<(Vec<String>, Change)>,
    thread: Option<JoinHandle<()>>,
}

impl Watched {
    /// Starts; gives the site after its first build.
    pub(crate) fn new(text: &str, poll: Option<u64>) -> Self {
        let dir = folder(text);
        let (root, output) = (dir.path().to_owned(), PathBuf::from("public"));
        let options = Options { root, folder: output, request: Request::default() };
        let workspace = Arc::new(Workspace::open(options));
        let mut watch = Watch::start(dir.path(), poll.map(Duration::from_millis));
        assert!(watch.notes().is_empty());
        workspace.refresh(&Hears::NOBODY);
        let (bell, (sender, reports)) = (watch.bell(), mpsc::channel());
        let site = Arc::clone(&workspace);
        let thread = std::thread::spawn(move || {
            loop {
                let report = match watch.wait(None) {
                    Next::LookAt(files) => site.follow_files(&files, &Hears::NOBODY),
                    Next::Look => site.follow(&Hears::NOBODY),
                    Next::Due | Next::Stop => break,
                };
                let seen =
                    report.map_or((Vec::new(), Change::Nothing), |it| (it.changed, it.change));
                let _ = sender.send(seen);
            }
        });
        Self { dir, workspace, bell, reports, thread: Some(thread) }
    }

    pub(crate) fn put(&self, path: &str, content: &str) {
        put(self.dir.path(), path, content);
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    /// Waits until a page says something, or is gone.
    #[track_caller]
    pub(crate) fn shows(&self, page: &str, words: Option<&str>) {
        let file = self.path("public").join(page).join("index.html");
        until(&format!("{page} shows {words:?}"), || {
            let text = self.workspace.reading(|_| std::fs::read_to_string(&file).ok());
            match words {
                Some(words) => text.is_some_and(|it| it.contains(words)),
                None => text.is_none(),
            }
        });
    }

    /// Waits until nothing is looked at for a while; gives what was seen until then.
    #[track_caller]
    pub(crate) fn quiet(&self) -> Vec<(Vec<String>, Change)> {
        const WHILE: Duration = Duration::from_millis(250);
        let looks = std::iter::from_fn(|| self.reports.recv_timeout(WHILE).ok());
        let looks: Vec<_> = looks.take(1000).collect();
        assert!(looks.len() < 1000, "it looks without end");
        looks
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.bell.stop();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
