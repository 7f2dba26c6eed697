//! Visitors' submissions: accepted, kept, told of. [`Desk::answer`] takes a request to the endpoint and
//! answers when what was sent is on the disk; the reasons are in docs/decisions/0012-forms.md.

pub mod edge;
pub mod notify;
pub mod pull;

mod definitions;
mod desk;
mod guard;
mod letter;
mod limit;
mod multipart;
mod once;
pub mod pages;
mod photo;
mod read;
mod reply;
mod seal;
pub mod server;
mod taken;
mod token;
mod turnstile;
mod uploads;
mod writer;

pub use definitions::Definitions;
pub use desk::{CURE, Desk, Options, Pages};
pub use letter::Letter;
pub use seal::{Agreed, Sealed};
pub use turnstile::Turnstile;
