//! The desk at which enquiries arrive.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, RwLock};

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{Method, Request, Response, StatusCode};
use serde_json::json;

use crate::form::Contract;
use crate::form::judge::{self, Answer, Envelope, Photo, Sent, Verdict};
use crate::form::page::Filling;
use crate::form::{away, plain};
use crate::forms::definitions::{Definition, Definitions, Place};
use crate::forms::guard::{Whence, whence};
use crate::forms::limit::{Count, Limits};
use crate::forms::once::once;
use crate::forms::reply::{self, Refused};
use crate::forms::seal::{self, Keys, Sealed};
use crate::forms::taken::{Taken, is_doubtful};
use crate::forms::token::{self, Token};
use crate::forms::turnstile::Turnstile;
use crate::forms::uploads::{Picture, Unrenewed, Uploads};
use crate::forms::writer::{Unkept, Writer};
use crate::forms::{pages, read};
use crate::store::keys::{PublicKey, Purpose, Secret, random};
use crate::store::{Committed, Error, Notice, Store};
use crate::text::UrlPath;

const MINUTE: i64 = 60_000;

/// What helps where the site's pages and its forms here have other words.
pub const CURE: &str = "publish the site and start this anew, both from the same content";

/// Gives the finished page at a path of the site; `None` where there is none.
pub type Pages = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// What a desk is made of.
pub struct Options {
    /// The server's secret.
    pub secret: Secret,
    /// The clinic's public key.
    pub public: PublicKey,
    /// The site's finished pages.
    pub pages: Pages,
    /// Whether Turnstile is asked.
    pub turnstile: Option<Turnstile>,
    /// How many enquiries one network may send in ten minutes.
    pub per_network: u32,
    /// How many enquiries are taken in a minute from everyone together.
    pub per_minute: u32,
    /// Who is told of each enquiry.
    pub notices: Vec<Notice>,
    /// Whether mails have the answers.
    pub letters: bool,
    /// What takes enquiries, as it is kept with them: `serve` or `forms`.
    pub origin: String,
    /// The clock: milliseconds since 1970.
    pub clock: fn() -> i64,
    /// Tells whoever runs the server that something failed; never of an answer.
    pub tell: Box<dyn Fn(&str) + Send + Sync>,
}

/// Takes submissions.
pub struct Desk {
    definitions: RwLock<Arc<Definitions>>,
    options: Options,
    keys: Keys,
    limits: Limits,
    uploads: Uploads,
    writer: Writer,
    once: [u8; 32],
}

/// A submission whose answers are taken.
struct Accepted<'a> {
    envelope: &'a Envelope,
    answers: &'a [(String, Answer)],
    /// Its photographs as they were sent.
    photos: &'a [Photo],
    /// The same, made anew.
    pictures: Vec<Picture>,
}

/// What is wrong, and how it is answered where the page comes back.
struct Back<'a> {
    status: StatusCode,
    errors: &'a [(String, String)],
    sent: &'a Sent,
    /// The page that was sent from, as it says.
    page: Option<&'a str>,
}

