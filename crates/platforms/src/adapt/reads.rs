//! What the operations of a step program read and write.

use nirkit_step::{BufferId, Cell, Expr, Operation, Read, Variable};

/// Buffers that an operation writes.
pub(super) fn written(operation: &Operation) -> Vec<BufferId> {
    match operation {
        Operation::Frame { to, .. }
        | Operation::Add { to, .. }
        | Operation::Truth { to, .. }
        | Operation::Scale { to, .. }
        | Operation::Permute { to, .. }
        | Operation::Recall { to, .. }
        | Operation::Store { ring: to, .. } => vec![*to],
        Operation::Dense(dense) => vec![dense.to],
        Operation::Deliver(deliver) => vec![deliver.to],
        Operation::Convolution(convolution) => vec![convolution.to],
        Operation::Pool(pool) => vec![pool.to],
        Operation::Cell(cell) => cell
            .statements
            .iter()
            .filter_map(|statement| match statement.target {
                Variable::Buffer(buffer) => Some(buffer),
                _ => None,
            })
            .collect(),
    }
}

/// What an operation reads.
pub(super) fn reads(operation: &Operation) -> Vec<Read> {
    let now = |buffer: &BufferId| Read { buffer: *buffer, before: None };
    match operation {
        Operation::Frame { .. } => Vec::new(),
        Operation::Add { from, .. } => from.clone(),
        Operation::Truth { from, .. }
        | Operation::Scale { from, .. }
        | Operation::Permute { from, .. }
        | Operation::Store { from, .. }
        | Operation::Recall { ring: from, .. } => vec![now(from)],
        Operation::Dense(dense) => vec![now(&dense.from)],
        Operation::Deliver(deliver) => vec![now(&deliver.from)],
        Operation::Convolution(convolution) => vec![now(&convolution.from)],
        Operation::Pool(pool) => vec![now(&pool.from)],
        Operation::Cell(cell) => seen_by(cell).iter().map(now).collect(),
    }
}

/// Buffers that a cell reads, in the order in which it does.
pub(super) fn seen_by(cell: &Cell) -> Vec<BufferId> {
    fn of(expr: &Expr, found: &mut Vec<BufferId>) {
        match expr {
            Expr::Variable(Variable::Buffer(buffer)) => {
                if !found.contains(buffer) {
                    found.push(*buffer);
                }
            }
            Expr::Variable(_) | Expr::Constant(_) => {}
            Expr::Binary(_, a, b) => {
                of(a, found);
                of(b, found);
            }
            Expr::Floor(x) | Expr::Truncate(x) | Expr::Convert(_, x) => of(x, found),
            Expr::Select { held, then, .. } => held.iter().chain(then).for_each(|x| of(x, found)),
        }
    }
    let mut found = Vec::new();
    for statement in &cell.statements {
        of(&statement.value, &mut found);
    }
    found
}

/// Gives the buffers of an operation other names.
pub(super) fn rename(operation: &mut Operation, name: &mut impl FnMut(BufferId) -> BufferId) {
    let mut both = |from: &mut BufferId, to: &mut BufferId| {
        *from = name(*from);
        *to = name(*to);
    };
    match operation {
        Operation::Frame { to, .. } => *to = name(*to),
        Operation::Add { from, to } => {
            for read in from {
                read.buffer = name(read.buffer);
            }
            *to = name(*to);
        }
        Operation::Truth { from, to }
        | Operation::Scale { from, to, .. }
        | Operation::Permute { from, to, .. }
        | Operation::Store { from, ring: to }
        | Operation::Recall { ring: from, to, .. } => both(from, to),
        Operation::Dense(dense) => both(&mut dense.from, &mut dense.to),
        Operation::Deliver(deliver) => both(&mut deliver.from, &mut deliver.to),
        Operation::Convolution(convolution) => both(&mut convolution.from, &mut convolution.to),
        Operation::Pool(pool) => both(&mut pool.from, &mut pool.to),
        Operation::Cell(cell) => {
            for statement in &mut cell.statements {
                if let Variable::Buffer(buffer) = &mut statement.target {
                    *buffer = name(*buffer);
                }
                rename_in(&mut statement.value, name);
            }
        }
    }
}

/// Gives the buffers of an expression other names.
fn rename_in(expr: &mut Expr, name: &mut impl FnMut(BufferId) -> BufferId) {
    match expr {
        Expr::Variable(Variable::Buffer(buffer)) => *buffer = name(*buffer),
        Expr::Variable(_) | Expr::Constant(_) => {}
        Expr::Binary(_, a, b) => {
            rename_in(a, name);
            rename_in(b, name);
        }
        Expr::Floor(x) | Expr::Truncate(x) | Expr::Convert(_, x) => rename_in(x, name),
        Expr::Select { held, then, .. } => {
            held.iter_mut().chain(then).for_each(|x| rename_in(x, name));
        }
    }
}
