//! What is wrong with a program that was put together by hand.

use crate::cell::{Cell, Expr, Variable};
use crate::number::{Format, Numbers};
use crate::program::{Buffer, BufferId, Operation, Program, Register, Window};

/// Something that keeps a program from running.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("operation {operation}: {reason}")]
pub struct Fault {
    /// Place of the operation, counted from 0.
    pub operation: usize,
    /// What is wrong.
    pub reason: String,
}

/// The largest number that a register holds.
const MOST: i64 = 1 << 60;

impl Program {
    /// Returns everything that is wrong: places that do not exist, lengths and formats that do not fit. A program
    /// without a fault runs.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        let fault = |operation, reason| Fault { operation, reason };
        let mut faults = Vec::new();
        for (at, operation) in self.operations.iter().enumerate() {
            faults.extend(self.reasons(operation).into_iter().map(|reason| fault(at, reason)));
        }
        let lost = self.probes.iter().filter(|probe| probe.buffer.0 >= self.buffers.len());
        let end = self.operations.len();
        faults.extend(lost.map(|probe| fault(end, format!("probe {} has no buffer", probe.name))));
        faults
    }

    fn len(&self, buffer: BufferId) -> Option<usize> {
        self.buffers.get(buffer.0).map(Buffer::len)
    }

    fn format(&self, buffer: BufferId) -> Option<Format> {
        self.buffers.get(buffer.0).map(Buffer::format)
    }

    fn reasons(&self, operation: &Operation) -> Vec<String> {
        let mut reasons = Vec::new();
        let mut expect = |what: &str, found: Option<usize>, wanted: Option<usize>| {
            if found.is_none() || wanted.is_none() {
                reasons.push(format!("{what}: there is no such buffer"));
            } else if found != wanted {
                let (found, wanted) = (found.unwrap_or(0), wanted.unwrap_or(0));
                reasons.push(format!("{what}: {wanted} elements are expected, not {found}"));
            }
        };
        match operation {
            Operation::Frame { input, to } => {
                let len = self.inputs.get(*input).map(|input| input.shape.iter().product());
                expect("frame", self.len(*to), len);
            }
            Operation::Add { from, to } => {
                for read in from {
                    expect("add", self.len(read.buffer), self.len(*to));
                }
                expect("add", self.len(*to), self.len(*to));
            }
            Operation::Truth { from, to } => expect("truth", self.len(*from), self.len(*to)),
            Operation::Dense(dense) => {
                let [rows, columns] = [self.len(dense.to), self.len(dense.from)];
                let weights = rows.zip(columns).map(|(rows, columns)| rows * columns);
                expect("weights", Some(dense.weights.len()), weights);
                if let Some(bias) = &dense.bias {
                    expect("bias", Some(bias.len()), rows);
                }
            }
            Operation::Deliver(deliver) => {
                let [rows, columns] = [self.len(deliver.to), self.len(deliver.from)];
                let weights = rows.zip(columns).map(|(rows, columns)| rows * columns);
                expect("weights", Some(deliver.weights.len()), weights);
                reasons.extend(deliver.register.fault());
                if self.format(deliver.to) != Some(Format::I64) {
                    reasons.push("integers are delivered to integers".to_owned());
                }
            }
            Operation::Convolution(convolution) => {
                let window = &convolution.window;
                if !is_sound(window) {
                    return vec!["the window has an axis, a stride or a group of 0".to_owned()];
                }
                expect("weights", Some(convolution.weights.len()), Some(window.weights()));
                expect("input", self.len(convolution.from), Some(window.inputs()));
                expect("output", self.len(convolution.to), Some(window.outputs()));
                if let Some(bias) = &convolution.bias {
                    expect("bias", Some(bias.len()), Some(window.outputs()));
                }
            }
            Operation::Pool(pool) => {
                if !is_sound(&pool.window) {
                    return vec!["the window has an axis, a stride or a group of 0".to_owned()];
                }
                expect("channels", Some(pool.window.channels_in), Some(pool.window.channels_out));
                expect("input", self.len(pool.from), Some(pool.window.inputs()));
                expect("output", self.len(pool.to), Some(pool.window.outputs()));
            }
            Operation::Scale { from, factors, to } => {
                expect("scale", self.len(*from), self.len(*to));
                expect("factors", Some(factors.len()), self.len(*to));
            }
            Operation::Permute { from, order, to } => {
                expect("order", Some(order.len()), self.len(*to));
                if order.iter().any(|&at| Some(at) >= self.len(*from)) {
                    reasons.push("order: an element that is not there".to_owned());
                }
            }
            Operation::Store { from, ring } => self.check_ring(*ring, *from, &mut reasons),
            Operation::Recall { ring, delays, to } => {
                expect("delays", Some(delays.len()), self.len(*to));
                self.check_ring(*ring, *to, &mut reasons);
                let rows = self.len(*ring).unwrap_or(0) / delays.len().max(1);
                if let Some(beyond) = delays.iter().find(|&&delay| delay > rows) {
                    reasons.push(format!("a delay of {beyond} steps in a ring of {rows}"));
                }
            }
            Operation::Cell(cell) => self.check_cell(cell, &mut reasons),
        }
        reasons
    }

    /// Returns the maps, sums and moves whose numbers have several formats. The interpreter converts them on the way; what lowers
    /// graphs makes none, and an executor does not run them.
    #[must_use]
    pub fn mixed_formats(&self) -> Vec<Fault> {
        let found = self.operations.iter().enumerate().filter_map(|(operation, found)| {
            self.mixed(found).map(|reason| Fault { operation, reason })
        });
        found.collect()
    }

    fn mixed(&self, operation: &Operation) -> Option<String> {
        let of = |buffer: &BufferId| self.format(*buffer);
        let numbers = |numbers: &Numbers| Some(numbers.format());
        let found: Vec<Option<Format>> = match operation {
            Operation::Add { from, to } => {
                from.iter().map(|read| of(&read.buffer)).chain([of(to)]).collect()
            }
            Operation::Dense(map) => {
                let bias = map.bias.as_ref().map(numbers);
                [of(&map.from), numbers(&map.weights), of(&map.to)]
                    .into_iter()
                    .chain(bias)
                    .collect()
            }
            Operation::Deliver(map) => vec![of(&map.from), numbers(&map.weights), of(&map.to)],
            Operation::Convolution(map) => {
                let bias = map.bias.as_ref().map(numbers);
                [of(&map.from), numbers(&map.weights), of(&map.to)]
                    .into_iter()
                    .chain(bias)
                    .collect()
            }
            Operation::Pool(pool) => vec![of(&pool.from), of(&pool.to)],
            Operation::Scale { from, factors, to } => vec![of(from), numbers(factors), of(to)],
            Operation::Permute { from, to, .. } => vec![of(from), of(to)],
            // A frame is rounded to the format of its input, and then to that of the buffer.
            // A ring was compared with its rows.
            Operation::Frame { .. }
            | Operation::Truth { .. }
            | Operation::Cell(_)
            | Operation::Store { .. }
            | Operation::Recall { .. } => Vec::new(),
        };
        let known: Vec<Format> = found.into_iter().flatten().collect();
        let first = known.first()?;
        let other = known.iter().find(|&format| format != first)?;
        Some(format!("{} and {} in one operation", first.name(), other.name()))
    }

    /// A ring has whole rows, each as long as what is stored or read, and numbers of the same format.
    fn check_ring(&self, ring: BufferId, row: BufferId, reasons: &mut Vec<String>) {
        let (Some(all), Some(row_len)) = (self.len(ring), self.len(row)) else {
            reasons.push("ring: there is no such buffer".to_owned());
            return;
        };
        if all == 0 || all % row_len.max(1) != 0 {
            reasons
                .push(format!("ring: rows of {row_len} elements are expected, not {all} in all"));
        }
        if self.format(ring) != self.format(row) {
            reasons.push("a ring of another format".to_owned());
        }
    }

    fn check_cell(&self, cell: &Cell, reasons: &mut Vec<String>) {
        for parameter in &cell.parameters {
            if parameter.numbers.len() != cell.neurons {
                let (name, found) = (&parameter.name, parameter.numbers.len());
                reasons.push(format!("{name}: {} numbers are expected, not {found}", cell.neurons));
            }
        }
        let mut locals = vec![None; cell.locals.len()];
        for statement in &cell.statements {
            let found = self.format_of(cell, &locals, &statement.value);
            let found = match found {
                Ok(found) => found,
                Err(reason) => {
                    reasons.push(reason);
                    continue;
                }
            };
            match statement.target {
                Variable::Local(at) if at < locals.len() => locals[at] = Some(found),
                Variable::Buffer(buffer) if self.len(buffer) == Some(cell.neurons) => {
                    if self.format(buffer) != Some(found) {
                        let name = &self.buffers[buffer.0].name;
                        reasons.push(format!("{name} is written in {}", found.name()));
                    }
                }
                _ => reasons.push("a parameter, or what is not there, is written".to_owned()),
            }
        }
    }

    /// Returns the format of an expression of a cell. `locals` has the formats of the locals that are written already.
    ///
    /// # Errors
    ///
    /// What is wrong with the expression.
    pub fn format_of(
        &self,
        cell: &Cell,
        locals: &[Option<Format>],
        expr: &Expr,
    ) -> Result<Format, String> {
        let both = |a: &Expr, b: &Expr| {
            let (a, b) = (self.format_of(cell, locals, a)?, self.format_of(cell, locals, b)?);
            let (a_name, b_name) = (a.name(), b.name());
            if a == b { Ok(a) } else { Err(format!("{a_name} and {b_name} in one operation")) }
        };
        match expr {
            Expr::Constant(number) => Ok(number.format()),
            Expr::Variable(Variable::Local(at)) => {
                let found = locals.get(*at).copied().flatten();
                found.ok_or_else(|| "a local is read before it is written".to_owned())
            }
            Expr::Variable(Variable::Parameter(at)) => {
                let found = cell.parameters.get(*at).map(|parameter| parameter.numbers.format());
                found.ok_or_else(|| "a parameter that is not there".to_owned())
            }
            Expr::Variable(Variable::Buffer(buffer)) => {
                let fits = self.len(*buffer) == Some(cell.neurons);
                let found = self.format(*buffer).filter(|_| fits);
                found.ok_or_else(|| {
                    format!("a buffer that is not there, or has not {} elements", cell.neurons)
                })
            }
            Expr::Binary(_, a, b) => both(a, b),
            Expr::Floor(x) | Expr::Truncate(x) => self.format_of(cell, locals, x),
            Expr::Convert(format, x) => self.format_of(cell, locals, x).map(|_| *format),
            Expr::Select { held: [a, b], then: [yes, no], .. } => {
                both(a, b)?;
                both(yes, no)
            }
        }
    }
}

impl Register {
    /// What is wrong with the ends.
    fn fault(self) -> Option<String> {
        let Self { low, high, .. } = self;
        let is_sound = low <= high && low >= -MOST && high <= MOST;
        (!is_sound).then(|| format!("a register from {low} to {high}"))
    }
}

fn is_sound(window: &Window) -> bool {
    let Window { channels_in, channels_out, groups, kernel, stride, dilation, .. } = window;
    let lengths = [*channels_in, *channels_out, *groups];
    let lengths = lengths.iter().chain(kernel).chain(stride).chain(dilation);
    let lengths = lengths.chain(&window.input).chain(&window.output);
    lengths.into_iter().all(|&length| length > 0)
        && channels_in % groups == 0
        && channels_out % groups == 0
}

impl Window {
    /// Number of elements that enter.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.channels_in * self.input[0] * self.input[1]
    }

    /// Number of weights.
    fn weights(&self) -> usize {
        self.channels_out * (self.channels_in / self.groups) * self.kernel[0] * self.kernel[1]
    }

    /// Number of elements that leave.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.channels_out * self.output[0] * self.output[1]
    }
}
