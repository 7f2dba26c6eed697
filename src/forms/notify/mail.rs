//! Notices by mail: which enquiry came, when, and the command that shows it.
//!
//! A mail is read on machines that the clinic does not know, so it has no answer in it unless the clinic asks for that.

use std::fmt;
use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, SmtpTransport, Transport as _};
use url::{Host, Url};

use crate::forms::notify::{Enquiry, Failure, Site, is_hidden, line};
use crate::text::url::decoded;
use crate::text::{Digest, date};

/// How long is waited for each answer of a mail server.
const LIMIT: Duration = Duration::from_secs(20);
/// Characters of a title and of a label.
const TITLE: usize = 120;
/// Characters of one answer; more is read in the store.
const ANSWER: usize = 5000;

/// A mail server, and who writes.
#[derive(Clone)]
pub struct Mailer {
    transport: SmtpTransport,
    from: Mailbox,
    server: String,
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The transport knows the password.
        f.debug_struct("Mailer").field("server", &self.server).finish_non_exhaustive()
    }
}

impl Mailer {
    /// Reads a mail server's address: `smtps://user:password@host:465`, or `smtp://…:587`, which must change to TLS
    /// (STARTTLS) before anything is said. Only `smtp://` to this machine itself goes without TLS, unless
    /// `?tls=required` follows. Names and passwords are percent-encoded. Errors are worded without the address.
    pub fn from_url(url: &str, from: &str) -> Result<Self, String> {
        let from: Mailbox = mailbox(from)?;
        let url = Url::parse(url.trim()).map_err(
            |_| "the mail server's address is none, such as `smtps://user:password@host`",
        )?;
        let host =
            url.host_str().filter(|it| !it.is_empty()).ok_or("the mail server has no host")?;
        let host = host.trim_matches(['[', ']']).to_owned();
        let required = match (url.query(), url.fragment(), url.path()) {
            (None, None, "" | "/") => false,
            (Some("tls=required"), None, "" | "/") => true,
            _ => return Err("after the mail server's host only `?tls=required` may follow".into()),
        };
        let parameters = || {
            TlsParameters::new(host.clone())
                .map_err(|_| "the mail server's host is no name".to_owned())
        };
        let (tls, port) = match url.scheme() {
            "smtps" => (Tls::Wrapper(parameters()?), 465),
            "smtp" if is_here(&host) && !required => (Tls::None, 25),
            "smtp" => (Tls::Required(parameters()?), 587),
            _ => return Err("a mail server's address begins with `smtps://` or `smtp://`".into()),
        };
        let mut builder = SmtpTransport::builder_dangerous(host.clone())
            .port(url.port().unwrap_or(port))
            .tls(tls)
            .timeout(Some(LIMIT))
            .hello_name(ClientId::Domain(from.email.domain().to_owned()));
        if !url.username().is_empty() {
            let read = |text: &str| decoded(text).ok_or("the mail server's password is not UTF-8");
            let (name, password) =
                (read(url.username())?, read(url.password().unwrap_or_default())?);
            builder = builder.credentials(Credentials::new(name, password));
        }
        Ok(Self { transport: builder.build(), from, server: host })
    }
}

/// Tells whether a host is this machine, whatever the network says.
fn is_here(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
        || matches!(Host::parse(host), Ok(Host::Ipv4(ip)) if ip.is_loopback())
}

/// Who is told by mail.
#[derive(Clone, Debug)]
pub struct Mail {
    mailer: Mailer,
    to: Vec<Mailbox>,
    /// Whether the answers stand in the mail.
    pub include_answers: bool,
}

impl Mail {
    /// Makes a mail to addresses such as `desk@clinic.example` or `Front desk <desk@clinic.example>`.
    pub fn new(mailer: Mailer, to: &[String], include_answers: bool) -> Result<Self, String> {
        let to: Vec<Mailbox> = to.iter().map(|it| mailbox(it)).collect::<Result<_, _>>()?;
        match to.is_empty() {
            true => Err("a mail needs somebody to whom it goes".into()),
            false => Ok(Self { mailer, to, include_answers }),
        }
    }

    pub(crate) fn send(
        &self,
        site: &Site,
        enquiry: &Enquiry,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let message = self.message(site, enquiry, now)?;
        self.mailer.transport.send(&message).map(drop).map_err(|error| failure(&error))
    }