impl Desk {
    /// Opens a desk that keeps in a store. `kept` is called after each commit, to send notices.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn open(
        definitions: Definitions,
        options: Options,
        store: Store,
        kept: impl Fn() + Send + 'static,
    ) -> std::io::Result<Self> {
        let limit = *options.secret.derive(Purpose::Limit);
        let limits = Limits::new(options.per_network, options.per_minute, limit);
        let once = *options.secret.derive(Purpose::Once);
        let writer = Writer::start(store, kept)?;
        let keys = Keys::new(options.public.clone());
        let definitions = RwLock::new(Arc::new(definitions));
        let uploads = Uploads::new();
        Ok(Self { definitions, options, keys, limits, uploads, writer, once })
    }

    /// Takes the forms of a site that changed.
    pub fn replace(&self, definitions: Definitions) {
        *self.definitions.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(definitions);
    }

    /// Gives the forms.
    pub fn definitions(&self) -> Arc<Definitions> {
        Arc::clone(&self.definitions.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Forgets what need not be remembered; call it now and then.
    pub fn tidy(&self) {
        self.limits.forget();
    }

    /// Answers a request to the endpoint from an address.
    pub async fn answer(&self, request: Request<Body>, from: IpAddr) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let wants_json = reply::wants_json(&parts.headers);
        let definitions = self.definitions();
        let refused = match definitions.find(parts.uri.path()) {
            Some(Place::Form(form)) => {
                match self.form(form, &definitions.origin, &parts, body, from).await {
                    Ok(answer) => return answer,
                    Err(refused) => {
                        let back = form.contract.page.as_deref().map(|it| form.of_site(it));
                        return refused.answer(
                            wants_json,
                            &form.contract.language,
                            back.as_deref(),
                        );
                    }
                }
            }
            Some(Place::Token(form)) if parts.method == Method::GET => return self.token(form),
            Some(Place::Token(_)) => Refused::new(StatusCode::METHOD_NOT_ALLOWED, "wrong-method"),
            _ => Refused::new(StatusCode::NOT_FOUND, "unknown-form"),
        };
        refused.answer(wants_json, "en", None)
    }

    fn token(&self, form: &Definition) -> Response<Body> {
        let now = (self.options.clock)();
        let token = token::issue(&self.options.secret, &form.contract.form, now);
        reply::json(StatusCode::OK, &json!({"token": token}))
    }

    async fn form(
        &self,
        form: &Definition,
        origin: &str,
        parts: &Parts,
        body: Body,
        from: IpAddr,
    ) -> Result<Response<Body>, Refused> {
        let contract = &form.contract;
        if parts.method != Method::POST {
            // Who reloads the page with errors, or opens its address again, is led back to the form.
            return match (&parts.method, &contract.page) {
                (&Method::GET | &Method::HEAD, Some(page)) => {
                    Ok(reply::see_other(&form.of_site(page)))
                }
                _ => Err(Refused::new(StatusCode::METHOD_NOT_ALLOWED, "wrong-method")),
            };
        }
        let whence = whence(&parts.headers, origin);
        let cross_site = Refused::new(StatusCode::FORBIDDEN, "cross-site");
        if whence == Whence::Elsewhere {
            return Err(cross_site);
        }
        if let Err(wait) = self.limits.count(Count::Try, &contract.form, from) {
            return Err(too_many(wait));
        }
        let received = read::body(&parts.headers, body, contract, &self.uploads).await?;
        let (envelope, sent) = judge::part(received.sent);
        let photos = received.photos;
        let now = (self.options.clock)();
        let wants_json = reply::wants_json(&parts.headers);
        let page = envelope.page.as_deref();
        let reworded = judge::is_reworded(contract, &envelope);
        let back = |status, errors: &[(String, String)]| match wants_json {
            true => reply::errors(status, errors),
            false => {
                let shown = judge::shown(contract, &envelope, sent.clone());
                let errors = judge::to_choose_again(contract, &photos, errors);
                self.back(form, &Back { status, errors: &errors, sent: &shown, page })
            }
        };
        let general = |refused: &Refused| {
            let (title, words) = refused.words();
            [(String::new(), format!("{title}. {words}"))]
        };
        let token = envelope.token.as_deref();
        let untimely = match token.map(|it| token::read(&self.options.secret, contract, it, now)) {
            None if whence == Whence::Unsaid => return Err(cross_site),
            Some(Token::Forged) => {
                return Err(Refused::new(StatusCode::BAD_REQUEST, "wrong-token"));
            }
            Some(Token::Young) => Some("too-fast"),
            Some(Token::Old) => Some("too-old"),
            None | Some(Token::Fine) => None,
        };
        if let Some(reason) = untimely {
            let refused = Refused::new(StatusCode::UNPROCESSABLE_ENTITY, reason);
            return Ok(back(refused.status, &general(&refused)));
        }
        let answers = match judge::judge(contract, &envelope, &sent, &photos) {
            Verdict::Refused(refusal) => {
                return Err(Refused::new(StatusCode::BAD_REQUEST, refusal.reason()));
            }
            Verdict::Faulty(errors) => {
                let answer = back(StatusCode::UNPROCESSABLE_ENTITY, &errors);
                if reworded {
                    self.tell_of_wording(form, &format!(
                        "an enquiry came from a page with other consent wording than the form `{}`, and has to be sent \
                         again; where this goes on, {CURE}",
                        contract.form
                    ));
                }
                return Ok(answer);
            }
            // Who fills traps is told nothing.
            Verdict::Trapped => return Ok(taken(form, wants_json, &id().unwrap_or_default())),
            Verdict::Accepted(answers) => answers,
        };
        let soon = |refused: Refused| {
            let mut answer = match wants_json {
                true => refused.answer(true, &contract.language, None),
                false => back(refused.status, &general(&refused)),
            };
            if let Some(wait) = refused.wait {
                answer.headers_mut().insert("retry-after", wait.into());
            }
            answer
        };
        if let Err(wait) = self.limits.count(Count::Sent, &contract.form, from) {
            return Ok(soon(too_many(wait)));
        }
        let pictures = match self.uploads.renew(&photos).await {
            Ok(pictures) => pictures,
            Err(Unrenewed::Refused(refused)) => return Ok(soon(refused)),
            Err(Unrenewed::Flawed(flaws)) => {
                let errors = judge::flawed(contract, &flaws);
                return Ok(back(StatusCode::UNPROCESSABLE_ENTITY, &errors));
            }
        };
        let accepted =
            Accepted { envelope: &envelope, answers: &answers, photos: &photos, pictures };
        match self.keep(form, accepted, now).await {
            Ok(id) => Ok(taken(form, wants_json, &id)),
            // Whatever the reason: the visitor must know that nothing was kept.
            Err(unkept) => {
                (self.options.tell)(&unkept.to_string());
                let refused = Refused::new(StatusCode::SERVICE_UNAVAILABLE, "not-kept");
                Ok(soon(Refused { wait: Some(30), ..refused }))
            }
        }
    }

    /// Seals an enquiry and keeps it; gives its id, the first one's where it came before.
    async fn keep(
        &self,
        form: &Definition,
        accepted: Accepted<'_>,
        now: i64,
    ) -> Result<String, Unkept> {
        let Accepted { envelope, answers, photos, pictures } = accepted;
        let contract = &form.contract;
        let id = id()?;
        let once = once(&self.once, contract, envelope, (answers, photos), now);
        let reason = match &self.options.turnstile {
            None => None,
            Some(turnstile) => {
                let (turnstile, form) = (turnstile.clone(), contract.form.clone());
                let response = envelope.turnstile.clone();
                let ask = move || turnstile.ask(response.as_deref(), &form, &once);
                let asked = tokio::task::spawn_blocking(ask);
                asked.await.unwrap_or(Some("turnstile: not reached"))
            }
        };
        let doubtful = || is_doubtful(answers.iter().map(|(_, answer)| answer));
        let reason = reason.or_else(|| doubtful().then_some("many addresses"));
        let sealed = Sealed {
            answers: answers.iter().cloned().collect::<BTreeMap<_, _>>(),
            consents: seal::agreed(contract, answers),
            page: page_of(envelope, contract),
            language: contract.language.clone(),
            received: now,
            contract: form.digest.hex(16),
            reason: None,
        };
        let taken = Taken {
            id: id.clone(),
            contract,
            digest: form.digest,
            sealed: &sealed,
            received: now,
            reason: reason.map(str::to_owned),
            once,
            origin: &self.options.origin,
            notices: &self.options.notices,
            pictures: &pictures,
            letters: self.options.letters,
        };
        let new = taken.seal(&*self.keys.current(now)?, &self.options.secret)?;
        match self.writer.keep(new).await? {
            Committed::New => Ok(id),
            Committed::Again(first) => Ok(first),
        }
    }

    /// The page that was sent from with what was written and what is wrong.
    fn back(&self, form: &Definition, back: &Back) -> Response<Body> {
        let contract = &form.contract;
        let named = back.page.and_then(UrlPath::new);
        let paths = named.iter().map(UrlPath::as_str).chain(contract.page.as_deref());
        let found =
            pages::find(&self.options.pages, contract, &form.action, form.site.as_ref(), paths);
        if let Some(why) = &found.why {
            self.tell_of_wording(form, &format!("{why}: {CURE}"));
        }
        let filling = Filling { sent: back.sent, errors: back.errors };
        let text = match found.page {
            Some(page) => page.fill(contract, filling),
            None => {
                let text = plain::of(contract, &form.action, filling);
                form.site.as_ref().map(|it| away::whole(&text, it)).unwrap_or(text)
            }
        };
        reply::own_page(back.status, text, form.site.as_ref(), form.turnstile)
    }

    /// Tells that pages and forms are of different words, once in a minute at most for each form.
    fn tell_of_wording(&self, form: &Definition, words: &str) {
        let now = (self.options.clock)();
        let last = form.told.load(Ordering::Relaxed);
        if !(last..last.saturating_add(MINUTE)).contains(&now) {
            form.told.store(now, Ordering::Relaxed);
            (self.options.tell)(words);
        }
    }
}

fn page_of(envelope: &Envelope, contract: &Contract) -> Option<String> {
    let named = envelope.page.as_deref().and_then(seal::page);
    named.map(str::to_owned).or_else(|| contract.page.clone())
}

/// A new name for an enquiry: 60 random bits in letters and digits that are not mistaken for others.
fn id() -> Result<String, Error> {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let letters = random::<12>()?.map(|byte| char::from(LETTERS[usize::from(byte) % 32]));
    let text: String = letters.iter().collect();
    Ok(format!("{}-{}-{}", &text[..4], &text[4..8], &text[8..]))
}

fn taken(form: &Definition, wants_json: bool, id: &str) -> Response<Body> {
    match wants_json {
        true => reply::json(StatusCode::OK, &json!({"ok": true, "id": id})),
        false => reply::see_other(&form.of_site(&form.contract.thanks)),
    }
}

fn too_many(wait: u64) -> Refused {
    Refused { wait: Some(wait), ..Refused::new(StatusCode::TOO_MANY_REQUESTS, "too-many") }
}
