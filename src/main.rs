//! The `galen` command: everything is in the library.
fn main() {}
