//! The server's state, and what it does with each message.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gen_lsp_types::{
    CodeActionParams, CodeActionResponse, CompletionParams, DidChangeTextDocumentParams,
    DidChangeWatchedFilesParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    DidSaveTextDocumentParams, HoverParams, InitializeParams, LogMessageParams, MessageType,
    Position, PublishDiagnosticsParams, ShowMessageParams,
    TextDocumentContentChangeEvent as Change, Uri,
};
use lsp_server::{
    Connection, ErrorCode, Message, Notification, Request, RequestId, Response, ResponseError,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::config;
use crate::lsp::complete::{self, Typed};
use crate::lsp::place::{self, Lines};
use crate::lsp::problems::{self, Problem};
use crate::lsp::site::Site;
use crate::lsp::{Ended, Setup, hover, send};
use crate::text::RelPath;
use crate::vfs::Disk;

/// An open file of a site.
struct Document {
    uri: Uri,
    /// The site's folder.
    root: PathBuf,
    path: RelPath,
    text: Arc<str>,
    version: i32,
    /// What was published of it.
    problems: Vec<Problem>,
    /// Whether that may be no longer true.
    stale: bool,
}

/// The server's state.
pub(crate) struct Server<'a> {
    connection: &'a Connection,
    setup: &'a Setup,
    snippets: bool,
    documents: BTreeMap<String, Document>,
    sites: BTreeMap<PathBuf, Site>,
    /// Whether it was said that there is no site.
    said_no_site: bool,
    /// Whether it was said that a site cannot be read.
    said_unreadable: bool,
    shut_down: bool,
}

type Answer = Result<Value, ResponseError>;

impl<'a> Server<'a> {
    /// Starts with no file open.
    pub(crate) fn new(
        connection: &'a Connection,
        setup: &'a Setup,
        params: &InitializeParams,
    ) -> Self {
        let completion = params.capabilities.text_document.as_ref();
        let completion = completion.and_then(|it| it.completion.as_ref()?.completion_item.as_ref());
        Self {
            connection,
            setup,
            snippets: completion.and_then(|it| it.snippet_support).unwrap_or(false),
            documents: BTreeMap::new(),
            sites: BTreeMap::new(),
            said_no_site: false,
            said_unreadable: false,
            shut_down: false,
        }
    }

    /// Asks to be told of files that change outside of the editor, where it can tell.
    pub(crate) fn start(&self, params: &InitializeParams) {
        let workspace = params.capabilities.workspace.as_ref();
        let watched = workspace.and_then(|it| it.did_change_watched_files.as_ref());
        if watched.and_then(|it| it.dynamic_registration) != Some(true) {
            return;
        }
        let globs = ["**/galen.yaml", "**/content/**", "**/themes/**"];
        let watchers = globs.map(|glob| json!({"globPattern": glob}));
        let method = "workspace/didChangeWatchedFiles";
        let options = json!({"watchers": watchers});
        let one = json!({"id": "files", "method": method, "registerOptions": options});
        let id = RequestId::from("files".to_owned());
        let params = json!({"registrations": [one]});
        send(self.connection, Request::new(id, "client/registerCapability".to_owned(), params));
    }

    /// Takes one message; says how the server ends when it does.
    pub(crate) fn take(&mut self, message: Message) -> Option<Ended> {
        match message {
            Message::Request(request) => {
                let response_result = self.answer(&request);
                send(self.connection, Response { id: request.id, response_result });
            }
            Message::Notification(it) if it.method == "exit" => {
                return Some(if self.shut_down { Ended::Well } else { Ended::Abruptly });
            }
            Message::Notification(notification) => self.hear(notification),
            Message::Response(_) => (),
        }
        None
    }

    fn answer(&mut self, request: &Request) -> Answer {
        if self.shut_down {
            return Err(refusal(ErrorCode::InvalidRequest, "the server was shut down"));
        }
        let params = request.params.clone();
        match request.method.as_str() {
            "shutdown" => {
                self.shut_down = true;
                Ok(Value::Null)
            }
            "textDocument/completion" => {
                let params: CompletionParams = read(params)?;
                let at = &params.text_document_position_params;
                self.guarded(|it| it.complete(&at.text_document.uri, at.position))
            }
            "textDocument/hover" => {
                let params: HoverParams = read(params)?;
                let at = &params.text_document_position_params;
                self.guarded(|it| it.hover(&at.text_document.uri, at.position))
            }
            "textDocument/codeAction" => {
                let params: CodeActionParams = read(params)?;
                self.guarded(|it| it.corrections(&params))
            }
            other => Err(refusal(ErrorCode::MethodNotFound, &format!("`{other}` is not known"))),
        }
    }

