//! Galen turns a clinic's Markdown guides into its static site.
//!
//! The list below is the map, from the ground up: a module imports only modules above it
//! (`tests/tidy.rs`). [`build`](build::build) is the pipeline.

// Problems: codes, places, wording, printing.
pub mod diag;
// Small pure helpers: slugs, dates, paths, addresses, digests.
pub mod text;
// YAML: the gate, the parse with positions.
pub mod yaml;
// HTML as small as it may be: escaping, attributes.
pub mod html;
// The site's files: disk or memory, read once into a tree.
pub mod vfs;
// How much each finding counts: by galen.yaml, and by waivers in the files.
pub mod policy;
// `galen.yaml` and build options, checked, with defaults.
pub mod config;
// Recorded traces: what each task asked and was told.
pub mod trace;
// `theme.yaml`, options, templates and assets along the theme chain.
pub mod theme;
// Templates and stylesheets as small as they may be, with a guard.
pub mod minify;
// Markdown to HTML: directives, corrections, outline, links.
pub mod markdown;
// The content model, entries, front matter.
pub mod content;
// A form's definition: its questions.
pub mod form;
// The content model for other tools: JSON Schema, Decap, Sveltia, VS Code.
pub mod export;
// Stylesheets and pictures: fingerprints, sizes.
pub mod assets;
// All entries, indexed: collections, terms, relations.
pub mod catalog;
// The plan: every output file and what renders it.
pub mod route;
// What a page may ask of its site, and what answers.
pub mod world;
// What pages are about, for search engines: JSON-LD.
pub mod structured;
// Routes to bytes: templates, Markdown, directives.
pub mod render;
// What is wrong with the rendered site: links, accessibility, wording.
pub mod check;
// The finished set to the output folder.
pub mod output;
// The pipeline as one readable function.
pub mod build;
// One open site: looked at again on each change, built and published.
pub mod workspace;
// Data that is not content: enquiries, their notices, who read them.
pub mod store;
// Visitors' submissions: accept, keep, notify.
pub mod forms;
// HTTP: the output folder as a CDN would serve it, reloaded while it changes.
pub mod serve;
// A language server: what editors of text complete and underline.
pub mod lsp;
// The command line.
pub mod cli;
