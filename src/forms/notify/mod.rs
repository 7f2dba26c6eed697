//! Tells the clinic that an enquiry came: [`deliver`] sends one notice, [`Worker`] sends all that wait.
//!
//! A notice says which form it is, when the enquiry came and how to read it. What a visitor wrote leaves the store only
//! where the clinic has asked for it in its mail (`include_answers`). docs/forms-notices.md is the manual.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use url::Url;

pub mod mail;
mod reach;
pub mod webhook;
mod worker;

pub use mail::{Mail, Mailer};
pub use reach::Reach;
pub use webhook::Webhook;
pub use worker::{Event, Outbox, Trouble, Worker};

/// The ways in which a clinic is told, by the names of its settings.
#[derive(Clone, Debug)]
pub struct Channels {
    /// Mails.
    pub mails: BTreeMap<String, Mail>,
    /// Webhooks.
    pub webhooks: BTreeMap<String, Webhook>,
    /// What is the same for all notices.
    pub site: Site,
}

/// What a notice says of the site.
#[derive(Clone, Debug)]
pub struct Site {
    /// The host of its address.
    pub host: String,
    /// The zone in which moments are said.
    pub zone: TimeZone,
}

impl Site {
    /// Takes the host from the site's address. `None` when there is none in it.
    pub fn new(base_url: &str, zone: TimeZone) -> Option<Self> {
        let host = Url::parse(base_url).ok()?.host_str()?.to_owned();
        Some(Self { host, zone })
    }
}

/// How someone is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// By mail.
    Mail,
    /// By a signed request.
    Webhook,
}

impl Channel {
    /// Gives its name in the outbox.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Webhook => "webhook",
        }
    }

    /// Finds it by its name in the outbox.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Mail, Self::Webhook].into_iter().find(|it| it.name() == name)
    }
}

/// A notice that is to be sent now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its number, the same for each attempt.
    pub id: i64,
    /// The id of the enquiry that it is about.
    pub submission: String,
    /// How.
    pub channel: Channel,
    /// To whom, by the name of a setting.
    pub target: String,
    /// Which attempt this is, from 1.
    pub attempt: u32,
}

/// What a notice may say of an enquiry.
#[derive(Clone)]
pub struct Enquiry {
    /// Its id.
    pub id: String,
    /// The form's name.
    pub form: String,
    /// The form's title.
    pub title: String,
    /// When it came.
    pub received: Timestamp,
    /// Its state: `new`, `held`.
    pub state: String,
    /// The answers by their labels, in the form's order. `None` where they are not asked for, or cannot be opened here.
    pub answers: Option<Vec<(String, String)>>,
    /// The visitor's e-mail address, with the answers alone.
    pub reply_to: Option<String>,
}

impl fmt::Debug for Enquiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Answers have no place in a log.
        f.debug_struct("Enquiry")
            .field("id", &self.id)
            .field("form", &self.form)
            .finish_non_exhaustive()
    }
}

/// Why a notice was not sent. The words have no answer, address or password in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Whether another attempt may end well without anyone changing a setting.
    pub passing: bool,
    /// What was wrong.
    pub words: String,
}

impl Failure {
    pub(crate) fn passing(words: impl Into<String>) -> Self {
        Self { passing: true, words: words.into() }
    }

    pub(crate) fn permanent(words: impl Into<String>) -> Self {
        Self { passing: false, words: words.into() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl std::error::Error for Failure {}

impl Channels {
    /// Tells whether a notice needs the answers.
    pub fn wants_answers(&self, notice: &Notice) -> bool {
        notice.channel == Channel::Mail
            && self.mails.get(&notice.target).is_some_and(|it| it.include_answers)
    }

    /// Lists who is to be told of an enquiry: what goes into the outbox with it.
    pub fn targets(&self) -> Vec<(Channel, &str)> {
        let mails = self.mails.keys().map(|name| (Channel::Mail, name.as_str()));
        mails.chain(self.webhooks.keys().map(|name| (Channel::Webhook, name.as_str()))).collect()
    }
}

/// Sends a notice about an enquiry. It may take as long as the time limits of its channel.
pub fn deliver(
    channels: &Channels,
    notice: &Notice,
    enquiry: &Enquiry,
    now: Timestamp,
) -> Result<(), Failure> {
    let unset = || {
        let (channel, target) = (notice.channel.name(), line(&notice.target, 60));
        Failure::permanent(format!("no {channel} is set under the name `{target}`"))
    };
    match notice.channel {
        Channel::Mail => {
            let mail = channels.mails.get(&notice.target).ok_or_else(unset)?;
            mail.send(&channels.site, enquiry, now)
        }
        Channel::Webhook => {
            channels.webhooks.get(&notice.target).ok_or_else(unset)?.send(enquiry, now)
        }
    }
}

/// Makes one line of a text: no control or invisible characters, single spaces, no more than so many characters.
fn line(text: &str, most: usize) -> String {
    let plain: String = text.chars().map(|it| if is_hidden(it) { ' ' } else { it }).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

/// Tells whether a character steers how others are shown, and shows nothing itself.
fn is_hidden(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
