//! The web as checks see it: asked politely, and only where everybody may ask.

mod client;
mod guard;

pub(crate) use client::{Asked, Client, Failure};
pub use guard::{Guard, Names};
pub(crate) use guard::{System, is_public, look_up};
