//! Galen turns a clinic's Markdown guides into its static site.
//!
//! The list below is the map, from the ground up: a module imports only modules above it
//! (`tests/tidy.rs`). [`build`](build::build) is the pipeline.

/// Problems: codes, places, wording, printing.
pub mod diag;
/// Small pure helpers: slugs, dates, paths, addresses, digests.
pub mod text;
