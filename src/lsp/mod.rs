//! `galen lsp`: completes and underlines entries while they are typed, in any editor that speaks
//! the Language Server Protocol.
//!
//! 1. [`serve`] takes messages, all that have come before it answers with problems;
//! 2. `site` holds each site with what is not saved yet, and reads entries as a build does;
//! 3. `problems`, `complete` and `hover` answer; `cursor` and `slot` tell where the cursor is.

mod complete;
mod cursor;
mod hover;
mod place;
mod problems;
mod server;
mod site;
mod slot;
mod values;
mod words;

use std::path::PathBuf;

use gen_lsp_types::{
    CodeActionKind, CodeActionOptions, CompletionOptions, InitializeParams, InitializeResult,
    ServerCapabilities, ServerInfo, TextDocumentSyncKind, TextDocumentSyncOptions,
};
use lsp_server::{Connection, Message};

use crate::lsp::server::Server;

/// What a server is started with.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// The folder of the site; found from each file when absent.
    pub root: Option<PathBuf>,
    /// The moment for which the site is looked at; the present when absent.
    pub clock: Option<String>,
}

/// How a server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// By the protocol, or because the editor is gone.
    Well,
    /// It was told to exit before it was told to shut down.
    Abruptly,
}

/// Serves an editor until it ends the connection.
pub fn serve(connection: &Connection, setup: &Setup) -> Ended {
    let Ok((id, params)) = connection.initialize_start() else { return Ended::Well };
    let params: InitializeParams = serde_json::from_value(params).unwrap_or_default();
    let answer = serde_json::to_value(capabilities()).unwrap_or_default();
    if connection.initialize_finish(id, answer).is_err() {
        return Ended::Well;
    }
    let mut server = Server::new(connection, setup, &params);
    server.start(&params);
    while let Ok(message) = connection.receiver.recv() {
        if let Some(ended) = server.take(message) {
            return ended;
        }
        // What was typed meanwhile is taken first, so that nobody waits for old answers.
        while let Ok(message) = connection.receiver.try_recv() {
            if let Some(ended) = server.take(message) {
                return ended;
            }
        }
        server.publish();
    }
    Ended::Well
}

fn capabilities() -> InitializeResult {
    let characters = [":", " ", "-", "[", "{", ",", "/", "\""];
    InitializeResult {
        capabilities: ServerCapabilities {
            text_document_sync: Some(
                TextDocumentSyncOptions {
                    open_close: Some(true),
                    change: Some(TextDocumentSyncKind::Full),
                    save: Some(true.into()),
                    ..TextDocumentSyncOptions::default()
                }
                .into(),
            ),
            completion_provider: Some(CompletionOptions {
                trigger_characters: Some(characters.map(str::to_owned).to_vec()),
                ..CompletionOptions::default()
            }),
            hover_provider: Some(true.into()),
            code_action_provider: Some(
                CodeActionOptions {
                    code_action_kinds: Some(vec![CodeActionKind::QuickFix]),
                    ..CodeActionOptions::default()
                }
                .into(),
            ),
            ..ServerCapabilities::default()
        },
        server_info: Some(ServerInfo::new(
            "galen".to_owned(),
            Some(env!("CARGO_PKG_VERSION").to_owned()),
        )),
    }
}

/// Sends a message; an editor that is gone needs none, and ends the server at its next step.
fn send(connection: &Connection, message: impl Into<Message>) {
    let _ = connection.sender.send(message.into());
}
