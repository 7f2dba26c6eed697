//! `galen.yaml` and the options of a build, checked and with their defaults.

mod forms;

pub use forms::{Forms, TURNSTILE};

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::diag::{Code, Diagnostic, Diagnostics, SourceId, Span};
use crate::policy::Policy;
use crate::text::{RelPath, date, near};
use crate::vfs::Tree;
use crate::yaml::table::Codes;
use crate::yaml::{self, Limits, Table, Value};

/// There is no `galen.yaml`.
pub const NO_CONFIG: Code = Code::new("config/missing");
/// A key that `galen.yaml` does not have.
pub const UNKNOWN_KEY: Code = Code::new("config/unknown-key");
/// A value that does not fit its key.
pub const VALUE: Code = Code::new("config/value");

/// An address on the command line that is not one of a site.
pub const BASE_URL: Code = Code::new("config/base-url");

/// The file's name, at the root of a site.
pub const FILE: &str = "galen.yaml";

/// What `galen.yaml` says.
#[derive(Clone, Debug)]
pub struct Config {
    /// The site's address: scheme and host, no slash at the end. Empty parts of a path follow in
    /// `base_path`.
    pub origin: String,
    /// The path under which the site is served, without a slash at its end: `` or `/clinic`.
    pub base_path: String,
    /// The site's language, as in HTML's `lang`: `en-GB`.
    pub language: String,
    /// The zone in which dates without one are read.
    pub zone: TimeZone,
    /// The zone's name.
    pub zone_name: String,
    /// The theme's name.
    pub theme: String,
    /// The theme's options as written, with their places.
    pub theme_options: BTreeMap<Arc<str>, (Value, Span)>,
    /// Where `theme` stands, for messages about it.
    pub theme_span: Span,
    /// Whether quotes and dashes are made typographic.
    pub smart_punctuation: bool,
    /// Whether templates and stylesheets are made small.
    pub minify: bool,
    /// Whether the JSON API is written.
    pub api: bool,
    /// HTTP headers that replace or join Galen's own; absent ones are left out.
    pub headers: BTreeMap<String, Option<String>>,
    /// What becomes of what is filled in on pages.
    pub forms: Forms,
    /// What findings count for.
    pub checks: Policy,
}

impl Config {
    /// Gives the site another address; `None` when it is none, which has been reported.
    pub fn move_to(&mut self, url: &str, diagnostics: &mut Diagnostics) -> Option<()> {
        let Some((origin, base_path)) = split_address(url) else {
            let message = format!("`--base-url`: `{url}` is not the address of a site");
            let help = "write it as in `https://preview.clinic.example`";
            diagnostics.push(Diagnostic::error(BASE_URL, message).help(help));
            return None;
        };
        (self.origin, self.base_path) = (origin, base_path);
        Some(())
    }
}

/// What a build is asked for, apart from the site's files.
#[derive(Clone, Debug)]
pub struct Options {
    /// The moment for which the site is built.
    pub now: Timestamp,
    /// Whether drafts are built as if they were published.
    pub drafts: bool,
}

/// Reads the clock: the one place that does.
#[expect(clippy::disallowed_methods, reason = "config is where the clock is read")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// Reads `galen.yaml`. `None` when the site cannot be built by it, which has been reported.
pub fn read(tree: &Tree, diagnostics: &mut Diagnostics) -> Option<Config> {
    let Some(source) = tree.get(FILE) else {
        diagnostics.push(no_config());
        return None;
    };
    let text = source.text(diagnostics)?;
    let document = yaml::parse(&source.path.source(), text, 0, Limits::FILE, diagnostics)?;
    let found = RefCell::new(Diagnostics::new());
    let codes = Codes { unknown: UNKNOWN_KEY, value: VALUE };
    let table = Table::root(&document, "galen.yaml", codes, &found);
    let config = config(&table);
    table.finish();
    let found = found.into_inner();
    let failed = found.has_errors();
    diagnostics.extend(found);
    config.filter(|_| !failed)
}

/// Reads a moment given on the command line.
///
/// # Errors
/// Says what is expected when it is neither a date nor a moment.
pub fn clock(text: &str, zone: &TimeZone) -> Result<Timestamp, String> {
    let wanted = "a date such as 2026-12-01, or a moment such as 2026-12-01T09:00";
    date::moment(text, zone).ok_or_else(|| format!("`{text}` is not {wanted}"))
}

