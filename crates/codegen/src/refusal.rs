//! Which programs cannot be printed, with all reasons.

use std::collections::BTreeMap;

use nirkit_step::{BufferId, Cell, Expr, Fault, Format, Operation, Operator, Program, Variable};

use crate::walk::each_part;

/// Returns everything that stands against code of a program: its faults, and what the code of operations cannot express.
pub(crate) fn reasons(program: &Program) -> Vec<Fault> {
    let mut faults = program.faults();
    if !faults.is_empty() {
        return faults;
    }
    let fault = |operation, reason: &str| Fault { operation, reason: reason.to_owned() };
    let end = program.operations.len();
    for buffer in program.buffers.iter().filter(|buffer| buffer.is_empty()) {
        faults.push(fault(end, &format!("the buffer {} has no elements", buffer.name)));
    }
    let mut rows: BTreeMap<BufferId, usize> = BTreeMap::new();
    for (at, operation) in program.operations.iter().enumerate() {
        if writes_what_it_reads(operation) {
            faults.push(fault(at, "it writes what it reads, and code has no copy of that"));
        }
        if mixes_formats(program, operation) {
            faults.push(fault(at, "numbers of several formats: code needs one"));
        }
        match operation {
            Operation::Store { from: row, ring } | Operation::Recall { to: row, ring, .. } => {
                let len = program.buffers[row.0].len();
                if *rows.entry(*ring).or_insert(len) != len {
                    faults.push(fault(at, "a ring has rows of several lengths: code needs one"));
                }
            }
            Operation::Cell(cell) if has_float_remainder(program, cell) => {
                let what = "a remainder of floating-point numbers, which needs a library";
                faults.push(fault(at, what));
            }
            _ => {}
        }
    }
    faults
}

/// Whether an operation writes into the buffer of which it then reads other elements.
fn writes_what_it_reads(operation: &Operation) -> bool {
    match operation {
        Operation::Dense(dense) => dense.from == dense.to,
        Operation::Deliver(deliver) => deliver.from == deliver.to,
        Operation::Convolution(convolution) => convolution.from == convolution.to,
        Operation::Pool(pool) => pool.from == pool.to,
        Operation::Permute { from, to, .. } => from == to,
        Operation::Recall { ring, to, .. } => ring == to,
        Operation::Store { from, ring } => from == ring,
        _ => false,
    }
}

/// Whether numbers of several formats meet in arithmetic.
fn mixes_formats(program: &Program, operation: &Operation) -> bool {
    let of = |id: &BufferId| program.buffers[id.0].format();
    let formats: Vec<Format> = match operation {
        Operation::Add { from, to } => {
            from.iter().map(|read| of(&read.buffer)).chain([of(to)]).collect()
        }
        Operation::Dense(dense) => {
            let bias = dense.bias.as_ref().map(nirkit_step::Numbers::format);
            [of(&dense.from), dense.weights.format(), of(&dense.to)]
                .into_iter()
                .chain(bias)
                .collect()
        }
        Operation::Deliver(deliver) => {
            vec![of(&deliver.from), deliver.weights.format(), of(&deliver.to)]
        }
        Operation::Convolution(made) => {
            let bias = made.bias.as_ref().map(nirkit_step::Numbers::format);
            [of(&made.from), made.weights.format(), of(&made.to)].into_iter().chain(bias).collect()
        }
        Operation::Pool(pool) => vec![of(&pool.from), of(&pool.to)],
        Operation::Scale { from, factors, to } => vec![of(from), factors.format(), of(to)],
        Operation::Permute { from, to, .. } => vec![of(from), of(to)],
        Operation::Recall { .. }
        | Operation::Store { .. }
        | Operation::Frame { .. }
        | Operation::Truth { .. }
        | Operation::Cell(_) => Vec::new(),
    };
    formats.windows(2).any(|pair| pair[0] != pair[1])
}

/// Whether a cell computes a remainder of floating-point numbers.
fn has_float_remainder(program: &Program, cell: &Cell) -> bool {
    let mut locals = vec![None; cell.locals.len()];
    cell.statements.iter().any(|statement| {
        let of = |expr: &Expr| program.format_of(cell, &locals, expr).ok();
        let mut found = false;
        each_part(&statement.value, &mut |part| {
            if let Expr::Binary(Operator::Modulo, a, _) = part {
                found |= of(a) != Some(Format::I64);
            }
        });
        let format = of(&statement.value);
        if let Variable::Local(local) = statement.target {
            locals[local] = format;
        }
        found
    })
}
