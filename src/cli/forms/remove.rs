//! Enquiries removed, marked and counted; notices; keys turned over.

use std::fmt::Write as _;
use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;

use clap::Args;

use crate::cli::forms::{Failed, Office, read, words};
use crate::store::State;
use crate::store::keys::{PublicKey, ReadingKey};
use crate::text::near;

/// Which enquiries are removed.
#[derive(Args, Debug)]
pub(crate) struct EraseArguments {
    /// Their names, as `galen forms list` gives them.
    #[arg(value_name = "ID", required_unless_present_any = ["email", "phone"])]
    ids: Vec<String>,
    /// All of a person, by e-mail.
    #[arg(long, value_name = "ADDRESS", conflicts_with = "ids")]
    email: Option<String>,
    /// All of a person, by telephone.
    #[arg(long, value_name = "NUMBER", conflicts_with = "ids")]
    phone: Option<String>,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
}

/// Which enquiry is marked, and as what.
#[derive(Args, Debug)]
pub(crate) struct MarkArguments {
    /// Its name, as `galen forms list` gives it.
    id: String,
    /// What it is: new, held or done.
    #[arg(value_parser = read::state)]
    state: State,
}

/// Which notices.
#[derive(Args, Debug)]
pub(crate) struct NoticesArguments {
    /// Try this one again.
    #[arg(long, value_name = "NUMBER")]
    revive: Option<i64>,
}

/// From which key to which.
#[derive(Args, Debug)]
pub(crate) struct RotateArguments {
    /// The file of the reading key that opens enquiries now.
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// The public key that they are to be sealed to.
    #[arg(long, value_name = "KEY")]
    to: String,
}

impl Office<'_> {
    pub(super) fn erase(&self, arguments: &EraseArguments) -> Result<(), Failed> {
        let mut store = self.store()?;
        let ids = match arguments.ids.is_empty() {
            false => arguments.ids.iter().map(|it| it.to_uppercase()).collect(),
            true => {
                let (email, phone) = (arguments.email.as_deref(), arguments.phone.as_deref());
                self.of_person(&mut store, email, phone)?
            }
        };
        if ids.is_empty() {
            return Err(
                "there is no enquiry of this person; look whether the address is written as \
                        in the enquiry"
                    .to_owned(),
            );
        }
        for id in &ids {
            if store.get(id).map_err(words)?.is_none() {
                return Err(format!("there is no enquiry {id}; nothing was removed"));
            }
        }
        if !arguments.yes && !agreed(&ids)? {
            return Err("nothing was removed".to_owned());
        }
        let still = self.still_at_hosts(&mut store, &ids)?;
        let purged = store.erase(&ids, self.now()).map_err(words)?;
        self.note(&mut store, "erase", None, None, purged.submissions)?;
        if let Some(still) = still {
            self.terminal.note(still);
        }
        self.told(&purged)
    }

    pub(super) fn purge(&self) -> Result<(), Failed> {
        let mut store = self.store()?;
        let purged = store.purge(self.now()).map_err(words)?;
        self.note(&mut store, "purge", None, None, purged.submissions)?;
        self.told(&purged)
    }

    fn told(&self, purged: &crate::store::Purged) -> Result<(), Failed> {
        self.terminal.result(&format!("{} removed", counted(purged.submissions)));
        match &purged.unwiped {
            None => Ok(()),
            Some(error) => Err(format!(
                "what was removed may still stand in free room of the file: {error}; run `galen forms \
                 purge` again"
            )),
        }
    }

    pub(super) fn mark(&self, arguments: &MarkArguments) -> Result<(), Failed> {
        let id = arguments.id.to_uppercase();
        let mut store = self.store()?;
        match store.set_state(&id, arguments.state).map_err(words)? {
            true => self.note(&mut store, "mark", None, Some(&id), 1),
            false => Err(format!("there is no enquiry {id}")),
        }
    }

    pub(super) fn stats(&self) -> Result<(), Failed> {
        let stats = self.store()?.stats().map_err(words)?;
        let mut out = String::new();
        for tally in &stats.tallies {
            let (state, last) = (tally.state.word(), self.moment(tally.last));
            let _ = writeln!(out, "{}: {} {state}, the last {last}", tally.form, tally.count);
        }
        let _ = write!(out, "notices: {} waiting, {} given up", stats.pending, stats.dead);
        if let Some(at) = stats.next_removal {
            let _ = write!(out, "\nnext removal: {}", self.moment(at));
        }
        self.terminal.result(&out);
        Ok(())
    }

    pub(super) fn notices(&self, arguments: &NoticesArguments) -> Result<(), Failed> {
        let mut store = self.store()?;
        if let Some(id) = arguments.revive {
            return match store.revive(id, self.now()).map_err(words)? {
                true => Ok(()),
                false => Err(format!("no notice {id} was given up")),
            };
        }
        let dead = store.dead().map_err(words)?;
        if dead.is_empty() {
            self.terminal.result("no notice was given up");
        }
        for notice in dead {
            self.terminal.result(&format!(
                "{}: {} to {} for {}, tried {} times: {}",
                notice.id,
                notice.notice.channel,
                notice.notice.target,
                notice.submission.as_deref().unwrap_or("no enquiry"),
                notice.attempts,
                notice.last_error.as_deref().unwrap_or_default()
            ));
        }
        Ok(())
    }

    pub(super) fn audit(&self) -> Result<(), Failed> {
        for it in self.store()?.audits(0).map_err(words)? {
            let it = it.audit;
            let of = it.submission.or(it.form).unwrap_or_default();
            let line =
                format!("{} {} {} {of} {}", self.moment(it.at), it.actor, it.action, it.count);
            self.terminal.result(&line);
        }
        Ok(())
    }

    pub(super) fn rotate(&self, arguments: &RotateArguments) -> Result<(), Failed> {
        let old = ReadingKey::read(&arguments.from).map_err(words)?;
        let new: PublicKey = arguments.to.parse().map_err(words)?;
        let mut store = self.store()?;
        let count = store.rotate(&old, &new).map_err(words)?;
        self.note(&mut store, "rotate", None, None, count)?;
        self.terminal.result(&format!(
            "{} sealed anew; write the new key as `public_key` into galen.yaml, and keep \
             the old reading key until backups made before today are gone",
            near::counted(usize::try_from(count).unwrap_or(usize::MAX), "data key")
        ));
        Ok(())
    }
}

fn counted(number: u64) -> String {
    near::counted(usize::try_from(number).unwrap_or(usize::MAX), "enquiry")
}

/// Asks on the terminal.
fn agreed(ids: &[String]) -> Result<bool, Failed> {
    if !std::io::stdin().is_terminal() {
        return Err("say `--yes` to remove without being asked".to_owned());
    }
    let number = counted(ids.len() as u64);
    let _ = write!(std::io::stderr(), "Remove {number} for good ({})? Type yes: ", ids.join(", "));
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_err(words)?;
    Ok(line.trim().eq_ignore_ascii_case("yes"))
}
