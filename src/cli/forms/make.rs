//! Keys made; contracts, records and functions written.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::forms::{Failed, Office, words};
use crate::config;
use crate::form::page::Page;
use crate::form::{Contract, record, schema};
use crate::forms::edge::{self, Host, Site};
use crate::forms::pages;
use crate::store::KeyFolder;
use crate::store::keys::PublicKey;

/// Which keys are made.
#[derive(Args, Debug)]
pub(crate) struct InitArguments {
    /// A reading key that takes the place of the one galen.yaml names: for `galen forms rotate`.
    #[arg(long)]
    another: bool,
}

/// Which contract.
#[derive(Args, Debug)]
pub(crate) struct ContractArguments {
    /// The form.
    form: String,
    /// Its JSON Schema instead.
    #[arg(long)]
    schema: bool,
}

/// Which record.
#[derive(Args, Debug)]
pub(crate) struct RecordArguments {
    /// The form.
    form: String,
}

/// For which host, and where to.
#[derive(Args, Debug)]
pub(crate) struct FunctionArguments {
    /// The host: cloudflare, pages, netlify or lambda.
    #[arg(long = "for", value_name = "HOST", value_parser = host)]
    host: Host,
    /// The new folder.
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// The folder with the finished site, whose pages come back with what is to be mended.
    #[arg(short, long, default_value = "public", value_name = "DIR", env = "GALEN_OUTPUT")]
    output: PathBuf,
}

pub(super) fn host(text: &str) -> Result<Host, &'static str> {
    let found = Host::NAMES.iter().find(|(name, _)| *name == text).map(|(_, host)| *host);
    found.ok_or("a host is `cloudflare`, `pages`, `netlify` or `lambda`")
}

