//! Sound step programs, of operations in any order on any buffers, far beyond what graphs lower to.

use nirkit_step::{
    Absent, Buffer, BufferId, Cell, Comparison, Convolution, Deliver, Dense, Expr, Format, Input,
    Number, Numbers, Operation, Operator, Parameter, Pool, Probe, Program, Read, Register,
    Statement, Variable, When, Window,
};

use crate::Bytes;

const LENGTHS: [usize; 7] = [1, 2, 6, 12, 17, 35, 70];
const OPERATORS: [Operator; 8] = [
    Operator::Add,
    Operator::Subtract,
    Operator::Multiply,
    Operator::Divide,
    Operator::Min,
    Operator::Max,
    Operator::Modulo,
    Operator::ShiftRight,
];
const COMPARISONS: [Comparison; 3] = [Comparison::Above, Comparison::AtLeast, Comparison::Equal];
const FLOATS: [f64; 16] = [
    0.0,
    0.0,
    0.0,
    1.0,
    1.0,
    -1.0,
    0.5,
    -0.25,
    3.25,
    -2.75,
    100.5,
    1e-3,
    -0.0,
    1e30,
    f64::INFINITY,
    f64::NAN,
];
const INTEGERS: [i64; 16] =
    [0, 0, 0, 0, 1, 1, 1, 2, -1, 3, -7, 16, 200, -1000, 1 << 31, -(1 << 40)];

pub(super) fn number(bytes: &mut Bytes<'_>, format: Format) -> Number {
    match format {
        Format::I64 => Number::I64(bytes.pick(&INTEGERS)),
        // Numbers that are not finite are rare, since little else follows from them.
        format => match bytes.below(64) {
            0 => format.round(bytes.pick(&FLOATS)),
            _ => format.round(bytes.pick(&FLOATS[..13])),
        },
    }
}

fn numbers(bytes: &mut Bytes<'_>, format: Format, len: usize) -> Numbers {
    let mut numbers = Numbers::filled(Number::zero(format), len);
    let is_sparse = bytes.once_in(3);
    // A few bytes are enough for many numbers.
    let few: Vec<Number> = (0..5).map(|_| number(bytes, format)).collect();
    let stride = 1 + bytes.below(7);
    for at in 0..len {
        if !is_sparse || at.is_multiple_of(13) {
            numbers.set(at, few[(at * stride + at / 7) % few.len()]);
        }
    }
    numbers
}

/// A sound program out of some bytes. No operation mixes formats.
pub fn program(bytes: &mut Bytes<'_>) -> Program {
    let mut maker = Maker { program: Program::default() };
    for at in 0..=bytes.below(2) {
        let format = bytes.pick(&Format::ALL);
        let shape = vec![bytes.pick(&LENGTHS)];
        maker.program.inputs.push(Input { name: format!("in{at}"), shape, format });
    }
    for input in 0..maker.program.inputs.len() {
        let format = maker.program.inputs[input].format;
        let format = if bytes.once_in(4) { bytes.pick(&Format::ALL) } else { format };
        let to = maker.buffer(bytes, format, maker.program.inputs[input].shape[0]);
        maker.program.operations.push(Operation::Frame { input, to });
    }
    for _ in 0..2 + bytes.below(14) {
        let operation = maker.operation(bytes);
        maker.program.operations.push(operation);
    }
    // Frames may come late, so that others see those of the step before.
    let (frames, len) = (maker.program.inputs.len(), maker.program.operations.len());
    if bytes.once_in(3) {
        maker.program.operations.rotate_left(frames.min(len));
    }
    for at in 0..maker.program.buffers.len() {
        let (name, buffer) = (format!("b{at}:v"), BufferId(at));
        maker.program.probes.push(Probe { name, buffer });
    }
    maker.program
}

struct Maker {
    program: Program,
}

impl Maker {
    /// A new buffer.
    fn fresh(&mut self, bytes: &mut Bytes<'_>, format: Format, len: usize) -> BufferId {
        let at = self.program.buffers.len();
        let start = match bytes.below(3) {
            0 => numbers(bytes, format, len),
            _ => Numbers::filled(Number::zero(format), len),
        };
        self.program.buffers.push(Buffer { name: format!("b{at}"), shape: vec![len], start });
        BufferId(at)
    }

