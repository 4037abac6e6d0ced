//! The bounds of every buffer: between which integers its numbers lie, whatever enters.

use nirkit_step::{BufferId, Program};

use super::dataflow::Dataflow;
use super::interval::Interval;

pub(crate) use nirkit_step::range::bounds::on_delivery;

/// Returns the bounds of each buffer of a [simplified](super::simplify) program, whose inputs are integers of so many bits.
pub(crate) fn bounds(program: &Program, input_bits: u32) -> Vec<Interval> {
    let inputs = vec![Interval::of_bits(input_bits); program.inputs.len()];
    nirkit_step::range::bounds::bounds(program, &inputs, &|cell, known| {
        let flow = Dataflow::of_cell(cell, known);
        flow.writes().map(|(buffer, node)| (buffer, flow.range(node))).collect()
    })
}

/// Returns what stands in a buffer while a map adds to it, before a bias is added: each map with what it writes.
pub(crate) fn accumulated(program: &Program, known: &[Interval]) -> Vec<(BufferId, Interval)> {
    let of = |operation| nirkit_step::range::bounds::accumulated(program, operation, known);
    program.operations.iter().filter_map(of).collect()
}