/// Finds a time zone by its name: in the system's own file of it, or else in jiff's way, which first
/// looks at the files of all time zones.
#[expect(clippy::disallowed_methods, reason = "it is a file of the system, not of the site")]
fn time_zone(name: &str) -> Option<TimeZone> {
    let own = || {
        let path = RelPath::new(name).filter(|_| std::env::var_os("TZDIR").is_none())?;
        // These folders have all zones once more, with seconds counted otherwise.
        (!name.starts_with("posix/") && !name.starts_with("right/")).then_some(())?;
        let bytes = std::fs::read(format!("/usr/share/zoneinfo/{path}")).ok()?;
        TimeZone::tzif(name, &bytes).ok()
    };
    own().or_else(|| TimeZone::get(name).ok())
}

fn config(table: &Table) -> Option<Config> {
    let address = table.required("base_url").and_then(|url| base_url(&url, table));
    let zone_name = table.text("timezone").unwrap_or_else(|| "UTC".to_owned());
    let zone = time_zone(&zone_name);
    if zone.is_none() {
        let message = format!("`{zone_name}` is not a time zone");
        let names: Vec<String> = jiff::tz::db().available().map(|it| it.to_string()).collect();
        let hint = near::did_you_mean(&zone_name, names.iter().map(String::as_str));
        let hint = hint.unwrap_or_else(|| "write it as in `Europe/London`".to_owned());
        table.refuse("timezone", message, &hint);
    }
    let theme = theme(table);
    let markdown = table.table("markdown", "`markdown`");
    let smart_punctuation =
        markdown.as_ref().and_then(|it| it.bool("smart_punctuation")).unwrap_or(true);
    let forms = table.table("forms", "`forms`").map(Forms::read).unwrap_or_default();
    let minify = table.bool("minify").unwrap_or(true);
    let api = table.bool("api").unwrap_or(true);
    let headers = headers(table);
    let checks = table.table("checks", "`checks`").map(Policy::read).unwrap_or_default();
    markdown.into_iter().for_each(Table::finish);
    let language = language(table);
    // Everything has been looked at, so that all problems are told; now it must be there.
    let (origin, base_path) = address?;
    let (theme, theme_options) = theme?;
    Some(Config {
        origin,
        base_path,
        language,
        zone: zone.unwrap_or(TimeZone::UTC),
        zone_name,
        theme,
        theme_options,
        theme_span: table.value_span("theme"),
        smart_punctuation,
        minify,
        api,
        headers,
        forms,
        checks,
    })
}

/// Reads `headers: {Name: value}`; the value `off` leaves a header out.
fn headers(table: &Table) -> BTreeMap<String, Option<String>> {
    // A line of `_headers` may have 2,000 characters (Cloudflare, November 2026).
    const LONGEST: usize = 1900;
    let Some(table) = table.table("headers", "`headers`") else { return BTreeMap::new() };
    let mut headers = BTreeMap::new();
    for (name, value, _) in table.entries() {
        let value = match value {
            Value::String(text) => text.as_str(),
            Value::Bool(false) => "off",
            _ => "",
        };
        let named =
            !name.is_empty() && name.chars().all(|it| it.is_ascii_alphanumeric() || it == '-');
        let fine = (1..=LONGEST).contains(&value.len())
            && value.chars().all(|it| (' '..='~').contains(&it));
        if !named || !fine {
            let message = format!("`{name}` is not a header with a value of one line");
            let error = Diagnostic::error(VALUE, message).at(table.value_span(&name));
            table.report(
                error.help("write it as in `X-Frame-Options: DENY`, or `off` to leave it out"),
            );
            continue;
        }
        if let Some(hint) = near::did_you_mean(&name, HEADERS).filter(|_| !is_header(&name)) {
            let message = format!("no browser knows the header `{name}`");
            let warning = Diagnostic::warning(VALUE, message).at(table.key_span(&name));
            table.report(warning.help(hint));
        }
        headers.insert(name.to_string(), (value != "off").then(|| value.to_owned()));
    }
    headers
}

