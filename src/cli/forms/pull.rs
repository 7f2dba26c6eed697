//! Enquiries of functions brought into the clinic's own store.

#![expect(
    clippy::disallowed_methods,
    reason = "what a host's command printed is no part of the site"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::cells::{Cells, Format};
use crate::cli::forms::read::{plain, write_new};
use crate::cli::forms::{Failed, Office, make, run, words};
use crate::forms::edge::Host;
use crate::forms::pull::{self, Options, Outcome, Pull, Record, Sink};
use crate::store::Store;

/// The longest file that is read.
const LONGEST: u64 = 64 << 20;

/// Where records are, and what becomes of them.
#[derive(Args, Debug)]
pub(crate) struct PullArguments {
    /// Files and folders with what the host's command wrote; `-` for standard input.
    #[arg(required = true, value_name = "FROM")]
    from: Vec<PathBuf>,
    /// The host that took them, kept as their origin: cloudflare, pages, netlify or lambda.
    #[arg(long, value_name = "HOST", value_parser = make::host)]
    host: Option<Host>,
    /// Tell nobody of them; else notices go out as for any enquiry.
    #[arg(long)]
    no_notices: bool,
    /// Write into a new file what deletes them at the host: SQL for D1, keys for KV, names of files
    /// for S3.
    #[arg(long, value_name = "FILE")]
    done: Option<PathBuf>,
    /// List what became of each record, instead of counts.
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
}

/// A text with records.
struct Text {
    /// What it is called in messages.
    name: String,
    records: Vec<Record>,
}

/// What became of all records.
#[derive(Default)]
struct Tally {
    rows: Vec<[String; 6]>,
    kept: usize,
    held: usize,
    earlier: usize,
    there: usize,
    removed: usize,
    past: usize,
    /// What need no longer be at the host: forms and ids.
    done: BTreeMap<Sink, Vec<(String, String)>>,
}

impl Office<'_> {
    pub(super) fn pull(&self, arguments: &PullArguments) -> Result<(), Failed> {
        let keys = self.reading_keys()?;
        let forms = self.forms()?;
        let config = forms.config.ok_or("the site cannot be read")?;
        let notices = if arguments.no_notices { Vec::new() } else { run::notices(&config) };
        let told = !notices.is_empty();
        let name =
            |host: Host| Host::NAMES.iter().find(|it| it.1 == host).map(|it| it.0.to_owned());
        let pull = Pull::new(Options {
            keys,
            secret: self.secret()?,
            public: self.public_key(&config)?,
            contracts: forms.contracts,
            notices,
            letters: config.forms.mail_answers,
            origin: arguments.host.and_then(name),
            now: self.now(),
        });
        if let Some(to) = arguments.done.as_ref().filter(|it| it.exists()) {
            return Err(format!("`{}` is there already; name a new file", to.display()));
        }
        let mut tally = Tally::default();
        let mut failed = Vec::new();
        let mut wrong = Vec::new();
        let texts = texts(&arguments.from, &mut failed);
        if texts.iter().any(|it| !it.records.is_empty()) {
            let mut store = Store::open(&self.address()).map_err(words)?;
            for text in &texts {
                let (outcomes, stopped) = pull.keep(&mut store, &text.records);
                tally.add(text, outcomes, &mut failed);
                if let Some(error) = stopped {
                    wrong.push(format!("{error}; pull again, which keeps nothing twice"));
                    break;
                }
            }
            if tally.kept > 0 {
                let noted = self.note(&mut store, "pull", None, None, tally.kept as u64);
                wrong.extend(noted.err());
            }
        }
        match arguments.format {
            Some(format) => self.terminal.result(tally.list(format).trim_end()),
            None => self.terminal.result(&tally.counts()),
        }
        self.say(&tally, told);
        wrong.extend(self.done(&tally, arguments.done.as_deref()).err());
        match failed.len() {
            0 => {}
            1 => wrong.push(format!("not pulled: {}", failed[0])),
            number => wrong.push(format!("{number} were not pulled:\n  {}", failed.join("\n  "))),
        }
        match wrong.is_empty() {
            true => Ok(()),
            false => Err(wrong.join("\n")),
        }
    }

    /// Gives what to say when enquiries are erased that a host may have still; `None` where none of them was pulled.
    pub(super) fn still_at_hosts(
        &self,
        store: &mut Store,
        ids: &[String],
    ) -> Result<Option<&'static str>, Failed> {
        for id in ids {
            let kept = store.get(id).map_err(words)?;
            if kept.is_some_and(|it| pull::is_pulled(&it.summary.origin)) {
                return Ok(Some(
                    "Some were pulled from a host, which may have them still: pull again with `--done FILE`, \
                     which writes what deletes them there",
                ));
            }
        }
        Ok(None)
    }

    /// Says what of it someone should know.
    fn say(&self, tally: &Tally, told: bool) {
        if tally.held > 0 {
            self.terminal.note("`galen forms list --state held` lists those that are held");
        }
        if tally.earlier > 0 {
            self.terminal.note(&format!(
                "{} taken by an earlier version of the form: export the functions again if the form \
                 changed",
                were(tally.earlier)
            ));
        }
        if told && tally.kept > 0 {
            self.terminal.note("Notices wait until `galen forms serve` sends them");
        }
    }

    /// Writes what deletes at the host what need no longer be there, and says how.
    fn done(&self, tally: &Tally, to: Option<&Path>) -> Result<(), Failed> {
        let Some((&sink, all)) = tally.done.first_key_value() else { return Ok(()) };
        let Some(to) = to else {
            self.terminal.note(
                "The host has them still: `--done FILE` writes what deletes them there, and \
                 docs/forms-edge.md says how. Delete the files that were pulled, too",
            );
            return Ok(());
        };
        if tally.done.len() > 1 {
            return Err(
                "these come from several stores: pull each by itself to get its `--done` file"
                    .to_owned(),
            );
        }
        write_new(to, pull::deletion(sink, all).as_bytes())?;
        let file = to.display();
        let command = match sink {
            Sink::D1 => {
                format!("npx wrangler d1 execute galen-forms --remote --command \"$(cat {file})\"")
            }
            Sink::Kv => format!("npx wrangler kv bulk delete {file} --binding GALEN_KV --remote"),
            Sink::Files => {
                format!("while read -r name; do aws s3 rm \"s3://BUCKET/$name\"; done < {file}")
            }
        };
        self.terminal.note(&format!(
            "The host has them still; this deletes them there:\n  {command}\nDelete the files that were \
             pulled, too"
        ));
        Ok(())
    }
}

