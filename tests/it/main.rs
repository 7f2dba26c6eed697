//! The feature tests: one file a feature.

mod commands;
mod commonmark;
mod corpus;
mod disk;
mod markdown;
mod pages;
mod problems;
mod support;
mod templates;