    /// A buffer of a format and a length: most often one that there is.
    fn buffer(&mut self, bytes: &mut Bytes<'_>, format: Format, len: usize) -> BufferId {
        let fits = |at: &usize| {
            let buffer = &self.program.buffers[*at];
            buffer.format() == format && buffer.len() == len
        };
        let found: Vec<usize> = (0..self.program.buffers.len()).filter(fits).collect();
        if found.is_empty() || bytes.once_in(3) {
            return self.fresh(bytes, format, len);
        }
        BufferId(bytes.pick(&found))
    }

    /// Any buffer, with its format and its length.
    fn any(&self, bytes: &mut Bytes<'_>) -> (BufferId, Format, usize) {
        // The last ones more often, so that there are chains.
        let len = self.program.buffers.len();
        let at =
            if bytes.once_in(2) { len - 1 - bytes.below(len.min(3)) } else { bytes.below(len) };
        (BufferId(at), self.program.buffers[at].format(), self.program.buffers[at].len())
    }

    fn operation(&mut self, bytes: &mut Bytes<'_>) -> Operation {
        let (from, format, len) = self.any(bytes);
        match bytes.below(13) {
            0 => {
                let absent = [None, Some(Absent::Start), Some(Absent::Nothing)];
                let from = (0..bytes.below(4)).map(|_| Read {
                    buffer: self.buffer(bytes, format, len),
                    before: bytes.pick(&absent),
                });
                let from = from.collect();
                Operation::Add { from, to: self.buffer(bytes, format, len) }
            }
            1 => {
                let format = bytes.pick(&Format::ALL);
                Operation::Truth { from, to: self.buffer(bytes, format, len) }
            }
            2 | 3 => {
                let rows = bytes.pick(&LENGTHS);
                let to = self.buffer(bytes, format, rows);
                let weights = numbers(bytes, format, rows * len);
                let bias = bytes.once_in(3).then(|| numbers(bytes, format, rows));
                Operation::Dense(Dense { from, weights, bias, to })
            }
            4 => {
                let (from, rows) = (self.buffer(bytes, Format::I64, len), bytes.pick(&LENGTHS));
                let to = self.buffer(bytes, Format::I64, rows);
                let weights = numbers(bytes, Format::I64, rows * len);
                let [low, high] =
                    bytes.pick(&[[-128, 127], [-5, 9], [0, 1], [-(1 << 50), 1 << 50]]);
                let register = Register { low, high, wraps: bytes.once_in(2) };
                Operation::Deliver(Deliver { from, weights, register, to })
            }
            5 => {
                let window = window(bytes, false);
                let from = self.buffer(bytes, format, window.inputs());
                let to = self.buffer(bytes, format, window.outputs());
                let kernel = window.kernel[0] * window.kernel[1];
                let len = window.channels_out * window.channels_in / window.groups * kernel;
                let weights = numbers(bytes, format, len);
                let bias = bytes.once_in(3).then(|| numbers(bytes, format, window.outputs()));
                Operation::Convolution(Convolution { from, window, weights, bias, to })
            }
            6 => {
                let window = window(bytes, true);
                let from = self.buffer(bytes, format, window.inputs());
                let to = self.buffer(bytes, format, window.outputs());
                let mean = bytes.once_in(2).then_some([4.0, 1.0]);
                Operation::Pool(Pool { from, window, mean, to })
            }
            7 => {
                let factors = numbers(bytes, format, len);
                Operation::Scale { from, factors, to: self.buffer(bytes, format, len) }
            }
            8 => {
                let rows = bytes.pick(&LENGTHS);
                let order = (0..rows).map(|at| (at * 3 + bytes.below(2)) % len).collect();
                Operation::Permute { from, order, to: self.buffer(bytes, format, rows) }
            }
            9 | 10 => self.ring(bytes, format, len),
            _ => Operation::Cell(self.cell(bytes, len)),
        }
    }

    /// A store to a ring, or a recall.
    fn ring(&mut self, bytes: &mut Bytes<'_>, format: Format, len: usize) -> Operation {
        // A ring that is stored to already, or a new one.
        let stored = self.program.operations.iter().find_map(|operation| match operation {
            Operation::Store { from, ring } => Some((*from, *ring)),
            _ => None,
        });
        let again = stored.filter(|_| bytes.once_in(2));
        let (rows, ring, format, len) = if let Some((from, ring)) = again {
            let of = |buffer: BufferId| &self.program.buffers[buffer.0];
            let len = of(from).len();
            (of(ring).len() / len, ring, of(from).format(), len)
        } else {
            let rows = 1 + bytes.below(4);
            (rows, self.buffer(bytes, format, rows * len), format, len)
        };
        if stored.is_none() || bytes.once_in(3) {
            return Operation::Store { from: self.buffer(bytes, format, len), ring };
        }
        let delays = (0..len).map(|_| bytes.below(rows + 1)).collect();
        Operation::Recall { ring, delays, to: self.buffer(bytes, format, len) }
    }

