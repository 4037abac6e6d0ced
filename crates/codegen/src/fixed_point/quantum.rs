//! Counts: buffers whose numbers all are multiples of one number, as those of spikes are. They become integers exactly.

use nirkit_step::{Cell, Expr, Numbers, Operation, Operator, Program, Variable};

use super::column::Column;
use super::constant::constant;

/// Of what all numbers of something are multiples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Quantum {
    /// There is nothing but 0.
    Zero,
    /// Multiples of this number.
    Of(f64),
    /// Any numbers.
    Free,
}

/// The largest multiple that counts: beyond, a quantum says nothing.
const MOST: f64 = 65_536.0;

/// Rounds in which multiples are followed through a program; what is not settled then is free.
const ROUNDS: usize = 12;

impl Quantum {
    fn of(number: f64) -> Self {
        match number.abs() {
            x if x == 0.0 || x.is_infinite() => Self::Zero,
            x if x.is_nan() => Self::Free,
            x => Self::Of(x),
        }
    }

    fn of_all(numbers: impl Iterator<Item = f64>) -> Self {
        let mut all = Self::Zero;
        for number in numbers {
            all = all.join(Self::of(number));
            if all == Self::Free {
                break;
            }
        }
        all
    }

    /// Of what both are multiples.
    fn join(self, other: Self) -> Self {
        match (self, other) {
            (Self::Zero, x) | (x, Self::Zero) => x,
            (Self::Of(a), Self::Of(b)) => {
                let ratio = a.max(b) / a.min(b);
                if ratio.fract() == 0.0 && ratio <= MOST { Self::Of(a.min(b)) } else { Self::Free }
            }
            _ => Self::Free,
        }
    }

    fn times(self, other: Self) -> Self {
        match (self, other) {
            (Self::Zero, _) | (_, Self::Zero) => Self::Zero,
            (Self::Of(a), Self::Of(b)) => Self::Of(a * b),
            _ => Self::Free,
        }
    }
}

/// The quantum of a value of a cell.
pub(crate) fn quantum(
    cell: &Cell,
    buffers: &[Quantum],
    locals: &[(Quantum, Option<Column>)],
    expr: &Expr,
) -> Quantum {
    let constants: Vec<Option<Column>> = locals.iter().map(|(_, known)| known.clone()).collect();
    if let Some(known) = constant(cell, &constants, expr) {
        return Quantum::of_all(known.iter());
    }
    let of = |expr: &Expr| quantum(cell, buffers, locals, expr);
    match expr {
        Expr::Variable(Variable::Buffer(buffer)) => buffers[buffer.0],
        Expr::Variable(Variable::Local(at)) => locals[*at].0,
        Expr::Variable(Variable::Parameter(_)) | Expr::Constant(_) => Quantum::Free,
        Expr::Binary(operator, a, b) => match operator {
            Operator::Add | Operator::Subtract | Operator::Min | Operator::Max => of(a).join(of(b)),
            Operator::Multiply => of(a).times(of(b)),
            Operator::Divide | Operator::Modulo | Operator::ShiftRight => Quantum::Free,
        },
        Expr::Floor(_) | Expr::Truncate(_) => Quantum::Of(1.0),
        Expr::Convert(_, x) => of(x),
        Expr::Select { then: [yes, no], .. } => of(yes).join(of(no)),
    }
}

/// The quantum of each buffer of a program, whose inputs have these.
pub(crate) fn quanta(program: &Program, inputs: &[f64], high: i64) -> Vec<Quantum> {
    let start =
        |numbers: &Numbers| Quantum::of_all(numbers.iter().map(nirkit_step::Number::to_f64));
    let mut known: Vec<Quantum> =
        program.buffers.iter().map(|buffer| start(&buffer.start)).collect();
    for round in 0.. {
        let before = known.clone();
        for operation in &program.operations {
            follow(operation, inputs, high, &mut known);
        }
        let changed: Vec<usize> = (0..known.len()).filter(|&at| known[at] != before[at]).collect();
        if changed.is_empty() {
            return known;
        }
        if round >= ROUNDS {
            for &at in &changed {
                known[at] = Quantum::Free;
            }
        }
    }
    known
}

/// Takes what an operation writes into account.
fn follow(operation: &Operation, inputs: &[f64], high: i64, known: &mut [Quantum]) {
    let mut write = |at: usize, quantum: Quantum| known[at] = known[at].join(quantum);
    match operation {
        Operation::Frame { input, to } => write(to.0, Quantum::of(inputs[*input])),
        Operation::Permute { from, to, .. }
        | Operation::Store { from, ring: to }
        | Operation::Recall { ring: from, to, .. } => {
            let quantum = known[from.0];
            known[to.0] = known[to.0].join(quantum);
        }
        Operation::Pool(pool) => known[pool.to.0] = known[pool.to.0].join(known[pool.from.0]),
        Operation::Dense(map) => {
            let made = weighted(&map.weights, map.bias.as_ref(), known[map.from.0], high);
            known[map.to.0] = known[map.to.0].join(made);
        }
        Operation::Convolution(map) => {
            let made = weighted(&map.weights, map.bias.as_ref(), known[map.from.0], high);
            known[map.to.0] = known[map.to.0].join(made);
        }
        Operation::Cell(cell) => {
            let mut locals = vec![(Quantum::Free, None); cell.locals.len()];
            for statement in &cell.statements {
                let made = quantum(cell, known, &locals, &statement.value);
                match statement.target {
                    Variable::Buffer(buffer) => known[buffer.0] = known[buffer.0].join(made),
                    Variable::Local(at) => {
                        let all: Vec<Option<Column>> =
                            locals.iter().map(|(_, known)| known.clone()).collect();
                        locals[at] = (made, constant(cell, &all, &statement.value));
                    }
                    Variable::Parameter(_) => {}
                }
            }
        }
        // A simplified program has no others.
        Operation::Add { to, .. } | Operation::Truth { to, .. } | Operation::Scale { to, .. } => {
            write(to.0, Quantum::Free);
        }
        Operation::Deliver(map) => write(map.to.0, Quantum::Free),
    }
}

/// What a map writes: multiples, where its weights are small integers times one number.
fn weighted(weights: &Numbers, bias: Option<&Numbers>, from: Quantum, high: i64) -> Quantum {
    let of = |numbers: &Numbers| Quantum::of_all(numbers.iter().map(nirkit_step::Number::to_f64));
    let quantum = of(weights);
    if let Quantum::Of(step) = quantum {
        let most = weights.iter().fold(0.0, |most: f64, x| most.max(x.to_f64().abs()));
        if most / step > high as f64 {
            return Quantum::Free;
        }
    }
    quantum.times(from).join(bias.map_or(Quantum::Zero, of))
}
