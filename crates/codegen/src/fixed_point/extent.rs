//! How large numbers become: in a run of the program on a stimulus, and as constants that states are held against.

use nirkit_step::{BufferId, Cell, Expr, Operation, Operator, Program, Run, Variable};

use super::column::Column;
use super::constant::constant;
use super::quantum::Quantum;
use crate::range::simplify::written;

/// The largest distance from 0 of the numbers of each buffer after any step of a stimulus: for each sample the frames of each input,
/// one after the other.
pub(crate) fn extents(program: &Program, samples: &[Vec<Vec<f64>>]) -> Vec<f64> {
    let mut extents = vec![0.0_f64; program.buffers.len()];
    let lens: Vec<usize> =
        program.inputs.iter().map(|input| input.shape.iter().product::<usize>().max(1)).collect();
    for sample in samples {
        let steps = sample.iter().zip(&lens).map(|(frames, len)| frames.len() / len).max();
        let mut run = Run::new(program);
        for step in 0..steps.unwrap_or(0) {
            let frame = |(frames, &len): (&Vec<f64>, &usize)| {
                frames.iter().skip(step * len).take(len).copied().collect()
            };
            let frames: Vec<Vec<f64>> = sample.iter().zip(&lens).map(frame).collect();
            run.step(&frames);
            for (at, extent) in extents.iter_mut().enumerate() {
                for number in run.buffer(BufferId(at)).iter() {
                    let number = number.to_f64().abs();
                    *extent = if number.is_finite() { extent.max(number) } else { *extent };
                }
            }
        }
    }
    for (extent, buffer) in extents.iter_mut().zip(&program.buffers) {
        for number in buffer.start.iter() {
            *extent = extent.max(number.to_f64().abs());
        }
    }
    extents
}

/// The largest constant that something real is compared with, or added to, in the cells that read or write a buffer.
pub(crate) fn constants_beside(program: &Program, buffer: BufferId, quanta: &[Quantum]) -> f64 {
    let mut most = 0.0_f64;
    for operation in &program.operations {
        let Operation::Cell(cell) = operation else { continue };
        let touches = written(operation).contains(&buffer)
            || cell.statements.iter().any(|statement| reads(&statement.value, buffer));
        if !touches {
            continue;
        }
        let mut locals = vec![None; cell.locals.len()];
        for statement in &cell.statements {
            most = most.max(beside(cell, &locals, quanta, &statement.value));
            if let Variable::Local(at) = statement.target {
                locals[at] = constant(cell, &locals, &statement.value);
            }
        }
    }
    most
}

fn reads(expr: &Expr, buffer: BufferId) -> bool {
    let mut found = false;
    crate::walk::each_variable(expr, &mut |variable| {
        found |= variable == Variable::Buffer(buffer);
    });
    found
}

/// The largest constant beside a number that is no count, in an expression.
fn beside(cell: &Cell, locals: &[Option<Column>], quanta: &[Quantum], expr: &Expr) -> f64 {
    let mut most = 0.0_f64;
    let mut pair = |a: &Expr, b: &Expr| {
        for (known, other) in [(a, b), (b, a)] {
            let Some(known) = constant(cell, locals, known) else { continue };
            let mut is_real = false;
            crate::walk::each_variable(other, &mut |variable| {
                is_real |= match variable {
                    Variable::Buffer(buffer) => quanta[buffer.0] == Quantum::Free,
                    Variable::Local(at) => locals[at].is_none(),
                    Variable::Parameter(_) => false,
                };
            });
            if is_real && known.most().is_finite() {
                most = most.max(known.most());
            }
        }
    };
    crate::walk::each_part(expr, &mut |part| match part {
        Expr::Binary(Operator::Add | Operator::Subtract | Operator::Min | Operator::Max, a, b) => {
            pair(a, b);
        }
        Expr::Select { held: [a, b], then: [yes, no], .. } => {
            pair(a, b);
            pair(yes, no);
        }
        _ => {}
    });
    most
}
