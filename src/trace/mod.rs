//! Recorded traces: what each task asked and was told, kept from one build to the next.
//!
//! A *task* makes a page or a file, or looks at a text. It learns of the site only by asking, and
//! its *trace* is the questions it asked, each with the digest of its answer. A task whose
//! questions all have the answers they had would do what it did: its files stay as they are, and
//! its findings are told again ("Build Systems à la Carte", ICFP 2018: a verifying trace).
//!
//! This module knows nothing of pages: questions and answers are bytes here.

mod codec;
mod columns;
mod file;
mod ledger;

pub use codec::{Reader, Writer};
pub use columns::{Columns, DigestColumn, Finder, ListColumn, NumberColumn, Piece, PieceColumn};
pub use file::{DiskShelf, Kept, MemoryShelf, PieceWriter, Pieces, Shelf};
pub use ledger::{Ledger, Told, Written};
