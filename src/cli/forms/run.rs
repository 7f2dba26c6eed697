//! The endpoint as it runs for a live site: enquiries taken, notices sent, what is old removed.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use tokio::sync::watch;

use crate::build::Forms;
use crate::cli::USAGE;
use crate::cli::forms::{Failed, Office, tidy, words};
use crate::config::{self, Config};
use crate::form::Contract;
use crate::forms::notify::{
    Channel, Channels, Enquiry, Event, Failure, Mail, Mailer, Outbox, Reach, Site, Trouble,
    Webhook, Worker,
};
use crate::forms::{CURE, Definitions, Desk, Letter, Options, Turnstile, pages, server};
use crate::serve;
use crate::store::keys::{PublicKey, Secret};
use crate::store::{Notice, Store};

/// How long a notice that is being sent is waited for at the end.
const FAREWELL: Duration = Duration::from_secs(15);

/// What `galen forms serve` takes.
#[derive(Args, Clone, Debug)]
pub(crate) struct Arguments {
    /// The address to answer at.
    #[arg(
        long,
        default_value = "127.0.0.1:8787",
        value_name = "ADDRESS:PORT",
        env = "GALEN_FORMS_LISTEN"
    )]
    listen: SocketAddr,
    /// Who asks is what a proxy in front says (`X-Forwarded-For`).
    #[arg(long, env = "GALEN_FORMS_BEHIND_PROXY", value_parser = crate::cli::site::yes, num_args = 0, default_missing_value = "yes", default_value = "no")]
    behind_proxy: bool,
    /// The folder with the finished site, whose pages come back with what is to be mended.
    #[arg(short, long, default_value = "public", value_name = "DIR", env = "GALEN_OUTPUT")]
    output: PathBuf,
}

impl Default for Arguments {
    fn default() -> Self {
        let listen = SocketAddr::from(([127, 0, 0, 1], 8787));
        Self { listen, behind_proxy: false, output: PathBuf::from("public") }
    }
}

/// What a site and its environment say of the endpoint.
struct Settings {
    config: Config,
    contracts: Vec<Contract>,
    public: PublicKey,
    secret: Secret,
    channels: Channels,
    turnstile: Option<Turnstile>,
}

