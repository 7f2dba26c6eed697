//! `forms:` of `galen.yaml`: where enquiries are sent, to whom they are sealed, who is told.

use crate::yaml::Table;

/// Where the script and the frame of Turnstile are from, and where its answers are checked.
pub const TURNSTILE: &str = "https://challenges.cloudflare.com";

/// What a site says of its forms. Passwords are never here: they come from the environment.
#[derive(Clone, Debug, Default)]
pub struct Forms {
    /// Where forms send what is filled in; forms cannot be sent without.
    pub endpoint: Option<String>,
    /// The clinic's public key as text, to which answers are sealed.
    pub public_key: Option<String>,
    /// To whom mails of new enquiries go.
    pub mail_to: Vec<String>,
    /// From whom they come.
    pub mail_from: Option<String>,
    /// Whether these mails have the answers, which e-mail does not keep private.
    pub mail_answers: bool,
    /// What is told of new enquiries over HTTPS.
    pub webhooks: Vec<String>,
    /// How many enquiries one network may send in ten minutes; 5 where nothing is said.
    pub per_network: Option<u32>,
    /// How many enquiries are taken in a minute from everyone together; 120 where nothing is said.
    pub per_minute: Option<u32>,
    /// Turnstile's public key, which pages show; its check is off without.
    pub turnstile: Option<String>,
}

impl Forms {
    /// Reads the table.
    pub(crate) fn read(table: Table) -> Self {
        let endpoint = table.text("endpoint").filter(|endpoint| {
            let fine = endpoint.starts_with('/') || endpoint.starts_with("https://");
            if !fine {
                let help = "write a path of this site such as `/api/forms`, or an https:// address";
                table.refuse(
                    "endpoint",
                    format!("`{endpoint}` is not where a form can be sent"),
                    help,
                );
            }
            fine
        });
        let webhooks = table.texts("webhooks").unwrap_or_default();
        if let Some(bad) = webhooks.iter().find(|it| !it.starts_with("https://")) {
            let help = "write an https:// address: what goes over http:// can be read on the way";
            table.refuse("webhooks", format!("`{bad}` cannot be told of enquiries"), help);
        }
        let count = |key| {
            let number = table.integer(key)?;
            let fine = u32::try_from(number).ok().filter(|it| *it > 0);
            if fine.is_none() {
                table.refuse(key, format!("`{key}` is {number}"), "write a number above 0");
            }
            fine
        };
        let (per_network, per_minute) = (count("per_network"), count("per_minute"));
        let mail = table.table("mail", "`mail`");
        let mail_to = mail.as_ref().and_then(|it| it.texts("to")).unwrap_or_default();
        let mail_from = mail.as_ref().and_then(|it| it.text("from"));
        let mail_answers = mail.as_ref().and_then(|it| it.bool("answers")).unwrap_or(false);
        if let Some(mail) = &mail
            && (mail_to.is_empty() || mail_from.is_none())
        {
            let help = "write `to:` with a list of addresses and `from:` with one";
            mail.refuse("to", "mails need someone to go to and someone to come from", help);
        }
        let public_key = table.text("public_key");
        let turnstile = table.text("turnstile");
        mail.into_iter().for_each(Table::finish);
        table.finish();
        Self {
            endpoint,
            public_key,
            mail_to,
            mail_from,
            mail_answers,
            webhooks,
            per_network,
            per_minute,
            turnstile,
        }
    }

    /// Gives the address to which a form sends on a site that lies under `base`; `None` where nothing
    /// can be sent.
    pub fn action(&self, form: &str, base: &str) -> Option<String> {
        let endpoint = self.endpoint.as_ref()?;
        let base = if endpoint.starts_with('/') { base } else { "" };
        Some(match endpoint.contains("{form}") {
            true => format!("{base}{}", endpoint.replace("{form}", form)),
            false => format!("{base}{}/{form}", endpoint.trim_end_matches('/')),
        })
    }
}
