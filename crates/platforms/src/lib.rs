//! What released platforms make of a graph.
//!
//! A platform is one file of values in [`simulator`]: what it reads, ignores, drops and refuses,
//! and the [`Semantics`](nirkit_engine::clocked::semantics::Semantics) by which it computes. Everything else
//! walks these values: [`mod@check`] says what becomes of a graph, [`Profile::prepare`] makes a
//! program that spikes as the platform does, [`support`] tells all platforms side by side.
//!
//! The values were taken from running packages and are held against recordings of them; each
//! profile names the package, the version and where in it a value was seen.

pub mod adapt;
pub mod capability;
pub mod check;
pub mod chip;
pub mod compare;
pub mod file;
mod json;
pub mod lenient;
pub mod phrase;
pub mod profile;
pub mod simulator;
pub mod support;
pub mod version;

pub use check::{Finding, Report, Verdict, check};
pub use chip::{Chip, ChipChoices};
pub use file::FileError;
pub use profile::{Choices, Profile};
pub use version::{Platform, PlatformError, UnknownPlatform, find, platform};
