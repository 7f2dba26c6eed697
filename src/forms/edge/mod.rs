//! The form endpoint as functions for hosts of static sites: ready folders for Cloudflare, Netlify and
//! AWS Lambda, whose program is the JavaScript beside this file.

use serde_json::json;

use crate::form::page::{self, Filling, Page};
use crate::form::{Contract, plain};
use crate::forms::reply;
use crate::text::url;

/// A host of functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// A Worker of Cloudflare, which serves the site too.
    Worker,
    /// A function of Cloudflare Pages.
    Pages,
    /// A function of Netlify.
    Netlify,
    /// AWS Lambda behind a function URL.
    Lambda,
}

impl Host {
    /// The hosts by the names that the command line has for them.
    pub const NAMES: [(&str, Self); 4] = [
        ("cloudflare", Self::Worker),
        ("pages", Self::Pages),
        ("netlify", Self::Netlify),
        ("lambda", Self::Lambda),
    ];
}

/// What functions need to know of a site.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// The site's origin, such as `https://clinic.example`.
    pub origin: &'a str,
    /// The path under which forms are sent, with the site's base path. `{form}` stands for the form's
    /// name, which otherwise comes last.
    pub endpoint: &'a str,
    /// The clinic's public key, `galen-key:…`.
    pub public_key: &'a str,
    /// The clinic's telephone, for when nothing can be kept.
    pub phone: Option<&'a str>,
    /// How many enquiries one network may send in ten minutes, where the host can count.
    pub per_network: u32,
    /// Whether pages have Turnstile's widget, whose answers the functions check.
    pub turnstile: bool,
    /// The day from which Cloudflare's runtime is taken, `2026-07-01`.
    pub day: &'a str,
}

/// The program, by the files' names.
const JUDGE: (&str, &str) = ("judge.mjs", include_str!("judge.mjs"));
const PAGE: (&str, &str) = ("page.mjs", include_str!("page.mjs"));
const SEAL: (&str, &str) = ("seal.mjs", include_str!("seal.mjs"));
const TURNSTILE: (&str, &str) = ("turnstile.mjs", include_str!("turnstile.mjs"));
const CORE: (&str, &str) = ("core.mjs", include_str!("core.mjs"));
const SINKS: (&str, &str) = ("sinks.mjs", include_str!("sinks.mjs"));
const CLOUDFLARE: (&str, &str) = ("cloudflare.mjs", include_str!("cloudflare.mjs"));
const NETLIFY: (&str, &str) = ("netlify.mjs", include_str!("netlify.mjs"));
const LAMBDA: (&str, &str) = ("lambda.mjs", include_str!("lambda.mjs"));
const SCHEMA: &str = include_str!("schema.sql");

/// What AWS's template has for Turnstile: a parameter, and the variable that it is for.
const PARAMETER: &str = "  TurnstileSecret: {Type: String, NoEcho: true, MinLength: 1, Description: The secret key of Turnstile's widget}\n";
const VARIABLE: &str = ", GALEN_TURNSTILE_SECRET: !Ref TurnstileSecret";

/// Says how a host is given the secret key of Turnstile's widget.
pub fn turnstile_secret(host: Host) -> &'static str {
    match host {
        Host::Worker => "`npx wrangler secret put GALEN_TURNSTILE_SECRET`",
        Host::Pages => "`npx wrangler pages secret put GALEN_TURNSTILE_SECRET`",
        Host::Netlify => "set `GALEN_TURNSTILE_SECRET`, for functions only",
        Host::Lambda => {
            "`sam deploy --guided` asks for it as `TurnstileSecret`, which becomes `GALEN_TURNSTILE_SECRET`"
        }
    }
}

fn secret_paragraph(host: Host) -> String {
    format!(
        "The pages have Turnstile's widget. The function needs its secret key, which Cloudflare shows beside the public one:\n\
         {}. Without it each enquiry is held to be looked at.\n\n",
        turnstile_secret(host)
    )
}