    fn hear(&mut self, notification: Notification) {
        let params = notification.params;
        let heard = match notification.method.as_str() {
            "textDocument/didOpen" => read(params).map(|it| self.opened(it)),
            "textDocument/didChange" => read(params).map(|it| self.changed(it)),
            "textDocument/didSave" => read(params).map(|it| self.saved(&it)),
            "textDocument/didClose" => read(params).map(|it| self.closed(&it)),
            "workspace/didChangeWatchedFiles" => read(params).map(|it| self.touched(&it)),
            _ => Ok(()),
        };
        // A notification has no answer.
        if let Err(error) = heard {
            self.log(&format!("`{}`: {}", notification.method, error.message));
        }
    }

    fn opened(&mut self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        let Some(place) = place::path(&document.uri) else { return };
        let Some(root) = self.root_of(&place) else { return self.say_no_site(&place) };
        let clock = self.setup.clock.clone();
        let site =
            self.sites.entry(root.clone()).or_insert_with(|| Site::open(root.clone(), clock));
        let Some(path) = site.path(&place).filter(is_of_site) else { return };
        let (uri, text) = (document.uri, document.text.into());
        let name = uri.0.clone();
        let (version, problems) = (document.version, Vec::new());
        let opened = Document { uri, root, path, text, version, problems, stale: true };
        self.documents.insert(name.clone(), opened);
        self.overlay(&name);
    }

    fn changed(&mut self, params: DidChangeTextDocumentParams) {
        let name = params.text_document.text_document_identifier.uri.0;
        let Some(document) = self.documents.get_mut(&name) else { return };
        for change in params.content_changes {
            document.text = match change {
                Change::TextDocumentContentChangeWholeDocument(whole) => whole.text.into(),
                Change::TextDocumentContentChangePartial(part) => {
                    let lines = Lines::new(&document.text);
                    let start = lines.offset(part.range.start);
                    let end = lines.offset(part.range.end).max(start);
                    let (before, after) = (&document.text[..start], &document.text[end..]);
                    format!("{before}{}{after}", part.text).into()
                }
            };
        }
        document.version = params.text_document.version;
        document.stale = true;
        self.overlay(&name);
    }

    fn saved(&mut self, params: &DidSaveTextDocumentParams) {
        let Some(document) = self.documents.get(&params.text_document.uri.0) else { return };
        let root = document.root.clone();
        self.look_again(&root);
    }

    fn closed(&mut self, params: &DidCloseTextDocumentParams) {
        let Some(document) = self.documents.remove(&params.text_document.uri.0) else { return };
        if let Some(site) = self.sites.get_mut(&document.root)
            && site.close(&document.path, &document.text)
        {
            self.look_again(&document.root);
        }
        let params =
            PublishDiagnosticsParams { uri: document.uri, version: None, diagnostics: Vec::new() };
        self.notify("textDocument/publishDiagnostics", params);
    }

    /// Files changed outside of the editor; what is open is known better here.
    fn touched(&mut self, params: &DidChangeWatchedFilesParams) {
        let changes = params.changes.iter().filter(|it| !self.documents.contains_key(&it.uri.0));
        let places: Vec<PathBuf> = changes.filter_map(|it| place::path(&it.uri)).collect();
        let touched = |root: &&PathBuf| places.iter().any(|place| place.starts_with(root));
        let roots: Vec<PathBuf> = self.sites.keys().filter(touched).cloned().collect();
        roots.iter().for_each(|root| self.look_again(root));
    }

    /// Puts the text of an open file over the site; has others looked at that may depend on it.
    fn overlay(&mut self, name: &str) {
        let Some(document) = self.documents.get(name) else { return };
        let Some(site) = self.sites.get_mut(&document.root) else { return };
        if site.set(&document.path, &document.text) {
            let root = document.root.clone();
            self.look_again(&root);
        }
    }

    fn look_again(&mut self, root: &Path) {
        if let Some(site) = self.sites.get_mut(root) {
            site.forget();
        }
        let documents = self.documents.values_mut().filter(|it| it.root == root);
        documents.for_each(|it| it.stale = true);
    }

    /// Publishes the problems of every file whose problems may have changed.
    pub(crate) fn publish(&mut self) {
        let stale = self.documents.iter().filter(|(_, it)| it.stale).map(|(name, _)| name.clone());
        for name in stale.collect::<Vec<_>>() {
            // One that cannot be looked at is left as it is until it changes again.
            let _ = self.guarded(|it| it.publish_one(&name));
        }
    }

