//! Cells: what they compute as a [graph](graph), the [instructions](instruction) that it becomes, and their execution.

pub(super) mod graph;
mod instruction;
mod kernel;
mod leaky;
mod recognise;
mod run;

pub(super) use instruction::{CellCode, Load, Surroundings, is_narrow};
pub(super) use run::Registers;