    /// Writes the mail. Its `Message-ID` is the same for each attempt, so that a repeat is known for one.
    pub fn message(
        &self,
        site: &Site,
        enquiry: &Enquiry,
        now: Timestamp,
    ) -> Result<Message, Failure> {
        let title = line(&enquiry.title, TITLE);
        let subject = format!("New enquiry {}: {title}", line(&enquiry.id, 40));
        let mut message = Message::builder()
            .from(self.mailer.from.clone())
            .subject(subject)
            .date(SystemTime::from(now))
            .message_id(Some(format!("<{}@{}>", name(&enquiry.id), site.host)))
            .header(ContentType::TEXT_PLAIN)
            .header(AutoSubmitted);
        for to in &self.to {
            message = message.to(to.clone());
        }
        let reply_to = enquiry.reply_to.as_deref().filter(|_| self.include_answers);
        if let Some(address) =
            reply_to.filter(|it| it.is_ascii()).and_then(|it| it.parse::<Address>().ok())
        {
            message = message.reply_to(address.into());
        }
        message
            .body(self.text(site, enquiry))
            .map_err(|_| Failure::permanent("the mail cannot be written"))
    }

    fn text(&self, site: &Site, enquiry: &Enquiry) -> String {
        let mut text = format!(
            "An enquiry came by the form \"{}\".\n\nEnquiry:  {}\nReceived: {} ({})\n",
            line(&enquiry.title, TITLE),
            line(&enquiry.id, 60),
            date::spoken(enquiry.received, &site.zone),
            site.zone.iana_name().unwrap_or("the site's zone"),
        );
        if enquiry.state != "new" {
            text.push_str(&format!("State:    {}\n", line(&enquiry.state, 40)));
        }
        text.push_str(&format!("\nRead it:  galen forms show {}\n", name(&enquiry.id)));
        match (&enquiry.answers, self.include_answers) {
            (Some(answers), true) => {
                for (label, answer) in answers {
                    text.push_str(&format!("\n{}\n{}\n", line(label, TITLE), indented(answer)));
                }
            }
            (None, true) => {
                text.push_str("\nThe answers cannot be opened here: read them by the command.\n")
            }
            (_, false) => {
                text.push_str("\nWhat was written is not in this mail, as mail is not private.\n")
            }
        }
        text
    }
}

/// Sets an answer off, so that none can look like another's label.
fn indented(answer: &str) -> String {
    let plain = answer.replace("\r\n", "\n").replace('\r', "\n");
    let plain: String =
        plain.chars().filter(|it| *it == '\n' || !is_hidden(*it)).take(ANSWER).collect();
    let lines: Vec<String> =
        plain.lines().map(|line| format!("    {line}").trim_end().to_owned()).collect();
    lines.join("\n")
}

/// Gives an id as it may stand in a command and a header; one of other characters by its digest.
fn name(id: &str) -> String {
    let fine = |it: u8| it.is_ascii_alphanumeric() || it == b'-';
    match !id.is_empty() && id.len() <= 64 && !id.starts_with('-') && id.bytes().all(fine) {
        true => id.to_owned(),
        false => Digest::of(id.as_bytes()).hex(32),
    }
}

fn mailbox(text: &str) -> Result<Mailbox, String> {
    let text = text.trim();
    let wrong = || "an address of a mail is none, such as `desk@clinic.example`".to_owned();
    if text.chars().any(is_hidden) {
        return Err(wrong());
    }
    text.parse().map_err(|_| wrong())
}

/// Programs answer no mail that says this (RFC 3834 §5).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// Words an error. What a server says is left out, as servers repeat addresses and texts.
fn failure(error: &lettre::transport::smtp::Error) -> Failure {
    match error.status() {
        Some(code) if error.is_permanent() => {
            Failure::permanent(format!("the mail server refuses the mail (answer {code})"))
        }
        Some(code) => {
            Failure::passing(format!("the mail server cannot take the mail now (answer {code})"))
        }
        None if error.is_timeout() => Failure::passing("the mail server took too long"),
        None if error.is_tls() => {
            Failure::passing("no safe connection to the mail server can be made (TLS)")
        }
        None if error.is_response() => Failure::passing("the mail server's answer is not SMTP"),
        None if error.is_client() => Failure::permanent(
            "the mail server lacks what the mail needs: TLS, a way to log in, or UTF-8",
        ),
        None => Failure::passing("the mail server cannot be reached"),
    }
}
