//! Links to other sites, looked up on the web: only when that is asked for, since what others do
//! is no fault of the site, and no build may wait for it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use crate::check::net::{Asked, Client, Failure, Guard};
use crate::diag::{Code, Diagnostic, Diagnostics, Span};
use crate::text::near;
use crate::trace::Shelf;

/// A link to a page of another site that is not there.
pub const BROKEN: Code = Code::new("link/external-broken");
/// A link to a page of another site that has moved for good.
pub const MOVED: Code = Code::new("link/external-moved");
/// A link to another site of which nothing could be told.
pub const UNCHECKED: Code = Code::new("link/external-unchecked");

/// Under which name answers are kept.
const SHELF: &str = "web";
/// How long an answer holds, in seconds: what is there stays there for a week.
const THERE: i64 = 7 * 24 * 3600;
/// What is not there may be put right at any time.
const GONE: i64 = 3600;
/// How many hosts are asked at once.
const AT_ONCE: usize = 8;
/// How many places of one link are pointed at.
const MOST: usize = 5;

/// How links are looked up.
pub struct Options<'a> {
    /// The present: answers that are kept grow old.
    pub now: Timestamp,
    /// What may be asked.
    pub guard: Guard,
    /// How long to wait between two requests to one host.
    pub pause: Duration,
    /// Hears how many links have been looked up, and of how many.
    pub progress: &'a (dyn Fn(usize, usize) + Sync),
}

impl fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options").field("now", &self.now).finish_non_exhaustive()
    }
}

impl Options<'_> {
    /// Asks the public web, as politely as a person would.
    pub fn new(now: Timestamp) -> Self {
        let pause = Duration::from_millis(500);
        Self { now, guard: Guard::default(), pause, progress: &|_, _| () }
    }
}

/// Looks up links, each with the places where it stands; answers are kept on a shelf.
pub fn check(links: &[(String, Vec<Span>)], shelf: &dyn Shelf, options: &Options) -> Diagnostics {
    let mut found = Diagnostics::new();
    let mut wanted: BTreeMap<String, Vec<&(String, Vec<Span>)>> = BTreeMap::new();
    for link in links {
        match Url::parse(&link.0) {
            Ok(mut url) => {
                url.set_fragment(None);
                wanted.entry(url.into()).or_default().push(link);
            }
            Err(_) => found.push(unchecked("it is no address", &link.0, &link.1)),
        }
    }
    let mut kept = read(shelf, options.now);
    let open: Vec<&str> =
        wanted.keys().filter(|url| !kept.contains_key(*url)).map(String::as_str).collect();
    let asked = ask(&open, options);
    let offline = asked.len() > 1 && asked.values().all(is_unreachable) && kept.is_empty();
    if offline {
        found.push(nothing_reached(asked.len()));
        return found.sorted();
    }
    for (url, answer) in asked {
        kept.insert(url, (options.now, answer));
    }
    for (url, links) in &wanted {
        let Some((_, answer)) = kept.get(url) else { continue };
        found.extend(links.iter().filter_map(|(url, spans)| told(answer, url, spans)));
    }
    write(&kept, shelf);
    found.sorted()
}

fn is_unreachable(answer: &Asked) -> bool {
    matches!(answer, Asked::Unknown(Failure::Unreachable(_)))
}