    fn publish_one(&mut self, name: &str) -> Option<Value> {
        let document = self.documents.get_mut(name)?;
        document.stale = false;
        let site = self.sites.get_mut(&document.root)?;
        document.problems = problems::find(site, (&document.uri, &document.path), &document.text);
        let unreadable = site.model().is_none();
        let params = PublishDiagnosticsParams {
            uri: document.uri.clone(),
            version: Some(document.version),
            diagnostics: document.problems.iter().map(|it| it.shown.clone()).collect(),
        };
        if unreadable && !self.said_unreadable {
            let message = "Galen: entries are not checked while `galen.yaml` or \
                           `content/schema.yml` cannot be used; `galen build` says why";
            self.say(MessageType::Warning, message);
        }
        self.said_unreadable = unreadable;
        self.notify("textDocument/publishDiagnostics", params);
        None
    }

    fn complete(&mut self, uri: &Uri, position: Position) -> Option<Value> {
        self.typed(uri, |typed| {
            let found = complete::at(typed, typed.lines.offset(position));
            serde_json::to_value(found).ok()
        })
    }

    fn hover(&mut self, uri: &Uri, position: Position) -> Option<Value> {
        self.typed(uri, |typed| {
            let found = hover::at(typed, typed.lines.offset(position))?;
            serde_json::to_value(found).ok()
        })
    }

    fn corrections(&mut self, params: &CodeActionParams) -> Option<Value> {
        // What is underlined must be what is there now.
        self.publish();
        let document = self.documents.get(&params.text_document.uri.0)?;
        let found = problems::corrections(&document.problems, &document.uri, params.range);
        let found: Vec<CodeActionResponse> = found.into_iter().map(Into::into).collect();
        serde_json::to_value(found).ok()
    }

    fn typed(&mut self, uri: &Uri, answer: impl FnOnce(Typed) -> Option<Value>) -> Option<Value> {
        let document = self.documents.get(&uri.0)?;
        let model = self.sites.get_mut(&document.root)?.model()?;
        let (path, text, snippets) = (&document.path, &*document.text, self.snippets);
        answer(Typed { model, path, text, lines: &Lines::new(text), snippets })
    }

    fn root_of(&self, place: &Path) -> Option<PathBuf> {
        match &self.setup.root {
            Some(root) => place.starts_with(root).then(|| root.clone()),
            None => Disk::above(place.parent()?, config::FILE),
        }
    }

    /// Does something, and lives on if it is Galen's fault that it cannot be done.
    fn guarded(&mut self, act: impl FnOnce(&mut Self) -> Option<Value>) -> Answer {
        match catch_unwind(AssertUnwindSafe(|| act(self))) {
            Ok(value) => Ok(value.unwrap_or(Value::Null)),
            Err(_) => {
                self.log("this is a fault of Galen: please report it with the file that is open");
                Err(refusal(ErrorCode::InternalError, "this is a fault of Galen"))
            }
        }
    }

    fn say_no_site(&mut self, place: &Path) {
        if std::mem::replace(&mut self.said_no_site, true) {
            return;
        }
        let folder = place.parent().unwrap_or(place).display();
        let message = format!(
            "Galen: there is no `{}` in `{folder}` or above it, so this file is in no site and \
             is not checked",
            config::FILE,
        );
        self.say(MessageType::Info, &message);
    }

    fn say(&self, kind: MessageType, message: &str) {
        self.notify("window/showMessage", ShowMessageParams { kind, message: message.to_owned() });
    }

    fn log(&self, message: &str) {
        let params = LogMessageParams { kind: MessageType::Error, message: message.to_owned() };
        self.notify("window/logMessage", params);
    }

    fn notify(&self, method: &str, params: impl serde::Serialize) {
        send(self.connection, Notification::new(method.to_owned(), params));
    }
}

/// Whether a file bears on what is built.
fn is_of_site(path: &RelPath) -> bool {
    path.as_str() == config::FILE
        || ["content", "themes"].iter().any(|folder| path.below(folder).is_some())
}

fn read<T: DeserializeOwned>(params: Value) -> Result<T, ResponseError> {
    serde_json::from_value(params)
        .map_err(|error| refusal(ErrorCode::InvalidParams, &error.to_string()))
}

fn refusal(code: ErrorCode, message: &str) -> ResponseError {
    ResponseError { code: code as i32, message: message.to_owned(), data: None }
}
