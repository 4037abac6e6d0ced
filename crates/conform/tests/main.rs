//! The conformance suite as its users meet it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod cheats;
#[cfg(unix)]
mod hostile;
mod identify;
mod suite;
