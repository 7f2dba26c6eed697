//! Addresses that were left: the `aliases` of entries, and the settings file `redirects`.

use std::collections::BTreeSet;

use crate::content::Status;
use crate::content::value::{Object, Value};
use crate::diag::{Code, Diagnostic, SourceId, Span};
use crate::route::{Kind, Planner, Redirect};
use crate::text::{UrlPath, near, url};
use crate::yaml::{Document, Step};

/// A redirect that leads nowhere, or from where a page is.
pub const REDIRECT: Code = Code::new("route/redirect");

/// More redirects than the strictest host reads.
pub const TOO_MANY: Code = Code::new("route/too-many-redirects");

/// How many redirects without patterns Cloudflare reads from `_redirects`; it passes over the rest
/// (developers.cloudflare.com, Workers static assets and Pages). Netlify names no number below it.
const MOST: usize = 2000;

/// The field of an entry, and the settings file, that hold them.
const ALIASES: &str = "aliases";
const SETTINGS: &str = "redirects";

/// A redirect as someone wrote it.
struct Wish {
    from: String,
    to: String,
    temporary: bool,
    source: SourceId,
    from_span: Span,
    to_span: Span,
}

impl Planner<'_> {
    /// Plans every redirect; each must come from an address without a page and lead to one with.
    pub(crate) fn redirects(&mut self) {
        let mut wishes = self.aliases();
        wishes.extend(self.settings());
        let mut left: BTreeSet<UrlPath> =
            wishes.iter().filter_map(|it| address(&it.from)).collect();
        left.retain(|from| !self.plan.urls.contains_key(from));
        for wish in wishes {
            let Some(redirect) = self.checked(&wish, &left) else { continue };
            let source = wish.source;
            let kind = Kind::Redirect(redirect.clone());
            self.add(redirect.from.clone(), kind, &source);
            self.plan.redirects.insert(redirect.from.clone(), redirect);
        }
        if self.plan.redirects.len() > MOST {
            self.diagnostics.push(too_many(self.plan.redirects.len(), self.settings_source()));
        }
        // An address that leads on is none to link to.
        for from in self.plan.redirects.keys() {
            self.plan.urls.remove(from);
        }
    }

    fn aliases(&self) -> Vec<Wish> {
        let catalog = self.input.catalog;
        let mut wishes = Vec::new();
        for (id, to) in &self.plan.entries {
            let Some(entry) = catalog.entries.get(id) else { continue };
            if entry.status != Status::Published {
                continue;
            }
            let Value::List(aliases) = entry.fields.get(ALIASES) else { continue };
            for (at, alias) in aliases.iter().enumerate() {
                let Some(from) = alias.text() else { continue };
                let path = [Step::Key(ALIASES.into()), Step::Index(at)];
                let span = entry.document.value_span(&path);
                wishes.push(Wish {
                    from,
                    to: to.to_string(),
                    temporary: false,
                    source: entry.source.clone(),
                    from_span: span.clone(),
                    to_span: span,
                });
            }
        }
        wishes
    }

    fn settings(&self) -> Vec<Wish> {
        let Some(settings) = self.input.catalog.settings.get(SETTINGS) else { return Vec::new() };
        let Value::List(items) = settings.fields.get(SETTINGS) else { return Vec::new() };
        let mut wishes = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let Value::Object(item) = item else { continue };
            wishes.extend(wish(item, at, &settings.document));
        }
        wishes
    }

    fn settings_source(&self) -> Option<SourceId> {
        let settings = self.input.catalog.settings.get(SETTINGS)?;
        Some(settings.document.source().clone())
    }

    fn checked(&mut self, wish: &Wish, left: &BTreeSet<UrlPath>) -> Option<Redirect> {
        let Some(from) = address(&wish.from) else {
            self.diagnostics.push(not_an_address(&wish.from, wish.from_span.clone()));
            return None;
        };
        if self.plan.redirects.contains_key(&from) {
            self.diagnostics.push(twice(&from, wish.from_span.clone()));
            return None;
        }
        if let Some(route) = self.plan.urls.get(&from).and_then(|it| self.plan.routes.get(it)) {
            self.diagnostics.push(hidden(&from, &route.source, wish.from_span.clone()));
            return None;
        }
        let to = match self.target(&wish.to, left) {
            Ok(to) => to,
            Err((message, hint)) => {
                let error = Diagnostic::error(REDIRECT, message).at(wish.to_span.clone());
                self.diagnostics.push(error.maybe_help(hint));
                return None;
            }
        };
        Some(Redirect { from, to, temporary: wish.temporary })
    }

    /// Where a redirect leads, or why it leads nowhere.
    fn target(
        &self,
        to: &str,
        left: &BTreeSet<UrlPath>,
    ) -> Result<String, (String, Option<String>)> {
        if matches!(url::scheme(to).as_deref(), Some("https" | "http")) {
            return Ok(to.to_owned());
        }
        let end = to.find(['#', '?']).unwrap_or(to.len());
        let path = &to[..end];
        if address(path).is_some_and(|url| left.contains(&url)) {
            let message = format!("this redirect leads to `{path}`, which leads on itself");
            return Err((message, Some("name the address at the end of the way".to_owned())));
        }
        let known = UrlPath::new(path).filter(|url| self.plan.urls.contains_key(url));
        if known.is_some() {
            return Ok(to.to_owned());
        }
        let urls = self.plan.urls.keys().map(UrlPath::as_str);
        let hint = near::did_you_mean(path, urls)
            .unwrap_or_else(|| "write a page of this site, or an https:// address".to_owned());
        Err((format!("this redirect leads to `{path}`, where there is no page"), Some(hint)))
    }
}