impl Office<'_> {
    /// Makes the keys that are missing. Where galen.yaml names a key, or the server's secret shows that one
    /// was made, no other is made unasked: what came would be read by one, and what comes by the other.
    pub(super) fn init(&self, arguments: &InitArguments) -> Result<(), Failed> {
        let folder = self.keys();
        let place = folder.0.display();
        let here = folder.reading_keys().map_err(words)?;
        if arguments.another {
            return self.another(&folder, here.is_empty());
        }
        let had_secret = folder.has_secret();
        if let Some(named) = self.named_key()? {
            folder.settle_secret().map_err(words)?;
            match had_secret {
                true => self.terminal.note(&format!("the server's secret in {place} was there already")),
                false => self.terminal.result(&format!(
                    "{place}/secret was made and stays with the server; where another server takes enquiries \
                     of this site, put that one's in its place"
                )),
            }
            if !here.iter().any(|it| *it.public() == named) {
                self.terminal.note(&format!(
                    "galen.yaml names {named}, and its reading key is not in {place}, as is right on a server: \
                     no other was made. `galen forms init --another --keys DIR` makes one to change to"
                ));
            }
            return Ok(());
        }
        if had_secret && here.is_empty() {
            return Err(format!(
                "the server's secret is in {place} and the reading key is not, so it was moved, and enquiries may \
                 be sealed to it: put it back and run this again, or write its `public_key` into galen.yaml. \
                 `--keys` with a new folder makes new keys"
            ));
        }
        folder.settle_secret().map_err(words)?;
        let key = match here.into_iter().next() {
            Some(key) => {
                self.terminal.note(&format!("the reading key in {place} was there already"));
                key
            }
            None => folder.settle_reading_key().map_err(words)?,
        };
        self.terminal.result(&format!(
            "Write into galen.yaml, under `forms:`\n\n  public_key: {}\n\n\
             {place}/secret       stays with the server; without it retries and people are not found again\n\
             {place}/reading-key  reads all enquiries: keep it where they are read, with a copy in a safe \
             place, and take it off the server. Without it nobody reads them, nor can we.",
            key.public()
        ));
        Ok(())
    }

    /// Makes a reading key to change to.
    fn another(&self, folder: &KeyFolder, is_free: bool) -> Result<(), Failed> {
        let place = folder.0.display();
        if !is_free {
            return Err(format!(
                "a reading key is in {place} already; name a new folder with `--keys`"
            ));
        }
        let key = folder.settle_reading_key().map_err(words)?;
        self.terminal.result(&format!(
            "{place}/reading-key was made: keep it where enquiries are read, with a copy in a safe place. Change \
             to it with\n\n  galen forms rotate --from OLD --to {0}\n\nand in galen.yaml, under `forms:`\n\n  \
             public_key: {0}",
            key.public()
        ));
        Ok(())
    }

    /// The key that galen.yaml names; `None` where there is none, or no galen.yaml.
    fn named_key(&self) -> Result<Option<PublicKey>, Failed> {
        if !self.root.join("galen.yaml").exists() {
            return Ok(None);
        }
        let config = self.forms()?.config.ok_or("the site cannot be read")?;
        config.forms.public_key.is_some().then(|| self.public_key(&config)).transpose()
    }

    fn form(&self, name: &str) -> Result<(Contract, config::Config), Failed> {
        let forms = self.forms()?;
        let config = forms.config.ok_or("the site cannot be read")?;
        let names: Vec<String> = forms.contracts.iter().map(|it| it.form.clone()).collect();
        let found = forms.contracts.into_iter().find(|it| it.form == name);
        let found = found.ok_or_else(|| {
            let known = crate::text::near::all_of(names.iter().map(String::as_str));
            format!("there is no form `{name}`; there is {known}")
        })?;
        Ok((found, config))
    }

    pub(super) fn contract(&self, arguments: &ContractArguments) -> Result<(), Failed> {
        let (contract, _) = self.form(&arguments.form)?;
        let text = match arguments.schema {
            true => serde_json::to_string_pretty(&schema::of(&contract)),
            false => serde_json::to_string_pretty(&contract),
        };
        self.terminal.result(&text.map_err(words)?);
        Ok(())
    }

    pub(super) fn record(&self, arguments: &RecordArguments) -> Result<(), Failed> {
        let (contract, config) = self.form(&arguments.form)?;
        let mail = config.forms.mail_answers;
        let turnstile = config.forms.turnstile.is_some();
        self.terminal.result(record::of(&contract, &config.origin, mail, turnstile).trim_end());
        Ok(())
    }

    pub(super) fn function(&self, arguments: &FunctionArguments) -> Result<(), Failed> {
        let forms = self.forms()?;
        let config = forms.config.as_ref().ok_or("the site cannot be read")?;
        let endpoint = config.forms.action("{form}", &config.base_path);
        let endpoint = endpoint.ok_or("galen.yaml names no `endpoint` under `forms:`")?;
        if let Some(form) = forms.contracts.iter().find(|it| it.files > 0) {
            return Err(format!(
                "the form `{}` asks for photographs, which functions cannot make anew: take them with `galen forms serve`, \
                 or leave the questions of the type `photo` out",
                form.form
            ));
        }
        let public_key = self.public_key(config)?.to_string();
        let undone = undone(&config.forms, arguments.host);
        if !undone.is_empty() {
            let listed: Vec<String> = undone.iter().map(|it| format!("`{it}`")).collect();
            self.terminal.note(&format!(
                "warning: functions for this host do nothing of {} under `forms:` in galen.yaml; `galen forms serve` \
                 does, and docs/forms-edge.md says what each host has in its place",
                listed.join(", ")
            ));
        }
        let pages = pages::folder(self.root.join(&arguments.output), config.base_path.clone());
        let mut cut: Vec<(Contract, Option<Page>)> = Vec::new();
        for contract in &forms.contracts {
            let action = config.forms.action(&contract.form, &config.base_path).unwrap_or_default();
            let found = pages::find(&pages, contract, &action, None, contract.page.as_deref());
            let page = found.page;
            if let Some(why) = found.why {
                self.terminal.note(&format!("warning: {why}: build the site, then export again"));
            } else if page.is_none() {
                self.terminal.note(&format!(
                    "the form {} comes back without the site's design: `page:` in its definition names no \
                     page of {} that has it",
                    contract.form,
                    arguments.output.display()
                ));
            }
            cut.push((contract.clone(), page));
        }
        let day = crate::text::date::day(config::now(), &config.zone).to_string();
        let per_network = config.forms.per_network.unwrap_or(5);
        let (endpoint, public_key, day) = (&endpoint, &public_key, &day);
        let origin = &config.origin;
        let turnstile = config.forms.turnstile.is_some();
        let site = Site { origin, endpoint, public_key, phone: None, per_network, turnstile, day };
        let files = edge::files(arguments.host, &cut, site);
        write(&arguments.to, &files)?;
        self.terminal.note(&format!(
            "{} files written to {}; its README.md says how they go online",
            files.len(),
            arguments.to.display()
        ));
        if turnstile {
            self.terminal.note(&format!(
                "The function checks Turnstile's answers, and needs the widget's secret key: {}. Without it each \
                 enquiry is held to be looked at",
                edge::turnstile_secret(arguments.host)
            ));
        }
        Ok(())
    }
}

/// The settings of a site that a host's functions do not follow.
fn undone(forms: &config::Forms, host: Host) -> Vec<&'static str> {
    let counts = matches!(host, Host::Worker | Host::Pages);
    let all = [
        ("per_minute", forms.per_minute.is_some()),
        ("per_network", forms.per_network.is_some() && !counts),
        ("mail", !forms.mail_to.is_empty()),
        ("webhooks", !forms.webhooks.is_empty()),
    ];
    all.into_iter().filter(|(_, set)| *set).map(|(name, _)| name).collect()
}

#[expect(clippy::disallowed_methods, reason = "a function is no part of the site")]
fn write(folder: &Path, files: &[(String, String)]) -> Result<(), Failed> {
    let failed = |path: &Path, error: std::io::Error| {
        format!("`{}` cannot be written: {error}", path.display())
    };
    if std::fs::read_dir(folder).is_ok_and(|mut it| it.next().is_some()) {
        return Err(format!("`{}` is not empty; name a new folder", folder.display()));
    }
    for (name, text) in files {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|error| failed(parent, error))?;
        }
        std::fs::write(&path, text).map_err(|error| failed(&path, error))?;
    }
    Ok(())
}
