//! Visitors' submissions: what becomes of an enquiry after a page was sent.

pub mod edge;
