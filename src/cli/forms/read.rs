//! Enquiries listed, shown and exported.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::tz::TimeZone;

use crate::cli::cells::{Cells, Format};
use crate::cli::forms::open::Opener;
use crate::cli::forms::{Failed, Office, photos, spoken, words};
use crate::form::Contract;
use crate::forms::Sealed;
use crate::store::{self, Filter, State, Store, Submission, Summary, index};
use crate::text::date;

/// Which enquiries are listed.
#[derive(Args, Debug)]
pub(crate) struct ListArguments {
    /// Those of one form.
    #[arg(long, value_name = "NAME")]
    form: Option<String>,
    /// Those in one state: new, held or done.
    #[arg(long, value_parser = state, value_name = "STATE")]
    state: Option<State>,
    /// Those that came on a day or later, such as 2026-12-01, or at a moment or later: 2026-12-01T09:00.
    #[arg(long, value_name = "DATE")]
    since: Option<String>,
    /// Those of a person, by e-mail.
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// Those of a person, by telephone.
    #[arg(long, value_name = "NUMBER", conflicts_with = "email")]
    phone: Option<String>,
    /// How they are written.
    #[arg(long, default_value = "table", value_name = "FORMAT")]
    format: Format,
}

/// Which enquiries are shown.
#[derive(Args, Debug)]
pub(crate) struct ShowArguments {
    /// Their names, as `galen forms list` gives them.
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
    /// Write their photographs into this folder, as new files.
    #[arg(long, value_name = "DIR")]
    photos: Option<PathBuf>,
}

/// Which enquiries are exported, and where to.
#[derive(Args, Debug)]
pub(crate) struct ExportArguments {
    /// Those of one form.
    #[arg(long, value_name = "NAME")]
    form: Option<String>,
    /// Those that agreed to a consent, such as `news`: with its wording, and without answers about health.
    #[arg(long, value_name = "QUESTION", conflicts_with = "photos")]
    consented: Option<String>,
    /// The new file.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// How they are written.
    #[arg(long, default_value = "csv", value_name = "FORMAT")]
    format: Written,
    /// Write their photographs too, into this folder, as new files.
    #[arg(long, value_name = "DIR")]
    photos: Option<PathBuf>,
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    /// For spreadsheets.
    Csv,
    /// For programs.
    Json,
}

pub(super) fn state(text: &str) -> Result<State, &'static str> {
    State::of(text).ok_or("a state is `new`, `held` or `done`")
}

