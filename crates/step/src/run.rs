//! The reference interpreter: one operation and one number at a time.

use crate::cell::{Cell, Comparison, Expr, Operator, Variable};
use crate::number::{Format, Number, Numbers};
use crate::program::{
    Absent, BufferId, Convolution, Deliver, Dense, Operation, Pool, Program, Read, Register, When,
    Window,
};

/// A run of a program.
#[derive(Clone, Debug)]
pub struct Run<'a> {
    program: &'a Program,
    /// The buffers as they are.
    now: Vec<Numbers>,
    /// The buffers as they were at the end of the step before, where an operation reads that.
    before: Vec<Numbers>,
    /// The buffers that an operation reads as they were at the end of the step before.
    kept: Vec<BufferId>,
    steps: usize,
}

impl<'a> Run<'a> {
    /// Begins a run.
    ///
    /// # Panics
    ///
    /// Steps of a program with [faults](Program::faults) can panic.
    #[must_use]
    pub fn new(program: &'a Program) -> Self {
        let start: Vec<Numbers> =
            program.buffers.iter().map(|buffer| buffer.start.clone()).collect();
        let mut kept: Vec<BufferId> = program.operations.iter().flat_map(read_before).collect();
        kept.sort_unstable();
        kept.dedup();
        Self { program, now: start.clone(), before: start, kept, steps: 0 }
    }

    /// Takes a step. `frames` has the numbers of each input; what is missing is 0.
    pub fn step(&mut self, frames: &[Vec<f64>]) {
        self.step_watched(frames, |_, _| ());
    }

    /// Takes a step, and calls a function before each operation, with its place in the program.
    pub fn step_watched(&mut self, frames: &[Vec<f64>], mut watch: impl FnMut(&Self, usize)) {
        let program = self.program;
        for (at, operation) in program.operations.iter().enumerate() {
            watch(self, at);
            self.execute(operation, frames);
        }
        for &BufferId(kept) in &self.kept {
            self.before[kept].clone_from(&self.now[kept]);
        }
        self.steps += 1;
    }

    /// The numbers of a probe after the last step; `None` if there is no such probe.
    #[must_use]
    pub fn observe(&self, probe: &str) -> Option<Vec<f64>> {
        let found = self.program.probes.iter().find(|found| found.name == probe)?;
        Some(self.buffer(found.buffer).to_f64())
    }

    /// The numbers of a buffer after the last step, or at an operation that is watched.
    #[must_use]
    pub fn buffer(&self, buffer: BufferId) -> &Numbers {
        &self.now[buffer.0]
    }

