//! The conformance suite as its users meet it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod cheats;
mod identify;
mod suite;