impl Office<'_> {
    /// The names of a person's enquiries.
    pub(super) fn of_person(
        &self,
        store: &mut Store,
        email: Option<&str>,
        phone: Option<&str>,
    ) -> Result<Vec<String>, Failed> {
        let secret = self.secret()?;
        let email = email.and_then(|it| index::email(&secret, it));
        let phone = phone.and_then(|it| index::phone(&secret, it));
        let digests: Vec<[u8; 32]> = email.into_iter().chain(phone).collect();
        Ok(store.find(&digests).map_err(words)?.into_iter().map(|it| it.id).collect())
    }

    pub(super) fn list(&self, arguments: &ListArguments) -> Result<(), Failed> {
        let mut store = self.store()?;
        let since = arguments.since.as_deref().map(|it| self.moment_of(it)).transpose()?;
        let (form, state) = (arguments.form.clone(), arguments.state);
        let filter = Filter { form, state, since, ..Filter::default() };
        let mut all = store.list(&filter).map_err(words)?;
        if arguments.email.is_some() || arguments.phone.is_some() {
            let (email, phone) = (arguments.email.as_deref(), arguments.phone.as_deref());
            let ids = self.of_person(&mut store, email, phone)?;
            all.retain(|it| ids.contains(&it.id));
        }
        let row = |it: &Summary| {
            let removed = it.delete_after.map_or_else(String::new, |at| self.moment(at));
            [
                it.id.clone(),
                it.form.clone(),
                self.moment(it.received),
                it.state.word().to_owned(),
                removed,
                it.reason.clone().unwrap_or_default(),
            ]
        };
        let head = ["id", "form", "received", "state", "removed", "reason"];
        let cells = Cells { head, rows: all.iter().map(row).collect() };
        self.terminal.result(cells.write(arguments.format).trim_end());
        Ok(())
    }

    pub(super) fn show(&self, arguments: &ShowArguments) -> Result<(), Failed> {
        let mut store = self.store()?;
        let mut opener = Opener::new(self.reading_keys()?);
        let contracts = self.forms().map(|it| it.contracts).unwrap_or_default();
        let mut missing = Vec::new();
        for id in &arguments.ids {
            let id = id.to_uppercase();
            let Some(enquiry) = store.get(&id).map_err(words)? else {
                missing.push(id);
                continue;
            };
            let form = &enquiry.summary.form;
            // What is read is noted before it is read.
            self.note(&mut store, "show", Some(form), Some(&id), 1)?;
            let sealed = opener.open(&enquiry)?;
            let contract = contracts.iter().find(|it| it.form == *form);
            let mut shown = self.shown(&enquiry, &sealed, contract);
            let photos = store.photo_names(&id).map_err(words)?.len() as u64;
            if photos > 0 && arguments.photos.is_none() {
                let number = photos::counted(photos);
                let _ = writeln!(
                    shown,
                    "\nWith {number}: `galen forms show {id} --photos DIR` writes them into files"
                );
            }
            self.terminal.result(&shown);
            if let Some(folder) = &arguments.photos {
                let written = self.photos(&mut store, &mut opener, &[&enquiry.summary], folder)?;
                self.terminal.note(&photos::written(written, folder));
            }
        }
        match missing.is_empty() {
            true => Ok(()),
            false => Err(format!("there is no enquiry {}", missing.join(", "))),
        }
    }

    fn shown(&self, enquiry: &Submission, sealed: &Sealed, contract: Option<&Contract>) -> String {
        let summary = &enquiry.summary;
        let mut out = format!("Enquiry {}, {}\n", summary.id, summary.form);
        let _ = writeln!(out, "Received {}", self.moment(summary.received));
        let reason = summary.reason.as_ref().map_or_else(String::new, |it| format!(" ({it})"));
        let _ = writeln!(out, "State    {}{reason}", summary.state.word());
        let _ = writeln!(out, "Page     {}\n", plain(sealed.page.as_deref().unwrap_or_default()));
        for (label, answer) in sealed.told(contract) {
            let answer = plain(&answer).replace('\n', "\n    ");
            let _ = writeln!(out, "{}\n    {answer}", plain(&label));
        }
        for consent in &sealed.consents {
            let _ = writeln!(out, "\nAgreed to \u{201c}{}\u{201d}", plain(&consent.wording));
        }
        out
    }

    /// Reads a day or a moment of the site's zone.
    fn moment_of(&self, text: &str) -> Result<i64, Failed> {
        let moment = date::moment(text, self.zone()).map(|it| it.as_millisecond());
        moment.ok_or_else(|| {
            format!("`--since` takes a day or a moment, such as `2026-12-01` or `2026-12-01T09:00`, not `{text}`")
        })
    }

    pub(super) fn export(&self, arguments: &ExportArguments) -> Result<(), Failed> {
        let mut store = self.store()?;
        let mut opener = Opener::new(self.reading_keys()?);
        let filter = Filter { form: arguments.form.clone(), ..Filter::default() };
        let consented = arguments.consented.as_deref();
        let contracts = match consented {
            Some(_) => self.forms()?.contracts,
            None => Vec::new(),
        };
        let mut chosen = Vec::new();
        for summary in store.list(&filter).map_err(words)? {
            let Some(enquiry) = store.get(&summary.id).map_err(words)? else { continue };
            if consented
                .is_none_or(|name| enquiry.consents.iter().any(|it| it.consent.name == name))
            {
                chosen.push(enquiry);
            }
        }
        if let (Some(name), true) = (consented, chosen.is_empty()) {
            return Err(format!("no enquiry agreed to `{name}`; nothing was written"));
        }
        self.note(&mut store, "export", arguments.form.as_deref(), None, chosen.len() as u64)?;
        let mut rows = Vec::new();
        for enquiry in chosen {
            let mut sealed = opener.open(&enquiry)?;
            if let Some(name) = consented {
                let contract = contracts.iter().find(|it| it.form == enquiry.summary.form);
                let open = |it: &str| {
                    contract.and_then(|all| all.question(it)).is_some_and(|it| !it.sensitive)
                };
                sealed.answers.retain(|it, _| open(it));
                sealed.consents.retain(|it| it.name == name);
            }
            rows.push((enquiry.summary, sealed));
        }
        let text = match arguments.format {
            Written::Json => as_json(&rows),
            Written::Csv => as_csv(&rows, consented.is_some()),
        };
        write_new(&arguments.to, text.as_bytes())?;
        self.terminal.note(&format!(
            "{} enquiries written to {}; delete the file when it is no longer needed",
            rows.len(),
            arguments.to.display()
        ));
        if let Some(folder) = &arguments.photos {
            let all: Vec<&Summary> = rows.iter().map(|(summary, _)| summary).collect();
            let written = self.photos(&mut store, &mut opener, &all, folder)?;
            self.terminal.note(&photos::written(written, folder));
        }
        Ok(())
    }
}