    /// The steps that are done.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.steps
    }

    fn execute(&mut self, operation: &Operation, frames: &[Vec<f64>]) {
        match operation {
            Operation::Frame { input, to } => {
                let frame = frames.get(*input).map_or(&[][..], Vec::as_slice);
                let format = self.program.inputs[*input].format;
                self.write(*to, |at| format.round(frame.get(at).copied().unwrap_or(0.0)));
            }
            Operation::Add { from, to } => {
                let seen: Vec<Numbers> =
                    from.iter().filter_map(|read| self.read(read)).cloned().collect();
                let zero = Number::zero(self.buffer(*to).format());
                self.write(*to, |at| {
                    let numbers = seen.iter().map(|numbers| numbers.get(at));
                    numbers.reduce(|sum, x| apply(Operator::Add, sum, x)).unwrap_or(zero)
                });
            }
            Operation::Truth { from, to } => {
                let from = self.buffer(*from).clone();
                self.write(*to, |at| Format::F64.round(f64::from(!from.get(at).is_zero())));
            }
            Operation::Dense(dense) => self.multiply(dense),
            Operation::Deliver(deliver) => self.deliver(deliver),
            Operation::Convolution(convolution) => self.convolve(convolution),
            Operation::Pool(pool) => self.pool(pool),
            Operation::Scale { from, factors, to } => {
                let from = self.buffer(*from).clone();
                self.write(*to, |at| apply(Operator::Multiply, from.get(at), factors.get(at)));
            }
            Operation::Permute { from, order, to } => {
                let from = self.buffer(*from).clone();
                self.write(*to, |at| from.get(order[at]));
            }
            Operation::Store { from, ring } => {
                let from = self.buffer(*from).clone();
                let ring = &mut self.now[ring.0];
                let row = self.steps % (ring.len() / from.len().max(1)).max(1);
                for at in 0..from.len() {
                    ring.set(row * from.len() + at, from.get(at));
                }
            }
            Operation::Recall { ring, delays, to } => {
                let ring = self.buffer(*ring);
                let (len, step) = (delays.len(), self.steps);
                let rows = (ring.len() / len.max(1)).max(1);
                let place = |at: usize| (step + rows - delays[at]) % rows * len + at;
                let found: Vec<Number> = (0..len).map(|at| ring.get(place(at))).collect();
                self.write(*to, |at| found[at]);
            }
            Operation::Cell(cell) => self.step_cell(cell),
        }
    }

    /// Writes every element of a buffer.
    fn write(&mut self, to: BufferId, number: impl Fn(usize) -> Number) {
        let buffer = &mut self.now[to.0];
        for at in 0..buffer.len() {
            buffer.set(at, number(at));
        }
    }

    /// What an operation reads; `None` where there is nothing yet.
    fn read(&self, read: &Read) -> Option<&Numbers> {
        match read.before {
            None => Some(&self.now[read.buffer.0]),
            Some(Absent::Nothing) if self.steps == 0 => None,
            Some(_) => Some(&self.before[read.buffer.0]),
        }
    }

    fn multiply(&mut self, dense: &Dense) {
        let from = self.buffer(dense.from).clone();
        let columns = from.len();
        // An input that is 0 contributes nothing, and most are.
        let arriving: Vec<(usize, Number)> =
            from.iter().enumerate().filter(|(_, x)| !x.is_zero()).collect();
        self.write(dense.to, |row| {
            let weight = |column: usize| dense.weights.get(row * columns + column);
            let terms = arriving.iter().map(|&(column, x)| (x, weight(column)));
            add_bias(sum(terms, from.format()), dense.bias.as_ref(), row)
        });
    }

    fn deliver(&mut self, deliver: &Deliver) {
        let from = self.buffer(deliver.from).clone();
        let mut to = self.buffer(deliver.to).clone();
        for (column, x) in from.iter().enumerate().filter(|(_, x)| !x.is_zero()) {
            for row in 0..to.len() {
                let weight = deliver.weights.get(row * from.len() + column);
                let sum = apply(Operator::Add, to.get(row), apply(Operator::Multiply, x, weight));
                to.set(row, deliver.register.hold(sum));
            }
        }
        self.now[deliver.to.0] = to;
    }

    fn convolve(&mut self, convolution: &Convolution) {
        let Convolution { window, weights, .. } = convolution;
        let from = self.buffer(convolution.from).clone();
        let seen = window.channels_in / window.groups;
        let fed = window.channels_out / window.groups;
        let area = window.kernel[0] * window.kernel[1];
        self.write(convolution.to, |at| {
            let (channel, pixel) = window.place(at);
            let first = channel / fed * seen;
            let terms = (0..seen).flat_map(|offset| {
                let kernel = (channel * seen + offset) * area;
                window.elements(first + offset, pixel).map(move |(from, at)| (from, kernel + at))
            });
            let terms = terms.map(|(at, weight)| (from.get(at), weights.get(weight)));
            add_bias(sum(terms, from.format()), convolution.bias.as_ref(), at)
        });
    }

    fn pool(&mut self, pool: &Pool) {
        let from = self.buffer(pool.from).clone();
        let format = from.format();
        self.write(pool.to, |at| {
            let (channel, pixel) = pool.window.place(at);
            let elements = pool.window.elements(channel, pixel).map(|(at, _)| from.get(at));
            let sum = elements.fold(Number::zero(format), |sum, x| apply(Operator::Add, sum, x));
            match pool.mean {
                Some([divisor, factor]) => {
                    let mean = apply(Operator::Divide, sum, format.round(divisor));
                    apply(Operator::Multiply, mean, format.round(factor))
                }
                None => sum,
            }
        });
    }

    fn step_cell(&mut self, cell: &Cell) {
        match cell.when {
            When::First if self.steps > 0 => return,
            When::Later if self.steps == 0 => return,
            _ => {}
        }
        for neuron in 0..cell.neurons {
            let mut locals = vec![Number::F64(0.0); cell.locals.len()];
            for statement in &cell.statements {
                let number =
                    Neuron { run: self, cell, at: neuron, locals: &locals }.value(&statement.value);
                match statement.target {
                    Variable::Buffer(buffer) => self.now[buffer.0].set(neuron, number),
                    Variable::Local(local) => locals[local] = number,
                    Variable::Parameter(_) => {}
                }
            }
        }
    }
}

/// The buffers that an operation reads as they were at the end of the step before.
fn read_before(operation: &Operation) -> Vec<BufferId> {
    match operation {
        Operation::Add { from, .. } => {
            from.iter().filter(|read| read.before.is_some()).map(|read| read.buffer).collect()
        }
        _ => Vec::new(),
    }
}

/// What one neuron sees.
struct Neuron<'a> {
    run: &'a Run<'a>,
    cell: &'a Cell,
    at: usize,
    locals: &'a [Number],
}