    fn cell(&mut self, bytes: &mut Bytes<'_>, neurons: usize) -> Cell {
        let when =
            bytes.pick(&[When::Always, When::Always, When::Always, When::First, When::Later]);
        let parameters = (0..bytes.below(3)).map(|at| {
            let format = bytes.pick(&Format::ALL);
            let uniform = bytes.once_in(3).then(|| number(bytes, format));
            let numbers = uniform.map_or_else(
                || numbers(bytes, format, neurons),
                |number| Numbers::filled(number, neurons),
            );
            Parameter { name: format!("p{at}"), numbers }
        });
        let parameters: Vec<Parameter> = parameters.collect();
        let mut cell =
            Cell { when, neurons, parameters, locals: Vec::new(), statements: Vec::new() };
        let mut locals: Vec<Format> = Vec::new();
        for _ in 0..=bytes.below(5) {
            let format = bytes.pick(&Format::ALL);
            let value = self.expression(bytes, &cell, &locals, format, 3);
            let target = if bytes.once_in(4) {
                locals.push(format);
                cell.locals.push(format!("x{}", locals.len()));
                Variable::Local(locals.len() - 1)
            } else {
                Variable::Buffer(self.buffer(bytes, format, neurons))
            };
            cell.statements.push(Statement { target, value });
        }
        cell
    }

    fn expression(
        &mut self,
        bytes: &mut Bytes<'_>,
        cell: &Cell,
        locals: &[Format],
        format: Format,
        depth: usize,
    ) -> Expr {
        let part = |maker: &mut Self, format, bytes: &mut Bytes<'_>| {
            maker.expression(bytes, cell, locals, format, depth - 1)
        };
        match if depth == 0 { bytes.below(4) } else { bytes.below(12) } {
            0 => Expr::Constant(number(bytes, format)),
            1 => {
                let fits = |at: &usize| cell.parameters[*at].numbers.format() == format;
                let found: Vec<usize> = (0..cell.parameters.len()).filter(fits).collect();
                match found.as_slice() {
                    [] => Expr::Constant(number(bytes, format)),
                    found => Expr::of(Variable::Parameter(bytes.pick(found))),
                }
            }
            2 => {
                let found: Vec<usize> =
                    (0..locals.len()).filter(|&at| locals[at] == format).collect();
                match found.as_slice() {
                    [] => Expr::of(Variable::Buffer(self.buffer(bytes, format, cell.neurons))),
                    found => Expr::of(Variable::Local(bytes.pick(found))),
                }
            }
            3 => Expr::of(Variable::Buffer(self.buffer(bytes, format, cell.neurons))),
            4 => Expr::Floor(Box::new(part(self, format, bytes))),
            5 => Expr::Truncate(Box::new(part(self, format, bytes))),
            6 => {
                let from = bytes.pick(&Format::ALL);
                Expr::Convert(format, Box::new(part(self, from, bytes)))
            }
            7 | 8 => {
                let (comparison, held) = (bytes.pick(&COMPARISONS), bytes.pick(&Format::ALL));
                let held = [part(self, held, bytes), part(self, held, bytes)];
                let then = [part(self, format, bytes), part(self, format, bytes)];
                Expr::select(comparison, held, then)
            }
            _ => {
                let operator = bytes.pick(&OPERATORS);
                let [a, b] = [part(self, format, bytes), part(self, format, bytes)];
                Expr::binary(operator, a, b)
            }
        }
    }
}

/// A window over small pictures; each output channel of a pool sees its own input channel.
fn window(bytes: &mut Bytes<'_>, is_pool: bool) -> Window {
    let groups = 1 + bytes.below(2);
    let channels_in = groups * (1 + bytes.below(2));
    let channels_out = if is_pool { channels_in } else { groups * (1 + bytes.below(3)) };
    let mut pair = |most: usize| [1 + bytes.below(most), 1 + bytes.below(most)];
    let (kernel, stride, dilation) = (pair(3), pair(2), pair(2));
    let (input, output) = (pair(4), pair(4));
    let before = pair(2).map(|x| x - 1);
    Window { channels_in, channels_out, groups, kernel, stride, dilation, before, input, output }
}
