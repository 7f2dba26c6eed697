//! The feature tests: one file a feature.