impl Tally {
    /// Counts what became of a text's records.
    fn add(&mut self, text: &Text, outcomes: Vec<Outcome>, failed: &mut Vec<String>) {
        for (record, outcome) in text.records.iter().zip(outcomes) {
            let (word, why) = match outcome {
                Outcome::Kept { reason, current } => {
                    self.kept += 1;
                    self.held += usize::from(reason.is_some());
                    self.earlier += usize::from(!current);
                    (if reason.is_some() { "held" } else { "kept" }, reason.unwrap_or_default())
                }
                Outcome::There => {
                    self.there += 1;
                    ("there", String::new())
                }
                Outcome::Removed => {
                    self.removed += 1;
                    ("removed", String::new())
                }
                Outcome::Past => {
                    self.past += 1;
                    ("past", String::new())
                }
                Outcome::Failed(why) => {
                    let why = line(&why);
                    failed.push(format!("`{}`, record {}: {why}", text.name, record.number));
                    ("failed", why)
                }
            };
            if word != "failed" {
                let of = (record.form.clone(), record.id.clone());
                self.done.entry(record.sink).or_default().push(of);
            }
            self.rows.push([
                record.id.clone(),
                line(&record.form),
                word.to_owned(),
                text.name.clone(),
                record.number.to_string(),
                why,
            ]);
        }
    }

    fn list(&self, format: Format) -> String {
        let head = ["id", "form", "outcome", "file", "record", "reason"];
        Cells { head, rows: self.rows.clone() }.write(format)
    }

    fn counts(&self) -> String {
        let enquiries = if self.kept == 1 { "enquiry" } else { "enquiries" };
        let mut out = format!("{} {enquiries} kept", self.kept);
        if self.held > 0 {
            let _ = write!(out, " ({} held to be looked at)", self.held);
        }
        for (number, what) in [
            (self.there, "there before"),
            (self.removed, "pulled before and removed here since"),
            (self.past, "past the days that the form keeps answers"),
        ] {
            if number > 0 {
                let _ = write!(out, ", {} {what}", were(number));
            }
        }
        out
    }
}

fn were(number: usize) -> String {
    format!("{number} {}", if number == 1 { "was" } else { "were" })
}

/// One line for a terminal of what may come from elsewhere.
fn line(text: &str) -> String {
    plain(text).replace('\n', " ")
}

/// Reads what was named, folders with all that is in them, in the order of names. What cannot be read is told.
fn texts(from: &[PathBuf], failed: &mut Vec<String>) -> Vec<Text> {
    let mut texts = Vec::new();
    for path in from {
        let mut waiting = vec![path.clone()];
        let mut any = false;
        while let Some(path) = waiting.pop() {
            let name = line(&path.display().to_string());
            if path.as_os_str() != "-" && path.is_dir() {
                match inside(&path) {
                    Ok(all) => waiting.extend(all),
                    Err(error) => failed.push(format!("`{name}` cannot be read: {error}")),
                }
                continue;
            }
            any = true;
            match bytes(&path) {
                Ok(bytes) => {
                    let name =
                        if path.as_os_str() == "-" { "standard input".to_owned() } else { name };
                    let found = pull::read(&bytes);
                    for fault in found.faults {
                        failed.push(match fault.number {
                            0 => format!("`{name}`: {}", line(&fault.words)),
                            number => format!("`{name}`, record {number}: {}", line(&fault.words)),
                        });
                    }
                    texts.push(Text { name, records: found.records });
                }
                Err(why) => failed.push(format!("`{name}` cannot be read: {why}")),
            }
        }
        if !any {
            failed.push(format!("`{}` has no file in it", line(&path.display().to_string())));
        }
    }
    texts
}

/// What a folder holds, the last first, without what is hidden and without links.
fn inside(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for it in fs::read_dir(folder)? {
        let it = it?;
        let hidden = it.file_name().to_string_lossy().starts_with('.');
        let kind = it.file_type()?;
        if !hidden && (kind.is_file() || kind.is_dir()) {
            all.push(it.path());
        }
    }
    all.sort();
    all.reverse();
    Ok(all)
}

fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = match path.as_os_str() == "-" {
        true => std::io::stdin().lock().take(LONGEST + 1).read_to_end(&mut bytes),
        false => {
            let file = fs::File::open(path);
            file.and_then(|it| it.take(LONGEST + 1).read_to_end(&mut bytes))
        }
    };
    read.map_err(words)?;
    match bytes.len() as u64 > LONGEST {
        true => Err("it is longer than 64 MiB; fetch fewer enquiries at once".to_owned()),
        false => Ok(bytes),
    }
}
