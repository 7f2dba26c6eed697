//! The feature tests: one file a feature.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::disallowed_methods, reason = "tests look at real files")]

mod check_command;
mod checks;
mod act;
mod against;
mod commands;
mod commonmark;
mod corpus;
mod data;
mod delivery;
mod determinism;
mod disk;
mod external;
mod forms;
mod forms_cli;
mod forms_clock;
mod forms_faults;
mod forms_judge;
mod forms_slow;
mod forms_turnstile;
mod forms_office;
mod golden;
mod gone;
mod incremental;
mod incremental_disk;
mod laws;
mod laws_disk;
mod lsp;
mod markdown;
mod minify;
mod notify;
mod pages;
mod parsing;
mod privacy;
mod problems;
mod publishing;
mod records;
mod sanitised;
mod schema;
mod serve;
mod serve_guard;
mod silent;
mod store;
mod store_files;
mod store_seal;
mod store_server;
mod support;
mod templates;
mod tools;
mod watch;
mod watch_commands;
mod widgets;
