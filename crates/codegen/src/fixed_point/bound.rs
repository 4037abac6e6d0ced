//! The largest distance from 0 of the integers of each buffer, before cells are translated.

use nirkit_step::{Cell, Expr, Numbers, Operation, Operator, Program, Variable};

use super::column::Column;
use super::constant::constant;
use super::quantum::Quantum;

/// What nothing stays below.
const ENDLESS: f64 = f64::INFINITY;

/// Rounds in which bounds are narrowed.
const ROUNDS: usize = 16;

/// Returns the bounds. States that are no counts reach `limit`; weights in `program` are integers already, cells are not.
pub(crate) fn most(
    program: &Program,
    quanta: &[Quantum],
    scales: &[Column],
    limit: f64,
    input: f64,
) -> Vec<f64> {
    let start: Vec<f64> = program.buffers.iter().map(|buffer| farthest(&buffer.start)).collect();
    let mut known = vec![ENDLESS; program.buffers.len()];
    for operation in &program.operations {
        if let Operation::Cell(cell) = operation {
            for statement in &cell.statements {
                if let Variable::Buffer(buffer) = statement.target {
                    known[buffer.0] = limit;
                }
            }
        }
    }
    for _ in 0..ROUNDS {
        let mut next = start.clone();
        for operation in &program.operations {
            let mut write = |at: usize, most: f64| next[at] = next[at].max(most);
            match operation {
                Operation::Frame { to, .. } => write(to.0, input),
                Operation::Dense(map) => {
                    let rows = program.buffers[map.to.0].len();
                    let bias = map.bias.as_ref().map_or(0.0, farthest);
                    write(map.to.0, heaviest(&map.weights, rows) * known[map.from.0] + bias);
                }
                Operation::Convolution(map) => {
                    let heaviest = heaviest(&map.weights, map.window.channels_out);
                    let bias = map.bias.as_ref().map_or(0.0, farthest);
                    write(map.to.0, heaviest * known[map.from.0] + bias);
                }
                Operation::Pool(pool) => {
                    let elements = (pool.window.kernel[0] * pool.window.kernel[1]) as f64;
                    write(pool.to.0, elements * known[pool.from.0]);
                }
                Operation::Permute { from, to, .. }
                | Operation::Store { from, ring: to }
                | Operation::Recall { ring: from, to, .. } => write(to.0, known[from.0]),
                Operation::Cell(cell) => {
                    for (buffer, most) in of_cell(cell, quanta, scales, &known, limit) {
                        write(buffer, most);
                    }
                }
                Operation::Add { to, .. }
                | Operation::Truth { to, .. }
                | Operation::Scale { to, .. } => write(to.0, ENDLESS),
                Operation::Deliver(map) => write(map.to.0, ENDLESS),
            }
        }
        if next == known {
            break;
        }
        known = next;
    }
    known
}

fn farthest(numbers: &Numbers) -> f64 {
    numbers.iter().fold(0.0, |most: f64, x| most.max(x.to_f64().abs()))
}

/// The largest sum of the distances of the weights of a row from 0.
fn heaviest(weights: &Numbers, rows: usize) -> f64 {
    let numbers = weights.to_f64();
    let rows = numbers.chunks((numbers.len() / rows.max(1)).max(1));
    rows.map(|row| row.iter().map(|x| x.abs()).sum()).fold(0.0, f64::max)
}

/// The bounds of what a cell writes: counts as far as they follow, else the limit.
fn of_cell(
    cell: &Cell,
    quanta: &[Quantum],
    scales: &[Column],
    known: &[f64],
    limit: f64,
) -> Vec<(usize, f64)> {
    let mut locals: Vec<(f64, Option<Column>)> = vec![(ENDLESS, None); cell.locals.len()];
    let mut now = known.to_vec();
    let mut made = Vec::new();
    for statement in &cell.statements {
        let real = reach(cell, scales, &now, &locals, &statement.value);
        match statement.target {
            Variable::Buffer(buffer) => {
                let is_count = quanta[buffer.0] != Quantum::Free;
                let copied = matches!(&statement.value, Expr::Variable(Variable::Buffer(from)) if scales[from.0] == scales[buffer.0]);
                let most = (real * scales[buffer.0].most()).ceil();
                let most = if is_count || copied { most.min(limit) } else { limit };
                now[buffer.0] = most;
                made.push((buffer.0, most));
            }
            Variable::Local(at) => {
                let constants: Vec<Option<Column>> =
                    locals.iter().map(|(_, known)| known.clone()).collect();
                locals[at] = (real, constant(cell, &constants, &statement.value));
            }
            Variable::Parameter(_) => {}
        }
    }
    made
}

/// The largest distance from 0 of a value of a cell, in numbers of the network.
fn reach(
    cell: &Cell,
    scales: &[Column],
    known: &[f64],
    locals: &[(f64, Option<Column>)],
    expr: &Expr,
) -> f64 {
    let constants: Vec<Option<Column>> = locals.iter().map(|(_, known)| known.clone()).collect();
    if let Some(known) = constant(cell, &constants, expr) {
        return known.most();
    }
    let of = |expr: &Expr| reach(cell, scales, known, locals, expr);
    match expr {
        Expr::Variable(Variable::Buffer(buffer)) => {
            known[buffer.0] / scales[buffer.0].iter().fold(ENDLESS, f64::min)
        }
        Expr::Variable(Variable::Local(at)) => locals[*at].0,
        Expr::Variable(Variable::Parameter(_)) | Expr::Constant(_) => ENDLESS,
        Expr::Binary(operator, a, b) => match operator {
            Operator::Add | Operator::Subtract => of(a) + of(b),
            Operator::Multiply => of(a) * of(b),
            // The farther one, since a number may lie below 0.
            Operator::Min | Operator::Max => of(a).max(of(b)),
            Operator::Divide => match constant(cell, &constants, b) {
                Some(divisor) => of(a) / divisor.iter().fold(ENDLESS, |x, y| x.min(y.abs())),
                None => ENDLESS,
            },
            Operator::Modulo | Operator::ShiftRight => ENDLESS,
        },
        Expr::Floor(x) | Expr::Truncate(x) => of(x) + 1.0,
        Expr::Convert(_, x) => of(x),
        Expr::Select { then: [yes, no], .. } => of(yes).max(of(no)),
    }
}
