//! Tests of the app, as the page talks to it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod app;
mod entry;