/// The headers that sites set for browsers.
const HEADERS: [&str; 16] = [
    "Access-Control-Allow-Origin",
    "Cache-Control",
    "Content-Security-Policy",
    "Content-Security-Policy-Report-Only",
    "Content-Type",
    "Cross-Origin-Embedder-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Link",
    "Permissions-Policy",
    "Referrer-Policy",
    "Strict-Transport-Security",
    "Vary",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "X-Robots-Tag",
];

fn is_header(name: &str) -> bool {
    HEADERS.iter().any(|it| it.eq_ignore_ascii_case(name))
}

/// What is doubtful about an address that a site has for readers.
fn doubt(origin: &str) -> Option<&'static str> {
    let host = origin.split_once("//").map_or(origin, |(_, host)| host);
    let host = host.split(':').next().unwrap_or_default();
    let domain = host.strip_prefix("www.").unwrap_or(host);
    match domain {
        "localhost" | "127.0.0.1" => Some("is this computer only"),
        "example.com" | "example.org" | "example.net" | "yourdomain.com" => Some("is an example"),
        _ if !host.contains('.') => Some("has no ending such as `.org`"),
        _ => None,
    }
}

fn base_url(url: &str, table: &Table) -> Option<(String, String)> {
    let split = split_address(url);
    if let Some(doubt) = split.as_ref().and_then(|(origin, _)| doubt(origin)) {
        let message =
            format!("`{url}` {doubt}, and readers, feeds and search engines are sent there");
        let warning = Diagnostic::warning(VALUE, message).at(table.value_span("base_url"));
        table.report(warning.help("write the address at which readers find the site; for a preview, build with `--base-url`"));
    }
    if split.is_none() {
        let message = format!("`{url}` is not the address of a site");
        table.refuse("base_url", message, "write it as in `https://www.clinic.example`");
    }
    split
}

/// Splits an address into scheme with host, and path; `None` when it is not one.
fn split_address(url: &str) -> Option<(String, String)> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let scheme = &url[..url.len() - rest.len()];
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let path = path.trim_end_matches('/');
    let fine = |char: char| char.is_ascii_alphanumeric() || "-._~/:[]".contains(char);
    let tidy =
        !host.is_empty() && !host.ends_with(':') && host.chars().chain(path.chars()).all(fine);
    let path = if path.is_empty() { String::new() } else { format!("/{path}") };
    tidy.then(|| (format!("{scheme}{host}"), path))
}

fn language(table: &Table) -> String {
    let language = table.text("language").unwrap_or_else(|| "en".to_owned());
    let fine = |part: &str| {
        (1..=8).contains(&part.len()) && part.chars().all(|char| char.is_ascii_alphanumeric())
    };
    let first = language.split('-').next().unwrap_or_default();
    let known = (2..=3).contains(&first.len()) && first.chars().all(|it| it.is_ascii_alphabetic());
    if !known || !language.split('-').all(fine) {
        let message = format!("`{language}` is not a language");
        table.refuse("language", message, "write it as in `en-GB`, `de` or `pt-BR`");
    }
    language
}

type ThemeChoice = (String, BTreeMap<Arc<str>, (Value, Span)>);

/// Reads `theme: name`, or `theme: {name: …, options: {…}}`.
fn theme(table: &Table) -> Option<ThemeChoice> {
    let Some(Value::Mapping(_)) = table.value("theme") else {
        return Some((table.required("theme")?, BTreeMap::new()));
    };
    let theme = table.table("theme", "`theme`")?;
    let name = theme.required("name");
    let options = theme.table("options", "`options`");
    let options = options.map(|options| {
        let entries = options.entries().into_iter();
        entries
            .map(|(key, value, _)| {
                let span = options.key_span(&key);
                (key, (value.clone(), span))
            })
            .collect()
    });
    theme.finish();
    Some((name?, options.unwrap_or_default()))
}

fn no_config() -> Diagnostic {
    let message = format!("there is no `{FILE}` here, so this folder is not a Galen site");
    Diagnostic::error(NO_CONFIG, message)
        .at(Span::file(&SourceId::new(FILE)))
        .help("go to the folder of your site, or name it: `galen -C my-clinic build`")
}