fn wish(item: &Object, at: usize, document: &Document) -> Option<Wish> {
    let span = |key: &str| {
        document.value_span(&[Step::Key(SETTINGS.into()), Step::Index(at), Step::Key(key.into())])
    };
    let text = |key: &str| item.get(key).text();
    Some(Wish {
        from: text("from")?,
        to: text("to")?,
        temporary: *item.get("temporary") == Value::Bool(true),
        source: document.source().clone(),
        from_span: span("from"),
        to_span: span("to"),
    })
}

/// The address of a page as hosts see it: `/old` and `/old/` are one, `/old.html` is another.
fn address(path: &str) -> Option<UrlPath> {
    let last = path.rsplit('/').next().unwrap_or_default();
    match last.is_empty() || last.contains('.') {
        true => UrlPath::new(path),
        false => UrlPath::new(&format!("{path}/")),
    }
    .filter(|url| url.as_str() != "/")
}

fn not_an_address(from: &str, span: Span) -> Diagnostic {
    let error = Diagnostic::error(REDIRECT, format!("`{from}` cannot be an address to redirect"));
    let help = match from.contains('*') {
        true => "write one line for each address: hosts differ in what a `*` means",
        false => "write the path it had on this site, from its root, such as `/old-page/`",
    };
    error.at(span).help(help)
}

fn hidden(from: &UrlPath, source: &SourceId, span: Span) -> Diagnostic {
    Diagnostic::error(REDIRECT, format!("there is a page at `{from}`, which this would hide"))
        .at(span)
        .also(Span::file(source), "the page is made from this")
        .help("remove the redirect, or give the page another address")
}

fn twice(from: &UrlPath, span: Span) -> Diagnostic {
    Diagnostic::error(REDIRECT, format!("`{from}` is redirected twice"))
        .at(span)
        .help("keep one of the two")
}

fn too_many(count: usize, settings: Option<SourceId>) -> Diagnostic {
    let message = format!("there are {count} redirects, and Cloudflare reads {MOST} of them");
    let warning = Diagnostic::warning(TOO_MANY, message);
    match settings {
        Some(source) => warning.at(Span::file(&source)),
        None => warning,
    }
    .help("remove those that nobody follows any more; the rest still lead on as pages of their own")
}