type Rows = [(Summary, Sealed)];

fn as_json(rows: &Rows) -> String {
    let one = |(summary, sealed): &(Summary, Sealed)| {
        let mut value = serde_json::to_value(sealed).unwrap_or_default();
        value["id"] = summary.id.as_str().into();
        value["form"] = summary.form.as_str().into();
        value["state"] = summary.state.word().into();
        value
    };
    let all: Vec<serde_json::Value> = rows.iter().map(one).collect();
    serde_json::to_string_pretty(&all).unwrap_or_default() + "\n"
}

/// Writes a table; the wording that was agreed to stands in it where rows have one.
fn as_csv(rows: &Rows, wording: bool) -> String {
    let mut names: Vec<&String> = Vec::new();
    for name in rows.iter().flat_map(|(_, sealed)| sealed.answers.keys()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut out = String::from("id,form,received,state");
    if wording {
        out.push_str(",agreed_to");
    }
    for name in &names {
        let _ = write!(out, ",{}", cell(name));
    }
    out.push_str("\r\n");
    for (summary, sealed) in rows {
        let at = spoken(summary.received, &TimeZone::UTC);
        let _ =
            write!(out, "{},{},{},{}", summary.id, summary.form, cell(&at), summary.state.word());
        if let (true, Some(agreed)) = (wording, sealed.consents.first()) {
            let _ = write!(out, ",{}", cell(&agreed.wording));
        }
        for name in &names {
            let text = sealed.answers.get(*name).map(|it| it.text()).unwrap_or_default();
            let _ = write!(out, ",{}", cell(&text));
        }
        out.push_str("\r\n");
    }
    out
}

/// A cell in quotation marks. One that a spreadsheet would take for a formula gets an apostrophe before
/// it; a telephone number with `+` is one too.
fn cell(text: &str) -> String {
    let unseen = |it: char| it.is_whitespace() || is_hidden(it);
    let start = text.trim_start_matches(unseen).chars().next();
    let formula = start.is_some_and(|it| "=+-@|%\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}".contains(it));
    let guard = if formula || text.starts_with(['\t', '\r', '\n']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

/// Text for a terminal: what moves the cursor, turns the order of letters or is not seen is shown as a sign.
pub(super) fn plain(text: &str) -> String {
    let sign = |char: char| match char {
        '\n' => '\n',
        char if is_hidden(char) => '\u{fffd}',
        char => char,
    };
    text.chars().map(sign).collect()
}

/// Tells whether a character shows nothing itself. Those that join letters and signs of a script stay.
fn is_hidden(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Writes a new file for its owner alone.
pub(super) fn write_new(path: &std::path::Path, bytes: &[u8]) -> Result<(), Failed> {
    let mut options = std::fs::OpenOptions::new();
    let options = store::owned(options.write(true).create_new(true));
    let written = options.open(path).and_then(|mut file| file.write_all(bytes));
    written.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            format!("`{}` is there already; name a new file", path.display())
        }
        _ => format!("`{}` cannot be written: {error}", path.display()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        let tabs = ["\tx", "\rx", "\t=1", "\u{feff}=1", "\u{200b} =1", "\u{a0}-1"];
        let signs = ["=1+1", "+44", "-1", "@SUM(A1)", " =1", "\u{ff1d}1", "\u{ff0b}1", "|calc"];
        for text in signs.iter().chain(&tabs) {
            assert!(cell(text).starts_with("\"'"), "{text:?}");
        }
        assert_eq!(cell("a=b"), "\"a=b\"");
        assert_eq!(cell("a\"b"), "\"a\"\"b\"");
    }

    #[test]
    fn what_steers_a_terminal_is_shown_as_a_sign() {
        assert_eq!(plain("a\u{1b}[2Jb\u{202e}\nc"), "a\u{fffd}[2Jb\u{fffd}\nc");
        for hidden in "\u{61c}\u{200b}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{2066}\u{2069}\u{feff}\u{9b}\r".chars() {
            assert_eq!(plain(&hidden.to_string()), "\u{fffd}", "{hidden:?}");
        }
        let joined = "\u{645}\u{6cc}\u{200c}\u{62e}";
        assert_eq!(plain(joined), joined, "Persian needs what does not join");
    }
}
