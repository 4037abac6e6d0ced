//! A program in fewer kinds of operations: sums, factors and tests become cells, what was a step before becomes a buffer of its own.
//!
//! What remains are frames, maps, windows, moves and cells. The program computes the same numbers in the buffers that it had.

use std::collections::BTreeMap;

use crate::cell::{Cell, Comparison, Expr, Statement, Variable};
use crate::number::{Number, Numbers};
use crate::program::{
    Absent, Buffer, BufferId, Dense, Operation, Parameter, Pool, Program, Read, When,
};

/// Returns the same program in fewer kinds of operations, and the same bits: frames, maps without a mean, moves and cells remain. Buffers
/// of the program keep their places; those that are added follow them.
#[must_use]
pub fn simplify(program: &Program) -> Program {
    let mut simplifier = Simplifier {
        program: Program { operations: Vec::new(), ..program.clone() },
        before: BTreeMap::new(),
    };
    let framed = |input: usize| {
        let frames = |operation: &&Operation| matches!(operation, Operation::Frame { input: of, .. } if *of == input);
        program.operations.iter().filter(frames).count()
    };
    // An input that is looked at twice enters once, into a buffer of its own.
    let mut entered = BTreeMap::new();
    for (input, of) in program.inputs.iter().enumerate() {
        if framed(input) > 1 {
            let start = Numbers::filled(Number::zero(of.format), of.shape.iter().product());
            let to = simplifier.buffer(&of.name, "frame", start);
            simplifier.program.operations.push(Operation::Frame { input, to });
            entered.insert(input, to);
        }
    }
    for (at, operation) in program.operations.iter().enumerate() {
        simplifier.operation(&program.operations[..at], operation, &entered);
    }
    simplifier.finish()
}

struct Simplifier {
    program: Program,
    /// The buffers that hold what others were a step before.
    before: BTreeMap<(BufferId, bool), BufferId>,
}

impl Simplifier {
    fn operation(
        &mut self,
        done: &[Operation],
        operation: &Operation,
        entered: &BTreeMap<usize, BufferId>,
    ) {
        match operation {
            Operation::Frame { input, to } => match entered.get(input) {
                Some(&frame) => {
                    let format = self.program.buffers[to.0].format();
                    let value = if self.program.buffers[frame.0].format() == format {
                        of(frame)
                    } else {
                        Expr::Convert(format, Box::new(of(frame)))
                    };
                    self.assign(*to, value, Vec::new());
                }
                None => self.push(operation),
            },
            Operation::Add { from, to } => self.add(done, from, *to),
            Operation::Truth { from, to } => {
                let held = [of(*from), self.number(*from, 0.0)];
                let then = [0.0, 1.0].map(|x| self.number(*to, x));
                let truth = Expr::select(Comparison::Equal, held, then);
                self.assign(*to, truth, Vec::new());
            }
            Operation::Scale { from, factors, to } => {
                let product = of(*from) * Expr::of(Variable::Parameter(0));
                self.assign(*to, product, vec![factors.clone()]);
            }
            Operation::Pool(pool) => {
                let sums = self.apart(Operation::Pool(Pool { mean: None, ..pool.clone() }));
                self.push(&sums);
                if let Some([divisor, factor]) = pool.mean {
                    let [divisor, factor] = [divisor, factor].map(|x| self.number(pool.to, x));
                    self.assign(pool.to, of(pool.to) / divisor * factor, Vec::new());
                }
            }
            Operation::Dense(dense) if self.len(dense.from) == 0 => self.bias_alone(dense),
            // A map of nothing adds nothing.
            Operation::Deliver(deliver) if self.len(deliver.from) == 0 => {}
            operation => {
                let operation = self.apart(operation.clone());
                self.push(&operation);
            }
        }
    }

    /// Sums are cells. Of floats, what is left out in the first step is no sum with 0, which would lose the sign of a 0.
    fn add(&mut self, done: &[Operation], from: &[Read], to: BufferId) {
        let is_absent = |read: &Read| read.before == Some(Absent::Nothing);
        let is_integer = self.program.buffers[to.0].format().is_integer();
        let differs = from.iter().any(is_absent) && !is_integer;
        let steps: &[When] = if differs { &[When::First, When::Later] } else { &[When::Always] };
        for &when in steps {
            let seen = from.iter().filter(|read| when != When::First || !is_absent(read));
            let seen: Vec<Expr> = seen.map(|read| of(self.seen(done, *read))).collect();
            let sum = seen.into_iter().reduce(|sum, x| sum + x);
            let sum = sum.unwrap_or_else(|| self.number(to, 0.0));
            self.assign_when(when, to, sum, Vec::new());
        }
    }

    /// Keeps an operation that writes something.
    fn push(&mut self, operation: &Operation) {
        let len = match operation {
            Operation::Cell(cell) => cell.neurons,
            Operation::Store { from, .. } => self.len(*from),
            operation => written(operation).first().map_or(0, |&to| self.len(to)),
        };
        if len > 0 {
            self.program.operations.push(operation.clone());
        }
    }