impl Neuron<'_> {
    fn value(&self, expr: &Expr) -> Number {
        match expr {
            Expr::Variable(Variable::Buffer(buffer)) => self.run.now[buffer.0].get(self.at),
            Expr::Variable(Variable::Parameter(at)) => {
                self.cell.parameters[*at].numbers.get(self.at)
            }
            Expr::Variable(Variable::Local(at)) => self.locals[*at],
            Expr::Constant(number) => *number,
            Expr::Binary(operator, a, b) => apply(*operator, self.value(a), self.value(b)),
            Expr::Floor(x) => whole(self.value(x), f64::floor),
            Expr::Truncate(x) => whole(self.value(x), f64::trunc),
            Expr::Convert(format, x) => self.value(x).convert(*format),
            Expr::Select { comparison, held: [a, b], then: [yes, no] } => {
                let chosen =
                    if holds(*comparison, self.value(a), self.value(b)) { yes } else { no };
                self.value(chosen)
            }
        }
    }
}

/// Applies an operator to two floating-point numbers of one format.
macro_rules! float {
    ($operator:expr, $a:expr, $b:expr) => {
        match $operator {
            Operator::Add => $a + $b,
            Operator::Subtract => $a - $b,
            Operator::Multiply => $a * $b,
            Operator::Divide => $a / $b,
            Operator::Min => {
                if $b < $a || $a.is_nan() {
                    $b
                } else {
                    $a
                }
            }
            Operator::Max => {
                if $b > $a || $a.is_nan() {
                    $b
                } else {
                    $a
                }
            }
            Operator::Modulo => $a % $b,
            Operator::ShiftRight => 0.0,
        }
    };
}

/// Applies an operator to two numbers of one format.
pub(crate) fn apply(operator: Operator, a: Number, b: Number) -> Number {
    match (a, b) {
        (Number::F32(a), Number::F32(b)) => Number::F32(float!(operator, a, b)),
        (Number::I64(a), Number::I64(b)) => Number::I64(match operator {
            Operator::Add => a.wrapping_add(b),
            Operator::Subtract => a.wrapping_sub(b),
            Operator::Multiply => a.wrapping_mul(b),
            Operator::Divide | Operator::Modulo if b == 0 => 0,
            Operator::Divide => a.wrapping_div(b),
            Operator::Min => a.min(b),
            Operator::Max => a.max(b),
            Operator::Modulo => a.wrapping_rem_euclid(b),
            Operator::ShiftRight => a >> b.clamp(0, 63),
        }),
        (a, b) => Number::F64(float!(operator, a.to_f64(), b.to_f64())),
    }
}

fn holds(comparison: Comparison, a: Number, b: Number) -> bool {
    match (a, b) {
        (Number::I64(a), Number::I64(b)) => match comparison {
            Comparison::Above => a > b,
            Comparison::AtLeast => a >= b,
            Comparison::Equal => a == b,
        },
        (a, b) => {
            let (a, b) = (a.to_f64(), b.to_f64());
            match comparison {
                Comparison::Above => a > b,
                Comparison::AtLeast => a >= b,
                #[expect(clippy::float_cmp, reason = "the comparison of the program")]
                Comparison::Equal => a == b,
            }
        }
    }
}

fn whole(x: Number, round: fn(f64) -> f64) -> Number {
    match x {
        Number::I64(_) => x,
        x => Number::F64(round(x.to_f64())).convert(x.format()),
    }
}

/// Adds products one by one; an input that is 0 contributes nothing.
fn sum(terms: impl Iterator<Item = (Number, Number)>, format: Format) -> Number {
    terms.filter(|(x, _)| !x.is_zero()).fold(Number::zero(format), |sum, (x, weight)| {
        apply(Operator::Add, sum, apply(Operator::Multiply, weight, x))
    })
}

fn add_bias(sum: Number, bias: Option<&Numbers>, at: usize) -> Number {
    bias.map_or(sum, |bias| apply(Operator::Add, sum, bias.get(at)))
}

impl Register {
    /// What the register holds after an exact number was written to it.
    fn hold(self, exact: Number) -> Number {
        let Number::I64(x) = exact else { return exact };
        let span = self.high - self.low + 1;
        Number::I64(if self.wraps {
            self.low + x.wrapping_sub(self.low).rem_euclid(span)
        } else {
            x.clamp(self.low, self.high)
        })
    }
}

impl Window {
    /// Channel, row and column of an element that leaves.
    fn place(&self, at: usize) -> (usize, [usize; 2]) {
        let [rows, columns] = self.output;
        (at / (rows * columns), [at / columns % rows, at % columns])
    }

    /// The elements of a channel that a window sees, and the places in the kernel at which it does; the zeros around the
    /// picture are left out.
    fn elements(
        &self,
        channel: usize,
        [row, column]: [usize; 2],
    ) -> impl Iterator<Item = (usize, usize)> + '_ {
        let [height, width] = self.input;
        let source = move |axis: usize, window: usize, element: usize| {
            let at = window * self.stride[axis] + element * self.dilation[axis];
            at.checked_sub(self.before[axis]).filter(|&at| at < self.input[axis])
        };
        (0..self.kernel[0] * self.kernel[1]).filter_map(move |at| {
            let y = source(0, row, at / self.kernel[1])?;
            let x = source(1, column, at % self.kernel[1])?;
            Some(((channel * height + y) * width + x, at))
        })
    }
}