/// Asks for each address; those of one host wait for each other.
fn ask(urls: &[&str], options: &Options) -> BTreeMap<String, Asked> {
    let mut hosts: BTreeMap<String, Vec<Url>> = BTreeMap::new();
    for url in urls.iter().filter_map(|url| Url::parse(url).ok()) {
        hosts.entry(url.host_str().unwrap_or_default().to_owned()).or_default().push(url);
    }
    let client = Client::new(options.guard.clone(), options.pause);
    // Those that take longest come first.
    let mut queue: Vec<Vec<Url>> = hosts.into_values().collect();
    queue.sort_by_key(Vec::len);
    let queue = Mutex::new(queue);
    let (answers, done) = (Mutex::new(BTreeMap::new()), AtomicUsize::new(0));
    let work = || {
        loop {
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(of_host) = next else { return };
            for url in of_host {
                let answer = client.ask(&url);
                let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
                answers.insert(String::from(url), answer);
                drop(answers);
                (options.progress)(done.fetch_add(1, Ordering::Relaxed) + 1, urls.len());
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(work);
        }
    });
    answers.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// What an answer means for those who wrote the link.
fn told(answer: &Asked, url: &str, spans: &[Span]) -> Option<Diagnostic> {
    match answer {
        Asked::There(None) => None,
        Asked::There(Some(to)) => {
            let part = url.split_once('#').map(|(_, part)| format!("#{part}")).unwrap_or_default();
            let to = if to.contains('#') { to.clone() } else { format!("{to}{part}") };
            let message = format!("`{url}` has moved for good");
            let warning = Diagnostic::warning(MOVED, message);
            Some(placed(warning.help(format!("write `{to}`")), spans))
        }
        Asked::Gone(status) => {
            let message = format!("there is nothing at `{url}` any more: the answer is {status}");
            let error = Diagnostic::error(BROKEN, message);
            Some(placed(error.help("link to where it is now, or remove the link"), spans))
        }
        Asked::Unknown(
            Failure::Unreachable(why) | Failure::Answer(why) | Failure::Refused(why),
        ) => Some(unchecked(why, url, spans)),
    }
}

fn unchecked(why: &str, url: &str, spans: &[Span]) -> Diagnostic {
    let message = format!("`{url}` could not be checked: {why}");
    placed(Diagnostic::warning(UNCHECKED, message).help("open it in a browser"), spans)
}

fn nothing_reached(count: usize) -> Diagnostic {
    let links = near::counted(count, "link");
    let message =
        format!("none of {links} to other sites could be checked: no host can be reached");
    Diagnostic::warning(UNCHECKED, message)
        .help("look whether this computer is online, and try again")
}

fn placed(mut found: Diagnostic, spans: &[Span]) -> Diagnostic {
    let Some((first, others)) = spans.split_first() else { return found };
    found = found.at(first.clone());
    for span in others.iter().take(MOST) {
        found = found.also(span.clone(), "here too");
    }
    match others.len().saturating_sub(MOST) {
        0 => found,
        rest => found.note(format!("and in {}", near::counted(rest, "more place"))),
    }
}

type Kept = BTreeMap<String, (Timestamp, Asked)>;

/// The answers that still hold: a line each, with tabs between.
fn read(shelf: &dyn Shelf, now: Timestamp) -> Kept {
    let Some(bytes) = shelf.get(SHELF) else { return Kept::new() };
    let text = String::from_utf8_lossy(bytes.bytes());
    let line = |line: &str| {
        let mut parts = line.split('\t');
        let (url, at) = (parts.next()?, parts.next()?.parse().ok()?);
        let at = Timestamp::from_second(at).ok()?;
        let age = now.as_second() - at.as_second();
        let (kind, more) = (parts.next()?, parts.next().unwrap_or_default());
        let (answer, holds) = match kind {
            "there" => (Asked::There(None), THERE),
            "moved" => (Asked::There(Some(more.to_owned())), THERE),
            _ => (Asked::Gone(more.parse().ok()?), GONE),
        };
        // What was told in the future was told by a clock that was wrong.
        (0..holds).contains(&age).then(|| (url.to_owned(), (at, answer)))
    };
    text.lines().filter_map(line).collect()
}

fn write(kept: &Kept, shelf: &dyn Shelf) {
    let line = |(url, (at, answer)): (&String, &(Timestamp, Asked))| {
        let (kind, more) = match answer {
            Asked::There(None) => ("there", String::new()),
            Asked::There(Some(to)) => ("moved", to.clone()),
            Asked::Gone(status) => ("gone", status.to_string()),
            Asked::Unknown(_) => return None,
        };
        Some(format!("{url}\t{}\t{kind}\t{more}\n", at.as_second()))
    };
    let text: String = kept.iter().filter_map(line).collect();
    shelf.put(SHELF, text.as_bytes());
}
