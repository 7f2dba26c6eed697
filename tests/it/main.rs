//! The feature tests: one file a feature.

mod commonmark;
mod markdown;
mod pages;
mod support;
mod templates;
