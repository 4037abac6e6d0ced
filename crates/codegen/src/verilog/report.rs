//! What a design takes.

use serde::Serialize;

use super::options::Ports;

/// Memories and cycles of a design.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct VerilogReport {
    /// What the streams have.
    pub ports: Ports,
    /// Products that a map adds in a cycle, and neurons that pass, where nothing has fewer.
    pub lanes: usize,
    /// Bits of weights, parameters and other constants in memories of their own.
    pub constant_bits: u64,
    /// Bits of the memories of all buffers.
    pub memory_bits: u64,
    /// Cycles of a step but the first, from one `start` to the next, if no stream stalls. They do not depend on the numbers. With
    /// address events, those of a step into which none enters.
    pub cycles: u64,
    /// The same of the first step.
    pub first_cycles: u64,
    /// Cycles after a reset until the first step can start.
    pub reset_cycles: u64,
    /// Cycles that an address event adds to a step into which it enters; 0 of frames.
    pub cycles_per_event: u64,
    /// Beats of a step that enter; with address events the one that ends the list.
    pub beats_in: usize,
    /// Beats of a step that leave; with address events at most, with the one that ends the list.
    pub beats_out: usize,
    /// Bits of a number that leaves.
    pub output_bits: u32,
}