/// Gives the files of a folder that is ready for a host: paths and texts, in the order of the paths.
/// Each form comes with its page as [`cut`](crate::form::page::cut), or without, and then errors stand
/// on a plain page.
pub fn files(host: Host, forms: &[(Contract, Option<Page>)], site: Site) -> Vec<(String, String)> {
    let endpoint = endpoint(site.endpoint);
    // What comes before the form's name.
    let folder = endpoint.split("{form}").next().unwrap_or_default().trim_matches('/');
    let say = |text: &str| {
        let up = "../".repeat(folder.split('/').filter(|it| !it.is_empty()).count() + 1);
        let text = text.replace("{folder}", folder).replace("{day}", site.day);
        let checked = |text: &str| if site.turnstile { text.to_owned() } else { String::new() };
        text.replace("{up}", &up)
            .replace("{turnstile}", &checked(&secret_paragraph(host)))
            .replace("{turnstile parameter}\n", &checked(PARAMETER))
            .replace("{turnstile variable}", &checked(VARIABLE))
    };
    let (program, own): (&[_], Vec<(String, String)>) = match host {
        Host::Worker => (
            &[CLOUDFLARE],
            vec![
                ("README.md".to_owned(), say(include_str!("host/worker.md"))),
                ("schema.sql".to_owned(), SCHEMA.to_owned()),
                ("worker.mjs".to_owned(), say(include_str!("host/worker.js"))),
                ("wrangler.toml".to_owned(), say(include_str!("host/worker.toml"))),
            ],
        ),
        Host::Pages => (
            &[CLOUDFLARE],
            vec![
                ("README.md".to_owned(), say(include_str!("host/pages.md"))),
                (
                    format!("functions/{folder}/[[path]].js").replace("//", "/"),
                    say(include_str!("host/pages.js")),
                ),
                ("schema.sql".to_owned(), SCHEMA.to_owned()),
                ("wrangler.toml".to_owned(), say(include_str!("host/pages.toml"))),
            ],
        ),
        Host::Netlify => (
            &[NETLIFY, SINKS],
            vec![
                ("README.md".to_owned(), say(include_str!("host/netlify.md"))),
                ("netlify.toml".to_owned(), say(include_str!("host/netlify.toml"))),
                ("netlify/functions/forms.mjs".to_owned(), say(include_str!("host/netlify.js"))),
            ],
        ),
        Host::Lambda => (
            &[LAMBDA, SINKS],
            vec![
                ("README.md".to_owned(), say(include_str!("host/lambda.md"))),
                ("index.mjs".to_owned(), say(include_str!("host/lambda.js"))),
                ("template.yaml".to_owned(), say(include_str!("host/lambda.yaml"))),
            ],
        ),
    };
    let program = [JUDGE, PAGE, SEAL, TURNSTILE, CORE].iter().chain(program);
    let program = program.map(|(name, text)| (format!("galen/{name}"), (*text).to_owned()));
    let data = ("galen/forms.mjs".to_owned(), data(&endpoint, forms, site));
    let mut files: Vec<_> = program.chain([data]).chain(own).collect();
    files.sort();
    files
}

/// The path of forms with `{form}` in it, of an address or a path.
fn endpoint(endpoint: &str) -> String {
    let path = url::path(endpoint);
    match path.contains("{form}") {
        true => path.to_owned(),
        false => format!("{}/{{form}}", path.trim_end_matches('/')),
    }
}

/// The contracts and cut pages as a module. They are parsed from a text, because an object that is
/// written into a program takes some names, such as `__proto__`, for something else.
fn data(endpoint: &str, forms: &[(Contract, Option<Page>)], site: Site) -> String {
    let form = |(contract, page): &(Contract, Option<Page>)| {
        let action = endpoint.replace("{form}", &contract.form);
        let nothing = Filling { sent: &[], errors: &[] };
        // Where the form's page is not known, errors stand on a plain one.
        let page = page
            .clone()
            .or_else(|| page::cut(&plain::of(contract, &action, nothing), contract, &action));
        json!({"contract": contract, "digest": contract.digest().hex(16), "page": page})
    };
    let words =
        reply::WORDS.map(|(reason, title, words)| (reason.to_owned(), json!([title, words])));
    let settings = json!({
        "origin": site.origin,
        "endpoint": endpoint,
        "publicKey": site.public_key,
        "phone": site.phone,
        "limit": site.per_network,
        "turnstile": site.turnstile,
        "words": serde_json::Map::from_iter(words),
        "forms": forms.iter().map(form).collect::<Vec<_>>(),
    });
    let text = serde_json::to_string(&settings.to_string()).unwrap_or_default();
    format!(
        "// What Galen knows of the forms. Do not change it by hand: export it again.\nexport default JSON.parse({text});\n"
    )
}