    /// Reads a copy, where an operation would read what it has written already.
    fn apart(&mut self, mut operation: Operation) -> Operation {
        let ends = match &mut operation {
            Operation::Dense(found) => Some((&mut found.from, found.to)),
            Operation::Deliver(found) => Some((&mut found.from, found.to)),
            Operation::Convolution(found) => Some((&mut found.from, found.to)),
            Operation::Pool(found) => Some((&mut found.from, found.to)),
            Operation::Permute { from, to, .. } => Some((from, *to)),
            Operation::Recall { ring, to, .. } => Some((ring, *to)),
            Operation::Store { from, ring } => Some((from, *ring)),
            _ => None,
        };
        if let Some((from, to)) = ends.filter(|(from, to)| **from == *to) {
            let name = self.program.buffers[to.0].name.clone();
            let copy = self.buffer(&name, "copy", self.zeros(to));
            self.assign(copy, of(to), Vec::new());
            *from = copy;
        }
        operation
    }

    fn bias_alone(&mut self, dense: &Dense) {
        match &dense.bias {
            Some(bias) => {
                let sum = self.number(dense.to, 0.0) + Expr::of(Variable::Parameter(0));
                self.assign(dense.to, sum, vec![bias.clone()]);
            }
            None => self.assign(dense.to, self.number(dense.to, 0.0), Vec::new()),
        }
    }

    /// Writes an expression into each element.
    fn assign(&mut self, to: BufferId, value: Expr, parameters: Vec<Numbers>) {
        self.assign_when(When::Always, to, value, parameters);
    }

    fn assign_when(&mut self, when: When, to: BufferId, value: Expr, parameters: Vec<Numbers>) {
        let parameter = |(at, numbers)| Parameter { name: format!("p{at}"), numbers };
        self.push(&Operation::Cell(Cell {
            when,
            neurons: self.len(to),
            parameters: parameters.into_iter().enumerate().map(parameter).collect(),
            locals: Vec::new(),
            statements: vec![Statement { target: Variable::Buffer(to), value }],
        }));
    }

    /// The buffer that holds what a sum reads.
    fn seen(&mut self, done: &[Operation], read: Read) -> BufferId {
        let Some(absent) = read.before else { return read.buffer };
        let start = &self.program.buffers[read.buffer.0].start;
        let is_zero = start.iter().all(Number::is_zero);
        let is_absent = absent == Absent::Nothing && !is_zero;
        let is_overwritten = done.iter().any(|done| written(done).contains(&read.buffer));
        if !is_overwritten && !is_absent {
            // Nothing wrote it in this step yet.
            return read.buffer;
        }
        let key = (read.buffer, is_absent);
        if let Some(&found) = self.before.get(&key) {
            return found;
        }
        let start = if is_absent { self.zeros(read.buffer) } else { start.clone() };
        let name = self.program.buffers[read.buffer.0].name.clone();
        let buffer = self.buffer(&name, "before", start);
        self.before.insert(key, buffer);
        buffer
    }

    fn buffer(&mut self, name: &str, kind: &str, start: Numbers) -> BufferId {
        let name = format!("{name}.{kind}");
        self.program.buffers.push(Buffer { name, shape: vec![start.len()], start });
        BufferId(self.program.buffers.len() - 1)
    }

    fn len(&self, buffer: BufferId) -> usize {
        self.program.buffers[buffer.0].len()
    }

    /// A number in the format of a buffer.
    fn number(&self, buffer: BufferId, number: f64) -> Expr {
        Expr::Constant(self.program.buffers[buffer.0].format().round(number))
    }

    /// As many zeros as a buffer has elements, in its format.
    fn zeros(&self, buffer: BufferId) -> Numbers {
        let found = &self.program.buffers[buffer.0];
        Numbers::filled(Number::zero(found.format()), found.len())
    }

    /// The program; at the end of a step it keeps what the next one reads of it.
    fn finish(mut self) -> Program {
        for ((buffer, _), kept) in std::mem::take(&mut self.before) {
            self.assign(kept, of(buffer), Vec::new());
        }
        self.program
    }
}

/// Returns the buffers that an operation writes.
#[must_use]
pub fn written(operation: &Operation) -> Vec<BufferId> {
    match operation {
        Operation::Frame { to, .. }
        | Operation::Add { to, .. }
        | Operation::Truth { to, .. }
        | Operation::Scale { to, .. }
        | Operation::Permute { to, .. }
        | Operation::Recall { to, .. } => vec![*to],
        Operation::Dense(dense) => vec![dense.to],
        Operation::Deliver(deliver) => vec![deliver.to],
        Operation::Convolution(convolution) => vec![convolution.to],
        Operation::Pool(pool) => vec![pool.to],
        Operation::Store { ring, .. } => vec![*ring],
        Operation::Cell(cell) => {
            let targets = cell.statements.iter().filter_map(|statement| match statement.target {
                Variable::Buffer(buffer) => Some(buffer),
                _ => None,
            });
            targets.collect()
        }
    }
}

fn of(buffer: BufferId) -> Expr {
    Expr::of(Variable::Buffer(buffer))
}
