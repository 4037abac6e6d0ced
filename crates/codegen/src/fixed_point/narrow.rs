//! Whether states of fewer bits are enough: each stays within them, whatever enters, and reaches its threshold in steps that are small.

use nirkit_step::{BufferId, Cell, Expr, Operation, Program, Variable};

use super::FixedPointOptions;
use super::column::Column;
use super::constant::constant;
use super::quantum::Quantum;
use crate::name::shown;
use crate::range::simplify::written;
use crate::walk::{each_part, each_variable};
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

/// The fewest steps of a state from 0 to its threshold: what is rounded is then below a percent of it.
const FEWEST: f64 = 64.0;

/// A sentence for each state that would reach what it is compared with in too few steps. `program` has floats still.
pub(super) fn too_coarse(
    program: &Program,
    quanta: &[Quantum],
    scales: &[Column],
    bits: u32,
) -> Vec<String> {
    let mut reasons = Vec::new();
    for operation in &program.operations {
        let Operation::Cell(cell) = operation else { continue };
        for (buffer, held) in compared(cell) {
            if quanta[buffer.0] != Quantum::Free {
                continue;
            }
            let scale = &scales[buffer.0];
            let steps = (0..cell.neurons).map(|at| (held.get(at) * scale.get(at)).abs());
            let fewest = steps.filter(|&steps| steps > 0.0).fold(f64::INFINITY, f64::min);
            if fewest < FEWEST {
                let name = shown(&program.buffers[buffer.0].name);
                reasons.push(format!(
                    "{name}: the range that it needs leaves {fewest:.1} steps of {bits} bits up to its threshold, and {FEWEST} are the fewest"
                ));
            }
        }
    }
    reasons.sort();
    reasons.dedup();
    reasons
}

/// The buffers of a cell that are compared with constants, each with them.
fn compared(cell: &Cell) -> Vec<(BufferId, Column)> {
    let (mut found, mut known) = (Vec::new(), vec![None; cell.locals.len()]);
    for statement in &cell.statements {
        each_part(&statement.value, &mut |part| {
            let Expr::Select { held: [a, b], .. } = part else { return };
            for (state, held) in [(a, b), (b, a)] {
                let Some(held) = constant(cell, &known, held) else { continue };
                each_variable(state, &mut |seen| {
                    if let Variable::Buffer(buffer) = seen {
                        found.push((buffer, held.clone()));
                    }
                });
            }
        });
        if let Variable::Local(at) = statement.target {
            known[at] = constant(cell, &known, &statement.value);
        }
    }
    found
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
