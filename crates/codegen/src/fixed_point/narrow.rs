//! Whether every state stays within the bits that it was promised, whatever enters.

use nirkit_step::{BufferId, Operation, Program, Variable};

use super::FixedPointOptions;
use crate::name::shown;
use crate::range::simplify::written;
use crate::walk::each_variable;
use crate::whole::{Prepared, range_of, register};

/// A sentence for each state whose bounds do not fit the bits of states.
pub(super) fn too_wide(program: &Program, options: &FixedPointOptions) -> Vec<String> {
    let input_bits = options.input_bits.next_power_of_two().clamp(8, 64);
    let prepared = Prepared::new(program, input_bits);
    let Some(stored) = &prepared.stored else { return Vec::new() };
    let bits = options.state_bits;
    let mut reasons = Vec::new();
    for (at, buffer) in program.buffers.iter().enumerate() {
        let range = range_of(stored, BufferId(at));
        if is_state(program, BufferId(at)) && register(range) > bits.next_power_of_two().max(8) {
            let (name, [low, high]) = (shown(&buffer.name), [range.low, range.high]);
            reasons
                .push(format!("{name}: {low} to {high} can come, which {bits} bits do not hold"));
        }
    }
    reasons
}

/// Whether a cell reads what it has written in a step before.
fn is_state(program: &Program, buffer: BufferId) -> bool {
    program.operations.iter().any(|operation| {
        let Operation::Cell(cell) = operation else { return false };
        let mut is_read = false;
        for statement in &cell.statements {
            each_variable(&statement.value, &mut |seen| {
                is_read |= seen == Variable::Buffer(buffer);
            });
        }
        is_read && written(operation).contains(&buffer)
    })
}
