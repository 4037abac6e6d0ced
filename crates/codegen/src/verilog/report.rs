//! What a design takes.

use serde::Serialize;

/// Memories and cycles of a design.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct VerilogReport {
    /// Bits of weights, parameters and other constants in memories of their own.
    pub constant_bits: u64,
    /// Bits of the memories of all buffers.
    pub memory_bits: u64,
    /// Cycles of a step but the first, from one `start` to the next, if no stream stalls. They do not depend on the numbers.
    pub cycles: u64,
    /// The same of the first step.
    pub first_cycles: u64,
    /// Cycles after a reset until the first step can start.
    pub reset_cycles: u64,
    /// Beats of a step that enter.
    pub beats_in: usize,
    /// Beats of a step that leave.
    pub beats_out: usize,
    /// Bits of a number that leaves.
    pub output_bits: u32,
}