impl Office<'_> {
    /// Reads what serving needs; what is wrong here is wrong in galen.yaml or the environment.
    fn settings(&self, forms: Forms) -> Result<Settings, Failed> {
        let (config, contracts) = (forms.config.ok_or("the site cannot be read")?, forms.contracts);
        if config.forms.endpoint.is_none() || contracts.is_empty() {
            return Err("there is nothing to take: galen.yaml needs `forms:` with `endpoint: /api/forms`, and \
                        content/forms a form"
                .to_owned());
        }
        Ok(Settings {
            public: self.public_key(&config)?,
            secret: self.secret()?,
            channels: channels(&config)?,
            turnstile: turnstile(&config)?,
            config,
            contracts,
        })
    }

    /// Takes enquiries until it is asked to stop.
    pub(super) fn serve(&self, arguments: &Arguments) -> Result<(), Failed> {
        let forms = self.forms().inspect_err(|_| self.code.set(USAGE))?;
        if forms.diagnostics.has_errors() {
            self.terminal.problems(&forms.diagnostics, &forms.tree);
            return Err("no enquiry is taken while a form has errors".to_owned());
        }
        let settings = self.settings(forms).inspect_err(|_| self.code.set(USAGE))?;
        let Settings { config, contracts, public, secret, channels, turnstile } = settings;
        let listener = TcpListener::bind(arguments.listen)
            .map_err(|error| format!("`{}` cannot be listened at: {error}", arguments.listen))?;
        let titles: BTreeMap<String, String> =
            contracts.iter().map(|it| (it.form.clone(), it.title.clone())).collect();
        let notices = notices(&config);
        let address = self.address();
        let store = Store::open(&address).map_err(words)?;
        let outbox = Box::new(Store::open(&address).map_err(words)?);
        let log = Arc::new(self.terminal.teller());
        let kept = Kept { store: *outbox, titles, secret: secret.clone() };
        let worker: Arc<OnceLock<Worker>> = Arc::default();
        let wake = {
            let worker = Arc::clone(&worker);
            move || worker.get().into_iter().for_each(Worker::wake)
        };
        let pages = pages::folder(self.root.join(&arguments.output), config.base_path.clone());
        let reworded = contracts.iter().filter_map(|it| {
            let action = config.forms.action(&it.form, &config.base_path)?;
            pages::find(&pages, it, &action, None, it.page.as_deref()).why
        });
        let reworded: Vec<String> = reworded.collect();
        let options = Options {
            secret,
            public,
            pages,
            turnstile,
            per_network: config.forms.per_network.unwrap_or(5),
            per_minute: config.forms.per_minute.unwrap_or(120),
            notices,
            letters: config.forms.mail_answers,
            origin: "forms".to_owned(),
            clock: || config::now().as_millisecond(),
            tell: Box::new({
                let log = Arc::clone(&log);
                move |words| log(words)
            }),
        };
        let definitions = Definitions::new(&config, contracts);
        let desk = Desk::open(definitions, options, store, wake).map_err(words)?;
        let desk = Arc::new(desk);
        let place = listener.local_addr().map_err(words)?;
        let (sender, stop) = watch::channel(false);
        serve::on_request(move || {
            sender.send_replace(true);
        });
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.map_err(words)?;
        self.terminal.note(&format!("Taking enquiries at http://{place} (Ctrl-C stops)"));
        if config.forms.mail_answers {
            let to = config.forms.mail_to.join(", ");
            self.terminal.note(&format!(
                "mails to {to} have the answers in them, which e-mail does not keep private"
            ));
        }
        reworded.iter().for_each(|it| log(&format!("{it}: {CURE}")));
        // What waits from before is told of only after it was said where enquiries are taken.
        let tell = Arc::clone(&log);
        let sends = Worker::start(channels, kept, config::now, move |event| report(event, &*tell));
        let _ = worker.set(sends.map_err(words)?);
        tidy::hourly(address, Arc::clone(&desk), log, stop.clone());
        runtime
            .block_on(server::serve(listener, desk, arguments.behind_proxy, stop))
            .map_err(words)?;
        if worker.get().is_some_and(|it| !it.stop(FAREWELL)) {
            self.terminal.note("a notice was still being sent; it may come twice");
        }
        runtime.shutdown_timeout(Duration::from_secs(1));
        Ok(())
    }

    pub(super) fn public_key(&self, config: &Config) -> Result<PublicKey, Failed> {
        match &config.forms.public_key {
            Some(text) => text.parse().map_err(|error| format!("`public_key` in galen.yaml: {error}")),
            None => Err(match self.reading_keys() {
                Ok(keys) => {
                    let public = keys.first().map(|it| it.public().to_string()).unwrap_or_default();
                    format!("galen.yaml names no key to seal to; write under `forms:`\n  public_key: {public}")
                }
                Err(_) => "galen.yaml names no key to seal to: `galen forms init` makes one and says what \
                           to write"
                    .to_owned(),
            }),
        }
    }
}

fn report(event: &Event, log: &dyn Fn(&str)) {
    match event {
        Event::Sent(_) => {}
        Event::Failed(notice, failure) => log(&format!(
            "the {} about enquiry {} was not sent: {}",
            notice.channel.name(),
            notice.submission,
            failure.words
        )),
        Event::Trouble(trouble) => log(&format!("notices cannot be read: {trouble}")),
    }
}

/// A secret from the environment, which must be there.
fn variable(name: &str, what: &str) -> Result<String, Failed> {
    let value = std::env::var(name).ok().filter(|it| !it.is_empty());
    value.ok_or_else(|| format!("{what} in galen.yaml, and the environment has no {name}"))
}

fn turnstile(config: &Config) -> Result<Option<Turnstile>, Failed> {
    if config.forms.turnstile.is_none() {
        return Ok(None);
    }
    let secret = variable("GALEN_TURNSTILE_SECRET", "`turnstile` is set")?;
    // The page with mistakes is shown by the endpoint, which may be of another host.
    let elsewhere = config.forms.endpoint.as_deref().filter(|it| it.starts_with("https://"));
    let origins: Vec<&str> = elsewhere.into_iter().chain([config.origin.as_str()]).collect();
    let turnstile = Turnstile::new(secret, &origins, None);
    Ok(Some(turnstile.ok_or("`base_url` or `endpoint` names no host")?))
}

