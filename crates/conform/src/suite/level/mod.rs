//! The cases of each level.

mod corners;
mod graphs;
mod maps;
mod primitives;
mod read_or_refuse;
mod trained;

pub(super) use corners::corners;
pub(super) use graphs::graphs;
pub(super) use maps::maps;
pub(super) use primitives::primitives;
pub(super) use read_or_refuse::read_or_refuse;
pub(super) use trained::trained;