/// Who is told of each enquiry, by the names that [`channels`] gives them.
pub(super) fn notices(config: &Config) -> Vec<Notice> {
    let forms = &config.forms;
    let mails = !forms.mail_to.is_empty() && forms.mail_from.is_some();
    let mail = mails.then(|| (Channel::Mail, MAIL.to_owned()));
    let webhooks = (0..forms.webhooks.len()).map(|at| (Channel::Webhook, webhook(at)));
    let notice =
        |(channel, target): (Channel, _)| Notice { channel: channel.name().to_owned(), target };
    mail.into_iter().chain(webhooks).map(notice).collect()
}

/// The name of the mail that galen.yaml sets.
const MAIL: &str = "mail";

/// The names of the webhooks that galen.yaml sets.
fn webhook(at: usize) -> String {
    format!("webhook-{}", at + 1)
}

fn channels(config: &Config) -> Result<Channels, Failed> {
    let forms = &config.forms;
    let mut mails = BTreeMap::new();
    if let (false, Some(from)) = (forms.mail_to.is_empty(), &forms.mail_from) {
        let url = variable("GALEN_SMTP_URL", "`mail` is set")?;
        let mailer = Mailer::from_url(&url, from)?;
        mails.insert(MAIL.to_owned(), Mail::new(mailer, &forms.mail_to, forms.mail_answers)?);
    }
    let mut webhooks = BTreeMap::new();
    for (at, url) in forms.webhooks.iter().enumerate() {
        let secret = variable("GALEN_WEBHOOK_SECRET", "`webhooks` are set")?;
        webhooks.insert(webhook(at), Webhook::new(url, &secret, Reach::from_env())?);
    }
    let site = Site::new(&config.origin, config.zone.clone());
    Ok(Channels { mails, webhooks, site: site.ok_or("`base_url` names no host")? })
}

/// The outbox of the store.
struct Kept {
    store: Store,
    titles: BTreeMap<String, String>,
    /// Opens what mails have of the answers.
    secret: Secret,
}

impl Outbox for Kept {
    fn due(&mut self, now: Timestamp) -> Result<Option<crate::forms::notify::Notice>, Trouble> {
        loop {
            let Some(due) = self.store.due(now.as_millisecond(), 1)?.pop() else { return Ok(None) };
            let channel = Channel::named(&due.notice.channel);
            let (Some(channel), Some(submission)) = (channel, due.submission) else {
                self.store.failed(
                    due.id,
                    "it is of no channel or of no enquiry",
                    now.as_millisecond(),
                )?;
                continue;
            };
            let (id, target, attempt) = (due.id, due.notice.target, due.attempt);
            return Ok(Some(crate::forms::notify::Notice {
                id,
                submission,
                channel,
                target,
                attempt,
            }));
        }
    }

    fn enquiry(
        &mut self,
        notice: &crate::forms::notify::Notice,
        answers: bool,
    ) -> Result<Option<Enquiry>, Trouble> {
        let Some(kept) = self.store.get(&notice.submission)? else { return Ok(None) };
        let summary = kept.summary;
        let sealed = if answers { self.store.letter(&summary.id)? } else { None };
        let letter =
            sealed.and_then(|it| Letter::open(&self.secret, &summary.form, &summary.id, &it));
        let title = self.titles.get(&summary.form).unwrap_or(&summary.form).clone();
        Ok(Some(Enquiry {
            id: summary.id,
            title,
            received: Timestamp::from_millisecond(summary.received)?,
            state: summary.state.word().to_owned(),
            form: summary.form,
            reply_to: letter.as_ref().and_then(|it| it.reply_to.clone()),
            answers: letter.map(|it| it.answers),
        }))
    }

    fn sent(&mut self, id: i64) -> Result<(), Trouble> {
        Ok(self.store.sent(id)?)
    }

    fn failed(&mut self, id: i64, failure: &Failure, now: Timestamp) -> Result<(), Trouble> {
        self.store.failed(id, &failure.words, now.as_millisecond())?;
        Ok(())
    }
}
